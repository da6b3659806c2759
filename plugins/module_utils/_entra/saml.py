# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SAML single sign-on: the steps from what Entra has to what is declared. Pure."""

from __future__ import annotations

import typing as t

from .._errors import InputError, Problem
from .._wording import is_mail_address
from .certificates import SUBJECT, active_certificate, plan_certificate
from .claims import claim_problems, claims_of, plan_claims
from .outcome import Operation
from .sso_step import SsoStep, Write

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .certificates import Certificate, Times

    Json = Mapping[str, t.Any]
    Options = Mapping[str, t.Any]

SAML_ONLY = ("identifier", "reply_url", "sign_on_url", "certificate_subject", "notification_emails", "claims", "claims_policy")
"""Options that mean nothing where single sign-on is off."""

CERTIFICATE_ONLY = ("certificate_subject", "certificate_renew_before")
"""Options that mean nothing where certificates are left alone."""

PRINCIPAL = {
    "Sign-on URL": ("sign_on_url", "loginUrl"),
    "Notification e-mails": ("notification_emails", "notificationEmailAddresses"),
}
"""What the service principal keeps: name in operations, our option, Graph's property."""

NO_WARNINGS: tuple[str, ...] = ()


class LiveSso(t.NamedTuple):
    """What Entra has, as Graph shows it; everything empty for an application that does not exist yet."""

    principal: Json
    application: Json
    assigned: Sequence[Json]
    """The claims policies of the application; empty where no claims are asked for."""
    policies: Sequence[Json]
    """All claims policies of the tenant, where they count (see `claims.needs_all`)."""


class SsoPlan(t.NamedTuple):
    """The way to single sign-on: each step is one write, in this order."""

    steps: tuple[SsoStep, ...]
    before: dict[str, t.Any]
    active: Certificate | None
    """The certificate that Entra signs with before the first step."""
    serves: Certificate | None
    """The one it signs with after the last step; None for none, and for one that is to be made."""
    warnings: tuple[str, ...]

    def operations(self) -> list[Operation]:
        """All steps in names."""
        return operations_of(self.steps)

    def after(self, done: Sequence[SsoStep] | None = None) -> dict[str, t.Any]:
        """Single sign-on in names once these steps are done, or all."""
        described = dict(self.before)
        for step in self.steps if done is None else done:
            described.update(step.shows)
        return described


def check_sso_options(options: Options) -> None:
    """Raise InputError for what is wrong whatever the tenant has."""
    problems = list(_problems(options))
    if problems:
        raise InputError(problems)


def _problems(options: Options) -> Iterator[Problem]:
    if options["mode"] == "disabled":
        yield from (_meaningless(name, "mode=disabled") for name in SAML_ONLY if options.get(name) is not None)
    elif options["certificate"] == "ignore":
        yield from (_meaningless(name, "certificate=ignore") for name in CERTIFICATE_ONLY if options.get(name))
    subject = options.get("certificate_subject")
    if subject is not None and not (subject.startswith("CN=") and subject[3:].strip()):
        yield Problem("option certificate_subject", "", "must begin with CN=, and a name must follow")
    if options["certificate_renew_before"] < 0:
        yield Problem("option certificate_renew_before", "", "cannot be negative")
    for name in ("identifier", "reply_url", "notification_emails"):
        if any(not str(value).strip() for value in options.get(name) or ()):
            yield Problem(f"option {name}", "", "has an empty entry")
    for address in options.get("notification_emails") or ():
        if not is_mail_address(address):
            yield Problem("option notification_emails", "", f"{address} is no e-mail address")
    yield from claim_problems(options.get("claims") or ())


def _meaningless(option: str, because: str) -> Problem:
    return Problem(f"option {option}", "", f"means nothing with {because}; leave it out")


def operations_of(steps: Iterable[SsoStep]) -> list[Operation]:
    """Steps in names."""
    return [operation for step in steps for operation in step.operations]


def plan_sso(options: Options, live: LiveSso, times: Times, *, owner: str) -> SsoPlan:
    """The steps that are missing to what is declared; `owner` is the name of the application.

    Raises Refusal for certificates that cannot be told apart, InputError for two policies of one name.
    """
    active = active_certificate(live.principal)
    steps = [*_plan_principal(options, live.principal), *_plan_application(options, live.application)]
    serves, warnings = active, NO_WARNINGS
    if options["mode"] == "saml" and options["certificate"] == "managed":
        subject = SUBJECT if options["certificate_subject"] is None else options["certificate_subject"]
        certificate = plan_certificate(subject, live.principal, times, owner=owner)
        steps += certificate.steps
        serves, warnings = certificate.serves, certificate.warnings
    if options["mode"] == "saml" and options["claims"] is not None:
        steps += plan_claims(options["claims_policy"] or f"{owner} claims", options["claims"], live.assigned, live.policies)
    return SsoPlan(tuple(steps), describe_sso(live, active), active, serves, warnings)


def _plan_principal(options: Options, principal: Json) -> Iterator[SsoStep]:
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
    if body:
        yield SsoStep(Write.PRINCIPAL, tuple(operations), body=body, shows=_describe_principal({**principal, **body}))


def _plan_application(options: Options, application: Json) -> Iterator[SsoStep]:
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
    if body:
        yield SsoStep(Write.APPLICATION, tuple(operations), body=body, shows=_describe_application({**application, **body}))


def describe_sso(live: LiveSso, active: Certificate | None) -> dict[str, t.Any]:
    """Single sign-on in names."""
    return {
        **_describe_principal(live.principal),
        **_describe_application(live.application),
        "certificate": active.thumbprint if active else "",
        "claims": claims_of(live.assigned),
    }


def _describe_principal(principal: Json) -> dict[str, t.Any]:
    return {
        "mode": principal.get("preferredSingleSignOnMode") or "disabled",
        "sign_on_url": principal.get("loginUrl") or "",
        "notification_emails": sorted(principal.get("notificationEmailAddresses") or ()),
    }


def _describe_application(application: Json) -> dict[str, t.Any]:
    return {
        "identifier": sorted(application.get("identifierUris") or ()),
        "reply_url": sorted((application.get("web") or {}).get("redirectUris") or ()),
    }


def _same(wanted: str | Sequence[str], live: t.Any) -> bool:
    if isinstance(wanted, str):
        return wanted == (live or "")
    return sorted(wanted) == sorted(live or ())


def _update(name: str, before: t.Any, after: t.Any) -> Operation:
    return Operation("setting", "update", name, {"before": before, "after": after})
