# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares what was written with what is still to do afterwards (F49, F60, R15). Pure."""

from __future__ import annotations

import typing as t

from .._model import key, shown
from .plan import Failure
from .report import member_operations, step_operation

if t.TYPE_CHECKING:
    from collections.abc import Iterable

    from .plan import Plan, Step, Value
    from .report import Operation

Identity = tuple[str, str, str]


def find_ignored(done: Iterable[Operation], again: Plan) -> tuple[list[tuple[Operation, Failure]], list[str]]:
    """The operations that the service acknowledged and did not carry out, and warnings on values that it rewrote.

    A value counts as rewritten, not ignored, if only case or spaces differ: writing it again would change nothing.
    """
    steps: dict[Identity, list[Step]] = {}
    for step in again.object_steps():
        steps.setdefault(_identity(step_operation(step)), []).append(step)
    members = {(_identity(one), one["verb"]) for step in again.member_steps() for one in member_operations(step)}
    ignored: list[tuple[Operation, Failure]] = []
    warnings: list[str] = []
    for operation in done:
        who = _identity(operation)
        if operation["kind"] == "membership":
            if (who, operation["verb"]) in members:
                ignored.append((operation, _failure(operation, "the membership is still as it was")))
            continue
        for step in steps.get(who, ()):
            reason = _why_ignored(operation, step, warnings)
            if reason:
                ignored.append((operation, _failure(operation, reason)))
                break
    return ignored, warnings


def _why_ignored(operation: Operation, step: Step, warnings: list[str]) -> str:
    """What is still as it was, or nothing; values that were rewritten are added to the warnings."""
    if operation["verb"] in ("create", "delete") and step.verb == operation["verb"]:
        return f"the {operation['kind']} is still as it was"
    rewritten, lost = _compare(operation["attributes"], step)
    title = f"{step.kind} {shown(step.name)}"
    warnings += [f"The service rewrites {name} of {title}: declared {want!r}, shown {have!r}" for name, want, have in rewritten]
    return f"the service still shows the old value of {', '.join(lost)}" if lost else ""


def _identity(operation: Operation) -> Identity:
    return operation["kind"], key(operation["name"]), key(operation.get("group", ""))


def _compare(written: dict[str, Value], step: Step) -> tuple[list[tuple[str, Value, Value | None]], list[str]]:
    """Of the attributes that were written and are to be written again: those rewritten, and those lost."""
    rewritten: list[tuple[str, Value, Value | None]] = []
    lost: list[str] = []
    for name in written:
        if name not in step.values:
            continue
        want, have = step.values[name], step.before.get(name)
        if isinstance(want, str) and isinstance(have, str) and key(want).split() == key(have).split():
            rewritten.append((name, want, have))
        else:
            lost.append(name)
    return rewritten, lost


def _failure(operation: Operation, what: str) -> Failure:
    detail = f"ignored by the service: it acknowledged the write, but {what}"
    return Failure(operation["kind"], operation["verb"], operation["name"], detail, operation.get("group", ""))
