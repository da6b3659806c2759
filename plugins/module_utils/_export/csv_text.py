# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The users of a state document as CSV, each with its groups: always the same columns, so that Git shows only what changed. Pure."""

from __future__ import annotations

import re
import typing as t

from .._model import ATTRIBUTES

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Entry = Mapping[str, t.Any]

COLUMNS = ("user_name", *ATTRIBUTES, "groups")

_PLAIN = re.compile(r'[^ ,"<>|][^,"]*(?<! )|')
"""Cells that need no quotes. A row that begins like a conflict marker of Git would be taken for one."""

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_csv(users: Iterable[Entry], groups: Iterable[Entry] = ()) -> str:
    """The text of the file; of groups there is nothing in it but their names with the users."""
    del groups
    rows = [",".join(COLUMNS), *(",".join([_cell(user.get(name, "")) for name in COLUMNS]) for user in users)]
    return "\n".join(rows) + "\n"


def group_fault(name: str) -> str:
    """Why no cell can have this group among others, or an empty string."""
    if ";" in name:
        return "has a semicolon in its name, which separates groups in CSV; use YAML or JSON"
    return "is called [], which means no groups in CSV; use YAML or JSON" if name == "[]" else ""


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would calculate the cell instead of showing it, or a part, where semicolons separate cells (Europe)."""
    return any(part.startswith(_FORMULA) for part in text.split(";"))


def _cell(value: t.Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else ";".join(value) or "[]"
    return text if _PLAIN.fullmatch(text) else '"' + text.replace('"', '""') + '"'
