# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token from an OAuth2 client (RFC 6749 section 4.4), where the credentials are no token. Loopback only, like everything here."""

from __future__ import annotations

import http.client
import json
import typing as t
import urllib.parse

from .scim_client import AGENT, CredentialsRefused, TargetError, checked, connection

if t.TYPE_CHECKING:
    from .settings import Client

FORM = "application/x-www-form-urlencoded"


def token(client: Client, *, ca_path: str) -> str:
    """A new access token. Raises CredentialsRefused where the client is refused, TargetError where there is no answer."""
    parts = checked(client.token_url)
    form = urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": client.id, "client_secret": client.secret})
    link = connection(parts, ca_path)
    try:
        link.request("POST", parts.path or "/", body=form.encode(), headers={"Content-Type": FORM, "User-Agent": AGENT})
        response = link.getresponse()
        status, content = response.status, response.read(1024 * 1024)
    except (OSError, http.client.HTTPException) as error:
        raise TargetError(0, f"The token endpoint cannot be reached ({error.__class__.__name__}).") from None
    finally:
        link.close()
    if status in (400, 401, 403):
        raise CredentialsRefused(status, f"The token endpoint refused the client with status {status}.")
    return _token(status, content)


def _token(status: int, content: bytes) -> str:
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    if status != 200 or not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
        raise TargetError(0, f"The token endpoint answered with status {status} and no access token.")
    return str(body["access_token"])
