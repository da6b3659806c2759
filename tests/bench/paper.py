# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table: goal, measured, limit, pass. For a terminal and for Markdown."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Iterable

    from .verdict import Row

WIDTHS = (4, 26, 14, 10)
COLUMNS = ("goal", "measured", "limit", "pass", "what")


def heading() -> str:
    """The first line of the table in a terminal."""
    return _aligned(COLUMNS)


def line(row: Row) -> str:
    """One row of the table in a terminal; what was measured stands last, since it is long."""
    return _aligned((row.goal, row.measured, row.limit, row.verdict, row.what))


def markdown(rows: Iterable[Row]) -> list[str]:
    """The table in Markdown."""
    lines = ["| goal | what | measured | limit | pass |", "| --- | --- | --- | --- | --- |"]
    for row in rows:
        verdict = "yes" if row.passed else f"**{row.verdict}**"
        lines.append(f"| {row.goal} | {escaped(row.what)} | {escaped(row.measured)} | {escaped(row.limit)} | {verdict} |")
    return lines


def _aligned(cells: tuple[str, ...]) -> str:
    return "  ".join([*(f"{cell:{width}}" for cell, width in zip(cells, WIDTHS)), cells[-1]])


def escaped(text: str) -> str:
    """The text as Markdown shows it, also in a table."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;")
