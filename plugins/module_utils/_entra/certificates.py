# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signing certificates of an application: which one serves, and whether one has to be made or activated. Pure."""

from __future__ import annotations

import base64
import binascii
import re
import typing as t

from .._errors import Refusal
from .._model import shown
from .outcome import Operation
from .sso_step import SsoStep, Write

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Json = Mapping[str, t.Any]

SUBJECT = "CN=Microsoft Azure Federated SSO Certificate"
"""The subject of a certificate that the portal makes."""

UPLOAD = "Zscaler trusts a certificate only after it was uploaded there, with the metadata of the application"
RENEW = "certificate_renew_before makes a new one in time"

SHA1 = 20
"""Bytes of a thumbprint."""

HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{40}")

SECONDS = len("2026-01-01T00:00:00")
"""So much of a moment is compared; fractions and the Z that follow are not always there."""


class Certificate(t.NamedTuple):
    """A signing certificate of the application; the private key never leaves Entra."""

    thumbprint: str
    expires: str


class Times(t.NamedTuple):
    """Moments as Graph writes them, in UTC: now, until when a certificate must be valid, until when it is warned of."""

    now: str
    needed: str
    warned: str


class CertificatePlan(t.NamedTuple):
    """`serves` is the certificate that is active at the end; None where it is still to be made."""

    steps: tuple[SsoStep, ...]
    serves: Certificate | None
    warnings: tuple[str, ...] = ()


def plan_certificate(subject: str, principal: Json, times: Times, *, owner: str) -> CertificatePlan:
    """A certificate that is valid long enough is used; otherwise one is made. Then it is made the active one.

    Raises Refusal where something would have to be done although a certificate cannot be told from another: making or activating the
    wrong one ends sign-on. `owner` is the name of the application.
    """
    found, active = pick_certificate(principal, times.needed, now=times.now), active_certificate(principal)
    warnings = []
    if found is None:
        warnings.append(f"{owner} gets a new signing certificate. {UPLOAD}")
    elif found.expires < times.warned:
        warnings.append(f"The signing certificate {found.thumbprint} of {owner} ends at {found.expires}. {RENEW}")
    if found is not None and found == active:
        return CertificatePlan((), found, tuple(warnings))
    _refuse_unreadable(principal, owner)
    name = found.thumbprint if found else subject
    steps = [
        SsoStep(
            Write.ACTIVATE_CERTIFICATE,
            (Operation("certificate", "activate", name),),
            id=found.thumbprint if found else "",
            shows={"certificate": found.thumbprint if found else f"{subject} (new)"},
        )
    ]
    if found is None:
        made = (Operation("certificate", "create", subject),)
        steps.insert(0, SsoStep(Write.MAKE_CERTIFICATE, made, body={"displayName": subject}))
    return CertificatePlan(tuple(steps), found, tuple(warnings))


def _refuse_unreadable(principal: Json, owner: str) -> None:
    unreadable = [one for one in _verifying(principal) if not thumbprint_of(one.get("customKeyIdentifier"))]
    if not unreadable:
        return
    ids = [str(one.get("keyId")) for one in unreadable]
    spelled = ", ".join(sorted({shown(str(one.get("customKeyIdentifier"))) for one in unreadable}))
    which = f"customKeyIdentifier {spelled}; keyId {', '.join(ids)}"
    raise Refusal(
        f"{owner} has signing certificates whose thumbprint cannot be read ({which}), so that nobody can say "
        "whether one of them serves. Making or activating another one would end sign-on until it was uploaded to Zscaler; "
        "this task wrote nothing. Activate the right one in the portal, and leave certificates alone here with certificate: ignore",
        key_ids=ids,
    )


def pick_certificate(principal: Json, valid_until: str, *, now: str) -> Certificate | None:
    """The certificate that serves on at least until `valid_until`: the active one, else the one that lasts longest.

    When the active one begins does not count: it serves already, and a clock here that is behind Entra's would have another one made.
    """
    active = _active_thumbprint(principal)
    usable = [
        certificate
        for certificate, begins in _certificates(principal)
        if certificate.expires[:SECONDS] > valid_until[:SECONDS] and (certificate.thumbprint == active or begins[:SECONDS] <= now[:SECONDS])
    ]
    return max(usable, key=lambda one: (one.thumbprint == active, one.expires), default=None)


def active_certificate(principal: Json) -> Certificate | None:
    """The certificate that Entra signs with now; None where there is none, or none whose thumbprint can be read."""
    active = _active_thumbprint(principal)
    return next((certificate for certificate, _begins in _certificates(principal) if certificate.thumbprint == active), None)


def key_ids(principal: Json) -> set[str]:
    """The ids of all key pairs of the application."""
    return {str(one.get("keyId")) for one in principal.get("keyCredentials") or ()}


def new_credential(principal: Json, known: set[str]) -> Json | None:
    """The public half of a key pair whose id is not among the `known` ones."""
    return next((one for one in _verifying(principal) if str(one.get("keyId")) not in known), None)


def made_certificate(answer: Json) -> Certificate:
    """The certificate that Entra has just made; without a thumbprint where it did not say which."""
    thumbprint = thumbprint_of(answer.get("thumbprint")) or thumbprint_of(answer.get("customKeyIdentifier"))
    return Certificate(thumbprint, str(answer.get("endDateTime") or ""))


def thumbprint_of(identifier: object) -> str:
    """The thumbprint in capital hexadecimal digits from a customKeyIdentifier; empty for anything else.

    Microsoft's examples have base64 of the twenty bytes, its description of the API says base64url, public tools show hexadecimal
    digits. No spelling can be taken for another: forty digits would be thirty bytes in base64.
    """
    text = str(identifier or "").strip()
    if HEXADECIMAL.fullmatch(text):
        return text.upper()
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        data = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return data.hex().upper() if len(data) == SHA1 else ""


def _active_thumbprint(principal: Json) -> str:
    return thumbprint_of(principal.get("preferredTokenSigningKeyThumbprint"))


def _certificates(principal: Json) -> Iterator[tuple[Certificate, str]]:
    """The certificates whose thumbprint can be read, each with the moment from which it is valid."""
    for one in _verifying(principal):
        thumbprint = thumbprint_of(one.get("customKeyIdentifier"))
        if thumbprint:
            yield Certificate(thumbprint, str(one.get("endDateTime") or "")), str(one.get("startDateTime") or "")


def _verifying(principal: Json) -> Iterator[Json]:
    """The public halves of the key pairs."""
    return (one for one in principal.get("keyCredentials") or () if str(one.get("usage")).lower() == "verify")
