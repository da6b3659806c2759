# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources of every spelling become the same values; names of people stay text in filters."""

from __future__ import annotations

import json

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import LiveGroup, LiveUser
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire import resources
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.resources import (
    ENTERPRISE,
    LARGEST,
    boolean,
    email,
    equals,
    group_ids,
    identifier,
    live_group,
    live_user,
    promised,
    user_ids,
    whole_number,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("ada@corp.example", 'userName eq "ada@corp.example"'),
        pytest.param('a"b', r'userName eq "a\"b"', id="b13_quote"),
        pytest.param("a\\b", r'userName eq "a\\b"', id="b14_backslash"),
        pytest.param('x" or userName pr or userName eq "y', r'userName eq "x\" or userName pr or userName eq \"y"', id="b15_injection"),
        ("zoë%&+#?", 'userName eq "zoë%&+#?"'),
    ],
)
def test_b13_b15_a_name_is_text_in_a_filter(value, text):
    assert equals("userName", value) == text


@given(st.text())
def test_b13_b15_any_text_stays_one_json_string(value):
    operand = equals("userName", value).removeprefix("userName eq ")
    assert json.loads(operand) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        ("0", False),
        (False, False),
        ("true", True),
        ("True", True),
        ("FALSE", False),
        (1, True),
        (0, False),
        (None, None),
        ("maybe", None),
        ({}, None),
    ],
)
def test_booleans_of_every_spelling(value, expected):
    assert boolean(value) is expected


@pytest.mark.parametrize(("value", "expected"), [("a", "a"), (290277, "290277"), (True, ""), (None, ""), ({}, "")])
def test_ids_are_text(value, expected):
    assert identifier(value) == expected


def test_a_user_as_zscaler_documents_it():
    resource = {
        "id": "U1",
        "userName": "ada@corp.example",
        "displayName": "Ada L",
        "active": True,
        "name": {"familyName": "", "givenName": ""},
        "emails": [],
        "department": "R and D",
        ENTERPRISE: {"department": "R and D"},
        "groups": [{"value": "G1", "display": "devs"}],
        "meta": {"resourceType": "User"},
    }
    assert live_user(resource) == LiveUser("U1", "ada@corp.example", None, "Ada L", "", "", "", "R and D", True)


def test_a_thin_user_shows_nothing():
    assert live_user({"id": "U1", "userName": "ada"}) == LiveUser("U1", "ada")


@pytest.mark.parametrize(
    ("resource", "department"),
    [
        ({}, None),
        ({"department": "top"}, "top"),
        ({ENTERPRISE: {"department": "extension"}}, "extension"),
        ({"department": "top", ENTERPRISE: {"department": "extension"}}, "extension"),
        ({"department": "top", ENTERPRISE: {"department": ""}}, ""),
        ({"department": "top", ENTERPRISE: {"manager": {}}}, "top"),
        ({"department": "top", ENTERPRISE: None}, "top"),
        ({"department": None}, ""),
        ({"department": 17}, "17"),
    ],
)
def test_department_is_found_in_either_place(resource, department):
    assert live_user(resource).department == department


@pytest.mark.parametrize(
    ("resource", "names"),
    [
        ({}, (None, None)),
        ({"name": None}, ("", "")),
        ({"name": {}}, ("", "")),
        ({"name": {"givenName": "Ada"}}, ("Ada", None)),
        ({"name": {"givenName": "Ada", "familyName": None}}, ("Ada", "")),
    ],
)
def test_names_that_are_absent_differ_from_empty_ones(resource, names):
    user = live_user(resource)
    assert (user.given_name, user.family_name) == names


@pytest.mark.parametrize(
    ("resource", "address"),
    [
        ({}, None),
        ({"emails": []}, ""),
        ({"emails": None}, ""),
        ({"emails": [{"value": "a"}, {"value": "b"}]}, "a"),
        ({"emails": [{"value": "a"}, {"value": "b", "type": "work"}]}, "b"),
        ({"emails": [{"value": "a", "type": "work"}, {"value": "b", "primary": True}]}, "b"),
        ({"emails": [{"value": "a", "type": "work", "primary": "false"}, {"value": "b", "primary": "True"}]}, "b"),
        ({"emails": ["a@b"]}, "a@b"),
        ({"emails": {"value": "a"}}, "a"),
        ({"emails": [{"type": "work"}]}, ""),
    ],
)
def test_email_is_the_primary_one_else_work_else_the_first(resource, address):
    assert email(resource) == address


def test_login_and_address_are_one_object_in_memory():
    name, address = "".join(["ada", "@b"]), "".join(["ada", "@b"])
    user = live_user({"userName": name, "emails": [{"value": address}]})
    assert user.email is user.user_name


@pytest.mark.parametrize(
    ("resource", "group"),
    [
        ({"id": 7, "displayName": "devs"}, LiveGroup("7", "devs")),
        ({"id": "G", "displayName": "devs", "externalId": None}, LiveGroup("G", "devs", "")),
        ({"id": "G", "displayName": "devs", "externalId": "x"}, LiveGroup("G", "devs", "x")),
    ],
)
def test_groups(resource, group):
    assert live_group(resource) == group


def test_members_that_are_groups_are_left_out():
    members = [
        {"value": "U1"},
        {"value": "U2", "type": "User"},
        {"value": 3},
        {"value": "G1", "type": "Group"},
        {"value": "G2", "$ref": "https://x.example/scim/Groups/G2"},
        {"display": "no value"},
        "odd",
    ]
    assert list(user_ids(members)) == ["U1", "U2", "3"]
    assert list(user_ids(None)) == []


def test_groups_of_a_user_are_the_direct_ones():
    assert list(group_ids([{"value": "G1"}, {"value": "G2", "type": "indirect"}, {"value": "G3", "type": "direct"}, 5])) == ["G1", "G3"]


def schema(*attributes, urn="urn:ietf:params:scim:schemas:core:2.0:User"):
    return {"id": urn, "attributes": list(attributes)}


@pytest.mark.parametrize(
    ("schemas", "names"),
    [
        ([], set()),
        ([schema({"name": "displayName"})], {"display_name"}),
        pytest.param([schema({"name": "displayName"}, {"name": "externalId"})], {"display_name", "external_id"}, id="externalId_said"),
        ([schema({"name": "displayName", "returned": "never"})], set()),
        ([schema({"name": "displayName", "returned": "request"}, {"name": "active", "returned": "always"})], {"active"}),
        (
            [schema({"name": "name", "subAttributes": [{"name": "givenName"}, {"name": "familyName", "returned": "never"}]})],
            {"given_name"},
        ),
        ([schema({"name": "name", "returned": "never", "subAttributes": [{"name": "givenName"}]}, {"name": "id"})], set()),
        (
            [schema({"name": "department"}, urn=ENTERPRISE), schema({"name": "EMAILS"}, {"name": "externalID"})],
            {"department", "email", "external_id"},
        ),
        ([schema({"name": "displayName"}, urn="urn:ietf:params:scim:schemas:core:2.0:Group")], set()),
        (["odd", {"id": 5}, {"id": "x:User", "attributes": "odd"}], set()),
    ],
)
def test_what_schemas_promise_to_show(schemas, names):
    assert promised(schemas) == names


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0, 0),
        (7, 7),
        ("7", 7),
        ("9" * 15, LARGEST - 1),
        ("9" * 16, LARGEST),
        ("9" * 5000, LARGEST),
        (10**400, LARGEST),
        (-1, None),
        ("-1", None),
        ("1.0", None),
        (1.0, None),
        (True, None),
        ("", None),
        (None, None),
        ([7], None),
    ],
)
def test_counts_are_read_whatever_their_length(value, number):
    assert whole_number(value) == number


def test_sub_attributes_are_read_one_level_deep():
    attributes = []
    for _level in range(2000):
        attributes = [{"name": "name", "subAttributes": [{"name": "givenName"}, *attributes]}]
    assert promised([{"id": "core:User", "attributes": attributes}]) == {"given_name"}


def test_a_boolean_of_another_shape_is_unreadable():
    deep = []
    for _level in range(100_000):
        deep = [deep]
    assert boolean(deep) is None


def test_p6_the_short_way_reads_a_user_as_the_long_way_does(monkeypatch):
    whole = {
        "id": "u1",
        "userName": "ada@corp.example",
        "externalId": "hr-1",
        "displayName": "Ada",
        "active": True,
        "department": "Old",
        "name": {"givenName": "A", "familyName": "L"},
        "emails": [],
        ENTERPRISE: {"department": "New"},
    }
    odd = (None, "", "x", 7, 1.5, True, False, [], {}, {"department": 7}, {"givenName": "A"}, [{"value": "ada@corp.example"}])
    shapes = [whole, *({**whole, name: value} for name in whole for value in odd)]
    shapes += [{name: value for name, value in whole.items() if name != left_out} for left_out in whole]
    short = [live_user(resource) for resource in shapes]
    monkeypatch.setattr(resources, "_plain_user", lambda _resource, _share: None)
    assert list(map(repr, short)) == [repr(live_user(resource)) for resource in shapes]
