# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is kept of a run: the two reports, the plan, how far it is, and all of them together."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.carrier import Carrier
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.halt import Halt
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.outcome import Outcome, StepResult
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.progress_file import ProgressFile
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.record import Record
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.records import Records, make_records
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError, NotRecorded, Refusal
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import Failure, MemberStep, Plan, Ref, Step
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.report import member_operations, step_operation
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.secrets import Scrubber

OPS = MemberStep(Ref("Ops", "g1"), (Ref("new", ""), Ref("bad", "")), (Ref("bob", "u2"),))
PLAN = Plan(
    users=(Step("user", "create", "new", "", {"department": "Ops"}), Step("user", "create", "bad"), Step("user", "create", "there")),
    remove_members=(OPS,),
    failures=(Failure("user", "match", "twin", "is there twice"),),
)
LOST = Failure("user", "create", "bad", "no such domain", status=400, request="POST Users")
LEFT_OUT = Failure("membership", "add", "bad", "the user could not be created", "Ops")
TOLD = {"stopped": "", "left": 0, "operations": [{}, {}], "failures": [{}], "summary": {"users": {}}, "warnings": ["w"], "changed": True}


class Writer:
    """A writer whose answers are known before: one user is refused, one turned out to be there."""

    def __init__(self) -> None:
        self.ids: dict[tuple[str, str], str] = {}

    def write(self, step: t.Any) -> StepResult:
        if step is OPS:
            return StepResult([one for one in member_operations(step) if one["name"] != "bad"], [LEFT_OUT])
        if step.name == "bad":
            return StepResult(failures=[LOST])
        return StepResult([step_operation(step)] if step.name == "new" else [])


def keep(folder: Path, *, dry: bool = False, secret: str = "", **paths: str) -> Records:
    options = {name: str(folder / path) for name, path in paths.items()}
    return make_records(options, Scrubber([secret] if secret else []).scrub, dry=dry)


def lines_of(path: Path) -> list[dict[str, t.Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def carry(records: Record, plan: Plan = PLAN) -> Outcome:
    records.planned(plan, ["w"])
    return Carrier(Writer(), record=records, halt=Halt()).carry_out(plan)


def short(line: dict[str, t.Any]) -> tuple[t.Any, ...]:
    return tuple(line[name] for name in ("line", "number", "verb", "name", "group", "result") if line.get(name))


def test_r15_a_line_before_each_change_and_one_after(tmp_path: Path) -> None:
    records = keep(tmp_path, report_path="run.jsonl")
    carry(records)
    records.ignored([LOST])
    records.close(TOLD)
    lines = lines_of(tmp_path / "run.jsonl")
    assert [short(line) for line in lines] == [
        ("begin",),
        ("unplanned", "match", "twin"),
        ("intent", 1, "create", "new"),
        ("outcome", 1, "create", "new", "ok"),
        ("intent", 2, "create", "bad"),
        ("outcome", 2, "create", "bad", "failed"),
        ("intent", 3, "create", "there"),
        ("outcome", 3, "create", "there", "unchanged"),
        ("intent", 4, "add", "new", "Ops"),
        ("intent", 4, "add", "bad", "Ops"),
        ("intent", 4, "remove", "bob", "Ops"),
        ("outcome", 4, "add", "new", "Ops", "ok"),
        ("outcome", 4, "remove", "bob", "Ops", "ok"),
        ("outcome", 4, "add", "bad", "Ops", "failed"),
        ("ignored", "create", "bad"),
        ("end",),
    ]
    assert lines[0]["operations"] == 6
    assert lines[0]["check_mode"] is False
    assert len(lines[0]["plan_digest"]) == 64
    assert lines[2]["attributes"] == {"department": "Ops"}
    assert (lines[5]["status"], lines[5]["detail"], lines[5]["request"]) == (400, "no such domain", "POST Users")
    assert lines[10]["id"] == "u2"
    assert (lines[-1]["done"], lines[-1]["failed"], lines[-1]["left"], lines[-1]["stopped"]) == (2, 1, 0, "")
    assert len({line["run"] for line in lines}) == 1


def test_in_check_mode_the_report_says_what_would_be_done(tmp_path: Path) -> None:
    records = keep(tmp_path, dry=True, report_path="run.jsonl")
    records.planned(PLAN, [])
    records.close(TOLD)
    lines = lines_of(tmp_path / "run.jsonl")
    assert [line["line"] for line in lines] == ["begin", "unplanned", *["would"] * 6, "end"]
    assert lines[0]["check_mode"] is True
    assert lines[-1]["done"] == 0


def test_two_runs_in_one_file_are_told_apart(tmp_path: Path) -> None:
    for _turn in range(2):
        records = keep(tmp_path, report_path="run.jsonl")
        records.fail("GET Users: no answer")
    lines = lines_of(tmp_path / "run.jsonl")
    assert [line["line"] for line in lines] == ["begin", "end"] * 2
    assert len({line["run"] for line in lines}) == 2
    assert lines[1]["error"] == "GET Users: no answer"


def test_a_document_is_there_at_the_end_and_not_before(tmp_path: Path) -> None:
    records = keep(tmp_path, report_path="run.json")
    carry(records)
    assert list(tmp_path.iterdir()) == []
    records.close(TOLD)
    document = json.loads((tmp_path / "run.json").read_text())
    assert document.items() >= TOLD.items()
    assert (document["error"], document["check_mode"]) == ("", False)


@pytest.mark.parametrize("carried", [False, True])
def test_a_document_of_a_run_that_failed_has_what_was_done(tmp_path: Path, carried: bool) -> None:
    records = keep(tmp_path, report_path="run.json")
    if carried:
        carry(records)
    records.fail("this collection met something")
    document = json.loads((tmp_path / "run.json").read_text())
    assert document["error"] == "this collection met something"
    assert document["changed"] is carried
    assert [one["name"] for one in document["operations"]] == (["new", "new", "bob"] if carried else [])
    assert document.get("left") == (1 if carried else None)
    assert [one["name"] for one in document["failures"]] == (["twin", "bad", "bad"] if carried else [])


@pytest.mark.parametrize("name", ["run.json", "run.jsonl"])
def test_r10_secrets_stay_out_of_reports(tmp_path: Path, name: str) -> None:
    records = keep(tmp_path, report_path=name, secret="canary-of-the-test")
    plan = Plan(users=(Step("user", "create", "new", "", {"department": "canary-of-the-test"}),))
    carry(records, plan)
    records.close({**TOLD, "operations": [step_operation(plan.users[0])]})
    assert "canary" not in (tmp_path / name).read_text()
    assert "********" in (tmp_path / name).read_text()


def test_r10_a_plan_with_a_secret_is_not_saved(tmp_path: Path) -> None:
    records = keep(tmp_path, plan_path="plan.json", secret="canary-of-the-test")
    with pytest.raises(Refusal, match="a part of a secret") as caught:
        records.planned(Plan(users=(Step("user", "create", "new", "", {"department": "canary-of-the-test"}),)), [])
    assert "canary" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_equal_plans_are_equal_files(tmp_path: Path) -> None:
    for name in ("one.json", "two.json"):
        keep(tmp_path, plan_path=name).planned(PLAN, ["w"])
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def test_progress_has_the_first_and_the_last_and_two_a_second(tmp_path: Path) -> None:
    clock = Clock()
    plan = Plan(users=tuple(Step("user", "create", f"u{number}") for number in range(100)))
    progress = ProgressFile(str(tmp_path / "progress"), monotonic=clock)
    progress.enter("reading")
    progress.enter("planning")
    progress.begin(plan)
    for step in plan.users:
        clock.time += 0.125
        progress.settle(1, step, StepResult(failures=[LOST] if step.name == "u7" else []))
    progress.end(Outcome())
    progress.enter("verifying")
    progress.close({})
    lines = lines_of(tmp_path / "progress")
    assert [line["phase"] for line in lines[:3]] == ["reading", "planning", "writing"]
    assert lines[-1]["phase"] == "verifying"
    writing = [line for line in lines if line["phase"] == "writing"]
    assert len(writing) == 26
    counts = {name: value for name, value in writing[-1].items() if name not in ("time", "phase")}
    assert counts == {"done": 100, "total": 100, "failed": 1, "rate": 8.0, "seconds_left": 0}
    assert writing[1]["seconds_left"] == 12
    assert progress.warnings == []


def test_progress_that_cannot_be_told_never_fails_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = make_records({"progress_path": str(tmp_path)}, Scrubber().scrub, dry=False)
    carry(records)
    records.close(TOLD)
    assert [text for text in records.warnings if "is a directory" in text]
    progress = ProgressFile(str(tmp_path / "progress"))
    monkeypatch.setattr("os.write", lambda _number, _data: 0)
    carry(progress)
    assert len(progress.warnings) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"report_path": "run.txt"}, "does not end in .jsonl, .json, .md, .html: these are the forms of a report"),
        ({"report_path": "run.md.txt"}, ".md, .html"),
        ({"report_path": "json"}, ".jsonl, .json"),
        ({"plan_path": "plan.yml"}, "does not end in .json"),
        ({"plan_path": "plan.json", "apply_plan": "./plan.json"}, "is also the file of apply_plan"),
        ({"plan_path": "no/folder/plan.json"}, "cannot be written: No such file or directory"),
        ({"report_path": "no/folder/run.jsonl"}, "cannot be written: No such file or directory"),
    ],
)
def test_f62_paths_that_cannot_be_are_told_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        make_records(options, Scrubber().scrub, dry=False)
    assert words in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "options",
    [
        {"plan_path": "state.json"},
        {"report_path": "state.json"},
        {"progress_path": "state.json"},
        {"report_path": "./folder/../state.json"},
        {"report_path": "link/state.json"},
        {"plan_path": "folder/new.json"},
        {"report_path": "folder/deep/run.json"},
        {"report_path": "reviewed.json"},
        {"progress_path": "reviewed.json"},
        {"plan_path": "out.json", "report_path": "./out.json"},
        {"report_path": "out.jsonl", "progress_path": "./out.jsonl"},
    ],
    ids=str,
)
def test_no_file_is_read_and_written_or_written_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder/deep").mkdir(parents=True)
    Path("link").symlink_to(".")
    for name in ("state.json", "reviewed.json"):
        Path(name).write_text("precious")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match="another name"):
        make_records({"src": ["state.json", "folder"], "apply_plan": "reviewed.json", **options}, Scrubber().scrub, dry=True)
    assert sorted(tmp_path.rglob("*")) == before
    assert {Path(name).read_text() for name in ("state.json", "reviewed.json")} == {"precious"}


def test_what_no_source_can_be_may_lie_among_the_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_records({"src": ["."], "report_path": "run.jsonl", "progress_path": "progress.jsonl"}, Scrubber().scrub, dry=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["progress.jsonl", "run.jsonl"]


class Warned(Record):
    """One that has something to say."""

    @property
    def warnings(self) -> list[str]:
        return ["half of it is lost"]


def test_what_any_record_warns_of_is_told() -> None:
    assert Records([Record(), Warned(), Records([Warned()])]).warnings == ["half of it is lost"] * 2


class Full(Record):
    """A disk without space, from this step on."""

    def __init__(self, first: int, *, before: bool) -> None:
        self.first, self.before = first, before
        self.closed = False

    def _no_more(self, number: int) -> None:
        if number >= self.first:
            raise NotRecorded("no space left")

    def intend(self, number: int, step: object) -> None:
        del step
        if self.before:
            self._no_more(number)

    def settle(self, number: int, step: object, result: StepResult) -> None:
        del step, result
        if not self.before:
            self._no_more(number)

    def close(self, told: t.Mapping[str, t.Any]) -> None:
        del told
        self.closed = True
        self._no_more(99)


@pytest.mark.parametrize("before", [True, False])
def test_f62_a_run_that_cannot_be_recorded_any_more_stops_in_order(before: bool) -> None:
    other = Full(100, before=True)
    records = Records([Full(2, before=before), other])
    outcome = carry(records)
    assert outcome.stopped == "no space left"
    assert len(outcome.done) + len(outcome.failures) == (1 if before else 2)
    assert outcome.left == (3 if before else 2)
    with pytest.raises(NotRecorded, match="no space left"):
        records.close(TOLD)
    assert other.closed
