# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SAML single sign-on of the application: read, compare, and write each missing piece once."""

from __future__ import annotations

import typing as t

from .._entra.outcome import Outcome
from .._entra.saml import check_options
from .._errors import CollectionError
from .._graph import sso
from .._graph.applications import find_app
from .._graph.permissions import advise
from .signing_on import SingleSignOn

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .._entra.outcome import Operation
    from .._graph.client import Graph

    Options = Mapping[str, t.Any]


def act(graph: Graph, options: Options) -> Outcome:
    """Brings single sign-on to what is declared. In check mode an application that does not exist is planned for as a new one."""
    check_options(options)
    app = find_app(graph, options, application=True)
    plan = SingleSignOn(graph, options, app)
    operations = [operation for step in plan.steps for operation in step.operations]
    outcome = Outcome(operations=operations, before=plan.before, after=plan.after, warnings=plan.warnings)
    if app and plan.steps and not graph.read_only:
        _carry_out(graph, options, plan, outcome)
    certificate = plan.certificate
    outcome.result["sso"] = {
        "mode": outcome.after["mode"],
        "metadata_url": sso.metadata_url(options, app),
        "certificate_thumbprint": (certificate.thumbprint if certificate else "") or None,
        "certificate_expires": (certificate.expires if certificate else "") or None,
    }
    return outcome


def _carry_out(graph: Graph, options: Options, plan: SingleSignOn, outcome: Outcome) -> None:
    """Writes one step after the other, and looks until nothing is left to do. Raises an error if that is all there is."""
    done: list[Operation] = []
    try:
        for step in plan.steps:
            step.write()
            done += step.operations
    except CollectionError as error:
        if not done:
            raise
        outcome.failed = (
            f"{error}{advise(error)}. Stopped there; {len(done)} of {len(outcome.operations)} changes are done, the next run does the rest"
        )
        outcome.operations = done
        return

    def look() -> bool:
        return not SingleSignOn(graph, options, find_app(graph, options, application=True)).steps

    if not graph.wait_for(look):
        outcome.failed = (
            f"All {len(done)} changes are made, but after {graph.consistency_timeout:g} seconds Entra does not show them everywhere yet. "
            "Run the task again, later or with a larger consistency_timeout, before anything relies on them"
        )
