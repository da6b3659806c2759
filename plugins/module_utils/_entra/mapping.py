# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for the whole schema: one PUT or none (facts 3.9, 4, 5). Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._errors import InputError, Problem
from .attributes import Attributes
from .declared import LONGEST_EXPRESSION, SIDES
from .expression import squeeze, text_of
from .flow import target_of
from .located import Located, is_mapped, locate, with_mapping
from .scoping import Operators, changed_filters, groups_of
from .side import empty_mapping, plan_side, side_as_option

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .declared import Declaration, Wish
    from .flow import Parsed
    from .outcome import Operation
    from .side import SidePlan

    Schema = Mapping[str, t.Any]

INITIAL_CYCLE = (
    "the change of the schema makes Entra start a new initial cycle, which reads and compares every user and group again; that "
    "takes longer than the usual cycles"
)
OUT_OF_SCOPE = (
    "{side} that no scoping filter lets through any more are deprovisioned in the next cycle, that is disabled or removed at the target, "
    "unless skip_out_of_scope_deletions of entra_provisioning_settings is true"
)


class Questions(t.NamedTuple):
    """What the service must be asked before a plan can be made."""

    expressions: tuple[str, ...]
    operators: bool


@dataclass
class MappingPlan:
    """`schema` is the one to PUT: the object that was read if there is nothing to do."""

    schema: Schema
    operations: list[Operation] = field(default_factory=list)
    before: dict[str, t.Any] = field(default_factory=dict)
    after: dict[str, t.Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def ask_first(schema: Schema, declaration: Declaration) -> Questions:
    """The expressions that differ from the live ones, and whether filters would be written: nothing to do asks nothing."""
    expressions: list[str] = []
    operators = False
    for wish in declaration.wishes:
        located = locate(schema, wish.side)[0]
        if located is None:
            continue
        # Of two mappings of one target the first counts, as in the plan.
        texts = {target_of(live): squeeze(text_of(live["source"])) for live in reversed(located.live) if live.get("source")}
        expressions += [
            flow.expression
            for flow in wish.flows or ()
            if flow.expression.strip() and len(flow.expression) <= LONGEST_EXPRESSION and squeeze(flow.expression) != texts.get(flow.target)
        ]
        operators = operators or bool(changed_filters(located.mapping.get("scope"), wish.filters or ()))
    return Questions(tuple(dict.fromkeys(expressions)), operators)


def plan_mapping(
    schema: Schema,
    declaration: Declaration,
    parsed: Mapping[str, Parsed],
    operators: Sequence[Mapping[str, t.Any]] | None,
    *,
    ran: bool = True,
) -> MappingPlan:
    """The plan, in which only what is declared differs from `schema`; raises InputError with everything that is wrong at once.

    `ran` says that the job may have provisioned somebody, whom a filter would throw out.
    """
    plan = MappingPlan(schema)
    problems: list[Problem] = list(declaration.problems)
    for wish in declaration.wishes:
        located, reason = locate(schema, wish.side)
        if located is None:
            absent = _asks_for_nothing(wish) and not is_mapped(schema, wish.side)
            problems += [] if absent else [Problem(wish.side, "", reason)]
            continue
        side = plan_side(wish, located, parsed, Operators(operators), exact=declaration.exact)
        problems += side.problems
        if side.operations:
            plan.schema = with_mapping(plan.schema, located, side.mapping)
        _add_side(plan, wish, side, ran=ran)
    if problems:
        raise InputError(problems)
    if plan.operations:
        plan.warnings.append(INITIAL_CYCLE)
    return plan


def plan_unseen(declaration: Declaration) -> MappingPlan:
    """The plan where there is no schema to read yet, in check mode: what is declared counts as new, and only itself can be checked."""
    if declaration.problems:
        raise InputError(declaration.problems)
    plan = MappingPlan({})
    rules: list[dict[str, t.Any]] = []
    for wish in declaration.wishes:
        nothing = Attributes(None, "")
        mapping = {**empty_mapping(wish.side), "enabled": not wish.enabled if wish.enabled is not None else True}
        side = plan_side(wish, Located(0, 0, mapping, nothing, nothing), {}, Operators(None), exact=False)
        rules.append({"objectMappings": [side.mapping]})
        _add_side(plan, wish, side, ran=False)
    plan.schema = {"synchronizationRules": rules}
    return plan


def describe_rewrites(again: MappingPlan) -> list[str]:
    """A warning for everything that a plan on the schema as it was just written finds to do: the service keeps it in another form."""
    return [
        f"the service rewrites the {operation.name}: it shows ({operation.details.get('before') or 'none'}) where "
        f"({operation.details.get('after') or 'none'}) was written; declare what it shows, or every run changes it again"
        for operation in again.operations
    ]


def _asks_for_nothing(wish: Wish) -> bool:
    """Whether a kind of object that the connector does not have is declared as it is anyhow: not provisioned."""
    return not wish.enabled and not wish.flows and not wish.filters and not wish.actions


def _add_side(plan: MappingPlan, wish: Wish, side: SidePlan, *, ran: bool) -> None:
    plan.operations += side.operations
    plan.warnings += side.warnings
    if ran and any(operation.kind == "scoping_filter" for operation in side.operations) and groups_of(side.mapping["scope"]):
        plan.warnings.append(OUT_OF_SCOPE.format(side=wish.side))
    if side.operations:
        plan.before[wish.side] = side.before
        plan.after[wish.side] = side.after


def as_options(schema: Schema) -> dict[str, t.Any]:
    """The mappings of the schema as the module's options would declare them; what the connector does not have is left out."""
    found = ((side, locate(schema, side)[0]) for side in SIDES)
    return {side: side_as_option(located.mapping) for side, located in found if located is not None}
