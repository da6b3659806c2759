# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time limit of an exchange and the thread that watches over it (F10); over the wire it is tested in test__connection.py."""

from __future__ import annotations

import socket
import threading
import time
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import Ambiguous, NotSent
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.exchange import Exchange, Watchdog, brief, causes

if t.TYPE_CHECKING:
    from collections.abc import Iterator


def test_f52_where_nobody_can_watch_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_thread(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    watchdog = Watchdog()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(NotSent, match="no more threads"), Exchange("GET Users", 0.2, watchdog):
            pass
    with Exchange("GET Users", 0.1, watchdog) as exchange:
        until_expired(exchange)


def until_expired(exchange: Exchange) -> None:
    """Waits until the watchdog has ended it."""
    end = time.monotonic() + 5
    while not exchange.expired:
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def wait_for_end(sock: socket.socket, limit: float) -> float:
    """Seconds until the socket is shut down."""
    begin = time.monotonic()
    sock.settimeout(limit)
    assert sock.recv(1) == b""
    return time.monotonic() - begin


def test_f10_the_socket_is_shut_down_when_the_time_is_over(pair: t.Any) -> None:
    with Exchange("GET Users", 0.2, Watchdog()) as exchange:
        exchange.hold(pair[0], sending=True)
        assert 0.1 < wait_for_end(pair[0], 5) < 2
        assert exchange.expired
        with pytest.raises(TimeoutError):
            exchange.hold(pair[0], sending=True)


def test_f10_a_short_limit_counts_beside_a_long_one(pair: t.Any) -> None:
    watchdog = Watchdog()
    with Exchange("GET Users", 30, watchdog):
        time.sleep(0.05)
        with Exchange("GET Groups", 0.2, watchdog) as short:
            short.hold(pair[0], sending=True)
            assert wait_for_end(pair[0], 5) < 2


def test_an_exchange_that_is_over_harms_no_socket(pair: t.Any) -> None:
    with Exchange("GET Users", 0.1, Watchdog()) as exchange:
        exchange.hold(pair[0], sending=True)
    exchange.expire()
    time.sleep(0.2)
    pair[0].sendall(b"x")
    assert pair[1].recv(1) == b"x"
    assert not exchange.expired


def test_the_thread_of_the_watchdog_goes_when_nobody_needs_it_and_comes_again(pair: t.Any) -> None:
    watchdog = Watchdog()
    for _unused in range(2):
        with Exchange("GET Users", 0.1, watchdog):
            thread = watchdog._thread
            assert thread is not None
            for _unused in range(100):
                with Exchange("GET Users", 0.1, watchdog):
                    assert watchdog._thread is thread
        thread.join(5)
        assert not thread.is_alive()
        assert watchdog._thread is None
    with Exchange("GET Users", 0.1, watchdog) as exchange:
        exchange.hold(pair[0], sending=True)
        wait_for_end(pair[0], 5)


@pytest.mark.parametrize(("sending", "kind", "text"), [(True, Ambiguous, "may or may not"), (False, NotSent, "nothing was sent")])
def test_what_a_failure_means_depends_on_whether_a_byte_left(pair: t.Any, sending: bool, kind: type[Exception], text: str) -> None:
    exchange = Exchange("GET Users", 7, Watchdog())
    exchange.hold(pair[0], sending=sending)
    failure = exchange.failure(ConnectionResetError(104, "Connection reset by peer"))
    assert failure.__class__ is kind
    assert str(failure).startswith("GET Users: the connection broke (Connection reset by peer)")
    assert text in str(failure)
    assert "within 7 seconds" in str(exchange.failure(OSError("wrapped", TimeoutError())))


def test_the_cause_of_an_error_is_found_in_a_few_words() -> None:
    inner = OSError(111, "Connection refused")
    outer = ValueError("a text that quotes the answer", KeyError(inner))
    assert list(causes(outer)) == [outer, outer.args[1], inner]
    assert brief(outer) == "Connection refused"
    assert brief(ValueError("a text that quotes the answer")) == "ValueError"
    inner.__context__ = outer
    assert len(list(causes(outer))) == 3
