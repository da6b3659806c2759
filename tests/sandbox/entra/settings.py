# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The synchronization secrets of an application as the engine understands them."""

from __future__ import annotations

import json
import typing as t
import urllib.parse
from dataclasses import dataclass

RFC_FLAG = "aadoptscim062020"
OLD_FLAG = "azureadscimpatch2017"


@dataclass(frozen=True)
class Client:
    """An OAuth2 client, in place of a token."""

    id: str
    secret: str
    token_url: str


@dataclass(frozen=True)
class Settings:
    """Where to write, with which token, for whom, and how carefully."""

    base_url: str
    token: str
    is_rfc: bool
    """The tenant URL carries `?aadOptscim062020`: PATCH as RFC 7644 has it, in place of Entra's older manner."""
    sync_all: bool
    skip_out_of_scope: bool
    deletion_threshold: int
    """This many deletes and disables in one cycle are held back; 0 = no limit."""
    oauth: Client | None = None


def settings_of(secrets: t.Mapping[str, str]) -> Settings:
    """The settings in a set of secrets; what is missing has the portal's default."""
    base_url, flags = _without_flags(secrets.get("BaseAddress", ""))
    return Settings(
        base_url,
        secrets.get("SecretToken", ""),
        RFC_FLAG in flags and OLD_FLAG not in flags,
        _truth(secrets.get("SyncAll")),
        _truth(secrets.get("SkipOutOfScopeDeletions")),
        _threshold(secrets.get("SyncNotificationSettings", "")),
        _client(secrets),
    )


def _client(secrets: t.Mapping[str, str]) -> Client | None:
    values = [secrets.get(key, "") for key in ("Oauth2ClientId", "Oauth2ClientSecret", "Oauth2TokenExchangeUri")]
    return Client(*values) if all(values) else None


def _without_flags(address: str) -> tuple[str, list[str]]:
    """The tenant URL without its query, and the flags in the query in lower case."""
    parts = urllib.parse.urlsplit(address.strip())
    flags = [flag.partition("=")[0].lower() for flag in parts.query.split("&") if flag]
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", "")), flags


def _threshold(settings: str) -> int:
    try:
        values = json.loads(settings or "{}")
        return int(values.get("DeleteThresholdValue") or 0) if _truth(values.get("DeleteThresholdEnabled")) else 0
    except (ValueError, AttributeError):
        return 0


def _truth(value: t.Any) -> bool:
    return str(value).strip().lower() == "true"
