# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known when everybody is judged: policy, Entra, its logs; and the words that users and groups have in common. Pure."""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass, field

from .._model import key
from .rows import Row

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .._model import Directory, LiveUser
    from .._planning.plan import Step
    from .._planning.policy import Policy
    from .model import Entra, Told

AT_ZSCALER = {True: "there", False: "not there"}


@dataclass(frozen=True)
class Case:
    """What users and groups are judged by. `declared` says whether there is a state in Git at all.

    `told` is what the provisioning logs say last, by id of Entra, and `since` from when on they were read, empty if they may not be.
    `blocked` says for ids of Entra whether the account may not log in; None where that may not be read. What comes after
    it is found by `compare`.
    """

    directory: Directory
    policy: Policy
    declared: bool
    entra: Entra | None = None
    told: Mapping[str, Told] = field(default_factory=dict)
    since: str = ""
    blocked: Mapping[str, bool | None] = field(default_factory=dict)
    zscaler_id: Mapping[str, str] = field(default_factory=dict)
    """The id at Zscaler for each user of Entra who is there."""
    managed: frozenset[str] = frozenset()
    """Ids at Zscaler of users whose memberships Git decides."""
    unknown_members: frozenset[str] = frozenset()
    """Keys of names that a group in Git has as members, and that nobody at Zscaler has."""

    @functools.cached_property
    def _users(self) -> dict[str, LiveUser]:
        return {user.id: user for user in self.directory.users}

    @property
    def narrow(self) -> bool:
        """Whether only what is in scope is compared. With both, scope says what is Git's, and the others are Entra's."""
        return self.entra is None or not self.declared

    def is_our_user(self, row: Row) -> bool:
        """Whether the user is to be compared; one who is not at Zscaler is judged by the name alone."""
        scope, live = self.policy.scope, row.live
        if not self.narrow:
            return True
        return scope.has_user_name(row.name) if live is None else scope.has_user(live.user_name, live.external_id)

    def is_our_group(self, row: Row) -> bool:
        """Whether the group is to be compared."""
        return not self.narrow or self.policy.scope.has_group(row.name if row.live is None else row.live.display_name)

    def is_protected_user(self, row: Row) -> bool:
        """Whether it is one of protected_users."""
        guard = self.policy.user_guard()
        return bool(guard and guard.match(key(row.name)))

    def is_protected_group(self, row: Row) -> bool:
        """Whether it is one of protected_groups."""
        guard = self.policy.group_guard()
        return bool(guard and guard.match(key(row.name)))

    def names(self, ids: Iterable[str], *, active: bool = False) -> list[str]:
        """The userNames of those users of Zscaler who are in scope, or of them only those who are not inactive."""
        found = [self._users[id] for id in ids if id in self._users]
        ours = [user for user in found if not self.narrow or self.policy.scope.has_user(user.user_name, user.external_id)]
        return sorted((user.user_name for user in ours if not active or user.active is not False), key=key)

    def inside_text(self, row: Row) -> str:
        """What Entra says of a user or a group."""
        if self.entra is None:
            return ""
        if row.inside is not None:
            return str(row.inside.how)
        return "not in Entra" if self.entra.scope == "all" else "not assigned"

    def why_not_provisioned(self, row: Row) -> str:
        """Why somebody whom Entra is to provision is not at Zscaler: its log, else the state of the job."""
        told = self.told.get(row.inside.id)
        if told is not None:
            return told.text
        job = self.entra.job if self.entra else ""
        if not job:
            return "Entra has no provisioning job for this application"
        mapped = self.entra is None or (self.entra.users_mapped if row.kind == "user" else self.entra.groups_mapped)
        if not mapped:
            return f"the mapping of {row.kind}s is switched off in Entra"
        if job != "Active":
            return f"the provisioning job does not run ({job.lower()})"
        if not self.since:
            return "why, only the provisioning logs could tell, and they may not be read"
        return f"the provisioning logs since {self.since} say nothing of it; the next cycle may bring it"

    def is_disabled_by_entra(self, row: Row) -> bool:
        """Whether it is for Entra that the user is inactive: its log says so, or the account is blocked there."""
        told = self.told.get(row.inside.id)
        return bool(told and told.disabled) or self.blocked.get(row.inside.id) is True

    def disabled_by_entra(self, row: Row) -> str:
        """The end of a sentence on a user whom Git wants active and Entra has disabled; else nothing."""
        if row.inside is None or not self.is_disabled_by_entra(row):
            return ""
        told = self.told.get(row.inside.id)
        return f"; Entra has disabled the user: {told.text}" if told and told.disabled else "; the account is blocked in Entra"

    def unread_block(self, row: Row) -> str:
        """What has to be added where nobody can tell whether the account is blocked in Entra."""
        unread = self.blocked.get(row.inside.id) is None
        return "; whether the account is blocked in Entra may not be read (that takes User.Read.All)" if unread else ""


def told_attributes(steps: Sequence[Step]) -> dict[str, dict[str, str | bool]]:
    """Each attribute that is to be written to an object that is there, with what stands there now."""
    return {
        name: {"declared": value, "zscaler": before if before is not None else ""}
        for step in steps
        if step.verb not in ("create", "delete")
        for name, value in step.values.items()
        for before in (step.before.get(name),)
    }
