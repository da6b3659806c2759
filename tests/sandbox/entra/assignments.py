# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is assigned to an application, in which role."""

from __future__ import annotations

import typing as t
import uuid

from .answers import ZERO_ID, Call, Json, Listing, Reply, bad_request, not_found, timestamp
from .applications import principal_of, visible
from .people import find_group, find_user
from .state import Application, Assignment, Group, User

if t.TYPE_CHECKING:
    from .entra import Entra

REQUIRED = ("principalId", "resourceId", "appRoleId")
FILTERABLE = {"principalDisplayName": "eq startswith", "resourceId": "eq"}


class Assignments:
    """Answers to appRoleAssignedTo and appRoleAssignments."""

    def __init__(self, entra: Entra) -> None:
        self._entra = entra
        self._directory = entra.directory

    def listing(self, call: Call) -> Listing:
        """GET /servicePrincipals/{id}/appRoleAssignedTo; it may lag behind."""
        with self._directory.lock:
            application = principal_of(self._entra, call.ids[0])
            shown = [(application, one) for one in self._seen(application)]
        return self._as_listing(shown, f"servicePrincipals('{call.ids[0]}')/appRoleAssignedTo")

    def of_user(self, call: Call) -> Listing:
        """GET /users/{id}/appRoleAssignments."""
        with self._directory.lock:
            return self._of(find_user(self._directory, call.ids[0]), "users")

    def of_group(self, call: Call) -> Listing:
        """GET /groups/{id}/appRoleAssignments."""
        with self._directory.lock:
            return self._of(find_group(self._directory, call.ids[0]), "groups")

    def _of(self, principal: User | Group, collection: str) -> Listing:
        applications = self._directory.applications.values()
        shown = [(application, one) for application in applications for one in self._seen(application) if one.principal_id == principal.id]
        return self._as_listing(shown, f"{collection}('{principal.id}')/appRoleAssignments")

    def _seen(self, application: Application) -> list[Assignment]:
        now = self._entra.clock()
        application.removed = [(one, until) for one, until in application.removed if until > now]
        gone = [one for one, _until in application.removed]
        return [one for one in application.assignments.values() if now >= one.listed_at] + gone

    def _as_listing(self, shown: list[tuple[Application, Assignment]], context: str) -> Listing:
        return Listing(shown, context, lambda pair: self._show(*pair), FILTERABLE)

    def _show(self, application: Application, assignment: Assignment) -> Json:
        user = self._directory.users.get(assignment.principal_id)
        group = self._directory.groups.get(assignment.principal_id)
        principal = user or group
        return {
            "id": assignment.id,
            "deletedDateTime": None,
            "appRoleId": assignment.role_id,
            "createdDateTime": assignment.created,
            "principalDisplayName": principal.attributes.get("displayName") if principal else None,
            "principalId": assignment.principal_id,
            "principalType": "Group" if group else "User",
            "resourceDisplayName": application.display_name,
            "resourceId": application.principal_id,
        }

    def create(self, call: Call) -> Reply:
        """POST /servicePrincipals/{id}/appRoleAssignedTo."""
        body = call.object()
        for name in REQUIRED:
            call.text(name)
        with self._directory.lock:
            application = self._resource(call, str(body["resourceId"]))
            principal_id, role_id = str(body["principalId"]), str(body["appRoleId"])
            if principal_id not in self._directory.users and principal_id not in self._directory.groups:
                raise not_found(principal_id)
            self._check_role(application, role_id)
            if any((one.principal_id, one.role_id) == (principal_id, role_id) for one in application.assignments.values()):
                raise bad_request("Permission being assigned already exists on the object")
            now = self._entra.clock() + self._entra.switches.entra_assignment_delay
            assignment = Assignment(uuid.uuid4().hex + uuid.uuid4().hex[:11], principal_id, role_id, timestamp(), now)
            application.assignments[assignment.id] = assignment
            call.touched.append(assignment.id)
            context = f"servicePrincipals('{application.principal_id}')/appRoleAssignedTo/$entity"
            return Reply(201, self._show(application, assignment), context)

    def _resource(self, call: Call, resource_id: str) -> Application:
        if resource_id != call.ids[0]:
            raise bad_request("The resourceId in the payload is not the service principal in the address.")
        application = self._directory.applications.get(resource_id)
        if application is None:
            raise not_found(resource_id)
        if not visible(self._entra, application):
            # What a directory says that has not heard of the new service principal (issue 1407 of microsoft-graph-docs-contrib).
            raise bad_request("Not a valid reference update.")
        return application

    def _check_role(self, application: Application, role_id: str) -> None:
        roles = {role["id"]: role for role in application.principal["appRoles"]}
        if role_id == ZERO_ID and (not roles or self._entra.switches.entra_default_access):
            return
        role = roles.get(role_id)
        if role is None or not role["isEnabled"]:
            raise bad_request(f"Permission being assigned was not found on application '{application.app_id}'.")
        if "User" not in role["allowedMemberTypes"]:
            raise bad_request("Permission being assigned is not allowed for this type of principal.")

    def delete(self, call: Call) -> Reply:
        """DELETE /servicePrincipals/{id}/appRoleAssignedTo/{id}."""
        with self._directory.lock:
            application = principal_of(self._entra, call.ids[0])
            assignment = application.assignments.pop(call.ids[1], None)
            if assignment is None:
                raise not_found(call.ids[1])
            application.removed.append((assignment, self._entra.clock() + self._entra.switches.entra_assignment_delay))
        return Reply(204)
