# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small threading HTTP/1.1 server with keep-alive and TLS. It knows nothing of SCIM, faults or journals.

Why not `http.server`: faults need the socket itself (resets, half bodies, dripping), and its header parsing is slow.
"""

from __future__ import annotations

import contextlib
import http
import itertools
import json
import socket
import ssl
import struct
import threading
import time
import typing as t
import urllib.parse
from dataclasses import dataclass, field

LINE_LIMIT = 64 * 1024
HEADER_COUNT_LIMIT = 100
BODY_LIMIT = 64 * 1024 * 1024
HANDSHAKE_TIMEOUT = 10.0
IDLE_TIMEOUT = 300.0
KNOWN_STATUSES = frozenset(int(status) for status in http.HTTPStatus)


class BadRequest(Exception):
    """What came is not HTTP, or too big; `status` is what the client is told before the connection closes."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class Request:
    """One request as it came. Header names are lower case; of a repeated query key the last value counts."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""
    arrived: float = 0.0

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The query, decoded."""
        return dict(urllib.parse.parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    def json(self) -> t.Any:
        """The decoded body, None where there is none. Raises ValueError if it is not JSON."""
        return json.loads(self.body) if self.body else None


@dataclass
class Answer:
    """One answer: status, body and headers. Content-Length is added when it is sent."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def json_answer(status: int, content: object, content_type: str = "application/json", **headers: str) -> Answer:
    """An answer with `content` as JSON; keyword arguments are headers with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(content, separators=(",", ":")).encode(), {"Content-Type": content_type, **named})


class Connection:
    """One client connection. `open` turns false once it must not be used again."""

    def __init__(self, sock: socket.socket, number: int, stopping: threading.Event) -> None:
        self._socket = sock
        self._reader = sock.makefile("rb")
        self.number = number
        self.stopping = stopping
        self.open = True

    def read(self) -> Request | None:
        """The next request, None at the end. Raises BadRequest."""
        line = self._line()
        if not line:
            return None
        parts = line.split()
        if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
            raise BadRequest(400, "not an HTTP/1.1 request line")
        headers = self._headers()
        if headers.get("connection", "").lower() == "close" or parts[2] == "HTTP/1.0":
            self.open = False
        arrived = time.monotonic()
        return Request(parts[0], parts[1], headers, self._body(headers), arrived)

    def _line(self) -> str:
        line = self._reader.readline(LINE_LIMIT + 1)
        if len(line) > LINE_LIMIT:
            raise BadRequest(431, "a header line is too long")
        return line.decode("iso-8859-1").rstrip("\r\n")

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for _number in range(HEADER_COUNT_LIMIT):
            line = self._line()
            if not line:
                return headers
            name, _colon, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        raise BadRequest(431, "too many headers")

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("expect", "").lower() == "100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return b"".join(self._chunks())
        text = headers.get("content-length", "0")
        if not text.isdigit():
            raise BadRequest(400, "Content-Length is not a number")
        length = int(text)
        if length > BODY_LIMIT:
            raise BadRequest(413, "the body is too big")
        body = self._reader.read(length)
        if len(body) < length:
            raise ConnectionResetError("the client went away in the middle of its request")
        return body

    def _chunks(self) -> t.Iterator[bytes]:
        total = 0
        while True:
            text = self._line().partition(";")[0].strip()
            try:
                size = int(text, 16)
            except ValueError:
                raise BadRequest(400, "a chunk size is not a number") from None
            total += size
            if total > BODY_LIMIT:
                raise BadRequest(413, "the body is too big")
            if size == 0:
                self._headers()
                return
            yield self._reader.read(size)
            if self._line():
                raise BadRequest(400, "a chunk is longer than it says")

    def send(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self._socket.sendall(data)

    def answer(self, answer: Answer, *, reason_phrase: bool = True) -> None:
        """Sends a whole, correct answer."""
        self.send(head(answer, len(answer.body), reason_phrase=reason_phrase, keep=self.open) + answer.body)

    def wait(self, seconds: float) -> None:
        """Says nothing for so long, or until the server stops."""
        self.stopping.wait(seconds)

    def reset(self) -> None:
        """Ends the connection with a TCP reset."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._drop()

    def close(self) -> None:
        """Ends the connection in good order."""
        if isinstance(self._socket, ssl.SSLSocket):
            with contextlib.suppress(OSError, ValueError):
                self._socket.settimeout(0.1)
                self._socket.unwrap()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._drop()

    def interrupt(self) -> None:
        """Wakes the thread that reads from this connection; called from another thread."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        self.open = False
        with contextlib.suppress(OSError):
            self._reader.close()
        with contextlib.suppress(OSError):
            self._socket.close()


def head(answer: Answer, length: int, *, reason_phrase: bool = True, keep: bool = True) -> bytes:
    """The status line and headers of an answer whose body is said to have `length` bytes."""
    phrase = http.HTTPStatus(answer.status).phrase if reason_phrase and answer.status in KNOWN_STATUSES else ""
    lines = [f"HTTP/1.1 {answer.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    if answer.status != 204 and "Content-Length" not in answer.headers:
        lines.append(f"Content-Length: {length}")
    if not keep:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("iso-8859-1")


Responder = t.Callable[[Request, Connection], None]


class HttpServer:
    """Listens on a loopback port and gives every request to `respond`, one thread for each connection."""

    def __init__(self, respond: Responder, *, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self._respond = respond
        self._tls = tls
        self._numbers = itertools.count(1)
        self._stopping = threading.Event()
        self._connections: set[Connection] = set()
        self._lock = threading.Lock()
        self._guests = 0
        """Those who were accepted and have not been let go."""
        self._left = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name=f"sandbox-{self.port}", daemon=True)

    def start(self) -> None:
        """Begins to accept connections."""
        self._thread.start()

    def stop(self) -> None:
        """Stops listening and ends every connection, hanging ones too."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.interrupt()

    def settle(self, patience: float = 10.0) -> None:
        """Waits until all who are connected have hung up: what a process sent before it was killed is carried out by then.

        Raises TimeoutError where somebody stays.
        """
        # Whoever came before is accepted before.
        with socket.create_connection(("127.0.0.1", self.port), patience) as last, contextlib.suppress(ConnectionError):
            last.shutdown(socket.SHUT_WR)
            while last.recv(1024):
                pass
        with self._left:
            if not self._left.wait_for(lambda: not self._guests, patience):
                raise TimeoutError(f"{self._guests} are still connected after {patience:g} seconds")

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _peer = self._listener.accept()
            except OSError:
                if self._stopping.is_set():
                    return
                continue
            with self._left:
                self._guests += 1
            threading.Thread(target=self._host, args=(sock,), daemon=True).start()

    def _host(self, plain: socket.socket) -> None:
        try:
            self._serve(plain)
        finally:
            with self._left:
                self._guests -= 1
                self._left.notify_all()

    def _serve(self, plain: socket.socket) -> None:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.settimeout(HANDSHAKE_TIMEOUT)
        try:
            sock = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
            sock.settimeout(IDLE_TIMEOUT)
        except (OSError, ValueError):
            plain.close()
            return
        connection = Connection(sock, next(self._numbers), self._stopping)
        with self._lock:
            self._connections.add(connection)
        try:
            self._converse(connection)
        except (OSError, ValueError):
            pass  # the client went away; it will have its own opinion about that
        finally:
            connection.close()
            with self._lock:
                self._connections.discard(connection)

    def _converse(self, connection: Connection) -> None:
        while connection.open and not self._stopping.is_set():
            try:
                request = connection.read()
            except BadRequest as error:
                connection.open = False
                connection.answer(json_answer(error.status, {"detail": str(error)}))
                return
            if request is None:
                return
            self._respond(request, connection)
