# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to write so that the settings of provisioning are as declared: nothing, or the whole set once. Pure.

Entra cannot show a stored secret, and a write replaces the set (facts 3.7). So whatever cannot be read must be given, or would be lost.
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, field

from .._errors import InputError, Problem
from .outcome import Operation
from .settings_keys import (
    ADDRESS,
    KEEP_LEAVERS,
    MAIL,
    OAUTH2,
    SCOPE,
    SECRET_KEYS,
    TOKEN,
    credential_options,
    describe_settings,
    is_masked,
    is_readable_mail,
    masked_keys,
    read_mail,
    truth,
)
from .status import has_run, holds_deletes, quarantine_sentence, schedule_state

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    Secrets = Mapping[str, str]

NAMES = {
    "tenant_url": "Tenant URL",
    "oauth2_client_id": "OAuth2 client id",
    "oauth2_token_url": "OAuth2 token URL",
    "authentication": "Authentication",
    "scope": "Scope",
    "notification_email": "Notification e-mail",
    "notify_on_failure": "Mail when a failure occurs",
    "deletion_threshold": "Accidental deletion threshold",
    "skip_out_of_scope_deletions": "Skip out-of-scope deletions",
}
"""Our keys as a person calls them."""

REASONS = {
    "none": "none is stored",
    "always": "update_secret is always",
    "changed": "its fingerprint differs",
    "whole": "sent again: Entra takes all settings at once",
}


@dataclass(frozen=True)
class SettingsPlan:
    """The set to write, empty if nothing is to be done; all else is what people are told."""

    secrets: Mapping[str, str]
    before: Mapping[str, t.Any]
    after: Mapping[str, t.Any]
    store: str = ""
    """Why a secret is stored, a key of REASONS; empty if none is."""
    narrowed: bool = False
    """Whether the scope goes from all to assigned: that takes effect only after a restart."""
    warnings: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything is to be written."""
        return bool(self.secrets)


def plan_settings(options: Mapping[str, t.Any], live: Mapping[str, str], *, rotated: bool = False) -> SettingsPlan:
    """The plan. `live` are the settings as Graph shows them, `rotated` says that the fingerprint of the secret differs.

    Raises InputError where something that cannot be read would be lost.
    """
    wanted = wanted_secrets(options, live)
    given = credential_options(options)
    secret = next((key for key in SECRET_KEYS if key in given), "")
    differing = [key for key, value in wanted.items() if key not in SECRET_KEYS and not same_setting(key, live.get(key, ""), value)]
    store = _why_store(options["update_secret"], live, secret, rotated)
    before = describe_settings(live)
    if not differing and not store:
        return SettingsPlan({}, before, before)
    written = {key: value for key, value in {**live, **wanted}.items() if value or key in wanted}
    after = describe_settings(written)
    _refuse_losses(written, wanted, secret, [words for name, words in NAMES.items() if before[name] != after[name]] or differing)
    narrowed = before["scope"] == "all" and after["scope"] == "assigned"
    return SettingsPlan(written, before, after, store or "whole", narrowed, _warn(live, before, after))


def wanted_secrets(options: Mapping[str, t.Any], live: Mapping[str, str]) -> dict[str, str]:
    """What is declared, under Graph's keys and in its spelling; credentials of the other kind are emptied if they are stored."""
    wanted: dict[str, str] = {}
    if options.get("tenant_url") is not None:
        wanted[ADDRESS] = options["tenant_url"]
    given = credential_options(options)
    wanted.update(given)
    if given:
        wanted.update({key: "" for key in (TOKEN, *OAUTH2.values()) if key not in given and live.get(key)})
    if options.get("scope") is not None:
        wanted[SCOPE] = "true" if options["scope"] == "all" else "false"
    if options.get("skip_out_of_scope_deletions") is not None:
        wanted[KEEP_LEAVERS] = str(options["skip_out_of_scope_deletions"])
    mail = _wanted_mail(options, live)
    if mail is not None:
        wanted[MAIL] = json.dumps(mail, ensure_ascii=False, separators=(",", ":"))
    return wanted


def same_setting(key: str, live: str, wanted: str) -> bool:
    """Whether the stored text means what is wanted. One that is missing is the default: not set, or false."""
    if key == MAIL:
        shown = read_mail({MAIL: live})
        return all(_same_mail(shown.get(name), value) for name, value in read_mail({MAIL: wanted}).items())
    if key == KEEP_LEAVERS:
        return truth(live) == truth(wanted)
    if key == SCOPE:
        return live.strip().casefold() == wanted.casefold()
    if is_masked(live) and wanted:
        # It cannot be compared; that is for the secret to decide.
        return True
    if key in (ADDRESS, OAUTH2["oauth2_token_url"]):
        return _address(live) == _address(wanted)
    return live == wanted


def shows(plan: SettingsPlan, live: Mapping[str, str]) -> bool:
    """Whether the settings, read again, are those that were written."""
    return all(
        (bool(live.get(key)) == bool(value)) if key in SECRET_KEYS else same_setting(key, live.get(key, ""), value)
        for key, value in plan.secrets.items()
    )


def settings_operations(plan: SettingsPlan) -> list[Operation]:
    """What the plan does, in names and with no secret."""
    if not plan.changed:
        return []
    listed = [
        Operation("setting", "update", words, {"before": plan.before[name], "after": plan.after[name]})
        for name, words in NAMES.items()
        if plan.before[name] != plan.after[name]
    ]
    secret = "OAuth2 client secret" if plan.after["authentication"] == "oauth2" else "Secret token"
    return [*listed, Operation("secret", "store", secret, {"because": REASONS[plan.store]})]


def waits_for_restart(job: Mapping[str, t.Any]) -> bool:
    """Whether the job still works by the wider scope, and is not restarted for the narrower one: that would run a job that has to rest.

    One that never ran has no scope yet that it could keep.
    """
    return holds_deletes(job) or (schedule_state(job) != "Active" and (schedule_state(job) == "Paused" or has_run(job)))


def restart_warning(job: Mapping[str, t.Any]) -> str:
    """That the narrower scope waits for a restart, and what to do."""
    why = quarantine_sentence(job) or f"the job does not run (its schedule is {schedule_state(job)}), and a restart may start it"
    return (
        f"The scope takes effect after a restart of the job, which is not done: {why}. Until then everybody is provisioned, also after "
        "entra_provisioning_job with state: started. When it is to run again, use entra_provisioning_job with state: restarted"
    )


def secret_state(plan: SettingsPlan, live: Mapping[str, str]) -> str:
    """What became of the secret: stored (by this run), kept (one is there, and was left), missing."""
    if plan.changed:
        return "stored"
    return "kept" if any(live.get(key) for key in SECRET_KEYS) else "missing"


def _wanted_mail(options: Mapping[str, t.Any], live: Mapping[str, str]) -> dict[str, t.Any] | None:
    """The whole object of the notification settings, what we do not know in it kept; None if nothing of it is declared."""
    changes: dict[str, t.Any] = {}
    if options.get("notification_email") is not None:
        changes["Recipients"] = options["notification_email"]
    if options.get("notify_on_failure") is not None:
        changes["Enabled"] = options["notify_on_failure"]
    if options.get("deletion_threshold") is not None:
        changes["DeleteThresholdEnabled"] = options["deletion_threshold"] > 0
        if options["deletion_threshold"] > 0:
            changes["DeleteThresholdValue"] = options["deletion_threshold"]
    if not changes:
        return None
    if not is_readable_mail(live):
        reason = (
            "cannot be read: what Entra shows of them is masked or no JSON object. What is declared would replace all of them, the "
            "threshold for accidental deletions among it. Save the notification settings in the portal once, then run the task again"
        )
        raise InputError([Problem("the stored notification settings", "", reason)])
    mail = {**read_mail(live), **changes}
    if changes.get("Enabled") and not mail.get("Recipients"):
        reason = "needs an address: give notification_email, since none is stored"
        raise InputError([Problem("option notify_on_failure", "", reason)])
    return mail


def _why_store(update_secret: str, live: Mapping[str, str], secret: str, rotated: bool) -> str:
    """Why the given secret is to be stored by itself, a key of REASONS; empty if it need not be."""
    if not secret:
        return ""
    if not live.get(secret):
        return "none"
    if update_secret == "always":
        return "always"
    return "changed" if update_secret == "on_change" and rotated else ""


def _refuse_losses(written: Mapping[str, str], wanted: Mapping[str, str], secret: str, differing: list[str]) -> None:
    """Raise InputError for what the write would lose, or would write although nobody knows it."""
    problems = []
    if not secret:
        reason = (
            f"is needed (or the OAuth2 client), since this is to change: {', '.join(differing)}. A write replaces all settings, and Entra "
            "does not show the stored secret, which would be lost. It is the Bearer Token of the Zscaler portal"
        )
        problems.append(Problem("option secret_token", "", reason))
    if not written.get(ADDRESS) or is_masked(written.get(ADDRESS, "")):
        problems.append(Problem("option tenant_url", "", "is needed, since none is stored. It is the Base URL of the Zscaler portal"))
    lost = [key for key in masked_keys(written) if key not in wanted and key not in (*SECRET_KEYS, ADDRESS)]
    if lost:
        reason = (
            f"hold {', '.join(lost)}, which Entra does not show, and which a write of the whole set would lose. "
            "This collection cannot set them; change the settings in the portal"
        )
        problems.append(Problem("the stored settings", "", reason))
    if problems:
        raise InputError(problems)


def _warn(live: Mapping[str, str], before: Mapping[str, t.Any], after: Mapping[str, t.Any]) -> list[str]:
    warnings = []
    switched = before["authentication"] not in ("none", after["authentication"])
    if switched and live.get("AuthenticationType"):
        warnings.append(
            f"The way of authentication changes to {after['authentication']}; the stored AuthenticationType, "
            f"{live['AuthenticationType']!r}, is kept, as Microsoft does not document its values"
        )
    if before["deletion_threshold"] and not after["deletion_threshold"]:
        warnings.append(
            f"deletion_threshold: 0 turns off the protection against accidental deletion, which was {before['deletion_threshold']}: "
            "from now on Entra disables and deletes as many in one cycle as fall out of scope, and holds nothing back"
        )
    return warnings


def _same_mail(live: object, wanted: object) -> bool:
    if isinstance(wanted, bool):
        return truth(live) == wanted
    return str(live if live is not None else "") == str(wanted)


def _address(text: str) -> str:
    """An address as it is compared: scheme and host in any case."""
    scheme, mark, rest = text.strip().partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}{mark}{host.lower()}{slash}{path}"
