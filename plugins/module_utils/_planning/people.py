# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who a membership may name: every user by the name that it has after the plan. Pure."""

from __future__ import annotations

import typing as t

from .._model import key
from .plan import Ref

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from .._model import DesiredUser, Directory, Document, LiveUser
    from .match import Matches
    from .plan import Step


class People:
    """Every userName that a membership may name, with the user behind it."""

    def __init__(self, document: Document, directory: Directory, matches: Matches[DesiredUser, LiveUser], retired: Sequence[Step]) -> None:
        self.by_id = {live.id: live for live in directory.users}
        self.refs: dict[str, Ref] = {}
        self.ambiguous: set[str] = set()
        for live in directory.users:
            name = key(live.user_name)
            if name in self.refs:
                self.ambiguous.add(name)
            self.refs[name] = Ref(live.user_name, live.id)
        for _user, live in matches.pairs:
            self._forget(live)
        for user, live in matches.pairs:
            self._declare(user, live)
        for user in matches.missing:
            if user.present:
                self._declare(user, None)
        self.names = {live.id: user.name or live.user_name for user, live in matches.pairs}
        self.declared = [(user, Ref(user.name or live.user_name, live.id)) for user, live in matches.pairs if user.present]
        self.declared += [(user, Ref(user.name, "")) for user in matches.missing if user.present]
        self.failed = matches.failed
        self.disputed = matches.disputed
        self.retired = {step.id for step in retired}
        self.leaving = {key(user.user_name) for user in document.users if not user.present}

    def _forget(self, live: LiveUser) -> None:
        """A declared user is known by its declared name alone: after a rename the old one would be unknown in the next run."""
        name = key(live.user_name)
        if name in self.refs and self.refs[name].id == live.id:
            del self.refs[name]

    def _declare(self, user: DesiredUser, live: LiveUser | None) -> None:
        name = user.name or (live.user_name if live else "")
        self.refs[key(name)] = Ref(name, live.id if live else "")
        self.ambiguous.discard(key(name))

    def ref(self, user_id: str) -> Ref:
        """An existing user by the name it has after this plan."""
        return Ref(self.names.get(user_id) or self.by_id[user_id].user_name, user_id)

    def why_not(self, name: str) -> str:
        """Why nobody of this name can be a member, or an empty string."""
        ref = self.refs.get(name)
        if name in self.leaving or (ref and ref.id in self.retired):
            return "will be deleted by this same run; declare the user, or drop the membership"
        if ref is None:
            return "is neither declared nor known to the service; declare the user (or make it first), or correct the name"
        return ""
