# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""entra_provisioning_log_info: the provisioning logs of one job, and the verdict that they allow."""

from __future__ import annotations

import typing as t

from .._entra.logs import as_moment, check_log_options, describe_logs
from .._entra.outcome import Outcome
from .._entra.verdict import summarize_logs
from .._errors import raise_problems
from .._graph.audit import list_logs
from .._graph.synchronization import find_job
from .provisioning_info import look_for_app

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .._graph.client import Graph


def act(graph: Graph, options: Mapping[str, t.Any]) -> Outcome:
    """Read; what Graph cannot filter by is filtered here, and then `limit` counts what is left."""
    raise_problems(check_log_options(options))
    app, warnings = look_for_app(graph, options)
    job = find_job(graph, app, options.get("template_id") or "") if app else None
    job_id = options.get("job_id") or (job.id if job else "")
    if app is None and not job_id:
        return Outcome({"logs": [], "summary": summarize_logs([], None)}, warnings=warnings)
    user, statuses, limit = options.get("user") or "", options.get("status") or (), options["limit"]
    principal_id = app.principal_id if app else ""
    entries = list_logs(
        graph,
        job_id=job_id,
        principal_id=principal_id,
        since=as_moment(options.get("since")),
        until=as_moment(options.get("until")),
        limit=0 if user or statuses else limit,
    )
    logs = describe_logs(entries, principal_id="" if job_id else principal_id, user=user, statuses=statuses)
    logs = logs[:limit] if limit else logs
    return Outcome({"logs": logs, "summary": summarize_logs(logs, job.raw if job else None)}, warnings=warnings)
