# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as one JSON document, written when the run is over, however it ended."""

from __future__ import annotations

import time
import typing as t

from .._planning.report import describe_failures, list_operations, summarize
from .._planning.saved import digest_plan
from .line_report import FORMAT, MODULE, VERSION
from .output import as_json, check_place, now, write_whole
from .record import Record

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .._planning.plan import Failure, Plan
    from .._planning.report import Operation
    from .outcome import StepResult
    from .waves import AnyStep

    Document = dict[str, t.Any]


class DocumentReport(Record):
    """Keeps what was done until the end. Whether the file can be written is tried at once. `tenant` is the address of the service."""

    def __init__(
        self,
        path: str,
        scrub: Callable[[Document], Document],
        *,
        dry: bool,
        tenant: str = "",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        check_place("report_path", path)
        self._path, self._scrub, self._dry, self._tenant = path, scrub, dry, tenant
        self._monotonic = monotonic
        self._begun, self._since = now(), monotonic()
        self._plan: Plan | None = None
        self._warnings: list[str] = []
        self._done: list[Operation] = []
        self._failures: list[Failure] = []

    def planned(self, plan: Plan, warnings: Sequence[str]) -> None:
        """Keeps the plan, for a run that fails later."""
        self._plan, self._warnings = plan, [*warnings]
        self._failures = [*plan.failures]

    def settle(self, number: int, step: AnyStep, result: StepResult) -> None:
        """Keeps what was done and what failed."""
        del number, step
        self._done += result.done
        self._failures += result.failures

    def close(self, told: Mapping[str, t.Any]) -> None:
        """The whole result."""
        self._write({**told, "error": ""})

    def fail(self, reason: str) -> None:
        """What is known."""
        self._write({**self._known(), "error": reason})

    def _known(self) -> Document:
        """What there is to tell before there is a result."""
        known: Document = {"changed": bool(self._done), "operations": self._done, "failures": describe_failures(self._failures)}
        if self._plan is not None:
            known["summary"] = summarize(self._done, self._failures, self._plan.unchanged)
            known["plan_digest"] = digest_plan(self._plan)
            known["left"] = len(list_operations(self._plan)) - len(self._done) - len(self._failures) + len(self._plan.failures)
            known["warnings"] = self._warnings
        return known

    def _write(self, told: Mapping[str, t.Any]) -> None:
        head = {"format": FORMAT, "version": VERSION, "module": MODULE, "tenant": self._tenant, "begun": self._begun, "ended": now()}
        head.update(seconds=round(self._monotonic() - self._since, 1), check_mode=self._dry)
        write_whole("report_path", self._path, self._render(self._scrub({**head, **told})))

    def _render(self, told: Document) -> str:
        """The text of the file."""
        return as_json(told, indent=2) + "\n"
