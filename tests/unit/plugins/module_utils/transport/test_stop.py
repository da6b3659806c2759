# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""F52: a task that is told to stop sends nothing more, waits for nothing more, and says of every request what is true."""

from __future__ import annotations

import signal
import threading
import time
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import (
    Ambiguous,
    NotSent,
    ServiceError,
    Stopped,
    TransportError,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.connection import Reply

from .loopback import Client, Service, error, in_turn, reply, reset
from .virtual import Simulation

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.http import Http

FINE = reply(200, {"ok": True})
REASON = "the run was asked to end (SIGTERM)"


class Net:
    """One service and one client of it, in real time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened: list[tuple[Service, Client]] = []

    def connect(self, *actions: t.Any, **options: t.Any) -> tuple[Service, Http]:
        """A service that answers with `actions` in turn, and the transport."""
        service = Service(in_turn(*actions))
        self.opened.append((service, Client(service.base_url, self.folder, real_time=True, **options)))
        return service, self.opened[-1][1].http


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    made = Net(tmp_path)
    yield made
    for service, client in made.opened:
        client.http.close()
        service.close()


def outcome(http: Http, method: str, path: str = "Users/1") -> Answered:
    """Sends in a thread of its own."""
    return Answered(lambda: http.send(method, path, body=None if method == "GET" else {}))


class Answered:
    """What a request came to, in `error`; None if it was answered."""

    def __init__(self, send: Callable[[], object]) -> None:
        self.error: TransportError | None = None
        self._thread = threading.Thread(target=self._run, args=(send,), daemon=True)
        self._thread.start()

    def _run(self, send: Callable[[], object]) -> None:
        try:
            send()
        except TransportError as problem:
            self.error = problem

    def soon(self) -> TransportError | None:
        """The error, which is there within a few seconds."""
        self._thread.join(5)
        assert not self._thread.is_alive()
        return self.error


def until(seen: Callable[[], object]) -> None:
    for _unused in range(500):
        if seen():
            return
        time.sleep(0.01)
    raise AssertionError


def test_f52_nothing_is_sent_any_more(net: Net) -> None:
    service, http = net.connect(FINE)
    http.send("GET", "Users")
    http.stop(REASON)
    http.stop("a second reason")
    for anonymous in (True, False):
        with pytest.raises(Stopped, match=r"POST Users: not sent: the run was asked to end \(SIGTERM\)"):
            http.send("POST", "Users", body={}, anonymous=anonymous)
    assert len(service.seen) == 1
    assert http.written == 0


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_f52_who_waits_for_the_end_of_a_pause_is_woken(net: Net, method: str) -> None:
    service, http = net.connect(error(429, "slow down", Retry_After="600"), FINE)
    requests = [outcome(http, method)]
    until(lambda: http.counts.throttled)
    requests += [outcome(http, "GET") for _unused in range(8)]
    http.stop(REASON)
    assert {type(request.soon()) for request in requests} == {Stopped}
    assert len(service.seen) == 1


def test_f52_who_waits_for_a_turn_is_woken(net: Net) -> None:
    service, http = net.connect(FINE, rate=0.01)
    http.send("GET", "Users")
    requests = [outcome(http, "POST") for _unused in range(4)]
    time.sleep(0.05)
    http.stop(REASON)
    assert {type(request.soon()) for request in requests} == {Stopped}
    assert len(service.seen) == 1


@pytest.mark.parametrize(
    ("method", "fault", "kind"),
    [
        pytest.param("GET", error(500, "oops"), ServiceError, id="a read that failed"),
        pytest.param("PATCH", reset, Ambiguous, id="a write that may be done"),
        pytest.param("PATCH", error(502, "oops"), ServiceError, id="a write that may be done, by its status"),
    ],
)
def test_f52_who_waits_to_send_again_tells_what_the_first_time_came_to(net: Net, method: str, fault: t.Any, kind: type[Exception]) -> None:
    service, http = net.connect(fault, FINE, draw=1.0)
    request = outcome(http, method)
    until(lambda: service.seen)
    time.sleep(0.1)
    http.stop(REASON)
    assert request.soon().__class__ is kind
    assert len(service.seen) == 1


def test_f52_a_write_that_may_be_done_is_not_told_as_not_sent(net: Net) -> None:
    service, http = net.connect(reset, error(429, "x", Retry_After="600"), FINE, draw=0.0)
    request = outcome(http, "PUT")
    until(lambda: http.counts.throttled)
    http.stop(REASON)
    assert request.soon().__class__ is Ambiguous
    assert "may or may not have carried it out; not sent again: the run was asked to end" in str(request.error)
    assert len(service.seen) == 2


def test_f52_what_could_not_be_sent_is_told_so(net: Net) -> None:
    service, http = net.connect(FINE, draw=1.0)
    service.close()
    request = outcome(http, "POST")
    until(lambda: http.counts.sent)
    http.stop(REASON)
    assert isinstance(request.soon(), (NotSent, Stopped))


def test_f52_what_is_under_way_comes_to_its_end(net: Net) -> None:
    began = threading.Event()
    told = threading.Event()

    def slowly(sock: t.Any) -> None:
        began.set()
        told.wait(5)
        sock.sendall(reply(201, {"id": "1"}))

    _service, http = net.connect(slowly)
    request = outcome(http, "POST", "Users")
    assert began.wait(5)
    http.stop(REASON)
    told.set()
    assert request.soon() is None
    assert http.written == 1


class Hanging:
    """Answers after a while, if nobody goes before."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.told = threading.Event()

    def __call__(self, sock: t.Any) -> None:
        self.began.set()
        self.told.wait(20)
        sock.sendall(FINE)


@pytest.mark.parametrize(("method", "path"), [("GET", "Users"), ("POST", "Users/.search")])
def test_f52_a_read_that_hangs_is_broken_off_where_nothing_was_written(net: Net, method: str, path: str) -> None:
    hanging = Hanging()
    service, http = net.connect(hanging, FINE, timeout=30)
    request = outcome(http, method, path)
    assert hanging.began.wait(5)
    began = time.monotonic()
    http.stop(REASON)
    assert isinstance(request.soon(), Stopped), request.error
    assert time.monotonic() - began < 2
    hanging.told.set()
    assert len(service.seen) == 1


@pytest.mark.parametrize(("method", "written"), [("PATCH", False), ("GET", True)])
def test_f52_a_write_and_what_is_read_after_one_come_to_their_end(net: Net, method: str, written: bool) -> None:
    hanging = Hanging()
    _service, http = net.connect(*([FINE] if written else []), hanging, timeout=30)
    if written:
        http.send("PATCH", "Users/1", body={})
    request = outcome(http, method)
    assert hanging.began.wait(5)
    http.stop(REASON)
    time.sleep(0.5)
    hanging.told.set()
    assert request.soon() is None


class Instant:
    """A connection that answers at once."""

    def end_reading(self) -> None:
        """There is nothing that lasts."""

    def exchange(self, *_words: object, **_options: object) -> Reply:
        """The answer."""
        return Reply(200, {"Content-Type": "application/json"}, b"{}")

    def close(self) -> None:
        """Nothing to close."""


def test_f52_to_stop_takes_no_lock(net: Net) -> None:
    """The frame that a signal interrupts may hold any of them."""
    _service, http = net.connect(FINE)
    thread = threading.Thread(target=http.stop, args=(REASON,), daemon=True)
    with http._lock, http._limits._lock, http.pace._lock:
        thread.start()
        thread.join(5)
        assert not thread.is_alive()


def send_for_ever(http: Http) -> None:
    while True:
        http.send("GET", "Users")


def test_f52_a_signal_that_finds_us_anywhere_in_the_transport_stops_it(tmp_path: Path) -> None:
    """The handler runs in the very frame that it interrupts, which may hold any lock of ours."""
    world = Simulation(tmp_path, None)
    for attempt in range(60):
        http = world.transport(0, connection=Instant(), sleep=None, monotonic=time.monotonic)
        before = signal.signal(signal.SIGALRM, lambda *_frame, http=http: http.stop(REASON))
        signal.setitimer(signal.ITIMER_REAL, 0.002 + attempt * 0.0001)
        try:
            with pytest.raises(Stopped):
                send_for_ever(http)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
            http.close()
