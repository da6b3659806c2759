# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who a membership may name: every user by the name that it has after the plan. Pure."""

from __future__ import annotations

import functools
import typing as t
from collections import Counter

from .._model import key, keys, maker, shown
from .plan import Ref

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from .._model import DesiredUser, Directory, Document, LiveUser
    from .match import Matches
    from .plan import Step

_make_ref = maker(Ref)


class People:
    """Every userName that a membership may name, with the user behind it."""

    def __init__(self, document: Document, directory: Directory, matches: Matches[DesiredUser, LiveUser], retired: Sequence[Step]) -> None:
        self.by_id = {live.id: live for live in directory.users}
        self.refs: dict[str, Ref] = {}
        self.ambiguous: set[str] = set()
        self._know(directory.users, {live.id for _user, live in matches.pairs})
        pairs = [(user, _make_ref((user.new_user_name or user.user_name or live.user_name, live.id))) for user, live in matches.pairs]
        missing = [(user, Ref(user.name, "")) for user in matches.missing if user.present]
        declared = [ref for _user, ref in (*pairs, *missing)]
        names = keys([ref.name for ref in declared])
        self.refs.update(zip(names, declared))
        self.ambiguous.difference_update(names)
        self.names = {ref.id: ref.name for _user, ref in pairs}
        self.declared = [*(pair for pair in pairs if pair[0].present), *missing]
        self.failed = matches.failed
        self.disputed = matches.disputed
        self.retired = {step.id for step in retired}
        self.leaving = {key(user.user_name) for user in document.users if not user.present}

    def _know(self, users: Sequence[LiveUser], declared: set[str]) -> None:
        """The users of the service, without those declared: these are known by their declared names alone.

        After a rename the old name would be unknown in the next run.
        """
        names = keys([live.user_name for live in users])
        last = dict(zip(names, users))
        if len(last) < len(users):
            self.ambiguous.update(name for name, times in Counter(names).items() if times > 1)
        self.refs.update((name, Ref(live.user_name, live.id)) for name, live in last.items() if live.id not in declared)

    def ref(self, user_id: str) -> Ref:
        """An existing user by the name it has after this plan."""
        return Ref(self.names.get(user_id) or self.by_id[user_id].user_name, user_id)

    @functools.cached_property
    def renamed(self) -> dict[str, str]:
        """The old names of those whom this document gives another, with the new name and where it stands; made when a name is unknown."""
        found: dict[str, str] = {}
        for user, ref in self.declared:
            for old in (user.user_name, self.by_id[ref.id].user_name) if ref.id else ():
                if old and key(old) != key(ref.name):
                    found[key(old)] = _tell_rename(user, ref.name)
        return found

    def why_not(self, name: str) -> str:
        """Why nobody of this name can be a member, or an empty string."""
        ref = self.refs.get(name)
        if name in self.leaving or (ref and ref.id in self.retired):
            return "will be deleted by this same run; declare the user, or drop the membership"
        if ref is None and name in self.renamed:
            return f"is renamed to {self.renamed[name]}; write the new login here"
        if ref is None:
            return "is neither declared nor known to the service; declare the user (or make it first), or correct the name"
        return ""


def _tell_rename(user: DesiredUser, new: str) -> str:
    place, external_id = user.place, user.values.get("external_id")
    where = f"{place.file}:{place.line}" if place.file and place.line else str(place)
    return f"{shown(new)} by {where}" + (f" (external_id {shown(str(external_id))})" if external_id else "")
