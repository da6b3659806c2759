# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole transports with many threads, and several of them, against a service with a limit; the time is not real."""

from __future__ import annotations

import random
import typing as t
from itertools import pairwise

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.connection import Reply
from hypothesis import given, settings
from hypothesis import strategies as st

from .virtual import Bucket, Simulation, Windows

if t.TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("latency", [0.05, 0.1, 0.2])
@pytest.mark.parametrize("workers", [8, 32])
def test_r6_p3_at_the_known_rate_nothing_is_refused_and_95_percent_are_used(tmp_path: Path, latency: float, workers: int) -> None:
    world = Simulation(tmp_path, Bucket(50, 5), latency=latency, chance=random.Random(1))
    workers = max(workers, int(50 * latency) + 2)
    world.time.run(*world.work(world.transport(50), 1000, workers))
    assert (len(world.arrivals), world.refused) == (1000, 0)
    assert 1000 / world.seconds >= 0.95 * 50


LOWER: dict[str, tuple[t.Any, float, float]] = {
    "20 of 50": (lambda: Bucket(20, 20), 50, 20),
    "20 of 50, little at once": (lambda: Bucket(20, 5), 50, 20),
    "20 of 50, no word on how long": (lambda: Bucket(20, 20, tells=False), 50, 20),
    "20 of 50, much at once": (lambda: Bucket(20, 100), 50, 20),
    "40 of 50": (lambda: Bucket(40, 40), 50, 40),
    "10 of 50": (lambda: Bucket(10, 10), 50, 10),
    "4 of 5": (lambda: Bucket(4, 4), 5, 4),
    "2 of 5": (lambda: Bucket(2, 2), 5, 2),
    "20 in each second": (lambda: Windows(20, 1), 50, 20),
    "100 in each minute": (lambda: Windows(100, 60), 5, 100 / 60),
}


@pytest.mark.parametrize("latency", [0.1, 0.2])
@pytest.mark.parametrize("case", LOWER)
def test_f22_a_lower_rate_is_found(tmp_path: Path, case: str, latency: float) -> None:
    """At most 2 % of 1,000 requests are refused, none is lost, and at least 85 % of the true rate are used."""
    limit, configured, true = LOWER[case]
    world = Simulation(tmp_path, limit(), latency=latency, chance=random.Random(1))
    world.time.run(*world.work(world.transport(configured), 1000, int(configured * latency) + 2))
    assert len(world.arrivals) == 1000 + world.refused
    assert world.refused <= 20
    assert 1000 / world.seconds >= 0.85 * true


@pytest.mark.parametrize("tells", [True, False])
def test_f22_two_processes_find_a_lower_rate_together(tmp_path: Path, tells: bool) -> None:
    world = Simulation(tmp_path, Bucket(20, 20, tells=tells), chance=random.Random(2))
    ours, theirs = world.transport(50), world.transport(40)
    world.time.run(*world.work(ours, 500, 6), *world.work(theirs, 500, 6))
    assert world.refused <= 20
    assert 1000 / world.seconds >= 0.85 * 20
    assert ours.pace.rate == pytest.approx(theirs.pace.rate, rel=0.3)


def test_f22_a_limit_that_is_lifted_is_noticed(tmp_path: Path) -> None:
    limit = Bucket(20, 20)
    world = Simulation(tmp_path, limit, chance=random.Random(3))
    http = world.transport(50)
    world.time.run(*world.work(http, 1000, 7))
    assert http.pace.rate < 30
    limit.rate = limit.burst = 1000
    world.time.run(*world.work(http, 4000, 7))
    assert http.pace.rate == 50


def test_p3_how_long_answers_take_is_not_told_by_refusals_and_waits(tmp_path: Path) -> None:
    world = Simulation(tmp_path, Bucket(1, 1))
    replies = [(0.001, Reply(429, {"Retry-After": "7"}, b"")), (0.2, Reply(204, {}, b""))]

    class Service:
        def end_reading(self) -> None:
            pass

        def exchange(self, *_words: object, **_options: object) -> Reply:
            seconds, reply = replies.pop(0)
            world.time.sleep(seconds)
            return reply

    http = world.transport(5, connection=Service())
    assert http.latency == 0
    http.send("DELETE", "Users/u1")
    assert http.latency == pytest.approx(0.2)


class BadMinute:
    """Refuses nine of ten for a minute."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def refuses(self, now: float) -> float | None:
        """None, or the pause of a 429."""
        return 1.0 if now < 1060 and self._chance.random() < 0.9 else None


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("rate", "count"), [(5, 300), (50, 1500)])
def test_f22_after_a_bad_minute_there_is_no_request_too_many(tmp_path: Path, seed: int, rate: float, count: int) -> None:
    world = Simulation(tmp_path, BadMinute(random.Random(seed)), chance=random.Random(seed))
    world.time.run(*world.work(world.transport(rate), count, int(rate / 10) + 2))
    taken = sum(taken for _when, taken in world.arrivals)
    assert taken == count
    done = sum(taken for when, taken in world.arrivals if when < 1060)
    after = [when for when, _taken in world.arrivals if when >= 1060]
    assert len(after) <= 1.1 * (count - done)
    assert after[-1] - 1060 < 100 + (count - done) / rate


class Holes:
    """Refuses now and then, with a pause, and never inside of one: only a worker that does not keep it meets it again."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def refuses(self, _now: float) -> float | None:
        """None, or the pause of a 429."""
        return float(self._chance.randint(1, 5)) if self._chance.random() < 0.02 else None


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0, 5, 50, 200]), st.floats(0.001, 0.5), st.integers(1, 3))
def test_f17_r6_no_worker_of_any_process_sends_inside_a_pause(
    tmp_path_factory: pytest.TempPathFactory, seed: int, rate: float, latency: float, processes: int
) -> None:
    """32 threads in each; what was under way when the 429 arrived cannot be called back."""
    world = Simulation(tmp_path_factory.mktemp("world"), Holes(random.Random(seed)), latency=latency, chance=random.Random(seed))
    world.time.run(*(send for _process in range(processes) for send in world.work(world.transport(rate), 100, 32)))
    assert sum(taken for _when, taken in world.arrivals) == 100 * processes
    assert world.inside_pauses(grace=latency * 0.6 + 1e-6) == []


def test_the_latency_is_that_of_the_service_and_not_of_the_pace(tmp_path: Path) -> None:
    world = Simulation(tmp_path, Bucket(1000, 1000), latency=0.2)
    http = world.transport(2)
    assert (http.latency, http.pace.rate) == (0, 2)
    world.time.run(*world.work(http, 10, 2))
    assert http.latency == pytest.approx(0.2)
    world.latency = 0.4
    world.time.run(*world.work(http, 30, 2))
    assert http.latency == pytest.approx(0.4, rel=0.05)


def test_a_token_that_is_long_in_coming_makes_no_burst(tmp_path: Path) -> None:
    """All wait for the same token; when it is there, they still go one by one."""
    world = Simulation(tmp_path, Bucket(1000, 1000))

    def authorize() -> str:
        world.time.sleep(max(0.0, 1002 - world.time.now))
        return "Bearer x"

    world.time.run(*world.work(world.transport(10, authorize=authorize), 20, 8))
    times = sorted(when for when, _taken in world.arrivals)
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.09
