# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which steps may be written at the same time: all of a phase, but for names that have to be free first."""

from __future__ import annotations

from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.waves import waves
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import MemberStep, Plan, Ref, Step
from hypothesis import given
from hypothesis import strategies as st


def rename(old: str, new: str) -> Step:
    return Step("user", "rename", new, f"id-{old}", {"user_name": new}, {"user_name": old})


def create(name: str) -> Step:
    return Step("user", "create", name)


def names(plan: Plan) -> list[list[str]]:
    return [[step.group.name if isinstance(step, MemberStep) else step.name for _number, step in wave] for wave in waves(plan)]


def test_phases_follow_each_other_and_numbers_run_through() -> None:
    plan = Plan(
        groups=(Step("group", "create", "Ops"),),
        users=(create("ada"), create("bob")),
        add_members=(MemberStep(Ref("Ops", ""), (Ref("ada", ""),)),),
        delete_groups=(Step("group", "delete", "Old", "g1"),),
    )
    assert names(plan) == [["Ops"], ["ada", "bob"], ["Ops"], ["Old"]]
    assert [number for wave in waves(plan) for number, _step in wave] == [1, 2, 3, 4, 5]


def test_nothing_to_do_is_no_wave() -> None:
    assert list(waves(Plan())) == []


def test_law_05_a_name_is_taken_after_it_was_freed() -> None:
    plan = Plan(users=(rename("Ada", "eve"), rename("bob", "ada"), create("BOB"), create("cyd"), rename("dan", "dana")))
    assert names(plan) == [["eve", "cyd", "dana"], ["ada"], ["BOB"]]


def test_a_rename_that_changes_case_only_waits_for_nobody() -> None:
    assert names(Plan(users=(rename("ada", "Ada"), rename("bob", "Bob")))) == [["Ada", "Bob"]]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"), st.booleans()), max_size=12))
def test_a_freed_name_is_never_taken_in_the_wave_that_frees_it(pairs: list[tuple[str, str, bool]]) -> None:
    steps = tuple(rename(old, new) if is_rename else create(new) for old, new, is_rename in pairs)
    found = list(waves(Plan(users=steps)))
    assert sorted(number for wave in found for number, _step in wave) == list(range(1, len(steps) + 1))
    place = {number: index for index, wave in enumerate(found) for number, _step in wave}
    for later, step in enumerate(steps, 1):
        freeing = [
            number for number, one in enumerate(steps[: later - 1], 1) if one.verb == "rename" and one.before["user_name"] == step.name
        ]
        assert all(place[number] < place[later] for number in freeing[-1:])
