# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R15: a write that is acknowledged and not done is found, and the report has all that the service did, even if the run is killed."""

from __future__ import annotations

import json
import random
import typing as t
from pathlib import Path

from .drift import Drift, drift
from .firm import Firm, Truth, crew, firm, knows, short_waits, truth
from .forked import Forked
from .r04_crash import arguments, kill
from .table import Row, Size

HOW = (
    "Companies that have drifted are converged on services that acknowledge and ignore memberships, disabling, every PATCH, "
    "everything, or one write in ten. What is then not as declared is compared with what the result calls failed, object by object. "
    "Then runs with report_path (.jsonl) are killed by SIGKILL at a request number drawn at random, and every change that the service "
    "has carried out has to have its intent line."
)
SERVICES: tuple[dict[str, t.Any], ...] = (
    {"ignored_writes": "members"},
    {"ignored_writes": "active"},
    {"ignored_writes": "patch"},
    {"ignored_writes": "all"},
    {},
)
CHANGES = ("update", "rename", "enable", "disable")
WORKERS = 4
Things = set[tuple[str, ...]]


def measure(size: Size) -> t.Iterator[Row]:
    """Rows of this goal."""
    worlds = size.of(50, 5)
    wrong = missed = invented = 0
    with short_waits():
        for number in range(worlds):
            undone, told = _ignored(drift(size.seed * 100 + number, renames=False), SERVICES[number % len(SERVICES)], number)
            wrong += len(undone)
            missed += len(undone - told)
            invented += len(told - undone)
    what = f"{worlds} worlds, {wrong} things that were acknowledged and not done"
    yield Row(what, f"{missed} missed, {invented} invented", "0 missed, 0 invented", wrong > worlds and not missed and not invented)
    if not knows("report_path"):
        yield Row("report of killed runs", "no report yet", "0 changes without a line", None)
        return
    yield _reports(size)


def _ignored(company: Drift, switches: dict[str, t.Any], seed: int) -> tuple[Things, Things]:
    """What is not as declared after a run, and what the run calls failed."""
    with firm() as there:
        company.sow(there.sandbox)
        there.apply(company.state, **company.options)
        desired = truth(there.sandbox)
    with firm(switches=switches, seed=seed) as there:
        company.sow(there.sandbox)
        if not switches:
            rules = [{"match": {"method": ["POST", "PATCH", "DELETE"], "probability": 0.1}, "fault": {"kind": "ignored_write"}}]
            there.sandbox.faults.set(rules, seed=seed)
        answer = there.apply(company.state, **company.options, **crew(WORKERS))
        undone = _names(things(desired) ^ things(truth(there.sandbox)))
        # Who should be gone and is not has memberships still; that is one thing, not several.
        undone = {one for one in undone if one[0] != "membership" or one[2] in desired["users"]}
        return undone, {_failed(failure) for failure in answer.get("failures", ())}


def things(held: Truth) -> Things:
    """Everything in a tenant, one by one."""
    found: Things = {("user", name, json.dumps(values, sort_keys=True)) for name, values in held["users"].items()}
    found |= {("group", name, json.dumps(values, sort_keys=True)) for name, values in held["groups"].items()}
    return found | {("membership", group, name) for group, names in held["members"].items() for name in names}


def _names(found: Things) -> Things:
    """Users and groups by name alone; memberships as they are."""
    return {one if one[0] == "membership" else one[:2] for one in found}


def _failed(failure: dict[str, t.Any]) -> tuple[str, ...]:
    if failure["kind"] == "membership":
        return "membership", str(failure["group"]), str(failure["name"])
    return str(failure["kind"]), str(failure["name"])


def _reports(size: Size) -> Row:
    """Runs that are killed: changes of the service that have no line."""
    chance = random.Random(size.seed)
    company = drift(size.seed, users=60, groups=8)
    kills = size.of(200, 2)
    unwritten = changes = killed = 0
    with firm() as there, Forked() as runs:
        report = there.folder / "report.jsonl"
        options = {**company.options, "members_per_request": 10, "report_path": str(report), **crew(WORKERS)}
        requests = _requests(company, there, runs, options)
        for number in range(kills):
            company.sow(there.sandbox)
            report.unlink(missing_ok=True)
            killed += kill(there, runs, company, options, chance.randint(1, requests), carried_out=number % 2 == 0)
            made = there.sandbox.journal.mutations
            written = intents(report)
            changes += len(made)
            unwritten += sum(not is_told(one, written) for one in made)
    what = f"{kills} kills, {killed} killed, {changes:,} changes"
    return Row(what, f"{unwritten} without a line", "0 without a line", not unwritten and killed == kills and changes > kills)


def _requests(company: Drift, there: Firm, runs: Forked, options: dict[str, t.Any]) -> int:
    """How many requests an undisturbed run sends."""
    company.sow(there.sandbox)
    runs.run("scim_directory", arguments(there, company, options))
    return len(there.sandbox.journal)


def intents(report: Path) -> Things:
    """What the report says was about to be done: kind, verb, name, group. A last line that was cut is no line."""
    found: Things = set()
    for line in report.read_text().splitlines() if report.exists() else ():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry["line"] == "intent":
            found.add((entry["kind"], entry["verb"], entry["name"], entry.get("group") or ""))
    return found


def is_told(mutation: dict[str, str], written: Things) -> bool:
    """Whether a change of the service has its intent line."""
    verb, kind, name = mutation["verb"], mutation["kind"], mutation["name"]
    if verb in ("add_member", "remove_member"):
        return ("membership", verb.partition("_")[0], mutation["member_name"], name) in written
    return any((kind, one, name, "") in written for one in (CHANGES if verb == "update" else (verb,)))
