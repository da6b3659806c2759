# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan as a file that people review, and that a later run is held against (issue 4). Pure."""

from __future__ import annotations

import collections
import hashlib
import json
import re
import typing as t
from dataclasses import dataclass

from .._errors import InputError, Problem, Refusal
from .._model import cut, key, shown
from .._wording import cut_lines
from .plan import PHASES, MemberStep
from .report import VERBS, describe_failures, list_operations, summarize

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .plan import Plan, Step

FORMAT = "scimops.zscaler_one plan"
VERSION = 1

SHOWN = 20
"""So many of the operations that moved a message names."""

STANDS = "another {0} stands there now: the plan saw {1}, now {2}"
WRITTEN = "another {0} would be written: the plan has {1}, now {2}"

OBJECT = frozenset(("kind", "verb", "name", "id", "before", "after"))
MEMBERSHIP = frozenset(("kind", "verb", "name", "id", "group", "group_id"))

Entry = dict[str, t.Any]


@dataclass(frozen=True)
class SavedPlan:
    """What a file says that is to be done, in which service: the address of that. `place` is where it was read."""

    place: str
    service: str
    digest: str
    entries: tuple[Entry, ...]


def step_entries(step: Step | MemberStep) -> Iterator[Entry]:
    """One entry for a user or group, one for each person that a group gains or loses; ids are empty where this plan makes the object."""
    if not isinstance(step, MemberStep):
        after = dict(step.values)
        yield {"kind": step.kind, "verb": step.verb, "name": step.name, "id": step.id, "before": dict(step.before), "after": after}
        return
    around = {"group": step.group.name, "group_id": step.group.id}
    for verb, users in (("add", step.add), ("remove", step.remove)):
        for user in users:
            yield {"kind": "membership", "verb": verb, "name": user.name, "id": user.id, **around}


def list_entries(plan: Plan) -> list[Entry]:
    """All that the plan would do, in the order of writing, with ids and with what stands there now."""
    return [entry for phase in PHASES for step in getattr(plan, phase) for entry in step_entries(step)]


def digest_plan(plan: Plan) -> str:
    """SHA-256 over all that the plan would do and what it would replace: equal plans, equal digests, in whatever order they are listed.

    Ids are part of it, so that a plan for one object is never taken for a plan for another of the same name.
    """
    return digest_entries(list_entries(plan))


def digest_entries(entries: Iterable[Entry]) -> str:
    """The digest of a plan that consists of these."""
    rows = sorted(json.dumps(entry, sort_keys=True, separators=(",", ":")) for entry in entries)
    return hashlib.sha256("\n".join(rows).encode("ascii")).hexdigest()


def describe_plan(plan: Plan, warnings: Sequence[str], service: str) -> dict[str, t.Any]:
    """What is saved of a plan for this service. Where things were declared is left out: the file is the same wherever it is made."""
    entries = list_entries(plan)
    failures = [{name: value for name, value in one.items() if value and name != "source"} for one in describe_failures(plan.failures)]
    return {
        "format": FORMAT,
        "version": VERSION,
        "service": service,
        "digest": digest_entries(entries),
        "summary": summarize(list_operations(plan), plan.failures, plan.unchanged),
        "operations": entries,
        "failures": failures,
        "protected": list(plan.protected),
        "unverifiable": list(plan.unverifiable),
        "warnings": list(warnings),
    }


def read_plan(value: object, place: str) -> SavedPlan:
    """The plan in the root value of a file. Raises InputError for anything that `describe_plan` has not made just so."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise _fault(place, "", "is no saved plan; name a file that was written by plan_path")
    if value.get("version") != VERSION or value["version"] is True:
        raise _fault(place, "version", f"is not {VERSION}, the one that this version of the collection knows; plan again")
    service, digest, entries = value.get("service"), value.get("digest"), value.get("operations")
    if not isinstance(digest, str) or not re.fullmatch("[0-9a-f]{64}", digest):
        raise _fault(place, "digest", "is no SHA-256; was the file edited? Plan again")
    if not isinstance(service, str) or not service:
        raise _fault(place, "service", "is no address; was the file edited? Plan again")
    if not isinstance(entries, list):
        raise _fault(place, "operations", "is no list; was the file edited? Plan again")
    for number, entry in enumerate(entries):
        if not _is_entry(entry):
            raise _fault(place, f"operations[{number}]", "is not as plan_path writes it; was the file edited? Plan again")
    if digest_entries(entries) != digest:
        raise _fault(place, "digest", "does not belong to the operations in this file: it was edited, or put together from two; plan again")
    if not _fits(value.get("summary"), entries):
        raise _fault(place, "summary", "does not belong to the operations in this file, so whoever reviewed it was misled; plan again")
    return SavedPlan(place, service, digest, tuple(entries))


def _fault(place: str, field: str, reason: str) -> InputError:
    return InputError([Problem(place, field, reason)])


def _is_entry(entry: object) -> bool:
    if not isinstance(entry, dict):
        return False
    kind, verb = entry.get("kind"), entry.get("verb")
    member = kind == "membership"
    if not isinstance(kind, str) or not isinstance(verb, str) or verb not in VERBS.get(kind, ("", {}))[1]:
        return False
    texts = MEMBERSHIP if member else OBJECT - {"before", "after"}
    if entry.keys() != (MEMBERSHIP if member else OBJECT) or not all(isinstance(entry[name], str) for name in texts):
        return False
    return member or all(_is_values(entry[name]) for name in ("before", "after"))


def _fits(summary: object, entries: Sequence[Entry]) -> bool:
    """Whether the summary tells the operations, which alone are held against the plan."""
    if not isinstance(summary, dict) or summary.keys() != {name for name, _verbs in VERBS.values()}:
        return False
    counts = collections.Counter((VERBS[entry["kind"]][0], VERBS[entry["kind"]][1][entry["verb"]]) for entry in entries)
    told = ((name, word) for name, verbs in VERBS.values() for word in verbs.values())
    return all(isinstance(summary[name], dict) and summary[name].get(word) == counts[name, word] for name, word in told)


def _is_values(value: object) -> bool:
    return isinstance(value, dict) and all(one is None or isinstance(one, (str, bool)) for one in value.values())


def check_service(saved: SavedPlan, service: str) -> None:
    """Raise Refusal where the plan is for another service than this one: what is created has no id that would tell."""
    if saved.service != service:
        raise Refusal(
            f"Refused: {saved.place} is a plan for {shown(saved.service)}, and base_url is {shown(service)}; nothing was asked or written. "
            "Apply it with the base_url that it was made with, or plan anew for this one.",
            other_service={"plan": saved.service, "base_url": service},
        )


def check_same(saved: SavedPlan, plan: Plan) -> None:
    """Raise Refusal where today's plan is not the saved one, with what moved."""
    today = list_entries(plan)
    digest = digest_entries(today)
    if digest == saved.digest:
        return
    before, now = ({_identity(entry): entry for entry in entries} for entries in (saved.entries, today))
    gone = [_title(entry) for who, entry in before.items() if who not in now]
    new = [_title(entry) for who, entry in now.items() if who not in before]
    changed = [_difference(before[who], entry) for who, entry in now.items() if who in before and before[who] != entry]
    lines = [*(f"not needed any more: {one}" for one in gone), *(f"new: {one}" for one in new), *(f"differs: {one}" for one in changed)]
    first = (
        f"Refused: what would be done today is not what {saved.place} says; nothing was written. "
        f"Saved operations: {len(saved.entries)}; not needed any more: {len(gone)}, different: {len(changed)}. New: {len(new)}."
    )
    advice = "Plan again with plan_path, have it reviewed, and apply that."
    if not today:
        advice = "There is nothing left to do: was this plan applied before?"
    raise Refusal(
        "\n".join([first, *cut_lines(lines, SHOWN), advice]),
        stale_plan={
            "saved_digest": saved.digest,
            "digest": digest,
            **{name: len(found) for name, found in (("not_needed", gone), ("new", new), ("different", changed))},
        },
    )


def _identity(entry: Entry) -> tuple[str, str, str]:
    """Whom an entry is about: the object by its id, else by its name; a membership by its names."""
    if entry["kind"] == "membership":
        return "membership", key(entry["group"]), key(entry["name"])
    return entry["kind"], entry["id"], "" if entry["id"] else key(entry["name"])


def _title(entry: Entry) -> str:
    if entry["kind"] == "membership":
        where = "to" if entry["verb"] == "add" else "from"
        return f"{entry['verb']} {shown(entry['name'])} {where} group {shown(entry['group'])}"
    return f"{entry['verb']} {entry['kind']} {shown(entry['name'])}"


def _difference(saved: Entry, today: Entry) -> str:
    """The operation of today, and in what it is another one than the saved."""
    parts = [f"was {_title(saved)}"] if _title(saved) != _title(today) else []
    for name, what in (("before", STANDS), ("after", WRITTEN)):
        old, new = saved.get(name, {}), today.get(name, {})
        moved = [one for one in (*old, *(two for two in new if two not in old)) if one not in old or one not in new or old[one] != new[one]]
        parts += [what.format(one, _value(old, one), _value(new, one)) for one in moved]
    if not parts:
        parts = ["the id behind the name is another one"]
    return f"{_title(today)}: {', '.join(parts)}"


def _value(values: dict[str, t.Any], name: str) -> str:
    """A value for a message, in quotes; `nothing` where there is none to replace or to write."""
    value = values.get(name)
    if value is None:
        return "nothing"
    return shown(json.dumps(cut(value) if isinstance(value, str) else value, ensure_ascii=False))
