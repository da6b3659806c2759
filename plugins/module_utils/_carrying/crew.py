# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Threads that write: no more than the allowed pace can keep busy."""

from __future__ import annotations

import math
import queue
import typing as t
from concurrent.futures import ThreadPoolExecutor

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    Item = t.TypeVar("Item")
    Made = t.TypeVar("Made")

MOST = 32
"""Threads at most, whatever is allowed and however slow the service is."""

SPARE = 1.25
"""So many more than would do if each answer took as long as they take on average."""

OWN = 0.003
"""Seconds of this machine that one request takes. Where no pace is set, more threads than fit into one answer would only wait for it."""


def useful(rate: float, latency: float) -> int:
    """How many threads keep `rate` requests per second (0 = no limit) busy where an answer takes `latency` seconds."""
    wanted = rate * latency * SPARE if rate > 0 else latency / OWN
    return max(1, min(MOST, math.ceil(wanted)))


class Crew:
    """Runs work on as many threads as `wanted` says at that moment; with one, in the calling thread itself.

    The calling thread hands out the work and takes the results, so that nothing but the work itself is ever done twice at a time.
    """

    def __init__(self, wanted: Callable[[], int]) -> None:
        self._wanted = wanted
        self._pool = ThreadPoolExecutor(MOST, thread_name_prefix="scim")

    def carry(self, items: Iterable[Item], work: Callable[[Item], Made], take: Callable[[Item, Made], None]) -> None:
        """Does `work` on each item and gives the result to `take`, as they come.

        `items` is asked for the next one only when somebody is free.
        What `work` raises is raised here, after everything that was begun has ended and been taken.
        """
        ended: queue.SimpleQueue[tuple[Item, Future[Made]]] = queue.SimpleQueue()
        running = 0
        broken: list[BaseException] = []

        def collect() -> None:
            item, future = ended.get()
            error = future.exception()
            if error is None:
                take(item, future.result())
            else:
                broken.append(error)

        for item in items:
            if not running and self._wanted() <= 1:
                take(item, work(item))
                continue
            future = self._pool.submit(work, item)
            future.add_done_callback(lambda done, item=item: ended.put((item, done)))  # type: ignore[misc]
            running += 1
            while running and (running >= self._wanted() or not ended.empty()):
                collect()
                running -= 1
            if broken:
                break
        for _place in range(running):
            collect()
        for error in broken[:1]:
            raise error

    def close(self) -> None:
        """Ends the threads; none of them has work then."""
        self._pool.shutdown()
