# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""P1: how many requests a run takes that finds nothing to do."""

from __future__ import annotations

import typing as t

from ..collection import converge
from ..service import Service
from ..verdict import judge_count
from ..world import state_file

if t.TYPE_CHECKING:
    from ..settings import Settings
    from ..verdict import Row

PAGE = 1000
DISCOVERY = 2
SIZES = ((10, 3), (1_000, 20), (10_000, 200), (100_000, 1_000))
BY_ID = {"users_carry_groups": False, "groups_carry_members": "get"}
"""A service that shows members only of one group at a time."""


def measure(settings: Settings) -> list[Row]:
    """One row for each size, and for a service whose lists show no members."""
    sizes = SIZES[:3] if settings.quick else SIZES
    rows = [_count(users, groups, "", {}, 0) for users, groups in sizes]
    users, groups = sizes[-1]
    return [*rows, _count(users, groups, ", lists without members", BY_ID, groups)]


def _count(users: int, groups: int, remark: str, switches: dict[str, t.Any], more: int) -> Row:
    """The limit: the pages of users and of groups, two requests for discovery, and `more`."""
    with Service(users=users, groups=groups, switches=switches) as service:
        run = converge(service, state_file(users, groups))
        requests = service.summary()["requests"]
    what = f"requests of a no-op, {users:,} users in {groups:,} groups{remark}"
    if run.answer["changed"]:
        raise ValueError(f"{what}: something was changed, {run.answer['summary']}")
    return judge_count("P1", what, [requests], -(-users // PAGE) - (-groups // PAGE) + DISCOVERY + more)
