# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Provisioning cycles against the sandbox's SCIM service: who is made, changed, disabled, deleted, and what is sent for it."""

from __future__ import annotations

import time
import typing as t

import pytest

from .rig import ENTERPRISE, ZERO, Rig, rigged


@pytest.fixture
def rig() -> t.Iterator[Rig]:
    with rigged() as made:
        yield made


def operations(rig: Rig) -> list[t.Any]:
    """The operations of the PATCH requests since the last look."""
    return [operation for method, _route, body in rig.writes() if method == "PATCH" for operation in body["Operations"]]


# Creating and updating


def test_people_are_created_with_what_the_mappings_say(rig: Rig) -> None:
    user = rig.user("ada", department="Engineering")
    assert rig.cycle() == {"created": 1}
    ada = rig.people()["ada"]
    assert ada["displayName"] == "Ada"
    assert ada["externalId"] == user.id
    assert ada["active"] is True
    assert ada["name"] == {"givenName": "Ada", "familyName": "Example"}
    assert ada[ENTERPRISE] == {"department": "Engineering"}


def test_a_second_cycle_sends_nothing(rig: Rig) -> None:
    rig.group("devs", rig.user("ada"), rig.user("bob"))
    rig.cycle()
    rig.writes()
    assert rig.cycle() == {"unchanged": 3}
    assert rig.writes() == []


def test_a_post_has_schemas_and_a_json_boolean(rig: Rig) -> None:
    rig.user("ada")
    rig.cycle()
    ((method, route, body),) = rig.writes()
    assert (method, route, body["active"]) == ("POST", "/Users", True)
    assert body["schemas"] == ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE]
    assert "id" not in body


def test_only_differences_are_sent_each_as_its_own_operation(rig: Rig) -> None:
    user = rig.user("ada", department="IT")
    rig.cycle()
    rig.writes()
    user.attributes.update(displayName="Ada King", surname="King", department="R and D")
    assert rig.cycle() == {"updated": 1}
    assert operations(rig) == [
        {"op": "Replace", "path": "displayName", "value": "Ada King"},
        {"op": "Replace", "path": "name.familyName", "value": "King"},
        {"op": "Replace", "path": f"{ENTERPRISE}:department", "value": "R and D"},
    ]
    assert rig.people()["ada"][ENTERPRISE] == {"department": "R and D"}


def test_a_value_that_was_missing_is_added_and_one_that_goes_is_left(rig: Rig) -> None:
    user = rig.user("ada", mail="ada@corp.example")
    rig.function("title", "[jobTitle]")
    rig.cycle()
    rig.writes()
    user.attributes["jobTitle"] = "Countess"
    user.attributes["surname"] = None
    assert rig.cycle() == {"updated": 1}
    assert operations(rig) == [{"op": "Add", "path": "title", "value": "Countess"}]


def test_a_person_is_renamed(rig: Rig) -> None:
    user = rig.user("ada")
    rig.cycle()
    user.attributes["userPrincipalName"] = "ada.king@corp.example"
    assert rig.cycle() == {"updated": 1}
    assert list(rig.people()) == ["ada.king"]


def test_somebody_who_is_there_is_matched_and_not_made_again(rig: Rig) -> None:
    rig.sandbox.seed([{"userName": "ADA@corp.example", "displayName": "Somebody", "department": "IT"}])
    user = rig.user("ada", department="IT")
    assert rig.cycle() == {"updated": 1}
    assert {method for method, _route, _body in rig.writes()} == {"PATCH"}
    assert len(rig.people()) == 1
    assert rig.people()["ada"]["externalId"] == user.id


def test_matching_tries_the_lowest_priority_first(rig: Rig) -> None:
    user = rig.user("ada")
    rig.sandbox.seed([{"userName": "old.name@corp.example", "externalId": user.id}])
    rig.attribute("externalId")["matchingPriority"] = 2
    rig.cycle()
    look_ups = [entry.query["filter"] for entry in rig.sandbox.journal.select(route="/Users", method="GET")][1:]
    assert look_ups == ['userName eq "ada@corp.example"', f'externalId eq "{user.id}"']
    assert list(rig.people()) == ["ada"]


def test_two_people_who_match_one_entry_are_not_mixed_up(rig: Rig) -> None:
    rig.user("ada")
    rig.user("ada")
    assert rig.cycle() == {"created": 1, "failed": 1}
    assert rig.logs(status="failure")[0]["provisioningStatusInfo"]["errorInformation"]["errorCode"] == "DuplicateSourceEntries"


def test_constants_defaults_and_values_for_new_people_only() -> None:
    with rigged("conforming") as rig:
        user = rig.user("ada", mailNickname="countess")
        rig.function("title", '"Dr"')
        rig.function("nickName", "[mailNickname]", flowType="ObjectAddOnly")
        rig.attribute(f"{ENTERPRISE}:department")["defaultValue"] = "Unknown"
        rig.mapping()["attributeMappings"].append({"targetAttributeName": "preferredLanguage", "source": None, "defaultValue": "en"})
        rig.cycle()
        ada = rig.people()["ada"]
        shown = (ada["title"], ada["nickName"], ada["preferredLanguage"], ada[ENTERPRISE]["department"])
        assert shown == ("Dr", "countess", "en", "Unknown")
        user.attributes["mailNickname"] = "enchantress"
        assert rig.cycle() == {"unchanged": 1}


def test_a_default_value_does_not_replace_one_that_goes(rig: Rig) -> None:
    user = rig.user("ada", department="IT")
    rig.attribute(f"{ENTERPRISE}:department")["defaultValue"] = "Unknown"
    rig.cycle()
    user.attributes["department"] = None
    assert rig.cycle() == {"unchanged": 1}


def test_a_deleted_entry_is_made_again(rig: Rig) -> None:
    user = rig.user("ada")
    rig.cycle()
    tenant = rig.sandbox.tenant
    tenant.delete(next(iter(tenant.users.records.values())))
    user.attributes["displayName"] = "Ada King"
    assert rig.cycle() == {"created": 1}
    assert rig.people()["ada"]["displayName"] == "Ada King"


def test_an_initial_cycle_reads_the_target_again_and_repairs_it(rig: Rig) -> None:
    rig.user("ada")
    rig.cycle()
    record = next(iter(rig.sandbox.tenant.users.records.values()))
    rig.sandbox.tenant.update(record, {**record.attributes, "displayName": "Tampered"})
    assert rig.cycle() == {"unchanged": 1}
    rig.restart()
    assert rig.cycle() == {"updated": 1}
    assert rig.people()["ada"]["displayName"] == "Ada"


@pytest.mark.parametrize(("flows", "counts"), [("Update", {"skipped": 1}), ("Add", {"created": 1}), ("Add, Update,Delete", {"created": 1})])
def test_flow_types_allow_creation(rig: Rig, flows: str, counts: t.Any) -> None:
    rig.user("ada")
    rig.mapping()["flowTypes"] = flows
    assert rig.cycle() == counts


def test_flow_types_allow_updates(rig: Rig) -> None:
    user = rig.user("ada")
    rig.cycle()
    rig.mapping()["flowTypes"] = "Add, Delete"
    user.attributes["displayName"] = "Ada King"
    assert rig.cycle() == {"skipped": 1}
    assert rig.people()["ada"]["displayName"] == "Ada"
    rig.unassign(user)
    assert rig.cycle() == {"skipped": 1}


def test_a_mapping_that_is_off_does_nothing(rig: Rig) -> None:
    rig.group("devs", rig.user("ada"))
    rig.mapping("Group")["enabled"] = False
    assert rig.cycle() == {"created": 1}
    assert rig.groups() == {}


# The newer manner


def test_with_the_flag_of_the_tenant_url_patch_is_as_the_rfc_says(rig: Rig) -> None:
    rig.application.secrets["BaseAddress"] += "/?aadOptscim062020"
    ada, bob = rig.user("ada"), rig.user("bob")
    group = rig.group("devs", ada, bob)
    rig.function('emails[type eq "work"].value', "[mail]")
    rig.cycle()
    assert operations(rig)[0]["op"] == "add"
    ada.attributes.update(displayName="Ada King", surname="King", mail="ada@corp.example")
    group.members.remove(bob.id)
    bob.account_enabled = False
    assert rig.cycle() == {"updated": 2, "disabled": 1}
    id_of_bob = rig.job.links[bob.id].target_id
    assert operations(rig) == [
        {"op": "add", "path": 'emails[type eq "work"].value', "value": "ada@corp.example"},
        {"op": "replace", "value": {"displayName": "Ada King", "name.familyName": "King"}},
        {"op": "replace", "path": "active", "value": False},
        {"op": "remove", "path": f'members[value eq "{id_of_bob}"]'},
    ]
    assert rig.people()["ada"]["emails"] == [{"type": "work", "value": "ada@corp.example"}]
    assert rig.people()["bob"]["active"] is False
    assert rig.groups() == {"devs": ["ada"]}


# Groups


def test_groups_are_made_without_members_and_then_patched(rig: Rig) -> None:
    ada, bob = rig.user("ada", assigned=False), rig.user("bob", assigned=False)
    rig.group("devs", ada, bob)
    assert rig.cycle() == {"created": 3}
    assert rig.groups() == {"devs": ["ada", "bob"]}
    _ada, _bob, post, patch = rig.writes()
    assert post[0:2] == ("POST", "/Groups")
    assert "members" not in post[2]
    ids = [rig.job.links[user.id].target_id for user in (ada, bob)]
    members = [{"$ref": None, "value": id} for id in ids]
    assert patch[2]["Operations"] == [{"op": "Add", "path": "members", "value": members}]


def test_groups_are_read_without_members(rig: Rig) -> None:
    rig.group("devs")
    rig.cycle()
    reads = rig.sandbox.journal.select(route="/Groups", method="GET")
    assert [entry.query["excludedAttributes"] for entry in reads] == ["members", "members"]


def test_members_leave_by_a_list_of_values(rig: Rig) -> None:
    ada, bob = rig.user("ada"), rig.user("bob")
    group = rig.group("devs", ada, bob)
    rig.cycle()
    rig.writes()
    group.members.remove(ada.id)
    assert rig.cycle() == {"updated": 1, "unchanged": 2}
    id_of_ada = rig.job.links[ada.id].target_id
    assert operations(rig) == [{"op": "Remove", "path": "members", "value": [{"$ref": None, "value": id_of_ada}]}]
    assert rig.groups() == {"devs": ["bob"]}


def test_many_members_go_in_several_requests(rig: Rig) -> None:
    rig.group("devs", *[rig.user(f"u{number}") for number in range(230)])
    rig.cycle()
    sizes = [len(operation["value"]) for operation in operations(rig)]
    assert sizes == [100, 100, 30]
    assert len(rig.groups()["devs"]) == 230


def test_a_restart_adds_members_again_that_were_lost(rig: Rig) -> None:
    ada = rig.user("ada")
    rig.group("devs", ada)
    rig.cycle()
    tenant = rig.sandbox.tenant
    tenant.leave(next(iter(tenant.groups.records.values())), next(iter(tenant.users.records.values())))
    assert rig.cycle() == {"unchanged": 2}
    rig.restart()
    rig.cycle()
    assert rig.groups() == {"devs": ["ada"]}


def test_members_who_are_not_provisioned_wait_until_they_are(rig: Rig) -> None:
    ada, bob = rig.user("ada"), rig.user("bob")
    bob.attributes["userPrincipalName"] = "bob@elsewhere.example"
    rig.group("devs", ada, bob)
    assert rig.cycle() == {"created": 2, "failed": 1}
    assert rig.groups() == {"devs": ["ada"]}
    bob.attributes["userPrincipalName"] = "bob@corp.example"
    assert rig.cycle() == {"created": 1, "updated": 1, "unchanged": 1}
    assert rig.groups() == {"devs": ["ada", "bob"]}


def test_who_is_deleted_softly_leaves_groups_too(rig: Rig) -> None:
    ada, bob = rig.user("ada"), rig.user("bob")
    rig.group("devs", ada, bob)
    rig.cycle()
    ada.soft_deleted = True
    assert rig.cycle() == {"disabled": 1, "updated": 1, "unchanged": 1}
    assert rig.groups() == {"devs": ["bob"]}


def test_a_group_is_renamed(rig: Rig) -> None:
    group = rig.group("devs")
    rig.cycle()
    group.attributes["displayName"] = "engineers"
    assert rig.cycle() == {"updated": 1}
    assert rig.groups() == {"engineers": []}


# Who is in scope


def test_assigned_means_directly_or_as_direct_member_of_an_assigned_group(rig: Rig) -> None:
    rig.user("direct")
    member, nested = rig.user("member", assigned=False), rig.user("nested", assigned=False)
    inner = rig.group("inner", nested, assigned=False)
    rig.group("outer", member, inner)
    rig.group("distribution", rig.user("mail", assigned=False), security=False)
    rig.user("stranger", assigned=False)
    rig.cycle()
    assert sorted(rig.people()) == ["direct", "member"]
    assert rig.groups() == {"outer": ["member"]}


def test_sync_all_takes_everybody(rig: Rig) -> None:
    rig.user("stranger", assigned=False)
    rig.group("unassigned", assigned=False)
    rig.application.secrets["SyncAll"] = "True"
    assert rig.cycle() == {"created": 2}


def test_from_everybody_to_those_who_are_assigned_takes_a_restart(rig: Rig) -> None:
    """Facts 3.7. The other way it takes none."""
    rig.user("stranger", assigned=False)
    assert rig.cycle() == {}
    rig.application.secrets["SyncAll"] = "true"
    assert rig.cycle() == {"created": 1}
    rig.application.secrets["SyncAll"] = "false"
    rig.engine.schema_changed(rig.application, rig.job)
    assert rig.cycle() == {"unchanged": 1}
    rig.engine.pause(rig.application, rig.job)
    rig.engine.start(rig.application, rig.job)
    assert rig.cycle() == {"unchanged": 1}
    rig.restart()
    assert rig.cycle() == {"disabled": 1}


def test_a_narrower_scope_while_a_cycle_runs_waits_for_a_restart_too(rig: Rig) -> None:
    rig.user("stranger", assigned=False)
    rig.application.secrets["SyncAll"] = "true"
    connect = rig.engine._connect

    def narrow(secrets: t.Any) -> t.Any:
        rig.application.secrets["SyncAll"] = "false"
        return connect(secrets)

    rig.engine._connect = narrow  # type: ignore[method-assign]
    assert rig.cycle() == {"created": 1}
    assert rig.cycle() == {"unchanged": 1}


@pytest.mark.parametrize("excluded", [True, False])
def test_default_access_is_excluded_by_a_switch(excluded: bool) -> None:
    with rigged(entra_default_access_excluded=excluded) as rig:
        ada, bob = rig.user("ada", assigned=False), rig.user("bob", assigned=False)
        rig.assign(ada, ZERO)
        rig.assign(bob, ZERO)
        rig.assign(bob)
        rig.cycle()
        assert sorted(rig.people()) == (["bob"] if excluded else ["ada", "bob"])
        skipped = [line["provisioningStatusInfo"]["errorInformation"]["errorCode"] for line in rig.logs(status="skipped")]
        assert skipped == (["NotEffectivelyEntitled"] if excluded else [])


def test_a_scoping_filter_decides_and_is_logged(rig: Rig) -> None:
    rig.user("ada", department="Sales")
    rig.user("bob", department="IT")
    rig.user("eve")
    rig.scope(("department", "EQUALS", "Sales"))
    assert rig.cycle() == {"created": 1, "skipped": 2}
    assert list(rig.people()) == ["ada"]
    details = rig.logs(status="skipped")[0]["provisioningSteps"][1]["details"]
    assert details["ScopeEvaluationResult"] == "{\"pilot.department EQUALS 'Sales'\":false}"
    assert details["IsInProvisioningScopeDisplayName"] == "False"


def test_who_stops_passing_the_filter_is_disabled(rig: Rig) -> None:
    user = rig.user("ada", department="Sales")
    rig.scope(("department", "EQUALS", "Sales"))
    rig.cycle()
    user.attributes["department"] = "IT"
    assert rig.cycle() == {"disabled": 1}
    assert rig.people()["ada"]["active"] is False


@pytest.mark.parametrize("which", ["inputFilterGroups", "categoryFilterGroups"])
def test_other_filters_only_stop_looking(rig: Rig, which: str) -> None:
    user = rig.user("ada", department="Sales")
    rig.user("bob", department="IT")
    rig.scope(("department", "EQUALS", "Sales"), which=which)
    assert rig.cycle() == {"created": 1}
    user.attributes["department"] = "IT"
    assert rig.cycle() == {}
    assert rig.people()["ada"]["active"] is True


# Leaving


@pytest.mark.parametrize("how", ["unassigned", "disabled", "soft-deleted"])
def test_who_leaves_is_disabled_by_one_replace_of_a_text(rig: Rig, how: str) -> None:
    user = rig.user("ada")
    rig.cycle()
    rig.writes()
    if how == "unassigned":
        rig.unassign(user)
    elif how == "disabled":
        user.account_enabled = False
    else:
        user.soft_deleted = True
    user.attributes["displayName"] = "Changed too"
    assert rig.cycle() == {"disabled": 1}
    assert operations(rig) == [{"op": "Replace", "path": "active", "value": "False"}]
    assert rig.people()["ada"]["active"] is False
    assert "disabled" not in rig.cycle()
    assert rig.writes() == []


def test_who_comes_back_is_enabled_again(rig: Rig) -> None:
    user = rig.user("ada")
    rig.cycle()
    user.account_enabled = False
    rig.cycle()
    user.account_enabled = True
    assert rig.cycle() == {"updated": 1}
    assert rig.people()["ada"]["active"] is True
    assert len(rig.people()) == 1
    user.account_enabled = False
    assert rig.cycle() == {"disabled": 1}
    assert rig.people()["ada"]["active"] is False


def test_filters_see_who_is_disabled(rig: Rig) -> None:
    user = rig.user("ada")
    rig.scope(("accountEnabled", "IS TRUE", None), ("IsSoftDeleted", "IS FALSE", None))
    assert rig.cycle() == {"created": 1}
    user.account_enabled = False
    assert rig.cycle() == {"disabled": 1}
    results = rig.logs()[-1]["provisioningSteps"][1]["details"]["ScopeEvaluationResult"]
    assert results == '{"pilot.accountEnabled IS TRUE":false,"pilot.IsSoftDeleted IS FALSE":false}'


def test_who_is_disabled_from_the_start_is_not_made(rig: Rig) -> None:
    rig.user("ada").account_enabled = False
    assert rig.cycle() == {"skipped": 1}
    assert rig.people() == {}


def test_who_is_gone_for_good_is_deleted(rig: Rig) -> None:
    user = rig.user("ada")
    rig.cycle()
    rig.unassign(user)
    del rig.directory.users[user.id]
    assert rig.cycle() == {"deleted": 1}
    assert rig.people() == {}
    assert rig.cycle() == {}


def test_who_was_unassigned_first_is_not_deleted_later(rig: Rig) -> None:
    ada, bob = rig.user("ada"), rig.user("bob")
    rig.cycle()
    rig.unassign(ada)
    bob.soft_deleted = True
    assert rig.cycle() == {"disabled": 2}
    rig.directory.users.clear()
    assert rig.cycle() == {"deleted": 1}
    assert list(rig.people()) == ["ada"]


def test_without_the_delete_action_nobody_is_deleted(rig: Rig) -> None:
    user = rig.user("ada")
    rig.cycle()
    rig.mapping()["flowTypes"] = "Add,Update"
    del rig.directory.users[user.id]
    assert rig.cycle() == {"skipped": 1}
    assert list(rig.people()) == ["ada"]


def test_a_group_that_leaves_is_deleted_for_groups_cannot_be_disabled(rig: Rig) -> None:
    group = rig.group("devs", rig.user("ada"))
    rig.cycle()
    rig.unassign(group)
    assert rig.cycle() == {"deleted": 1, "unchanged": 1}
    assert rig.groups() == {}


def test_without_a_mapping_from_is_soft_deleted_people_are_deleted(rig: Rig) -> None:
    user = rig.user("ada")
    rig.cycle()
    rig.mapping()["attributeMappings"].remove(rig.attribute("active"))
    rig.unassign(user)
    assert rig.cycle() == {"deleted": 1}


def test_skip_out_of_scope_deletions_keeps_who_left_the_scope_but_not_who_was_disabled(rig: Rig) -> None:
    ada, bob = rig.user("ada"), rig.user("bob")
    rig.cycle()
    rig.application.secrets["SkipOutOfScopeDeletions"] = "True"
    rig.unassign(ada)
    bob.account_enabled = False
    assert rig.cycle() == {"disabled": 1, "skipped": 1}
    assert rig.people()["ada"]["active"] is True


# Size and wire


@pytest.mark.slow
def test_two_thousand_people_in_one_cycle(rig: Rig) -> None:
    rig.group("all", *[rig.user(f"u{number}", assigned=False) for number in range(2000)])
    began = time.monotonic()
    assert rig.cycle() == {"created": 2001}
    assert rig.cycle() == {"unchanged": 2001}
    assert time.monotonic() - began < 60
    assert len(rig.groups()["all"]) == 2000


def test_tls_with_the_sandboxs_own_authority() -> None:
    with rigged(tls=True) as rig:
        rig.user("ada")
        assert rig.cycle() == {"created": 1}
        rig.engine._trust = str
        reason = rig.engine.validate(rig.application.secrets)
        assert "The certificate of the service is not trusted: the sandbox trusts its own authority only." in reason


def test_a_rate_limit_is_waited_for() -> None:
    with rigged(scim={"rate": 100.0, "rate_burst": 3.0}) as rig:
        rig.user("ada")
        rig.user("bob")
        assert rig.cycle() == {"created": 2}
        assert 429 in {entry.status for entry in rig.sandbox.journal}


def test_the_conforming_service_takes_it_too_with_the_flag() -> None:
    with rigged("conforming") as rig:
        rig.application.secrets["BaseAddress"] += "?aadOptscim062020"
        user = rig.user("ada", department="IT")
        group = rig.group("devs", user)
        assert rig.cycle() == {"created": 2}
        user.attributes.update(displayName="Ada King", department="R and D")
        assert rig.cycle() == {"updated": 1, "unchanged": 1}
        group.members.clear()
        user.account_enabled = False
        assert rig.cycle() == {"disabled": 1, "updated": 1}
        assert rig.people()["ada"]["active"] is False
        assert rig.groups() == {"devs": []}


def test_the_token_is_in_no_log_and_no_journal(rig: Rig) -> None:
    rig.user("ada")
    rig.cycle()
    rig.application.secrets["SecretToken"] = token = "not-a-real-token-0123"
    rig.engine.cycle(rig.application, rig.job)
    seen = repr(rig.directory.logs) + repr(rig.job) + repr([entry.as_json() for entry in rig.sandbox.journal])
    assert token not in seen
    assert rig.sandbox.token not in seen
