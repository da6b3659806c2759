# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which permission of Microsoft Graph a refused request probably lacks. Pure."""

from __future__ import annotations

import re
import typing as t

from .._errors import ServiceError

if t.TYPE_CHECKING:
    from .._errors import CollectionError

READ = "Application.Read.All"
OWNED = "Application.ReadWrite.OwnedBy (or Application.ReadWrite.All)"
SYNCHRONIZE = "Synchronization.ReadWrite.All"

CONSENT = "with the consent of an administrator"

PERMISSIONS: tuple[tuple[str, str, str], ...] = (
    ("GET", r".*/synchronization/(jobs|templates)(/[^/]+(/schema)?)?", "Synchronization.Read.All (or Synchronization.ReadWrite.All)"),
    ("", r".*/synchronization(/.*)?", SYNCHRONIZE),
    ("GET", r".*/appRoleAssignedTo", READ),
    ("DELETE", r".*/appRoleAssignedTo/.*", "AppRoleAssignment.ReadWrite.All"),
    ("", r".*/appRoleAssignedTo", "AppRoleAssignment.ReadWrite.All and Application.Read.All"),
    ("", r"auditLogs/.*", "AuditLog.Read.All"),
    ("GET", r"policies/.*", "Policy.Read.All"),
    ("", r"policies/.*", "Policy.ReadWrite.ApplicationConfiguration"),
    ("", r".*/claimsMappingPolicies.*", f"Policy.Read.All and {OWNED}"),
    ("", r"users(/[^/]+)?", "User.ReadBasic.All"),
    ("", r"groups(/[^/]+(/members)?)?", "GroupMember.Read.All"),
    ("GET", r"(applications|servicePrincipals)(/.*)?", READ),
    ("", r"(applications|servicePrincipals|applicationTemplates|directory)(/.*)?", OWNED),
)
"""Method ("" = any other), path below the version, and the application permission; the first line that fits counts.

Source: Microsoft's permission index; for writes to the synchronization service its published least permission is not enough (P3).
"""


def permission(request: str) -> str:
    """The application permission for a request, C(GET users); empty where none is known."""
    method, _blank, path = request.partition(" ")
    for wanted, pattern, names in PERMISSIONS:
        if wanted in ("", method) and re.fullmatch(pattern, path.strip("/")):
            return names
    return ""


def advise(error: CollectionError) -> str:
    """What to do about an error that has one usual cause; otherwise nothing."""
    if not isinstance(error, ServiceError) or error.status not in (401, 403):
        return ""
    names = permission(error.request)
    if error.status == 403 and names:
        return f". The application that logs in probably lacks the permission {names} on Microsoft Graph, {CONSENT}"
    if error.status == 401 and "/synchronization" in error.request and is_wordless(error):
        why = "The synchronization service answers 401 without a word where a permission is missing"
        return f". {why}: the application that logs in needs {names} on Microsoft Graph, {CONSENT}"
    if error.status == 401 and names:
        return ". The token is refused: is access_token still valid, and is it one for Graph in this cloud (options cloud, graph_url)?"
    return ""


def is_wordless(error: ServiceError) -> bool:
    """Whether the service gave no reason."""
    return error.code.lower() in ("", "unknownerror") or "without a message" in error.detail
