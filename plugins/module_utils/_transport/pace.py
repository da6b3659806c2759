# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One even pace for all threads and all processes of one user on this machine that talk to the same service."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import math
import os
import stat
import tempfile
import threading
import time
import typing as t
from pathlib import Path

from .rate import LEAST, SHARE, State, allowed, refused

if t.TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_PAUSE = 900.0
"""Seconds. A pause that others left behind and that reaches further than this is rubbish, not a pause."""

LOCK_PATIENCE = 2.0
"""Seconds to wait for the lock of the file, which nobody holds for longer than a few microseconds."""

RECORD = "{:<40} {:>20.9f} {:>20.9f} {:>20.9f} {:>20.9f} {:>20.1f}\n"
"""The content of the file: which boot of the machine, and the state."""


class Pace:
    """Gives out time slots, evenly spaced, with no burst after a rest; 0 requests per second = no limit.

    `requests_per_second` is the most; where the service refuses that, the pace is as slow as it has to be. Slots follow each other on
    a grid, whatever the oversleeping of the threads, so that the allowed rate is used; they are given out in the order of asking. The
    state lies in a file that only this user can reach, named by a digest of C(base_url). Where there can be no such file, the pace
    holds for this process alone and `warnings` says so. Only the monotonic clock is used (F61).
    """

    def __init__(
        self,
        base_url: str,
        requests_per_second: float,
        *,
        directory: str | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.warnings: list[str] = []
        self._most = requests_per_second
        self._taken = 0
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._state = State()
        self._boot = _boot()
        self._directory = directory or f"{tempfile.gettempdir()}/ansible-zscaler-one-{os.geteuid()}"
        self._name = hashlib.sha256(base_url.encode("utf-8")).hexdigest()[:32] + ".pace"
        self._file: int | None = None
        self._shared = True

    @property
    def rate(self) -> float:
        """Requests per second that may go out now, as far as this process knows; 0 = no limit."""
        return allowed(self._state, self._most, self._monotonic())

    def turn(self, latest: float = math.inf, sleep: Callable[[float], object] | None = None) -> float:
        """Waits until a request may be sent and returns 0, or returns at once the seconds that it would have to wait beyond `latest`.

        `latest` is a point in time of the monotonic clock. A pause that begins while we wait is obeyed too. Where `sleep` answers that
        it was broken off, there is nothing more to wait for.
        """
        while True:
            slot = self._change(lambda state, now: self._claim(state, now, latest))
            now = self._monotonic()
            if slot > latest:
                return slot - now
            if slot <= now:
                return 0.0
            if (sleep or self._sleep)(slot - now):
                return 0.0
            if self._change(lambda state, _: (state, state.pause)) <= slot:
                return 0.0

    def pause(self, seconds: float) -> None:
        """Nobody sends for `seconds` from now (at most 15 minutes). A longer pause that is under way stays."""
        self._change(lambda state, now: (state._replace(pause=max(state.pause, now + min(seconds, LONGEST_PAUSE))), 0.0))

    def refuse(self, seconds: float, sent: float) -> None:
        """As `pause`, because the service refuses a request that got its turn at `sent` as one too many: the pace gets slower, too."""

        def step(state: State, now: float) -> tuple[State, float]:
            state = refused(self._noted(state), self._most, now, sent)
            return state._replace(pause=max(state.pause, now + min(seconds, LONGEST_PAUSE))), 0.0

        self._change(step)

    def took(self) -> None:
        """The service took a request, whatever came of it."""
        if self._state.found:
            with self._lock:
                self._taken += 1

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._release()

    def _claim(self, state: State, now: float, latest: float) -> tuple[State, float]:
        slot = max(now, state.pause, state.slot) if self._most > 0 else max(now, state.pause)
        if slot > latest:
            return state, slot
        state = self._noted(state)
        rate = allowed(state, self._most, slot)
        return state._replace(slot=slot + (1 / (rate * SHARE) if rate > 0 else 0.0)), slot

    def _noted(self, state: State) -> State:
        """The state with what the service took since the last look."""
        taken, self._taken = self._taken, 0
        return state._replace(taken=state.taken + taken) if taken else state

    def _change(self, step: Callable[[State, float], tuple[State, float]]) -> float:
        """Reads the state, lets `step` change it, writes it back: all under one lock. Returns the second value of `step`."""
        with self._lock:
            if self._shared:
                try:
                    return self._change_file(step)
                except OSError as error:
                    self._shared = False
                    self._release()
                    reason = error.strerror or type(error).__name__
                    self.warnings.append(
                        f"The pace of requests is not shared with other processes: {self._directory} cannot be used ({reason})."
                    )
            self._state, value = step(self._state, self._monotonic())
            return value

    def _change_file(self, step: Callable[[State, float], tuple[State, float]]) -> float:
        file = self._opened()
        self._acquire(file)
        try:
            now = self._monotonic()
            before = self._parse(os.pread(file, 300, 0), now)
            after, value = step(before, now)
            if after != before:
                os.pwrite(file, RECORD.format(self._boot, *after).encode("ascii"), 0)
            self._state = after
            return value
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)

    def _parse(self, content: bytes, now: float) -> State:
        """The state in the file; rubbish, another boot of the machine, and times that cannot be meant count as nothing."""
        boot, *words = content.partition(b"\n")[0].decode("ascii", "replace").split() or [""]
        try:
            slot, pause, found, since, taken = (float(word) for word in words)
        except ValueError:
            return State()
        if boot != self._boot:
            return State()
        # A queue of a thousand waiting threads is the longest that is believed.
        queue = 1000 / self._most if self._most > 0 else 0.0
        sane_slot = slot if math.isfinite(slot) and slot <= now + max(LONGEST_PAUSE, queue) else 0.0
        state = State(sane_slot, pause if pause <= now + LONGEST_PAUSE else 0.0)
        if 0 < found < math.inf and 0 <= since <= now + 1 and 0 <= taken < math.inf:
            # No run of ours finds less: its slots would lie so far ahead that they count as rubbish, and then there were no pace at all.
            return state._replace(found=max(found, LEAST * self._most), since=since, taken=taken)
        return state

    def _opened(self) -> int:
        if self._file is not None and os.fstat(self._file).st_nlink == 0:
            # Something tidied the directory up; others now use a new file of that name.
            self._release()
        if self._file is None:
            self._file = _open_private(self._directory, self._name)
        return self._file

    def _acquire(self, file: int) -> None:
        begin = time.monotonic()
        while not _locked(file):
            if time.monotonic() - begin > LOCK_PATIENCE:
                raise OSError(errno.EAGAIN, "another process holds its lock")
            time.sleep(0.001)

    def _release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _locked(file: int) -> bool:
    """Whether the lock of the file could be had at once."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open_private(directory: str, name: str) -> int:
    """A file descriptor of a regular file of ours in a directory that nobody else may enter; OSError if that cannot be had."""
    with contextlib.suppress(FileExistsError):
        Path(directory).mkdir(mode=0o700)
    flags = os.O_NOFOLLOW | os.O_CLOEXEC
    folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | flags)
    try:
        status = os.fstat(folder)
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise OSError(errno.EPERM, "it does not belong to this user alone")
        file = os.open(name, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | flags, 0o600, dir_fd=folder)
    finally:
        os.close(folder)
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_nlink > 1:
        os.close(file)
        raise OSError(errno.EPERM, "it does not belong to this user alone")
    return file


def _boot() -> str:
    """A name of this boot of the machine, since the monotonic clock begins anew with each; C(-) where none is told."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:36] or "-"
    except (OSError, ValueError):
        return "-"
