# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is sent: one operation per attribute, never what law 11 forbids, and nothing lost by a PUT."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.bodies import (
    addresses,
    attribute_operations,
    group_body,
    member_operations,
    merged,
    merged_members,
    user_body,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.resources import ENTERPRISE

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
EMAILS = {"path": "emails"}
WORK = {"value": "ada@b", "type": "work", "primary": True}


def test_a_new_user_has_what_was_given_and_nothing_empty():
    values = {
        "external_id": "hr-17",
        "display_name": "Ada",
        "given_name": "Ada",
        "family_name": "",
        "email": "ada@b",
        "department": "R",
        "active": False,
    }
    assert user_body("ada", values) == {
        "schemas": [USER, ENTERPRISE],
        "userName": "ada",
        "externalId": "hr-17",
        "displayName": "Ada",
        "name": {"givenName": "Ada"},
        "emails": [WORK],
        ENTERPRISE: {"department": "R"},
        "active": False,
    }


def test_a_new_user_with_only_a_name():
    assert user_body("ada", {"department": "", "email": ""}) == {"schemas": [USER], "userName": "ada"}


@pytest.mark.parametrize("values", [{}, {"external_id": ""}])
def test_a_new_group_has_no_members(values):
    assert group_body("devs", values) == {"schemas": [GROUP], "displayName": "devs"}
    assert group_body("devs", {"external_id": "x"})["externalId"] == "x"


@pytest.mark.parametrize(
    ("name", "value", "operation"),
    [
        ("display_name", "Ada", {"op": "replace", "path": "displayName", "value": "Ada"}),
        ("given_name", "Ada", {"op": "replace", "path": "name.givenName", "value": "Ada"}),
        ("family_name", "", {"op": "remove", "path": "name.familyName"}),
        ("external_id", "x", {"op": "replace", "path": "externalId", "value": "x"}),
        ("user_name", "ada", {"op": "replace", "path": "userName", "value": "ada"}),
        ("active", False, {"op": "replace", "path": "active", "value": False}),
        ("department", "R", {"op": "replace", "path": f"{ENTERPRISE}:department", "value": "R"}),
        ("department", "", {"op": "remove", "path": f"{ENTERPRISE}:department"}),
    ],
)
def test_one_operation_per_attribute(name, value, operation):
    assert attribute_operations({name: value}, []) == [operation]


HOME, OTHER = {"value": "home@b", "type": "home"}, {"value": "other@b", "type": "other", "display": "other@b"}


@pytest.mark.parametrize(
    ("current", "value", "operation"),
    [
        pytest.param([], "ada@b", {"op": "add", **EMAILS, "value": [WORK]}, id="none"),
        pytest.param([WORK], "new@b", {"op": "replace", **EMAILS, "value": [{**WORK, "value": "new@b"}]}, id="one"),
        pytest.param([HOME], "new@b", {"op": "replace", **EMAILS, "value": [{**HOME, "value": "new@b"}]}, id="one_of_its_type"),
        pytest.param([HOME, WORK], "new@b", {"op": "replace", **EMAILS, "value": [HOME, {**WORK, "value": "new@b"}]}, id="several"),
        pytest.param([OTHER], "new@b", {"op": "replace", **EMAILS, "value": [{"value": "new@b", "type": "other"}]}, id="display_goes"),
        pytest.param([HOME, WORK], "", {"op": "replace", **EMAILS, "value": [HOME]}, id="clear_one_of_two"),
        pytest.param([WORK], "", {"op": "remove", **EMAILS}, id="clear_the_only_one"),
        pytest.param([], "", {"op": "remove", **EMAILS}, id="clear_nothing"),
    ],
)
def test_one_address_changes_and_the_others_stay(current, value, operation):
    assert attribute_operations({"email": value}, current) == [operation]
    assert current == [dict(entry) for entry in current]


def test_addresses_does_not_change_what_it_was_given():
    current = [dict(OTHER)]
    addresses(current, "new@b")
    assert current == [OTHER]


READ = {
    "id": "U1",
    "userName": "ada",
    "displayName": "Ada",
    "title": "Countess",
    "nickName": None,
    "name": {"givenName": "", "familyName": "L"},
    "emails": [HOME, {**WORK, "$ref": None}],
    "department": "R",
    ENTERPRISE: {"department": "R", "costCenter": "7"},
    "groups": [{"value": "G1"}],
    "meta": {"version": "1"},
}


def test_f26_a_put_keeps_what_was_not_declared_and_leaves_out_what_law_11_names():
    body = merged(USER, READ, {"display_name": "Countess Ada", "email": "new@b", "department": "S", "active": False, "family_name": ""})
    assert body == {
        "schemas": [USER, ENTERPRISE],
        "userName": "ada",
        "displayName": "Countess Ada",
        "title": "Countess",
        "name": {"familyName": ""},
        "emails": [HOME, {**WORK, "value": "new@b"}],
        "department": "S",
        ENTERPRISE: {"department": "S", "costCenter": "7"},
        "active": False,
    }


def test_f26_a_put_does_not_change_what_was_read():
    before = repr(READ)
    merged(USER, READ, {"department": "S", "given_name": "Ada", "email": ""})
    assert repr(READ) == before


def test_a_put_adds_no_department_in_a_place_where_the_service_shows_none():
    assert "department" not in merged(USER, {"id": "U1", "userName": "ada"}, {"department": "S"})


@pytest.mark.parametrize(("shown", "written"), [("True", True), ("false", False), (True, True)])
def test_a_boolean_that_was_read_as_text_is_written_as_one(shown, written):
    assert merged(USER, {"userName": "ada", "active": shown}, {})["active"] is written


def test_schemas_that_were_read_are_kept():
    assert merged(USER, {"schemas": ["x", USER], "userName": "ada"}, {})["schemas"] == ["x", USER]


@pytest.mark.parametrize(("kind", "body"), [(USER, {}), (GROUP, {"userName": "odd"})])
def test_a_put_says_what_it_is_whatever_was_read(kind, body):
    assert merged(kind, body, {})["schemas"] == [kind]


@pytest.mark.parametrize("emails", [["old@b"], "old@b", [{"value": "old@b"}], {"value": "old@b"}])
def test_a_put_replaces_an_address_of_any_shape(emails):
    assert [entry["value"] for entry in merged(USER, {"userName": "ada", "emails": emails}, {"email": "new@b"})["emails"]] == ["new@b"]


@pytest.mark.parametrize("emails", [5, [None, 5, []], {"value": {}}])
def test_a_put_drops_addresses_that_are_none(emails):
    assert merged(USER, {"userName": "ada", "emails": emails}, {"email": "new@b"})["emails"] == [{**WORK, "value": "new@b"}]


@pytest.mark.parametrize("shown", ["Ada", ["x"], 5, None])
def test_a_put_replaces_what_should_be_an_object(shown):
    body = merged(USER, {"userName": "ada", "name": shown, ENTERPRISE: shown}, {"given_name": "Ada", "department": "S"})
    assert (body["name"], body[ENTERPRISE]) == ({"givenName": "Ada"}, {"department": "S"})


def test_members_are_merged_into_what_was_read():
    group = {
        "id": "G1",
        "displayName": "devs",
        "externalId": "x",
        "meta": {},
        "members": [{"value": "U1", "$ref": None}, {"value": 2}, {"value": "U3"}],
    }
    assert merged_members(group, add=["U3", "U4"], remove=["U1", "2"]) == {
        "schemas": [GROUP],
        "displayName": "devs",
        "externalId": "x",
        "members": [{"value": "U3"}, {"value": "U4"}],
    }


def test_the_last_member_leaves_an_empty_list():
    assert merged_members({"displayName": "devs", "members": [{"value": "U1"}]}, [], ["U1"])["members"] == []


def test_adds_have_zscalers_shape_and_removals_their_filter():
    assert member_operations(["U1", "U2"], ["U3", 'x" or value pr or value eq "y']) == [
        {"op": "add", "value": {"members": [{"value": "U1"}, {"value": "U2"}]}},
        {"op": "remove", "path": 'members[value eq "U3"]'},
        {"op": "remove", "path": r'members[value eq "x\" or value pr or value eq \"y"]'},
    ]


@pytest.mark.parametrize(("add", "remove"), [([], ["U1"]), (["U1"], []), ([], [])])
def test_f35_nothing_ever_removes_members_without_a_filter(add, remove):
    for operation in member_operations(add, remove):
        assert operation["op"] == "add" or operation["path"] != "members"
