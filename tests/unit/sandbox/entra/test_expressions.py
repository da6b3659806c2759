# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Expressions: the trees, the refusals, and the values of the functions."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.engine import FUNCTIONS, Engine, parse
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.expressions import parse as tree_of
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.expressions import text_of

ACTIVE = 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'
NAMES = {
    "userPrincipalName": "ada@corp.example",
    "displayName": "Ada  Lovelace",
    "givenName": "Åda",
    "surname": "Løvelace",
    "department": "Sales",
    "preferredLanguage": "EN-US",
    "country": "UK",
    "IsSoftDeleted": False,
    "empty": "",
    "appRoleAssignments": ["User"],
    "roles": ["User", "Admin"],
    "proxyAddresses": ["smtp:a@x.example", "smtp:b@x.example"],
    "telephoneNumber": "+44 2079460000",
}


@pytest.mark.parametrize(
    ("expression", "kind", "name"),
    [
        ("[mail]", "Attribute", "mail"),
        ("  [mail] ", "Attribute", "mail"),
        ('"8"', "Constant", "8"),
        ("8", "Constant", "8"),
        ('"say \\"hi\\" \\\\ there"', "Constant", 'say "hi" \\ there'),
        ("tolower([mail])", "Function", "ToLower"),
        (ACTIVE, "Function", "Switch"),
    ],
)
def test_an_expression_becomes_a_source(expression: str, kind: str, name: str) -> None:
    tree, reason = parse(expression)
    assert (reason, tree and tree["type"], tree and tree["name"]) == ("", kind, name)


def test_the_tree_of_microsofts_example() -> None:
    tree, _reason = parse('Replace([preferredLanguage], "-", , , "_", ,  )')
    assert tree is not None
    assert tree["expression"] == 'Replace([preferredLanguage], "-", , , "_", , )'
    assert [(one["key"], one["value"]["type"], one["value"]["expression"]) for one in tree["parameters"]] == [
        ("source", "Attribute", "[preferredLanguage]"),
        ("oldValue", "Constant", '"-"'),
        ("replacementValue", "Constant", '"_"'),
    ]


def test_repeated_parameters_are_numbered() -> None:
    tree, _reason = parse(ACTIVE)
    assert tree is not None
    assert [one["key"] for one in tree["parameters"]] == ["source", "key1", "value1", "key2", "value2"]


@pytest.mark.parametrize(
    "expression",
    [
        ACTIVE,
        'Append(Left([a], 3), "@x")',
        'IIF([country] = "USA", [country], "\\"\\\\")',
        'Join(" ", [a], Mid([b], 1, 2))',
        "DefaultDomain()",
    ],
)
def test_the_text_of_a_tree_is_the_expression(expression: str) -> None:
    assert text_of(tree_of(expression)) == expression


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "The expression is empty."),
        ("Append([a]", "',' or ')' was expected, not the end, at position 11."),
        ('Append([a], "x', "The quote is not closed at position 13."),
        ("Append([a, b)", "The attribute is not closed with ] at position 8."),
        ("Frobnicate([a])", "There is no function Frobnicate (position 1)."),
        ("Append([a])", "Append at position 1: the parameter suffix is missing."),
        ("Append(, [a])", "Append at position 1: the parameter source is missing."),
        ('Append([a], "b", "c")', "Append at position 1: 3 arguments are more than 2."),
        ("Guid([a])", "Guid at position 1: it takes no arguments."),
        ('Switch([a], , "b")', "Switch at position 1: keys and values come in pairs."),
        ("Switch([a])", "Switch at position 1: keys and values come in pairs."),
        ("Coalesce()", "Coalesce at position 1: the parameter source is missing."),
        ("[a] [b]", "Unexpected '[b]' at position 5."),
        ("Append", "'(' was expected after Append, not the end, at position 7."),
        ("Append([a], %)", "Unexpected character '%' at position 13."),
        (")", "Unexpected ')' at position 1."),
        ('"' + "x" * 9999 + '"', "The expression has 10001 characters, more than 10000."),
    ],
)
def test_what_is_wrong_is_said_with_its_place(expression: str, reason: str) -> None:
    assert parse(expression) == (None, reason)


def test_nesting_has_an_end() -> None:
    tree, reason = parse("ToLower(" * 60 + "[a]" + ")" * 60)
    assert tree is None
    assert reason.startswith("More than 50 functions are nested")


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("[displayname]", ["Ada  Lovelace"]),
        ("[nothing]", []),
        ("[empty]", []),
        (ACTIVE, ["True"]),
        ('Switch([country], "elsewhere", "uk", "1")', ["elsewhere"]),
        ('Switch([country], , "US", "1")', []),
        ('Append([department], "!")', ["Sales!"]),
        ('Append([nothing], "!")', []),
        ('Coalesce([nothing], [empty], [country], "x")', ["UK"]),
        ('IIF([country] = "UK", "in", "out")', ["in"]),
        ('IIF([country] <> "UK", "in", "out")', ["out"]),
        ('IIF(Len([country]) > 1, "long", "short")', ["long"]),
        ('IIF(IsPresent([mail]), [mail], "none")', ["none"]),
        ('InStr([userPrincipalName], "@")', ["4"]),
        ('InStr([userPrincipalName], "A", 1, 0)', ["0"]),
        ('InStr([userPrincipalName], "A", 2, 1)', ["3"]),
        ("IsNull([nothing])", ["True"]),
        ("IsNull([country])", ["False"]),
        ("IsNullOrEmpty([empty])", ["True"]),
        ("IsString([IsSoftDeleted])", ["False"]),
        ("Item([proxyAddresses], 2)", ["smtp:b@x.example"]),
        ("Item([proxyAddresses], 3)", []),
        ('Join(", ", [surname], [nothing], [givenName])', ["Løvelace, Åda"]),
        ('Join(";", [proxyAddresses])', ["smtp:a@x.example;smtp:b@x.example"]),
        ("Left([department], 2)", ["Sa"]),
        ("Left([nothing], 2)", []),
        ("Len([department])", ["5"]),
        ('Mid([userPrincipalName], 5, InStr([userPrincipalName], "."))', ["corp.exam"]),
        ("NormalizeDiacritics([givenName])", ["Ada"]),
        ("NormalizeDiacritics([surname])", ["Lovelace"]),
        ("Not([IsSoftDeleted])", ["True"]),
        ('PCase("ada king, COUNTESS")', ["Ada King, Countess"]),
        ('Replace([preferredLanguage], "-", , , "_", , )', ["EN_US"]),
        ('Replace([telephoneNumber], , "\\\\s", , "", , )', ["+442079460000"]),
        ('Replace([telephoneNumber], , "\\\\+(?<isd>\\\\d+) ", "isd", "00", , )', ["+00 2079460000"]),
        ('Replace([department], "[x]", , , , , "team [x]")', ["team Sales"]),
        ('Split("a,b,c", ",")', ["a", "b", "c"]),
        ("StripSpaces([displayName])", ["AdaLovelace"]),
        ("ToLower([preferredLanguage])", ["en-us"]),
        ('ToUpper([department], "")', ["SALES"]),
        ('Word([displayName], 2, " ")', ["Lovelace"]),
        ("SingleAppRoleAssignment([appRoleAssignments])", ["User"]),
        ("DefaultDomain()", ["corp.example"]),
        ('CBool("true")', ["True"]),
        ("CStr([IsSoftDeleted])", ["False"]),
        ("IgnoreFlowIfNullOrEmpty([nothing])", []),
        ("Count([proxyAddresses])", ["2"]),
        ('RemoveDuplicates(Split("a,b,a", ","))', ["a", "b"]),
        ("BitAnd(6, 3)", ["2"]),
        ('ConvertToBase64("a")', ["YQ=="]),
    ],
)
def test_functions(expression: str, values: list[str]) -> None:
    tree, reason = parse(expression)
    assert tree is not None, reason
    assert Engine.evaluate(tree, NAMES) == (values, "")


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("SingleAppRoleAssignment([roles])", "SingleAppRoleAssignment: there are 2 roles, User,Admin; it takes one."),
        ("Left([department], [country])", "Left cannot be evaluated: invalid literal for int() with base 10: 'UK'."),
        ('Replace([department], , "(", , "", , )', "Replace: the pattern '(' cannot be used"),
        ('DateAdd("d", 1, "2026-01-01")', "The sandbox does not evaluate the function DateAdd."),
    ],
)
def test_evaluation_can_fail(expression: str, reason: str) -> None:
    tree, _reason = parse(expression)
    assert tree is not None
    values, said = Engine.evaluate(tree, NAMES)
    assert values == []
    assert said.startswith(reason)


def test_the_catalogue_is_in_graphs_form() -> None:
    names = {str(function["id"]) for function in FUNCTIONS}
    assert len(names) == len(FUNCTIONS) == 45
    by_name: dict[str, t.Any] = {function["id"]: function["parameters"] for function in FUNCTIONS}
    assert by_name["DefaultDomain"] == []
    assert [(one["name"], one["required"], one["allowMultipleOccurrences"]) for one in by_name["Switch"]] == [
        ("source", True, False),
        ("defaultValue", False, False),
        ("key", True, True),
        ("value", True, True),
    ]
