# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R5: nobody is removed and nobody is made twice because a listing lies, and the result says that it is suspect."""

from __future__ import annotations

import typing as t

from ansible_collections.scimops.zscaler_one.tests.unit.scenarios.bad_sources import LIES, USERS_PAGE

from .firm import doubled, firm
from .table import Row, Size, count

HOW = (
    "200 people on pages of 50, one of whom has left, on a service that takes names twice; eleven ways in which a listing may lie "
    "(F36 to F44) and one mixture, each with and without prune_users=delete. Removed may be none but the leaver, and nobody at all "
    "where the listing is in doubt; nobody may be there twice. Pages that are merely shorter or longer than asked are no lie: there "
    "the run has to do its work; everywhere else the result has to say `listing: suspect`."
)
Rules = t.Sequence[tuple[dict[str, t.Any], dict[str, t.Any]]]
MIXTURE: tuple[str, Rules] = (
    "overlap and an empty page",
    [({**USERS_PAGE, "nth": [2, 6]}, {"kind": "overlap", "items": 2}), ({**USERS_PAGE, "nth": [4, 5, 8, 9]}, {"kind": "empty_page"})],
)
HONEST = ("f36", "f43")
LIMIT = {"wrong removals": 0, "removals in doubt": 0, "duplicate creates": 0}


def measure(size: Size) -> t.Iterator[Row]:
    """Rows of this goal."""
    cases: list[tuple[str, Rules]] = [*((name, [(match, fault)]) for name, match, fault, _stops in LIES), MIXTURE]
    chosen = size.pick(cases, 3)
    found = dict(LIMIT)
    silent = []
    for name, rules in chosen:
        for prune in ("delete", "none"):
            harm, said = _lie(rules, prune, honest=name.startswith(HONEST))
            found = {kind: found[kind] + harm[kind] for kind in found}
            if not said:
                silent.append(f"{name}, prune_users={prune}")
    yield Row(f"{len(chosen)} listings that lie", count(found), count(LIMIT), found == LIMIT)
    runs = 2 * len(chosen)
    told = f"{runs - len(silent)}/{runs}" + (f" (not: {'; '.join(silent)})" if silent else "")
    yield Row("runs that say suspect, or serve", told, f"{runs}/{runs}", not silent)


def _lie(rules: Rules, prune: str, *, honest: bool) -> tuple[dict[str, int], bool]:
    """What harm a run has done, and whether its result says what it should."""
    with firm(switches={"unique": False}) as company:
        company.fill(200, 10)
        leaver = company.state["users"].pop(0)["user_name"]
        for match, fault in rules:
            company.sandbox.faults.add(match, fault)
        answer = company.apply({"users": company.state["users"]}, prune_users=prune, page_size=50)
        suspect = "suspect" in (answer.get("listing"), answer.get("refused", {}).get("listing"))
        deleted = [one["name"] for one in company.sandbox.journal.mutations if one["verb"] == "delete"]
        harm = {
            "wrong removals": len(set(deleted) - {leaver}),
            "removals in doubt": len(deleted) if suspect else 0,
            "duplicate creates": doubled(company.sandbox),
        }
    if honest:
        return harm, not answer.get("failed") and not suspect and deleted == [leaver] * (prune == "delete")
    return harm, suspect
