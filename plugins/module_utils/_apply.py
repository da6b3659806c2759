# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out a plan: phase by phase, one bad object not stopping the others (DESIGN laws 5 and 6)."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ._errors import DeadlinePassed, InputError, Refusal, ServiceError, TransportError, Unauthorized
from ._model import key
from ._planning.plan import NAME, PHASES, Failure, MemberStep, Ref, Step
from ._planning.policy import Policy
from ._planning.report import member_operations, step_operation
from ._planning.users import adoption

if t.TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ._model import Directory
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

    def __init__(self, service: ScimService, directory: Directory, policy: Policy | None = None, *, stop_on_error: bool = False) -> None:
        self.service = service
        self.policy, self.hidden = policy or Policy(), directory.hidden
        self.members = directory.members or {}
        self.external_ids = {live.id: live.external_id for live in directory.users}
        self.external_ids.update((group.id, group.external_id) for group in directory.groups)
        self.confirm = bool(directory.doubts)
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
        except (Refusal, InputError) as error:
            # A look-up in the middle of a run met a listing that lies: what was done stays told.
            self._record(step, str(error))
            raise Stop(str(error)) from error

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
        """Bring an object that was there already to its values; only what differs is written, and nothing out of scope."""
        live, values = created.live, step.values
        self.external_ids[created.id] = live.external_id if live else None
        if live:
            reason, values = adoption(step, live, self.hidden, self.policy)
            if reason:
                # Nor is it added to any group: it is not ours.
                self.outcome.ids.pop((step.kind, key(step.name)))
                self._record(step, reason)
                return False
        if values:
            self._update(step, created.id, values)
        return bool(values) or created.lost

    def _update(self, step: Step, found: str, values: dict[str, Value]) -> None:
        old = str(step.before.get(NAME[step.kind]) or step.name)
        known = self.external_ids.get(found)
        if step.kind == "user":
            now = self.service.update_user(found, values, user_name=old, external_id=known)
        else:
            now = self.service.update_group(found, values, display_name=old, external_id=known, present=self.members.get(found))
        self.outcome.ids[step.kind, key(step.name)] = now

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
        refused = self._send_members(group, add, remove)
        names = {users[ref]: ref for ref in users}
        for found, error in refused.items():
            self._fail_members(step, [names[found]], error.detail if isinstance(error, ServiceError) else str(error), error)
        bad = {*lost, *(names[found] for found in refused)}
        good = MemberStep(step.group, tuple(ref for ref in step.add if ref not in bad), tuple(ref for ref in step.remove if ref not in bad))
        self.outcome.done.extend(member_operations(good))
        if refused:
            self._count(next(iter(refused.values())))
        elif not bad:
            self.in_a_row = 0

    def _send_members(self, group: str, add: list[str], remove: list[str]) -> Mapping[str, TransportError]:
        """The ids that were not written, with the reason; batches that went through before it are done all the same."""
        if not add and not remove:
            return {}
        try:
            return self.service.change_members(group, add, remove, present=self.members.get(group))
        except TransportError as error:
            undone = {*add, *remove} if error.undone is None else error.undone
            return dict.fromkeys((one for one in (*add, *remove) if one in undone), error)

    def _id(self, kind: str, ref: Ref) -> str:
        return self.outcome.ids.get((kind, key(ref.name)), "") or ref.id

    def _fail_members(self, step: MemberStep, refs: Collection[Ref], detail: str, error: TransportError | None = None) -> None:
        status = error.status if isinstance(error, ServiceError) else 0
        request = error.request if error else ""
        for ref in refs:
            verb = "add" if ref in step.add else "remove"
            self.outcome.failures.append(Failure("membership", verb, ref.name, detail, step.group.name, step.place, status, request))

    def _fail(self, step: Step | MemberStep, error: TransportError) -> None:
        """Record a failed step, and count its cause."""
        status = error.status if isinstance(error, ServiceError) else 0
        self._record(step, error.detail if isinstance(error, ServiceError) else str(error), status, error.request)
        self._count(error)

    def _record(self, step: Step | MemberStep, detail: str, status: int = 0, request: str = "") -> None:
        if isinstance(step, MemberStep):
            for verb, refs in (("add", step.add), ("remove", step.remove)):
                for ref in refs:
                    failure = Failure("membership", verb, ref.name, detail, step.group.name, step.place, status, request)
                    self.outcome.failures.append(failure)
        else:
            failure = Failure(step.kind, step.verb, step.name, detail, place=step.place, status=status, request=request)
            self.outcome.failures.append(failure)

    def _count(self, error: TransportError) -> None:
        """Stop where the next ones would fail for the same reason."""
        status = error.status if isinstance(error, ServiceError) else 0
        if isinstance(error, Unauthorized):
            raise Stop("the service no longer accepts the credentials (401)")
        if isinstance(error, DeadlinePassed):
            raise Stop(str(error))
        if self.stop_on_error:
            raise Stop("on_error is stop")
        code = error.code if isinstance(error, ServiceError) else type(error).__name__
        self.in_a_row = self.in_a_row + 1 if (status, code) == self.cause else 1
        self.cause = (status, code)
        if self.in_a_row >= SAME_CAUSE:
            raise Stop(f"{SAME_CAUSE} writes in a row failed alike: {error}")
