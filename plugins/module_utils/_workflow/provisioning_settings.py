# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""entra_provisioning_settings: look, plan, test, one PUT of the whole set, and wait until Entra shows it."""

from __future__ import annotations

import secrets as random_source
import typing as t

from .._entra.fingerprint import MARK, is_known, make_tag, replace_tag
from .._entra.narrowing import check_narrowing, needs_people
from .._entra.outcome import Operation, Outcome
from .._entra.settings import plan_settings, restart_warning, secret_state, settings_operations, shows, waits_for_restart
from .._entra.settings_keys import (
    ADDRESS,
    SCOPE,
    SECRET_KEYS,
    check_settings,
    check_target,
    credential_options,
    known_spelling,
    unseen_options,
)
from .._entra.status import has_run, holds_deletes, schedule_state
from .._errors import Ambiguous, CollectionError, Refusal, raise_problems
from .._graph.again import bounded, look_again, read_again
from .._graph.applications import find_app, read_tags, write_tags
from .._graph.assignments import list_assignments
from .._graph.synchronization import find_job, read_secrets, write_secrets
from .connection_test import ADVICE, try_connection
from .restarting import restart_once

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .._entra.model import App, Job
    from .._entra.settings import SettingsPlan
    from .._graph.client import Graph

FINGERPRINT = Operation("tag", "update", "fingerprint of the secret", {})
HITS = 2
"""Looks in a row that must show the new settings."""
SENDS = 4
"""So often the settings are sent at most, if the answer is lost each time."""
MOST = 5.0
"""Seconds for which settings that Entra does not show are looked for again, before it is believed that they are not stored."""


def act(graph: Graph, options: Mapping[str, t.Any]) -> Outcome:
    """Make the settings as declared; in check mode say what that would be, the connection test included."""
    options, problems = check_target(options)
    raise_problems([*problems, *check_settings(options)])
    app = find_app(graph, options)
    template_id = options.get("template_id") or ""
    live, job = _look(graph, options, app, template_id) if app else ({}, None)
    plan = _plan(options, live, app)
    if app and plan.changed and job is None:
        job = find_job(graph, app, template_id)
        whole = _look_once_more(graph, options, app, job, live)
        live, plan = whole, (plan if whole == live else _plan(options, whole, app))
    outcome = _foresee(options, plan, live, app, job)
    if app is None or not plan.changed:
        return outcome
    outcome.warnings += _check_scope(graph, options, app, job, plan)
    if options["test_connection"]:
        _test(graph, app, job, plan, template_id)
    if not graph.read_only:
        _carry_out(graph, options, app, job, plan, outcome)
    return outcome


def _look(graph: Graph, options: Mapping[str, t.Any], app: App, template_id: str) -> tuple[dict[str, str], Job | None]:
    """The settings; and the job, where it has to say whether there can be none."""
    live = read_again(graph, lambda: _read(graph, app))
    if live.get(ADDRESS):
        return live, None
    job = find_job(graph, app, template_id)
    live = _look_once_more(graph, options, app, job, live)
    unseen = unseen_options(options, live)
    if job is not None and has_run(job.raw) and not live.get(ADDRESS) and unseen:
        raise Refusal(
            f"The provisioning job of {app.display_name} has run, and yet Entra shows no tenant URL, as if nothing were stored. A write "
            f"replaces all settings, and those that are stored would be lost. This task wrote nothing. Run it again later; if they "
            f"are really gone, give all of them: {', '.join(unseen)}",
            missing=unseen,
        )
    return live, job


def _look_once_more(graph: Graph, options: Mapping[str, t.Any], app: App, job: Job | None, live: dict[str, str]) -> dict[str, str]:
    """The settings, read again for a while if they lack something, which a write would lose: a replica may not know it yet."""
    if job is None or not has_run(job.raw):
        return live
    found = [live]

    def is_whole() -> bool:
        return bool(found[-1].get(ADDRESS) and found[-1].get(SCOPE)) and not unseen_options(options, found[-1])

    def look() -> bool:
        found.append(_read(graph, app))
        return is_whole()

    if not is_whole():
        graph.wait_for(look, hits=1, timeout=bounded(graph, MOST))
    return found[-1]


def _read(graph: Graph, app: App) -> dict[str, str]:
    return known_spelling(read_secrets(graph, app.principal_id))


def _plan(options: Mapping[str, t.Any], live: Mapping[str, str], app: App | None) -> SettingsPlan:
    return plan_settings(options, live, rotated=_is_rotated(options, live, app))


def _check_scope(graph: Graph, options: Mapping[str, t.Any], app: App, job: Job | None, plan: SettingsPlan) -> list[str]:
    """What to warn of if the scope becomes those who are assigned. Raises Refusal if these are none."""
    if job is None or not needs_people(plan, job.raw):
        return []
    assignments = list_assignments(graph, app.principal_id)
    return [check_narrowing(plan, assignments, job.raw, allow_empty=options["allow_empty_scope"])]


def _is_rotated(options: Mapping[str, t.Any], live: Mapping[str, str], app: App | None) -> bool:
    """Whether the secret is another one than that of the fingerprint. A slow hash: made only where it is asked for."""
    given = credential_options(options)
    if options["update_secret"] != "on_change" or app is None or not given or not any(live.get(key) for key in SECRET_KEYS):
        return False
    return not is_known(given, app.tags)


def _keeps_fingerprint(options: Mapping[str, t.Any], app: App | None) -> bool:
    """Whether a fingerprint is to be written with the secret: asked for, or there from before, which would be wrong now."""
    return options["update_secret"] == "on_change" or any(tag.startswith(MARK) for tag in (app.tags if app else ()))


def _foresee(options: Mapping[str, t.Any], plan: SettingsPlan, live: Mapping[str, str], app: App | None, job: Job | None) -> Outcome:
    """The outcome if all goes well."""
    operations, warnings = settings_operations(plan), list(plan.warnings)
    if plan.changed and _keeps_fingerprint(options, app):
        operations.append(FINGERPRINT)
    pending = plan.narrowed and job is not None and waits_for_restart(job.raw)
    if pending and job is not None:
        warnings.append(restart_warning(job.raw))
    elif _restarts(plan, job):
        operations.append(_restart_of(app.display_name if app else options.get("display_name")))
    stored = "kept" if any(live.get(key) for key in SECRET_KEYS) else "missing"
    state = secret_state(plan, live)
    tested = bool(plan.changed and app and options["test_connection"])
    result = {**plan.after, "secret": state, "tested": tested, "restart_needed": pending}
    before, after = {**plan.before, "secret": stored}, {**plan.after, "secret": state}
    return Outcome({"settings": result}, operations, before, after, warnings, subject=app.display_name if app else "")


def _restart_of(name: object) -> Operation:
    return Operation("job", "restart", f"provisioning of {name}", {"because": "the scope goes from all to assigned"})


def _restarts(plan: SettingsPlan, job: Job | None) -> bool:
    return plan.narrowed and job is not None and schedule_state(job.raw) == "Active" and not holds_deletes(job.raw)


def _test(graph: Graph, app: App, job: Job | None, plan: SettingsPlan, template_id: str) -> None:
    """Raise Refusal if Entra cannot reach the target with what is to be stored."""
    reason = try_connection(graph, app, job, {key: value for key, value in plan.secrets.items() if value}, template_id)
    if reason:
        raise Refusal(
            f"The connection test of {app.display_name} failed, and so nothing was stored. The service says: {reason}. {ADVICE} "
            "Settings that cannot be tested yet are stored with test_connection: false",
            tested=True,
            reason=reason,
        )


def _carry_out(graph: Graph, options: Mapping[str, t.Any], app: App, job: Job | None, plan: SettingsPlan, outcome: Outcome) -> None:
    """Write, wait, leave the fingerprint, restart. What fails after the write does not undo it, and is told."""
    _store(graph, app, plan)
    seen, why = look_again(graph, lambda: shows(plan, _read(graph, app)), hits=HITS)
    if not seen:
        outcome.warnings.append(f"Entra took the settings, but {why}; the next run looks again")
    if FINGERPRINT in outcome.operations:
        try:
            _leave_fingerprint(graph, app, credential_options(options))
        except CollectionError as error:
            outcome.operations.remove(FINGERPRINT)
            outcome.warnings.append(
                f"The secret is stored, its fingerprint is not, so that the next run stores it again: {error}. "
                "Writing it needs Application.ReadWrite.OwnedBy or Application.ReadWrite.All"
            )
    if _restarts(plan, job) and job is not None:
        try:
            restart_once(graph, app, job)
        except CollectionError as error:
            outcome.operations.remove(_restart_of(app.display_name))
            outcome.result["settings"]["restart_needed"] = True
            outcome.failed = (
                f"The settings are stored, but the restart after which the scope takes effect failed: {error}. "
                "Restart the job with entra_provisioning_job, state: restarted"
            )


def _store(graph: Graph, app: App, plan: SettingsPlan) -> None:
    """One PUT; after a lost answer look, and send it again unless the change is there to be seen."""
    for _again in range(SENDS - 1):
        try:
            return write_secrets(graph, app.principal_id, plan.secrets)
        except Ambiguous:
            if plan.before != plan.after and shows(plan, _read(graph, app)):
                return None
        graph.sleep(min(1.0, graph.consistency_timeout / 60))
    return write_secrets(graph, app.principal_id, plan.secrets)


def _leave_fingerprint(graph: Graph, app: App, given: Mapping[str, str]) -> None:
    """Write the tag, and every other tag as it is at this moment."""
    tag = make_tag(given, random_source.token_bytes(16))
    write_tags(graph, app.principal_id, replace_tag(read_tags(graph, app.principal_id), tag))
