# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is shown of a run that goes on, and when: the words, the pauses, the bar."""

from __future__ import annotations

import itertools
import json
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.plugin_utils._progress import (
    LONGEST_HOST,
    Bar,
    Lines,
    Teller,
    Told,
    duration,
    plain_host,
    read_told,
)

READING, VERIFYING = Told("reading"), Told("verifying")


def writing(done: int, total: int = 1000, **more: t.Any) -> Told:
    return Told("writing", done, total, rate=5.0, seconds_left=(total - done) // 5, **more)


def shown(teller: Teller, heard: dict[float, Told], until: float, step: float = 0.5) -> list[tuple[float, str]]:
    """What a teller shows at which second, if it hears these at those."""
    texts, at = [], 0.0
    while at <= until:
        if at in heard:
            teller.hear(heard[at], at)
        texts += [(at, text) for text in teller.tick(at)]
        at += step
    return texts + [(until, text) for text in teller.finish(until)]


@pytest.mark.parametrize("make", [Lines, lambda host: Bar(host, 80)])
def test_a_short_run_is_silent(make: t.Callable[[str], Teller]) -> None:
    assert shown(make("tenant-a"), {1.0: READING, 2.0: writing(10), 3.5: writing(1000)}, until=3.5) == []


def test_lines_are_few() -> None:
    """Five a second for 200 seconds: one at three seconds, at each tenth, every ten seconds and then each minute, and the last."""
    heard = {at / 2: writing(at * 5 // 2) for at in range(401)}
    texts = shown(Lines("tenant-a"), heard, until=200)
    assert [at for at, _text in texts] == [3, 13, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 140, 160, 180, 200]
    assert texts[0][1] == "[tenant-a] writing: 15 of 1000 done (1 %), 5.0 a second, 3 min 17 s left"
    assert texts[-1][1] == "[tenant-a] writing: 1000 of 1000 done (100 %), 5.0 a second"
    assert all(later - sooner >= 2 for (sooner, _one), (later, _two) in itertools.pairwise(texts))


def test_lines_say_a_tenth_early_and_not_too_often() -> None:
    quick = {at / 2: writing(min(1000, at * 50)) for at in range(41)}
    assert [at for at, _text in shown(Lines("a"), quick, until=10)] == [3, 5, 7, 9, 10]


def test_the_last_word_on_a_phase_is_not_lost() -> None:
    """The module ends, or turns to something else, between two looks."""
    lines = Lines("a")
    for told, at in ((READING, 0.0), (writing(500), 4.0)):
        lines.hear(told, at)
        lines.tick(at)
    lines.hear(writing(1000), 4.5)
    lines.hear(VERIFYING, 4.5)
    assert lines.tick(4.5) == ["[a] writing: 1000 of 1000 done (100 %), 5.0 a second", "[a] verifying"]
    lines = Lines("a")
    lines.hear(writing(1), 0)
    lines.tick(4)
    lines.hear(writing(1000), 5)
    assert lines.finish(5) == ["[a] writing: 1000 of 1000 done (100 %), 5.0 a second"]


def test_a_phase_without_numbers_says_how_long_it_takes() -> None:
    assert shown(Lines("a"), {0.0: READING}, until=14) == [(3.0, "[a] reading, 3 s so far"), (13.0, "[a] reading, 13 s so far")]


def test_a_time_left_is_not_believed_when_nothing_is_heard() -> None:
    """The service asks for patience: the module sleeps, and the last it told grows old."""
    texts = [text for _at, text in shown(Lines("a"), {0.0: writing(100, failed=2)}, until=40)]
    assert texts[0] == "[a] writing: 100 of 1000 done (10 %), 5.0 a second, 2 failed, 3 min 0 s left"
    assert texts[-1] == "[a] writing: 100 of 1000 done (10 %), 5.0 a second, 2 failed, nothing new for 33 s"


def test_the_bar_is_drawn_over_itself_and_wiped_out() -> None:
    heard = {0.0: READING, 4.0: writing(500), 4.5: writing(1000), 5.0: VERIFYING}
    texts = [text for _at, text in shown(Bar("tenant-a", 80), heard, until=5)]
    assert texts[2] == "\rtenant-a writing [#######-------]  50 % 500/1000, 5.0 a second, 1 min 40 s left"
    assert all(text.startswith("\r") and "\n" not in text for text in texts)
    screen = ""
    for text in texts:
        for part in text.split("\r")[1:]:
            screen = part + screen[len(part) :]
            assert len(screen) < 80
    assert screen.strip() == ""
    assert texts[-1].endswith("\r")


@pytest.mark.parametrize("columns", [1, 20, 40, 59, 60, 80, 200])
def test_the_bar_fits_into_any_terminal(columns: int) -> None:
    heard = {float(at): writing(at * 20, failed=at) for at in range(51)}
    for _at, text in shown(Bar("a-tenant-with-a-name-that-never-ends-or-nearly-so", columns), heard, until=50):
        assert len(text.strip("\r")) < max(columns, 2)


def test_an_unchanged_bar_is_not_drawn_again() -> None:
    assert len(shown(Bar("a", 80), {0.0: writing(3)}, until=10)) == 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b'{"time": "x", "phase": "reading", "done": 0, "total": null, "failed": 0, "rate": 0.0, "seconds_left": null}', READING),
        (json.dumps({"phase": "writing", "done": 5, "total": 10, "failed": 1, "rate": 2.5, "seconds_left": 2}).encode(),
         Told("writing", 5, 10, 1, 2.5, 2)),
        (b'{"phase": "writing", "done": "ada@corp.example", "total": [1], "rate": true, "seconds_left": -4}',
         Told("writing", 0, 0, 0, 0.0, 0)),
        (b'{"phase": "writing", "done": 1e999, "total": NaN}', Told("writing", 0, 0)),
        (b'{"phase": "ada@corp.example", "done": 1}', None),
        (b'{"phase": ["reading"]}', None),
        (b'["reading"]', None),
        (b"", None),
        (b"\xff\xfe half a li", None),
        (b"not JSON at all", None),
    ],
)  # fmt: skip
def test_only_numbers_and_phases_are_read(line: bytes, told: Told | None) -> None:
    """A file of the play's own may hold anything; no name out of it reaches the screen."""
    assert read_told(line) == told


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (185, "3 min 5 s"),
        (3599.7, "1 h 0 min"),
        (4800, "1 h 20 min"),
        (90000, "25 h 0 min"),
    ],
)
def test_times_are_for_people(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_host_cannot_move_the_cursor() -> None:
    assert plain_host("a\x1b[2J\r\nb") == "a?[2J??b"
    assert plain_host("x" * 99) == "x" * (LONGEST_HOST - 3) + "..."


@pytest.mark.parametrize(("done", "total", "percent"), [(0, 0, 0), (999, 1000, 99), (1000, 1000, 100), (5, None, 0), (7, 5, 100)])
def test_a_hundred_percent_is_all(done: int, total: int | None, percent: int) -> None:
    assert Told("writing", done, total).percent == percent
