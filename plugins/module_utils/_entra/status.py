# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a synchronization job says about itself, in words. Pure; every key may be missing or null (facts section 6)."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    Json = dict[str, t.Any]

HELD_DELETES = "TooManyDeletes"
"""The quarantine that only a person may end: Entra holds back more deletes than the threshold allows."""

REASONS = {
    "EncounteredBaseEscrowThreshold": "too many single objects failed in one cycle",
    "EncounteredTotalEscrowThreshold": "too many objects failed in all, among them references such as members of groups",
    "EncounteredEscrowProportionThreshold": "too large a part of all objects failed",
    "EncounteredQuarantineException": "Zscaler could not be reached, or refused the credentials",
    "Unknown": "the provisioning service gives no reason",
    "QuarantinedOnDemand": "Microsoft put the job into quarantine by hand",
    HELD_DELETES: "more would be deleted or disabled than the threshold for accidental deletions allows; these deletes are held back",
    "IngestionInterrupted": "reading the source broke off, so that what it does not show cannot be told from what was deleted",
}
"""Why a job is in quarantine, by Microsoft's name of the reason."""

RELEASABLE = frozenset(REASONS) - {HELD_DELETES, "Unknown"}
"""Reasons for which surely no deletes are held back, so that a start or a restart may end the quarantine."""

ALIASES = {"quarantineondemand": "QuarantinedOnDemand"}
"""Spellings of Microsoft's pages that the metadata does not have."""


def moment(text: object) -> str | None:
    """A moment as Graph wrote it; None for never, which Graph writes as the year 1."""
    return text if isinstance(text, str) and text and not text.startswith("0001-") else None


def identifier(value: object) -> str | None:
    """An id; None for one that nobody knows yet."""
    return str(value) if value else None


def number(value: object) -> int:
    """A count; 0 where there is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def schedule_state(job: Mapping[str, t.Any]) -> str:
    """Active, Disabled or Paused; empty if the job does not tell."""
    return str(part(job, "schedule").get("state") or "")


def status_code(job: Mapping[str, t.Any]) -> str:
    """NotConfigured, NotRun, Active, Paused or Quarantine; empty if the job does not tell."""
    return str(part(job, "status").get("code") or "")


def part(thing: Mapping[str, t.Any], name: str) -> Mapping[str, t.Any]:
    """The mapping under `name`; an empty one for null and for anything else."""
    inner = thing.get(name)
    return inner if isinstance(inner, dict) else {}


def parts(thing: Mapping[str, t.Any], name: str) -> list[Json]:
    """The mappings in the list under `name`; none for null and for anything else."""
    inner = thing.get(name)
    return [one for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []


def quarantine_of(job: Mapping[str, t.Any]) -> Mapping[str, t.Any]:
    """The quarantine as Graph shows it; empty if the job is in none. A job that was paused in quarantine is still in it."""
    found = part(part(job, "status"), "quarantine")
    if status_code(job) == "Quarantine":
        return found or {"reason": "Unknown"}
    return found if moment(found.get("currentBegan")) and status_code(job) not in ("Active", "NotRun") else {}


def reason_code(quarantine: Mapping[str, t.Any]) -> str:
    """Microsoft's name of the reason, in the spelling of the metadata; as it came if we do not know it.

    Where the reason is none, the code of the error may be one.
    """
    known = {**{name.casefold(): name for name in REASONS}, **ALIASES}
    text = str(quarantine.get("reason") or "Unknown")
    found = known.get(text.casefold(), text)
    error = known.get(str(part(quarantine, "error").get("code") or "").casefold(), "")
    return error if error and (found == "Unknown" or error == HELD_DELETES) else found


def holds_deletes(job: Mapping[str, t.Any]) -> bool:
    """Whether the job is in quarantine because of too many deletes, or for a reason that nobody knows, which may be that one."""
    found = quarantine_of(job)
    return bool(found) and reason_code(found) not in RELEASABLE


def reason_words(quarantine: Mapping[str, t.Any]) -> str:
    """The reason in words."""
    code = reason_code(quarantine)
    return REASONS.get(code) or f"for a reason that this collection does not know: {code}"


def describe_quarantine(job: Mapping[str, t.Any]) -> Json | None:
    """The quarantine for a result; None if the job is in none."""
    found = quarantine_of(job)
    if not found:
        return None
    return {
        "code": reason_code(found),
        "reason": reason_words(found),
        "message": error_text(part(found, "error")),
        "since": moment(found.get("currentBegan")),
        "next_attempt": moment(found.get("nextAttempt")),
        "first_since": moment(found.get("seriesBegan")),
        "times": number(found.get("seriesCount")),
    }


def quarantine_sentence(job: Mapping[str, t.Any]) -> str:
    """The quarantine in one sentence, for messages; empty if the job is in none."""
    found = describe_quarantine(job)
    if found is None:
        return ""
    told = f" ({found['message']})" if found["message"] else ""
    since = f" since {found['since']}" if found["since"] else ""
    again = f"; Entra tries again at {found['next_attempt']}" if found["next_attempt"] else ""
    return f"the job is in quarantine{since}: {found['reason']}{told}{again}"


def error_text(error: Mapping[str, t.Any]) -> str:
    """The service's own words; empty for none, which Graph also writes as an error of the code None."""
    code, message = str(error.get("code") or ""), str(error.get("message") or "")
    return message or (code if code.casefold() != "none" else "")


def first_cycle_ended(job: Mapping[str, t.Any]) -> str | None:
    """When the first initial cycle came to its end; None if it has not."""
    return moment(part(job, "status").get("steadyStateFirstAchievedTime"))


def last_cycle_ended(job: Mapping[str, t.Any]) -> str | None:
    """When the job last had caught up with everything; None if it never has."""
    return moment(part(job, "status").get("steadyStateLastAchievedTime"))


def has_run(job: Mapping[str, t.Any]) -> bool:
    """Whether the job may have provisioned anybody: it runs, or a cycle of it has begun, or something is in step at the target."""
    begun = moment(part(part(job, "status"), "lastExecution").get("timeBegan"))
    return schedule_state(job) == "Active" or bool(begun or first_cycle_ended(job) or any(describe_counts(job).values()))


def describe_progress(job: Mapping[str, t.Any]) -> list[Json]:
    """How far the cycle is: one entry for each kind of thing that is counted; units are mostly pages, not people."""
    return [
        {
            "units": str(entry.get("units") or ""),
            "done": number(entry.get("completedUnits")),
            "total": number(entry.get("totalUnits")),
            "at": moment(entry.get("progressObservationDateTime")),
        }
        for entry in parts(part(job, "status"), "progress")
    ]


def describe_counts(job: Mapping[str, t.Any]) -> dict[str, int]:
    """How many objects Entra keeps in step at the target, by their type."""
    entries = parts(part(job, "status"), "synchronizedEntryCountByType")
    return {str(entry["key"]): number(entry.get("value")) for entry in entries if entry.get("key")}


def describe_execution(execution: Mapping[str, t.Any]) -> Json | None:
    """One cycle in our words; None for one that never was, which Graph writes as null or as a failure at the beginning of time."""
    began = moment(execution.get("timeBegan"))
    if began is None:
        return None
    return {
        "state": str(execution.get("state") or ""),
        "began": began,
        "ended": moment(execution.get("timeEnded")),
        "read": number(execution.get("countImported")),
        "in_scope": number(execution.get("countEntitledForProvisioning")),
        "expected": number(execution.get("countExports")),
        "written": number(execution.get("countExported")),
        "failing": number(execution.get("countEscrowed")),
        "error": error_text(part(execution, "error")),
    }


def describe_job(job: Mapping[str, t.Any]) -> Json:
    """The job itself, as modules return it."""
    schedule = part(job, "schedule")
    return {
        "id": identifier(job.get("id")),
        "template_id": identifier(job.get("templateId")),
        "status": status_code(job),
        "schedule": {"state": schedule_state(job), "interval": str(schedule.get("interval") or "")},
    }


def describe_provisioning(job: Mapping[str, t.Any] | None) -> Json:
    """All that a job tells, for a result; the same keys where there is no job."""
    status = part(job or {}, "status")
    return {
        "found": job is not None,
        "job": {} if job is None else describe_job(job),
        "status": status_code(job or {}),
        "progress": describe_progress(job or {}),
        "counts": describe_counts(job or {}),
        "quarantine": describe_quarantine(job or {}),
        "initial_cycle_ended": first_cycle_ended(job or {}),
        "last_cycle_ended": last_cycle_ended(job or {}),
        "last_cycle": describe_execution(part(status, "lastExecution")),
        "last_successful_cycle": describe_execution(part(status, "lastSuccessfulExecution")),
        "troubleshooting_url": str(status.get("troubleshootingUrl") or ""),
    }


def progress_sentence(job: Mapping[str, t.Any]) -> str:
    """How far the job is, in one sentence, for messages."""
    units = [f"{entry['done']} of {entry['total']} {entry['units'] or 'units'}" for entry in describe_progress(job) if entry["total"]]
    counts = [f"{count} of type {name}" for name, count in sorted(describe_counts(job).items())]
    told = [f"its status is {status_code(job) or 'not told'}, its schedule is {schedule_state(job) or 'not told'}"]
    told += [f"it has done {', '.join(units)}"] if units else ["it has told no progress yet"]
    told += [f"in step at the target: {', '.join(counts)}"] if counts else []
    return "; ".join(told)
