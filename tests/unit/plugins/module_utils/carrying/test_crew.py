# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many threads write, and that nothing is lost or done twice when one of them breaks."""

from __future__ import annotations

import threading
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.crew import MOST, Crew, useful


@pytest.mark.parametrize(
    ("rate", "latency", "threads"),
    [
        (5, 0.0, 1),
        (5, 0.002, 1),
        (5, 0.2, 2),
        (50, 0.05, 4),
        (50, 0.1, 7),
        (50, 0.2, 13),
        (50, 5, MOST),
        (0, 0.0, 1),
        (0, 0.05, 17),
        (0, 1, MOST),
    ],
)
def test_p3_as_many_threads_as_the_pace_can_keep_busy(rate: float, latency: float, threads: int) -> None:
    assert useful(rate, latency) == threads


class Work:
    """Counts how many are at work at once; each waits until `together` are, so that fewer would hang."""

    def __init__(self, together: int) -> None:
        self.barrier = threading.Barrier(together)
        self.threads: set[str] = set()

    def __call__(self, item: int) -> int:
        self.threads.add(threading.current_thread().name)
        self.barrier.wait(timeout=20)
        return item * item


def test_p4_that_many_are_at_work_at_once() -> None:
    crew, work, taken = Crew(lambda: 4), Work(4), {}
    crew.carry(range(40), work, taken.__setitem__)
    crew.close()
    assert taken == {number: number * number for number in range(40)}
    assert len(work.threads) == 4


def test_one_thread_is_the_calling_one_and_keeps_the_order() -> None:
    crew, work, taken = Crew(lambda: 1), Work(1), []
    crew.carry(range(5), work, lambda item, _made: taken.append(item))
    crew.close()
    assert work.threads == {threading.current_thread().name}
    assert taken == [0, 1, 2, 3, 4]


def test_no_item_is_asked_for_before_somebody_is_free() -> None:
    asked, taken = [], []

    def items():
        for number in range(10):
            assert len(asked) - len(taken) < 3
            asked.append(number)
            yield number

    crew = Crew(lambda: 3)
    crew.carry(items(), lambda item: item, lambda item, _made: taken.append(item))
    crew.close()
    assert sorted(taken) == list(range(10))


def test_what_breaks_is_raised_after_all_that_was_begun_is_taken() -> None:
    begun: list[int] = []
    taken: list[int] = []
    gate = threading.Event()

    def work(item: int) -> int:
        begun.append(item)
        if item == 1:
            gate.set()
            raise KeyError(item)
        gate.wait(timeout=20)
        return item

    crew = Crew(lambda: 3)
    with pytest.raises(KeyError):
        crew.carry(range(100), work, lambda item, _made: taken.append(item))
    crew.close()
    assert sorted([*taken, 1]) == sorted(begun)
    assert len(begun) < 10


def test_what_breaks_while_results_are_taken_takes_no_result_along() -> None:
    begun: list[int] = []
    taken: list[int] = []

    def take(item: int, _made: int) -> None:
        if item == 2:
            raise KeyError(item)
        taken.append(item)

    crew = Crew(lambda: 4)
    with pytest.raises(KeyError):
        crew.carry(range(100), begun.append, take)
    crew.close()
    assert sorted([*taken, 2]) == sorted(begun)
    assert len(begun) < 20


def test_what_breaks_while_items_are_asked_for_takes_no_result_along() -> None:
    taken: list[int] = []

    def items() -> t.Iterator[int]:
        yield from range(3)
        raise MemoryError

    crew = Crew(lambda: 8)
    with pytest.raises(MemoryError):
        crew.carry(items(), lambda item: item, lambda item, _made: taken.append(item))
    crew.close()
    assert sorted(taken) == [0, 1, 2]


@pytest.mark.parametrize("threads", [0, 1, 2])
def test_f52_where_the_machine_has_no_more_threads_there_are_fewer(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    start, started, done = threading.Thread.start, [], []

    def start_while_there_are_some(thread: threading.Thread) -> None:
        if len(started) >= threads:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_while_there_are_some)
    crew, taken = Crew(lambda: 4), []
    crew.carry(range(40), done.append, lambda item, _made: taken.append(item))
    crew.close()
    assert sorted(done) == sorted(taken) == [*range(40)], "each once"
    assert len(started) == threads
