# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell around a run: what is refused, what is told, what is read, each seen from outside through result and journal."""

from __future__ import annotations

import signal
import typing as t
from pathlib import Path
from types import SimpleNamespace

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils import _converge, _module, _task
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying import line_report
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import NotRecorded, ServiceError
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Directory
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import Failure, Plan, Step
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.report import step_operation

from .conftest import Company

ESCAPE = "\x1b[31m"
HALF = "\ud800"
SCOPE = {"user_name_suffixes": ["@corp.example"]}


def people(*names: str, **values: t.Any) -> dict[str, list[dict[str, t.Any]]]:
    return {"users": [{"user_name": f"{name}@corp.example", **values} for name in names]}


def listing(answer: dict[str, t.Any]) -> list[str]:
    return [read for read in answer["reads"] if read not in ("GET /ServiceProviderConfig", "GET /Schemas")]


def told(answer: dict[str, t.Any]) -> list[str]:
    """The warnings as text, which ansible-core 2.19 wraps and older ones do not."""
    return [one if isinstance(one, str) else one["event"]["msg"] for one in answer.get("warnings", [])]


@pytest.fixture
def firm(company: Company, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(_converge, "LOOKS", (0.0, 0.1, 0.2))
    ada = {"userName": "ada@corp.example", "displayName": "Ada", "department": "Research", "groups": ["Ops"]}
    company.sandbox.seed(users=[ada, {"userName": "bob@corp.example", "displayName": "Bob", "department": "Sales"}])
    return company


def test_in_check_mode_the_transport_itself_refuses_a_write(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    real = _module.converge
    monkeypatch.setattr(_module, "converge", lambda order, service, **given: real(order, service, **{**given, "dry": False}))
    answer = firm.apply(people("new"), check=True)
    assert "was asked for in check mode" in answer["msg"]
    assert firm.sandbox.journal.writes == []


def test_warnings_of_the_pace_are_told(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    real = _module.connect_service

    def connect(task: _task.Task) -> t.Any:
        service = real(task)
        task.http.pace.warnings.append("the pace is not shared")
        return service

    monkeypatch.setattr(_module, "connect_service", connect)
    assert "the pace is not shared" in told(firm.apply(people("ada")))


def test_operations_and_failures_are_cut_to_the_limit(firm: Company) -> None:
    firm.sandbox.faults.add({"method": "POST", "contains": "bad"}, {"kind": "status", "status": 403, "body": {"detail": "no"}})
    answer = firm.apply(people("a", "bad1", "b", "bad2", "c", "bad3"), result_limit=2)
    assert [len(answer[name]) for name in ("operations", "failures")] == [2, 2]
    assert answer["operations_omitted"] == 1
    assert answer["summary"]["users"]["created"] == 3
    assert "3 of 6 changes failed, 3 are done." in answer["msg"]


def test_operations_omitted_is_never_negative(firm: Company) -> None:
    assert firm.apply(people("a"), result_limit=5)["operations_omitted"] == 0


@pytest.mark.parametrize("bad", [ESCAPE, HALF], ids=["escape", "half-character"])
def test_names_that_do_not_print_reach_neither_message_nor_warning(firm: Company, bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def converge(*_args: object, **_options: object) -> t.NoReturn:
        raise ServiceError(403, f"no {bad}one", "POST Users")

    real = _module.connect_service

    def connect(task: _task.Task) -> t.Any:
        service = real(task)
        task.http.pace.warnings.append(f"odd {bad}name")
        return service

    monkeypatch.setattr(_module, "connect_service", connect)
    monkeypatch.setattr(_module, "converge", converge)
    answer = firm.apply(people("ada"))
    assert bad not in answer["msg"]
    assert bad.encode("unicode_escape").decode() in answer["msg"]
    assert not [warning for warning in told(answer) if bad in warning]
    assert [warning for warning in told(answer) if bad.encode("unicode_escape").decode() in warning]


def test_half_characters_are_escaped_wherever_they_are() -> None:
    assert _task.encodable({f"a{HALF}": [f"b{HALF}", (f"é{HALF}", 1, None)]}) == {"a\\ud800": ["b\\ud800", ["é\\ud800", 1, None]]}


def test_lines_stay_lines_and_all_else_is_escaped() -> None:
    assert _task.printable(f"one\n{ESCAPE}two\r") == "one\n\\x1b[31mtwo\\r"


def test_check_mode_says_that_nothing_was_done_yet() -> None:
    failure = Failure("user", "create", "ada", "the name is taken")
    result = _converge.Result(Plan(), Directory(), operations=[step_operation(Step("user", "create", "bob"))], failures=[failure])
    foreseen = "1 of 2 changes cannot be planned; a real run would make the other 1 and then fail."
    assert _module.explain_failures(result, dry=True).startswith(foreseen)
    assert _module.explain_failures(result, dry=False).startswith("1 of 2 changes failed, 1 is done.")


@pytest.mark.parametrize(("status", "advice"), [(401, "check bearer_token"), (404, "Is base_url whole and exact")])
def test_f27_advice_for_what_has_one_usual_cause(firm: Company, status: int, advice: str) -> None:
    firm.sandbox.faults.add({"method": "GET", "route": "/Users"}, {"kind": "status", "status": status})
    assert advice in firm.apply(people("ada"))["msg"]


def test_no_advice_for_other_errors(firm: Company) -> None:
    firm.sandbox.faults.add({"method": "GET", "route": "/Users"}, {"kind": "status", "status": 403})
    message = firm.apply(people("ada"))["msg"]
    assert "bearer_token" not in message
    assert "base_url" not in message


def test_a_refusal_of_the_brake_shows_what_would_have_been_done(firm: Company) -> None:
    answer = firm.apply(people("ada"), prune_users="delete", removal_limit={"count": 0, "percent": 0, "floor": 0}, scope=SCOPE)
    assert answer["failed"]
    assert {operation["verb"] for operation in answer["operations"]} == {"delete"}
    assert "operations" not in answer["refused"]
    assert answer["writes"] == []


def test_f48_later_looks_wait_for_a_service_that_shows_the_old(firm: Company) -> None:
    firm.sandbox.switch(stale_reads=0.15)
    answer = firm.apply(people("ada", department="Sales"))
    assert "failed" not in answer, answer.get("msg")
    assert listing(answer).count("GET /Users") > 2


def test_f41_a_doubtful_listing_has_each_create_looked_up_first(firm: Company) -> None:
    firm.sandbox.faults.add({"method": "GET", "route": "/Users", "filtered": False}, {"kind": "wrong_total", "delta": 1})
    answer = firm.apply(people("new"))
    assert any("doubtful" in warning for warning in told(answer)), told(answer)
    asked = [entry for entry in firm.sandbox.journal if entry.writes or "filter" in entry.query]
    before = asked[: next(number for number, entry in enumerate(asked) if entry.writes)]
    assert any("new@corp.example" in entry.query.get("filter", "") for entry in before)


def test_f26_member_changes_alone_need_patch_too(firm: Company) -> None:
    firm.sandbox.switch(patch_supported=False)
    answer = firm.apply({"groups": [{"display_name": "Ops", "membership": "append", "members": ["bob@corp.example"]}]})
    assert "update_method: put" in answer["msg"]
    assert answer["writes"] == []


@pytest.mark.parametrize("check", [False, True])
def test_f52_whoever_is_asked_to_end_while_planning_has_written_nothing(
    firm: Company, monkeypatch: pytest.MonkeyPatch, check: bool
) -> None:
    real = _converge.plan_directory

    def plan(*given: t.Any) -> Plan:
        signal.raise_signal(signal.SIGTERM)
        return real(*given)

    monkeypatch.setattr(_converge, "plan_directory", plan)
    answer = firm.apply(people("new"), check=check)
    assert answer["failed"]
    assert "the run was asked to end (SIGTERM)" in answer["msg"]
    assert answer["msg"].endswith("Nothing was written")
    assert firm.sandbox.journal.writes == []


def test_f62_a_report_that_cannot_be_ended_fails_a_run_that_tells_what_it_did(
    firm: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: t.Any) -> None:
        raise NotRecorded("report_path: no more space")

    monkeypatch.setattr(line_report.LineReport, "close", full)
    answer = firm.apply(people("new"), report_path=str(tmp_path / "run.jsonl"))
    assert answer["failed"]
    assert "Stopped early: report_path: no more space" in answer["msg"]
    assert [one["name"] for one in answer["operations"]] == ["new@corp.example"]
    assert answer["changed"]
    assert (answer["stopped"], answer["left"]) == ("report_path: no more space", 0)


@pytest.mark.parametrize(("concurrency", "rate", "hands"), [(0, 50.0, 7), (0, 20.0, 3), (0, 0.0, 32), (3, 50.0, 3), (1, 0.0, 1)])
def test_p3_as_many_writes_at_a_time_as_asked_for_or_as_the_pace_has_work_for(concurrency: int, rate: float, hands: int) -> None:
    http = SimpleNamespace(pace=SimpleNamespace(rate=rate), latency=0.1)
    assert _module.hands(t.cast("t.Any", SimpleNamespace(concurrency=concurrency)), t.cast("t.Any", SimpleNamespace(http=http))) == hands


def test_b56_a_scope_that_tries_too_many_ways_ends(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_converge, "PLANNING", 1.0)
    firm.sandbox.switch(domains="*")
    firm.sandbox.seed(users=[{"userName": "a" * 28 + "!", "displayName": "A", "department": "X"}])
    answer = firm.apply(people("a"), prune_users="disable", scope={"user_name_regex": "^(a+)+@corp"})
    assert "Planning took more than 1 seconds" in answer["msg"]
    assert answer["writes"] == []


@pytest.mark.parametrize(("count", "state", "looked_up"), [(10, "present", 10), (11, "present", 0), (1, "exact", 0)])
def test_few_members_are_looked_up_and_many_are_listed(company: Company, count: int, state: str, looked_up: int) -> None:
    names = [f"user{number}@corp.example" for number in range(11)]
    company.sandbox.seed(users=[{"userName": name} for name in names], groups=[{"displayName": "Team", "members": []}])
    assert company.run("scim_membership", group="Team", members=names[:count], state=state)["membership"]["added"] == sorted(names[:count])
    asked = [entry.query for entry in company.sandbox.journal if (entry.method, entry.route) == ("GET", "/Users")]
    assert len([query for query in asked if "filter" in query and "userName" in query["filter"]]) == looked_up
    assert any("filter" not in query for query in asked) is (looked_up == 0)


def test_in_check_mode_a_group_that_is_missing_is_told_and_not_created(firm: Company) -> None:
    answer = firm.run("scim_membership", check=True, group="Later", members=["bob@corp.example"])
    assert [(one["kind"], one["verb"]) for one in answer["operations"]] == [("membership", "add")]
    assert any("group Later does not exist yet" in warning for warning in told(answer))


@pytest.mark.parametrize("check", [True, False])
def test_absent_from_a_group_that_is_missing_fails(firm: Company, check: bool) -> None:
    answer = firm.run("scim_membership", check=check, group="Later", members=["bob@corp.example"], state="absent")
    assert "the service has no group of this name" in answer["msg"]


def test_groups_alone_read_the_users_whom_they_name(firm: Company) -> None:
    answer = firm.apply({"groups": [{"display_name": "Ops", "membership": "append", "members": ["bob@corp.example"]}]})
    assert "failed" not in answer, answer.get("msg")
    assert "GET /Users" in answer["reads"]


def test_pruning_groups_alone_reads_the_groups(firm: Company) -> None:
    answer = firm.apply(people("ada"), prune_groups="delete", check=True)
    assert "GET /Groups" in answer["reads"]


def test_b58_disabling_who_is_not_declared_compares_active(firm: Company) -> None:
    answer = firm.apply(people("ada"), prune_users="disable", scope=SCOPE)
    assert [(one["verb"], one["name"]) for one in answer["operations"]] == [("disable", "bob@corp.example")]
    assert firm.apply(people("ada"), prune_users="disable", scope=SCOPE)["changed"] is False


def test_b58_nobody_is_disabled_where_the_service_never_shows_who_is_active(firm: Company) -> None:
    """It could not be told from one who is disabled already: that would be a change in every run."""
    firm.sandbox.switch(hidden_attributes=["active"])
    answer = firm.apply(people("ada"), prune_users="disable", scope=SCOPE)
    assert (answer["changed"], answer["writes"]) == (False, [])


def test_b59_domains_of_nobody_are_one_warning_in_check_mode_and_in_the_run(firm: Company) -> None:
    firm.sandbox.switch(domains="*")
    state = {"users": [{"user_name": f"{name}@corp.exmaple"} for name in ("x", "y")]}
    for check in (True, False):
        assert len([one for one in told(firm.apply(state, check=check)) if "corp.exmaple (2)" in one]) == 1
    assert [one for one in told(firm.apply(state)) if "corp.exmaple" in one] == []


def test_only_declared_groups_are_read_one_by_one(company: Company) -> None:
    company.sandbox.switch(groups_carry_members="get", users_carry_groups=False)
    users = [{"userName": f"user{number}@corp.example"} for number in range(3)]
    groups = [{"displayName": name, "members": ["user0@corp.example"]} for name in ("Old", "Kept", "Other", "Else")]
    company.sandbox.seed(users=users, groups=groups)
    members = ["user0@corp.example", "user1@corp.example"]
    declared = [{"display_name": "New", "previous_names": ["Old"], "members": members}, {"display_name": "Kept", "members": members}]
    answer = company.apply({"groups": declared}, check=True)
    assert "failed" not in answer, answer.get("msg")
    assert answer["reads"].count("GET /Groups/{id}") == 2
    assert answer["summary"]["memberships"]["added"] == 2


def test_the_brake_counts_the_members_of_a_group_that_goes(company: Company) -> None:
    names = [f"user{number}@corp.example" for number in range(30)]
    company.sandbox.seed(users=[{"userName": name} for name in names], groups=[{"displayName": "Big", "members": names}])
    answer = company.apply({"groups": [{"display_name": "Big", "state": "absent"}]})
    assert answer["failed"], answer
    assert answer["writes"] == []
    assert [(one["what"], one["removals"]) for one in answer["refused"]["brake"]] == [("members of all groups", 30)]


@pytest.mark.parametrize("field", ["id", "external_id"])
def test_the_members_of_a_group_known_by_its_id_are_read(company: Company, field: str) -> None:
    """Its name at the service may be another, so no group may be left out by name."""
    company.sandbox.switch(groups_carry_members="get", users_carry_groups=False)
    company.sandbox.seed(
        users=[{"userName": "a@corp.example"}], groups=[{"displayName": "Old", "externalId": "x1", "members": ["a@corp.example"]}]
    )
    known = {"id": company.sandbox.tenant.groups.find("displayName", "Old")[0].id, "external_id": "x1"}[field]
    answer = company.apply({"groups": [{"display_name": "New", field: known, "members": []}]}, check=True)
    assert [one["verb"] for one in answer["operations"]] == ["rename", "remove"]


def test_declared_groups_are_read_even_where_nobody_names_members(firm: Company) -> None:
    answer = firm.apply({"groups": [{"display_name": "Ops"}]})
    assert (answer["changed"], answer["reads"], answer["writes"]) == (False, ["GET /Groups"], [])


def test_users_who_name_groups_need_the_groups(firm: Company) -> None:
    answer = firm.apply(people("bob", groups=["Ops"]))
    assert [(one["verb"], one["group"]) for one in answer["operations"]] == [("add", "Ops")]
