# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell of the SCIM modules: connects, reads or plans and converges, and says what came of it."""

from __future__ import annotations

import typing as t

from ._advice import advise
from ._arguments import PERSONAL, SCIM, check_ranges, stray_secrets
from ._carrying.crew import useful
from ._carrying.halt import Halt
from ._carrying.records import Records, make_records
from ._converge import converge
from ._errors import CollectionError, InputError
from ._planning.report import describe_failures, make_diff, summarize
from ._planning.saved import digest_plan
from ._task import Task
from ._transport.address import check_base_url
from ._transport.connect_scim import connect
from ._wire.bulk_service import BulkService
from ._wording import cut_lines

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ._converge import Order, Result
    from ._planning.plan import Failure
    from ._wire.scim import ScimService

    Options = Mapping[str, t.Any]


def connect_service(task: Task) -> BulkService:
    """The service; in check mode one that cannot be written to."""
    check_ranges(task.options)
    task.http = connect(task.options, read_only=task.dry, scrub=task.scrub)
    given = {name: task.options[name] for name in ("page_size", "update_method", "members_per_request") if name in task.options}
    return BulkService(task.http, patience=task.options["timeout"], **given)


def start(options: Options, rules: Options) -> Task:
    """The task for a module of the SCIM half."""
    task = Task({**SCIM, **options}, PERSONAL, rules)
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
    records = Records()
    halt = Halt(task.stop)
    # Until the result is out: a run that is asked to end when all is done loses nothing of it.
    with halt.listening():
        try:
            with task.understanding("the service"):
                records = make_records(
                    task.options, task.scrub.scrub, dry=dry, service=lambda: check_base_url(task.options["base_url"])
                )  # fmt: skip
                service = connect_service(task)
                order = make_order(task.options, dry=dry)
                task.stop(halt.reason)
                result = converge(
                    order, service, dry=dry, sleep=task.sleep, wanted=lambda: hands(order, task), record=records, halt=halt
                )  # fmt: skip
                told = tell(order, result, describe)
                close(records, result, {**told, "requests": task.http.counts.as_result() if task.http else {}})
                answer = report(task, order, result, {**told, **describe(order, result)})
        except CollectionError as error:
            give_up(task, records, error)
        answer["warnings"] = [*answer["warnings"], *records.warnings]
        task.leave(answer, failed=explain_failures(result, dry=dry))


def hands(order: Order, task: Task) -> int:
    """How many writes may be under way now: what the order says, else as many as the pace has work for."""
    if order.concurrency or task.http is None:
        return order.concurrency or 1
    return useful(task.http.pace.rate, task.http.latency)


def tell(order: Order, result: Result, describe: Callable[[Order, Result], dict[str, t.Any]]) -> dict[str, t.Any]:
    """All that there is to tell of a run that changes."""
    return {
        "changed": result.changed,
        "summary": summarize(result.operations, result.failures, result.plan.unchanged),
        "operations": result.operations,
        "failures": describe_failures(result.failures),
        "plan_digest": digest_plan(result.plan),
        "warnings": result.warnings,
        **describe(order, result),
    }


def close(records: Records, result: Result, told: dict[str, t.Any]) -> None:
    """End what is kept of the run besides its result. What is done has to be told, so that an error here becomes part of the result."""
    try:
        records.close(told)
    except CollectionError as error:
        result.stopped = result.stopped or str(error)


def give_up(task: Task, records: Records, error: CollectionError) -> t.NoReturn:
    """End the task because of an error that concerns the whole of it, and say so wherever the run is told of."""
    advice = advise(error)
    try:
        records.fail(f"{error}{advice}")
    except CollectionError as second:
        advice += f". {second}"
    task.fail(error, advice)


def report(task: Task, order: Order, result: Result, told: dict[str, t.Any]) -> dict[str, t.Any]:
    """The result of a module that changes: what there is to tell, cut to what a result should hold."""
    answer = {
        **told,
        "operations": result.operations[: order.result_limit],
        "operations_omitted": max(len(result.operations) - order.result_limit, 0),
        "failures": told["failures"][: order.result_limit],
        **({"protected": told["protected"][: order.result_limit]} if "protected" in told else {}),
    }
    if task.shows_diff:
        answer["diff"] = make_diff(result.plan)
    return answer


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
    return "\n".join([*lines, *cut_lines([_told(failure) for failure in result.failures], InputError.SHOWN)])


def _told(failure: Failure) -> str:
    """One failure for people."""
    where = f" in {failure.group}" if failure.group else ""
    place = f" [{failure.place}]" if failure.place else ""
    status = f"{failure.status} " if failure.status else ""
    return f"{failure.kind} {failure.name}{where}{place}: {failure.verb}: {status}{failure.detail}"
