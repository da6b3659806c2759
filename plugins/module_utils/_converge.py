# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run: read, plan, brake, write, look again. What all four changing SCIM modules do (DESIGN law 2)."""

from __future__ import annotations

import contextlib
import signal
import typing as t
from dataclasses import dataclass, field, replace

from ._carrying.bulk import make_carrier
from ._carrying.record import Record
from ._carrying.writer import Writer
from ._errors import CollectionError, Refusal, Stopped
from ._planning.brake import enforce_brake
from ._planning.directory import plan_directory
from ._planning.policy import check_document
from ._planning.report import find_new_domains, list_operations
from ._planning.saved import check_same
from ._planning.verify import find_ignored
from ._surprises import UNFORESEEN, explain

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ._carrying.halt import Halt
    from ._carrying.outcome import Outcome
    from ._model import Directory, Document
    from ._planning.plan import Failure, Plan
    from ._planning.policy import Policy
    from ._planning.report import Operation
    from ._planning.saved import SavedPlan
    from ._wire.scim import ScimService

PLANNING = 60.0
"""Seconds that a plan may take where `scope` has regular expressions; a hundred thousand users take about three."""
LOOKS = (0.0, 2.0, 4.0)
"""Seconds to wait before each look at what was written; more than one only where the service still shows the old (F48)."""


@dataclass(frozen=True)
class Order:
    """What a module asks for. `read` gets of the service what the plan needs; `listed` says that it lists all users.

    `write_unseen` takes attributes that the service shows of nobody for empty, instead of leaving them alone. `concurrency` is how many
    writes may be under way at a time, 0 = as many as are of use, `bulk` whether they travel in bulk (auto, always,
    never). `saved` is the plan that is to be carried out and no other.
    """

    document: Document
    policy: Policy
    read: Callable[[ScimService], Directory]
    listed: bool = False
    write_unseen: bool = False
    update_method: str = "patch"
    verify: bool = False
    stop_on_error: bool = False
    result_limit: int = 1000
    concurrency: int = 1
    bulk: str = "never"
    saved: SavedPlan | None = None


@dataclass
class Result:
    """What came of an order: in check mode `operations` is the plan, else what was written and seen to be so."""

    plan: Plan
    directory: Directory
    operations: list[Operation] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    stopped: str = ""
    left: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything was written, or would be."""
        return bool(self.operations)


def converge(
    order: Order,
    service: ScimService,
    *,
    dry: bool,
    sleep: Callable[[float], object],
    wanted: Callable[[], int] = lambda: 1,
    record: Record | None = None,
    halt: Halt | None = None,
) -> Result:
    """Carry out the order, or in a dry run only plan it: the two differ in nothing but the writing.

    `wanted` says how many writes may be under way at a time, `record` is told of all that happens, `halt` ends the run in order.
    Raises InputError and Refusal before any write, and the errors of the transport while reading.
    """
    record = record or Record()
    check_document(order.document, order.policy)
    record.enter("reading")
    directory = _read(order, service)
    record.enter("planning")
    with bounded(order.policy):
        plan = plan_directory(order.document, directory, order.policy)
    result = Result(plan, directory, failures=list(plan.failures), warnings=list(plan.warnings))
    _check_plan(order, service, result)
    if halt is not None and halt.reason:
        raise Stopped(halt.reason, "planning")
    record.planned(plan, result.warnings)
    if dry:
        result.operations = list_operations(plan)
        return result
    writer = Writer(service, directory, order.policy)
    carrier = make_carrier(
        order.bulk, plan, service, directory, writer, lambda: _plan_again(order, service),
        sleep=sleep, stop_on_error=order.stop_on_error, wanted=wanted, record=record, halt=halt,
    )  # fmt: skip
    outcome = carrier.carry_out(plan)
    result.operations, result.ids = outcome.done, outcome.ids
    result.warnings += outcome.warnings
    result.failures += outcome.failures
    result.stopped, result.left = outcome.stopped, outcome.left
    if order.verify and outcome.done and not outcome.stopped:
        record.enter("verifying")
        _verify(order, service, result, outcome, sleep)
        _record_ignored(result, record, known=len(plan.failures) + len(outcome.failures))
    return result


def _check_plan(order: Order, service: ScimService, result: Result) -> None:
    """Raise Refusal where the plan must not be carried out; add to the result's warnings what speaks against it."""
    plan, directory = result.plan, result.directory
    try:
        if order.saved is not None:
            check_same(order.saved, plan)
        result.warnings[:0] = enforce_brake(plan, order.policy)
    except Refusal as refusal:
        refusal.details["operations"] = list_operations(plan)[: order.result_limit]
        raise
    if plan.unverifiable:
        names = ", ".join(plan.unverifiable)
        result.warnings.append(
            f"The service shows {names} of nobody, so it is written to new objects and together with other changes only. "
            "If nobody has a value yet, run once with unseen_attributes=write."
        )
    result.warnings += [f"The listing is doubtful: {doubt}. Each create is confirmed by a look-up." for doubt in directory.doubts]
    _check_patch(order, plan, service)
    if order.listed:
        result.warnings += find_new_domains(plan, directory)
        _check_emptiness(plan, directory, service)


def _record_ignored(result: Result, record: Record, *, known: int) -> None:
    """Tell the record of the failures beyond those that it knows; what is done has to be told, even if that fails."""
    try:
        record.ignored(result.failures[known:])
    except CollectionError as error:
        result.stopped = str(error)


def _plan_again(order: Order, service: ScimService) -> tuple[Directory, Plan]:
    """The tenant as it is by now, and what would be left to do."""
    directory = _read(order, service)
    return directory, plan_directory(order.document, directory, order.policy)


def _read(order: Order, service: ScimService) -> Directory:
    directory = order.read(service)
    return replace(directory, hidden=frozenset()) if order.write_unseen else directory


@contextlib.contextmanager
def bounded(policy: Policy) -> Iterator[None]:
    """Ends planning that hangs in an expression of `scope` (B56); Python's own matcher knows no limit."""
    if not policy.scope.expressions:
        yield
        return

    def give_up(_signal: int, _frame: object) -> t.NoReturn:
        raise Refusal(
            f"Planning took more than {PLANNING:g} seconds, most likely in a regular expression of scope that tries too many ways; nothing "
            "was written. Write it without nested repetitions such as (a+)+."
        )

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, PLANNING)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _check_patch(order: Order, plan: Plan, service: ScimService) -> None:
    """Refuse before the first write what the service says it cannot do (F26); most services do not say."""
    patches = any(step.verb not in ("create", "delete") for step in plan.object_steps()) or bool(plan.add_members or plan.remove_members)
    if patches and order.update_method == "patch" and service.capabilities().patch is False:
        raise Refusal(
            "The service says that it does not support PATCH (its ServiceProviderConfig), and the plan needs it; nothing was written. "
            "Set update_method: put, which reads, merges and writes whole objects."
        )


def _check_emptiness(plan: Plan, directory: Directory, service: ScimService) -> None:
    """Before an empty tenant is filled, look up one of those to be created: a listing that shows nobody may lie (F44)."""
    first = next((step for step in plan.users if step.verb == "create"), None)
    if directory.users or first is None:
        return
    known = service.find_users(user_name=first.name)
    if known:
        raise Refusal(
            f"Refused: the service lists no users at all, yet it knows {known[0].user_name} (id {known[0].id}), so its listing cannot be "
            f"trusted. {len(plan.users)} users would have been created a second time. Nothing was written. Run again; if it stays so, ask "
            "the service's operator.",
            listing="suspect",
        )


def _verify(order: Order, service: ScimService, result: Result, outcome: Outcome, sleep: Callable[[float], object]) -> None:
    """List again and plan again: what was acknowledged and is still to do was ignored by the service (F49)."""
    ignored: list[tuple[Operation, Failure]] = []
    normalised: list[str] = []
    reason = ""
    for pause in LOOKS:
        sleep(pause)
        try:
            directory, again = _plan_again(order, service)
            ignored, normalised = find_ignored(outcome.done, again)
        except CollectionError as error:
            # The writes are done and have to be told of, whatever becomes of this second look.
            reason = str(error)
            break
        except UNFORESEEN as error:
            reason = str(explain(error, "the service"))
            break
        reason = "; ".join(directory.doubts)
        if not ignored:
            break
    if reason:
        result.warnings.append(f"What was written could not be verified, the next run will tell: {reason}")
        return
    result.warnings += normalised
    result.failures += [failure for _operation, failure in ignored]
    gone = {id(operation) for operation, _failure in ignored}
    result.operations = [operation for operation in result.operations if id(operation) not in gone]
