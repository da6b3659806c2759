# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Synchronization: templates and jobs, and what all of its parts have in common."""

from __future__ import annotations

import copy
import json
import typing as t

from .answers import NEVER, Call, GraphError, Json, Listing, Reply, bad_request
from .applications import principal_of, visible
from .engine import EngineError, initial_schedule, initial_status
from .state import Application, Job

if t.TYPE_CHECKING:
    from .entra import Entra

NOT_THERE = "No HTTP resource was found that matches the request URI 'https://syncfabric.windowsazure.com/{}'."


def refused(status: int, code: str, message: str) -> GraphError:
    """An error of the synchronization service, which comes through Graph as a text inside an error."""
    return GraphError(status, code, message, nested=True)


def of_engine(error: EngineError) -> GraphError:
    """What the provisioning service says, as an error of Graph."""
    return refused(error.status, error.code, error.message)


class Synchronization:
    """What every part of synchronization needs: whose it is, and whether that is old enough to be written to."""

    def __init__(self, entra: Entra) -> None:
        self._entra = entra
        self._directory = entra.directory

    def _application(self, call: Call) -> Application:
        """The application in the address. The caller holds the lock."""
        application = principal_of(self._entra, call.ids[0])
        if application.sync_errors > 0 and call.method != "GET":
            application.sync_errors -= 1
            if application.sync_errors % 2:
                raise refused(403, "Forbidden", "The service principal is not known to the synchronization service yet.")
            raise refused(409, "Conflict", "The service principal is being written to.")
        return application

    def _job(self, call: Call) -> tuple[Application, Job]:
        """The job in the address. The caller holds the lock."""
        application = self._application(call)
        job = application.jobs.get(call.ids[1])
        if job is None or not visible(self._entra, job):
            raise refused(404, "NotFound", f"Could not find the synchronization job {call.ids[1]}.")
        return application, job

    def not_implemented(self, call: Call) -> Reply:
        """What Microsoft publishes and the service does not do."""
        path = call.route.strip("/")
        raise GraphError(404, "UnknownError", json.dumps({"Message": NOT_THERE.format(path)}))


class Jobs(Synchronization):
    """Answers below /synchronization/templates and /synchronization/jobs."""

    def templates(self, call: Call) -> Listing:
        """GET templates."""
        with self._directory.lock:
            found = self._entra.gallery.synchronization_templates(self._application(call))
        return Listing(found, f"servicePrincipals('{call.ids[0]}')/synchronization/templates")

    def template(self, call: Call) -> Reply:
        """GET templates/{id}."""
        with self._directory.lock:
            for template in self._entra.gallery.synchronization_templates(self._application(call)):
                if template["id"] == call.ids[1]:
                    return Reply(200, template, f"servicePrincipals('{call.ids[0]}')/synchronization/templates/$entity")
        raise refused(404, "NotFound", f"Could not find the synchronization template {call.ids[1]}.")

    def listing(self, call: Call) -> Listing:
        """GET jobs."""
        with self._directory.lock:
            now = self._entra.clock()
            jobs = [job for job in self._application(call).jobs.values() if now >= job.listed_at]
        return Listing(jobs, f"servicePrincipals('{call.ids[0]}')/synchronization/jobs", show_job)

    def get(self, call: Call) -> Reply:
        """GET jobs/{id}."""
        with self._directory.lock:
            return Reply(200, show_job(self._job(call)[1]), f"servicePrincipals('{call.ids[0]}')/synchronization/jobs/$entity")

    def create(self, call: Call) -> Reply:
        """POST jobs: made disabled, with the template's schema."""
        template_id = call.text("templateId")
        with self._directory.lock:
            application = self._application(call)
            schema = self._entra.gallery.schema(application, template_id)
            if schema is None:
                raise refused(400, "InvalidTemplate", f"The application has no synchronization template {template_id}.")
            id = f"{template_id}.{self._directory.tenant_id.replace('-', '')}.{application.principal_id}"
            if id not in application.jobs:
                application.jobs[id] = self._new_job(id, template_id, schema)
            elif self._entra.switches.entra_second_job == "conflict":
                raise refused(409, "Conflict", f"There is a synchronization job {id} already.")
            call.touched.append(id)
            shown = show_job(application.jobs[id])
        return Reply(201, shown, f"servicePrincipals('{call.ids[0]}')/synchronization/jobs/$entity")

    def _new_job(self, id: str, template_id: str, schema: Json) -> Job:
        switches, now = self._entra.switches, self._entra.clock()
        status = initial_status()
        status["code"] = switches.entra_new_job_code
        if switches.entra_new_job_execution == "zero":
            status["lastExecution"] = zero_execution()
        job = Job(id, template_id, {**schema, "id": id}, initial_schedule(), status)
        job.visible_at, job.listed_at = now + switches.entra_replication_delay, now + switches.entra_listing_delay
        job.flickers = 2 * switches.entra_flicker
        return job

    def delete(self, call: Call) -> Reply:
        """DELETE jobs/{id}: with all that the job remembers."""
        with self._directory.lock:
            application, job = self._job(call)
            self._entra.engine.pause(application, job)
            del application.jobs[job.id]
        return Reply(204)

    def start(self, call: Call) -> Reply:
        """POST jobs/{id}/start."""
        with self._directory.lock:
            application, job = self._job(call)
            self._asked_engine(lambda: self._entra.engine.start(application, job))
        return Reply(204)

    def pause(self, call: Call) -> Reply:
        """POST jobs/{id}/pause."""
        with self._directory.lock:
            application, job = self._job(call)
            self._asked_engine(lambda: self._entra.engine.pause(application, job))
        return Reply(204)

    def restart(self, call: Call) -> Reply:
        """POST jobs/{id}/restart."""
        criteria = call.object().get("criteria")
        if not isinstance(criteria, dict):
            raise bad_request("One or more required properties are missing: criteria")
        scope = str(criteria.get("resetScope") or "")
        with self._directory.lock:
            application, job = self._job(call)
            self._asked_engine(lambda: self._entra.engine.restart(application, job, scope))
        return Reply(204)

    def on_demand(self, call: Call) -> Reply:
        """POST jobs/{id}/provisionOnDemand."""
        parameters = call.object().get("parameters")
        if not isinstance(parameters, list) or not parameters:
            raise refused(400, "RequestParameterInvalid", "The request has no parameters.")
        with self._directory.lock:
            application, job = self._job(call)
        # Not under the lock: the engine talks to the SCIM service.
        content = self._asked_engine(lambda: self._entra.engine.on_demand(application, job, parameters))
        return Reply(200, content, "microsoft.graph.stringKeyStringValuePair")

    @staticmethod
    def _asked_engine(act: t.Callable[[], t.Any]) -> t.Any:
        try:
            return act()
        except EngineError as error:
            raise of_engine(error) from None


def show_job(job: Job) -> Json:
    """A job as Graph shows it."""
    return {
        "id": job.id,
        "templateId": job.template_id,
        "schedule": copy.deepcopy(job.schedule),
        "status": copy.deepcopy(job.status),
        "synchronizationJobSettings": copy.deepcopy(job.settings),
    }


def zero_execution() -> Json:
    """The lastExecution that some tenants show before the first run: a failure that is none."""
    counts = ("Entitled", "EntitledForProvisioning", "Escrowed", "EscrowedRaw", "Exported", "Exports", "Imported", "ImportedDeltas")
    return {
        "activityIdentifier": None,
        "state": "Failed",
        "timeBegan": NEVER,
        "timeEnded": NEVER,
        **{f"count{name}": 0 for name in (*counts, "ImportedReferenceDeltas")},
        "error": {"code": "None", "message": "", "tenantActionable": False},
    }
