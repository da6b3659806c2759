# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What clients write, brought into one form: schema names, schema types, nothing read-only, nothing empty."""

from __future__ import annotations

import typing as t

from .errors import ScimError
from .schemas import ENTERPRISE, Attribute, Kind, Schema

if t.TYPE_CHECKING:
    from .profiles import Switches
    from .store import Json

NOT_WRITTEN = frozenset({"schemas", "id", "meta"})
BOOLEANS = {"true": True, "false": False}


class Intake:
    """Reads resources and single values as the switches want it."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches

    def resource(self, kind: Kind, body: t.Any) -> tuple[Json, list[str] | None]:
        """The attributes of a whole resource, and the ids of its members (None where it has no such key)."""
        if not isinstance(body, dict):
            raise ScimError(400, "The body is not a JSON object", "invalidSyntax")
        attributes: Json = {}
        members: list[str] | None = None
        for name, value in body.items():
            if name.lower() in NOT_WRITTEN:
                continue
            if kind.name == "Group" and name.lower() == "members":
                members = member_ids(value)
                continue
            self._take(kind, attributes, name, value)
        return attributes, members

    def _take(self, kind: Kind, attributes: Json, name: str, value: t.Any) -> None:
        extension = kind.schema(name) if name.lower().startswith("urn:") else None
        if extension:
            section = self._section(extension, value)
            if section:
                attributes[extension.urn] = {**attributes.get(extension.urn, {}), **section}
            return
        if kind.name == "User" and name.lower() == "department" and self._switches.department_in != "extension":
            if value not in (None, ""):
                attributes.setdefault(ENTERPRISE, {}).setdefault("department", self.value(Attribute("department"), value))
            return
        attribute = kind.core.attribute(name)
        if attribute and attribute.mutability != "readOnly":
            put(attributes, attribute.name, self.value(attribute, value))

    def _section(self, schema: Schema, value: t.Any) -> Json:
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise ScimError(400, f"{schema.urn} is not an object", "invalidValue")
        section: Json = {}
        for name, inner in value.items():
            attribute = schema.attribute(name)
            if attribute:
                put(section, attribute.name, self.value(attribute, inner))
        return section

    def value(self, attribute: Attribute, value: t.Any) -> t.Any:
        """One value in the attribute's type; None means that it is not set. Raises ScimError invalidValue."""
        if value is None:
            return None
        if attribute.multi:
            items = value if isinstance(value, list) else [value]
            return [item for item in (self._single(attribute, item) for item in items) if item is not None] or None
        return self._single(attribute, value)

    def _single(self, attribute: Attribute, value: t.Any) -> t.Any:
        if attribute.type == "complex":
            return self._complex(attribute, value)
        if attribute.type == "boolean":
            return self._boolean(attribute, value)
        if not isinstance(value, str):
            raise ScimError(400, f"{attribute.name} wants a text, not {type(value).__name__}", "invalidValue")
        return self._text(attribute, value)

    def _complex(self, attribute: Attribute, value: t.Any) -> Json | None:
        if not isinstance(value, dict):
            raise ScimError(400, f"{attribute.name} wants an object, not {type(value).__name__}", "invalidValue")
        result: Json = {}
        for name, inner in value.items():
            sub = attribute.sub(name)
            if sub and inner is not None:
                put(result, sub.name, self.value(sub, inner))
        return result or None

    def _boolean(self, attribute: Attribute, value: t.Any) -> bool:
        if isinstance(value, bool):
            return value
        if self._switches.string_booleans and isinstance(value, str) and value.lower() in BOOLEANS:
            return BOOLEANS[value.lower()]
        raise ScimError(400, f"{attribute.name} wants true or false, not {value!r}", "invalidValue")

    def _text(self, attribute: Attribute, value: str) -> str | None:
        if self._switches.normalise == "trim":
            value = value.strip()
        if self._switches.normalise == "lower" and attribute.name in ("userName", "value"):
            value = value.lower()
        if not value and self._switches.empty_values and attribute.name != "userName":
            return None
        return value


def put(mapping: Json, name: str, value: t.Any) -> None:
    """Sets a value, or takes the name out where the value is None."""
    if value is None:
        mapping.pop(name, None)
    else:
        mapping[name] = value


def member_ids(value: t.Any) -> list[str]:
    """The ids in a `members` value: a list of objects, or one. Raises ScimError invalidValue."""
    if value is None:
        return []
    items = value if isinstance(value, list) else [value]
    ids = [item.get("value") if isinstance(item, dict) else None for item in items]
    if not all(isinstance(id, str) and id for id in ids):
        raise ScimError(400, "A member is an object with the user's id as value", "invalidValue")
    return [str(id) for id in ids]
