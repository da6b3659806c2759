# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a request may be sent again, and after how long. Pure: the time and the dice come as arguments."""

from __future__ import annotations

import email.utils
import math
import re
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BASE = 1.0
"""Seconds: the upper end of the first delay."""

CAP = 20.0
"""Seconds: no delay of our own choice is longer."""

FOREVER = 1e9
"""Seconds: what a service asks for is cut here (32 years), so that sums stay finite."""

NEWEST_DELTA = 1e8
"""Above it (three years), C(x-ratelimit-reset) is a point in time and not a number of seconds."""

UNITS = {"": 1.0, "ms": 0.001, "milliseconds": 0.001, "s": 1.0, "sec": 1.0, "second": 1.0, "m": 60.0, "min": 60.0, "minute": 60.0}

AMOUNT = re.compile(r"\+?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*(ms|milliseconds|s|sec|second|m|min|minute)?s?", re.ASCII)

READS = frozenset({"GET", "HEAD"})


def is_read(method: str, path: str) -> bool:
    """Whether the request changes nothing: GET, HEAD, and POST to C(.search) (RFC 7644 3.4.3)."""
    return method in READS or (method == "POST" and path.rstrip("/").split("/")[-1] == ".search")


def full_jitter(earlier: int, draw: float) -> float:
    """Seconds to wait after `earlier` failed repetitions: uniform in [0, min(20, 2^earlier)] for `draw` in [0, 1] (F20)."""
    return draw * min(CAP, BASE * 2.0 ** min(earlier, 10))


class Refusals:
    """Refusals (429) in a row, and how much longer that makes the next pause. Not safe for threads."""

    def __init__(self) -> None:
        self._row = 0
        self._until = -math.inf

    def pause(self, now: float, asked: float | None, draw: Callable[[], float]) -> float:
        """Seconds of pause after one more refusal. Several of one moment count as one: they do not make it longer (F20)."""
        self._row += now >= self._until
        earlier = max(0, self._row - 1)
        seconds = (asked or 0.0) + (full_jitter(earlier, draw()) if not asked or earlier else 0.0)
        self._until = max(self._until, now + seconds)
        return seconds

    def end(self) -> None:
        """The service took a request: the next refusal is the first one again."""
        self._row = 0


def pause_asked(headers: Mapping[str, str], body: object, now: float) -> float | None:
    """Seconds that the service asks for, at least 0; None if it does not say, or says nothing that can be read.

    Looked at in turn: the header C(Retry-After) (RFC 9110 10.2.3, and the spellings of F17-F21), the key of that name in the body
    (ZIA's REST API), and C(x-ratelimit-reset). `now` is the wall clock, used for a date only if the answer has no C(Date).
    """
    date = _epoch(headers.get("Date", ""))
    clock = now if date is None else date
    asked = [headers.get("Retry-After")]
    if isinstance(body, dict):
        asked += [value for key, value in body.items() if str(key).lower() in ("retry-after", "retryafter", "retry_after")]
    for value in asked:
        seconds = _seconds(value, clock)
        if seconds is not None:
            return seconds
    reset = _seconds(headers.get("x-ratelimit-reset"), clock)
    if reset is None or reset < NEWEST_DELTA:
        return reset
    return max(0.0, reset - clock)


def _seconds(value: object, clock: float) -> float | None:
    text = str(value).strip().strip('"').lower() if isinstance(value, (str, int, float)) else ""
    amount = AMOUNT.fullmatch(text)
    if amount:
        return min(FOREVER * 10, float(amount.group(1)) * UNITS[amount.group(2) or ""])
    date = _epoch(text)
    return None if date is None else max(0.0, date - clock)


def _epoch(text: str) -> float | None:
    """Seconds since 1970 of an HTTP date; None where it is none."""
    if "," not in text and ":" not in text:
        return None
    try:
        parsed = email.utils.parsedate_tz(text)
        return None if parsed is None else float(email.utils.mktime_tz(parsed))
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
