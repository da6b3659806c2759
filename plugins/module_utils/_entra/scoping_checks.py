# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with a declared scoping filter, given the source's attributes and the service's operators. Pure."""

from __future__ import annotations

import typing as t

from .._errors import Problem
from .._wording import and_list, did_you_mean, nearest
from .attributes import is_integer
from .scoping import changed_filters, groups_of, live_condition

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .attributes import Attributes
    from .declared import Clause, Filter
    from .scoping import Operators

NOT_FILTERABLE = frozenset(("members", "approleassignments", "usertype", "manager"))
"""Attributes by which Entra cannot filter, besides multi-valued ones and dates (facts 5)."""


def filter_problems(
    scope: Mapping[str, t.Any] | None, filters: Sequence[Filter], source: Attributes, operators: Operators
) -> list[Problem]:
    """All that is wrong with the filters that would be written; one that is there already is not questioned."""
    used = {live_condition(clause)[0] for group in groups_of(scope) for clause in group.get("clauses") or []}
    return [
        Problem(clause.place, field, reason)
        for wanted in changed_filters(scope, filters)
        for clause in wanted.clauses
        for field, reason in (*_attribute_problems(clause, source, used), *_operator_problems(clause, operators))
    ]


def _attribute_problems(clause: Clause, source: Attributes, used: set[str]) -> Iterator[tuple[str, str]]:
    name = clause.attribute
    if not name or name in used:
        return
    if name.casefold() in NOT_FILTERABLE:
        yield (
            "attribute",
            f"{name} cannot be filtered by: Entra refuses members, appRoleAssignments, userType and manager in scoping filters",
        )
    elif source.lacks(name):
        yield "attribute", source.missing(name)
    elif source.has(name, "multivalued"):
        yield "attribute", f"{name} has several values, and Entra cannot filter by such attributes"
    elif source.type_of(name) == "DateTime":
        yield "attribute", f"{name} is a date, and Entra cannot filter by dates"


def _operator_problems(clause: Clause, operators: Operators) -> Iterator[tuple[str, str]]:
    if not clause.operator or not operators.known:
        return
    found = operators.find(clause.operator)
    if found is None:
        hint = did_you_mean(nearest(clause.operator, operators.names()))
        yield "operator", f"{clause.operator} is not an operator of this service, which has {and_list(operators.names())}{hint}"
        return
    name = operators.spell(clause.operator)
    if found.get("arity") == "Unary" and clause.values:
        yield "values", f"{name} compares with nothing; remove the values"
    if found.get("arity") != "Unary":
        yield from (("values", reason) for reason in _operand_problems(clause, name))


def _operand_problems(clause: Clause, name: str) -> Iterator[str]:
    if not clause.values:
        yield f"{name} needs a value to compare with"
    elif "" in clause.values:
        yield f"{name} '' is never true, for a clause on an empty value is false; there is IS NULL"
    elif name.casefold().startswith("greater"):
        wrong = [value for value in clause.values if not is_integer(value)]
        if wrong:
            yield f"{name} compares integers only, and '{wrong[0]}' is none"


def filter_doubts(scope: Mapping[str, t.Any] | None, filters: Sequence[Filter], source: Attributes, operators: Operators) -> Iterator[str]:
    """Warnings about filters that would be written: the service lists the operator for attributes of other types only."""
    for wanted in changed_filters(scope, filters):
        for clause in wanted.clauses:
            types = [str(one) for one in (operators.find(clause.operator) or {}).get("supportedAttributeTypes") or ()]
            type_name = source.type_of(clause.attribute)
            if type_name and types and type_name not in types:
                yield (
                    f"{clause.place}: the service lists {operators.spell(clause.operator)} for {and_list(types)}, and "
                    f"{clause.attribute} is {type_name}; the filter may never be true, which puts everybody out of scope"
                )
