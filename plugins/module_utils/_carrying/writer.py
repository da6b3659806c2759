# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes one step of a plan through the service, whatever it takes, and says what became of it (DESIGN laws 6 and 7)."""

from __future__ import annotations

import typing as t

from .._errors import InputError, Refusal, ServiceError, TransportError
from .._model import key
from .._planning.plan import NAME, Failure, MemberStep, Ref
from .._planning.report import member_operations, step_operation
from .._planning.users import adoption
from .._surprises import UNFORESEEN, explain
from .outcome import StepResult

if t.TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .._model import Directory
    from .._planning.plan import Step, Value
    from .._planning.policy import Policy
    from .._wire.scim import Created, ScimService
    from .waves import AnyStep


class Writer:
    """Writes steps, several at a time if they are of one wave. Ids of what the run creates are looked up at the last moment.

    `ids` has the ids of all that was written, by kind and key of the name.
    """

    def __init__(self, service: ScimService, directory: Directory, policy: Policy) -> None:
        self.ids: dict[tuple[str, str], str] = {}
        self._service, self._policy, self._hidden = service, policy, directory.hidden
        self._members = directory.members or {}
        self._external_ids = {live.id: live.external_id for live in directory.users}
        self._external_ids.update((group.id, group.external_id) for group in directory.groups)
        self._confirm = bool(directory.doubts)

    def write(self, step: AnyStep, *, confirm: bool = False) -> StepResult:
        """What became of the step; `confirm` looks before it creates, as is done for all where the listing was in doubt."""
        try:
            if isinstance(step, MemberStep):
                return self._change_members(step)
            return self._change(step, confirm=confirm or self._confirm)
        except TransportError as error:
            return StepResult(failures=failures(step, *_told(error)), error=error)
        except (Refusal, InputError) as error:
            # A look-up in the middle of a run met a listing that lies: what was done stays told.
            return StepResult(failures=failures(step, str(error)), stop=str(error))
        except UNFORESEEN as error:
            # Raised here, it would take along what the run has to tell of all other steps.
            return unknown(step, str(explain(error, "the service")))

    def id_of(self, kind: str, ref: Ref) -> str:
        """The id of a user or group of the plan; empty where it was to be created and was not."""
        return self.ids.get((kind, key(ref.name)), "") or ref.id

    def _change(self, step: Step, *, confirm: bool) -> StepResult:
        """Write a user or group; nothing is done where it turned out to be so already."""
        service = self._service
        if step.verb == "create":
            create = service.create_user if step.kind == "user" else service.create_group
            created = create(step.name, step.values, confirm=confirm)
            self.ids[step.kind, key(step.name)] = created.id
            if created.adopted:
                return self._adopt(step, created)
        elif step.verb == "delete":
            (service.delete_user if step.kind == "user" else service.delete_group)(step.id)
        else:
            self._update(step, step.id, step.values)
        return StepResult([step_operation(step)])

    def _adopt(self, step: Step, created: Created) -> StepResult:
        """Bring an object that was there already to its values; only what differs is written, and nothing out of scope."""
        live, values = created.live, step.values
        self._external_ids[created.id] = live.external_id if live else None
        if live:
            reason, values = adoption(step, live, self._hidden, self._policy)
            if reason:
                # Nor is it added to any group: it is not ours.
                self.ids.pop((step.kind, key(step.name)))
                return StepResult(failures=failures(step, reason))
        if values:
            self._update(step, created.id, values)
        return StepResult([step_operation(step)] if values or created.lost else [])

    def _update(self, step: Step, found: str, values: dict[str, Value]) -> None:
        old = str(step.before.get(NAME[step.kind]) or step.name)
        known = self._external_ids.get(found)
        if step.kind == "user":
            now = self._service.update_user(found, values, user_name=old, external_id=known)
        else:
            now = self._service.update_group(found, values, display_name=old, external_id=known, present=self._members.get(found))
        self.ids[step.kind, key(step.name)] = now

    def _change_members(self, step: MemberStep) -> StepResult:
        group = self.id_of("group", step.group)
        users = {ref: self.id_of("user", ref) for ref in (*step.add, *step.remove)}
        lost = [ref for ref, found in users.items() if not found]
        if not group:
            return StepResult(failures=member_failures(step, step.add, "its group could not be created"))
        failed = member_failures(step, lost, "the user could not be created")
        add = [users[ref] for ref in step.add if users[ref]]
        remove = [users[ref] for ref in step.remove]
        refused = self._send_members(group, add, remove)
        names = {users[ref]: ref for ref in users}
        for found, error in refused.items():
            failed += member_failures(step, [names[found]], *_told(error))
        bad = {*lost, *(names[found] for found in refused)}
        good = MemberStep(step.group, tuple(ref for ref in step.add if ref not in bad), tuple(ref for ref in step.remove if ref not in bad))
        return StepResult([*member_operations(good)], failed, next(iter(refused.values()), None))

    def _send_members(self, group: str, add: list[str], remove: list[str]) -> Mapping[str, TransportError]:
        """The ids that were not written, with the reason; batches that went through before it are done all the same."""
        if not add and not remove:
            return {}
        try:
            return self._service.change_members(group, add, remove, present=self._members.get(group))
        except TransportError as error:
            undone = {*add, *remove} if error.undone is None else error.undone
            return dict.fromkeys((one for one in (*add, *remove) if one in undone), error)


def _told(error: TransportError) -> tuple[str, int, str]:
    """What failures tell of an error: the detail, the status and the request."""
    if isinstance(error, ServiceError):
        return error.detail, error.status, error.request
    return str(error), 0, error.request


def unknown(step: AnyStep, reason: str) -> StepResult:
    """A step of which nobody knows whether it was written, and the end of the run, for this reason."""
    return StepResult(failures=failures(step, f"it is not known whether it was written: {reason}"), stop=reason)


def failures(step: AnyStep, detail: str, status: int = 0, request: str = "") -> list[Failure]:
    """The step as something that failed: one failure for an object, one for each member of a group."""
    if isinstance(step, MemberStep):
        return member_failures(step, (*step.add, *step.remove), detail, status, request)
    return [Failure(step.kind, step.verb, step.name, detail, place=step.place, status=status, request=request)]


def member_failures(step: MemberStep, refs: Collection[Ref], detail: str, status: int = 0, request: str = "") -> list[Failure]:
    """One failure for each of these members of the step."""
    joining = set(step.add)
    return [
        Failure("membership", "add" if ref in joining else "remove", ref.name, detail, step.group.name, step.place, status, request)
        for ref in refs
    ]
