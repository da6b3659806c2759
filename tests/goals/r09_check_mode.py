# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R9: check mode tells the truth, and cannot write."""

from __future__ import annotations

import typing as t

from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import WriteInCheckMode
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.connect_scim import connect
from ansible_collections.scimops.zscaler_one.tests.unit.scenarios.random_tenants import SWITCHES, as_options, as_state, sow

from .firm import firm
from .random_worlds import each_world
from .table import Row, Size

HOW = (
    "Random tenants, documents and policies, the planner's own: a run with --check --diff, then the real one. Those that the input "
    "checks refuse do not count. The first may send only GET; operations, diff, digest, failures and changed have to be equal. "
    "Besides, the connection that check mode uses is asked to write."
)
SAME = ("changed", "operations", "diff", "plan_digest", "failed", "protected", "failures")
WRITES = ("POST", "PUT", "PATCH", "DELETE")


def measure(size: Size) -> t.Iterator[Row]:
    """Rows of this goal."""
    found = {"equal": 0, "with a write": 0}

    def visit(document: t.Any, directory: t.Any, policy: t.Any) -> bool:
        options = {**as_state(document), **as_options(policy)}
        with firm(switches=SWITCHES) as company:
            sow(company.sandbox, directory)
            foreseen = company.run("scim_directory", check=True, diff=True, **options)
            found["with a write"] += any(entry.method != "GET" for entry in company.sandbox.journal)
            done = company.run("scim_directory", diff=True, **options)
            equal = all(done.get(name) == foreseen.get(name) for name in SAME)
            planned = "plan_digest" in foreseen
            found["equal"] += equal and planned
            return planned or not equal

    total = each_world(size.of(200, 10), size.seed, visit)
    measured = f"{found['equal']}/{total} equal, {found['with a write']} with a write"
    yield Row(
        "random worlds, check against run", measured, f"{total}/{total} equal, 0 with a write", found == {"equal": total, "with a write": 0}
    )
    yield _read_only()


def _read_only() -> Row:
    """Whether the connection of check mode lets a write through."""
    refused = 0
    with firm() as company:
        options = {**company.connection(), "timeout": 5, "deadline": 0}
        http = connect(options, read_only=True)
        for method in WRITES:
            try:
                http.send(method, "Users", body={"userName": "ada@corp.example"})
            except WriteInCheckMode:
                refused += 1
        http.close()
        asked = len(company.sandbox.journal)
    return Row(
        "write methods that check mode's connection refuses",
        f"{refused}/4, {asked} requests",
        "4/4, 0 requests",
        refused == 4 and not asked,
    )
