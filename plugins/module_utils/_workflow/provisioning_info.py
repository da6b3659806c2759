# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""entra_provisioning_info: how provisioning is doing, in words."""

from __future__ import annotations

import typing as t

from .._entra.outcome import Outcome
from .._entra.status import describe_provisioning
from .._graph.applications import find_app, make_app, principals_of_name
from .._graph.synchronization import find_job

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .._graph.applications import App
    from .._graph.client import Graph


def act(graph: Graph, options: Mapping[str, t.Any]) -> Outcome:
    """Read the job; what is not there is told, and is no error."""
    app = look_for_app(graph, options)
    job = find_job(graph, app, options.get("template_id") or "") if app else None
    return Outcome({"provisioning": describe_provisioning(job.raw if job else None)})


def look_for_app(graph: Graph, options: Mapping[str, t.Any]) -> App | None:
    """The application for a module that only reads: one of a name that does not exist is None, not an error."""
    if options.get("service_principal_id"):
        return find_app(graph, options)
    found = principals_of_name(graph, options.get("display_name") or "")
    if len(found) > 1:
        return find_app(graph, options)
    return make_app(found[0]) if found else None
