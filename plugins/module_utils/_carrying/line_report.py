# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report that is true at any moment: JSON Lines, one before each write and one after (issue 4, R15)."""

from __future__ import annotations

import os
import typing as t

from .._planning.report import describe_failures, list_operations, summarize
from .._planning.saved import digest_plan, step_entries
from .output import LineFile, now
from .record import Record
from .waves import waves

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from .._planning.plan import Failure, Plan
    from .outcome import StepResult
    from .waves import AnyStep

    Line = dict[str, t.Any]

FORMAT = "scimops.zscaler_one report"
VERSION = 1
MODULE = "scimops.zscaler_one.scim_directory"


class LineReport(Record):
    """Adds lines to the file, which is opened at once. Each has the run that it belongs to, for several may write to one file."""

    def __init__(self, path: str, scrub: Callable[[Line], Line], *, dry: bool, tenant: str = "") -> None:
        self._file = LineFile("report_path", path)
        self._scrub, self._dry, self._tenant = scrub, dry, tenant
        self._run = f"{now()} {os.urandom(4).hex()}"
        self._begun = False

    def planned(self, plan: Plan, warnings: Sequence[str]) -> None:
        """The first line, what could not be planned, and in check mode all that would be done."""
        operations = list_operations(plan)
        summary = summarize(operations, plan.failures, plan.unchanged)
        self._begin({"plan_digest": digest_plan(plan), "operations": len(operations), "summary": summary, "warnings": [*warnings]})
        for failure in describe_failures(plan.failures):
            self._write("unplanned", failure)
        if self._dry:
            for wave in waves(plan):
                for number, step in wave:
                    self._write_all("would", number, _told(step))

    def intend(self, number: int, step: AnyStep) -> None:
        """One line for each change that the step makes."""
        self._write_all("intent", number, _told(step))

    def settle(self, number: int, step: AnyStep, result: StepResult) -> None:
        """One line for each of them again; where the service turned out to be so already, that nothing was written."""
        self._write_all("outcome", number, ({**_named(one), "result": "ok"} for one in result.done))
        self._write_all("outcome", number, ({**one, "result": "failed"} for one in describe_failures(result.failures)))
        if not result.done and not result.failures:
            self._write_all("outcome", number, ({**_named(one), "result": "unchanged"} for one in step_entries(step)))

    def ignored(self, failures: Sequence[Failure]) -> None:
        """What the outcomes say of these is not so."""
        for failure in describe_failures(failures):
            self._write("ignored", failure)

    def close(self, told: Mapping[str, t.Any]) -> None:
        """The last line."""
        self._end({
            "stopped": told["stopped"],
            "left": told["left"],
            "done": 0 if self._dry else len(told["operations"]),
            "failed": len(told["failures"]),
            "summary": told["summary"],
            "warnings": told["warnings"],
        })  # fmt: skip

    def fail(self, reason: str) -> None:
        """The last line, and if there was none, the first."""
        if not self._begun:
            self._begin({})
        self._end({"error": reason})

    def _begin(self, more: Line) -> None:
        self._begun = True
        self._write(
            "begin", {"format": FORMAT, "version": VERSION, "module": MODULE, "tenant": self._tenant, "check_mode": self._dry, **more}
        )

    def _end(self, more: Line) -> None:
        try:
            self._write("end", more)
        finally:
            self._file.close()

    def _write_all(self, kind: str, number: int, lines: Iterator[Line]) -> None:
        for line in lines:
            self._write(kind, {"number": number, **line})

    def _write(self, kind: str, more: Line) -> None:
        self._file.write(self._scrub({"line": kind, "time": now(), "run": self._run, **more}))


def _told(step: AnyStep) -> Iterator[Line]:
    """The changes of a step as operations, with the ids that are known."""
    for entry in step_entries(step):
        ids = {name: entry[name] for name in ("id", "group_id") if entry.get(name)}
        yield {**_named(entry), **ids, "attributes": entry.get("after", {})}


def _named(operation: Mapping[str, t.Any]) -> Line:
    return {name: operation[name] for name in ("kind", "verb", "name", "group") if name in operation}
