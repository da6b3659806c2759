# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out a plan: phase by phase, one bad object not stopping the others (DESIGN laws 5 and 6)."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ._errors import DeadlinePassed, ServiceError, TransportError, Unauthorized
from ._model import key
from ._planning.plan import PHASES, Failure, MemberStep, Ref, Step
from ._planning.report import member_operations, step_operation

if t.TYPE_CHECKING:
    from collections.abc import Collection

    from ._planning.plan import Plan, Value
    from ._planning.report import Operation
    from ._wire.scim import Created, ScimService

SAME_CAUSE = 10
"""So many failures of one cause in a row end the run (F55)."""


@dataclass
class Outcome:
    """What became of a plan. `stopped` says why the run ended early, and `left` how many steps were then not tried."""

    done: list[Operation] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    stopped: str = ""
    left: int = 0


class Stop(Exception):
    """Ends the run from within a step; never leaves this file."""


class Carrier:
    """One run of one plan. Ids of what the run creates are looked up here at the last moment (STYLE rule 4)."""

    def __init__(self, service: ScimService, *, confirm: bool = False, stop_on_error: bool = False) -> None:
        self.service = service
        self.confirm = confirm
        self.stop_on_error = stop_on_error
        self.outcome = Outcome()
        self.cause: tuple[int, str] = (0, "")
        self.in_a_row = 0

    def carry_out(self, plan: Plan) -> Outcome:
        """Write every step of the plan; failures are collected, and only what would fail for all ends the run."""
        steps = [step for phase in PHASES for step in getattr(plan, phase)]
        for number, step in enumerate(steps):
            try:
                self._try(step)
            except Stop as stop:
                self.outcome.stopped = str(stop)
                self.outcome.left = len(steps) - number - 1
                break
        return self.outcome

    def _try(self, step: Step | MemberStep) -> None:
        try:
            if isinstance(step, MemberStep):
                self._change_members(step)
            else:
                if self._write(step):
                    self.outcome.done.append(step_operation(step))
                self.in_a_row = 0
        except TransportError as error:
            self._fail(step, error)

    def _write(self, step: Step) -> bool:
        """Write one step; False where it turned out to be done already, so that nothing was written."""
        service = self.service
        if step.verb == "create":
            create = service.create_user if step.kind == "user" else service.create_group
            created = create(step.name, step.values, confirm=self.confirm)
            self.outcome.ids[step.kind, key(step.name)] = created.id
            if created.adopted:
                return self._adopt(step, created)
        elif step.verb == "delete":
            (service.delete_user if step.kind == "user" else service.delete_group)(step.id)
        else:
            self._update(step, step.id, step.values)
        return True

    def _adopt(self, step: Step, created: Created) -> bool:
        """Bring an object that was there already to its values; only what differs is written."""
        shown = created.live._asdict() if created.live else {}
        values = {name: value for name, value in step.values.items() if shown.get(name) != value}
        if values:
            self._update(step, created.id, values)
        return bool(values)

    def _update(self, step: Step, found: str, values: dict[str, Value]) -> None:
        old = step.before.get("user_name" if step.kind == "user" else "display_name") or step.name
        if step.kind == "user":
            self.outcome.ids["user", key(step.name)] = self.service.update_user(found, values, user_name=str(old))
        else:
            self.outcome.ids["group", key(step.name)] = self.service.update_group(found, values, display_name=str(old))

    def _change_members(self, step: MemberStep) -> None:
        group = self._id("group", step.group)
        users = {ref: self._id("user", ref) for ref in (*step.add, *step.remove)}
        lost = [ref for ref, found in users.items() if not found]
        if not group:
            self._fail_members(step, step.add, "its group could not be created")
            return
        self._fail_members(step, lost, "the user could not be created")
        add = [users[ref] for ref in step.add if users[ref]]
        remove = [users[ref] for ref in step.remove]
        refused = self.service.change_members(group, add, remove) if add or remove else {}
        names = {users[ref]: ref for ref in users}
        for found, error in refused.items():
            self._fail_members(step, [names[found]], error.detail, error)
        bad = {*lost, *(names[found] for found in refused)}
        good = MemberStep(step.group, tuple(ref for ref in step.add if ref not in bad), tuple(ref for ref in step.remove if ref not in bad))
        self.outcome.done.extend(member_operations(good))
        if not bad:
            self.in_a_row = 0

    def _id(self, kind: str, ref: Ref) -> str:
        return self.outcome.ids.get((kind, key(ref.name)), "") or ref.id

    def _fail_members(self, step: MemberStep, refs: Collection[Ref], detail: str, error: ServiceError | None = None) -> None:
        for ref in refs:
            verb = "add" if ref in step.add else "remove"
            status, request = (error.status, error.request) if error else (0, "")
            self.outcome.failures.append(Failure("membership", verb, ref.name, detail, step.group.name, step.place, status, request))

    def _fail(self, step: Step | MemberStep, error: TransportError) -> None:
        """Record a failed step, and stop where the next ones would fail for the same reason."""
        status = error.status if isinstance(error, ServiceError) else 0
        detail = error.detail if isinstance(error, ServiceError) else str(error)
        if isinstance(step, MemberStep):
            for verb, refs in (("add", step.add), ("remove", step.remove)):
                for ref in refs:
                    failure = Failure("membership", verb, ref.name, detail, step.group.name, step.place, status, error.request)
                    self.outcome.failures.append(failure)
        else:
            failure = Failure(step.kind, step.verb, step.name, detail, place=step.place, status=status, request=error.request)
            self.outcome.failures.append(failure)
        self._count(error, status)

    def _count(self, error: TransportError, status: int) -> None:
        if isinstance(error, Unauthorized):
            raise Stop("the service no longer accepts the credentials (401)")
        if isinstance(error, DeadlinePassed):
            raise Stop(str(error))
        if self.stop_on_error:
            raise Stop("on_error is stop")
        scim_type = error.scim_type if isinstance(error, ServiceError) else type(error).__name__
        self.in_a_row = self.in_a_row + 1 if (status, scim_type) == self.cause else 1
        self.cause = (status, scim_type)
        if self.in_a_row >= SAME_CAUSE:
            raise Stop(f"{SAME_CAUSE} writes in a row failed alike: {error}")
