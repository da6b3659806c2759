# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A restart of the job: sent once, since each one begins all over; after a lost answer the job is looked at instead."""

from __future__ import annotations

import typing as t

from .._entra.jobs import shows_restart
from .._errors import Ambiguous, CollectionError
from .._graph.again import bounded
from .._graph.synchronization import read_job, restart_job

if t.TYPE_CHECKING:
    from .._entra.model import App, Job
    from .._graph.client import Graph

MOST = 10.0
"""Seconds for which a restart whose answer is lost is looked for at the job."""


def restart_once(graph: Graph, app: App, job: Job, reset_scope: str = "") -> None:
    """Restart the job. Raises Ambiguous if the answer is lost and the job does not show either that it was restarted."""
    try:
        restart_job(graph, app.principal_id, job.id, reset_scope)
    except Ambiguous as error:
        if not _is_seen(graph, app, job):
            reason = (
                f"whether the job was restarted is not known: the answer is lost ({error}), and the job does not show it. It was not told "
                "again, since each restart begins all over; entra_provisioning_info shows whether a new cycle begins"
            )
            raise Ambiguous(reason, error.request) from error


def _is_seen(graph: Graph, app: App, job: Job) -> bool:
    def look() -> bool:
        found = read_job(graph, app.principal_id, job.id)
        return found is not None and shows_restart(job.raw, found.raw)

    try:
        return graph.wait_for(look, hits=1, timeout=bounded(graph, MOST))
    except CollectionError:
        return False
