# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One exchange with a service: bytes out, bytes in, within one limit for time and one for size.

The limit for time holds for the whole exchange: name look-up, connect, TLS, and every byte of the answer (F10). When it is over, the
socket is shut down under the thread that uses it; nothing of an abandoned request can go out later. Certificates are checked by
Python's own ssl with the system's trust or C(ca_path) alone; the environment (proxies, netrc, bundles of requests) has no say (F16).
"""

from __future__ import annotations

import http.client
import threading
import typing as t
import zlib
from dataclasses import dataclass

from .._errors import CollectionError, UntrustedAnswer
from .dial import Unreachable, connect, tls_context
from .exchange import Exchange, Watchdog

try:
    import requests
    import urllib3
    from requests.adapters import HTTPAdapter
except ImportError:
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True

if t.TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

__all__ = ["Connection", "Reply", "Unreachable"]

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes of one answer after decoding (F9)."""

BLOCK = 64 * 1024

AGENT = "scimops.zscaler_one (Ansible collection)"
"""C(User-Agent). Without a version: module code does not know it, and a number kept by hand goes stale."""


@dataclass(frozen=True)
class Reply:
    """What came back, complete: `data` is decoded and has the length that the service announced."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class Connection:
    """Kept connections to one service, one session for each thread. `proxy` is a checked URL; plain http never goes through it."""

    def __init__(self, *, ca_path: str | None = None, validate_certs: bool = True, proxy: str | None = None) -> None:
        if not HAS_REQUESTS:
            raise CollectionError("The Python library requests (2.25.1 or newer) is not installed for the Python that runs this module.")
        self._tls = tls_context(ca_path, validate_certs)
        self._verify: bool | str = (ca_path or True) if validate_certs else False
        self._proxies = {"https": proxy} if proxy else {}
        self._watchdog = Watchdog()
        self._local = threading.local()
        self._lock = threading.Lock()
        self._sessions: list[requests.Session] = []

    def exchange(
        self, request: str, method: str, url: str, *, headers: Mapping[str, str], data: bytes | None, limit: float, reads: bool = False
    ) -> Reply:
        """The answer, whatever its status; redirects are not followed. `limit` is in seconds, for everything together. What only `reads`
        is broken off once `end_reading` was called.

        Raises NotSent where no byte of the request left, Ambiguous where some did and no complete answer came, and
        UntrustedAnswer for one that is too big or oddly encoded. `request` is the name of the request in errors.
        """
        exchange = self._local.exchange = Exchange(request, limit, self._watchdog, reads=reads)
        try:
            with exchange:
                session = self._session()
                prepared = session.prepare_request(requests.Request(method, url, headers=dict(headers), data=data))
                # Not Session.send: it reads the address and the whole body of a redirect, even of one that it is not to follow.
                response = session.get_adapter(url).send(prepared, stream=True, timeout=limit, verify=self._verify, proxies=self._proxies)
                try:
                    reply = Reply(response.status_code, response.headers, _body(response, request))
                finally:
                    response.close()
            if exchange.expired:
                # Its end may be the one that the watchdog made.
                raise TimeoutError
            return reply
        except (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            raise exchange.failure(error) from None

    def end_reading(self) -> None:
        """Breaks off what only reads, now and later. Takes no lock, so that the handler of a signal may call it."""
        self._watchdog.ends_reading = True

    def close(self) -> None:
        """Closes the kept connections of all threads."""
        with self._lock:
            sessions, self._sessions = self._sessions, []
        for session in sessions:
            session.close()

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False
            session.headers.clear()
            session.headers.update({"User-Agent": AGENT, "Accept-Encoding": "gzip", "Connection": "keep-alive"})
            adapter = _adapter(self._tls, lambda: t.cast(Exchange, self._local.exchange))
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            with self._lock:
                self._sessions.append(session)
        return session


class Line:
    """What our connections do otherwise than those of urllib3, which they are mixed into: connect, and tell when a byte leaves."""

    sock: t.Any
    tls: t.ClassVar[ssl.SSLContext | None]
    current: t.ClassVar[t.Any]
    _connecting = False

    def connect(self) -> None:
        """Makes the socket, encrypted if there is `tls`."""
        self._connecting = True
        try:
            connect(t.cast("t.Any", self), self.tls, self.current())
        finally:
            self._connecting = False

    def send(self, data: t.Any) -> None:
        """Sends a part of the request, or raises because its time is over."""
        self.current().hold(self.sock, sending=not self._connecting)
        super().send(data)  # type: ignore[misc]


class Pool:
    """Mixed into the pools of urllib3: connects before the first byte, and leaves certificates to `connect`."""

    def _validate_conn(self, conn: t.Any) -> None:
        if conn.sock is None:
            conn.connect()


def _adapter(context: ssl.SSLContext, exchange: Callable[[], Exchange]) -> HTTPAdapter:
    """An adapter whose connections are made by `connect` and report to the current exchange of the thread."""

    class PlainConnection(Line, urllib3.connection.HTTPConnection):
        tls = None
        current = staticmethod(exchange)

    class SecureConnection(Line, urllib3.connection.HTTPSConnection):
        tls = context
        current = staticmethod(exchange)

    class PlainPool(Pool, urllib3.HTTPConnectionPool):
        ConnectionCls = PlainConnection

    class SecurePool(Pool, urllib3.HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: t.Any, **kwargs: t.Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

        def proxy_manager_for(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
            manager = super().proxy_manager_for(*args, **kwargs)
            manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
            return manager

        def cert_verify(self, *args: t.Any, **kwargs: t.Any) -> None:
            """Nothing: the context decides, and requests would trust its own list of authorities besides."""

    return Adapter(pool_connections=2, pool_maxsize=1)


def _body(response: requests.Response, request: str) -> bytes:
    """The decoded body, complete; never more than `LARGEST_ANSWER` bytes in memory."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise UntrustedAnswer("an answer in a content encoding that was not asked for", request)
    inflate = zlib.decompressobj(31) if "gzip" in encoding else None
    parts: list[bytes] = []
    size = received = 0
    for block in iter(lambda: response.raw.read(BLOCK, decode_content=False), b""):
        received += len(block)
        try:
            part = inflate.decompress(block, LARGEST_ANSWER + 1 - size) if inflate else block
        except zlib.error:
            raise UntrustedAnswer("an answer that calls itself gzip and is not", request) from None
        size += len(part)
        parts.append(part)
        if max(size, received) > LARGEST_ANSWER:
            raise UntrustedAnswer(f"an answer of more than {LARGEST_ANSWER // 2**20} MiB; reading was stopped", request)
        if inflate and inflate.eof:
            # Complete, as its checksum says. What may follow is not read: zlib would copy all of it again with each block.
            return b"".join(parts)
    if _is_cut(response, received) or (inflate and received):
        raise http.client.IncompleteRead(b"")
    return b"".join(parts)


def _is_cut(response: requests.Response, received: int) -> bool:
    """Whether the connection ended before the answer did, as far as its headers tell (F5, F7)."""
    if response.request.method == "HEAD" or response.status_code in (204, 304):
        return False
    headers = response.headers
    if "Content-Length" in headers:
        announced = headers["Content-Length"].strip()
        return announced.isdigit() and received < int(announced)
    # Python takes headers that break off for complete. Where nothing announces the end of a body by closing, and no body came, they did.
    closing = response.raw.version < 11 or "Transfer-Encoding" in headers or "close" in headers.get("Connection", "").lower()
    return not received and not closing
