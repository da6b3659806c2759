# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One call of the transport: what it asks for, what has happened to it, what it got, and what all of them cost. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

if t.TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Answer:
    """A final answer below 300. `body` is the decoded JSON, None where empty; `sent` is how often the request was sent."""

    status: int
    body: object
    headers: Mapping[str, str]
    sent: int


@dataclass
class Counts:
    """What a task cost: requests `sent`, `throttled` by the service, `retried`, and seconds `waited` (sum of all threads)."""

    sent: int = 0
    by_method: dict[str, int] = field(default_factory=dict)
    throttled: int = 0
    retried: int = 0
    waited: float = 0.0

    def as_result(self) -> dict[str, object]:
        """The value C(requests) of a module result."""
        return {**vars(self), "by_method": dict(sorted(self.by_method.items())), "waited": round(self.waited, 3)}


class Latency:
    """How long an exchange with the service takes, smoothed over the last eight or so; C(seconds) is 0 before the first."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._noted = 0

    def note(self, seconds: float) -> None:
        """Takes one more into account. Not safe for threads."""
        self._noted = min(self._noted + 1, 8)
        self.seconds += (seconds - self.seconds) / self._noted


@dataclass
class Call:
    """One call of `Http.send`: what it asks for, and what has happened to it so far."""

    request: str
    method: str
    path: str
    url: str
    data: bytes | None
    anonymous: bool
    tries: int
    authorization: str = ""
    turn_at: float = 0.0
    """When the pace let it go last."""
    sent: int = 0
    failed: int = 0
    put_off: int = 0
    put_off_since: float = 0.0
    perhaps_done: bool = False
    noted: bool = False
    """Whether it is counted as a write."""
    renewed: bool = False
