# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The attributes that a directory of the schema defines for one kind of object, and names that are nearly right. Pure."""

from __future__ import annotations

import difflib
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Definition = Mapping[str, t.Any]

NEAR = 3
"""How many names a suggestion has."""


class Attributes:
    """Attributes by name. Where the schema does not define the object at all, nothing can be said of any name."""

    def __init__(self, definitions: Iterable[Definition] | None, directory: str) -> None:
        self.known = definitions is not None
        self.directory = directory
        self.by_name = {str(one.get("name")): one for one in definitions or ()}

    def lacks(self, name: str) -> bool:
        """Whether it is certain that there is no such attribute."""
        return self.known and name not in self.by_name

    def type_of(self, name: str) -> str:
        """Graph's name of the type, such as String; empty if it is not known."""
        return str(self.by_name.get(name, {}).get("type") or "")

    def has(self, name: str, trait: str) -> bool:
        """Whether the attribute is `required`, `multivalued` or the like."""
        return bool(self.by_name.get(name, {}).get(trait))

    def is_read_only(self, name: str) -> bool:
        """Whether the target refuses to have the attribute written."""
        return self.by_name.get(name, {}).get("mutability") == "ReadOnly"

    def missing(self, name: str) -> str:
        """The sentence that says so, with names that are near."""
        near = nearest(name, self.by_name)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        return f"{name} is not an attribute in {self.directory or 'the directory'}{hint}"


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """The names that are spelled much alike, the best first; also those of which the last part is alike. Only case differs: that one."""
    by_key = {one.casefold(): one for one in names}
    if name.casefold() in by_key:
        return [by_key[name.casefold()]]
    found = difflib.get_close_matches(name.casefold(), by_key, n=NEAR)
    found += [one for one in by_key if one not in found and one.rpartition(":")[2].rpartition(".")[2] == name.casefold()]
    return [by_key[one] for one in found[:NEAR]]


def define(schema: Mapping[str, t.Any], directory: str, object_name: str) -> Attributes:
    """The attributes of an object in the named directory of the schema; upper and lower case of the object do not count."""
    for one in schema.get("directories") or []:
        if one.get("name") != directory:
            continue
        for definition in one.get("objects") or []:
            if str(definition.get("name")).casefold() == object_name.casefold():
                return Attributes(definition.get("attributes") or [], directory)
    return Attributes(None, directory)
