# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many requests a second a service takes, as far as its refusals tell. Pure: the time comes as an argument.

Down at once and by a factor when it refuses, up again slowly and by a sum; the first refusal only says "too many", the next ones also
how many were taken in between, which is the true rate of everything that fills a bucket or counts in windows.
"""

from __future__ import annotations

import typing as t

SHARE = 0.97
"""How much of the allowed rate is used: the rest keeps a late thread from making six requests fall into one second of five."""

FIRST_CUT = 0.7
"""What is left of a rate that was refused, where nothing tells by how much it is too high."""

DEEPEST_CUT, SHALLOWEST_CUT = 0.5, 0.9

CAUTION = 0.95
"""The part of a rate that was found out which is used then."""

LEAST = 0.05
"""The part of the configured rate below which it is never cut: whoever refuses even that asks for pauses."""

MEMORY = 90.0
"""Seconds for which a refusal says something about the next one."""

STEADY = 200.0
"""Seconds in which the rate that was found grows by its own size."""

CALM, RETURN = 40.0, 60.0
"""After so many seconds without a refusal the rate grows faster, and in so many more it is the configured one again."""


class State(t.NamedTuple):
    """What all share, times in seconds of the monotonic clock.

    The next free slot, the end of the pause, the rate at the last refusal (0 = never refused), when that was, and how many requests
    the service took since.
    """

    slot: float = 0.0
    pause: float = 0.0
    found: float = 0.0
    since: float = 0.0
    taken: float = 0.0


def allowed(state: State, most: float, now: float) -> float:
    """Requests a second that may go out now; never more than `most`, the configured rate."""
    if not state.found:
        return most
    age = max(0.0, now - state.since)
    return min(most, state.found * (1 + age / STEADY) + most * (max(0.0, age - CALM) / RETURN) ** 3)


def refused(state: State, most: float, now: float, sent: float) -> State:
    """The state after a refusal for which the rate may be the reason: a request that went out at `sent`.

    All refusals of requests that went out before the last cut are one with it. Where nothing was taken since, the service is not
    too slow but closed, and a pause is the answer.
    """
    if most <= 0 or sent <= state.since:
        return state
    rate, known = allowed(state, most, now), bool(state.found) and now - state.since < MEMORY
    if known and not state.taken:
        return state._replace(found=rate, since=now)
    cut = FIRST_CUT * rate
    if known:
        taken = CAUTION * state.taken / SHARE / (now - state.since)
        cut = max(DEEPEST_CUT * rate, min(SHALLOWEST_CUT * rate, taken))
    return state._replace(found=max(cut, LEAST * most), since=now, taken=0.0)
