# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What both halves say in the same words."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wording import (
    cut_lines,
    cut_list,
    did_you_mean,
    edge_fault,
    is_mail_address,
    nearest,
)

ATTRIBUTES = ("displayName", "givenName", "mail", "urn:scim:User:department", "name.familyName")


@pytest.mark.parametrize(
    ("names", "most", "count", "told"),
    [
        ([], 2, 0, ""),
        (["a", "b"], 2, 0, "a, b"),
        (["a", "b", "c"], 2, 0, "a, b and 1 more"),
        (["a", "b"], 2, 2, "a, b"),
        (["a", "b"], 2, 7, "a, b and 5 more"),
    ],
)
def test_a_long_list_says_how_many_it_leaves_out(names: list[str], most: int, count: int, told: str) -> None:
    assert cut_list(names, most, count) == told


@pytest.mark.parametrize(
    ("lines", "told"), [([], []), (["a", "b"], ["- a", "- b"]), (["a", "b", "c", "d"], ["- a", "- b", "- and 2 more"])]
)
def test_so_do_many_lines(lines: list[str], told: list[str]) -> None:
    assert cut_lines(lines, 2) == told


def test_a_question_only_where_there_is_something_to_suggest() -> None:
    assert did_you_mean([]) == ""
    assert did_you_mean(["a", "b"]) == "; did you mean a or b?"
    assert did_you_mean(["a"], before="") == "did you mean a?"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("displayname", ["displayName"]),
        ("dispalyName", ["displayName"]),
        ("department", ["urn:scim:User:department"]),
        ("familyName", ["name.familyName"]),
        ("zzzz", []),
    ],
)
def test_names_that_are_near(name: str, meant: list[str]) -> None:
    assert nearest(name, ATTRIBUTES)[:1] == meant


@pytest.mark.parametrize(
    ("name", "meant"),
    [("adda@corp.example", ["ada@corp.example"]), ("boss@corp.example", []), ("ada@corp.exmaple", ["ada@corp.example"])],
)
def test_people_of_one_domain_are_not_alike_for_that(name: str, meant: list[str]) -> None:
    assert nearest(name, ["bob@corp.example", "ada@corp.example", "Engineering"]) == meant


def test_b04_a_name_has_no_spaces_around_it() -> None:
    assert [edge_fault(text) for text in ("Ada L", "", " ", "Ada ", "\u2003Ada")] == [
        "",
        "is empty",
        "holds nothing but spaces",
        "begins or ends with a space; remove it",
        "begins or ends with a space; remove it",
    ]


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ("ada@corp.example", True),
        ("o'brien+x@corp.example", True),
        ("it@b\u00fccher.example", True),
        ("ada@corp", False),
        ("ada", False),
        ("ada@corp.example, eve@corp.example", False),
        (f"{'a' * 65}@corp.example", False),
        (f"ada@{'a.' * 124}example", False),
    ],
)
def test_one_mail_address(text: str, fit: bool) -> None:
    assert is_mail_address(text) is fit
