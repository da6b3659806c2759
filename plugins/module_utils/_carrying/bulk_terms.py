# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a plan is to travel in bulk, and how much of it at a time."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .pieces import count_pieces

if t.TYPE_CHECKING:
    from .._planning.plan import Plan
    from .._wire.bulk_service import BulkService

WORTH = 50
"""So many writes, and C(bulk: auto) asks whether the service takes bulk requests."""

MOST = 1000
"""Operations in one request at most, whatever a service allows: so many are in doubt if its answer is lost."""

UNTOLD = 100
"""Operations in one request where the service does not say how many it takes."""

UNTOLD_BYTES = 1_000_000
"""Bytes in one request where the service does not say it."""

SHARE = 0.5
"""Part of the time limit of a request that a bulk request should take at most."""

WHOLE = 10**9
"""Members in one piece where pieces do not travel: all of them."""


@dataclass(frozen=True)
class Terms:
    """How much one request may carry: operations, bytes, and the seconds that it should take; and members in one operation."""

    operations: int
    size: int
    seconds: float
    members: int


def bulk_terms(mode: str, plan: Plan, service: BulkService) -> Terms | None:
    """The terms of bulk requests for this plan; None where it is to be written singly. Asks the service once, if at all."""
    if mode == "never" or plan.empty:
        return None
    members = service.members_per_request if service.patches else WHOLE
    if mode == "auto" and count_pieces(plan, members) < WORTH:
        return None
    told = service.capabilities()
    if mode == "auto" and told.bulk is not True:
        return None
    return Terms(min(MOST, told.bulk_operations or UNTOLD), told.bulk_bytes or UNTOLD_BYTES, service.patience * SHARE, members)
