# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything below C(servicePrincipals/{id}/synchronization) but the schema: templates, jobs, secrets, and what a job can be told to do."""

from __future__ import annotations

import typing as t

from .._entra.model import Job
from .._errors import Ambiguous, InputError, Problem, ServiceError, UntrustedAnswer
from .._transport.address import quote_segment
from .again import find_again, read_again
from .applications import OF_IDS
from .patience import may_pass
from .resources import CONNECTOR, JOB, SETTING
from .shapes import all_sound, sound

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._entra.model import App
    from .client import Graph

    Json = dict[str, t.Any]


def root(principal_id: str) -> str:
    """The path of everything about the provisioning of one application."""
    return f"servicePrincipals/{quote_segment(principal_id)}/synchronization"


def job_path(principal_id: str, job_id: str) -> str:
    """The path of one job. Ids of jobs hold dots, and so are encoded as one segment."""
    return f"{root(principal_id)}/jobs/{quote_segment(job_id)}"


def list_templates(graph: Graph, principal_id: str) -> list[Json]:
    """The connectors that the application has, as Graph shows them."""
    return all_sound(_list(graph, f"{root(principal_id)}/templates"), CONNECTOR, "a template for provisioning")


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
    found = [_job(raw) for raw in _list(graph, f"{root(principal_id)}/jobs")]
    return sorted(found, key=lambda job: job.id)


def find_job(graph: Graph, app: App, template_id: str = "") -> Job | None:
    """The job that is meant; None if there is none. Templates are asked for only where there are several jobs, or none of that template."""
    jobs = list_jobs(graph, app.principal_id)
    known = lone_job(jobs, template_id)
    if known is not None or not jobs:
        return known
    return pick_job(jobs, choose_template(list_templates(graph, app.principal_id), template_id))


def await_job(graph: Graph, app: App, template_id: str = "") -> Job | None:
    """The same for a task that needs one: outside check mode, no list of jobs is believed at once to be empty."""
    return find_again(graph, lambda: find_job(graph, app, template_id), most=OF_IDS)


def lone_job(jobs: Sequence[Job], template_id: str = "") -> Job | None:
    """The job that can be meant without looking at the templates: that of the given one, else the only one of whatever template."""
    if template_id:
        return pick_job(jobs, template_id)
    return jobs[0] if len(jobs) == 1 else None


def pick_job(jobs: Sequence[Job], template_id: str) -> Job | None:
    """The first job of that template; None if there is none."""
    return next((job for job in jobs if job.template_id == template_id), None)


def read_job(graph: Graph, principal_id: str, job_id: str) -> Job | None:
    """The job as it is now; None if it is gone or not visible yet."""
    raw = graph.find(job_path(principal_id, job_id))
    return None if raw is None else _job(sound(raw, JOB, "the provisioning job", id=job_id))


def create_job(graph: Graph, principal_id: str, template_id: str) -> Job:
    """Make a job, or adopt the one that is there after a lost answer or a collision; it is disabled, and may not be visible yet.

    Its id is made of template, tenant and application (facts 3.6): there can be no second one, so that it may be asked for again.
    """

    def make() -> Job:
        try:
            return _job(graph.send("POST", f"{root(principal_id)}/jobs", {"templateId": template_id}))
        except (Ambiguous, UntrustedAnswer, ServiceError) as error:
            may_be_there = not isinstance(error, ServiceError) or error.status == 409
            found = pick_job(list_jobs(graph, principal_id), template_id) if may_be_there else None
            if found is None:
                raise
            return found

    return graph.outwait(make, lambda error, spent: isinstance(error, Ambiguous) or may_pass(error, spent))


def delete_job(graph: Graph, principal_id: str, job_id: str) -> None:
    """Stop the job and destroy all that it remembers; one that is gone already is gone."""
    graph.delete(job_path(principal_id, job_id))


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
    listed = all_sound(_list(graph, f"{root(principal_id)}/secrets"), SETTING, "a setting of provisioning")
    return {str(entry["key"]): str(entry.get("value") or "") for entry in listed if entry.get("key")}


def write_secrets(graph: Graph, principal_id: str, secrets: Mapping[str, str]) -> None:
    """Replace all settings by these (facts 3.7)."""
    graph.settle("PUT", f"{root(principal_id)}/secrets", {"value": as_pairs(secrets)})


def validate_credentials(
    graph: Graph, principal_id: str, secrets: Mapping[str, str] | None, *, job_id: str = "", template_id: str = ""
) -> None:
    """Let Entra try to reach the target with these settings, or with the stored ones (None). Changes nothing; raises what Graph answers.

    Without a job the template says which connector is meant (facts 3.8).
    """
    path = f"{job_path(principal_id, job_id)}" if job_id else f"{root(principal_id)}/jobs"
    body: Json = {"useSavedCredentials": secrets is None, "credentials": as_pairs(secrets or {})}
    if template_id:
        body["templateId"] = template_id
    graph.ask(f"{path}/validateCredentials", body)


def provision_on_demand(graph: Graph, principal_id: str, job_id: str, parameters: Sequence[Mapping[str, t.Any]]) -> Json:
    """Provision these subjects now; what the service did comes back as JSON texts (facts 3.11)."""
    return graph.settle("POST", f"{job_path(principal_id, job_id)}/provisionOnDemand", {"parameters": list(parameters)})


def as_pairs(secrets: Mapping[str, str]) -> list[dict[str, str]]:
    """Settings as Graph lists them."""
    return [{"key": key, "value": value} for key, value in secrets.items()]


def _list(graph: Graph, path: str) -> list[Json]:
    """A list of the synchronization service, which may not know a new application yet."""
    return read_again(graph, lambda: graph.list(path))


def _job(raw: Json) -> Job:
    sound(raw, JOB, "the provisioning job")
    return Job(str(raw.get("id") or ""), str(raw.get("templateId") or ""), raw)


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(repr(one) for one in ids) or "none at all"
