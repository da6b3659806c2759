# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gallery application: found before it is made, made once, and waited for until other tasks can find it too."""

from __future__ import annotations

import typing as t

from .._entra.gallery import (
    Pair,
    check_name,
    check_provisioning,
    check_siblings,
    check_strangers,
    describe_app,
    pick_template,
    survey,
    warnings_of,
)
from .._entra.outcome import Operation, Outcome
from .._errors import Ambiguous, CollectionError, ServiceError, UntrustedAnswer
from .._graph.again import look_again
from .._graph.applications import (
    application_of_app,
    applications_of_template,
    delete_application,
    instantiate,
    is_there,
    principal_of_app,
    principals_of_name,
    template_names_like,
    templates_of_name,
)
from .._model import shown

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .._entra.gallery import Standing
    from .._graph.client import Graph


LOOKS, PAUSE = 3, 1.0
"""How often it is looked for before it is made, and the seconds between."""

WAIT = (
    "what no list shows, the next run would make a second time. Wait until App registrations in the portal show it. Should two have "
    "been made, delete one of them there"
)


class NotFound(CollectionError):
    """The answer to the request to make it was lost, and it is found nowhere."""


class Wanted(t.NamedTuple):
    """The application that a task is about."""

    name: str
    template: str
    template_id: str

    def operation(self, verb: str) -> Operation:
        """What is done to it."""
        return Operation("application", verb, self.name, {"template": self.template})

    def result(self, pair: Pair | None) -> dict[str, t.Any]:
        """The result of the module."""
        return {"app": describe_app(self.name, self.template_id, pair)}

    def facts(self) -> dict[str, t.Any]:
        """The application in a diff."""
        return {"display_name": self.name, "template": self.template}


def act(graph: Graph, options: Mapping[str, t.Any]) -> Outcome:
    """Makes, finds or deletes the application that C(display_name) and C(template) name together."""
    name = check_name("template", options["template"])
    title = options["display_name"]
    template = _template(graph, name)
    wanted = Wanted(name if title is None else check_name("display_name", title), name, str(template["id"]))
    absent = options["state"] == "absent"
    standing = _look(graph, wanted)
    check_strangers(wanted.name, standing, absent=absent)
    if absent:
        return _delete(graph, wanted, standing)
    check_provisioning(template)
    if standing.ours is None and not graph.read_only:
        standing = _look_longer(graph, wanted, standing)
        check_strangers(wanted.name, standing, absent=False)
    check_siblings(wanted.name, wanted.template, standing, allow=options["allow_second"])
    warnings = warnings_of(wanted.name, wanted.template, standing)
    if standing.ours:
        return _settle(graph, wanted, standing.ours, Outcome(wanted.result(standing.ours), warnings=warnings))
    operations = [wanted.operation("create")]
    outcome = Outcome(wanted.result(None), operations, after=wanted.facts(), warnings=warnings)
    return outcome if graph.read_only else _settle(graph, wanted, _create(graph, wanted), outcome)


def _template(graph: Graph, name: str) -> dict[str, t.Any]:
    found = templates_of_name(graph, name)
    return dict(pick_template(name, found, [] if found else template_names_like(graph, name)))


def _look(graph: Graph, wanted: Wanted) -> Standing:
    """What the listings show; a service principal under another name than its application is looked up besides."""
    applications = applications_of_template(graph, wanted.template_id)
    standing = survey(wanted.name, wanted.template_id, applications, principals_of_name(graph, wanted.name))
    ours = standing.ours
    if ours is None or ours.complete:
        return standing
    if ours.application is not None:
        return standing._replace(ours=ours._replace(principal=principal_of_app(graph, ours.app_id)))
    return standing._replace(ours=ours._replace(application=application_of_app(graph, ours.app_id)))


def _look_longer(graph: Graph, wanted: Wanted, standing: Standing) -> Standing:
    """Looks again before something is made: an earlier run may have made it moments ago, and lists show it late."""
    for _look_number in range(LOOKS - 1):
        graph.sleep(min(PAUSE, graph.consistency_timeout))
        standing = _look(graph, wanted)
        if standing.ours is not None:
            break
    return standing


def _create(graph: Graph, wanted: Wanted) -> Pair:
    """Instantiates the template once. Where the answer is lost, or says 404 (fact sheet 3.2), what came of it is looked for.

    Raises NotFound if nothing is found: a second attempt could make a second application.
    """
    try:
        made = instantiate(graph, wanted.template_id, wanted.name)
    except (Ambiguous, UntrustedAnswer) as error:
        return _adopt(graph, wanted, error)
    except ServiceError as error:
        if error.status != 404:
            raise
        return _adopt(graph, wanted, error)
    return Pair(made.get("application"), made.get("servicePrincipal"))


def _adopt(graph: Graph, wanted: Wanted, error: Exception) -> Pair:
    seen: list[Pair] = []

    def look() -> bool:
        ours = _look(graph, wanted).ours
        seen[:] = [ours] if ours else []
        return bool(ours)

    look_again(graph, look, hits=1)
    if not seen:
        raise NotFound(
            f"{error}. Since then no list shows an application {shown(wanted.name)}, which may have been made all the same and be listed "
            f"later: {WAIT}"
        ) from error
    return seen[0]


def _settle(graph: Graph, wanted: Wanted, pair: Pair, outcome: Outcome) -> Outcome:
    """Waits until application and service principal can be seen, by id and in listings, wherever one looks.

    One that was there before is waited for only if a part of it cannot be seen yet; in check mode nothing is waited for.
    """
    if graph.read_only or (pair.complete and not outcome.operations):
        return outcome
    seen = [pair]

    def look() -> bool:
        ours = _look(graph, wanted).ours or Pair()
        seen[:] = [Pair(ours.application or seen[0].application, ours.principal or seen[0].principal)]
        return ours.complete and all(_has(graph, what, one) for what, one in zip(("applications", "servicePrincipals"), ours))

    ready, why = look_again(graph, look)
    outcome.result = wanted.result(seen[0])
    if not ready:
        advice = (
            f"Do not run the task again before it is listed under this name: {WAIT}" if outcome.operations else "Run the task again later"
        )
        outcome.failed = f"The application {wanted.name} exists ({seen[0].ids() or 'its ids are not known yet'}), but {why}. {advice}"
    return outcome


def _has(graph: Graph, what: str, one: Mapping[str, t.Any] | None) -> bool:
    return one is not None and is_there(graph, what, str(one["id"]))


def _delete(graph: Graph, wanted: Wanted, standing: Standing) -> Outcome:
    """Deletes the application, and waits until no listing shows it, so that nothing finds it again."""
    outcome = Outcome({"app": {}})
    if standing.ours is None:
        return outcome
    application = standing.ours.application
    if application is None and not graph.read_only:
        reason = (
            f"The service principal of {wanted.name} is there ({standing.ours.ids()}), but its application cannot be seen: it was "
            "made or deleted moments ago. Run the task again later; nothing was deleted"
        )
        return Outcome(wanted.result(standing.ours), failed=reason)
    outcome.operations, outcome.before = [wanted.operation("delete")], wanted.facts()
    if graph.read_only or application is None:
        return outcome
    delete_application(graph, str(application["id"]))
    gone, why = look_again(graph, lambda: _look(graph, wanted).ours is None)
    if not gone:
        outcome.failed = (
            f"The application {wanted.name} is deleted ({standing.ours.ids()}), but {why}. "
            "Run the task again before anything relies on its absence"
        )
    return outcome
