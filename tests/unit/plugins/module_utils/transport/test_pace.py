# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pace: even, without a burst, shared by threads and processes, and robust against whatever lies in its place."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
import time
import typing as t
from itertools import pairwise
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import pace as pace_file
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.pace import SHARE, Pace
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.rate import FIRST_CUT, LEAST

from .loopback import Clock

if t.TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://scim.zscalerone.net/1/2/scim"


def pace(folder: Path, clock: Clock, rate: float = 5, url: str = URL) -> Pace:
    return Pace(url, rate, directory=str(folder / "pace"), monotonic=clock, sleep=clock.sleep)


def the_file(folder: Path) -> Path:
    return next((folder / "pace").iterdir())


def turns(paced: Pace, clock: Clock, count: int) -> list[float]:
    times = []
    for _unused in range(count):
        assert paced.turn() == 0
        times.append(clock.now)
    return times


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(times)]


def test_requests_are_evenly_spaced_and_the_first_goes_at_once(tmp_path: Path) -> None:
    clock = Clock()
    times = turns(pace(tmp_path, clock), clock, 11)
    assert times[0] == 1000
    assert gaps(times) == pytest.approx([1 / (5 * SHARE)] * 10)


def test_there_is_no_burst_after_a_rest(tmp_path: Path) -> None:
    clock = Clock()
    paced = pace(tmp_path, clock)
    turns(paced, clock, 2)
    clock.now += 100
    assert min(gaps(turns(paced, clock, 5))) == pytest.approx(1 / (5 * SHARE))


def test_oversleeping_does_not_add_up(tmp_path: Path) -> None:
    """Every sleep is 30 ms too long, as on a loaded machine; the share of the allowed rate that is used stays above 95 %."""
    clock = Clock()
    paced = Pace(URL, 5, directory=str(tmp_path / "pace"), monotonic=clock, sleep=lambda seconds: clock.sleep(seconds + 0.03))
    times = turns(paced, clock, 101)
    assert 100 / (times[-1] - times[0]) / 5 >= 0.95


def test_zero_is_no_limit(tmp_path: Path) -> None:
    clock = Clock()
    turns(pace(tmp_path, clock, rate=0), clock, 100)
    assert clock.slept == []


@pytest.mark.parametrize("rate", [0, 5])
def test_f17_a_pause_holds_for_everybody_with_the_same_service(tmp_path: Path, rate: float) -> None:
    clock = Clock()
    mine, theirs, elsewhere = pace(tmp_path, clock, rate), pace(tmp_path, clock, rate), pace(tmp_path, clock, rate, url=URL + "/x")
    mine.pause(3)
    assert turns(elsewhere, clock, 1) == [1000]
    assert turns(theirs, clock, 1) == [1003]


def test_a_shorter_pause_does_not_end_a_longer_one(tmp_path: Path) -> None:
    clock = Clock()
    paced = pace(tmp_path, clock)
    paced.pause(30)
    paced.pause(3)
    assert turns(paced, clock, 1) == [1030]


def test_f17_a_pause_that_begins_while_one_waits_is_obeyed(tmp_path: Path) -> None:
    clock = Clock()
    other = pace(tmp_path, clock)

    def sleep(seconds: float) -> None:
        if not clock.slept:
            other.pause(10)
        clock.sleep(seconds)

    paced = Pace(URL, 5, directory=str(tmp_path / "pace"), monotonic=clock, sleep=sleep)
    assert paced.turn() == 0
    assert paced.turn() == 0
    assert clock.now >= 1010


def test_a_turn_that_would_be_too_late_is_not_taken(tmp_path: Path) -> None:
    clock = Clock()
    paced = pace(tmp_path, clock)
    paced.pause(60)
    assert paced.turn(latest=1010) == pytest.approx(60)
    assert clock.slept == []
    assert turns(paced, clock, 1) == [1060]


def test_f22_a_refusal_makes_the_pace_slower_for_everybody_once(tmp_path: Path) -> None:
    clock = Clock()
    mine, theirs = pace(tmp_path, clock, 50), pace(tmp_path, clock, 20)
    turns(mine, clock, 3)
    assert (mine.rate, theirs.rate) == (50, 20)
    for _unused in range(5):
        mine.refuse(0, sent=1000)
    assert mine.rate == pytest.approx(50 * FIRST_CUT)
    turns(theirs, clock, 1)
    assert theirs.rate == 20
    clock.now += 1
    # Requests that went out at the new rate, and were taken; then one that was not.
    mine.took()
    theirs.took()
    turns(mine, clock, 1)
    theirs.refuse(2, sent=clock.now)
    assert turns(mine, clock, 1) == pytest.approx([clock.now])
    assert mine.rate == pytest.approx(theirs.rate) == pytest.approx(10, rel=0.1)
    assert gaps(turns(mine, clock, 4)) == pytest.approx([1 / (mine.rate * SHARE)] * 3, rel=0.05)


def test_a_turn_that_is_broken_off_does_not_wait_any_longer(tmp_path: Path) -> None:
    clock = Clock()
    paced = pace(tmp_path, clock)
    paced.pause(60)
    asked: list[float] = []

    def told_to_stop(seconds: float) -> bool:
        asked.append(seconds)
        return True

    assert paced.turn(sleep=told_to_stop) == 0
    assert asked == [60]


def test_f61_only_the_monotonic_clock_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    paced = pace(tmp_path, clock)
    times = []
    for jump in (0, 1e9, -1e9, 3600, -3600):
        monkeypatch.setattr(time, "time", lambda jump=jump: 1_800_000_000 + jump)
        times += turns(paced, clock, 1)
    assert gaps(times) == pytest.approx([1 / (5 * SHARE)] * 4)


def record(boot: str, slot: float = 0, pause: float = 0, found: float = 0, since: float = 0, taken: float = 0) -> bytes:
    return pace_file.RECORD.format(boot, slot, pause, found, since, taken).encode()


@pytest.mark.parametrize(
    "content",
    [
        lambda boot: b"",
        lambda boot: b"\xff\x00 rubbish \n",
        lambda boot: f"{boot} nan nan".encode(),
        lambda boot: f"{boot} inf -inf".encode(),
        lambda boot: f"{boot} 1e400 1e400".encode(),
        lambda boot: f"{boot} 1000".encode(),
        lambda boot: record("another-boot", 1500, 1500),
        lambda boot: record(boot, slot=500_000),
        lambda boot: record(boot, pause=500_000),
        lambda boot: record(boot, found=0.1, since=500_000),
        lambda boot: record(boot, found=-1, since=1000),
        lambda boot: record(boot, found=1, since=1000, taken=float("inf")),
        lambda boot: f"{boot} 1500 1500\n".encode(),
        lambda boot: f"{boot} 1500 1500\n 1000 1000 1\n".encode(),
        lambda boot: b"x" * 100_000,
    ],
)
def test_rubbish_and_the_time_before_a_reboot_count_as_nothing(tmp_path: Path, content: Callable[[str], bytes]) -> None:
    clock = Clock()
    turns(pace(tmp_path, clock), clock, 1)
    file = the_file(tmp_path)
    file.write_bytes(content(file.read_text().split()[0]))
    clock.now = 1001
    paced = pace(tmp_path, clock)
    assert turns(paced, clock, 2) == pytest.approx([1001, 1001 + 1 / (5 * SHARE)])
    assert paced.warnings == []


@pytest.mark.parametrize("found", [1e-3, 2e-3, 0.02])
def test_a_rate_that_nobody_can_have_found_neither_stops_a_run_nor_lifts_the_limit(tmp_path: Path, found: float) -> None:
    clock = Clock()
    turns(pace(tmp_path, clock), clock, 1)
    file = the_file(tmp_path)
    file.write_bytes(record(file.read_text().split()[0], found=found, since=clock.now))
    begin = clock.now
    times = turns(pace(tmp_path, clock), clock, 60)
    assert min(gaps(times)) > 0.2
    assert max(gaps(times)) < 1 / (5 * LEAST * SHARE) + 0.01
    assert clock.now - begin < 120


def test_the_file_is_for_us_alone_and_does_not_name_the_service(tmp_path: Path) -> None:
    clock = Clock()
    turns(pace(tmp_path, clock), clock, 1)
    assert stat.S_IMODE((tmp_path / "pace").stat().st_mode) == 0o700
    assert stat.S_IMODE(the_file(tmp_path).stat().st_mode) == 0o600
    assert "zscaler" not in the_file(tmp_path).name + the_file(tmp_path).read_text()


def in_the_way_file(folder: Path) -> None:
    (folder / "pace").write_text("")


def in_the_way_link(folder: Path) -> None:
    (folder / "real").mkdir(mode=0o700)
    (folder / "pace").symlink_to(folder / "real")


def in_the_way_open(folder: Path) -> None:
    (folder / "pace").mkdir()
    (folder / "pace").chmod(0o777)


def in_the_way_no_parent(folder: Path) -> None:
    folder.rmdir()


def in_the_way_foreign(folder: Path) -> None:
    (folder / "pace").mkdir(mode=0o700)
    os.chown(folder / "pace", 12345, 12345)


FOREIGN = pytest.param(in_the_way_foreign, marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away"))


@pytest.mark.parametrize("obstacle", [in_the_way_file, in_the_way_link, in_the_way_open, in_the_way_no_parent, FOREIGN])
def test_where_there_can_be_no_file_the_process_keeps_its_own_pace_and_says_so(tmp_path: Path, obstacle: Callable[[Path], None]) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    obstacle(folder)
    clock = Clock()
    paced = pace(folder, clock)
    assert gaps(turns(paced, clock, 4)) == pytest.approx([1 / (5 * SHARE)] * 3)
    paced.pause(9)
    assert turns(paced, clock, 1)[0] >= clock.now
    assert len(paced.warnings) == 1
    assert "not shared" in paced.warnings[0]


@pytest.mark.parametrize("kind", ["link", "fifo", "hard link", "directory"])
def test_the_file_is_never_another_one_in_disguise(tmp_path: Path, kind: str) -> None:
    clock = Clock()
    turns(pace(tmp_path, clock), clock, 1)
    file, victim = the_file(tmp_path), tmp_path / "victim"
    victim.write_text("precious")
    file.unlink()
    make = {
        "link": lambda: file.symlink_to(victim),
        "fifo": lambda: os.mkfifo(file),
        "hard link": lambda: os.link(victim, file),
        "directory": file.mkdir,
    }
    make[kind]()
    paced = pace(tmp_path, clock)
    turns(paced, clock, 2)
    assert victim.read_text() == "precious"
    assert len(paced.warnings) == 1


def test_a_file_that_was_tidied_away_is_made_anew_and_shared(tmp_path: Path) -> None:
    clock = Clock()
    first, second = pace(tmp_path, clock), pace(tmp_path, clock)
    turns(first, clock, 1)
    the_file(tmp_path).unlink()
    turns(second, clock, 1)
    assert gaps([*turns(first, clock, 1), *turns(second, clock, 1)]) == pytest.approx([1 / (5 * SHARE)])


def test_a_lock_that_is_never_given_back_does_not_stop_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace_file, "LOCK_PATIENCE", 0.05)
    clock = Clock()
    turns(pace(tmp_path, clock), clock, 1)
    holder = "import fcntl, sys; file = open(sys.argv[1]); fcntl.flock(file, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(the_file(tmp_path))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        paced = pace(tmp_path, clock)
        turns(paced, clock, 1)
        process.communicate()
    assert "holds its lock" in paced.warnings[0]


def test_threads_share_the_pace_and_nobody_starves(tmp_path: Path) -> None:
    paced = Pace(URL, 200, directory=str(tmp_path / "pace"))
    times: list[tuple[float, int]] = []
    end = time.monotonic() + 1

    def work(number: int) -> None:
        while time.monotonic() < end:
            paced.turn()
            times.append((time.monotonic(), number))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shares = [sum(1 for _unused, who in times if who == number) for number in range(8)]
    assert max(shares) - min(shares) <= 10
    assert len(times) <= 200 * (max(times)[0] - min(times)[0]) + 1


WORKER = """
import sys, time
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.pace import Pace
pace = Pace(sys.argv[1], float(sys.argv[3]), directory=sys.argv[2])
sys.stdin.readline()
for _ in range(int(sys.argv[4])):
    pace.turn()
    print(time.monotonic(), flush=True)
"""


def test_two_processes_share_the_pace_and_use_the_allowed_rate(tmp_path: Path) -> None:
    """100 requests of two processes at 50/s: not faster than allowed, and not much slower, even on a busy machine."""
    command = [sys.executable, "-c", WORKER, URL, str(tmp_path / "pace"), "50", "50"]
    root = str(Path(pace_file.__file__).parents[5])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([root, *sys.path])}
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) for _unused in range(2)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [[float(line) for line in process.communicate()[0].split()] for process in processes]
    assert [len(times) for times in outputs] == [50, 50]
    times = sorted(outputs[0] + outputs[1])
    # Both were at work at the same time, so they had one pace and not one each.
    both = [when for when in times if max(outputs[0][0], outputs[1][0]) <= when <= min(outputs[0][-1], outputs[1][-1])]
    assert len(both) > 20
    assert (len(both) - 1) / (both[-1] - both[0]) <= 50 * 1.02
    assert (len(both) - 1) / (both[-1] - both[0]) >= 50 * 0.9
