# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything below C(servicePrincipals/{id}/synchronization) but the schema: templates, jobs, secrets, and what a job can be told to do."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._errors import Ambiguous, InputError, Problem, ServiceError
from .._transport.address import quote_segment
from .patience import FORBIDDEN_SHARE, Patience, may_pass

T = t.TypeVar("T")

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .applications import App
    from .client import Graph

    Json = dict[str, t.Any]


@dataclass(frozen=True)
class Job:
    """One synchronization job; `raw` is the job as it was read."""

    id: str
    template_id: str
    raw: Mapping[str, t.Any] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """The state of its schedule: Active, Disabled, Paused; empty if it is not told."""
        return str((self.raw.get("schedule") or {}).get("state") or "")


def root(principal_id: str) -> str:
    """The path of everything about the provisioning of one application."""
    return f"servicePrincipals/{quote_segment(principal_id)}/synchronization"


def job_path(principal_id: str, job_id: str) -> str:
    """The path of one job. Ids of jobs hold dots, and so are encoded as one segment."""
    return f"{root(principal_id)}/jobs/{quote_segment(job_id)}"


def list_templates(graph: Graph, principal_id: str) -> list[Json]:
    """The connectors that the application has, as Graph shows them."""
    return graph.list(f"{root(principal_id)}/templates")


def patiently(graph: Graph, read: Callable[[], T]) -> T:
    """What `read` gives, outwaiting what the service answers while it does not know a new application yet (facts 3.5 and 3.6)."""
    patience = Patience(graph.consistency_timeout, lambda: graph.now().timestamp())
    while True:
        try:
            return read()
        except ServiceError as error:
            pause = patience.pause()
            passing = may_pass(error, patience.spent) or (error.status == 400 and patience.spent < FORBIDDEN_SHARE)
            if graph.read_only or not passing or patience.is_over(pause):
                raise
        graph.sleep(pause)


def choose_template(templates: Sequence[Mapping[str, t.Any]], template_id: str = "") -> str:
    """The id of the template to use: the given one, else the one marked default, else the only one. Raises InputError (facts 3.5)."""
    ids = sorted(str(template.get("id") or "") for template in templates)
    if template_id:
        if template_id in ids:
            return template_id
        reason = f"the application has no template {template_id!r} for provisioning; it has {_listed(ids)}"
        raise InputError([Problem("option template_id", "", reason)])
    chosen = sorted(str(template.get("id") or "") for template in templates if template.get("default") is True) or ids
    if len(chosen) == 1:
        return chosen[0]
    if not chosen:
        reason = "the application has no template for provisioning: was it made from the gallery, by entra_gallery_app?"
        raise InputError([Problem("the application", "", reason)])
    raise InputError([Problem("option template_id", "", f"is needed, as none is the default of {_listed(chosen)}")])


def list_jobs(graph: Graph, principal_id: str) -> list[Job]:
    """The jobs of the application by their id; Graph's own order is not reliable."""
    found = [_job(raw) for raw in graph.list(f"{root(principal_id)}/jobs")]
    return sorted(found, key=lambda job: job.id)


def find_job(graph: Graph, app: App, template_id: str = "") -> Job | None:
    """The job of the application's template (see choose_template); None if there is none. Costs one request more if there are jobs."""
    jobs = list_jobs(graph, app.principal_id)
    if not jobs:
        return None
    return pick_job(jobs, choose_template(list_templates(graph, app.principal_id), template_id))


def pick_job(jobs: Sequence[Job], template_id: str) -> Job | None:
    """The first job of that template; None if there is none."""
    return next((job for job in jobs if job.template_id == template_id), None)


def read_job(graph: Graph, principal_id: str, job_id: str) -> Job | None:
    """The job as it is now; None if it is gone or not visible yet."""
    raw = graph.find(job_path(principal_id, job_id))
    return None if raw is None else _job(raw)


def create_job(graph: Graph, principal_id: str, template_id: str) -> Job:
    """Make a job, or adopt the one that is there after a lost answer or a collision; it is disabled, and may not be visible yet.

    Its id is made of template, tenant and application (facts 3.6): there can be no second one, so that it may be asked for again.
    """
    patience = Patience(graph.consistency_timeout, lambda: graph.now().timestamp())
    while True:
        try:
            return _job(graph.send("POST", f"{root(principal_id)}/jobs", {"templateId": template_id}))
        except (Ambiguous, ServiceError) as error:
            pause, refused = patience.pause(), error.status if isinstance(error, ServiceError) else 0
            found = pick_job(list_jobs(graph, principal_id), template_id) if refused in (0, 409) else None
            if found is not None:
                return found
            if patience.is_over(pause) or (isinstance(error, ServiceError) and not may_pass(error, patience.spent)):
                raise
        graph.sleep(pause)


def delete_job(graph: Graph, principal_id: str, job_id: str) -> None:
    """Stop the job and destroy all that it remembers."""
    graph.send("DELETE", job_path(principal_id, job_id))


def start_job(graph: Graph, principal_id: str, job_id: str) -> None:
    """Let the job run, from where it was; ends a quarantine. Must not be sent to a job that runs (facts 3.10)."""
    graph.settle("POST", f"{job_path(principal_id, job_id)}/start")


def pause_job(graph: Graph, principal_id: str, job_id: str) -> None:
    """Let the job rest; a cycle in progress still comes to its end."""
    graph.settle("POST", f"{job_path(principal_id, job_id)}/pause")


def restart_job(graph: Graph, principal_id: str, job_id: str, reset_scope: str = "") -> None:
    """Begin anew with an initial cycle, forgetting what `reset_scope` names (flags joined by commas); empty = as the portal does."""
    graph.settle("POST", f"{job_path(principal_id, job_id)}/restart", {"criteria": {"resetScope": reset_scope}})


def read_secrets(graph: Graph, principal_id: str) -> dict[str, str]:
    """Keys and values of the settings; the sensitive ones are masked with asterisks."""
    listed = graph.list(f"{root(principal_id)}/secrets")
    return {str(entry["key"]): str(entry.get("value") or "") for entry in listed if entry.get("key")}


def write_secrets(graph: Graph, principal_id: str, secrets: Mapping[str, str]) -> None:
    """Replace all settings by these (facts 3.7)."""
    graph.settle("PUT", f"{root(principal_id)}/secrets", {"value": pairs(secrets)})


def validate_credentials(
    graph: Graph, principal_id: str, secrets: Mapping[str, str] | None, *, job_id: str = "", template_id: str = ""
) -> None:
    """Let Entra try to reach the target with these settings, or with the stored ones (None). Changes nothing; raises what Graph answers.

    Without a job the template says which connector is meant (facts 3.8).
    """
    path = f"{job_path(principal_id, job_id)}" if job_id else f"{root(principal_id)}/jobs"
    body: Json = {"useSavedCredentials": secrets is None, "credentials": pairs(secrets or {})}
    if template_id:
        body["templateId"] = template_id
    if graph.read_only:
        graph.ask(f"{path}/validateCredentials", body)
    else:
        # To a new application the service answers 403 and 409 for a while, whatever it is asked (facts 3.6).
        graph.settle("POST", f"{path}/validateCredentials", body)


def provision_on_demand(graph: Graph, principal_id: str, job_id: str, parameters: Sequence[Mapping[str, t.Any]]) -> Json:
    """Provision these subjects now; what the service did comes back as JSON texts (facts 3.11)."""
    return graph.send("POST", f"{job_path(principal_id, job_id)}/provisionOnDemand", {"parameters": list(parameters)})


def pairs(secrets: Mapping[str, str]) -> list[dict[str, str]]:
    """Settings as Graph lists them."""
    return [{"key": key, "value": value} for key, value in secrets.items()]


def _job(raw: Mapping[str, t.Any]) -> Job:
    return Job(str(raw.get("id") or ""), str(raw.get("templateId") or ""), raw)


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(repr(one) for one in ids) or "none at all"
