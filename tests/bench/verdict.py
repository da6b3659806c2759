# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Goal, measured, limit, pass: the rows of the table, and when a goal passes.

A count passes if it never exceeds its limit. A time passes if two of three rounds pass and no round is worse than
1.3 times the limit; what is shown of it is the median.
"""

from __future__ import annotations

import statistics
import typing as t
from dataclasses import dataclass, replace

if t.TYPE_CHECKING:
    from collections.abc import Sequence

NOISE = 1.3
PASS = "pass"
NOT_BUILT = "missed: not built"
UNJUDGED = "too small to judge"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    goal: str
    what: str
    measured: str
    limit: str
    verdict: str

    @property
    def passed(self) -> bool:
        """Whether the goal is met."""
        return self.verdict == PASS

    @property
    def missed(self) -> bool:
        """Whether it is not; what is too small to judge is neither."""
        return self.verdict not in (PASS, UNJUDGED)


def judge_count(goal: str, what: str, counts: Sequence[float], limit: float) -> Row:
    """A row for what is counted and has to be at most `limit`, every time."""
    worst = max(counts)
    return Row(goal, what, _shown(worst), f"<= {_shown(limit)}", PASS if worst <= limit else _missed(worst, limit))


def judge_time(goal: str, what: str, values: Sequence[float], limit: float, *, unit: str = "", least: bool = False) -> Row:
    """A row for what varies from round to round and has to be at most `limit`, or at least where `least` says so."""
    sign = ">=" if least else "<="
    # As a shortfall, greater is worse in both cases, and 1 is the limit.
    shortfalls = [limit / value if least else value / limit for value in values]
    good = sum(shortfall <= 1 for shortfall in shortfalls)
    passed = 3 * good >= 2 * len(values) and max(shortfalls) <= NOISE
    middle = statistics.median(values)
    spread = f" [{_shown(min(values))} to {_shown(max(values))}]" if len(values) > 1 else ""
    verdict = PASS
    if not passed:
        verdict = _missed(max(middle, limit), min(middle, limit)) if statistics.median(shortfalls) > 1 else "missed: one round by too much"
    return Row(goal, what, f"{_shown(middle)}{unit}{spread}", f"{sign} {_shown(limit)}{unit}", verdict)


def unjudged(rows: Sequence[Row]) -> list[Row]:
    """The same rows without a verdict: their limits hold for larger tenants than were measured."""
    return [replace(row, verdict=UNJUDGED) for row in rows]


def not_built(goal: str, what: str, limit: str) -> Row:
    """A row for what cannot be measured since it does not exist yet."""
    return Row(goal, what, "-", limit, NOT_BUILT)


def broken(goal: str, reason: str) -> Row:
    """A row for a goal whose measurement failed."""
    return Row(goal, "not measured: " + " ".join(reason.split())[-300:], "-", "-", "missed: not measured")


def _missed(worse: float, better: float) -> str:
    return f"missed by {100 * (worse / better - 1):.0f} %" if better else "missed"


def _shown(value: float) -> str:
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
