# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Provision on demand: one rule, a few users or one group with at most five of its members, now, whatever the schedule says."""

from __future__ import annotations

import dataclasses
import time
import typing as t
import uuid

from . import credentials, logs
from .ledger import Ledger
from .mapping import Intent, Mapping, mappings_of
from .provisioner import Provisioner
from .records import Outcome
from .refusals import EngineError
from .scim_client import CredentialsRefused, ScimClient, TargetError

if t.TYPE_CHECKING:
    import datetime

    from .snapshot import Snapshot, Subject
    from .state import Application, Directory, Job, Json

MEMBERS_LIMIT = 5
KINDS = ("User", "Group")


def _invalid(message: str) -> EngineError:
    return EngineError("RequestParameterInvalid", message)


class OnDemand:
    """One request. The flag aadOptscim062020 does not count here: Microsoft says that it does not work on demand."""

    def __init__(
        self, directory: Directory, application: Application, job: Job, snapshot: Snapshot, *, now: t.Callable[[], datetime.datetime]
    ) -> None:
        settings = dataclasses.replace(snapshot.settings, is_rfc=False)
        self._snapshot = dataclasses.replace(snapshot, settings=settings)
        self._now = now
        self._ledger = Ledger(directory, application, job, self._snapshot, cycle_id=str(uuid.uuid4()), now=now)
        self._mappings = mappings_of(snapshot.schema)

    def run(self, parameters: t.Sequence[Json], connect: t.Callable[[], ScimClient]) -> Json:
        """Does it: a stringKeyStringValuePair. Raises EngineError where the request is wrong, before anything is sent."""
        subjects = self._subjects(parameters)
        outcomes: list[Outcome] = []
        try:
            client = connect()
        except TargetError as error:
            outcomes = [self._refused(rule, subject, credentials.unusable(error)) for rule, subject, _members in subjects]
            return logs.on_demand(outcomes, self._now())
        try:
            provisioner = Provisioner(client, self._snapshot)
            for rule, subject, members in subjects:
                outcomes.extend(self._all(provisioner, rule, subject, members))
        finally:
            client.close()
        return logs.on_demand(outcomes, self._now())

    # The request

    def _subjects(self, parameters: t.Sequence[Json]) -> list[tuple[str, Subject, list[Subject]]]:
        if not isinstance(parameters, list) or not parameters:
            raise _invalid("The request has no parameters.")
        rules = [str(rule.get("id")) for rule in self._snapshot.schema.get("synchronizationRules") or []]
        found = []
        for parameter in parameters:
            rule = str((parameter or {}).get("ruleId") or "")
            if rule not in rules:
                raise _invalid(f"The rule '{rule}' is not a synchronization rule of this job.")
            for item in parameter.get("subjects") or []:
                found.append((rule, self._subject(item), self._members(item)))
        if not found:
            raise _invalid("The request names no subjects.")
        if sum(subject.kind == "Group" for _rule, subject, _members in found) > 1:
            raise _invalid("Only one group can be provisioned on demand at a time.")
        return found

    def _subject(self, item: Json) -> Subject:
        id, kind = str(item.get("objectId") or ""), item.get("objectTypeName")
        if kind not in KINDS:
            raise _invalid(f"The object type '{kind}' is not one of {', '.join(KINDS)}.")
        subject = self._snapshot.subjects.get(id)
        if subject is None or subject.kind != kind:
            raise _invalid(f"There is no {kind} with the object id '{id}'.")
        return subject

    def _members(self, item: Json) -> list[Subject]:
        members = (item.get("links") or {}).get("members") or []
        if len(members) > MEMBERS_LIMIT:
            raise _invalid(f"{len(members)} members are more than the {MEMBERS_LIMIT} that can be provisioned on demand.")
        return [self._subject(member) for member in members]

    # The work

    def _all(self, provisioner: Provisioner, rule: str, subject: Subject, members: list[Subject]) -> t.Iterator[Outcome]:
        """The members first, so that the group can refer to them; the group comes first in the answer."""
        before = [self._one(provisioner, rule, member, None) for member in members if member.kind == "User"]
        yield self._one(provisioner, rule, subject, {member.id for member in members})
        yield from before

    def _one(self, provisioner: Provisioner, rule: str, subject: Subject, only: set[str] | None) -> Outcome:
        mapping = self._mapping(rule, subject)
        link = self._snapshot.links.get(subject.id)
        verdict = mapping.judge(subject, link, self._snapshot.settings)
        outcome = Outcome(mapping, subject.kind, subject.id, subject.name, target_id=link.target_id if link else "")
        outcome.imported(subject)
        outcome.scoped(subject, verdict)
        began = time.monotonic()
        try:
            if verdict.intent == Intent.PROVISION:
                provisioner.provision(mapping, subject, outcome, look=True, only=only)
            elif verdict.intent == Intent.DEPROVISION:
                provisioner.leave(mapping, subject, outcome, unassigned=not verdict.entitled)
            else:
                outcome.skipped(verdict.reason or "NotEffectivelyEntitled")
        except CredentialsRefused as error:
            outcome.failed(*credentials.refused(error))
        outcome.seconds = time.monotonic() - began
        self._ledger.enter(outcome, verbose=True)
        return outcome

    def _mapping(self, rule: str, subject: Subject) -> Mapping:
        fitting = [mapping for mapping in self._mappings if mapping.rule_id == rule and mapping.kind == subject.kind]
        if not fitting:
            raise _invalid(f"The rule '{rule}' has no enabled mapping for the object type {subject.kind}.")
        return fitting[0]

    def _refused(self, rule: str, subject: Subject, error: tuple[str, str]) -> Outcome:
        outcome = Outcome(self._mapping(rule, subject), subject.kind, subject.id, subject.name)
        outcome.imported(subject)
        return outcome.failed(*error)
