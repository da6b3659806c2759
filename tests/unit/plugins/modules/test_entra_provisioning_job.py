# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The provisioning job: created, started, paused, restarted, deleted, and waited for."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra import jobs

from .provisioning import NAME, Provisioning

JOBS = "/servicePrincipals/{id}/synchronization/jobs"
JOB = f"{JOBS}/{{id}}"
SOON = {"wait_for": "initial_cycle", "wait_timeout": 20, "wait_interval": 0.05}


@pytest.fixture
def zscaler(entra, monkeypatch):
    # Nobody is flooded here.
    monkeypatch.setattr(jobs, "SHORTEST_INTERVAL", 0)
    # The cycle that a start brings comes when a test wants it.
    entra.sandbox.switch(entra_cycle_delay=3600)
    return Provisioning(entra)


def asked(done):
    return [request for request, _body in done["writes"]]


def test_started_makes_the_job_and_starts_it_once(zscaler):
    done = zscaler.cycle("job", state="started")
    assert done["writes"] == [(f"POST {JOBS}", {"templateId": "zscalerOne"}), (f"POST {JOB}/start", None)]
    assert [operation["verb"] for operation in done["operations"]] == ["create", "start"]
    assert done["job"] == {
        "id": zscaler.job.id,
        "template_id": "zscalerOne",
        "status": "NotRun",
        "schedule": {"state": "Active", "interval": "PT40M"},
    }


def test_present_makes_a_job_that_rests(zscaler):
    done = zscaler.cycle("job", state="present")
    assert asked(done) == [f"POST {JOBS}"]
    assert done["job"]["schedule"]["state"] == "Disabled"


def test_a_job_id_with_dots_is_one_segment_of_the_path(zscaler):
    zscaler.cycle("job", state="started")
    assert zscaler.job.id.count(".") == 2
    paths = [entry.path for entry in zscaler.sandbox.journal if "/jobs/" in entry.path]
    assert paths
    assert all(f"/jobs/{zscaler.job.id}" in path for path in paths)


def test_pause_and_start_again(zscaler):
    zscaler.run("job", state="started")
    done = zscaler.cycle("job", state="paused")
    assert asked(done) == [f"POST {JOB}/pause"]
    assert done["diff"]["after"]["schedule"] == "Paused"
    done = zscaler.cycle("job", state="started")
    assert asked(done) == [f"POST {JOB}/start"]


def test_paused_makes_a_job_and_does_not_pause_what_never_ran(zscaler):
    assert asked(zscaler.cycle("job", state="paused")) == [f"POST {JOBS}"]


def test_absent_deletes_the_job(zscaler):
    zscaler.run("job", state="started")
    done = zscaler.cycle("job", state="absent")
    assert asked(done) == [f"DELETE {JOB}"]
    assert done["job"] == {}
    assert zscaler.app.jobs == {}


def test_absent_without_a_job_asks_for_no_template(zscaler):
    done = zscaler.run("job", state="absent")
    assert not done["changed"]
    assert done["reads"] == ["GET /servicePrincipals", f"GET {JOBS}"]


def test_a_running_job_is_never_started_again(zscaler):
    zscaler.run("job", state="started")
    zscaler.sandbox.entra.cycle(NAME)
    done = zscaler.run("job", state="started")
    assert (done["changed"], done["writes"]) == (False, [])


@pytest.mark.parametrize(
    ("scope", "sent"),
    [(None, ""), (["watermark", "Escrows", "Escrows"], "Escrows, Watermark"), (["Full", "Escrows"], "Full")],
    ids=["portal", "two", "full"],
)
def test_restarted_restarts_in_every_run(zscaler, scope, sent):
    zscaler.run("job", state="started")
    for _run in range(2):
        foreseen = zscaler.run("job", state="restarted", reset_scope=scope, check=True)
        done = zscaler.run("job", state="restarted", reset_scope=scope)
        assert done["writes"] == [(f"POST {JOB}/restart", {"criteria": {"resetScope": sent}})]
        assert foreseen["operations"] == done["operations"]
        assert foreseen["writes"] == []


@pytest.mark.parametrize("kind", ["reset", "commit_then_reset", "commit_then_status"])
@pytest.mark.parametrize("seen", [True, False])
def test_a_restart_whose_answer_is_lost_is_looked_for_and_never_sent_again(zscaler, kind, seen):
    zscaler.run("job", state="started")
    if seen:
        zscaler.quarantine("EncounteredQuarantineException")
    zscaler.sandbox.faults.add({"method": "POST", "route": f"{JOB}/restart"}, {"kind": kind}, 1)
    done = zscaler.run("job", state="restarted")
    assert len(asked(done)) <= 1, "none is in the journal if the sandbox never saw it"
    if seen and kind != "reset":
        assert (done.get("failed", False), done["changed"]) == (False, True), done
        assert [operation["verb"] for operation in done["operations"]] == ["restart"]
    else:
        assert done["failed"]
        assert "not told again" in done["msg"]


def test_restarted_for_a_paused_job_runs_it(zscaler):
    zscaler.run("job", state="started")
    zscaler.run("job", state="paused")
    done = zscaler.run("job", state="restarted")
    # The sandbox's restart starts it too, so that start is not sent on top.
    assert asked(done) == [f"POST {JOB}/restart"]
    assert done["job"]["schedule"]["state"] == "Active"


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("None", "Microsoft says not to use it"),
        ("ConnectorDataStore", "which account at Zscaler belongs to whom"),
        ("forcedeletes", "allow_held_deletes"),
        ("Everything", "is not known"),
    ],
)
@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_a_reset_scope_that_does_harm_is_refused_before_any_request(zscaler, scope, words, check):
    done = zscaler.run("job", state="restarted", reset_scope=["Watermark", scope], check=check)
    assert done["failed"]
    assert words in done["msg"]
    assert done["reads"] == done["writes"] == []


def test_a_reset_scope_needs_a_restart(zscaler):
    assert "restarted only" in zscaler.run("job", state="started", reset_scope=["Watermark"])["msg"]


@pytest.mark.parametrize("state", ["present", "paused", "absent"])
def test_a_state_without_a_cycle_cannot_be_waited_for(zscaler, state):
    done = zscaler.run("job", state=state, wait_for="initial_cycle")
    assert "option wait_for" in done["msg"]
    assert done["reads"] == done["writes"] == []


# Deletes that are held back


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_held_deletes_are_not_released_unasked(zscaler, check):
    zscaler.run("job", state="started")
    zscaler.quarantine("TooManyDeletes")
    zscaler.job.status["synchronizedEntryCountByType"] = [{"key": "User", "value": 120}]
    done = zscaler.run("job", state="started", check=check)
    assert (done["changed"], done["writes"]) == (False, [])
    assert "not released unasked" in str(done["warnings"])
    assert "120 of type User" in str(done["warnings"])


@pytest.mark.parametrize("pause", [True, False], ids=["paused", "running"])
@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_held_deletes_are_not_released_by_a_start_or_restart(zscaler, pause, check):
    zscaler.run("job", state="started")
    zscaler.quarantine("TooManyDeletes")
    zscaler.job.status["synchronizedEntryCountByType"] = [{"key": "User", "value": 120}]
    if pause:
        zscaler.run("job", state="paused")
    done = zscaler.run("job", state="started" if pause else "restarted", check=check)
    assert done["failed"]
    assert "allow_held_deletes" in done["msg"]
    assert done["refused"] == {"since": "2026-11-23T08:00:00Z", "counts": {"User": 120}}
    assert done["writes"] == []


@pytest.mark.parametrize("state", ["started", "restarted"])
def test_held_deletes_are_released_once_when_allowed(zscaler, state):
    zscaler.sandbox.switch(entra_cycle_delay=0.05)
    zscaler.run("job", state="started")
    zscaler.quarantine("TooManyDeletes")
    foreseen = zscaler.run("job", state=state, allow_held_deletes=True, check=True)
    done = zscaler.run("job", state=state, allow_held_deletes=True)
    assert done["writes"] == [(f"POST {JOB}/restart", {"criteria": {"resetScope": "ForceDeletes"}})]
    assert foreseen["operations"] == done["operations"]
    assert done["job"]["status"] == "Active"
    if state == "started":
        assert zscaler.run("job", state=state, allow_held_deletes=True)["writes"] == []


def test_held_deletes_of_real_people_stay_until_allowed(zscaler):
    """The whole story: people leave, the threshold holds, a run changes nothing, one that may releases them."""
    zscaler.sandbox.switch(entra_cycle_delay=0.05)
    entra = zscaler.sandbox.entra
    zscaler.entra.seed("ada", "bob", "eve")
    zscaler.app.secrets["SyncNotificationSettings"] = '{"DeleteThresholdEnabled":true,"DeleteThresholdValue":2}'
    zscaler.run("job", state="started", **SOON)
    for user in list(entra.directory.users.values())[:2]:
        user.account_enabled = False
    entra.cycle(NAME)
    held = zscaler.run("job", state="started")
    assert held["writes"] == []
    assert "not released unasked" in str(held["warnings"])
    assert zscaler.active("ada", "bob", "eve") == [True, True, True]
    done = zscaler.run("job", state="started", allow_held_deletes=True)
    assert asked(done) == [f"POST {JOB}/restart"]
    assert zscaler.active("ada", "bob", "eve") == [False, False, True]


def test_another_quarantine_is_ended_by_a_start(zscaler):
    zscaler.run("job", state="started")
    zscaler.quarantine("EncounteredQuarantineException")
    done = zscaler.run("job", state="started")
    assert asked(done) == [f"POST {JOB}/start"]


# Waiting


def test_the_initial_cycle_is_waited_for(zscaler):
    zscaler.sandbox.switch(entra_cycle_delay=0.3)
    zscaler.entra.seed("ada")
    done = zscaler.run("job", state="started", **SOON)
    assert done["job"]["status"] == "Active"
    assert zscaler.job.status["synchronizedEntryCountByType"] == [{"key": "User", "value": 1}]
    again = zscaler.run("job", state="started", **SOON)
    assert (again["changed"], again["writes"]) == (False, [])


def test_after_a_restart_the_next_cycle_is_waited_for(zscaler):
    zscaler.sandbox.switch(entra_cycle_delay=0.2)
    zscaler.run("job", state="started", **SOON)
    before = zscaler.job.status["steadyStateLastAchievedTime"]
    zscaler.run("job", state="restarted", **SOON)
    assert zscaler.job.status["steadyStateLastAchievedTime"] > before


def test_check_mode_waits_for_nothing(zscaler):
    assert zscaler.run("job", state="started", check=True, **SOON)["requests"]["waited"] < 0.1


def test_a_quarantine_ends_the_waiting_with_its_reason(zscaler):
    zscaler.sandbox.switch(entra_cycle_delay=0.05)
    zscaler.app.secrets["SecretToken"] = "x" * 20
    done = zscaler.run("job", state="started", **SOON)
    assert done["failed"]
    assert done["changed"]
    assert "does not come to its end" in done["msg"]
    assert "quarantine" in done["msg"]
    assert "refused the credentials" in done["msg"]
    assert [operation["verb"] for operation in done["operations"]] == ["create", "start"]


def test_time_that_is_over_is_told_with_the_progress(zscaler):
    zscaler.run("job", state="started")
    page = {"completedUnits": 3, "totalUnits": 5, "units": "pages", "progressObservationDateTime": "2026-11-23T08:00:00Z"}
    zscaler.job.status["progress"] = [page]
    done = zscaler.run("job", state="started", wait_for="initial_cycle", wait_timeout=0.2, wait_interval=0.05)
    assert done["failed"]
    assert not done["changed"]
    assert "within 0.2 seconds" in done["msg"]
    assert "3 of 5 pages" in done["msg"]


def test_somebody_stops_the_job_while_it_is_waited_for(zscaler):
    zscaler.run("job", state="started")
    since = len(zscaler.sandbox.journal)
    ended = threading.Event()

    def stop():
        while len(zscaler.sandbox.journal.select(since=since, method="GET", route=JOB)) < 10 and not ended.wait(0.01):
            pass
        zscaler.sandbox.entra.engine.pause(zscaler.app, zscaler.job)

    somebody = threading.Thread(target=stop)
    somebody.start()
    done = zscaler.run("job", state="started", **SOON)
    ended.set()
    somebody.join()
    assert done["failed"]
    assert "stopped the job" in done["msg"]


# A directory that sees its own writes late, and other trouble


def test_the_first_writes_may_be_refused_for_a_while(zscaler):
    zscaler.app.sync_errors = 3
    done = zscaler.run("job", state="started")
    assert not done.get("failed")
    assert len(zscaler.app.jobs) == 1


def test_a_job_that_appears_late_is_waited_for_and_made_once(zscaler):
    zscaler.sandbox.switch(entra_replication_delay=0.4, entra_listing_delay=0.4)
    done = zscaler.run("job", state="started")
    assert asked(done)[0] == f"POST {JOBS}"
    assert done["job"]["schedule"]["state"] == "Active"
    assert not zscaler.run("job", state="started")["changed"]


@pytest.mark.parametrize(("kind", "times"), [("commit_then_reset", 1), ("commit_then_status", 1), ("reset", 2)])
def test_a_lost_answer_to_create_is_looked_after(zscaler, kind, times):
    zscaler.sandbox.faults.add({"method": "POST", "route": JOBS}, {"kind": kind}, 1)
    done = zscaler.run("job", state="present")
    assert not done.get("failed")
    assert asked(done) == [f"POST {JOBS}"] * times
    assert done["job"]["id"] == zscaler.job.id


def test_a_job_that_lists_do_not_show_yet_is_adopted(zscaler):
    zscaler.run("job", state="present")
    zscaler.job.listed_at = zscaler.sandbox.entra.clock() + 0.4
    done = zscaler.run("job", state="present")
    assert not done.get("failed")
    assert len(zscaler.app.jobs) == 1
    assert done["job"]["id"] == zscaler.job.id


@pytest.mark.parametrize(("kind", "times"), [("commit_then_reset", 1), ("commit_then_status", 1), ("reset", 2)])
@pytest.mark.parametrize("state", ["started", "paused"])
def test_a_lost_answer_to_start_or_pause_is_looked_after(zscaler, state, kind, times):
    zscaler.run("job", state="present" if state == "started" else "started")
    verb = state.replace("started", "start").replace("paused", "pause")
    zscaler.sandbox.faults.add({"method": "POST", "route": f"{JOB}/{verb}"}, {"kind": kind}, 1)
    done = zscaler.run("job", state=state)
    assert not done.get("failed")
    assert asked(done) == [f"POST {JOB}/{verb}"] * times
    assert done["job"]["schedule"]["state"] == ("Active" if state == "started" else "Paused")


def test_an_application_that_cannot_be_read_yet_is_waited_for(zscaler):
    zscaler.sandbox.faults.add({"method": "GET", "route": JOBS}, {"kind": "status", "status": 404}, 2)
    assert not zscaler.run("job", state="started").get("failed")


def test_what_fails_after_the_first_step_is_told_with_what_is_done(zscaler):
    zscaler.sandbox.faults.add({"method": "POST", "route": f"{JOB}/start"}, {"kind": "status", "status": 400}, 0)
    done = zscaler.run("job", state="started")
    assert done["failed"]
    assert done["changed"]
    assert [operation["verb"] for operation in done["operations"]] == ["create"]
    assert done["msg"].startswith("Done: create; then: ")
    assert done["job"]["id"] == zscaler.job.id


def test_what_fails_at_the_first_step_changed_nothing(zscaler):
    zscaler.sandbox.faults.add({"method": "POST", "route": JOBS}, {"kind": "status", "status": 400}, 0)
    done = zscaler.run("job", state="started")
    assert done["failed"]
    assert not done["changed"]


@pytest.mark.parametrize(("bad", "fails"), [(5, False), (6, True)])
def test_bad_answers_do_not_end_the_waiting_at_once(zscaler, bad, fails):
    zscaler.run("job", state="started")
    zscaler.sandbox.faults.add({"method": "GET", "route": JOB}, {"kind": "html"}, bad)
    threading.Timer(0.1, zscaler.sandbox.entra.cycle, (NAME,)).start()
    done = zscaler.run("job", state="started", **SOON)
    assert bool(done.get("failed")) is fails
    if fails:
        assert "cannot be waited for" in done["msg"]


def test_haste_is_slowed_down(zscaler):
    zscaler.sandbox.faults.add({"route": JOBS}, {"kind": "status", "status": 429, "retry_after": "0"}, 2)
    done = zscaler.run("job", state="started")
    assert not done.get("failed")
    assert done["requests"]["throttled"] == 2


def test_an_application_that_does_not_exist_yet_is_planned_in_check_mode(entra):
    planned = entra.run("entra_provisioning_job", display_name=NAME, check=True)
    assert planned["changed"]
    assert [operation["verb"] for operation in planned["operations"]] == ["create", "start"]
    assert "entra_gallery_app" in entra.run("entra_provisioning_job", display_name=NAME)["msg"]


def test_the_default_template_is_taken_unless_another_is_named(zscaler):
    zscaler.sandbox.switch(entra_sync_template="two")
    assert zscaler.run("job", state="present")["job"]["template_id"] == "zscalerOne"
    other = zscaler.run("job", state="present", template_id="zscalerOneLegacy")
    assert "has no template 'other'" in zscaler.run("job", state="present", template_id="other")["msg"]
    assert other.get("failed") or other["job"]["template_id"] == "zscalerOneLegacy"


def test_the_only_template_is_taken_although_it_is_not_marked(zscaler):
    zscaler.sandbox.switch(entra_sync_template="unmarked")
    assert zscaler.run("job", state="present")["job"]["template_id"] == "zscalerOne"


# A job of another template than the default


def test_the_only_job_is_taken_whatever_its_template(zscaler):
    zscaler.sandbox.switch(entra_sync_template="two")
    zscaler.run("job", state="present", template_id="zscalerOneLegacy")
    foreseen = zscaler.run("job", state="present", check=True)
    assert not foreseen["changed"]
    assert foreseen["job"]["template_id"] == "zscalerOneLegacy"
    assert asked(zscaler.run("job", state="absent")) == [f"DELETE {JOB}"]


@pytest.mark.parametrize("named", [False, True], ids=["the only one", "named"])
def test_every_module_finds_a_job_of_another_template(zscaler, named):
    zscaler.sandbox.switch(entra_sync_template="two")
    zscaler.entra.seed("ada")
    other = {"template_id": "zscalerOneLegacy"}
    zscaler.run("job", state="present", **other)
    if named:
        zscaler.run("job", state="present", template_id="zscalerOne")
    given = other if named else {}
    assert zscaler.run("info", **given)["provisioning"]["job"]["template_id"] == "zscalerOneLegacy"
    mapping = {"users": {"attribute_mappings": [{"target": "displayName", "source": "givenName"}]}}
    done = [
        zscaler.run("mapping", **mapping, **given),
        zscaler.run("settings", secret_token=zscaler.sandbox.token, deletion_threshold=7, **given),
        zscaler.run("test", **given),
        zscaler.run("log_info", **given),
        zscaler.entra.run("entra_provision_on_demand", display_name=NAME, user="ada@corp.example", **given),
    ]
    assert [one.get("msg") for one in done] == [None] * 5
    entries = [entry for entry in zscaler.sandbox.journal.select(service="graph") if f"{JOB}/" in entry.route]
    assert {entry.route.rpartition("/")[2] for entry in entries} >= {"schema", "validateCredentials", "provisionOnDemand"}
    assert all("/jobs/zscalerOneLegacy." in entry.path for entry in entries)


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("provisioning_info", {}),
        ("provisioning_log_info", {}),
        ("provisioning_mapping", {"groups": {"enabled": False}}),
        ("provisioning_settings", {"deletion_threshold": 7, "secret_token": "not-a-real-token"}),
        ("provisioning_test", {}),
        ("provision_on_demand", {"user": "ada@corp.example"}),
        ("provisioning_job", {}),
    ],
)
def test_a_template_that_the_application_does_not_have_is_told(zscaler, module, options):
    zscaler.run("job", state="present")
    done = zscaler.entra.run(f"entra_{module}", display_name=NAME, template_id="other", **options)
    assert "has no template 'other'" in done["msg"]
    assert done["writes"] == []
