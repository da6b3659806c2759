# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan cut for bulk requests: what may travel together, in which order, and what of it is still to do afterwards. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .._model import key
from .._planning.plan import PHASES, MemberStep, Ref
from .waves import waves

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from .._planning.plan import Plan
    from .waves import AnyStep

APART = frozenset({"remove_members", "retire_users", "delete_groups"})
"""Phases that take something away: they never share a request with what comes before, in whatever order a service works (law 5)."""

KINDS = {"user": "Users", "group": "Groups"}

Mark = tuple[str, str, str]
"""By what a write is recognised in a plan that was made later: the phase, or the verb for a membership, and whom it concerns."""


@dataclass
class Piece:
    """What one operation carries of one step: a whole user or group, or as many members as one request may change.

    `number` is the step's in the plan, `wave` that of what may be written at the same time. `tried` says how often it was sent, `refers`
    to whom it last did by reference. `perhaps` says that an answer left open whether it was carried out.
    """

    number: int
    step: AnyStep
    part: AnyStep
    phase: str
    wave: int
    tried: int = 0
    refers: tuple[Ref, ...] = ()
    perhaps: bool = False
    settled: bool = False

    @property
    def creates(self) -> tuple[str, str] | None:
        """Kind and key of the name of what comes to be by it."""
        step = self.part
        return None if isinstance(step, MemberStep) or step.verb != "create" else (step.kind, key(step.name))

    @property
    def marks(self) -> Iterator[Mark]:
        """All by which it could be found in a plan."""
        return _marks(self.phase, self.part)

    def join(self, other: Piece) -> None:
        """Takes over the members of another piece of the same step, which is then settled with this one."""
        if isinstance(self.part, MemberStep) and isinstance(other.part, MemberStep):
            self.part = replace(self.part, add=(*self.part.add, *other.part.add), remove=(*self.part.remove, *other.part.remove))
            self.tried = max(self.tried, other.tried)
            other.settled = True


def stretches(plan: Plan, size: int) -> Iterator[list[Piece]]:
    """The plan as lists of pieces, each list to be begun when the one before it has ended; `size` is how many members a piece has.

    Within a list the order is the plan's. A name that is freed by a rename is taken in a later list.
    """
    phases = dict(enumerate(_phase_by_step(plan), 1))
    found: list[Piece] = []
    last = ""
    for place, wave in enumerate(waves(plan)):
        phase = phases[wave[0][0]]
        if found and (phase == last or phase in APART):
            yield found
            found = []
        last = phase
        found += [Piece(number, step, part, phase, place) for number, step in wave for part in _parts(step, size)]
    if found:
        yield found


def count_pieces(plan: Plan, size: int) -> int:
    """How many writes a plan comes to."""
    return sum(len(stretch) for stretch in stretches(plan, size))


def texts(plan: Plan) -> Iterator[str]:
    """Every name and value that the plan writes."""
    for step in plan.object_steps():
        yield step.name
        yield from (value for value in step.values.values() if isinstance(value, str))


def marks_of(plan: Plan) -> set[Mark]:
    """Everything that a plan would write, and what it says cannot be written."""
    marks = {mark for phase in PHASES for step in getattr(plan, phase) for mark in _marks(phase, step)}
    for failure in plan.failures:
        if failure.kind == "membership":
            marks.add((failure.verb, key(failure.group), key(failure.name)))
        else:
            marks.update((phase, failure.kind, f"name {key(failure.name)}") for phase in PHASES)
    return marks


def still_to_do(piece: Piece, marks: set[Mark]) -> AnyStep | None:
    """What of a piece a later plan would write too; None if nothing, so that it is done."""
    part = piece.part
    if not isinstance(part, MemberStep):
        return part if not marks.isdisjoint(piece.marks) else None
    add = tuple(ref for ref in part.add if _member_mark("add", part, ref) in marks)
    remove = tuple(ref for ref in part.remove if _member_mark("remove", part, ref) in marks)
    return replace(part, add=add, remove=remove) if add or remove else None


def without(part: MemberStep, rest: MemberStep) -> MemberStep:
    """The members of a part that are not in the rest."""
    add, remove = set(rest.add), set(rest.remove)
    return replace(
        part, add=tuple(ref for ref in part.add if ref not in add), remove=tuple(ref for ref in part.remove if ref not in remove)
    )


def _phase_by_step(plan: Plan) -> Iterator[str]:
    for phase in PHASES:
        yield from [phase] * len(getattr(plan, phase))


def _parts(step: AnyStep, size: int) -> Iterator[AnyStep]:
    if not isinstance(step, MemberStep):
        yield step
        return
    changes = [("add", ref) for ref in step.add] + [("remove", ref) for ref in step.remove]
    for first in range(0, max(1, len(changes)), size):
        some = changes[first : first + size]
        yield replace(step, add=tuple(ref for verb, ref in some if verb == "add"), remove=tuple(ref for verb, ref in some if verb != "add"))


def _marks(phase: str, step: AnyStep) -> Iterator[Mark]:
    if isinstance(step, MemberStep):
        yield from (_member_mark("add", step, ref) for ref in step.add)
        yield from (_member_mark("remove", step, ref) for ref in step.remove)
    else:
        yield phase, step.kind, f"name {key(step.name)}"
        if step.id:
            yield phase, step.kind, f"id {step.id}"


def _member_mark(verb: str, step: MemberStep, ref: Ref) -> Mark:
    return verb, key(step.group.name), key(ref.name)
