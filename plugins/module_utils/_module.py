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
from ._errors import CollectionError, InputError, Refusal, ServiceError, Unauthorized
from ._model import shown
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


PROBLEMS = 1000
"""How many problems of the input a result lists; the message has the first twenty."""


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
            self.module.warn(printable(warning))
        result = encodable(self.scrub.scrub(result))
        if failed:
            self.module.fail_json(msg=printable(self.scrub.scrub(failed)), **result)
        self.module.exit_json(**result)
        raise SystemExit  # exit_json has done so already; the type checker cannot know

    def fail(self, error: CollectionError) -> t.NoReturn:
        """End the process because of an error that concerns the whole task."""
        result: dict[str, t.Any] = {"changed": False}
        if isinstance(error, InputError):
            result["problems"] = [problem._asdict() for problem in error.problems[:PROBLEMS]]
        if isinstance(error, Refusal):
            result.update({"refused": error.details, "operations": error.details.pop("operations", [])})
        self.leave(result, failed=f"{error}{advise(error)}")


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
    task.leave(answer, failed=explain_failures(result, dry=dry))


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


def printable(text: str) -> str:
    """Text whose every line prints as it is: no terminal sequences, no half characters."""
    return "\n".join(shown(line) for line in text.split("\n"))


def encodable(value: t.Any) -> t.Any:
    """The value with half characters (lone surrogates) escaped: ansible-core loses a whole result because of one."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {encodable(name): encodable(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [encodable(inner) for inner in value]
    return value


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
