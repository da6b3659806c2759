# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The routes of the Graph service: address, verb, who answers, which permission it takes."""

from __future__ import annotations

import re
import typing as t
import urllib.parse

from ..pipeline import Route
from .answers import Call, GraphError, Listing, Reply
from .applications import Applications
from .assignments import Assignments
from .audit import Logs
from .people import People
from .permissions import (
    APP_READ,
    APP_WRITE,
    ASSIGN,
    GROUPS,
    LOGS,
    NOTHING,
    POLICIES,
    POLICIES_OF_APP,
    POLICY_READ,
    ROLES,
    SYNC,
    SYNC_READ,
    USERS,
    Permissions,
    is_enough,
    spelled,
)
from .saved_settings import Settings
from .schema import Schemas
from .sso import SingleSignOn
from .synchronization import Jobs

if t.TYPE_CHECKING:
    from .entra import Entra

Act = t.Callable[[Call], t.Union[Reply, Listing]]
Row = tuple[str, str, Act, Permissions]
"""Verb, address below the version, who answers, and what it takes."""

KEYED = re.compile(r"^(applications|servicePrincipals)\((appId)='([^']+)'\)$")
CASTS = "microsoft.graph."
P, S = "/servicePrincipals/{id}", "/servicePrincipals/{id}/synchronization"
J = S + "/jobs/{id}"


def _application_rows(entra: Entra) -> list[Row]:
    """Templates of the gallery, applications and service principals."""
    gallery, applications = entra.gallery, Applications(entra)
    return [
        ("GET", "/applicationTemplates", gallery.listing, NOTHING),
        ("GET", "/applicationTemplates/{id}", gallery.get, NOTHING),
        ("POST", "/applicationTemplates/{id}/instantiate", gallery.instantiate, APP_WRITE),
        ("GET", "/applications", applications.listing, APP_READ),
        ("GET", "/applications/{id}", applications.get, APP_READ),
        ("PATCH", "/applications/{id}", applications.patch, APP_WRITE),
        ("DELETE", "/applications/{id}", applications.delete, APP_WRITE),
        ("GET", "/servicePrincipals", applications.list_principals, APP_READ),
        ("GET", P, applications.get_principal, APP_READ),
        ("PATCH", P, applications.patch_principal, APP_WRITE),
        ("DELETE", P, applications.delete_principal, APP_WRITE),
        ("GET", "/directory/deletedItems/graph.application", applications.list_deleted, APP_READ),
        ("POST", "/directory/deletedItems/{id}/restore", applications.restore, APP_WRITE),
    ]


def _people_rows(entra: Entra) -> list[Row]:
    """Who is assigned, and whom there is."""
    assignments, people = Assignments(entra), People(entra)
    return [
        ("GET", P + "/appRoleAssignedTo", assignments.listing, APP_READ),
        ("POST", P + "/appRoleAssignedTo", assignments.create, ASSIGN),
        ("DELETE", P + "/appRoleAssignedTo/{id}", assignments.delete, ROLES),
        ("GET", "/users/{id}/appRoleAssignments", assignments.of_user, ROLES),
        ("GET", "/groups/{id}/appRoleAssignments", assignments.of_group, ROLES),
        ("GET", "/users", people.list_users, USERS),
        ("GET", "/users/{id}", people.get_user, USERS),
        ("GET", "/groups", people.list_groups, GROUPS),
        ("GET", "/groups/{id}", people.get_group, GROUPS),
        ("GET", "/groups/{id}/members", people.members, GROUPS),
        ("GET", "/directoryObjects/{id}", people.get_object, USERS),
        ("POST", "/directoryObjects/getByIds", people.get_by_ids, USERS),
    ]


def _job_rows(entra: Entra) -> list[Row]:
    """Templates and jobs of the synchronization."""
    jobs, settings, schemas = Jobs(entra), Settings(entra), Schemas(entra)
    return [
        ("GET", S + "/templates", jobs.templates, SYNC_READ),
        ("GET", S + "/templates/{id}", jobs.template, SYNC_READ),
        ("GET", S + "/templates/{id}/schema", schemas.of_template, SYNC_READ),
        ("GET", S + "/templates/{id}/schema/filterOperators", schemas.template_operators, SYNC),
        ("POST", S + "/templates/{id}/schema/parseExpression", schemas.template_parse, SYNC),
        ("GET", S + "/jobs", jobs.listing, SYNC_READ),
        ("POST", S + "/jobs", jobs.create, SYNC),
        ("POST", S + "/jobs/validateCredentials", settings.validate, SYNC),
        ("GET", J, jobs.get, SYNC_READ),
        ("PATCH", J, jobs.not_implemented, SYNC),
        ("DELETE", J, jobs.delete, SYNC),
        ("POST", J + "/start", jobs.start, SYNC),
        ("POST", J + "/pause", jobs.pause, SYNC),
        ("POST", J + "/restart", jobs.restart, SYNC),
        ("POST", J + "/validateCredentials", settings.validate, SYNC),
        ("POST", J + "/provisionOnDemand", jobs.on_demand, SYNC),
    ]


def _schema_rows(entra: Entra) -> list[Row]:
    """The schema and the settings of a job."""
    jobs, settings, schemas = Jobs(entra), Settings(entra), Schemas(entra)
    return [
        ("GET", J + "/schema", schemas.get, SYNC_READ),
        ("PUT", J + "/schema", schemas.put, SYNC),
        ("PATCH", J + "/schema", jobs.not_implemented, SYNC),
        ("DELETE", J + "/schema", schemas.delete, SYNC),
        ("GET", J + "/schema/filterOperators", schemas.operators, SYNC),
        ("GET", J + "/schema/functions", schemas.functions, SYNC),
        ("POST", J + "/schema/parseExpression", schemas.parse, SYNC),
        ("GET", J + "/schema/directories", schemas.directories, SYNC),
        ("GET", J + "/schema/directories/{id}", schemas.directory, SYNC),
        ("POST", J + "/schema/directories/{id}/discover", schemas.discover, SYNC),
        ("GET", S + "/secrets", settings.listing, SYNC),
        ("PUT", S + "/secrets", settings.put, SYNC),
    ]


def _sso_rows(entra: Entra) -> list[Row]:
    """The logs, and single sign-on."""
    logs, sso = Logs(entra), SingleSignOn(entra)
    return [
        ("GET", "/auditLogs/provisioning", logs.listing, LOGS),
        ("POST", P + "/addTokenSigningCertificate", sso.add_certificate, APP_WRITE),
        ("GET", P + "/claimsMappingPolicies", sso.of_principal, POLICIES_OF_APP),
        ("POST", P + "/claimsMappingPolicies/$ref", sso.assign, POLICIES_OF_APP),
        ("DELETE", P + "/claimsMappingPolicies/{id}/$ref", sso.unassign, POLICIES_OF_APP),
        ("GET", "/policies/claimsMappingPolicies", sso.listing, POLICY_READ),
        ("POST", "/policies/claimsMappingPolicies", sso.create, POLICIES),
        ("GET", "/policies/claimsMappingPolicies/{id}", sso.get, POLICY_READ),
        ("PATCH", "/policies/claimsMappingPolicies/{id}", sso.patch, POLICIES),
        ("DELETE", "/policies/claimsMappingPolicies/{id}", sso.delete, POLICIES),
    ]


def _rows(entra: Entra) -> list[Row]:
    """All routes, in the order in which the README shows them."""
    return [
        *_application_rows(entra),
        *_people_rows(entra),
        *_job_rows(entra),
        *_schema_rows(entra),
        *_sso_rows(entra),
    ]


class Table:
    """Finds routes and who answers them."""

    def __init__(self, entra: Entra) -> None:
        self._entra = entra
        self._acts: dict[str, dict[str, tuple[Act, Permissions]]] = {}
        # Longer literal parts win: jobs/validateCredentials before jobs/{id}.
        self._patterns: dict[int, list[tuple[str, list[str]]]] = {}
        for method, route, act, permissions in _rows(entra):
            self._acts.setdefault(route, {})[method] = (act, permissions)
        for route in sorted(self._acts, key=lambda route: route.count("{id}")):
            parts = route.strip("/").split("/")
            self._patterns.setdefault(len(parts), []).append((route, parts))

    def locate(self, path: str) -> Route:
        """The route of a path below the version, and the ids in it."""
        segments = [urllib.parse.unquote(segment).removesuffix("()") for segment in path.strip("/").split("/")]
        segments = [segment.removeprefix(CASTS) for segment in segments]
        keyed = KEYED.match(segments[0])
        if keyed:
            segments = [keyed[1], self._id_of(keyed[1], keyed[3]), *segments[1:]]
            if "synchronization" in segments:
                return Route("", "", "")
        for route, parts in self._patterns.get(len(segments), []):
            if all(part in ("{id}", segment) and segment for part, segment in zip(parts, segments)):
                ids = tuple(segment for part, segment in zip(parts, segments) if part == "{id}")
                return Route(route, parts[0], ids[0] if ids else "", ids)
        return Route("", "", "")

    def _id_of(self, collection: str, app_id: str) -> str:
        with self._entra.directory.lock:
            for application in self._entra.directory.applications.values():
                if application.app_id == app_id:
                    return application.id if collection == "applications" else application.principal_id
        return app_id

    def act(self, route: str, method: str) -> Act:
        """Who answers. Raises GraphError where the verb does not work."""
        row = self._acts[route].get(method)
        if row is None:
            raise GraphError(405, "Request_BadRequest", f"Specified HTTP method {method} is not allowed for the request target.")
        return row[0]

    def permissions(self, route: str, method: str) -> Permissions:
        """What it takes."""
        return self._acts[route][method][1]

    def permitted(self, route: str, method: str, given: t.Collection[str], missing: t.Collection[str]) -> bool:
        """Whether a client that has `given`, but for `missing`, may do it."""
        return is_enough(self.permissions(route, method), given, missing)

    def names(self) -> list[tuple[str, str]]:
        """All verbs and routes, in order of the addresses."""
        return sorted((route, method) for route, acts in self._acts.items() for method in acts)

    def table(self) -> list[str]:
        """The routes as rows of a Markdown table."""
        rows = ["| address below `/v1.0` | verbs | permissions |", "| --- | --- | --- |"]
        for route, acts in self._acts.items():
            verbs: dict[str, list[str]] = {}
            for method, (_act, permissions) in acts.items():
                verbs.setdefault(spelled(permissions), []).append(method)
            told = [f"{', '.join(methods)}: {text}" if len(verbs) > 1 else text for text, methods in verbs.items()]
            rows.append(f"| `{route}` | {', '.join(acts)} | {'; '.join(told)} |")
        return rows
