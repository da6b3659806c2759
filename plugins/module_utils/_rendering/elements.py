# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTML, element by element. Text of others only ever goes through `escape`, and never into an attribute. Pure."""

from __future__ import annotations

import html
import typing as t

from .sheet import EMPTY

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .sheet import Part, Row

TAGS = {"name": "b", "old": "del", "new": "ins", "place": "code"}
"""The element of each kind of text that is not ours."""

SHEAF = 100
"""So many rows are laid out together, when they come into view."""


def escape(text: str) -> str:
    """Text as the content of an element."""
    return html.escape(text, quote=True)


def element(tag: str, inner: str, **attributes: str) -> str:
    """An element around markup. Attributes are ours; C(class_) is C(class), and other underscores are dashes."""
    told = "".join(f' {name.rstrip("_").replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<{tag}{told}>{inner}</{tag}>"


def write_part(part: Part) -> str:
    """One piece of text."""
    kind, text = part
    if kind == "word":
        return html.escape(text)
    if not text:
        return f"<i>{EMPTY}</i>"
    tag = TAGS.get(kind)
    return f"<{tag}>{html.escape(text)}</{tag}>" if tag else html.escape(text)


def write_parts(parts: Iterable[Part]) -> str:
    """A text."""
    return "".join(map(write_part, parts))


def write_row(row: Row) -> str:
    """One item of a list: the text, what stands side by side below it, and names."""
    if not row.sides and not row.lists:
        return f"<li>{write_parts(row.text)}</li>"
    sides = "".join(f"<div><dt>{escape(title)}</dt><dd>{write_part(part)}</dd></div>" for title, part in row.sides)
    text = write_parts(row.text)
    parts = [f'<div class="sided"><div>{text}</div><dl>{sides}</dl></div>' if sides else text]
    for label, names in row.lists:
        items = "".join(f"<li>{escape(name)}</li>" for name in names)
        parts.append(f'<div class="names">{f"<span>{escape(label)}</span>" if label else ""}<ul>{items}</ul></div>')
    return f"<li>{''.join(parts)}</li>"


def write_head(rows: Sequence[Row]) -> str:
    """What stands above the columns, for those who see them; each value has its own title besides."""
    if not rows or not rows[0].sides:
        return ""
    titles = "".join(f"<span>{escape(title)}</span>" for title, _part in rows[0].sides)
    return f'<div class="sided head" aria-hidden="true"><div></div><div>{titles}</div></div>'


def write_rows(rows: Sequence[Row]) -> Iterator[str]:
    """Lists of so many rows each, which a browser passes over as long as nobody looks at them."""
    for start in range(0, len(rows), SHEAF):
        inner = "\n".join(map(write_row, rows[start : start + SHEAF]))
        yield f'<ul class="rows">{inner}</ul>'
