# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""P6: the CPU of a no-op over 100,000 users, alone and in a play, against the least it takes; and against users as arguments."""

from __future__ import annotations

import json
import statistics
import sys
import typing as t
from dataclasses import replace

from ..collection import ARMS, converge, directory_task, play, surroundings
from ..measure import Sample, Watch, run
from ..rounds import interleave, ratios
from ..service import Service
from ..verdict import judge_time, unjudged
from ..world import state_file

if t.TYPE_CHECKING:
    from pathlib import Path

    from ..settings import Settings
    from ..verdict import Row

LIMIT, PLAY_LIMIT = 2.0, 2.5
"""Of the module by itself, and with ansible-playbook around it, which takes a second or two for ten users, too."""
INLINE = 10_000


def measure(settings: Settings) -> list[Row]:
    """Against the floor, without and with memberships, and against inline users."""
    users, groups = (10_000, 100) if settings.quick else (100_000, 1_000)
    rows = [*_against_floor(settings, users, 0), *_against_floor(settings, users, groups)]
    rows += _against_inline(settings, INLINE // 5 if settings.quick else INLINE)
    return unjudged(rows) if settings.quick else rows


def _against_floor(settings: Settings, users: int, groups: int) -> list[Row]:
    path = state_file(users, groups)
    with Service(users=users, groups=groups) as service:
        arms: dict[str, t.Callable[[], Sample]] = {
            "floor": lambda: floor(service, path),
            "module": lambda: converge(service, path).sample,
            "play": lambda: _quiet(service, path),
        }
        taken = interleave(arms, settings.rounds)
    cpu = {name: [sample.cpu for sample in samples] for name, samples in taken.items()}
    members = f" with {10 * users:,} memberships" if groups else ""
    rows = []
    for arm, words, limit in (("module", "", LIMIT), ("play", " through ansible-playbook", PLAY_LIMIT)):
        numbers = f"{statistics.median(cpu[arm]):.1f} s against {statistics.median(cpu['floor']):.1f} s"
        what = f"CPU of a no-op over {users:,} users{members}{words} against the floor, {numbers}"
        rows.append(judge_time("P6", what, ratios(cpu[arm], cpu["floor"]), limit, unit=" x"))
    return rows


def floor(service: Service, path: Path) -> Sample:
    """The floor arm."""
    given = {"base_url": service.facts["base_url"], "token": service.facts["token"], "path": str(path)}
    sample = run([sys.executable, str(ARMS / "floor.py")], environment=surroundings(), text=json.dumps(given))
    if sample.text.strip() != "0":
        raise ValueError(f"the floor finds {sample.text.strip()} differences where there are none")
    return sample


def _quiet(service: Service, path: Path) -> Sample:
    service.forget()
    sample = play("p6-ours", directory_task(path), service=service)
    if "changed=0" not in sample.text or not service.summary()["requests"]:
        raise ValueError("the run was not a no-op")
    return sample


def _watched(word: str, act: t.Callable[[], Sample]) -> Sample:
    """The sample with the memory of ansible-playbook's own processes, without the module's."""
    with Watch(word) as watch:
        sample = act()
    return replace(sample, mebibytes=watch.mebibytes)


def _against_inline(settings: Settings, users: int) -> list[Row]:
    groups = users // 100
    path = state_file(users, groups)
    inline = [{"name": "State", "scimops.zscaler_one.scim_directory": {"users": "{{ users }}", "prune_users": "disable"}}]
    with Service(users=users, groups=groups) as service:
        arms: dict[str, t.Callable[[], Sample]] = {
            "path": lambda: _watched("p6-path.json", lambda: play("p6-path", directory_task(path), service=service)),
            "inline": lambda: _watched("p6-inline.json", lambda: play("p6-inline", inline, service=service, vars_files=[str(path)])),
        }
        taken = interleave(arms, settings.rounds)
    what = f"{users:,} users, each with ten groups, as arguments (vars_files) against a path"
    seconds = {name: [sample.seconds for sample in samples] for name, samples in taken.items()}
    memory = {name: [sample.mebibytes for sample in samples] for name, samples in taken.items()}
    return [
        judge_time("P6", f"time, {what}", ratios(seconds["inline"], seconds["path"]), 10, unit=" x", least=True),
        judge_time("P6", f"memory of the controller, {what}", ratios(memory["inline"], memory["path"]), 5, unit=" x", least=True),
    ]
