# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SAML single sign-on: what differs from what is wanted, and which certificate still serves. Pure."""

from __future__ import annotations

import base64
import binascii
import typing as t

from .._errors import InputError, Problem
from .claims import claim_problems
from .outcome import Operation

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Json = Mapping[str, t.Any]
    Options = Mapping[str, t.Any]

SUBJECT = "CN=Microsoft Azure Federated SSO Certificate"
"""The subject of a certificate that the portal makes."""

SAML_ONLY = ("identifier", "reply_url", "sign_on_url", "certificate_subject", "notification_emails", "claims")
"""Options that mean nothing where single sign-on is off."""

PRINCIPAL = {
    "Sign-on URL": ("sign_on_url", "loginUrl"),
    "Notification e-mails": ("notification_emails", "notificationEmailAddresses"),
}
"""What the service principal keeps: name in operations, our option, Graph's property."""

SHA1 = 20
"""Bytes of a thumbprint."""


class Certificate(t.NamedTuple):
    """A signing certificate of the application; the private key never leaves Entra."""

    thumbprint: str
    expires: str


class Change(t.NamedTuple):
    """What one PATCH has to write, and the same in names."""

    body: dict[str, t.Any]
    operations: tuple[Operation, ...]


def check_options(options: Options) -> None:
    """Raise InputError for what is wrong whatever the tenant has."""
    problems = list(_problems(options))
    if problems:
        raise InputError(problems)


def _problems(options: Options) -> Iterator[Problem]:
    if options["mode"] == "disabled":
        for name in SAML_ONLY:
            if options.get(name):
                yield Problem(f"option {name}", "", "means nothing with mode=disabled; leave it out")
    subject = options.get("certificate_subject")
    if subject and not (subject.startswith("CN=") and subject[3:].strip()):
        yield Problem("option certificate_subject", "", "must begin with CN=, and a name must follow")
    if options["certificate_renew_before"] < 0:
        yield Problem("option certificate_renew_before", "", "cannot be negative")
    for name in ("identifier", "reply_url", "notification_emails"):
        if any(not str(value).strip() for value in options.get(name) or ()):
            yield Problem(f"option {name}", "", "has an empty entry")
    for address in options.get("notification_emails") or ():
        if "@" not in address:
            yield Problem("option notification_emails", "", f"{address} is no e-mail address")
    yield from claim_problems(options.get("claims") or ())


def plan_principal(options: Options, principal: Json) -> Change:
    """What differs at the service principal: mode, sign-on URL, and who is told that the certificate ends."""
    body: dict[str, t.Any] = {}
    operations = []
    mode = "saml" if options["mode"] == "saml" else None
    live = principal.get("preferredSingleSignOnMode")
    if (live or None) != mode and not (mode is None and live == "notSupported"):
        body["preferredSingleSignOnMode"] = mode
        operations.append(_update("Single sign-on mode", live, mode))
    for title, (option, name) in PRINCIPAL.items():
        wanted, live = options.get(option), principal.get(name)
        if wanted is not None and not _same(wanted, live):
            body[name] = wanted if wanted or isinstance(wanted, list) else None
            operations.append(_update(title, live, wanted))
    return Change(body, tuple(operations))


def plan_application(options: Options, application: Json) -> Change:
    """What differs at the application: identifiers and reply URLs, which Graph replaces as a whole."""
    body: dict[str, t.Any] = {}
    operations = []
    identifiers, urls = options.get("identifier"), options.get("reply_url")
    if identifiers is not None and not _same(identifiers, application.get("identifierUris")):
        body["identifierUris"] = list(identifiers)
        operations.append(_update("Identifier", application.get("identifierUris") or [], identifiers))
    live = (application.get("web") or {}).get("redirectUris")
    if urls is not None and not _same(urls, live):
        body["web"] = {"redirectUris": list(urls)}
        operations.append(_update("Reply URL", live or [], urls))
    return Change(body, tuple(operations))


def pick_certificate(principal: Json, valid_until: str, *, now: str) -> Certificate | None:
    """The certificate that serves on at least until `valid_until`: the active one, else the one that lasts longest.

    Moments are texts as Graph writes them, in UTC.
    """
    active = str(principal.get("preferredTokenSigningKeyThumbprint") or "").upper()
    usable = [
        certificate
        for certificate, begins in _certificates(principal)
        if certificate.expires[:SECONDS] > valid_until[:SECONDS] and begins[:SECONDS] <= now[:SECONDS]
    ]
    return max(usable, key=lambda one: (one.thumbprint == active, one.expires), default=None)


def active_certificate(principal: Json) -> Certificate | None:
    """The certificate that Entra signs with now."""
    active = str(principal.get("preferredTokenSigningKeyThumbprint") or "").upper()
    return next((certificate for certificate, _begins in _certificates(principal) if certificate.thumbprint == active), None)


SECONDS = len("2026-01-01T00:00:00")
"""So much of a moment is compared; fractions and the Z that follow are not always there."""


def _certificates(principal: Json) -> Iterator[tuple[Certificate, str]]:
    """The public halves of the key pairs, each with the moment from which it is valid."""
    for one in principal.get("keyCredentials") or ():
        if str(one.get("usage")).lower() == "verify" and str(one.get("type")).lower() == "asymmetricx509cert":
            found = Certificate(thumbprint_of(str(one.get("customKeyIdentifier") or "")), str(one.get("endDateTime") or ""))
            if found.thumbprint:
                yield found, str(one.get("startDateTime") or "")


def thumbprint_of(identifier: str) -> str:
    """The thumbprint in hexadecimal from a customKeyIdentifier, which is base64 of its bytes; empty for anything else."""
    try:
        data = base64.b64decode(identifier, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return data.hex().upper() if len(data) == SHA1 else ""


def made_certificate(answer: Json) -> Certificate:
    """The certificate that Entra has just made."""
    thumbprint = str(answer.get("thumbprint") or thumbprint_of(str(answer.get("customKeyIdentifier") or "")))
    return Certificate(thumbprint.upper(), str(answer.get("endDateTime") or ""))


def describe(principal: Json, application: Json, certificate: str, claims: Sequence[str]) -> dict[str, t.Any]:
    """Single sign-on in names."""
    return {
        "mode": principal.get("preferredSingleSignOnMode") or "disabled",
        "identifier": sorted(application.get("identifierUris") or ()),
        "reply_url": sorted((application.get("web") or {}).get("redirectUris") or ()),
        "sign_on_url": principal.get("loginUrl") or "",
        "notification_emails": sorted(principal.get("notificationEmailAddresses") or ()),
        "certificate": certificate,
        "claims": list(claims),
    }


def _same(wanted: str | Sequence[str], live: t.Any) -> bool:
    if isinstance(wanted, str):
        return wanted == (live or "")
    return sorted(wanted) == sorted(live or ())


def _update(name: str, before: t.Any, after: t.Any) -> Operation:
    return Operation("setting", "update", name, {"before": before, "after": after})
