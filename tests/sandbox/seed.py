# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Putting people into a tenant, and inventing them: the same numbers give the same people."""

from __future__ import annotations

import random
import typing as t

from .names import fold
from .schemas import ENTERPRISE

if t.TYPE_CHECKING:
    from .store import Json, Record, Table, Tenant

USER_KEYS = frozenset({"userName", "externalId", "displayName", "name", "active", "department", "emails", "groups", "admin_linked"})
GROUP_KEYS = frozenset({"displayName", "externalId", "members"})
GIVEN = ("Ada", "Bob", "Chen", "Dina", "Emil", "Fatou", "Gita", "Hugo", "Ines", "Jörg", "Kofi", "Lena", "Mira", "Nils", "Olga", "Pia")
FAMILY = ("Adler", "Brandt", "Costa", "Diaz", "Evans", "Fischer", "Grant", "Hansen", "Ito", "Jansen", "Kaya", "Lopez", "Müller", "O'Neill")
DEPARTMENTS = ("Engineering", "Finance", "Legal", "Operations", "Research", "Sales", "Support")
PLAIN = str.maketrans({"ö": "oe", "ü": "ue", "'": ""})


def sow(tenant: Tenant, users: t.Iterable[Json], groups: t.Iterable[Json]) -> None:
    """Creates users, groups and memberships; groups that only users name are made too. The caller holds the lock.

    Raises ValueError with a sentence for an unknown key, a name that is there already or a member that is not; then
    nothing was created.
    """
    users, groups = list(users), list(groups)
    user_names = _check(users, USER_KEYS, "userName", tenant.users)
    _check(groups, GROUP_KEYS, "displayName", tenant.groups)
    _check_members(groups, user_names, tenant.users)
    tenant.recording = False
    try:
        records = [_user(tenant, user) for user in users]
        for group in groups:
            _group(tenant, group)
        for record, user in zip(records, users):
            for name in user.get("groups") or ():
                found = tenant.groups.find("displayName", name)
                tenant.join(found[0] if found else tenant.create("Group", {"displayName": name}), record)
    finally:
        tenant.recording = True


def _check(sources: list[Json], keys: frozenset[str], required: str, table: Table) -> set[str]:
    """The folded names of the sources, all of them new."""
    names: set[str] = set()
    for source in sources:
        if not isinstance(source, dict) or not isinstance(source.get(required), str) or not source[required]:
            raise ValueError(f"each entry is an object with a {required}")
        name = source[required]
        unknown = source.keys() - keys
        if unknown:
            raise ValueError(f"{name} has keys that are not known: {', '.join(sorted(unknown))}")
        if fold(name) in names or table.find(required, name):
            raise ValueError(f"{name} is there already")
        names.add(fold(name))
    return names


def _check_members(groups: list[Json], user_names: set[str], table: Table) -> None:
    for group in groups:
        for name in group.get("members") or ():
            if fold(name) not in user_names and not table.find("userName", name):
                raise ValueError(f"group {group['displayName']} has a member {name}, who is no user")


def _user(tenant: Tenant, source: Json) -> Record:
    attributes = {key: source[key] for key in ("userName", "externalId", "displayName", "name", "emails") if source.get(key)}
    attributes["active"] = source.get("active", True)
    if source.get("department"):
        attributes[ENTERPRISE] = {"department": source["department"]}
    record = tenant.create("User", attributes)
    record.admin_linked = bool(source.get("admin_linked"))
    return record


def _group(tenant: Tenant, source: Json) -> None:
    group = tenant.create("Group", {key: source[key] for key in ("displayName", "externalId") if source.get(key)})
    for name in source.get("members") or ():
        tenant.join(group, tenant.users.find("userName", name)[0])


def people(count: int, seed: int = 1, *, first: int = 1) -> list[Json]:
    """So many invented users at corp.example, numbered from `first`."""
    chance = random.Random(seed)
    users = []
    for number in range(first, first + count):
        given, family = chance.choice(GIVEN), chance.choice(FAMILY)
        user_name = f"{given}.{family}{number}@corp.example".lower().translate(PLAIN)
        users.append(
            {
                "userName": user_name,
                "externalId": f"hr-{number}",
                "displayName": f"{given} {family}",
                "name": {"givenName": given, "familyName": family},
                "active": True,
                "department": chance.choice(DEPARTMENTS),
            }
        )
    return users


def crowd(users: int, groups: int, seed: int = 1, *, groups_per_user: int = 10, first: int = 1) -> dict[str, list[Json]]:
    """Invented users and groups, numbered from `first`, each user in up to so many of the groups."""
    chance = random.Random(seed)
    invented = people(users, seed, first=first)
    members: list[list[str]] = [[] for _group_number in range(groups)]
    each = min(groups_per_user, max(1, groups // 2)) if groups else 0
    for user in invented:
        for number in chance.sample(range(groups), each):
            members[number].append(user["userName"])
    numbers = range(first, first + groups)
    named = [
        {"displayName": f"{DEPARTMENTS[number % len(DEPARTMENTS)]} {number}", "externalId": f"grp-{number}", "members": names}
        for number, names in zip(numbers, members)
    ]
    return {"users": invented, "groups": named}
