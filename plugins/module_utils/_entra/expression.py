# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entra's mapping expressions as text and as the tree that the schema has beside it. Pure; Graph does the parsing."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Source = Mapping[str, t.Any]

CLOSING = {'"': '"', "[": "]"}
"""What ends a text and an attribute's name, inside of which blanks count."""


def squeeze(expression: str) -> str:
    """The expression without the blanks that mean nothing: those outside of quotes and brackets."""
    kept: list[str] = []
    end = ""
    escaped = False
    for one in expression:
        if end:
            kept.append(one)
            if escaped:
                escaped = False
            elif one == "\\" and end == '"':
                escaped = True
            elif one == end:
                end = ""
        elif not one.isspace():
            kept.append(one)
            end = CLOSING.get(one, "")
    return "".join(kept)


def quote(text: str) -> str:
    """The text as an expression: in quotes, with backslashes and quotes escaped by a backslash."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def direct(attribute: str) -> dict[str, t.Any]:
    """The source of a mapping that takes the attribute as it is (facts 4)."""
    return {"expression": f"[{attribute}]", "name": attribute, "parameters": [], "type": "Attribute"}


def constant(value: str) -> dict[str, t.Any]:
    """The source of a mapping that gives everybody this value (facts 4)."""
    return {"expression": quote(value), "name": value, "parameters": [], "type": "Constant"}


def is_empty(source: Source | None) -> bool:
    """Whether the mapping takes nothing from Entra: no source, or one that says nothing."""
    return not source or not (source.get("name") or source.get("expression"))


def kind_of(source: Source | None) -> str:
    """`source`, `constant`, `expression` or `none`, as the options of the module call it."""
    if source is None or is_empty(source):
        return "none"
    simple = {"Attribute": "source", "Constant": "constant"}
    return simple.get(str(source.get("type")), "expression")


def name_of(source: Source) -> str:
    """The attribute's name or the constant of a simple source; where it has no name, that of its expression."""
    return str(source.get("name") or str(source.get("expression") or "")[1:-1])


def text_of(source: Source) -> str:
    """The expression of a source, also of one that came without its text."""
    if source.get("expression"):
        return str(source["expression"])
    if source.get("type") == "Attribute":
        return f"[{source.get('name')}]"
    return quote(str(source.get("name"))) if source.get("type") == "Constant" else f"{source.get('name')}(...)"


def tree(source: Source | None) -> tuple[t.Any, ...]:
    """What a source does, without its text: equal trees do the same."""
    if source is None or is_empty(source):
        return ()
    parameters = source.get("parameters") or []
    return (source.get("type"), source.get("name"), tuple((one.get("key"), tree(one.get("value"))) for one in parameters))


def attributes_in(source: Source | None) -> Iterator[str]:
    """The attributes that a source reads, in the order of the text."""
    if source is None:
        return
    if source.get("type") == "Attribute" and source.get("name"):
        yield str(source["name"])
    for one in source.get("parameters") or []:
        yield from attributes_in(one.get("value"))
