# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether somebody has asked the run to end (F52): no new write begins then, those under way are finished."""

from __future__ import annotations

import contextlib
import signal
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Halt:
    """`reason` is empty as long as the run may go on. `wake` is called with it once, from the thread that is interrupted."""

    def __init__(self, wake: Callable[[str], None] | None = None) -> None:
        self.reason = ""
        self._wake = wake

    def ask(self, reason: str) -> None:
        """Asks the run to end; the first reason stands."""
        if self.reason:
            return
        self.reason = reason
        if self._wake is not None:
            self._wake(reason)

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Takes SIGTERM and SIGINT as the wish to end in order; a second one ends at once, as if nobody had listened."""

        def obey(number: int, _frame: object) -> None:
            signal.signal(number, before[number])
            self.ask(f"the run was asked to end ({signal.Signals(number).name})")

        # Known before the first of them is taken: a signal may come at once.
        before = {int(number): signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            for number in before:
                signal.signal(number, obey)
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
