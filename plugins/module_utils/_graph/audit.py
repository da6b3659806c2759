# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The provisioning logs of the tenant."""

from __future__ import annotations

import typing as t

from .client import literal

if t.TYPE_CHECKING:
    from .client import Graph

    Json = dict[str, t.Any]

PATH = "auditLogs/provisioning"
PAGE = 500
"""Entries in one page: the service takes 5 requests in 10 seconds (facts 3.12)."""


def list_logs(graph: Graph, *, job_id: str = "", principal_id: str = "", since: str = "", until: str = "", limit: int = 0) -> list[Json]:
    """Entries, newest first: of one job, or of one application, later than `since`, earlier than `until` (RFC 3339, UTC).

    `limit` 0 = all that are kept.
    """
    clauses = []
    if job_id:
        clauses.append(f"jobId eq {literal(job_id)}")
    elif principal_id:
        # As Microsoft's own sample has it; other ways to name the application are not documented.
        clauses.append(f"contains(tolower(servicePrincipal/id), {literal(principal_id.lower())})")
    if since:
        clauses.append(f"activityDateTime gt {since}")
    if until:
        clauses.append(f"activityDateTime lt {until}")
    params: dict[str, str | int] = {"$top": min(limit, PAGE) if limit else PAGE, "$orderby": "activityDateTime desc"}
    if clauses:
        params["$filter"] = " and ".join(clauses)
    found = graph.list(PATH, params=params, limit=limit)
    return sorted(found, key=lambda entry: str(entry.get("activityDateTime") or ""), reverse=True)
