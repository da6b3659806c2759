# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications and service principals: listing, reading, changing, deleting, restoring."""

from __future__ import annotations

import copy
import typing as t

from .answers import Call, GraphError, Json, Listing, Reply, bad_request, not_found, timestamp
from .state import Application

if t.TYPE_CHECKING:
    from .entra import Entra

FILTERABLE = {
    "applicationTemplateId": "eq ne",
    "appId": "eq",
    "displayName": "eq startswith",
    "id": "eq",
}
READ_ONLY = frozenset({"id", "appId", "applicationTemplateId", "createdDateTime", "deletedDateTime", "appOwnerOrganizationId"})
SORTABLE = frozenset({"displayName"})
SSO_MODES = (None, "password", "saml", "notSupported", "oidc", "external")


def visible(entra: Entra, thing: t.Any) -> bool:
    """Whether a read by id sees an application or a job; one that flickers is seen by every other read at first."""
    if entra.clock() < thing.visible_at:
        return False
    if thing.flickers > 0:
        thing.flickers -= 1
        return bool(thing.flickers % 2)
    return True


def principal_of(entra: Entra, id: str) -> Application:
    """The application of a service principal. The caller holds the lock. Raises GraphError 404."""
    application = entra.directory.applications.get(id)
    if application is None or not visible(entra, application):
        raise not_found(id)
    return application


class Applications:
    """Answers below /applications and /servicePrincipals."""

    def __init__(self, entra: Entra) -> None:
        self._entra = entra
        self._directory = entra.directory

    def listing(self, _call: Call) -> Listing:
        """GET /applications."""
        return Listing(self._listed(), "applications", lambda one: one.application, FILTERABLE, SORTABLE, advanced=True)

    def list_principals(self, _call: Call) -> Listing:
        """GET /servicePrincipals."""
        return Listing(self._listed(), "servicePrincipals", lambda one: one.principal, FILTERABLE, SORTABLE, advanced=True)

    def _listed(self) -> list[Application]:
        now = self._entra.clock()
        with self._directory.lock:
            return [one for one in self._directory.applications.values() if now >= one.listed_at]

    def _application(self, id: str) -> Application:
        found = [one for one in self._directory.applications.values() if one.id == id]
        if not found or not visible(self._entra, found[0]):
            raise not_found(id)
        return found[0]

    def get(self, call: Call) -> Reply:
        """GET /applications/{id}."""
        with self._directory.lock:
            return Reply(200, copy.deepcopy(self._application(call.ids[0]).application), "applications/$entity")

    def get_principal(self, call: Call) -> Reply:
        """GET /servicePrincipals/{id}."""
        with self._directory.lock:
            return Reply(200, copy.deepcopy(principal_of(self._entra, call.ids[0]).principal), "servicePrincipals/$entity")

    def patch(self, call: Call) -> Reply:
        """PATCH /applications/{id}: the service principal follows where it has the same thing."""
        with self._directory.lock:
            application = self._application(call.ids[0])
            changes = _changes(call, application.application)
            _merge(application.application, changes)
            principal = application.principal
            if "displayName" in changes:
                application.display_name = principal["displayName"] = principal["appDisplayName"] = str(changes["displayName"])
            if "identifierUris" in changes:
                principal["servicePrincipalNames"] = [*changes["identifierUris"], application.app_id]
            if "redirectUris" in (changes.get("web") or {}):
                principal["replyUrls"] = list(changes["web"]["redirectUris"])
            if "appRoles" in changes:
                _check_roles(changes["appRoles"], principal["appRoles"])
                principal["appRoles"] = copy.deepcopy(changes["appRoles"])
        return Reply(204)

    def patch_principal(self, call: Call) -> Reply:
        """PATCH /servicePrincipals/{id}."""
        with self._directory.lock:
            application = principal_of(self._entra, call.ids[0])
            changes = _changes(call, application.principal)
            if changes.get("preferredSingleSignOnMode") not in SSO_MODES:
                raise bad_request(f"Invalid value '{changes['preferredSingleSignOnMode']}' specified for preferredSingleSignOnMode.")
            thumbprint = changes.get("preferredTokenSigningKeyThumbprint")
            if thumbprint and thumbprint not in thumbprints(application):
                raise bad_request("The value of preferredTokenSigningKeyThumbprint matches no key credential of the object.")
            if "appRoles" in changes:
                _check_roles(changes["appRoles"], application.principal["appRoles"])
                application.application["appRoles"] = copy.deepcopy(changes["appRoles"])
            _merge(application.principal, changes)
            if "displayName" in changes:
                application.display_name = str(changes["displayName"])
        return Reply(204)

    def delete(self, call: Call) -> Reply:
        """DELETE /applications/{id}: kept for 30 days, the service principal with it."""
        with self._directory.lock:
            self._remove(self._application(call.ids[0]))
        return Reply(204)

    def delete_principal(self, call: Call) -> Reply:
        """DELETE /servicePrincipals/{id}; the sandbox takes the application away too."""
        with self._directory.lock:
            self._remove(principal_of(self._entra, call.ids[0]))
        return Reply(204)

    def _remove(self, application: Application) -> None:
        now = timestamp()
        application.application["deletedDateTime"] = application.principal["deletedDateTime"] = now
        self._directory.deleted_applications[application.id] = self._directory.applications.pop(application.principal_id)
        for job in application.jobs.values():
            self._entra.engine.pause(application, job)

    def list_deleted(self, _call: Call) -> Listing:
        """GET /directory/deletedItems/graph.application."""
        with self._directory.lock:
            deleted = list(self._directory.deleted_applications.values())
        return Listing(deleted, "applications", lambda one: one.application, FILTERABLE, SORTABLE)

    def restore(self, call: Call) -> Reply:
        """POST /directory/deletedItems/{id}/restore."""
        with self._directory.lock:
            application = self._directory.deleted_applications.pop(call.ids[0], None)
            if application is None:
                raise not_found(call.ids[0])
            application.application["deletedDateTime"] = application.principal["deletedDateTime"] = None
            self._directory.applications[application.principal_id] = application
            return Reply(200, {"@odata.type": "#microsoft.graph.application", **application.application}, "directoryObjects/$entity")


def thumbprints(application: Application) -> list[str]:
    """The SHA-1 thumbprints of an application's signing certificates."""
    return [str(thumbprint) for thumbprint in application.thumbprints]


def _changes(call: Call, current: Json) -> Json:
    changes = {name: value for name, value in call.object().items() if not name.startswith("@")}
    for name, value in changes.items():
        if name not in current:
            raise bad_request(f"Property '{name}' does not exist as a declared property or extension property.")
        if name in READ_ONLY and value != current[name]:
            raise bad_request(f"Property '{name}' is read-only and cannot be set.")
    return changes


def _merge(target: Json, changes: Json) -> None:
    for name, value in changes.items():
        if isinstance(value, dict) and isinstance(target.get(name), dict):
            _merge(target[name], value)
        else:
            target[name] = copy.deepcopy(value)


def _check_roles(wanted: list[Json], current: list[Json]) -> None:
    kept = {role.get("id") for role in wanted}
    for role in current:
        if role["id"] not in kept and role["isEnabled"]:
            message = "Property appRoles is invalid. An enabled role cannot be removed; disable it first."
            raise GraphError(400, "CannotDeleteOrUpdateEnabledEntitlement", message)
