# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Outcomes in Graph's form: provisioningObjectSummary for the log, and the answer of provision on demand."""

from __future__ import annotations

import datetime
import json
import typing as t
import uuid

from .evaluation import text

if t.TYPE_CHECKING:
    from .payloads import Change
    from .records import Outcome
    from .state import Application, Job, Json

STATUS = {"success": "Success", "failure": "Failure", "skipped": "Skipped", "warning": "Warning"}
ADVICE = "Correct the cause that the reason names; the object is tried again in each cycle."
HELP = "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status"


def timestamp(moment: datetime.datetime) -> str:
    """A moment as Graph writes it."""
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def summary(outcome: Outcome, application: Application, job: Job, tenant_id: str, cycle_id: str, moment: datetime.datetime) -> Json:
    """One line of the provisioning log."""
    return {
        "id": str(uuid.uuid4()),
        "activityDateTime": timestamp(moment),
        "tenantId": tenant_id,
        "jobId": job.id,
        "cycleId": cycle_id,
        "changeId": outcome.change_id,
        "provisioningAction": outcome.action,
        "durationInMilliseconds": int(outcome.seconds * 1000),
        "initiatedBy": {"id": "", "displayName": "Azure AD Provisioning Service", "initiatorType": "system"},
        "sourceSystem": {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, outcome.mapping.source_system)),
            "displayName": outcome.mapping.source_system,
            "details": {},
        },
        "targetSystem": {
            "id": application.principal_id,
            "displayName": outcome.mapping.target_system,
            "details": {"ApplicationId": application.app_id, "ServicePrincipalId": application.principal_id},
        },
        "sourceIdentity": _source(outcome),
        "targetIdentity": _identity(outcome.target_id, outcome.mapping.target_name, outcome.name if outcome.target_id else ""),
        "servicePrincipal": {"id": application.principal_id, "displayName": application.display_name},
        "provisioningStatusInfo": {"status": outcome.status, "errorInformation": _error(outcome)},
        "provisioningSteps": outcome.steps,
        "modifiedProperties": [_property(change) for change in outcome.changes],
    }


def _stable_id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def _identity(id: str, kind: str, name: str) -> Json:
    return {"id": id, "identityType": kind, "displayName": name, "details": {}}


def _source(outcome: Outcome) -> Json:
    """Who it is about, in Entra: the user principal name of a user is among the details."""
    details = {"id": outcome.source_id, "odatatype": outcome.kind, "DisplayName": outcome.title}
    if outcome.kind == "User":
        details["UserPrincipalName"] = outcome.name
    identity = _identity(outcome.source_id, outcome.kind, outcome.title or outcome.name)
    return {**identity, "details": details}


def _property(change: Change) -> Json:
    return {
        "displayName": change.name,
        "oldValue": None if change.old in (None, "") else text(change.old),
        "newValue": None if change.new is None else text(change.new),
    }


def _error(outcome: Outcome) -> Json | None:
    if outcome.status == "success":
        return None
    if outcome.status == "skipped":
        code, reason, category = outcome.skip_reason, outcome.explanation, "nonServiceFailure"
    else:
        code, reason, category = outcome.error_code, outcome.error_reason, "failure"
    advice = ADVICE if outcome.is_failure else None
    return {"errorCode": code, "reason": reason, "additionalDetails": None, "errorCategory": category, "recommendedAction": advice}


def on_demand(outcomes: t.Sequence[Outcome], moment: datetime.datetime) -> Json:
    """The stringKeyStringValuePair of provision on demand: JSON texts; a list where more than one object was provisioned."""
    worst = min(outcomes, key=lambda outcome: ("failure", "success", "skipped").index(outcome.status))
    details = {"errorCode": worst.error_code or worst.skip_reason, "errorMessage": worst.error_reason or worst.explanation}
    key = {"result": STATUS[worst.status], "details": {} if worst.status == "success" else details}
    values = [_value(outcome, moment) for outcome in outcomes]
    return {"key": json.dumps(key), "value": json.dumps(values[0] if len(values) == 1 else values)}


def _value(outcome: Outcome, moment: datetime.datetime) -> Json:
    error = _error(outcome) or {}
    began = moment - datetime.timedelta(seconds=outcome.seconds)
    info: Json = {"status": STATUS[outcome.status]}
    info.update({key: error.get(key) for key in ("errorCode", "reason", "additionalDetails", "errorCategory", "recommendedAction")})
    return {
        "action": outcome.action[:1].upper() + outcome.action[1:],
        "changeId": outcome.change_id,
        "startTime": timestamp(began),
        "endTime": timestamp(moment),
        "reportableIdentifier": outcome.name,
        "provisioningSteps": [_step(step, moment) for step in outcome.steps],
        "modifiedProperties": [_property(change) for change in outcome.changes],
        "statusInfo": info,
        "sourceIdentity": {"id": outcome.source_id, "type": outcome.kind, "displayName": outcome.name, "details": None},
        "sourceSystem": {"id": None, "name": outcome.mapping.source_system, "details": None},
        "targetIdentity": {"id": outcome.target_id, "type": outcome.mapping.target_name, "displayName": None, "details": None},
        "targetSystem": {"id": None, "name": outcome.mapping.target_system, "details": None},
    }


def _step(step: Json, moment: datetime.datetime) -> Json:
    kind = step["provisioningStepType"]
    return {
        "name": step["name"],
        "type": kind[:1].upper() + kind[1:],
        "status": STATUS[step["status"]],
        "description": step["description"],
        "timestamp": timestamp(moment),
        "details": step["details"],
    }
