# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run in bulk requests: what is on its way, what became of it, and what is written singly after all.

A bulk request whose answer is lost is never sent again blind: the tenant is listed and planned anew, and what is then no longer to do is
done (F4, F25). In which order a service works through a request does not matter: see C(stretches).
"""

from __future__ import annotations

import collections
import itertools
import typing as t

from .._errors import (
    Ambiguous,
    CollectionError,
    DeadlinePassed,
    ServiceError,
    Stopped,
    TransportError,
    Unauthorized,
    UntrustedAnswer,
)
from .._planning.plan import MemberStep
from .._surprises import UNFORESEEN, explain
from .breaker import SAME_CAUSE
from .bulk_packing import TRIES
from .outcome import StepResult
from .pieces import marks_of, still_to_do, without
from .writer import failures, unknown

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .._model import Directory
    from .._planning.plan import Plan
    from .._wire.bulk import BulkOperation
    from .._wire.bulk_answers import BulkAnswer
    from .._wire.bulk_service import BulkService
    from .bulk_packing import Packing
    from .carrier import Run
    from .crew import Crew
    from .judging import Judgement
    from .pieces import Piece
    from .writer import Writer

    LookAgain = Callable[[], tuple[Directory, Plan]]

LOOKS = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each look at what became of a request whose answer was lost: the service may still be at work on it."""

MORE_LOOKS = 60
"""So many more at most, as long as each shows that it is still at work: what it has yet to create would be created twice."""

LOST = 3
"""So many lost answers in a row, and the rest is written singly."""

FEW = 10
"""So many operations that an answer says nothing of are looked up singly; for more, the tenant is listed."""

FATAL = (Unauthorized, DeadlinePassed, Stopped)
"""What concerns every further write."""

NOT_TRIED = "not tried, because the run ended before"


class BulkRun:
    """Carries pieces of a plan: `packing` puts them into requests, `judgement` reads the answers, `run` is told what became of each step.

    `look_again` lists and plans anew; `crew` writes singly what has to be.
    """

    def __init__(
        self,
        service: BulkService,
        writer: Writer,
        packing: Packing,
        judgement: Judgement,
        look_again: LookAgain,
        run: Run,
        crew: Crew,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
    ) -> None:
        self._service, self._writer, self._packing, self._judgement = service, writer, packing, judgement
        self._look_again, self._run, self._crew = look_again, run, crew
        self._clock, self._sleep = clock, sleep
        self._refused = False
        self._lost = 0
        self._begun: set[int] = set()
        self._waiting: collections.deque[Piece] = collections.deque()
        self._postponed: list[Piece] = []
        """What cannot be written before it is known what became of somebody whom it is about."""
        self._results: dict[int, StepResult] = {}
        self._open: collections.Counter[int] = collections.Counter()

    def carry(self, stretch: list[Piece]) -> None:
        """Writes these pieces, in their order as far as it matters."""
        self._open.update(piece.number for piece in stretch)
        self._packing.expect(stretch)
        self._waiting.extend(stretch)
        try:
            while self._waiting and not self._ends():
                if self._refused:
                    rest = [*self._waiting]
                    self._waiting.clear()
                    self._write_singly(rest)
                else:
                    self._travel()
        except UNFORESEEN as error:
            self._break_off(stretch, str(explain(error, "the service")))
        for piece in stretch:
            if piece.number in self._results and not piece.settled:
                self._settle(piece, StepResult(failures=failures(piece.part, NOT_TRIED)))

    def _break_off(self, stretch: Sequence[Piece], reason: str) -> None:
        """End the run, and say of what was sent and has not come back that nobody knows."""
        waiting = {id(piece) for piece in (*self._waiting, *self._postponed)}
        for piece in stretch:
            if piece.tried and not piece.settled and id(piece) not in waiting:
                self._settle(piece, unknown(piece.part, reason))
        self._run.end(reason)

    def _ends(self) -> bool:
        """Whether the run has ended, or will once the step is over of which one piece met what concerns all."""
        return self._run.ended or any(result.stop or isinstance(result.error, FATAL) for result in self._results.values())

    def _travel(self) -> None:
        """One request, and the pieces that cannot be in any."""
        self._learn_ids(self._waiting[0])
        load = self._packing.pack(self._waiting)
        if load.pieces and self._begin(load.pieces):
            self._send(load.pieces, load.operations)
        self._write_singly(load.aside)

    def _begin(self, pieces: Sequence[Piece]) -> bool:
        """Record that these are about to be written; False where the run has ended, and nothing must be."""
        new = {piece.number: piece.step for piece in pieces if piece.number not in self._begun}
        begun = [number for number, _step in self._run.begun([*new.items()])]
        self._begun.update(begun)
        return len(begun) == len(new) and not self._run.ended

    def _send(self, pieces: Sequence[Piece], operations: Sequence[BulkOperation]) -> None:
        begin = self._clock()
        for piece in pieces:
            piece.tried += 1
        reason = "its answer is not one to a bulk request"
        try:
            answers = self._service.send_bulk(operations, self._judgement.known)
        except (Ambiguous, UntrustedAnswer) as error:
            answers, reason = None, str(error)
        except ServiceError as error:
            if isinstance(error, Unauthorized):
                self._fail(pieces, error)
            else:
                self._turn_back(pieces, error)
            return
        except TransportError as error:
            self._fail(pieces, error)
            return
        if answers is None:
            self._lost += 1
            self._find_out(pieces, reason)
        else:
            self._lost = 0
            self._packing.measure(self._clock() - begin, len(pieces), sum(answer.done for answer in answers))
            self._take(pieces, operations, answers)

    def _turn_back(self, pieces: Sequence[Piece], error: ServiceError) -> None:
        """The request was refused as such, so nothing of it was done: smaller ones, or none."""
        for piece in pieces:
            piece.tried -= 1
        self._waiting.extendleft(reversed(pieces))
        if not (error.status == 413 and self._packing.halve(len(pieces))):
            self._give_up(f"the service refuses it ({error.status} {error.detail})")

    def _give_up(self, why: str) -> None:
        self._refused = True
        self._run.warnings.append(
            f"What is to be written does not travel in bulk, but one by one, because {why}. bulk: never does not try."
        )

    def _fail(self, pieces: Sequence[Piece], error: TransportError) -> None:
        """Nothing was sent. Each piece counts as a write that failed, until that ends the run."""
        detail, status = (error.detail, error.status) if isinstance(error, ServiceError) else (str(error), 0)
        for piece in pieces:
            if self._run.ended:
                return
            self._settle(piece, StepResult(failures=failures(piece.part, detail, status, error.request), error=error))

    def _take(self, pieces: Sequence[Piece], operations: Sequence[BulkOperation], answers: Sequence[BulkAnswer]) -> None:
        """Settle what is clear, write again what a single write can mend, and find out about the rest."""
        told = [answer.status > 0 for answer in answers]
        unclear = [piece for piece, is_told in zip(pieces, told) if not is_told]
        self._judgement.check_ids(pieces, answers)
        answered = [one for one, is_told in zip(zip(pieces, operations, answers), told) if is_told or len(unclear) <= FEW]
        for _wave, some in itertools.groupby(answered, lambda one: one[0].wave):
            self._crew.carry(self._to_write_again([*some]), self._write, self._settle)
        if len(unclear) > FEW:
            self._find_out(unclear, "the service does not say what became of it")
        self._waiting.extend(self._postponed)
        self._postponed.clear()

    def _to_write_again(self, answered: Sequence[tuple[Piece, BulkOperation, BulkAnswer]]) -> Iterator[Piece]:
        if not self._judgement.has_understood(answered):
            self._packing.references = False
        for cause, some in itertools.groupby(answered, lambda one: one[2].cause):
            alike, vain = [*some], False
            # So many that fail for one reason end a run, so the first of them shows whether a single write fares better.
            shows = cause is not None and len(alike) >= SAME_CAUSE
            for piece, operation, answer in alike:
                result = self._judgement.result(piece, operation, answer, final=self._run.ended or vain)
                if result is not None:
                    self._settle(piece, result)
                elif self._packing.waits(piece):
                    self._postponed.append(piece)
                else:
                    self._learn_ids(piece)
                    if shows:
                        shows, vain = False, self._fails_too(piece, answer)
                    else:
                        yield piece

    def _fails_too(self, piece: Piece, answer: BulkAnswer) -> bool:
        """Write it singly; whether that fails as it did in bulk."""
        result = self._write(piece)
        self._settle(piece, result)
        error = result.error
        return error is not None and (error.status == answer.status if isinstance(error, ServiceError) else answer.status >= 500)

    def _find_out(self, pieces: Sequence[Piece], reason: str) -> None:
        """Look what became of these: what is no longer to do is done, the rest goes on."""
        try:
            directory, plan = self._look(pieces)
        except CollectionError as error:
            text = f"it is not known whether it was written ({reason}), for the tenant could not be listed anew: {error}"
            for piece in pieces:
                self._settle(piece, StepResult(failures=failures(piece.part, text), stop=text))
            return
        self._judgement.learn(directory, pieces)
        marks, rest = marks_of(plan), []
        for piece in pieces:
            left = still_to_do(piece, marks)
            if left is None:
                self._settle(piece, self._judgement.success(piece))
                continue
            if isinstance(left, MemberStep) and isinstance(piece.part, MemberStep):
                self._add(piece.number, self._judgement.success(piece, without(piece.part, left)))
                piece.part = left
            piece.perhaps = bool(piece.creates)
            # Where the listing is in doubt, a single write looks for itself.
            piece.tried = TRIES if directory.doubts else piece.tried
            rest.append(piece)
        self._waiting.extendleft(reversed(rest))
        self._packing.shrink(len(pieces))
        if self._lost >= LOST:
            self._give_up(f"the answers to {LOST} requests in a row were lost, the last one so: {reason}")

    def _look(self, pieces: Sequence[Piece]) -> tuple[Directory, Plan]:
        """The tenant and a plan of now, once nothing moves any more."""
        before = -1
        for look, pause in enumerate((*LOOKS, *itertools.repeat(LOOKS[-1], MORE_LOOKS)), 1):
            self._sleep(pause)
            directory, plan = self._look_again()
            marks = marks_of(plan)
            left = sum(1 for piece in pieces for mark in piece.marks if mark in marks)
            if left in (0, before) or (look >= len(LOOKS) and left > before >= 0):
                break
            before = left
        return directory, plan

    def _learn_ids(self, piece: Piece) -> None:
        """Lists the tenant, if the piece needs ids that the service did not tell; where that fails, the members concerned do."""
        if not self._packing.needs_ids(piece):
            return
        try:
            for pause in (0.0, *LOOKS):
                self._sleep(pause)
                if self._judgement.learn(self._look_again()[0]):
                    break
        except CollectionError as error:
            self._run.warnings.append(f"Ids of what was created could not be read: {error}")
        self._judgement.nameless.clear()

    def _write_singly(self, pieces: Iterable[Piece]) -> None:
        joined: dict[int, Piece] = {}
        for piece in pieces:
            # Two writes to one group at a time would be in each other's way.
            first = joined.setdefault(piece.number, piece)
            if first is not piece and isinstance(first.part, MemberStep) and isinstance(piece.part, MemberStep):
                first.join(piece)
                self._open[piece.number] -= 1
        for _wave, some in itertools.groupby(joined.values(), lambda piece: piece.wave):
            self._crew.carry(self._ready([*some]), self._write, self._settle)

    def _ready(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        for piece in pieces:
            self._learn_ids(piece)
            if self._waiting and self._packing.waits(piece):
                self._waiting.append(piece)
            elif self._begin([piece]):
                yield piece

    def _write(self, piece: Piece) -> StepResult:
        result = self._writer.write(piece.part, confirm=piece.tried > 0)
        # Found there after an answer that left it open: then it was this run that has made it (as after a lost answer to a single create).
        return self._judgement.success(piece) if piece.perhaps and result == StepResult() else result

    def _settle(self, piece: Piece, result: StepResult) -> None:
        self._packing.forget(piece)
        self._add(piece.number, result)
        piece.settled = True
        self._open[piece.number] -= 1
        if self._open[piece.number] <= 0:
            self._run.take((piece.number, piece.step), self._results.pop(piece.number))

    def _add(self, number: int, result: StepResult) -> None:
        whole = self._results.setdefault(number, StepResult())
        whole.done += result.done
        whole.failures += result.failures
        whole.error = whole.error or result.error
        whole.stop = whole.stop or result.stop
