# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A limit for a window of time, as some of Graph's workloads have it: so many requests in ten seconds."""

from __future__ import annotations

import collections
import threading
import typing as t

WINDOW = 10.0


class WindowLimit:
    """Counts requests in a sliding window."""

    def __init__(self, clock: t.Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._times: collections.deque[float] = collections.deque()

    def wait(self, limit: int) -> float:
        """0 if the request may pass, otherwise the seconds until one may."""
        with self._lock:
            now = self._clock()
            while self._times and self._times[0] <= now - WINDOW:
                self._times.popleft()
            if len(self._times) < limit:
                self._times.append(now)
                return 0.0
            return self._times[0] + WINDOW - now
