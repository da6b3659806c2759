# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The writes of a plan for single sign-on, one after the other; what one makes, a later one needs."""

from __future__ import annotations

import typing as t

from .._entra.certificates import key_ids, made_certificate, new_credential
from .._entra.saml import operations_of
from .._entra.sso_step import Write
from .._errors import CollectionError
from .._graph import sso
from .._graph.again import look_again
from .._graph.permissions import advise

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._entra.certificates import Certificate
    from .._entra.model import App
    from .._entra.saml import LiveSso, SsoPlan
    from .._entra.sso_step import SsoStep
    from .._graph.client import Graph

    Json = Mapping[str, t.Any]


class SsoWrites:
    """One plan on its way. `done` are the steps whose write was accepted, `certificate` is the active one after them."""

    def __init__(self, graph: Graph, app: App, plan: SsoPlan, live: LiveSso) -> None:
        self._graph = graph
        self._app = app
        self.plan = plan
        self._known_keys = key_ids(live.principal)
        self._made: Certificate | None = None
        self._policy_id = ""
        self.certificate = plan.active
        self.done: list[SsoStep] = []

    def carry_out(self) -> str:
        """Writes what the plan says; what kept it from the rest, or nothing. Raises an error if nothing at all was written."""
        try:
            for step in self.plan.steps:
                self._way_of(step.write)(step)
                self.done.append(step)
                if step.write is Write.MAKE_CERTIFICATE:
                    self._wait_for_certificate()
        except CollectionError as error:
            if not self.done:
                raise
            done, planned = len(operations_of(self.done)), len(self.plan.operations())
            return f"{error}{advise(error)}. Stopped there; {done} of {planned} changes are done, the next run does the rest"
        return ""

    def _way_of(self, write: Write) -> Callable[[SsoStep], None]:
        return {
            Write.PRINCIPAL: self._patch_principal,
            Write.APPLICATION: self._patch_application,
            Write.MAKE_CERTIFICATE: self._make_certificate,
            Write.ACTIVATE_CERTIFICATE: self._activate_certificate,
            Write.CREATE_POLICY: self._create_policy,
            Write.UPDATE_POLICY: self._update_policy,
            Write.UNASSIGN_POLICY: self._unassign_policy,
            Write.ASSIGN_POLICY: self._assign_policy,
        }[write]

    def _patch_principal(self, step: SsoStep) -> None:
        sso.patch(self._graph, "servicePrincipals", self._app.principal_id, step.body)

    def _patch_application(self, step: SsoStep) -> None:
        sso.patch(self._graph, "applications", self._app.application_id, step.body)

    def _make_certificate(self, step: SsoStep) -> None:
        answer = sso.add_certificate(self._graph, self._app.principal_id, str(step.body["displayName"]), self._find_new_key)
        self._made = made_certificate(answer)

    def _find_new_key(self, principal: Json) -> Json | None:
        return new_credential(principal, self._known_keys)

    def _wait_for_certificate(self) -> None:
        """Entra activates only a certificate that it sees."""
        if self._made is None or not self._made.thumbprint:
            raise CollectionError(
                f"Entra made a certificate for {self._app.display_name}, and its thumbprint cannot be read from the answer"
            )
        seen, why = look_again(self._graph, lambda: self._find_new_key(sso.read_principal(self._graph, self._app.principal_id)) is not None)
        if not seen:
            raise CollectionError(f"The certificate {self._made.thumbprint} is made and not active, since {why}")

    def _activate_certificate(self, step: SsoStep) -> None:
        certificate = self.plan.serves or self._made
        thumbprint = step.id or (certificate.thumbprint if certificate else "")
        sso.patch(self._graph, "servicePrincipals", self._app.principal_id, {"preferredTokenSigningKeyThumbprint": thumbprint})
        self.certificate = certificate

    def _create_policy(self, step: SsoStep) -> None:
        self._policy_id = sso.create_policy(self._graph, str(step.body["displayName"]), step.body["definition"])

    def _update_policy(self, step: SsoStep) -> None:
        sso.update_policy(self._graph, step.id, step.body["definition"])

    def _unassign_policy(self, step: SsoStep) -> None:
        sso.unassign_policy(self._graph, self._app.principal_id, step.id)

    def _assign_policy(self, step: SsoStep) -> None:
        sso.assign_policy(self._graph, self._app.principal_id, step.id or self._policy_id)
