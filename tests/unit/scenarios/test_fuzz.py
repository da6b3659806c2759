# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R14: whatever happens to a state file, it is a sound document or an error with a place: no traceback, no hang, little memory."""

from __future__ import annotations

import json
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError, Problem
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input import sources
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.entries import Inspection
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.fields import USER_FIELDS, Raw
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import DesiredUser, Document, Place

from . import mutations

SEED = 20261123
QUICK = 400
"""Files of the quick part; a run of all tests reads 10,000."""
MEMORY = 200
"""MiB that a process may take at most, interpreter and all."""


def test_r14_mutated_files_are_documents_or_errors_with_a_place() -> None:
    outcomes = mutations.fuzz(SEED, QUICK)
    assert outcomes.failures == []
    assert outcomes.documents + outcomes.refused == QUICK
    assert min(outcomes.documents, outcomes.refused) > QUICK / 10, "mutations that are all accepted or all refused test little"


def test_r14_so_they_are_where_yaml_has_no_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "CSafeLoader", yaml.SafeLoader, raising=False)
    assert mutations.fuzz(SEED + 1, QUICK // 2).failures == []


@pytest.mark.slow
def test_r14_ten_thousand_mutated_files_in_little_memory() -> None:
    done = subprocess.run([sys.executable, mutations.__file__, str(SEED), "10000"], capture_output=True, text=True, timeout=600, check=True)
    outcomes = json.loads(done.stdout)
    assert outcomes["failures"] == []
    assert outcomes["documents"] + outcomes["refused"] == 10_000
    assert outcomes["slowest"] < mutations.LONGEST
    assert outcomes["peak"] <= MEMORY


def outcome(path: str) -> t.Any:
    try:
        return mutations.load(path)
    except InputError as error:
        return error.problems


def test_the_short_way_through_the_checks_finds_what_the_long_way_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = []
    for number in range(QUICK // 2):
        form, data = mutations.mutated(SEED + 2, number)
        paths.append(tmp_path / f"{number}.{form}")
        paths[-1].write_bytes(data)
    short = [outcome(str(path)) for path in paths]
    monkeypatch.setattr(Inspection, "_plain_user", lambda _self, _raw: None)
    assert [outcome(str(path)) for path in paths] == short
    assert len([one for one in short if isinstance(one, Document)]) > QUICK / 20


def told(values: dict[str, t.Any]) -> t.Any:
    """The user that these values describe, or what is wrong with them."""
    inspection = Inspection()
    user = inspection.user(Raw("user", Place("", 0, "users[0]"), values))
    return inspection.problems or (user, inspection.warnings)


@pytest.mark.parametrize("name", ["user_name", "display_name", "department", "email", "external_id", "groups"])
def test_the_short_way_takes_every_character_as_the_long_way_does(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rest = {"user_name": "ada@corp.example", "department": "Research"}
    mail = "@corp.example" if name in ("user_name", "email") else ""
    codes = [*range(0x250), *range(0x251, 0x2600, 7)]
    texts = [text + mail for code in codes for text in (f"a{chr(code)}b", f"{chr(code)}ab"[: code % 2 + 1])]
    texts += [letter * count + mail for letter in "aé" for count in (63, 64, 65, 114, 115, 127, 128, 129, 254, 256, 257)]
    entries: list[dict[str, t.Any]] = [{**rest, name: [text] if name == "groups" else text} for text in texts]
    short = [told(dict(entry)) for entry in entries]
    monkeypatch.setattr(Inspection, "_plain_user", lambda _self, _raw: None)
    assert [(entry[name], short[number]) for number, entry in enumerate(entries) if told(dict(entry)) != short[number]] == []


BROKEN: list[tuple[str, t.Any]] = [
    ("TypeError: none", TypeError("none")),
    ("takes longer than 0.1 seconds", "hang"),
    ("no place or no reason", InputError([Problem("", "user_name", "is empty")])),
    ("no place or no reason", InputError([Problem("state.json", "user_name", "")])),
    ("a message of", InputError([])),
    ("no reason for people", InputError([Problem("state.json", "", "Traceback (most recent call last)")])),
    ("a document that declares nobody", Document()),
    ("a user who is none", Document(users=(DesiredUser("ada", Place("state.json", 0, "")),))),
    ("active is no truth value", Document(users=(DesiredUser("a@b", Place("state.json", 0, ""), {"active": "yes"}),))),
    ("the same name twice", Document(users=tuple(DesiredUser(name, Place("state.json", 0, "")) for name in ("a@b", "A@b")))),
]


@pytest.mark.parametrize(("words", "what"), BROKEN, ids=[f"{number} {case[0]}" for number, case in enumerate(BROKEN)])
def test_the_judge_sees_what_breaks_the_rule(words: str, what: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_path: str) -> t.Any:
        while what == "hang":
            pass
        if isinstance(what, Exception):
            raise what
        return what

    monkeypatch.setattr(mutations, "load", load)
    monkeypatch.setattr(mutations, "LONGEST", 0.1)
    assert mutations.judge("state.json").startswith(words)


def test_a_failure_says_how_to_make_its_file_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutations, "judge", lambda _path: "broken")
    first = mutations.mutated(7, 0)
    assert mutations.mutated(7, 0) == first
    assert mutations.fuzz(7, 2).failures[0] == f"seed 7, number 0, {first[0]}: broken"


def test_every_format_and_every_kind_of_mutation_has_its_share() -> None:
    files = [mutations.mutated(SEED, number) for number in range(QUICK)]
    assert {form for form, _data in files} == {suffix.lstrip(".") for suffix in (".yml", ".json", ".csv")}
    assert any(b"<<<<<<<" in data for _form, data in files)
    assert max(len(data) for _form, data in files) > 30_000
    assert set(mutations.STATE["users"][0]) <= set(USER_FIELDS)
    assert set(sources.ROOT_FIELDS) == set(mutations.STATE)
