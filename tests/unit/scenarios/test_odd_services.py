# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole runs against services that lack, delay, ignore, rewrite or hide things (F26 to F60)."""

from __future__ import annotations

import time
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils import _converge
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.scim import ScimService
from ansible_collections.scimops.zscaler_one.tests.sandbox import intake

from .conftest import Company

ADA = {"userName": "ada@corp.example", "displayName": "Ada", "department": "Research", "groups": ["Ops"]}
BOB = {"userName": "bob@corp.example", "displayName": "Bob", "department": "Sales"}
CHANGE: dict[str, t.Any] = {
    "users": [{"user_name": "ada@corp.example", "department": "Sales"}, {"user_name": "bob@corp.example", "groups": ["Ops"]}],
    "groups": [{"display_name": "Ops"}],
}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_converge, "LOOKS", (0.0, 0.2, 0.4))


@pytest.fixture
def firm(company: Company) -> Company:
    company.sandbox.seed(users=[ADA, BOB])
    return company


def test_f26_a_service_that_says_it_has_no_patch_is_refused_before_the_first_write(firm: Company) -> None:
    firm.sandbox.switch(patch_supported=False)
    answer = firm.apply(CHANGE)
    assert answer["failed"]
    assert answer["writes"] == []
    assert "update_method: put" in answer["msg"]


@pytest.mark.parametrize("error", [AttributeError("a part of the answer"), MemoryError()], ids=repr)
def test_f49_what_breaks_while_verifying_is_a_warning_and_the_result_has_what_was_done(
    firm: Company, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_given: t.Any) -> t.NoReturn:
        raise error

    monkeypatch.setattr(_converge, "find_ignored", broken)
    answer = firm.apply(CHANGE)
    assert not answer.get("failed"), answer["msg"]
    assert {"ada@corp.example", "bob@corp.example"} <= {one["name"] for one in answer["operations"]}
    assert "What was written could not be verified" in str(answer["warnings"])
    assert "a part of the answer" not in str(answer)


def test_f26_with_put_it_works_and_keeps_what_is_not_declared(firm: Company) -> None:
    firm.sandbox.switch(patch_supported=False)
    before = firm.user("ada@corp.example")
    answer = firm.apply(CHANGE, update_method="put")
    assert "failed" not in answer, answer.get("msg")
    assert {request for request, _body in answer["writes"]} == {"PUT /Users/{id}", "PUT /Groups/{id}"}
    assert firm.user("ada@corp.example") == {**before, "department": "Sales"}
    assert sorted(firm.members("Ops")) == ["ada@corp.example", "bob@corp.example"]
    assert firm.apply(CHANGE, update_method="put")["changed"] is False


@pytest.mark.parametrize(("ignored", "failed"), [("members", {"bob@corp.example"}), ("all", {"ada@corp.example", "bob@corp.example"})])
def test_f49_writes_that_are_acknowledged_and_not_done_fail_by_name(firm: Company, ignored: str, failed: set[str]) -> None:
    firm.sandbox.switch(ignored_writes=ignored)
    answer = firm.apply(CHANGE)
    assert answer["failed"]
    assert {failure["name"] for failure in answer["failures"]} == failed
    assert all("ignored by the service" in failure["detail"] for failure in answer["failures"])
    assert answer["changed"] is (ignored == "members")
    assert not {operation["name"] for operation in answer["operations"]} & failed


def test_f49_a_disabling_that_is_ignored_is_found(firm: Company) -> None:
    firm.sandbox.switch(ignored_writes="active")
    answer = firm.apply({"users": [{"user_name": "bob@corp.example", "active": False}]})
    assert answer["failed"]
    assert [(failure["verb"], failure["name"]) for failure in answer["failures"]] == [("disable", "bob@corp.example")]


def test_f48_a_read_that_still_shows_the_old_is_not_written_twice(firm: Company) -> None:
    firm.sandbox.switch(stale_reads=0.08)
    answer = firm.apply({"users": [{"user_name": "ada@corp.example", "department": "Sales"}]})
    assert "failed" not in answer
    assert len(answer["writes"]) == 1


def test_f60_a_service_that_lowers_names_and_addresses_is_no_change_in_every_run(firm: Company) -> None:
    firm.sandbox.switch(normalise="lower")
    state = {"users": [{"user_name": "Eve@corp.example", "display_name": "EVE", "email": "Eve@Mail.example"}]}
    assert "failed" not in firm.apply(state)
    assert firm.user("eve@corp.example")["email"] == "eve@mail.example"
    again = firm.apply(state)
    assert (again["changed"], again["writes"]) == (False, [])


def test_f60_a_value_that_the_service_rewrites_is_told_by_name_and_is_no_failure(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """No run can end that (R8: no write, or a named warning): the declared value is not what the service keeps."""
    real = intake.Intake._text
    monkeypatch.setattr(intake.Intake, "_text", lambda self, attribute, value: real(self, attribute, " ".join(value.split()).title()))
    state = {"users": [{"user_name": "ada@corp.example", "department": "R and  D", "display_name": "Ada L"}]}
    for _run in range(2):
        answer = firm.apply(state)
        assert "failed" not in answer, answer.get("msg")
        assert (answer["changed"], len(answer["writes"])) == (True, 1)
        rewritten = [str(warning) for warning in answer["warnings"] if "rewrites" in str(warning)]
        assert len(rewritten) == 1
        assert "The service rewrites department of user ada@corp.example: declared 'R and  D', shown 'R And D'" in rewritten[0]
    state["users"][0]["department"] = "R And D"
    again = firm.apply(state)
    assert (again["changed"], again["writes"], "rewrites" in str(again.get("warnings"))) == (False, [], False)


def test_f31_a_name_that_is_taken_by_somebody_who_is_not_shown(firm: Company) -> None:
    firm.sandbox.switch(deleted_users="hidden")
    firm.run("scim_user", user_name="bob@corp.example", state="absent")
    answer = firm.run("scim_user", user_name="bob@corp.example")
    assert answer["failed"]
    assert "not visible" in answer["msg"]
    assert len([request for request, _body in answer["writes"]]) == 1


def test_f47_a_new_user_who_is_not_visible_at_once_becomes_a_member(firm: Company) -> None:
    time.sleep(0.35)  # those who were there before are visible
    firm.sandbox.switch(visibility_lag=0.3)
    state = {"users": [{"user_name": "new@corp.example", "groups": ["Ops"]}], "groups": [{"display_name": "Ops"}]}
    answer = firm.apply(state)
    assert "failed" not in answer, answer.get("msg")
    assert "new@corp.example" in firm.members("Ops")


def test_f28_and_f54_one_refused_object_of_many(firm: Company) -> None:
    firm.sandbox.faults.add({"method": "POST", "contains": "poison"}, {"kind": "status", "status": 403, "body": {"detail": "not this one"}})
    users = [{"user_name": f"{name}@corp.example"} for name in ("a", "poison", "b", "c")]
    answer = firm.apply({"users": users})
    assert answer["summary"]["users"]["created"] == 3
    assert [(one["name"], one["status"], one["detail"]) for one in answer["failures"]] == [("poison@corp.example", 403, "not this one")]
    again = firm.apply({"users": users})
    assert [request for request, _body in again["writes"]] == ["POST /Users"]


def test_f27_a_token_that_dies_in_the_middle_stops_the_run(firm: Company) -> None:
    firm.sandbox.faults.add({"method": "POST", "nth": [4, 5, 6, 7, 8, 9]}, {"kind": "status", "status": 401})
    answer = firm.apply({"users": [{"user_name": f"n{number}@corp.example"} for number in range(9)]})
    assert answer["failed"]
    assert len(answer["writes"]) == 4
    assert answer["summary"]["users"]["created"] == 3
    assert "401" in answer["msg"]
    assert "5 steps were not tried" in answer["msg"]


def test_f34_a_service_that_takes_few_members_at_a_time(company: Company) -> None:
    company.fill(60, 0)
    company.sandbox.switch(members_per_request=7)
    names = [user["user_name"] for user in company.state["users"]]
    answer = company.apply({"groups": [{"display_name": "All", "members": names}]})
    assert "failed" not in answer, answer.get("msg")
    assert len(company.members("All")) == 60
    assert company.apply({"groups": [{"display_name": "All", "members": names}]})["changed"] is False


def test_f35_a_service_without_value_filters_is_never_sent_a_remove_of_all(firm: Company) -> None:
    firm.sandbox.switch(value_path=False)
    answer = firm.apply({"groups": [{"display_name": "Ops", "members": []}]})
    assert answer["failed"]
    assert "update_method: put" in answer["msg"]
    for _request, body in answer["writes"]:
        assert all(operation.get("path") != "members" for operation in body["Operations"])
    assert firm.members("Ops") == ["ada@corp.example"]


def arrive_after_listing(firm: Company, monkeypatch: pytest.MonkeyPatch, user: dict[str, t.Any]) -> None:
    """The first listing is complete in itself and lacks this user, whom somebody makes right after it was taken."""
    real = ScimService.read

    def read(service: ScimService, **options: t.Any) -> t.Any:
        directory = real(service, **options)
        if not firm.sandbox.tenant.users.find("userName", user["userName"]):
            firm.sandbox.seed(users=[user])
        return directory

    monkeypatch.setattr(ScimService, "read", read)


@pytest.mark.parametrize("status", [409, 400, 500])
@pytest.mark.parametrize(("department", "sent"), [("Support", ["POST /Users"]), ("Sales", ["POST /Users", "PATCH /Users/{id}"])])
def test_f30_f32_somebody_made_the_same_user_meanwhile(
    firm: Company, status: int, department: str, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The create meets the user, whatever the service calls that; the user is brought to the declared values and is there once."""
    firm.sandbox.switch(conflict_status=status)
    arrive_after_listing(firm, monkeypatch, {"userName": "eve@corp.example", "externalId": "hr-9", "department": department})
    answer = firm.apply({"users": [{"user_name": "Eve@corp.example", "department": "Support"}]})
    assert "failed" not in answer, answer.get("msg")
    assert [request for request, _body in answer["writes"]] == sent
    assert len(firm.sandbox.tenant.users.find("userName", "eve@corp.example")) == 1
    assert firm.user("eve@corp.example")["department"] == "Support"
    assert firm.user("eve@corp.example")["external_id"] == "hr-9"


def test_law_03_who_was_made_meanwhile_outside_of_scope_is_left_alone(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    arrive_after_listing(firm, monkeypatch, {"userName": "eve@corp.example", "department": "Sales"})
    state = {"users": [{"user_name": "eve@corp.example", "external_id": "hr-9", "department": "Support", "groups": ["Ops"]}]}
    answer = firm.apply({**state, "groups": [{"display_name": "Ops"}]}, scope={"external_id_regex": "^hr-"})
    assert answer["failed"]
    assert [request for request, _body in answer["writes"]] == ["POST /Users"]
    assert "lies outside of scope" in answer["msg"]
    assert firm.user("eve@corp.example")["department"] == "Sales"


@pytest.mark.parametrize(
    "fault",
    [{"kind": "status", "status": 403}, {"kind": "status", "status": 401}, {"kind": "html"}, {"kind": "empty_page"}],
    ids=["403", "401", "html", "empty"],
)
def test_a_second_look_that_fails_does_not_hide_what_was_written(firm: Company, fault: dict[str, t.Any]) -> None:
    firm.sandbox.faults.add({"method": "GET", "route": "/Users", "filtered": False, "nth": list(range(2, 20))}, fault)
    answer = firm.apply({"users": [{"user_name": "ada@corp.example", "department": "Sales"}]})
    assert answer["changed"] is True
    assert "could not be verified" in str(answer["warnings"])
    assert [operation["name"] for operation in answer["operations"]] == ["ada@corp.example"]


def test_members_in_batches_that_were_written_before_the_token_died_are_told_as_done(company: Company) -> None:
    company.fill(30, 0)
    company.sandbox.faults.add({"method": "PATCH", "nth": [3, 4, 5]}, {"kind": "status", "status": 401})
    names = [user["user_name"] for user in company.state["users"]]
    answer = company.apply({"groups": [{"display_name": "All", "members": names}]}, members_per_request=10)
    assert answer["failed"]
    assert answer["changed"] is True
    assert (answer["summary"]["memberships"]["added"], answer["summary"]["memberships"]["failed"]) == (20, 10)
    assert len(company.members("All")) == 20


def test_an_administrator_who_is_in_no_file_is_named_before_he_is_pruned(firm: Company) -> None:
    state = {"users": [{"user_name": "ada@corp.example"}, {"user_name": "bob@corp.example"}], "groups": [{"display_name": "Ops"}]}
    answer = firm.apply(state, check=True, prune_users="disable", protected_users=[], prune_groups="delete")
    assert "user admin@corp.example is in no file, and a member of Service Admin" in str(answer["warnings"])


def test_f44_a_service_that_lists_nobody_yet_knows_them_gets_no_write(firm: Company) -> None:
    firm.sandbox.faults.add({"method": "GET", "route": "/Users", "filtered": False}, {"kind": "empty_listing"})
    answer = firm.apply({"users": [{"user_name": "ada@corp.example"}, {"user_name": "bob@corp.example"}]})
    assert answer["failed"]
    assert answer["writes"] == []
    assert "lists no users at all, yet it knows ada@corp.example" in answer["msg"]
    assert "2 users would have been created a second time" in answer["msg"]
