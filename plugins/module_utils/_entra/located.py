# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where in a synchronizationSchema the users and the groups are mapped. Pure."""

from __future__ import annotations

import typing as t

from .._wording import and_list
from .attributes import Attributes, define
from .declared import SIDES

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Schema = Mapping[str, t.Any]


class Located(t.NamedTuple):
    """One objectMapping: its place in the schema, itself as it is read, and the attributes of both of its ends."""

    rule: int
    position: int
    mapping: dict[str, t.Any]
    source: Attributes
    target: Attributes

    @property
    def live(self) -> list[dict[str, t.Any]]:
        """Its attribute mappings."""
        return list(self.mapping.get("attributeMappings") or [])


class Place(t.NamedTuple):
    """One candidate."""

    rule: int
    position: int
    rule_value: Mapping[str, t.Any]
    mapping: dict[str, t.Any]

    def __str__(self) -> str:
        name = self.mapping.get("name") or f"{self.mapping.get('sourceObjectName')} to {self.mapping.get('targetObjectName')}"
        return f"{name} (rule {self.rule_value.get('name') or self.rule_value.get('id')})"


def locate(schema: Schema, side: str) -> tuple[Located | None, str]:
    """The objectMapping of `users` or `groups`, or None and the reason. Directories and mappings are never known by their own names.

    It is the one from source User (or Group) to a target of that name or of an URN that ends in it, in a rule that may be edited; where
    no target is called so, the only one from that source.
    """
    noun = SIDES[side]
    places = [place for place in _places(schema) if str(place.mapping.get("sourceObjectName")).casefold() == noun]
    exact = [place for place in places if _is_called(str(place.mapping.get("targetObjectName")), noun)]
    found = exact or places
    open_to_us = [place for place in found if place.rule_value.get("editable") is not False]
    if len(open_to_us) == 1:
        return _located(schema, open_to_us[0]), ""
    if open_to_us:
        names = and_list([str(place) for place in open_to_us])
        return None, f"the schema maps {side} {len(open_to_us)} times: {names}; which one is meant cannot be told, edit it in the portal"
    if found:
        return None, f"the schema maps {side} only in {and_list([str(place) for place in found])}, which Entra marks as not editable"
    return None, f"the schema of this application has no mapping of {side}; its connector does not provision them"


def is_mapped(schema: Schema, side: str) -> bool:
    """Whether the schema maps users, or groups, at all."""
    return any(str(place.mapping.get("sourceObjectName")).casefold() == SIDES[side] for place in _places(schema))


def _places(schema: Schema) -> Iterator[Place]:
    for number, rule in enumerate(schema.get("synchronizationRules") or []):
        for position, mapping in enumerate(rule.get("objectMappings") or []):
            yield Place(number, position, rule, mapping)


def _is_called(name: str, noun: str) -> bool:
    return name.casefold() == noun or (name.casefold().startswith("urn:") and name.casefold().endswith(f":{noun}"))


def _located(schema: Schema, place: Place) -> Located:
    rule, mapping = place.rule_value, place.mapping
    source = define(schema, str(rule.get("sourceDirectoryName")), str(mapping.get("sourceObjectName")))
    target = define(schema, str(rule.get("targetDirectoryName")), str(mapping.get("targetObjectName")))
    return Located(place.rule, place.position, mapping, source, target)


def with_mapping(schema: Schema, located: Located, mapping: dict[str, t.Any]) -> dict[str, t.Any]:
    """The schema with this objectMapping in that place; everything else is the same object as before."""
    rules = list(schema["synchronizationRules"])
    rule = dict(rules[located.rule])
    mappings = list(rule["objectMappings"])
    mappings[located.position] = mapping
    rule["objectMappings"] = mappings
    rules[located.rule] = rule
    return {**schema, "synchronizationRules": rules}
