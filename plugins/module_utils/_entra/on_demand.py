# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Provisioning on demand: what to ask for, and what the answer means. Pure (facts 3.11)."""

from __future__ import annotations

import json
import typing as t

from .._errors import InputError, Problem
from .logs import describe_change, describe_identity, describe_step, skip_reason, status_of
from .status import part, parts

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Json = dict[str, t.Any]
    Entry = Mapping[str, t.Any]

MEMBERS = 5
"""Members of a group in one request; the service takes no more."""

STATUSES = {"success": "success", "skipped": "skipped", "failure": "failure", "failed": "failure", "warning": "success"}
"""Results of the service in our words; any other word is a failure, so that nobody takes it for good."""

WRITES_NOTHING = ("", "other")
"""Actions of the service that write nothing."""


def choose_rule(schema: Entry, kind: str) -> str:
    """The id of the rule to apply: one that says it can be applied on demand and maps this kind, else the first by priority."""
    rules = [rule for rule in parts(schema, "synchronizationRules") if rule.get("id")]
    able = [rule for rule in rules if _metadata(rule).get("supportsprovisionondemand", "").casefold() == "true"]
    denied = [rule for rule in rules if _metadata(rule).get("supportsprovisionondemand", "").casefold() == "false"]
    chosen = able or [rule for rule in rules if rule not in denied]
    if not chosen:
        reason = "has no rule that could be applied on demand" if rules else "has no rules yet; look at its mappings in the portal"
        raise InputError([Problem("the schema of the job", "", reason)])
    fitting = [rule for rule in chosen if _maps(rule, kind)] or chosen
    first = min(fitting, key=lambda rule: (rule.get("priority") if isinstance(rule.get("priority"), int) else 0, str(rule["id"])))
    return str(first["id"])


def _maps(rule: Entry, kind: str) -> bool:
    """Whether the rule has a mapping for User or Group that is enabled."""
    mappings = [mapping for mapping in parts(rule, "objectMappings") if mapping.get("enabled")]
    return any(str(mapping.get("sourceObjectName")).casefold() == kind.casefold() for mapping in mappings)


def _metadata(rule: Entry) -> dict[str, str]:
    """Metadata of a rule by its name in lower case."""
    return {str(entry.get("key")).casefold(): str(entry.get("value")) for entry in parts(rule, "metadata")}


def user_parameters(rule_id: str, user_id: str) -> list[list[Json]]:
    """The one request for one person."""
    return [[{"ruleId": rule_id, "subjects": [{"objectId": user_id, "objectTypeName": "User"}]}]]


def group_parameters(rule_id: str, group_id: str, member_ids: Sequence[str]) -> list[list[Json]]:
    """One request for every five members; each names the group."""
    batches = [member_ids[start : start + MEMBERS] for start in range(0, len(member_ids), MEMBERS)]
    return [
        [
            {
                "ruleId": rule_id,
                "subjects": [
                    {
                        "objectId": group_id,
                        "objectTypeName": "Group",
                        "links": {"members": [{"objectId": member, "objectTypeName": "User"} for member in batch]},
                    }
                ],
            }
        ]
        for batch in batches
    ]


def read_answer(answer: Entry, names: Mapping[str, str], asked: str) -> list[Json]:
    """What the service did, one entry for each object that it tells of; `names` by id, `asked` is who was asked for.

    Key and value of the answer are JSON in texts, the value one object or a list of them; whatever is missing is told as unknown.
    """
    verdict, told = _decode(answer.get("key")), _decode(answer.get("value"))
    overall = verdict if isinstance(verdict, dict) else {}
    listed = told if isinstance(told, list) else [told]
    entries = [entry for entry in listed if isinstance(entry, dict)] or [{}]
    return [_describe(entry, overall, names, asked) for entry in entries]


def _describe(entry: Entry, overall: Entry, names: Mapping[str, str], asked: str) -> Json:
    info, details = part(entry, "statusInfo"), part(overall, "details")
    word = str(info.get("status") or overall.get("result") or "").casefold()
    source, target = part(entry, "sourceIdentity"), part(entry, "targetIdentity")
    steps = [describe_step(step) for step in parts(entry, "provisioningSteps")]
    action = str(entry.get("action") or entry.get("provisioningAction") or "").casefold()
    code = str(info.get("errorCode") or details.get("errorCode") or skip_reason(entry))
    status = status_of(STATUSES.get(word, "failure"), code)
    reason = str(info.get("reason") or details.get("errorMessage") or info.get("additionalDetails") or "")
    if not reason and status != "success":
        reason = _last_words(steps) or (f"the service answered {word!r}" if word else "the service's answer says nothing of the result")
    name = names.get(str(source.get("id"))) or source.get("displayName") or entry.get("reportableIdentifier") or asked
    return {
        "subject": str(name),
        "type": str(source.get("type") or source.get("identityType") or ""),
        "status": status,
        "action": action,
        "reason": reason if status != "success" else "",
        "error_code": code if status != "success" else "",
        "wrote": wrote(status, action, steps),
        "target": describe_identity(target),
        "steps": steps,
        "modified": [describe_change(one) for one in parts(entry, "modifiedProperties")],
    }


def wrote(status: str, action: str, steps: Sequence[Entry]) -> bool:
    """Whether the service wrote something to the target: a step of export succeeded; without such steps, the action says it."""
    exports = [step for step in steps if step["type"] == "export"]
    if exports:
        return any(step["status"] in ("success", "warning") for step in exports) and status not in ("skipped", "unchanged")
    return status == "success" and action not in WRITES_NOTHING


def _last_words(steps: Sequence[Entry]) -> str:
    return next((str(step["description"]) for step in reversed(steps) if step["status"] != "success" and step["description"]), "")


def _decode(value: object) -> object:
    """A value that is JSON in a text, perhaps more than once; anything else as it is."""
    for _level in range(3):
        if not isinstance(value, str):
            return value
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
