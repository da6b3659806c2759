# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request rate limit: a token bucket and the ways in which a 429 may say how long to wait."""

from __future__ import annotations

import math
import threading
import time
import typing as t

from .server import Answer, json_answer

if t.TYPE_CHECKING:
    from .profiles import Switches


class Limits(t.Protocol):
    """The switches that say how much is allowed."""

    @property
    def rate(self) -> float:
        """Requests a second; 0 = any number."""

    @property
    def rate_burst(self) -> float:
        """How many may come at once; 0 = as many as `rate`."""


class RateLimit:
    """Allows `rate` requests a second and `rate_burst` at once; both may be switched at any time."""

    def __init__(self, switches: Limits, clock: t.Callable[[], float] = time.monotonic) -> None:
        self._switches = switches
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens = math.inf
        self._last = clock()

    def wait(self, cost: int = 1) -> float:
        """0 if the request may pass, otherwise the seconds until one may. One that counts as more than one leaves a debt."""
        rate = self._switches.rate
        if rate <= 0:
            return 0.0
        burst = self._switches.rate_burst or max(rate, 1.0)
        with self._lock:
            now = self._clock()
            self._tokens = min(burst, self._tokens + (now - self._last) * rate)
            self._last = now
            if self._tokens >= 1:
                self._tokens -= cost
                return 0.0
            return (1 - self._tokens) / rate


def refusal(switches: Switches, wait: float) -> Answer:
    """The 429. Zscaler does not document its form for SCIM; `body` is that of its REST API."""
    spelling, seconds = switches.rate_retry_after, math.ceil(wait)
    detail = f"Rate limit ({switches.rate:g} a second) exceeded"
    if spelling == "body":
        return json_answer(429, {"message": detail, "Retry-After": f"{seconds} seconds"})
    error = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "429", "detail": detail}
    headers = {"header": {"Retry_After": str(seconds)}, "text": {"Retry_After": f"{seconds} seconds"}}.get(spelling, {})
    return json_answer(429, error, "application/scim+json", **headers)
