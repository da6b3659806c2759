# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a synchronization job is to be told so that it is in the state that is wanted. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._errors import Problem
from .outcome import Operation
from .status import (
    HELD_DELETES,
    describe_counts,
    first_cycle_ended,
    holds_deletes,
    last_cycle_ended,
    moment,
    part,
    quarantine_of,
    reason_code,
    schedule_state,
    status_code,
)

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ORDER = ("Escrows", "Watermark", "QuarantineState", "Full")
"""What a restart may be told to forget (facts section 7), in the order of Microsoft's numbers."""

REFUSED_SCOPES = {
    "None": "Microsoft says not to use it; leave reset_scope out, and the restart is that of the portal",
    "ConnectorDataStore": "it makes Entra forget which account at Zscaler belongs to whom; Microsoft keeps it for its own support",
    "ForceDeletes": "it releases deletes that are held back; for that, and only for that, there is allow_held_deletes: true",
}
"""Flags of Graph that are not taken, and why."""

SHORTEST_INTERVAL = 1.0
"""Seconds between two looks, at least."""

RUNNING = ("started", "restarted")
"""States that bring about a cycle."""

HELD = (
    "Entra holds back deletes, more than the threshold for accidental deletions allows (it is in quarantine: TooManyDeletes). They are not "
    "released unasked, and the job is not started or restarted. Look at them with entra_provisioning_log_info (action stagedDelete); then "
    "either undo their cause, or release them with allow_held_deletes: true"
)
UNSURE = (
    "It is in quarantine for a reason that Entra does not tell, or that this collection does not know: {reason}. Deletes may be held back, "
    "which a start or restart would let through, and so the job is not started or restarted. Look at them with "
    "entra_provisioning_log_info (action stagedDelete), and at the job in the portal; allow_held_deletes: true goes on all the same"
)


@dataclass(frozen=True)
class JobStep:
    """One request to the job: create, start, pause, restart or delete. `reset_scope` is for a restart, as Graph wants it."""

    verb: str
    reset_scope: str = ""


@dataclass
class JobPlan:
    """The steps in order, warnings, and why the state cannot be reached (then there are no steps)."""

    steps: list[JobStep] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    refused: str = ""


def check_job_options(options: Mapping[str, t.Any]) -> list[Problem]:
    """All that is wrong with the options, before any request."""
    problems = []
    scopes = options.get("reset_scope") or []
    if scopes and options["state"] != "restarted":
        problems.append(Problem("option reset_scope", "", f"is for state: restarted only, the state is {options['state']}"))
    if options["wait_for"] == "initial_cycle" and options["state"] not in RUNNING:
        problems.append(Problem("option wait_for", "", f"is for state: started and state: restarted, the state is {options['state']}"))
    known = {name.casefold(): name for name in (*ORDER, *REFUSED_SCOPES)}
    for scope in scopes:
        name = known.get(scope.casefold())
        if name is None:
            problems.append(Problem("option reset_scope", scope, f"is not known; there are {', '.join(ORDER)}"))
        elif name in REFUSED_SCOPES:
            problems.append(Problem("option reset_scope", name, REFUSED_SCOPES[name]))
    for option in ("wait_timeout", "wait_interval"):
        # Written so that NaN is refused too.
        if not 0 < options[option] < float("inf"):
            problems.append(Problem(f"option {option}", "", "is a number of seconds, and more than 0"))
        elif option == "wait_interval" and options[option] < SHORTEST_INTERVAL:
            problems.append(Problem(f"option {option}", "", f"must be at least {SHORTEST_INTERVAL:g} second, or Graph is flooded"))
    return problems


def ends_quarantine(step: JobStep) -> bool:
    """Whether a restart of this scope ends a quarantine."""
    flags = step.reset_scope.split(", ")
    return not step.reset_scope or any(flag in flags for flag in ("QuarantineState", "Full", "ForceDeletes"))


def shows_restart(before: Mapping[str, t.Any], now: Mapping[str, t.Any]) -> bool:
    """Whether the job, seen again, was surely restarted: it runs, has left quarantine, or has its first cycle before it, and was not so."""
    has_started = schedule_state(now) == "Active" != schedule_state(before)
    has_left = bool(quarantine_of(before)) and not quarantine_of(now)
    begins_anew = (status_code(now) == "NotRun" != status_code(before)) or bool(first_cycle_ended(before) and not first_cycle_ended(now))
    return has_started or has_left or begins_anew


def reset_flags(scopes: Sequence[str]) -> str:
    """The flags as Graph wants them: joined by commas; Full stands for all others."""
    chosen = {scope.casefold() for scope in scopes}
    if "full" in chosen:
        return "Full"
    return ", ".join(name for name in ORDER if name.casefold() in chosen)


def plan_job(options: Mapping[str, t.Any], job: Mapping[str, t.Any] | None) -> JobPlan:
    """What to tell the job; `job` is the job as Graph shows it, None if there is none."""
    state = options["state"]
    if state == "absent":
        return JobPlan([JobStep("delete")] if job is not None else [])
    if job is None:
        return JobPlan([JobStep("create"), *([JobStep("start")] if state in ("started", "restarted") else [])])
    if state == "paused":
        return JobPlan([JobStep("pause")] if schedule_state(job) == "Active" else [])
    if state == "present":
        return JobPlan()
    return _plan_running(options, job)


def _plan_running(options: Mapping[str, t.Any], job: Mapping[str, t.Any]) -> JobPlan:
    """Started or restarted, for a job that exists."""
    running, restart = schedule_state(job) == "Active", options["state"] == "restarted"
    start = [] if running else [JobStep("start")]
    if holds_deletes(job):
        return _plan_held(options, job, start)
    if restart:
        return JobPlan([JobStep("restart", reset_flags(options.get("reset_scope") or [])), *start])
    return JobPlan([JobStep("start")] if not running or quarantine_of(job) else [])


def _plan_held(options: Mapping[str, t.Any], job: Mapping[str, t.Any], start: list[JobStep]) -> JobPlan:
    """For a job that holds back deletes: nothing, unless it is allowed to release them."""
    if options.get("allow_held_deletes"):
        scope = reset_flags(options.get("reset_scope") or [])
        ignored = [f"reset_scope {scope} is not applied: deletes are released by a restart of their own"] if scope else []
        return JobPlan([JobStep("restart", "ForceDeletes"), *start], ignored)
    counts = ", ".join(f"{count} of type {name}" for name, count in sorted(describe_counts(job).items()))
    since = moment(quarantine_of(job).get("currentBegan"))
    reason = reason_code(quarantine_of(job))
    told = HELD if reason == HELD_DELETES else UNSURE.format(reason=reason)
    sentence = told + (f". That is so since {since}" if since else "") + (f". In step at the target now: {counts}" if counts else "")
    if options["state"] == "restarted" or start:
        return JobPlan(refused=f"The job cannot be {options['state']}: {sentence}")
    return JobPlan(warnings=[sentence])


def describe_held(job: Mapping[str, t.Any] | None) -> dict[str, t.Any]:
    """For the result of a refusal: since when deletes are held back, and how many objects are in step at the target, by type."""
    return {"since": moment(quarantine_of(job or {}).get("currentBegan")), "counts": describe_counts(job or {})}


def job_operations(plan: JobPlan, name: str) -> list[Operation]:
    """The steps for a result; `name` is that of the application."""
    return [
        Operation("job", step.verb, f"provisioning of {name}", {"reset_scope": step.reset_scope} if step.reset_scope else {})
        for step in plan.steps
    ]


def foreseen_job(plan: JobPlan, job: Mapping[str, t.Any] | None, template_id: str) -> dict[str, t.Any] | None:
    """The job as it will be after the plan, as far as that can be known; None if there will be none. For check mode and diffs."""
    shown = dict(job) if job is not None else None
    for step in plan.steps:
        if step.verb == "delete":
            return None
        if step.verb == "create":
            shown = {"id": "", "templateId": template_id, "schedule": {"state": "Disabled"}, "status": {"code": "NotConfigured"}}
        if shown is not None and step.verb == "pause":
            # A job that is paused in quarantine is still in it.
            shown = _with_state(shown, schedule={"state": "Paused"}, status={"code": "Paused"})
        if shown is not None and step.verb == "start":
            code = "Active" if first_cycle_ended(shown) else "NotRun"
            shown = _with_state(shown, schedule={"state": "Active"}, status={"code": code, "quarantine": None})
        if shown is not None and step.verb == "restart":
            shown = _with_state(shown, schedule={}, status={"code": "NotRun", "quarantine": None})
    return shown


def _with_state(job: Mapping[str, t.Any], *, schedule: Mapping[str, t.Any], status: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The job with these keys of its schedule and its status changed."""
    return {**job, "schedule": {**part(job, "schedule"), **schedule}, "status": {**part(job, "status"), **status}}


def describe_state(job: Mapping[str, t.Any] | None) -> dict[str, t.Any]:
    """What of the job a diff shows."""
    if job is None:
        return {"job": "absent"}
    return {"job": "present", "schedule": schedule_state(job), "quarantine": bool(quarantine_of(job))}


@dataclass(frozen=True)
class Watch:
    """How a cycle that is waited for is told from what was before: what the job said before it was restarted."""

    restarted: bool = False
    caught_up: str = ""
    quarantine_began: str = ""

    def look(self, job: Mapping[str, t.Any] | None) -> str:
        """ended, quarantine, gone, stopped, or running."""
        if job is None:
            return "gone"
        if first_cycle_ended(job) and (not self.restarted or (last_cycle_ended(job) or "") > self.caught_up):
            return "ended"
        found = quarantine_of(job)
        if found and not (self.quarantine_began and found.get("currentBegan") == self.quarantine_began):
            return "quarantine"
        if schedule_state(job) in ("Disabled", "Paused") or status_code(job) == "Paused":
            return "stopped"
        return "running"


def watch_after(plan: JobPlan, job: Mapping[str, t.Any] | None) -> Watch:
    """What to wait for after this plan, given the job as it was before."""
    verbs = {step.verb for step in plan.steps}
    if job is None or not verbs & {"start", "restart"}:
        return Watch()
    began = str(quarantine_of(job).get("currentBegan") or "")
    return Watch("restart" in verbs, last_cycle_ended(job) or "", began)
