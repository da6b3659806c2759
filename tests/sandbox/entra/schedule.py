# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When jobs are due: one thread for all of them, which ends with the sandbox."""

from __future__ import annotations

import threading
import time
import typing as t

Key = tuple[str, str]


class Schedule:
    """Calls `run` with a key when its time has come. `run` says after how many seconds again, or None for never."""

    def __init__(self, run: t.Callable[[Key], float | None]) -> None:
        self._run = run
        self._due: dict[Key, float] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self.stopping = threading.Event()

    def put(self, key: Key, delay: float) -> None:
        """Due in so many seconds, and not at another time."""
        with self._changed:
            self._due[key] = time.monotonic() + delay
            if not (self._thread and self._thread.is_alive()) and not self.stopping.is_set():
                self._thread = threading.Thread(target=self._loop, name="sandbox-provisioning", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def drop(self, key: Key) -> None:
        """Not due any more."""
        with self._changed:
            self._due.pop(key, None)

    def stop(self) -> None:
        """Ends the thread; a cycle that is running is not waited for longer than a few seconds."""
        self.stopping.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def _loop(self) -> None:
        while not self.stopping.is_set():
            key = self._next()
            if key is None:
                continue
            again = self._run(key)
            with self._changed:
                if again is not None and key not in self._due:
                    self._due[key] = time.monotonic() + again

    def _next(self) -> Key | None:
        """Waits for the next one that is due; None when something changed meanwhile."""
        with self._changed:
            if self.stopping.is_set():
                return None
            if not self._due:
                self._changed.wait(1)
                return None
            key, moment = min(self._due.items(), key=lambda item: item[1])
            left = moment - time.monotonic()
            if left > 0:
                self._changed.wait(min(left, 60))
                return None
            del self._due[key]
            return key
