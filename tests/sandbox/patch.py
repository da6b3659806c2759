# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PATCH (RFC 7644 section 3.5.2) on plain attributes, in every shape that clients send. Members are left to the caller."""

from __future__ import annotations

import copy
import re
import typing as t

from . import filters
from .errors import ScimError
from .intake import Intake, put
from .schemas import ENTERPRISE, Attribute, Kind

if t.TYPE_CHECKING:
    from .profiles import Switches
    from .store import Json

VALUE_PATH = re.compile(r"^(?P<head>[^\[\]]+)\[(?P<filter>.*)\](?:\.(?P<sub>[\w$-]+))?$")
URN_SECTION = re.compile(r"^urn:.*:[A-Za-z]+$")


class Operation(t.NamedTuple):
    """One change: `op` in lower case, where (`path`, with a `condition` on the items), and what."""

    op: str
    path: filters.Path
    condition: filters.Node | None
    value: t.Any

    @property
    def on_members(self) -> bool:
        """Whether it is about a group's members."""
        return self.path.attribute.lower() == "members"


def operations(kind: Kind, body: t.Any) -> list[Operation]:
    """The changes that a PatchOp asks for; those without path are taken apart by attribute. Raises ScimError."""
    listed = next((value for name, value in body.items() if name.lower() == "operations"), None) if isinstance(body, dict) else None
    if not isinstance(listed, list) or not listed or not all(isinstance(item, dict) for item in listed):
        raise ScimError(400, "A PATCH wants an object with a list of Operations", "invalidSyntax")
    return [operation for item in listed for operation in _taken_apart(kind, {name.lower(): value for name, value in item.items()})]


def _taken_apart(kind: Kind, item: Json) -> t.Iterator[Operation]:
    op = str(item.get("op", "")).lower()
    if op not in ("add", "replace", "remove"):
        raise ScimError(400, f"{item.get('op')!r} is not add, replace or remove", "invalidSyntax")
    path, value = item.get("path"), item.get("value")
    if path:
        yield _addressed(kind, op, str(path), value)
        return
    if op == "remove":
        raise ScimError(400, "remove wants a path", "noTarget")
    if not isinstance(value, dict):
        raise ScimError(400, f"{op} without path wants an object as value", "invalidSyntax")
    for name, inner in value.items():
        if name.lower() not in ("schemas", "id", "meta"):
            yield _addressed(kind, op, name, inner)


def _addressed(kind: Kind, op: str, text: str, value: t.Any) -> Operation:
    section = kind.schema(text) if URN_SECTION.match(text) else None
    if section:
        return Operation(op, filters.Path(section.urn, "", ""), None, value)
    match = VALUE_PATH.match(text)
    if not match:
        return Operation(op, filters.parse_path(text), None, value)
    path = filters.parse_path(match["head"])
    try:
        condition = filters.parse(match["filter"])
    except ScimError as error:
        raise ScimError(400, error.detail, "invalidPath") from None
    return Operation(op, path._replace(sub=match["sub"] or ""), condition, value)


class Patcher:
    """Applies operations to the attributes of one kind of resource."""

    def __init__(self, kind: Kind, intake: Intake, switches: Switches) -> None:
        self._kind = kind
        self._intake = intake
        self._switches = switches

    def apply(self, attributes: Json, changes: t.Iterable[Operation]) -> Json:
        """The attributes after the changes; the given ones stay as they are. Raises ScimError."""
        result = copy.deepcopy(attributes)
        for change in changes:
            self._apply(result, change)
        return {name: value for name, value in result.items() if value not in ({}, [])}

    def _apply(self, result: Json, change: Operation) -> None:
        if not change.path.attribute:
            self._apply_section(result, change)
            return
        change = self._department_moved(change)
        schema = self._kind.schema(change.path.urn)
        attribute = schema.attribute(change.path.attribute) if schema else None
        if not schema or not attribute:
            self._unknown(change.path.attribute)
            return
        if attribute.mutability == "readOnly":
            if self._switches.unknown_attributes == "reject":
                raise ScimError(400, f"{attribute.name} is read-only", "mutability")
            return
        root = result if schema is self._kind.core else result.setdefault(schema.urn, {})
        if change.condition:
            self._apply_to_items(root, attribute, change)
        elif change.path.sub:
            self._apply_to_sub(root, attribute, change)
        else:
            self._apply_to_attribute(root, attribute, change)

    def _department_moved(self, change: Operation) -> Operation:
        top = self._kind.name == "User" and not change.path.urn and change.path.attribute.lower() == "department"
        if top and self._switches.department_in != "extension":
            return change._replace(path=change.path._replace(urn=ENTERPRISE))
        return change

    def _unknown(self, name: str) -> None:
        if self._switches.unknown_attributes == "reject":
            raise ScimError(400, f"{name} is no attribute of a {self._kind.name}", "invalidPath")

    def _apply_section(self, result: Json, change: Operation) -> None:
        """A whole extension, or with the core's own URN the whole resource, is the target."""
        if change.op == "remove":
            result.pop(change.path.urn, None)
            return
        if not isinstance(change.value, dict):
            raise ScimError(400, f"{change.path.urn} is not an object", "invalidValue")
        for name, value in change.value.items():
            if name.lower() != "schemas":
                self._apply(result, Operation(change.op, filters.Path(change.path.urn, name, ""), None, value))

    def _apply_to_attribute(self, root: Json, attribute: Attribute, change: Operation) -> None:
        if change.op == "remove":
            if attribute.required:
                raise ScimError(400, f"{attribute.name} is required", "mutability")
            root.pop(attribute.name, None)
            return
        value = self._intake.value(attribute, change.value)
        if attribute.multi and change.op == "add":
            present = root.get(attribute.name, [])
            value = present + [item for item in value or [] if item not in present]
        elif attribute.type == "complex" and not attribute.multi and value is not None:
            value = {**root.get(attribute.name, {}), **value}
        put(root, attribute.name, value or None if attribute.multi else value)

    def _apply_to_sub(self, root: Json, attribute: Attribute, change: Operation) -> None:
        sub = self._sub(attribute, change)
        if not sub:
            return
        targets = root.setdefault(attribute.name, []) if attribute.multi else [root.setdefault(attribute.name, {})]
        for target in targets:
            put(target, sub.name, None if change.op == "remove" else self._intake.value(sub, change.value))
        if not root[attribute.name]:
            del root[attribute.name]

    def _apply_to_items(self, root: Json, attribute: Attribute, change: Operation) -> None:
        assert_multi(attribute)
        items: list[Json] = root.get(attribute.name, [])
        fitting = [item for item in items if change.condition and filters.matches(change.condition, item)]
        if change.op == "remove" and not change.path.sub:
            if not fitting and self._switches.unknown_attributes == "reject":
                raise ScimError(400, f"no item of {attribute.name} fits the filter", "noTarget")
            put(root, attribute.name, [item for item in items if item not in fitting] or None)
            return
        if not fitting and change.op != "remove":
            fitting = [self._new_item(attribute, change)]
            root[attribute.name] = [*items, *fitting]
        for item in fitting:
            self._change_item(item, attribute, change)

    def _new_item(self, attribute: Attribute, change: Operation) -> Json:
        condition = change.condition
        if change.op == "replace" and not self._switches.value_path_creates:
            raise ScimError(400, f"no item of {attribute.name} fits the filter", "noTarget")
        if isinstance(condition, filters.Compare) and condition.operator == "eq":
            return {condition.path.attribute: condition.value}
        return {}

    def _change_item(self, item: Json, attribute: Attribute, change: Operation) -> None:
        if change.path.sub:
            sub = self._sub(attribute, change)
            if sub:
                put(item, sub.name, None if change.op == "remove" else self._intake.value(sub, change.value))
            return
        whole = self._intake.value(attribute, change.value)
        item.update(whole[0] if whole else {})

    def _sub(self, attribute: Attribute, change: Operation) -> Attribute | None:
        sub = attribute.sub(change.path.sub)
        if not sub:
            self._unknown(f"{attribute.name}.{change.path.sub}")
        return sub


def assert_multi(attribute: Attribute) -> None:
    """Refuses a filter on an attribute that has only one value."""
    if not attribute.multi:
        raise ScimError(400, f"{attribute.name} has no items to filter", "invalidPath")
