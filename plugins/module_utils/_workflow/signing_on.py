# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that are missing to single sign-on, planned from what Entra shows; each is one write."""

from __future__ import annotations

import datetime
import typing as t

from .._entra.claims import claims_of, plan_policy, policy_text, same_policy
from .._entra.outcome import Operation
from .._entra.saml import SUBJECT, active_certificate, describe, made_certificate, pick_certificate, plan_application, plan_principal
from .._errors import CollectionError
from .._graph import sso

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from .._entra.saml import Certificate
    from .._graph.applications import App
    from .._graph.client import Graph

    Json = Mapping[str, t.Any]

WARNED_DAYS = 30
"""A certificate that ends within so many days is warned of."""

UPLOAD = "Zscaler trusts a certificate only after it was uploaded there, with the metadata of the application"


RENEW = "certificate_renew_before makes a new one in time"


class Step(t.NamedTuple):
    """One write, and what it does in names."""

    operations: Sequence[Operation]
    write: Callable[[], None]


class SingleSignOn:
    """The way of one application to single sign-on. Without an application, in check mode, everything is new."""

    def __init__(self, graph: Graph, options: Mapping[str, t.Any], app: App | None) -> None:
        self._graph = graph
        self._options = options
        self._name = app.display_name if app else str(options.get("display_name") or "application")
        self._principal_id = app.principal_id if app else ""
        self._application_id = app.application_id if app else ""
        self._principal: Json = sso.read_principal(graph, self._principal_id) if app else {}
        self._application: Json = app.application if app else {}
        self._policies = sso.assigned_policies(graph, self._principal_id) if app and options["claims"] is not None else []
        self._policy_id = ""
        self.certificate: Certificate | None = active_certificate(self._principal)
        self.warnings: list[str] = []
        self.before = describe(self._principal, self._application, self._shown(), claims_of(self._policies))
        self.after = dict(self.before)
        self.steps = [*self._plan_settings(), *self._plan_certificate(), *self._plan_claims()]

    def _shown(self, new: str = "") -> str:
        return new or (self.certificate.thumbprint if self.certificate else "")

    # Mode and addresses

    def _plan_settings(self) -> Iterator[Step]:
        principal = plan_principal(self._options, self._principal)
        application = plan_application(self._options, self._application)
        planned = describe({**self._principal, **principal.body}, {**self._application, **application.body}, self._shown(), ())
        self.after.update({name: value for name, value in planned.items() if name not in ("certificate", "claims")})
        for kind, id, change in (
            ("servicePrincipals", self._principal_id, principal),
            ("applications", self._application_id, application),
        ):
            if change.body:
                yield Step(change.operations, self._patching(kind, id, change.body))

    def _patching(self, kind: str, id: str, body: Json) -> Callable[[], None]:
        return lambda: sso.patch(self._graph, kind, id, body)

    # The certificate

    def _plan_certificate(self) -> Iterator[Step]:
        """A certificate that is valid long enough is used; otherwise one is made. Then it is made the active one."""
        subject = SUBJECT if self._options["certificate_subject"] is None else self._options["certificate_subject"]
        if self._options["mode"] != "saml" or not subject:
            return
        found = pick_certificate(self._principal, self._moment(self._options["certificate_renew_before"]), now=self._moment(0))
        if found is None:
            yield Step([Operation("certificate", "create", subject)], lambda: self._make_certificate(subject))
            self.warnings.append(f"{self._name} gets a new signing certificate. {UPLOAD}")
        elif found.expires < self._moment(WARNED_DAYS):
            self.warnings.append(f"The signing certificate {found.thumbprint} of {self._name} ends at {found.expires}. {RENEW}")
        if found is None or found != self.certificate:
            name = found.thumbprint if found else subject
            yield Step([Operation("certificate", "activate", name)], self._activate)
            self.after["certificate"] = found.thumbprint if found else f"{subject} (new)"
        self.certificate = found

    def _make_certificate(self, subject: str) -> None:
        known = {str(one.get("keyId")) for one in self._principal.get("keyCredentials") or ()}
        made = made_certificate(sso.add_certificate(self._graph, self._principal_id, subject, known))
        if not made.thumbprint:
            raise CollectionError(f"Entra made a certificate for {self._name} and did not say which; run the task again")

        def look() -> bool:
            principal = sso.read_principal(self._graph, self._principal_id)
            return active_certificate({**principal, "preferredTokenSigningKeyThumbprint": made.thumbprint}) is not None

        self._graph.wait_for(look)
        self.certificate = made

    def _activate(self) -> None:
        thumbprint = self.certificate.thumbprint if self.certificate else ""
        sso.patch(self._graph, "servicePrincipals", self._principal_id, {"preferredTokenSigningKeyThumbprint": thumbprint})

    def _moment(self, days: int) -> str:
        """So many days from now, as Graph writes moments."""
        return (self._graph.now() + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")

    # The claims

    def _plan_claims(self) -> Iterator[Step]:
        """The policy of the claims; an empty list takes every policy away from the application."""
        claims = self._options["claims"]
        if claims is None or self._options["mode"] != "saml":
            return
        name = self._options["claims_policy"] or f"{self._name} claims"
        if not claims:
            yield from (self._unassigning(policy) for policy in self._policies)
            self.after["claims"] = []
            return
        text = policy_text(claims)
        self.after["claims"] = claims_of([{"definition": [text]}])
        fits = len(self._policies) == 1 and same_policy(self._policies[0], text)
        plan = plan_policy(name, text, self._policies, () if fits else sso.all_policies(self._graph))
        self._policy_id = plan.policy_id
        if plan.create:
            yield Step([Operation("claims_policy", "create", name)], lambda: self._create_policy(name, text))
        if plan.update:
            yield Step([Operation("claims_policy", "update", name)], lambda: sso.update_policy(self._graph, plan.update, text))
        yield from (self._unassigning(policy) for policy in plan.unassign)
        if plan.assign:
            yield Step([Operation("claims_policy", "assign", name)], self._assign_policy)

    def _unassigning(self, policy: Json) -> Step:
        operation = Operation("claims_policy", "unassign", str(policy.get("displayName")))
        return Step([operation], lambda: sso.unassign_policy(self._graph, self._principal_id, str(policy["id"])))

    def _create_policy(self, name: str, text: str) -> None:
        self._policy_id = sso.create_policy(self._graph, name, text)

    def _assign_policy(self) -> None:
        sso.assign_policy(self._graph, self._principal_id, self._policy_id)
