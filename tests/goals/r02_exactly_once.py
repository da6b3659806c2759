# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R2: a create is carried out exactly once, whatever becomes of its answer."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import key
from ansible_collections.scimops.zscaler_one.tests.sandbox.seed import people

from .firm import Firm, crew, doubled, firm
from .table import Row, Size, count

HOW = (
    "2,000 users are created while one POST in ten gets no usable answer: a reset or a 503 after the user was made, a reset before, "
    "half a body. Once on a service that refuses a second user of one name, once on one that takes it. Duplicates and missing users "
    "are counted in the tenant, a false failure is a user who is there and told as failed, a blind POST is a second one of the same "
    "name with no look-up of that name between."
)
AMBIGUOUS = ("commit_then_reset", "commit_then_status", "half_body", "reset")
LIMIT = {"duplicates": 0, "missing": 0, "false failures": 0, "blind POSTs": 0}


def measure(size: Size) -> t.Iterator[Row]:
    """Rows of this goal."""
    creates = size.of(2000, 40)
    for unique in (True, False):
        with firm(switches={"unique": unique}, seed=size.seed) as company:
            rules = [{"match": {"method": "POST", "route": "/Users", "probability": 0.026}, "fault": {"kind": kind}} for kind in AMBIGUOUS]
            company.sandbox.faults.set(rules, seed=size.seed)
            names = [user["userName"] for user in people(creates, size.seed)]
            answer = company.apply({"users": [{"user_name": name} for name in names]}, **crew(8))
            yield _row(company, names, answer, unique)


def _row(company: Firm, names: list[str], answer: dict[str, t.Any], unique: bool) -> Row:
    there = {key(user.name) for user in company.sandbox.tenant.users.records.values()}
    found = {
        "duplicates": doubled(company.sandbox),
        "missing": len({key(name) for name in names} - there),
        "false failures": sum(key(failure["name"]) in there for failure in answer["failures"]),
        "blind POSTs": blind_posts(company),
    }
    ambiguous = sum(bool(entry.fault) for entry in company.sandbox.journal)
    what = f"{len(names):,} creates, {ambiguous} ambiguous, {'unique' if unique else 'non-unique'} service"
    enough = ambiguous >= len(names) // 20
    return Row(what, count(found), count(LIMIT), found == LIMIT and enough and not answer.get("failed"))


def blind_posts(company: Firm) -> int:
    """How often a create was sent again with no look-up of its name since."""
    blind = 0
    looked_up: collections.defaultdict[str, bool] = collections.defaultdict(lambda: True)
    for entry in company.sandbox.journal:
        if entry.method == "POST" and entry.route == "/Users":
            name = entry.body["userName"]
            blind += not looked_up[name]
            looked_up[name] = False
        elif entry.method == "GET" and "filter" in entry.query:
            looked_up[entry.query["filter"].partition('"')[2].rpartition('"')[0]] = True
    return blind
