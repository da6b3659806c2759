# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scoping filters: the operators with their exact meaning, and whether an object is in scope. Pure.

Clauses of a group are joined by AND, groups by OR. Comparisons are case-sensitive. A clause on an attribute without a value is
false, whatever its operator, but for IS NULL. Attributes with several values cannot be filtered; such a clause is false.
"""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass, field

from .evaluation import NAMED_GROUP, Value, text

if t.TYPE_CHECKING:
    from .state import Json

Test = t.Callable[[str, str], bool]


def _integers(compare: t.Callable[[int, int], bool]) -> Test:
    """A comparison of two whole numbers; false where one is none."""

    def test(value: str, operand: str) -> bool:
        try:
            return compare(int(value), int(operand))
        except ValueError:
            return False

    return test


def _matches(value: str, pattern: str) -> bool:
    try:
        return re.search(NAMED_GROUP.sub("(?P<", pattern), value) is not None
    except re.error:
        return False


def _usable(pattern: str) -> bool:
    try:
        re.compile(NAMED_GROUP.sub("(?P<", pattern))
    except re.error:
        return False
    return True


BINARY: dict[str, tuple[Test, str]] = {
    "EQUALS": (lambda value, operand: value == operand, "String Integer Boolean Reference"),
    "NOT EQUALS": (lambda value, operand: value != operand, "String Integer Boolean Reference"),
    "Includes": (lambda value, operand: operand in value, "String"),
    "ENDS_WITH": (lambda value, operand: value.endswith(operand), "String"),
    "REGEX MATCH": (_matches, "String"),
    "NOT REGEX MATCH": (lambda value, pattern: _usable(pattern) and not _matches(value, pattern), "String"),
    "Greater_Than": (_integers(lambda value, operand: value > operand), "Integer String"),
    "Greater_Than_OR_EQUALS": (_integers(lambda value, operand: value >= operand), "Integer String"),
    "&": (lambda value, operand: value in operand, "String Integer"),
    "!&": (lambda value, operand: value not in operand, "String Integer"),
}
NEGATIVE = frozenset({"NOT EQUALS", "NOT REGEX MATCH", "!&"})
"""With several operands all must hold; for the others one is enough. A guess: Microsoft's portal gives one operand."""
UNARY: dict[str, str] = {
    "IS NULL": "String Integer Boolean Reference",
    "IS NOT NULL": "String Integer Boolean Reference",
    "IS TRUE": "Boolean",
    "IS FALSE": "Boolean",
}
BY_FOLDED = {name.lower(): name for name in (*BINARY, *UNARY)}
OPERATORS: list[Json] = [
    {"id": name, "arity": arity, "multivaluedComparisonType": "All", "supportedAttributeTypes": types.split()}
    for arity, table in (("Binary", {name: types for name, (_test, types) in BINARY.items()}), ("Unary", UNARY))
    for name, types in table.items()
]
"""filterOperatorSchema. The example in Microsoft's reference says `name`, the published metadata say `id`."""


@dataclass
class Scoping:
    """Whether an object is in scope, and what each clause said."""

    is_in: bool
    results: dict[str, bool] = field(default_factory=dict)

    def as_text(self) -> str:
        """As the provisioning log shows it: `{"title.department EQUALS 'Sales'": true}`."""
        return json.dumps(self.results, separators=(",", ":"))


def clause_holds(clause: Json, value: Value) -> bool:
    """Whether one clause holds for the value of its attribute. An unknown operator never does."""
    operator = BY_FOLDED.get(str(clause.get("operatorName", "")).lower(), "")
    if operator in UNARY:
        return _unary(operator, value)
    if operator not in BINARY or value in (None, "", []) or isinstance(value, list):
        return False
    test = BINARY[operator][0]
    operands = [str(operand) for operand in (clause.get("targetOperand") or {}).get("values") or [] if operand is not None]
    outcomes = [test(text(value), operand) for operand in operands]
    return bool(outcomes) and (all(outcomes) if operator in NEGATIVE else any(outcomes))


def _unary(operator: str, value: Value) -> bool:
    is_empty = value in (None, "", [])
    if operator == "IS NULL":
        return is_empty
    if is_empty or isinstance(value, list):
        return operator == "IS NOT NULL" and not is_empty
    return operator == "IS NOT NULL" or text(value).lower() == ("true" if operator == "IS TRUE" else "false")


def judge(groups: t.Sequence[Json] | None, value: t.Callable[[str], Value]) -> Scoping:
    """One set of filter groups against an object. No groups: everything is in scope."""
    if not groups:
        return Scoping(True)
    results: dict[str, bool] = {}
    held = []
    for group in groups:
        outcomes = []
        for clause in group.get("clauses") or []:
            outcome = clause_holds(clause, value(str(clause.get("sourceOperandName", ""))))
            results[_label(group, clause)] = outcome
            outcomes.append(outcome)
        held.append(all(outcomes))
    return Scoping(any(held), results)


def _label(group: Json, clause: Json) -> str:
    operands = ",".join(str(operand) for operand in (clause.get("targetOperand") or {}).get("values") or [])
    shown = f" '{operands}'" if operands else ""
    return f"{group.get('name') or ''}.{clause.get('sourceOperandName')} {clause.get('operatorName')}{shown}"
