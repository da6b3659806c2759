# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R6: the known rate is kept, and while a service asks for a pause nobody sends."""

from __future__ import annotations

import typing as t

from ansible_collections.scimops.zscaler_one.tests.sandbox.seed import people

from .firm import Firm, crew, firm
from .table import Row, Size

HOW = (
    "1,000 creates on a service that takes 50 requests a second, with 8 and with 32 workers: the share of 429, and requests for each "
    "create, the listings before and after not counted. Then 300 creates as fast as they go, with five 429 that ask for two seconds: "
    "requests that arrive in such a window later than a quarter of a second after its beginning, the time in which what was already "
    "on its way arrives and the answer is read. The median of three rounds where the first is not clean."
)
RATE = 50
PAUSE = 2.0
ON_THE_WAY = 0.25
"""Seconds until every worker can know of a pause on a busy machine; one that obeys none sends hundreds of requests in the rest of it."""
WORKERS = (8, 32)


def measure(size: Size) -> t.Iterator[Row]:
    """Rows of this goal."""
    for workers in WORKERS:
        yield from _paced(size.of(1000, 40), workers, size.seed)
        yield pauses(size.of(300, 60), workers, size.seed)


def _state(users: int, seed: int) -> dict[str, t.Any]:
    return {"users": [{"user_name": user["userName"], "department": user["department"]} for user in people(users, seed)]}


def _paced(creates: int, workers: int, seed: int) -> t.Iterator[Row]:
    with firm(switches={"rate": RATE}) as company:
        answer = company.apply(_state(creates, seed), requests_per_second=RATE, **crew(workers))
        done = len(company.sandbox.tenant.users.records) - 1 == creates and not answer.get("failed")
        listing = sum(read in ("GET /Users", "GET /Groups") for read in _plain_reads(company))
        each = (answer["requests"]["sent"] - listing) / creates
        share = answer["requests"]["throttled"] / creates
    what = f"{creates:,} creates, {workers} workers, {RATE}/s"
    yield Row(what + ", 429", f"{share:.2%}", "0.10%", share <= 0.001 and done)
    yield Row(what + ", requests a create", f"{each:.3f}", "1.020", each <= 1.02 and done)


def _plain_reads(company: Firm) -> list[str]:
    return [f"{entry.method} {entry.route}" for entry in company.sandbox.journal if not entry.writes and "filter" not in entry.query]


def pauses(creates: int, workers: int, seed: int) -> Row:
    """Requests inside of windows; the median of three rounds if the first is not clean, for a busy machine delays what was on its way."""
    rounds = [_round(creates, workers, seed)]
    if rounds[0][0] or not rounds[0][2]:
        rounds += [_round(creates, workers, seed) for _again in range(2)]
    inside, windows, done = sorted(rounds, key=lambda one: (not one[2], one[0]))[len(rounds) // 2]
    held = inside == 0 and done and windows > 1
    return Row(f"{windows} windows of {PAUSE:g} s, {workers} workers", f"{inside} requests", "0 requests", held)


def _round(creates: int, workers: int, seed: int) -> tuple[int, int, bool]:
    """Requests inside of windows, how many windows there were, and whether all was done."""
    windows = 5 if creates >= 300 else 2
    with firm() as company:
        places = [creates * part // (windows + 1) for part in range(1, windows + 1)]
        fault = {"kind": "status", "status": 429, "retry_after": f"{PAUSE:g}"}
        company.sandbox.faults.add({"method": "POST", "nth": places}, fault)
        answer = company.apply(_state(creates, seed), **crew(workers))
        done = len(company.sandbox.tenant.users.records) - 1 == creates and not answer.get("failed")
        times = [entry.time for entry in company.sandbox.journal]
        begins = [entry.time for entry in company.sandbox.journal if entry.fault]
    inside = sum(begin + ON_THE_WAY < time < begin + PAUSE for begin in begins for time in times)
    return inside, len(begins), done
