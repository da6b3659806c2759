# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Entra is told to reach, checked before anything is sent: addresses, and secrets that are none. Pure."""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

from .._errors import InputError, Problem
from .._transport.address import UNRESOLVED, check_url

if t.TYPE_CHECKING:
    from collections.abc import Mapping

ADDRESSES = ("tenant_url", "oauth2_token_url")
TEXTS = ("secret_token", "oauth2_client_id", "oauth2_client_secret", "notification_email")

FLAGS = ("aadOptscim062020", "AzureAdScimPatch062020", "AzureAdScimPatch2017")
"""Flags of Entra's SCIM client that Microsoft documents, to be appended to the tenant URL."""


def check_target(options: Mapping[str, t.Any]) -> tuple[dict[str, t.Any], list[Problem]]:
    """The options with their addresses normalised, and all problems of them. The tenant URL may carry flags such as ?aadOptscim062020."""
    checked: dict[str, t.Any] = dict(options)
    problems: list[Problem] = []
    for name in ADDRESSES:
        if options.get(name) is not None:
            try:
                checked[name] = check_url(options[name], name, query=True)
            except InputError as error:
                problems += error.problems
    if _has_other_flags(checked.get("tenant_url") or ""):
        reason = (
            f"must have nothing after the ? but flags of Entra, which are {', '.join(FLAGS)}. The address is shown in results, and so a "
            "token has no place in it: that is secret_token"
        )
        problems.append(Problem("option tenant_url", "", reason))
    for name in TEXTS:
        if any(mark in (options.get(name) or "") for mark in UNRESOLVED):
            reason = "looks like a template or a masked value that was never resolved"
            problems.append(Problem(f"option {name}", "", reason))
    return checked, problems


def _has_other_flags(url: str) -> bool:
    """Whether the query of the address has anything else than known flags."""
    if any(mark in url for mark in UNRESOLVED):
        return False
    known = {flag.casefold() for flag in FLAGS}
    try:
        query = urlsplit(url).query
    except ValueError:
        return False
    return any(flag.casefold() not in known for flag in query.split("&") if flag)
