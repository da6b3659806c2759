# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""P7: how memory, time and output grow with the tenant."""

from __future__ import annotations

import typing as t

from ..collection import converge, directory_task, play
from ..rounds import interleave, ratios
from ..service import Service
from ..verdict import judge_count, judge_time, unjudged
from ..world import state_file

if t.TYPE_CHECKING:
    from ..measure import Sample
    from ..settings import Settings
    from ..verdict import Row

KIBIBYTE = 1024
SMALL, LARGE = (10_000, 100), (100_000, 1_000)
OUTPUTS = ((1_000, 20), (10_000, 100), (100_000, 1_000))
LIMITS = {"-v": 64, "-vvv": 256}


def measure(settings: Settings) -> list[Row]:
    """The module's memory and time at two sizes, and what ansible-playbook prints at all sizes."""
    small, large = ((1_000, 10), SMALL) if settings.quick else (SMALL, LARGE)
    with Service(users=small[0], groups=small[1]) as few, Service(users=large[0], groups=large[1]) as many:
        arms: dict[str, t.Callable[[], Sample]] = {
            "small": lambda: converge(few, state_file(*small)).sample,
            "large": lambda: converge(many, state_file(*large)).sample,
        }
        taken = interleave(arms, settings.rounds)
    memory = {name: [sample.mebibytes for sample in samples] for name, samples in taken.items()}
    seconds = {name: [sample.seconds for sample in samples] for name, samples in taken.items()}
    sizes = f"{large[0]:,} against {small[0]:,} users"
    rows = [
        judge_time("P7", f"MiB of the module at its peak, {users:,} users and {10 * users:,} memberships", memory[name], limit)
        for name, users, limit in (("small", small[0], 90), ("large", large[0], 400))
    ]
    rows += [
        judge_time("P7", f"time of the module, {sizes}", ratios(seconds["large"], seconds["small"]), 12, unit=" x"),
        judge_time("P7", f"memory of the module, {sizes}", ratios(memory["large"], memory["small"]), 10.5, unit=" x"),
    ]
    rows = unjudged(rows) if settings.quick else rows
    return rows + _outputs(OUTPUTS[:2] if settings.quick else OUTPUTS)


def _outputs(sizes: tuple[tuple[int, int], ...]) -> list[Row]:
    """KiB that are printed at -v and -vvv: by runs with nothing to do, and by one in check mode in which everything is new."""
    counts: dict[tuple[str, str], list[float]] = {}
    for users, groups in sizes:
        with Service(users=users, groups=groups) as full, Service() as bare:
            for service, kind in ((full, "nothing to do"), (bare, "everything new, in check mode")):
                for level in LIMITS:
                    dry = ["--check"] if service is bare else []
                    sample = play("p7", directory_task(state_file(users, groups)), level, *dry, service=service)
                    counts.setdefault((kind, level), []).append(sample.output / KIBIBYTE)
    largest = f"{sizes[0][0]:,} to {sizes[-1][0]:,} users"
    return [
        judge_count("P7", f"KiB of output at {level}, {kind}, {largest}", found, LIMITS[level]) for (kind, level), found in counts.items()
    ]
