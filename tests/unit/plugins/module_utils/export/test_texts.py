# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms of a state file: what is written is what is read, to every reader of YAML, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.scimops.zscaler_one.plugins.module_utils._export.csv_text import COLUMNS, group_fault, is_formula, write_csv
from ansible_collections.scimops.zscaler_one.plugins.module_utils._export.difference import LINES, WHOLE, differing
from ansible_collections.scimops.zscaler_one.plugins.module_utils._export.json_text import write_json
from ansible_collections.scimops.zscaler_one.plugins.module_utils._export.yaml_text import HEADER, quote_where_needed, write_yaml
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.csv_file import parse_csv
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.fields import SCHEMA_KEY, SCHEMA_URL
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.json_file import parse_json
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.text import text_fault
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.yaml_file import parse_yaml
from hypothesis import given, settings
from hypothesis import strategies as st

Entry = dict[str, t.Any]

WORDS = """
yes No ON off y n true False null None ~ = << 1e3 1E3 0o17 0x1f 0b1 08 017 12 -1 +1 .5 5. 1_000 12:30 12:30:45 2027-01-31 .inf .nan
- ? : a: :a a:b #a a# &a *a !a %a @a `a |a >a {a} [a] a,b a]b 'a' "a" a'b a"b a\\b \\n \\u0041 --- ... $a a$ () {{
3f2504e0-4f89-41d3-9a0c-0305e82c3301 Jörg Ωmega 日本 e\u0301 \U0001f600 a\ufffeb a\ue000b \U000f0000 \u0378
"""
ODD = [*WORDS.split(), "a #b", "a: b", "a , b", "- a", "? a", "a\u00a0b"]
texts = st.one_of(st.sampled_from(ODD), st.text(min_size=1, max_size=12)).filter(lambda text: not text_fault(text))
users = st.fixed_dictionaries(
    {"user_name": texts},
    optional={"external_id": texts, "display_name": texts, "department": texts, "active": st.booleans()},
)
groups = st.fixed_dictionaries({"display_name": texts, "members": st.lists(texts, max_size=3)}, optional={"external_id": texts})
many = settings(deadline=None)


def document(users: list[Entry], groups: list[Entry]) -> dict[str, list[Entry]]:
    return {name: entries for name, entries in (("users", users), ("groups", groups)) if entries}


def without_schema(root: t.Any) -> t.Any:
    assert root.pop(SCHEMA_KEY) == SCHEMA_URL
    return root


@many
@given(st.lists(users, max_size=3), st.lists(groups, max_size=3))
def test_json_is_read_as_it_was_written(users: list[Entry], groups: list[Entry]) -> None:
    text = write_json(users, groups)
    for read in (json.loads, lambda one: parse_json(one, "x.json")):
        assert without_schema(read(text)) == document(users, groups)


@many
@given(st.lists(users, max_size=3), st.lists(groups, max_size=3))
def test_yaml_is_read_as_it_was_written_by_us_and_by_pyyaml(users: list[Entry], groups: list[Entry]) -> None:
    text = write_yaml(users, groups)
    for read in (yaml.safe_load, lambda one: yaml.load(one, yaml.CSafeLoader), lambda one: parse_yaml(one, "x.yml")):
        assert (read(text) or {}) == document(users, groups)


@many
@given(st.lists(users, min_size=1, max_size=3), st.lists(st.lists(texts.filter(lambda one: not group_fault(one)), max_size=3), min_size=3))
def test_csv_is_read_as_it_was_written_by_us_and_by_others(users: list[Entry], memberships: list[list[str]]) -> None:
    users = [{**user, "groups": list(dict.fromkeys(names))} for user, names in zip(users, memberships, strict=False)]
    text = write_csv(users)
    assert [entry.values for entry in parse_csv(text, "x.csv")[0]] == users
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["user_name"] for row in rows] == [user["user_name"] for user in users]
    assert [row.keys() for row in rows] == [dict.fromkeys(COLUMNS).keys()] * len(users)


@pytest.mark.parametrize("text", [one for one in ODD if not text_fault(one)])
def test_what_yaml_takes_for_something_else_is_quoted(text: str) -> None:
    """To every YAML: what our own reader calls a number is one to YAML 1.2, whatever PyYAML says."""
    root = f"a: {quote_where_needed(text)}\n"
    assert yaml.safe_load(root) == {"a": text}
    assert parse_yaml(root, "x.yml") == {"a": text}
    assert root.replace("\n", "").isprintable() or "\u0301" in text or text == "\u0378"


@pytest.mark.parametrize(
    "text",
    ["Ada Lovelace", "O'Neill", "ada@corp.example", "3m.user@corp.example", "Zoë", "R&D (EMEA)", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"],
)
def test_what_people_are_called_needs_no_quotes(text: str) -> None:
    assert quote_where_needed(text) == text


def test_a_file_looks_as_people_would_write_it() -> None:
    people = [
        {"user_name": "ada@corp.example", "external_id": "17", "display_name": "Ada", "active": True},
        {"user_name": "bob@corp.example", "active": False},
    ]
    teams = [{"display_name": "Engineering", "members": ["ada@corp.example"]}, {"display_name": "Sales & Co", "members": []}]
    assert write_yaml(people, teams).splitlines() == [
        *HEADER,
        "users:",
        "  - user_name: ada@corp.example",
        '    external_id: "17"',
        "    display_name: Ada",
        "    active: true",
        "  - user_name: bob@corp.example",
        "    active: false",
        "",
        "groups:",
        "  - display_name: Engineering",
        "    members:",
        "      - ada@corp.example",
        "  - display_name: Sales & Co",
        "    members: []",
    ]
    assert json.dumps(document(people, teams), indent=2)[2:] in write_json(people, teams)
    people[0]["groups"], people[1]["groups"] = ["Engineering", 'The "A"'], []
    assert write_csv(people).splitlines() == [
        ",".join(COLUMNS),
        'ada@corp.example,17,Ada,,,,,true,"Engineering;The ""A"""',
        "bob@corp.example,,,,,,,false,[]",
    ]


def test_editors_are_told_the_schema_that_is_published() -> None:
    schema = Path(__file__).parents[5] / "docs" / "schema" / "state.json"
    assert json.loads(schema.read_text())["$id"] == SCHEMA_URL
    assert HEADER[0] == f"# yaml-language-server: $schema={SCHEMA_URL}"


def test_no_row_looks_like_a_conflict_of_git() -> None:
    rows = write_csv([{"user_name": f"{sign * 7} x@corp.example", "groups": []} for sign in "<|>"]).splitlines()[1:]
    assert [row[0] for row in rows] == ['"'] * 3


@pytest.mark.parametrize(
    ("text", "calculated"),
    [
        ("=1+1", True),
        ("@SUM(A1)", True),
        ("+49", True),
        ("-", True),
        ("\uff1d1", True),
        ("Sales;=1+1", True),
        ("Ada", False),
        ("a-b=c", False),
    ],
)
def test_formulas_are_seen(text: str, calculated: bool) -> None:
    assert is_formula(text) is calculated


def test_small_files_are_compared_whole() -> None:
    assert differing("a\n", "b\n") == ("a\n", "b\n")
    assert differing("a\n", "a\n") == ("", "")


def crowd(count: int, **changed: str) -> list[Entry]:
    names = [f"user{number:05}@corp.example" for number in range(count)]
    return [{"user_name": name, "display_name": "The Same", "department": changed.get(name[:9], "Research")} for name in names]


@pytest.mark.parametrize(
    ("write", "entry"),
    [
        (write_yaml, "  - user_name: user00007@corp.example\n    department: {}\n"),
        (write_json, '      "user_name": "user00007@corp.example",\n      "department": "{}"\n'),
        (write_csv, "user00007@corp.example,,The Same,,,,{},,\n"),
    ],
    ids=["yaml", "json", "csv"],
)
def test_of_large_files_only_what_differs_is_shown_below_its_entry(write: t.Callable, entry: str) -> None:
    before, after = (write(crowd(5000, user00007=department), []) for department in ("Research", "Sales"))
    assert len(before) > WHOLE
    assert differing(before, after) == (entry.format("Research"), entry.format("Sales"))
    assert differing(before, write(crowd(4999), []))[1] == "" if write is not write_json else True


def test_of_a_large_file_that_is_new_the_first_lines_are_shown() -> None:
    before, after = differing("", write_yaml(crowd(5000), []))
    assert before == ""
    assert after.count("\n") == LINES + 1
    assert after.splitlines()[-1] == f"(and {3 + 3 * 5000 - LINES} more lines)"


def test_a_large_file_in_another_order_is_told_as_such() -> None:
    people = crowd(5000)
    assert differing(write_yaml(people, []), write_yaml(people[::-1], [])) == ("(the same lines in another order)\n", "")
