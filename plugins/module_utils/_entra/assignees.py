# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declared assignments: checked, and names turned into principals and roles, all that is wrong told at once. Pure."""

from __future__ import annotations

import typing as t
from types import MappingProxyType

from .._errors import InputError, Problem
from .._model import key, shown
from .._wording import did_you_mean, edge_fault, nearest
from .assignments import DEFAULT_ACCESS, NO_ROLE, Grant
from .model import GUID

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .model import Principal, Role

    Entry = Mapping[str, t.Any]

KINDS = ("user", "group", "id")
"""The keys of which an entry has one."""

DEFAULT_ACCESS_REASON = (
    "people with Default Access are excluded from provisioning; name a real role of the application, or set allow_default_access "
    "if this is meant"
)


NO_GUESTS = "; a guest is not found by mail, but by userPrincipalName or id"
"""Where a user is not found."""


class Entered(t.NamedTuple):
    """One entry of the option: the key that it has, its value, the role; C(place) is where it stands."""

    kind: str
    name: str
    role: str
    place: str


def check_entries(options: Mapping[str, t.Any]) -> list[Entered]:
    """The entries in order. Raises InputError for what is wrong whatever the tenant has; nothing was asked of it then."""
    state, entries = options["state"], options["assignments"] or []
    problems: list[Problem] = []
    if state == "exact" and not entries:
        reason = "is empty; with state=exact nobody would be left, so this is refused. Delete the application, or name who stays"
        problems.append(Problem("option assignments", "", reason))
    for index, entry in enumerate(entries):
        place = f"assignments[{index}]"
        problems += [Problem(place, field, reason) for field, reason in _wrong(entry, state, options["allow_default_access"])]
    if options["migrate_default_access"]:
        problems += _wrong_migration(options["migration_role"], entries)
    if problems:
        raise InputError(problems)
    return [_entered(entry, f"assignments[{index}]") for index, entry in enumerate(entries)]


def _entered(entry: Entry, place: str) -> Entered:
    kind = next(kind for kind in KINDS if entry.get(kind))
    return Entered(kind, str(entry[kind]), str(entry.get("role") or ""), place)


def _wrong(entry: Entry, state: str, allow_default: bool) -> Iterator[tuple[str, str]]:
    given = [kind for kind in KINDS if entry.get(kind) is not None]
    if len(given) != 1:
        yield "", f"needs exactly one of user, group and id, and has {' and '.join(given) or 'none'}"
    for kind in given:
        name = str(entry[kind])
        if edge_fault(name):
            yield kind, edge_fault(name)
        elif kind == "id" and not GUID.fullmatch(name):
            yield kind, f"{shown(name)} is no object id, such as 0a1b2c3d-0000-4000-8000-000000000001"
    role = entry.get("role")
    if not role:
        if state != "absent":
            yield "role", "is missing; name the role of the application, such as User"
    elif key(role) == key(DEFAULT_ACCESS) and state != "absent" and not allow_default:
        yield "role", DEFAULT_ACCESS_REASON


def _wrong_migration(role: str, entries: Sequence[Entry]) -> Iterator[Problem]:
    if edge_fault(role) or key(role) == key(DEFAULT_ACCESS):
        yield Problem("option migration_role", "", "must be the name of a real role")
    for index, entry in enumerate(entries):
        if key(str(entry.get("role") or "")) == key(DEFAULT_ACCESS):
            yield Problem(f"assignments[{index}]", "role", "names Default Access, which migrate_default_access takes away")


def found_by_mail(place: str, name: str, user_name: str) -> str:
    """The warning of a user who was named by mail: mail addresses move from one to another more easily than names do."""
    return f"{place}: no userPrincipalName is {shown(name)}, so who has that as mail is taken: {shown(user_name)}. Name this one so"


class Found(t.NamedTuple):
    """A role by name: its id, its name as the application spells it, or why there is none."""

    id: str
    name: str
    reason: str = ""


def find_role(name: str, roles: Sequence[Role]) -> Found:
    """The role that users can have under this name."""
    alike = [role for role in roles if key(role.display_name) == key(name)]
    usable = [role for role in alike if role.enabled and role.for_users]
    if len(usable) > 1:
        usable = [role for role in usable if role.display_name == name] or usable
    if len(usable) == 1:
        return Found(usable[0].id, usable[0].display_name)
    if usable:
        return Found("", name, f"{len(usable)} roles of the application have that name: {', '.join(role.id for role in usable)}")
    if alike:
        return Found("", name, "the role is disabled, or only other applications can have it; change that in the app registration")
    if key(name) == key(DEFAULT_ACCESS):
        return Found(NO_ROLE, DEFAULT_ACCESS)
    names = ", ".join(sorted({shown(role.display_name) for role in roles if role.enabled and role.for_users}))
    return Found("", name, f"the application has no role of that name; it has {names or 'no role for people at all'}")


def is_missing(name: str, roles: Sequence[Role]) -> bool:
    """Whether the application has no role of this name, not even a disabled one."""
    return all(key(role.display_name) != key(name) for role in roles)


class Resolver:
    """Turns entries into grants. `roles` is None while there is no application; `created` is the role that will be made."""

    def __init__(
        self,
        roles: Sequence[Role] | None,
        *,
        created: str = "",
        absent: bool = False,
        alike: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        self.roles = roles
        self.created = created
        self.absent = absent
        self.alike = alike
        """Names in the tenant that begin as one that is not found, by the kind of entry."""
        self.problems: list[Problem] = []
        self.warnings: list[str] = []

    def resolve(self, entry: Entered, found: Sequence[Principal]) -> list[Grant]:
        """The grant that the entry asks for, or none where a problem or a warning was noted; role "" where it names none."""
        principal = self._principal(entry, found)
        role = self._role(entry)
        if principal is None or role is None:
            return []
        return [Grant(principal.id, principal.name, principal.type, role.id, role.name)]

    def _principal(self, entry: Entered, found: Sequence[Principal]) -> Principal | None:
        if len(found) == 1:
            self.warnings += [found_by_mail(entry.place, entry.name, found[0].user_name)] if found[0].user_name else []
            return found[0]
        what = "user or group" if entry.kind == "id" else entry.kind
        if found:
            role = f", role: {entry.role}" if entry.role else ""
            ways = " or ".join(f"- {{id: {one.id}{role}}}" for one in found)
            self._wrong(entry, entry.kind, f"{len(found)} {what}s are named {shown(entry.name)}; say which one is meant by its id: {ways}")
        elif self.absent:
            self.warnings.append(f"{entry.place}: there is no {what} {shown(entry.name)} in the tenant, so nothing is taken from it")
        else:
            near = [shown(one) for one in nearest(entry.name, self.alike.get(entry.kind, ()))]
            hint = did_you_mean(near) or (NO_GUESTS if what == "user" else "")
            self._wrong(entry, entry.kind, f"there is no {what} {shown(entry.name)} in the tenant{hint}")
        return None

    def _role(self, entry: Entered) -> Found | None:
        if not entry.role or self.roles is None:
            return Found("", entry.role)
        if key(entry.role) == key(self.created):
            return Found("", self.created)
        found = self._any_role(entry.role, self.roles) if self.absent else find_role(entry.role, self.roles)
        if found.reason:
            self._wrong(entry, "role", f"{shown(entry.role)}: {found.reason}")
            return None
        return found

    @staticmethod
    def _any_role(name: str, roles: Sequence[Role]) -> Found:
        """A role that is to be taken away may be disabled by now."""
        alike = [role for role in roles if key(role.display_name) == key(name)]
        if not alike and key(name) == key(DEFAULT_ACCESS):
            return Found(NO_ROLE, DEFAULT_ACCESS)
        if len(alike) == 1:
            return Found(alike[0].id, alike[0].display_name)
        return Found("", name, f"{len(alike) or 'no'} roles of the application have that name")

    def _wrong(self, entry: Entered, field: str, reason: str) -> None:
        self.problems.append(Problem(entry.place, field, reason))

    def close(self) -> None:
        """Raise InputError with all problems that were noted."""
        if self.problems:
            raise InputError(self.problems)
