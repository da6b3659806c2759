# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service on loopback that answers byte for byte as a test wants, and a clock that only moves when somebody sleeps."""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import ssl
import struct
import threading
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.connection import Connection
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.http import Http
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.pace import Pace
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.secrets import Scrubber
from ansible_collections.scimops.zscaler_one.tests.sandbox.tls import Authority

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Action = t.Union[bytes, None, Callable[[socket.socket], object]]  # noqa: UP007 - the oldest pylint reads it so


@dataclass(frozen=True)
class Seen:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    at: float


class Service:
    """Answers each request with what `answer` returns for it: bytes, None to close, or a function that is given the socket.

    The socket is closed after a function. Every request is in `seen`, the first bytes of every connection in `first_bytes`.
    """

    def __init__(self, answer: Callable[[Seen], Action], tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self._answer = answer
        self._tls = tls
        self.seen: list[Seen] = []
        self.connections = 0
        self.tls_failures = 0
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server((host, 0))
        self.port = self._listener.getsockname()[1]
        self.origin = f"{'https' if tls else 'http'}://{host}:{self.port}"
        self.base_url = f"{self.origin}/scim"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stops listening and closes what is open."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def methods(self) -> list[str]:
        """The methods of the requests so far."""
        return [seen.method for seen in self.seen]

    def _accept(self) -> None:
        while True:
            try:
                sock, _peer = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(sock)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        sock = plain
        with contextlib.suppress(OSError):
            try:
                if self._tls:
                    sock = self._tls.wrap_socket(plain, server_side=True)
            except ssl.SSLError:
                self.tls_failures += 1
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with sock:
                for seen in _requests(sock):
                    with self._lock:
                        self.seen.append(seen)
                        action = self._answer(seen)
                    if callable(action):
                        action(sock)
                        return
                    if action is None:
                        return
                    sock.sendall(action)


def _requests(sock: socket.socket) -> Iterator[Seen]:
    file = sock.makefile("rb")
    while True:
        line = file.readline().decode("latin-1")
        if not line.strip():
            return
        method, _unused, target = line.rpartition(" ")[0].partition(" ")
        if not line.rstrip().endswith(("HTTP/1.1", "HTTP/1.0")):
            # Not HTTP, perhaps TLS: nothing more to read.
            yield Seen("?", "", {}, b"", time.monotonic())
            return
        headers = {}
        for raw in iter(file.readline, b"\r\n"):
            if not raw:
                return
            name, _unused, value = raw.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        yield Seen(method, target, headers, file.read(int(headers.get("content-length", 0))), time.monotonic())


def reply(status: int = 200, body: object = None, *, kind: str = "application/scim+json", **headers: str) -> bytes:
    """The bytes of an answer; `body` is JSON unless it is bytes. Underscores in the names of headers stand for dashes."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status} ",
        f"Content-Length: {len(data)}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    if data:
        lines.append(f"Content-Type: {kind}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data


def error(status: int, detail: str, **headers: str) -> bytes:
    """The bytes of a SCIM error."""
    schema = "urn:ietf:params:scim:api:messages:2.0:Error"
    return reply(status, {"schemas": [schema], "status": str(status), "detail": detail}, **headers)


def reset(sock: socket.socket) -> None:
    """Closes with RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def cut(data: bytes, keep: int) -> Callable[[socket.socket], None]:
    """Sends all but the last bytes of an answer and closes."""
    return lambda sock: sock.sendall(data[: len(data) - keep])


def hang(sock: socket.socket) -> None:
    """Says nothing until the other side goes away."""
    with contextlib.suppress(OSError):
        sock.recv(1)


def drip(data: bytes, pause: float = 0.05) -> Callable[[socket.socket], None]:
    """Sends one byte at a time."""

    def send(sock: socket.socket) -> None:
        for byte in data:
            sock.sendall(bytes([byte]))
            time.sleep(pause)

    return send


def in_turn(*actions: Action) -> Callable[[Seen], Action]:
    """One action after the other; the last one for ever."""
    left = list(actions)
    return lambda _seen: left.pop(0) if len(left) > 1 else left[0]


class Clock:
    """Seconds that pass only by sleeping; safe for threads. `slept` has every sleep."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.now += seconds
            self.slept.append(seconds)


def token() -> str:
    """A token of this moment."""
    return "not-real-" + secrets.token_hex(12)


class Client:
    """An Http with a clock of its own; `secret` is its token."""

    def __init__(
        self, base_url: str, folder: object, *, rate: float = 0, draw: float = 0.5, real_time: bool = False, **options: t.Any
    ) -> None:
        self.clock = Clock()
        self.secret = token()
        self.scrub = Scrubber([self.secret])
        time_of = {} if real_time else {"monotonic": self.clock, "sleep": self.clock.sleep}
        self.pace = Pace(base_url, rate, directory=f"{folder}/pace", **time_of)
        tls = {name: options.pop(name) for name in ("ca_path", "validate_certs", "proxy") if name in options}
        if not tls:
            # To load the system's authorities takes longer than most tests.
            authorities = Path(f"{folder}/authorities")
            authorities.mkdir(exist_ok=True)
            tls = {"ca_path": str(Authority(authorities).ca_path)}
        self.connection = Connection(**tls)
        settings: dict[str, t.Any] = {
            "authorize": lambda: f"Bearer {self.secret}",
            "read_only": False,
            "timeout": 20.0,
            **time_of,
            **options,
        }
        self.http = Http(base_url, pace=self.pace, scrub=self.scrub, connection=self.connection, random=lambda: draw, **settings)
