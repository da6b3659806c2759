# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting ends when the task is told to stop, whoever tells it and wherever that finds us."""

from __future__ import annotations

import signal
import threading
import time
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.waiting import Waiting

if t.TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    made = Waiting()
    yield made
    made.close()


@pytest.mark.parametrize("seconds", [0.0001, 0.02, 0.05])
def test_nobody_wakes_too_early(waiting: Waiting, seconds: float) -> None:
    begin = time.monotonic()
    assert waiting.sleep(seconds) is False
    assert time.monotonic() - begin >= seconds


def test_a_time_that_is_over_is_not_waited_for(waiting: Waiting) -> None:
    assert waiting.sleep(-5) is False


def test_all_who_sleep_are_woken_at_once_and_nobody_sleeps_any_more(waiting: Waiting) -> None:
    answers: list[bool] = []
    threads = [threading.Thread(target=lambda: answers.append(waiting.sleep(60)), daemon=True) for _unused in range(8)]
    for thread in threads:
        thread.start()
    begin = time.monotonic()
    waiting.stop("enough")
    waiting.stop("another reason")
    for thread in threads:
        thread.join(10)
    assert waiting.sleep(60) is True
    assert time.monotonic() - begin < 5
    assert answers == [True] * 8
    assert waiting.reason == "enough"


def test_f52_the_handler_of_a_signal_may_stop_the_very_thread_that_sleeps(waiting: Waiting) -> None:
    before = signal.signal(signal.SIGALRM, lambda *_frame: waiting.stop("SIGALRM"))
    begin = time.monotonic()
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        assert waiting.sleep(60) is True
    finally:
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - begin < 5


def test_who_sleeps_while_it_is_closed_is_let_go() -> None:
    waiting = Waiting()
    thread = threading.Thread(target=waiting.sleep, args=(60,), daemon=True)
    thread.start()
    waiting.close()
    waiting.close()
    thread.join(5)
    assert not thread.is_alive()
    assert waiting.sleep(60) is True
    waiting.stop("too late to write into a pipe that is somebody else's by now")
