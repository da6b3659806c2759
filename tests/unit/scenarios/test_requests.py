# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many requests a run of scim_directory costs: counts first, for the service allows five a second (P1, P2)."""

from __future__ import annotations

import math
import random

from .conftest import Company

LISTING = ["GET /Users", "GET /Users", "GET /Users", "GET /Groups"]
DISCOVERY = {"GET /ServiceProviderConfig", "GET /Schemas"}


def listing(answer: dict) -> list[str]:
    return [read for read in answer["reads"] if read not in DISCOVERY]


def test_p1_2000_users_and_40_groups_unchanged_cost_the_list_pages(company: Company) -> None:
    company.fill(1999, 39)  # and DEFAULT ADMIN with his group: two full pages of users, one of groups
    answer = company.apply()
    assert answer["changed"] is False
    assert listing(answer) == ["GET /Users", "GET /Users", "GET /Groups"]
    assert len(answer["reads"]) - 3 <= 2
    assert answer["writes"] == []
    assert answer["summary"]["users"]["unchanged"] == 1999
    assert answer["requests"]["sent"] == len(answer["reads"])


def test_p2_one_percent_of_drift_costs_one_write_a_change(company: Company) -> None:
    company.fill(1999, 39)
    chance = random.Random(4)
    users = company.state["users"]
    for user in chance.sample(users, 20):
        user["department"] = "Moved"
    changed_groups = chance.sample(company.state["groups"], 4)
    member_changes = {}
    for group, size in zip(changed_groups, (1, 100, 101, 260), strict=True):
        outside = [user["user_name"] for user in users if user["user_name"] not in group["members"]]
        group["members"] += outside[:size]
        member_changes[group["display_name"]] = size
    gone = next(group for group in company.state["groups"] if group not in changed_groups)
    gone["members"] = gone["members"][3:]
    expected = 20 + sum(math.ceil(size / 100) for size in member_changes.values()) + 1
    answer = company.apply()
    assert answer["changed"] is True
    assert len(answer["writes"]) == expected
    assert {request for request, _body in answer["writes"]} == {"PATCH /Users/{id}", "PATCH /Groups/{id}"}
    assert listing(answer) == ["GET /Users", "GET /Users", "GET /Groups"] * 2
    assert len([read for read in answer["reads"] if read in DISCOVERY]) <= 2
    assert answer["summary"]["memberships"]["added"] == sum(member_changes.values())
    assert answer["summary"]["memberships"]["removed"] == 3
    again = company.apply()
    assert again["changed"] is False
    assert again["writes"] == []


def test_p2_an_empty_tenant_is_filled_with_one_create_an_object(company: Company) -> None:
    company.fill(120, 6)
    state = company.state
    company.sandbox.reset()
    answer = company.apply(state)
    by_request: dict[str, int] = {}
    for request, _body in answer["writes"]:
        by_request[request] = by_request.get(request, 0) + 1
    batches = sum(math.ceil(len(group["members"]) / 100) for group in state["groups"])
    assert by_request == {"POST /Users": 120, "POST /Groups": 6, "PATCH /Groups/{id}": batches}
    assert company.apply(state)["writes"] == []


def test_memberships_are_not_read_where_none_are_declared(company: Company) -> None:
    company.fill(50, 5)
    answer = company.apply({"users": company.state["users"]})
    assert listing(answer) == ["GET /Users"]
