# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the answer to one operation of a bulk request means for its piece of the plan, and how far ids in it are believed."""

from __future__ import annotations

import typing as t

from .._errors import CollectionError, ServiceError, Unauthorized
from .._model import key
from .._planning.plan import MemberStep
from .._planning.report import member_operations, step_operation
from .outcome import StepResult
from .pieces import KINDS
from .writer import failures

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .._model import Directory
    from .._wire.bulk import BulkOperation
    from .._wire.bulk_answers import BulkAnswer
    from .._wire.bulk_service import BulkService
    from .pieces import Piece
    from .waves import AnyStep
    from .writer import Writer

    Answered = tuple[Piece, BulkOperation, BulkAnswer]

FINAL = (401, 403)
"""What a single write would be told too, and could do nothing about."""


class Judgement:
    """Judges the answers of one run. `known` has kind and id of all that is there.

    `nameless` has what was created, by kind and key of its name, without its id being known: not told, or not to be believed.
    """

    def __init__(self, service: BulkService, writer: Writer, known: set[tuple[str, str]]) -> None:
        self.known = known
        self.nameless: set[tuple[str, str]] = set()
        self._service, self._writer = service, writer
        self._kinds_checked: set[str] = set()
        self._references_checked = False
        self._believed = self._understood = True

    def check_ids(self, pieces: Sequence[Piece], answers: Sequence[BulkAnswer]) -> None:
        """Looks, once in a run, whether ids that were told are really those of that name: members are added by such ids.

        The first and the last of each kind, so that answers in another order, or pushed on by one, are seen.
        """
        told: dict[str, list[tuple[Piece, str]]] = {}
        for piece, answer in zip(pieces, answers):
            if piece.creates and answer.done and answer.id:
                told.setdefault(piece.creates[0], []).append((piece, answer.id))
        for kind in sorted(told.keys() - self._kinds_checked):
            for piece, id in {one[1]: one for one in (told[kind][0], told[kind][-1])}.values():
                self._check_id(kind, piece, id)

    def _check_id(self, kind: str, piece: Piece, id: str) -> None:
        try:
            name = self._service.name_of(KINDS[kind], id)
        except CollectionError:
            return
        if name:
            self._kinds_checked.add(kind)
            self._believed = self._believed and (kind, key(name)) == piece.creates

    def has_understood(self, answered: Iterable[Answered]) -> bool:
        """Whether the service puts ids in place of references: looked at once in a run, in a group whose members it shows."""
        for piece, _operation, answer in answered if not self._references_checked else ():
            step = piece.part
            if not (answer.done and piece.refers and isinstance(step, MemberStep)):
                continue
            group, wanted = self._writer.id_of("group", step.group), {self._writer.id_of("user", ref) for ref in piece.refers}
            shown = self._members(group) if group and "" not in wanted else None
            if shown is not None:
                self._references_checked = True
                self._understood = wanted <= shown
                break
        return self._understood

    def _members(self, group: str) -> set[str] | None:
        try:
            return self._service.shown_members(group)
        except CollectionError:
            return None

    def result(self, piece: Piece, operation: BulkOperation, answer: BulkAnswer, *, final: bool) -> StepResult | None:
        """What became of a piece; None where it is to be written singly, which is never if that is `final`."""
        if answer.done or (operation.method == "DELETE" and answer.status == 404):
            self._note_id(piece, answer)
            return None if piece.refers and not (self._understood or final) else self.success(piece)
        if answer.status in FINAL or final:
            return self._failure(piece, operation, answer)
        piece.perhaps = piece.perhaps or (bool(piece.creates) and (not answer.status or answer.status >= 500))
        return None

    def success(self, piece: Piece, part: AnyStep | None = None) -> StepResult:
        """The piece, or a part of it, as done."""
        step = part or piece.part
        return StepResult([*member_operations(step)] if isinstance(step, MemberStep) else [step_operation(step)])

    def learn(self, directory: Directory, pieces: Iterable[Piece] = ()) -> bool:
        """Takes the ids of what was created without a known id, and of what these pieces create, from a listing; whether it has all."""
        wanted = self.nameless | {piece.creates for piece in pieces if piece.creates}
        found: dict[tuple[str, str], set[str]] = {}
        for kind, live in (("user", directory.users), ("group", directory.groups)):
            for one in live:
                place = (kind, key(one[1]))
                if place in wanted:
                    found.setdefault(place, set()).add(one[0])
        # Where two have the same name, nobody knows which one it is.
        self._writer.ids.update({place: next(iter(ids)) for place, ids in found.items() if len(ids) == 1})
        self.nameless.difference_update(found)
        self.known.update((KINDS[place[0]], id) for place, ids in found.items() for id in ids)
        return not self.nameless

    def _note_id(self, piece: Piece, answer: BulkAnswer) -> None:
        step = piece.part
        if isinstance(step, MemberStep) or step.verb == "delete":
            return
        place = (step.kind, key(step.name))
        found = (answer.id if self._believed else "") if piece.creates else step.id
        if found:
            self._writer.ids[place] = found
            self.known.add((KINDS[step.kind], found))
        else:
            self.nameless.add(place)

    def _failure(self, piece: Piece, operation: BulkOperation, answer: BulkAnswer) -> StepResult:
        request = f"POST Bulk ({operation.method} {operation.kind})"
        detail = answer.detail or "(no detail)" if answer.status else "the service does not say what became of it"
        kind = Unauthorized if answer.status == 401 else ServiceError
        error = kind(answer.status, detail, request, answer.code)
        return StepResult(failures=failures(piece.part, detail, answer.status, request), error=error)
