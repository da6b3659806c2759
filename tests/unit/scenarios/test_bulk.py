# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bulk from a state file to the journal (P9): few requests, and never a duplicate, a loss or a false failure, whatever the service does."""

from __future__ import annotations

import collections
import itertools
import json
import random
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying import bulk_run
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.http import Http
from ansible_collections.scimops.zscaler_one.tests.sandbox.seed import crowd

from .conftest import Company, State, declare

BULK = "POST /Bulk"
BULK_REQUEST = {"method": "POST", "route": "/Bulk"}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_run, "LOOKS", (0.0, 0.0, 0.0))


@pytest.fixture
def tenant(company: Company) -> Company:
    """An empty tenant that says it takes bulk requests, and 60 users with 4 groups to be put in."""
    company.sandbox.switch(bulk=True)
    company.state = declare(crowd(60, 4))
    return company


def counts(answer: dict) -> dict[str, int]:
    return dict(collections.Counter(request for request, _body in answer["writes"]))


def operations(company: Company) -> list[dict[str, t.Any]]:
    """All operations of all bulk requests, as the journal has them, each with its data."""
    return [
        {**done, "data": asked.get("data")}
        for entry in company.sandbox.journal.select(route="/Bulk")
        for done, asked in zip(entry.operations, entry.body["Operations"], strict=False)
    ]


def check_tenant(company: Company, state: State) -> None:
    """The tenant is as declared, with nobody twice."""
    truth = company.sandbox.tenant
    names = [record.name for record in truth.users.records.values() if not record.admin_linked]
    assert sorted(names) == sorted(user["user_name"] for user in state["users"])
    for group in state["groups"]:
        assert truth.members(group["display_name"]) == set(group["members"]), group["display_name"]
    groups = [record.name for record in truth.groups.records.values() if record.name != "Service Admin"]
    assert sorted(groups) == sorted(group["display_name"] for group in state["groups"])


def check_law_11(company: Company) -> None:
    for one in operations(company):
        data = one["data"] or {}
        assert not {"id", "meta"} & data.keys()
        for change in data.get("Operations", ()):
            assert not (change["op"] == "remove" and change["path"] == "members")


def fill(company: Company, state: State | None = None, **options: t.Any) -> dict[str, t.Any]:
    """Apply the state, then once more, which must find nothing to do; the first answer."""
    state = state or company.state
    answer = company.apply(state, **options)
    assert not answer.get("failed"), answer.get("msg")
    check_tenant(company, state)
    check_law_11(company)
    assert answer["summary"]["users"]["created"] == len(state["users"])
    assert answer["summary"]["memberships"]["added"] == sum(len(group["members"]) for group in state["groups"])
    company.sandbox.faults.clear()
    again = company.apply(state, **options)
    assert (again["changed"], again["writes"]) == (False, [])
    return answer


@pytest.mark.slow
def test_p9_10000_users_and_500_groups_into_an_empty_tenant_in_40_requests(company: Company) -> None:
    company.sandbox.switch(bulk=True, bulk_operations=1000)
    users, groups = 10_000, 500
    state = declare(crowd(users, groups))
    for group in state["groups"]:
        group["members"] = []
    for number, user in enumerate(state["users"]):
        for group in {number % groups, (number * 7 + 1) % groups} if number % 2 else {number % groups}:
            state["groups"][group]["members"].append(user["user_name"])
    answer = fill(company, state)
    assert answer["requests"]["sent"] <= 40
    assert counts(answer) == {BULK: answer["requests"]["by_method"]["POST"]}


def test_p9_a_plan_of_a_hundred_writes_travels_in_few_requests(tenant: Company) -> None:
    answer = fill(tenant)
    assert counts(answer) == {BULK: 3}
    sizes = [len(entry.body["Operations"]) for entry in tenant.sandbox.journal.select(route="/Bulk")]
    assert sizes[:2] == [10, 50]
    assert answer["reads"].count("GET /ServiceProviderConfig") == 1
    done = operations(tenant)
    assert [one["status"] for one in done] == [201] * 64 + [204] * (len(done) - 64)
    references = [one for one in done if "bulkId:" in str(one["data"])]
    assert references, "new members of new groups travel with them"
    assert len({one["bulkId"] for one in done}) == len(done)


def test_p9_the_same_run_has_the_same_bulk_ids(tenant: Company) -> None:
    tenant.apply()
    first = [one["bulkId"] for one in operations(tenant)]
    tenant.sandbox.reset()
    tenant.apply()
    assert [one["bulkId"] for one in operations(tenant)] == first


@pytest.mark.parametrize(
    ("users", "mode", "asked", "bulk"), [(30, "auto", 0, 0), (60, "auto", 1, 1), (60, "never", 0, 0), (30, "always", 1, 1)]
)
def test_p9_auto_is_for_many_writes_and_never_does_not_ask(tenant: Company, users: int, mode: str, asked: int, bulk: int) -> None:
    state = {"users": tenant.state["users"][:users]}
    answer = tenant.apply(state, bulk=mode)
    assert not answer.get("failed")
    assert answer["reads"].count("GET /ServiceProviderConfig") == asked
    assert (BULK in counts(answer)) is bool(bulk)


def test_p9_auto_does_not_use_what_is_not_advertised_and_always_does(tenant: Company) -> None:
    tenant.sandbox.switch(bulk=False)
    assert BULK not in counts(tenant.apply())
    tenant.sandbox.reset()
    assert counts(tenant.apply(bulk="always")) == {BULK: 3}


def test_p9_check_mode_and_the_result_are_the_same_with_bulk_and_without(tenant: Company) -> None:
    foreseen = tenant.apply(check=True, diff=True)
    assert foreseen["writes"] == []
    done = tenant.apply(diff=True)
    assert BULK in counts(done)
    tenant.sandbox.reset()
    singly = tenant.apply(diff=True, bulk="never")
    assert BULK not in counts(singly)
    for name in ("diff", "operations", "summary", "plan_digest", "failures", "changed"):
        assert foreseen[name] == done[name] == singly[name], name


def changed_state(state: State) -> State:
    """Some of everything: renames in a chain, changes, a name that a rename frees for a new user, joins, leaves, disabled and gone."""
    users = [dict(user) for user in state["users"]]
    names = [user["user_name"] for user in users]
    users[0]["user_name"], users[1]["user_name"] = names[1], "third@corp.example"
    for user in users[2:12]:
        user["department"] = "Moved"
    for user in users[12:20]:
        user["active"] = not user["active"]
    users = [*users[:50], {"user_name": names[0], "external_id": "new-person", "display_name": "New", "active": True}]
    users += [{"user_name": f"joiner{number}@corp.example", "external_id": f"j{number}", "active": True} for number in range(30)]
    present = {user["user_name"] for user in users}
    groups = [dict(group) for group in state["groups"][:-1]] + [{"display_name": "Newcomers", "members": []}]
    for place, group in enumerate(groups):
        group["members"] = sorted(({*group["members"]} & present) | {user["user_name"] for user in users[place::7]})
    return {"users": users, "groups": groups}


ANY_CHANGE = {"prune_users": "delete", "prune_groups": "delete", "removal_limit": {"percent": 100, "count": 5000, "floor": 5000}}


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"bulk_order": "reversed"},
        {"bulk_references": "values"},
        {"bulk_references": "strict"},
        {"bulk_references": "ignored"},
        {"bulk_references": "ignored", "unknown_member": "ignore"},
        {"bulk_status_as": "number"},
        {"bulk_status_as": "object", "bulk_resources": True, "thin_answers": False},
        {"bulk_id_shown": False},
        {"bulk_id_shown": False, "bulk_resources": True},
        {"bulk_location": False},
        {"bulk_location": False, "bulk_order": "reversed"},
        {"bulk_limits_told": False},
        {"bulk_operations": 7},
        {"bulk_bytes": 3000},
        {"bulk_takes": 20},
        {"members_per_request": 3},
        {"ids": "uuid"},
        {"ids": "numeric"},
        {"patch_supported": False},
    ],
    ids=lambda switches: ",".join(f"{name}={value}" for name, value in switches.items()) or "plain",
)
def test_p9_every_kind_of_service_and_of_change_ends_as_declared(tenant: Company, switches: dict) -> None:
    tenant.sandbox.switch(**switches)
    put = {"update_method": "put"} if "patch_supported" in switches else {}
    fill(tenant, **put)
    state = changed_state(tenant.state)
    tenant.sandbox.journal.clear()
    done = tenant.apply(state, **ANY_CHANGE, **put)
    assert not done.get("failed"), done["msg"]
    assert BULK in counts(done)
    check_tenant(tenant, state)
    check_law_11(tenant)
    assert tenant.apply(state, **ANY_CHANGE, **put)["writes"] == []


def test_p9_what_takes_away_never_shares_a_request_with_what_gives(tenant: Company) -> None:
    fill(tenant)
    tenant.sandbox.journal.clear()
    tenant.apply(changed_state(tenant.state), **ANY_CHANGE)
    kinds = []
    for entry in tenant.sandbox.journal.select(route="/Bulk"):
        takes = gives = 0
        for one in entry.body["Operations"]:
            changes = one.get("data", {}).get("Operations", ())
            takes += one["method"] == "DELETE" or any("members[" in change.get("path", "") for change in changes)
            takes += any(change.get("path") == "active" and change["value"] is False for change in changes)
            gives += one["method"] == "POST"
        kinds.append((bool(gives), bool(takes)))
    assert (True, True) not in kinds
    assert [takes for _gives, takes in kinds] == sorted(takes for _gives, takes in kinds), "whatever takes away comes last"
    assert {(True, False), (False, True)} <= {*kinds}
    assert len(kinds) <= 8


LOST = [
    {"kind": "commit_then_hang", "seconds": 3},
    {"kind": "commit_then_status", "status": 503},
    {"kind": "commit_then_reset"},
    {"kind": "half_body"},
    {"kind": "reset"},
    {"kind": "half_then_status", "status": 500},
    {"kind": "broken_json"},
    {"kind": "empty_body"},
    {"kind": "html"},
    {"kind": "status", "status": 500},
    {"kind": "bulk_lie", "lie": "not_a_list"},
    {"kind": "bulk_lie", "lie": "missing", "items": 30},
]


@pytest.mark.parametrize(("fault", "nth"), [*itertools.product(LOST, (1, 2, 3))], ids=str)
def test_p9_a_lost_answer_at_three_points_gives_no_duplicate_and_no_false_failure(tenant: Company, fault: dict, nth: int) -> None:
    tenant.sandbox.switch(bulk_operations=40)
    tenant.sandbox.faults.add({**BULK_REQUEST, "nth": nth}, fault)
    fill(tenant, timeout=1)
    bodies = [str(entry.body) for entry in tenant.sandbox.journal.select(route="/Bulk")]
    assert len(bodies) == len(set(bodies)), "no request was sent twice"
    assert not [one for one in operations(tenant) if one["status"] == 409], "nothing was created blind"


def test_p9_lost_answers_of_changes_and_removals(tenant: Company) -> None:
    fill(tenant)
    state = changed_state(tenant.state)
    tenant.sandbox.faults.add({**BULK_REQUEST, "every": 2}, {"kind": "commit_then_status", "status": 503})
    done = tenant.apply(state, **ANY_CHANGE)
    assert not done.get("failed"), done["msg"]
    check_tenant(tenant, state)


def test_p9_a_listing_that_does_not_show_them_yet_makes_no_duplicates(tenant: Company) -> None:
    tenant.sandbox.faults.add({**BULK_REQUEST, "nth": 1}, {"kind": "commit_then_reset"})
    for route in ("/Users", "/Groups"):
        tenant.sandbox.faults.add({"method": "GET", "route": route, "filtered": False, "nth": [2, 3]}, {"kind": "empty_listing"})
    fill(tenant)


def test_p9_after_a_doubtful_second_listing_each_create_is_looked_up_first(tenant: Company) -> None:
    tenant.sandbox.faults.add({**BULK_REQUEST, "nth": 2}, {"kind": "half_then_status", "status": 500})
    later = {"method": "GET", "route": "/Users", "filtered": False, "nth": [*range(2, 50)]}
    tenant.sandbox.faults.add(later, {"kind": "wrong_total", "delta": 1})
    answer = fill(tenant)
    assert counts(answer)["POST /Users"] >= 20
    assert len([entry for entry in tenant.sandbox.journal.select(method="GET", route="/Users") if "filter" in entry.query]) > 20


def test_p9_f29_who_is_gone_already_is_deleted(tenant: Company) -> None:
    fill(tenant)
    state = {"users": tenant.state["users"][:30]}
    tenant.sandbox.faults.add({"bulk": True, "method": "DELETE", "nth": 1}, {"kind": "delete_first"})
    answer = tenant.apply(state, **{**ANY_CHANGE, "prune_groups": "none"}, bulk="always")
    assert not answer.get("failed"), answer["msg"]
    assert set(counts(answer)) == {BULK}
    assert answer["summary"]["users"]["deleted"] == 30


def test_p9_a_service_that_never_answers_bulk_requests_is_written_to_singly(tenant: Company) -> None:
    tenant.sandbox.faults.add(BULK_REQUEST, {"kind": "status", "status": 500})
    answer = fill(tenant)
    assert counts(answer)[BULK] == 3
    (warning,) = answer["warnings"]
    assert "does not travel in bulk" in str(warning)


@pytest.mark.parametrize("status", ["403", "404", "405", "413", "501"])
def test_p9_a_service_that_refuses_bulk_is_written_to_singly_with_one_warning(tenant: Company, status: str) -> None:
    tenant.sandbox.switch(bulk_answer=status)
    answer = fill(tenant, members_per_request=7)
    asked = counts(answer)
    assert asked[BULK] == (4 if status == "413" else 1)
    assert asked["POST /Users"] == 60, "each is created once, with no look-up"
    (warning,) = answer["warnings"]
    assert "does not travel in bulk" in str(warning)
    assert status in str(warning)


def test_p9_413_halves_the_request_and_is_remembered(tenant: Company) -> None:
    tenant.sandbox.switch(bulk_takes=20)
    fill(tenant)
    sizes = [(len(entry.body["Operations"]), entry.status) for entry in tenant.sandbox.journal.select(route="/Bulk")]
    refused = [size for size, status in sizes if status == 413]
    assert refused == sorted(refused, reverse=True)
    assert len(refused) == 2
    accepted = [size for size, status in sizes if status == 200]
    assert len(accepted) + len(refused) == len(sizes)
    assert max(accepted) <= 20
    assert {status for _size, status in sizes[3:]} == {200}


def test_p9_the_size_in_bytes_is_kept(tenant: Company) -> None:
    tenant.sandbox.switch(bulk_bytes=5000)
    fill(tenant)
    assert {entry.status for entry in tenant.sandbox.journal.select(route="/Bulk")} == {200}


def test_p9_429_waits_and_sends_again(tenant: Company) -> None:
    tenant.sandbox.faults.add({**BULK_REQUEST, "nth": 1}, {"kind": "status", "status": 429, "retry_after": "0"})
    answer = fill(tenant)
    assert counts(answer) == {BULK: 4}


@pytest.mark.parametrize("status", [400, 404, 409, 412, 413, 429, 500, 503])
@pytest.mark.parametrize("kind", ["status", "commit_then_status"])
def test_p9_an_operation_that_fails_is_written_again_singly(tenant: Company, status: int, kind: str) -> None:
    names = [tenant.state["users"][place]["user_name"] for place in (3, 30)]
    for name in names:
        tenant.sandbox.faults.add({"bulk": True, "method": "POST", "contains": name}, {"kind": kind, "status": status}, times=1)
    tenant.sandbox.faults.add({"bulk": True, "method": "PATCH", "nth": 1}, {"kind": kind, "status": status}, times=1)
    answer = tenant.apply()
    assert not answer.get("failed"), answer["msg"]
    check_tenant(tenant, tenant.state)
    # After an error that says nothing of what was done, who is there then was made by this run; after others, by somebody else.
    assert answer["summary"]["users"]["created"] == (60 if kind == "status" or status >= 500 else 58)
    singly = [body["userName"] for request, body in answer["writes"] if request == "POST /Users"]
    assert singly == (names if kind == "status" else [])
    tenant.sandbox.faults.clear()
    assert tenant.apply()["writes"] == []


def test_p9_f30_somebody_who_was_there_is_adopted_and_not_counted(tenant: Company) -> None:
    user = tenant.state["users"][7]
    tenant.sandbox.faults.add({"bulk": True, "method": "POST", "contains": user["user_name"]}, {"kind": "delete_first"}, times=1)
    listing = {"method": "GET", "route": "/Users", "filtered": False, "nth": 1}
    tenant.sandbox.seed(users=[{"userName": user["user_name"].upper(), "externalId": user["external_id"]}])
    tenant.sandbox.faults.add(listing, {"kind": "skip", "items": 2})
    answer = tenant.apply(verify=False)
    assert tenant.sandbox.tenant.user(user["user_name"])
    assert len([one for one in tenant.sandbox.tenant.users.records.values() if one.name.lower() == user["user_name"].lower()]) == 1
    assert not answer["failures"]


def test_p9_f54_one_bad_object_fails_alone_and_says_why(tenant: Company) -> None:
    bad = tenant.state["users"][5]["user_name"]
    tenant.state["users"][5]["user_name"] = other = "somebody@elsewhere.example"
    for group in tenant.state["groups"]:
        group["members"] = [other if member == bad else member for member in group["members"]]
    answer = tenant.apply()
    assert answer["failed"]
    failed = {(failure["kind"], failure["name"]) for failure in answer["failures"]}
    assert failed == {
        ("user", other),
        *({("membership", other)} if any(other in group["members"] for group in tenant.state["groups"]) else ()),
    }
    assert "not registered" in answer["failures"][0]["detail"]
    assert answer["summary"]["users"] == {**answer["summary"]["users"], "created": 59, "failed": 1}


def test_p9_f28_403_for_one_operation_is_not_tried_again(tenant: Company) -> None:
    name = tenant.state["users"][5]["user_name"]
    tenant.sandbox.faults.add({"bulk": True, "contains": f'"userName": "{name}"'}, {"kind": "status", "status": 403})
    answer = tenant.apply()
    assert [(failure["name"], failure["status"]) for failure in answer["failures"] if failure["kind"] == "user"] == [(name, 403)]
    assert "POST /Users" not in counts(answer)


def test_p9_f55_the_breakers_count_operations_like_single_writes(tenant: Company) -> None:
    tenant.sandbox.switch(domains="other.example")
    answer = tenant.apply(bulk="always")
    assert answer["msg"].startswith("Stopped early: "), "a share of the first writes, or so many alike in a row"
    assert len(operations(tenant)) == 20, "a request after one that mostly failed is small again"
    assert counts(answer) == {BULK: 2, "POST /Users": 7}
    assert answer["summary"]["users"]["created"] == 0


@pytest.mark.parametrize(("good", "wasted", "reasons"), [(0, 10, 1), (0, 10, 4), (10, 50, 1), (10, 50, 4), (60, 200, 1)])
def test_p9_r12_where_everything_fails_one_request_and_few_writes_are_wasted(tenant: Company, good: int, wasted: int, reasons: int) -> None:
    names = [f"bad{number % reasons}-{number}@corp.example" for number in range(200)]
    for reason in range(reasons):
        fault = {"kind": "status", "status": 400 + reason, "body": {"detail": f"reason {reason}", "scimType": f"r{reason}"}}
        for where in ({"bulk": True}, {"route": "/Users"}):
            tenant.sandbox.faults.add({**where, "method": "POST", "contains": f'"bad{reason}-'}, fault)
    state = {"users": [*tenant.state["users"][:good], *({"user_name": name} for name in names)]}
    answer = tenant.apply(state, verify=False, concurrency="8")
    refused = [one for one in operations(tenant) if one["status"] >= 400]
    assert answer["msg"].startswith("Stopped early: ")
    assert len(refused) == wasted
    assert counts(answer).get("POST /Users", 0) <= (1 if reasons == 1 else 16)
    assert answer["summary"]["users"]["created"] == good


def test_p9_where_all_fail_alike_in_bulk_and_not_singly_nothing_is_lost(tenant: Company) -> None:
    tenant.sandbox.faults.add({"bulk": True, "method": "POST"}, {"kind": "status", "status": 400})
    answer = fill(tenant)
    assert counts(answer)["POST /Users"] == 60


def test_p9_f27_a_401_for_one_operation_ends_the_run(tenant: Company) -> None:
    tenant.sandbox.switch(bulk_operations=20)
    tenant.sandbox.faults.add({"bulk": True, "method": "POST", "nth": 9}, {"kind": "status", "status": 401})
    answer = tenant.apply()
    assert "401" in answer["msg"]
    assert counts(answer) == {BULK: 1}
    assert sum(answer["summary"][kind]["created"] for kind in ("users", "groups")) == 9, "what the same request did besides is told"


@pytest.mark.parametrize("error", [AttributeError("a part of the answer"), MemoryError(), RuntimeError("can't start new thread")], ids=repr)
@pytest.mark.parametrize("bulk", ["always", "never"])
def test_p9_f52_whatever_breaks_in_the_middle_the_result_has_what_was_done(
    tenant: Company, monkeypatch: pytest.MonkeyPatch, error: Exception, bulk: str
) -> None:
    report = tenant.folder / "report.jsonl"
    send, sent = Http.send, []

    def break_at_the_second(http: Http, method: str, path: str, **given: t.Any) -> t.Any:
        sent.extend([path] if method == "POST" else [])
        answer = send(http, method, path, **given)
        if len(sent) == 2:
            raise error
        return answer

    monkeypatch.setattr(Http, "send", break_at_the_second)
    answer = tenant.apply(bulk=bulk, report_path=str(report))
    made = {record.name for record in tenant.sandbox.tenant.users.records.values()} - {"admin@corp.example"}
    done = {one["name"] for one in answer["operations"] if one["kind"] == "user"}
    unknown = {one["name"] for one in answer["failures"] if one["kind"] == "user"}
    assert answer["changed"]
    assert answer["msg"].startswith("Stopped early: ")
    assert answer["stopped"]
    assert answer["left"] > 0
    assert done <= made <= done | unknown
    assert answer["summary"]["users"]["created"] == len(done)
    assert "a part of the answer" not in str(answer)
    lines = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    counted = collections.Counter(line["line"] for line in lines)
    assert counted["intent"] == counted["outcome"] == len(answer["operations"]) + len(answer["failures"])
    assert lines[-1]["stopped"] == answer["stopped"]


LIES = ["doubled", "foreign", "reversed", "no_status", "one_location", "rubbish", "missing"]


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("items", [1, 4, 40])
def test_p9_an_answer_that_lies_harms_nobody(tenant: Company, lie: str, items: int) -> None:
    tenant.sandbox.faults.add(BULK_REQUEST, {"kind": "bulk_lie", "lie": lie, "items": items})
    fill(tenant)


@pytest.mark.parametrize("resources", [False, True])
def test_p9_ids_that_are_told_for_others_get_nobody_into_a_group(tenant: Company, resources: bool) -> None:
    tenant.sandbox.switch(bulk_resources=resources, bulk_operations=30)
    tenant.sandbox.faults.add(BULK_REQUEST, {"kind": "bulk_lie", "lie": "swapped"})
    answer = tenant.apply()
    assert not answer.get("failed"), answer["msg"]
    check_tenant(tenant, tenant.state)
    assert not [one for one in tenant.sandbox.journal.mutations if one["verb"] == "remove_member"]


@pytest.mark.parametrize("references", ["values", "strict", "text"])
def test_p9_a_crafted_name_breaks_neither_the_json_nor_a_reference(tenant: Company, references: str) -> None:
    tenant.sandbox.switch(bulk_references=references)
    fill(tenant)
    ids = [one["bulkId"] for one in operations(tenant)]
    tenant.sandbox.reset()
    texts = [
        f"bulkId:{ids[0]}", f"bulkId:{ids[5]}",
        "bulkId:u1", "BULKID:op", "bulkId:", '"},{"method":"DELETE"}', "back\\slash", 'quote"', "a\\u0022b",
        f"/Users/bulkId:{ids[7]}", 'x"]', "bulkId:op-0000009", "x bulkId:op-0000002", "{}", "\u2603",
    ]  # fmt: skip
    crafted = [f"{text}@corp.example" for text in texts]
    users = [
        {"user_name": name, "external_id": f"bulkId:{ids[1]}{place}", "display_name": texts[place], "active": True}
        for place, name in enumerate(crafted)
    ]
    groups = [
        {"display_name": f"bulkId:{ids[2]}", "members": [user["user_name"] for user in users]},
        {"display_name": 'G"]', "members": [users[5]["user_name"], tenant.state["users"][0]["user_name"]]},
    ]
    fill(tenant, {"users": tenant.state["users"] + users, "groups": tenant.state["groups"] + groups})
    truth = tenant.sandbox.tenant
    for user in users:
        assert truth.user(user["user_name"]).attributes["externalId"] == user["external_id"]


def test_p9_on_error_stop_and_a_doubtful_listing_write_singly(tenant: Company) -> None:
    assert BULK not in counts(tenant.apply(on_error="stop"))
    tenant.sandbox.reset()
    tenant.sandbox.faults.add({"method": "GET", "route": "/Users", "filtered": False}, {"kind": "wrong_total", "delta": 1}, times=8)
    assert BULK not in counts(tenant.apply(verify=False))


def test_p9_the_report_has_every_write_before_it_is_sent(tenant: Company) -> None:
    path = tenant.folder / "report.jsonl"
    tenant.sandbox.switch(bulk_operations=20)
    answer = tenant.apply(report_path=str(path))
    assert not answer.get("failed"), answer["msg"]
    lines = path.read_text(encoding="utf-8").splitlines()
    for user in tenant.state["users"]:
        assert len([line for line in lines if user["user_name"] in line]) >= 2


@pytest.mark.parametrize("switches", [{}, {"bulk_location": False}, {"bulk_references": "ignored"}], ids=str)
def test_p9_f47_new_users_that_cannot_be_seen_yet_still_become_members(
    tenant: Company, switches: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_run, "LOOKS", (0.3, 0.6, 1.2))
    tenant.sandbox.switch(visibility_lag=0.3, bulk_operations=40, **switches)
    answer = tenant.apply(timeout=5)
    assert not answer.get("failed"), answer["msg"]
    check_tenant(tenant, tenant.state)


def test_p9_where_the_tenant_cannot_be_listed_anew_the_run_ends_and_says_what_is_not_known(tenant: Company) -> None:
    tenant.sandbox.switch(bulk_operations=20)
    tenant.sandbox.faults.add({**BULK_REQUEST, "nth": 2}, {"kind": "commit_then_reset"})
    tenant.sandbox.faults.add(
        {"method": "GET", "route": "/Users", "filtered": False, "nth": [2, 3, 4, 5, 6, 7]}, {"kind": "status", "status": 403}
    )
    answer = tenant.apply()
    assert counts(answer) == {BULK: 2}
    assert "Stopped early: it is not known whether it was written" in answer["msg"]
    done = sum(answer["summary"][kind]["created"] for kind in ("users", "groups"))
    assert (done, len(answer["failures"])) == (10, 20)
    assert {failure["detail"].partition(" (")[0] for failure in answer["failures"]} == {"it is not known whether it was written"}
    tenant.sandbox.faults.clear()
    assert not tenant.apply().get("failed")
    check_tenant(tenant, tenant.state)


def test_p9_a_step_that_was_begun_is_told_of_when_the_run_ends(tenant: Company) -> None:
    tenant.sandbox.switch(bulk_operations=80)
    fill(tenant, {"users": tenant.state["users"], "groups": []})
    names = [user["user_name"] for user in tenant.state["users"]]
    state = {"users": tenant.state["users"], "groups": [{"display_name": "Everybody", "members": names}]}
    tenant.sandbox.faults.add({"bulk": True, "method": "PATCH", "nth": 2}, {"kind": "status", "status": 401})
    tenant.sandbox.switch(bulk_operations=4)
    answer = tenant.apply(state, members_per_request=10, bulk="always")
    assert "401" in answer["msg"]
    assert answer["summary"]["memberships"] == {"added": 20, "removed": 0, "unchanged": 0, "failed": 40}
    assert collections.Counter(failure["detail"] for failure in answer["failures"])[bulk_run.NOT_TRIED] == 30
    assert len(tenant.sandbox.tenant.members("Everybody")) == 20


def test_p9_many_hands_write_what_bulk_could_not(tenant: Company) -> None:
    tenant.sandbox.faults.add({"bulk": True}, {"kind": "status", "status": 500}, times=50)
    answer = fill(tenant, concurrency="8")
    assert counts(answer)["POST /Users"] >= 40


def bad_day(company: Company, seed: int) -> None:
    """A service with random habits, and faults for one bulk request in three, one operation in seven, one read in thirty."""
    chance = random.Random(seed)
    company.sandbox.switch(
        bulk_operations=chance.choice([5, 20, 40, 1000]),
        bulk_order=chance.choice(["kept", "reversed"]),
        bulk_references=chance.choice(["values", "strict", "text", "ignored"]),
        bulk_id_shown=chance.random() < 0.8,
        bulk_location=chance.random() < 0.8,
        bulk_resources=chance.random() < 0.5,
        bulk_status_as=chance.choice(["string", "number", "object"]),
        unknown_member=chance.choice(["400", "404", "ignore"]),
        ids=chance.choice(["derived", "uuid", "numeric"]),
    )
    quick = [fault for fault in LOST if "hang" not in fault["kind"]]
    lies = [{"kind": "bulk_lie", "lie": lie, "items": chance.choice([1, 15])} for lie in LIES]
    rules = [{"match": {**BULK_REQUEST, "probability": 0.1}, "fault": fault} for fault in chance.sample([*quick, *lies], 4)]
    for kind, status in (("status", 500), ("status", 429), ("commit_then_status", 503), ("status", 409)):
        rules.append({"match": {"bulk": True, "probability": 0.04}, "fault": {"kind": kind, "status": status}})
    rules.append({"match": {"method": "GET", "probability": 0.03}, "fault": {"kind": "reset"}})
    company.sandbox.faults.set(rules, seed=seed)


@pytest.mark.parametrize("seed", [1, 2, 3, 106, 109, 142])
def test_p9_bad_days_leave_no_duplicate_no_loss_and_no_false_failure(tenant: Company, seed: int) -> None:
    bad_day(tenant, seed)
    answer = tenant.apply()
    assert not answer.get("failed"), answer["msg"]
    check_tenant(tenant, tenant.state)
    check_law_11(tenant)
    state = changed_state(tenant.state)
    answer = tenant.apply(state, **ANY_CHANGE)
    assert not answer.get("failed"), answer["msg"]
    check_tenant(tenant, state)
    tenant.sandbox.faults.clear()
    assert tenant.apply(state, **ANY_CHANGE)["writes"] == []
