# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A synchronizationSchema to plan on, what a play declares, and Graph's part in it: parsing and operators."""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.declared import read_declaration
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.flow import Parsed
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.mapping import MappingPlan, ask_first, plan_mapping

Json = dict[str, t.Any]

DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
ACTIVE = 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'

OPERATORS = [
    {"name": name, "arity": arity, "multivaluedComparisonType": "All", "supportedAttributeTypes": types.split()}
    for name, arity, types in [
        ("EQUALS", "Binary", "Integer String"),
        ("NOT EQUALS", "Binary", "Integer String"),
        ("REGEX MATCH", "Binary", "Integer String"),
        ("NOT REGEX MATCH", "Binary", "Integer String"),
        ("Includes", "Binary", "String"),
        ("Greater_Than", "Binary", "Integer String"),
        ("&", "Binary", "Integer String"),
        ("IS TRUE", "Unary", "Boolean"),
        ("IS FALSE", "Unary", "Boolean"),
        ("IS NULL", "Unary", "Integer String Binary Boolean"),
        ("IS NOT NULL", "Unary", "Integer String Binary Boolean"),
    ]
]


def attribute(name: str, type_name: str = "String", **traits: t.Any) -> Json:
    return {"name": name, "type": type_name, "required": False, "multivalued": False, "mutability": "ReadWrite", **traits}


def direct(name: str) -> Json:
    return {"expression": f"[{name}]", "name": name, "parameters": [], "type": "Attribute"}


def mapping(target: str, source: Json | None, **keys: t.Any) -> Json:
    usual = {"defaultValue": None, "exportMissingReferences": False, "flowBehavior": "FlowWhenChanged", "flowType": "Always"}
    return {**usual, "matchingPriority": 0, "source": source, "targetAttributeName": target, **keys}


def object_mapping(source: str, target: str, mappings: list[Json], **keys: t.Any) -> Json:
    return {
        "enabled": True,
        "flowTypes": "Add, Update, Delete",
        "metadata": [{"key": "Disposition", "value": "Normal"}],
        "name": f"Synchronize Azure Active Directory {source}s to Somewhere",
        "scope": None,
        "sourceObjectName": source,
        "targetObjectName": target,
        "attributeMappings": mappings,
        **keys,
    }


def users() -> Json:
    return object_mapping(
        "User",
        "User",
        [
            mapping("userName", direct("userPrincipalName"), matchingPriority=1),
            mapping("active", {"expression": ACTIVE, "name": "Switch", "type": "Function", "parameters": []}),
            mapping("displayName", direct("displayName"), exportMissingReferences=True, flowBehavior="FlowAlways", later="kept"),
            mapping("externalId", direct("objectId")),
            mapping(DEPARTMENT, direct("department")),
            mapping("title", None, defaultValue="Member"),
            mapping("level", {"expression": '"8"', "name": "8", "parameters": [], "type": "Constant"}, flowType="ObjectAddOnly"),
        ],
    )


def groups() -> Json:
    return object_mapping(
        "Group",
        "urn:ietf:params:scim:schemas:core:2.0:Group",
        [
            mapping("displayName", direct("displayName"), matchingPriority=1),
            mapping("externalId", direct("objectId")),
            mapping("members", direct("members")),
        ],
    )


def directories() -> list[Json]:
    person = [
        attribute(name) for name in ("userPrincipalName", "displayName", "objectId", "department", "givenName", "userType", "manager")
    ]
    person += [attribute("accountEnabled", "Boolean"), attribute("IsSoftDeleted", "Boolean"), attribute("proxyAddresses", multivalued=True)]
    person += [attribute("employeeHireDate", "DateTime"), attribute("grade", "Integer"), attribute("appRoleAssignments")]
    team = [attribute("displayName"), attribute("objectId"), attribute("members", "Reference", multivalued=True)]
    account = [attribute("userName", required=True), attribute("active", "Boolean"), attribute("displayName"), attribute("externalId")]
    account += [attribute(DEPARTMENT), attribute("title"), attribute("level", "Integer"), attribute("nickName")]
    account += [attribute("id", mutability="ReadOnly"), attribute('emails[type eq "work"].value')]
    unit = [
        attribute("displayName", required=True),
        attribute("externalId"),
        attribute("members", "Reference"),
        attribute("id", mutability="ReadOnly"),
    ]
    return [
        {
            "id": "1",
            "name": "Azure Active Directory",
            "objects": [{"name": "User", "attributes": person}, {"name": "Group", "attributes": team}],
        },
        {
            "id": "2",
            "name": "Somewhere",
            "objects": [
                {"name": "User", "attributes": account, "supportedApis": []},
                {"name": "urn:ietf:params:scim:schemas:core:2.0:Group", "attributes": unit, "metadata": []},
            ],
        },
    ]


def schema(**changes: t.Any) -> Json:
    """A fresh schema; `users` and `groups` replace keys of their object mappings, anything else keys of the rule."""
    sides = [{**users(), **changes.pop("users", {})}, {**groups(), **changes.pop("groups", {})}]
    rule = {
        "id": "rule-1", "name": "USER_OUTBOUND", "editable": True, "priority": 1, "sourceDirectoryName": "Azure Active Directory",
        "targetDirectoryName": "Somewhere", "metadata": [{"key": "k", "value": "v"}], "containerFilter": None, "objectMappings": sides,
        **changes,
    }  # fmt: skip
    return {"id": "job-1", "version": "v1.2", "synchronizationRules": [rule], "directories": directories(), "unheardOf": {"x": [1]}}


def parse(expression: str) -> Parsed:
    """What a Graph would make of an expression: functions with attributes as parameters, and `oops` for what it cannot parse."""
    if "oops" in expression:
        return Parsed(None, "Unexpected token 'oops' at position 1")
    inside = expression.partition("[")[2].partition("]")[0]
    parameters = [{"key": "source", "value": direct(inside)}] if inside else []
    return Parsed({"type": "Function", "name": expression.partition("(")[0].strip(), "expression": expression, "parameters": parameters})


def plan(live: Json, mode: str = "merge", **sides: t.Any) -> MappingPlan:
    """The plan on this schema, with Graph asked only for what the planner wants to know."""
    declaration = read_declaration({"mode": mode, **sides})
    before = copy.deepcopy(live)
    asked = ask_first(live, declaration)
    found = plan_mapping(live, declaration, {text: parse(text) for text in asked.expressions}, OPERATORS if asked.operators else [])
    assert live == before, "planning changed what it was given"
    return found


def side(live: t.Mapping[str, t.Any], name: str = "users") -> Json:
    """The object mapping of users or groups."""
    found: Json = live["synchronizationRules"][0]["objectMappings"][name == "groups"]
    return found


def by_target(live: t.Mapping[str, t.Any], name: str = "users") -> dict[str, Json]:
    """Its attribute mappings by target."""
    return {one["targetAttributeName"]: one for one in side(live, name)["attributeMappings"]}


def flow(target: str, **keys: t.Any) -> Json:
    return {"target": target, **keys}


def clause(attribute_name: str, operator: str, *values: str) -> Json:
    return {"attribute": attribute_name, "operator": operator, "values": list(values) or None}


def scoping_filter(name: str, *clauses: Json) -> Json:
    return {"name": name, "clauses": list(clauses)}
