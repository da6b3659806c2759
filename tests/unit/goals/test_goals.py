# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The measurements of `make goals` at their smallest: each is met, and each is missed once what keeps it is taken away."""

from __future__ import annotations

import contextlib
import typing as t
from pathlib import Path
from unittest import mock

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils import _converge
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying import breaker
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input import checks
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning import directory
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import http, pace
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire import bodies, scim
from ansible_collections.scimops.zscaler_one.tests.goals import r06_rate, r07_bounded_retry, run
from ansible_collections.scimops.zscaler_one.tests.goals.firm import short_waits
from ansible_collections.scimops.zscaler_one.tests.goals.table import Row, Size, cells, markdown, text

SMALLEST = Size(0.01)


def measured(goal: str, size: Size = SMALLEST) -> list[Row]:
    rows = run.measured(run.GOALS[goal], size)
    assert rows
    return rows


def unmet(goal: str) -> list[Row]:
    """The rows of this goal that are not met."""
    return [row for row in measured(goal) if not row.passed]


def missed(goal: str, size: Size = SMALLEST) -> None:
    """A row of this goal is missed, and not because the measurement broke."""
    rows = measured(goal, size)
    assert [row for row in rows if row.passed is False]
    assert not [row for row in rows if row.what == "the measurement itself"]


@contextlib.contextmanager
def without(place: t.Any, name: str, instead: t.Any) -> t.Iterator[None]:
    with mock.patch.object(place, name, instead):
        yield


def test_r01_mass_removal() -> None:
    assert unmet("R1") == []


def test_r01_is_missed_without_the_brake() -> None:
    with without(_converge, "enforce_brake", lambda _plan, _policy: ()):
        missed("R1")


def test_r02_exactly_once() -> None:
    assert unmet("R2") == []


@pytest.mark.slow
def test_r02_is_missed_where_nobody_is_looked_up() -> None:
    with without(scim.ScimService, "_holder", lambda _service, _who: None):
        missed("R2")


@pytest.mark.slow
def test_r03_chaos() -> None:
    assert unmet("R3") == []


@pytest.mark.slow
def test_r03_is_missed_where_nothing_is_tried_again() -> None:
    send = http.Http.send
    with without(http.Http, "send", lambda *words, **options: send(*words, **{**options, "tries": 1})):
        missed("R3", Size(0.02))


@pytest.mark.slow
def test_r04_crash() -> None:
    assert unmet("R4") == []


def test_r05_doubtful_listing() -> None:
    assert unmet("R5") == []


@pytest.mark.slow
def test_r05_is_missed_where_a_doubtful_listing_is_believed() -> None:
    with without(directory, "_refuse_doubt", lambda _plan, _directory: None):
        missed("R5", Size())


@pytest.mark.slow
def test_r06_rate() -> None:
    assert unmet("R6") == []


@pytest.mark.slow
def test_r06_is_missed_where_pauses_are_not_obeyed() -> None:
    with without(pace.Pace, "pause", lambda *_words: None), without(pace.Pace, "refuse", lambda *_words: None):
        # So many that a quick machine is not done within the time in which what was on its way may arrive.
        assert r06_rate.pauses(600, 8, 1).passed is False


@pytest.mark.slow
def test_r07_bounded_retry() -> None:
    assert unmet("R7") == []


def test_r07_delays_of_one_length_are_missed() -> None:
    with without(http, "full_jitter", lambda earlier, _draw: min(20.0, 2.0**earlier) / 2):
        assert r07_bounded_retry.jitter(SMALLEST).passed is False


def test_r07_a_spelling_that_is_not_read_is_missed() -> None:
    with without(
        http, "pause_asked", lambda headers, _body, _now: float(headers["Retry-After"]) if headers["Retry-After"].isdigit() else None
    ):
        assert r07_bounded_retry.spellings().passed is False


def test_r08_idempotence() -> None:
    assert unmet("R8") == []


@pytest.mark.slow
def test_r08_is_missed_where_the_second_run_compares_nothing() -> None:
    plan = _converge.plan_directory
    with short_waits(), without(_converge, "plan_directory", lambda document, there, policy: plan(document, hollow(there), policy)):
        missed("R8")


def hollow(there: t.Any) -> t.Any:
    """The directory with users who have no values."""
    users = tuple(user._replace(display_name="?", department="?", active=not user.active) for user in there.users)
    return _converge.replace(there, users=users)


@pytest.mark.slow
def test_r09_check_mode() -> None:
    assert unmet("R9") == []


@pytest.mark.slow
def test_r09_is_missed_where_a_check_plans_something_else() -> None:
    listed = _converge.list_operations
    with without(_converge, "list_operations", lambda plan: listed(plan)[1:]):
        missed("R9")


@pytest.mark.slow
def test_r10_no_secret() -> None:
    # How many releases of ansible-core are there to be tried is up to the machine; that row is then not built.
    rows = measured("R10")
    assert [row for row in rows if row.passed is False] == []
    assert [row for row in rows if row.passed]


def test_r10_is_missed_where_a_task_prints_the_token() -> None:
    with without(run.GOALS["R10"].secret_rows, "run", lambda _tasks, sandbox, _folder, **_options: f"bearer {sandbox.token[3:14]}"):
        missed("R10")


def test_r11_one_origin() -> None:
    assert unmet("R11") == []


def test_r11_is_missed_where_a_redirect_is_followed() -> None:
    redirect = http.Http._redirect

    def follow(self: t.Any, call: t.Any, reply: t.Any) -> t.Any:
        import urllib.request

        with contextlib.suppress(OSError):
            urllib.request.urlopen(reply.headers["Location"], timeout=2)
        return redirect(self, call, reply)

    with without(http.Http, "_redirect", follow):
        missed("R11")


@pytest.mark.slow
def test_r12_bad_objects() -> None:
    assert unmet("R12") == []


@pytest.mark.slow
def test_r12_is_missed_where_nothing_breaks_the_run() -> None:
    with without(breaker, "SAME_CAUSE", 1000), without(breaker, "MOST_FAILED", 1000):
        missed("R12")


@pytest.mark.slow
def test_r13_field_ownership() -> None:
    assert unmet("R13") == []


@pytest.mark.slow
def test_r13_is_missed_where_a_put_forgets_what_it_read() -> None:
    merged = bodies.merged
    with without(bodies, "merged", lambda kind, resource, values: {**merged(kind, resource, values), "title": "Mr"}):
        missed("R13", Size(0.05))


def test_r14_bad_input() -> None:
    assert unmet("R14") == []


@pytest.mark.slow
def test_r14_is_missed_where_texts_are_not_checked() -> None:
    with without(checks, "text_fault", lambda _text: ""):
        missed("R14", Size(0.05))


@pytest.mark.slow
def test_r15_verified_writes() -> None:
    assert unmet("R15") == []


@pytest.mark.slow
def test_r15_is_missed_where_nobody_looks_again() -> None:
    with without(_converge, "_verify", lambda *_words: None):
        missed("R15")


def test_a_measurement_that_breaks_is_a_goal_that_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    with without(run.r08_idempotence, "firm", mock.Mock(side_effect=ValueError("no firm"))):
        rows = measured("R8")
    assert [(row.what, row.passed) for row in rows] == [("the measurement itself", False)]
    assert "no firm" in capsys.readouterr().err


def test_the_table_says_what_is_missed_and_what_is_a_sample(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = {True: Row("a", "1", "1", True), False: Row("b | c", "2", "1", False), None: Row("d", "-", "1", None)}
    whole = [cells("R1", row, Size()) for row in rows.values()]
    assert [line[-1] for line in whole] == ["yes", "MISSED", "not built"]
    assert all("(quick)" in cells("R1", row, Size(0.1))[-1] for row in rows.values())
    assert "| R1 | b \\| c | 2 | 1 | MISSED |" in markdown(whole)
    assert "MISSED" in text(whole)
    page = tmp_path / "docs" / "reliability.md"
    for passed, code in ((True, 0), (False, 1), (None, 0)):
        goals = {goal: mock.Mock(measure=lambda _size, row=rows[passed]: [row], HOW="how", __doc__="R1: what.") for goal in run.GOALS}
        with without(run, "GOALS", goals):
            assert run.run(["r3"], quick=False, seed=1, page=page) == code
            assert run.run([], quick=True, seed=1, page=page) == code
            assert not page.exists()
            assert run.run([], quick=False, seed=1, page=page) == code
        assert page.read_text().count("\n| R") == len(run.GOALS)
        page.unlink()
    assert run.run(["R99"], quick=True, seed=1, page=page) == 2
    assert "there is no goal R99" in capsys.readouterr().err
