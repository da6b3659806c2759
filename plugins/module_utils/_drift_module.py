# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell of scim_drift_info: reads Git, Zscaler and Entra, compares them, writes the report. Changes nothing."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible.module_utils.basic import missing_required_lib

from ._advice import advise
from ._arguments import check_ranges
from ._carrying.output import as_json, check_place, now, write_whole
from ._carrying.records import check_paths, choose_report
from ._converge import bounded
from ._drift.case import Case
from ._drift.compare import Questions, bring_together, compare, plan_of, questions
from ._drift.model import MISSING, NOT_PROVISIONED, as_told
from ._drift_reads import EntraSide, read_tenant, to_ask, with_doubt_of_emptiness
from ._entra.logs import MOMENT
from ._entra_arguments import APPLICATION, ENTRA, JOB, known_secrets
from ._entra_module import check_application, shortened
from ._errors import CollectionError, InputError, Problem, raise_problems
from ._graph.client import Graph
from ._graph.dialect import GRAPH
from ._graph.permissions import advise as advise_of_graph
from ._module import start
from ._orders import declared_document, directory_reading, make_policy
from ._planning.policy import check_document
from ._rendering.markdown import drift_markdown
from ._rendering.page import drift_page
from ._transport.connect_graph import connect_graph
from ._transport.connect_scim import connect
from ._transport.credentials import MissingAzureIdentity, explain_missing
from ._wire.reader import ScimReader

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ._drift.model import Entra
    from ._model import Directory, Document
    from ._planning.plan import Plan
    from ._planning.policy import Policy
    from ._task import Task
    from ._transport.http import Http

    Options = Mapping[str, t.Any]
    Json = dict[str, t.Any]

ENTRA_OPTIONS: Mapping[str, t.Any] = {
    **ENTRA,
    **APPLICATION,
    **JOB,
    "logs_since": {"type": "str"},
    "logs_limit": {"type": "int", "default": 5000},
}
"""The suboptions of C(entra)."""

REPORTS: Mapping[str, Callable[[Json], str]] = {
    ".md": drift_markdown,
    ".html": drift_page,
    ".json": lambda told: as_json(told, indent=2) + "\n",
}
"""How a report is written, by the end of its name."""


class Inputs(t.NamedTuple):
    """What the options say, checked before any request."""

    document: Document | None
    policy: Policy
    entra: Options | None
    options: Options


def run_drift(options: Options, **rules: t.Any) -> None:
    """Run the module."""
    task = start(options, rules)
    entra = task.options["entra"]
    for secret in known_secrets(entra or {}, ENTRA_OPTIONS):
        task.module.no_log_values.add(secret)
        task.scrub.add(secret)
    graph: list[Http] = []
    try:
        inputs = check(task.options)
        side = _read_entra(task, inputs.entra, graph)
        with task.understanding("the service"):
            told = _compare(task, inputs, side)
        _report(task, told)
    except CollectionError as error:
        task.fail(error, advise(error))
    result = _result(told, task.options["result_limit"])
    result["graph_requests"] = graph[0].counts.as_result() if graph else {}
    for http in graph:
        http.close()
    task.leave({"changed": False, **result})


def check(options: Options) -> Inputs:
    """The declared state, the policy, and the options of Entra. Raises InputError."""
    check_ranges(options)
    check_paths(options)
    if options["report_path"] is not None:
        choose_report(options["report_path"], REPORTS)
        check_place("report_path", options["report_path"])
    document = declared_document(options) if any(options[name] is not None for name in ("users", "groups", "src")) else None
    options = {**options, **_undeclared(options, document)}
    policy = make_policy(options)
    if document is not None:
        check_document(document, policy)
    if options["entra"] is None and document is None:
        reason = "is missing, and so are users, groups and src: there is nothing to compare with. Give one of them"
        raise InputError([Problem("option entra", "", reason)])
    if options["entra"] is not None:
        _check_entra(options["entra"])
    return Inputs(document, policy, options["entra"], options)


def _undeclared(options: Options, document: Document | None) -> Options:
    """How the options for pruning are meant here: whoever is in no file is extra, also where nobody is ever to remove them.

    Not so beside Entra, which then says who of them may be there, and not for a kind of which nothing is declared.
    """
    if document is None or (options["undeclared"] or ("as_pruned" if options["entra"] else "extra")) == "as_pruned":
        return {}
    declared = {"prune_users": document.users, "prune_groups": document.groups}
    return {name: "delete" for name, entries in declared.items() if entries and options[name] == "none"}


def _check_entra(given: Options) -> None:
    check_application(given)
    problems = []
    if given.get("logs_since") and not MOMENT.fullmatch(given["logs_since"].strip()):
        reason = "is no moment such as 2026-11-23T08:00:00Z (UTC), and no day such as 2026-11-23"
        problems.append(Problem("option entra.logs_since", "", reason))
    if given["logs_limit"] < 0:
        problems.append(Problem("option entra.logs_limit", "", "must not be negative; 0 means all"))
    raise_problems(problems)


class Side(t.NamedTuple):
    """Entra as it was read, and what asks it more."""

    entra: Entra
    more: EntraSide


def _read_entra(task: Task, given: Options | None, kept: list[Http]) -> Side | None:
    """Who is to be provisioned; `kept` gets the connection. Ends the task where that cannot be read."""
    if given is None:
        return None
    return _of_graph(task, lambda: _connected(task, given, kept))


def _connected(task: Task, given: Options, kept: list[Http]) -> Side:
    http = connect_graph(given, GRAPH, read_only=True, scrub=task.scrub)
    kept.append(http)
    # Nothing was made a moment ago that would have to be waited for.
    more = EntraSide(Graph(http, read_only=True), given)
    return Side(more.read(), more)


Answer = t.TypeVar("Answer")


def _of_graph(task: Task, ask: Callable[[], Answer]) -> Answer:
    """What Microsoft Graph answers; its errors end the task with advice of its own."""
    try:
        with task.understanding("Microsoft Graph"):
            return ask()
    except MissingAzureIdentity as missing:
        task.leave({"changed": False}, failed=f"{missing_required_lib('azure-identity')} {explain_missing(str(missing))}")
    except CollectionError as error:
        task.fail(error, advise_of_graph(error))


def _compare(task: Task, inputs: Inputs, side: Side | None) -> Json:
    """Read the tenant, and tell what differs."""
    task.http = connect(task.options, read_only=True, scrub=task.scrub)
    service = ScimReader(task.http, page_size=task.options["page_size"])
    document, policy, entra = inputs.document, inputs.policy, side.entra if side else None
    read = directory_reading(inputs.options, document)[0] if document else None
    directory = read_tenant(service, read, document, whole=side is not None)
    plan = _plan(document, directory, policy)
    world = bring_together(document, directory, policy, plan, entra)
    case = Case(directory, policy, document is not None)
    if side is not None:
        case = _of_graph(task, lambda: _with_entra(case, side, questions(world)))
    with bounded(policy):
        found = compare(world, case, document, plan)
    names = [one.name for one in found.findings if one.kind == "user" and one.category in (MISSING, NOT_PROVISIONED)]
    doubted = with_doubt_of_emptiness(service, directory, names)
    if doubted is not directory:
        with bounded(policy):
            found = compare(world, replace(case, directory=doubted), document, plan)
    found.warnings += side.more.warnings if side else []
    told: Json = shortened(as_told(found, time=now(), tenant=task.http.base_url, declared=document is not None, entra=entra))
    return told


def _with_entra(case: Case, side: Side, asked: Questions) -> Case:
    """The case with what Entra is told to do, and what its logs and accounts say of those who are not as it wants them."""
    told = side.more.told(asked.logs)
    blocked = side.more.blocked(to_ask(asked, told))
    return replace(case, entra=side.entra, told=told, blocked=blocked, since=side.more.since)


def _plan(document: Document | None, directory: Directory, policy: Policy) -> Plan | None:
    if document is None:
        return None
    with bounded(policy):
        return plan_of(document, directory, policy)


def _report(task: Task, told: Json) -> None:
    path = task.options["report_path"]
    if path is not None:
        write_whole("report_path", path, choose_report(path, REPORTS)(task.scrub.scrub(told)))


def _result(told: Json, limit: int) -> Json:
    """What a result should hold; the report has all."""
    names = ("format", "version", "time", "tenant")
    kept = {name: value for name, value in told.items() if name not in names}
    return {**kept, "drift": told["drift"][:limit], "drift_omitted": max(len(told["drift"]) - limit, 0)}
