# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""entra_permission_info: what the client may do on Microsoft Graph, by its own token, and what it lacks. Graph is not asked."""

from __future__ import annotations

import typing as t

from .._entra.outcome import Outcome
from .._errors import NotSent
from .._graph.permissions import NEEDS, lacking, read_client

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .._graph.client import Graph

ATTEMPTS, PAUSE = 3, 1.0
"""How often the login service is asked for a token, and the seconds between."""


def act(graph: Graph, options: Mapping[str, t.Any]) -> Outcome:
    """Read the claims of the token; one that cannot be read lacks nothing that is known."""
    client = read_client(_authorization(graph))
    missing = [
        {"need": name, "permission": NEEDS[name].permission, "why": NEEDS[name].why}
        for name in lacking(client, dict.fromkeys(options["needs"] or ()))
    ]
    return Outcome({"client": {"kind": client.kind, "permissions": list(client.permissions)}, "missing": missing})


def _authorization(graph: Graph) -> str:
    """The header with the token, which is not to be told. A login service that does not answer is asked again."""
    for _attempt in range(ATTEMPTS - 1):
        try:
            return graph.http.authorize()
        except NotSent:
            graph.sleep(PAUSE)
    return graph.http.authorize()
