# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The published JSON Schema and the modules judge state files alike, but for a list of differences."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
import sys
import typing as t
import unicodedata
from pathlib import Path

import jsonschema
import pytest
import yaml
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.document import build_document
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.sources import read_sources
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[5]
SCHEMA: dict[str, t.Any] = json.loads((ROOT / "docs/schema/state.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
COMMENT = f"# yaml-language-server: $schema={SCHEMA['$id']}"
EXAMPLES = [
    path
    for folder in ("docs", "playbooks", "roles", "tests/integration", "tests/sandbox", "extensions")
    for path in sorted((ROOT / folder).rglob("*.yml"))
    if "yaml-language-server: $schema=" in path.read_text(encoding="utf-8")
]

# What the schema lets pass and the modules refuse, by the reason that the modules give. docs/docsite/rst/state_document.rst tells it, too.
DIFFERENCES = {
    "limits of bytes": r"^has \d+ bytes in UTF-8",
    "the same object twice": r"is declared twice",
    "the same name twice in a list, in another spelling": r"is there already, at index",
    "what one entry wants and another excludes": r"is wanted here|is a member here|name each other",
    "the joiner of emoji between other letters": r"an invisible character \(U\+200D",
    "formats that are newer than Unicode 13": r"an invisible character \(U\+(?:089[01]|1343[9A-F]) ",
    "signs in the domain of an address that are no letters": r"^is no mail address",
    "groups of a user by the option max_groups_per_user": r"max_groups_per_user",
}
TODAY = "2026-11-22"
ADA = "ada@corp.example"
BOB = "bob@corp.example"


def refusals(document: object, folder: Path) -> list[str]:
    """Why the modules refuse the document, as a JSON file."""
    path = folder / "state.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    try:
        build_document(read_sources([str(path)])[0], today=TODAY)
    except InputError as error:
        return [problem.reason for problem in error.problems]
    return []


def users(**values: object) -> dict[str, object]:
    return {"users": [{"user_name": ADA, **values}]}


def groups(**values: object) -> dict[str, object]:
    return {"groups": [{"display_name": "Engineering", **values}]}


GOOD: dict[str, object] = {
    "a user": users(),
    "all of a user": users(
        external_id="hr-17",
        id="17",
        display_name="Ада Лавлейс 👩\u200d💻",
        given_name="",
        family_name="Lovelace",
        email="ada@corp.example",
        department="R & D",
        active=True,
        groups=["Engineering", "Écurie"],
        state="present",
    ),
    "clears": users(external_id="", display_name="", email="", department="", groups=[]),
    "a quoted flag": users(active="False"),
    "absent": users(state="absent", groups=[]),
    "all of a group": groups(
        external_id="", id="g", previous_names=["Eng"], membership="exact", members=[BOB, {"user_name": ADA, "expires": "2028-02-29"}]
    ),
    "a member over": groups(members=[{"user_name": ADA, "expires": "2020-01-01"}]),
    "a member without a day": groups(membership="append", members=[{"user_name": ADA}]),
    "no members": groups(members=[]),
    "names its schema": {"$schema": SCHEMA["$id"], **users()},
    "an empty list beside": {**users(), "groups": []},
    "two at signs": {"users": [{"user_name": "ada@home@corp.example"}]},
    "a space inside": {"users": [{"user_name": "ada lovelace@corp.example"}]},
    "longest login": {"users": [{"user_name": "a" * 114 + "@corp.example"}]},
    "longest group": {"groups": [{"display_name": "g" * 127}]},
    "a mail in another script": users(email="ада@корп.example"),
}

BAD: dict[str, object] = {
    "nothing": {},
    "nobody": {"users": [], "groups": []},
    "no mapping": [ADA],
    "text": "users",
    "an unknown list": {**users(), "people": []},
    "a list of null": {"users": None, **groups()},
    "a schema that is no text": {"$schema": 7, **users()},
    "a user as text": {"users": [ADA]},
    "b01 no name": {"users": [{"display_name": "Ada"}]},
    "b02 an empty name": {"users": [{"user_name": ""}]},
    "b03 spaces": {"users": [{"user_name": "  "}]},
    "b04 a space in front": {"users": [{"user_name": f" {ADA}"}]},
    "b04 a wide space behind": {"users": [{"user_name": f"{ADA}\u2003"}]},
    "b04 a wide space inside a login": {"users": [{"user_name": f"a\u00a0{ADA}"}]},
    "b04 a wide space behind a text": users(display_name="Ada\u3000"),
    "b11 zero width": users(display_name="Ad\u200ba"),
    "b11 direction": users(department="R\u202eD"),
    "b11 filler": users(given_name="Ad\u3164a"),
    "b11 a joiner at the end": users(given_name="Ada\u200d"),
    "b12 a line end behind": {"users": [{"user_name": f"{ADA}\n"}]},
    "b12 a control": users(display_name="A\u0000da"),
    "half a pair": users(display_name="Ada\ud83d"),
    "damaged": users(display_name="Ad\ufffd"),
    "b18 too long": {"users": [{"user_name": "a" * 115 + "@corp.example"}]},
    "b18 no at": {"users": [{"user_name": "ada"}]},
    "b18 nobody at": {"users": [{"user_name": "@corp.example"}]},
    "b18 nowhere": {"users": [{"user_name": "ada@"}]},
    "b19 too long a name": users(display_name="a" * 129),
    "b20 a long group": {"groups": [{"display_name": "g" * 128}]},
    "b37 a template": users(department="{{ department }}"),
    "b37 masked": users(department="********"),
    "b37 a vault": users(department="$ANSIBLE_VAULT;1.1"),
    "a number": users(external_id=17),
    "null": users(department=None),
    "an id that is empty": users(id=""),
    "a password": users(password="x"),
    "a key of another object": users(members=[]),
    "a flag in words": users(active="yes"),
    "a flag as a number": users(active=1),
    "no state": users(state="Present"),
    "one group as text": users(groups="Engineering"),
    "a group twice": users(groups=["Engineering", "Engineering"]),
    "a group of the absent": users(state="absent", groups=["Engineering"]),
    "no mail": users(email="ada"),
    "two mails": users(email="ada@corp.example, bob@corp.example"),
    "a mail without a top": users(email="ada@corp"),
    "a member that is a group": groups(members=[{"group": "Sales"}]),
    "a member as a number": groups(members=[7]),
    "a member who is no user": groups(members=["Sales"]),
    "a member with an unknown key": groups(members=[{"user_name": ADA, "until": "2027-01-31"}]),
    "expires with append": groups(membership="append", members=[{"user_name": ADA, "expires": "2027-01-31"}]),
    "expires with remove": groups(membership="remove", members=[BOB, {"user_name": ADA, "expires": "2027-01-31"}]),
    "an unknown membership": groups(membership="all"),
    **{
        f"no day: {day}": groups(members=[{"user_name": ADA, "expires": day}])
        for day in (
            "",
            "2027-02-29",
            "2100-02-29",
            "2027-04-31",
            "2027-13-01",
            "2027-00-10",
            "0000-01-01",
            "31.01.2027",
            "2027-01-31T00:00",
            20270131,
        )
    },
}


@pytest.mark.parametrize("name", GOOD)
def test_both_accept(name: str, tmp_path: Path) -> None:
    assert refusals(GOOD[name], tmp_path) == []
    assert [error.message for error in VALIDATOR.iter_errors(GOOD[name])] == []


@pytest.mark.parametrize("name", BAD)
def test_both_refuse(name: str, tmp_path: Path) -> None:
    assert refusals(BAD[name], tmp_path) != []
    assert not VALIDATOR.is_valid(BAD[name])


def test_the_schema_is_one() -> None:
    rules = jsonschema.Draft7Validator(jsonschema.Draft7Validator.META_SCHEMA)
    assert [error.message for error in rules.iter_errors(SCHEMA)] == []


# Texts with the letters that checks are about, more often than chance would have it.
LETTERS = st.one_of(
    st.sampled_from(
        "aB7 @.-_{%}*,;\n\t\u00a0\u00ad\u00e9\u00df\u0130\u0430\u200b\u200d\u2003\u3000\u0890\ufffd\U0001f469\U0001f4bb\U00013439\U000e0041"
    ),
    st.characters(),
)
TEXTS = st.one_of(
    st.text(LETTERS, max_size=12),
    st.builds("{}@{}".format, st.text(LETTERS, max_size=6), st.text(LETTERS, max_size=6)),
    st.builds("{}@{}.{}".format, st.text(LETTERS, max_size=4), st.text(LETTERS, max_size=4), st.text(LETTERS, max_size=4)),
    st.sampled_from(
        ["", ADA, "ADA@corp.example", BOB, "Engineering", "engineering", "x" * 127, "x" * 128, "\u00e9" * 64, "present", "absent"]
    ),
    st.sampled_from(["exact", "append", "remove", "true", "FALSE", "{{ x }}", "********", "$ANSIBLE_VAULT"]),
    st.dates().map(str),
    st.builds("{:04}-{:02}-{:02}".format, st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32)),
)
OTHERS = st.one_of(st.none(), st.booleans(), st.integers(-1, 2), st.just(1.5), st.just({}), st.just([]))
VALUES = st.one_of(TEXTS, TEXTS, TEXTS, OTHERS, st.lists(TEXTS, max_size=3))


def _entries(kind: str, items: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Entries that are nearly right: keys of the schema with values of their kind, and now and then one that does not fit."""
    keys = list(SCHEMA["definitions"][kind]["properties"])
    required = SCHEMA["definitions"][kind]["required"][0]
    good = {"user_name": st.sampled_from([ADA, BOB, "eve@corp.example"]), "display_name": st.sampled_from(["Engineering", "Sales", "Wien"])}
    known = {
        "active": st.one_of(st.booleans(), TEXTS),
        "groups": st.lists(st.one_of(good["display_name"], TEXTS), max_size=3),
        "previous_names": st.lists(TEXTS, max_size=3),
        "members": st.lists(items, max_size=4),
        "state": st.sampled_from(["present", "absent"]),
        "membership": st.sampled_from(["exact", "append", "remove"]),
        "expires": st.one_of(st.dates().map(str), TEXTS),
    }
    some = st.dictionaries(st.sampled_from([*keys, "passwort"]), st.just(0), max_size=4)

    def fill(draw: t.Any, names: dict[str, object]) -> dict[str, object]:
        entry: dict[str, object] = {}
        if draw(st.integers(0, 9)):
            entry[required] = draw(good[required] if draw(st.integers(0, 3)) else VALUES)
        for name in names:
            if name != required:
                entry[name] = draw(known.get(name, TEXTS) if draw(st.integers(0, 7)) else VALUES)
        return entry

    return st.composite(lambda draw: fill(draw, draw(some)))()


def _one_key(kind: str, **entry: object) -> st.SearchStrategy[dict[str, object]]:
    """A good entry in which one key has any value."""
    return st.builds(lambda name, value: {**entry, name: value}, st.sampled_from(list(SCHEMA["definitions"][kind]["properties"])), VALUES)


MEMBERS = st.one_of(st.sampled_from([ADA, BOB]), TEXTS, _entries("member", st.nothing()), OTHERS)
DOCUMENTS = st.one_of(
    _one_key("user", user_name=ADA).map(lambda user: {"users": [user]}),
    _one_key("group", display_name="Engineering").map(lambda group: {"groups": [group]}),
    _one_key("member", user_name=ADA).map(lambda member: groups(members=[BOB, member])),
    st.fixed_dictionaries(
        {},
        optional={
            "users": st.lists(_entries("user", st.nothing()), max_size=3),
            "groups": st.lists(_entries("group", MEMBERS), max_size=2),
        },
    ),
    st.dictionaries(st.sampled_from(["users", "groups", "$schema", "people"]), VALUES, max_size=2),
)


@settings(max_examples=settings.get_profile("default").max_examples * 5, deadline=None)
@example(document=groups(members=[{"user_name": ADA}, {"user_name": ADA}]))
@example(document=users(email="a@\u00b2.corp"))
@given(document=DOCUMENTS)
def test_what_the_schema_refuses_the_modules_refuse(tmp_path_factory: pytest.TempPathFactory, document: object) -> None:
    """And the other way round, but for the differences."""
    reasons = refusals(copy.deepcopy(document), tmp_path_factory.getbasetemp())
    valid = VALIDATOR.is_valid(document)
    event(f"schema {'accepts' if valid else 'refuses'}, modules {'refuse' if reasons else 'accept'}")
    if not valid:
        assert reasons, [error.message for error in VALIDATOR.iter_errors(document)]
    elif reasons:
        assert [reason for reason in reasons if not any(re.search(known, reason) for known in DIFFERENCES.values())] == []


@pytest.mark.parametrize("name", DIFFERENCES)
def test_every_difference_is_one(name: str, tmp_path: Path) -> None:
    """None of them is a difference that was: the schema accepts, the modules refuse for this reason."""
    shown: dict[str, object] = {
        "limits of bytes": {"groups": [{"display_name": "\u00e9" * 64}]},
        "the same object twice": {"users": [{"user_name": ADA}, {"user_name": ADA.upper()}]},
        "the same name twice in a list, in another spelling": users(groups=["Sales", "SALES"]),
        "what one entry wants and another excludes": {**users(state="absent"), **groups(members=[ADA])},
        "the joiner of emoji between other letters": users(display_name="A\u200dda"),
        "formats that are newer than Unicode 13": users(display_name="A\u0890da"),
        "signs in the domain of an address that are no letters": users(email="ada@c\u20acrp.example"),
        "groups of a user by the option max_groups_per_user": users(groups=[f"Group {number}" for number in range(129)]),
    }
    assert VALIDATOR.is_valid(shown[name])
    reasons = refusals(shown[name], tmp_path)
    assert reasons
    assert all(re.search(DIFFERENCES[name], reason) for reason in reasons), reasons


def test_hidden_letters_are_those_of_this_python() -> None:
    """The schema lists them, the modules ask Python; what newer Pythons have more is a difference."""
    text = SCHEMA["definitions"]["text"]["pattern"]
    hidden = {chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - {
        "\u200d"
    }
    missed = {letter for letter in hidden if re.search(text, f"a{letter}a")}
    assert missed <= {*map(chr, (0x890, 0x891, *range(0x13439, 0x13440)))}


@pytest.mark.skipif(
    not shutil.which("node"), reason="Node is not on this machine: that editors read the patterns of the schema as we do is not tested"
)
def test_editors_read_the_patterns_alike(tmp_path: Path) -> None:
    """JavaScript finds the same as Python in a few thousand texts; editors compile patterns with the flag u."""
    words = [
        "",
        " ",
        "@",
        "a",
        "ada@corp.example",
        "corp",
        ".",
        "é",
        "\u00a0",
        "\u200d",
        "👩",
        "\n",
        "{{",
        "2027-01-31",
        "2028-02-29",
        "2100-02-29",
        "true",
        "TRUE",
    ]
    texts = [*words, *(a + b for a in words for b in words), *(a + b + c for a in words for b in words for c in words)]
    patterns = sorted(set(re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps(SCHEMA))))
    found = {pattern: [bool(re.search(json.loads(pattern), text)) for text in texts] for pattern in patterns}
    (tmp_path / "texts.json").write_text(
        json.dumps({"texts": texts, "patterns": [json.loads(pattern) for pattern in patterns]}), encoding="utf-8"
    )
    script = """
        const {texts, patterns} = JSON.parse(require("fs").readFileSync(process.argv[1]));
        const found = patterns.map(pattern => new RegExp(pattern, "u")).map(one => texts.map(text => one.test(text)));
        console.log(JSON.stringify(found));
    """
    done = subprocess.run(["node", "-e", script, str(tmp_path / "texts.json")], check=True, capture_output=True, text=True)
    assert len(patterns) >= 6
    assert json.loads(done.stdout) == list(found.values())


class Loader(yaml.SafeLoader):
    """Reads YAML as editors do, in which a day is a text."""


Loader.yaml_implicit_resolvers = {
    sign: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for sign, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(ROOT))) for path in EXAMPLES])
def test_examples_that_name_the_schema_fit_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert COMMENT in text.splitlines()
    VALIDATOR.validate(yaml.load(text, Loader))
    build_document(read_sources([str(path)])[0], today=TODAY)


def test_state_files_of_the_documentation_name_the_schema() -> None:
    """A state file in an example without the line would not be looked at above."""
    roots = [
        path
        for path in (ROOT / "docs").rglob("*.yml")
        if re.match(r"(?:#.*\n|---\n|\n)*(?:users|groups):\s*(?:#.*)?\n", path.read_text(encoding="utf-8"))
    ]
    assert [str(path.relative_to(ROOT)) for path in roots if path not in EXAMPLES] == []


def test_whatever_writes_the_line_writes_this_one() -> None:
    """The version in the address is that of the collection: a release moves all of them."""
    sources = [path for folder in ("plugins", "docs") for kind in ("py", "md", "rst", "yml") for path in (ROOT / folder).rglob(f"*.{kind}")]
    address = re.compile(r"https://raw\.githubusercontent\.com/[^\s\"'<>]+/docs/schema/state\.json")
    assert {found for path in sources for found in address.findall(path.read_text(encoding="utf-8"))} == {SCHEMA["$id"]}
