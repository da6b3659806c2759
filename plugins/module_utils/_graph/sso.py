# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SAML single sign-on of an application: certificates and claims policies (fact sheet 3.13)."""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from .._errors import Ambiguous, ServiceError, UntrustedAnswer
from .._transport.clouds import CLOUDS
from .again import read_again
from .client import segment

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .applications import App
    from .client import Graph

    Json = dict[str, t.Any]

POLICIES = "policies/claimsMappingPolicies"

EXISTS = "already exist"
"""In the message of the 400 for a policy that is assigned."""


def metadata_url(options: Mapping[str, t.Any], app: App | None) -> str | None:
    """Where Zscaler finds Entra's federation metadata for the application; None while there is no application, or no tenant is known."""
    tenant = options.get("tenant_id") or (app.raw.get("appOwnerOrganizationId") if app else None)
    if app is None or not tenant:
        return None
    authority = str(options.get("authority_url") or CLOUDS[str(options.get("cloud") or "public")].authority).rstrip("/")
    page = "federationmetadata/2007-06/federationmetadata.xml"
    return f"{authority}/{quote(str(tenant), safe='')}/{page}?appid={quote(app.app_id, safe='')}"


def read_principal(graph: Graph, principal_id: str) -> Json:
    """The service principal, by id, since lists lag further behind; what is not seen there would be made once more."""
    return read_again(graph, lambda: graph.get(f"servicePrincipals/{segment(principal_id)}"))


def add_certificate(graph: Graph, principal_id: str, subject: str, known: set[str]) -> Json:
    """Makes a signing certificate, valid for three years as Entra does it, and answers with it.

    Each call makes another one, so where the answer is lost, the credential that is not among the `known` ids is taken for it.
    """
    path = f"servicePrincipals/{segment(principal_id)}"
    try:
        return graph.settle("POST", f"{path}/addTokenSigningCertificate", {"displayName": subject})
    except (Ambiguous, UntrustedAnswer):
        found: list[Json] = []

        def look() -> bool:
            credentials = read_principal(graph, principal_id).get("keyCredentials") or ()
            found[:] = [one for one in credentials if one.get("keyId") not in known and str(one.get("usage")).lower() == "verify"]
            return bool(found)

        if not graph.wait_for(look, hits=1):
            raise
        return found[0]


def patch(graph: Graph, kind: str, id: str, body: Mapping[str, t.Any]) -> None:
    """Changes these properties of one of C(servicePrincipals) or C(applications)."""
    graph.settle("PATCH", f"{kind}/{segment(id)}", dict(body))


def assigned_policies(graph: Graph, principal_id: str) -> list[Json]:
    """The claims policies of the application, one at most."""
    return read_again(graph, lambda: graph.list(f"servicePrincipals/{segment(principal_id)}/claimsMappingPolicies"))


def all_policies(graph: Graph) -> list[Json]:
    """Every claims policy of the tenant; Microsoft does not document that they can be filtered."""
    return graph.list(POLICIES)


def create_policy(graph: Graph, name: str, text: str) -> str:
    """Makes a policy and answers with its id; where the answer is lost, the one of this name is looked for."""
    try:
        return str(graph.send("POST", POLICIES, {"displayName": name, "definition": [text], "isOrganizationDefault": False})["id"])
    except (Ambiguous, UntrustedAnswer):
        found: list[str] = []

        def look() -> bool:
            found[:] = [str(policy["id"]) for policy in all_policies(graph) if policy.get("displayName") == name]
            return bool(found)

        if not graph.wait_for(look, hits=1):
            raise
        return found[0]


def update_policy(graph: Graph, id: str, text: str) -> None:
    """Gives a policy new content, for all applications that have it."""
    graph.settle("PATCH", f"{POLICIES}/{segment(id)}", {"definition": [text]})


def assign_policy(graph: Graph, principal_id: str, id: str) -> None:
    """Assigns a policy; one that is assigned already stays so."""
    reference = f"{graph.http.base_url}/{POLICIES}/{segment(id)}"
    try:
        graph.settle("POST", f"servicePrincipals/{segment(principal_id)}/claimsMappingPolicies/$ref", {"@odata.id": reference})
    except Ambiguous:
        if all(policy["id"] != id for policy in assigned_policies(graph, principal_id)):
            raise
    except ServiceError as error:
        if error.status != 400 or EXISTS not in error.detail.lower():
            raise


def unassign_policy(graph: Graph, principal_id: str, id: str) -> None:
    """Takes a policy away from the application; the policy itself stays."""
    try:
        graph.send("DELETE", f"servicePrincipals/{segment(principal_id)}/claimsMappingPolicies/{segment(id)}/$ref")
    except ServiceError as error:
        if error.status != 404:
            raise
