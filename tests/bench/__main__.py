# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What "make bench" runs: the performance goals P1 to P9, measured, with a table, docs/benchmarks.md and plots.

python -m tests.bench                          all, some twenty minutes on two cores
python -m tests.bench --quick                  smaller tenants, a few minutes; writes no document
python -m tests.bench --only P3                one goal; may be given again; writes no document
python -m tests.bench --rounds 5               more rounds of the interleaved arms
"""

from __future__ import annotations

import argparse
import sys
import time
import typing as t

from . import document, paper
from .curves import take_points
from .goals import p1_reads, p2_writes, p3_pace, p4_throughput, p5_loops, p6_cpu, p7_memory, p8_input, p9_bulk
from .measure import ArmError
from .plots import draw
from .reasons import reasons
from .service import REPOSITORY
from .settings import Settings
from .verdict import broken

if t.TYPE_CHECKING:
    from .verdict import Row

GOALS: dict[str, t.Callable[[Settings], list[Row]]] = {
    "P1": p1_reads.measure,
    "P2": p2_writes.measure,
    "P3": p3_pace.measure,
    "P4": p4_throughput.measure,
    "P5": p5_loops.measure,
    "P6": p6_cpu.measure,
    "P7": p7_memory.measure,
    "P8": p8_input.measure,
    "P9": p9_bulk.measure,
}


def main() -> int:
    """Measure, print, and write the document where everything was measured; 0 if every goal is met."""
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=GOALS, help="only this goal")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the interleaved arms (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="smaller tenants")
    parser.add_argument("--plots", action="store_true", help="only the plots, from new measurements")
    asked = parser.parse_args()
    settings = Settings(max(asked.rounds, 1), asked.quick)
    began = time.monotonic()
    rows = [] if asked.plots else measure(asked.only or list(GOALS), settings)
    print(f"\n{time.monotonic() - began:.0f} seconds" + (f"; {document.QUICK}" if settings.quick else ""))
    if not (asked.only or settings.quick or asked.plots):
        document.write(rows, settings)
        print(f"written: {document.PAGE.relative_to(REPOSITORY)}; the plots take some minutes more", flush=True)
    if asked.plots or not (asked.only or settings.quick):
        draw(take_points(), document.IMAGES)
    missed = sum(row.missed for row in rows)
    if missed:
        print("\nmissed, and why:\n" + "\n".join(f"* {line}" for line in reasons(rows)))
    print(f"{sum(row.passed for row in rows)} of {len(rows)} met, {missed} missed")
    return 1 if missed else 0


def measure(names: list[str], settings: Settings) -> list[Row]:
    """The rows of these goals, printed as they come. A goal that cannot be measured is missed, and the others go on."""
    rows: list[Row] = []
    print(paper.heading())
    for name in names:
        try:
            found = GOALS[name](settings)
        except (ArmError, OSError, RuntimeError, ValueError) as error:
            found = [broken(name, str(error))]
        for row in found:
            print(paper.line(row), flush=True)
        rows += found
    return rows


if __name__ == "__main__":
    sys.exit(main())
