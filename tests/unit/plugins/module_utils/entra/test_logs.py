# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logs, the verdict that they allow, and what provisioning on demand answers."""

from __future__ import annotations

import json

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.logs import (
    as_moment,
    check_log_options,
    describe_log,
    describe_logs,
    reason_of,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.on_demand import (
    choose_rule,
    group_parameters,
    read_answer,
    user_parameters,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.verdict import summarize_logs
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError
from hypothesis import given
from hypothesis import strategies as st


def entry(name="ada", status="success", action="create", reason="", time="2026-11-23T08:00:00Z", **more):
    return {
        "id": f"{name}{time}",
        "activityDateTime": time,
        "provisioningAction": action,
        "provisioningStatusInfo": {"status": status, "errorInformation": {"reason": reason, "errorCode": "Code"} if reason else None},
        "sourceIdentity": {"id": f"id-{name}", "identityType": "User", "displayName": name, "details": {}},
        "targetIdentity": {"id": "t", "identityType": "User", "displayName": "", "details": None},
        "servicePrincipal": {"id": "sp"},
        "provisioningSteps": [{"name": "EntryImport", "provisioningStepType": "Import", "status": "Success", "description": "read"}],
        "modifiedProperties": None,
        **more,
    }


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23", "2026-11-23T00:00:00Z"),
        ("2026-11-23T08:09:10Z", "2026-11-23T08:09:10Z"),
        (" 2026-11-23t08:09:10.123z ", "2026-11-23T08:09:10.123Z"),
        ("2026-11-23 08:09:10+00:00", "2026-11-23T08:09:10Z"),
        (None, ""),
    ],
)
def test_moments(text, moment):
    assert as_moment(text) == moment
    assert check_log_options({"since": text, "until": None, "limit": 0}) == []


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "2026-11-23T08:09:10", "2026-11-23T08:09:10+02:00", "' or 1 eq 1"])
def test_what_is_no_moment_of_utc(text):
    assert [problem.place for problem in check_log_options({"since": text, "until": text, "limit": -1})] == [
        "option since", "option until", "option limit",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reason": "Told."}, "Told."),
        ({"provisioningStatusInfo": {"status": "failure", "errorInformation": {"additionalDetails": "More."}}}, "More."),
        ({"provisioningStatusInfo": {"status": "failure", "errorInformation": {"errorCode": "OnlyACode"}}}, "OnlyACode"),
        ({"provisioningSteps": [{"status": "failure", "description": "It broke."}]}, "It broke."),
        ({"provisioningSteps": None}, ""),
    ],
)
def test_the_reason_is_where_the_service_put_it(changes, reason):
    assert reason_of(entry(status="failure", **changes)) == reason


def test_step_types_are_told_in_one_case():
    assert describe_log(entry())["steps"][0]["type"] == "import"
    assert describe_log(entry())["steps"][0]["status"] == "success"


def test_filters_that_graph_does_not_have():
    entries = [entry("ada"), entry("bob", "failure"), entry("eve", servicePrincipal={"id": "other"})]
    entries[1]["targetIdentity"]["displayName"] = "ROBERT"
    assert [one["source"]["name"] for one in describe_logs(entries, principal_id="SP")] == ["ada", "bob"]
    assert [one["source"]["name"] for one in describe_logs(entries, user="Robert")] == ["bob"]
    assert [one["source"]["name"] for one in describe_logs(entries, statuses=["success"])] == ["ada", "eve"]


def test_the_newest_word_about_somebody_counts():
    logs = describe_logs(
        [entry("ada", time="2"), entry("bob", "failure", reason="No.", time="2"), entry("ada", "failure", reason="No.", time="1")]
    )
    summary = summarize_logs(logs, None)
    assert summary["provisioned"] == ["ada"]
    assert summary["failed"] == [{"reason": "No.", "count": 1, "names": ["bob"]}]
    assert summary["by_status"] == {"failure": 2, "success": 1}
    assert summary["verdict"] == "1 provisioned. 1 failed: No (bob)."


def skip(name, code, **more):
    """An entry as Graph has it of somebody who was left out: the code is in a step only."""
    steps = [
        {"name": "EntryImport", "provisioningStepType": "Import", "status": "Success", "description": "read", "details": None},
        {"provisioningStepType": "Export", "status": "Skipped", "description": "Left out.", "details": {"SkipReason": code}},
    ]
    return entry(name, "skipped", "other", provisioningSteps=steps, **more)


def test_who_is_as_wanted_is_unchanged_and_not_skipped():
    logs = describe_logs([skip("ada", "RedundantExport"), skip("bob", "NotInScope"), entry("eve", "failure", reason="No.")])
    assert [(one["status"], one["error_code"]) for one in logs] == [
        ("unchanged", "RedundantExport"), ("skipped", "NotInScope"), ("failure", "Code"),
    ]  # fmt: skip
    summary = summarize_logs(logs, None)
    assert (summary["unchanged"], summary["provisioned"]) == (["ada"], [])
    assert summary["skipped"] == [{"reason": "Left out.", "count": 1, "names": ["bob"]}]
    assert summary["by_status"] == {"failure": 1, "skipped": 1, "unchanged": 1}
    assert summary["verdict"] == "0 provisioned. 1 unchanged. 1 skipped: Left out (bob). 1 failed: No (eve)."
    assert [one["source"]["name"] for one in describe_logs([skip("ada", "RedundantExport")], statuses=["unchanged"])] == ["ada"]
    assert describe_logs([skip("ada", "RedundantExport")], statuses=["skipped"]) == []
    assert summarize_logs(describe_logs([skip("ada", "RedundantExport")]), None)["verdict"] == "0 provisioned. 1 unchanged."


def test_an_id_that_is_not_told_is_null():
    shown = describe_log(entry(targetIdentity=None, id=None))
    assert [shown[name] for name in ("id", "job_id", "cycle_id")] == [None] * 3
    assert (shown["source"]["id"], shown["target"]["id"]) == ("id-ada", None)


def test_one_reason_with_many_names_is_one_reason():
    reasons = [(name, f"'{name}' is not assigned") for name in ("ada", "bob", "eve", "joe")]
    logs = describe_logs([entry(name, "skipped", reason=reason) for name, reason in reasons])
    summary = summarize_logs(logs, None)
    assert summary["skipped"] == [{"reason": "'...' is not assigned", "count": 4, "names": ["ada", "bob", "eve", "joe"]}]
    assert summary["verdict"] == "0 provisioned. 4 skipped: '...' is not assigned (ada, bob, eve, ...)."


def test_the_quarantine_is_part_of_the_verdict():
    job = {"status": {"code": "Quarantine", "quarantine": {"reason": "TooManyDeletes"}}}
    assert "held back" in summarize_logs([], job)["verdict"]
    assert summarize_logs([], None)["verdict"] == "The logs tell nothing yet."


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)


@given(st.dictionaries(st.sampled_from([*entry()]), JUNK))
def test_whatever_is_missing_or_null_is_described(raw):
    logs = describe_logs([raw])
    assert summarize_logs(logs, None)["entries"] == len(logs) == 1


# On demand


def rule(id, priority=1, supports=None, kinds=("User", "Group"), enabled=True):
    metadata = [] if supports is None else [{"key": "supportsProvisionOnDemand", "value": supports}]
    mappings = [{"sourceObjectName": kind, "enabled": enabled} for kind in kinds]
    return {"id": id, "priority": priority, "metadata": metadata, "objectMappings": mappings}


@pytest.mark.parametrize(
    ("rules", "kind", "chosen"),
    [
        ([rule("a")], "User", "a"),
        ([rule("a"), rule("b", 2, "True")], "User", "b"),
        ([rule("b", 2), rule("a", 1)], "User", "a"),
        ([rule("a", 1, "false"), rule("b", 2)], "User", "b"),
        ([rule("a", 1, "True", ["User"]), rule("b", 2, "true", ["Group"])], "Group", "b"),
        ([rule("a", 1, "True", enabled=False)], "Group", "a"),
    ],
)
def test_the_rule_that_is_applied(rules, kind, chosen):
    assert choose_rule({"synchronizationRules": rules}, kind) == chosen


@pytest.mark.parametrize("rules", [[], None, [rule("a", 1, "False")], [{"priority": 1}]])
def test_without_a_rule_nothing_can_be_applied(rules):
    with pytest.raises(InputError):
        choose_rule({"synchronizationRules": rules}, "User")


@given(st.lists(st.integers(), unique=True, max_size=23))
def test_every_member_is_in_one_request_of_five_at_most(numbers):
    members = [str(number) for number in numbers]
    requests = group_parameters("r", "g", members)
    batches = [request[0]["subjects"][0]["links"]["members"] for request in requests]
    assert [member["objectId"] for batch in batches for member in batch] == members
    assert all(1 <= len(batch) <= 5 for batch in batches)
    assert all(request[0]["subjects"][0]["objectId"] == "g" for request in requests)


def test_a_person_is_a_user_in_the_spelling_of_the_service():
    assert user_parameters("r", "u") == [[{"ruleId": "r", "subjects": [{"objectId": "u", "objectTypeName": "User"}]}]]


def answer(result, *told, details=None, wrap=False):
    value = list(told) if wrap or len(told) > 1 else (told[0] if told else {})
    return {"key": json.dumps({"result": result, "details": details or {}}), "value": json.dumps(value)}


def told(status="Success", action="Create", export="Success", **more):
    steps = [{"name": "EntryExportAdd", "type": "Export", "status": export, "description": "words"}] if export else []
    return {
        "action": action,
        "provisioningSteps": steps,
        "statusInfo": {"status": status},
        "sourceIdentity": {"id": "u", "type": "User"},
        **more,
    }


@pytest.mark.parametrize(
    ("given_answer", "status", "wrote"),
    [
        (answer("Success", told()), "success", True),
        (answer("Success", told(), wrap=True), "success", True),
        (answer("Success", told(export="")), "success", True),
        (answer("Success", told(action="Other", export="")), "success", False),
        (answer("Skipped", told("Skipped", "Other", "Skipped")), "skipped", False),
        (answer("Failure", told("Failure", "Create", "Failure")), "failure", False),
        (answer("Success"), "success", False),
        ({"key": "User", "value": "null"}, "failure", False),
        ({"key": "not JSON", "value": "{broken"}, "failure", False),
        ({}, "failure", False),
    ],
)
def test_what_an_answer_means(given_answer, status, wrote):
    (result,) = read_answer(given_answer, {"u": "ada@corp.example"}, "asked")
    assert (result["status"], result["wrote"]) == (status, wrote)
    assert bool(result["reason"]) == (status != "success")


def test_every_object_of_a_list_is_told():
    one, two = told(), told("Skipped", "Other", "Skipped", sourceIdentity={"id": "x", "displayName": "Eve"})
    results = read_answer(answer("Success", one, two), {"u": "ada@corp.example"}, "asked")
    assert [(result["subject"], result["status"]) for result in results] == [("ada@corp.example", "success"), ("Eve", "skipped")]


def test_the_reason_of_a_skip_in_microsofts_own_sample():
    skipped = told("Skipped", "Other", "Skipped")
    skipped["provisioningSteps"][0]["details"] = {"SkipReason": "RedundantExport"}
    details = {"errorCode": "RedundantExport", "errorMessage": "Both sides match."}
    (result,) = read_answer(answer("Skipped", skipped, details=details), {}, "asked")
    assert (result["status"], result["reason"], result["error_code"]) == ("unchanged", "Both sides match.", "RedundantExport")
    assert not result["wrote"]


@pytest.mark.parametrize("junk", [None, 3, True, "text", {"a": 1}, [1, None, "text", []]])
def test_what_is_no_list_of_objects_counts_as_an_empty_one(junk):
    (result,) = read_answer(answer("Success", told(modifiedProperties=junk, provisioningSteps=junk)), {}, "asked")
    assert (result["status"], result["modified"], result["steps"]) == ("success", [], [])
    rule = {"id": "one", "objectMappings": junk, "metadata": junk}
    assert choose_rule({"synchronizationRules": [rule]}, "User") == "one"
    with pytest.raises(InputError, match="has no rules yet"):
        choose_rule({"synchronizationRules": junk}, "User")


@given(JUNK, JUNK)
def test_no_answer_breaks_it(key, value):
    for given_answer in ({"key": key, "value": value}, {"key": json.dumps(key), "value": json.dumps(value)}):
        assert all(result["status"] in ("success", "skipped", "failure") for result in read_answer(given_answer, {}, "asked"))
