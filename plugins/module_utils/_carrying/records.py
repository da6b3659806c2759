# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that is kept of a run besides its result, as the options ask for."""

from __future__ import annotations

import typing as t
from pathlib import Path

from .._errors import CollectionError, InputError, NotRecorded, Problem
from .._input.files import STATE_FILES
from .document_report import DocumentReport
from .line_report import LineReport
from .page_report import HtmlReport, MarkdownReport
from .plan_file import PlanFile
from .progress_file import ProgressFile
from .record import Record

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .._planning.plan import Failure, Plan
    from .outcome import Outcome, StepResult
    from .waves import AnyStep

    Json = dict[str, t.Any]

REPORTS: Mapping[str, t.Any] = {".jsonl": LineReport, ".json": DocumentReport, ".md": MarkdownReport, ".html": HtmlReport}
"""Who writes a report, by the end of its name."""

Form = t.TypeVar("Form")


class Records(Record):
    """Tells each of several, in this order, what it is told itself."""

    def __init__(self, records: Sequence[Record] = ()) -> None:
        self._records = records

    @property
    def warnings(self) -> list[str]:
        """See Record."""
        return [warning for one in self._records for warning in one.warnings]

    def enter(self, phase: str) -> None:
        """See Record."""
        for one in self._records:
            one.enter(phase)

    def planned(self, plan: Plan, warnings: Sequence[str]) -> None:
        """See Record."""
        for one in self._records:
            one.planned(plan, warnings)

    def begin(self, plan: Plan) -> None:
        """See Record."""
        for one in self._records:
            one.begin(plan)

    def intend(self, number: int, step: AnyStep) -> None:
        """See Record."""
        for one in self._records:
            one.intend(number, step)

    def settle(self, number: int, step: AnyStep, result: StepResult) -> None:
        """See Record."""
        for one in self._records:
            one.settle(number, step, result)

    def end(self, outcome: Outcome) -> None:
        """See Record."""
        for one in self._records:
            one.end(outcome)

    def ignored(self, failures: Sequence[Failure]) -> None:
        """See Record."""
        for one in self._records:
            one.ignored(failures)

    def close(self, told: Mapping[str, t.Any]) -> None:
        """See Record. All are closed, even if one cannot be written."""
        self._finish(lambda one: one.close(told))

    def fail(self, reason: str) -> None:
        """See Record. All are closed, even if one cannot be written."""
        self._finish(lambda one: one.fail(reason))

    def _finish(self, act: Callable[[Record], None]) -> None:
        problems: list[str] = []
        for one in self._records:
            try:
                act(one)
            except CollectionError as error:
                problems.append(str(error))
        if problems:
            raise NotRecorded("; ".join(problems))


def make_records(
    options: Mapping[str, t.Any], scrub: Callable[[Json], Json], *, dry: bool, service: Callable[[], str] = lambda: ""
) -> Records:
    """What the options ask for, tried as far as that is possible before anything is done. Raises InputError.

    `service` is asked for the address that the plan is for, once there is a plan.
    """
    records: list[Record] = []
    plan_path, report_path, progress_path = (options.get(name) for name in ("plan_path", "report_path", "progress_path"))
    check_paths(options)
    if plan_path is not None:
        records.append(PlanFile(plan_path, scrub, service))
    if report_path is not None:
        records.append(choose_report(report_path, REPORTS)(report_path, scrub, dry=dry, tenant=_address(service)))
    if progress_path is not None:
        records.append(ProgressFile(progress_path))
    return Records(records)


def _address(service: Callable[[], str]) -> str:
    """The address of the service; empty where it is none, so that nothing is told of what else stands there."""
    try:
        return service()
    except InputError:
        return ""


def choose_report(path: str, forms: Mapping[str, Form]) -> Form:
    """The form of a report that the end of its name tells. Raises InputError."""
    ending = Path(path).suffix.lower()
    if ending not in forms:
        raise _fault("report_path", f"{path} does not end in {', '.join(forms)}: these are the forms of a report")
    return forms[ending]


def check_paths(options: Mapping[str, t.Any]) -> None:
    """Nothing is written to a file that this task, or the next one, reads, nor by two to one. The plan is read back by its ending."""
    sources = [_resolved("src", path) for path in options.get("src") or ()]
    used = dict.fromkeys(sources, "src")
    if options.get("apply_plan") is not None:
        used[_resolved("apply_plan", options["apply_plan"])] = "apply_plan"
    for option in ("plan_path", "report_path", "progress_path"):
        path = options.get(option)
        if path is None:
            continue
        if option == "plan_path" and Path(path).suffix.lower() != ".json":
            raise _fault(option, f"{path} does not end in .json")
        place = _resolved(option, path)
        if place in used:
            raise _fault(option, f"{path} is also the file of {used[place]}; give it another name")
        if place.suffix.lower() in STATE_FILES and any(source in place.parents for source in sources):
            raise _fault(option, f"{path} would be read as a state file, for it lies in a directory of src; give it another name or place")
        used[place] = option


def _resolved(option: str, path: str) -> Path:
    """Where the path leads to, links in it followed."""
    try:
        return Path(path).resolve()
    except (OSError, ValueError, RuntimeError):
        raise _fault(option, f"{path!r} leads nowhere") from None


def _fault(option: str, reason: str) -> InputError:
    return InputError([Problem(f"option {option}", "", reason)])
