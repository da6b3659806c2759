# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SAML single sign-on of the application: look, plan, write each missing piece once, and look again."""

from __future__ import annotations

import datetime
import typing as t

from .._entra.certificates import Times
from .._entra.claims import needs_all
from .._entra.outcome import Outcome
from .._entra.saml import LiveSso, check_sso_options, operations_of, plan_sso
from .._graph import sso
from .._graph.again import look_again
from .._graph.applications import find_app, with_application
from .sso_writes import SsoWrites

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .._entra.certificates import Certificate
    from .._entra.model import App
    from .._entra.saml import SsoPlan
    from .._graph.client import Graph

    Options = Mapping[str, t.Any]

WARNED_DAYS = 30
"""A certificate that ends within so many days is warned of."""

LATER = "Run the task again, later or with a larger consistency_timeout, before anything relies on them"


def act(graph: Graph, options: Options) -> Outcome:
    """Brings single sign-on to what is declared. In check mode an application that does not exist is planned for as a new one."""
    check_sso_options(options)
    app = find_app(graph, options, application=True)
    live = look(graph, options, app)
    plan = plan_now(graph, options, app, live)
    outcome = Outcome(operations=plan.operations(), before=plan.before, after=plan.after(), warnings=list(plan.warnings))
    outcome.subject = app.display_name if app else ""
    certificate = plan.serves
    if app and plan.steps and not graph.read_only:
        certificate = _carry_out(graph, options, app, SsoWrites(graph, app, plan, live), outcome)
    outcome.result["sso"] = {
        "mode": outcome.after["mode"],
        "metadata_url": sso.metadata_url(options, app),
        "certificate_thumbprint": certificate.thumbprint if certificate else None,
        "certificate_expires": (certificate.expires if certificate else "") or None,
    }
    return outcome


def look(graph: Graph, options: Options, app: App | None) -> LiveSso:
    """What Entra has; claims policies only where claims are asked for, those of the whole tenant only where they count."""
    claims = options["claims"]
    principal = sso.read_principal(graph, app.principal_id) if app else {}
    assigned = sso.assigned_policies(graph, app.principal_id) if app and claims is not None else []
    policies = sso.all_policies(graph) if claims is not None and needs_all(claims, assigned) else []
    return LiveSso(principal, app.application if app else {}, assigned, policies)


def plan_now(graph: Graph, options: Options, app: App | None, live: LiveSso) -> SsoPlan:
    """The steps that are missing, by the clock of this machine."""

    def moment(days: int) -> str:
        return (graph.now() + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")

    times = Times(now=moment(0), needed=moment(options["certificate_renew_before"]), warned=moment(WARNED_DAYS))
    owner = app.display_name if app else str(options.get("display_name") or "application")
    return plan_sso(options, live, times, owner=owner)


def _carry_out(graph: Graph, options: Options, app: App, writes: SsoWrites, outcome: Outcome) -> Certificate | None:
    """Writes, and looks until nothing is left to do; `outcome` gets what was done. The active certificate."""

    def nothing_left() -> bool:
        now = with_application(graph, app)
        return not plan_now(graph, options, now, look(graph, options, now)).steps

    outcome.failed = writes.carry_out()
    outcome.operations, outcome.after = operations_of(writes.done), writes.plan.after(writes.done)
    if not outcome.failed:
        seen, why = look_again(graph, nothing_left)
        outcome.failed = "" if seen else f"All {len(outcome.operations)} changes are made, but {why}. {LATER}"
    return writes.certificate
