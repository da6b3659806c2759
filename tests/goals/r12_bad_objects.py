# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R12: a bad object harms no other, and where most are bad the run ends soon."""

from __future__ import annotations

import itertools
import random
import typing as t

from ansible_collections.scimops.zscaler_one.tests.sandbox.seed import people

from .firm import crew, firm
from .table import QUICK, Row, Size

HOW = (
    "1,000 creates of which 1 to 50 are refused with 400, spread at random: the others have to be there, and each failure has to have "
    "the line of the file, the operation, the status and the request. Then everything is refused, once for one reason and once for "
    "four that take turns, after 0 to 100 good ones: writes that failed until the run ended."
)
USERS = 1000
WASTED = 20
WORKERS = (8, 32)
EARLY, MANY = 20, 8
"""With more workers than MANY only what is broken from the beginning is measured: later as many writes are under way as workers."""
BROKEN = {"one reason": (["a"], [0, 5, 11, 100]), "four reasons in turn": (["a", "b", "c", "d"], [0, 5, 11])}
"""For what reasons writes are refused, and after how many good ones; the first twenty are judged as a whole (F55)."""


def measure(size: Size) -> t.Iterator[Row]:
    """Rows of this goal."""
    users = USERS if size.share >= QUICK else USERS // 5
    poisons = size.pick(range(1, users // 20 + 1), 2)
    right = sum(_poisoned(users, poison, size.seed * 100 + poison) for poison in poisons)
    what = f"{poisons[0]} to {poisons[-1]} poison of {users:,}: the others done, each told"
    yield Row(what, f"{right}/{len(poisons)}", f"{len(poisons)}/{len(poisons)}", right == len(poisons))
    for workers, (name, (reasons, goods)) in itertools.product(WORKERS, BROKEN.items()):
        worst, stopped = _breaker(reasons, size.pick([good for good in goods if good <= EARLY or workers <= MANY]), size.seed, workers)
        measured = f"{worst}{'' if stopped else ', not stopped'}"
        yield Row(f"breaker, {name}, {workers} workers: writes wasted", measured, str(WASTED), worst <= WASTED and stopped)


def _poisoned(users: int, poison: int, seed: int) -> bool:
    names = [user["userName"] for user in people(users, seed)]
    bad = {f"poison{number}@corp.example" for number in range(poison)}
    declared = names[: users - poison] + sorted(bad)
    random.Random(seed).shuffle(declared)
    with firm() as company:
        company.sandbox.faults.add({"method": "POST", "contains": '"poison'}, {"kind": "status", "status": 400})
        path = company.folder / "people.csv"
        path.write_text("user_name\n" + "".join(f"{name}\n" for name in declared))
        answer = company.apply(src=[str(path)], verify=False, **crew(8))
        there = {user.name for user in company.sandbox.tenant.users.records.values()} - {"admin@corp.example"}
    told = {failure["name"]: failure for failure in answer["failures"]}
    lines = {name: f"people.csv:{number + 2}" for number, name in enumerate(declared)}
    return (
        there == set(declared) - bad
        and told.keys() == bad
        and all(
            lines[name] in one["source"] and (one["verb"], one["status"]) == ("create", 400) and one["request"].startswith("POST")
            for name, one in told.items()
        )
    )


def _breaker(reasons: list[str], goods: t.Iterable[int], seed: int, workers: int) -> tuple[int, bool]:
    """The most writes that failed in one run, and whether each run ended early."""
    worst, stopped = 0, True
    for good in goods:
        names = [user["userName"] for user in people(200, seed)]
        declared = names[:good] + [f"bad-{reasons[number % len(reasons)]}-{number}@corp.example" for number in range(200)]
        with firm() as company:
            for number, reason in enumerate(reasons):
                fault = {"kind": "status", "status": 400 + number % 2 * 3, "body": {"detail": reason, "scimType": reason}}
                company.sandbox.faults.add({"method": "POST", "contains": f'"bad-{reason}-'}, fault)
            answer = company.apply({"users": [{"user_name": name} for name in declared]}, verify=False, **crew(workers))
            failed = sum(entry.status >= 400 for entry in company.sandbox.journal.writes)
            worst = max(worst, failed)
            stopped = stopped and "Stopped early" in str(answer.get("msg"))
    return worst, stopped
