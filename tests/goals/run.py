# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the measurements one after the other, so that none slows another down, and writes the table."""

from __future__ import annotations

import datetime
import platform
import sys
import time
import traceback
import typing as t
from types import ModuleType

from . import (
    r01_mass_removal,
    r02_exactly_once,
    r03_chaos,
    r04_crash,
    r05_doubtful_listing,
    r06_rate,
    r07_bounded_retry,
    r08_idempotence,
    r09_check_mode,
    r10_no_secret,
    r11_one_origin,
    r12_bad_objects,
    r13_field_ownership,
    r14_bad_input,
    r15_verified_writes,
)
from .table import QUICK, Row, Size, cells, markdown, text

if t.TYPE_CHECKING:
    from pathlib import Path

GOALS: dict[str, ModuleType] = {
    "R1": r01_mass_removal,
    "R2": r02_exactly_once,
    "R3": r03_chaos,
    "R4": r04_crash,
    "R5": r05_doubtful_listing,
    "R6": r06_rate,
    "R7": r07_bounded_retry,
    "R8": r08_idempotence,
    "R9": r09_check_mode,
    "R10": r10_no_secret,
    "R11": r11_one_origin,
    "R12": r12_bad_objects,
    "R13": r13_field_ownership,
    "R14": r14_bad_input,
    "R15": r15_verified_writes,
}


def run(only: t.Sequence[str], *, quick: bool, seed: int, page: Path) -> int:
    """Print the table of these goals, or of all; 1 if one is missed. The page is written when all of everything was measured."""
    wanted = [goal.upper() for goal in only] or list(GOALS)
    unknown = [goal for goal in wanted if goal not in GOALS]
    if unknown:
        print(f"there is no goal {', '.join(unknown)}; there are {', '.join(GOALS)}", file=sys.stderr)
        return 2
    size = Size(QUICK if quick else 1.0, seed)
    lines: list[tuple[str, ...]] = []
    missed = 0
    for goal in wanted:
        began = time.monotonic()
        rows = measured(GOALS[goal], size)
        missed += sum(row.passed is False for row in rows)
        table = [cells(goal, row, size) for row in rows]
        lines += table
        print(f"{text(table)}\n{goal}: {time.monotonic() - began:.0f} s\n", file=sys.stderr, flush=True)
    print(text(lines))
    if size.whole and not only:
        page.parent.mkdir(exist_ok=True)
        page.write_text(described(lines, seed), encoding="utf-8")
    return 1 if missed else 0


def measured(goal: ModuleType, size: Size) -> list[Row]:
    """The rows of one goal. A measurement that breaks is a goal that is missed."""
    rows: list[Row] = []
    try:
        rows.extend(goal.measure(size))
    except Exception as error:  # noqa: BLE001 - whatever it is, the other goals are measured
        traceback.print_exc()
        rows.append(Row("the measurement itself", f"{type(error).__name__}: {error}"[:200], "", False))
    return rows


def described(lines: t.Sequence[tuple[str, ...]], seed: int) -> str:
    """The page with the table, and how each number came about."""
    today = datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat()
    how = "\n".join(f"* **{goal}** {sentence(module)} {module.HOW}" for goal, module in GOALS.items())
    return (
        "# Reliability\n\n"
        f"Measured on {today} with seed {seed} and Python {platform.python_version()} by `make goals`, which writes this page.\n"
        "All of it runs against the sandbox (`tests/sandbox`) over real sockets: the real modules, faults drawn from seeds, and a journal\n"
        "of every request and every change of state, with which the results are compared. No real service was asked.\n\n"
        f"{markdown(lines)}\n\n"
        "## What is measured, and how\n\n"
        f"{how}\n"
    )


def sentence(module: ModuleType) -> str:
    """What the goal is, from the first line of its file."""
    return str(module.__doc__).strip().partition("\n")[0].partition(": ")[2].capitalize()
