# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reports that people read: Markdown and HTML, there as soon as the plan is made, and written anew while it is carried out."""

from __future__ import annotations

import contextlib
import typing as t

from .._errors import NotRecorded
from .._planning.plan import MemberStep
from .._planning.report import list_operations, member_operations, step_operation, summarize
from .._rendering.markdown import run_markdown
from .._rendering.page import run_page
from .document_report import DocumentReport

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._planning.plan import Plan
    from .._planning.report import Operation
    from .outcome import Outcome, StepResult
    from .waves import AnyStep

    Document = dict[str, t.Any]
    Who = tuple[str, str, str, str]

PAUSE = 5.0
"""Seconds from one time of writing to the next at least, while the run goes on."""

SHARE = 50
"""The time between is so many times that which it took to write, so that all writing takes at most two percent of a run."""


class PageReport(DocumentReport):
    """Tells at any moment what is planned and how far the run is, as of the last time that it was written, which stands in it."""

    _next = 0.0
    _verifying = False

    def planned(self, plan: Plan, warnings: Sequence[str]) -> None:
        """The file says what is about to be done; in check mode that is the end of it, and `close` tells it. Raises NotRecorded."""
        super().planned(plan, warnings)
        self._open: dict[Who, Operation] = {_who(one): one for one in list_operations(plan)}
        self._total = len(self._open)
        if not self._dry:
            self._refresh()

    def settle(self, number: int, step: AnyStep, result: StepResult) -> None:
        """Keeps what became of the step, and writes the file anew if that was long ago. Raises NotRecorded."""
        super().settle(number, step, result)
        for one in member_operations(step) if isinstance(step, MemberStep) else (step_operation(step),):
            self._open.pop(_who(one), None)
        self._refresh_if_due()

    def end(self, outcome: Outcome) -> None:
        """Nothing more will be written; the run may still look at what was. A file that cannot be written now is told of by `close`."""
        self._verifying = not outcome.stopped
        with contextlib.suppress(NotRecorded):
            self._refresh_if_due()

    def close(self, told: Mapping[str, t.Any]) -> None:
        """The whole result, and what of the plan was not tried."""
        self._write({**told, "operations": self._with_before(told["operations"]), "open": self._left(), "error": ""})

    def fail(self, reason: str) -> None:
        """What is known."""
        known = self._known()
        self._write({**known, "operations": self._with_before(known["operations"]), "open": self._left(), "error": reason})

    def _refresh_if_due(self) -> None:
        if self._monotonic() >= self._next:
            self._refresh()

    def _refresh(self) -> None:
        begun = self._monotonic()
        known = self._known()
        counts = {"total": self._total, "tried": self._total - len(self._open), "done": len(self._done), "failed": len(self._failures)}
        if self._plan is not None:
            known["summary"] = summarize(list_operations(self._plan), self._plan.failures, self._plan.unchanged)
            known.update(protected=[*self._plan.protected], unverifiable=[*self._plan.unverifiable])
        self._write(
            {
                **known,
                "operations": self._with_before(self._done),
                "open": self._left(),
                "progress": {**counts, "verifying": self._verifying},
                "error": "",
            }
        )
        ended = self._monotonic()
        self._next = ended + max(PAUSE, SHARE * (ended - begun))

    def _left(self) -> list[Operation]:
        """What is planned and was not tried; in check mode that is told as what would be done."""
        return [] if self._dry or self._plan is None else self._with_before(self._open.values())

    def _with_before(self, operations: t.Iterable[Operation]) -> list[Operation]:
        """The operations, with what stands there before them where the plan knows."""
        if self._plan is None:
            return [*operations]
        before = {("", step.kind, step.verb, step.name): step.before for step in self._plan.object_steps() if step.before}
        return [{**one, "before": dict(before[_who(one)])} if _who(one) in before else one for one in operations]


class MarkdownReport(PageReport):
    """The report as the comment on a pull request."""

    def _render(self, told: Document) -> str:
        return run_markdown(told)


class HtmlReport(PageReport):
    """The report as a page."""

    def _render(self, told: Document) -> str:
        return run_page(told)


def _who(one: Operation) -> Who:
    return one.get("group", ""), one["kind"], one["verb"], one["name"]
