# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell: options in, one `exit_json` or `fail_json` out. The only file that can end the process."""

from __future__ import annotations

import time
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._arguments import SCIM, check_ranges, stray_secrets
from ._converge import converge
from ._errors import CollectionError, InputError, Refusal
from ._planning.report import describe_failures, digest_plan, make_diff, summarize
from ._transport.connect import connect
from ._transport.connection import HAS_REQUESTS
from ._transport.secrets import Scrubber
from ._wire.scim import ScimService

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ._converge import Order, Result
    from ._transport.http import Http

    Options = Mapping[str, t.Any]


class Task:
    """One running module: its options, its connection, and the scrubber through which all text leaves (law 10)."""

    def __init__(self, options: Options, rules: Options) -> None:
        self.module = AnsibleModule(argument_spec={**SCIM, **options}, supports_check_mode=True, **rules)
        self.options: dict[str, t.Any] = self.module.params
        self.module.no_log_values.update(stray_secrets(self.options))
        self.scrub = Scrubber()
        self.http: Http | None = None
        if not HAS_REQUESTS:
            self.module.fail_json(msg=missing_required_lib("requests"))

    def connect(self) -> ScimService:
        """The service; in check mode one that cannot be written to."""
        check_ranges(self.options)
        self.http = connect(self.options, read_only=self.module.check_mode, scrub=self.scrub)
        given = {name: self.options[name] for name in ("page_size", "update_method", "members_per_request") if name in self.options}
        return ScimService(self.http, **given)

    def leave(self, result: dict[str, t.Any], failed: str = "") -> t.NoReturn:
        """End the process with this result; `failed` is the message of a failure."""
        if self.http is not None:
            result["requests"] = self.http.counts.as_result()
            result["warnings"] = [*result.get("warnings", []), *self.http.pace.warnings]
            self.http.close()
        for warning in self.scrub.scrub(result.pop("warnings", [])):
            self.module.warn(warning)
        result = self.scrub.scrub(result)
        if failed:
            self.module.fail_json(msg=self.scrub.scrub(failed), **result)
        self.module.exit_json(**result)
        raise SystemExit  # exit_json has done so already; the type checker cannot know

    def fail(self, error: CollectionError) -> t.NoReturn:
        """End the process because of an error that concerns the whole task."""
        result: dict[str, t.Any] = {"changed": False}
        if isinstance(error, InputError):
            result["problems"] = [problem._asdict() for problem in error.problems[: InputError.SHOWN]]
        if isinstance(error, Refusal):
            result["refused"] = error.details
        self.leave(result, failed=str(error))


def run_reading(options: Options, read: Callable[[ScimService, Options], dict[str, t.Any]], **rules: t.Any) -> None:
    """Run a module that only reads: `read` gives the result."""
    task = Task(options, rules)
    try:
        result = read(task.connect(), task.options)
    except CollectionError as error:
        task.fail(error)
    task.leave({"changed": False, **result})


def run_changing(
    options: Options, make_order: Callable[..., Order], describe: Callable[[Order, Result], dict[str, t.Any]], **rules: t.Any
) -> None:
    """Run a module that changes: `make_order` reads the options, `describe` adds to the result what this module returns."""
    task = Task(options, rules)
    dry = task.module.check_mode
    try:
        service = task.connect()
        order = make_order(task.options, dry=dry)
        result = converge(order, service, dry=dry, sleep=time.sleep)
    except CollectionError as error:
        task.fail(error)
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
    if task.module._diff:
        answer["diff"] = make_diff(result.plan)
    task.leave(answer, failed=explain_failures(result))


def explain_failures(result: Result) -> str:
    """The sentence for people: how much failed, the first of it, and why the run ended early; empty if all went well."""
    if not result.failures and not result.stopped:
        return ""
    count = len(result.failures)
    lines = [f"{count} of {count + len(result.operations)} changes failed; the others are done, and the next run tries these again."]
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
