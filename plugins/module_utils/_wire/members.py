# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes the members of one group in batches, whatever batch the service likes, and never a batch too many.

What went wrong is found out by reading the group again: an add of somebody who is in, and a removal of somebody who
is out, are done, however the service answered (facts F34, F35, F47, F50).
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from .._errors import Ambiguous, ServiceError, Throttled, TransportError, Unauthorized

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

PATIENCE = 20.0
"""Seconds for which members that this run created may stay invisible to the service (F47)."""

STALLS = 3
"""How often a batch may fail for reasons of the service without the group having moved on (F50)."""

HOPELESS = 3
"""After so many refusals of single members in a row, with no success between, the others are not tried."""

_TOO_MANY = re.compile(r"too\s*(many|large|big)|limit|exceed|maximum|at most|(more|greater) than|less than or equal", re.IGNORECASE)


class Change(t.NamedTuple):
    """One member to add to the group, or to remove from it."""

    member: str
    add: bool


@dataclass
class BatchSize:
    """How many changes go into one request: shared by all groups, and made smaller by what the service takes (F34)."""

    size: int


class MemberChange:
    """The changes of one group that are still to be made.

    `send(changes)` sends one PATCH. `members()` reads the group again: the ids, or None where it does not show them.
    `fresh` are the ids of users that this run created, and `group_fresh` says it of the group: the service may not
    see them yet.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Change]], None],
        members: Callable[[], Collection[str] | None],
        *,
        batch: BatchSize,
        fresh: Collection[str],
        group_fresh: bool,
        sleep: Callable[[float], None],
    ) -> None:
        self._send, self._members, self._batch, self._sleep = send, members, batch, sleep
        self._fresh, self._group_fresh = fresh, group_fresh
        self._left: list[Change] = []
        self._refused: dict[str, ServiceError] = {}
        self._waited, self._pause = 0.0, 0.25
        self._stalls = self._streak = 0
        self._narrow = 0
        self._oversized = False

    def run(self, add: Iterable[str], remove: Iterable[str]) -> dict[str, ServiceError]:
        """Makes the changes; the ids that the service refused, with its reasons.

        Raises what concerns the whole group, with the ids that were not written until then in `undone`.
        """
        try:
            return self._run(add, remove)
        except TransportError as error:
            error.undone = frozenset((*(change.member for change in self._left), *self._refused))
            raise

    def _run(self, add: Iterable[str], remove: Iterable[str]) -> dict[str, ServiceError]:
        self._left = [Change(member, True) for member in dict.fromkeys(add)] + [Change(member, False) for member in dict.fromkeys(remove)]
        while self._left:
            batch = self._left[: min(self._batch.size, self._narrow or self._batch.size)]
            try:
                self._send(batch)
            except (Unauthorized, Throttled):
                raise
            except (ServiceError, Ambiguous) as error:
                self._failed(batch, error)
            else:
                self._succeeded(batch)
        if self._oversized and not self._refused:
            # Nobody was refused, so it was the size; one bad member must not slow down all the groups after it.
            self._batch.size = min(self._batch.size, self._narrow)
        return self._refused

    def _succeeded(self, batch: Sequence[Change]) -> None:
        self._left = self._left[len(batch) :]
        if self._streak:
            self._narrow = 0
        self._stalls = self._streak = 0

    def _failed(self, batch: Sequence[Change], error: ServiceError | Ambiguous) -> None:
        """Decides what a failure means: size, an unknown path, somebody not visible yet, one bad member, or nothing."""
        status = error.status if isinstance(error, ServiceError) else 0
        if status in (403, 405, 501):
            raise error
        if isinstance(error, ServiceError) and len(batch) > 1 and _is_too_many(error):
            self._narrow_down(batch, error)
        elif isinstance(error, ServiceError) and _is_path_refused(error) and not all(change.add for change in batch):
            self._refuse([change for change in self._left if not change.add], error)
        elif self._moved_on(batch, error):
            self._stalls = 0
        elif status in (400, 404) and self._may_be_invisible(batch):
            self._wait()
        elif isinstance(error, ServiceError) and 400 <= status < 500:
            self._narrow_down(batch, error)
        else:
            self._stall(batch, error)

    def _moved_on(self, batch: Sequence[Change], error: ServiceError | Ambiguous) -> bool:
        """Reads the group again and drops the changes that are done after all; whether there were any (F50)."""
        try:
            present = self._members()
        except TransportError as lost:
            if not isinstance(lost, ServiceError) or lost.status != 404:
                # What happened to the write is to be told, and not that nobody could look at it, such as after a signal.
                raise (error.unseen(lost) if isinstance(error, Ambiguous) else error) from lost
            if not self._group_fresh or self._waited >= PATIENCE:
                raise
            return False
        before = len(self._left)
        if present is not None:
            self._left = [change for change in self._left if (change.member in present) is not change.add]
        elif len(batch) == 1 and not batch[0].add and isinstance(error, ServiceError) and error.code.lower() == "notarget":
            # The filter matched nobody (RFC 7644 3.5.2.2), so this one is out already.
            self._left = self._left[1:]
        return len(self._left) < before

    def _may_be_invisible(self, batch: Sequence[Change]) -> bool:
        fresh = self._group_fresh or any(change.add and change.member in self._fresh for change in batch)
        return fresh and self._waited < PATIENCE

    def _wait(self) -> None:
        self._sleep(self._pause)
        self._waited += self._pause
        self._pause = min(self._pause * 2, 4.0)

    def _narrow_down(self, batch: Sequence[Change], error: ServiceError) -> None:
        """Halves the batch until it is clear which change is the bad one; gives up a kind after three bad ones in a row."""
        if len(batch) > 1:
            self._narrow = len(batch) // 2
            self._oversized = self._oversized or error.status in (400, 413)
            return
        self._streak += 1
        bad = batch[0]
        hopeless = self._streak >= HOPELESS
        self._refuse([change for change in self._left if change == bad or (hopeless and change.add is bad.add)], error)
        self._narrow = 1

    def _refuse(self, changes: Sequence[Change], error: ServiceError) -> None:
        self._refused.update((change.member, error) for change in changes)
        gone = set(changes)
        self._left = [change for change in self._left if change not in gone]

    def _stall(self, batch: Sequence[Change], error: ServiceError | Ambiguous) -> None:
        """A failure of the service itself: a smaller batch may go through, but not for ever."""
        self._stalls += 1
        if self._stalls >= STALLS:
            raise error
        self._narrow = max(1, len(batch) // 2)


def _is_too_many(error: ServiceError) -> bool:
    """Whether the service says that the request is too big; then it has done nothing of it."""
    if error.status == 413:
        return True
    return error.status == 400 and (error.code.lower() == "toomany" or bool(_TOO_MANY.search(error.detail)))


def _is_path_refused(error: ServiceError) -> bool:
    """Whether the service does not know C(members[value eq "..."]) (F35)."""
    return error.status == 400 and error.code.lower() in ("invalidpath", "invalidfilter")
