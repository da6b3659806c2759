# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""P9: how many requests fill an empty tenant where the service takes many operations in one."""

from __future__ import annotations

import typing as t

from ..collection import converge, has_option
from ..service import Service
from ..verdict import judge_count, not_built
from ..world import state_file

if t.TYPE_CHECKING:
    from ..settings import Settings
    from ..verdict import Row

USERS, GROUPS, OPERATIONS, LIMIT = 10_000, 500, 1_000, 40
SWITCHES = {"bulk": True, "bulk_operations": OPERATIONS, "bulk_bytes": 16 * 2**20}


def measure(_settings: Settings) -> list[Row]:
    """One row; it is as quick as it is."""
    what = f"requests of a first load, {USERS:,} users and {GROUPS:,} groups, {OPERATIONS:,} operations in a request"
    if not has_option("bulk"):
        return [not_built("P9", what, f"<= {LIMIT}")]
    with Service(switches=SWITCHES) as service:
        run = converge(service, state_file(USERS, GROUPS, groups_per_user=3))
        summary = service.summary()
    created = summary["mutations"].get("create", 0)
    if run.answer["failures"] or created != USERS + GROUPS:
        raise ValueError(f"{created} objects were created: {run.answer['failures'][:3]}")
    return [judge_count("P9", what, [summary["requests"]], LIMIT)]
