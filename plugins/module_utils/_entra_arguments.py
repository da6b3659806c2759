# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that the entra modules share, as `AnsibleModule` wants them. The doc fragments say the same in words."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import env_fallback

from ._arguments import SHORTEST_MASKED, url_secrets

if t.TYPE_CHECKING:
    from collections.abc import Mapping

Options = dict[str, t.Any]


def _env(name: str) -> Options:
    return {"fallback": (env_fallback, [f"ZSCALER_ONE_ENTRA_{name}"])}


ENTRA: Mapping[str, Options] = {
    "tenant_id": {"type": "str"},
    "client_id": {"type": "str"},
    "client_secret": {"type": "str", "no_log": True},
    "certificate_path": {"type": "path"},
    "certificate_password": {"type": "str", "no_log": True},
    "access_token": {"type": "str", "no_log": True},
    "auth_source": {
        "type": "str",
        "default": "auto",
        "choices": ["auto", "client_secret", "certificate", "workload_identity", "managed_identity", "cli", "token"],
    },
    "cloud": {"type": "str", "default": "public", "choices": ["public", "usgov", "usgov_dod", "china"]},
    "graph_url": {"type": "str", **_env("GRAPH_URL")},
    "authority_url": {"type": "str", **_env("AUTHORITY_URL")},
    "ca_path": {"type": "path", **_env("CA_PATH")},
    "validate_certs": {"type": "bool", "default": True},
    "proxy": {"type": "str"},
    "use_env_proxy": {"type": "bool", "default": False},
    "timeout": {"type": "float", "default": 30},
    "deadline": {"type": "float", "default": 0},
    "consistency_timeout": {"type": "float", "default": 300},
}
"""The connection: doc fragment and action group `entra`. What is not given of the credentials, `choice.choose` looks for itself."""

APPLICATION: Mapping[str, Options] = {
    "service_principal_id": {"type": "str"},
    "display_name": {"type": "str"},
}
"""Which application: one of both."""

JOB: Mapping[str, Options] = {"template_id": {"type": "str"}}
"""Which of its jobs, by the connector; doc fragment `_entra_job`."""

PERSONAL = frozenset({"assignments", "user", "group", "members", "notification_email", "notification_emails"})
"""Options that name people, of which neither a log nor `invocation` gets more than how many there are."""

MASKED_ADDRESSES = ("graph_url", "authority_url", "proxy", "oauth2_token_url", "reply_url", "sign_on_url")


def known_secrets(options: Mapping[str, t.Any], spec: Mapping[str, Options]) -> set[str]:
    """What must not be shown of the options: each that is a secret by `spec`, and what is hidden in an address.

    The query of C(tenant_url) is none: Microsoft documents flags for its SCIM client that are written there.
    """
    found = {str(options[name]).strip() for name, rules in spec.items() if rules.get("no_log") is True and options.get(name)}
    for name in MASKED_ADDRESSES:
        found |= url_secrets(str(options.get(name) or ""))
    found |= url_secrets(str(options.get("tenant_url") or "").partition("?")[0])
    return {value for value in found if len(value) >= SHORTEST_MASKED}
