# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time limit of one exchange, for everything together, however slowly the other side drips (F10)."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import typing as t

from .._errors import Ambiguous, NotSent

if t.TYPE_CHECKING:
    from collections.abc import Iterator


ROUND = 0.2
"""Seconds after which the watchdog looks at the latest whether reading has to end."""


class Exchange:
    """One request under way: the socket that it holds, and whether any of it left. `limit` is in seconds from now.

    A context: inside of it, `watchdog` shuts the socket down when the time is over, and from then on nothing can go out on it.
    `reads` says that the request changes nothing, so that it may be broken off.
    """

    def __init__(self, request: str, limit: float, watchdog: Watchdog, *, reads: bool = False) -> None:
        self.request = request
        self.reads = reads
        self.end = time.monotonic() + limit
        self.sent = False
        self.expired = False
        self._limit = limit
        self._watchdog = watchdog
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._over = False

    def __enter__(self) -> Exchange:
        """Raises NotSent where nobody can watch."""
        try:
            self._watchdog.add(self)
        except RuntimeError:
            raise NotSent("this machine has no more threads (ulimit -u); nothing was sent", self.request) from None
        return self

    def __exit__(self, *error: object) -> None:
        self._watchdog.remove(self)
        with self._lock:
            self._over = True
            self._socket = None

    def remaining(self) -> float:
        """Seconds that are left, at least a thousandth, since a socket takes 0 for "do not wait"."""
        return max(0.001, self.end - time.monotonic())

    def hold(self, sock: socket.socket | None, *, sending: bool) -> None:
        """From now on `sock` is shut down when the time is over. Raises TimeoutError if it is over already."""
        with self._lock:
            if self.expired:
                raise TimeoutError
            self._socket = sock
            self.sent = self.sent or sending

    def expire(self) -> None:
        """Ends the exchange, unless it is over."""
        with self._lock:
            if self._over:
                return
            self.expired = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    # Not SSLSocket.shutdown, which would take the TLS state away under the thread that reads.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def failure(self, error: Exception) -> NotSent | Ambiguous:
        """What `error` means for the caller; its own text is not repeated, since it may quote the answer."""
        if self.expired or any(isinstance(cause, (TimeoutError, socket.timeout)) for cause in causes(error)):
            reason = f"no complete answer within {self._limit:.3g} seconds"
        else:
            reason = f"the connection broke ({brief(error)})"
        if self.sent:
            return Ambiguous(f"{reason}; the service may or may not have carried it out", self.request)
        return NotSent(f"{reason}; nothing was sent", self.request)


class Watchdog:
    """Ends exchanges whose time is over. One thread for all of them, which is there only while it is needed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.ends_reading = False
        """Set without a lock, by the handler of a signal, where nobody needs any more what is read."""
        self._exchanges: set[Exchange] = set()
        self._thread: threading.Thread | None = None
        self._wakes_at = 0.0

    def add(self, exchange: Exchange) -> None:
        """From now on `exchange` is watched."""
        with self._changed:
            self._exchanges.add(exchange)
            if self._thread is None:
                self._begin(exchange)
            elif exchange.end < self._wakes_at:
                self._changed.notify()

    def remove(self, exchange: Exchange) -> None:
        """`exchange` is over. The thread is not woken for that: it finds out."""
        with self._changed:
            self._exchanges.discard(exchange)

    def _begin(self, exchange: Exchange) -> None:
        """Starts the thread, or raises RuntimeError, and is as if it had not been asked to."""
        self._thread = threading.Thread(target=self._watch, daemon=True)
        try:
            self._thread.start()
        except RuntimeError:
            self._thread = None
            self._exchanges.discard(exchange)
            raise

    def _watch(self) -> None:
        with self._changed:
            while self._exchanges:
                now = time.monotonic()
                for exchange in [one for one in self._exchanges if one.end <= now or (self.ends_reading and one.reads)]:
                    self._exchanges.discard(exchange)
                    exchange.expire()
                self._wakes_at = min((*(one.end for one in self._exchanges), now + ROUND)) if self._exchanges else now
                self._changed.wait(self._wakes_at - now)
            self._thread = None


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """`error` and what it was made from, also where a library only keeps it as an argument."""
    seen: list[BaseException] = []
    queue = [error]
    while queue:
        cause = queue.pop(0)
        if cause is None or any(cause is other for other in seen):
            continue
        seen.append(cause)
        yield cause
        queue += [cause.__cause__, cause.__context__, getattr(cause, "reason", None)]
        queue += [argument for argument in cause.args if isinstance(argument, BaseException)]
        queue = [item for item in queue if isinstance(item, BaseException)]


def brief(error: BaseException) -> str:
    """The innermost error in a few words of the system's, or its class."""
    last = list(causes(error))[-1]
    if isinstance(last, OSError) and last.strerror:
        return last.strerror
    return type(last).__name__
