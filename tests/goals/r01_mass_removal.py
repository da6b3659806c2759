# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R1: the brake against mass removal is on by default; whatever is wrong with the source or the listing, nothing at all is written."""

from __future__ import annotations

import typing as t
from functools import partial

from ansible_collections.scimops.zscaler_one.tests.unit.scenarios.bad_sources import BAD, FILES, nine_files
from ansible_collections.scimops.zscaler_one.tests.unit.scenarios.conftest import State

from .firm import Answer, Firm, firm
from .table import Row, Size

HOW = (
    "200 people in 10 groups, default limits. Eight spoilt states, five broken files among nine, one file missing, a listing that "
    "shows nobody, and one removal more than allowed: each run has to fail, write nothing, and name what is wrong; by the brake with "
    "count, share, victims and the override. Then one removal less, and as many as allowed, have to pass."
)
ALLOWED = 10
"""Five percent of 200."""

Run = t.Callable[[Firm], Answer]


def measure(size: Size) -> t.Iterator[Row]:
    """Rows of this goal."""
    scenarios = size.pick(list(_scenarios()))
    refused = writes = 0
    for run, words in scenarios:
        answer, wrote = _run(run)
        writes += wrote
        refused += bool(answer.get("failed")) and not wrote and all(word in answer["msg"] for word in words)
    total = len(scenarios)
    yield Row("scenarios refused", f"{refused}/{total}, {writes} writes", f"{total}/{total}, 0 writes", refused == total and not writes)
    passed = sum(_passes(gone) for gone in (ALLOWED - 1, ALLOWED))
    yield Row("threshold -1 and threshold pass", f"{passed}/2", "2/2", passed == 2)


def _scenarios() -> t.Iterator[tuple[Run, t.Sequence[str]]]:
    for _name, spoil, words in BAD:
        yield partial(_spoilt, spoil=spoil), [*words, *_override(words)]
    for _name, content, word in FILES:
        yield partial(_nine, content=content), [word]
    yield partial(_pruned, state=None, more="gone.json"), ["gone.json"]
    yield _empty_listing, ["lists no users at all"]
    yield partial(_spoilt, spoil=lambda state: {"users": state["users"][ALLOWED + 1 :]}), ["11 of 200", *_override([""])]


def _override(words: t.Sequence[str]) -> list[str]:
    """What the brake also says; a document that declares nobody is refused before it, and nothing overrides that."""
    return [] if "no users are declared" in words else ["allow_removals_over_limit=true", "removal_limit"]


def _spoilt(company: Firm, spoil: t.Callable[[State], State]) -> Answer:
    return _pruned(company, spoil(company.state))


def _pruned(company: Firm, state: State | None, more: str = "") -> Answer:
    """Run on this state; `more` is one more file, which is not there."""
    groups = "delete" if state and "groups" in state else "none"
    options = {"src": [company.write(), str(company.folder / more)]} if more else {}
    return company.apply(state, prune_users="delete", prune_groups=groups, **options)


def _nine(company: Firm, content: bytes) -> Answer:
    return company.apply(src=nine_files(company, content)[0], prune_users="delete")


def _empty_listing(company: Firm) -> Answer:
    company.sandbox.faults.add({"method": "GET", "route": "/Users", "filtered": False}, {"kind": "empty_listing"})
    return company.apply(prune_users="delete")


def _run(run: Run) -> tuple[Answer, int]:
    with firm() as company:
        company.fill(200, 10)
        answer = run(company)
        return answer, len(company.sandbox.journal.writes)


def _passes(gone: int) -> bool:
    answer, wrote = _run(lambda company: _pruned(company, {"users": company.state["users"][gone:]}))
    return not answer.get("failed") and wrote == gone
