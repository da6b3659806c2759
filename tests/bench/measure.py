# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs one process to its end and says what it cost. The measured never shares a process with whoever measures."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
import threading
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

LOOKS = 0.05
"""Seconds between two looks of a `Watch`; it reads the kernel's own record of the peak, so it need not look often."""


class ArmError(Exception):
    """What was to be measured failed; the text is the end of what it said."""


@dataclass(frozen=True)
class Sample:
    """The cost of one run: seconds on the wall, seconds of CPU with all that it started, MiB of the process itself at its peak."""

    seconds: float
    cpu: float
    mebibytes: float
    text: str
    output: int
    """Bytes that it printed; `text` is the same, decoded."""


def run(command: Sequence[str], *, environment: Mapping[str, str], text: str = "", folder: Path | None = None) -> Sample:
    """Run a command with `text` as its input. Raises ArmError if it does not end with 0."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complaints:
        given.write(text.encode())
        given.seek(0)
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, env=dict(environment), stdin=given, stdout=printed, stderr=complaints)
        with Watch(pid=process.pid) as watch:
            _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output, errors = _read(printed), _read(complaints)
    if process.returncode:
        raise ArmError(f"{command[0]} ended with {process.returncode}: ...{(output + errors).decode(errors='replace')[-3000:]}")
    cpu = usage.ru_utime + usage.ru_stime
    # Not ru_maxrss: that begins with the memory of whoever started the process, and this one has listings of a million memberships.
    return Sample(seconds, cpu, watch.mebibytes, output.decode(errors="replace"), len(output))


class Watch:
    """`with Watch("word") as watch:` looks at all processes whose command line has this word, or at the one with that id.

    `mebibytes` is the peak of the largest, of each by itself and without those that it started.
    """

    def __init__(self, word: str = "", *, pid: int = 0) -> None:
        self.mebibytes = 0.0
        self._word, self._pid = word.encode(), pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._over.wait(LOOKS):
            for process in [Path(f"/proc/{self._pid}")] if self._pid else Path("/proc").glob("[0-9]*"):
                # A process may end while it is looked at.
                with contextlib.suppress(OSError):
                    if self._pid or self._word in (process / "cmdline").read_bytes():
                        self._look(process)

    def _look(self, process: Path) -> None:
        peak = re.search(r"^VmHWM:\s*(\d+) kB", (process / "status").read_text(encoding="utf-8"), re.MULTILINE)
        self.mebibytes = max(self.mebibytes, int(peak[1]) / 1024 if peak else 0.0)


def _read(stream: t.IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read()
