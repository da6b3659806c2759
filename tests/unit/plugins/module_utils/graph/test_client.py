# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Graph: pages, reads, writes, and patience with what Entra does not see yet."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import (
    Ambiguous,
    ServiceError,
    Throttled,
    Unauthorized,
    UntrustedAnswer,
    WriteInCheckMode,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph import client as client_file
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.client import Graph, literal, next_path
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.dialect import GRAPH

from ..transport.loopback import Client, Seen, Service, in_turn, reply

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

JOBS = "servicePrincipals/1/synchronization/jobs"
REFERENCE = {"request_id": "a-1", "client_request_id": "b-2"}


def refusal(status: int, code: str = "", message: str = "", **headers: str) -> bytes:
    return reply(status, {"error": {"code": code, "message": message}}, kind="application/json", **headers)


def answer(body: object = None, status: int = 200) -> bytes:
    return reply(status if body is not None else 204, body, kind="application/json")


class World:
    """A Graph client with a clock of its own, against a service that answers as told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open: list[t.Any] = []

    def graph(self, *answers: t.Any, read_only: bool = False, timeout: float = 300, **options: t.Any) -> Graph:
        """Answers in turn, the last one for ever; or one function of the request."""
        self.service = Service(answers[0] if callable(answers[0]) else in_turn(*answers))
        self.client = Client(f"{self.service.origin}/v1.0", self.folder, dialect=GRAPH, read_only=read_only, **options)
        self.open += [self.service, self.client.http]
        clock = self.client.clock
        return Graph(self.client.http, read_only=read_only, consistency_timeout=timeout, monotonic=clock, sleep=clock.sleep)

    @property
    def asked(self) -> list[str]:
        """Method and target of each request."""
        return [f"{seen.method} {seen.target}" for seen in self.service.seen]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    for one in world.open:
        one.close()


def pages(origin_of: Callable[[], str], count: int, size: int = 2) -> Callable[[Seen], bytes]:
    """A list of `count` entries; each page links to the next by a token."""

    def respond(seen: Seen) -> bytes:
        start = int(seen.target.partition("$skiptoken=")[2] or 0)
        body: dict[str, t.Any] = {"value": [{"id": str(number)} for number in range(start, min(start + size, count))]}
        if start + size < count:
            body["@odata.nextLink"] = f"{origin_of()}/v1.0/users?$top={size}&$skiptoken={start + size}"
        return answer(body)

    return respond


def test_requests_speak_json_and_carry_their_number(world: World) -> None:
    graph = world.graph(answer({"id": "1"}))
    assert graph.get("users/1", params={"$select": "id"}) == {"id": "1"}
    graph.send("PATCH", "users/1", {"displayName": "Ada"})
    first, second = world.service.seen
    assert first.target == "/v1.0/users/1?%24select=id"
    assert first.headers["accept"] == "application/json"
    assert second.headers["content-type"] == "application/json"
    assert json.loads(second.body) == {"displayName": "Ada"}
    assert first.headers["client-request-id"] != second.headers["client-request-id"]
    assert first.headers["authorization"] == f"Bearer {world.client.secret}"


def test_nothing_there_is_an_answer(world: World) -> None:
    graph = world.graph(refusal(404, "Request_ResourceNotFound", "No."), refusal(403, "Authorization_RequestDenied", "No."))
    assert graph.find("users/1") is None
    with pytest.raises(ServiceError):
        graph.find("users/1")


def test_the_404_of_a_proxy_does_not_mean_that_nothing_is_there(world: World) -> None:
    graph = world.graph(reply(404, b"<html>not here</html>", kind="text/html"), reply(404, None))
    with pytest.raises(ServiceError, match="bytes of text/html"):
        graph.find("users/1")
    assert graph.find("users/1") is None


def test_what_is_gone_is_deleted_and_the_404_of_a_proxy_does_not_say_so(world: World) -> None:
    proxy = reply(404, b"<html>not here</html>", kind="text/html")
    graph = world.graph(answer(), refusal(404, "Request_ResourceNotFound", "No."), refusal(403, "Denied", "No."), proxy)
    graph.delete(JOBS)
    graph.delete(JOBS)
    for told in ("403", "bytes of text/html"):
        with pytest.raises(ServiceError, match=told):
            graph.delete(JOBS)
    assert [seen.method for seen in world.service.seen] == ["DELETE"] * 4, "each is sent once"


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (2, 1), (3, 2), (5, 3)])
def test_every_page_is_read(world: World, count: int, requests: int) -> None:
    graph = world.graph(pages(lambda: world.service.origin, count))
    assert [entry["id"] for entry in graph.list("users")] == [str(number) for number in range(count)]
    assert len(world.asked) == requests


def test_the_link_is_followed_as_it_is(world: World) -> None:
    graph = world.graph(pages(lambda: world.service.origin, 5))
    graph.list("users", params={"$filter": "startsWith(displayName,'A')"})
    assert world.asked == [
        "GET /v1.0/users?%24filter=startsWith%28displayName%2C%27A%27%29",
        "GET /v1.0/users?$top=2&$skiptoken=2",
        "GET /v1.0/users?$top=2&$skiptoken=4",
    ]


def test_a_limit_saves_requests(world: World) -> None:
    graph = world.graph(pages(lambda: world.service.origin, 100))
    assert len(graph.list("users", limit=3)) == 3
    assert len(world.asked) == 2


def test_empty_pages_are_followed(world: World) -> None:
    def respond(seen: Seen) -> bytes:
        number = int(seen.target.partition("skip=")[2] or 0)
        link = {"@odata.nextLink": f"{world.service.origin}/v1.0/users?skip={number + 1}"} if number < 3 else {}
        return answer({"value": [{"id": "last"}] if number == 3 else [], **link})

    assert world.graph(respond).list("users") == [{"id": "last"}]


def test_pages_in_a_circle_end(world: World) -> None:
    graph = world.graph(lambda _seen: answer({"value": [], "@odata.nextLink": f"{world.service.origin}/v1.0/users?$skiptoken=1"}))
    with pytest.raises(UntrustedAnswer, match="in a circle"):
        graph.list("users")
    assert len(world.asked) == 2


def test_endless_pages_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_file, "MOST_PAGES", 5)
    graph = world.graph(pages(lambda: world.service.origin, 10_000))
    with pytest.raises(UntrustedAnswer, match="more than 5 pages"):
        graph.list("users")


def test_endless_empty_pages_end_earlier(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_file, "MOST_EMPTY", 5)

    def respond(seen: Seen) -> bytes:
        number = int(seen.target.partition("skip=")[2] or 0)
        following = f"{world.service.origin}/v1.0/users?skip={number + 1}"
        return answer({"value": [{"id": "1"}] if number == 3 else [], "@odata.nextLink": following})

    with pytest.raises(UntrustedAnswer, match="5 pages of the list in a row are empty"):
        world.graph(respond).list("users")
    assert len(world.asked) == 9


def test_f15_a_link_to_elsewhere_gets_no_token(world: World) -> None:
    foreign = Service(lambda _seen: answer({"value": []}))
    world.open.append(foreign)
    graph = world.graph(answer({"value": [], "@odata.nextLink": f"{foreign.origin}/v1.0/users?$skiptoken=1"}))
    with pytest.raises(UntrustedAnswer) as caught:
        graph.list("users")
    assert foreign.origin in str(caught.value)
    assert world.service.origin in str(caught.value)
    assert foreign.connections == 0


BASE = "https://graph.microsoft.com/v1.0"


@pytest.mark.parametrize(
    ("link", "path"),
    [
        (f"{BASE}/users?$skiptoken=X", "users?$skiptoken=X"),
        ("HTTPS://Graph.Microsoft.com:443/v1.0/users?$skiptoken=X", "users?$skiptoken=X"),
        (f"{BASE}/servicePrincipals/a/appRoleAssignedTo?$skiptoken=a%2Fb%3D", "servicePrincipals/a/appRoleAssignedTo?$skiptoken=a%2Fb%3D"),
        (f"{BASE}/users", "users"),
    ],
)
def test_links_below_the_version_are_ours(link: str, path: str) -> None:
    assert next_path(BASE, link, "GET users") == path


@pytest.mark.parametrize(
    "link",
    [
        "http://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com.evil.example/v1.0/users",
        "https://graph.microsoft.com@evil.example/v1.0/users",
        "https://user@graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com:8443/v1.0/users",
        "https://graph.microsoft.com/beta/users",
        "https://graph.microsoft.com/v1.0",
        "https://graph.microsoft.com/v1.0evil/users",
        f"{BASE}/../beta/users",
        f"{BASE}/%2e%2e/beta/users",
        f"{BASE}//evil",
        f"{BASE}/users?a b",
        f"{BASE}/users?\r\nX-Evil: 1",
        "//evil.example/v1.0/users",
        "/v1.0/users?$skiptoken=X",
        "https://[::1/v1.0/users",
        "https://graph.microsoft.com:x/v1.0/users",
        17,
        {"href": BASE},
    ],
)
def test_f15_other_links_are_not(link: object) -> None:
    with pytest.raises(UntrustedAnswer, match="not followed"):
        next_path(BASE, link, "GET users")


@pytest.mark.parametrize("body", [{}, {"value": None}, {"value": "x"}, {"value": ["x"]}, {"id": "1"}])
def test_a_list_that_is_none_is_not_trusted(world: World, body: object) -> None:
    with pytest.raises(UntrustedAnswer, match="no list of Microsoft Graph"):
        world.graph(answer(body)).list("users")


def test_json_that_is_no_object_is_not_trusted(world: World) -> None:
    with pytest.raises(UntrustedAnswer, match="no object; check graph_url"):
        world.graph(answer([1])).get("users/1")


def test_a_proxy_s_page_is_told_with_our_option(world: World) -> None:
    with pytest.raises(UntrustedAnswer, match="is graph_url right"):
        world.graph(reply(200, b"<html>", kind="text/html")).get("users/1")


def test_an_error_has_its_sentence_its_code_and_both_numbers(world: World) -> None:
    graph = world.graph(refusal(400, "UnknownError", json.dumps({"error": {"code": "Inner", "message": "It is too long."}}), **REFERENCE))
    with pytest.raises(ServiceError) as caught:
        graph.send("PUT", "servicePrincipals/1/synchronization/secrets", {"value": []})
    assert (caught.value.status, caught.value.code) == (400, "Inner")
    assert caught.value.detail == "It is too long. (request-id a-1, client-request-id b-2)"
    assert str(caught.value) == f"PUT servicePrincipals/1/synchronization/secrets: 400 {caught.value.detail}"


def test_a_long_error_keeps_its_numbers_and_no_secret(world: World) -> None:
    graph = world.graph(lambda _seen: refusal(400, "x", f"{world.client.secret}\x1b[31m " + "y" * 1000, **REFERENCE))
    with pytest.raises(ServiceError) as caught:
        graph.get("users/1")
    assert caught.value.detail.endswith("... (request-id a-1, client-request-id b-2)")
    assert world.client.secret not in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_the_token_of_the_next_page_is_in_no_error(world: World) -> None:
    link = f"{{}}/v1.0/users?$skiptoken={'z' * 50}"
    graph = world.graph(
        lambda seen: (
            refusal(400, "x", "no")
            if "skip" in seen.target
            else answer({"value": [], "@odata.nextLink": link.format(world.service.origin)})
        )
    )
    with pytest.raises(ServiceError) as caught:
        graph.list("users")
    assert caught.value.request == "GET users"


# Writes


def test_in_check_mode_nothing_is_written(world: World) -> None:
    graph = world.graph(answer({}), read_only=True)
    for write in (graph.send, graph.settle):
        with pytest.raises(WriteInCheckMode):
            write("POST", JOBS, {})
    assert world.asked == []
    graph.ask(f"{JOBS}/2/validateCredentials", {})
    assert len(world.asked) == 1


def test_a_write_is_not_asked(world: World) -> None:
    with pytest.raises(WriteInCheckMode):
        world.graph(answer({})).ask(f"{JOBS}/2/start", {})
    assert world.asked == []


def test_a_post_is_never_sent_twice_blind(world: World) -> None:
    graph = world.graph(refusal(503, "x", "busy"))
    with pytest.raises(Ambiguous):
        graph.send("POST", JOBS, {})
    assert len(world.asked) == 1


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", f"{JOBS}/2/schema"), ("DELETE", f"{JOBS}/2"), ("POST", f"{JOBS}/2/schema/parseExpression")]
)
def test_what_does_no_harm_is_sent_again(world: World, method: str, path: str) -> None:
    graph = world.graph(refusal(502, "x", "bad gateway"), answer())
    ask = graph.ask if method == "POST" else lambda path, body: graph.send(method, path, body)
    assert ask(path, {}) == {}
    assert len(world.asked) == 2


@pytest.mark.parametrize(("headers", "least"), [({"Retry_After": "7"}, 7.0), ({}, 0.0)])
def test_a_post_that_is_put_off_is_sent_again(world: World, headers: dict[str, str], least: float) -> None:
    graph = world.graph(refusal(429, "TooManyRequests", "slow down", **headers), answer({"id": "2"}, 201))
    before = world.client.clock()
    assert graph.send("POST", JOBS, {}) == {"id": "2"}
    assert len(world.asked) == 2
    assert world.client.clock() - before >= least


def test_put_off_for_ever_ends(world: World) -> None:
    with pytest.raises(Throttled):
        world.graph(refusal(429, "TooManyRequests", "slow down")).send("POST", JOBS, {})


def test_a_token_that_ends_in_mid_run_is_renewed_once(world: World) -> None:
    tokens = ["Bearer one", "Bearer two"]

    def respond(seen: Seen) -> bytes:
        return (
            answer({"id": "2"}) if seen.headers["authorization"] == "Bearer two" else refusal(401, "InvalidAuthenticationToken", "expired")
        )

    def renew(refused: str) -> bool:
        tokens.remove(refused)
        return bool(tokens)

    graph = world.graph(respond, authorize=lambda: tokens[0], renew=renew)
    assert graph.send("POST", JOBS, {}) == {"id": "2"}
    assert len(world.asked) == 2


def test_a_permission_that_one_workload_misses_does_not_stop_the_others(world: World) -> None:
    graph = world.graph(
        lambda seen: refusal(401, "UnknownError", "") if "synchronization" in seen.target else answer({"id": "1"}),
        renew=lambda _refused: False,
    )
    with pytest.raises(Unauthorized, match=r"401 \(UnknownError, without a message\)"):
        graph.get(JOBS)
    assert graph.get("users/1") == {"id": "1"}


# Patience

NOT_YET = "Not a valid reference update."


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (404, "Request_ResourceNotFound", "gone"),
        (409, "Conflict", "busy"),
        (400, "Request_BadRequest", NOT_YET),
        (400, "UnknownError", json.dumps({"error": {"code": "x", "message": f"{NOT_YET} Sorry."}})),
        (403, "Authorization_RequestDenied", "Insufficient privileges"),
    ],
)
def test_what_entra_does_not_see_yet_is_outwaited(world: World, status: int, code: str, message: str) -> None:
    refused = refusal(status, code, message)
    graph = world.graph(refused, refused, refused, answer({"id": "2"}, 201))
    assert graph.settle("POST", JOBS, {}) == {"id": "2"}
    assert len(world.asked) == 4
    assert graph.http.counts.waited > 0


@pytest.mark.parametrize("read_only", [True, False], ids=["check", "real"])
@pytest.mark.parametrize("status", [403, 404, 409])
def test_a_question_is_outwaited_too_in_check_mode_as_well(world: World, status: int, read_only: bool) -> None:
    refused = refusal(status, "x", "not yet")
    graph = world.graph(refused, refused, answer({"parsingSucceeded": True}), read_only=read_only)
    assert graph.ask(f"{JOBS}/2/schema/parseExpression", {}) == {"parsingSucceeded": True}
    assert len(world.asked) == 3


def test_a_question_whose_refusal_says_something_is_asked_once(world: World) -> None:
    graph = world.graph(refusal(404, "x", "no"))
    with pytest.raises(ServiceError):
        graph.ask(f"{JOBS}/2/schema/parseExpression", {}, passing=lambda _error, _spent: False)
    assert len(world.asked) == 1


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (400, "Request_BadRequest", "The value is wrong."),
        (401, "InvalidAuthenticationToken", "expired"),
        (409, "Request_MultipleObjectsWithSameKeyValue", "Another object has this value."),
        (409, "ConflictingObjects", "Another object has this value."),
        (422, "x", "no"),
    ],
)
def test_what_will_not_pass_is_told_at_once(world: World, status: int, code: str, message: str) -> None:
    graph = world.graph(refusal(status, code, message))
    with pytest.raises(ServiceError):
        graph.settle("POST", JOBS, {})
    assert len(world.asked) == 1


@pytest.mark.parametrize(("status", "least", "most"), [(404, 240, 300), (403, 40, 75)])
def test_patience_ends(world: World, status: int, least: float, most: float) -> None:
    graph = world.graph(refusal(status, "x", "no"))
    before = world.client.clock()
    with pytest.raises(ServiceError) as caught:
        graph.settle("POST", JOBS, {})
    assert caught.value.status == status
    assert least <= world.client.clock() - before <= most


def test_without_time_nothing_is_outwaited(world: World) -> None:
    with pytest.raises(ServiceError):
        world.graph(refusal(404, "x", "no"), timeout=0).settle("POST", JOBS, {})
    assert len(world.asked) == 1


def test_an_unknown_fate_is_not_outwaited(world: World) -> None:
    graph = world.graph(refusal(404, "x", "no"), refusal(500, "x", "no"))
    with pytest.raises(Ambiguous):
        graph.settle("POST", JOBS, {})
    assert len(world.asked) == 2


@pytest.mark.parametrize(
    ("looks", "hits", "taken"),
    [("111", 3, 3), ("0111", 3, 4), ("110110110111", 3, 12), ("1", 1, 1), ("01", 1, 2), ("10", 2, None), ("0", 3, None)],
)
def test_hits_must_be_in_a_row(world: World, looks: str, hits: int, taken: int | None) -> None:
    graph = world.graph(answer({}))
    made: list[bool] = []

    def look() -> bool:
        made.append(looks[min(len(made), len(looks) - 1)] == "1")
        return made[-1]

    assert graph.wait_for(look, hits=hits) is (taken is not None)
    assert taken is None or len(made) == taken


@pytest.mark.parametrize("seen", [True, False])
def test_without_time_one_look_is_believed(world: World, seen: bool) -> None:
    made: list[bool] = []

    def look() -> bool:
        made.append(seen)
        return seen

    assert world.graph(answer({}), timeout=0).wait_for(look) is seen
    assert world.graph(answer({})).wait_for(look, timeout=0) is seen
    assert len(made) == 2


def test_waiting_takes_no_longer_than_allowed(world: World) -> None:
    graph = world.graph(answer({}))
    for timeout, interval in ((0.0, None), (2.0, None), (300.0, None), (100.0, 7.0)):
        before = world.client.clock()
        assert not graph.wait_for(lambda: False, timeout=timeout, interval=interval)
        spent = world.client.clock() - before
        assert spent <= timeout
        assert spent >= timeout * 0.8
    assert world.asked == []


def test_a_short_timeout_has_short_pauses(world: World) -> None:
    graph = world.graph(answer({}), timeout=3)
    assert graph.wait_for(lambda: True)
    assert sum(world.client.clock.slept) <= 0.2


@pytest.mark.parametrize(("text", "quoted"), [("Zscaler One", "'Zscaler One'"), ("O'Brien", "'O''Brien'"), ("''", "''''''"), ("", "''")])
def test_quotes_in_literals_are_doubled(text: str, quoted: str) -> None:
    assert literal(text) == quoted
