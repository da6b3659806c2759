# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""entra_provision_on_demand: one person, or one group with members, provisioned now; and what the service says it did."""

from __future__ import annotations

import typing as t

from .._entra.assignees import NO_GUESTS, found_by_mail
from .._entra.model import GUID
from .._entra.on_demand import choose_rule, group_parameters, read_answer, user_parameters
from .._entra.outcome import Operation, Outcome
from .._errors import CollectionError, InputError, Problem, raise_problems
from .._graph.applications import find_app
from .._graph.directory import find_groups, find_ids, find_users, names_like
from .._graph.schema import Schema
from .._graph.synchronization import await_job, provision_on_demand
from .._model import shown
from .._wording import did_you_mean, nearest

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .._entra.model import App, Principal
    from .._graph.client import Graph

    Json = dict[str, t.Any]
    Find = Callable[[Graph, Sequence[str]], dict[str, list[Principal]]]

NOT_ASKED = "In check mode the service is not asked: what it would do, only doing it shows"


def act(graph: Graph, options: Mapping[str, t.Any]) -> Outcome:
    """Provision; in check mode say who would be asked for."""
    raise_problems(_check(options))
    app = find_app(graph, options)
    job = await_job(graph, app, options.get("template_id") or "") if app else None
    if job is None and not graph.read_only:
        name = app.display_name if app else options.get("display_name")
        reason = f"{name} has no provisioning job yet; entra_provisioning_job makes it"
        raise InputError([Problem("the application", "", reason)])
    group, people = _subjects(graph, options)
    warnings = [found_by_mail(f"option {'members' if group else 'user'}", one.name, one.user_name) for one in people if one.user_name]
    if graph.read_only or app is None or job is None:
        return _warned(_foresee([group] if group else people, people if group else []), warnings)
    rule_id = choose_rule(Schema.of_job(graph, app.principal_id, job.id).read(), "Group" if group else "User")
    ids = [person.id for person in people]
    requests = group_parameters(rule_id, group.id, ids) if group else user_parameters(rule_id, ids[0])
    asked = group.name if group else people[0].name
    names = {one.id: one.name for one in [*people, *([group] if group else [])]}
    return _warned(_provision(graph, app, job.id, requests, names, asked, options), warnings)


def _warned(outcome: Outcome, warnings: Sequence[str]) -> Outcome:
    outcome.warnings += warnings
    return outcome


def _provision(
    graph: Graph, app: App, job_id: str, requests: Sequence[list[Json]], names: Mapping[str, str], asked: str, options: Mapping[str, t.Any]
) -> Outcome:
    results: list[Json] = []
    broken: list[str] = []
    for parameters in requests:
        try:
            results += read_answer(provision_on_demand(graph, app.principal_id, job_id, parameters), names, asked)
        except CollectionError as error:
            if not results:
                raise
            broken = [f"then the service was asked no more: {error}"]
            break
    operations = [
        Operation("provisioning", "provision", entry["subject"], {"type": entry["type"], "action": entry["action"] or "write"})
        for entry in results
        if entry["wrote"]
    ]
    bad = ("failure", "skipped") if options["fail_on_skip"] else ("failure",)
    told = [f"{entry['subject']}: {entry['status']}: {entry['reason']}" for entry in results if entry["status"] in bad] + broken
    failed = f"Not provisioned: {'; '.join(told)}" if told else ""
    return Outcome({"results": results}, operations, failed=failed)


def _foresee(asked: Sequence[Principal], members: Sequence[Principal]) -> Outcome:
    """Check mode: who would be asked for."""
    results = [
        {
            "subject": one.name,
            "type": one.type,
            "status": "not_asked",
            "action": "",
            "reason": NOT_ASKED,
            "error_code": "",
            "wrote": False,
            "target": {},
            "steps": [],
            "modified": [],
        }
        for one in (*asked, *members)
    ]
    return Outcome({"results": results}, [Operation("provisioning", "provision", one.name, {"type": one.type}) for one in asked])


def _check(options: Mapping[str, t.Any]) -> list[Problem]:
    problems = []
    if options.get("group") and not options.get("members"):
        reason = "is needed with group: the service provisions no members that are not named, and refuses some groups without any"
        problems.append(Problem("option members", "", reason))
    if options.get("members") and not options.get("group"):
        problems.append(Problem("option members", "", "is for a group; name it by group"))
    return problems


def _subjects(graph: Graph, options: Mapping[str, t.Any]) -> tuple[Principal | None, list[Principal]]:
    """The group, if one is asked for, and the people. Raises InputError for every name that nobody has, or several have."""
    problems: list[Problem] = []
    names = list(dict.fromkeys(options["members"] if options.get("group") else [options["user"]]))
    option = "members" if options.get("group") else "user"
    found = _look_up(graph, names, find_users)
    alike = names_like(graph, "users", [name for name, ones in found.items() if not ones and not GUID.fullmatch(name)])
    people = [_one(ones, name, option, "User", problems, alike) for name, ones in found.items()]
    group = None
    if options.get("group"):
        name = options["group"]
        ones = _look_up(graph, [name], find_groups)[name]
        alike = names_like(graph, "groups", [] if ones or GUID.fullmatch(name) else [name])
        group = _one(ones, name, "group", "Group", problems, alike)
    raise_problems(problems)
    return group, [person for person in people if person is not None]


def _look_up(graph: Graph, names: Sequence[str], find: Find) -> dict[str, list[Principal]]:
    """Who is behind each name or id, in the order of the names."""
    ids = [name for name in names if GUID.fullmatch(name)]
    found = {**find(graph, [name for name in names if name not in ids]), **find_ids(graph, ids)}
    return {name: found[name] for name in names}


def _one(found: Sequence[Principal], name: str, option: str, kind: str, problems: list[Problem], alike: Sequence[str]) -> Principal | None:
    fitting = [one for one in found if one.type == kind]
    if len(fitting) == 1:
        return fitting[0] if GUID.fullmatch(name) else fitting[0]._replace(name=name)
    word = "user" if kind == "User" else "group"
    hint = did_you_mean([shown(one) for one in nearest(name, alike)]) or (NO_GUESTS if kind == "User" else "")
    reason = f"there is no {word} {name} in this tenant{hint}"
    if fitting:
        reason = f"{len(fitting)} {word}s are called {name}: {', '.join(one.id for one in fitting)}; name one by its id"
    problems.append(Problem(f"option {option}", "", reason))
    return None
