# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One provisioning cycle of one job: everything is judged first, then the target is written to, object by object."""

from __future__ import annotations

import time
import typing as t
import uuid

from . import credentials, status
from .ledger import Ledger
from .mapping import Intent, Mapping, Verdict, mappings_of
from .provisioner import Provisioner
from .records import Outcome
from .scim_client import CredentialsRefused, ScimClient, TargetError

if t.TYPE_CHECKING:
    import datetime

    from .snapshot import Snapshot, Subject
    from .state import Application, Directory, Job, Json

ESCROW_BASE = 5000
ESCROW_PROPORTION = 0.4
ESCROW_TOTAL = 40_000


class Task(t.NamedTuple):
    """What is to be done about one object. `subject` is None for one that is gone from the directory for good."""

    mapping: Mapping
    subject: Subject | None
    verdict: Verdict
    id: str


class Cycle:
    """One run."""

    def __init__(
        self,
        directory: Directory,
        application: Application,
        job: Job,
        snapshot: Snapshot,
        *,
        now: t.Callable[[], datetime.datetime],
    ) -> None:
        self._directory = directory
        self._application = application
        self._job = job
        self._snapshot = snapshot
        self._now = now
        self.id = str(uuid.uuid4())
        self._ledger = Ledger(directory, application, job, snapshot, cycle_id=self.id, now=now)
        self.tally = status.Tally(is_initial=snapshot.is_initial)

    def run(self, connect: t.Callable[[], ScimClient]) -> Json:
        """Does it and writes status and logs; counts by what was done."""
        began = self._now()
        try:
            client = connect()
            try:
                credentials.probe(client)
                self._work(client)
            finally:
                client.close()
        except CredentialsRefused as error:
            self._give_up(*credentials.refused(error))
        except TargetError as error:
            self._give_up(*credentials.unusable(error))
        with self._directory.lock:
            self._check_escrows()
            was_reset = self._job.resets != self._snapshot.resets
            status.record(self._job, self.tally, self.id, began, self._now())
            if was_reset:
                self._job.watermark = 0
        return self.tally.as_json()

    def _give_up(self, code: str, message: str) -> None:
        self.tally.quarantine, self.tally.error = status.CREDENTIALS_REASON, (code, message)

    def _check_escrows(self) -> None:
        count = len(self._job.escrows)
        if self.tally.quarantine:
            return
        if count > ESCROW_TOTAL:
            self.tally.quarantine = "EncounteredTotalEscrowThreshold"
        elif count >= ESCROW_BASE and count > ESCROW_PROPORTION * max(1, self.tally.imported):
            self.tally.quarantine = "EncounteredEscrowProportionThreshold"

    # Judging

    def plan(self) -> list[Task]:
        """What is to be done, users before groups; nothing is sent."""
        tasks: list[Task] = []
        mappings = mappings_of(self._snapshot.schema)
        for mapping in mappings:
            tasks.extend(self._tasks(mapping))
        first = {task.id: task for task in reversed(tasks)}
        chosen = [task for task in tasks if first[task.id] is task]
        self.tally.imported = len(chosen)
        return chosen

    def _tasks(self, mapping: Mapping) -> t.Iterator[Task]:
        links = self._snapshot.links
        for subject in self._snapshot.subjects.values():
            if subject.kind == mapping.kind:
                verdict = mapping.judge(subject, links.get(subject.id), self._snapshot.settings)
                self.tally.entitled += verdict.entitled and verdict.intent != Intent.IGNORE
                self.tally.in_scope += verdict.intent == Intent.PROVISION
                if verdict.intent != Intent.IGNORE:
                    yield Task(mapping, subject, verdict, subject.id)
        for id, link in links.items():
            is_left = link.disabled and link.unassigned
            if link.kind == mapping.kind and id not in self._snapshot.subjects and not is_left:
                yield Task(mapping, None, Verdict(Intent.DEPROVISION, "HardDeleted"), id)

    def _held_back(self, tasks: t.Sequence[Task]) -> bool:
        """Whether the threshold for accidental deletions stops this cycle's deletes and disables."""
        threshold = self._snapshot.settings.deletion_threshold
        count = sum(task.verdict.intent == Intent.DEPROVISION for task in tasks)
        return bool(threshold) and count >= threshold and not self._snapshot.forced

    # Doing

    def _work(self, client: ScimClient) -> None:
        tasks = self.plan()
        held_back = self._held_back(tasks)
        if held_back:
            self.tally.quarantine = status.DELETES_REASON
        provisioner = Provisioner(client, self._snapshot)
        for number, task in enumerate(tasks):
            if number % status.PAGE == 0:
                with self._directory.lock:
                    status.observe(self._job, number, len(tasks), self._now())
            outcome = self._outcome(task)
            began = time.monotonic()
            if task.verdict.intent == Intent.DEPROVISION and held_back:
                outcome.action = "stagedDelete"
                outcome.skipped("StagedDelete")
            else:
                self._carry_out(provisioner, task, outcome)
            outcome.seconds = time.monotonic() - began
            self._count(outcome)
            self._ledger.enter(outcome, verbose=self._snapshot.is_initial)
        with self._directory.lock:
            # A release that came while this cycle was running is for the next one.
            self._job.force_deletes = self._job.force_deletes and not self._snapshot.forced

    def _outcome(self, task: Task) -> Outcome:
        link = self._snapshot.links.get(task.id)
        name = task.subject.name if task.subject else link.name if link else task.id
        outcome = Outcome(task.mapping, task.mapping.kind, task.id, name, target_id=link.target_id if link else "")
        if task.subject:
            outcome.imported(task.subject)
            outcome.scoped(task.subject, task.verdict)
        return outcome

    def _carry_out(self, provisioner: Provisioner, task: Task, outcome: Outcome) -> None:
        intent, subject = task.verdict.intent, task.subject
        if intent == Intent.SKIP:
            outcome.skipped(task.verdict.reason)
        elif subject is None:
            provisioner.remove(task.mapping, self._snapshot.links[task.id], outcome)
        elif intent == Intent.DEPROVISION:
            provisioner.leave(task.mapping, subject, outcome, unassigned=not task.verdict.entitled)
        else:
            provisioner.provision(task.mapping, subject, outcome, look=self._snapshot.is_initial)

    def _count(self, outcome: Outcome) -> None:
        tally = self.tally
        if outcome.is_failure:
            tally.failed += 1
        elif outcome.action == "stagedDelete":
            tally.staged += 1
        elif outcome.status == "skipped":
            tally.unchanged += outcome.skip_reason == "RedundantExport"
            tally.skipped += outcome.skip_reason != "RedundantExport"
        else:
            name = {"create": "created", "update": "updated", "disable": "disabled", "delete": "deleted"}[outcome.action]
            setattr(tally, name, getattr(tally, name) + 1)
