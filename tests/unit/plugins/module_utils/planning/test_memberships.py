# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups that many users name: each user is told of, not only the first."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import DesiredUser, Directory, Document, LiveGroup, LiveUser, Place
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.directory import plan_directory
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy, make_scope

NAMES = ("ada", "bob", "eve")
PEOPLE = tuple(LiveUser(f"u-{name}", f"{name}@corp.example") for name in NAMES)


def declared(*groups: str) -> Document:
    return Document(tuple(DesiredUser(f"{name}@corp.example", Place("", 0, name), groups=groups) for name in NAMES))


def test_everybody_who_names_a_group_joins_it() -> None:
    directory = Directory(PEOPLE, (LiveGroup("g1", "Ops"), LiveGroup("g2", "Dev")), {"g1": {"u-bob"}, "g2": set()})
    plan = plan_directory(declared("Ops", "OPS", "Dev"), directory, Policy())
    joined = {step.group.name: [user.id for user in step.add] for step in plan.add_members}
    assert joined == {"Ops": ["u-ada", "u-eve"], "Dev": ["u-ada", "u-bob", "u-eve"]}


def test_b25_everybody_who_names_a_group_that_nobody_knows_is_told_of() -> None:
    with pytest.raises(InputError) as caught:
        plan_directory(declared("Nowhere"), Directory(PEOPLE, (), {}), Policy())
    assert [problem.place for problem in caught.value.problems] == list(NAMES)


def test_everybody_who_names_a_group_out_of_scope_is_told_of() -> None:
    directory = Directory(PEOPLE, (LiveGroup("g1", "Ops"),), {"g1": set()})
    with pytest.raises(InputError) as caught:
        plan_directory(declared("Ops"), directory, Policy(scope=make_scope({"group_name_regex": "^Dev"})))
    assert len(caught.value.problems) == 3


def test_everybody_who_names_a_group_that_is_there_twice_fails() -> None:
    directory = Directory(PEOPLE, (LiveGroup("g1", "Ops"), LiveGroup("g2", "ops")), {"g1": set(), "g2": set()})
    plan = plan_directory(declared("Ops"), directory, Policy())
    assert [failure.name for failure in plan.failures] == [f"{name}@corp.example" for name in NAMES]
    assert plan.add_members == ()
