# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ends a process at a certain request: while it waits for the answer, whether the service carries the request out or not."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import typing as t

from ansible_collections.scimops.zscaler_one.tests.sandbox.faults import Fault

if t.TYPE_CHECKING:
    from ansible_collections.scimops.zscaler_one.tests.sandbox.faults import Subject
    from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox


class Trap:
    """Stands in for the fault script of a sandbox: when request `number` from now arrives, the process gets the signal.

    `prey` is the process id, told once it is known; until then requests wait.
    """

    def __init__(self, sandbox: Sandbox, number: int, *, carried_out: bool, sign: int = signal.SIGKILL) -> None:
        self._faults = sandbox.faults
        self._left = number
        self._fault = Fault("commit_then_reset" if carried_out else "reset")
        self._sign = sign
        self._lock = threading.Lock()
        self._known = threading.Event()
        self._prey = 0
        self.sprung = False

    def __enter__(self) -> Trap:
        self._choose = self._faults.choose
        self._faults.choose = self._spring  # type: ignore[method-assign]
        return self

    def __exit__(self, *_error: object) -> None:
        self._faults.choose = self._choose  # type: ignore[method-assign]

    def set(self, prey: int) -> None:
        """Whom to end."""
        self._prey = prey
        self._known.set()

    def _spring(self, subject: Subject) -> Fault | None:
        self._known.wait(10)
        with self._lock:
            self._left -= 1
            if self._left:
                return self._choose(subject)
            self.sprung = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._prey, self._sign)
            return self._fault if self._sign == signal.SIGKILL else self._choose(subject)
