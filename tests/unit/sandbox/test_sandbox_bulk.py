# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bulk requests (RFC 7644 section 3.7): each operation answered for itself, references, limits, lies, faults, journal."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.profiles import Switches

PROFILES = pytest.mark.parametrize("profile", ["zia", "conforming"])


def post(kind: str, name: str, bulk_id: str, **more: object) -> dict:
    data = {"userName": f"{name}@corp.example"} if kind == "Users" else {"displayName": name}
    return {"method": "POST", "path": f"/{kind}", "bulkId": bulk_id, "data": {**data, **more}}


def add_members(group: str, *ids: str) -> dict:
    value = {"members": [{"value": id} for id in ids]}
    return {"method": "PATCH", "path": f"/Groups/{group}", "data": {"Operations": [{"op": "add", "value": value}]}}


def bulk(client, *operations: dict, **more: object):
    schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]
    return client.send("POST", "/Bulk", {"schemas": schemas, "Operations": list(operations), **more})


def statuses(answer) -> list:
    assert answer.status_code == 200, answer.text
    return [operation["status"] for operation in answer.json()["Operations"]]


def test_every_switch_of_bulk_is_tested() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    names = [field.name for field in dataclasses.fields(Switches) if field.name.startswith("bulk")]
    assert [name for name in names if not re.search(rf"\b{name}=", text)] == []


@PROFILES
def test_a_bulk_request_creates_a_group_with_its_members_and_is_one_entry_in_the_journal(make, profile):
    client = make(profile)
    answer = bulk(client, post("Users", "ada", "u1"), post("Groups", "devs", "g1"), add_members("bulkId:g1", "bulkId:u1"))
    shown = answer.json()["Operations"]
    assert [(one["method"], one["status"][0], one.get("bulkId")) for one in shown] == [
        ("POST", "2", "u1"),
        ("POST", "2", "g1"),
        ("PATCH", "2", None),
    ]
    ada, devs = (client.sandbox.tenant.user("ada@corp.example"), client.sandbox.tenant.group("devs"))
    assert [one["location"].removeprefix(client.sandbox.base_url) for one in shown] == [
        f"/Users/{ada.id}",
        f"/Groups/{devs.id}",
        f"/Groups/{devs.id}",
    ]
    assert client.sandbox.tenant.members("devs") == {"ada@corp.example"}
    (entry,) = client.sandbox.journal
    assert (entry.route, entry.method, entry.status, entry.writes) == ("/Bulk", "POST", 200, True)
    assert [(one["method"], one["path"], one["bulkId"]) for one in entry.operations] == [
        ("POST", "/Users", "u1"),
        ("POST", "/Groups", "g1"),
        ("PATCH", f"/Groups/{devs.id}", ""),
    ]
    assert [one["data"]["userName"] for one in entry.body["Operations"][:1]] == ["ada@corp.example"]
    assert [mutation["verb"] for mutation in entry.mutations] == ["create", "create", "add_member"]


@PROFILES
def test_a_reference_to_a_later_operation_is_resolved(make, profile):
    client = make(profile)
    members = [{"value": "bulkId:u1"}]
    assert [one[0] for one in statuses(bulk(client, post("Groups", "devs", "g1", members=members), post("Users", "ada", "u1")))] == [
        "2",
        "2",
    ]
    assert client.sandbox.tenant.members("devs") == {"ada@corp.example"}


@PROFILES
def test_all_four_methods_and_errors_that_stay_alone(make, profile):
    client = make(profile)
    ada, bob = client.user("ada"), client.user("bob")
    answer = bulk(
        client,
        {"method": "PUT", "path": f"/Users/{ada}", "data": {"userName": "ada@corp.example", "displayName": "Ada L"}},
        post("Users", "ada", "u1"),
        {"method": "DELETE", "path": f"/Users/{bob}"},
        {"method": "PATCH", "path": "/Users/none", "data": {"Operations": [{"op": "replace", "path": "active", "value": False}]}},
        {"method": "POST", "path": "/Users", "data": {"userName": "eve@corp.example"}},
        {"method": "GET", "path": "/Users"},
        {"method": "POST", "path": "/Bulk", "bulkId": "b", "data": {}},
        add_members("bulkId:nobody", ada),
    )
    # A service that replaces text leaves a reference to nothing as it is, so there is no such group.
    nobody = "404" if profile == "zia" else "409"
    assert statuses(answer) == ["200", "409", "204", "404", "400", "400", "400", nobody]
    failed = answer.json()["Operations"][1]
    assert (failed["response"]["status"], failed["response"]["scimType"], "location" in failed) == ("409", "uniqueness", False)
    assert client.sandbox.tenant.user("ada@corp.example").attributes["displayName"] == "Ada L"


def test_operations_that_refer_to_a_failed_one_fail(make):
    client = make()
    operations = (post("Users", "x", "u1", userName="no-at"), post("Groups", "devs", "g1"), add_members("bulkId:g1", "bulkId:u1"))
    assert statuses(bulk(client, *operations)) == ["400", "201", "409"]
    circle = (post("Groups", "a", "a", members=[{"value": "bulkId:b"}]), post("Groups", "b", "b", members=[{"value": "bulkId:a"}]))
    assert statuses(bulk(client, *circle)) == ["409", "409"]


@pytest.mark.parametrize(("accepted", "expected"), [(0, ["409", "201", "409", "201"]), (1, ["409"]), (2, ["409", "201", "409"])])
def test_fail_on_errors_ends_the_job(make, accepted, expected):
    client = make()
    client.user("ada")
    names = ("ada", "bob", "ada", "eve")
    answer = bulk(client, *(post("Users", name, f"u{number}") for number, name in enumerate(names)), failOnErrors=accepted)
    assert statuses(answer) == expected
    assert [one["status"] for one in client.sandbox.journal.writes[-1].operations][len(expected) :] == [0] * (4 - len(expected))


@pytest.mark.parametrize("body", [None, [], {}, {"Operations": []}, {"Operations": ["x"]}])
def test_what_is_no_bulk_request_is_refused(make, body):
    assert make().send("POST", "/Bulk", body).status_code == 400


def test_limits_and_what_discovery_says(make):
    client = make(bulk=True, bulk_operations=2, bulk_bytes=600)
    shown = client.get("/ServiceProviderConfig").json()["bulk"]
    assert shown == {"supported": True, "maxOperations": 2, "maxPayloadSize": 600}
    assert bulk(client, *(post("Users", f"n{number}", f"u{number}") for number in range(3))).status_code == 413
    assert bulk(client, post("Users", "ada", "u1", displayName="x" * 600)).status_code == 413
    assert bulk(client, post("Users", "ada", "u1"), post("Users", "bob", "u2")).status_code == 200
    client.sandbox.switch(bulk_takes=1)
    assert bulk(client, post("Users", "eve", "u1"), post("Users", "rob", "u2")).status_code == 413
    client.sandbox.switch(bulk_limits_told=False)
    assert client.get("/ServiceProviderConfig").json()["bulk"] == {"supported": True}
    assert make("zia").get("/ServiceProviderConfig").json()["bulk"]["supported"] is False
    assert make("conforming").get("/ServiceProviderConfig").json()["bulk"]["supported"] is True


@pytest.mark.parametrize("status", ["403", "404", "405", "413", "501"])
def test_bulk_that_is_refused_whatever_it_is(make, status):
    client = make(bulk=True, bulk_answer=status)
    assert bulk(client, post("Users", "ada", "u1")).status_code == int(status)
    assert not client.sandbox.journal.mutations


def test_the_order_may_be_another(make):
    client = make(bulk_order="reversed")
    assert statuses(bulk(client, post("Users", "ada", "u1"), post("Users", "Ada", "u2"))) == ["409", "201"]
    assert [
        one[0] for one in statuses(bulk(client, post("Users", "bob", "u1"), post("Groups", "g", "g"), add_members("bulkId:g", "bulkId:u1")))
    ]
    assert client.sandbox.tenant.members("g") == {"bob@corp.example"}


@pytest.mark.parametrize(
    ("how", "expected", "name"),
    [
        ("values", ["201", "201", "201", "204"], "bulkId:u1"),
        ("strict", ["201", "201", "201", "204"], "ID"),
        ("text", ["201", "201", "201", "204"], "ID"),
        ("ignored", ["201", "201", "201", "404"], "bulkId:u1"),
    ],
)
def test_where_references_are_seen(make, how, expected, name):
    client = make(bulk_references=how, domains="*")
    operations = (post("Users", "ada", "u1"), post("Groups", "g", "g"), post("Users", "x", "u2", userName="bulkId:u1"))
    assert statuses(bulk(client, *operations, add_members("bulkId:g", "bulkId:u1"))) == expected
    third = client.sandbox.journal.mutations[2]["name"]
    assert third == (client.sandbox.tenant.user("ada@corp.example").id if name == "ID" else name)


def test_replacing_text_takes_u1_for_u10(make):
    client = make(bulk_references="text", unknown_member="400")
    ten = [post("Users", f"n{number}", f"u{number}") for number in (1, 10)]
    assert statuses(bulk(client, *ten, post("Groups", "g", "g"), add_members("bulkId:g", "bulkId:u10"))) == ["201", "201", "201", "400"]


def test_how_operations_are_answered(make):
    client = make(bulk_id_shown=False, bulk_location=False, bulk_resources=True, bulk_status_as="number")
    (shown,) = bulk(client, post("Users", "ada", "u1")).json()["Operations"]
    assert (shown["status"], shown["response"]["userName"], sorted(shown)) == (201, "ada@corp.example", ["method", "response", "status"])
    client.sandbox.switch(bulk_status_as="object")
    assert statuses(bulk(client, post("Users", "bob", "u1"))) == [{"code": 201}]


def test_what_a_bulk_request_costs(make):
    client = make(rate=0.001, rate_burst=2)
    assert [bulk(client, *(post("Users", f"{letter}{number}", f"u{number}") for number in range(5))).status_code for letter in "ab"] == [
        200,
        200,
    ]
    client = make(rate=0.001, rate_burst=2, bulk_counts_as="operations")
    assert [bulk(client, *(post("Users", f"{letter}{number}", f"u{number}") for number in range(5))).status_code for letter in "ab"] == [
        200,
        429,
    ]


def test_faults_for_single_operations(make):
    faults = [
        {"match": {"bulk": True, "contains": "poison"}, "fault": {"kind": "status", "status": 403}},
        {"match": {"bulk": True, "contains": "late"}, "fault": {"kind": "commit_then_status", "status": 503}},
        {"match": {"bulk": True, "method": "POST", "nth": 1}, "fault": {"kind": "ignored_write"}},
        {"match": {"method": "POST", "nth": 2}, "fault": {"kind": "status", "status": 500}},
    ]
    client = make(faults=faults)
    names = ("poison", "late", "ignored", "fine")
    assert statuses(bulk(client, *(post("Users", name, f"u{number}") for number, name in enumerate(names)))) == ["403", "503", "201", "201"]
    assert [mutation["name"] for mutation in client.sandbox.journal.mutations] == ["late@corp.example", "fine@corp.example"]
    assert bulk(client, post("Users", "x", "u1")).status_code == 500


@pytest.mark.parametrize(
    ("fault", "status", "done"),
    [
        ({"kind": "commit_then_status", "status": 503}, 503, 4),
        ({"kind": "status", "status": 429, "retry_after": "1"}, 429, 0),
        ({"kind": "half_then_status", "status": 500}, 500, 2),
        ({"kind": "ignored_write"}, 200, 0),
        ({"kind": "broken_json"}, 200, 4),
    ],
)
def test_faults_of_whole_requests(make, fault, status, done):
    client = make(faults=[{"match": {"route": "/Bulk"}, "fault": fault}])
    assert bulk(client, *(post("Users", f"n{number}", f"u{number}") for number in range(4))).status_code == status
    assert len(client.sandbox.journal.mutations) == done


@pytest.mark.parametrize(
    ("lie", "ids", "locations"),
    [
        ("missing", ["u1"], 1),
        ("doubled", ["u0", "u0", "u1"], 2),
        ("foreign", ["other0", "u1"], 2),
        ("reversed", ["u1", "u0"], 2),
        ("swapped", ["u1", "u0"], 2),
        ("no_status", ["u0", "u1"], 2),
        ("one_location", ["u0", "u1"], 1),
        ("rubbish", [None, "u1"], 1),
    ],
)
def test_answers_that_lie(make, lie, ids, locations):
    client = make(faults=[{"match": {}, "fault": {"kind": "bulk_lie", "lie": lie}}])
    shown = bulk(client, post("Users", "ada", "u0"), post("Users", "bob", "u1")).json()["Operations"]
    assert [one and one["bulkId"] for one in shown] == ids
    assert len({one["location"] for one in shown if one}) == locations
    assert len(client.sandbox.journal.mutations) == 2


def test_an_answer_without_a_list(make):
    client = make(faults=[{"match": {}, "fault": {"kind": "bulk_lie", "lie": "not_a_list"}}])
    assert bulk(client, post("Users", "ada", "u0")).json()["Operations"] == {"number": 1}
