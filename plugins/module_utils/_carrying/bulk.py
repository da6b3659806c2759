# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out a plan in bulk requests, where the service takes them and it is worth it."""

from __future__ import annotations

import time
import typing as t

from .._wire.bulk_service import BulkService
from .bulk_packing import Packing
from .bulk_run import BulkRun
from .bulk_terms import bulk_terms
from .carrier import Carrier
from .judging import Judgement
from .pieces import stretches

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from .._model import Directory
    from .._planning.plan import Plan
    from .._wire.scim import ScimService
    from .bulk_run import LookAgain
    from .bulk_terms import Terms
    from .carrier import Run
    from .crew import Crew
    from .writer import Writer


def make_carrier(
    mode: str,
    plan: Plan,
    service: ScimService,
    directory: Directory,
    writer: Writer,
    look_again: LookAgain,
    *,
    sleep: Callable[[float], object] = time.sleep,
    stop_on_error: bool = False,
    **options: t.Any,
) -> Carrier:
    """Who carries out the plan: in bulk, where `mode` (auto, always, never) and the service want it so, else singly.

    After a doubtful listing each create has to be looked up first, and where the first error is to be the last write, nothing else may be
    under way: then nothing travels in bulk. `look_again` lists and plans anew.
    """
    bulk = service if isinstance(service, BulkService) and not directory.doubts and not stop_on_error else None
    terms = bulk_terms(mode, plan, bulk) if bulk else None
    if bulk is None or terms is None:
        return Carrier(writer, stop_on_error=stop_on_error, **options)
    known = frozenset((*(("Users", user.id) for user in directory.users), *(("Groups", group.id) for group in directory.groups)))
    return BulkCarrier(writer, bulk, terms, look_again, known, sleep=sleep, **options)


class BulkCarrier(Carrier):
    """One run of one plan in bulk requests. `known` has kind and id of all that is there before it."""

    def __init__(
        self,
        writer: Writer,
        service: BulkService,
        terms: Terms,
        look_again: LookAgain,
        known: frozenset[tuple[str, str]] = frozenset(),
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        **options: t.Any,
    ) -> None:
        super().__init__(writer, **options)
        self._service, self._terms, self._look_again, self._known = service, terms, look_again, known
        self._clock, self._sleep = clock, sleep

    def _carry(self, plan: Plan, run: Run, crew: Crew) -> None:
        judgement = Judgement(self._service, self._writer, set(self._known))
        packing = Packing(self._service, self._writer, self._terms, plan, judgement.nameless)
        bulk = BulkRun(self._service, self._writer, packing, judgement, self._look_again, run, crew, clock=self._clock, sleep=self._sleep)
        for stretch in stretches(plan, self._terms.members):
            bulk.carry(stretch)
            if run.ended:
                return
