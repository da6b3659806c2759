# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Follows the file of C(progress_path) while a module writes it, in a thread beside. Whatever goes wrong here ends in silence."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
import time
import typing as t
from pathlib import Path

from ._progress import read_told

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from ._progress import Teller

PAUSE = 0.5
"""Seconds between two looks, as often as the module writes a line."""

MOST = 256 * 1024
"""Bytes that are read at a look; a file that grows faster is not one of ours, and what is over waits."""


class GrowingFile:
    """The lines that are added to a file from now on, whether or not it is there yet."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._number = -1
        self._rest = b""
        self._open()
        if self._number >= 0:
            os.lseek(self._number, 0, os.SEEK_END)

    def read_lines(self) -> list[bytes]:
        """Whole lines that were added since the last look. Raises OSError."""
        if self._number < 0:
            self._open()
        if self._number < 0:
            return []
        *lines, self._rest = (self._rest + os.read(self._number, MOST)).split(b"\n")
        self._rest = self._rest[-MOST:]
        return lines

    def close(self) -> None:
        """Nothing more will be read."""
        if self._number >= 0:
            os.close(self._number)
            self._number = -1

    def _open(self) -> None:
        """Only a regular file is opened; anything else is none that the module writes to, and might never answer."""
        with contextlib.suppress(OSError, ValueError):
            number = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            if stat.S_ISREG(os.fstat(number).st_mode):
                self._number = number
            else:
                os.close(number)


class Follower:
    """Shows how far the run is, from `start` to `stop`.

    With `fleeting` the file loses its name once the module has opened it, so that nothing is left of it, however the run ends.
    """

    def __init__(
        self,
        path: str,
        teller: Teller,
        show: Callable[[str], None],
        *,
        fleeting: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file = GrowingFile(path)
        self._fleeting = path if fleeting else ""
        self._teller, self._show, self._monotonic = teller, show, monotonic
        self._since = monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="progress", daemon=True)

    def start(self) -> None:
        """From here on lines are shown; where no thread can be had, none."""
        try:
            self._thread.start()
        except RuntimeError:
            self._over.set()

    def stop(self) -> None:
        """Nothing is shown any more when this returns, but for a screen that takes no more letters."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5 * PAUSE)

    def _follow(self) -> None:
        try:
            while not self._over.wait(PAUSE):
                self._look()
                self._say(self._teller.tick(self._monotonic() - self._since))
            # The module has ended; what it wrote since the last look would be lost otherwise.
            self._look()
            self._say(self._teller.finish(self._monotonic() - self._since))
        except (OSError, ValueError):
            return
        finally:
            self._file.close()

    def _look(self) -> None:
        at = self._monotonic() - self._since
        lines = self._file.read_lines()
        if lines and self._fleeting:
            Path(self._fleeting).unlink(missing_ok=True)
            self._fleeting = ""
        for line in lines:
            told = read_told(line)
            if told is not None:
                self._teller.hear(told, at)

    def _say(self, texts: list[str]) -> None:
        for text in texts:
            self._show(text)
