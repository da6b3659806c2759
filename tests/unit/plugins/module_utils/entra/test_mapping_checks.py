# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every refusal of a mapping: the place, the words, and that nothing is planned."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.declared import read_declaration
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.mapping import plan_unseen
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError

from .mapping_worlds import ACTIVE, DEPARTMENT, by_target, clause, direct, flow, mapping, plan, schema, scoping_filter, users


def problems(live, mode="merge", **sides):
    with pytest.raises(InputError) as caught:
        plan(live, mode, **sides)
    return [tuple(problem) for problem in caught.value.problems]


def one_problem(wish, live=None, mode="merge"):
    ((place, field, reason),) = problems(live or schema(), mode, users={"attribute_mappings": wish})
    return place, field, reason


def done(found):
    """What a plan does to what, in no order."""
    return sorted((operation.kind, operation.verb) for operation in found.operations)


@pytest.mark.parametrize(
    ("wish", "field", "words"),
    [
        (flow("displayname", source="givenName"), "target", "did you mean displayName?"),
        (flow("dispalyName", source="givenName"), "target", "not an attribute in Somewhere; did you mean displayName?"),
        (flow("department", source="department"), "target", f"did you mean {DEPARTMENT}?"),
        (flow("shoeSize", source="givenName"), "target", "must first be added to the target's list in the portal"),
        (flow("id", source="objectId"), "target", "read-only in Somewhere"),
        (flow(" ", source="givenName"), "target", "is empty"),
        (flow("nickName", source="givenname"), "source", "not an attribute in Azure Active Directory; did you mean givenName?"),
        (flow("nickName"), "", "gives no value, and nickName is not mapped yet"),
        (flow("nickName", matching_priority=3), "", "gives no value"),
        (flow("nickName", source="givenName", constant="x"), "", "has source and constant"),
        (flow("nickName", source="givenName", expression="[givenName]"), "", "has source and expression"),
        (flow("nickName", source=""), "source", "is empty"),
        (flow("nickName", constant=" "), "constant", "is empty"),
        (flow("nickName", expression=" "), "expression", "is empty"),
        (flow("nickName", default_value=""), "default_value", "is empty, and nothing else gives a value"),
        (flow("nickName", expression="oops([givenName])"), "expression", "Entra cannot parse it: Unexpected token 'oops' at position 1"),
        (flow("nickName", expression="ToLower([givenname])"), "expression", "givenname is not an attribute"),
        (flow("nickName", expression=f'"{"x" * 9_999}"'), "expression", "has 10001 characters; Entra takes at most 10000"),
        (flow("nickName", source="givenName", matching_priority=-1), "matching_priority", "is -1"),
        (flow("nickName", constant="x", matching_priority=2), "matching_priority", "the same for everybody"),
        (flow("nickName", default_value="x", matching_priority=2), "matching_priority", "the same for everybody"),
        (flow("level", matching_priority=2), "matching_priority", "match on level, whose value is the same for everybody"),
        (flow("nickName", source="givenName", matching_priority=1), "matching_priority", "1 is that of userName already"),
        (flow("active", constant="yes"), "constant", "active is Boolean; 'yes' is neither True nor False"),
        (flow("active", source="accountEnabled", default_value="on"), "default_value", "active is Boolean"),
        (flow("level", constant="eight"), "constant", "level is an integer; 'eight' is none"),
    ],
)
def test_a_mapping_is_refused_with_its_place(wish, field, words):
    place, found, reason = one_problem([flow("externalId", source="objectId"), wish])
    assert (place, found) == ("users.attribute_mappings[1]", field)
    assert words in reason


def test_an_expression_of_ten_thousand_characters_is_taken():
    found = plan(schema(), users={"attribute_mappings": [flow("nickName", expression=f'"{"x" * 9_998}"')]})
    assert done(found) == [("mapping", "set")]


@pytest.mark.parametrize(
    ("wishes", "field", "words"),
    [
        ([flow("nickName", source="givenName"), flow("NickName", source="givenName")], "target", "same as in users.attribute_mappings[0]"),
        (
            [flow("nickName", source="givenName", matching_priority=4), flow("externalId", matching_priority=4)],
            "matching_priority",
            "same as in users.attribute_mappings[0]",
        ),
    ],
)
def test_the_same_twice_is_refused_at_the_second(wishes, field, words):
    found = problems(schema(), users={"attribute_mappings": wishes})
    assert ("users.attribute_mappings[1]", field) in [problem[:2] for problem in found]
    assert any(words in problem[2] for problem in found)
    assert not any("is that of" in problem[2] for problem in found)


def test_two_may_exchange_their_priorities():
    live = schema()
    live["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"][3]["matchingPriority"] = 2
    found = plan(live, users={"attribute_mappings": [flow("userName", matching_priority=2), flow("externalId", matching_priority=1)]})
    assert done(found) == [("mapping", "set"), ("mapping", "set")]


@pytest.mark.parametrize(
    ("mode", "wish", "words"),
    [
        ("merge", [flow("userName", matching_priority=0)], "no attribute would be left to match existing users by; now it is userName"),
        ("exact", [flow("userName", source="userPrincipalName", matching_priority=0)], "no attribute would be left"),
        ("exact", [flow("displayName", source="displayName")], "mode exact would remove userName, which Somewhere requires"),
        ("exact", [], "mode exact would remove every mapping"),
    ],
)
def test_what_accounts_cannot_do_without_stays(mode, wish, words):
    found = problems(schema(), mode, users={"attribute_mappings": wish})
    assert any(place == "users.attribute_mappings" and words in reason for place, _field, reason in found)


def test_a_schema_that_never_matched_is_not_questioned_until_it_is_changed():
    live = schema(users={"attributeMappings": [mapping("userName", direct("userPrincipalName"))]})
    assert plan(live, users={"attribute_mappings": [flow("userName", source="userPrincipalName")]}).operations == []
    assert "give one a matching_priority" in one_problem([flow("nickName", source="givenName")], live)[2]


def test_two_live_mappings_of_one_target_cannot_be_merged():
    twice = [*users()["attributeMappings"], mapping("title", direct("department"))]
    place, field, reason = one_problem([flow("title", default_value="x")], schema(users={"attributeMappings": twice}))
    assert (place, field) == ("users.attribute_mappings[0]", "target")
    assert "maps title 2 times" in reason
    assert "mode exact" in reason


def test_names_that_are_in_use_are_not_questioned_even_if_the_directory_does_not_define_them():
    odd = [*users()["attributeMappings"], mapping("vendor", direct("extension_1_x"))]
    live = schema(users={"attributeMappings": odd})
    found = plan(live, users={"attribute_mappings": [flow("vendor", apply="on_create"), flow("nickName", source="extension_1_x")]})
    assert done(found) == [("mapping", "set"), ("mapping", "set")]


def test_what_is_so_already_is_not_questioned():
    odd = [*users()["attributeMappings"], mapping("id", direct("objectId")), mapping("nickName", direct("nobody"), defaultValue="x")]
    live = schema(users={"attributeMappings": odd})
    by_target(live)["active"]["defaultValue"] = "perhaps"
    wishes = [flow("id", source="objectId"), flow("nickName", source="nobody"), flow("active", default_value="perhaps", expression=ACTIVE)]
    assert plan(live, users={"attribute_mappings": wishes}).operations == []


def test_an_attribute_that_a_live_filter_has_may_be_used():
    clauses = [{"operatorName": "EQUALS", "sourceOperandName": "extension_1_x", "targetOperand": {"values": ["a"]}}]
    live = schema(users={"scope": {"groups": [{"name": "A", "clauses": clauses}]}})
    found = plan(live, users={"scoping_filters": [scoping_filter("A", clause("extension_1_x", "EQUALS", "b"))]})
    assert done(found) == [("scoping_filter", "update")]


def test_where_the_directories_are_not_defined_names_are_left_to_entra():
    live = schema()
    live["directories"] = []
    found = plan(live, users={"attribute_mappings": [flow("anything", source="anything")]})
    assert done(found) == [("mapping", "set")]


def test_actions_must_not_be_empty():
    assert problems(schema(), users={"actions": []}) == [
        ("users.actions", "", "is empty, so nothing would be done to users; say enabled: false instead")
    ]
    assert plan(schema(users={"flowTypes": "None"}), users={"actions": []}).operations == []


@pytest.mark.parametrize(
    ("bad", "field", "words"),
    [
        (clause("department", "LIKE", "x"), "operator", "LIKE is not an operator of this service, which has EQUALS, NOT EQUALS"),
        (clause("department", "EQUAL", "x"), "operator", "did you mean EQUALS"),
        (clause("department", ""), "operator", "is empty"),
        (clause("", "EQUALS", "x"), "attribute", "is empty"),
        (clause("department", "IS NULL", "x"), "values", "IS NULL compares with nothing; remove the values"),
        (clause("department", "EQUALS"), "values", "EQUALS needs a value"),
        (clause("department", "EQUALS", ""), "values", "there is IS NULL"),
        (clause("grade", "greater_than", "5.5"), "values", "Greater_Than compares integers only, and '5.5' is none"),
        (clause("Department", "EQUALS", "x"), "attribute", "did you mean department?"),
        (clause("proxyAddresses", "EQUALS", "x"), "attribute", "has several values"),
        (clause("members", "EQUALS", "x"), "attribute", "cannot be filtered by"),
        (clause("appRoleAssignments", "EQUALS", "x"), "attribute", "cannot be filtered by"),
        (clause("userType", "EQUALS", "Guest"), "attribute", "cannot be filtered by"),
        (clause("manager", "IS NULL"), "attribute", "cannot be filtered by"),
        (clause("employeeHireDate", "IS NULL"), "attribute", "is a date"),
    ],
)
def test_a_clause_is_refused_with_its_place(bad, field, words):
    filters = [scoping_filter("A", clause("department", "EQUALS", "x")), scoping_filter("B", clause("department", "IS NULL"), bad)]
    ((place, found, reason),) = problems(schema(), users={"scoping_filters": filters})
    assert (place, found) == ("users.scoping_filters[1].clauses[1]", field)
    assert words in reason


@pytest.mark.parametrize(
    ("bad", "field", "words"),
    [
        (scoping_filter("", clause("department", "IS NULL")), "name", "is empty"),
        (scoping_filter("B"), "clauses", "scoping_filters: []"),
        ({"name": "B", "clauses": None}, "clauses", "is empty"),
        (scoping_filter("A", clause("department", "IS NULL")), "name", "same as in users.scoping_filters[0]"),
    ],
)
def test_a_filter_is_refused_with_its_place(bad, field, words):
    filters = [scoping_filter("A", clause("department", "EQUALS", "x")), bad]
    ((place, found, reason),) = problems(schema(), users={"scoping_filters": filters})
    assert (place, found) == ("users.scoping_filters[1]", field)
    assert words in reason


@pytest.mark.parametrize("value", ["5", "-5", "+12"])
def test_integers_may_be_compared(value):
    found = plan(schema(), users={"scoping_filters": [scoping_filter("A", clause("grade", "Greater_Than", value))]})
    assert done(found) == [("scoping_filter", "create")]


def test_an_operator_for_other_types_is_a_warning_only():
    """The service lists EQUALS for texts and integers, and tenants filter by dirSyncEnabled EQUALS True all the same."""
    found = plan(schema(), users={"scoping_filters": [scoping_filter("A", clause("accountEnabled", "EQUALS", "True"))]})
    assert any("lists EQUALS for Integer and String, and accountEnabled is Boolean" in warning for warning in found.warnings)
    found = plan(schema(), users={"scoping_filters": [scoping_filter("A", clause("department", "EQUALS", "True"))]})
    assert not any("lists EQUALS" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("live", "words"),
    [
        (schema(editable=False), "which Entra marks as not editable"),
        (schema(groups={"sourceObjectName": "User", "targetObjectName": "user", "name": "Second"}), "2 times"),
        (schema(users={"sourceObjectName": "Contact"}), "has no mapping of users"),
        ({"synchronizationRules": []}, "has no mapping of users"),
    ],
)
def test_a_schema_in_which_users_cannot_be_found_is_refused(live, words):
    ((place, _field, reason),) = problems(live, users={"attribute_mappings": [flow("displayName", source="givenName")]})
    assert place == "users"
    assert words in reason


def test_candidates_are_named():
    live = schema(groups={"sourceObjectName": "User", "targetObjectName": "user", "name": "Second"})
    reason = problems(live, users={"enabled": False})[0][2]
    assert "Synchronize Azure Active Directory Users to Somewhere (rule USER_OUTBOUND) and Second (rule USER_OUTBOUND)" in reason


def test_groups_off_suits_a_connector_without_groups():
    live = schema(groups={"sourceObjectName": "Device"})
    assert plan(live, groups={"enabled": False}).operations == []
    assert problems(live, groups={"enabled": True})[0][0] == "groups"


def test_everything_that_is_wrong_is_said_at_once():
    found = problems(
        schema(),
        users={
            "actions": [],
            "attribute_mappings": [
                flow("dispalyName", source="givenName"),
                flow("nickName", expression="oops"),
                flow("nickName", source="nothing"),
            ],
            "scoping_filters": [scoping_filter("", clause("department", "LIKE", "x"))],
        },
        groups={"attribute_mappings": [flow("displayName", matching_priority=0)]},
    )
    assert [place for place, _field, _reason in found] == [
        "users.attribute_mappings[2]",
        "users.scoping_filters[0]",
        "users.actions",
        "users.attribute_mappings[0]",
        "users.attribute_mappings[1]",
        "users.attribute_mappings[2]",
        "users.scoping_filters[0].clauses[0]",
        "groups.attribute_mappings",
    ]


def test_without_a_schema_what_is_wrong_by_itself_is_refused():
    with pytest.raises(InputError, match="has source and constant"):
        plan_unseen(read_declaration({"users": {"attribute_mappings": [flow("x", source="a", constant="b")]}}))
