# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scoping filters: the operators one by one, and how clauses and groups are joined."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.engine import OPERATORS
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.scoping import clause_holds, judge

Json = dict[str, t.Any]


def clause(attribute: str, operator: str, *values: str) -> Json:
    return {"sourceOperandName": attribute, "operatorName": operator, "targetOperand": {"values": list(values)} if values else None}


@pytest.mark.parametrize(
    ("value", "operator", "operand", "holds"),
    [
        ("Sales", "EQUALS", "Sales", True),
        ("Sales", "EQUALS", "sales", False),
        ("Sales", "equals", "Sales", True),
        ("Sales", "NOT EQUALS", "sales", True),
        ("Sales", "NOT EQUALS", "Sales", False),
        ("R and D", "Includes", "and", True),
        ("R and D", "Includes", "AND", False),
        ("ada@corp.example", "ENDS_WITH", "@corp.example", True),
        ("ada@corp.example.org", "ENDS_WITH", "@corp.example", False),
        ("ada@corp.example", "REGEX MATCH", "^(ada|bob)@", True),
        ("Ada@corp.example", "REGEX MATCH", "^(ada|bob)@", False),
        ("ada@corp.example", "REGEX MATCH", "(?<name>a)d", True),
        ("ada@corp.example", "REGEX MATCH", "(", False),
        ("ada@corp.example", "NOT REGEX MATCH", "(", False),
        ("ada@corp.example", "NOT REGEX MATCH", "^bob", True),
        ("7", "Greater_Than", "6", True),
        ("10", "Greater_Than", "9", True),
        ("7", "Greater_Than", "7", False),
        ("7", "Greater_Than_OR_EQUALS", "7", True),
        ("seven", "Greater_Than", "6", False),
        ("7", "Greater_Than", "six", False),
        ("UK", "&", "UK,US", True),
        ("DE", "&", "UK,US", False),
        ("DE", "!&", "UK,US", True),
        ("UK", "!&", "UK,US", False),
        (True, "IS TRUE", None, True),
        (False, "IS TRUE", None, False),
        ("True", "IS TRUE", None, True),
        (False, "IS FALSE", None, True),
        (True, "IS FALSE", None, False),
        ("x", "IS NULL", None, False),
        ("x", "IS NOT NULL", None, True),
        ("x", "IsMemberOf", "x", False),
    ],
)
def test_operators(value: t.Any, operator: str, operand: str | None, holds: bool) -> None:
    assert clause_holds(clause("a", operator, *([operand] if operand else [])), value) is holds


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("operator", [operator["id"] for operator in OPERATORS])
def test_a_clause_on_nothing_is_false_whatever_the_operator(operator: str, value: t.Any) -> None:
    assert clause_holds(clause("a", operator, "x"), value) is (operator == "IS NULL")


@pytest.mark.parametrize("operator", ["EQUALS", "NOT EQUALS", "Includes", "REGEX MATCH", "!&", "IS TRUE"])
def test_attributes_with_several_values_cannot_be_filtered(operator: str) -> None:
    assert not clause_holds(clause("a", operator, "x"), ["x", "y"])


def test_a_binary_operator_without_operand_is_false() -> None:
    assert not clause_holds(clause("a", "NOT EQUALS"), "x")


PERSON = {"department": "Sales", "country": "UK"}


@pytest.mark.parametrize(
    ("groups", "is_in"),
    [
        (None, True),
        ([], True),
        ([[("department", "Sales"), ("country", "UK")]], True),
        ([[("department", "Sales"), ("country", "US")]], False),
        ([[("department", "IT")], [("country", "UK")]], True),
        ([[("department", "IT")], [("country", "US")]], False),
    ],
)
def test_clauses_are_joined_by_and_and_groups_by_or(groups: t.Any, is_in: bool) -> None:
    made = [{"name": "g", "clauses": [clause(name, "EQUALS", value) for name, value in group]} for group in groups or []]
    assert judge(made if groups is not None else None, PERSON.get).is_in is is_in


def test_the_result_names_title_attribute_operator_and_value() -> None:
    group = {"name": "pilot", "clauses": [clause("department", "EQUALS", "Sales"), clause("country", "IS NULL")]}
    assert judge([group], PERSON.get).as_text() == '{"pilot.department EQUALS \'Sales\'":true,"pilot.country IS NULL":false}'


def test_the_operators_are_in_graphs_form() -> None:
    by_name = {operator["id"]: operator for operator in OPERATORS}
    assert len(by_name) == 14
    assert by_name["IS NULL"]["arity"] == "Unary"
    assert by_name["REGEX MATCH"]["arity"] == "Binary"
    assert {operator["multivaluedComparisonType"] for operator in OPERATORS} == {"All"}
