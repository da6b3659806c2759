# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that only read."""

from __future__ import annotations

import pytest

ADA = {
    "userName": "ada@corp.example",
    "externalId": "hr-17",
    "displayName": "Ada Lovelace",
    "name": {"givenName": "Ada", "familyName": "Lovelace"},
    "emails": [{"value": "ada@mail.example", "type": "work"}],
    "department": "Research",
    "groups": ["Germany", "Engineering"],
}


@pytest.fixture
def company(tenant):
    tenant.sandbox.seed(users=[ADA, {"userName": "bob@corp.example", "active": False}], groups=[{"displayName": "Empty"}])
    return tenant


@pytest.mark.parametrize(
    "options",
    [{"user_name": "ADA@corp.example"}, {"external_id": "hr-17"}, {"filter": 'userName eq "ada@corp.example"'}],
    ids=["user_name", "external_id", "filter"],
)
@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_a_user_is_shown_in_our_names(company, options, check):
    found = company.run("scim_user_info", check=check, **options)
    (user,) = found["users"]
    assert user.pop("id")
    assert user == {
        "user_name": "ada@corp.example",
        "external_id": "hr-17",
        "display_name": "Ada Lovelace",
        "given_name": "Ada",
        "family_name": "Lovelace",
        "email": "ada@mail.example",
        "department": "Research",
        "active": True,
        "groups": ["Engineering", "Germany"],
    }
    assert not found["changed"]
    assert found["writes"] == []
    assert found["listing"] == "complete"


def test_a_user_is_found_by_id_with_one_request(company):
    ada = company.user("ada@corp.example")
    found = company.run("scim_user_info", id=ada["id"])
    assert found["users"] == [ada]
    assert found["reads"] == ["GET /Users/{id}"]


def test_without_any_name_all_users_come_sorted_with_what_was_asked_for(company):
    found = company.run("scim_user_info", attributes=["active"])
    assert [(user["user_name"], user["active"]) for user in found["users"]] == [
        ("ada@corp.example", True),
        ("admin@corp.example", True),
        ("bob@corp.example", False),
    ]
    assert all(user.keys() == {"id", "user_name", "active"} for user in found["users"])
    assert found["reads"] == ["GET /Users"]


@pytest.mark.parametrize("options", [{"user_name": "eve@corp.example"}, {"external_id": "hr-99"}, {"id": "no-such-id"}])
def test_a_user_who_does_not_exist_is_no_error(company, options):
    assert company.run("scim_user_info", **options)["users"] == []


@pytest.mark.parametrize(
    ("switches", "groups"),
    [
        ({}, [["Engineering", "Germany"], ["Service Admin"], []]),
        ({"empty_values": False}, [["Engineering", "Germany"], ["Service Admin"], []]),
        ({"users_carry_groups": False}, [None, None, None]),
    ],
    ids=["shown", "left out where empty", "hidden"],
)
def test_groups_are_null_where_the_service_shows_none(company, switches, groups):
    company.sandbox.switch(**switches)
    assert [user["groups"] for user in company.run("scim_user_info")["users"]] == groups


@pytest.mark.parametrize(
    ("module", "options", "words"),
    [
        ("scim_user_info", {"user_name": "a@b.example", "id": "x"}, "mutually exclusive"),
        ("scim_user_info", {"attributes": ["groups", "title"]}, "title"),
        ("scim_user_info", {"filter": 'title co "x"'}, "filter"),
        ("scim_group_info", {"display_name": "a", "filter": "b"}, "mutually exclusive"),
        ("scim_group_info", {"filter": "nonsense"}, "ilter"),
        ("scim_service_info", {"base_url": "https://user:secret@scim.zscalerone.net/1/2/scim"}, "base_url"),
        ("scim_service_info", {"bearer_token": "short"}, "bearer_token"),
    ],
)
def test_what_cannot_be_right_is_said(company, module, options, words):
    answer = company.run(module, **options)
    assert answer["failed"]
    assert words in answer["msg"]


@pytest.mark.parametrize("carry", ["always", "get", "never"])
@pytest.mark.parametrize("options", [{"display_name": "ENGINEERING"}, {}], ids=["one", "all"])
def test_members_have_names_wherever_the_service_shows_them(company, carry, options):
    company.sandbox.switch(groups_carry_members=carry)
    groups = company.run("scim_group_info", with_members=True, **options)["groups"]
    found = {group["display_name"]: group["members"] for group in groups}
    wanted = {"Empty": [], "Engineering": ["ada@corp.example"], "Germany": ["ada@corp.example"], "Service Admin": ["admin@corp.example"]}
    assert found == (wanted if not options else {"Engineering": ["ada@corp.example"]})
    assert all(group["unknown_members"] == [] for group in groups)


def test_groups_of_a_filter_have_members_too(company):
    company.sandbox.switch(any_filter=True)
    (group,) = company.run("scim_group_info", filter='displayName sw "Eng"', with_members=True)["groups"]
    assert group["members"] == ["ada@corp.example"]


def test_without_members_only_groups_are_read(company):
    found = company.run("scim_group_info")
    assert [group["display_name"] for group in found["groups"]] == ["Empty", "Engineering", "Germany", "Service Admin"]
    assert found["reads"] == ["GET /Groups"]
    assert "members" not in found["groups"][0]


def test_many_members_cost_pages_and_not_a_request_each(tenant):
    names = [f"user{number:02}@corp.example" for number in range(30)]
    tenant.sandbox.seed(users=[{"userName": name} for name in names], groups=[{"displayName": "Crowd", "members": names}])
    found = tenant.run("scim_group_info", display_name="Crowd", with_members=True)
    assert found["groups"][0]["members"] == names
    assert found["reads"] == ["GET /Groups", "GET /Users"]


@pytest.mark.parametrize("module", ["scim_user_info", "scim_group_info"])
def test_r5_a_doubtful_listing_is_said_to_be_one(company, module):
    company.sandbox.faults.add({"method": "GET"}, {"kind": "wrong_total", "delta": 100})
    found = company.run(module)
    assert found["listing"] == "suspect"
    assert "doubtful" in str(found["warnings"])


def test_a_service_that_works(company):
    found = company.run("scim_service_info")
    assert (found["reachable"], found["authenticated"], found["message"]) == (True, True, "")
    assert (found["patch"], found["bulk"], found["filter"]) == (True, False, True)
    assert found["page_size_seen"] == 3
    assert "urn:ietf:params:scim:schemas:core:2.0:User" in found["schemas"]
    assert not found["changed"]


def test_a_service_that_refuses_the_token_still_says_what_it_can(company):
    found = company.run("scim_service_info", bearer_token="not-a-real-token")
    assert (found["reachable"], found["authenticated"]) == (True, False)
    assert "401" in found["message"]
    assert "check bearer_token (ZSCALER_ONE_SCIM_BEARER_TOKEN)" in found["message"]
    assert found["patch"] is True
    assert found["page_size_seen"] == 0
    assert "not-a-real-token" not in str(found)


def test_nobody_there_is_not_reachable(company):
    found = company.run("scim_service_info", base_url="http://127.0.0.1:9/1/2/scim", timeout=1, deadline=1)
    assert (found["reachable"], found["authenticated"]) == (False, False)
    assert found["message"]
    assert found["patch"] is None


def test_a_web_page_is_no_service(company):
    company.sandbox.faults.add({"method": "GET"}, {"kind": "html"})
    found = company.run("scim_service_info", deadline=10)
    assert (found["reachable"], found["authenticated"]) == (False, False)
    assert found["message"]


def test_a_wrong_address_is_not_authenticated(company):
    found = company.run("scim_service_info", base_url=company.sandbox.base_url + "/v2")
    assert found["authenticated"] is False
    assert "404" in found["message"]
    assert "Is base_url whole and exact" in found["message"]
