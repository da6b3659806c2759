# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is assigned in which role: what to grant, and what to take away after it, so that nobody is without access between. Pure."""

from __future__ import annotations

import typing as t
from types import MappingProxyType

from .._errors import Refusal
from .._limit import VICTIMS, Overrun, refuse
from .._model import shown
from .._wording import cut_list
from .outcome import Operation

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from .._limit import Limit

NO_ROLE = "00000000-0000-0000-0000-000000000000"
"""The role id of an assignment that names no role (fact sheet 3.4)."""

DEFAULT_ACCESS = "Default Access"
"""What the portal calls it."""

SHOWN = 20
"""So many names a message has."""

PEOPLE = ("User", "Group")
"""Principals that are provisioned; applications that are assigned are left alone."""


NOT_ALL = "Whatever removal_limit says, no run takes access from everybody who has it, unless it is allowed to."
"""What the brake says besides where everybody would lose access."""


class Grant(t.NamedTuple):
    """One assignment. `role_id` is empty while the role does not exist, `id` while the assignment does not."""

    principal_id: str
    principal: str
    type: str
    role_id: str
    role: str
    id: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What makes two assignments the same one."""
        return self.principal_id, self.role_id or self.role

    @property
    def title(self) -> str:
        """As it stands in operations, diffs and messages."""
        return f"{self.principal} as {self.role}"

    def as_result(self) -> dict[str, t.Any]:
        """One entry of RV(assignments)."""
        names = {"principal_id": self.principal_id, "principal": self.principal, "type": self.type}
        return {**names, "role": self.role, "role_id": self.role_id or None}


class AssignmentPlan(t.NamedTuple):
    """What is done, in this order: the role is created, people are assigned, and only then is anything taken away."""

    create_role: str = ""
    assign: tuple[Grant, ...] = ()
    unassign: tuple[Grant, ...] = ()
    after: tuple[Grant, ...] = ()
    """All assignments of users and groups as they are then."""
    losers: tuple[Grant, ...] = ()
    """One assignment of each who loses the last one."""
    base: int = 0
    """How many users and groups are assigned before."""
    real: tuple[str, ...] = ()
    """Those who have a real role before."""
    kept: int = 0
    """How many of them still have one afterwards."""

    def operations(self) -> list[Operation]:
        """The plan in names."""
        role = [Operation("role", "create", self.create_role)] if self.create_role else []
        return [*role, *(operation("assign", grant) for grant in self.assign), *(operation("unassign", one) for one in self.unassign)]


class Aim(t.NamedTuple):
    """What is wanted: `named` grants (role "" in state absent = whatever role), and the role for those with Default Access."""

    state: str
    named: tuple[Grant, ...] = ()
    migration: tuple[str, str] | None = None
    """Id ("" = it does not exist yet) and name; None = Default Access is left alone."""
    creates: str = ""
    """The role that has to be created if somebody is to have it."""


def operation(verb: str, grant: Grant) -> Operation:
    """One assignment that comes or goes."""
    return Operation("assignment", verb, grant.title, {"type": grant.type})


def plan_assignments(live: Sequence[Grant], aim: Aim) -> AssignmentPlan:
    """The way from `live` to the aim. Only those who are named, migrated, or not named where exactly the named ones are wanted, change."""
    before: dict[str, list[Grant]] = {}
    for grant in sorted_grants(one for one in live if one.type in PEOPLE):
        before.setdefault(grant.principal_id, []).append(grant)
    named: dict[str, dict[tuple[str, str], Grant]] = {}
    for grant in aim.named:
        named.setdefault(grant.principal_id, {})[grant.key] = grant
    after = {principal: _after(grants, named.get(principal, {}), aim) for principal, grants in before.items()}
    _refuse_contradiction(before, after, aim)
    if aim.state != "absent":
        after.update({principal: list(grants.values()) for principal, grants in named.items() if principal not in before})
    had = {grant.key for grants in before.values() for grant in grants}
    have = {grant.key for grants in after.values() for grant in grants}
    assign = sorted_grants(one for grants in after.values() for one in grants if one.key not in had)
    unassign = sorted_grants(one for grants in before.values() for one in grants if one.key not in have)
    missing = next((aim.creates for one in assign if not one.role_id and one.role == aim.creates), "")
    losers = [grants[0] for principal, grants in before.items() if not after[principal]]
    everybody = sorted_grants(one for grants in after.values() for one in grants)
    real = [principal for principal, grants in before.items() if _has_real_role(grants)]
    return AssignmentPlan(
        create_role=missing,
        assign=tuple(assign),
        unassign=tuple(unassign),
        after=tuple(everybody),
        losers=tuple(losers),
        base=len(before),
        real=tuple(before[principal][0].principal for principal in real),
        kept=sum(_has_real_role(after[principal]) for principal in real),
    )


def _has_real_role(grants: Iterable[Grant]) -> bool:
    return any(grant.role_id != NO_ROLE for grant in grants)


def _after(grants: Sequence[Grant], named: Mapping[tuple[str, str], Grant], aim: Aim) -> list[Grant]:
    """What somebody who is assigned already has afterwards; `named` is what is named of that one."""
    if aim.state == "absent":
        everything = any(not grant.role for grant in named.values())
        return _migrated([one for one in grants if not everything and one.key not in named], aim)
    if named:
        known = {grant.key: grant for grant in grants}
        return [known.get(key, grant) for key, grant in named.items()]
    return [] if aim.state == "exact" else _migrated(grants, aim)


def _migrated(grants: Sequence[Grant], aim: Aim) -> list[Grant]:
    """The same without Default Access, which becomes the migration role unless another role is there besides."""
    if aim.migration is None:
        return list(grants)
    real = [grant for grant in grants if grant.role_id != NO_ROLE]
    if real or not grants:
        return real
    role_id, role = aim.migration
    return [grants[0]._replace(role_id=role_id, role=role, id="")]


def _refuse_contradiction(before: Mapping[str, Sequence[Grant]], after: Mapping[str, Sequence[Grant]], aim: Aim) -> None:
    """Somebody cannot be migrated, and lose access or the very role in the same run: the next run would not agree with this one."""
    if aim.migration is None:
        return
    holders = [principal for principal, grants in before.items() if any(one.role_id == NO_ROLE for one in grants)]
    if aim.state == "exact":
        lost = [principal for principal in holders if not after[principal]]
    else:
        gone = {grant.key for grant in aim.named if aim.state == "absent"}
        lost = [principal for principal in holders if gone & {grant.key for grant in after[principal]}]
    if lost:
        names = sorted(before[principal][0].principal for principal in lost)
        told = cut_list(list(map(shown, names)), SHOWN)
        raise Refusal(
            f"migrate_default_access gives {told} the role {shown(aim.migration[1])}, and state={aim.state} takes it away. This task "
            "wrote nothing. Migrate with state=present in a task of its own first"
        )


class Crowd(Overrun):
    """An overrun whose numbers are people, while one of its victims may be a group of many."""

    __slots__ = ()

    def __str__(self) -> str:
        names = ", ".join(map(shown, self.victims)) + (" and others" if len(self.victims) == VICTIMS else "")
        return f"{self.what}: {self.removals} of {self.of} would be removed, {int(self.allowed)} are allowed: {names}"


def brake(plan: AssignmentPlan, limit: Limit, members: Mapping[str, int] = MappingProxyType({}), *, allow: bool) -> tuple[str, ...]:
    """Raise Refusal where more people lose their access than allowed, or all of them; the override gives warnings instead.

    `members` has, by the id of a group that loses access, how many direct members it has.
    """
    everybody = _everybody(plan)
    return refuse([*everybody, *_too_many(plan, limit, members)], limit, allow=allow, note=NOT_ALL if everybody else "")


def _everybody(plan: AssignmentPlan) -> list[Overrun]:
    """One overrun if nobody has a real role afterwards, or of two or more who had one nobody keeps it; of any assignment the same."""
    had, lost = plan.real, tuple(grant.principal for grant in plan.losers)
    if had and (not _has_real_role(plan.after) or (len(had) > 1 and not plan.kept)):
        return [Overrun("users and groups with a real role in the application", len(had), len(had), len(had) - 1.0, had[:VICTIMS])]
    if plan.base > 1 and len(lost) == plan.base:
        return [Overrun("users and groups assigned to the application", plan.base, plan.base, plan.base - 1.0, lost[:VICTIMS])]
    return []


def _too_many(plan: AssignmentPlan, limit: Limit, members: Mapping[str, int]) -> list[Overrun]:
    """One overrun if more than the limit lose access. A group that loses it counts as its members, and any other as one."""
    counts = [(grant.principal, max(1, members.get(grant.principal_id, 1))) for grant in plan.losers]
    removals = sum(count for _name, count in counts)
    base = plan.base - len(counts) + removals
    allowed = limit.allowed(base)
    if removals <= allowed:
        return []
    names = tuple(_with_count(name, count, limit.count) for name, count in counts[:VICTIMS])
    return [Crowd("users and members of groups assigned to the application", removals, base, allowed, names)]


def _with_count(name: str, count: int, most: int) -> str:
    """A principal for a message; what is over the largest limit was not counted to its end."""
    told = f"more than {most} members, or they may not be read" if count > most > 0 else f"{count} members"
    return name if count == 1 else f"{name} ({told})"


def titles(grants: Collection[Grant]) -> dict[str, t.Any]:
    """Assignments in a diff."""
    return {"assignments": sorted(grant.title for grant in grants)}


def sorted_grants(grants: Iterable[Grant]) -> list[Grant]:
    """By name of the principal, then by role."""
    return sorted(grants, key=_order)


def _order(grant: Grant) -> tuple[str, str, str, str]:
    return grant.principal.casefold(), grant.principal_id, grant.role, grant.role_id
