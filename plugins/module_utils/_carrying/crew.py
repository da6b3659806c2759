# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Threads that write: no more than the allowed pace can keep busy."""

from __future__ import annotations

import math
import queue
import typing as t
from concurrent.futures import ThreadPoolExecutor

from .._surprises import UNFORESEEN

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


class Shift(t.Generic[Item, Made]):
    """The work on one list of items: what of it is under way, and what broke."""

    def __init__(self, work: Callable[[Item], Made], take: Callable[[Item, Made], None]) -> None:
        self.running = 0
        self.broken: list[BaseException] = []
        self._work, self._take = work, take
        self._ended: queue.SimpleQueue[tuple[Item, ThreadPoolExecutor, Future[Made]]] = queue.SimpleQueue()

    @property
    def has_results(self) -> bool:
        """Whether there is something to be taken at once."""
        return not self._ended.empty()

    def begin(self, item: Item, hand: ThreadPoolExecutor | None) -> None:
        """Has the work done by a thread, or without one does it here and now."""
        if hand is None:
            self._take(item, self._work(item))
            return
        future = hand.submit(self._work, item)
        future.add_done_callback(lambda done: self._ended.put((item, hand, done)))
        self.running += 1

    def collect(self) -> ThreadPoolExecutor:
        """Takes the next result, waiting for it if need be; the thread is free then."""
        item, hand, future = self._ended.get()
        self.running -= 1
        error = future.exception()
        try:
            if error is None:
                self._take(item, future.result())
        except UNFORESEEN as another:
            self.broken.append(another)
        if error is not None:
            self.broken.append(error)
        return hand


class Crew:
    """Runs work on as many threads as `wanted` says at that moment; with one, in the calling thread itself.

    The calling thread hands out the work and takes the results, so that nothing but the work itself is ever done twice at a time.
    Where the machine has no more threads to give, there are fewer, or the calling one alone.
    """

    def __init__(self, wanted: Callable[[], int]) -> None:
        self._wanted = wanted
        # Each of one thread: a pool of several keeps the work for which it gets no thread.
        self._hands: list[ThreadPoolExecutor] = []
        self._idle: list[ThreadPoolExecutor] = []

    def carry(self, items: Iterable[Item], work: Callable[[Item], Made], take: Callable[[Item, Made], None]) -> None:
        """Does `work` on each item and gives the result to `take`, as they come.

        `items` is asked for the next one only when somebody is free.
        What breaks is raised here, after everything that was begun has ended and been taken.
        """
        shift = Shift(work, take)
        try:
            for item in items:
                shift.begin(item, self._hand_for(shift))
                while shift.running and (shift.running >= self._wanted() or shift.has_results):
                    self._idle.append(shift.collect())
                if shift.broken:
                    break
        except UNFORESEEN as error:
            shift.broken.append(error)
        while shift.running:
            self._idle.append(shift.collect())
        for first in shift.broken[:1]:
            raise first

    def close(self) -> None:
        """Ends the threads; none of them has work then."""
        for hand in self._hands:
            hand.shutdown()

    def _hand_for(self, shift: Shift[Item, Made]) -> ThreadPoolExecutor | None:
        """A thread for one item more; None for the calling one, if nobody else is at work."""
        if not shift.running and self._wanted() <= 1:
            return None
        hand = self._hand()
        while hand is None and shift.running:
            self._idle.append(shift.collect())
            hand = self._hand()
        return hand

    def _hand(self) -> ThreadPoolExecutor | None:
        """A thread without work; None where there is none to be had."""
        if self._idle:
            return self._idle.pop()
        hand = ThreadPoolExecutor(1, thread_name_prefix=f"scim{len(self._hands)}")
        try:
            # Something to do, so that its thread is there before it is given anything else.
            hand.submit(int)
        except (RuntimeError, MemoryError):
            return None
        self._hands.append(hand)
        return hand
