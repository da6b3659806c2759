# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Microsoft Graph: reads, writes, pages, and patience with a directory that sees its own writes late."""

from __future__ import annotations

import datetime
import time
import typing as t
from urllib.parse import unquote, urlsplit

from .._errors import Ambiguous, ServiceError, UntrustedAnswer, WriteInCheckMode
from .._transport.address import origin
from .dialect import is_foreign
from .patience import Patience, may_pass

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .._errors import TransportError
    from .._transport.http import Http

    Params = Mapping[str, t.Union[str, int]]
    Resource = dict[str, t.Any]
    Resources = list[Resource]
    Given = t.TypeVar("Given")

MOST_PAGES = 10_000
"""Pages of one list after which it is taken for endless."""

MOST_EMPTY = 100
"""Empty pages in a row after which it is taken for endless, too; a few are usual where the service filters."""


class Graph:
    """Microsoft Graph v1.0 for one task. Paths are relative to the version, such as C(servicePrincipals/ID), segments quoted
    by `quote_segment`.

    Raises ServiceError with Graph's own sentence and code, Ambiguous after a write of unknown fate (look, then decide), and whatever
    else `Http.send` raises. With `read_only` every write raises WriteInCheckMode before anything is sent.
    """

    def __init__(
        self,
        http: Http,
        *,
        read_only: bool,
        consistency_timeout: float = 300,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.timezone.utc),
    ) -> None:
        self.http = http
        self.read_only = read_only
        self.consistency_timeout = consistency_timeout
        self.now = now
        self._monotonic = monotonic
        # None for that of the transport, which ends when the task is told to stop.
        self._sleep = sleep

    def get(self, path: str, *, params: Params | None = None) -> Resource:
        """One resource. ServiceError 404 where there is none."""
        return self._object("GET", path, self.http.send("GET", path, params=params).body)

    def find(self, path: str, *, params: Params | None = None) -> Resource | None:
        """One resource, None for a 404 of Graph; that of something else, such as a proxy, is an error."""
        try:
            return self.get(path, params=params)
        except ServiceError as error:
            if error.status != 404 or is_foreign(error):
                raise
            return None

    def list(self, path: str, *, params: Params | None = None, limit: int = 0) -> Resources:
        """The entries of all pages, or the first `limit` ones."""
        found: Resources = []
        for page in self._pages(path, params):
            found += page
            if limit and len(found) >= limit:
                return found[:limit]
        return found

    def ask(self, path: str, body: object, *, passing: Callable[[TransportError, float], bool] = may_pass) -> Resource:
        """The answer to a POST that changes nothing (parseExpression, validateCredentials); allowed in check mode.

        To a new application the service refuses these as it refuses writes, and so they are outwaited like them (fact sheet 3.6).
        """
        if not self.http.dialect.is_read("POST", path):
            raise WriteInCheckMode(f"POST {path} was asked for as if it only read")
        return self.outwait(lambda: self.send("POST", path, body), passing)

    def send(self, method: str, path: str, body: object = None) -> Resource:
        """Carries out a write, once; what it answers, {} for nothing."""
        return self._object(method, path, self.http.send(method, path, body=body).body)

    def settle(self, method: str, path: str, body: object = None) -> Resource:
        """As `send`, for what may be new: refusals that only mean that Entra has not caught up are outwaited (fact sheet, section 8)."""
        return self.outwait(lambda: self.send(method, path, body))

    def delete(self, path: str) -> None:
        """Deletes, once; what is gone already is gone, if Graph says so: the 404 of something else, such as a proxy, is an error."""
        try:
            self.send("DELETE", path)
        except ServiceError as error:
            if error.status != 404 or is_foreign(error):
                raise

    def outwait(
        self,
        act: Callable[[], Given],
        passing: Callable[[TransportError, float], bool] = may_pass,
        *,
        timeout: float | None = None,
    ) -> Given:
        """What `act` gives, which is called again while it is refused for a reason that may pass by itself; at last the refusal is raised.

        `passing` is asked with the refusal and the part of the time that is used up; `timeout` is in seconds, the whole patience if None.
        """
        patience = Patience(self.consistency_timeout if timeout is None else timeout, self._monotonic)
        while True:
            try:
                return act()
            except (Ambiguous, ServiceError) as error:
                pause = patience.pause()
                if not passing(error, patience.spent) or patience.is_over(pause):
                    raise
            self.sleep(pause)

    def wait_for(self, seen: Callable[[], bool], *, hits: int = 3, timeout: float | None = None, interval: float | None = None) -> bool:
        """Looks until `seen` was true `hits` times in a row: True; or until the time is over: False.

        One look is not enough: the replicas of the directory answer in turn, and one may know what the next does not. Without any
        time there is one look, and it is believed.
        """
        seconds = self.consistency_timeout if timeout is None else timeout
        patience = Patience(seconds, self._monotonic)
        hits = hits if seconds > 0 else 1
        row = 0
        while True:
            row = row + 1 if seen() else 0
            if row >= hits:
                return True
            pause = interval if interval is not None else patience.pause(soon=row > 0)
            if patience.is_over(pause):
                return False
            self.sleep(pause)

    def sleep(self, seconds: float) -> None:
        """Waits, and counts it in C(requests.waited)."""
        self.http.counts.waited += seconds
        (self._sleep or self.http.sleep)(seconds)

    def _pages(self, path: str, params: Params | None) -> Iterator[Resources]:
        """Each page of a list. Raises UntrustedAnswer for a list that is none, leads elsewhere, or never ends."""
        request, links = f"GET {path}", {path}
        body = self.get(path, params=params)
        empty = 0
        for _page in range(MOST_PAGES):
            entries = body.get("value")
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                raise UntrustedAnswer("the answer is no list of Microsoft Graph (no value); check graph_url", request)
            yield entries
            link = body.get("@odata.nextLink")
            if not link:
                return
            following = next_path(self.http.base_url, link, request)
            if following in links:
                raise UntrustedAnswer("the pages of the list lead in a circle; nothing can be concluded from it", request)
            links.add(following)
            empty = 0 if entries else empty + 1
            if empty == MOST_EMPTY:
                raise UntrustedAnswer(f"{MOST_EMPTY} pages of the list in a row are empty, and there is no end of them", request)
            body = self.get(following)
        raise UntrustedAnswer(f"the list has more than {MOST_PAGES} pages and no end", request)

    def _object(self, method: str, path: str, body: object) -> Resource:
        if body is None:
            return {}
        if not isinstance(body, dict):
            raise UntrustedAnswer("the answer is JSON, but no object; check graph_url", f"{method} {path}")
        return body


def next_path(base_url: str, link: object, request: str) -> str:
    """The part of a link to the next page that stands behind the base URL, as it is. Raises UntrustedAnswer for any other (F15)."""
    text = link if isinstance(link, str) else ""
    try:
        parts, base = urlsplit(text), urlsplit(base_url)
        same = _place(parts) == _place(base) and "@" not in parts.netloc
    except ValueError:
        same = False
    if not same:
        target = origin(text) or "an address that cannot be read"
        place = f"the next page of the list of {origin(base_url)} is said to be at {target}"
        raise UntrustedAnswer(f"{place}; not followed, no token was sent there", request)
    rest = parts.path[len(base.path) :]
    climbs = any(unquote(segment) in ("", ".", "..") for segment in rest.split("/")[1:])
    if not parts.path.startswith(f"{base.path}/") or climbs or not text.isascii() or not text.isprintable() or " " in text:
        raise UntrustedAnswer(f"the next page of the list is said to be outside of {base.path}; not followed", request)
    return rest.lstrip("/") + (f"?{parts.query}" if parts.query else "")


def literal(text: str) -> str:
    """Text as a literal of an OData filter, quotes doubled."""
    return "'" + text.replace("'", "''") + "'"


def _place(parts: t.Any) -> tuple[str, str, int]:
    return parts.scheme.lower(), (parts.hostname or "").lower(), parts.port or {"https": 443, "http": 80}.get(parts.scheme.lower(), 0)
