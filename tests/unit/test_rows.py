# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each fault F1-F62 and each bad input B1-B60 has a test with its id in the name, as f17 or b05, or a line here that says why not."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FAULTS, INPUTS = 62, 60
ROWS = [f"f{number}" for number in range(1, FAULTS + 1)] + [f"b{number}" for number in range(1, INPUTS + 1)]
UNTESTED: dict[str, str] = {}
"""Rows that cannot be tested here, each with the reason; none so far."""

ID = re.compile(r"(?<![a-z0-9])([fb])0*([1-9][0-9]*)(?![a-z0-9])")
RANGE = re.compile(r"(?<![a-z0-9])([fb])0*([1-9][0-9]*)_to_\1?0*([1-9][0-9]*)(?![a-z0-9])")


def ids_of(name: str) -> set[str]:
    """The rows that the name of a test claims, C(f36_to_f44) being nine of them."""
    found = {kind + number for kind, number in ID.findall(name.replace("_", " "))}
    for kind, first, last in RANGE.findall(name):
        found |= {f"{kind}{number}" for number in range(int(first), int(last) + 1)}
    return found


def claims_below(folder: Path) -> dict[str, set[str]]:
    """The rows, and the tests in whose names they are."""
    found: dict[str, set[str]] = {}
    for path in folder.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for row in ids_of(node.name):
                    found.setdefault(row, set()).add(f"{path.name}::{node.name}")
    return found


TESTED = claims_below(TESTS)


@pytest.mark.parametrize("row", ROWS)
def test_the_row_has_a_test_or_a_reason(row: str) -> None:
    tests, reason = sorted(TESTED.get(row, ())), UNTESTED.get(row, "")
    assert tests or reason
    assert not (tests and reason), "tested after all"


@pytest.mark.parametrize("kind", ["f", "b"])
def test_the_sandbox_s_own_tests_do_not_count_alone(kind: str) -> None:
    """That the sandbox can do a fault says nothing about the collection."""
    ours = [row for row in ROWS if row.startswith(kind) and row not in UNTESTED]
    assert [row for row in ours if not any("test_sandbox_" not in name for name in TESTED.get(row, ()))] == []


def test_no_test_claims_a_row_that_does_not_exist() -> None:
    assert sorted(set(TESTED) - set(ROWS)) == []


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("test_f17_all_workers_keep_the_pause", {"f17"}),
        ("test_b05_b45_the_same_user_in_two_files", {"b5", "b45"}),
        ("test_members_are_all_named_b27", {"b27"}),
        ("test_f36_to_f38_pages_lie", {"f36", "f37", "f38"}),
        ("test_r5_f9_to_11_x", {"f9", "f10", "f11"}),
        ("test_rf17_f17a_fb2_f0", set()),
    ],
)
def test_ids_are_read_from_names(name: str, rows: set[str]) -> None:
    assert ids_of(name) == rows
