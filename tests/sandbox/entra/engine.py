# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The provisioning service of the sandbox's Entra tenant: jobs are started, run in cycles, and write to the SCIM service.

It does what Microsoft documents of the real one, only sooner. Nothing here knows HTTP routes of Graph.
"""

from __future__ import annotations

import datetime
import threading
import typing as t

from . import credentials, evaluation, expressions, oauth, snapshot, status
from .cycle import Cycle
from .discovery import discover
from .functions import FUNCTIONS
from .on_demand import OnDemand
from .refusals import EngineError
from .schedule import Key, Schedule
from .scim_client import ScimClient
from .scoping import OPERATORS
from .settings import settings_of
from .status import initial_schedule, initial_status

if t.TYPE_CHECKING:
    from .state import Application, Directory, Job, Json

__all__ = ["FUNCTIONS", "OPERATORS", "Engine", "EngineError", "initial_schedule", "initial_status", "parse"]
DEFAULT_RESET = frozenset({"QuarantineState", "Watermark", "Escrows"})
ALL_RESET = DEFAULT_RESET | {"ConnectorDataStore"}
RESET_FLAGS = {name.lower(): name for name in (*ALL_RESET, "Full", "ForceDeletes", "None")}
DEFAULTS = {"default_access_excluded": True, "cycle_delay": 0.2, "cycle_interval": 2400.0}


def utc_now() -> datetime.datetime:
    """The time."""
    return datetime.datetime.now(datetime.timezone.utc)


def parse(expression: str) -> tuple[Json | None, str]:
    """An attributeMappingSource and "", or None and the reason."""
    try:
        return expressions.as_source(expressions.parse(expression)), ""
    except expressions.ExpressionError as error:
        return None, str(error)


class Engine:
    """All jobs of one tenant. Every method may be called from any thread; those that talk to the target take long, and the
    directory must not be locked then. `switches` may have entra_default_access_excluded, entra_cycle_delay and
    entra_cycle_interval. `trust` is the path of the authority that TLS trusts, "" for none."""

    def __init__(
        self,
        directory: Directory,
        *,
        trust: t.Callable[[], str] = str,
        switches: t.Any = None,
        now: t.Callable[[], datetime.datetime] = utc_now,
    ) -> None:
        self._directory = directory
        self._trust = trust
        self._switches = switches
        self._now = now
        self._busy = threading.Lock()
        self._schedule = Schedule(self._run_due)

    def stop(self) -> None:
        """Ends the background thread; to be called when the sandbox stops."""
        self._schedule.stop()

    def _switch(self, name: str) -> t.Any:
        return getattr(self._switches, f"entra_{name}", DEFAULTS[name])

    def _connect(self, secrets: t.Mapping[str, str]) -> ScimClient:
        settings = settings_of(secrets)
        ca_path, wait = self._trust(), self._schedule.stopping.wait
        token = settings.token or (oauth.token(settings.oauth, ca_path=ca_path) if settings.oauth else "")
        return ScimClient(settings.base_url, token, ca_path=ca_path, wait=wait)

    def _snapshot(self, application: Application, job: Job) -> snapshot.Snapshot:
        return snapshot.take(self._directory, application, job, bool(self._switch("default_access_excluded")))

    # Credentials

    def validate(self, secrets: t.Mapping[str, str]) -> str:
        """Test Connection with BaseAddress and SecretToken: "" = fine, else "Code: sentence"."""
        return credentials.validate(lambda: self._connect(secrets))

    # The schedule

    def start(self, application: Application, job: Job) -> None:
        """POST .../start: goes on where it was paused; ends a quarantine."""
        with self._directory.lock:
            status.make_active(job)
        self._schedule.put((application.principal_id, job.id), float(self._switch("cycle_delay")))

    def pause(self, application: Application, job: Job) -> None:
        """POST .../pause: nothing is forgotten; a cycle that is running ends first."""
        with self._directory.lock:
            status.make_paused(job)
        self._schedule.drop((application.principal_id, job.id))

    def restart(self, application: Application, job: Job, scope: str = "") -> None:
        """POST .../restart; `scope` = criteria.resetScope. Raises EngineError."""
        flags = reset_flags(scope)
        with self._directory.lock:
            # From everybody to those who are assigned: that is seen only after a restart.
            job.everybody = False
            if "ForceDeletes" in flags:
                job.force_deletes = True
            else:
                _reset(job, flags)
            job.schedule.update(state="Active", interval="PT40M", expiration=None)
            if "QuarantineState" in flags or not job.status.get("quarantine"):
                status.make_active(job)
        self._schedule.put((application.principal_id, job.id), float(self._switch("cycle_delay")))

    def schema_changed(self, application: Application, job: Job) -> None:
        """After every PUT and DELETE of the schema: the next cycle is an initial one, and it comes soon where the job runs."""
        with self._directory.lock:
            _reset(job, {"Watermark"})
            is_on = job.schedule.get("state") == "Active"
        if is_on:
            self._schedule.put((application.principal_id, job.id), float(self._switch("cycle_delay")))

    def _run_due(self, key: Key) -> float | None:
        with self._directory.lock:
            application = self._directory.applications.get(key[0])
            job = application.jobs.get(key[1]) if application else None
        if application is None or job is None or job.schedule.get("state") != "Active":
            return None
        self.cycle(application, job)
        return self._until_next(job)

    def _until_next(self, job: Job) -> float:
        """Seconds until the next cycle; in quarantine the wait is longer."""
        with self._directory.lock:
            quarantine = job.status.get("quarantine")
        hours = status.RETRIES[min(int(quarantine["seriesCount"]), len(status.RETRIES)) - 1] if quarantine else 0
        return max(hours * 3600.0, float(self._switch("cycle_interval")))

    # The work

    def cycle(self, application: Application, job: Job) -> Json:
        """One cycle, now: counts by what was done. A job that is not started does nothing, and `ran` is false."""
        with self._busy:
            state = job.schedule.get("state")
            if state != "Active":
                return {**status.Tally().as_json(), "ran": False, "reason": f"The job's schedule is {state}."}
            taken = self._snapshot(application, job)
            with self._directory.lock:
                job.everybody = taken.settings.sync_all
                secrets = dict(application.secrets)
            return Cycle(self._directory, application, job, taken, now=self._now).run(lambda: self._connect(secrets))

    def on_demand(self, application: Application, job: Job, parameters: t.Sequence[Json]) -> Json:
        """POST .../provisionOnDemand: `parameters` as in the body; a stringKeyStringValuePair. Raises EngineError."""
        # Not one after the other with cycles: the service does not make anybody wait for a long initial cycle either.
        taken = self._snapshot(application, job)
        with self._directory.lock:
            secrets = dict(application.secrets)
        return OnDemand(self._directory, application, job, taken, now=self._now).run(parameters, lambda: self._connect(secrets))

    def discover(self, application: Application, job: Job, directory_id: str) -> Json:
        """POST .../directories/{id}/discover: the directoryDefinition; the schema stays as it is. Raises EngineError."""
        taken = self._snapshot(application, job)
        with self._directory.lock:
            secrets = dict(application.secrets)
        return discover(taken.schema, directory_id, lambda: self._connect(secrets), self._now())

    @staticmethod
    def evaluate(source: Json, properties: t.Mapping[str, t.Any]) -> tuple[list[str], str]:
        """For parseExpression's testInputObject: the values of an attributeMappingSource as texts and "", or [] and the reason."""
        values = {name.lower(): value for name, value in properties.items()}
        domain = str(values.get("userprincipalname") or "").rpartition("@")[2]
        subject = snapshot.Subject("", "User", "", values, domain)
        try:
            value = evaluation.evaluate(expressions.node_of(source), subject)
        except expressions.ExpressionError as error:
            return [], str(error)
        except evaluation.IgnoreFlow:
            return [], ""
        items = value if isinstance(value, list) else [value]
        return [evaluation.text(item) for item in items if item is not None], ""


def reset_flags(scope: str) -> frozenset[str]:
    """The flags in a resetScope such as "Escrows, Watermark". Raises EngineError."""
    names = [part.strip() for part in scope.split(",") if part.strip()]
    unknown = [name for name in names if name.lower() not in RESET_FLAGS]
    if unknown:
        raise EngineError("RequestParameterInvalid", f"resetScope does not know {', '.join(unknown)}.")
    flags = frozenset(RESET_FLAGS[name.lower()] for name in names)
    if "None" in flags:
        raise EngineError("RequestParameterInvalid", "resetScope None is not to be used.")
    if "ForceDeletes" in flags and len(flags) > 1:
        raise EngineError("RequestParameterInvalid", "resetScope ForceDeletes cannot be combined with others.")
    return ALL_RESET if "Full" in flags else flags or DEFAULT_RESET


def _reset(job: Job, flags: t.Collection[str]) -> None:
    if "Watermark" in flags:
        job.watermark = 0
        job.resets += 1
        job.skips.clear()
    if "Escrows" in flags:
        job.escrows.clear()
    if "QuarantineState" in flags:
        job.status["quarantine"] = None
    if "ConnectorDataStore" in flags:
        job.links.clear()
