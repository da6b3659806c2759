# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Entra is told to reach, checked before anything is sent: addresses, and secrets that are none. Pure."""

from __future__ import annotations

import typing as t

from .._errors import InputError, Problem
from .._transport.address import UNRESOLVED, check_url

if t.TYPE_CHECKING:
    from collections.abc import Mapping

ADDRESSES = ("tenant_url", "oauth2_token_url")
TEXTS = ("secret_token", "oauth2_client_id", "oauth2_client_secret", "notification_email")


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
    for name in TEXTS:
        if any(mark in (options.get(name) or "") for mark in UNRESOLVED):
            reason = "looks like a template or a masked value that was never resolved"
            problems.append(Problem(f"option {name}", "", reason))
    return checked, problems
