# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""entra_provisioning_job: the job exists, runs, rests, begins anew or is gone; and the initial cycle is waited for."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._entra.jobs import (
    RUNNING,
    check_job_options,
    describe_held,
    describe_state,
    ends_quarantine,
    foreseen_job,
    job_operations,
    plan_job,
    watch_after,
)
from .._entra.outcome import Outcome
from .._entra.status import describe_job, progress_sentence, quarantine_sentence, schedule_state
from .._errors import Ambiguous, CollectionError, Refusal, TransportError, Unauthorized, raise_problems
from .._graph.again import look_again
from .._graph.applications import find_app
from .._graph.synchronization import (
    choose_template,
    create_job,
    delete_job,
    list_jobs,
    list_templates,
    lone_job,
    pause_job,
    pick_job,
    read_job,
    start_job,
)
from .restarting import restart_once

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._entra.jobs import JobPlan, JobStep, Watch
    from .._entra.model import App, Job
    from .._graph.client import Graph

MISSES = 5
"""So many looks in a row may fail while a cycle is waited for."""


def act(graph: Graph, options: Mapping[str, t.Any]) -> Outcome:
    """Bring the job into its state; in check mode say what that would take."""
    raise_problems(check_job_options(options))
    app = find_app(graph, options)
    template_id, job = _look(graph, options, app)
    raw = job.raw if job else None
    plan = plan_job(options, raw)
    if plan.refused:
        raise Refusal(plan.refused, **describe_held(raw))
    name = app.display_name if app else options.get("display_name")
    foreseen = foreseen_job(plan, raw, template_id)
    outcome = Outcome(
        {"job": describe_job(foreseen) if foreseen is not None else {}},
        job_operations(plan, str(name)),
        describe_state(raw),
        describe_state(foreseen) if plan.steps else describe_state(raw),
        plan.warnings,
        subject=str(name),
    )
    if app is None or graph.read_only:
        return outcome
    found = _Work(graph, app, template_id, outcome).carry_out(plan, job)
    if options["wait_for"] == "initial_cycle" and options["state"] in RUNNING and found is not None and not outcome.failed:
        found = _wait(graph, app, found, watch_after(plan, raw), options, outcome)
    outcome.result = {"job": describe_job(found.raw) if found else {}}
    return outcome


def _look(graph: Graph, options: Mapping[str, t.Any], app: App | None) -> tuple[str, Job | None]:
    """The template and its job, the only one if none is named. Templates are asked for only where they decide, and waited for where new."""
    wanted = options.get("template_id") or ""
    if app is None:
        return wanted, None
    principal = app.principal_id
    jobs = list_jobs(graph, principal)
    known = lone_job(jobs, wanted)
    if known is not None:
        return known.template_id, known
    if not jobs and options["state"] == "absent":
        return wanted, None
    templates = list_templates(graph, principal)
    if not templates and not graph.read_only:
        graph.wait_for(lambda: bool(list_templates(graph, principal)), hits=1)
        templates = list_templates(graph, principal)
    template_id = choose_template(templates, wanted)
    return template_id, pick_job(jobs, template_id)


OTHERWISE = {
    "delete": "is still there",
    "pause": "still runs",
    "restart": "still shows its quarantine",
    "start": "is not shown as started yet",
}
"""What a job that does not show a step is like, for a warning."""


def _is_seen(step: JobStep, job: Job | None) -> bool:
    """Whether the job shows that the step was done."""
    if job is None or step.verb == "delete":
        return job is None and step.verb == "delete"
    if step.verb == "restart":
        return not ends_quarantine(step) or not quarantine_sentence(job.raw)
    return (schedule_state(job.raw) == "Active") == (step.verb == "start")


@dataclass(frozen=True)
class _Work:
    """The steps of one plan, carried out one after the other."""

    graph: Graph
    app: App
    template_id: str
    outcome: Outcome
    done: list[JobStep] = field(default_factory=list)

    def carry_out(self, plan: JobPlan, job: Job | None) -> Job | None:
        """All steps, each waited for until it can be seen; the job as it is then. What fails after the first is told with what is done."""
        for number, step in enumerate(plan.steps):
            try:
                job = self._step(step, job, restarted=number > 0 and plan.steps[number - 1].verb == "restart")
            except CollectionError as error:
                if not self.done:
                    raise
                self.outcome.operations = self.outcome.operations[: len(self.done)]
                self.outcome.failed = f"Done: {', '.join(step.verb for step in self.done)}; then: {error}"
                break
        return job

    def _step(self, step: JobStep, job: Job | None, *, restarted: bool) -> Job | None:
        principal = self.app.principal_id
        if job is None:
            made = create_job(self.graph, principal, self.template_id)
            self.done.append(step)
            return self._see(made, "is not visible yet", lambda job: job is not None) or made
        if step.verb == "delete":
            delete_job(self.graph, principal, job.id)
        elif step.verb == "pause":
            self._surely(pause_job, job, lambda state: state != "Active")
        elif step.verb == "restart":
            restart_once(self.graph, self.app, job, step.reset_scope)
        # A restart may have started it already (facts section 12), and start must not be sent to a job that runs.
        elif not restarted or schedule_state(job.raw) != "Active":
            self._surely(start_job, job, lambda state: state == "Active")
        self.done.append(step)
        return self._see(job, OTHERWISE[step.verb], lambda job: _is_seen(step, job))

    def _surely(self, act: Callable[[Graph, str, str], None], job: Job, done: Callable[[str], bool]) -> None:
        """Tell the job to start or pause; after a lost answer look, and tell it again only if it did not hear."""
        try:
            act(self.graph, self.app.principal_id, job.id)
        except Ambiguous:
            found = read_job(self.graph, self.app.principal_id, job.id)
            if found is None or not done(schedule_state(found.raw)):
                act(self.graph, self.app.principal_id, job.id)

    def _see(self, job: Job, otherwise: str, seen: Callable[[Job | None], bool]) -> Job | None:
        """The job as soon as three looks in a row saw what was done; a warning if they do not."""
        last: list[Job | None] = [job]

        def look() -> bool:
            last[:] = [read_job(self.graph, self.app.principal_id, job.id)]
            return seen(last[0])

        shown, why = look_again(self.graph, look)
        if not shown:
            self.outcome.warnings.append(f"Entra took the request, and the job {job.id} {otherwise}: {why}")
        return last[0]


def _wait(graph: Graph, app: App, job: Job, watch: Watch, options: Mapping[str, t.Any], outcome: Outcome) -> Job | None:
    """Wait for the end of the cycle; `outcome.failed` says why it will not come, or has not come in time."""
    last: list[Job | None] = [job]
    told = ["running"]

    missed = [0]

    def look() -> bool:
        try:
            last[:] = [read_job(graph, app.principal_id, job.id)]
        except TransportError as error:
            # One bad answer must not end the waiting of hours.
            missed[0] += 1
            if missed[0] > MISSES or isinstance(error, Unauthorized):
                raise
            return False
        missed[0] = 0
        found = last[0]
        told[:] = [watch.look(found.raw if found else None)]
        return told[0] != "running"

    try:
        graph.wait_for(look, hits=1, timeout=options["wait_timeout"], interval=options["wait_interval"])
    except CollectionError as error:
        outcome.failed = f"The initial cycle goes on, but cannot be waited for: {error}"
        return last[0]
    if told[0] != "ended":
        outcome.failed = _why(told[0], last[0].raw if last[0] else {}, options["wait_timeout"])
    return last[0]


def _why(told: str, raw: Mapping[str, t.Any], seconds: float) -> str:
    """Why the cycle has not come to its end, in words."""
    far = progress_sentence(raw)
    if told == "gone":
        return "The job was deleted while its initial cycle was waited for"
    if told == "quarantine":
        why = f"{quarantine_sentence(raw)}. Now {far}"
        return f"The initial cycle does not come to its end: {why}. entra_provisioning_log_info shows single failures"
    if told == "stopped":
        return f"The initial cycle does not come to its end: somebody, or Entra, stopped the job while it was waited for; {far}"
    quarantine = quarantine_sentence(raw)
    return (
        f"The initial cycle has not come to its end within {seconds:g} seconds; {far}{'; ' + quarantine if quarantine else ''}. "
        "The job goes on by itself; run the task again to go on waiting, or give it more wait_timeout"
    )
