# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bulk requests are built within limits, and of the answers only what fits is believed (P9)."""

from __future__ import annotations

import json

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import UntrustedAnswer
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.bodies import member_operations
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.bulk import (
    Basket,
    BulkIds,
    BulkOperation,
    change,
    creation,
    deletion,
    reference,
    request_body,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.bulk_answers import NOT_TOLD, BulkAnswer, read_answers
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.bulk_service import BulkService

from .fake_scim import FakeHttp

ADA = creation("Users", "ada@corp.example", {"department": "R"}, "b1")
DEVS = creation("Groups", "devs", {}, "b2")
JOIN = change("Groups", reference("b2"), member_operations([reference("b1"), "u9"], ["u8"]), "b3")
GONE = deletion("Users", "u 7/x", "b4")
SENT = (ADA, DEVS, JOIN, GONE)


def size(*operations: BulkOperation) -> int:
    return len(json.dumps(request_body(operations), separators=(",", ":")).encode())


def test_p9_operations_as_rfc_7644_writes_them() -> None:
    body = request_body(SENT)
    assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]
    assert "failOnErrors" not in body
    assert [(one["method"], one["path"], one["bulkId"]) for one in body["Operations"]] == [
        ("POST", "/Users", "b1"),
        ("POST", "/Groups", "b2"),
        ("PATCH", "/Groups/bulkId:b2", "b3"),
        ("DELETE", "/Users/u%207%2Fx", "b4"),
    ]
    assert "data" not in body["Operations"][3]
    assert body["Operations"][2]["data"]["Operations"] == [
        {"op": "add", "value": {"members": [{"value": "bulkId:b1"}, {"value": "u9"}]}},
        {"op": "remove", "path": 'members[value eq "u8"]'},
    ]
    assert "members" not in body["Operations"][1]["data"]


@pytest.mark.parametrize("id", [".", ".."])
def test_b17_an_id_that_climbs_out_is_not_sent(id: str) -> None:
    with pytest.raises(UntrustedAnswer):
        deletion("Users", id, "b1").as_json()


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_p9_no_more_operations_than_allowed(limit: int) -> None:
    basket = Basket(limit, 10**6)
    assert [basket.take(one) for one in SENT] == [True] * min(4, limit) + [False] * max(0, 4 - limit)
    assert basket.taken == list(SENT[:limit])


def test_p9_bytes_are_measured_as_they_are_sent() -> None:
    both = size(ADA, DEVS)
    for room, fits in ((both + 1, True), (both - 1, False)):
        basket = Basket(10, room)
        assert (basket.take(ADA), basket.take(DEVS)) == (True, fits)
        assert size(*basket.taken) <= room
    wide = creation("Users", "\u00fc@corp.example", {}, "b1")
    assert not Basket(10, size(wide) - 1).take(wide), "what is escaped counts as it is sent"


def test_p9_bulk_ids_depend_on_the_texts_and_none_begins_another() -> None:
    def first(*texts: str) -> list[str]:
        ids = BulkIds(texts)
        return [ids.next() for _number in range(12)]

    assert first("a", "b") == first("a", "b")
    assert not set(first("a", "b")) & set(first("ab"))
    assert not set(first("a")) & set(first(f"bulkId:{first('a')[0]}"))
    ids = first("a")
    assert not [(one, other) for one in ids for other in ids if one != other and other.startswith(one)]
    assert BulkIds(["\ud800"]).next()


def answer(number: int, **more: object) -> dict:
    operation = SENT[number]
    status = {"POST": "201", "PATCH": "200", "DELETE": "204"}[operation.method]
    location = {0: "https://x.example/scim/Users/u1", 1: "/scim/Groups/g1", 2: "https://x.example/scim/Groups/g1", 3: "/Users/u%207%2Fx"}[
        number
    ]
    shown = {"method": operation.method, "bulkId": operation.bulk_id, "status": status, "location": location, **more}
    return {name: value for name, value in shown.items() if value is not None}


RIGHT = [BulkAnswer(201, "u1"), BulkAnswer(201, "g1"), BulkAnswer(200), BulkAnswer(204)]
FOUR = [answer(number) for number in range(4)]


def replaced(number: int, **more: object) -> list[dict]:
    return [answer(place, **more) if place == number else one for place, one in enumerate(FOUR)]


def seen(number: int, what: BulkAnswer) -> list[BulkAnswer]:
    return [what if place == number else one for place, one in enumerate(RIGHT)]


ERROR = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "409", "detail": "taken\u001b[31m", "scimType": "uniqueness"}
USER = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "u1", "userName": "ADA@corp.example"}
NO_IDS = [{name: value for name, value in one.items() if name != "bulkId"} for one in FOUR]


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        pytest.param(FOUR, RIGHT, id="as it should be"),
        pytest.param(FOUR[::-1], RIGHT, id="another order"),
        pytest.param(replaced(0, status=201), RIGHT, id="status as a number"),
        pytest.param(replaced(0, status={"code": 201}), RIGHT, id="status as an object"),
        pytest.param(replaced(0, status={"code": "201"}), RIGHT, id="status as an object with text"),
        pytest.param(replaced(0, status="201 Created"), RIGHT, id="status with a phrase"),
        *(
            pytest.param(replaced(0, status=status), seen(0, NOT_TOLD), id=f"status {status!r}")
            for status in (None, "", "ok", "302", 100, True, [], {}, "2010", "\u0662\u0660\u0661", 20.1)
        ),
        pytest.param(replaced(0, location=None), seen(0, BulkAnswer(201)), id="no location"),
        pytest.param(replaced(0, location=None, response=USER), RIGHT, id="no location, but the user"),
        pytest.param(replaced(0, response=USER), RIGHT, id="location and user agree"),
        pytest.param(replaced(0, response={**USER, "id": "u2"}), seen(0, BulkAnswer(201)), id="location and user do not agree"),
        pytest.param(replaced(0, response={**USER, "userName": "bob@corp.example"}), seen(0, NOT_TOLD), id="somebody else"),
        pytest.param(replaced(0, response=ERROR), seen(0, NOT_TOLD), id="201 with an error"),
        pytest.param(replaced(0, location="https://x.example/scim/Groups/u1"), seen(0, BulkAnswer(201)), id="location of a group"),
        pytest.param(replaced(0, location="https://elsewhere.example/scim/Users/u1?x=/Users/u2"), RIGHT, id="only the id counts"),
        pytest.param(replaced(0, location="/Users/.."), seen(0, BulkAnswer(201, "..")), id="an id that no request can carry"),
        pytest.param(replaced(0, location=["x"]), seen(0, BulkAnswer(201)), id="location is no text"),
        pytest.param(
            replaced(0, status="409", location=None, response=ERROR), seen(0, BulkAnswer(409, "", "taken [31m", "uniqueness")), id="409"
        ),
        pytest.param(replaced(0, status="500", location=None), seen(0, BulkAnswer(500)), id="error without words"),
        pytest.param(replaced(0, status="400", response={"detail": ["x"]}), seen(0, BulkAnswer(400)), id="detail is no text"),
        pytest.param(replaced(0, method="DELETE"), seen(0, NOT_TOLD), id="another method"),
        pytest.param(replaced(0, method="post"), RIGHT, id="method in lower case"),
        pytest.param(replaced(3, location="/Users/u6"), seen(3, NOT_TOLD), id="somebody else was deleted"),
        pytest.param(replaced(3, location=None), RIGHT, id="no location of a deletion"),
        pytest.param(FOUR[1:], seen(0, NOT_TOLD), id="one is missing"),
        pytest.param([], [NOT_TOLD] * 4, id="all are missing"),
        pytest.param([FOUR[0], *FOUR], RIGHT, id="doubled"),
        pytest.param([answer(0, status="409"), *FOUR], seen(0, NOT_TOLD), id="doubled and contradictory"),
        pytest.param([answer(0, bulkId="b77"), *FOUR[1:]], seen(0, NOT_TOLD), id="an unknown bulkId"),
        pytest.param([None, 3, "x", [], *FOUR], RIGHT, id="rubbish between"),
        pytest.param(
            [*FOUR[:1], answer(1, location="/Groups/u1"), *FOUR[2:]], [RIGHT[0], BulkAnswer(201, "u1"), *RIGHT[2:]], id="ids by kind"
        ),
        pytest.param([*FOUR[:2], *NO_IDS[2:]], RIGHT, id="bulkIds of creations only"),
        pytest.param(NO_IDS, [NOT_TOLD] * 4, id="no bulkIds: who knows whose id that is"),
        pytest.param([{**NO_IDS[0], "response": USER}, FOUR[1], *NO_IDS[2:]], RIGHT, id="no bulkId, but the user"),
        pytest.param([*FOUR[:2], NO_IDS[3], NO_IDS[2]], [*RIGHT[:2], NOT_TOLD, NOT_TOLD], id="no bulkIds and another order"),
    ],
)
def test_p9_answers_are_believed_where_they_fit(operations: list, expected: list[BulkAnswer]) -> None:
    assert read_answers({"Operations": operations}, SENT) == expected


def test_p9_an_id_told_twice_or_known_before_is_nobodys() -> None:
    bob = creation("Users", "bob@corp.example", {}, "b9")
    both = [answer(0), {**answer(0), "bulkId": "b9"}]
    assert read_answers({"Operations": both}, [ADA, bob]) == [BulkAnswer(201), BulkAnswer(201)]
    assert read_answers({"Operations": both[:1]}, [ADA], {("Users", "u1")}) == [BulkAnswer(201)]
    assert read_answers({"Operations": both[:1]}, [ADA], {("Groups", "u1")}) == [BulkAnswer(201, "u1")]


@pytest.mark.parametrize("body", [None, [], "x", {}, {"Operations": None}, {"Operations": {"0": FOUR[0]}}, ERROR])
def test_p9_what_is_no_bulk_answer_is_none(body: object) -> None:
    assert read_answers(body, SENT) is None


def test_p9_what_was_written_in_bulk_is_remembered_as_if_it_had_been_written_singly() -> None:
    http = FakeHttp(
        users=[{"id": "u9", "userName": "eve", "emails": [{"value": "a@x", "type": "home"}, {"value": "b@x", "primary": True}]}]
    )
    service = BulkService(http)
    service.read()
    operation = service.change("Users", "u9", {"email": "c@x"}, "b1")
    assert operation.data
    assert operation.data["Operations"][0]["value"] == [
        {"value": "a@x", "type": "home"},
        {"value": "c@x", "primary": True},
    ]
    http.extra["Bulk"] = {"Operations": [{"method": "PATCH", "bulkId": "b1", "status": "200"}]}
    assert service.send_bulk([operation]) == [BulkAnswer(200)]
    again = service.change("Users", "u9", {"email": "d@x"}, "b2")
    assert again.data
    assert again.data["Operations"][0]["value"][0] == {"value": "a@x", "type": "home"}
    assert again.data["Operations"][0]["value"][1]["value"] == "d@x"


def test_p9_a_change_that_failed_is_not_remembered() -> None:
    http = FakeHttp(
        users=[{"id": "u9", "userName": "eve", "emails": [{"value": "a@x", "type": "home"}, {"value": "b@x", "primary": True}]}]
    )
    service = BulkService(http)
    service.read()
    operation = service.change("Users", "u9", {"email": ""}, "b1")
    http.extra["Bulk"] = {"Operations": [{"method": "PATCH", "bulkId": "b1", "status": "400"}]}
    service.send_bulk([operation])
    again = service.change("Users", "u9", {"email": "d@x"}, "b2")
    assert again.data
    assert len(again.data["Operations"][0]["value"]) == 2
