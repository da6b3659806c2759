# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON Schema of state files, made of the table by which the modules check them.

python3 -m tests.checks --only schema   fails if docs/schema/state.json is not what the table says
make schema                             writes it again

Draft 7 is what the servers of editors know best. A pattern means the same to Python and to JavaScript: no class such as \\w, whose meaning
differs, and every letter that cannot be seen is written as an escape.
"""

from __future__ import annotations

import json
import re
import sys
import typing as t
from pathlib import Path

import yaml
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.fields import (
    GROUP_FIELDS,
    MEMBER_FIELDS,
    ROOT_FIELDS,
    SCHEMA_KEY,
    USER_FIELDS,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.text import UNRESOLVED
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wording import MAIL

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.fields import Field

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "docs/schema/state.json"

Schema = dict[str, t.Any]

# Characters that nobody sees, as the check of texts has them: controls, line ends, halves of surrogate pairs, the replacement character,
# blanks, and formats. The formats are those of Unicode 13, the oldest that modules run with: what is refused here, every module refuses.
CONTROLS = r"\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\ufffd"
BLANKS = r"\u034f\u115f\u1160\u2800\u3164\uffa0"
FORMATS = (
    r"\u00ad\u0600-\u0605\u061c\u06dd\u070f\u08e2\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U00013438\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
HIDDEN = CONTROLS + BLANKS + FORMATS
# Spaces beside the plain one. A name holds them only between other letters, a login not at all.
SPACES = r"\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
# What begins and ends no text; the last one joins emoji, and joins nothing there.
EDGES = rf" {SPACES}\u200d"
BEYOND_ASCII = "\\u0080-\U0010ffff"

NOTHING = r"^(?![\s\S])"


def _refusing(hidden: str) -> str:
    """The beginning of every pattern: none of these characters, and nothing that a template left over."""
    signs = "|".join(map(re.escape, UNRESOLVED))
    return rf"^(?![\s\S]*[{hidden}])(?![\s\S]*(?:{signs}))(?![{EDGES}])"


def _mail() -> str:
    """The pattern of mail addresses without the classes that mean ASCII to JavaScript and all letters to Python."""
    known = {
        r"[^\W_]": f"[0-9A-Za-z{BEYOND_ASCII}]",
        r"[\w-]": f"[-0-9A-Za-z_{BEYOND_ASCII}]",
        r"[^\s@\"(": rf'[^\s{SPACES}@"(',
    }
    found = MAIL.pattern
    for python, both in known.items():
        found = found.replace(python, both)
    return found


def _date() -> str:
    """Days of the calendar; 29 February in leap years only."""
    leap = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29"
    days = "(?:0[1-9]|1[0-9]|2[0-8])", "(?:29|30)", "31"
    every = f"(?:0[1-9]|1[0-2])-{days[0]}|(?:0[13-9]|1[0-2])-{days[1]}|(?:0[13578]|1[02])-{days[2]}"
    return f"(?!0000)(?:[0-9]{{4}}-(?:{every})|{leap})"


def _kinds() -> dict[str, Schema]:
    """The kinds of texts by name, with what an editor says of a text that does not fit."""
    seen = "no space at the ends, nothing that cannot be seen, no template"
    patterns = {
        "text": (rf"{_refusing(HIDDEN)}[\s\S]*[^{EDGES}]$", f"a text: {seen}"),
        "login": (rf"{_refusing(HIDDEN + SPACES)}[\s\S]+@[^@]*[^@{EDGES}]$", f"a userName, user@domain: {seen}"),
        "mail": (f"{_refusing(HIDDEN)}(?:{_mail()})$", "a mail address, such as ada@corp.example"),
        "date": (f"{_refusing(HIDDEN)}(?:{_date()})$", "a day of the calendar, YYYY-MM-DD, such as 2027-01-31"),
    }
    found = {}
    for kind, (pattern, expected) in patterns.items():
        found[kind] = {"type": "string", "pattern": pattern, "patternErrorMessage": f"Expected {expected}."}
        empty = {"pattern": f"{NOTHING}|{pattern}", "patternErrorMessage": f'Expected {expected}; or "" to clear it.'}
        found[f"{kind}_or_nothing"] = {"type": "string", **empty}
    return found


def _property(field: Field) -> Schema:
    """The schema of one key."""
    about: Schema = {"description": field.about}
    if field.default:
        about["default"] = field.default
    if field.kind == "choice":
        return {**about, "enum": list(field.choices)}
    if field.kind == "flag":
        # A quoted true is taken, too, as templates write it.
        return {
            **about,
            "anyOf": [{"type": "boolean"}, {"type": "string", "pattern": "^(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])(?![\\s\\S])"}],
        }
    if field.kind == "list":
        name = _text(MEMBER_FIELDS["user_name"] if field.items == "login" else GROUP_FIELDS["display_name"])
        items = {"anyOf": [name, {"$ref": f"#/definitions/{field.entry}"}]} if field.entry else name
        return {**about, "type": "array", "uniqueItems": True, "items": items}
    return {**about, **_text(field)}


def _text(field: Field) -> Schema:
    kind = {"group": "text"}.get(field.kind, field.kind) + ("_or_nothing" if field.clear else "")
    longest = field.limit or field.limit_bytes  # a character has a byte at least
    return {**({"maxLength": longest} if longest else {}), "allOf": [{"$ref": f"#/definitions/{kind}"}]}


def _entry(title: str, fields: Mapping[str, Field], *rules: Schema) -> Schema:
    found = {
        "title": title,
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, field in fields.items() if field.required],
        "properties": {name: _property(field) for name, field in fields.items()},
    }
    return {**found, "allOf": list(rules)} if rules else found


def _when(name: str, values: list[str], then: Schema) -> Schema:
    """A rule between two keys of one entry."""
    return {"if": {"required": [name], "properties": {name: {"enum": values}}}, "then": {"properties": then}}


def schema() -> Schema:
    """The whole schema."""
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    raw = galaxy["repository"].replace("https://github.com/", "https://raw.githubusercontent.com/")
    no_groups = _when("state", ["absent"], {"groups": {"maxItems": 0}})
    no_expiry = _when("membership", ["append", "remove"], {"members": {"items": {"properties": {"expires": False}}}})
    entries = {
        "user": _entry("User", USER_FIELDS, no_groups),
        "group": _entry("Group", GROUP_FIELDS, no_expiry),
        "member": _entry("Member", MEMBER_FIELDS),
    }
    lists = {
        name: {"description": f"The {name} of the tenant.", "type": "array", "items": {"$ref": f"#/definitions/{kind}"}}
        for name, kind in ROOT_FIELDS.items()
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"{raw}/{galaxy['version']}/{PATH.relative_to(ROOT)}",
        "title": "State of a Zscaler One tenant",
        "description": "Users, groups and memberships, as scimops.zscaler_one.scim_directory reads them from YAML and JSON files. A "
        'key that is absent is left alone, a value is enforced, "" and [] clear.',
        "$comment": "Made of the table by which the modules check what they read; do not edit.",
        "type": "object",
        "additionalProperties": False,
        "anyOf": [{"required": [name], "properties": {name: {"minItems": 1}}} for name in ROOT_FIELDS],
        "properties": {SCHEMA_KEY: {"description": "Where this schema is, for editors.", "type": "string"}, **lists},
        "definitions": {**entries, **_used(_kinds(), json.dumps(entries))},
    }


def _used(kinds: dict[str, Schema], text: str) -> dict[str, Schema]:
    return {name: kind for name, kind in kinds.items() if f'definitions/{name}"' in text}


def main() -> int:
    """Compare, or write; 0 if the file is as it should be."""
    wanted = json.dumps(schema(), indent=2) + "\n"
    if "--write" in sys.argv[1:]:
        PATH.parent.mkdir(parents=True, exist_ok=True)
        PATH.write_text(wanted, encoding="utf-8")
    found = PATH.read_text(encoding="utf-8") if PATH.is_file() else ""
    name = PATH.relative_to(ROOT)
    print(
        f"{name} is what the table of fields says" if found == wanted else f"{name} is not what the table of fields says; run: make schema"
    )
    return int(found != wanted)


if __name__ == "__main__":
    sys.exit(main())
