# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything together: one plan, its order, its brakes, and what is refused before the first write."""

from __future__ import annotations

import json

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils import _converge

USERS = [
    {"user_name": "ada@corp.example", "external_id": "hr-17", "display_name": "Ada", "department": "Research", "groups": ["Engineering"]},
    {"user_name": "bob@corp.example", "display_name": "Bob"},
]
GROUPS = [{"display_name": "Engineering"}, {"display_name": "Sales", "members": ["bob@corp.example", {"user_name": "ada@corp.example"}]}]

ONE = [{"user_name": "user1@corp.example"}]


@pytest.fixture
def company(tenant):
    people = [{"userName": f"user{number}@corp.example", "externalId": f"hr-{number}"} for number in range(20)]
    tenant.sandbox.seed(users=people, groups=[{"displayName": "Old", "members": ["user0@corp.example"]}])
    return tenant


def test_everything_is_made_in_one_run_with_one_write_each(tenant):
    done = tenant.cycle("scim_directory", users=USERS, groups=GROUPS)
    assert [request for request, _body in done["writes"]] == ["POST /Groups"] * 2 + ["POST /Users"] * 2 + ["PATCH /Groups/{id}"] * 2
    assert done["summary"]["users"]["created"] == 2
    assert done["summary"]["memberships"]["added"] == 3
    assert tenant.members("Sales") == ["ada@corp.example", "bob@corp.example"]
    assert done["listing"] == "complete"


def test_p_nothing_to_do_costs_the_pages_and_nothing_else(tenant):
    tenant.run("scim_directory", users=USERS, groups=GROUPS)
    assert tenant.run("scim_directory", users=USERS, groups=GROUPS)["reads"] == ["GET /Users", "GET /Groups"]


@pytest.mark.parametrize("several", [False, True], ids=["a path", "a list"])
def test_files_and_lists_make_one_document(tenant, tmp_path, several):
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"users": USERS[:1]}))
    people = tmp_path / "people.csv"
    people.write_text("user_name,display_name\nbob@corp.example,Bob\n")
    src = [str(state), str(people)] if several else str(state)
    done = tenant.cycle("scim_directory", src=src, groups=GROUPS[:1])
    assert done["summary"]["users"]["created"] == (2 if several else 1)


@pytest.mark.parametrize(("prune", "verb", "left"), [("disable", "disable", True), ("delete", "delete", False)], ids=["disable", "delete"])
def test_users_in_scope_who_are_not_declared_are_pruned(company, prune, verb, left):
    declared = [{"user_name": f"user{number}@corp.example"} for number in range(1, 20)]
    done = company.cycle(
        "scim_directory", users=declared, prune_users=prune, protected_users=["ADMIN@*"], scope={"user_name_suffixes": ["@corp.example"]}
    )
    assert [(one["verb"], one["name"]) for one in done["operations"]] == [(verb, "user0@corp.example")]
    assert done["protected"] == ["admin@corp.example"]
    assert bool(company.user("user0@corp.example")) == left


def test_f59_groups_are_pruned_but_not_those_of_zscaler(company):
    done = company.cycle("scim_directory", groups=[{"display_name": "New"}], prune_groups="delete")
    assert [(one["verb"], one["name"]) for one in done["operations"]] == [("create", "New"), ("delete", "Old")]
    assert done["protected"] == ["Service Admin"]


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"users": ONE, "prune_users": "delete"}, "brake"),
        ({"users": ONE, "prune_users": "disable"}, "brake"),
        ({"users": [], "prune_users": "disable"}, ""),
        ({"users": [], "prune_users": "disable", "allow_removals_over_limit": True}, ""),
        ({"users": [], "groups": [], "prune_users": "delete", "prune_groups": "delete"}, ""),
    ],
)
def test_r1_too_many_removals_and_empty_lists_write_nothing_at_all(company, options, key, check):
    answer = company.run("scim_directory", check=check, **options)
    assert answer["failed"]
    assert answer["writes"] == []
    assert key in str(answer["refused"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "one of the following is required"),
        ({"users": [{"user_name": "ada@corp.example", "dispalyName": "A"}]}, "display_name"),
        ({"users": [{"user_name": "ada@corp.example", "display_name": 12345}]}, "users[0]"),
        ({"users": [{"user_name": "ada@corp.example", "active": "yes"}]}, "active"),
        ({"users": [{"user_name": "ada@corp.example", "password": "not-shown-here"}]}, "secrets have no place"),
        ({"users": [{"user_name": "ada@corp.example"}, {"user_name": "ADA@corp.example"}]}, "twice"),
        ({"users": [{"user_name": "ada@corp.example", "groups": ["Nowhere"]}]}, "Nowhere"),
        ({"groups": [{"display_name": "G", "members": ["nobody@corp.example"]}]}, "nobody@corp.example"),
        ({"users": [{"user_name": "ada@corp.example", "groups": ["A", "B"]}], "max_groups_per_user": 1}, "max_groups_per_user"),
        ({"users": [{"user_name": "a@b.example"}], "scope": {"user_name_regex": "("}}, "scope.user_name_regex"),
        ({"users": [{"user_name": "a@b.example"}], "scope": {"user_name_suffixes": ["@corp.example"]}}, "outside of scope"),
        ({"users": [{"user_name": "a@corp.example", "state": "absent"}], "protected_users": ["a@*"]}, "protected"),
        ({"src": "no-such-file.yml"}, "no-such-file.yml"),
        pytest.param({"src": []}, "option src: is an empty list", id="b32 no file"),
        pytest.param({"src": [], "users": USERS[1:]}, "option src: is an empty list", id="b32 no file beside people"),
        pytest.param({"users": None}, "option users: is missing", id="b32 null"),
        pytest.param({"users": None, "groups": None, "src": None}, "option users: is missing", id="b32 null for all"),
        ({"users": USERS[1:], "result_limit": -1}, "result_limit"),
        ({"users": USERS[1:], "page_size": 5000}, "page_size"),
    ],
)
def test_r14_bad_input_sends_no_write_and_says_where(tenant, options, words):
    answer = tenant.run("scim_directory", **options)
    assert answer["failed"]
    assert words in answer["msg"]
    assert "not-shown-here" not in str(answer)
    assert answer["writes"] == []


def test_null_in_options_is_not_given(tenant):
    tenant.sandbox.seed(users=[{"userName": "ada@corp.example", "displayName": "Ada", "department": "Research"}])
    same = tenant.run(
        "scim_directory", users=[{"user_name": "ada@corp.example", "display_name": None, "groups": None, "department": "Research"}]
    )
    assert not same["changed"]


def test_r12_one_bad_object_does_not_stop_the_others(tenant):
    answer = tenant.run("scim_directory", users=[*USERS[1:], {"user_name": "eve@other.example"}, {"user_name": "zoe@corp.example"}])
    assert answer["failed"]
    assert answer["changed"]
    assert [(one["name"], one["source"], one["status"]) for one in answer["failures"]] == [("eve@other.example", "users[1]", 400)]
    assert answer["summary"]["users"] | {"created": 2, "failed": 1} == answer["summary"]["users"]


def test_on_error_stop_stops(tenant):
    answer = tenant.run("scim_directory", users=[{"user_name": "eve@other.example"}, *USERS[1:]], on_error="stop")
    assert answer["failed"]
    assert not answer["changed"]
    assert len(answer["writes"]) == 1
    assert "Stopped early" in answer["msg"]


def test_r5_a_doubtful_listing_removes_nobody(company):
    company.sandbox.faults.add({"method": "GET", "route": "/Users"}, {"kind": "wrong_total", "delta": 100})
    declared = [{"user_name": f"user{number}@corp.example"} for number in range(1, 20)]
    answer = company.run("scim_directory", users=declared, prune_users="delete", protected_users=["admin@*"])
    assert answer["failed"]
    assert answer["writes"] == []
    harmless = company.run("scim_directory", users=[{"user_name": "user1@corp.example"}])
    assert harmless["listing"] == "suspect"
    assert harmless["warnings"]


def test_r15_what_the_service_accepts_and_does_not_do_is_a_failure(company, monkeypatch):
    monkeypatch.setattr(_converge, "LOOKS", (0.0,))
    company.sandbox.faults.add({"method": "PATCH"}, {"kind": "ignored_write"})
    answer = company.run("scim_directory", users=[{"user_name": "user1@corp.example", "active": False}])
    assert answer["failed"]
    assert not answer["changed"]
    assert answer["failures"][0]["name"] == "user1@corp.example"


def test_the_result_is_bounded_and_the_summary_is_not(tenant):
    users = [{"user_name": f"new{number}@corp.example"} for number in range(5)]
    answer = tenant.run("scim_directory", users=users, result_limit=2)
    assert len(answer["operations"]) == 2
    assert answer["operations_omitted"] == 3
    assert answer["summary"]["users"]["created"] == 5


def test_what_the_service_never_shows_is_no_change_in_every_run(tenant):
    """The sandbox takes the externalId and shows it of nobody, as a Zscaler may: nobody documents that."""
    tenant.sandbox.switch(shows_external_id=False)
    users = [{"user_name": "ada@corp.example", "external_id": "hr-1"}]
    assert tenant.run("scim_directory", users=users)["summary"]["users"]["created"] == 1
    assert tenant.sandbox.tenant.user("ada@corp.example").attributes["externalId"] == "hr-1"
    again = tenant.run("scim_directory", users=users)
    assert (again["changed"], again["writes"], again["unverifiable"]) == (False, [], ["external_id"])
    assert "unseen_attributes=write" in str(again["warnings"])


def test_the_first_values_of_an_attribute_that_nobody_has(tenant):
    tenant.sandbox.seed(users=[{"userName": "ada@corp.example"}])
    tenant.sandbox.faults.add({"route": "/Schemas"}, {"kind": "status", "status": 404})
    users = [{"user_name": "ada@corp.example", "external_id": "hr-1"}]
    assert tenant.run("scim_directory", users=users)["writes"] == []
    done = tenant.run("scim_directory", users=users, unseen_attributes="write")
    assert [operation["attributes"] for operation in done["operations"]] == [{"external_id": "hr-1"}]
    assert "failed" not in done
    assert not tenant.run("scim_directory", users=users)["changed"]


def test_p7_the_protected_are_cut_as_well(company):
    company.sandbox.seed(users=[{"userName": f"keep-{number}@corp.example"} for number in range(9)])
    declared = [{"user_name": "ada@corp.example"}]
    brake = {"prune_users": "delete", "protected_users": ["keep-*", "admin@*"], "allow_removals_over_limit": True}
    assert len(company.run("scim_directory", check=True, users=declared, **brake)["protected"]) >= 9
    assert len(company.run("scim_directory", check=True, users=declared, result_limit=3, **brake)["protected"]) == 3
