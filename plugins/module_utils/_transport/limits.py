# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ends all requests of a task: its deadline, refused credentials, a service that is down. Shared by its threads."""

from __future__ import annotations

import math
import threading
import typing as t

from .._errors import DeadlinePassed, NotSent, Stopped, Unauthorized
from .pace import LONGEST_PAUSE

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from .._errors import TransportError

OUTAGE = 60
"""Requests in a row without a usable answer after which nothing more is sent (R7)."""


class Limits:
    """Whether anything may still be sent. `deadline` is in seconds from now, 0 = none."""

    def __init__(self, deadline: float, monotonic: Callable[[], float]) -> None:
        self.end = monotonic() + deadline if deadline > 0 else math.inf
        self.answered = False
        self.told_to_stop = ""
        """Why, once the task was told to; set without a lock, for a signal's handler may do so."""
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failed_in_a_row = 0
        self._last_word: Callable[[str], TransportError] | None = None
        self._credentials_refused = False

    def remaining(self) -> float:
        """Seconds until the deadline, infinite where there is none."""
        return self.end - self._monotonic()

    def check(self, request: str, *, wait: float = 0.0, anonymous: bool = False) -> None:
        """Raises if `request` may not be sent, or not after `wait` seconds; refused credentials do not stop an anonymous one."""
        with self._lock:
            last_word = None if anonymous and self._credentials_refused else self._last_word
        if last_word is not None:
            raise last_word(request)
        if self.told_to_stop:
            raise Stopped(f"not sent: {self.told_to_stop}; what was done stays done", request)
        if self.remaining() <= wait:
            raise DeadlinePassed("the time limit of the task (deadline) is over; what was done stays done", request)

    def check_pause(self, seconds: float) -> None:
        """If a pause that the service wants is longer than anybody may wait, nobody sends any more in this task (F21)."""
        if seconds > min(LONGEST_PAUSE, self.remaining()):
            self.stop(self.long_pause("the service wants", seconds))

    def long_pause(self, who: str, seconds: float) -> Callable[[str], DeadlinePassed]:
        """The last word because of so long a pause."""
        left = self.remaining()
        limit = f"the deadline leaves {max(0, int(left))} seconds" if left < LONGEST_PAUSE else f"at most {LONGEST_PAUSE:.0f} are waited"
        text = f"{who} no request for {math.ceil(seconds)} seconds, and {limit}; what was done stays done, run again then"
        return lambda request: DeadlinePassed(text, request)

    def stop(self, last_word: Callable[[str], TransportError]) -> None:
        """Every further request raises `last_word` of its name at once; the first reason stands."""
        with self._lock:
            self._last_word = self._last_word or last_word

    def refuse(self, error: Unauthorized) -> None:
        """Every further request that is not anonymous raises the same as `error` (F27)."""
        with self._lock:
            self._credentials_refused = self._last_word is None or self._credentials_refused
        self.stop(lambda request: Unauthorized(error.status, error.detail, request, error.code))

    def count(self, *, usable: bool) -> None:
        """Notes an answer, or the lack of one; sixty without a usable one in a row are an outage, and the end."""
        with self._lock:
            self.answered = self.answered or usable
            self._failed_in_a_row = 0 if usable else self._failed_in_a_row + 1
            outage = self._failed_in_a_row >= OUTAGE
        if outage:
            self.stop(lambda request: NotSent(f"not sent: the last {OUTAGE} requests of this task got no usable answer", request))
