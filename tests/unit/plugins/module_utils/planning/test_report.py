# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan says of itself: the digest and the diff."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import MemberStep, Plan, Ref, Step
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.report import make_diff
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.saved import digest_plan


def plan_of(user_id: str = "u1", before: str | None = "Ada", group_id: str = "g1", member_id: str = "u2", value: str = "Ada L") -> Plan:
    """A plan with one update of a user and one new member."""
    step = Step("user", "update", "ada@corp.example", user_id, {"display_name": value}, {"display_name": before})
    member = MemberStep(Ref("Ops", group_id), (Ref("bob@corp.example", member_id),))
    return Plan(users=(step,), add_members=(member,))


def test_equal_plans_have_equal_digests() -> None:
    assert digest_plan(plan_of()) == digest_plan(plan_of())


@pytest.mark.parametrize(
    "other",
    [{"user_id": "u9"}, {"before": "Adele"}, {"before": None}, {"group_id": "g9"}, {"member_id": "u9"}, {"value": "Ada M"}],
    ids=["user id", "before", "before unknown", "group id", "member id", "value"],
)
def test_the_digest_tells_plans_apart_that_differ_only_in(other: dict) -> None:
    assert digest_plan(plan_of(**other)) != digest_plan(plan_of())


def test_the_diff_shows_what_the_service_does_not_show_as_empty() -> None:
    first = make_diff(plan_of(before=None))[0]
    assert first["before"] == {"display_name": ""}
    assert first["after"] == {"display_name": "Ada L"}
