# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Puts pieces of a plan into bulk requests: as many as fit, with references to what the same request creates."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._errors import UntrustedAnswer
from .._model import key
from .._planning.plan import MemberStep, Ref
from .._wire.bulk import MARK, Basket, BulkIds, reference
from .breaker import SAME_CAUSE
from .pieces import KINDS, texts

if t.TYPE_CHECKING:
    import collections
    from collections.abc import Iterable

    from .._planning.plan import Plan
    from .._wire.bulk import BulkOperation
    from .._wire.bulk_service import BulkService
    from .bulk_terms import Terms
    from .pieces import Piece
    from .writer import Writer

    Made = dict[tuple[str, str], str]

TRIES = 3
"""How often a piece travels in bulk; after that it is written singly."""

FIRST = SAME_CAUSE
"""Operations in the first request: as many as it takes to see that all would fail."""

GROWTH = 5
"""So many times what went well may travel next: what a service refuses from now on is wasted, and so is little at first."""


@dataclass
class Load:
    """What goes off next: the pieces of one request with their operations, and those that are to be written singly after it."""

    pieces: list[Piece] = field(default_factory=list)
    operations: list[BulkOperation] = field(default_factory=list)
    aside: list[Piece] = field(default_factory=list)


class Packing:
    """Packs the requests of one run.

    `references` says whether the service is taken to understand bulkIds in place of ids. `nameless` has what was created, by kind and key
    of its name, without its id being known.
    """

    def __init__(self, service: BulkService, writer: Writer, terms: Terms, plan: Plan, nameless: set[tuple[str, str]]) -> None:
        self.references = True
        self.nameless = nameless
        self._service, self._writer, self._terms = service, writer, terms
        self._bulk_ids = BulkIds(texts(plan))
        self._ceiling = terms.operations
        # What the first takes, and how long, says how many the next ones may have.
        self._trusted = FIRST
        self._most = min(FIRST, terms.operations)
        self._expected: set[tuple[str, str]] = set()

    def expect(self, pieces: Iterable[Piece]) -> None:
        """What these create is on its way from now on."""
        self._expected.update(piece.creates for piece in pieces if piece.creates)

    def forget(self, piece: Piece) -> None:
        """It is known what became of the piece."""
        if piece.creates:
            self._expected.discard(piece.creates)

    def measure(self, seconds: float, count: int, done: int) -> None:
        """A request of so many operations took so long, and so many are done: the next ones are to stay within the time that they have.

        They grow with what goes well, and where most fails they become small again.
        """
        able = self._terms.seconds * count / seconds if seconds > 0 else self._ceiling
        self._trusted = max(self._trusted, GROWTH * done) if 2 * done >= count else FIRST
        self._most = max(1, min(self._ceiling, self._trusted, int(able)))

    def halve(self, count: int) -> bool:
        """A request of so many operations was too large; False where there is nothing to halve. It is remembered."""
        self._ceiling = self._most = max(1, count // 2)
        return count > 1

    def shrink(self, count: int) -> None:
        """A request of so many operations was perhaps too much; the next one has fewer."""
        self._most = max(1, min(self._most, count // 2))

    def needs_ids(self, piece: Piece) -> bool:
        """Whether it is about somebody whose id was not told."""
        return any(place in self.nameless for place, _ref in self._unknown(piece))

    def waits(self, piece: Piece) -> bool:
        """Whether it is about somebody of whom it is not known yet whether there will be one."""
        return any(place in self._expected for place, _ref in self._unknown(piece))

    def pack(self, waiting: collections.deque[Piece]) -> Load:
        """Takes the next pieces out of those that wait. There is at least one in the load, if any waits."""
        load, made = Load(), t.cast("Made", {})
        basket = Basket(self._most, self._terms.size)
        while waiting and not self._has_to_wait(waiting[0], made, load):
            piece = waiting[0]
            try:
                operation = self._operation(piece, made) if self._travels(piece) else None
                fits = operation is not None and basket.take(operation)
            except UntrustedAnswer:
                # An id that cannot be part of a path, or could be taken for a reference: what can be written of it, a single write can.
                operation, fits = None, False
            if operation is not None and not fits and basket.taken:
                break
            waiting.popleft()
            if operation is not None and fits:
                load.pieces.append(piece)
                made.update({piece.creates: operation.bulk_id} if piece.creates else {})
            else:
                load.aside.append(piece)
        load.operations = basket.taken
        return load

    def _travels(self, piece: Piece) -> bool:
        step = piece.part
        by_patch = isinstance(step, MemberStep) or step.verb not in ("create", "delete")
        return piece.tried < TRIES and (self._service.patches or not by_patch)

    def _has_to_wait(self, piece: Piece, made: Made, load: Load) -> bool:
        """Whether this load has to go before: it creates what the piece is about, and that can neither be referred to nor left out."""
        if not (load.pieces or load.aside):
            return False
        return any(
            place in self.nameless or (place in self._expected and not (place in made and self.references))
            for place, _ref in self._unknown(piece)
        )

    def _unknown(self, piece: Piece) -> list[tuple[tuple[str, str], Ref]]:
        """The users and groups that a piece is about and whose ids are not known, with kind and key of their names."""
        step = piece.part
        if not isinstance(step, MemberStep):
            return []
        refs = [("group", step.group), *(("user", ref) for ref in (*step.add, *step.remove))]
        return [((kind, key(ref.name)), ref) for kind, ref in refs if not self._writer.id_of(kind, ref)]

    def _operation(self, piece: Piece, made: Made) -> BulkOperation | None:
        """The operation for a piece; None where it needs a word about somebody who is not there, which a single write knows to say."""
        step, bulk_id = piece.part, self._bulk_ids.next()
        if isinstance(step, MemberStep):
            return self._member_operation(piece, step, made, bulk_id)
        kind = KINDS[step.kind]
        if step.verb == "create":
            return self._service.creation(kind, step.name, step.values, bulk_id)
        if step.verb == "delete":
            return self._service.deletion(kind, _safe(step.id), bulk_id)
        return self._service.change(kind, _safe(step.id), step.values, bulk_id)

    def _member_operation(self, piece: Piece, step: MemberStep, made: Made, bulk_id: str) -> BulkOperation | None:
        unknown = self._unknown(piece)
        if any(place not in made for place, _ref in unknown):
            return None
        piece.refers = tuple(ref for place, ref in unknown if place[0] == "user")
        add, remove = ([self._target("user", ref, made) for ref in refs] for refs in (step.add, step.remove))
        return self._service.member_change(self._target("group", step.group, made), add, remove, bulk_id)

    def _target(self, kind: str, ref: Ref, made: Made) -> str:
        return _safe(self._writer.id_of(kind, ref)) or reference(made[kind, key(ref.name)])


def _safe(id: str) -> str:
    """The same id. Raises UntrustedAnswer for one that a service could take for a reference, and so for somebody else."""
    if MARK.lower() in id.lower():
        raise UntrustedAnswer("the service tells an id that cannot be told from a reference within a bulk request", "POST Bulk")
    return id
