# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold for every schema and every declaration: the laws of the mapping's plan."""

from __future__ import annotations

import copy
import json
import typing as t

from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.mapping import MappingPlan, as_options
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from .mapping_worlds import Json, attribute, by_target, direct, mapping, object_mapping, plan, side

NAMES = ("a", "b", "c", "d", "e")
SOURCES = ("s", "t", "u")
many = settings(max_examples=120, deadline=None)


def sources() -> st.SearchStrategy[Json | None]:
    constants = st.sampled_from(["1", 'q"', ""]).map(lambda value: {"type": "Constant", "name": value, "expression": json.dumps(value)})
    functions = st.sampled_from(SOURCES).map(lambda name: {"type": "Function", "name": "F", "expression": f"F( [{name}])", "later": 1})
    return st.one_of(st.none(), st.sampled_from(SOURCES).map(direct), constants, functions)


@st.composite
def live_mappings(draw: st.DrawFn) -> list[Json]:
    targets = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
    found = []
    for number, target in enumerate(targets):
        keys = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "flowType": st.sampled_from(["Always", "ObjectAddOnly", "MultiValueAddOnly"]),
                    "defaultValue": st.sampled_from([None, "", "x"]),
                    "flowBehavior": st.just("FlowAlways"),
                    "unheardOf": st.integers(),
                },
            )
        )
        found.append({**mapping(target, draw(sources())), "matchingPriority": int(not number), **keys})
    found[0]["source"] = direct("s")
    return draw(st.permutations(found))


@st.composite
def schemas(draw: st.DrawFn) -> Json:
    scope = draw(st.one_of(st.none(), st.builds(lambda groups: {"groups": groups, "inputFilterGroups": [1], "new": 2}, live_filters())))
    flow_types = draw(st.sampled_from(["Add,Update,Delete", "Update, Add", "None"]))
    people = object_mapping("User", "User", draw(live_mappings()), scope=scope, flowTypes=flow_types, enabled=draw(st.booleans()))
    person = [attribute(name) for name in SOURCES]
    account = [attribute(name) for name in NAMES]
    return {
        "synchronizationRules": [
            {"name": "r", "sourceDirectoryName": "E", "targetDirectoryName": "T", "objectMappings": [people], "extra": {"x": [1]}}
        ],
        "directories": [
            {"name": "E", "objects": [{"name": "User", "attributes": person}]},
            {"name": "T", "objects": [{"name": "User", "attributes": account}]},
        ],
        "version": draw(st.text(max_size=3)),
    }


def live_filters() -> st.SearchStrategy[list[Json]]:
    clauses = st.builds(
        lambda name, operator: {
            "sourceOperandName": name,
            "operatorName": operator,
            "targetOperand": None if operator == "IS NULL" else {"values": ["v"]},
            "later": 1,
        },
        st.sampled_from(SOURCES),
        st.sampled_from(["EQUALS", "IS NULL"]),
    )
    groups = st.builds(
        lambda name, some: {"name": name, "clauses": some, "later": 1}, st.sampled_from("ABC"), st.lists(clauses, min_size=1, max_size=2)
    )
    return st.lists(groups, max_size=3)


def flows() -> st.SearchStrategy[list[Json]]:
    value = st.sampled_from(
        [
            {},
            {"source": "s"},
            {"source": "t"},
            {"constant": "1"},
            {"constant": 'q"'},
            {"expression": "F([u])"},
            {"expression": "F([ s ])"},
            {"expression": "G([t], 1)"},
            {"default_value": "x"},
            {"source": "s", "default_value": ""},
        ]
    )
    others = st.fixed_dictionaries(
        {}, optional={"matching_priority": st.sampled_from([0, 1, 2]), "apply": st.sampled_from(["always", "on_create"])}
    )
    one = st.builds(lambda target, kind, more: {"target": target, **kind, **more}, st.sampled_from(NAMES), value, others)
    return st.lists(one, min_size=1, max_size=4, unique_by=lambda wish: wish["target"])


def filters() -> st.SearchStrategy[list[Json]]:
    clauses = st.builds(
        lambda name, operator: {"attribute": name, "operator": operator, "values": None if "null" in operator else ["v"]},
        st.sampled_from(SOURCES),
        st.sampled_from(["equals", "is null"]),
    )
    one = st.builds(lambda name, some: {"name": name, "clauses": some}, st.sampled_from("ABC"), st.lists(clauses, min_size=1, max_size=2))
    return st.lists(one, max_size=3, unique_by=lambda wish: wish["name"])


def wishes() -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {},
        optional={
            "enabled": st.booleans(),
            "actions": st.lists(st.sampled_from(["create", "update", "delete"]), min_size=1, unique=True),
            "attribute_mappings": flows(),
            "scoping_filters": filters(),
        },
    )


def plan_or_skip(live: Json, mode: str, wish: Json) -> MappingPlan:
    """The plan; a refusal is another test's subject."""
    try:
        return plan(live, mode, users=wish)
    except InputError:
        assume(False)
        raise


def as_a_service_may_show_it(written: t.Mapping[str, t.Any], seed: int) -> Json:
    """The schema after a PUT: another version, mappings and filters in another order, flags with blanks."""
    shown = copy.deepcopy(dict(written))
    people = side(shown)
    people["attributeMappings"] = sorted(people["attributeMappings"], key=lambda one: hash((seed, one["targetAttributeName"])))
    people["flowTypes"] = ", ".join(reversed([flag.strip() for flag in people["flowTypes"].split(",")]))
    shown["version"] = f"Date:{seed}"
    return shown


@many
@given(schemas(), st.sampled_from(["merge", "exact"]), wishes(), st.integers())
def test_a_plan_carried_out_leaves_nothing_to_do(live: Json, mode: str, wish: Json, seed: int) -> None:
    found = plan_or_skip(live, mode, wish)
    assert bool(found.operations) == (found.schema is not live)
    again = plan(as_a_service_may_show_it(found.schema, seed), mode, users=wish)
    assert again.operations == []


@many
@given(schemas(), st.sampled_from(["merge", "exact"]), wishes())
def test_only_named_targets_change_and_unknown_keys_survive(live: Json, mode: str, wish: Json) -> None:
    found = plan_or_skip(live, mode, wish)
    named = {one["target"] for one in wish.get("attribute_mappings") or []}
    before, after = by_target(live), by_target(found.schema)
    for target, one in before.items():
        if target not in named and (mode == "merge" or not named):
            assert after[target] is one
        if target in after:
            ours = {"source", "defaultValue", "matchingPriority", "flowType"}
            assert {key: value for key, value in one.items() if key not in ours} == {
                key: value for key, value in after[target].items() if key not in ours
            }
    assert after.keys() - before.keys() <= named
    assert {key: value for key, value in found.schema.items() if key != "synchronizationRules"} == {
        key: value for key, value in live.items() if key != "synchronizationRules"
    }
    assert found.schema["synchronizationRules"][0]["extra"] is live["synchronizationRules"][0]["extra"]
    if live_scope := side(live)["scope"]:
        assert {**side(found.schema)["scope"], "groups": 0} == {**live_scope, "groups": 0}


@many
@given(schemas(), st.sampled_from(["merge", "exact"]), wishes())
def test_the_order_of_what_stays_is_kept(live: Json, mode: str, wish: Json) -> None:
    found = plan_or_skip(live, mode, wish)
    after = list(by_target(found.schema))
    assert [name for name in by_target(live) if name in after] == [name for name in after if name in by_target(live)]


@many
@given(schemas())
def test_what_is_shown_can_be_declared(live: Json) -> None:
    """But for what the options cannot say: flow types of other kinds, filters of one name, actions that are none, mappings of nothing."""
    options = as_options(live)["users"]
    assume(all(one["apply"] in ("always", "on_create") for one in options["attribute_mappings"]))
    assume(
        all(
            {"source", "constant", "expression", "default_value"} & one.keys() and one.get("constant") != ""
            for one in options["attribute_mappings"]
        )
    )
    assume(len({one["name"] for one in options["scoping_filters"]}) == len(options["scoping_filters"]))
    assert plan(live, "exact", users=options).schema is live


@many
@given(schemas(), st.sampled_from(["merge", "exact"]), wishes())
def test_the_diff_and_the_operations_tell_the_same(live: Json, mode: str, wish: Json) -> None:
    found = plan_or_skip(live, mode, wish)
    assert (found.before != found.after) == bool(found.operations)
    told = {operation.name.removeprefix("user mapping ") for operation in found.operations if operation.kind == "mapping"}
    differs = {
        name for name in {**by_target(live), **by_target(found.schema)} if by_target(live).get(name) != by_target(found.schema).get(name)
    }
    assert told == differs
