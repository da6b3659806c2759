# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The planner: what is declared, and what is there, become a plan. Pure; used by all four changing SCIM modules."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._errors import Refusal
from .._garbage import paused_gc
from .._model import key, shown
from .groups import plan_groups
from .match import match_groups, match_users
from .memberships import MemberPlanner, Members
from .people import People
from .plan import Bases, Plan, Unchanged
from .users import plan_users

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .._model import Directory, Document, LiveGroup, LiveUser
    from .policy import Policy


def plan_directory(document: Document, directory: Directory, policy: Policy) -> Plan:
    """The plan that makes the directory as declared.

    Raises Refusal where an empty document would prune or a doubtful listing would remove somebody, InputError where
    a membership names what does not exist. Conflicts of single objects are in `Plan.failures`.
    """
    with paused_gc():
        return _plan(document, directory, policy)


def _plan(document: Document, directory: Directory, policy: Policy) -> Plan:
    _refuse_empty(document, directory, policy)
    _refuse_mixed(directory)
    users = match_users(document.users, directory.users)
    groups = match_groups(document.groups, directory.groups)
    user_plan = plan_users(users, directory, policy)
    group_plan = plan_groups(groups, directory, policy)
    members = Members()
    if directory.members is not None:
        people = People(document, directory, users, retired=[step for step in user_plan.retire_users if step.verb == "delete"])
        members = MemberPlanner(directory, policy, people, groups, deleted={step.id for step in group_plan.delete_groups}).plan()
    plan = Plan(
        groups=group_plan.groups,
        users=user_plan.users,
        add_members=members.add,
        remove_members=members.remove,
        retire_users=user_plan.retire_users,
        delete_groups=group_plan.delete_groups,
        failures=(*user_plan.failures, *group_plan.failures, *members.failures),
        protected=(*user_plan.protected, *group_plan.protected, *members.protected),
        unverifiable=user_plan.unverifiable + group_plan.unverifiable,
        warnings=(*document.warnings, *directory.warnings, *users.warnings, *groups.warnings, *members.warnings),
        unchanged=Unchanged(user_plan.unchanged.users, group_plan.unchanged.groups, members.unchanged),
    )
    plan = replace(plan, bases=_measure(plan, directory, policy))
    _refuse_doubt(plan, directory)
    return replace(plan, warnings=(*plan.warnings, *_name_privileged(plan, directory, policy)))


def _refuse_empty(document: Document, directory: Directory, policy: Policy) -> None:
    """An empty document never removes anybody, whatever the override says (B32, F45)."""
    for what, prune, declared in (("users", policy.prune_users, document.users), ("groups", policy.prune_groups, document.groups)):
        if prune != "none" and not any(one.present for one in declared):
            bases = _measure(Plan(), directory, policy)
            base = bases.users if what == "users" else bases.groups
            raise Refusal(
                f"Refused: no {what} are declared, and prune_{what} is {prune}: this would hit all {base} {what} in scope. Nothing was "
                f"written. An empty declaration never prunes, not even with allow_removals_over_limit; to remove {what}, declare them "
                "with state: absent."
            )


def _refuse_mixed(directory: Directory) -> None:
    """Nothing is written where one id stands for two names: the next write might hit somebody else."""
    objects: tuple[tuple[str, Sequence[LiveUser | LiveGroup]], ...] = (("user", directory.users), ("group", directory.groups))
    for kind, live in objects:
        names: dict[str, str] = {}
        for one in live if len({one.id for one in live}) < len(live) else ():
            first = names.setdefault(one.id, one[1])
            if one.id and first != one[1] and key(first) != key(one[1]):
                raise Refusal(
                    f"Refused: the service shows the {kind} id {shown(one.id)} as {shown(first)} and as {shown(one[1])}, so a write to it "
                    "might hit somebody else. Nothing was written. Run again; if it stays so, ask the service's operator."
                )


def _name_privileged(plan: Plan, directory: Directory, policy: Policy) -> Iterator[str]:
    """A warning for each member of a protected group who is to be pruned: most likely an administrator whom no file names."""
    guard = policy.group_guard()
    pruned = {step.id: step for step in plan.retire_users if step.place is None}
    for group in directory.groups if guard and pruned else ():
        if guard and guard.match(key(group.display_name)):
            for user_id in sorted(pruned.keys() & (directory.members or {}).get(group.id, set())):
                step = pruned[user_id]
                yield (
                    f"user {shown(step.name)} is in no file, and a member of {shown(group.display_name)}, a protected group. "
                    "If that is an administrator, name the user in protected_users"
                )


def _refuse_doubt(plan: Plan, directory: Directory) -> None:
    """A doubtful listing never removes anybody (F37-F44, R5)."""
    removals = [step.name for step in (*plan.retire_users, *plan.delete_groups)]
    removals += [f"{user.name} in {step.group.name}" for step in plan.remove_members for user in step.remove]
    if directory.doubts and removals:
        first = ", ".join(map(shown, removals[:20]))
        raise Refusal(
            f"Refused: the service's listing cannot be trusted ({'; '.join(directory.doubts)}), and the plan would make {len(removals)} "
            f"removals: {first}. Nothing was written. Run again; if it stays so, ask the service's operator, or run without removals.",
            listing="suspect",
            doubts=list(directory.doubts),
        )


def _measure(plan: Plan, directory: Directory, policy: Policy) -> Bases:
    """What the percentages of the brake refer to: what is in scope and not protected."""
    group_guard, scope = policy.group_guard(), policy.scope
    ours = [group for group in directory.groups if scope.has_group(group.display_name)]
    members = directory.members or {}
    thinned = {step.group.id for step in plan.remove_members}
    return Bases(
        users=_count_users(directory, policy),
        groups=sum(1 for group in ours if not (group_guard and group_guard.match(key(group.display_name)))),
        members=sum(len(members.get(group.id, ())) for group in ours),
        group_sizes={group.id: len(members.get(group.id, ())) for group in ours if group.id in thinned},
        lost_with_groups={step.name: len(members.get(step.id, ())) for step in plan.delete_groups},
        partial=directory.partial,
    )


def _count_users(directory: Directory, policy: Policy) -> int:
    guard, scope = policy.user_guard(), policy.scope
    ours: Sequence[LiveUser] = directory.users
    if not scope.is_everything:
        ours = [user for user in ours if scope.has_user(user.user_name, user.external_id)]
    return sum(1 for user in ours if not guard.match(key(user.user_name))) if guard else len(ours)
