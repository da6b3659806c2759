# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The removal brake (DESIGN law 4, R1): too many removals in one plan stop the task before its first write. Pure."""

from __future__ import annotations

import typing as t

from .._errors import Refusal
from .._model import shown

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from .plan import Bases, Plan
    from .policy import Limit, Policy

VICTIMS = 20
"""How many of those who would be removed a message names."""
VICTIMS_OF_A_GROUP = 3
"""And how many for each of the groups, whose members are named in the total already."""


class Overrun(t.NamedTuple):
    """One count of removals that is over its limit; `of` is the number that the percentage was taken of."""

    what: str
    removals: int
    of: int
    allowed: float
    victims: tuple[str, ...]

    def __str__(self) -> str:
        more = self.removals - len(self.victims)
        names = ", ".join(map(shown, self.victims)) + (f" and {more} more" if more > 0 else "")
        return f"{shown(self.what)}: {self.removals} of {self.of} would be removed, {int(self.allowed)} are allowed: {names}"


def find_overruns(plan: Plan, limit: Limit) -> list[Overrun]:
    """Every limit that the plan breaks: users, groups, members in total, members of any one group."""
    bases = plan.bases
    if bases is None:
        return []
    users = [step.name for step in plan.retire_users]
    groups = [step.name for step in plan.delete_groups]
    return [
        *_over("users", users, bases.users, limit),
        *_over("groups", groups, bases.groups, limit),
        *_over_members(plan, bases, limit),
    ]


def _over(what: str, names: Sequence[str], base: int, limit: Limit, victims: int = VICTIMS) -> list[Overrun]:
    removals = len(names)
    allowed = limit.allowed(base)
    return [Overrun(what, removals, base, allowed, tuple(names[:victims]))] if removals > allowed else []


def _over_members(plan: Plan, bases: Bases, limit: Limit) -> list[Overrun]:
    """A deleted group takes its members' access along, so those count in the total, but not as a thinned group."""
    total: list[str] = []
    single: list[Overrun] = []
    for step in plan.remove_members:
        names = [user.name for user in step.remove]
        total += [f"{name} in {step.group.name}" for name in names]
        size = bases.group_sizes.get(step.group.id, 0)
        single += _over(f"members of group {step.group.name}", names, size, limit, victims=VICTIMS_OF_A_GROUP)
    lost = sum(bases.lost_with_groups.values())
    gone = [f"all {count} members of group {name}" for name, count in bases.lost_with_groups.items() if count]
    removals, allowed = len(total) + lost, limit.allowed(bases.members)
    whole = [Overrun("members of all groups", removals, bases.members, allowed, tuple([*gone, *total][:VICTIMS]))]
    return [*(whole if removals > allowed else []), *single]


def enforce_brake(plan: Plan, policy: Policy) -> tuple[str, ...]:
    """Raise Refusal where the plan removes more than the policy allows; with the override, return that as warnings."""
    overruns = find_overruns(plan, policy.limit)
    if not overruns:
        return ()
    limit = policy.limit
    if policy.allow_over_limit:
        return tuple(f"Over the removal limit, and allowed by allow_removals_over_limit: {overrun}" for overrun in overruns)
    lines = ["Refused by the removal brake; nothing was written."]
    lines += [f"- {overrun}" for overrun in overruns]
    lines.append(
        f"The limit (removal_limit) is {limit.percent:g} percent of those in scope, at least {limit.floor} and at most {limit.count}. "
        "Look first whether the source is complete. If all this is meant, run once with allow_removals_over_limit=true."
    )
    raise Refusal("\n".join(lines), brake=[overrun._asdict() for overrun in overruns])
