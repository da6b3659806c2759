# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which steps may be written at the same time (DESIGN law 5). Pure."""

from __future__ import annotations

import typing as t

from .._model import key
from .._planning.plan import NAME, PHASES, MemberStep

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .._planning.plan import Plan, Step

    AnyStep = t.Union[Step, MemberStep]
    # Steps with their numbers in the plan, the first being 1, that do not depend on each other.
    Wave = list[tuple[int, AnyStep]]


def waves(plan: Plan) -> Iterator[Wave]:
    """All steps of the plan, each wave to be begun when the one before it has ended.

    Phases follow each other. Within one, a name that a rename frees is taken only afterwards; the plan has them in such an order.
    """
    first = 1
    for phase in PHASES:
        steps = getattr(plan, phase)
        yield from _split(steps, first)
        first += len(steps)


def _split(steps: Sequence[AnyStep], first: int) -> list[Wave]:
    found: list[Wave] = []
    freed: dict[str, int] = {}
    for number, step in enumerate(steps, first):
        place = 0
        if not isinstance(step, MemberStep):
            place = freed.get(key(step.name), 0)
            if step.verb == "rename":
                freed[key(str(step.before.get(NAME[step.kind]) or ""))] = place + 1
        if place == len(found):
            found.append([])
        found[place].append((number, step))
    return found
