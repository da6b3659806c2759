# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The permissions of Microsoft Graph that a request takes: any one of several sets, as Microsoft's permission index has them."""

from __future__ import annotations

import typing as t

Names = frozenset[str]
Permissions = tuple[Names, ...]
"""Each set is enough; without any, nothing is needed."""

APPLICATIONS, OWNED, ALL_APPLICATIONS = "Application.Read.All", "Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"
READ_SYNCHRONIZATION, SYNCHRONIZATION = "Synchronization.Read.All", "Synchronization.ReadWrite.All"
ASSIGNMENTS = "AppRoleAssignment.ReadWrite.All"
PEOPLE, GROUP_NAMES, GROUP_MEMBERS = "User.ReadBasic.All", "Group.ReadBasic.All", "GroupMember.Read.All"
READ_POLICIES, WRITE_POLICIES = "Policy.Read.All", "Policy.ReadWrite.ApplicationConfiguration"
AUDIT = "AuditLog.Read.All"

# What the client was given by whoever set it up: the recommended set of the facts, section 2.3.
GRANTED: Names = frozenset(
    {APPLICATIONS, OWNED, SYNCHRONIZATION, ASSIGNMENTS, PEOPLE, GROUP_NAMES, GROUP_MEMBERS, AUDIT, READ_POLICIES, WRITE_POLICIES}
)


def any_of(*choices: str | tuple[str, ...]) -> Permissions:
    """One permission each, or several that are needed together."""
    return tuple(frozenset({choice} if isinstance(choice, str) else choice) for choice in choices)


NOTHING: Permissions = ()
APP_READ = any_of(APPLICATIONS, OWNED, ALL_APPLICATIONS)
APP_WRITE = any_of(OWNED, ALL_APPLICATIONS)
# The index lets Application.ReadWrite.OwnedBy do all this too; the service often refuses it (fact P3).
SYNC_READ = any_of(READ_SYNCHRONIZATION, SYNCHRONIZATION)
SYNC = any_of(SYNCHRONIZATION)
ROLES = any_of(ASSIGNMENTS)
# Both are needed (public issue 12833 of microsoft-graph-docs).
ASSIGN = any_of((ASSIGNMENTS, APPLICATIONS))
USERS = any_of(PEOPLE)
GROUPS = any_of(GROUP_NAMES, GROUP_MEMBERS)
LOGS = any_of(AUDIT)
POLICY_READ = any_of(READ_POLICIES, WRITE_POLICIES)
POLICIES = any_of(WRITE_POLICIES)
POLICIES_OF_APP = any_of((OWNED, READ_POLICIES), (OWNED, WRITE_POLICIES), (ALL_APPLICATIONS, READ_POLICIES))


def granted_to(given: t.Collection[str], missing: t.Collection[str]) -> Names:
    """What a client has that was given `given` (nothing named: the recommended ones) but for `missing`."""
    return frozenset(given or GRANTED).difference(missing)


def is_enough(permissions: Permissions, given: t.Collection[str], missing: t.Collection[str]) -> bool:
    """Whether a client may do what takes `permissions`."""
    granted = granted_to(given, missing)
    return not permissions or any(granted.issuperset(choice) for choice in permissions)


def spelled(permissions: Permissions) -> str:
    """The sets in words."""
    return " or ".join(" and ".join(sorted(choice)) for choice in permissions) or "none"
