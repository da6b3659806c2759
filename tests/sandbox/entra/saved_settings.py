# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of provisioning, which Graph calls secrets: stored, shown with masks, tried out."""

from __future__ import annotations

import json
import typing as t

from .answers import Call, Listing, Reply, bad_request
from .synchronization import Synchronization, refused

SENSITIVE = frozenset(
    {
        "Password",
        "SecretToken",
        "AppKey",
        "ClientSecret",
        "ConsumerSecret",
        "TokenKey",
        "Oauth2AccessToken",
        "Oauth2RefreshToken",
        "Oauth2ClientSecret",
        "Oauth2AuthorizationCode",
        "ConnectionString",
    }
)
"""Keys whose values GET shows as `*`."""
NOTIFICATION = "SyncNotificationSettings"


class Settings(Synchronization):
    """Answers to /synchronization/secrets and validateCredentials."""

    def listing(self, call: Call) -> Listing:
        """GET secrets: sensitive values masked."""
        with self._directory.lock:
            application = self._application(call)
            before, until = application.shown_secrets
            secrets = before if self._entra.clock() < until else application.secrets
            shown = [{"key": key, "value": self._shown(key, value)} for key, value in secrets.items()]
        return Listing(shown, "Collection(microsoft.graph.synchronizationSecretKeyStringValuePair)")

    def _shown(self, key: str, value: str) -> str:
        if key in SENSITIVE:
            return "*"
        if key == NOTIFICATION and self._entra.switches.entra_notification_keys:
            return json.dumps({**json.loads(value), "HumanResourcesLookaheadQueryEnabled": False})
        return value

    def put(self, call: Call) -> Reply:
        """PUT secrets: the whole set, or merged into what is there, as the switch says."""
        wanted = pairs(call.object().get("value"))
        with self._directory.lock:
            application = self._application(call)
            before = dict(application.secrets)
            after = {} if self._entra.switches.entra_secrets_put == "replace" else dict(before)
            for key, value in wanted.items():
                self._check(key, value)
                if value == "*" and key in SENSITIVE and self._entra.switches.entra_secrets_star == "kept":
                    value = before.get(key, "")
                if value:
                    after[key] = value
                else:
                    after.pop(key, None)
            application.secrets.clear()
            application.secrets.update(after)
            application.shown_secrets = (before, self._entra.clock() + self._entra.switches.entra_secrets_delay)
        return Reply(204)

    @staticmethod
    def _check(key: str, value: str) -> None:
        if key != NOTIFICATION:
            return
        # "" is refused too, although that is how other keys are taken away (issue 347 of msgraph-metadata).
        try:
            settings = json.loads(value)
        except ValueError:
            settings = None
        if not isinstance(settings, dict):
            raise refused(400, "InvalidNotificationSettings", "The notification settings are not a JSON object.")
        if settings.get("Enabled") and not settings.get("Recipients"):
            raise refused(400, "InvalidNotificationSettings", "Notifications are enabled and there is no recipient.")

    def validate(self, call: Call) -> Reply:
        """POST validateCredentials: with what is sent, or with what is stored."""
        body = call.object()
        with self._directory.lock:
            application = self._job(call)[0] if len(call.ids) > 1 else self._application(call)
            if len(call.ids) == 1 and self._entra.gallery.schema(application, call.text("templateId")) is None:
                raise refused(400, "InvalidTemplate", f"The application has no synchronization template {body['templateId']}.")
            stored = dict(application.secrets)
        credentials = stored if body.get("useSavedCredentials") else pairs(body.get("credentials"))
        # Not under the lock: the engine asks the SCIM service.
        reason = self._entra.engine.validate(credentials)
        if reason:
            code, _colon, text = reason.partition(": ")
            raise refused(400, code if text else "CredentialsInvalid", text or reason)
        return Reply(204)


def pairs(content: t.Any) -> dict[str, str]:
    """A list of keys and values as a dictionary. Raises GraphError for anything else."""
    if not isinstance(content, list):
        raise bad_request("A list of keys and values was expected.")
    found: dict[str, str] = {}
    for pair in content:
        key, value = (pair.get("key"), pair.get("value")) if isinstance(pair, dict) else (None, None)
        if not isinstance(key, str) or not isinstance(value, str):
            raise bad_request("Cannot convert the literal to the expected type 'Edm.String'.")
        found[key] = value
    return found
