# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""App role assignments of a service principal, and the roles themselves (fact sheet 3.4)."""

from __future__ import annotations

import typing as t

from .._errors import Ambiguous, ServiceError
from .._model import key
from .._transport.address import quote_segment
from .again import read_again
from .dialect import already_exists
from .resources import APPLICATION, ASSIGNMENT, PRINCIPAL
from .shapes import all_sound, sound

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .._entra.model import App
    from .client import Graph

    Json = dict[str, t.Any]

SENDS = 3
"""How often an assignment is sent whose answer is lost. A second one is harmless: Graph refuses what it has already."""


def list_assignments(graph: Graph, principal_id: str) -> list[Json]:
    """Every assignment, all pages."""
    found = read_again(graph, lambda: graph.list(_path(principal_id), params={"$top": 999}))
    return all_sound(found, ASSIGNMENT, "an assignment")


def assign(graph: Graph, app_id: str, principal_id: str, role_id: str) -> bool:
    """Assigns one principal in one role; False if Graph says that it was so before. `app_id` is the id of the service principal."""
    body = {"principalId": principal_id, "resourceId": app_id, "appRoleId": role_id}
    sends = 0
    while True:
        sends += 1
        try:
            graph.settle("POST", _path(app_id), body)
        except Ambiguous:
            if _is_assigned(graph, app_id, principal_id, role_id):
                return True
            if sends == SENDS:
                raise
        except ServiceError as error:
            if not already_exists(error):
                raise
            # After a lost answer, what exists is what was sent then.
            return sends > 1
        else:
            return True


def unassign(graph: Graph, app_id: str, assignment_id: str) -> None:
    """Takes one assignment away; one that is gone already is gone."""
    graph.delete(f"{_path(app_id)}/{quote_segment(assignment_id)}")


def create_role(graph: Graph, app: App, name: str, new_id: str) -> str:
    """Adds a role for people to the application, unless it is there and the service principal only does not show it yet; its id.

    The roles of an application are written as a whole: all others go back as they were read.
    """
    path = f"applications/{quote_segment(app.application_id)}"
    application = sound(read_again(graph, lambda: graph.get(path)), APPLICATION, "the application", id=app.application_id)
    roles: list[Json] = list(application.get("appRoles") or ())
    there = next((role for role in roles if key(str(role.get("displayName") or "")) == key(name)), None)
    if there is not None:
        return str(there["id"])
    role: Mapping[str, t.Any] = {
        "id": new_id,
        "displayName": name,
        "description": name,
        "allowedMemberTypes": ["User"],
        "isEnabled": True,
        "value": None,
    }
    graph.settle("PATCH", path, {"appRoles": [*roles, role]})
    return new_id


def has_role(graph: Graph, app: App, role_id: str) -> bool:
    """Whether the service principal shows the role."""
    found = graph.find(f"servicePrincipals/{quote_segment(app.principal_id)}")
    if found is None:
        return False
    sound(found, PRINCIPAL, "the service principal", id=app.principal_id)
    return any(str(role.get("id")) == role_id for role in found.get("appRoles") or ())


def _is_assigned(graph: Graph, app_id: str, principal_id: str, role_id: str) -> bool:
    return any((one["principalId"], one["appRoleId"]) == (principal_id, role_id) for one in list_assignments(graph, app_id))


def _path(principal_id: str) -> str:
    return f"servicePrincipals/{quote_segment(principal_id)}/appRoleAssignedTo"
