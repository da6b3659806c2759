# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of provisioning, between our options and Graph's set of keys and texts. Pure (facts 3.7)."""

from __future__ import annotations

import json
import re
import typing as t
from urllib.parse import urlsplit

from .._errors import InputError, Problem
from .._model import SHORTEST_SECRET
from .._transport.address import UNRESOLVED, check_url
from .._wording import is_mail_address

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    Secrets = Mapping[str, str]

ADDRESS = "BaseAddress"
TOKEN = "SecretToken"
OAUTH2 = {"oauth2_client_id": "Oauth2ClientId", "oauth2_client_secret": "Oauth2ClientSecret", "oauth2_token_url": "Oauth2TokenExchangeUri"}
SCOPE = "SyncAll"
MAIL = "SyncNotificationSettings"
KEEP_LEAVERS = "SkipOutOfScopeDeletions"

SECRET_KEYS = (TOKEN, OAUTH2["oauth2_client_secret"])
"""What must never be shown, masked or not."""

TARGET_URLS = ("tenant_url", "oauth2_token_url")
TARGET_TEXTS = ("secret_token", "oauth2_client_id", "oauth2_client_secret", "notification_email")
"""Options that say what Entra is to reach, as whom, and whom it tells."""

FLAGS = ("aadOptscim062020", "AzureAdScimPatch062020", "AzureAdScimPatch2017")
"""Flags of Entra's SCIM client that Microsoft documents, to be appended to the tenant URL."""

SPELLINGS = {key.casefold(): key for key in (ADDRESS, TOKEN, *OAUTH2.values(), SCOPE, MAIL, KEEP_LEAVERS)}
"""The keys that this collection knows, by their text in lower case."""

MASKS = "*\u2022\u25cf\u2217"
"""What stands in place of a secret: asterisks, and the dots that password fields have."""


OPTIONS_OF = {
    ADDRESS: ("tenant_url",),
    SCOPE: ("scope",),
    MAIL: ("notification_email", "notify_on_failure", "deletion_threshold"),
    KEEP_LEAVERS: ("skip_out_of_scope_deletions",),
}
"""Which options say what is stored under a key."""


def unseen_options(options: Mapping[str, t.Any], live: Secrets) -> list[str]:
    """Options that are not given, of settings that Entra does not show: what was stored there a write would lose."""
    missing = [names for key, names in OPTIONS_OF.items() if not live.get(key)]
    return [name for names in missing for name in names if options.get(name) is None]


def is_masked(value: str) -> bool:
    """Whether Graph shows a mask in place of the value, or of a part of it: C(*), C(ab****)."""
    return bool(value) and (not value.strip(MASKS) or bool(re.search(f"[{re.escape(MASKS)}]{{3}}", value)))


def known_spelling(live: Secrets) -> dict[str, str]:
    """The settings with the keys that this collection knows spelled as it writes them, whatever their case."""
    known = {key: SPELLINGS.get(key.casefold(), key) for key in live}
    return {known[key]: value for key, value in live.items() if known[key] == key or known[key] not in live}


def masked_keys(live: Secrets) -> list[str]:
    """Keys whose value cannot be read."""
    return sorted(key for key, value in live.items() if is_masked(value))


def credential_options(options: Mapping[str, t.Any]) -> dict[str, str]:
    """The given credentials under Graph's keys."""
    given = {TOKEN: options.get("secret_token"), **{key: options.get(name) for name, key in OAUTH2.items()}}
    return {key: value for key, value in given.items() if value is not None}


def check_target(options: Mapping[str, t.Any]) -> tuple[dict[str, t.Any], list[Problem]]:
    """The options with their addresses normalised, and all problems of them. The tenant URL may carry flags such as ?aadOptscim062020."""
    checked: dict[str, t.Any] = dict(options)
    problems: list[Problem] = []
    for name in TARGET_URLS:
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
    for name in TARGET_TEXTS:
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


def check_settings(options: Mapping[str, t.Any]) -> list[Problem]:
    """All that is wrong with the options and can be told without asking anybody; `check_target` has checked the addresses."""
    problems = check_credentials(options)
    mail = options.get("notification_email")
    if mail and not is_mail_address(mail):
        reason = "is not one mail address such as it@corp.example; Microsoft does not document how several are written: use a mailing list"
        problems.append(Problem("option notification_email", "", reason))
    if mail == "" and options.get("notify_on_failure"):
        problems.append(Problem("option notify_on_failure", "", "needs an address, and notification_email clears it"))
    threshold = options.get("deletion_threshold")
    if threshold is not None and threshold < 0:
        problems.append(Problem("option deletion_threshold", "", "must not be negative; 0 turns the protection off"))
    return problems


def check_credentials(options: Mapping[str, t.Any]) -> list[Problem]:
    """All that is wrong with the credentials."""
    problems = []
    given = [name for name in OAUTH2 if options.get(name) is not None]
    if options.get("secret_token") is not None and given:
        problems.append(Problem("option secret_token", "", f"excludes {', '.join(given)}: Entra uses either a token or an OAuth2 client"))
    if given and len(given) < len(OAUTH2):
        missing = [name for name in OAUTH2 if name not in given]
        problems.append(Problem(f"option {missing[0]}", "", f"is missing: an OAuth2 client is all of {', '.join(OAUTH2)}"))
    for name in ("secret_token", "oauth2_client_secret"):
        value = options.get(name)
        if value is not None and (len(value) < SHORTEST_SECRET or value != value.strip() or not value.isprintable()):
            reason = f"must be at least {SHORTEST_SECRET} characters, with no blanks or line ends around it"
            problems.append(Problem(f"option {name}", "", reason))
        elif value is not None and not value.strip(MASKS):
            problems.append(Problem(f"option {name}", "", "is a masked value, asterisks only; give the secret itself"))
    if options.get("oauth2_client_id") is not None and not options["oauth2_client_id"].strip():
        problems.append(Problem("option oauth2_client_id", "", "is empty"))
    return problems


def read_mail(live: Secrets) -> dict[str, t.Any]:
    """The notification settings as an object; an empty one where there is none or it cannot be read."""
    try:
        found = json.loads(live.get(MAIL) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def is_readable_mail(live: Secrets) -> bool:
    """Whether the notification settings, if there are any, can be read, so that what is not declared of them can be kept."""
    try:
        return not live.get(MAIL) or isinstance(json.loads(live[MAIL]), dict)
    except ValueError:
        return False


def truth(value: object) -> bool:
    """A boolean in whatever spelling it comes: true, True, "true"."""
    return str(value).strip().casefold() == "true"


def whole_number(value: object) -> int:
    """A number in whatever spelling it comes; 0 for what is none."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() else 0


def describe_settings(live: Secrets) -> dict[str, t.Any]:
    """The settings in our names, with no secret; None is what Entra does not tell."""
    mail = read_mail(live)
    oauth2 = bool(live.get(OAUTH2["oauth2_client_secret"]))
    shown = {key: value for key, value in live.items() if not is_masked(value)}
    return {
        "tenant_url": shown.get(ADDRESS),
        "authentication": "bearer_token" if live.get(TOKEN) else "oauth2" if oauth2 else "none",
        "oauth2_client_id": shown.get(OAUTH2["oauth2_client_id"]) or None,
        "oauth2_token_url": shown.get(OAUTH2["oauth2_token_url"]) or None,
        "scope": ("all" if truth(live[SCOPE]) else "assigned") if live.get(SCOPE) else None,
        "notification_email": str(mail.get("Recipients") or ""),
        "notify_on_failure": truth(mail.get("Enabled")),
        "deletion_threshold": whole_number(mail.get("DeleteThresholdValue")) if truth(mail.get("DeleteThresholdEnabled")) else 0,
        "skip_out_of_scope_deletions": truth(live.get(KEEP_LEAVERS)),
    }
