# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far the run is, line by line, for whoever follows the file. Never fails the run."""

from __future__ import annotations

import time
import typing as t

from .._errors import CollectionError
from .._planning.report import list_operations
from .._planning.saved import step_entries
from .output import LineFile, now
from .record import Record

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._planning.plan import Plan
    from .outcome import Outcome, StepResult
    from .waves import AnyStep

PAUSE = 0.5
"""Seconds between two lines at least, but for the first and the last of a phase."""


class ProgressFile(Record):
    """One JSON line at a time: the phase, and while writing how many changes are done, how many failed, how fast, how long it takes."""

    def __init__(self, path: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._warnings: list[str] = []
        self._monotonic = monotonic
        self._phase = ""
        self._done = self._failed = 0
        self._total: int | None = None
        self._since = self._told_at = 0.0
        self._behind = False
        self._file: LineFile | None = None
        try:
            self._file = LineFile("progress_path", path)
        except CollectionError as error:
            self._give_up(error)

    @property
    def warnings(self) -> list[str]:
        """Why the file tells no more, if so."""
        return self._warnings

    def enter(self, phase: str) -> None:
        """The first line of a phase, after the last of the one before."""
        self._turn(phase, None)

    def begin(self, plan: Plan) -> None:
        """The first line of the writing."""
        self._turn("writing", len(list_operations(plan)))

    def settle(self, number: int, step: AnyStep, result: StepResult) -> None:
        """One line, if the last is old enough."""
        del number
        self._done += sum(1 for _entry in step_entries(step))
        self._failed += len(result.failures)
        self._behind = True
        if self._monotonic() - self._told_at >= PAUSE:
            self._tell()

    def end(self, outcome: Outcome) -> None:
        """The last line of the writing."""
        del outcome
        if self._behind:
            self._tell()

    def close(self, told: Mapping[str, t.Any]) -> None:
        """Nothing more will be told."""
        del told
        self._turn("", None)

    def fail(self, reason: str) -> None:
        """Nothing more will be told."""
        del reason
        self._turn("", None)

    def _turn(self, phase: str, total: int | None) -> None:
        if self._behind:
            self._tell()
        self._phase, self._total = phase, total
        self._done = self._failed = 0
        self._since = self._monotonic()
        if phase:
            self._tell()
        elif self._file is not None:
            self._file.close()
            self._file = None

    def _tell(self) -> None:
        """One line; `rate` is changes a second since the phase began."""
        if self._file is None:
            return
        self._told_at, self._behind = self._monotonic(), False
        elapsed = self._told_at - self._since
        rate = self._done / elapsed if elapsed > 0 else 0.0
        left = round((self._total - self._done) / rate) if rate and self._total is not None else None
        counts = {"done": self._done, "total": self._total, "failed": self._failed, "rate": round(rate, 1), "seconds_left": left}
        try:
            self._file.write({"time": now(), "phase": self._phase, **counts})
        except CollectionError as error:
            self._file.close()
            self._give_up(error)

    def _give_up(self, error: CollectionError) -> None:
        self._file = None
        self._warnings.append(f"How far the run is cannot be told, and it went on without: {error}")
