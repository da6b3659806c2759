# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a run ends early: the beginning as a whole, one cause in a row, and what concerns all."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.breaker import Breaker
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.outcome import StepResult
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import ServiceError, Stopped
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import Failure

GOOD = StepResult(done=[{"kind": "user"}])


def bad(cause: int) -> StepResult:
    """A step that failed; each cause is another scimType."""
    return StepResult(failures=[Failure("user", "create", "ada", "no")], error=ServiceError(400, "no", "POST Users", str(cause)))


def reasons(*results: StepResult) -> list[str]:
    breaker = Breaker(max(20, len(results)))
    return [breaker.note(result) for result in results]


@pytest.mark.parametrize(("failed", "ends"), [(8, False), (9, True), (20, True)])
def test_f55_more_than_40_percent_of_the_first_twenty(failed: int, ends: bool) -> None:
    told = reasons(*[GOOD] * (20 - failed), *[bad(number) for number in range(failed)])
    first = 20 - failed + 9
    assert not any(told[: first - 1])
    assert [why for why in told if why][:1] == (
        [f"9 of the first {first} writes failed, the last one so: POST Users: 400 no"] if ends else []
    )


def test_f55_the_beginning_is_judged_once() -> None:
    assert not any(reasons(*[GOOD] * 20, *[bad(number) for number in range(30)]))


def test_f54_a_short_plan_is_not_judged_as_a_whole() -> None:
    breaker = Breaker(19)
    assert not any(breaker.note(bad(number)) for number in range(19))


def test_a_member_whose_user_failed_is_no_cause_of_its_own() -> None:
    consequence = StepResult(failures=[Failure("membership", "add", "ada", "the user could not be created", "Ops")])
    told = reasons(*[GOOD] * 20, *[bad(1)] * 9, consequence, bad(1))
    assert told[-2] == ""
    assert told[-1].startswith("10 writes in a row failed alike")


def test_r12_the_beginning_and_what_follows_a_failure_is_watched() -> None:
    breaker = Breaker(100)
    seen = []
    for result in (*[GOOD] * 20, bad(1), GOOD):
        seen.append(breaker.wary)
        breaker.note(result)
    assert seen == [True] * 20 + [False, True]
    assert not breaker.wary


def test_f52_a_write_that_was_not_sent_because_the_run_is_to_end() -> None:
    stopped = StepResult(error=Stopped("not sent: the run was asked to end (SIGTERM)", "POST Users"))
    assert reasons(stopped) == ["not sent: the run was asked to end (SIGTERM)"]
