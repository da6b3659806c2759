# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The planner's part for groups, without their members. Pure."""

from __future__ import annotations

import typing as t

from .._model import key, shown
from .plan import Plan, Step, Unchanged, order_names

if t.TYPE_CHECKING:
    from .._model import DesiredGroup, Directory, LiveGroup, Place
    from .match import Matches
    from .plan import Value
    from .policy import Policy


def plan_groups(matches: Matches[DesiredGroup, LiveGroup], directory: Directory, policy: Policy) -> Plan:
    """The steps on groups; conflicts found here are added to `matches`."""
    steps: list[Step] = []
    deletes: list[Step] = []
    unseen: set[str] = set()
    unchanged = 0
    for group, live in list(matches.pairs):
        reason = _group_conflict(group, live, policy)
        if reason:
            matches.fail("group", group, group.name or group.id, reason, [live])
        elif not group.present:
            deletes.append(_delete_step(live, group.place))
        else:
            step = _group_step(group, live, directory, unseen)
            unchanged += step is None
            steps += [step] if step else []
    creates = [_create_group(group) for group in matches.missing if group.present]
    unchanged += len(matches.missing) - len(creates)
    names = [(live[1], live.id) for live in directory.groups]
    named, blocked = order_names([*steps, *creates], names, matches.disputed)
    for step, reason in blocked:
        matches.block(step, reason)
    matches.settle()
    pruned, protected = _prune_groups(matches.claimed(), directory, policy)
    return Plan(
        groups=(*named, *(step for step in steps if step.verb != "rename")),
        delete_groups=(*deletes, *pruned),
        failures=tuple(matches.failures),
        protected=tuple(protected),
        unverifiable=tuple(sorted(unseen)),
        unchanged=Unchanged(groups=unchanged),
    )


def _group_conflict(group: DesiredGroup, live: LiveGroup, policy: Policy) -> str:
    """Why this group must not be written, or an empty string. A protected one is neither deleted nor renamed out of its protection."""
    who = f"is {shown(live.display_name)} (id {shown(live.id)}) at the service"
    if not policy.scope.has_group(live.display_name):
        return f"{who}, which lies outside of scope; widen scope to take it over"
    guard = policy.group_guard()
    leaves = not group.present or key(group.name or live.display_name) != key(live.display_name)
    if leaves and guard and guard.match(key(live.display_name)):
        return f"{who}, which is protected (protected_groups)"
    return ""


def _group_step(group: DesiredGroup, live: LiveGroup, directory: Directory, unseen: set[str]) -> Step | None:
    values: dict[str, Value] = {}
    name = group.display_name or live.display_name
    renamed = key(name) != key(live.display_name)
    if renamed:
        values["display_name"] = name
    if group.external_id is not None and group.external_id != (live.external_id or ""):
        hidden = live.external_id is None and "groups.external_id" in directory.hidden
        if hidden:
            unseen.add("groups.external_id")
        if not hidden or renamed:
            values["external_id"] = group.external_id
    if not values:
        return None
    before = {attribute: getattr(live, attribute) for attribute in values}
    return Step("group", "rename" if renamed else "update", name, live.id, values, before, group.place)


def _delete_step(live: LiveGroup, place: Place | None = None) -> Step:
    return Step("group", "delete", live.display_name, live.id, before={"display_name": live.display_name}, place=place)


def _create_group(group: DesiredGroup) -> Step:
    values: dict[str, Value] = {} if group.external_id is None else {"external_id": group.external_id}
    return Step("group", "create", group.display_name, values=values, place=group.place)


def _prune_groups(claimed: set[str], directory: Directory, policy: Policy) -> tuple[list[Step], list[str]]:
    steps: list[Step] = []
    protected: list[str] = []
    if policy.prune_groups == "none":
        return steps, protected
    guard = policy.group_guard()
    for live in sorted(directory.groups, key=lambda one: (key(one.display_name), one.id)):
        if live.id in claimed or not policy.scope.has_group(live.display_name):
            continue
        if guard and guard.match(key(live.display_name)):
            protected.append(live.display_name)
        else:
            steps.append(_delete_step(live))
    return steps, protected
