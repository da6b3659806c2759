# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test Connection: whether the target can be queried with the given credentials, in the service's words."""

from __future__ import annotations

import typing as t
import uuid

from .scim_client import CredentialsRefused, ScimClient, TargetError

LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
INVALID = "InvalidCredentials"
UNAVAILABLE = "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable"

REFUSED = (
    "You appear to have entered invalid credentials. Please confirm you are using the correct information for an administrative account."
)


def probe(client: ScimClient) -> None:
    """Queries a user and a group that cannot be there. Raises CredentialsRefused, TargetError."""
    for route, attribute in (("Users", "userName"), ("Groups", "displayName")):
        query = {"filter": f'{attribute} eq "{uuid.uuid4()}"'}
        if route == "Groups":
            query["excludedAttributes"] = "members"
        _check_list(route, client.get(route, **query).body)


def _check_list(route: str, body: t.Any) -> None:
    schemas = body.get("schemas") if isinstance(body, dict) else None
    if not isinstance(schemas, list) or LIST_RESPONSE not in schemas:
        raise TargetError(0, f"A query of {route} was not answered with a ListResponse; the tenant URL may be wrong.")


def refused(error: CredentialsRefused) -> tuple[str, str]:
    """Code and message where the token is not accepted."""
    return INVALID, f"{REFUSED} The service answered: {error.reason}"


def unusable(error: TargetError) -> tuple[str, str]:
    """Code and message where the target does not answer as a SCIM service."""
    return (
        UNAVAILABLE,
        f"We received this unexpected response from your application: {error.reason} Please check the service and try again.",
    )


def validate(connect: t.Callable[[], ScimClient]) -> str:
    """ "" where the credentials work, otherwise `Code: sentence`."""
    try:
        client = connect()
        try:
            probe(client)
        finally:
            client.close()
    except CredentialsRefused as error:
        return ": ".join(refused(error))
    except TargetError as error:
        return ": ".join(unusable(error))
    return ""
