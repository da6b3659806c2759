# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Worlds for the planner's tests: random tenants with random documents, and a plan played upon a tenant without a service."""

from __future__ import annotations

import re
from dataclasses import replace

from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import (
    DesiredGroup,
    DesiredUser,
    Directory,
    Document,
    LiveGroup,
    LiveUser,
    Member,
    Place,
    key,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import Plan, Step
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Limit, Policy, Scope
from hypothesis import strategies as st

NO_LIMIT = Limit(percent=100, count=10**9, floor=10**9)
NAMES = tuple(f"{name}@{domain}" for domain in ("corp.example", "other.example") for name in ("ada", "bob", "eve", "o'neil", "zoë", "max"))
GROUPS = ("Engineering", "Sales", "Ops & Co", "Zscaler Admins", "Forschung Köln")
DEPARTMENTS = ("", "Research", "Sales")


def place(entry: str = "users[0]") -> Place:
    """Where an entry of a test stands."""
    return Place("people.yml", 0, entry)


def user(name: str, groups: tuple[str, ...] | None = None, **values: str | bool) -> DesiredUser:
    """A declared user."""
    return DesiredUser(name, place(f"user {name}"), values, groups=groups)


def group(name: str, *members: str, **options: object) -> DesiredGroup:
    """A declared group with these members."""
    return DesiredGroup(name, place(f"group {name}"), members=tuple(Member(one, place()) for one in members), **options)


def play(plan: Plan, directory: Directory) -> Directory:
    """The tenant after the plan, carried out exactly and by nobody's code but this: what a correct service would hold."""
    users = {live.id: live for live in directory.users}
    groups = {live.id: live for live in directory.groups}
    members = {one: set(ids) for one, ids in (directory.members or {}).items()}
    ids: dict[tuple[str, str], str] = {}
    for phase in ("groups", "users", "add_members", "remove_members", "retire_users", "delete_groups"):
        for step in getattr(plan, phase):
            if isinstance(step, Step):
                _play_step(step, users if step.kind == "user" else groups, members, ids)
                continue
            target = members.setdefault(step.group.id or ids["group", key(step.group.name)], set())
            target |= {ref.id or ids["user", key(ref.name)] for ref in step.add}
            target -= {ref.id for ref in step.remove}
    return replace(directory, users=tuple(users.values()), groups=tuple(groups.values()), members=members)


def _play_step(step: Step, table: dict, members: dict[str, set[str]], ids: dict[tuple[str, str], str]) -> None:
    if step.verb == "delete":
        del table[step.id]
        if step.kind == "group":
            members.pop(step.id, None)
        for one in members.values():
            one.discard(step.id)
    elif step.verb == "create":
        new = f"{step.kind}-{1 + max((int(one.rsplit('-', 1)[1]) for one in table if '-' in one), default=0)}"
        taken = {key(live[1]) for live in table.values()}
        if key(step.name) in taken:
            raise ValueError(f"the plan creates {step.name} a second time")
        ids[step.kind, key(step.name)] = new
        empty = LiveUser(new, step.name, *[""] * 6, True) if step.kind == "user" else LiveGroup(new, step.name, "")
        table[new] = empty._replace(**step.values)
        if step.kind == "group":
            members[new] = set()
    else:
        table[step.id] = table[step.id]._replace(**step.values)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """A tenant of up to ten users and five groups; names are unique, as a service enforces."""
    names = draw(st.lists(st.sampled_from(NAMES), unique_by=key, max_size=10))
    if names and draw(st.integers(0, 9)) == 0:
        names.append(names[0].upper())  # a service that does not enforce what it should
    users = tuple(
        LiveUser(
            f"u{number}",
            name,
            external_id=draw(st.sampled_from(["", f"hr-{number}"])),
            display_name=draw(st.sampled_from(["", "A", "B"])),
            given_name="",
            family_name="",
            email="",
            department=draw(st.sampled_from(DEPARTMENTS)),
            active=draw(st.booleans()),
        )
        for number, name in enumerate(names)
    )
    titles = draw(st.lists(st.sampled_from(GROUPS), unique_by=key, max_size=5))
    if titles and draw(st.integers(0, 4)) == 0:
        titles.append(titles[0])  # two identity providers may each bring a group of that name
    groups = tuple(LiveGroup(f"g{number}", title, draw(st.sampled_from(["", f"x{number}"]))) for number, title in enumerate(titles))
    ids = [live.id for live in users]
    members = {live.id: set(draw(st.lists(st.sampled_from(ids), unique=True)) if ids else []) for live in groups}
    return Directory(users, groups, members)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """What a person might declare of such a tenant; each name and externalId at most once, members may be anybody."""
    names = draw(st.lists(st.sampled_from(NAMES), unique_by=key, max_size=10))
    numbers = draw(st.permutations(range(10)))
    titles = draw(st.lists(st.sampled_from(GROUPS), unique_by=key, max_size=5))
    users = []
    for number, name in zip(numbers, names, strict=False):
        values: dict[str, str | bool] = {}
        if draw(st.booleans()):
            values["external_id"] = f"hr-{number}"
        for attribute, choices in (("display_name", ("", "A", "C")), ("department", DEPARTMENTS), ("active", (True, False))):
            if draw(st.booleans()):
                values[attribute] = draw(st.sampled_from(choices))
        named = draw(st.sampled_from([titles, list(GROUPS)]))
        present = draw(st.sampled_from([True, True, True, False]))
        # Groups of an absent user are an input error.
        groups = tuple(draw(st.lists(st.sampled_from(named), unique=True))) if named and present and draw(st.booleans()) else None
        users.append(DesiredUser(name, place(name), values, groups=groups, present=present))
    groups = []
    for title in titles:
        members = draw(st.none() | st.lists(st.sampled_from(NAMES), unique_by=key, max_size=6))
        previous = draw(st.lists(st.sampled_from([one for one in GROUPS if one not in titles] or ["Old"]), unique=True, max_size=1))
        groups.append(
            DesiredGroup(
                title,
                place(title),
                external_id=draw(st.none() | st.just(f"x{numbers[len(groups)]}")),
                previous_names=tuple(previous),
                membership=draw(st.sampled_from(["", "exact", "append", "remove"])),
                members=None if members is None else tuple(Member(one, place(one)) for one in members),
                id=draw(st.sampled_from(["", "", "", "", f"g{len(groups)}"])),
                present=draw(st.sampled_from([True, True, True, False])),
            )
        )
    return Document(tuple(users), tuple(groups))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Any policy, with the brake off: what the brake does is tested by itself."""
    return Policy(
        prune_users=draw(st.sampled_from(["none", "disable", "delete"])),
        prune_groups=draw(st.sampled_from(["none", "delete"])),
        membership=draw(st.sampled_from(["exact", "append", "remove"])),
        protected_users=draw(st.sampled_from([(), ("max@*",)])),
        scope=Scope(
            suffixes=draw(st.sampled_from([(), ("@corp.example",)])),
            group_name=draw(st.sampled_from([None, None, re.compile("^[EO]")])),
        ),
        limit=NO_LIMIT,
        external_id_conflict=draw(st.sampled_from(["fail", "overwrite", "ignore"])),
        missing_members=draw(st.sampled_from(["warn", "ignore"])),
    )
