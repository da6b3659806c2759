# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of scim_directory: a plan that is reviewed and applied later, the report, the progress."""

from __future__ import annotations

import errno
import json
import os
import tempfile

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils import _converge
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying import output

USERS = [
    {"user_name": "ada@corp.example", "external_id": "hr-17", "display_name": "Ada", "department": "Research", "groups": ["Engineering"]},
    {"user_name": "bob@corp.example", "display_name": "Bøb"},
]
GROUPS = [{"display_name": "Engineering"}, {"display_name": "Sales", "members": ["bob@corp.example", "eve@corp.example"]}]
STATE = {"users": USERS, "groups": GROUPS}


@pytest.fixture
def firm(tenant):
    people = [{"userName": "eve@corp.example", "displayName": "Eve"}, {"userName": "ada@corp.example", "department": "Sales"}]
    tenant.sandbox.seed(users=people, groups=[{"displayName": "Sales", "members": ["ada@corp.example"]}])
    return tenant


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_a_plan_is_written_before_anything_else_and_twice_the_same(firm, tmp_path, check):
    plans = [tmp_path / "one.json", tmp_path / "two.json"]
    for plan in plans[: 1 if not check else 2]:
        answer = firm.run("scim_directory", **STATE, plan_path=str(plan), check=check)
    document = json.loads(plans[0].read_text())
    assert document["digest"] == answer["plan_digest"]
    assert document["summary"] == answer["summary"]
    named = [{name: one[name] for name in ("kind", "verb", "name", "group") if name in one} for one in document["operations"]]
    assert named == [{name: one[name] for name in ("kind", "verb", "name", "group") if name in one} for one in answer["operations"]]
    ada = next(one for one in document["operations"] if one["kind"] == "user" and one["name"] == "ada@corp.example")
    assert ada["before"]["department"] == "Sales"
    assert "Bøb" in plans[0].read_text()
    assert firm.sandbox.token not in plans[0].read_text()
    assert plans[0].stat().st_mode & 0o777 == 0o600
    if check:
        assert answer["writes"] == []
        assert plans[0].read_bytes() == plans[1].read_bytes()


def test_what_was_planned_is_applied_and_then_no_more(firm, tmp_path):
    plan = str(tmp_path / "plan.json")
    foreseen = firm.run("scim_directory", **STATE, plan_path=plan, check=True)
    asked = firm.run("scim_directory", **STATE, apply_plan=plan, check=True)
    assert "failed" not in asked
    done = firm.run("scim_directory", **STATE, apply_plan=plan)
    assert done["operations"] == foreseen["operations"]
    assert done["plan_digest"] == foreseen["plan_digest"]
    again = firm.run("scim_directory", **STATE, apply_plan=plan)
    assert again["failed"]
    assert again["writes"] == []
    count = len(foreseen["operations"])
    assert f"Saved operations: {count}; not needed any more: {count}, different: 0. New: 0." in again["msg"]
    assert again["msg"].endswith("There is nothing left to do: was this plan applied before?")


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_a_plan_is_refused_with_0_writes_when_the_tenant_or_the_files_have_moved(firm, tmp_path, check):
    plan = str(tmp_path / "plan.json")
    firm.run("scim_directory", **STATE, plan_path=plan, check=True)
    firm.run("scim_membership", group="Sales", members=["eve@corp.example"])
    firm.run("scim_user", user_name="ada@corp.example", department="Legal")
    later = {**STATE, "users": [*USERS, {"user_name": "late@corp.example"}]}
    today = tmp_path / "today.json"
    answer = firm.run("scim_directory", **later, apply_plan=plan, plan_path=str(today), check=check)
    assert answer["failed"]
    assert answer["writes"] == []
    assert answer["changed"] is False
    moved = answer["refused"]["stale_plan"]
    assert (moved["not_needed"], moved["new"], moved["different"]) == (1, 1, 1)
    assert "not needed any more: add eve@corp.example to group Sales" in answer["msg"]
    assert "new: create user late@corp.example" in answer["msg"]
    assert "differs: update user ada@corp.example: another department stands there now" in answer["msg"]
    assert any(one["name"] == "late@corp.example" for one in answer["operations"])
    assert not today.exists()


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (None, "cannot be read"),
        ("", "is no JSON"),
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("{}", "is no saved plan"),
        ('{"format": "scimops.zscaler_one plan", "version": 1, "digest": "x", "operations": []}', "is no SHA-256"),
        ("edited", "it was edited"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_before_any_request(firm, tmp_path, write, words):
    plan = tmp_path / "plan.json"
    if write == "edited":
        firm.run("scim_directory", **STATE, plan_path=str(plan), check=True)
        write = plan.read_text().replace('"Research"', '"Board"')
    if write is not None:
        plan.write_text(write)
    answer = firm.run("scim_directory", **STATE, apply_plan=str(plan))
    assert words in answer["msg"]
    assert answer["reads"] == answer["writes"] == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"operations": [', '"operations": [], "operations": [', "has operations twice"),
        ('"verb": "create"', '"verb": "disable", "verb": "create"', "has verb twice"),
        ('"created": 1', '"created": 0', "summary: does not belong to the operations"),
    ],
)
def test_a_plan_that_shows_something_else_than_it_does_is_refused(firm, tmp_path, old, new, words):
    plan = tmp_path / "plan.json"
    firm.run("scim_directory", **STATE, plan_path=str(plan), check=True)
    text = plan.read_text()
    assert old in text
    plan.write_text(text.replace(old, new, 1))
    answer = firm.run("scim_directory", **STATE, apply_plan=str(plan))
    assert words in answer["msg"]
    assert answer["reads"] == answer["writes"] == []


def test_the_plan_of_another_tenant_is_refused_before_any_request(firm, tmp_path):
    """A plan of creates alone has no ids, and what another empty tenant needs is the same."""
    plan = tmp_path / "plan.json"
    firm.run("scim_directory", **STATE, plan_path=str(plan), check=True)
    for other in ("https://scim.zscalerone.net/1/2/scim", firm.sandbox.base_url + "/other"):
        plan.write_text(json.dumps({**json.loads(plan.read_text()), "service": other}))
        answer = firm.run("scim_directory", **STATE, apply_plan=str(plan))
        assert f"is a plan for {other}, and base_url is {firm.sandbox.base_url};" in answer["msg"]
        assert answer["refused"] == {"other_service": {"plan": other, "base_url": firm.sandbox.base_url}}
        assert answer["reads"] == answer["writes"] == []
    same = firm.sandbox.base_url.replace("http://", "HTTP://") + "/"
    plan.write_text(json.dumps({**json.loads(plan.read_text()), "service": firm.sandbox.base_url}))
    assert not firm.run("scim_directory", **STATE, apply_plan=str(plan), base_url=same).get("failed")


def test_the_name_of_a_plan_tells_that_it_is_one(firm, tmp_path):
    answer = firm.run("scim_directory", **STATE, apply_plan=str(tmp_path / "plan.txt"))
    assert "does not end in .json" in answer["msg"]
    assert answer["reads"] == []
    assert "is empty; was the name of the reviewed plan lost?" in firm.run("scim_directory", **STATE, apply_plan="")["msg"]


def test_r1_a_reviewed_plan_does_not_lift_the_brake(firm, tmp_path):
    plan = str(tmp_path / "plan.json")
    wanted = {"users": [{"user_name": "eve@corp.example"}], "prune_users": "delete", "protected_users": ["admin@*"]}
    wanted["removal_limit"] = {"floor": 0, "count": 0, "percent": 0}
    planned = firm.run("scim_directory", **wanted, plan_path=plan, allow_removals_over_limit=True, check=True)
    assert [one["verb"] for one in planned["operations"]] == ["delete"]
    refused = firm.run("scim_directory", **wanted, apply_plan=plan)
    assert "brake" in refused["refused"]
    assert refused["writes"] == []
    done = firm.run("scim_directory", **wanted, apply_plan=plan, allow_removals_over_limit=True)
    assert len(done["writes"]) == 1


def test_a_refused_plan_is_not_saved(firm, tmp_path):
    plan = tmp_path / "plan.json"
    brake = {"removal_limit": {"floor": 0, "count": 0, "percent": 0}, "protected_users": ["admin@*"]}
    answer = firm.run("scim_directory", users=USERS, prune_users="delete", **brake, plan_path=str(plan))
    assert answer["failed"]
    assert not plan.exists()


@pytest.mark.parametrize("option", ["plan_path", "report_path"])
@pytest.mark.parametrize("path", ["no/such/folder/file.json", "file.txt", "folder.json"])
def test_f62_a_place_that_cannot_be_written_is_told_before_any_request(firm, tmp_path, option, path):
    (tmp_path / "folder.json").mkdir()
    answer = firm.run("scim_directory", **STATE, **{option: str(tmp_path / path)})
    assert f"option {option}" in answer["msg"]
    assert answer["reads"] == answer["writes"] == []


def test_f62_a_disk_that_is_full_when_the_plan_is_written_means_0_writes(firm, tmp_path, monkeypatch):
    def full(*_given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(output.os, "fsync", full)
    answer = firm.run("scim_directory", **STATE, plan_path=str(tmp_path / "plan.json"))
    assert "No space left on device. Nothing was written" in answer["msg"]
    assert answer["writes"] == []
    assert answer["changed"] is False


def test_f62_a_disk_that_fills_up_in_the_middle_ends_the_run_in_order(firm, tmp_path, monkeypatch):
    report, real, room = tmp_path / "run.jsonl", os.write, [8]

    def write(number, data):
        if data.startswith(b'{"line"'):
            room[0] -= 1
            if room[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
        return real(number, data)

    monkeypatch.setattr(output.os, "write", write)
    answer = firm.run("scim_directory", **STATE, report_path=str(report), concurrency="1")
    assert "Stopped early: report_path" in answer["msg"]
    assert "No space left on device" in answer["stopped"]
    assert answer["left"] > 0
    assert answer["changed"] is True
    lines = lines_of(report)
    intents = [line["name"] for line in lines if line["line"] == "intent"]
    assert len(lines) == 8
    assert len(answer["writes"]) == len(intents) == len(answer["operations"])
    monkeypatch.undo()
    rest = firm.run("scim_directory", **STATE, report_path=str(report))
    assert "failed" not in rest
    assert len(rest["writes"]) >= answer["left"]


def test_f54_r15_the_report_of_a_run_with_a_poison_object(firm, tmp_path):
    report = tmp_path / "run.jsonl"
    state = {**STATE, "users": [*USERS, {"user_name": "poison@elsewhere.example"}]}
    answer = firm.run("scim_directory", **state, report_path=str(report))
    assert answer["failed"]
    lines = lines_of(report)
    outcomes = [line for line in lines if line["line"] == "outcome"]
    bad = [line for line in outcomes if line["result"] != "ok"]
    assert [(line["name"], line["status"], line["request"]) for line in bad] == [("poison@elsewhere.example", 400, "POST Users")]
    assert len([line for line in lines if line["line"] == "intent"]) == len(outcomes) == len(answer["operations"]) + 1
    assert (lines[-1]["line"], lines[-1]["failed"], lines[-1]["done"]) == ("end", 1, len(answer["operations"]))
    assert lines[0]["plan_digest"] == answer["plan_digest"]
    assert firm.sandbox.token not in report.read_text()


def test_f49_what_the_service_ignored_is_in_the_report(firm, tmp_path, monkeypatch):
    monkeypatch.setattr(_converge, "LOOKS", (0.0,))
    report = tmp_path / "run.jsonl"
    firm.sandbox.faults.add({"method": "PATCH", "route": "/Users/{id}"}, {"kind": "ignored_write"})
    answer = firm.run("scim_directory", **STATE, report_path=str(report))
    assert answer["failed"]
    ignored = [line for line in lines_of(report) if line["line"] == "ignored"]
    assert [line["name"] for line in ignored] == ["ada@corp.example"]
    assert "ignored by the service" in ignored[0]["detail"]


@pytest.mark.parametrize("name", ["run.json", "run.jsonl"])
@pytest.mark.parametrize("fault", [{"kind": "status", "status": 403}, None], ids=["service", "brake"])
def test_a_report_that_was_asked_for_is_there_where_the_run_failed(firm, tmp_path, name, fault):
    report = tmp_path / name
    wanted = {"users": USERS, "prune_users": "delete", "removal_limit": {"floor": 0, "count": 0, "percent": 0}}
    if fault:
        firm.sandbox.faults.add({"method": "GET", "route": "/Users"}, fault)
    answer = firm.run("scim_directory", **wanted, report_path=str(report))
    told = json.loads(report.read_text()) if name == "run.json" else lines_of(report)[-1]
    assert told["error"]
    assert told["error"] in answer["msg"]


def test_a_document_has_all_operations_whatever_the_result_has(firm, tmp_path):
    report = tmp_path / "run.json"
    answer = firm.run("scim_directory", **STATE, report_path=str(report), result_limit=1)
    document = json.loads(report.read_text())
    assert len(document["operations"]) == 1 + answer["operations_omitted"] > 2
    assert document["changed"] is True
    assert document["summary"] == answer["summary"]


def test_in_check_mode_the_report_says_what_would_be_done_and_that_it_was_not(firm, tmp_path):
    report = tmp_path / "run.jsonl"
    answer = firm.run("scim_directory", **STATE, report_path=str(report), check=True)
    lines = lines_of(report)
    assert lines[0]["check_mode"] is True
    assert [line["name"] for line in lines if line["line"] == "would"] == [one["name"] for one in answer["operations"]]
    assert not [line for line in lines if line["line"] in ("intent", "outcome")]


def test_progress_goes_through_the_phases(firm, tmp_path):
    progress = tmp_path / "progress"
    answer = firm.run("scim_directory", **STATE, progress_path=str(progress))
    lines = lines_of(progress)
    phases = list(dict.fromkeys(line["phase"] for line in lines))
    assert phases == ["reading", "planning", "writing", "verifying"]
    writing = [line for line in lines if line["phase"] == "writing"]
    assert writing[-1]["done"] == writing[-1]["total"] == len(answer["operations"])


def test_progress_that_cannot_be_told_is_a_warning(firm, tmp_path):
    answer = firm.run("scim_directory", **STATE, progress_path=str(tmp_path))
    assert "failed" not in answer
    assert "is a directory" in str(answer["warnings"])


@pytest.mark.parametrize("concurrency", ["1", "4"])
def test_f21_what_the_deadline_leaves_is_told_and_the_next_run_does_just_that(firm, tmp_path, monkeypatch, concurrency):
    many = {"users": [{"user_name": f"u{number}@corp.example"} for number in range(12)], "verify": False, "bulk": "never"}
    late = {"kind": "status", "status": 429, "retry_after": "86400"}
    firm.sandbox.faults.add({"method": "POST", "nth": 5}, late)
    report = tmp_path / "run.jsonl"
    first = firm.run("scim_directory", **many, deadline=30, report_path=str(report), concurrency=concurrency)
    assert first["failed"]
    assert "86400 seconds" in first["stopped"]
    assert first["stopped"] in first["msg"]
    assert len(first["operations"]) + len(first["failures"]) + first["left"] == 12
    assert first["left"] >= 12 - 4 - 2 * int(concurrency)
    end = lines_of(report)[-1]
    assert (end["stopped"], end["left"], end["done"]) == (first["stopped"], first["left"], len(first["operations"]))
    # All tasks of a machine know of the pause that the service asked for; this is another machine, where nobody waits for a day.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    firm.sandbox.faults.clear()
    second = firm.run("scim_directory", **many)
    assert "failed" not in second
    assert len(second["writes"]) == 12 - len(first["operations"])
