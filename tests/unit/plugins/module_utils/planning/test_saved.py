# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Saved plans: what is in the file, which files are refused, and what is said of a plan that has moved."""

from __future__ import annotations

import copy
import json
import typing as t
from dataclasses import replace

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError, Refusal
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Place
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import Failure, MemberStep, Plan, Ref, Step
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.saved import (
    check_same,
    check_service,
    describe_plan,
    digest_plan,
    read_plan,
)

UPDATE = Step("user", "update", "ada@corp.example", "u1", {"department": "Research"}, {"department": "Sales"})
CREATE = Step("user", "create", "new@corp.example", "", {"display_name": "New", "active": True})
DISABLE = Step("user", "disable", "eve@corp.example", "u8", {"active": False}, {"active": True})
BOTH = MemberStep(Ref("Ops", "g1"), (Ref("new@corp.example", ""),), (Ref("bob@corp.example", "u2"),))
PLAN = Plan(
    groups=(Step("group", "create", "Legal"),),
    users=(UPDATE, CREATE),
    add_members=(MemberStep(Ref("Legal", ""), (Ref("ada@corp.example", "u1"),)),),
    remove_members=(BOTH,),
    retire_users=(DISABLE,),
    failures=(Failure("user", "match", "twin@corp.example", "is there twice", place=Place("state/users.yml", 3, "users[1]")),),
)

Document = dict[str, t.Any]
SERVICE = "https://scim.example/1/scim"


def saved(plan: Plan = PLAN) -> Document:
    """What a file of this plan holds, read back."""
    document: Document = json.loads(json.dumps(describe_plan(plan, ["a warning"], SERVICE)))
    return document


def test_a_saved_plan_has_names_ids_and_both_sides_in_the_order_of_writing() -> None:
    document = saved()
    assert [(one["verb"], one["name"], one.get("group", "")) for one in document["operations"]] == [
        ("create", "Legal", ""),
        ("update", "ada@corp.example", ""),
        ("create", "new@corp.example", ""),
        ("add", "ada@corp.example", "Legal"),
        ("add", "new@corp.example", "Ops"),
        ("remove", "bob@corp.example", "Ops"),
        ("disable", "eve@corp.example", ""),
    ]
    assert document["operations"][1] == {
        "kind": "user",
        "verb": "update",
        "name": "ada@corp.example",
        "id": "u1",
        "before": {"department": "Sales"},
        "after": {"department": "Research"},
    }
    assert document["summary"]["memberships"]["added"] == 2
    assert document["warnings"] == ["a warning"]
    assert document["failures"] == [{"kind": "user", "verb": "match", "name": "twin@corp.example", "detail": "is there twice"}]


def test_where_things_were_declared_is_no_part_of_the_file() -> None:
    elsewhere = replace(PLAN, users=tuple(replace(step, place=Place("other.yml", 9, "users[0]")) for step in PLAN.users))
    assert saved(elsewhere) == saved()
    assert "state/users.yml" not in json.dumps(saved())


def test_the_digest_is_that_of_the_plan_and_does_not_depend_on_the_order() -> None:
    assert saved()["digest"] == digest_plan(PLAN) == digest_plan(replace(PLAN, users=PLAN.users[::-1]))


def test_a_file_is_read_back_as_it_was_written() -> None:
    plan = read_plan(saved(), "plan.json")
    assert plan.digest == digest_plan(PLAN)
    check_same(plan, PLAN)


def broken(path: tuple[str | int, ...], value: object) -> Document:
    """The file with one value changed, or taken away where it is None."""
    document = copy.deepcopy(saved())
    place: t.Any = document
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "is no saved plan"),
        ([], "is no saved plan"),
        ({}, "is no saved plan"),
        (broken(("format",), "terraform"), "is no saved plan"),
        (broken(("version",), 2), "version: is not 1"),
        (broken(("version",), None), "version: is not 1"),
        (broken(("service",), None), "service: is no address"),
        (broken(("service",), ["x"]), "service: is no address"),
        (broken(("digest",), None), "digest: is no SHA-256"),
        (broken(("digest",), "0" * 63), "digest: is no SHA-256"),
        (broken(("digest",), "0" * 64), "digest: does not belong to the operations"),
        (broken(("operations",), {"a": 1}), "operations: is no list"),
        (broken(("operations", 0), 7), "operations[0]"),
        (broken(("operations", 1, "id"), 7), "operations[1]"),
        (broken(("operations", 1, "id"), None), "operations[1]"),
        (broken(("operations", 1, "extra"), "x"), "operations[1]"),
        (broken(("operations", 1, "after"), {"department": 7}), "operations[1]"),
        (broken(("operations", 1, "after"), "x"), "operations[1]"),
        (broken(("operations", 4, "group"), ["x"]), "operations[4]"),
        (broken(("operations", 1, "after", "department"), "Board"), "it was edited"),
        (broken(("operations", 6), None), "it was edited"),
    ],
)
def test_a_file_that_is_not_just_as_it_was_written_is_refused(value: object, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read_plan(value, "plan.json")
    assert words in str(caught.value)
    assert "plan.json" in str(caught.value)


def test_a_plan_for_another_service_is_refused_with_both_addresses() -> None:
    plan = read_plan(saved(), "plan.json")
    check_service(plan, SERVICE)
    with pytest.raises(Refusal) as caught:
        check_service(plan, "https://scim.example/2/scim")
    assert "plan.json is a plan for https://scim.example/1/scim, and base_url is https://scim.example/2/scim" in str(caught.value)


def moved(**changes: t.Any) -> str:
    """What is said where today's plan has these phases instead."""
    with pytest.raises(Refusal) as caught:
        check_same(read_plan(saved(), "plan.json"), replace(PLAN, **changes))
    return str(caught.value)


def test_a_plan_that_is_no_longer_the_same_is_refused_with_what_moved() -> None:
    text = moved(
        users=(replace(UPDATE, values={"department": "Board"}), Step("user", "create", "late\x1b[1m@corp.example")),
        remove_members=(),
    )
    assert "Saved operations: 7; not needed any more: 3, different: 1. New: 1.\n" in text
    assert "- not needed any more: create user new@corp.example\n" in text
    assert "- not needed any more: remove bob@corp.example from group Ops\n" in text
    assert "- new: create user late\\x1b[1m@corp.example\n" in text
    assert '- differs: update user ada@corp.example: another department would be written: the plan has "Research", now "Board"\n' in text
    assert "nothing was written" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"retire_users": (replace(DISABLE, verb="delete"),)}, "delete user eve@corp.example: was disable user eve@corp.example"),
        (
            {"users": (replace(UPDATE, before={"department": "Le\x1bgal"}), CREATE)},
            'another department stands there now: the plan saw "Sales", now "Le\\u001bgal"',
        ),
        ({"users": (replace(UPDATE, before={}), CREATE)}, 'stands there now: the plan saw "Sales", now nothing'),
        ({"users": (replace(UPDATE, id="u9"), CREATE)}, "new: update user ada@corp.example"),
        ({"add_members": (MemberStep(Ref("Legal", ""), (Ref("ada@corp.example", "u9"),)),)}, "the id behind the name is another one"),
        ({"users": (replace(UPDATE, name="ada.l@corp.example"), CREATE)}, "was update user ada@corp.example"),
    ],
)
def test_in_what_an_operation_differs(changes: Document, words: str) -> None:
    assert words in moved(**changes)


def test_of_many_that_moved_the_first_twenty_are_named_and_all_counted() -> None:
    text = moved(users=tuple(Step("user", "create", f"user{number}@corp.example") for number in range(50)))
    assert "New: 50." in text
    assert text.count("\n- ") == 21
    assert "- and 32 more\n" in text
