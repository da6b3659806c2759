# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a run is: what is shown of it on the screen, and when. Numbers and phases only, never a name out of the directory. Pure."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass

QUIET = 3.0
"""Seconds after the first that is heard in which nothing is shown: a run that ends before needs no words."""

OFTEN, SELDOM, LATER = 10.0, 60.0, 120.0
"""Seconds between two lines: OFTEN until the run is LATER seconds old, then SELDOM."""

APART = 2.0
"""Seconds between two lines at least, also where a tenth of the work takes less."""

STALE = 15.0
"""Seconds after which a time that is left is no longer believed, because nothing was heard since."""

PHASES = ("reading", "planning", "writing", "verifying")
NARROW = 60
"""Columns that a bar needs; where there are fewer, there are words only."""

LONGEST_HOST = 30


@dataclass(frozen=True)
class Told:
    """One line of the file of C(progress_path). `total` is None where nobody knows how much there is to do."""

    phase: str
    done: int = 0
    total: int | None = None
    failed: int = 0
    rate: float = 0.0
    seconds_left: int | None = None

    @property
    def percent(self) -> int:
        """Whole percents; 100 only where all is done."""
        return min(100, self.done * 100 // self.total) if self.total else 0


class Teller(t.Protocol):
    """Hears of each line and says what is to be shown. `at` is seconds since the task began."""

    def hear(self, told: Told, at: float) -> None:
        """This is how far the run is now."""

    def tick(self, at: float) -> list[str]:
        """What is to be shown now, mostly nothing."""

    def finish(self, at: float) -> list[str]:
        """What is to be shown before the result of the task."""


def read_told(line: bytes) -> Told | None:
    """What a line of the file tells; None if it is none of ours, whatever it is."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    if not isinstance(value, dict) or value.get("phase") not in PHASES:
        return None
    total, left = value.get("total"), value.get("seconds_left")
    return Told(
        phase=value["phase"],
        done=int(_number(value.get("done"))),
        total=None if total is None else int(_number(total)),
        failed=int(_number(value.get("failed"))),
        rate=_number(value.get("rate")),
        seconds_left=None if left is None else int(_number(left)),
    )


def _number(value: object) -> float:
    """A number that makes sense here, or 0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return 0.0
    return float(value) if 0 <= value < 1e12 else 0.0


def duration(seconds: float) -> str:
    """A time for people: C(42 s), C(3 min 5 s), C(1 h 20 min)."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def plain_host(name: object) -> str:
    """The name of a host as it fits into a line; nothing in it can move the cursor."""
    text = "".join(one if one.isprintable() else "?" for one in str(name))
    return text if len(text) <= LONGEST_HOST else f"{text[: LONGEST_HOST - 3]}..."


class _Ear:
    """What both forms keep: the latest, and since when."""

    def __init__(self, host: object) -> None:
        self._host = plain_host(host)
        self._latest: Told | None = None
        self._speak_from = self._phase_since = self._heard_at = 0.0

    def hear(self, told: Told, at: float) -> None:
        """See Teller."""
        if self._latest is None:
            self._speak_from = at + QUIET
        if self._latest is None or self._latest.phase != told.phase:
            self._phase_since = at
        self._latest, self._heard_at = told, at

    def _uncounted(self, told: Told, at: float) -> str:
        """What is said of a phase of which nobody knows how much there is to do."""
        since = at - self._phase_since
        return f"{told.phase}, {duration(since)} so far" if since >= 1 else told.phase

    def _ending(self, told: Told, at: float) -> str:
        """The end of the sentence: how fast, how long it will take, or how long nothing was heard."""
        parts = [f"{told.rate:.1f} a second"] if told.rate else []
        if told.failed:
            parts.append(f"{told.failed} failed")
        if told.total and told.done >= told.total:
            return "".join(f", {part}" for part in parts)
        if at - self._heard_at > STALE:
            parts.append(f"nothing new for {duration(at - self._heard_at)}")
        elif told.seconds_left is not None:
            parts.append(f"{duration(told.seconds_left)} left")
        return "".join(f", {part}" for part in parts)


class Lines(_Ear):
    """Plain lines, for logs: one at each phase, at each tenth, and every ten seconds, later every minute."""

    def __init__(self, host: object) -> None:
        super().__init__(host)
        self._said: Told | None = None
        self._said_at = 0.0
        self._owed: list[str] = []

    def hear(self, told: Told, at: float) -> None:
        """See Teller. The last word on a phase is owed, if the phase was spoken of."""
        before = self._latest
        if self._said is not None and before is not None and before.phase != told.phase:
            self._owed += self._last_word(at)
        super().hear(told, at)

    def tick(self, at: float) -> list[str]:
        """See Teller."""
        told = self._latest
        if told is None or at < self._speak_from or not self._is_due(told, at):
            return []
        owed, self._owed = self._owed, []
        self._said, self._said_at = told, at
        return [*owed, self._sentence(told, at)]

    def finish(self, at: float) -> list[str]:
        """See Teller."""
        return [*self._owed, *self._last_word(at)] if self._said is not None else []

    def _is_due(self, told: Told, at: float) -> bool:
        if self._said is None or self._said.phase != told.phase:
            return True
        since = at - self._said_at
        return since >= (OFTEN if at < LATER else SELDOM) or (since >= APART and told.percent // 10 > self._said.percent // 10)

    def _last_word(self, at: float) -> list[str]:
        told = self._latest
        return [self._sentence(told, at)] if told is not None and told.total and told is not self._said else []

    def _sentence(self, told: Told, at: float) -> str:
        if told.total is None:
            return f"[{self._host}] {self._uncounted(told, at)}"
        return f"[{self._host}] {told.phase}: {told.done} of {told.total} done ({told.percent} %){self._ending(told, at)}"


class Bar(_Ear):
    """One line on a terminal that is drawn again and again, in plain letters, without colours, and is wiped out at the end."""

    def __init__(self, host: object, columns: int) -> None:
        super().__init__(host)
        self._columns = max(columns - 1, 1)
        self._drawn = ""

    def tick(self, at: float) -> list[str]:
        """See Teller. A carriage return leads back to the beginning; spaces cover what was longer before."""
        told = self._latest
        if told is None or at < self._speak_from:
            return []
        line = self._line(told, at)[: self._columns]
        if line == self._drawn:
            return []
        cover = " " * (len(self._drawn) - len(line))
        self._drawn = line
        return [f"\r{line}{cover}"]

    def finish(self, at: float) -> list[str]:
        """See Teller. The line belongs to the result now."""
        del at
        drawn, self._drawn = self._drawn, ""
        return [f"\r{' ' * len(drawn)}\r"] if drawn else []

    def _line(self, told: Told, at: float) -> str:
        if told.total is None:
            return f"{self._host} {self._uncounted(told, at)}"
        counts = f"{told.percent:3d} % {told.done}/{told.total}{self._ending(told, at)}"
        room = min(30, self._columns - len(self._host) - len(told.phase) - len(counts) - 5)
        if self._columns < NARROW or room < 10:
            return f"{self._host} {told.phase} {counts}"
        full = room * told.done // told.total if told.total else room
        return f"{self._host} {told.phase} [{'#' * min(full, room):-<{room}}] {counts}"
