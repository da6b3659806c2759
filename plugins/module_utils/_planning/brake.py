# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The removal brake (DESIGN law 4, R1): too many removals in one plan stop the task before its first write. Pure."""

from __future__ import annotations

import typing as t

from .._limit import VICTIMS, Overrun, over, refuse

if t.TYPE_CHECKING:
    from .._limit import Limit
    from .plan import Bases, Plan
    from .policy import Policy

VICTIMS_OF_A_GROUP = 3
"""How many of those who would be removed a message names for each of the groups; the total has them already."""


PARTIAL = (
    "The service shows memberships only with each user, and this task looked at one user, so the percentage is taken of the memberships "
    "of that user alone, not of all in the tenant; scim_directory reads all."
)


def find_overruns(plan: Plan, limit: Limit) -> list[Overrun]:
    """Every limit that the plan breaks: users, groups, members in total, members of any one group."""
    bases = plan.bases
    if bases is None:
        return []
    users = [step.name for step in plan.retire_users]
    groups = [step.name for step in plan.delete_groups]
    return [
        *over("users", users, bases.users, limit),
        *over("groups", groups, bases.groups, limit),
        *_over_members(plan, bases, limit),
    ]


def _over_members(plan: Plan, bases: Bases, limit: Limit) -> list[Overrun]:
    """A deleted group takes its members' access along, so those count in the total, but not as a thinned group."""
    total: list[str] = []
    single: list[Overrun] = []
    for step in plan.remove_members:
        names = [user.name for user in step.remove]
        total += [f"{name} in {step.group.name}" for name in names]
        size = bases.group_sizes.get(step.group.id, 0)
        single += over(f"members of group {step.group.name}", names, size, limit, victims=VICTIMS_OF_A_GROUP)
    lost = sum(bases.lost_with_groups.values())
    gone = [f"all {count} members of group {name}" for name, count in bases.lost_with_groups.items() if count]
    removals, allowed = len(total) + lost, limit.allowed(bases.members)
    whole = [Overrun("members of all groups", removals, bases.members, allowed, tuple([*gone, *total][:VICTIMS]))]
    return [*(whole if removals > allowed else []), *single]


def enforce_brake(plan: Plan, policy: Policy) -> tuple[str, ...]:
    """Raise Refusal where the plan removes more than the policy allows; with the override, return that as warnings."""
    overruns = find_overruns(plan, policy.limit)
    note = PARTIAL if plan.bases and plan.bases.partial else ""
    return refuse(overruns, policy.limit, allow=policy.allow_over_limit, note=note)
