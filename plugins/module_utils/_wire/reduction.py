# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reduces resources, page by page, to what a plan needs; no server object is kept (P7). Pure."""

from __future__ import annotations

import typing as t

from .._model import ATTRIBUTES, LiveGroup, LiveUser
from .resources import Resource, boolean, emails, group_ids, live_group, live_user, user_ids

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Address = dict[str, t.Any]

FEW = 20_000
"""Different given names, family names and departments that are remembered."""


class _Texts(dict[t.Optional[str], t.Optional[str]]):
    """Texts that many have, each as one object (P7); where it turns out that they all differ, nothing is remembered any more."""

    def __missing__(self, text: str | None) -> str | None:
        if len(self) < FEW:
            self[text] = text
        return text


class UserPages:
    """The users of a listing, and their groups as long as nobody better (the groups themselves) tells about members.

    `emails` has the whole list of addresses for those users only whose list is not exactly one plain main address:
    without it, changing one address would destroy the others.
    """

    def __init__(self, emails: dict[str, list[Address]], *, groups: bool) -> None:
        self.users: list[LiveUser] = []
        self.emails = emails
        self.group_ids: set[str] = set()
        self.members: dict[str, set[str]] | None = None
        self.nameless = 0
        self.memberships = 0
        self._groups = groups
        self._no_addresses: list[Address] = []
        self._texts = _Texts()

    def clear(self) -> None:
        """Forgets all, because the listing is begun anew."""
        self.nameless = self.memberships = 0
        self.users.clear()
        self.emails.clear()
        self.group_ids.clear()
        self.members = None

    def take(self, resources: Iterable[Resource]) -> None:
        """Keeps the users of one page."""
        share = self._texts.__getitem__
        for resource in resources:
            user = live_user(resource, share)
            self.users.append(user)
            self.nameless += not user.user_name
            special = special_emails(resource) if resource.get("emails") != [] else self._no_addresses
            if special is not None:
                self.emails[user.id] = special
            if self._groups and resource.get("groups") is not None:
                self._invert(user.id, resource["groups"])

    def _invert(self, user_id: str, groups: object) -> None:
        if self.members is None:
            self.members = {}
        members = self.members
        for group in group_ids(groups):
            try:
                members[group].add(user_id)
            except KeyError:
                members[group] = {user_id}
                self.group_ids.add(group)
            self.memberships += 1


def special_emails(resource: Resource) -> list[Address] | None:
    """The addresses where they are not exactly one of type work that is primary; None where a plain write is right."""
    found = emails(resource)
    if found is None or (len(found) == 1 and found[0].get("type") == "work" and boolean(found[0].get("primary"))):
        return None
    return found


class GroupPages:
    """The groups of a listing, and the members of each if any group shows them.

    `strangers` are members that were not among the listed users: nested groups, or users that the listing left out.
    """

    def __init__(self, users: dict[str, str], *, members: bool) -> None:
        self.groups: list[LiveGroup] = []
        self.members: dict[str, set[str]] = {}
        self.members_shown = False
        self.strangers: set[str] = set()
        self.nameless = 0
        self._users, self._members = users, members

    def clear(self) -> None:
        """Forgets all, because the listing is begun anew."""
        self.nameless = 0
        self.groups.clear()
        self.members.clear()
        self.strangers.clear()
        self.members_shown = False

    def take(self, resources: Iterable[Resource]) -> None:
        """Keeps the groups of one page."""
        for resource in resources:
            group = live_group(resource)
            self.groups.append(group)
            self.nameless += not group.display_name
            # null says nothing: services that hide members show it too.
            if self._members and resource.get("members") is not None:
                self.members_shown = True
                self.members[group.id] = self.shared(resource["members"])

    def shared(self, members: object) -> set[str]:
        """The ids of members, as the very objects that the listed users have: a million of them cost nothing more."""
        known, found = self._users, set(user_ids(members))
        strange = found.difference(known)
        self.strangers |= strange
        return {known[id] for id in found if id in known} | strange


def without_nested(members: dict[str, set[str]], groups: Collection[str]) -> dict[str, set[str]]:
    """The members without those that are groups, where the service does not mark them as such."""
    for ids in members.values() if groups else ():
        ids.difference_update(groups)
    return members


def filled(users: list[LiveUser], promises: Collection[str]) -> list[LiveUser]:
    """The users with "" for absent texts that the service does show: of others, or by the promise of its schema.

    A key that is absent on one user and there on others means empty (RFC 7643 2.5: unassigned values are left out).
    `active` stays None where it is absent: nobody documents what that means.
    """
    gaps = {place for user in users if None in user for place, value in enumerate(user) if value is None}
    empty = [
        place
        for place in gaps
        if LiveUser._fields[place] != "active" and (LiveUser._fields[place] in promises or any(user[place] is not None for user in users))
    ]
    return [_fill(user, empty) if None in user else user for user in users] if empty else users


def _fill(user: LiveUser, places: list[int]) -> LiveUser:
    return LiveUser._make("" if value is None and place in places else value for place, value in enumerate(user))


def filled_groups(groups: list[LiveGroup]) -> list[LiveGroup]:
    """The groups with "" for an absent externalId where other groups show one."""
    if all(group.external_id is None for group in groups):
        return groups
    return [group._replace(external_id="") if group.external_id is None else group for group in groups]


def unseen(users: Collection[LiveUser], names: Collection[str]) -> frozenset[str]:
    """Those of the named attributes that no user shows; none where there are no users to show anything."""
    if not users:
        return frozenset()
    places = {name: LiveUser._fields.index(name) for name in names if name in ATTRIBUTES}
    return frozenset(name for name, place in places.items() if all(user[place] is None for user in users))
