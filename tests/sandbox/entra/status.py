# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Status and schedule of a job in Graph's form, and how they move."""

from __future__ import annotations

import collections
import datetime
import typing as t
from dataclasses import dataclass

from .logs import HELP, timestamp

if t.TYPE_CHECKING:
    from .state import Job, Json

NEVER = "0001-01-01T00:00:00Z"
RETRIES = (6, 12, 24)
"""Hours until the next attempt in quarantine; the last one stays."""
PAGE = 100
CREDENTIALS_REASON = "EncounteredQuarantineException"
DELETES_REASON = "TooManyDeletes"


@dataclass
class Tally:
    """What one cycle did."""

    is_initial: bool = True
    imported: int = 0
    entitled: int = 0
    in_scope: int = 0
    created: int = 0
    updated: int = 0
    disabled: int = 0
    deleted: int = 0
    skipped: int = 0
    failed: int = 0
    staged: int = 0
    unchanged: int = 0
    quarantine: str = ""
    error: tuple[str, str] = ("", "")

    @property
    def exported(self) -> int:
        """How many objects were changed at the target."""
        return self.created + self.updated + self.disabled + self.deleted

    def as_json(self) -> Json:
        """As the control address shows it."""
        names = ("created", "updated", "disabled", "deleted", "skipped", "failed", "staged", "unchanged", "quarantine")
        return {"ran": True, "initial": self.is_initial, **{name: getattr(self, name) for name in names}}


def initial_status(code: str = "NotConfigured") -> Json:
    """The synchronizationStatus of a job that was just created."""
    return {
        "code": code,
        "countSuccessiveCompleteFailures": 0,
        "escrowsPruned": False,
        "lastExecution": None,
        "lastSuccessfulExecution": None,
        "lastSuccessfulExecutionWithExports": None,
        "progress": [],
        "quarantine": None,
        "steadyStateFirstAchievedTime": NEVER,
        "steadyStateLastAchievedTime": NEVER,
        "synchronizedEntryCountByType": [],
        "troubleshootingUrl": "",
    }


def initial_schedule() -> Json:
    """The synchronizationSchedule of a job that was just created: TimeSpan's largest value, as the service shows it."""
    return {"expiration": None, "interval": "P10675199DT2H48M5.4775807S", "state": "Disabled"}


def make_active(job: Job) -> None:
    """The job runs from now on; a quarantine is over."""
    job.schedule.update(state="Active", interval="PT40M", expiration=None)
    job.status["quarantine"] = None
    job.status["code"] = "NotRun" if job.status.get("lastSuccessfulExecution") is None else "Active"


def make_paused(job: Job) -> None:
    """The job does not run any more."""
    job.schedule["state"] = "Paused"
    job.status["code"] = "Paused"


def record(job: Job, tally: Tally, activity_id: str, began: datetime.datetime, ended: datetime.datetime) -> None:
    """Writes a cycle that is over into the job's status."""
    status = job.status
    for name, value in initial_status().items():
        status.setdefault(name, value)
    execution = _execution(job, tally, activity_id, began, ended)
    status["lastExecution"] = execution
    if execution["state"] == "Failed":
        status["countSuccessiveCompleteFailures"] = int(status["countSuccessiveCompleteFailures"]) + 1
    else:
        _record_success(job, tally, execution, ended)
    _record_quarantine(job, tally, ended)


def observe(job: Job, done: int, total: int, moment: datetime.datetime) -> None:
    """How far a cycle is. The service counts pages, not objects."""
    pages = max(1, -(-total // PAGE))
    completed = pages if done >= total else done // PAGE
    seen = {"completedUnits": completed, "totalUnits": pages, "units": "pages", "progressObservationDateTime": timestamp(moment)}
    job.status["progress"] = [seen]


def _record_success(job: Job, tally: Tally, execution: Json, ended: datetime.datetime) -> None:
    status, moment = job.status, timestamp(ended)
    status["countSuccessiveCompleteFailures"] = 0
    status["lastSuccessfulExecution"] = execution
    if tally.exported:
        status["lastSuccessfulExecutionWithExports"] = execution
    observe(job, tally.imported, tally.imported, ended)
    status["steadyStateLastAchievedTime"] = moment
    if status["steadyStateFirstAchievedTime"] == NEVER:
        status["steadyStateFirstAchievedTime"] = moment
    counts = collections.Counter(link.kind for link in job.links.values() if not link.disabled)
    status["synchronizedEntryCountByType"] = [{"key": kind, "value": count} for kind, count in sorted(counts.items())]
    job.watermark += 1


def _execution(job: Job, tally: Tally, activity_id: str, began: datetime.datetime, ended: datetime.datetime) -> Json:
    code, message = tally.error
    state = "Failed" if code else "EntryLevelErrors" if tally.failed or job.escrows else "Succeeded"
    return {
        "activityIdentifier": activity_id,
        "countEntitled": tally.entitled,
        "countEntitledForProvisioning": tally.in_scope,
        "countEscrowed": len(job.escrows),
        "countEscrowedRaw": len(job.escrows),
        "countExported": tally.exported,
        "countExports": tally.exported + tally.failed,
        "countImported": tally.imported,
        "countImportedDeltas": tally.imported - tally.unchanged,
        "countImportedReferenceDeltas": 0,
        "error": {"code": code, "message": message, "tenantActionable": True} if code else None,
        "state": state,
        "timeBegan": timestamp(began),
        "timeEnded": timestamp(ended),
    }


def _record_quarantine(job: Job, tally: Tally, ended: datetime.datetime) -> None:
    status = job.status
    is_on = job.schedule.get("state") == "Active"
    if not tally.quarantine:
        status["quarantine"], status["troubleshootingUrl"] = None, ""
        status["code"] = "Active" if is_on else status["code"]
        return
    before = status.get("quarantine") or {}
    if before.get("reason") != tally.quarantine:
        before = {}
    count = int(before.get("seriesCount") or 0) + 1
    hours = RETRIES[min(count, len(RETRIES)) - 1]
    code, message = tally.error if tally.error[0] else _deletes_error(tally)
    status["quarantine"] = {
        "reason": tally.quarantine,
        "currentBegan": before.get("currentBegan") or timestamp(ended),
        "seriesBegan": before.get("seriesBegan") or timestamp(ended),
        "seriesCount": count,
        "nextAttempt": timestamp(ended + datetime.timedelta(hours=hours)),
        "error": {"code": code, "message": message, "tenantActionable": True},
    }
    status["troubleshootingUrl"] = HELP
    status["code"] = "Quarantine" if is_on else status["code"]


def _deletes_error(tally: Tally) -> tuple[str, str]:
    if tally.quarantine != DELETES_REASON:
        return tally.quarantine, f"{tally.failed} objects could not be provisioned."
    return DELETES_REASON, f"{tally.staged} objects would be deleted or disabled; the threshold for accidental deletions holds them back."
