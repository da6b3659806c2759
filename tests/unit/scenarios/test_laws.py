# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The twelve laws, each seen from outside: a module against the sandbox. Their finer points have tests with the parts that keep them."""

from __future__ import annotations

import dataclasses
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils import _arguments
from ansible_collections.scimops.zscaler_one.tests.sandbox.profiles import Switches
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

from .conftest import Company

ADA = {
    "userName": "ada@corp.example",
    "externalId": "hr-1",
    "displayName": "Ada",
    "department": "Research",
    "emails": [{"value": "a@mail.example", "type": "work", "primary": True}],
    "groups": ["Engineering"],
}
BOB = {"userName": "bob@corp.example", "externalId": "hr-2", "displayName": "Bob", "department": "Sales", "groups": ["Engineering", "Ops"]}


@pytest.fixture
def firm(company: Company) -> Company:
    company.sandbox.seed(users=[ADA, BOB])
    return company


def sent(answer: dict[str, t.Any]) -> list[str]:
    return [request for request, _body in answer["writes"]]


def test_law_01_omitted_leaves_alone_a_value_enforces_empty_clears(firm: Company) -> None:
    before = firm.user("ada@corp.example")
    answer = firm.run("scim_user", user_name="ada@corp.example", display_name="Ada L", department="")
    ((request, body),) = answer["writes"]
    assert request == "PATCH /Users/{id}"
    assert "externalId" not in str(body)
    after = firm.user("ada@corp.example")
    assert {**before, "display_name": "Ada L", "department": None} == after


def test_law_02_a_plan_in_names_even_for_what_does_not_exist_yet(firm: Company) -> None:
    state = {"users": [{"user_name": "new@corp.example", "groups": ["New"]}], "groups": [{"display_name": "New"}]}
    foreseen = firm.apply(state, check=True, diff=True)
    assert foreseen["writes"] == []
    assert [(one["verb"], one["name"]) for one in foreseen["operations"]] == [
        ("create", "New"),
        ("create", "new@corp.example"),
        ("add", "new@corp.example"),
    ]
    assert "7a736361" not in str(foreseen["diff"])
    assert firm.apply(state)["operations"] == foreseen["operations"]


def test_law_03_same_external_id_and_another_name_is_a_rename(firm: Company) -> None:
    found = firm.user("ada@corp.example")["id"]
    answer = firm.apply({"users": [{"user_name": "ada.l@corp.example", "external_id": "hr-1"}]})
    assert sent(answer) == ["PATCH /Users/{id}"]
    assert firm.user("ada.l@corp.example")["id"] == found


def test_law_03_two_candidates_fail_and_neither_is_written(firm: Company) -> None:
    answer = firm.apply({"users": [{"user_name": "bob@corp.example", "external_id": "hr-1", "department": "X"}]})
    assert answer["writes"] == []
    (failure,) = answer["failures"]
    for name in ("ada@corp.example", "bob@corp.example"):
        assert firm.user(name)["id"] in failure["detail"]


def test_law_04_the_brake_stops_before_the_first_write(company: Company) -> None:
    company.fill(100, 0)
    state = {"users": [*company.state["users"][:90], {"user_name": "new@corp.example"}]}
    answer = company.apply(state, prune_users="delete")
    assert answer["failed"]
    assert answer["writes"] == []
    assert "10 of 100" in answer["msg"]


def test_law_05_nobody_loses_access_before_the_new_access_is_there(firm: Company) -> None:
    firm.sandbox.seed(users=[{"userName": "eve@corp.example", "groups": ["Ops"]}])
    state = {
        "users": [
            {"user_name": "ada@corp.example", "groups": ["Ops"]},
            {"user_name": "bob@corp.example", "active": False},
            {"user_name": "new@corp.example", "groups": ["Ops & Co"]},
            {"user_name": "eve@corp.example", "state": "absent"},
        ],
        "groups": [{"display_name": "Ops & Co"}, {"display_name": "Ops"}, {"display_name": "Engineering"}],
    }
    firm.apply(state)
    verbs = [(one["verb"], one["kind"]) for one in firm.sandbox.journal.mutations]
    assert verbs.index(("create", "group")) < verbs.index(("create", "user"))
    joined = [number for number, (verb, _kind) in enumerate(verbs) if verb == "add_member"]
    left = [number for number, (verb, _kind) in enumerate(verbs) if verb == "remove_member"]
    gone = verbs.index(("delete", "user"))
    assert verbs.index(("create", "user")) < joined[0]
    assert joined[-1] < left[0] < gone


def test_law_06_one_bad_object_does_not_stop_the_others(firm: Company) -> None:
    users = [{"user_name": f"new{number}@{domain}"} for number, domain in enumerate(("corp.example", "wrong.example", "corp.example"))]
    answer = firm.apply({"users": users})
    assert answer["failed"]
    assert answer["changed"]
    assert [failure["name"] for failure in answer["failures"]] == ["new1@wrong.example"]
    assert "state.json" in answer["failures"][0]["source"]
    assert answer["failures"][0]["status"] == 400
    again = firm.apply({"users": users})
    assert sent(again) == ["POST /Users"]


@pytest.mark.parametrize("kind", ["commit_then_reset", "commit_then_status", "half_body"])
def test_law_07_a_create_whose_answer_is_lost_is_looked_up_not_sent_again(firm: Company, kind: str) -> None:
    firm.sandbox.faults.add({"method": "POST"}, {"kind": kind}, times=1)
    answer = firm.apply({"users": [{"user_name": "new@corp.example"}]}, verify=False)
    assert sent(answer) == ["POST /Users"]
    assert answer["summary"]["users"]["created"] == 1
    assert firm.user("new@corp.example")["id"]


def test_law_08_the_pace_is_kept_and_a_429_pauses(firm: Company) -> None:
    firm.sandbox.switch(rate=20, rate_burst=3)  # a busy machine may delay one and not the next
    state = {"users": [{"user_name": f"new{number}@corp.example"} for number in range(10)]}
    answer = firm.apply(state, requests_per_second=15)
    assert answer["requests"]["throttled"] == 0
    firm.sandbox.faults.add({"method": "GET"}, {"kind": "status", "status": 429, "retry_after": "1"}, times=1)
    begin = time.monotonic()
    answer = firm.apply(state, requests_per_second=15)
    assert time.monotonic() - begin >= 1
    assert (answer["changed"], answer["requests"]["throttled"]) == (False, 1)


def test_law_09_nothing_to_do_costs_the_list_pages_and_nothing_else(company: Company) -> None:
    company.fill(300, 12)
    answer = company.apply(page_size=100)
    assert answer["writes"] == []
    assert answer["reads"] == ["GET /Users"] * 4 + ["GET /Groups"]


def test_law_10_secrets_and_origin(firm: Company) -> None:
    with Sandbox(tls=False) as elsewhere:
        to = f"{elsewhere.base_url}/Users"
        firm.sandbox.faults.add({"method": "GET"}, {"kind": "redirect", "to": to})
        answer = firm.apply({"users": [{"user_name": "ada@corp.example"}]})
        assert answer["failed"]
        assert firm.sandbox.token not in str(answer)
        assert len(elsewhere.journal) == 0


def test_law_11_never_sent(firm: Company) -> None:
    state = {
        "users": [{"user_name": "ada@corp.example", "department": "X", "groups": ["Ops"]}, {"user_name": "new@corp.example"}],
        "groups": [{"display_name": "Engineering", "members": []}, {"display_name": "Ops", "members": ["bob@corp.example"]}],
    }
    bodies = [body for _request, body in firm.apply(state)["writes"]]
    for method in ("put", "patch"):
        bodies += [
            body
            for _request, body in firm.run("scim_user", user_name="bob@corp.example", department=method, update_method=method)["writes"]
        ]
    for body in bodies:
        assert not body.keys() & {"id", "meta", "groups"}, body
        for operation in body.get("Operations", ()):
            assert (operation["op"], operation.get("path")) != ("remove", "members")
            assert operation.get("path") != "members" or operation["op"] == "add"


def test_law_12_what_is_not_known_is_an_option_and_said_so() -> None:
    """Each option that exists because Zscaler is silent is documented where people look for it."""
    root = Path(_arguments.__file__).parents[1]
    text = "".join(path.read_text() for path in (root / "modules" / "scim_directory.py", *(root / "doc_fragments").glob("_*.py")))
    for option in ("update_method", "members_per_request", "external_id_conflict", "requests_per_second", "page_size"):
        assert f"  {option}:" in text, option
    assert text.count("not documented") + text.count("does not document") >= 2


def others(field: dataclasses.Field[t.Any]) -> list[t.Any]:
    """The values that a switch could have as well, where it is a choice; numbers and lists have no other side."""
    if isinstance(field.default, bool):
        return [not field.default]
    return [choice for choice in field.metadata["choices"] if choice != field.default]


GUESSES = [(field.name, value) for field in dataclasses.fields(Switches) if field.metadata["basis"] == "guess" for value in others(field)]


@pytest.mark.parametrize(("switch", "value"), GUESSES, ids=[f"{switch}={value}" for switch, value in GUESSES])
def test_law_12_where_a_guess_is_wrong_the_work_is_done_all_the_same(firm: Company, switch: str, value: t.Any) -> None:
    firm.sandbox.switch(**{switch: value})
    state = {
        "users": [
            {"user_name": "ada@corp.example", "external_id": "hr-1", "display_name": "Ada L", "department": "Sales", "groups": ["Ops"]},
            {"user_name": "new@corp.example", "external_id": "hr-3", "groups": ["Ops", "New"]},
            {"user_name": "bob@corp.example", "state": "absent"},
        ],
        "groups": [{"display_name": "Ops"}, {"display_name": "New"}],
    }
    done = firm.apply(state)
    assert "failed" not in done, done.get("msg")
    again = firm.apply(state)
    assert (again["changed"], again["writes"]) == (False, [])
    assert {user["user_name"] for user in firm.run("scim_user_info")["users"]} >= {"ada@corp.example", "new@corp.example"}
    assert firm.members("Ops") == ["ada@corp.example", "new@corp.example"]
