# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SIGTERM and SIGINT: what is under way is finished, nothing new begins, and what was done is told (F52)."""

from __future__ import annotations

import os
import signal

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.carrier import Carrier
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.halt import Halt
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.outcome import StepResult
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import Plan, Step

PLAN = Plan(users=tuple(Step("user", "create", f"user-{number}") for number in range(5)))


class Writer:
    """Carries every step out; the second is interrupted."""

    def __init__(self, number: int) -> None:
        self.ids: dict = {}
        self.written: list[str] = []
        self.number = number

    def write(self, step: Step) -> StepResult:
        self.written.append(step.name)
        if len(self.written) == 2:
            os.kill(os.getpid(), self.number)
        return StepResult([{"name": step.name}])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_f52_the_step_under_way_is_finished_and_no_other_begun(number: signal.Signals) -> None:
    woken: list[str] = []
    halt, writer = Halt(woken.append), Writer(number)
    with halt.listening():
        outcome = Carrier(writer, halt=halt).carry_out(PLAN)
    assert writer.written == ["user-0", "user-1"]
    assert len(outcome.done) == 2
    assert outcome.left == 3
    assert outcome.stopped == f"the run was asked to end ({number.name})"
    assert woken == [outcome.stopped]


def test_f52_a_second_signal_ends_at_once() -> None:
    # Not left to chance: who is started in the background ignores it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with Halt().listening():
            signal.raise_signal(signal.SIGINT)
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_f52_a_signal_that_comes_while_the_handlers_are_set_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    take = signal.signal

    def take_and_be_told(number: int, handler: object) -> object:
        before = take(number, handler)
        if not told:
            told.append(number)
            signal.raise_signal(number)
        return before

    halt = Halt()
    told: list[int] = []
    monkeypatch.setattr(signal, "signal", take_and_be_told)
    with halt.listening():
        assert halt.reason == "the run was asked to end (SIGTERM)"


def test_whoever_listened_before_does_so_again() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Halt().listening():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_run_that_was_done_when_it_was_asked_to_end_is_not_stopped() -> None:
    halt, writer = Halt(), Writer(signal.SIGTERM)
    plan = Plan(users=PLAN.users[:2])
    with halt.listening():
        outcome = Carrier(writer, halt=halt).carry_out(plan)
    assert halt.reason
    assert (outcome.stopped, outcome.left) == ("", 0)


def test_the_first_reason_stands() -> None:
    woken: list[str] = []
    halt = Halt(woken.append)
    halt.ask("one")
    halt.ask("two")
    assert (halt.reason, woken) == ("one", ["one"])
