# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a JSON value has the shape that an OpenAPI 3.0 schema describes, keys that it does not name included.

Why not jsonschema: Microsoft's files allow every further key, mark null with `nullable`, and name the true type of an object in
`@odata.type`; and the sandbox runs where only Ansible is installed. A test compares the two on thousands of values.
"""

from __future__ import annotations

import functools
import re
import typing as t

Json = dict[str, t.Any]
PREFIX = "#/components/schemas/"
KINDS: dict[str, t.Callable[[t.Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
}


class Shapes:
    """The schemas of one OpenAPI file."""

    def __init__(self, schemas: t.Mapping[str, Json]) -> None:
        self._schemas = schemas

    def problems(self, value: t.Any, schema: Json, place: str = "", *, unknown_keys: bool = True) -> list[str]:
        """What is wrong with a value; nothing where all is well."""
        found: list[str] = []
        self._walk(value, schema, place or "body", found, unknown_keys)
        return found

    def _resolve(self, schema: Json) -> Json:
        """The schema itself; where it inherits, with everything that it inherits."""
        reference = schema.get("$ref")
        if reference:
            schema = self._schemas[str(reference)[len(PREFIX) :]]
        if "allOf" not in schema:
            return schema
        merged: Json = {"type": "object", "properties": {}, "required": []}
        for part in schema["allOf"]:
            inner = self._resolve(part)
            merged["properties"] |= inner.get("properties", {})
            merged["required"] += inner.get("required", [])
        return merged

    def _walk(self, value: t.Any, schema: Json, place: str, found: list[str], unknown_keys: bool) -> None:
        if unknown_keys and isinstance(value, dict):
            schema = self._true_type(value, schema)
        schema = self._resolve(schema)
        if value is None and schema.get("nullable"):
            return
        if "anyOf" in schema:
            self._any(value, schema["anyOf"], place, found, unknown_keys)
            return
        self._check_value(value, schema, place, found)
        if isinstance(value, list):
            for number, item in enumerate(value):
                self._walk(item, schema.get("items", {}), f"{place}[{number}]", found, unknown_keys)
        if isinstance(value, dict):
            self._check_keys(value, schema, place, found, unknown_keys)

    def _true_type(self, value: Json, schema: Json) -> Json:
        name = str(value.get("@odata.type", "")).removeprefix("#")
        return {"$ref": PREFIX + name} if name in self._schemas else schema

    def _any(self, value: t.Any, choices: list[Json], place: str, found: list[str], unknown_keys: bool) -> None:
        first: list[str] = []
        for choice in choices:
            problems = self.problems(value, choice, place, unknown_keys=unknown_keys)
            if not problems:
                return
            first = first or problems
        found += first

    def _check_value(self, value: t.Any, schema: Json, place: str, found: list[str]) -> None:
        kind = schema.get("type")
        if kind and not KINDS[str(kind)](value):
            found.append(f"{place} is {_shown(value)}, not of type {kind}")
            return
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{place} is {_shown(value)}, none of the {schema.get('title', 'values')} that there are")
        if isinstance(value, str) and "pattern" in schema and not _compiled(schema["pattern"]).search(value):
            found.append(f"{place} is {_shown(value)}, not as the pattern of a {schema.get('format') or schema.get('title')} wants it")
        if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            found.append(f"{place} is {value}, out of range")

    def _check_keys(self, value: Json, schema: Json, place: str, found: list[str], unknown_keys: bool) -> None:
        for name in schema.get("required", ()):
            if name not in value:
                found.append(f"{place} has no {name}")
        known = schema.get("properties", {})
        for name, item in value.items():
            if name in known:
                self._walk(item, known[name], f"{place}.{name}", found, unknown_keys)
            elif unknown_keys and known and "@odata." not in name:
                # A schema that describes nothing allows anything.
                found.append(f"{place} has a key {name} that the contract does not know")


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _shown(value: t.Any) -> str:
    """The kind of a value: what is in it may be a secret."""
    return "null" if value is None else f"a {value.__class__.__name__}"
