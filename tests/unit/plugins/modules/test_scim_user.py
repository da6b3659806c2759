# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One user: what is sent, what is not, and what comes back."""

from __future__ import annotations

import pytest

ADA = {
    "userName": "ada@corp.example",
    "externalId": "hr-17",
    "displayName": "Ada Lovelace",
    "name": {"givenName": "Ada", "familyName": "Lovelace"},
    "department": "Research",
    "groups": ["Engineering", "Germany"],
}


@pytest.fixture
def ada(tenant):
    tenant.sandbox.seed(users=[ADA], groups=[{"displayName": "Sales"}])
    return tenant


def test_create_sends_one_post_with_nothing_that_was_not_given(tenant):
    done = tenant.cycle("scim_user", user_name="ada@corp.example", external_id="hr-17", display_name="Ada Lovelace", department="Research")
    ((request, body),) = done["writes"]
    assert request == "POST /Users"
    assert body["userName"] == "ada@corp.example"
    assert not body.keys() & {"id", "meta", "groups", "active", "name", "emails"}
    assert done["user"]["id"]
    assert done["user"]["external_id"] == "hr-17"
    assert done["summary"]["users"]["created"] == 1


@pytest.mark.parametrize(
    ("options", "verb", "attributes"),
    [
        ({"display_name": "Ada King"}, "update", {"display_name": "Ada King"}),
        ({"family_name": "King", "department": "Research"}, "update", {"family_name": "King"}),
        ({"department": "Sales"}, "update", {"department": "Sales"}),
        ({"given_name": ""}, "update", {"given_name": ""}),
        ({"email": "ada@mail.example"}, "update", {"email": "ada@mail.example"}),
        ({"active": False}, "disable", {"active": False}),
        ({"new_user_name": "ada.king@corp.example"}, "rename", {"user_name": "ada.king@corp.example"}),
    ],
    ids=["one attribute", "only what differs", "department", "empty clears", "email", "disable", "rename"],
)
@pytest.mark.parametrize("method", ["patch", "put"])
def test_change_is_one_write_of_what_differs(ada, options, verb, attributes, method):
    done = ada.cycle("scim_user", user_name="ada@corp.example", update_method=method, **options)
    assert [request for request, _body in done["writes"]] == [f"{method.upper()} /Users/{{id}}"]
    assert [(operation["verb"], operation["attributes"]) for operation in done["operations"]] == [(verb, attributes)]
    assert {name: done["user"][name] for name in attributes} == attributes
    now = ada.user(options.get("new_user_name", "ada@corp.example"))
    assert {name: now[name] for name in attributes} == attributes
    assert now["groups"] == ["Engineering", "Germany"]


def test_a_user_as_declared_costs_one_request(ada):
    same = ada.run("scim_user", user_name="ADA@corp.example", display_name="Ada Lovelace", active=True)
    assert not same["changed"]
    assert same["reads"] == ["GET /Users"]
    assert same["user"]["department"] == "Research"


def test_another_user_name_behind_the_same_external_id_is_a_rename(ada):
    done = ada.cycle("scim_user", external_id="hr-17", user_name="ada.king@corp.example")
    assert [operation["verb"] for operation in done["operations"]] == ["rename"]
    assert ada.user("ada@corp.example") == {}


def test_by_id_everything_can_be_changed(ada):
    known = ada.user("ada@corp.example")["id"]
    done = ada.cycle("scim_user", id=known, user_name="countess@corp.example", external_id="hr-18", display_name="The Countess")
    assert [request for request, _body in done["writes"]] == ["PATCH /Users/{id}"]
    assert ada.user("countess@corp.example")["external_id"] == "hr-18"


def test_groups_are_all_groups_of_the_user(ada):
    done = ada.cycle("scim_user", user_name="ada@corp.example", groups=["Engineering", "Sales"])
    assert [(one["verb"], one["group"]) for one in done["operations"]] == [("add", "Sales"), ("remove", "Germany")]
    assert ada.user("ada@corp.example")["groups"] == ["Engineering", "Sales"]


def test_a_new_user_can_begin_in_groups(ada):
    done = ada.cycle("scim_user", user_name="bob@corp.example", groups=["Engineering"])
    assert ada.members("Engineering") == ["ada@corp.example", "bob@corp.example"]
    assert done["summary"]["memberships"]["added"] == 1


def test_an_empty_list_takes_the_user_out_of_all_groups(ada):
    ada.cycle("scim_user", user_name="ada@corp.example", groups=[])
    assert ada.user("ada@corp.example")["groups"] == []


def test_absent_deletes_and_keeps_nothing(ada):
    done = ada.cycle("scim_user", user_name="ada@corp.example", state="absent")
    assert done["writes"] == [("DELETE /Users/{id}", None)]
    assert done["user"] == {}
    assert ada.user("ada@corp.example") == {}


def test_absent_needs_no_name(ada):
    ada.cycle("scim_user", external_id="hr-17", state="absent")
    assert ada.user("ada@corp.example") == {}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "one of the following is required"),
        ({"user_name": "ada"}, "@"),
        ({"user_name": " ada@corp.example"}, "space"),
        ({"user_name": "ada@corp.example", "email": "nonsense"}, "email"),
        ({"user_name": "ada@corp.example", "groups": ["Sales", "SALES"]}, "there already"),
        ({"user_name": "ada@corp.example", "external_id": "hr-99", "display_name": "Eve"}, "another externalId"),
        ({"user_name": "ada@corp.example", "id": "no-such-id"}, "no user with id no-such-id"),
        ({"external_id": "hr-99"}, "user_name"),
        ({"user_name": "ada@corp.example", "page_size": 0}, "page_size"),
        ({"user_name": "ada@corp.example", "members_per_request": 0}, "members_per_request"),
        ({"user_name": "ada@corp.example", "removal_limit": {"percent": 150}}, "percent"),
        ({"user_name": "ada@corp.example", "new_user_name": "a@corp.example", "state": "absent"}, "has no meaning with state: absent"),
        ({"user_name": "ada@corp.example", "groups": ["Sales"], "state": "absent"}, "names groups of a user who is to be absent"),
        ({"user_name": "ada@corp.example", "groups": ["a", "b", "c"], "max_groups_per_user": 2}, "at most 2 are allowed"),
    ],
)
@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_what_cannot_be_right_fails_in_check_mode_too_and_writes_nothing(ada, options, words, check):
    answer = ada.run("scim_user", check=check, **options)
    assert answer["failed"]
    assert words in answer["msg"]
    assert answer["writes"] == []


@pytest.mark.parametrize(("conflict", "external_id"), [("overwrite", "hr-99"), ("ignore", "hr-17")])
def test_the_same_name_with_another_external_id_can_be_the_same_person(ada, conflict, external_id):
    ada.cycle("scim_user", user_name="ada@corp.example", external_id="hr-99", display_name="Ada King", external_id_conflict=conflict)
    assert ada.user("ada@corp.example")["external_id"] == external_id


def test_two_users_behind_one_declaration_are_both_left_alone(ada):
    ada.sandbox.seed(users=[{"userName": "bob@corp.example", "externalId": "hr-18"}])
    answer = ada.run("scim_user", user_name="ada@corp.example", external_id="hr-18", display_name="Who")
    assert answer["failed"]
    assert answer["writes"] == []
    assert answer["failures"][0]["verb"] == "match"


def test_a_user_linked_to_an_administrator_is_not_deleted_and_the_way_out_is_said(tenant):
    tenant.sandbox.seed(users=[{"userName": "root@corp.example", "admin_linked": True}])
    answer = tenant.run("scim_user", user_name="root@corp.example", state="absent")
    assert answer["failed"]
    assert answer["failures"][0]["status"] == 409
    assert "administrator" in answer["msg"]
    assert answer["user"]["user_name"] == "root@corp.example"


def test_a_domain_that_is_not_registered_is_refused_in_the_words_of_the_service(tenant):
    answer = tenant.run("scim_user", user_name="ada@other.example")
    assert answer["failed"]
    assert answer["failures"][0]["request"] == "POST Users"
    assert "other.example" in answer["failures"][0]["detail"]


def test_the_brake_counts_the_groups_that_are_lost(tenant):
    names = [f"Team {number}" for number in range(6)]
    tenant.sandbox.seed(users=[{**ADA, "groups": names}])
    answer = tenant.run("scim_user", user_name="ada@corp.example", display_name="A", groups=[], check=True)
    assert answer["failed"]
    assert answer["refused"]["brake"][0]["removals"] == 6
    done = tenant.run("scim_user", user_name="ada@corp.example", groups=[], allow_removals_over_limit=True)
    assert done["changed"]
    assert any("allow_removals_over_limit" in str(warning) for warning in done["warnings"])


def test_r10_the_token_is_nowhere_in_the_result(ada):
    token = ada.sandbox.token
    body = {"detail": f"bad token {token}"}
    ada.sandbox.faults.add({"method": "PATCH"}, {"kind": "status", "status": 400, "body": body})
    answer = ada.run("scim_user", user_name="ada@corp.example", display_name=f"Ada {token}", diff=True)
    assert answer["failed"]
    del answer["writes"]
    assert token not in str(answer)


def test_a_group_that_an_earlier_task_would_make_is_no_error_in_check_mode(ada):
    foreseen = ada.run("scim_user", user_name="ada@corp.example", groups=["Engineering", "Germany", "Marketing"], check=True)
    assert [(one["verb"], one["group"]) for one in foreseen["operations"]] == [("add", "Marketing")]
    assert "group Marketing does not exist yet" in str(foreseen["warnings"])
    real = ada.run("scim_user", user_name="ada@corp.example", groups=["Engineering", "Germany", "Marketing"])
    assert real["failed"]
    assert real["writes"] == []
    assert "there is no group Marketing" in real["msg"]


def test_groups_of_a_user_who_is_known_by_another_name_only(ada):
    done = ada.cycle("scim_user", external_id="hr-17", groups=["Sales"])
    assert sorted((one["verb"], one["group"]) for one in done["operations"]) == [
        ("add", "Sales"),
        ("remove", "Engineering"),
        ("remove", "Germany"),
    ]


def test_a_user_who_is_gone_is_absent_by_id_too(ada):
    found = ada.user("ada@corp.example")["id"]
    assert ada.run("scim_user", id=found, state="absent")["changed"]
    again = ada.run("scim_user", id=found, state="absent")
    assert (again["changed"], again.get("failed"), again["writes"]) == (False, None, [])


def test_b60_the_option_that_the_error_names_is_there(ada):
    names = [f"Team {number}" for number in range(130)]
    ada.sandbox.seed(groups=[{"displayName": name} for name in names])
    answer = ada.run("scim_user", user_name="ada@corp.example", groups=names)
    assert "(max_groups_per_user)" in answer["msg"]
    assert "failed" not in ada.run("scim_user", user_name="ada@corp.example", groups=names, max_groups_per_user=0, check=True)


@pytest.mark.parametrize(("shown", "partial"), [("never", True), ("always", False)])
def test_the_brake_says_where_it_saw_the_memberships_of_one_user_only(tenant, shown, partial):
    tenant.sandbox.switch(groups_carry_members=shown)
    names = [f"Team {number}" for number in range(7)]
    tenant.sandbox.seed(users=[{**ADA, "groups": names}])
    answer = tenant.run("scim_user", user_name="ada@corp.example", groups=[], check=True)
    assert "members of all groups: 7 of " in answer["msg"]
    assert ("of that user alone" in answer["msg"]) is partial
