# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Provisioning logs in our words. Pure; every key may be missing or null (facts section 6)."""

from __future__ import annotations

import re
import typing as t
import unicodedata

from .._errors import Problem
from .status import identifier, moment, number, part, parts

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Json = dict[str, t.Any]
    Entry = Mapping[str, t.Any]

UNCHANGED_REASON = "RedundantExport"
"""Why the service skips whoever is at the target as wanted already: we call that unchanged."""

MOMENT = re.compile(
    r"(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?:[Tt ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d{1,7})?([Zz]|\+00:00))?"
)
"""A day, or a moment of UTC."""


def check_log_options(options: Entry) -> list[Problem]:
    """All that is wrong with the options, before any request."""
    problems = []
    for name in ("since", "until"):
        if options.get(name) and not MOMENT.fullmatch(options[name].strip()):
            reason = "is no moment such as 2026-11-23T08:00:00Z (UTC), and no day such as 2026-11-23"
            problems.append(Problem(f"option {name}", "", reason))
    if options["limit"] < 0:
        problems.append(Problem("option limit", "", "must not be negative; 0 means all"))
    return problems


def as_moment(text: str | None) -> str:
    """The moment as Graph's filters want it; a day is its first moment. Empty for none. The text was checked before."""
    match = MOMENT.fullmatch((text or "").strip())
    if match is None:
        return ""
    year, month, day, hour, minute, second, fraction = match.groups()[:7]
    return f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{fraction or ''}Z"


def describe_logs(entries: Iterable[Entry], *, principal_id: str = "", user: str = "", statuses: Iterable[str] = ()) -> list[Json]:
    """The entries that are asked for, in the order in which they come. Graph cannot filter by these, so we do."""
    wanted = set(statuses)
    found = []
    for entry in entries:
        application = str(part(entry, "servicePrincipal").get("id") or "")
        if principal_id and application.casefold() != principal_id.casefold():
            continue
        shown = describe_log(entry)
        if (not wanted or shown["status"] in wanted) and (not user or concerns(entry, user)):
            found.append(shown)
    return found


def concerns(entry: Entry, user: str) -> bool:
    """Whether the entry is about this person or group, by id, name, userPrincipalName or userName, on either side."""
    wanted = _folded(user)
    for side in ("sourceIdentity", "targetIdentity"):
        identity = part(entry, side)
        known = [identity.get("id"), identity.get("displayName"), *part(identity, "details").values()]
        if any(isinstance(value, str) and _folded(value) == wanted for value in known):
            return True
    return False


def describe_log(entry: Entry) -> Json:
    """One entry (provisioningObjectSummary) in our words."""
    info = part(entry, "provisioningStatusInfo")
    error = part(info, "errorInformation")
    code = str(error.get("errorCode") or skip_reason(entry))
    return {
        "id": identifier(entry.get("id")),
        "time": moment(entry.get("activityDateTime")),
        "action": str(entry.get("provisioningAction") or ""),
        "status": status_of(str(info.get("status") or ""), code),
        "source": describe_identity(part(entry, "sourceIdentity")),
        "target": describe_identity(part(entry, "targetIdentity")),
        "reason": reason_of(entry),
        "error_code": code,
        "advice": str(error.get("recommendedAction") or ""),
        "steps": [describe_step(step) for step in parts(entry, "provisioningSteps")],
        "modified": [describe_change(change) for change in parts(entry, "modifiedProperties")],
        "initiated_by": str(part(entry, "initiatedBy").get("initiatorType") or ""),
        "duration_ms": number(entry.get("durationInMilliseconds")),
        "job_id": identifier(entry.get("jobId")),
        "cycle_id": identifier(entry.get("cycleId")),
    }


def status_of(word: str, code: str) -> str:
    """The status in our words; `code` is the service's reason for a skip."""
    return "unchanged" if word.casefold() == "skipped" and code == UNCHANGED_REASON else word


def skip_reason(entry: Entry) -> str:
    """Why the service left somebody out: the code in the last step that has one; empty for none."""
    for step in reversed(parts(entry, "provisioningSteps")):
        if part(step, "details").get("SkipReason"):
            return str(part(step, "details")["SkipReason"])
    return ""


def describe_identity(identity: Entry) -> Json:
    """Who it is about, on one side; the name is that by which a person logs in, if it is told."""
    details = {str(name).casefold(): value for name, value in part(identity, "details").items()}
    login = details.get("userprincipalname") or details.get("username")
    return {
        "id": identifier(identity.get("id")),
        "type": str(identity.get("identityType") or identity.get("type") or ""),
        "name": str(login or identity.get("displayName") or identity.get("id") or ""),
    }


def describe_step(step: Entry) -> Json:
    """One step; the type comes in both cases from Graph, and in one from us."""
    kind = str(step.get("provisioningStepType") or step.get("type") or "")
    return {
        "name": str(step.get("name") or ""),
        "type": kind[:1].lower() + kind[1:],
        "status": str(step.get("status") or "").lower(),
        "description": str(step.get("description") or ""),
    }


def describe_change(change: Entry) -> Json:
    """One attribute that was written."""
    return {"attribute": str(change.get("displayName") or ""), "before": change.get("oldValue"), "after": change.get("newValue")}


def reason_of(entry: Entry) -> str:
    """Why something was skipped or failed, in the service's own words: its error, else the last step that did not succeed."""
    info = part(entry, "provisioningStatusInfo")
    error = part(info, "errorInformation")
    told = str(error.get("reason") or error.get("additionalDetails") or "").strip()
    if told or str(info.get("status") or "").lower() == "success":
        return told
    for step in reversed(parts(entry, "provisioningSteps")):
        if str(step.get("status") or "").lower() != "success" and step.get("description"):
            return str(step["description"]).strip()
    return str(error.get("errorCode") or "")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip()).casefold()
