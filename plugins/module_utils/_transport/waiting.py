# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting that ends at once, in all threads, when the task is told to stop."""

from __future__ import annotations

import contextlib
import os
import select
import weakref


class Waiting:
    """Where the threads of a task sleep. A byte in a pipe wakes all of them, for nobody takes it out.

    Not C(threading.Event): its lock may be held by the very frame that a signal interrupts, and before Python 3.11 it waits by a
    clock that jumps (F61).
    """

    def __init__(self) -> None:
        self.reason = ""
        """Why the task was told to stop; empty before."""
        self._reader, self._writer = os.pipe()
        self._pipe = weakref.finalize(self, _close, self._reader, self._writer)

    def sleep(self, seconds: float) -> bool:
        """Waits so long, or until the task is told to stop, which is told by the answer: true if it was."""
        if not self.reason:
            poll = select.poll()
            poll.register(self._reader, select.POLLIN)
            # Whole milliseconds, never fewer than asked for.
            poll.poll(max(0.0, seconds) * 1000)
        return bool(self.reason)

    def stop(self, reason: str) -> None:
        """Wakes everybody, and nobody sleeps here again; the first reason stands. Takes no lock, so a signal's handler may call it."""
        if not self.reason:
            self.reason = reason
            with contextlib.suppress(OSError):
                os.write(self._writer, b"!")

    def close(self) -> None:
        """Lets go of the pipe; who sleeps here now or later is not kept."""
        self.stop("the connection is closed")
        self._pipe()


def _close(*files: int) -> None:
    for file in files:
        os.close(file)
