# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a measurement gives: rows of one table, and how much of the whole was measured."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass


class Row(t.NamedTuple):
    """One line. `passed` is None where what is to be measured is not there yet."""

    what: str
    measured: str
    limit: str
    passed: bool | None


@dataclass(frozen=True)
class Size:
    """How many cases are measured: all, or a share of them. All that is random comes from `seed`."""

    share: float = 1.0
    seed: int = 1

    @property
    def whole(self) -> bool:
        """Whether this is the goal as it was set, and no sample of it."""
        return self.share >= 1

    def of(self, cases: int, least: int = 1) -> int:
        """So many of these cases."""
        return min(cases, max(least, round(cases * self.share)))

    def pick(self, cases: t.Sequence[Case], least: int = 1) -> list[Case]:
        """Some of these cases, evenly spread."""
        count = self.of(len(cases), least)
        return [cases[number * len(cases) // count] for number in range(count)]


Case = t.TypeVar("Case")
Measure = t.Callable[[Size], t.Iterable[Row]]

QUICK = 0.1
HEADER = ("goal", "what", "measured", "limit", "pass")
VERDICTS = {True: "yes", False: "MISSED", None: "not built"}


def cells(goal: str, row: Row, size: Size) -> tuple[str, ...]:
    """A row as it is printed."""
    verdict = VERDICTS[row.passed]
    return (goal, row.what, row.measured, row.limit, verdict if size.whole else f"{verdict} (quick)")


def text(table: t.Sequence[tuple[str, ...]]) -> str:
    """The table for a terminal."""
    widths = [max(len(line[column]) for line in (HEADER, *table)) for column in range(len(HEADER))]
    lines = [HEADER, tuple("-" * width for width in widths), *table]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def markdown(table: t.Sequence[tuple[str, ...]]) -> str:
    """The table for a page."""
    lines = [HEADER, tuple("---" for _column in HEADER), *table]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def count(parts: t.Mapping[str, int]) -> str:
    """Numbers with their names, in one line."""
    return ", ".join(f"{number:,} {name}" for name, number in parts.items())
