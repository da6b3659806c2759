# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a second plan says about what was written: ignored, rewritten, or fine."""

from __future__ import annotations

from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import MemberStep, Plan, Ref, Step
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.report import list_operations
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.verify import find_ignored

UPDATE = Step("user", "update", "ada", "u1", {"department": "R and D", "display_name": "Ada"}, {"department": "", "display_name": "A"})
DISABLE = Step("user", "disable", "bob", "u2", {"active": False}, {"active": True})
ADD = MemberStep(Ref("Ops", "g1"), (Ref("ada", "u1"), Ref("bob", "u2")), (Ref("eve", "u3"),))
DONE = list_operations(Plan(users=(Step("user", "create", "eve"), UPDATE), retire_users=(DISABLE,), remove_members=(ADD,)))


def ignored(again: Plan) -> list[tuple[str, str]]:
    return [(failure.verb, failure.name) for _operation, failure in find_ignored(DONE, again)[0]]


def test_nothing_left_nothing_ignored() -> None:
    assert find_ignored(DONE, Plan()) == ([], [])


def test_f49_writes_that_were_acknowledged_and_not_done() -> None:
    assert ignored(Plan(retire_users=(DISABLE,))) == [("disable", "bob")]
    assert ignored(Plan(users=(Step("user", "create", "eve"),))) == [("create", "eve")]
    assert ignored(Plan(add_members=(MemberStep(Ref("Ops", "g1"), (Ref("bob", "u2"),)),))) == [("add", "bob")]
    assert ignored(Plan(remove_members=(MemberStep(Ref("Ops", "g1"), (), (Ref("eve", "u3"),)),))) == [("remove", "eve")]


def test_f49_one_attribute_of_two_is_enough_and_is_named() -> None:
    again = Plan(users=(Step("user", "update", "ada", "u1", {"department": "R and D"}, {"department": ""}),))
    (_operation, failure), *rest = find_ignored(DONE, again)[0]
    assert not rest
    assert failure.detail.endswith("the old value of department")


def test_f60_a_value_that_only_changed_its_case_or_spaces_is_a_warning() -> None:
    again = Plan(users=(Step("user", "update", "ada", "u1", {"department": "R and D"}, {"department": "r and  d"}),))
    failures, warnings = find_ignored(DONE, again)
    assert failures == []
    assert len(warnings) == 1
    assert "rewrites department" in warnings[0]


def test_what_others_changed_meanwhile_is_not_held_against_the_service() -> None:
    again = Plan(users=(Step("user", "update", "ada", "u1", {"given_name": "A"}, {"given_name": ""}), Step("user", "create", "max")))
    assert find_ignored(DONE, again) == ([], [])


def test_f60_what_a_create_wrote_may_come_back_rewritten_or_not_at_all() -> None:
    done = list_operations(Plan(users=(Step("user", "create", "eve", values={"department": "R and D", "display_name": "Eve"}),)))
    again = Step(
        "user", "update", "eve", "u9", {"department": "R and D", "display_name": "Eve"}, {"department": "r and d", "display_name": ""}
    )
    failures, warnings = find_ignored(done, Plan(users=(again,)))
    assert [failure.detail for _operation, failure in failures] == [
        "ignored by the service: it acknowledged the write, but the service still shows the old value of display_name"
    ]
    assert len(warnings) == 1


def test_two_writes_to_one_user_are_looked_at_one_by_one() -> None:
    rename = Step("user", "rename", "ada", "u1", {"user_name": "ada"}, {"user_name": "eve"})
    disable = Step("user", "disable", "ada", "u1", {"active": False}, {"active": True})
    plan = Plan(users=(rename,), retire_users=(disable,))
    assert [failure.verb for _operation, failure in find_ignored(list_operations(plan), plan)[0]] == ["rename", "disable"]
