# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs between two texts of a state file, in as many lines as people read. Pure."""

from __future__ import annotations

import typing as t

WHOLE = 100_000
"""Characters up to which both texts are shown as they are; Ansible itself shows no diff of a larger file."""

LINES = 1000
"""Lines that are shown of a larger one."""

_ITEM = "  - "
_OPENING = "    {"
_FRAME = frozenset(("", "users:", "groups:", "{", "}", '  "users": [', '  "groups": [', "  ],", "  ]", _OPENING, "    },", "    }"))
"""Lines that belong to no entry."""


def differing(before: str, after: str) -> tuple[str, str]:
    """Both texts, or of large ones only the lines that the other lacks, each below the first line of its entry."""
    if before == after:
        return "", ""
    if len(before) <= WHOLE and len(after) <= WHOLE:
        return before, after
    old, new = _entries(before), _entries(after)
    shown = (_cut(_lacking(old, new)), _cut(_lacking(new, old)))
    if shown[0] == shown[1]:
        return "(the same lines in another order)\n", ""
    return shown


def _entries(text: str) -> dict[str, dict[str, None]]:
    """The lines of each entry by its first one; those of a CSV file, and those before any entry, by the empty text."""
    found: dict[str, dict[str, None]] = {"": {}}
    entry = found[""]
    last = ""
    for line in text.splitlines():
        if line.startswith(_ITEM) or last == _OPENING:
            entry = found.setdefault(line, {})
        if line not in _FRAME:
            entry[line] = None
        last = line
    return found


def _lacking(ours: dict[str, dict[str, None]], theirs: dict[str, dict[str, None]]) -> list[str]:
    """Our lines that they lack, and the first line of each entry in which either lacks one."""
    lines: list[str] = []
    for head, entry in ours.items():
        other = theirs.get(head, {})
        if entry.keys() != other.keys():
            lines += [line for line in entry if line == head or line not in other]
    return lines


def _cut(lines: t.Sequence[str]) -> str:
    more = len(lines) - LINES
    kept = [*lines[:LINES], *([f"(and {more} more lines)"] if more > 0 else [])]
    return "".join(f"{line}\n" for line in kept)
