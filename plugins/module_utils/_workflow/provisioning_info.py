# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""entra_provisioning_info: how provisioning is doing, in words."""

from __future__ import annotations

import typing as t

from .._entra.outcome import Outcome
from .._entra.status import describe_provisioning
from .._graph.applications import find_app, make_app, principals_of_name
from .._graph.directory import names_like
from .._graph.synchronization import find_job
from .._model import shown
from .._wording import did_you_mean, nearest

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .._entra.model import App
    from .._graph.client import Graph


def act(graph: Graph, options: Mapping[str, t.Any]) -> Outcome:
    """Read the job; what is not there is told, and is no error."""
    app, warnings = look_for_app(graph, options)
    job = find_job(graph, app, options.get("template_id") or "") if app else None
    return Outcome({"provisioning": describe_provisioning(job.raw if job else None)}, warnings=warnings)


def look_for_app(graph: Graph, options: Mapping[str, t.Any]) -> tuple[App | None, list[str]]:
    """The application for a module that only reads: one of a name that does not exist is None with a warning, not an error.

    In check mode without one: an earlier task of the play may make it.
    """
    name = options.get("display_name") or ""
    if options.get("service_principal_id"):
        return find_app(graph, options), []
    found = principals_of_name(graph, name)
    if len(found) > 1:
        return find_app(graph, options), []
    if found:
        return make_app(found[0]), []
    if graph.read_only or not name:
        return None, []
    hint = did_you_mean([shown(one) for one in nearest(name, names_like(graph, "servicePrincipals", [name]))])
    return None, [f"there is no application {shown(name)} in this tenant{hint}"]
