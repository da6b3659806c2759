# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for the mapping of one kind of object: users, or groups. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._errors import Problem
from .._wording import and_list
from .declared import SIDES
from .flow import as_option, edited, in_words, priority_of, target_of
from .flow_checks import FlowChange, ambiguous_problems, change_problems, matching_problems, removal_problems
from .outcome import Operation
from .scoping import edit_scope, filter_operations, filter_words, filters_as_options, groups_of
from .scoping_checks import filter_doubts, filter_problems

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .declared import Flow, Wish
    from .flow import Parsed
    from .located import Located
    from .scoping import Operators


ACTIONS = {"create": "Add", "update": "Update", "delete": "Delete"}
"""The option `actions` and Graph's flowTypes, in the order in which they are written."""


@dataclass
class SidePlan:
    """What becomes of one objectMapping; `mapping` is a copy in which only what is declared differs."""

    mapping: dict[str, t.Any]
    operations: list[Operation] = field(default_factory=list)
    before: dict[str, t.Any] = field(default_factory=dict)
    after: dict[str, t.Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def note(self, name: str, before: object, after: object) -> None:
        """Keep what is different for the diff; None = not there."""
        self.before.update({} if before is None else {name: before})
        self.after.update({} if after is None else {name: after})


def actions_of(mapping: Mapping[str, t.Any]) -> list[str]:
    """The actions of an objectMapping in the module's words; Graph's flags come in any order, with and without blanks."""
    flags = {flag.strip() for flag in str(mapping.get("flowTypes") or "").split(",")}
    return [option for option, flag in ACTIONS.items() if flag in flags]


def side_as_option(mapping: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """An objectMapping as the module's options would declare it, sorted by target: the service's order means nothing."""
    flows = [as_option(live) for live in mapping.get("attributeMappings") or []]
    return {
        "enabled": bool(mapping.get("enabled")),
        "actions": actions_of(mapping),
        "attribute_mappings": sorted(flows, key=lambda flow: (flow["target"].casefold(), flow["target"])),
        "scoping_filters": filters_as_options(mapping.get("scope")),
    }


def plan_side(wish: Wish, located: Located, parsed: Mapping[str, Parsed], operators: Operators, *, exact: bool) -> SidePlan:
    """The plan of one wish, with all problems in it."""
    plan = SidePlan(dict(located.mapping))
    _plan_switches(plan, wish, located)
    if wish.flows:
        _plan_flows(plan, wish, located, parsed, exact=exact)
    if wish.filters is not None:
        _plan_filters(plan, wish, located, operators)
    return plan


def _plan_switches(plan: SidePlan, wish: Wish, located: Located) -> None:
    live = located.mapping
    if wish.enabled is not None and wish.enabled != bool(live.get("enabled")):
        plan.mapping["enabled"] = wish.enabled
        plan.operations.append(Operation("object_mapping", "enable" if wish.enabled else "disable", f"{wish.noun} mapping"))
        plan.note("enabled", not wish.enabled, wish.enabled)
    if wish.actions is None or set(wish.actions) == set(actions_of(live)):
        return
    if not wish.actions:
        plan.problems.append(
            Problem(f"{wish.side}.actions", "", f"is empty, so nothing would be done to {wish.side}; say enabled: false instead")
        )
    wanted = [option for option in ACTIONS if option in wish.actions]
    plan.mapping["flowTypes"] = ",".join(ACTIONS[option] for option in wanted)
    before, after = ", ".join(actions_of(live)) or "none", ", ".join(wanted)
    plan.operations.append(Operation("object_mapping", "update", f"{wish.noun} mapping actions", {"before": before, "after": after}))
    plan.note("actions", before, after)


def _plan_flows(plan: SidePlan, wish: Wish, located: Located, parsed: Mapping[str, Parsed], *, exact: bool) -> None:
    changes = [_change(flow, located, parsed) for flow in wish.flows or ()]
    result = _result(changes, located, exact=exact)
    ours = {id(one) for one in result}
    ours |= {id(change.live) for change in changes}
    removed = [live for live in located.live if id(live) not in ours]
    plan.problems += ambiguous_problems(wish, located, exact=exact)
    for change in changes:
        plan.problems += change_problems(change, located)
    plan.problems += removal_problems(wish.side, removed, located, result)
    if removed or any(change.is_change for change in changes):
        plan.problems += matching_problems(wish, located, result)
        plan.mapping["attributeMappings"] = result
    _tell_flows(plan, wish, changes, removed)
    _warn_of_flows(plan, wish, located, changes, result, exact=exact)


def _change(flow: Flow, located: Located, parsed: Mapping[str, Parsed]) -> FlowChange:
    live = next((one for one in located.live if target_of(one) == flow.target), None)
    answer = parsed.get(flow.expression)
    return FlowChange(flow, live, edited(live, flow, answer, located.target.type_of(flow.target)), answer)


def _result(changes: Sequence[FlowChange], located: Located, *, exact: bool) -> list[dict[str, t.Any]]:
    """The mappings as they would be: those of the schema in their order, then the new ones."""
    edits = {id(change.live): change.new for change in changes if change.live is not None}
    kept = [
        edits.get(id(live), live)
        for live in located.live
        if id(live) in edits or not exact or located.target.is_read_only(target_of(live))
    ]  # fmt: skip
    return kept + [change.new for change in changes if change.live is None]


def _tell_flows(plan: SidePlan, wish: Wish, changes: Sequence[FlowChange], removed: Sequence[dict[str, t.Any]]) -> None:
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for change in changes:
        if change.is_change:
            name = change.flow.target
            after[name] = in_words(change.new)
            details = {"after": after[name]}
            if change.live is not None:
                before[name] = in_words(change.live)
                details = {"before": before[name], **details}
            plan.operations.append(Operation("mapping", "set", f"{wish.noun} mapping {name}", details))
    for live in removed:
        name = target_of(live)
        key = f"{name} (another mapping of it)" if name in {*before, *after} else name
        before[key] = in_words(live)
        plan.operations.append(Operation("mapping", "delete", f"{wish.noun} mapping {name}", {"before": before[key]}))
    if before or after:
        plan.note("attribute_mappings", before, after)


def _warn_of_flows(
    plan: SidePlan, wish: Wish, located: Located, changes: Sequence[FlowChange], result: Sequence[dict[str, t.Any]], *, exact: bool
) -> None:
    for change in changes:
        if change.is_change and change.live and change.flow.kind == "none" and change.live.get("source"):
            plan.warnings.append(
                f"{change.flow.place}: {change.flow.target} has only a default_value, so it no longer takes its value from Entra "
                f"(it was {in_words(change.live)}); to keep that, give it beside default_value"
            )
    was, now = ([target_of(one) for one in sorted(some, key=priority_of) if priority_of(one)] for some in (located.live, result))
    if was != now and was and now:
        plan.warnings.append(
            f"existing {wish.side} were matched by {and_list(was)} and will be by {and_list(now)}; "
            "whoever is not found by that is created once more"
        )
    declared = {flow.target for flow in wish.flows or ()}
    kept = [target_of(live) for live in located.live if located.target.is_read_only(target_of(live)) and target_of(live) not in declared]
    if exact and kept:
        plan.warnings.append(
            f"mode exact keeps the {wish.noun} mapping of {and_list(kept)}, which {located.target.directory} marks as read-only"
        )


def _plan_filters(plan: SidePlan, wish: Wish, located: Located, operators: Operators) -> None:
    live, filters = located.mapping.get("scope"), wish.filters or ()
    plan.problems += filter_problems(live, filters, located.source, operators)
    scope = edit_scope(live, filters, operators)
    if scope is live:
        return
    plan.mapping["scope"] = scope
    plan.operations += filter_operations(wish.noun, live, filters, scope)
    plan.warnings += filter_doubts(live, filters, located.source, operators)
    before, after = ({one.get("name") or "": filter_words(one) for one in groups_of(some)} for some in (live, scope))
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    plan.note("scoping_filters", *({name: some[name] for name in changed if name in some} for some in (before, after)))


def empty_mapping(side: str) -> dict[str, t.Any]:
    """An objectMapping without anything, as what is declared is planned on where there is no schema to read yet."""
    noun = SIDES[side].capitalize()
    return {"sourceObjectName": noun, "targetObjectName": noun, "enabled": True, "attributeMappings": [], "scope": None}
