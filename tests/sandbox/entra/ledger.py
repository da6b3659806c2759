# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entering outcomes into the records of a job, as soon as each object is done: links, escrows, and the provisioning log."""

from __future__ import annotations

import typing as t

from . import logs

if t.TYPE_CHECKING:
    import datetime

    from .records import Outcome
    from .snapshot import Snapshot
    from .state import Application, Directory, Job, Link


class Ledger:
    """The records of one job during one cycle, or during one provision on demand."""

    def __init__(
        self,
        directory: Directory,
        application: Application,
        job: Job,
        snapshot: Snapshot,
        *,
        cycle_id: str,
        now: t.Callable[[], datetime.datetime],
    ) -> None:
        self._directory = directory
        self._application = application
        self._job = job
        self._snapshot = snapshot
        self._cycle_id = cycle_id
        self._now = now

    def enter(self, outcome: Outcome, *, verbose: bool) -> None:
        """Remembers what happened to one object. `verbose` = log it although it was left alone for the same reason as before."""
        with self._directory.lock:
            self._link(outcome)
            if outcome.is_failure:
                self._escrow(outcome)
            else:
                self._job.escrows.pop(outcome.source_id, None)
            if self._is_news(outcome, verbose=verbose):
                line = logs.summary(outcome, self._application, self._job, self._directory.tenant_id, self._cycle_id, self._now())
                self._directory.logs.append(line)

    def _link(self, outcome: Outcome) -> None:
        both: tuple[dict[str, Link], dict[str, Link]] = (self._job.links, self._snapshot.links)
        for links in both:
            if outcome.forget:
                links.pop(outcome.source_id, None)
            elif outcome.link:
                links[outcome.source_id] = outcome.link

    def _escrow(self, outcome: Outcome) -> None:
        before = self._job.escrows.get(outcome.source_id, {})
        self._job.escrows[outcome.source_id] = {
            "kind": outcome.kind,
            "name": outcome.name,
            "errorCode": outcome.error_code,
            "reason": outcome.error_reason,
            "attempts": int(before.get("attempts", 0)) + 1,
        }

    def _is_news(self, outcome: Outcome, *, verbose: bool) -> bool:
        last = self._job.skips.pop(outcome.source_id, "")
        if outcome.status != "skipped" or outcome.skip_reason == "RedundantExport":
            return verbose or outcome.status != "skipped"
        self._job.skips[outcome.source_id] = outcome.skip_reason
        return verbose or last != outcome.skip_reason
