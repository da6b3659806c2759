# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal: what was asked, what was answered and what changed. Never a header, never a token."""

from __future__ import annotations

import collections
import threading
import typing as t
from dataclasses import dataclass, field

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
QUESTIONS = ("/.search", "/parseExpression", "/validateCredentials", "/discover", "/getByIds")
"""Routes that are asked with POST and change nothing that anybody would call a change."""


@dataclass
class Entry:
    """One request. `status` is 0 until it is answered, and stays 0 where a fault left it without an answer."""

    number: int
    time: float
    method: str
    path: str
    route: str = ""
    query: dict[str, str] = field(default_factory=dict)
    authorization: str = "none"
    content_type: str = ""
    body: t.Any = None
    status: int = 0
    ids: list[str] = field(default_factory=list)
    mutations: list[dict[str, str]] = field(default_factory=list)
    operations: list[dict[str, t.Any]] = field(default_factory=list)
    """Those of a bulk request: method, path (references resolved), bulkId, status; their data is in `body`."""
    fault: str = ""
    service: str = ""

    @property
    def writes(self) -> bool:
        """Whether the request asks for a change; a `.search` reads, and so do some of Graph's actions and whoever asks for a token."""
        return self.method in WRITES and self.service != "login" and not self.route.endswith(QUESTIONS)

    def as_json(self) -> dict[str, t.Any]:
        """The entry as it is shown at the control address."""
        return dict(vars(self))


class Journal:
    """All requests in the order in which they arrived. Safe for many threads.

    With a `limit` only the newest entries are kept (0 = all); the summary counts all the same.
    """

    def __init__(self, limit: int = 0) -> None:
        self._lock = threading.Lock()
        self._entries: collections.deque[Entry] = collections.deque(maxlen=limit or None)
        self._counts: collections.Counter[str] = collections.Counter()
        self._statuses: collections.Counter[str] = collections.Counter()
        self._mutations: collections.Counter[str] = collections.Counter()
        self._last = 0

    def open(self, time: float, method: str, path: str, query: dict[str, str], content_type: str) -> Entry:
        """A new entry with the next number."""
        with self._lock:
            self._last += 1
            entry = Entry(self._last, time, method, path, query=query, content_type=content_type)
            self._entries.append(entry)
            return entry

    def close(self, entry: Entry) -> None:
        """Counts an entry once its request is over."""
        with self._lock:
            self._counts[f"{entry.method} {entry.route}"] += 1
            self._statuses[str(entry.status)] += 1
            self._mutations.update(mutation["verb"] for mutation in entry.mutations if "by" not in mutation)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> t.Iterator[Entry]:
        with self._lock:
            return iter(list(self._entries))

    def select(self, *, since: int = 0, method: str = "", route: str = "", service: str = "", writes: bool | None = None) -> list[Entry]:
        """The entries with a number above `since` that fit all that is given."""
        return [
            entry
            for entry in self
            if entry.number > since
            and (not method or entry.method == method.upper())
            and (not route or entry.route == route)
            and (not service or entry.service == service)
            and (writes is None or entry.writes == writes)
        ]

    @property
    def writes(self) -> list[Entry]:
        """The requests that ask for a change."""
        return self.select(writes=True)

    @property
    def mutations(self) -> list[dict[str, str]]:
        """Every change of state that a client asked for, in order; what a fault did behind its back is marked and left out."""
        return [mutation for entry in self for mutation in entry.mutations if "by" not in mutation]

    def summary(self) -> dict[str, t.Any]:
        """Counts by method and route, by status, and of the changes of state by verb; entries that were dropped count too."""
        with self._lock:
            return {
                "requests": sum(self._counts.values()),
                "by_route": dict(sorted(self._counts.items())),
                "by_status": dict(sorted(self._statuses.items())),
                "mutations": dict(sorted(self._mutations.items())),
                "last": self._last,
            }

    def clear(self) -> None:
        """Forgets everything but the numbering."""
        with self._lock:
            self._entries.clear()
            self._counts.clear()
            self._statuses.clear()
            self._mutations.clear()
