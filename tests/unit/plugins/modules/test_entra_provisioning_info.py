# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How provisioning is doing: job, progress, counts, quarantine; and its logs with a verdict."""

from __future__ import annotations

import pytest

from .provisioning import NAME, Provisioning

LOGS = "/auditLogs/provisioning"
REASONS = {
    "EncounteredBaseEscrowThreshold": "single objects failed",
    "EncounteredTotalEscrowThreshold": "in all",
    "EncounteredEscrowProportionThreshold": "too large a part",
    "EncounteredQuarantineException": "credentials",
    "Unknown": "no reason",
    "QuarantinedOnDemand": "by hand",
    "TooManyDeletes": "held back",
    "IngestionInterrupted": "broke off",
}


@pytest.fixture
def zscaler(entra):
    found = Provisioning(entra)
    found.sandbox.switch(entra_cycle_delay=3600)
    return found


@pytest.fixture
def busy(zscaler):
    """Three people of whom one cannot be provisioned; one cycle is over."""
    zscaler.entra.seed("ada", "bob", "eve")
    zscaler.run("job", state="started")
    zscaler.sandbox.faults.add({"method": "POST", "route": "/Users", "contains": "eve@"}, {"kind": "status", "status": 400}, 0)
    zscaler.sandbox.entra.cycle(NAME)
    return zscaler


def info(zscaler):
    done = zscaler.run("info")
    assert (done["changed"], done["writes"], done["operations"]) == (False, [], [])
    return done["provisioning"]


def test_an_application_or_job_that_is_not_there_is_told(entra):
    for check in (True, False):
        absent = entra.run("entra_provisioning_info", display_name=NAME, check=check)["provisioning"]
        assert (absent["found"], absent["job"], absent["status"], absent["quarantine"]) == (False, {}, "", None)
    other = Provisioning(entra)
    assert info(other)["found"] is False
    assert other.run("log_info")["logs"] == []
    assert entra.run("entra_provisioning_log_info", display_name="Nobody's")["summary"]["entries"] == 0


@pytest.mark.parametrize("module", ["info", "log_info"])
def test_an_application_of_a_name_that_nobody_has_is_warned_of_with_those_that_are_near(zscaler, module):
    options = {"display_name": "Zscaller One"}
    told = zscaler.entra.run(f"entra_provisioning_{module}", **options)
    assert f"there is no application Zscaller One in this tenant; did you mean {NAME}?" in str(told["warnings"])
    assert told["reads"] == ["GET /servicePrincipals"] * 2
    # In check mode an earlier task may be about to make it.
    assert zscaler.entra.run(f"entra_provisioning_{module}", check=True, **options).get("warnings", []) == []
    assert zscaler.run(module).get("warnings", []) == []


def test_two_applications_of_one_name_are_an_error(entra):
    for _time in range(2):
        Provisioning(entra)
    assert "2 applications" in entra.run("entra_provisioning_info", display_name=NAME)["msg"]


@pytest.mark.parametrize("execution", ["null", "zero"])
def test_before_the_first_cycle_nothing_has_failed(zscaler, execution):
    zscaler.sandbox.switch(entra_new_job_execution=execution)
    zscaler.run("job", state="present")
    found = info(zscaler)
    assert found["found"]
    assert found["status"] == "NotConfigured"
    assert (found["initial_cycle_ended"], found["last_cycle_ended"], found["last_cycle"]) == (None, None, None)


def test_after_a_cycle(busy):
    found = info(busy)
    assert found["status"] == "Active"
    assert found["counts"] == {"User": 2}
    assert found["initial_cycle_ended"]
    assert found["last_cycle"]["ended"]
    assert found["progress"][0]["done"] == found["progress"][0]["total"]
    assert found["quarantine"] is None
    assert found["job"]["schedule"]["state"] == "Active"


@pytest.mark.parametrize("reason", REASONS)
def test_r_each_reason_of_a_quarantine_is_told_in_words(zscaler, reason):
    zscaler.run("job", state="started")
    zscaler.quarantine(reason)
    found = info(zscaler)["quarantine"]
    assert REASONS[reason] in found["reason"]
    assert found == {
        "code": reason,
        "reason": found["reason"],
        "message": "In the words of the service.",
        "since": "2026-11-23T08:00:00Z",
        "next_attempt": "2026-11-23T14:00:00Z",
        "first_since": "2026-11-22T08:00:00Z",
        "times": 2,
    }


def test_bad_credentials_become_a_quarantine_that_is_explained(zscaler):
    zscaler.app.secrets["SecretToken"] = "x" * 20
    zscaler.run("job", state="started")
    zscaler.sandbox.entra.cycle(NAME)
    found = info(zscaler)
    assert found["status"] == "Quarantine"
    assert found["quarantine"]["code"] == "EncounteredQuarantineException"
    assert found["quarantine"]["next_attempt"]


# Logs


def test_the_logs_of_a_cycle_and_the_verdict(busy):
    done = busy.run("log_info")
    by_name = {entry["source"]["name"]: entry for entry in done["logs"]}
    assert {name: entry["status"] for name, entry in by_name.items()} == {
        "ada@corp.example": "success",
        "bob@corp.example": "success",
        "eve@corp.example": "failure",
    }
    assert by_name["ada@corp.example"]["action"] == "create"
    assert by_name["ada@corp.example"]["modified"]
    assert by_name["ada@corp.example"]["steps"]
    assert by_name["eve@corp.example"]["reason"]
    summary = done["summary"]
    assert summary["by_status"] == {"failure": 1, "success": 2}
    assert summary["provisioned"] == ["ada@corp.example", "bob@corp.example"]
    assert summary["failed"] == [{"reason": by_name["eve@corp.example"]["reason"], "count": 1, "names": ["eve@corp.example"]}]
    assert summary["verdict"].startswith("2 provisioned. 1 failed: ")
    assert [entry["time"] for entry in done["logs"]] == sorted((entry["time"] for entry in done["logs"]), reverse=True)


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"user": "ADA@corp.example"}, {"ada"}),
        ({"status": ["failure"]}, {"eve"}),
        ({"status": ["success", "failure"], "limit": 1}, None),
        ({"limit": 2}, None),
        ({"until": "2001-01-01"}, set()),
        ({"since": "2001-01-01T00:00:00Z"}, {"ada", "bob", "eve"}),
        ({"since": "2999-12-31"}, set()),
        ({"job_id": "another.job"}, set()),
    ],
)
def test_filters(busy, options, names):
    logs = busy.run("log_info", **options)["logs"]
    found = {entry["source"]["name"].partition("@")[0] for entry in logs}
    if names is None:
        assert len(logs) == options["limit"]
    else:
        assert found == names


def test_all_pages_are_read_in_large_pages(busy):
    busy.sandbox.switch(entra_page_size=1)
    done = busy.run("log_info")
    assert len(done["logs"]) == 3
    first = next(entry for entry in busy.sandbox.journal if entry.route == LOGS)
    assert first.query["$top"] == "500"
    assert "jobId eq" in first.query["$filter"]


def test_after_the_job_is_gone_the_logs_of_the_application_are_found(busy):
    busy.run("job", state="absent")
    assert busy.run("log_info", limit=2)["summary"]["entries"] == 2
    asked = [entry.query["$filter"] for entry in busy.sandbox.journal if entry.route == LOGS]
    assert asked == [f"contains(tolower(servicePrincipal/id), '{busy.app.principal_id}')"]
    other = busy.sandbox.entra.add_application("Zscaler Two", "Zscaler Two")
    assert len(busy.run("log_info")["logs"]) == 3
    assert busy.entra.run("entra_provisioning_log_info", display_name=other.display_name)["logs"] == []


def test_five_requests_in_ten_seconds_are_waited_for(busy):
    busy.sandbox.faults.add({"route": LOGS}, {"kind": "status", "status": 429, "retry_after": "0"}, 2)
    done = busy.run("log_info")
    assert len(done["logs"]) == 3
    assert done["requests"]["throttled"] == 2


def test_skips_are_grouped_by_their_reason(zscaler):
    zscaler.app.secrets["SyncAll"] = "false"
    zscaler.entra.seed("ada", "bob")
    zscaler.run("job", state="started")
    for name in ("ada", "bob"):
        zscaler.entra.run("entra_provision_on_demand", display_name=NAME, user=f"{name}@corp.example")
    (group,) = zscaler.run("log_info")["summary"]["skipped"]
    assert (group["count"], group["names"]) == (2, ["ada@corp.example", "bob@corp.example"])


@pytest.mark.parametrize(
    ("options", "words"),
    [({"since": "yesterday"}, "option since"), ({"until": "2026-13-01"}, "option until"), ({"limit": -1}, "option limit")],
)
def test_what_cannot_be_right_is_refused_before_any_request(zscaler, options, words):
    done = zscaler.run("log_info", **options)
    assert done["failed"]
    assert words in done["msg"]
    assert done["reads"] == []
