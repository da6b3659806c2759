# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages that are fetched before their turn, as long as a listing is what its first two pages promise."""

from __future__ import annotations

import math
import typing as t
from concurrent.futures import ThreadPoolExecutor

from .._errors import UntrustedAnswer
from .resources import identifier

if t.TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from .listing import Page

MOST = 8
"""Pages at most that are under way or wait to be taken."""

HEAVY = 20_000
"""Members, or groups, on all pages together that wait: more would take too much memory (P7)."""

OWN = 0.02
"""Seconds for which a page of a thousand users keeps this machine busy; without a set rate, more threads would wait for each other."""


def useful(rate: float, latency: float) -> int:
    """How many pages to fetch at a time, at `rate` requests per second (0 = no limit) and `latency` seconds for each."""
    return min(MOST, math.ceil(rate * latency if rate > 0 else latency / OWN) + 1)


class Ahead:
    """Gives out pages by their start, each of them fetched once; those that are foreseen are under way before they are asked for.

    `fetch(start)` gets one page, from any thread. `width()` says how many at a time, less than 2 = none ahead. Two pages have to come
    as promised first: with a total, of one length, the second with other entries. Whatever is not so from then on ends it: another
    total, another length, a start that nobody foresaw, an answer that is no list, and `stop`. What was fetched by then is dropped.
    """

    def __init__(self, fetch: Callable[[int], Page], width: Callable[[], int]) -> None:
        self._fetch, self._width = fetch, width
        self._pool: ThreadPoolExecutor | None = None
        self._pending: dict[int, Future[Page]] = {}
        self._over = False
        self._known: set[str] = set()
        self._length = self._total = 0
        self._next, self._ahead = 1, 0
        self._weight = 1

    def fetch(self, start: int) -> Page:
        """The page that begins at `start`. Raises what fetching it raises."""
        page = self._page(start)
        if not self._over:
            if self._is_as_promised(start, page):
                self._next = start + len(page.resources)
                self._send_out()
            else:
                self.stop()
        return page

    def stop(self) -> None:
        """From here on each page is fetched when it is asked for, and not before."""
        self._over = True
        for future in self._pending.values():
            future.cancel()
        self._pending.clear()

    def close(self) -> None:
        """Stops, and waits until no thread is left."""
        self.stop()
        if self._pool is not None:
            self._pool.shutdown()

    def _page(self, start: int) -> Page:
        future = self._pending.pop(start, None)
        if future is None:
            return self._fetch(start)
        try:
            return future.result()
        except UntrustedAnswer:
            self.stop()
            return self._fetch(start)

    def _is_as_promised(self, start: int, page: Page) -> bool:
        length, total = len(page.resources), page.total or 0
        if start != self._next:
            return False
        self._weight = max(self._weight, weigh(page))
        if not self._length:
            self._length, self._total = length, total
            self._known = {identifier(resource.get("id")) for resource in page.resources}
            return 0 < length < total
        if total != self._total or length != min(self._length, total - start + 1):
            return False
        if not self._ahead:
            self._ahead = start + length
            return self._known.isdisjoint(identifier(resource.get("id")) for resource in page.resources)
        return True

    def _send_out(self) -> None:
        """Begins to fetch the pages that come next, as many as are useful."""
        width = min(self._width(), HEAVY // self._weight) if self._ahead else 0
        while width > 1 and len(self._pending) < width and self._ahead <= self._total:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(MOST, thread_name_prefix="pages")
            self._pending[self._ahead] = self._pool.submit(self._fetch, self._ahead)
            self._ahead += self._length


def weigh(page: Page) -> int:
    """How many members, or groups, the entries of a page show."""
    weight = 0
    for resource in page.resources:
        entries = resource.get("members") or resource.get("groups")
        if isinstance(entries, list):
            weight += len(entries)
    return weight
