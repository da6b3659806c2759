# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SAML single sign-on of an application: certificates and claims policies (fact sheet 3.13)."""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from .._errors import Ambiguous, ServiceError, UntrustedAnswer
from .._transport.address import quote_segment
from .._transport.clouds import CLOUDS
from .again import look_again, read_again
from .dialect import already_exists
from .resources import CREDENTIAL, POLICY, PRINCIPAL
from .shapes import all_sound, sound

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .._entra.model import App
    from .._errors import TransportError
    from .client import Graph

    Json = dict[str, t.Any]

POLICIES = "policies/claimsMappingPolicies"


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
    found = read_again(graph, lambda: graph.get(f"servicePrincipals/{quote_segment(principal_id)}"))
    return sound(found, PRINCIPAL, "the service principal", id=principal_id)


def add_certificate(
    graph: Graph, principal_id: str, subject: str, find: Callable[[Json], Mapping[str, t.Any] | None]
) -> Mapping[str, t.Any]:
    """Makes a signing certificate, valid for three years as Entra does it, and answers with it.

    Each call makes another one, so where the answer is lost, what `find` takes out of the service principal is taken for it.
    """
    path = f"servicePrincipals/{quote_segment(principal_id)}"
    try:
        made = graph.settle("POST", f"{path}/addTokenSigningCertificate", {"displayName": subject})
        return sound(made, CREDENTIAL, "the new certificate")
    except (Ambiguous, UntrustedAnswer) as error:
        return _look_for(graph, error, lambda: find(read_principal(graph, principal_id)))


def patch(graph: Graph, kind: str, id: str, body: Mapping[str, t.Any]) -> None:
    """Changes these properties of one of C(servicePrincipals) or C(applications)."""
    graph.settle("PATCH", f"{kind}/{quote_segment(id)}", dict(body))


def assigned_policies(graph: Graph, principal_id: str) -> list[Json]:
    """The claims policies of the application, one at most."""
    found = read_again(graph, lambda: graph.list(f"servicePrincipals/{quote_segment(principal_id)}/claimsMappingPolicies"))
    return all_sound(found, POLICY, "a claims policy")


def all_policies(graph: Graph) -> list[Json]:
    """Every claims policy of the tenant; Microsoft does not document that they can be filtered."""
    return all_sound(graph.list(POLICIES), POLICY, "a claims policy")


def create_policy(graph: Graph, name: str, definition: Sequence[str]) -> str:
    """Makes a policy and answers with its id; where the answer is lost, the one of this name is looked for."""
    made: Mapping[str, t.Any]
    try:
        body = {"displayName": name, "definition": list(definition), "isOrganizationDefault": False}
        made = sound(graph.send("POST", POLICIES, body), POLICY, "the new claims policy")
    except (Ambiguous, UntrustedAnswer) as error:
        made = _look_for(graph, error, lambda: _entry(all_policies(graph), "displayName", name))
    return str(made["id"])


def _entry(policies: Sequence[Json], key: str, value: str) -> Json | None:
    return next((policy for policy in policies if policy.get(key) == value), None)


def _look_for(graph: Graph, lost: TransportError, find: Callable[[], Mapping[str, t.Any] | None]) -> Mapping[str, t.Any]:
    """What a write made whose answer is lost. Raises Ambiguous, which tells both, where it cannot be seen."""
    found: list[Mapping[str, t.Any]] = []

    def look() -> bool:
        one = find()
        found[:] = [one] if one else []
        return bool(found)

    seen, why = look_again(graph, look, hits=1)
    if not seen:
        message = f"the answer is lost, and nobody can say whether it was carried out: {why}. Run the task again, it looks first"
        raise Ambiguous(message, lost.request) from lost
    return found[0]


def update_policy(graph: Graph, id: str, definition: Sequence[str]) -> None:
    """Gives a policy new content, for all applications that have it."""
    graph.settle("PATCH", f"{POLICIES}/{quote_segment(id)}", {"definition": list(definition)})


def assign_policy(graph: Graph, principal_id: str, id: str) -> None:
    """Assigns a policy; one that is assigned already stays so."""
    reference = f"{graph.http.base_url}/{POLICIES}/{quote_segment(id)}"
    try:
        graph.settle("POST", f"servicePrincipals/{quote_segment(principal_id)}/claimsMappingPolicies/$ref", {"@odata.id": reference})
    except (Ambiguous, UntrustedAnswer) as error:
        _look_for(graph, error, lambda: _entry(assigned_policies(graph, principal_id), "id", id))
    except ServiceError as error:
        if not already_exists(error):
            raise


def unassign_policy(graph: Graph, principal_id: str, id: str) -> None:
    """Takes a policy away from the application; the policy itself stays."""
    graph.delete(f"servicePrincipals/{quote_segment(principal_id)}/claimsMappingPolicies/{quote_segment(id)}/$ref")
