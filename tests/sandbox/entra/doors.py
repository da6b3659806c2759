# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One port for Graph and for the login service, as one server is enough for both."""

from __future__ import annotations

import typing as t

from .graph import VERSION

if t.TYPE_CHECKING:
    from ..pipeline import Pipeline
    from ..server import Connection, Request


class Doors:
    """Sends what is below `/v1.0` or `/beta` to Graph and everything else to the login service."""

    def __init__(self, graph: Pipeline, login: Pipeline) -> None:
        self._graph = graph
        self._login = login

    def __call__(self, request: Request, connection: Connection) -> None:
        """Answers one request."""
        is_graph = request.path.startswith((VERSION + "/", "/beta/"))
        (self._graph if is_graph else self._login)(request, connection)
