# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Provision on demand: one person, one group with members, and what the service says it did."""

from __future__ import annotations

import pytest

from .provisioning import NAME, Provisioning

ASK = "POST /servicePrincipals/{id}/synchronization/jobs/{id}/provisionOnDemand"
PEOPLE = ("ada", "bob", "eve", "joe", "kim", "lea", "max")


@pytest.fixture
def zscaler(entra):
    found = Provisioning(entra)
    entra.seed(*PEOPLE, groups=["Engineering"])
    found.directory = entra.sandbox.entra.directory
    found.group = next(iter(found.directory.groups.values()))
    found.group.members = list(found.directory.users)
    found.run("job", state="present")
    return found


def provision(zscaler, **options):
    return zscaler.entra.run("entra_provision_on_demand", display_name=NAME, **options)


def test_a_person_is_provisioned_once(zscaler):
    done = provision(zscaler, user="ada@corp.example")
    ((request, body),) = done["writes"]
    assert request == ASK
    assert body["parameters"][0]["subjects"] == [{"objectId": next(iter(zscaler.directory.users)), "objectTypeName": "User"}]
    (entry,) = done["results"]
    assert (entry["subject"], entry["type"], entry["status"], entry["wrote"]) == ("ada@corp.example", "User", "success", True)
    assert done["operations"] == [
        {"kind": "provisioning", "verb": "provision", "name": "ada@corp.example", "details": {"type": "User", "action": "create"}}
    ]
    assert {step["type"] for step in entry["steps"]} >= {"import", "export"}
    assert entry["modified"]
    assert zscaler.active("ada") == [True]
    again = provision(zscaler, user="ada@corp.example")
    assert not again["changed"]
    assert again["results"][0]["status"] == "unchanged"
    assert again["results"][0]["error_code"] == "RedundantExport"
    assert again["results"][0]["reason"]
    assert not provision(zscaler, user="ada@corp.example", fail_on_skip=True).get("failed")


def test_by_id(zscaler):
    id = next(iter(zscaler.directory.users))
    assert provision(zscaler, user=id)["results"][0]["subject"] == "Ada"
    done = provision(zscaler, group=zscaler.group.id, members=[id])
    assert [entry["subject"] for entry in done["results"]] == ["Engineering", "Ada"]


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_whoever_is_found_by_mail_is_warned_of_and_no_guest_is(zscaler, check):
    mail = "boss@corp.example"
    guest = {"userPrincipalName": "x#EXT#@corp.example", "displayName": "X", "mail": mail, "userType": "Guest"}
    zscaler.sandbox.entra.seed(users=[guest])
    answer = provision(zscaler, user=mail, check=check)
    assert "a guest is not found by mail" in answer["msg"]
    zscaler.sandbox.entra.seed(users=[{"userPrincipalName": "mia@corp.example", "displayName": "Mia", "mail": mail}])
    done = provision(zscaler, user=mail, check=check)
    assert "mia@corp.example" in str(done["warnings"])
    assert [entry["subject"] for entry in done["results"]] == [mail]


def test_a_group_takes_its_members_five_at_a_time(zscaler):
    done = provision(zscaler, group="Engineering", members=[f"{name}@corp.example" for name in PEOPLE])
    assert [request for request, _body in done["writes"]] == [ASK, ASK]
    sizes = [len(body["parameters"][0]["subjects"][0]["links"]["members"]) for _request, body in done["writes"]]
    assert sizes == [5, 2]
    assert [entry["subject"] for entry in done["results"]].count("Engineering") == 2
    assert {entry["status"] for entry in done["results"]} == {"success"}
    assert zscaler.active(*PEOPLE) == [True] * 7
    assert zscaler.sandbox.tenant.members("Engineering") == {f"{name}@corp.example" for name in PEOPLE}


def test_what_was_done_before_a_failure_is_told(zscaler):
    zscaler.sandbox.faults.add({"route": ASK.partition(" ")[2], "nth": 2}, {"kind": "status", "status": 400}, 0)
    done = provision(zscaler, group="Engineering", members=[f"{name}@corp.example" for name in PEOPLE])
    assert done["failed"]
    assert done["changed"]
    assert len(done["results"]) == 6
    assert "asked no more" in done["msg"]


def test_five_requests_in_ten_seconds_are_waited_for(zscaler):
    zscaler.sandbox.faults.add({"route": ASK.partition(" ")[2]}, {"kind": "status", "status": 429, "retry_after": "0"}, 1)
    done = provision(zscaler, user="ada@corp.example")
    assert done["results"][0]["status"] == "success"
    assert done["requests"]["throttled"] == 1


def test_a_person_who_is_not_assigned_is_skipped_with_the_reason(zscaler):
    zscaler.app.secrets["SyncAll"] = "false"
    done = provision(zscaler, user="ada@corp.example")
    assert not done["changed"]
    assert not done.get("failed")
    (entry,) = done["results"]
    assert (entry["status"], entry["wrote"]) == ("skipped", False)
    assert entry["reason"]
    strict = provision(zscaler, user="ada@corp.example", fail_on_skip=True)
    assert strict["failed"]
    assert entry["reason"] in strict["msg"]


def test_what_fails_fails_the_task_in_the_words_of_the_service(zscaler):
    zscaler.app.secrets["SecretToken"] = "x" * 20
    done = provision(zscaler, user="ada@corp.example")
    assert done["failed"]
    assert not done["changed"]
    assert done["results"][0]["status"] == "failure"
    assert "ada@corp.example: failure" in done["msg"]
    assert "invalid credentials" in done["msg"]


def test_check_mode_asks_nobody_and_says_so(zscaler):
    for options, names in (
        ({"user": "ada@corp.example"}, ["ada@corp.example"]),
        ({"group": "Engineering", "members": ["bob@corp.example"]}, ["Engineering", "bob@corp.example"]),
    ):
        done = provision(zscaler, check=True, **options)
        assert done["writes"] == []
        assert done["changed"]
        assert [(entry["subject"], entry["status"]) for entry in done["results"]] == [(name, "not_asked") for name in names]


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_every_name_that_nobody_has_is_told_at_once(zscaler, check):
    done = provision(zscaler, group="Sales", members=["ada@corp.example", "nobody@corp.example", "noone@corp.example"], check=check)
    assert done["failed"]
    for name in ("Sales", "nobody@corp.example", "noone@corp.example"):
        assert name in done["msg"]
    assert done["writes"] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "one of the following is required"),
        ({"user": "ada@corp.example", "group": "Engineering"}, "mutually exclusive"),
        ({"group": "Engineering"}, "option members"),
        ({"user": "ada@corp.example", "members": ["bob@corp.example"]}, "is for a group"),
    ],
)
def test_what_cannot_be_asked(zscaler, options, words):
    done = provision(zscaler, **options)
    assert done["failed"]
    assert words in done["msg"]
    assert done["writes"] == []


def test_without_a_job_nobody_can_be_provisioned(zscaler):
    zscaler.run("job", state="absent")
    assert "entra_provisioning_job makes it" in provision(zscaler, user="ada@corp.example")["msg"]
    assert provision(zscaler, user="ada@corp.example", check=True)["changed"]
