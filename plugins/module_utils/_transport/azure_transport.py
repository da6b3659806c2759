# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries the token requests of azure-identity over our connection: its time limit, its trust, no redirect, no netrc, no environment."""

from __future__ import annotations

import typing as t
from urllib.parse import urlencode, urlsplit

from .._errors import Ambiguous, NotSent, TransportError, UntrustedAnswer
from .address import origin

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from .connection import Connection, Reply

LONGEST_SLEEP = 20.0
"""Seconds that the library may sleep between two of its attempts; further ones are ours."""


class AzureTransport:
    """A transport as azure-core wants it, by its methods alone. `authority` is the only place that it goes to; "" = anywhere.

    The library insists on https; where `authority` is plain http (to this machine), its requests are sent there as plain http.
    `failure` and `reply` tell what came of the last request, better than the exceptions into which the library wraps it.
    """

    def __init__(self, connection: Connection, authority: str, *, timeout: float, request: str, sleep: Callable[[float], object]) -> None:
        self.failure: TransportError | None = None
        self.reply: Reply | None = None
        self._connection = connection
        self._authority = authority
        self._timeout = timeout
        self._request = request
        self._sleep = sleep

    def send(self, request: t.Any, **_options: t.Any) -> Response:
        """Sends once; whatever answers is an answer. Raises TransportError."""
        self.failure = self.reply = None
        try:
            self.reply = self._connection.exchange(
                self._request,
                request.method,
                self._address(request.url),
                headers=dict(request.headers),
                # Older versions of azure-identity (1.17) make requests of another class.
                data=_bytes(request.content if hasattr(request, "content") else request.data),
                limit=self._timeout,
            )
        except Ambiguous:
            # A token that was made and lost does no harm; the request that needed it has not been sent.
            self.failure = NotSent("no complete answer", self._request)
            raise self.failure from None
        except TransportError as error:
            self.failure = error
            raise
        return Response(request, self.reply, self._said(self.reply.data))

    def sleep(self, seconds: float) -> None:
        """Sleeps between two attempts of the library, unless that would be long."""
        if seconds > LONGEST_SLEEP:
            self.failure = NotSent(f"the service wants no request for {seconds:.0f} seconds", self._request)
            raise self.failure
        self._sleep(seconds)

    def open(self) -> None:
        """Nothing: connections are made when they are needed."""

    def close(self) -> None:
        """Nothing: the connection belongs to the task."""

    def __enter__(self) -> AzureTransport:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing, as `close`."""

    def _address(self, url: str) -> str:
        """Where to send what the library sends to `url`. Raises UntrustedAnswer if that is not the authority."""
        if not self._authority:
            return url
        asked, ours = urlsplit(url), urlsplit(self._authority)
        # The libraries do not agree on the host behind a backslash or an @ (RFC 3986 3.2 knows no backslash): no token service needs them.
        odd = "\\" in url or "@" in asked.netloc
        if odd or (asked.hostname, asked.port or 443) != (ours.hostname, ours.port or 443):
            place = "an address that can be read in two ways" if odd else origin(url)
            text = f"a token was to be asked for at {place}, which is not authority_url ({origin(self._authority)}); nothing was sent"
            raise UntrustedAnswer(text, self._request)
        return asked._replace(scheme=ours.scheme).geturl()

    def _said(self, data: bytes) -> bytes:
        """The body with the addresses of a plain http authority as the library wants them."""
        if not self._authority.startswith("http:"):
            return data
        return data.replace(f"{self._authority}/".encode(), f"https:{self._authority[5:]}/".encode())


class Response:
    """An answer as azure-core and MSAL read it."""

    def __init__(self, request: t.Any, reply: Reply, data: bytes) -> None:
        self.request = request
        self.status_code = reply.status
        self.headers = reply.headers
        self.content_type = reply.headers.get("Content-Type", "")
        self.reason = ""
        self._data = data

    def body(self) -> bytes:
        """The body."""
        return self._data

    def text(self, encoding: str | None = None) -> str:
        """The body as text."""
        return self._data.decode(encoding or "utf-8", "replace")


def _bytes(content: t.Any) -> bytes | None:
    """The body of a request: a form, text or bytes."""
    if not content:
        return None
    if isinstance(content, bytes):
        return content
    return (content if isinstance(content, str) else urlencode(content)).encode("utf-8")
