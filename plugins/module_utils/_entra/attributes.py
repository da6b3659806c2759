# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The attributes that a directory of the schema defines for one kind of object. Pure."""

from __future__ import annotations

import re
import typing as t

from .._wording import did_you_mean, nearest

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Definition = Mapping[str, t.Any]


INTEGER = re.compile(r"[+-]?[0-9]+")


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
        return f"{name} is not an attribute in {self.directory or 'the directory'}{did_you_mean(nearest(name, self.by_name))}"


def is_integer(text: str) -> bool:
    """Whether the text is a value of the type Integer."""
    return bool(INTEGER.fullmatch(text))


def define(schema: Mapping[str, t.Any], directory: str, object_name: str) -> Attributes:
    """The attributes of an object in the named directory of the schema; upper and lower case of the object do not count."""
    for one in schema.get("directories") or []:
        if one.get("name") != directory:
            continue
        for definition in one.get("objects") or []:
            if str(definition.get("name")).casefold() == object_name.casefold():
                return Attributes(definition.get("attributes") or [], directory)
    return Attributes(None, directory)
