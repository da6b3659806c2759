# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out a plan: phase by phase, one bad object not stopping the others (DESIGN laws 5 and 6)."""

from __future__ import annotations

import typing as t

from .._errors import CollectionError, Stopped
from .._planning.plan import PHASES, MemberStep
from .._planning.report import member_operations
from .._surprises import UNFORESEEN, explain
from .breaker import Breaker
from .crew import Crew
from .halt import Halt
from .outcome import Outcome
from .record import Record
from .waves import waves

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .._planning.plan import Plan
    from .._planning.report import Operation
    from .outcome import StepResult
    from .waves import AnyStep, Wave
    from .writer import Writer


WARY = 8
"""Writes under way at most while a run may have to end soon: those would be wasted besides (R12)."""


class Carrier:
    """One run of one plan. `wanted` says how many writes may be under way at a time; whatever that is, results are in the plan's order."""

    def __init__(
        self,
        writer: Writer,
        *,
        wanted: Callable[[], int] = lambda: 1,
        stop_on_error: bool = False,
        record: Record | None = None,
        halt: Halt | None = None,
    ) -> None:
        self._writer = writer
        self._wanted = wanted
        self._stop_on_error = stop_on_error
        self._record = record or Record()
        self._halt = halt or Halt()

    def carry_out(self, plan: Plan) -> Outcome:
        """Write every step of the plan; failures are collected, and only what would fail for all ends the run."""
        breaker = Breaker(_length(plan), stop_on_error=self._stop_on_error)
        run = Run(self._writer, self._record, self._halt, breaker)
        self._record.begin(plan)
        crew = Crew(lambda: min(self._wanted(), WARY) if breaker.wary else self._wanted())
        try:
            self._carry(plan, run, crew)
        except UNFORESEEN as error:
            # What was done has to be told, whatever broke.
            run.end(str(explain(error, "the service")))
        finally:
            crew.close()
        outcome = run.outcome(_length(plan))
        self._record.end(outcome)
        return outcome

    def _carry(self, plan: Plan, run: Run, crew: Crew) -> None:
        """Write the steps of the plan one by one, those of one wave at the same time."""
        for wave in waves(plan):
            crew.carry(run.begun(wave), lambda numbered: self._writer.write(numbered[1]), run.take)


class Run:
    """What is known so far. Used by the thread that hands out the work, and by no other."""

    def __init__(self, writer: Writer, record: Record, halt: Halt, breaker: Breaker) -> None:
        self._writer, self._record, self._halt, self._breaker = writer, record, halt, breaker
        self._results: dict[int, StepResult] = {}
        self._stopped = ""
        self.warnings: list[str] = []

    @property
    def ended(self) -> bool:
        """Whether nothing more may be begun."""
        return bool(self._stopped or self._halt.reason)

    def end(self, reason: str) -> None:
        """Nothing more may be begun; the first reason stands."""
        self._stopped = self._stopped or reason

    def begun(self, wave: Wave) -> Iterator[tuple[int, AnyStep]]:
        """The steps of a wave, each recorded just before it is written, until the run has to end."""
        for number, step in wave:
            if self.ended:
                return
            try:
                self._record.intend(number, step)
            except CollectionError as error:
                self.end(str(error))
                return
            yield number, step

    def take(self, numbered: tuple[int, AnyStep], result: StepResult) -> None:
        """Note what became of a step."""
        number, step = numbered
        result.done = _in_order(step, result.done)
        self._results[number] = result
        reason = self._breaker.note(result)
        try:
            self._record.settle(number, step, result)
        except CollectionError as error:
            reason = reason or str(error)
        self.end(reason)

    def outcome(self, steps: int) -> Outcome:
        """The results put together in the order of the plan."""
        ended = self._stopped or (self._halt.reason if len(self._results) < steps else "")
        if ended and any(isinstance(result.error, Stopped) for result in self._results.values()):
            # Why it was not sent is known better here than there.
            ended = self._halt.reason or ended
        outcome = Outcome(ids=self._writer.ids, stopped=ended, left=steps - len(self._results), warnings=self.warnings)
        for number in sorted(self._results):
            outcome.done += self._results[number].done
            outcome.failures += self._results[number].failures
        return outcome


def _in_order(step: AnyStep, done: list[Operation]) -> list[Operation]:
    """What was done of a step, in the order in which check mode tells it, whichever part of it came first."""
    if not isinstance(step, MemberStep):
        return done
    places = {(one["verb"], one["name"]): place for place, one in enumerate(member_operations(step))}
    return sorted(done, key=lambda one: places[one["verb"], one["name"]])


def _length(plan: Plan) -> int:
    return sum(len(getattr(plan, phase)) for phase in PHASES)
