# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ends a run whose next writes would fail as the last ones did (DESIGN law 6, F55). Pure."""

from __future__ import annotations

import typing as t

from .._errors import DeadlinePassed, ServiceError, Stopped, Unauthorized

if t.TYPE_CHECKING:
    from .._errors import TransportError
    from .outcome import StepResult

SAME_CAUSE = 10
"""So many failures of one cause in a row end the run."""

FIRST = 20
"""By so many writes a run is judged as a whole."""

MOST_FAILED = 8
"""So many of the first twenty may fail: more than 40 % end the run, as soon as that is certain."""


class Breaker:
    """Told of each result in the order in which they come. `writes` is how many steps there are; a run of fewer than 20 is not judged."""

    def __init__(self, writes: int, *, stop_on_error: bool = False) -> None:
        self._judges = writes >= FIRST
        self._stop_on_error = stop_on_error
        self._cause: tuple[int, str] = (0, "")
        self._in_a_row = self._seen = self._failed = 0

    def note(self, result: StepResult) -> str:
        """Why the run must end now, or nothing."""
        self._seen += 1
        if result.error is None:
            self._in_a_row = self._in_a_row if result.failures else 0
            return result.stop
        self._failed += 1
        return self._fatal(result.error) or self._alike(result.error) or self._too_many(result.error)

    @property
    def wary(self) -> bool:
        """Whether the run may have to end soon, so that few writes should be under way: at its beginning, and after a failure."""
        return self._seen < FIRST or self._in_a_row > 0

    def _fatal(self, error: TransportError) -> str:
        """What concerns every further write."""
        if isinstance(error, Unauthorized):
            return "the service no longer accepts the credentials (401)"
        if isinstance(error, DeadlinePassed):
            return str(error)
        if isinstance(error, Stopped):
            return error.message
        return "on_error is stop" if self._stop_on_error else ""

    def _alike(self, error: TransportError) -> str:
        cause = (error.status, error.code) if isinstance(error, ServiceError) else (0, type(error).__name__)
        self._in_a_row = self._in_a_row + 1 if cause == self._cause else 1
        self._cause = cause
        if self._in_a_row >= SAME_CAUSE:
            return f"{SAME_CAUSE} writes in a row failed alike: {error}"
        return ""

    def _too_many(self, error: TransportError) -> str:
        if self._judges and self._seen <= FIRST and self._failed > MOST_FAILED:
            return f"{self._failed} of the first {self._seen} writes failed, the last one so: {error}"
        return ""
