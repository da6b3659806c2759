# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One group: what is sent, what is not, and that its members stay."""

from __future__ import annotations

import pytest


@pytest.fixture
def teams(tenant):
    people = [{"userName": f"{name}@corp.example"} for name in ("ada", "bob")]
    groups = [{"displayName": "Eng", "externalId": "team-7", "members": ["ada@corp.example", "bob@corp.example"]}, {"displayName": "Ops"}]
    tenant.sandbox.seed(users=people, groups=groups)
    return tenant


def test_create_sends_one_post_without_members(tenant):
    done = tenant.cycle("scim_group", display_name="Engineering", external_id="team-7")
    ((request, body),) = done["writes"]
    assert request == "POST /Groups"
    assert body["displayName"] == "Engineering"
    assert not body.keys() & {"id", "meta", "members"}
    assert done["group"]["id"]
    assert done["summary"]["groups"]["created"] == 1


@pytest.mark.parametrize(
    "options",
    [
        {"display_name": "Engineering", "external_id": "team-7"},
        {"display_name": "Engineering", "previous_names": ["Development", "ENG"]},
    ],
    ids=["external id", "previous name"],
)
@pytest.mark.parametrize("method", ["patch", "put"])
def test_a_rename_keeps_the_group_and_its_members(teams, options, method):
    before = teams.run("scim_group_info", display_name="Eng")["groups"][0]["id"]
    done = teams.cycle("scim_group", update_method=method, **options)
    assert [request for request, _body in done["writes"]] == [f"{method.upper()} /Groups/{{id}}"]
    assert [operation["verb"] for operation in done["operations"]] == ["rename"]
    assert done["group"] == {"id": before, "display_name": "Engineering", "external_id": "team-7"}
    assert teams.members("Engineering") == ["ada@corp.example", "bob@corp.example"]
    assert teams.members("Eng") == []


@pytest.mark.parametrize("external_id", ["team-8", ""], ids=["changed", "cleared"])
def test_the_external_id_changes_and_the_members_stay(teams, external_id):
    teams.cycle("scim_group", display_name="Eng", external_id=external_id)
    assert (teams.run("scim_group_info", display_name="Eng")["groups"][0]["external_id"] or "") == external_id
    assert len(teams.members("Eng")) == 2


def test_a_previous_name_beside_the_new_one_is_left_alone_with_a_warning(teams):
    same = teams.run("scim_group", display_name="Ops", previous_names=["Eng"])
    assert not same["changed"]
    assert "Eng" in str(same["warnings"])


def test_a_group_as_declared_costs_one_request(teams):
    same = teams.run("scim_group", display_name="eng")
    assert not same["changed"]
    assert same["reads"] == ["GET /Groups"]
    assert same["group"]["display_name"] == "Eng"


def test_absent_deletes_the_group_and_no_user(teams):
    done = teams.cycle("scim_group", display_name="Eng", state="absent")
    assert done["writes"] == [("DELETE /Groups/{id}", None)]
    assert done["group"] == {}
    assert teams.user("ada@corp.example")["groups"] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "one of the following is required"),
        ({"display_name": "Team "}, "space"),
        ({"display_name": "x" * 128}, "127"),
        ({"display_name": "Service Admin", "state": "absent"}, "protected"),
        ({"display_name": "Eng", "id": "no-such-id"}, "no group with id no-such-id"),
        ({"external_id": "team-99"}, "display_name"),
        ({"display_name": "Ops", "external_id": "team-7"}, "more than one group"),
    ],
)
@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_what_cannot_be_right_fails_in_check_mode_too_and_writes_nothing(teams, options, words, check):
    answer = teams.run("scim_group", check=check, **options)
    assert answer["failed"]
    assert words in answer["msg"]
    assert answer["writes"] == []


def test_protection_can_be_taken_away(teams):
    done = teams.cycle("scim_group", display_name="Service Admin", state="absent", protected_groups=[])
    assert done["summary"]["groups"]["deleted"] == 1


def test_it_works_where_groups_cannot_be_filtered_by_name(teams):
    teams.sandbox.switch(group_filter_by_name=False)
    assert not teams.run("scim_group", display_name="Eng")["changed"]
    teams.cycle("scim_group", display_name="New")
