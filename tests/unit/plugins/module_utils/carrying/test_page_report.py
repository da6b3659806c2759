# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reports that people read: true at each moment at which they are written, and seldom written."""

from __future__ import annotations

import itertools
import typing as t
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying import page_report
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.outcome import Outcome, StepResult
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.page_report import PAUSE, SHARE, HtmlReport, MarkdownReport
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import NotRecorded
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import Failure, MemberStep, Plan, Ref, Step
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.report import list_operations, member_operations, step_operation
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.secrets import Scrubber

OPS = MemberStep(Ref("Ops", "g1"), (Ref("new", ""),), (Ref("bob", "u2"), Ref("cyd", "u3")))
PLAN = Plan(
    users=(
        Step("user", "create", "new", "", {"department": "Ops"}),
        Step("user", "update", "ada", "u1", {"active": True}, {"active": False}),
    ),
    remove_members=(OPS,),
    retire_users=(Step("user", "delete", "gone", "u4", before={"display_name": "Gone Person"}),),
    failures=(Failure("user", "match", "twin", "is there twice"),),
    protected=("admin",),
)
TOLD: dict[str, t.Any] = {"stopped": "", "left": 0, "failures": [], "summary": {"users": {}}, "warnings": [], "changed": True}


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def report(tmp_path: Path, clock: Clock) -> MarkdownReport:
    return MarkdownReport(str(tmp_path / "run.md"), Scrubber(["canary-of-the-test"]).scrub, dry=False, tenant="https://t", monotonic=clock)


def text_of(report: MarkdownReport) -> str:
    return Path(report._path).read_text()


def title_of(report: MarkdownReport) -> str:
    return text_of(report).split("\n")[1].removeprefix("## ")


def test_it_is_there_as_soon_as_the_plan_is_made(report: MarkdownReport) -> None:
    report.planned(PLAN, ["beware"])
    text = text_of(report)
    assert title_of(report) == "Planned, not finished: 6 changes to make"
    assert "it was killed" in text
    assert "- `gone` was `Gone Person`" in text
    assert "- `Ops` (2 members): `bob`, `cyd`" in text
    assert "- `twin`: match user: `is there twice`" in text
    assert "- `beware`" in text
    assert "- `admin`" in text
    assert Path(report._path).stat().st_mode & 0o777 == 0o600


def test_what_is_done_moves_from_one_list_to_the_other(report: MarkdownReport, clock: Clock) -> None:
    report.planned(PLAN, [])
    clock.time += PAUSE
    report.settle(1, PLAN.users[0], StepResult([step_operation(PLAN.users[0])]))
    assert title_of(report) == "Running, not finished: 1 of 6 changes made, 1 failed"
    open_part = text_of(report).split("### Changes, not done")[1]
    assert "`ada`" in open_part
    assert "`new`: department" not in open_part
    clock.time += PAUSE
    report.settle(2, PLAN.users[1], StepResult(failures=[Failure("user", "update", "ada", "no", status=400)]))
    assert "`ada`" not in text_of(report).split("### Changes, not done")[1]
    clock.time += PAUSE
    report.settle(3, OPS, StepResult([*member_operations(OPS)]))
    report.settle(4, PLAN.retire_users[0], StepResult([step_operation(PLAN.retire_users[0])]))
    clock.time += PAUSE
    report.end(Outcome())
    assert title_of(report) == "Running, being verified: 5 of 6 changes made, 2 failed"


def test_a_step_that_turned_out_to_be_done_is_not_open(report: MarkdownReport, clock: Clock) -> None:
    report.planned(PLAN, [])
    clock.time += PAUSE
    report.settle(4, PLAN.retire_users[0], StepResult())
    assert "`gone`" not in text_of(report)


def test_it_is_seldom_written(report: MarkdownReport, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[float] = []

    def render(_told: dict[str, t.Any]) -> str:
        times.append(clock.time)
        clock.time += 0.4
        return ""

    monkeypatch.setattr(page_report, "run_markdown", render)
    report.planned(PLAN, [])
    for _turn in range(10_000):
        clock.time += 0.01
        report.settle(1, PLAN.users[0], StepResult())
    gaps = [after - before - 0.4 for before, after in itertools.pairwise(times)]
    assert 4 <= len(times) <= 6
    assert all(gap == pytest.approx(SHARE * 0.4, abs=0.02) for gap in gaps)


def test_the_end_says_what_was_not_tried(report: MarkdownReport) -> None:
    report.planned(PLAN, [])
    report.settle(1, PLAN.users[0], StepResult([step_operation(PLAN.users[0])]))
    report.close({**TOLD, "operations": [step_operation(PLAN.users[0])], "stopped": "SIGTERM", "left": 3})
    text = text_of(report)
    assert title_of(report) == "Stopped early: 1 of 6 changes made"
    assert "> - `SIGTERM`" in text
    assert "3 steps not tried" in text
    assert "### Removals, not done\n\nThese were not tried." in text
    assert "it was killed" not in text


def test_what_stood_there_before_is_told(report: MarkdownReport) -> None:
    report.planned(PLAN, [])
    operations = list_operations(PLAN)
    report.close({**TOLD, "operations": operations})
    assert "`gone` was `Gone Person`" in text_of(report)
    assert all("before" not in one for one in operations)


def test_a_run_that_fails_before_there_is_a_plan_says_why(report: MarkdownReport) -> None:
    report.fail("GET Users: no answer\nask somebody")
    assert title_of(report) == "Failed, nothing was written"
    assert "> - `GET Users: no answer`\n> - `ask somebody`" in text_of(report)


def test_a_run_that_fails_in_its_midst_has_what_was_done_and_what_was_not(report: MarkdownReport) -> None:
    report.planned(PLAN, [])
    report.settle(1, PLAN.users[0], StepResult([step_operation(PLAN.users[0])]))
    report.fail("met something")
    assert title_of(report) == "Failed after 1 change"
    assert "- `new`: department `Ops`" in text_of(report)
    assert "### Removals, not done" in text_of(report)


def test_in_check_mode_it_is_written_once(tmp_path: Path) -> None:
    report = HtmlReport(str(tmp_path / "run.html"), Scrubber().scrub, dry=True)
    report.planned(PLAN, [])
    assert list(tmp_path.iterdir()) == []
    report.close({**TOLD, "operations": list_operations(PLAN)})
    assert "<h1>Would make 6 changes</h1>" in (tmp_path / "run.html").read_text()


def test_f62_where_it_cannot_be_written_the_run_is_told_and_the_file_stays(
    report: MarkdownReport, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    report.planned(PLAN, [])
    before = text_of(report)
    folder = Path(report._path).parent
    monkeypatch.setattr("os.fsync", lambda _number: (_unused for _unused in ()).throw(OSError(28, "No space left on device")))
    clock.time += PAUSE
    with pytest.raises(NotRecorded, match="No space left on device"):
        report.settle(1, PLAN.users[0], StepResult())
    assert text_of(report) == before
    assert [path.name for path in folder.iterdir()] == ["run.md"]


def test_r10_no_secret_is_told(report: MarkdownReport) -> None:
    plan = Plan(users=(Step("user", "create", "new", "", {"department": "canary-of-the-test"}),))
    report.planned(plan, ["canary-of-the-test"])
    assert "canary" not in text_of(report)
    report.fail("canary-of-the-test")
    assert "canary" not in text_of(report)
    assert "********" in text_of(report)
