# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long to wait for Entra to see its own writes, and which refusals may pass by themselves. Pure: the clock comes as an argument."""

from __future__ import annotations

import typing as t

from .._errors import ServiceError, Throttled, Unauthorized

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from .._errors import TransportError

FIRST, LONGEST = 1.0, 10.0
"""Seconds of the first pause, and of those that follow at last; Microsoft advises to look every five to ten seconds."""

GROWTH = 1.5

FORBIDDEN_SHARE = 0.2
"""The part of the patience that a 403 gets: for ever, a missing permission would look like a hang (fact sheet, P12)."""

TAKEN = ("multipleobjectswithsamekeyvalue", "conflictingobjects")
"""In the code of the 409 that tells of another object with the same value, in lower case: the second is what Graph says in C(details)."""

NOT_YET_KNOWN = "not a valid reference update"
"""In the message of the 400 that a reference to something new gets."""


class Patience:
    """Growing pauses within `timeout` seconds from now; all of them shrink with a timeout of less than a minute."""

    def __init__(self, timeout: float, monotonic: Callable[[], float]) -> None:
        self._first = min(FIRST, timeout / 60)
        self._longest = min(LONGEST, timeout / 10)
        self._timeout = timeout
        self._monotonic = monotonic
        self._begin = monotonic()
        self._next = self._first

    @property
    def spent(self) -> float:
        """The part of the time that is over; 1 = all of it."""
        return (self._monotonic() - self._begin) / self._timeout if self._timeout > 0 else 1.0

    def pause(self, *, soon: bool = False) -> float:
        """Seconds to the next look; `soon`, as short as the first one, and those that follow grow no further."""
        if soon:
            return self._first
        pause, self._next = self._next, min(self._longest, self._next * GROWTH)
        return pause

    def is_over(self, pause: float) -> bool:
        """Whether there is no time left for another look after `pause` seconds."""
        return self._monotonic() + pause >= self._begin + self._timeout


def may_pass(error: TransportError, spent: float) -> bool:
    """Whether Entra may refuse this only because it has not caught up with a write of a moment ago.

    404; 409, unless it names another object of the same value; 400 of a reference that is not known yet; and 403 at first, which the
    synchronization service answers for a new service principal. `spent` is the part of the patience that is used up.
    """
    if not isinstance(error, ServiceError) or isinstance(error, (Unauthorized, Throttled)):
        return False
    if error.status == 409:
        return not any(word in error.code.lower() for word in TAKEN)
    if error.status == 400:
        return NOT_YET_KNOWN in error.detail.lower()
    return error.status == 404 or (error.status == 403 and spent < FORBIDDEN_SHARE)


def may_lag(error: TransportError, spent: float) -> bool:
    """Whether a read may be refused so only because the replica that was asked does not know yet what others know.

    404; and what the synchronization service answers to whatever it is asked about a new application (fact sheet 3.5 and 3.6): 409, and
    400 and 403 at first.
    """
    if not isinstance(error, ServiceError):
        return False
    if "/synchronization" not in error.request:
        return error.status == 404
    return may_pass(error, spent) or (error.status == 400 and spent < FORBIDDEN_SHARE)
