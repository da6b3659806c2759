# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The judge of `make bench`: rounds, medians, the noise rule, the table. With arms that are made up."""

from __future__ import annotations

import json
import sys
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.tests.bench import document, paper
from ansible_collections.scimops.zscaler_one.tests.bench.curves import LARGEST, Point, extrapolate
from ansible_collections.scimops.zscaler_one.tests.bench.goals.p4_throughput import creates_in_a_second
from ansible_collections.scimops.zscaler_one.tests.bench.measure import ArmError, Watch, run
from ansible_collections.scimops.zscaler_one.tests.bench.rounds import interleave, ratios
from ansible_collections.scimops.zscaler_one.tests.bench.settings import Settings
from ansible_collections.scimops.zscaler_one.tests.bench.verdict import PASS, broken, judge_count, judge_time, not_built, unjudged
from ansible_collections.scimops.zscaler_one.tests.bench.world import declare, drift, least_writes
from ansible_collections.scimops.zscaler_one.tests.sandbox.seed import crowd

if t.TYPE_CHECKING:
    from pathlib import Path


def test_arms_take_turns_and_every_second_round_goes_the_other_way_round() -> None:
    seen: list[str] = []

    def arm(name: str) -> t.Callable[[], int]:
        def act() -> int:
            seen.append(name)
            return len(seen)

        return act

    taken = interleave({"ours": arm("ours"), "theirs": arm("theirs")}, 3)
    assert seen == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert taken == {"ours": [1, 4, 5], "theirs": [2, 3, 6]}


def test_ratios_are_taken_within_a_round() -> None:
    assert ratios([2.0, 9.0], [1.0, 3.0]) == [2.0, 3.0]
    assert ratios([1.0], [0.0]) == [float("inf")]
    with pytest.raises(ValueError, match="2 rounds"):
        ratios([1.0, 2.0], [1.0])


TIMES: list[tuple[str, list[float], bool, str]] = [
    ("all rounds pass", [0.9, 1.0, 0.8], False, PASS),
    ("two of three pass, the third is within the noise", [0.9, 1.29, 0.8], False, PASS),
    ("two of three pass, the third is not", [0.9, 1.31, 0.8], False, "missed: one round by too much"),
    ("one of three passes", [0.9, 1.1, 1.2], False, "missed by 10 %"),
    ("one round of one fails", [1.2], False, "missed by 20 %"),
    ("at least: all rounds pass", [1.1, 1.0, 1.2], True, PASS),
    ("at least: two of three pass, the third is within the noise", [1.1, 0.78, 1.2], True, PASS),
    ("at least: two of three pass, the third is not", [1.1, 0.76, 1.2], True, "missed: one round by too much"),
    ("at least: one of three passes", [1.1, 0.8, 0.8], True, "missed by 25 %"),
]


@pytest.mark.parametrize(("values", "least", "verdict"), [row[1:] for row in TIMES], ids=[row[0] for row in TIMES])
def test_noise_rule(values: list[float], least: bool, verdict: str) -> None:
    row = judge_time("P3", "wall", values, 1.0, least=least)
    assert row.verdict == verdict
    assert row.passed == (verdict == PASS)
    assert row.missed != row.passed


def test_the_median_is_shown_with_its_spread() -> None:
    row = judge_time("P6", "CPU", [1.5, 3.0, 1.75], 2.0, unit=" x")
    assert (row.measured, row.limit) == ("1.75 x [1.5 to 3]", "<= 2 x")
    assert judge_time("P4", "rate", [290.4], 288, least=True).measured == "290"


COUNTS: list[tuple[list[float], float, str]] = [
    ([103, 103], 103, PASS),
    ([102, 104, 102], 103, "missed by 1 %"),
    ([1], 0, "missed"),
    ([1.004], 1.01, PASS),
]


@pytest.mark.parametrize(("counts", "limit", "verdict"), COUNTS)
def test_counts_know_no_noise(counts: list[float], limit: float, verdict: str) -> None:
    assert judge_count("P1", "requests", counts, limit).verdict == verdict


def test_what_is_not_built_or_not_measured_never_passes() -> None:
    for row in (not_built("P9", "requests", "<= 40"), broken("P5", "it\nbroke")):
        assert row.missed
        assert not row.passed
    (row,) = unjudged([judge_count("P7", "KiB", [1], 64)])
    assert not row.passed
    assert not row.missed


def test_table_in_the_terminal_and_in_markdown() -> None:
    rows = [judge_count("P1", "requests | all", [103_000], 103), judge_count("P2", "writes", [1], 1)]
    assert paper.line(rows[1]).split() == ["P2", "1", "<=", "1", "pass", "writes"]
    assert paper.markdown(rows)[2:] == [
        "| P1 | requests \\| all | 103,000 | &lt;= 103 | **missed by 99900 %** |",
        "| P2 | writes | 1 | &lt;= 1 | yes |",
    ]


def test_document_says_how_many_goals_are_met_and_on_what(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(document, "PAGE", tmp_path / "docs" / "benchmarks.md")
    document.write([judge_count("P1", "requests", [2], 4), not_built("P9", "requests", "<= 40")], Settings(rounds=3))
    text = (tmp_path / "docs" / "benchmarks.md").read_text()
    assert "1 of 2 goals are met, measured on 20" in text
    for word in ("cores", "GiB of memory", "Python 3.", "ansible-core 2.", "3 rounds", "| P9 | requests | - |", "images/time.svg"):
        assert word in text


def test_the_document_says_why_a_goal_is_missed_and_nothing_where_none_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(document, "PAGE", tmp_path / "benchmarks.md")
    met = judge_count("P1", "requests", [2], 4)
    slow = judge_time("P5", "a loop of ansible.builtin.uri over 200 users against ours", [30], 50, least=True)
    document.write([met, slow, judge_count("P2", "writes", [2], 1)], Settings(rounds=3))
    text = (tmp_path / "benchmarks.md").read_text()
    assert (
        "* P5, a loop of ansible.builtin.uri over 200 users against ours: missed by 67 %. The start of ansible-playbook alone takes" in text
    )
    assert "* P2, writes: missed by 100 %. Why, is not known." in text
    assert "P1, requests:" not in text
    document.write([met], Settings(rounds=3))
    assert "Missed" not in (tmp_path / "benchmarks.md").read_text()


def test_extrapolated_points_are_marked_and_go_on_as_before() -> None:
    points = [Point(100, 100, 10.0), Point(200, 200, 20.0)]
    assert extrapolate(points) == [*points, Point(LARGEST, 100_000, 10_000.0, measured=False)]
    whole = [Point(10, 1, 1.0), Point(LARGEST, 100, 9.0)]
    assert extrapolate(whole) == whole


def test_throughput_counts_from_the_first_arrival_to_the_last() -> None:
    assert creates_in_a_second([{"time": 10.0}, {"time": 10.5}, {"time": 11.0}]) == 2.0


def test_a_process_is_measured_by_what_the_kernel_says() -> None:
    program = "import sys, time; text = sys.stdin.read(); block = bytearray(64 * 2**20); print(text, end=''); time.sleep(0.5)"
    ours = bytearray(300 * 2**20)
    sample = run([sys.executable, "-c", program], environment={"PATH": "/bin"}, text="söme input")
    assert (sample.text, sample.output) == ("söme input", len("söme input".encode()))
    assert 64 < sample.mebibytes < len(ours) / 2**20, "the memory of whoever starts it is not its own"
    assert sample.cpu > 0
    assert sample.seconds > 0


def test_only_the_processes_with_the_word_are_watched() -> None:
    program = "import sys, time; block = bytearray(int(sys.argv[1]) * 2**20); time.sleep(1)"
    with Watch("watched-word") as watch:
        for word, size in (("watched-word", 80), ("another", 200)):
            run([sys.executable, "-c", program, str(size), word], environment={})
    assert 80 < watch.mebibytes < 160


def test_an_arm_that_fails_is_no_measurement() -> None:
    with pytest.raises(ArmError, match="ended with 3"):
        run([sys.executable, "-c", "import sys; print('no such luck'); sys.exit(3)"], environment={})


def test_p2_least_writes_of_a_first_load_and_of_a_drift() -> None:
    state = declare(crowd(400, 4))
    groups = sum(len(user["groups"]) for user in state["users"])
    assert groups == 800
    empty: dict[str, list[t.Any]] = {"users": [], "groups": []}
    # 400 users, 4 groups, and 200 members of each group (about) in requests of 100.
    members = [sum(group["display_name"] in user["groups"] for user in state["users"]) for group in state["groups"]]
    assert least_writes(empty, state, 100) == 400 + 4 + sum(-(-count // 100) for count in members)
    assert least_writes(state, state, 100) == 0
    # One department, one group less, one gone, one new in two groups.
    assert least_writes(state, drift(state), 100) in (3 + 2, 3 + 3)
    assert json.dumps(drift(state)) != json.dumps(state)
