# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell of the SCIM modules: connects, reads or plans and converges, and says what came of it."""

from __future__ import annotations

import time
import typing as t

from ._arguments import SCIM, check_ranges, stray_secrets
from ._converge import converge
from ._errors import CollectionError, InputError, ServiceError, Unauthorized
from ._planning.report import describe_failures, digest_plan, make_diff, summarize
from ._task import Task
from ._transport.connect import connect
from ._wire.scim import ScimService

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ._converge import Order, Result

    Options = Mapping[str, t.Any]


def connect_service(task: Task) -> ScimService:
    """The service; in check mode one that cannot be written to."""
    check_ranges(task.options)
    task.http = connect(task.options, read_only=task.dry, scrub=task.scrub)
    given = {name: task.options[name] for name in ("page_size", "update_method", "members_per_request") if name in task.options}
    return ScimService(task.http, **given)


def start(options: Options, rules: Options) -> Task:
    """The task for a module of the SCIM half."""
    task = Task({**SCIM, **options}, rules)
    task.module.no_log_values.update(stray_secrets(task.options))
    return task


def run_reading(options: Options, read: Callable[[ScimService, Options], dict[str, t.Any]], **rules: t.Any) -> None:
    """Run a module that only reads: `read` gives the result."""
    task = start(options, rules)
    try:
        with task.understanding("the service"):
            result = read(connect_service(task), task.options)
    except CollectionError as error:
        task.fail(error, advise(error))
    task.leave({"changed": False, **result})


def run_changing(
    options: Options, make_order: Callable[..., Order], describe: Callable[[Order, Result], dict[str, t.Any]], **rules: t.Any
) -> None:
    """Run a module that changes: `make_order` reads the options, `describe` adds to the result what this module returns."""
    task = start(options, rules)
    dry = task.dry
    try:
        with task.understanding("the service"):
            service = connect_service(task)
            order = make_order(task.options, dry=dry)
            result = converge(order, service, dry=dry, sleep=time.sleep)
            answer = report(task, order, result, describe)
    except CollectionError as error:
        task.fail(error, advise(error))
    task.leave(answer, failed=explain_failures(result, dry=dry))


def report(task: Task, order: Order, result: Result, describe: Callable[[Order, Result], dict[str, t.Any]]) -> dict[str, t.Any]:
    """The result of a module that changes."""
    answer = {
        "changed": result.changed,
        "summary": summarize(result.operations, result.failures, result.plan.unchanged),
        "operations": result.operations[: order.result_limit],
        "operations_omitted": max(len(result.operations) - order.result_limit, 0),
        "failures": describe_failures(result.failures[: order.result_limit]),
        "plan_digest": digest_plan(result.plan),
        "warnings": result.warnings,
        **describe(order, result),
    }
    if task.shows_diff:
        answer["diff"] = make_diff(result.plan)
    return answer


def advise(error: CollectionError) -> str:
    """What to do about an error that has one usual cause; otherwise nothing."""
    if isinstance(error, Unauthorized):
        return (
            ". The service refuses the credentials: check bearer_token (ZSCALER_ONE_SCIM_BEARER_TOKEN), and whether a new one was "
            "generated in the portal; save and activate there"
        )
    if isinstance(error, ServiceError) and error.status == 404:
        return ". Is base_url whole and exact, as the portal shows it: https://scim.zscalerone.net/ORGANIZATION/IDP/scim?"
    return ""


def explain_failures(result: Result, *, dry: bool) -> str:
    """The sentence for people: how much failed, the first of it, and why the run ended early; empty if all went well."""
    if not result.failures and not result.stopped:
        return ""
    count, done = len(result.failures), len(result.operations)
    lines = [f"{count} of {count + done} changes failed, {done} {'is' if done == 1 else 'are'} done."]
    if dry:
        lines = [f"{count} of {count + done} changes cannot be planned; a real run would make the other {done} and then fail."]
    if result.stopped:
        tally = f"{count} changes failed, {result.left} steps were not tried, {len(result.operations)} changes are done"
        lines = [f"Stopped early: {result.stopped}. {tally}."]
    for failure in result.failures[: InputError.SHOWN]:
        where = f" in {failure.group}" if failure.group else ""
        place = f" [{failure.place}]" if failure.place else ""
        status = f"{failure.status} " if failure.status else ""
        lines.append(f"- {failure.kind} {failure.name}{where}{place}: {failure.verb}: {status}{failure.detail}")
    if count > InputError.SHOWN:
        lines.append(f"- and {count - InputError.SHOWN} more")
    return "\n".join(lines)
