# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The members of one group: only the difference is sent."""

from __future__ import annotations

import pytest

NAMES = [f"user{number}@corp.example" for number in range(8)]


@pytest.fixture
def team(tenant):
    groups = [{"displayName": "Team", "members": NAMES[:3]}, {"displayName": "Crowd", "members": NAMES}]
    tenant.sandbox.seed(users=[{"userName": name} for name in NAMES], groups=groups)
    return tenant


@pytest.mark.parametrize(
    ("state", "members", "after"),
    [
        ("present", NAMES[2:5], NAMES[:5]),
        ("absent", NAMES[2:5], NAMES[:2]),
        ("exact", NAMES[2:5], NAMES[2:5]),
        ("exact", [], []),
        ("present", [NAMES[4].upper()], [*NAMES[:3], NAMES[4]]),
    ],
    ids=["present", "absent", "exact", "exactly nobody", "upper case"],
)
@pytest.mark.parametrize("method", ["patch", "put"])
def test_the_group_has_the_members_and_only_the_difference_is_reported(team, state, members, after, method):
    done = team.cycle("scim_membership", group="team", members=members, state=state, update_method=method)
    assert team.members("Team") == after
    assert done["membership"] == {
        "group": "team",
        "added": sorted(set(after) - set(NAMES[:3])),
        "removed": sorted(set(NAMES[:3]) - set(after)),
    }


def test_r13_a_removal_names_each_member_and_an_addition_sends_no_other(team):
    done = team.cycle("scim_membership", group="Team", members=NAMES[2:5], state="exact")
    operations = [operation for request, body in done["writes"] for operation in body["Operations"]]
    assert {request for request, _body in done["writes"]} == {"PATCH /Groups/{id}"}
    assert len([one for one in operations if one["op"].lower() == "remove"]) == 2
    assert all("value eq" in one["path"] for one in operations if one["op"].lower() == "remove")
    added = [member for one in operations if one["op"].lower() == "add" for member in one["value"]["members"]]
    assert len(added) == 2


def test_members_are_sent_in_batches(team):
    done = team.cycle("scim_membership", group="Team", members=NAMES, members_per_request=2)
    assert len(done["writes"]) == 3


def test_a_member_who_does_not_exist_fails_before_the_first_write(team):
    answer = team.run("scim_membership", group="Team", members=[NAMES[5], "nobody@corp.example"])
    assert answer["failed"]
    assert "nobody@corp.example" in answer["msg"]
    assert answer["writes"] == []


@pytest.mark.parametrize(
    ("state", "members"), [("exact", NAMES[:1]), ("present", [*NAMES, *(f"late{number}@corp.example" for number in range(9))])]
)
def test_a_misspelt_member_is_recognised_where_all_users_are_read_anyhow(team, state, members):
    answer = team.run("scim_membership", group="Team", members=[*members, "usre7@corp.example"], state=state)
    assert "usre7@corp.example" in answer["msg"]
    assert "did you mean user7@corp.example?" in answer["msg"]
    assert answer["reads"] == ["GET /Groups", "GET /Users"]
    assert answer["writes"] == []


def test_a_misspelt_group_is_recognised_and_only_then_the_groups_are_read(team):
    answer = team.run("scim_membership", group="Crowds", members=NAMES[:1])
    assert (
        "Crowds: the service has no group of this name; make it with scim_group, or correct the name; did you mean Crowd?" in answer["msg"]
    )
    assert answer["reads"] == ["GET /Groups", "GET /Groups"]
    assert team.run("scim_membership", group="Crowd", members=NAMES[:1])["reads"].count("GET /Groups") == 1
    team.sandbox.faults.add({"method": "GET", "route": "/Groups", "filtered": False}, {"kind": "status", "status": 403})
    assert team.run("scim_membership", group="Crowds", members=NAMES[:1])["msg"].endswith("or correct the name")


def test_a_group_that_the_service_lists_and_does_not_find_is_not_said_to_be_missing(team):
    team.sandbox.faults.add({"method": "GET", "route": "/Groups", "filtered": True}, {"kind": "empty_listing"})
    answer = team.run("scim_membership", group="crowd", members=NAMES[:1])
    assert "crowd: the service lists this group and does not find it by its name; use scim_directory" in answer["msg"]
    assert answer["writes"] == []


@pytest.mark.parametrize(("choice", "warned"), [("warn", True), ("ignore", False)])
def test_a_member_who_does_not_exist_can_be_left_out(team, choice, warned):
    answer = team.run("scim_membership", group="Team", members=[NAMES[5], "nobody@corp.example"], missing_members=choice)
    assert answer["membership"]["added"] == [NAMES[5]]
    assert ("nobody@corp.example" in str(answer.get("warnings"))) == warned


def test_in_check_mode_users_and_groups_of_earlier_tasks_are_taken_for_made(team):
    answer = team.run("scim_membership", group="New", members=["new@corp.example"], check=True)
    assert answer["changed"]
    assert answer["membership"]["added"] == ["new@corp.example"]


def test_removing_a_user_who_does_not_exist_is_no_change(team):
    assert not team.run("scim_membership", group="Team", members=["nobody@corp.example"], state="absent")["changed"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"group": "Nothing", "members": NAMES[:1]}, "no group of this name"),
        ({"group": "Team", "members": ["nobody"]}, "members[0]"),
        ({"group": "Team", "members": [NAMES[0], NAMES[0].upper()]}, "is there already, at index 0"),
        ({"group": "Team "}, "members"),
        ({"group": "Team ", "members": []}, "space"),
    ],
)
def test_what_cannot_be_right_writes_nothing(team, options, words):
    answer = team.run("scim_membership", **options)
    assert answer["failed"]
    assert words in answer["msg"]
    assert answer["writes"] == []


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_the_brake_stops_a_group_from_being_emptied(team, check):
    answer = team.run("scim_membership", group="Crowd", members=[], state="exact", check=check)
    assert answer["failed"]
    assert answer["writes"] == []
    assert answer["refused"]["brake"][0]["removals"] == 8
    assert "allow_removals_over_limit" in answer["msg"]


def test_the_last_member_of_a_protected_group_stays(tenant):
    answer = tenant.run("scim_membership", group="Service Admin", members=[], state="exact")
    assert answer["writes"] == []
    assert answer["protected"] == ["Service Admin"]
    tenant.cycle("scim_membership", group="Service Admin", members=[], state="exact", protected_groups=[])


def test_a_member_that_the_service_refuses_fails_and_the_others_are_done(team):
    team.sandbox.switch(groups_per_user=2)
    team.sandbox.seed(groups=[{"displayName": f"Full {number}", "members": NAMES[5:6]} for number in range(2)])
    answer = team.run("scim_membership", group="Team", members=NAMES[4:7])
    assert answer["failed"]
    assert [failure["name"] for failure in answer["failures"]] == [NAMES[5]]
    assert answer["changed"]
    assert answer["membership"]["added"] == [NAMES[4], NAMES[6]]
