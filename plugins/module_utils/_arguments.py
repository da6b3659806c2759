# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that several modules share, as `AnsibleModule` wants them. The doc fragments say the same in words."""

from __future__ import annotations

import contextlib
import typing as t
from urllib.parse import parse_qsl, unquote, urlsplit

from ansible.module_utils.basic import env_fallback

from ._errors import InputError, Problem
from ._input.checks import SECRET
from ._planning.policy import PROTECTED_GROUPS

if t.TYPE_CHECKING:
    from collections.abc import Mapping

Options = dict[str, t.Any]


def _env(name: str) -> Options:
    return {"fallback": (env_fallback, [f"ZSCALER_ONE_SCIM_{name}"])}


SCIM: Mapping[str, Options] = {
    "base_url": {"type": "str", "required": True, **_env("BASE_URL")},
    "bearer_token": {"type": "str", "no_log": True, **_env("BEARER_TOKEN")},
    "client_id": {"type": "str", **_env("CLIENT_ID")},
    "client_secret": {"type": "str", "no_log": True, **_env("CLIENT_SECRET")},
    "token_url": {"type": "str", "no_log": False, **_env("TOKEN_URL")},
    "ca_path": {"type": "path", **_env("CA_PATH")},
    "validate_certs": {"type": "bool", "default": True},
    "proxy": {"type": "str"},
    "use_env_proxy": {"type": "bool", "default": False},
    "timeout": {"type": "float", "default": 30},
    "deadline": {"type": "float", "default": 0},
    "requests_per_second": {"type": "float", "default": 5, **_env("REQUESTS_PER_SECOND")},
    "page_size": {"type": "int", "default": 1000},
}
"""The connection: doc fragment and action group `scim`."""

STATE: Options = {"type": "str", "default": "present", "choices": ["present", "absent"]}

WRITING: Mapping[str, Options] = {
    "update_method": {"type": "str", "default": "patch", "choices": ["patch", "put"]},
    "unseen_attributes": {"type": "str", "default": "leave", "choices": ["leave", "write"]},
}
"""How a changing module writes."""

BRAKE: Mapping[str, Options] = {
    "removal_limit": {
        "type": "dict",
        "options": {
            "percent": {"type": "float", "default": 5},
            "count": {"type": "int", "default": 500},
            "floor": {"type": "int", "default": 5},
        },
        "apply_defaults": True,
    },
    "allow_removals_over_limit": {"type": "bool", "default": False},
}
"""The removal brake."""

MEMBERS: Mapping[str, Options] = {
    "missing_members": {"type": "str", "default": "fail", "choices": ["fail", "warn", "ignore"]},
}
"""What a member means that does not exist."""

BATCHES: Mapping[str, Options] = {"members_per_request": {"type": "int", "default": 100}}
"""How memberships are cut into requests."""

MATCHING: Mapping[str, Options] = {
    "external_id_conflict": {"type": "str", "default": "fail", "choices": ["fail", "overwrite", "ignore"]},
}
"""What another externalId behind a known userName means."""

GROUPS: Mapping[str, Options] = {"max_groups_per_user": {"type": "int", "default": 128}}
"""How many groups one user may have."""

PROTECTION: Mapping[str, Options] = {
    "protected_groups": {"type": "list", "elements": "str", "default": list(PROTECTED_GROUPS)},
}
"""What is neither deleted nor emptied."""

SCOPE: Mapping[str, Options] = {
    "scope": {
        "type": "dict",
        "options": {
            "user_name_suffixes": {"type": "list", "elements": "str"},
            "user_name_regex": {"type": "str"},
            "external_id_regex": {"type": "str"},
            "group_name_regex": {"type": "str"},
        },
    },
}
"""What is ours."""

DECLARED: Mapping[str, Options] = {
    # The entries have no suboptions: they are checked by the same rules as those of files, which see the types of YAML.
    "users": {"type": "list", "elements": "dict"},
    "groups": {"type": "list", "elements": "dict"},
    "src": {"type": "list", "elements": "path"},
    "prune_users": {"type": "str", "default": "none", "choices": ["none", "disable", "delete"]},
    "prune_groups": {"type": "str", "default": "none", "choices": ["none", "delete"]},
    "membership": {"type": "str", "default": "exact", "choices": ["exact", "append", "remove"]},
    "protected_users": {"type": "list", "elements": "str", "default": []},
    "result_limit": {"type": "int", "default": 1000},
}
"""The declared state, whole, and how much is told of it. Each module says in its own words what that means to it."""

PERSON = ("user_name", "new_user_name", "external_id", "id", "display_name", "given_name", "family_name", "email", "department")
PERSONAL = frozenset((*PERSON, "users", "groups", "members", "protected_users", "filter"))
"""Options that name people, of which neither a log nor `invocation` gets more than how many there are."""

RANGES: Mapping[str, tuple[int, int]] = {
    "page_size": (1, 1000),
    "members_per_request": (1, 1000),
    "max_groups_per_user": (0, 100_000),
    "result_limit": (0, 1_000_000),
}
"""The least and the most of the options that are whole numbers; Zscaler documents pages of up to 1,000."""


def check_ranges(options: Mapping[str, t.Any]) -> None:
    """Raise InputError with every whole number that lies outside of its range (B53, B54)."""
    problems = [
        Problem(f"option {name}", "", f"is {options[name]}; it must be a whole number from {least} to {most}")
        for name, (least, most) in RANGES.items()
        if options.get(name) is not None and not least <= options[name] <= most
    ]
    if problems:
        raise InputError(problems)


SHORTEST_MASKED = 4
"""Masking anything shorter would garble the result; so short a secret is refused as an option."""


def stray_secrets(options: Mapping[str, t.Any]) -> set[str]:
    """Secrets in options that are none: in declared entries by their keys (B49), in addresses as userinfo or query."""
    found: set[str] = set()
    for name in ("users", "groups"):
        _collect_secrets(options.get(name), found, secret=False)
    for name in ("base_url", "token_url", "proxy"):
        found |= url_secrets(str(options.get(name) or ""))
    return {value for value in found if len(value) >= SHORTEST_MASKED}


def _collect_secrets(value: object, found: set[str], *, secret: bool) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _collect_secrets(inner, found, secret=secret or bool(SECRET.search(str(name))))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _collect_secrets(inner, found, secret=secret)
    elif secret and value is not None:
        found.add(str(value))


def url_secrets(url: str) -> set[str]:
    """Passwords, queries and fragments in addresses; they are refused in most of them, and Ansible shows options as they were given."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        found = {parts.query, parts.fragment, *(value for _name, value in parse_qsl(parts.query))}
        if parts.password:
            found |= {parts.password, unquote(parts.password)}
        return found
    return set()
