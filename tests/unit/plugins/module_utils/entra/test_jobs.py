# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job, planned: a state machine that comes to rest, and never releases held deletes unasked."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.jobs import (
    JobPlan,
    JobStep,
    Watch,
    check_job_options,
    describe_state,
    foreseen_job,
    plan_job,
    reset_flags,
    shows_restart,
    watch_after,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.settings import waits_for_restart
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.status import (
    REASONS,
    describe_job,
    describe_provisioning,
    has_run,
    holds_deletes,
    quarantine_of,
    quarantine_sentence,
    reason_code,
    reason_words,
    schedule_state,
)
from hypothesis import given
from hypothesis import strategies as st

NEVER = "0001-01-01T00:00:00Z"
STATES = ("present", "started", "paused", "restarted", "absent")


def options(state="started", **more):
    wait = {"wait_for": "nothing", "wait_timeout": 1.0, "wait_interval": 1.0}
    return {"state": state, "reset_scope": None, "allow_held_deletes": False, **wait, **more}


def job(state="Active", code="Active", reason=""):
    quarantine = {"reason": reason, "currentBegan": "2026-11-23T08:00:00Z"} if reason else None
    return {"id": "a.b.c", "templateId": "a", "schedule": {"state": state}, "status": {"code": code, "quarantine": quarantine}}


def verbs(plan):
    return [step.verb for step in plan.steps]


JOBS = st.none() | st.builds(
    job,
    st.sampled_from(["Active", "Disabled", "Paused", ""]),
    st.sampled_from(["NotConfigured", "NotRun", "Active", "Paused", "Quarantine"]),
    st.sampled_from(["", *REASONS]),
)


@given(JOBS, st.sampled_from(STATES), st.booleans())
def test_the_plan_comes_to_rest(live, state, allowed):
    wanted = options(state, allow_held_deletes=allowed)
    plan = plan_job(wanted, live)
    after = foreseen_job(plan, live, "a")
    again = plan_job(wanted, after)
    if plan.refused:
        assert plan.steps == []
    elif state != "restarted":
        assert again.steps == []
    if state == "absent":
        assert after is None
    elif state == "started" and not plan.refused:
        assert schedule_state(after) == "Active"
    elif state == "paused":
        assert schedule_state(after) != "Active"


@given(JOBS, st.sampled_from(STATES))
def test_held_deletes_are_never_released_unasked(live, state):
    plan = plan_job(options(state), live)
    assert all(step.reset_scope != "ForceDeletes" for step in plan.steps)
    if live is not None and holds_deletes(live):
        assert not {"start", "restart"} & set(verbs(plan))
        if state in ("started", "restarted"):
            assert plan.refused or plan.warnings


@given(JOBS)
def test_deletes_are_released_only_where_they_are_held(live):
    plan = plan_job(options(allow_held_deletes=True), live)
    forced = [step for step in plan.steps if step.reset_scope == "ForceDeletes"]
    assert len(forced) == (1 if live is not None and holds_deletes(live) else 0)


@given(JOBS)
def test_a_healthy_running_job_is_never_started(live):
    plan = plan_job(options(), live)
    if live is not None and schedule_state(live) == "Active" and not quarantine_of(live):
        assert plan.steps == []


@pytest.mark.parametrize(
    ("state", "live", "expected"),
    [
        ("present", None, ["create"]),
        ("started", None, ["create", "start"]),
        ("restarted", None, ["create", "start"]),
        ("paused", None, ["create"]),
        ("absent", None, []),
        ("started", job("Disabled", "NotConfigured"), ["start"]),
        ("started", job("Paused", "Paused"), ["start"]),
        ("started", job("Active", "NotRun"), []),
        ("started", job("Active", "Quarantine", "EncounteredQuarantineException"), ["start"]),
        ("paused", job("Active", "Quarantine", "TooManyDeletes"), ["pause"]),
        ("paused", job("Disabled", "NotConfigured"), []),
        ("restarted", job("Paused", "Paused"), ["restart", "start"]),
        ("restarted", job(), ["restart"]),
        ("absent", job(), ["delete"]),
    ],
)
def test_steps(state, live, expected):
    assert verbs(plan_job(options(state), live)) == expected


@pytest.mark.parametrize(
    ("scopes", "flags"),
    [([], ""), (["Watermark"], "Watermark"), (["QuarantineState", "escrows"], "Escrows, QuarantineState"), (["Watermark", "full"], "Full")],
)
def test_flags_of_a_restart(scopes, flags):
    assert reset_flags(scopes) == flags


def test_a_reset_scope_beside_a_release_is_told_to_be_ignored():
    plan = plan_job(options("restarted", allow_held_deletes=True, reset_scope=["Full"]), job("Active", "Quarantine", "TooManyDeletes"))
    assert plan.steps == [JobStep("restart", "ForceDeletes")]
    assert "not applied" in plan.warnings[0]


@pytest.mark.parametrize("number", [0, -1, float("nan"), float("inf")])
def test_times_that_are_none(number):
    places = [problem.place for problem in check_job_options(options(wait_timeout=number, wait_interval=number))]
    assert places == ["option wait_timeout", "option wait_interval"]


@pytest.mark.parametrize(("interval", "fit"), [(0.999, False), (1, True), (30.0, True)])
def test_looks_are_at_least_a_second_apart(interval, fit):
    problems = check_job_options(options(wait_interval=interval))
    assert [problem.place for problem in problems] == ([] if fit else ["option wait_interval"])


@pytest.mark.parametrize("state", STATES)
def test_a_cycle_is_waited_for_only_where_the_state_brings_one(state):
    places = [problem.place for problem in check_job_options(options(state, wait_for="initial_cycle"))]
    assert places == ([] if state in ("started", "restarted") else ["option wait_for"])


def ended(first, last):
    return {**job(), "status": {"code": "Active", "steadyStateFirstAchievedTime": first, "steadyStateLastAchievedTime": last}}


DAY1, DAY2 = "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"


@pytest.mark.parametrize(
    ("watch", "live", "told"),
    [
        (Watch(), ended(NEVER, NEVER), "running"),
        (Watch(), ended(DAY1, DAY1), "ended"),
        (Watch(restarted=True, caught_up=DAY1), ended(DAY1, DAY1), "running"),
        (Watch(restarted=True, caught_up=DAY1), ended(DAY1, DAY2), "ended"),
        (Watch(restarted=True), ended(DAY1, DAY1), "ended"),
        (Watch(), job("Active", "Quarantine", "Unknown"), "quarantine"),
        (Watch(quarantine_began="2026-11-23T08:00:00Z"), job("Active", "Quarantine", "Unknown"), "running"),
        (Watch(quarantine_began=DAY1), job("Active", "Quarantine", "Unknown"), "quarantine"),
        (Watch(), job("Disabled", "Paused"), "stopped"),
        (Watch(), None, "gone"),
    ],
)
def test_what_waiting_sees(watch, live, told):
    assert watch.look(live) == told


def test_only_what_was_started_or_restarted_is_compared_with_before():
    before = {**ended(DAY1, DAY2), "schedule": {"state": "Active"}}
    assert watch_after(JobPlan(), before) == Watch()
    assert watch_after(JobPlan([JobStep("restart")]), before) == Watch(True, DAY2, "")


# Status


CYCLE = {"lastExecution": {"state": "Succeeded", "timeBegan": "2026-11-23T08:00:00Z"}}


@pytest.mark.parametrize(
    ("live", "ran", "waits"),
    [
        (job("Disabled", "NotConfigured"), False, False),
        ({**job("Disabled"), "status": {"lastExecution": {"state": "Failed", "timeBegan": NEVER}}}, False, False),
        ({**job("Disabled"), "status": CYCLE}, True, True),
        ({**job("Disabled"), "status": {"synchronizedEntryCountByType": [{"key": "User", "value": 1}]}}, True, True),
        (job("Paused", "Paused"), False, True),
        ({**job("Paused"), "status": CYCLE}, True, True),
        (job("Active", "NotRun"), True, False),
        (job("Active", "Quarantine", "TooManyDeletes"), True, True),
        (job("Active", "Quarantine", "Unknown"), True, True),
        (job("Active", "Quarantine", "QuarantinedOnDemand"), True, False),
    ],
)
def test_which_job_has_run_and_which_waits_for_a_restart_to_see_a_narrower_scope(live, ran, waits):
    assert (has_run(live), waits_for_restart(live)) == (ran, waits)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [({}, (None, None)), ({"id": "", "templateId": ""}, (None, None)), ({"id": "a.b.c", "templateId": "a"}, ("a.b.c", "a"))],
)
def test_an_id_that_nobody_knows_yet_is_null(raw, shown):
    assert (describe_job(raw)["id"], describe_job(raw)["template_id"]) == shown


@pytest.mark.parametrize("reason", REASONS)
def test_r_every_reason_of_a_quarantine_has_words_of_its_own(reason):
    words = [reason_words({"reason": one}) for one in REASONS]
    assert len(set(words)) == len(words) == 8
    assert reason_words({"reason": reason.lower()}) == REASONS[reason]
    assert REASONS[reason] in quarantine_sentence(job("Active", "Quarantine", reason))


@pytest.mark.parametrize(
    ("reason", "words"),
    [("QuarantineOnDemand", "by hand"), ("SomethingNew", "SomethingNew"), (None, "no reason"), ("", "no reason")],
)
def test_other_spellings_and_unknown_reasons(reason, words):
    assert words in reason_words({"reason": reason})


@pytest.mark.parametrize("code", ["Active", "NotRun"])
def test_a_quarantine_that_is_over_is_none(code):
    assert quarantine_of(job("Active", code, "Unknown")) == {}


@pytest.mark.parametrize(
    ("quarantine", "held"),
    [
        (None, True),
        ({}, True),
        ({"reason": None}, True),
        ({"reason": "unknown"}, True),
        ({"reason": "unknownFutureValue"}, True),
        ({"reason": "SomethingNew"}, True),
        ({"reason": "Unknown", "error": {"code": "tooManyDeletes"}}, True),
        ({"reason": "EncounteredQuarantineException", "error": {"code": "TooManyDeletes"}}, True),
        ({"reason": "EncounteredQuarantineException", "error": {"code": "SystemForCrossDomain"}}, False),
        ({"reason": "Unknown", "error": {"code": "EncounteredQuarantineException"}}, False),
        ({"reason": "quarantineOnDemand", "error": {"code": "Unknown"}}, False),
        *(({"reason": reason}, reason in ("TooManyDeletes", "Unknown")) for reason in REASONS),
    ],
)
def test_deletes_may_be_held_back_unless_a_reason_rules_that_out(quarantine, held):
    live = {**job("Active", "Quarantine"), "status": {"code": "Quarantine", "quarantine": quarantine}}
    assert holds_deletes(live) is held
    for state in ("started", "restarted"):
        plan = plan_job(options(state), live)
        assert bool(plan.steps) is not held
        assert bool(plan.refused or plan.warnings) is held
    told = plan_job(options("restarted"), live).refused
    assert ("more than the threshold" in told) == (held and reason_code(quarantine or {}) == "TooManyDeletes")


FIRST = {"steadyStateFirstAchievedTime": "2026-11-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("before", "now", "shown"),
    [
        (job("Active", "Active"), job("Active", "Active"), False),
        (job("Paused", "Paused"), job("Active", "Active"), True),
        (job("Active", "Active"), job("Paused", "Paused"), False),
        (job("Active", "Quarantine", "QuarantinedOnDemand"), job("Active", "Active"), True),
        (job("Active", "Active"), job("Active", "Quarantine", "Unknown"), False),
        (job("Active", "Active"), job("Active", "NotRun"), True),
        (job("Active", "NotRun"), job("Active", "NotRun"), False),
        ({"schedule": {"state": "Active"}, "status": FIRST}, {"schedule": {"state": "Active"}, "status": {}}, True),
        ({"schedule": {"state": "Active"}, "status": FIRST}, {"schedule": {"state": "Active"}, "status": FIRST}, False),
    ],
)
def test_by_what_a_restart_is_seen(before, now, shown):
    assert shows_restart(before, now) is shown


def test_a_job_paused_in_quarantine_is_still_in_it():
    assert holds_deletes(job("Paused", "Paused", "TooManyDeletes"))


def test_to_pause_ends_no_quarantine_in_check_mode_either():
    live = job("Active", "Quarantine", "TooManyDeletes")
    foreseen = foreseen_job(plan_job(options("paused"), live), live, "a")
    assert describe_state(foreseen) == {"job": "present", "schedule": "Paused", "quarantine": True}
    assert foreseen == job("Paused", "Paused", "TooManyDeletes")


PARTS = ("quarantine", "progress", "lastExecution", "synchronizedEntryCountByType", "code", "steadyStateFirstAchievedTime")
NAMES = ("key", "value", "reason", "error", "code", "timeBegan", "units", "completedUnits", "currentBegan", "state")
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(["schedule", "status", "id"]), JUNK), st.dictionaries(st.sampled_from(PARTS), JUNK))
def test_whatever_is_missing_or_null_is_described(raw, status):
    for live in (raw, {**raw, "status": status}):
        assert describe_provisioning(live).keys() == describe_provisioning(None).keys()


def test_a_cycle_that_never_was_is_no_failure():
    zero = {"state": "Failed", "timeBegan": NEVER, "timeEnded": NEVER, "error": {"code": "None", "message": ""}}
    shown = describe_provisioning({**job(), "status": {"code": "NotRun", "lastExecution": zero, "steadyStateFirstAchievedTime": NEVER}})
    assert shown["last_cycle"] is None
    assert shown["initial_cycle_ended"] is None
