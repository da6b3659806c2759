# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random worlds of the planner's tests as a sandbox that holds them, and as the options of scim_directory."""

from __future__ import annotations

import io
import typing as t

from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Directory, Document
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

SWITCHES = {"default_admin": False, "domains": "*", "missing_department": "none"}
"""With these the sandbox holds just what such a world has."""


class Captured:
    """What pytest's capsys does, for a test that hypothesis calls many times."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    def readouterr(self) -> Captured:
        self.out = self.stream.getvalue()
        self.stream.seek(0)
        self.stream.truncate()
        return self


def as_state(document: Document) -> dict[str, list[dict[str, t.Any]]]:
    """A document of the planner's tests as the options `users` and `groups`."""
    users = [
        {
            "user_name": user.user_name,
            **user.values,
            "groups": user.groups and list(user.groups),
            "state": "present" if user.present else "absent",
        }
        for user in document.users
    ]
    groups = [
        {
            "display_name": group.display_name,
            "external_id": group.external_id,
            "previous_names": list(group.previous_names),
            "membership": group.membership or None,
            "members": None if group.members is None else [member.user_name for member in group.members],
            "state": "present" if group.present else "absent",
        }
        for group in document.groups
    ]
    return {"users": users, "groups": groups}


def sow(sandbox: Sandbox, directory: Directory) -> None:
    """Put the tenant of a planner's test into the sandbox."""
    names = {live.id: live.user_name for live in directory.users}
    users = [
        {
            "userName": live.user_name,
            "externalId": live.external_id,
            "displayName": live.display_name,
            "department": live.department,
            "active": live.active,
        }
        for live in directory.users
    ]
    groups = [
        {
            "displayName": live.display_name,
            "externalId": live.external_id,
            "members": [names[one] for one in (directory.members or {})[live.id]],
        }
        for live in directory.groups
    ]
    sandbox.seed(users, groups)


def as_options(policy: Policy) -> dict[str, t.Any]:
    """A policy of the planner's tests as options."""
    return {
        "prune_users": policy.prune_users,
        "prune_groups": policy.prune_groups,
        "membership": policy.membership,
        "protected_users": list(policy.protected_users),
        "scope": {
            "user_name_suffixes": list(policy.scope.suffixes),
            "group_name_regex": policy.scope.group_name.pattern if policy.scope.group_name else None,
        },
        "external_id_conflict": policy.external_id_conflict,
        "missing_members": policy.missing_members,
        "removal_limit": {"percent": 100, "count": 1000, "floor": 1000},
    }
