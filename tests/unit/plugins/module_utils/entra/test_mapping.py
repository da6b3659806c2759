# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of a mapping: what it changes, what it leaves, how it tells."""

from __future__ import annotations

import copy

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.declared import read_declaration
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.mapping import as_options, ask_first, plan_unseen

from .mapping_worlds import ACTIVE, by_target, clause, direct, flow, mapping, object_mapping, plan, schema, scoping_filter, side, users


def verbs(found):
    return [(operation.kind, operation.verb, operation.name) for operation in found.operations]


def test_nothing_declared_is_nothing_to_do():
    live = schema()
    for wishes in ({}, {"users": None, "groups": None}, {"users": {}}, {"users": {"attribute_mappings": [], "actions": None}}):
        found = plan(live, **wishes)
        assert found.schema is live
        assert found.operations == found.warnings == []
        assert found.before == found.after == {}


@pytest.mark.parametrize(
    ("wish", "changes"),
    [
        (flow("displayName", source="givenName"), {"source": direct("givenName")}),
        (
            flow("displayName", constant='a "b" \\'),
            {"source": {"expression": '"a \\"b\\" \\\\"', "name": 'a "b" \\', "parameters": [], "type": "Constant"}},
        ),
        (flow("displayName", constant="8"), {"source": {"expression": '"8"', "name": "8", "parameters": [], "type": "Constant"}}),
        (
            flow("displayName", expression="ToUpper([givenName])"),
            {
                "source": {
                    "type": "Function",
                    "name": "ToUpper",
                    "expression": "ToUpper([givenName])",
                    "parameters": [{"key": "source", "value": direct("givenName")}],
                }
            },
        ),
        (flow("displayName", default_value="x"), {"source": None, "defaultValue": "x"}),
        (flow("displayName", source="displayName", default_value="x"), {"defaultValue": "x"}),
        (flow("displayName", matching_priority=2), {"matchingPriority": 2}),
        (flow("displayName", apply="on_create"), {"flowType": "ObjectAddOnly"}),
        (flow("title", default_value="", source="department"), {"defaultValue": None, "source": direct("department")}),
        (flow("level", apply="always"), {"flowType": "Always"}),
        (flow("level", constant="9"), {"source": {"expression": '"9"', "name": "9", "parameters": [], "type": "Constant"}}),
    ],
)
def test_only_the_declared_keys_of_one_mapping_change(wish, changes):
    live = schema()
    found = plan(live, users={"attribute_mappings": [wish]})
    expected = copy.deepcopy(live)
    by_target(expected)[wish["target"]].update(changes)
    assert found.schema == expected
    assert verbs(found) == [("mapping", "set", f"user mapping {wish['target']}")]


@pytest.mark.parametrize(
    "wish",
    [
        flow("displayName", source="displayName"),
        flow("displayName", expression=" [displayName] "),
        flow("displayName", matching_priority=0, apply="always", default_value="", source="displayName"),
        flow("active", expression='Switch( [IsSoftDeleted],, "False","True",  "True","False" )'),
        flow("title", default_value="Member"),
        flow("level", constant="8"),
        flow("level", expression='"8"'),
        flow("userName", matching_priority=1),
        flow("displayName"),
    ],
)
def test_what_is_so_already_is_no_change_and_asks_nothing(wish):
    live = schema()
    found = plan(live, users={"attribute_mappings": [wish]})
    assert found.schema is live
    assert found.operations == []
    assert ask_first(live, read_declaration({"users": {"attribute_mappings": [wish]}})) == ((), False)


def test_blanks_inside_quotes_and_brackets_count():
    live = schema(users={"attributeMappings": [mapping("userName", direct("userPrincipalName"), matchingPriority=1)]})
    by_target(live)["userName"]["source"] = {"type": "Function", "name": "Join", "expression": 'Join(" ", [a b])', "parameters": []}
    by_target(live)["userName"]["source"]["expression"] = r'Join(" \" ", [a b])'
    for text, same in [(r'Join( " \" ",[a b] )', True), (r'Join(" \"", [a b])', False), (r'Join(" \" ", [a b] )', True)]:
        asked = ask_first(live, read_declaration({"users": {"attribute_mappings": [flow("userName", expression=text)]}}))
        assert (asked.expressions == ()) is same, text
    by_target(live)["userName"]["source"]["expression"] = 'Join(" ", [a b])'
    for text, same in [('Join( " ",[a b] )', True), ('Join("", [a b])', False), ('Join(" ", [ab])', False)]:
        asked = ask_first(live, read_declaration({"users": {"attribute_mappings": [flow("userName", expression=text)]}}))
        assert (asked.expressions == ()) is same


def test_an_expression_that_parses_to_the_live_tree_is_no_change():
    live = schema()
    tree = {
        "type": "Function",
        "name": "ToUpper",
        "expression": "TOUPPER([givenName])",
        "parameters": [{"key": "source", "value": direct("givenName")}],
    }
    by_target(live)["displayName"]["source"] = tree
    assert plan(live, users={"attribute_mappings": [flow("displayName", expression="ToUpper([givenName])")]}).schema is live


def test_a_new_mapping_comes_last_with_graphs_defaults():
    live = schema()
    found = plan(live, users={"attribute_mappings": [flow("nickName", source="givenName", apply="on_create")]})
    *others, new = side(found.schema)["attributeMappings"]
    assert new == mapping("nickName", direct("givenName"), flowType="ObjectAddOnly")
    assert all(one is other for one, other in zip(others, side(live)["attributeMappings"], strict=True))
    assert verbs(found) == [("mapping", "set", "user mapping nickName")]


def test_everything_that_is_not_ours_is_the_same_object():
    live = schema()
    found = plan(live, users={"attribute_mappings": [flow("displayName", source="givenName")]})
    assert found.schema["directories"] is live["directories"]
    assert found.schema["unheardOf"] is live["unheardOf"]
    assert side(found.schema, "groups") is side(live, "groups")
    kept = [(one, by_target(found.schema)[name]) for name, one in by_target(live).items() if name != "displayName"]
    assert all(one is other for one, other in kept)
    assert found.schema["version"] == "v1.2"
    assert list(found.schema) == list(live)


@pytest.mark.parametrize("shown", ["Add,Update,Delete", "Add, Update, Delete", "Delete,Add,Update"])
def test_actions_are_a_set(shown):
    live = schema(users={"flowTypes": shown})
    assert plan(live, users={"actions": ["delete", "create", "update"]}).schema is live
    found = plan(live, users={"actions": ["update", "create"]})
    assert side(found.schema)["flowTypes"] == "Add,Update"
    assert verbs(found) == [("object_mapping", "update", "user mapping actions")]
    assert found.before == {"users": {"actions": "create, update, delete"}}
    assert found.after == {"users": {"actions": "create, update"}}


def test_groups_off_and_on():
    off = plan(schema(), groups={"enabled": False})
    assert verbs(off) == [("object_mapping", "disable", "group mapping")]
    assert side(off.schema, "groups")["enabled"] is False
    on = plan(dict(off.schema), groups={"enabled": True})
    assert verbs(on) == [("object_mapping", "enable", "group mapping")]
    assert on.schema == schema()


def test_exact_removes_what_is_not_listed_and_merge_does_not():
    wish = {"attribute_mappings": [flow("userName", source="userPrincipalName"), flow("active", expression=ACTIVE)]}
    assert plan(schema(), users=wish).operations == []
    found = plan(schema(), "exact", users=wish)
    assert list(by_target(found.schema)) == ["userName", "active"]
    assert {operation.verb for operation in found.operations} == {"delete"}
    assert len(found.operations) == 5
    assert plan(dict(found.schema), "exact", users=wish).operations == []


def test_exact_keeps_read_only_ones_and_says_so():
    live = schema(users={"attributeMappings": [*users()["attributeMappings"], mapping("id", direct("objectId"))]})
    found = plan(live, "exact", users={"attribute_mappings": [flow("userName", source="userPrincipalName")]})
    assert list(by_target(found.schema)) == ["userName", "id"]
    assert any("keeps the user mapping of id" in warning for warning in found.warnings)


def test_exact_settles_two_mappings_of_one_target():
    twice = [*users()["attributeMappings"], mapping("title", direct("department"))]
    wish = {
        "attribute_mappings": [
            flow(name, **keys) for name, keys in [("userName", {"source": "userPrincipalName"}), ("title", {"default_value": "Member"})]
        ]
    }
    found = plan(schema(users={"attributeMappings": twice}), "exact", users=wish)
    assert [one["targetAttributeName"] for one in side(found.schema)["attributeMappings"]] == ["userName", "title"]
    assert by_target(found.schema)["title"]["source"] is None
    assert plan(dict(found.schema), "exact", users=wish).operations == []


def test_of_two_mappings_of_one_target_the_first_counts():
    lower, upper = (
        {"type": "Function", "name": name, "expression": f"{name}([department])", "parameters": []} for name in ("ToLower", "ToUpper")
    )
    live = schema(users={"attributeMappings": [*users()["attributeMappings"][:5], mapping("title", lower), mapping("title", upper)]})
    for text, expressions in [("ToLower([department])", ()), ("ToUpper([department])", ("ToUpper([department])",))]:
        declared = {"mode": "exact", "users": {"attribute_mappings": [flow("title", expression=text)]}}
        assert ask_first(live, read_declaration(declared)).expressions == expressions


def test_a_required_target_that_is_mapped_twice_may_be_settled():
    twice = [*users()["attributeMappings"][:5], mapping("userName", direct("department"))]
    found = plan(
        schema(users={"attributeMappings": twice}), "exact", users={"attribute_mappings": [flow("userName", source="userPrincipalName")]}
    )
    assert [one["targetAttributeName"] for one in side(found.schema)["attributeMappings"]] == ["userName"]


def test_merge_leaves_two_mappings_of_one_target_alone_when_they_are_not_declared():
    twice = [*users()["attributeMappings"], mapping("title", direct("department"))]
    found = plan(schema(users={"attributeMappings": twice}), users={"attribute_mappings": [flow("displayName", source="givenName")]})
    assert len(side(found.schema)["attributeMappings"]) == 8


RESEARCH = scoping_filter("Research", clause("department", "equals", "R&D"), clause("accountEnabled", "is true"))


def test_a_filter_is_written_in_the_services_spelling():
    found = plan(schema(), users={"scoping_filters": [RESEARCH]})
    assert side(found.schema)["scope"] == {
        "categoryFilterGroups": [],
        "groups": [
            {
                "name": "Research",
                "clauses": [
                    {"operatorName": "EQUALS", "sourceOperandName": "department", "targetOperand": {"values": ["R&D"]}},
                    {"operatorName": "IS TRUE", "sourceOperandName": "accountEnabled", "targetOperand": None},
                ],
            }
        ],
        "inputFilterGroups": [],
    }
    words = "department EQUALS 'R&D' and accountEnabled IS TRUE"
    assert verbs(found) == [("scoping_filter", "create", "user filter Research")]
    assert found.operations[0].details == {"after": words}
    assert (found.before, found.after) == ({"users": {"scoping_filters": {}}}, {"users": {"scoping_filters": {"Research": words}}})
    assert any("deprovisioned" in warning and "skip_out_of_scope_deletions" in warning for warning in found.warnings)
    assert plan(dict(found.schema), users={"scoping_filters": [RESEARCH]}).operations == []


@pytest.mark.parametrize("spelling", ["IS NOT NULL", "is not null", "IS_NOT_NULL", "IsNotNull"])
def test_operators_are_found_in_any_spelling(spelling):
    found = plan(schema(), users={"scoping_filters": [scoping_filter("Any", clause("department", spelling))]})
    assert side(found.schema)["scope"]["groups"][0]["clauses"][0]["operatorName"] == "IS NOT NULL"


def live_scope():
    return {
        "groups": [
            {
                "name": "B",
                "clauses": [{"operatorName": "IS TRUE", "sourceOperandName": "accountEnabled", "targetOperand": {"values": []}}],
                "note": 1,
            },
            {
                "name": "A",
                "clauses": [
                    {"operatorName": "Equals", "sourceOperandName": "department", "targetOperand": {"values": ["R&D"]}},
                    {"operatorName": "IS NULL", "sourceOperandName": "grade", "targetOperand": None},
                ],
            },
        ],
        "inputFilterGroups": [{"name": "early", "clauses": []}],
        "categoryFilterGroups": [{"name": "sort", "clauses": []}],
        "future": True,
    }


SAME = [
    scoping_filter("A", clause("grade", "IS NULL"), clause("department", "EQUALS", "R&D")),
    scoping_filter("B", clause("accountEnabled", "IS TRUE")),
]


def test_the_order_of_filters_and_clauses_and_the_case_of_operators_do_not_count():
    live = schema(users={"scope": live_scope()})
    assert plan(live, users={"scoping_filters": SAME}).schema is live
    assert ask_first(live, read_declaration({"users": {"scoping_filters": SAME}})) == ((), False)
    assert ask_first(live, read_declaration({"users": {"scoping_filters": SAME[:1]}})) == ((), False)
    assert ask_first(live, read_declaration({"users": {"scoping_filters": [RESEARCH]}})) == ((), True)


def test_one_filter_changes_and_the_others_stay_as_they_are():
    live = schema(users={"scope": live_scope()})
    found = plan(live, users={"scoping_filters": [SAME[1], scoping_filter("A", clause("department", "EQUALS", "Sales"))]})
    scope, before = side(found.schema)["scope"], side(live)["scope"]
    assert scope["groups"][0] is before["groups"][0]
    assert scope["groups"][1]["clauses"][0]["targetOperand"] == {"values": ["Sales"]}
    assert scope["inputFilterGroups"] is before["inputFilterGroups"]
    assert scope["categoryFilterGroups"] is before["categoryFilterGroups"]
    assert scope["future"] is True
    assert verbs(found) == [("scoping_filter", "update", "user filter A")]


def test_an_empty_list_clears_the_filters_and_nothing_else():
    live = schema(users={"scope": live_scope()})
    found = plan(live, users={"scoping_filters": []})
    assert side(found.schema)["scope"] == {**live_scope(), "groups": []}
    assert sorted(verbs(found)) == [("scoping_filter", "delete", "user filter A"), ("scoping_filter", "delete", "user filter B")]
    assert plan(dict(found.schema), users={"scoping_filters": []}).operations == []
    untouched = schema()
    assert plan(untouched, users={"scoping_filters": []}).schema is untouched


def test_the_diff_is_in_words():
    wish = {"attribute_mappings": [flow("displayName", expression="ToUpper([givenName])", default_value="n/a", matching_priority=2)]}
    found = plan(schema(), users=wish)
    assert found.before == {"users": {"attribute_mappings": {"displayName": "[displayName], matching no, always"}}}
    assert found.after == {"users": {"attribute_mappings": {"displayName": 'ToUpper([givenName]), default "n/a", matching 2, always'}}}
    found = plan(schema(), users={"attribute_mappings": [flow("level", apply="always"), flow("title", default_value="x")]})
    assert found.before["users"]["attribute_mappings"] == {
        "level": 'constant "8", matching no, on create',
        "title": 'nothing from Entra, default "Member", matching no, always',
    }


def test_every_change_warns_of_the_initial_cycle_and_of_a_changed_match():
    found = plan(schema(), users={"attribute_mappings": [flow("externalId", matching_priority=1), flow("userName", matching_priority=0)]})
    assert any("initial cycle" in warning for warning in found.warnings)
    assert any("matched by userName and will be by externalId" in warning for warning in found.warnings)


def test_a_default_value_alone_warns_when_it_ends_a_source():
    found = plan(schema(), users={"attribute_mappings": [flow("displayName", default_value="x")]})
    assert any("no longer takes its value from Entra" in warning for warning in found.warnings)
    assert not any(
        "no longer" in warning for warning in plan(schema(), users={"attribute_mappings": [flow("title", default_value="x")]}).warnings
    )


def test_what_is_returned_can_be_declared_again():
    live = schema(users={"scope": live_scope()})
    options = as_options(live)
    assert plan(live, "exact", **options).schema is live
    assert options["groups"]["actions"] == ["create", "update", "delete"]
    assert [one["target"] for one in options["users"]["attribute_mappings"]] == sorted(by_target(live), key=str.casefold)
    assert flow("title", default_value="Member", matching_priority=0, apply="always") in options["users"]["attribute_mappings"]
    assert flow("level", constant="8", matching_priority=0, apply="on_create") in options["users"]["attribute_mappings"]
    assert options["users"]["scoping_filters"][0] == {
        "name": "B",
        "clauses": [{"attribute": "accountEnabled", "operator": "IS TRUE", "values": []}],
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"users": {"sourceObjectName": "user", "targetObjectName": "urn:ietf:params:scim:schemas:core:2.0:User"}},
        {"sourceDirectoryName": "Microsoft Entra ID", "targetDirectoryName": "ZscalerTwo"},
        {"users": {"name": "Anything"}, "name": "anything"},
        {"users": {"targetObjectName": "Account"}},
        {"more": object_mapping("User", "urn:ietf:params:scim:schemas:core:2.0:Device", [])},
    ],
    ids=["case and urn", "directories", "names", "other target", "another from the same source"],
)
def test_mappings_are_found_whatever_things_are_called(changes):
    more = changes.get("more")
    live = schema(**{name: change for name, change in changes.items() if name != "more"})
    live["synchronizationRules"][0]["objectMappings"] += [more] if more else []
    found = plan(live, users={"enabled": False}, groups={"enabled": False})
    assert [side(found.schema, name)["enabled"] for name in ("users", "groups")] == [False, False]


def test_booleans_are_compared_as_such():
    live = schema()
    by_target(live)["active"]["source"] = {"type": "Constant", "name": "True", "expression": '"True"', "parameters": []}
    assert plan(live, users={"attribute_mappings": [flow("active", constant="true")]}).operations == []
    found = plan(live, users={"attribute_mappings": [flow("active", constant="false")]})
    assert by_target(found.schema)["active"]["source"]["expression"] == '"False"'


def test_graph_may_leave_out_what_is_null_or_default():
    short = {"targetAttributeName": "userName", "source": {"type": "Attribute", "name": "userPrincipalName"}, "matchingPriority": 1}
    live = schema(users={"attributeMappings": [short, {"targetAttributeName": "title", "defaultValue": "x"}]})
    wish = [
        flow("userName", source="userPrincipalName", apply="always", default_value=""),
        flow("title", default_value="x", matching_priority=0),
    ]
    assert plan(live, "exact", users={"attribute_mappings": wish}).schema is live


def test_without_a_schema_everything_declared_counts_as_new():
    wishes = {
        "users": {"attribute_mappings": [flow("userName", source="mail", matching_priority=1)], "scoping_filters": [RESEARCH]},
        "groups": {"enabled": False},
    }
    found = plan_unseen(read_declaration({"mode": "exact", **wishes}))
    assert verbs(found) == [
        ("mapping", "set", "user mapping userName"),
        ("scoping_filter", "create", "user filter Research"),
        ("object_mapping", "disable", "group mapping"),
    ]
    assert as_options(found.schema)["groups"]["enabled"] is False
    assert as_options(found.schema)["users"]["attribute_mappings"] == [flow("userName", source="mail", matching_priority=1, apply="always")]
