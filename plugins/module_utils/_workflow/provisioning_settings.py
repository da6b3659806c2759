# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""entra_provisioning_settings: look, plan, test, one PUT of the whole set, and wait until Entra shows it."""

from __future__ import annotations

import secrets as random_source
import typing as t

from .._entra.fingerprint import MARK, is_known, make_tag, replace_tag
from .._entra.outcome import Operation, Outcome
from .._entra.settings import plan_settings, secret_state, settings_operations, shows
from .._entra.settings_keys import SECRET_KEYS, check_settings, credential_options
from .._entra.status import holds_deletes, quarantine_sentence, schedule_state
from .._errors import Ambiguous, CollectionError, Refusal
from .._graph.applications import find_app
from .._graph.client import segment
from .._graph.synchronization import find_job, patiently, read_secrets, restart_job, write_secrets
from .._graph.target import check_target
from .connection_test import ADVICE, refuse, try_connection

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .._entra.settings import SettingsPlan
    from .._graph.applications import App
    from .._graph.client import Graph
    from .._graph.synchronization import Job

FINGERPRINT = Operation("tag", "update", "fingerprint of the secret", {})
HITS = 2
"""Looks in a row that must show the new settings."""


def act(graph: Graph, options: Mapping[str, t.Any]) -> Outcome:
    """Make the settings as declared; in check mode say what that would be, the connection test included."""
    options, problems = check_target(options)
    refuse([*problems, *check_settings(options)])
    app = find_app(graph, options)
    principal = app.principal_id if app else ""
    live = patiently(graph, lambda: read_secrets(graph, principal)) if app else {}
    plan = plan_settings(options, live, rotated=_is_rotated(options, live, app))
    job = find_job(graph, app) if app and plan.changed else None
    outcome = _foresee(options, plan, live, app, job)
    if app is None or not plan.changed:
        return outcome
    if options["test_connection"]:
        _test(graph, app, job, plan)
    if not graph.read_only:
        _carry_out(graph, options, app, job, plan, outcome)
    return outcome


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
    if plan.narrowed and job is not None and holds_deletes(job.raw):
        why = quarantine_sentence(job.raw)
        warnings.append(f"The scope takes effect after a restart of the job, which is not done: {why}. See entra_provisioning_job")
    elif _restarts(plan, job):
        name = app.display_name if app else options.get("display_name")
        operations.append(Operation("job", "restart", f"provisioning of {name}", {"because": "the scope goes from all to assigned"}))
    stored = "kept" if any(live.get(key) for key in SECRET_KEYS) else "missing"
    state = secret_state(plan, live)
    result = {**plan.after, "secret": state, "tested": bool(plan.changed and app and options["test_connection"])}
    before, after = {**plan.before, "secret": stored}, {**plan.after, "secret": state}
    return Outcome({"settings": result}, operations, before, after, warnings)


def _restarts(plan: SettingsPlan, job: Job | None) -> bool:
    return plan.narrowed and job is not None and schedule_state(job.raw) == "Active" and not holds_deletes(job.raw)


def _test(graph: Graph, app: App, job: Job | None, plan: SettingsPlan) -> None:
    """Raise Refusal if Entra cannot reach the target with what is to be stored."""
    reason = try_connection(graph, app, job, {key: value for key, value in plan.secrets.items() if value})
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
    outcome.warnings += _look_again(graph, app, plan)
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
            restart_job(graph, app.principal_id, job.id)
        except CollectionError as error:
            outcome.operations.pop()
            outcome.failed = (
                f"The settings are stored, but the restart after which the scope takes effect failed: {error}. "
                "Restart the job with entra_provisioning_job, state: restarted"
            )


def _look_again(graph: Graph, app: App, plan: SettingsPlan) -> list[str]:
    """Wait until the settings are shown as they were written; a warning if they are not, since written they are all the same."""
    try:
        seen, why = graph.wait_for(lambda: shows(plan, read_secrets(graph, app.principal_id)), hits=HITS), ""
    except CollectionError as error:
        seen, why = False, f" ({error})"
    seconds = f"{graph.consistency_timeout:g} seconds"
    return [] if seen else [f"Entra took the settings, and did not show them within {seconds}{why}; the next run looks again"]


def _store(graph: Graph, app: App, plan: SettingsPlan) -> None:
    """One PUT; after a lost answer look, and send it again unless the change is there to be seen."""
    try:
        write_secrets(graph, app.principal_id, plan.secrets)
    except Ambiguous:
        if plan.before == plan.after or not shows(plan, read_secrets(graph, app.principal_id)):
            write_secrets(graph, app.principal_id, plan.secrets)


def _leave_fingerprint(graph: Graph, app: App, given: Mapping[str, str]) -> None:
    """Write the tag, and every other tag as it is at this moment."""
    path = f"servicePrincipals/{segment(app.principal_id)}"
    tags = graph.get(path, params={"$select": "id,tags"}).get("tags") or []
    graph.settle("PATCH", path, {"tags": replace_tag(tags, make_tag(given, random_source.token_bytes(16)))})
