# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""entra_provisioning_test: ask Entra to test the connection, with values that are given or with the stored ones."""

from __future__ import annotations

import typing as t

from .._entra.outcome import Outcome
from .._entra.settings_keys import ADDRESS, check_credentials, check_target, credential_options
from .._errors import Problem, raise_problems
from .._graph.applications import find_app
from .._graph.synchronization import find_job
from .connection_test import ADVICE, try_connection

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .._graph.client import Graph


def act(graph: Graph, options: Mapping[str, t.Any]) -> Outcome:
    """Test; the same in check mode, since nothing is changed."""
    options, problems = check_target(options)
    given = credential_options(options)
    problems = [*problems, *check_credentials(options)]
    if bool(options.get("tenant_url")) != bool(given):
        missing = "secret_token" if options.get("tenant_url") else "tenant_url"
        reason = "is needed too: either the address and its secret are given, or neither, and then the stored ones are tested"
        problems.append(Problem(f"option {missing}", "", reason))
    raise_problems(problems)
    app = find_app(graph, options)
    if app is None:
        name = options.get("display_name")
        return Outcome({"valid": None, "message": f"not tested: there is no application {name} yet"})
    secrets = {ADDRESS: options["tenant_url"], **given} if given else None
    template_id = options.get("template_id") or ""
    reason = try_connection(graph, app, find_job(graph, app, template_id), secrets, template_id)
    outcome = Outcome({"valid": not reason, "message": reason})
    if reason and options["fail_on_invalid"]:
        outcome.failed = f"The connection test of {app.display_name} failed. The service says: {reason}. {ADVICE}"
    return outcome
