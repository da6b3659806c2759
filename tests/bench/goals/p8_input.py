# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""P8: how fast state files are read and checked, against the plain readers of their formats."""

from __future__ import annotations

import json
import statistics
import sys
import typing as t

from ..collection import ARMS, surroundings
from ..measure import run
from ..rounds import interleave, ratios
from ..verdict import judge_count, judge_time
from ..world import state_file

if t.TYPE_CHECKING:
    from pathlib import Path

    from ..settings import Settings
    from ..verdict import Row

LIMIT = 3
USERS = 100_000
YAML = 10_001
"""The least number of users in YAML that is worth a warning."""
SHAPE = (300, 3)
"""So many groups, of which each user has so many."""


def measure(settings: Settings) -> list[Row]:
    """JSON and CSV against json.load and csv.DictReader; YAML against SafeLoader and Ansible's own loader."""
    rows = []
    for form, plain in (("json", "json.load"), ("csv", "csv.DictReader")):
        path = state_file(USERS, SHAPE[0], groups_per_user=SHAPE[1], form=form)
        taken = interleave({"plain": _arm(form, path), "ours": _arm("ours", path)}, settings.rounds)
        seconds = {name: [found["seconds"] for found in answers] for name, answers in taken.items()}
        what = f"{form.upper()}, {USERS:,} users read and checked, against {plain} ({statistics.median(seconds['plain']):.2f} s)"
        rows.append(judge_time("P8", what, ratios(seconds["ours"], seconds["plain"]), LIMIT, unit=" x"))
    return rows + _yaml(settings)


def _yaml(settings: Settings) -> list[Row]:
    path = state_file(YAML, SHAPE[0], groups_per_user=SHAPE[1], form="yml")
    taken = interleave({name: _arm(name, path) for name in ("ours", "safe", "ansible")}, 1 if settings.quick else settings.rounds)
    seconds = {name: [found["seconds"] for found in answers] for name, answers in taken.items()}
    silent = sum(not any("YAML" in warning for warning in found["warnings"]) for found in taken["ours"])
    return [
        *(
            judge_time(
                "P8", f"{who} against ours, {YAML:,} users in YAML", ratios(seconds[name], seconds["ours"]), LIMIT, unit=" x", least=True
            )
            for name, who in (("safe", "PyYAML's SafeLoader"), ("ansible", "Ansible's loader of variables"))
        ),
        judge_count("P8", f"runs without a warning that {YAML:,} users in YAML are many", [silent], 0),
    ]


def _arm(way: str, path: Path) -> t.Callable[[], dict[str, t.Any]]:
    command = [sys.executable, str(ARMS / "load.py"), way, str(path)]
    return lambda: t.cast("dict[str, t.Any]", json.loads(run(command, environment=surroundings()).text))
