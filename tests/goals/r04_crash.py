# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R4: a run that is killed leaves nothing that the next one cannot put right, with no state kept anywhere."""

from __future__ import annotations

import random
import signal
import typing as t

from .drift import Drift, drift
from .firm import Firm, Truth, crew, doubled, firm, truth, workers_of
from .forked import Forked
from .table import Row, Size, count
from .trap import Trap

HOW = (
    "The module runs as a process of its own on a company that has drifted, and gets SIGKILL at a request number drawn at random; "
    "every other time the service still carries that request out. Services with and without unique names take turns. The next run has "
    "to converge to what an undisturbed one gives; duplicates are counted in the tenant. Extra writes are those of both runs beyond "
    "the undisturbed one's."
)
WORKERS = 4
LIMIT = {"not converged": 0, "duplicates": 0}


def measure(size: Size) -> t.Iterator[Row]:
    """Rows of this goal."""
    chance = random.Random(size.seed)
    company = drift(size.seed, users=60, groups=8)
    options = {**company.options, "members_per_request": 10, **crew(WORKERS)}
    found = dict(LIMIT)
    worst = sprung = 0
    kills = size.of(200, 2)
    with firm() as there, Forked() as runs:
        desired, requests, writes = _undisturbed(company, there, runs, options)
        for number in range(kills):
            company.sow(there.sandbox)
            there.sandbox.switch(unique=number % 4 < 2)
            sprung += kill(there, runs, company, options, chance.randint(1, requests), carried_out=number % 2 == 0)
            again = runs.run("scim_directory", arguments(there, company, options))
            found["not converged"] += bool(again.get("failed")) or truth(there.sandbox) != desired
            found["duplicates"] += doubled(there.sandbox)
            worst = max(worst, len(there.sandbox.journal.writes) - writes)
    workers = workers_of(options)
    ended = f"{kills} kills in {requests} requests"
    yield Row(ended, f"{count(found)}, {sprung} killed", f"{count(LIMIT)}, {kills} killed", found == LIMIT and sprung == kills)
    yield Row("extra writes, at most", str(worst), f"{workers} (workers)", worst <= workers)


def arguments(there: Firm, company: Drift, options: dict[str, t.Any]) -> dict[str, t.Any]:
    """The arguments of scim_directory."""
    return {**there.connection(), "src": [there.write(company.state)], "protected_users": ["admin@*"], **options}


def kill(there: Firm, runs: Forked, company: Drift, options: dict[str, t.Any], number: int, *, carried_out: bool) -> bool:
    """Run, and kill at this request; whether it came to that."""
    with Trap(there.sandbox, number, carried_out=carried_out) as trap:
        trap.set(runs.begin("scim_directory", arguments(there, company, options)))
        runs.end()
        # What the others of its threads have sent is still on its way, and must not arrive in the next run.
        there.sandbox.settle()
    return trap.sprung and runs.status == signal.SIGKILL


def _undisturbed(company: Drift, there: Firm, runs: Forked, options: dict[str, t.Any]) -> tuple[Truth, int, int]:
    """What is to be reached, and how many requests and writes that takes."""
    company.sow(there.sandbox)
    done = runs.run("scim_directory", arguments(there, company, options))
    if done.get("failed"):
        raise RuntimeError(f"this company cannot be converged even in peace: {done['msg']}")
    return truth(there.sandbox), len(there.sandbox.journal), len(there.sandbox.journal.writes)
