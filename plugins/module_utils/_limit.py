# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much one run may remove (DESIGN law 4), and the words for more than that. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ._errors import Refusal
from ._model import shown
from ._wording import cut_list

if t.TYPE_CHECKING:
    from collections.abc import Sequence

LIFTED = "Over the removal limit, and allowed by allow_removals_over_limit: "
"""How a warning begins that the brake would have been a refusal."""

VICTIMS = 20
"""How many of those who would be removed a message names."""


@dataclass(frozen=True)
class Limit:
    """The removal limit: `percent` of those in scope, but at least `floor` and at most `count` objects."""

    percent: float = 5.0
    count: int = 500
    floor: int = 5

    def allowed(self, base: int) -> float:
        """How many of `base` objects one run may remove; more than that trips the brake (DESIGN law 4)."""
        return min(max(base * self.percent / 100.0, self.floor), self.count)


class Overrun(t.NamedTuple):
    """One count of removals that is over its limit; `of` is the number that the percentage was taken of."""

    what: str
    removals: int
    of: int
    allowed: float
    victims: tuple[str, ...]

    def __str__(self) -> str:
        names = cut_list(list(map(shown, self.victims)), len(self.victims), self.removals)
        return f"{shown(self.what)}: {self.removals} of {self.of} would be removed, {int(self.allowed)} are allowed: {names}"


def over(what: str, names: Sequence[str], base: int, limit: Limit, victims: int = VICTIMS) -> list[Overrun]:
    """One overrun, or none: `names` of `base` objects are to be removed, `victims` of them are named."""
    removals = len(names)
    allowed = limit.allowed(base)
    return [Overrun(what, removals, base, allowed, tuple(names[:victims]))] if removals > allowed else []


def refuse(overruns: Sequence[Overrun], limit: Limit, *, allow: bool, note: str = "") -> tuple[str, ...]:
    """Raise Refusal if there are any; with `allow` they are returned as warnings instead."""
    if not overruns:
        return ()
    if allow:
        return tuple(f"{LIFTED}{overrun}" for overrun in overruns)
    lines = ["Refused by the removal brake; this task wrote nothing."]
    lines += [f"- {overrun}" for overrun in overruns]
    lines += [note] if note else []
    lines.append(
        f"The limit (removal_limit) is {limit.percent:g} percent of those in scope, at least {limit.floor} and at most {limit.count}. "
        "Look first whether the source is complete. If all this is meant, run once with allow_removals_over_limit=true."
    )
    raise Refusal("\n".join(lines), brake=[overrun._asdict() for overrun in overruns])
