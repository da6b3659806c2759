# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mappings and scoping filters of a provisioning job: read, planned, written with one PUT, and waited for."""

from __future__ import annotations

import typing as t

from .._entra.declared import read_declaration
from .._entra.flow import Parsed
from .._entra.mapping import as_options, ask_first, describe_rewrites, plan_mapping, plan_unseen
from .._entra.outcome import Outcome
from .._entra.status import has_run
from .._errors import CollectionError, InputError, Problem
from .._graph.again import look_again
from .._graph.applications import find_app
from .._graph.permissions import advise
from .._graph.schema import Schema
from .._graph.synchronization import await_job, choose_template, list_templates

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .._entra.declared import Declaration
    from .._entra.mapping import MappingPlan
    from .._entra.model import App, Job
    from .._graph.client import Graph


def act(graph: Graph, options: Mapping[str, t.Any]) -> Outcome:
    """Brings the mappings to what C(users) and C(groups) declare; reading and all checks end before the one write."""
    declaration = read_declaration(options)
    app = find_app(graph, options)
    if app is None:
        return _foresee(declaration)
    template_id = options.get("template_id") or ""
    job = await_job(graph, app, template_id)
    schema = _schema(graph, app, job, template_id, declaration)
    live = schema.read()
    plan = _plan(schema, live, declaration, ran=job is not None and has_run(job.raw))
    outcome = _outcome(plan, as_options(plan.schema))
    outcome.subject = app.display_name
    if plan.operations and not graph.read_only:
        schema.write(plan.schema)
        _settle(graph, schema, live, declaration, outcome)
    return outcome


def _outcome(plan: MappingPlan, mapping: dict[str, t.Any]) -> Outcome:
    return Outcome({"mapping": mapping}, plan.operations, plan.before, plan.after, plan.warnings)


def _foresee(declaration: Declaration) -> Outcome:
    """What would be declared to an application that is not there yet."""
    plan = plan_unseen(declaration)
    return _outcome(plan, as_options(plan.schema))


def _schema(graph: Graph, app: App, job: Job | None, template_id: str, declaration: Declaration) -> Schema:
    """The schema of the job; in check mode, where there is no job yet, the one that it will begin with."""
    if job is not None:
        return Schema.of_job(graph, app.principal_id, job.id)
    if graph.read_only:
        template = choose_template(list_templates(graph, app.principal_id), template_id)
        return Schema.of_template(graph, app.principal_id, template)
    reason = f"{app.display_name} has no provisioning job yet, and mappings belong to a job; entra_provisioning_job makes it"
    raise InputError([Problem("the application", "", reason), *declaration.problems])


def _plan(schema: Schema, live: Mapping[str, t.Any], declaration: Declaration, *, ran: bool = True) -> MappingPlan:
    asked = ask_first(live, declaration)
    parsed = {text: Parsed(*schema.parse(text)) for text in asked.expressions}
    operators = schema.filter_operators() if asked.operators else []
    plan = plan_mapping(live, declaration, parsed, operators, ran=ran)
    if operators is None or any(one.source and "type" not in one.source for one in parsed.values()):
        plan.warnings.append(
            "there is no provisioning job yet, and its template does not tell whether the expressions and operators are right; "
            "a real run checks them before it writes"
        )
    return plan


def _settle(graph: Graph, schema: Schema, live: Mapping[str, t.Any], declaration: Declaration, outcome: Outcome) -> None:
    """Waits until Graph shows the new schema, and tells what it shows otherwise than it was written."""
    shown = dict(live)
    before = as_options(live)

    def is_new() -> bool:
        shown.update(schema.read())
        return as_options(shown) != before

    seen, why = look_again(graph, is_new)
    if not seen:
        outcome.warnings.append(
            f"Entra took the new schema, but {why}; if the next run changes it again, the service does not keep what is declared"
        )
        return
    outcome.result["mapping"] = as_options(shown)
    try:
        outcome.warnings += describe_rewrites(_plan(schema, shown, declaration))
    except InputError as error:
        reasons = "; ".join(str(problem) for problem in error.problems)
        outcome.warnings.append(f"the service rewrites what was written, so that it no longer fits what is declared: {reasons}")
    except CollectionError as error:
        outcome.warnings.append(f"Entra took the new schema, but it cannot be compared with what is declared: {error}{advise(error)}")
