# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arms taken in turns: what disturbs the machine for a while then disturbs all of them, and the ratios stay."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = t.TypeVar("T")


def interleave(arms: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """What each arm gave in each round: one after the other, and every second round the other way round."""
    taken: dict[str, list[T]] = {name: [] for name in arms}
    for number in range(rounds):
        for name in list(arms) if number % 2 == 0 else reversed(list(arms)):
            taken[name].append(arms[name]())
    return taken


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """The ratio of two arms in each round. Raises ValueError if one has more rounds than the other."""
    if len(above) != len(below):
        raise ValueError(f"one arm has {len(above)} rounds and the other {len(below)}")
    return [one / other if other > 0 else float("inf") for one, other in zip(above, below)]
