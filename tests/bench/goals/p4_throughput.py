# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""P4: creates in a second where nothing but latency holds us up."""

from __future__ import annotations

import json
import sys
import typing as t

from ..collection import ARMS, converge, has_option, surroundings
from ..measure import run
from ..rounds import interleave, ratios
from ..service import Service
from ..verdict import judge_time, not_built
from ..world import state_file

if t.TYPE_CHECKING:
    from ..settings import Settings
    from ..verdict import Row

LATENCY = 0.05
WORKERS = 16
IDEAL = WORKERS / LATENCY
FEW = 500
"""The slow arms create so many; what counts is the rate."""


def measure(settings: Settings) -> list[Row]:
    """16 workers against the ideal, against one worker, and against open_url with 16 threads."""
    users = 1_000 if settings.quick else 5_000
    what = f"{users:,} creates at {1000 * LATENCY:.0f} ms, {WORKERS} workers"
    if not has_option("concurrency"):
        return [not_built("P4", what, f">= {0.9 * IDEAL:.0f} a second, >= 14 x one worker, >= 6 x open_url")]
    few = FEW // 5 if settings.quick else FEW
    with Service(latency=LATENCY) as service:
        arms: dict[str, t.Callable[[], float]] = {
            "ours": lambda: _ours(service, users, WORKERS),
            "one": lambda: _ours(service, few, 1),
            "open_url": lambda: _open_url(service, few),
        }
        taken = interleave(arms, settings.rounds)
    return [
        judge_time("P4", f"creates in a second, {what}; the ideal is {IDEAL:.0f}", taken["ours"], 0.9 * IDEAL, least=True),
        *(
            judge_time("P4", f"the same against {who} ({few} creates)", ratios(taken["ours"], taken[name]), limit, unit=" x", least=True)
            for name, who, limit in (("one", "one worker", 14), ("open_url", f"open_url in {WORKERS} threads", 6))
        ),
    ]


def _ours(service: Service, users: int, workers: int) -> float:
    path = state_file(users)
    service.empty()
    converge(service, path, concurrency=str(workers))
    return creates_in_a_second(service.writes())


def _open_url(service: Service, users: int) -> float:
    service.empty()
    given = {"base_url": service.facts["base_url"], "token": service.facts["token"], "path": str(state_file(users)), "workers": WORKERS}
    run([sys.executable, str(ARMS / "open_url.py")], environment=surroundings(), text=json.dumps(given))
    return creates_in_a_second(service.writes())


def creates_in_a_second(writes: list[dict[str, t.Any]]) -> float:
    """The rate between the first and the last arrival: without start, listing and verification, which are not what is asked here."""
    times: list[float] = [entry["time"] for entry in writes]
    return (len(times) - 1) / (max(times) - min(times))
