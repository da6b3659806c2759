# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""P2: how many writes it takes to reach a state, against the least number that can."""

from __future__ import annotations

import json
import typing as t

from ..collection import converge
from ..service import Service
from ..verdict import judge_count
from ..world import least_writes, state_file

if t.TYPE_CHECKING:
    from pathlib import Path

    from ..settings import Settings
    from ..verdict import Row

MEMBERS = 100
"""Members in a request, the module's default."""
ALLOWANCE = 1.01


def measure(settings: Settings) -> list[Row]:
    """An empty tenant, and one in which a user of a hundred is not as declared."""
    users, groups = (2_000, 40) if settings.quick else (10_000, 200)
    before, after = state_file(users, groups), state_file(users, groups, drifted=True)
    empty: dict[str, t.Any] = {"users": [], "groups": []}
    rows: list[Row] = []
    with Service() as service:
        rows += _compare(f"first load of {users:,} users in {groups:,} groups", service, empty, before)
    with Service(users=users, groups=groups) as service:
        rows += _compare(f"1 % drift of {users:,} users in {groups:,} groups", service, _read(before), after)
    return rows


def _compare(what: str, service: Service, before: dict[str, t.Any], path: Path) -> list[Row]:
    run = converge(service, path)
    summary = service.summary()
    writes = len(service.writes())
    read_back = sum(count for route, count in summary["by_route"].items() if route.startswith("GET") and route.endswith("{id}"))
    least = least_writes(before, _read(path), MEMBERS)
    if run.answer["failures"]:
        raise ValueError(f"{what}: {run.answer['failures'][:3]}")
    return [
        judge_count("P2", f"writes, {what} (least possible: {least:,})", [writes], int(least * ALLOWANCE)),
        judge_count("P2", f"objects read back one by one, {what}", [read_back], 0),
    ]


def _read(path: Path) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", json.loads(path.read_text(encoding="utf-8")))
