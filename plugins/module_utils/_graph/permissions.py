# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which permissions of Microsoft Graph a token carries, which a plan needs, and which a refused request probably lacks. Pure."""

from __future__ import annotations

import base64
import json
import re
import typing as t

from .._errors import ServiceError

if t.TYPE_CHECKING:
    from collections.abc import Iterable

    from .._errors import CollectionError

READ = "Application.Read.All"
OWNED = "Application.ReadWrite.OwnedBy (or Application.ReadWrite.All)"
SYNCHRONIZE = "Synchronization.ReadWrite.All"

CONSENT = "with the consent of an administrator"

NAME = re.compile(r"[A-Za-z]\w*([.-]\w+)*", re.ASCII)
"""A permission, such as C(User.Read.All) or C(offline_access). What else a token holds is not shown."""

LONGEST_NAME = 100
"""Characters of such a name; those of Microsoft have some sixty at most."""

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


class Client(t.NamedTuple):
    """What an access token says of whoever got it."""

    kind: str
    """C(application), C(user) for one who signed in in person, or C(unknown): tokens need not be readable."""
    permissions: tuple[str, ...]
    """Names of the permissions on Microsoft Graph, sorted."""


class Need(t.NamedTuple):
    """What a step does, the permission to ask an administrator for, and every set that is enough according to Microsoft's index."""

    why: str
    permission: str
    enough: tuple[tuple[str, ...], ...]


_READ_ALL = ("Directory.Read.All", "Directory.ReadWrite.All")
_OWNED, _ALL = "Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"
_ASSIGN = "AppRoleAssignment.ReadWrite.All"
_WRITE_POLICIES = "Policy.ReadWrite.ApplicationConfiguration"


def _any(*names: str) -> tuple[tuple[str, ...], ...]:
    return tuple((name,) for name in names)


NEEDS: dict[str, Need] = {
    "find_application": Need("find the application", READ, _any(READ, _OWNED, _ALL, *_READ_ALL)),
    "add_application": Need("add the application from the gallery", OWNED, _any(_OWNED, _ALL, "Directory.ReadWrite.All")),
    "assign": Need(
        "assign people and groups",
        f"{_ASSIGN} with {READ}",
        ((_ALL,), *((_ASSIGN, one) for one in (READ, *_READ_ALL))),
    ),
    "find_users": Need(
        "find people by name",
        "User.ReadBasic.All",
        _any("User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "User.ReadWrite.CrossCloud", *_READ_ALL),
    ),
    "find_groups": Need(
        "find groups by name",
        "GroupMember.Read.All",
        _any(
            *("GroupMember.Read.All", "GroupMember.ReadWrite.All", "Group.ReadBasic.All", "Group.Read.All", "Group.ReadWrite.All"),
            *_READ_ALL,
        ),
    ),
    # The index lets Application.ReadWrite.OwnedBy do this too, and the service often refuses it (P3).
    "provision": Need("set up, start and watch provisioning", SYNCHRONIZE, _any(SYNCHRONIZE)),
    "watch": Need("see how provisioning is", "Synchronization.Read.All", _any("Synchronization.Read.All", SYNCHRONIZE, _OWNED)),
    "read_logs": Need(
        "read who was provisioned, and who was skipped and why",
        "AuditLog.Read.All",
        _any("AuditLog.Read.All", "ProvisioningLog.Read.All", "Directory.Read.All"),
    ),
    "single_sign_on": Need("set up single sign-on", OWNED, _any(_OWNED, _ALL)),
    # To look at the policy of an application takes a permission on applications too, and with the larger one Policy.Read.All besides.
    "claims": Need(
        "write claims of single sign-on",
        f"{_WRITE_POLICIES} and Policy.Read.All with {OWNED}",
        ((_WRITE_POLICIES, _OWNED), (_WRITE_POLICIES, "Policy.Read.All", _ALL)),
    ),
}
"""What a run may be about to do, by the names of the option C(needs) of entra_permission_info."""


def read_client(authorization: str) -> Client:
    """Who the token in the header is for, by its claims. They are not verified: the service does that, here they are only told of."""
    claims = _claims(authorization.rpartition(" ")[2])
    roles, scopes = claims.get("roles"), claims.get("scp")
    if isinstance(scopes, str) and scopes:
        return Client("user", _names(scopes.split()))
    if isinstance(roles, list) or claims.get("idtyp") == "app":
        return Client("application", _names(roles if isinstance(roles, list) else ()))
    return Client("unknown", ())


def lacking(client: Client, needs: Iterable[str]) -> list[str]:
    """Which of the needs the permissions are not enough for. Only an application's tell: what a user may do, roles in Entra decide too."""
    if client.kind != "application":
        return []
    given = set(client.permissions)
    return [name for name in needs if not any(given.issuperset(names) for names in NEEDS[name].enough)]


def _names(texts: Iterable[object]) -> tuple[str, ...]:
    return tuple(sorted(text for text in texts if isinstance(text, str) and len(text) <= LONGEST_NAME and NAME.fullmatch(text)))


def _claims(token: str) -> dict[str, t.Any]:
    """The claims of a JSON Web Token (RFC 7519), {} for a token that is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}
