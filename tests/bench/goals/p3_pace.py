# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""P3: how much of an allowed rate is used, with no request too many.

The three latencies run one after the other, each with a service and a budget of its own.
"""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass

from ..collection import converge
from ..rounds import interleave
from ..service import Service
from ..verdict import judge_count, judge_time, unjudged
from ..world import state_file

if t.TYPE_CHECKING:
    from ..settings import Settings
    from ..verdict import Row

RATE = 50
LATENCIES = (0.05, 0.1, 0.2)
LIMIT, WHOLE_LIMIT = 1.05, 1.08
"""Of the creates from first to last, which is the pace, and of the whole process, which starts, lists, and lists again besides."""
PER_CREATE = 1.01
ENTRA = 0.01 * 60
"""The least seconds that Microsoft publishes for the initial cycle of its provisioning service, for each user."""


@dataclass(frozen=True)
class Load:
    """One first load: seconds of the creates and of all against n / R, requests for each create, refusals for haste."""

    paced: float
    whole: float
    requests: float
    throttled: int
    seconds: float


def measure(settings: Settings) -> list[Row]:
    """Rows for each latency."""
    users = 500 if settings.quick else 3_000
    state_file(users)
    # One after the other: side by side they take each other's processor, and with it slots that never come back.
    arms: dict[float, t.Callable[[], Load]] = {latency: functools.partial(_load, users, latency) for latency in LATENCIES}
    taken = interleave(arms, settings.rounds)
    rows: list[Row] = []
    for latency, loads in taken.items():
        what = f"{users:,} creates at {RATE} a second, {1000 * latency:.0f} ms"
        ideal = f"against n/R = {users / RATE:.0f} s, {what}"
        wall = [
            judge_time("P3", f"wall time from the first create to the last {ideal}", [load.paced for load in loads], LIMIT),
            judge_time("P3", f"wall time of the whole process {ideal}", [load.whole for load in loads], WHOLE_LIMIT),
        ]
        rows += unjudged(wall) if settings.quick else wall
        rows += [
            judge_count("P3", f"requests for each create, {what}", [load.requests for load in loads], PER_CREATE),
            judge_count("P3", f"answers 429, {what}", [load.throttled for load in loads], 0),
        ]
    entra = [users * ENTRA / max(load.seconds for load in loads) for loads in zip(*taken.values())]
    what = f"Entra's published least for {users:,} users, {users * ENTRA:,.0f} s, against the slowest of ours"
    peer = [judge_time("P3", what, entra, 27, unit=" x", least=True)]
    return rows + (unjudged(peer) if settings.quick else peer)


def _load(users: int, latency: float) -> Load:
    with Service(latency=latency, switches={"rate": RATE}) as service:
        run = converge(service, state_file(users), requests_per_second=RATE)
        summary = service.summary()
        times = [entry["time"] for entry in service.writes()]
    created = summary["mutations"].get("create", 0)
    if created != users:
        raise ValueError(f"{created} users were created instead of {users}: {run.answer['failures'][:3]}")
    seconds = run.sample.seconds
    return Load(
        (max(times) - min(times)) * RATE / (users - 1),
        seconds * RATE / users,
        summary["requests"] / users,
        summary["by_status"].get("429", 0),
        seconds,
    )
