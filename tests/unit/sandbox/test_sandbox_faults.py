# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every kind of fault, as a client meets it, and the script that deals them out."""

from __future__ import annotations

import email.utils
import socket
import threading
import time
import urllib.parse

import pytest
import requests
from ansible_collections.scimops.zscaler_one.tests.sandbox.faults import KINDS, FaultScript, Subject

GET_USERS = Subject("GET", "/Users", "User", False, "/1234567/098/scim/Users?startIndex=1")
REFUSED = {"kind": "status", "status": 503}


def rule(match, fault, times=0):
    return {"match": match, "fault": fault, "times": times}


def raw(client, request: bytes) -> bytes:
    """Everything that comes back on a socket until it is closed."""
    address = urllib.parse.urlsplit(client.sandbox.origin)
    with socket.create_connection((address.hostname, address.port), timeout=5) as sock:
        sock.sendall(request)
        received = b""
        try:
            while data := sock.recv(65536):
                received += data
        except ConnectionResetError:
            received += b"<reset>"
        return received


def get_users(client) -> bytes:
    return f"GET {client.sandbox.scim.path}/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.sandbox.token}\r\n\r\n".encode()


def post_user(client) -> bytes:
    body = b'{"userName":"ada@corp.example"}'
    first = f"POST {client.sandbox.scim.path}/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.sandbox.token}\r\n"
    return first.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body


# The script


@pytest.mark.parametrize(
    ("match", "times", "hit"),
    [
        ({}, 0, [1, 2, 3, 4, 5, 6]),
        ({}, 2, [1, 2]),
        ({"method": "GET"}, 0, [1, 2, 3, 4, 5, 6]),
        ({"method": ["GET", "POST"]}, 1, [1]),
        ({"method": "POST"}, 0, []),
        ({"route": "/Users"}, 0, [1, 2, 3, 4, 5, 6]),
        ({"route": "/Groups"}, 0, []),
        ({"resource": "Group"}, 0, []),
        ({"filtered": False}, 0, [1, 2, 3, 4, 5, 6]),
        ({"filtered": True}, 0, []),
        ({"contains": "startIndex=1"}, 0, [1, 2, 3, 4, 5, 6]),
        ({"contains": "startIndex=2"}, 0, []),
        ({"nth": 3}, 0, [3]),
        ({"nth": [1, 4]}, 0, [1, 4]),
        ({"every": 2}, 0, [2, 4, 6]),
        ({"every": 2}, 2, [2, 4]),
        ({"first": 2}, 0, [1, 2]),
        ({"probability": 0.0}, 0, []),
        ({"probability": 1.0}, 0, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_rules_match(match, times, hit):
    script = FaultScript([rule(match, REFUSED, times)])
    assert [number for number in range(1, 7) if script.choose(GET_USERS)] == hit


def test_the_same_seed_gives_the_same_faults():
    def draws(seed, rules):
        script = FaultScript(rules, seed=seed)
        return [bool(script.choose(GET_USERS)) for _time in range(200)]

    half = rule({"probability": 0.5}, REFUSED)
    assert draws(7, [half]) == draws(7, [half]) != draws(8, [half])
    assert draws(7, [half]) == draws(7, [half, rule({"method": "POST", "probability": 0.5}, REFUSED)])
    assert 60 < sum(draws(7, [half])) < 140


@pytest.mark.parametrize(
    "bad",
    [
        {"fault": {"kind": "flood"}},
        {"fault": "hang"},
        {},
        {"fault": {"kind": "hang", "minutes": 5}},
        {"fault": REFUSED, "match": {"colour": "red"}},
        {"fault": REFUSED, "probability": 1},
    ],
)
def test_a_malformed_rule_is_refused_and_the_old_script_stays(bad):
    script = FaultScript([rule({}, REFUSED)])
    with pytest.raises(ValueError, match=r"fault|know"):
        script.set([bad])
    assert script.choose(GET_USERS)


def test_the_first_rule_that_fits_wins_and_counts_are_shown():
    script = FaultScript([rule({"nth": 2}, {"kind": "reset"}), rule({}, REFUSED)])
    assert [script.choose(GET_USERS).kind for _time in range(3)] == ["status", "reset", "status"]
    assert [shown["given"] for shown in script.as_json()["rules"]] == [1, 2]
    script.clear()
    script.add({}, {"kind": "html"})
    assert script.choose(GET_USERS).kind == "html"


# The wire

ON_POST = {"method": "POST"}
WIRE = {
    "status": (b"HTTP/1.1 503", False),
    "commit_then_status": (b"HTTP/1.1 503", True),
    "hang": (b"", False),
    "commit_then_hang": (b"", True),
    "close": (b"", False),
    "reset": (b"<reset>", False),
    "commit_then_reset": (b"<reset>", True),
    "half_body": (b"HTTP/1.1 201", True),
    "short_body": (b"HTTP/1.1 201", True),
    "close_idle": (b"HTTP/1.1 201", True),
    "html": (b"HTTP/1.1 200", False),
    "redirect": (b"HTTP/1.1 302", False),
}


@pytest.mark.parametrize("kind", WIRE)
def test_faults_leave_the_tenant_changed_or_not_as_they_say(make, kind):
    """F3 to F8, F13, F23, F25."""
    start, done = WIRE[kind]
    options = {"seconds": 0.01} if "hang" in kind else {}
    client = make(faults=[rule(ON_POST, {"kind": kind, **options}, 1)])
    request = post_user(client)
    if kind in ("status", "commit_then_status", "html", "redirect"):
        request = request.replace(b"Host: x", b"Host: x\r\nConnection: close")
    received = raw(client, request)
    assert received.startswith(start)
    assert bool(start) == bool(received)
    (entry,) = client.sandbox.journal
    assert entry.fault == kind
    assert [mutation["verb"] for mutation in entry.mutations] == ["create"] * done
    assert len(client.sandbox.tenant.users.records) == done
    assert entry.status == (int(start[9:12]) if start.startswith(b"HTTP") else 0)


def test_all_kinds_are_tested():
    elsewhere = {"huge", "gzip_bomb", "drip", "broken_json", "content_type", "empty_body", "foreign_links", "bulk_lie"}
    listing = {
        "short_page", "empty_page", "wrong_total", "overlap", "skip", "delete_while_paging", "add_while_paging",
        "start_index_ignored", "count_ignored", "empty_listing",
    }  # fmt: skip
    assert WIRE.keys() | elsewhere | listing | {"ignored_write", "half_then_status", "delete_first"} == KINDS.keys()


@pytest.mark.parametrize(
    ("options", "header"),
    [({}, None), ({"retry_after": "8s"}, "8s"), ({"retry_after": 3}, "3"), ({"headers": {"x-ratelimit-reset": 1}}, None)],
)
def test_f19_any_spelling_of_retry_after(make, options, header):
    client = make(faults=[rule({}, {"kind": "status", "status": 429, **options})])
    answer = client.get("/Users")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, header)
    assert answer.json()["status"] == "429"


@pytest.mark.parametrize("seconds", [-3600, 5, 86400])
def test_f18_retry_after_as_a_date(make, seconds):
    client = make(faults=[rule({}, {"kind": "status", "retry_date": seconds})])
    then = email.utils.parsedate_to_datetime(client.get("/Users").headers["Retry-After"]).timestamp()
    assert abs(then - time.time() - seconds) < 5


@pytest.mark.parametrize(("body", "text"), [({"message": "slow down"}, '{"message": "slow down"}'), ("no", "no"), ("", "")])
def test_refusals_have_any_body(make, body, text):
    assert make(faults=[rule({}, {"kind": "status", "body": body})]).get("/Users").text == text


def test_f5_f7_bodies_are_cut(make):
    for kind, ending in (("half_body", b"<reset>"), ("short_body", b"")):
        client = make(faults=[rule({}, {"kind": kind})])
        headers, _empty, body = raw(client, get_users(client)).partition(b"\r\n\r\n")
        length = int(headers.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
        assert body.endswith(ending)
        # A reset may overtake the data, so of the half body there may be nothing.
        assert len(body.replace(b"<reset>", b"")) <= length // 2


def test_f6_an_idle_connection_is_closed_unannounced(make):
    client = make(faults=[rule({"nth": 1}, {"kind": "close_idle"})])
    received = raw(client, get_users(client))
    assert received.startswith(b"HTTP/1.1 200")
    assert b"Connection: close" not in received
    assert received.endswith(b"}")


def test_f8_html(make):
    answer = make(faults=[rule({}, {"kind": "html"})]).get("/Users")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<html>" in answer.text


@pytest.mark.parametrize("kind", ["huge", "gzip_bomb"])
def test_f9_a_flood(make, kind):
    client = make(faults=[rule({}, {"kind": kind, "bytes": 5 * 1024**2})])
    answer = client.send("GET", "/Users", stream=True)
    assert sum(map(len, answer.iter_content(65536))) == 5 * 1024**2


@pytest.mark.parametrize("part", ["headers", "body"])
def test_f10_dripping(make, part):
    client = make(faults=[rule({}, {"kind": "drip", "part": part, "seconds": 0.001})])
    assert client.get("/Users").json()["totalResults"] == 0
    patient = make(faults=[rule({}, {"kind": "drip", "part": part, "seconds": 30})])
    with pytest.raises(requests.exceptions.RequestException):
        patient.send("GET", "/Users", timeout=0.2)


def test_f13_redirects_go_where_they_are_told(make):
    answer = make(faults=[rule({}, {"kind": "redirect", "to": "https://evil.example/x", "status": 307})]).get("/Users")
    assert (answer.status_code, answer.headers["Location"]) == (307, "https://evil.example/x")


def test_f15_links_to_another_origin(make):
    client = make(faults=[rule({}, {"kind": "foreign_links", "to": "https://evil.example"})])
    answer = client.send("POST", "/Users", {"userName": "ada@corp.example"})
    assert answer.headers["Location"] == answer.json()["meta"]["location"]
    assert answer.json()["meta"]["location"].startswith("https://evil.example/1234567/098/scim/Users/")


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ({"kind": "broken_json"}, ("application/scim+json", True)),
        ({"kind": "content_type", "value": "text/plain"}, ("text/plain", True)),
        ({"kind": "empty_body"}, ("application/scim+json", False)),
    ],
)
def test_bodies_that_are_no_json(make, fault, seen):
    answer = make(faults=[rule({}, fault)]).get("/Users")
    assert (answer.headers["Content-Type"], bool(answer.content)) == seen
    if fault["kind"] == "broken_json":
        with pytest.raises(ValueError, match=r"JSON|Expecting|Unterminated"):
            answer.json()


def test_a_hang_ends_when_the_sandbox_stops(make):
    client = make(faults=[rule({}, {"kind": "hang", "seconds": 600})])
    thread = threading.Thread(target=lambda: raw(client, get_users(client)))
    thread.start()
    while not len(client.sandbox.journal):
        time.sleep(0.005)
    client.sandbox.stop()
    thread.join(timeout=5)
    assert not thread.is_alive()


def test_a_reset_is_a_reset_over_tls_too(make):
    client = make(tls=True, faults=[rule({}, {"kind": "reset"})])
    # Python before 3.12 shows a reset below TLS as an end without an answer.
    with pytest.raises(requests.exceptions.ConnectionError, match=r"reset|without response"):
        client.get("/Users")


# The service


def test_f29_deleted_behind_the_clients_back(make):
    client = make(faults=[rule({"method": "PATCH"}, {"kind": "delete_first"})])
    ada = client.user("ada")
    assert client.patch(f"/Users/{ada}", {"op": "replace", "path": "active", "value": False}).status_code == 404
    assert [mutation["verb"] for mutation in client.sandbox.journal.mutations] == ["create"]
    assert not client.sandbox.tenant.users.records


def test_f49_a_single_write_is_ignored(make):
    client = make(faults=[rule({"method": "PATCH"}, {"kind": "ignored_write"}, 1)])
    ada = client.user("ada")
    change = {"op": "replace", "path": "active", "value": False}
    assert client.patch(f"/Users/{ada}", change).json()["active"] is True
    assert client.patch(f"/Users/{ada}", change).json()["active"] is False


def test_f50_half_of_a_patch_is_done(make):
    client = make(faults=[rule({"method": "PATCH"}, {"kind": "half_then_status", "status": 500})])
    ids = [client.user(name) for name in ("ada", "bob", "eve", "kim")]
    add = {"op": "add", "path": "members", "value": [{"value": id} for id in ids]}
    assert client.patch(f"/Groups/{client.group('devs')}", add).status_code == 500
    assert client.sandbox.tenant.members("devs") == {"ada@corp.example", "bob@corp.example"}


def test_look_ups_can_be_told_from_listings(make):
    client = make(faults=[rule({"filtered": True}, {"kind": "empty_listing"})])
    client.user("ada")
    assert client.find("Users", 'userName eq "ada@corp.example"') == []
    assert client.send("POST", "/Users/.search", {"filter": 'userName eq "ada@corp.example"'}).json()["Resources"] == []
    assert client.get("/Users").json()["totalResults"] == 1


def test_one_object_can_be_poisoned(make):
    client = make(faults=[rule({"method": "POST", "contains": "poison@corp.example"}, {"kind": "status", "status": 403})])
    assert client.user("ada")
    assert client.send("POST", "/Users", {"userName": "poison@corp.example"}).status_code == 403
    assert client.user("bob")


# Listings


def walk(client, size=4, limit=10):
    """What a plain client sees: pages by what was received, until the total is reached or a page is empty."""
    names, totals, start = [], [], 1
    for _time in range(limit):
        body = client.get("/Users", startIndex=start, count=size).json()
        page = [item["userName"].partition("@")[0] for item in body["Resources"]]
        names.append(page)
        totals.append(body["totalResults"])
        start += len(page)
        if not page or start > body["totalResults"]:
            break
    return names, totals


PAGES = [["u0", "u1", "u2", "u3"], ["u4", "u5", "u6", "u7"], ["u8", "u9"]]


@pytest.mark.parametrize(
    ("fault", "nth", "names", "totals"),
    [
        ({"kind": "short_page", "size": 1}, 2, [PAGES[0], ["u4"], ["u5", "u6", "u7", "u8"], ["u9"]], [10] * 4),
        ({"kind": "empty_page"}, 2, [PAGES[0], []], [10, 10]),
        ({"kind": "wrong_total", "total": 4}, 1, [PAGES[0]], [4]),
        ({"kind": "wrong_total", "page": True}, 1, [PAGES[0]], [4]),
        ({"kind": "wrong_total", "delta": 3}, [1, 2, 3], [*PAGES, []], [13, 13, 13, 10]),
        ({"kind": "add_while_paging", "items": 1}, 1, [*PAGES[:2], ["u8", "u9", "late-1-0"]], [10, 11, 11]),
        ({"kind": "delete_while_paging", "items": 1}, 1, [PAGES[0], ["u5", "u6", "u7", "u8"], ["u9"]], [10, 9, 9]),
        ({"kind": "overlap", "items": 1}, 2, [PAGES[0], ["u3", "u4", "u5", "u6"], PAGES[2]], [10] * 3),
        ({"kind": "skip", "items": 1}, 2, [PAGES[0], ["u5", "u6", "u7"], ["u7", "u8", "u9"]], [10] * 3),
        ({"kind": "start_index_ignored"}, [1, 2, 3], [PAGES[0], PAGES[0], PAGES[0]], [10] * 3),
        ({"kind": "count_ignored", "size": 8}, 1, [PAGES[0] + PAGES[1], PAGES[2]], [10, 10]),
        ({"kind": "empty_listing"}, 1, [[]], [0]),
        ({"kind": "empty_listing"}, 99, PAGES, [10] * 3),
    ],
)
def test_f36_to_f44_pages_lie(make, fault, nth, names, totals):
    client = make(faults=[rule({"method": "GET", "route": "/Users", "nth": nth}, fault)])
    client.sandbox.seed(users=[{"userName": f"u{number}@corp.example"} for number in range(10)])
    assert walk(client) == (names, totals)
    assert client.sandbox.journal.mutations == []


def test_f41_the_admin_is_not_deleted_while_paging(make):
    client = make(default_admin=True, faults=[rule({"nth": 1}, {"kind": "delete_while_paging"})])
    client.sandbox.seed(users=[{"userName": "ada@corp.example"}])
    client.get("/Users")
    assert [record.name for record in client.sandbox.tenant.users.records.values()] == ["admin@corp.example"]
