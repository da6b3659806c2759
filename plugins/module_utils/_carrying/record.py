# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is told what a run does, step by step. This one keeps nothing."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._planning.plan import Failure, Plan
    from .outcome import Outcome, StepResult
    from .waves import AnyStep


class Record:
    """Told in this order: `planned`; if the plan is carried out, `begin`, for each step `intend` and later `settle`, and `end`; at last
    `close` or `fail`. In between `enter`, when the run turns to something else. All from one thread.

    Raises CollectionError where nothing can be recorded any more; then nothing more is written either.
    """

    @property
    def warnings(self) -> Sequence[str]:
        """What could not be told and has not stopped the run."""
        return ()

    def enter(self, phase: str) -> None:
        """The run is about to do this: reading, planning, verifying. Writing begins with `begin`."""

    def planned(self, plan: Plan, warnings: Sequence[str]) -> None:
        """This is the plan, and nothing speaks against it. Nothing was written yet, and in check mode nothing will be."""

    def begin(self, plan: Plan) -> None:
        """The plan is about to be carried out."""

    def intend(self, number: int, step: AnyStep) -> None:
        """This step is about to be written; whatever the service then does about it, it was asked for here."""

    def settle(self, number: int, step: AnyStep, result: StepResult) -> None:
        """This is what became of the step."""

    def end(self, outcome: Outcome) -> None:
        """Nothing more will be written."""

    def ignored(self, failures: Sequence[Failure]) -> None:
        """These were acknowledged, and the service has not carried them out."""

    def close(self, told: Mapping[str, t.Any]) -> None:
        """The run is over, and this is its whole result."""

    def fail(self, reason: str) -> None:
        """The run is over, because of this."""
