# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R3: under chaos one run brings the tenant to what is declared, and a second one in peace finds nothing to do."""

from __future__ import annotations

import typing as t

from .drift import Drift, drift
from .firm import Truth, crew, firm, short_waits, truth
from .table import Row, Size

HOW = (
    "A company that has drifted is converged while five requests in a hundred meet a fault: 429 with and without Retry-After, 500, "
    "503, reset, hang, short page, each as likely; what was just written is shown late (stale reads). The tenant is then compared "
    "with one where the same run met no fault, and the run is repeated in peace: 0 writes. Another company for each seed. Pauses of "
    "our own choice last a fiftieth."
)
KINDS: tuple[dict[str, t.Any], ...] = (
    {"kind": "status", "status": 429, "retry_after": "0.1"},
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
    {"kind": "commit_then_status", "status": 503},
    {"kind": "reset"},
    {"kind": "commit_then_reset"},
    {"kind": "hang", "seconds": 1},
    {"kind": "short_page", "size": 3},
)
SHARE = 0.05
STALE = 0.15
"""Seconds during which a read still shows the old."""


def measure(size: Size) -> t.Iterator[Row]:
    """Rows of this goal."""
    seeds = range(size.seed * 1000, size.seed * 1000 + size.of(200, 2))
    bad: dict[int, str] = {}
    faults = 0
    with short_waits():
        for seed in seeds:
            reason, met = _chaos(drift(seed), seed)
            faults += met
            if reason:
                bad[seed] = reason
    what = f"seeds {seeds[0]} to {seeds[-1]}, {faults} faults"
    converged = f"{len(seeds) - len(bad)}/{len(seeds)}" + "".join(f"; seed {seed}: {reason}" for seed, reason in list(bad.items())[:3])
    yield Row(what, converged, f"{len(seeds)}/{len(seeds)} as declared, then 0 writes", not bad and faults > len(seeds))


def _chaos(company: Drift, seed: int) -> tuple[str, int]:
    """What went wrong, and how many faults there were."""
    desired = _desired(company)
    with firm(switches={"stale_reads": STALE}, seed=seed) as there:
        company.sow(there.sandbox)
        rules = [{"match": {"probability": SHARE / len(KINDS)}, "fault": fault} for fault in KINDS]
        there.sandbox.faults.set(rules, seed=seed)
        first = there.apply(company.state, timeout=0.5, **company.options, **crew(4))
        faults = sum(bool(entry.fault) for entry in there.sandbox.journal)
        there.sandbox.faults.clear()
        there.sandbox.switch(stale_reads=0.0)
        if truth(there.sandbox) != desired:
            return f"not as declared ({first.get('msg', 'and told as done')[:200]})", faults
        second = there.apply(company.state, **company.options)
        if second["writes"] or second["changed"] or second.get("failed"):
            return f"second run: {len(second['writes'])} writes", faults
        return "told as failed" if first.get("failed") else "", faults


def _desired(company: Drift) -> Truth:
    with firm() as there:
        company.sow(there.sandbox)
        done = there.apply(company.state, **company.options)
        if done.get("failed"):
            raise RuntimeError(f"this company cannot be converged even in peace: {done['msg']}")
        return truth(there.sandbox)
