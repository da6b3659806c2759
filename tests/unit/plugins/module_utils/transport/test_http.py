# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The transport against a service that misbehaves over real sockets; only the waiting is not real."""

from __future__ import annotations

import contextlib
import email.utils
import gzip
import json
import os
import threading
import time
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import (
    Ambiguous,
    DeadlinePassed,
    InputError,
    NotSent,
    ServiceError,
    Throttled,
    TransportError,
    Unauthorized,
    UntrustedAnswer,
    WriteInCheckMode,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import dial
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.connection import Reply
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.http import Answer, Call, Http, check_base_url, quote_segment
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.pace import Pace
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.secrets import MASK, Scrubber
from ansible_collections.scimops.zscaler_one.tests.sandbox.tls import Authority

from .loopback import Client, Clock, Seen, Service, cut, error, hang, in_turn, reply, reset

if t.TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

FINE = reply(200, {"ok": True})
LIST = {"Resources": [{"id": str(n)} for n in range(20)]}


def patience(fault: object) -> float:
    """The time limit of a request: short only where it is going to be used up."""
    return 0.3 if fault is hang else 20


class Timed(Scrubber):
    """Knows how long the longest text was that it had to look at."""

    longest = 0

    def scrub_text(self, text: str) -> str:
        self.longest = max(self.longest, len(text))
        return super().scrub_text(text)


class Net:
    """Services and clients of one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.services: list[Service] = []
        self.clients: list[Client] = []

    def service(self, *actions: t.Any, tls: t.Any = None) -> Service:
        """A service that answers with `actions` in turn; one function of the request decides itself."""
        own = len(actions) == 1 and getattr(actions[0], "__name__", "") == "answer"
        self.services.append(Service(actions[0] if own else in_turn(*actions), tls=tls))
        return self.services[-1]

    def client(self, service: Service | str, **options: t.Any) -> Client:
        """A client of it."""
        base_url = service if isinstance(service, str) else service.base_url
        self.clients.append(Client(base_url, self.folder, **options))
        return self.clients[-1]


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    made = Net(tmp_path)
    yield made
    for client in made.clients:
        client.http.close()
    for service in made.services:
        service.close()


# --- what is sent ---


def test_a_request_is_complete(net: Net) -> None:
    service = net.service(reply(201, {"id": "1"}, Location="x"))
    client = net.client(service)
    answer = client.http.send("POST", "Users", body={"userName": "zoë"})
    assert (answer.status, answer.body, answer.sent, answer.headers["location"]) == (201, {"id": "1"}, 1, "x")
    (seen,) = service.seen
    assert (seen.method, seen.target, json.loads(seen.body)) == ("POST", "/scim/Users", {"userName": "zoë"})
    assert seen.headers["authorization"] == f"Bearer {client.secret}"
    assert seen.headers["accept"] == "application/scim+json, application/json"
    assert seen.headers["content-type"] == "application/scim+json"
    assert seen.headers["user-agent"] == "scimops.zscaler_one (Ansible collection)"


def test_a_request_without_body_has_no_content_type_and_an_anonymous_one_no_token(net: Net) -> None:
    service = net.service(FINE)
    net.client(service).http.send("GET", "ServiceProviderConfig", anonymous=True)
    assert "content-type" not in service.seen[0].headers
    assert "authorization" not in service.seen[0].headers


def test_b16_b17_paths_and_filters_arrive_as_they_were_meant(net: Net) -> None:
    service = net.service(FINE)
    http = net.client(service).http
    http.send("GET", f"Users/{quote_segment('a/../%2f?#')}", params={"filter": 'userName eq "a+b&c%20d"', "startIndex": 1})
    assert service.seen[0].target == ("/scim/Users/a%2F..%2F%252f%3F%23?filter=userName%20eq%20%22a%2Bb%26c%2520d%22&startIndex=1")


def test_f12_plain_http_to_another_machine_is_refused(net: Net) -> None:
    with pytest.raises(InputError, match="https://"):
        net.client("http://scim.example.test/scim")
    assert check_base_url("https://scim.example.test/scim/") == "https://scim.example.test/scim"


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "Users"), ("PUT", "Users/1"), ("PATCH", "Users/1"), ("DELETE", "Users/1"), ("POST", "Bulk")]
)
def test_check_mode_never_writes(net: Net, method: str, path: str) -> None:
    service = net.service(FINE)
    http = net.client(service, read_only=True).http
    with pytest.raises(WriteInCheckMode):
        http.send(method, path, body={})
    assert http.send("GET", "Users").status == http.send("POST", "Users/.search", body={}).status == 200
    assert service.methods() == ["GET", "POST"]
    assert service.connections == 1


def test_counts_tell_what_it_cost(net: Net) -> None:
    client = net.client(net.service(error(500, "x"), FINE, error(429, "x", Retry_After="3"), FINE))
    client.http.send("GET", "Users")
    client.http.send("POST", "Users", body={})
    counts = client.http.counts.as_result()
    assert counts == {"sent": 4, "by_method": {"GET": 2, "POST": 2}, "throttled": 1, "retried": 2, "waited": 3.5}


# --- the transport fails ---


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_f1_what_was_not_sent_is_sent_again_whatever_it_is(net: Net, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    service = net.service(FINE)
    client = net.client(service)
    refusals = [ConnectionRefusedError(111, "Connection refused")] * 4
    really = dial.socket.socket.connect

    def connect(sock: socket.socket, address: t.Any) -> None:
        if refusals:
            raise refusals.pop()
        really(sock, address)

    monkeypatch.setattr(dial.socket.socket, "connect", connect)
    assert client.http.send(method, "Users").sent == 5
    assert client.clock.slept == [0.5, 1.0, 2.0, 4.0]
    assert service.methods() == [method]


def test_f1_at_most_five_attempts(net: Net) -> None:
    service = net.service(FINE)
    service.close()
    client = net.client(service)
    with pytest.raises(NotSent, match="cannot connect"):
        client.http.send("POST", "Users")
    assert client.http.counts.sent == 5
    assert len(client.clock.slept) == 4


def test_f2_an_unknown_name_fails_once_and_for_all(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    look_ups: list[object] = []
    really = dial.socket.getaddrinfo

    def look_up(*arguments: t.Any) -> t.Any:
        look_ups.append(arguments)
        return really(*arguments)

    monkeypatch.setattr(dial.socket, "getaddrinfo", look_up)
    client = net.client("https://no-such-host.invalid/scim")
    for _unused in range(50):
        with pytest.raises(NotSent, match="cannot be resolved"):
            client.http.send("GET", "Users")
    assert len(look_ups) == 1
    assert client.clock.slept == []


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(hang, id="f3 hangs"),
        pytest.param(reset, id="f5 reset"),
        pytest.param(None, id="f6 closed"),
        pytest.param(cut(reply(200, LIST), 9), id="f7 cut"),
        pytest.param(
            cut(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n[1, 2]", 3), id="f7 cut, no length"
        ),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_f3_f7_what_may_be_repeated_is(net: Net, fault: t.Any, method: str) -> None:
    service = net.service(fault, fault, reply(200, LIST))
    client = net.client(service, timeout=patience(fault))
    answer = client.http.send(method, "Users/1")
    assert (answer.body, answer.sent) == (LIST, 3)
    assert service.methods() == [method] * 3
    assert client.clock.slept == [0.5, 1.0]


AMBIGUOUS = {
    "f4 hangs": hang,
    "f5 reset": reset,
    "f5 cut": cut(reply(201, {"id": "1"}), 3),
    "f5 broken JSON": reply(201, b'{"id": '),
    "f6 closed": None,
    "f25 500": error(500, "oops"),
    "f25 502": reply(502, b"<html>", kind="text/html"),
    "f25 503": error(503, "busy"),
    "f25 503 with a pause": error(503, "busy", Retry_After="7"),
    "504": reply(504),
    "408": reply(408),
}


@pytest.mark.parametrize("fault", AMBIGUOUS)
def test_f4_f5_f6_f25_a_create_is_never_sent_twice_blind(net: Net, fault: str) -> None:
    service = net.service(AMBIGUOUS[fault])
    client = net.client(service, timeout=patience(AMBIGUOUS[fault]))
    with pytest.raises(Ambiguous, match="may or may not have carried it out"):
        client.http.send("POST", "Users", body={"userName": "ada@corp.example"})
    assert service.methods() == ["POST"]
    assert client.clock.slept == []


def test_f25_a_pause_that_comes_with_503_is_kept_by_the_next_request(net: Net) -> None:
    client = net.client(net.service(error(503, "busy", Retry_After="7"), FINE))
    with pytest.raises(Ambiguous):
        client.http.send("POST", "Users")
    client.http.send("GET", "Users")
    assert client.clock.slept == [7]


def test_a_search_is_a_read(net: Net) -> None:
    assert net.client(net.service(reset, error(500, "x"), FINE)).http.send("POST", "Users/.search", body={}).sent == 3


@pytest.mark.parametrize(
    ("status", "kind", "data"),
    [(200, "text/html", b"<html>Sign in, secret-page</html>"), (201, "text/plain", b"secret-page"), (200, "", b"secret-page")],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_f8_a_page_is_not_an_answer(net: Net, status: int, kind: str, data: bytes, method: str) -> None:
    service = net.service(reply(status, data, kind=kind))
    with pytest.raises(UntrustedAnswer) as caught:
        net.client(service).http.send(method, "Users")
    text = str(caught.value)
    assert f"{status} with {len(data)} bytes of {kind or 'an unnamed type'}" in text
    assert "secret-page" not in text
    assert len(text) < 300
    assert len(service.seen) == 1


def test_f8_broken_json_on_a_read_is_asked_for_again_and_then_distrusted(net: Net) -> None:
    service = net.service(reply(200, b'{"Resources": ['))
    with pytest.raises(UntrustedAnswer, match="15 bytes of application/scim\\+json that are not JSON"):
        net.client(service).http.send("GET", "Users")
    assert len(service.seen) == 5


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_f13_a_redirect_is_not_followed(net: Net, status: int, method: str) -> None:
    elsewhere = net.service(FINE)
    service = net.service(reply(status, Location=f"{elsewhere.origin}/scim/Users"))
    with pytest.raises(UntrustedAnswer) as caught:
        net.client(service).http.send(method, "Users", body=None)
    assert service.origin in str(caught.value)
    assert elsewhere.origin in str(caught.value)
    assert elsewhere.connections == 0
    assert len(service.seen) == 1


def test_f14_a_redirect_to_plain_http_is_not_followed(net: Net, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    plain = net.service(FINE)
    service = net.service(reply(302, Location=f"{plain.origin}/scim/Users"), tls=authority.context())
    with pytest.raises(UntrustedAnswer, match=r"redirect from https:.* to http:"):
        net.client(service, ca_path=str(authority.ca_path)).http.send("GET", "Users")
    assert plain.connections == 0


@pytest.mark.parametrize("location", ["", "Users/2", "//[bad", "http://evil\x1b[2J.example/\r\tx", "http://" + "x" * 5000])
def test_f13_an_odd_redirect_is_told_safely(net: Net, location: str) -> None:
    with pytest.raises(UntrustedAnswer, match="redirect") as caught:
        net.client(net.service(reply(302, Location=location.replace("\r", "")))).http.send("GET", "Users")
    assert len(str(caught.value)) < 500
    assert str(caught.value).isprintable()


def test_f13_a_redirect_that_carries_the_token_away_is_scrubbed(net: Net) -> None:
    secrets: list[str] = []

    def answer(seen: Seen) -> bytes:
        secrets.append(seen.headers["authorization"].split()[1])
        return reply(302, Location=f"https://{secrets[0]}.evil.example/")

    with pytest.raises(UntrustedAnswer, match="redirect") as caught:
        net.client(net.service(answer)).http.send("GET", "Users")
    assert secrets[0] not in str(caught.value)
    assert MASK in str(caught.value)


def test_f15_links_in_an_answer_lead_nowhere(net: Net) -> None:
    elsewhere = net.service(FINE)
    service = net.service(reply(200, {"id": "1", "meta": {"location": f"{elsewhere.origin}/x"}, "nextCursor": f"{elsewhere.origin}/y"}))
    net.client(service).http.send("GET", "Users")
    assert elsewhere.connections == 0


# --- the service puts off ---


def test_f17_all_workers_keep_the_pause(net: Net) -> None:
    """Real time: one 429 with a pause of half a second, and no request of eight threads inside it."""
    refused: list[float] = []

    def answer(seen: Seen) -> bytes:
        if len(service.seen) == 9:
            refused.append(seen.at)
            return error(429, "slow down", Retry_After="0.5")
        return FINE

    service = net.service(answer)
    client = net.client(service, rate=100, real_time=True)
    threads = [threading.Thread(target=lambda: [client.http.send("POST", "Users") for _unused in range(4)]) for _unused in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(service.seen) == 33
    assert client.http.counts.throttled == 1
    # Requests that were under way when the 429 went out cannot be called back; 30 ms are long for loopback.
    inside = [seen.at - refused[0] for seen in service.seen if 0.03 < seen.at - refused[0] < 0.5]
    assert inside == []


@pytest.mark.parametrize("ahead", [-3600, 5])
@pytest.mark.parametrize("skew", [-86400, 0, 86400])
def test_f18_a_date_is_a_pause_whatever_the_clocks_say(net: Net, ahead: int, skew: int) -> None:
    there = time.time() + skew
    headers = {"Date": email.utils.formatdate(there, usegmt=True), "Retry_After": email.utils.formatdate(there + ahead, usegmt=True)}
    client = net.client(net.service(error(429, "x", **headers), FINE))
    client.http.send("GET", "Users")
    assert sum(client.clock.slept) == pytest.approx(5 if ahead > 0 else 0.5)


@pytest.mark.parametrize(
    ("spelling", "pause"),
    [
        ("3", 3),
        ("8s", 8),
        ("0 seconds", 0.5),
        ("1.5", 1.5),
        ("-1", 0.5),
        ("", 0.5),
        ("soon", 0.5),
        ("0", 0.5),
        ("nan", 0.5),
        ("10 Seconds", 10),
    ],
)
def test_f19_every_spelling_gives_a_sane_pause(net: Net, spelling: str, pause: float) -> None:
    client = net.client(net.service(error(429, "x", Retry_After=spelling), FINE))
    assert client.http.send("POST", "Users").sent == 2
    assert client.clock.slept == [pause]


def test_f19_a_pause_may_stand_in_the_body_or_in_x_ratelimit_reset(net: Net) -> None:
    body = reply(429, {"message": "Rate Limit (1/SECOND) exceeded", "Retry-After": "2 seconds"}, kind="application/json")
    client = net.client(net.service(body, reply(429, x_ratelimit_reset="4"), FINE))
    client.http.send("GET", "Users")
    # The second refusal in a row adds a draw of its own: 0.5 of at most 2 s.
    assert client.clock.slept == [2, 5]


def test_f20_without_a_header_the_pauses_grow_to_twenty_seconds(net: Net) -> None:
    client = net.client(net.service(*[error(429, "x")] * 8, FINE), draw=1.0)
    client.http.send("GET", "Users")
    assert client.clock.slept == [1, 2, 4, 8, 16, 20, 20, 20]


def test_f20_refusals_of_one_moment_count_as_one(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three workers are refused at once, and then one of them again: the pause grows once and not three times."""
    client = net.client(net.service(FINE), draw=1.0)
    pauses: list[float] = []
    monkeypatch.setattr(client.pace, "refuse", lambda seconds, _sent: pauses.append(seconds))

    def refuse() -> None:
        call = Call("GET Users", "GET", "Users", "", None, anonymous=False, tries=5)
        client.http._put_off(call, Reply(429, {}, b""))

    for _unused in range(3):
        refuse()
    client.clock.now += 1
    refuse()
    assert pauses == [1, 1, 1, 2]


def test_f21_a_pause_beyond_the_deadline_ends_the_task_and_says_how_long(net: Net) -> None:
    service = net.service(error(429, "x", Retry_After="86400"), FINE)
    client = net.client(service, deadline=600)
    for method in ("GET", "POST"):
        with pytest.raises(DeadlinePassed, match="the service wants no request for 86400 seconds, and the deadline leaves 600 seconds"):
            client.http.send(method, "Users")
    assert client.clock.slept == []
    assert len(service.seen) == 1


def test_f21_without_a_deadline_at_most_fifteen_minutes_are_waited(net: Net) -> None:
    service = net.service(error(429, "x", Retry_After="800"), FINE, error(503, "x", Retry_After="901"), FINE)
    client = net.client(service)
    client.http.send("GET", "Users")
    assert client.clock.slept == [800]
    with pytest.raises(DeadlinePassed, match="901 seconds, and at most 900 are waited"):
        client.http.send("GET", "Users")
    with pytest.raises(DeadlinePassed):
        client.http.send("GET", "Users")
    assert len(service.seen) == 3


def test_f21_f25_a_create_is_ambiguous_even_if_the_pause_is_too_long(net: Net) -> None:
    service = net.service(error(503, "busy", Retry_After="86400"))
    client = net.client(service, deadline=600)
    with pytest.raises(Ambiguous):
        client.http.send("POST", "Users")
    with pytest.raises(DeadlinePassed, match="86400"):
        client.http.send("GET", "Users")
    assert len(service.seen) == 1


def test_f21_a_pause_of_another_process_counts_too(net: Net) -> None:
    service = net.service(FINE)
    client = net.client(service, deadline=10)
    client.pace.pause(100)
    with pytest.raises(DeadlinePassed, match="pauses allow no request for 100 seconds"):
        client.http.send("GET", "Users")
    assert service.seen == []


def test_f22_a_minute_of_refusals_loses_nothing(net: Net) -> None:
    """90 % are refused for a minute; then all is well. Everything is done, with no request more than needed from then on."""
    client: Client
    refused: list[float] = []

    def answer(_seen: Seen) -> bytes:
        if client.clock.now >= 1060 or len(service.seen) % 10 == 0:
            return FINE
        refused.append(client.clock.now)
        return error(429, "x")

    service = net.service(answer)
    client = net.client(service, rate=5)
    for _unused in range(300):
        client.http.send("POST", "Users")
    assert client.http.counts.sent - client.http.counts.throttled == 300
    assert client.http.counts.throttled == len(refused) < 30
    # The pace was slowed down, and is back within the minute.
    assert client.clock.now - 1060 < 300 / 5 * 2
    assert client.pace.rate == 5


def test_f22_whoever_is_refused_for_ever_is_told_so(net: Net) -> None:
    service = net.service(error(429, "slow down"))
    client = net.client(service)
    with pytest.raises(Throttled, match="POST Users: 429 slow down"):
        client.http.send("POST", "Users")
    assert 90 <= sum(client.clock.slept) < 120
    assert len(service.seen) <= 16


def test_f17_whoever_is_refused_for_the_last_time_leaves_the_pause_to_the_others(net: Net) -> None:
    client = net.client(net.service(error(429, "x", Retry_After="7"), FINE))
    with pytest.raises(Throttled):
        client.http.send("GET", "Users", tries=1)
    client.http.send("GET", "Groups")
    assert client.clock.slept == [7]


def test_one_try_is_one_try(net: Net) -> None:
    for fault, kind in ((error(429, "x"), Throttled), (error(503, "x"), Throttled), (error(500, "x"), ServiceError), (reset, Ambiguous)):
        service = net.service(fault)
        with pytest.raises(kind):
            net.client(service).http.send("GET", "Users", tries=1)
        assert len(service.seen) == 1


# --- the service fails ---


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_f23_f24_a_server_error_is_tried_again_at_most_five_times(net: Net, status: int, method: str) -> None:
    service = net.service(*[error(status, "oops")] * 4, FINE)
    assert net.client(service).http.send(method, "Users/1").sent == 5
    service = net.service(error(status, "oops"))
    client = net.client(service)
    with pytest.raises(Throttled if status == 503 else ServiceError, match=f"{method} Users/1: {status} oops") as caught:
        client.http.send(method, "Users/1")
    assert t.cast("ServiceError", caught.value).status == status
    assert client.clock.slept == [0.5, 1, 2, 4]
    assert service.methods() == [method] * 5


@pytest.mark.parametrize("status", [405, 501])
@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_f26_what_is_not_supported_is_said_at_once(net: Net, status: int, method: str) -> None:
    service = net.service(error(status, "no"))
    with pytest.raises(ServiceError, match=f"{status} no"):
        net.client(service).http.send(method, "Users/1")
    assert len(service.seen) == 1


@pytest.mark.parametrize("fault", [error(503, "x"), error(500, "x"), reset, hang, None])
def test_f24_a_second_delete_that_finds_nothing_has_done_it(net: Net, fault: t.Any) -> None:
    client = net.client(net.service(fault, error(404, "No user")), timeout=patience(fault))
    assert client.http.send("DELETE", "Users/1") == Answer(204, None, t.cast("t.Any", _Anything()), 2)


class _Anything:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize("first", [None, error(429, "x")])
def test_f24_a_first_delete_that_finds_nothing_is_told(net: Net, first: t.Any) -> None:
    """429 is not counted as perhaps carried out."""
    client = net.client(net.service(*([first] if first else []), error(404, "No user")))
    with pytest.raises(ServiceError, match="404 No user"):
        client.http.send("DELETE", "Users/1")


def test_f24_a_patch_that_finds_nothing_is_told_even_the_second_time(net: Net) -> None:
    with pytest.raises(ServiceError, match="404"):
        net.client(net.service(error(503, "x"), error(404, "x"))).http.send("PATCH", "Users/1")


def test_f27_after_the_first_401_nothing_more_is_sent(net: Net) -> None:
    def answer(_seen: Seen) -> bytes:
        return FINE if len(service.seen) < 20 else error(401, "revoked")

    service = net.service(answer)
    client = net.client(service, rate=500, real_time=True)
    errors: list[TransportError] = []

    def work() -> None:
        for _unused in range(20):
            try:
                client.http.send("POST", "Users")
            except TransportError as problem:
                errors.append(problem)

    threads = [threading.Thread(target=work) for _unused in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(errors) == 160 - 19
    assert {type(problem) for problem in errors} == {Unauthorized}
    assert {str(problem) for problem in errors} == {"POST Users: 401 revoked"}
    assert len(service.seen) <= 20 + 7


def test_f27_a_401_is_not_tried_again_and_does_not_stop_what_is_anonymous(net: Net) -> None:
    service = net.service(error(401, "who?"), FINE)
    client = net.client(service)
    for _unused in range(3):
        with pytest.raises(Unauthorized, match=r"401 who\?"):
            client.http.send("GET", "Users")
    assert client.http.send("GET", "ServiceProviderConfig", anonymous=True).status == 200
    assert len(service.seen) == 2


def test_a_401_to_an_anonymous_request_is_an_ordinary_error(net: Net) -> None:
    client = net.client(net.service(error(401, "who?"), FINE))
    with pytest.raises(ServiceError, match=r"401 who\?") as caught:
        client.http.send("GET", "ServiceProviderConfig", anonymous=True)
    assert not isinstance(caught.value, Unauthorized)
    assert client.http.send("GET", "Users").status == 200


class Tokens:
    """Credentials that can be renewed `left` times."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.refused: list[str] = []
        self.header = "Bearer 0"

    def __call__(self) -> str:
        return self.header

    def renew(self, refused: str) -> bool:
        self.refused.append(refused)
        if not self.left:
            return False
        self.left -= 1
        self.header = f"Bearer {len(self.refused)}"
        return True


def test_f27_a_token_that_can_be_renewed_is_and_the_request_is_sent_again(net: Net) -> None:
    service = net.service(error(401, "expired"), reply(201, {}))
    tokens = Tokens(1)
    assert net.client(service, authorize=tokens, renew=tokens.renew).http.send("POST", "Users").sent == 2
    assert [seen.headers["authorization"] for seen in service.seen] == ["Bearer 0", "Bearer 1"]
    assert tokens.refused == ["Bearer 0"]


@pytest.mark.parametrize(("left", "sent"), [(0, 1), (9, 2)])
def test_f27_it_is_renewed_once_for_a_request(net: Net, left: int, sent: int) -> None:
    service = net.service(error(401, "no"))
    tokens = Tokens(left)
    http = net.client(service, authorize=tokens, renew=tokens.renew).http
    for _unused in range(2):
        with pytest.raises(Unauthorized):
            http.send("POST", "Users")
    assert len(service.seen) == sent


def test_f27_a_token_service_that_refuses_is_asked_once(net: Net) -> None:
    asked: list[int] = []

    def authorize() -> str:
        asked.append(1)
        raise Unauthorized(400, "invalid_client", "POST token_url")

    service = net.service(FINE)
    http = net.client(service, authorize=authorize).http
    for _unused in range(3):
        with pytest.raises(Unauthorized, match="400 invalid_client"):
            http.send("GET", "Users")
    assert len(asked) == 1
    assert service.seen == []


def test_f1_a_token_that_cannot_be_had_now_is_asked_for_again(net: Net) -> None:
    failures = [NotSent("down", "POST token_url")] * 3

    def authorize() -> str:
        if failures:
            raise failures.pop()
        return "Bearer x"

    service = net.service(reply(201, {}))
    client = net.client(service, authorize=authorize)
    assert client.http.send("POST", "Users").sent == 1
    assert client.clock.slept == [0.5, 1, 2]


def test_f27_who_waited_for_its_turn_while_the_token_was_refused_sends_nothing(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    service = net.service(FINE)
    client = net.client(service)

    def turn(_latest: float, _sleep: object) -> float:
        client.http._limits.refuse(Unauthorized(401, "revoked", "GET Users"))
        return 0.0

    monkeypatch.setattr(client.pace, "turn", turn)
    with pytest.raises(Unauthorized):
        client.http.send("POST", "Users")
    assert service.seen == []


def test_f28_other_errors_are_told_in_the_service_s_words_and_others_go_on(net: Net) -> None:
    conflict = {"schemas": [], "status": 409, "detail": "taken", "scimType": "uniqueness"}
    client = net.client(net.service(error(403, "not yours"), reply(409, conflict), FINE))
    with pytest.raises(ServiceError, match="PATCH Users/1: 403 not yours"):
        client.http.send("PATCH", "Users/1")
    with pytest.raises(ServiceError) as caught:
        client.http.send("POST", "Users")
    assert (caught.value.status, caught.value.detail, caught.value.code) == (409, "taken", "uniqueness")
    assert client.http.send("GET", "Users").status == 200


def test_r10_words_of_the_service_are_cut_cleaned_and_scrubbed(net: Net) -> None:
    def answer(seen: Seen) -> bytes:
        secret = seen.headers["authorization"].split()[1]
        return error(400, f"\x1b[2J\x07{secret} and {secret[3:15]} and {json.dumps(secret)}\n" + "x" * 1000)

    client = net.client(net.service(answer))
    with pytest.raises(ServiceError) as caught:
        client.http.send("GET", f"Users/{client.secret}\x1b[0m")
    text = str(caught.value)
    assert not any(client.secret[i : i + 8] in text for i in range(len(client.secret) - 7))
    assert text.isprintable()
    assert len(caught.value.detail) == 300


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "{token}"},
        {"Content_Type": "application/{token}; charset=x"},
        {"Location": "https://{token}.evil.example/"},
        {"Location": "//{token}:99"},
    ],
)
def test_r10_our_own_folding_hides_no_token_from_the_scrubber(net: Net, headers: dict[str, str]) -> None:
    secret = "Not-Real=Token=" + "".join(chr(65 + int(digit, 16)) + "=" for digit in os.urandom(12).hex())
    told = {name: value.format(token=secret) for name, value in headers.items()}
    for status in (200, 302, 500):
        client = net.client(net.service(reply(status, **told).replace(b"Length: 0", b"Length: 1") + b"x"))
        client.scrub.add(secret)
        with pytest.raises(TransportError) as caught:
            client.http.send("GET", "Users", tries=1)
        text = str(caught.value).lower()
        left = [form for form in (secret.lower(), secret.lower().replace("=", "")) if any(form[i : i + 8] in text for i in range(20))]
        assert left == []


def test_f9_an_answer_of_millions_of_lists_is_distrusted_at_once(net: Net) -> None:
    service = net.service(reply(200, gzip.compress(b"[" + b"[]," * 3_000_000 + b"1]", 1), Content_Encoding="gzip"))
    with pytest.raises(UntrustedAnswer, match=r"with more than 3000000 objects and lists.*page_size"):
        net.client(service).http.send("GET", "Users")
    assert len(service.seen) == 1


def test_f9_megabytes_of_detail_cost_little_time_and_leave_no_half_token(net: Net) -> None:
    def answer(seen: Seen) -> bytes:
        return error(400, "y" * 290 + seen.headers["authorization"] + "x" * 2**22)

    client = net.client(net.service(answer))
    client.http.scrub = Timed([client.secret])
    with pytest.raises(ServiceError) as caught:
        client.http.send("GET", "Users")
    assert caught.value.detail == ("y" * 290 + f"Bearer {MASK}")[:297] + "..."
    assert client.http.scrub.longest < 20_000


@pytest.mark.parametrize(
    "fault", [hang, reset, None, error(500, "x"), reply(302, Location="x"), reply(200, b"<html>", kind="text/html"), error(401, "x")]
)
def test_r10_no_error_holds_a_header_or_a_body(net: Net, fault: t.Any) -> None:
    import traceback

    client = net.client(net.service(fault), timeout=patience(fault))
    with pytest.raises(TransportError) as caught:
        client.http.send("POST", "Users", body={"userName": "ada@corp.example"}, params={"filter": "bob@corp.example"})
    text = "".join(traceback.format_exception(type(caught.value), caught.value, None)) + repr(caught.value)
    for private in (client.secret, "Bearer", "ada@corp", "bob@corp"):
        assert private not in text


# --- limits of a task ---


def test_the_deadline_is_for_all_requests_of_the_task(net: Net) -> None:
    service = net.service(FINE)
    client = net.client(service, deadline=10)
    client.http.send("GET", "Users")
    client.clock.now += 10
    with pytest.raises(DeadlinePassed, match="time limit of the task"):
        client.http.send("GET", "Users")
    assert len(service.seen) == 1


def test_f10_a_request_gets_no_more_time_than_the_deadline_leaves(net: Net) -> None:
    client = net.client(net.service(hang), deadline=0.3, timeout=30)
    begin = time.monotonic()
    with pytest.raises(TransportError):
        client.http.send("GET", "Users", tries=1)
    assert time.monotonic() - begin < 1.3


def test_a_repetition_beyond_the_deadline_is_not_waited_for(net: Net) -> None:
    client = net.client(net.service(error(500, "x")), deadline=1)
    with pytest.raises(DeadlinePassed):
        client.http.send("GET", "Users")
    assert sum(client.clock.slept) < 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("down", ["refused", "500"])
def test_r7_in_a_total_outage_sixty_requests_are_the_end(net: Net, method: str, down: str) -> None:
    service = net.service(error(500, "down"))
    if down == "refused":
        service.close()
    client = net.client(service)
    for _unused in range(200):
        with pytest.raises(TransportError):
            client.http.send(method, "Users")
    assert client.http.counts.sent == 60
    with pytest.raises(NotSent, match="last 60 requests"):
        client.http.send(method, "Users")


def test_r7_a_service_that_fails_now_and_then_is_no_outage(net: Net) -> None:
    def answer(_seen: Seen) -> bytes:
        return error(500, "x") if len(service.seen) % 2 else FINE

    service = net.service(answer)
    http = net.client(service).http
    for _unused in range(100):
        http.send("GET", "Users")
    assert http.counts.retried == 100


def test_f61_the_wall_clock_may_jump(net: Net) -> None:
    jumps = iter([0.0, 1e9, -1e9, 5.0, 1e12])
    client = net.client(net.service(error(429, "x", Retry_After="3"), FINE), deadline=60, wall_clock=lambda: next(jumps))
    client.http.send("GET", "Users")
    assert client.clock.slept == [3]


def test_the_pace_is_kept(net: Net) -> None:
    client = net.client(net.service(FINE), rate=5)
    for _unused in range(11):
        client.http.send("GET", "Users")
    assert client.clock.now - 1000 == pytest.approx(10 / 5 / 0.97)


def test_many_threads_share_one_client(net: Net) -> None:
    service = net.service(FINE)
    client = net.client(service, real_time=True)
    answers: list[Answer] = []
    threads = [
        threading.Thread(target=lambda: answers.extend(client.http.send("GET", "Users") for _unused in range(10))) for _unused in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == client.http.counts.sent == len(service.seen) == 80
    assert service.connections == 8


def test_a_plain_http_needs_no_more_than_the_contract(net: Net, tmp_path: Path) -> None:
    service = net.service(FINE)
    clock = Clock()
    pace = Pace(service.base_url, 5, directory=str(tmp_path / "pace"), monotonic=clock, sleep=clock.sleep)
    http = Http(service.base_url + "/", authorize=lambda: "Bearer x", pace=pace, scrub=Scrubber(), read_only=True)
    assert http.send("GET", "/Users").body == {"ok": True}
    assert service.seen[0].target == "/scim/Users"
    http.close()


# --- what was written ---


@pytest.mark.parametrize(
    ("method", "path", "fault", "written"),
    [
        ("POST", "Users", FINE, 1),
        ("PATCH", "Users/1", FINE, 1),
        ("DELETE", "Users/1", reply(204, None), 1),
        ("POST", "Users", reset, 1),
        ("POST", "Users", reply(200, b"<html>", kind="text/html"), 1),
        ("POST", "Users", error(409, "taken"), 0),
        ("POST", "Users", error(429, "x"), 0),
        ("POST", "Users/.search", FINE, 0),
        ("GET", "Users", FINE, 0),
    ],
)
def test_writes_that_are_done_or_may_be_done_are_counted(net: Net, method: str, path: str, fault: t.Any, written: int) -> None:
    http = net.client(net.service(fault)).http
    with contextlib.suppress(TransportError):
        http.send(method, path, body=None if method == "GET" else {}, tries=1)
    assert http.written == written


def test_a_write_that_is_sent_again_is_one(net: Net) -> None:
    http = net.client(net.service(reset, error(503, "x"), FINE)).http
    http.send("PUT", "Users/1", body={})
    assert http.written == 1
