# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Target attributes on the wire: resources from values, values from resources, and changes in Entra's two manners of PATCH. Pure.

The older manner (no flag in the tenant URL): Add, Replace and Remove with a capital, every attribute an operation of its own,
booleans as the texts "True" and "False", members that leave as a list in the value. The newer one (`aadOptscim062020`): lower
case, JSON booleans, several attributes in one operation without path and with dotted names, `members[value eq "id"]`.
"""

from __future__ import annotations

import functools
import re
import typing as t
from dataclasses import dataclass

from .evaluation import Value, text, truth

if t.TYPE_CHECKING:
    from .state import Json

CORE = "urn:ietf:params:scim:schemas:core:2.0:"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
NAME = re.compile(
    r'^(?:(?P<urn>urn:.+):)?(?P<head>[A-Za-z$][\w$-]*)(?:\[(?P<key>[\w$]+) eq "(?P<wanted>[^"]*)"\])?(?:\.(?P<sub>[\w$.-]+))?$',
    re.IGNORECASE,
)
BOOLEANS = frozenset({"active", "primary"})
MEMBERS_PER_OPERATION = 100


@dataclass(frozen=True)
class Place:
    """Where a target attribute is in a resource: `urn:head[key eq "wanted"].sub`, of which only head must be."""

    urn: str
    head: str
    key: str
    wanted: str
    sub: str


@functools.lru_cache(maxsize=1024)
def place_of(name: str) -> Place:
    """The place that a target attribute's name describes; an odd name is a plain attribute."""
    match = NAME.match(name)
    if not match:
        return Place("", name, "", "", "")
    urn = match["urn"] or ""
    if urn.lower().startswith(CORE.lower()):
        urn = ""
    return Place(urn, match["head"], match["key"] or "", match["wanted"] or "", match["sub"] or "")


def is_boolean(name: str, types: t.Mapping[str, str]) -> bool:
    """Whether a target attribute is a boolean: its definition says so, or it is one of SCIM's own."""
    place = place_of(name)
    return types.get(name) == "Boolean" or (name not in types and (place.sub or place.head).lower() in BOOLEANS)


def read(resource: Json, name: str) -> Value:
    """The value of a target attribute in a resource, None where it has none."""
    place = place_of(name)
    section = _member(resource, place.urn) if place.urn else resource
    value = _member(section, place.head)
    if place.key:
        items = value if isinstance(value, list) else []
        value = next((item for item in items if text(_member(item, place.key)).lower() == place.wanted.lower()), None)
    for part in filter(None, place.sub.split(".")):
        value = _member(value, part)
    if isinstance(value, dict):
        value = value.get("value")
    return None if value in ("", [], {}) else value


def _member(value: t.Any, name: str) -> t.Any:
    if not isinstance(value, dict):
        return None
    return value[name] if name in value else next((inner for key, inner in value.items() if key.lower() == name.lower()), None)


def write(resource: Json, name: str, value: Value) -> None:
    """Sets a target attribute in a resource that is to be created."""
    place = place_of(name)
    section = resource.setdefault(place.urn, {}) if place.urn else resource
    if place.key:
        section = _item(section.setdefault(place.head, []), place)
        section[place.sub or "value"] = value
    elif place.sub:
        section.setdefault(place.head, {})[place.sub] = value
    else:
        section[place.head] = value


def _item(items: list[Json], place: Place) -> Json:
    found = next((item for item in items if text(item.get(place.key)).lower() == place.wanted.lower()), None)
    if found is None:
        found = {place.key: truth(place.wanted) if place.key.lower() == "primary" else place.wanted}
        items.append(found)
    return found


def resource_of(kind: str, values: t.Mapping[str, Value], types: t.Mapping[str, str]) -> Json:
    """The body of a POST. Groups are made without members."""
    resource: Json = {"schemas": [CORE + kind] + ([ENTERPRISE] if kind == "User" else [])}
    for name, value in values.items():
        write(resource, name, truth(value) if is_boolean(name, types) else _plain(value))
    return {**resource, "meta": {"resourceType": kind}}


def _plain(value: Value) -> Value:
    if isinstance(value, list):
        return [item if isinstance(item, dict) else text(item) for item in value]
    return value if isinstance(value, dict) else text(value)


def same(first: Value, second: Value) -> bool:
    """Whether two values are the same in Entra's eyes; true and "True" are."""
    if isinstance(first, bool) or isinstance(second, bool):
        return text(first).lower() == text(second).lower()
    return text(first) == text(second)


@dataclass(frozen=True)
class Change:
    """One attribute that is to be another; `old` is None where it had no value."""

    name: str
    old: Value
    new: Value


class Manner:
    """How changes are written down: the older manner, or with `is_rfc` the newer one."""

    def __init__(self, *, is_rfc: bool, types: t.Mapping[str, str]) -> None:
        self._is_rfc = is_rfc
        self._types = types

    def attributes(self, changes: t.Sequence[Change]) -> Json:
        """The PatchOp for changed attributes."""
        if not self._is_rfc:
            return _patch([self._operation(change) for change in changes])
        together = [change for change in changes if not place_of(change.name).key]
        if len(together) < 2:
            return _patch([self._operation(change) for change in changes])
        operations = [self._operation(change) for change in changes if change not in together]
        return _patch([*operations, {"op": "replace", "value": {change.name: self._value(change) for change in together}}])

    def _operation(self, change: Change) -> Json:
        return {"op": self._verb("Add" if change.old is None else "Replace"), "path": change.name, "value": self._value(change)}

    def _value(self, change: Change) -> Value:
        if not is_boolean(change.name, self._types):
            return _plain(change.new)
        return truth(change.new) if self._is_rfc else str(truth(change.new))

    def _verb(self, verb: str) -> str:
        return verb.lower() if self._is_rfc else verb

    def members(self, joining: t.Sequence[str], leaving: t.Sequence[str]) -> t.Iterator[Json]:
        """The PatchOps for a group's members, so many ids at a time."""
        for ids in _batches(joining):
            yield _patch([{"op": self._verb("Add"), "path": "members", "value": [self._member(id) for id in ids]}])
        for ids in _batches(leaving):
            if self._is_rfc:
                yield _patch([{"op": "remove", "path": f'members[value eq "{id}"]'} for id in ids])
            else:
                yield _patch([{"op": "Remove", "path": "members", "value": [self._member(id) for id in ids]}])

    def _member(self, id: str) -> Json:
        return {"value": id} if self._is_rfc else {"$ref": None, "value": id}


def _patch(operations: list[Json]) -> Json:
    return {"schemas": [PATCH], "Operations": operations}


def _batches(ids: t.Sequence[str]) -> t.Iterator[t.Sequence[str]]:
    for start in range(0, len(ids), MEMBERS_PER_OPERATION):
        yield ids[start : start + MEMBERS_PER_OPERATION]
