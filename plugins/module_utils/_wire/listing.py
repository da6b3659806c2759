# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Walks the pages of a SCIM listing to an end, whatever the service claims, and says why a listing is in doubt.

Fetching a page (C(fetch_page)) and keeping what is needed of it (C(take)) are separate, so that pages can be
fetched ahead (C(Ahead)). RFC 7644 3.4.2.4: C(startIndex) counts from 1, and C(totalResults) is a promise that
services break in every direction (facts F36-F43).
"""

from __future__ import annotations

import typing as t

from .._errors import Refusal, UntrustedAnswer
from .resources import Resource, identifier, whole_number

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MAX_PAGES = 200_000
"""1.4 million users (the most that a Zscaler organisation has) at 10 a page, with room. A service that goes on is lying."""

MAX_ENTRIES = 3_000_000
"""Twice as many users as a Zscaler organisation can have; more would only fill the memory."""

RELISTS = 2
"""How often a listing is begun anew because the total changed on the way (F39)."""


class Reply(t.Protocol):
    """What the transport gives back for a request."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def body(self) -> object:
        """The decoded JSON, None where there was none."""


class Pace(t.Protocol):
    """How fast the transport may send."""

    @property
    def rate(self) -> float:
        """Requests per second, 0 = no limit."""


class Sender(t.Protocol):
    """The transport, as far as this side of it is concerned."""

    @property
    def pace(self) -> Pace:
        """Its pace."""

    @property
    def latency(self) -> float:
        """Seconds from a request to its answer."""

    def send(
        self, method: str, path: str, *, params: Mapping[str, str | int] | None = None, body: object = None, anonymous: bool = False
    ) -> Reply:
        """The answer to one request; raises the errors of the transport."""


class Page(t.NamedTuple):
    """One page: its resources, and the total that the service claims with it, if it does."""

    resources: list[Resource]
    total: int | None


def fetch_page(http: Sender, path: str, params: Mapping[str, str | int]) -> Page:
    """One page of a listing. Raises UntrustedAnswer where the answer is no list at all: that is not an empty directory."""
    body = http.send("GET", path, params=params).body
    if isinstance(body, dict):
        resources, total = body.get("Resources"), whole_number(body.get("totalResults"))
        if isinstance(resources, list):
            return Page([entry if isinstance(entry, dict) else {} for entry in resources], total)
        # RFC 7644 3.4.2: Resources may be missing where totalResults is 0.
        if resources is None and total is not None:
            return Page([], total)
    raise UntrustedAnswer("the answer is no SCIM list (neither Resources nor totalResults); check base_url", f"GET {path}")


class Listing:
    """One walk over all pages of C(path): every id once, and the doubts.

    `fetch(start)` gets the page that begins at that place, `take(resources)` gets each resource once, with an id.
    `ids` maps each id to one canonical string, to be shared by all who keep ids. `asked` is the page size asked for. `warn` is called
    with each doubt: whoever fetches pages ahead had better not from then on.
    """

    def __init__(
        self,
        path: str,
        asked: int,
        fetch: Callable[[int], Page],
        take: Callable[[Iterable[Resource]], None],
        warn: Callable[[], None] = lambda: None,
    ) -> None:
        self.ids: dict[str, str] = {}
        self.doubts: list[str] = []
        self.largest_page = 0
        self._path, self._asked, self._fetch, self._take, self._warn = path, asked, fetch, take, warn
        self._received = 0
        self._pages = 0
        self._total: int | None = None
        self._believed = True

    def walk(self, *, final: bool) -> bool:
        """Goes to the end of the list; False, unless C(final), as soon as the total changes on the way (F39)."""
        while self._pages < MAX_PAGES:
            page, new = self._next_page()
            if new:
                self._check_surplus()
            if (new or self._owed()) and not self._same_total(page) and not final:
                return False
            if not new:
                return self._end(page)
            self._keep(page, new)
            if self._complete(page):
                return True
            del page, new  # megabytes, which would stay until the next page is here (P7)
        self._doubt(f"the list does not end after {MAX_PAGES} pages")
        return True

    def look_beyond(self) -> None:
        """Asks once for entries after the claimed end; goes on where there are any (F38)."""
        self.walk(final=True)

    def _next_page(self) -> tuple[Page, dict[str, Resource]]:
        """The next page and what is new in it; asked twice where the service owes more than it shows (F37, F42)."""
        page = self._fetch(self._received + 1)
        new = self._new(page)
        if self._total is None:
            # Before the first page there is no other word on how many there are.
            self._total = page.total
        if not new and self._owed():
            page = self._fetch(self._received + 1)
            new = self._new(page)
        self._pages += 1
        return page, new

    def _new(self, page: Page) -> dict[str, Resource]:
        """The resources with an id not seen before, by id."""
        found = {identifier(resource.get("id")): resource for resource in page.resources}
        if "" not in found and self.ids.keys().isdisjoint(found):
            return found
        return {id: resource for id, resource in found.items() if id and id not in self.ids}

    def _owed(self) -> bool:
        return self._believed and self._total is not None and self._received < self._total

    def _end(self, page: Page) -> bool:
        """No new entries: the end, a doubtful end, or a service that gives the same page for ever."""
        if page.resources and self._received and self._owed():
            message = "the service gives the same entries again whatever startIndex says, so most of the directory cannot be seen"
            raise self._refusal(message)
        if self._owed():
            self._doubt(f"totalResults is {self._total}, but the pages end after {self._received}")
        elif page.resources and self._total is None:
            self._doubt("the service repeats entries and tells no totalResults, so the end of the list is a guess")
        return True

    def _refusal(self, message: str) -> Refusal:
        """The error for a list that cannot be read. Whether something was written before, only the caller knows."""
        return Refusal(f"GET {self._path}: {message}", listing="suspect", doubts=[*self.doubts, message])

    def _check_surplus(self) -> None:
        """Entries beyond the claimed total: from here on only an empty page is an end (F38)."""
        if self._believed and self._total is not None and self._received >= self._total:
            self._distrust()

    def _distrust(self) -> None:
        self._believed = False
        self._doubt(f"the service shows more entries than its totalResults of {self._total}")

    def _same_total(self, page: Page) -> bool:
        """Whether the page claims the total that the pages before it did (F39)."""
        before, self._total = self._total, self._total if page.total is None else page.total
        if before in (None, self._total) or not self._believed:
            return True
        self._doubt(f"totalResults changed from {before} to {self._total} while the pages were read")
        return False

    def _keep(self, page: Page, new: dict[str, Resource]) -> None:
        if len(new) < len(page.resources):
            self._doubt("some entries came twice or without an id, so others may be missing")
        self.ids.update(zip(new, new))
        if len(self.ids) > MAX_ENTRIES:
            raise self._refusal(f"the list does not end after {MAX_ENTRIES} entries, more than any tenant has")
        # The next start comes from what was received, never from what was asked for (F36, F43).
        self._received += len(page.resources)
        self.largest_page = max(self.largest_page, len(page.resources))
        self._take(new.values())
        if self._believed and self._total is not None and self._received > self._total:
            self._distrust()

    def _complete(self, page: Page) -> bool:
        """Whether the list is known to end here, without asking for an empty page.

        A common lie is totalResults = page size (F38, wso2 #7320): so a first page that is full and claims to be
        everything is not believed, which costs honest services one request if they have exactly that many entries.
        A total that is too low by whole pages later on cannot be told from a true one here; members of groups whom
        the listing lacks give that away (C(look_beyond)).
        """
        if not self._believed or self._total is None or self._received < self._total:
            return False
        return self._pages > 1 or len(page.resources) != self._asked

    def _doubt(self, reason: str) -> None:
        self._warn()
        doubt = f"/{self._path}: {reason}"
        if doubt not in self.doubts:
            self.doubts.append(doubt)


def read_all(begin: Callable[[], Listing]) -> Listing:
    """A listing walked to its end; begun anew, at most twice, when its total changes on the way (F39)."""
    for _attempt in range(RELISTS):
        listing = begin()
        if listing.walk(final=False):
            return listing
    listing = begin()
    listing.walk(final=True)
    return listing
