# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell of the entra modules: connects to Microsoft Graph, lets a workflow act, and says what it did."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import missing_required_lib

from ._entra_arguments import APPLICATION, ENTRA, JOB, PERSONAL, known_secrets
from ._errors import CollectionError, InputError, Problem, Refusal
from ._graph.client import Graph
from ._graph.dialect import GRAPH
from ._graph.permissions import advise
from ._task import UNSEEN, Task
from ._transport.connect_graph import connect_graph
from ._transport.credentials import MissingAzureIdentity, explain_missing
from ._transport.shared_options import check_number

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ._entra.outcome import Outcome

    Options = Mapping[str, t.Any]


LONGEST_TEXT = 10_000
"""Characters of one text in a result. Names in Entra have 256 at most; the longest that means something is an expression."""


def run_entra(
    options: Options,
    act: Callable[[Graph, Options], Outcome],
    *,
    application: bool = False,
    job: bool = False,
    compares: bool = True,
    **rules: t.Any,
) -> None:
    """Run a module of the Entra half: `act` looks, plans, writes and waits; in check mode it gets a `Graph` that cannot write.

    With `application` the module is told its application by exactly one of C(service_principal_id) and C(display_name), and with `job`
    by C(template_id) which of its jobs is meant. One that does not compare (`compares`) has no diff.
    """
    spec = {**ENTRA, **(APPLICATION if application else {}), **(JOB if job else {}), **options}
    task = Task(spec, PERSONAL, rules)
    for secret in known_secrets(task.options, spec):
        task.module.no_log_values.add(secret)
        task.scrub.add(secret)
    try:
        if application:
            check_application(task.options)
        with task.understanding("Microsoft Graph"):
            outcome = act(connect(task), task.options)
            result = shortened(make_result(outcome, task, compares=compares))
    except MissingAzureIdentity as missing:
        message = missing_required_lib("azure-identity")
        task.leave({"changed": False}, failed=f"{message} {explain_missing(str(missing))}")
    except CollectionError as error:
        if isinstance(error, Refusal):
            error.details = shortened(error.details)
        task.fail(error, advise(error))
    task.leave(result, failed=shortened(outcome.failed))


def connect(task: Task) -> Graph:
    """Microsoft Graph; in check mode one that cannot be written to."""
    task.http = connect_graph(task.options, GRAPH, read_only=task.dry, scrub=task.scrub)
    return Graph(task.http, read_only=task.dry, consistency_timeout=check_number(task.options, "consistency_timeout"))


def check_application(options: Options) -> None:
    """Raises InputError unless exactly one of both is given; an empty text is not, so that a role can pass on both."""
    given = [name for name in APPLICATION if str(options.get(name) or "").strip()]
    if len(given) != 1:
        reason = "cannot be used together with display_name" if given else "is missing; give it, or display_name"
        raise InputError([Problem("option service_principal_id", "", reason)])


def make_result(outcome: Outcome, task: Task, *, compares: bool) -> dict[str, t.Any]:
    """The result of the module; with a diff only if it compares and was asked for one."""
    result = {
        "changed": outcome.changed,
        "operations": [operation.as_result() for operation in outcome.operations],
        "warnings": list(outcome.warnings),
        **outcome.result,
    }
    if task.shows_diff and compares:
        result["diff"] = {"before": {}, "after": {}}
        if outcome.before != outcome.after:
            name = outcome.subject or task.options.get("display_name") or task.options.get("template") or "application"
            result["diff"] = {
                "before": outcome.before,
                "after": outcome.after,
                "before_header": f"{name} (before)",
                "after_header": f"{name} (after)",
            }
    return result


def shortened(value: t.Any) -> t.Any:
    """The value with every text of it cut to what people read, and what an expression of a mapping may have, and fit for a terminal."""
    if isinstance(value, str):
        text = value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}... ({len(value)} characters)"
        return UNSEEN.sub(lambda one: one.group().encode("unicode_escape").decode(), text.replace("\r\n", "\n"))
    if isinstance(value, dict):
        return {shortened(name): shortened(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [shortened(inner) for inner in value]
    return value
