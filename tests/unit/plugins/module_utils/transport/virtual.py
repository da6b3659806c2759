# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many threads in a time that is not real: one runs at a time, and when it sleeps the clock goes on to whoever wakes next."""

from __future__ import annotations

import heapq
import itertools
import threading
import typing as t

from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.connection import Reply
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.http import Http
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.pace import Pace
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.secrets import Scrubber

if t.TYPE_CHECKING:
    import random
    from collections.abc import Callable


class VirtualTime:
    """A clock and its `sleep`; the same work takes the same time in every run."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self._order = itertools.count()
        self._asleep: list[tuple[float, int, threading.Event]] = []
        self._errors: list[BaseException] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        awake = threading.Event()
        heapq.heappush(self._asleep, (self.now + max(0.0, seconds), next(self._order), awake))
        self._wake_next()
        awake.wait()

    def run(self, *work: Callable[[], object]) -> None:
        """Runs all of `work`, each in a thread of its own, until all are done; the first error is raised."""
        threads = [threading.Thread(target=self._carry_out, args=(one, self._seat()), daemon=True) for one in work]
        for thread in threads:
            thread.start()
        self._wake_next()
        for thread in threads:
            thread.join()
        for error in self._errors:
            raise error

    def _seat(self) -> threading.Event:
        awake = threading.Event()
        heapq.heappush(self._asleep, (self.now, next(self._order), awake))
        return awake

    def _carry_out(self, work: Callable[[], object], awake: threading.Event) -> None:
        awake.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised by run
            self._errors.append(error)
        self._wake_next()

    def _wake_next(self) -> None:
        if self._asleep:
            self.now, _unused, awake = heapq.heappop(self._asleep)
            awake.set()


class Bucket:
    """Takes `rate` requests a second, and `burst` at once; the pause is told in whole seconds, as services do, if at all."""

    def __init__(self, rate: float, burst: float = 1, *, tells: bool = True) -> None:
        self.rate, self.burst, self.tells = rate, burst, tells
        self._tokens, self._last = burst, 1000.0

    def refuses(self, now: float) -> float | None:
        """None, or the pause of a 429."""
        self._tokens = min(self.burst, self._tokens + (now - self._last) * self.rate)
        self._last = now
        if self._tokens >= 1:
            self._tokens -= 1
            return None
        return float(-(-(1 - self._tokens) // self.rate)) if self.tells else 0.0


class Windows:
    """Takes `count` requests in each window of so many seconds; the pause lasts to the end of the window."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count, self.seconds = count, seconds
        self._window, self._taken = 0.0, 0

    def refuses(self, now: float) -> float | None:
        window = now // self.seconds
        if window != self._window:
            self._window, self._taken = window, 0
        self._taken += 1
        return None if self._taken <= self.count else float(-(-(self.seconds - now % self.seconds) // 1))


class Simulation:
    """A service with a limit, in virtual time, and as many transports (processes) as wanted that share a pace file."""

    def __init__(self, folder: object, limit: t.Any, *, latency: float = 0.1, chance: random.Random | None = None) -> None:
        self.time = VirtualTime()
        self.limit, self.latency, self._chance = limit, latency, chance
        self.arrivals: list[tuple[float, bool]] = []
        self.paused: list[tuple[float, float]] = []
        self._folder = folder

    def transport(self, rate: float, **options: t.Any) -> Http:
        """One process."""
        url = "https://scim.zscalerone.net/1/2/scim"
        timing: dict[str, t.Any] = {"monotonic": self.time, "sleep": self.time.sleep}
        pace = Pace(url, rate, directory=f"{self._folder}/pace", **timing)
        draw = self._chance.random if self._chance else lambda: 0.5
        fixed: dict[str, t.Any] = {"authorize": lambda: "Bearer x", "read_only": False, "random": draw, "connection": self}
        return Http(url, pace=pace, scrub=Scrubber(), **{**fixed, **timing, **options})

    def work(self, http: Http, count: int, workers: int) -> list[Callable[[], object]]:
        """So many workers that send `count` requests in all."""
        left = iter(range(count))

        def send() -> None:
            for _unused in left:
                http.send("POST", "Users", body={})

        return [send] * workers

    def exchange(self, *_words: object, **_options: object) -> Reply:
        """An exchange, as the connection of a transport."""
        self.time.sleep(self._spread(self.latency) / 2)
        now = self.time.now
        pause = self.limit.refuses(now)
        self.arrivals.append((now, pause is None))
        self.time.sleep(self._spread(self.latency) / 2)
        if pause is None:
            return Reply(201, {"Content-Type": "application/scim+json"}, b'{"id": "1"}')
        if pause:
            self.paused.append((self.time.now, now + pause))
        return Reply(429, {"Retry-After": f"{pause:.0f}"} if pause else {}, b"")

    def close(self) -> None:
        """Nothing to close."""

    @property
    def refused(self) -> int:
        """How many requests were refused."""
        return sum(not taken for _when, taken in self.arrivals)

    @property
    def seconds(self) -> float:
        """From the first arrival to the last."""
        return self.arrivals[-1][0] - self.arrivals[0][0]

    def inside_pauses(self, grace: float) -> list[float]:
        """The arrivals inside of a pause that a worker knew of; `grace` is how long a request may have been under way."""
        return [when for when, _taken in self.arrivals if any(told + grace < when < end for told, end in self.paused)]

    def _spread(self, seconds: float) -> float:
        return seconds * (0.8 + 0.4 * self._chance.random()) if self._chance else seconds
