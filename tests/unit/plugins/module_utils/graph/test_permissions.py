# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which permission a refused request probably lacks."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import NotSent, ServiceError, Unauthorized
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.permissions import advise, permission

SYNC = "servicePrincipals/1/synchronization"


@pytest.mark.parametrize(
    ("request_name", "needed"),
    [
        ("POST applicationTemplates/1/instantiate", ["Application.ReadWrite.OwnedBy"]),
        ("GET servicePrincipals", ["Application.Read.All"]),
        ("GET servicePrincipals/1", ["Application.Read.All"]),
        ("PATCH servicePrincipals/1", ["Application.ReadWrite.OwnedBy"]),
        ("DELETE applications/1", ["Application.ReadWrite.OwnedBy"]),
        ("POST servicePrincipals/1/addTokenSigningCertificate", ["Application.ReadWrite.OwnedBy"]),
        ("GET servicePrincipals/1/appRoleAssignedTo", ["Application.Read.All"]),
        ("POST servicePrincipals/1/appRoleAssignedTo", ["AppRoleAssignment.ReadWrite.All", "Application.Read.All"]),
        ("DELETE servicePrincipals/1/appRoleAssignedTo/2", ["AppRoleAssignment.ReadWrite.All"]),
        (f"GET {SYNC}/jobs", ["Synchronization.Read.All"]),
        (f"GET {SYNC}/jobs/2", ["Synchronization.Read.All"]),
        (f"GET {SYNC}/jobs/2/schema", ["Synchronization.Read.All"]),
        (f"GET {SYNC}/jobs/2/schema/filterOperators", ["Synchronization.ReadWrite.All"]),
        (f"GET {SYNC}/secrets", ["Synchronization.ReadWrite.All"]),
        (f"PUT {SYNC}/secrets", ["Synchronization.ReadWrite.All"]),
        (f"POST {SYNC}/jobs/2/start", ["Synchronization.ReadWrite.All"]),
        (f"POST {SYNC}/jobs/validateCredentials", ["Synchronization.ReadWrite.All"]),
        ("GET auditLogs/provisioning", ["AuditLog.Read.All"]),
        ("GET users/1", ["User.ReadBasic.All"]),
        ("GET groups", ["GroupMember.Read.All"]),
        ("POST policies/claimsMappingPolicies", ["Policy.ReadWrite.ApplicationConfiguration"]),
        ("POST servicePrincipals/1/claimsMappingPolicies/$ref", ["Application.ReadWrite.OwnedBy", "Policy.Read.All"]),
        (f"GET {SYNC}/templates/2/schema/filterOperators", ["Synchronization.ReadWrite.All"]),
        ("GET servicePrincipals/1/claimsMappingPolicies", ["Application.ReadWrite.OwnedBy", "Policy.Read.All"]),
        ("GET somewhere", []),
    ],
)
def test_each_path_has_its_permission(request_name: str, needed: list[str]) -> None:
    names = permission(request_name)
    assert [name for name in needed if name not in names] == []
    assert bool(names) is bool(needed)


def test_a_403_names_the_permission() -> None:
    advice = advise(
        ServiceError(403, "Insufficient privileges", "POST servicePrincipals/1/appRoleAssignedTo", "Authorization_RequestDenied")
    )
    assert "AppRoleAssignment.ReadWrite.All and Application.Read.All" in advice
    assert "consent of an administrator" in advice


def test_a_401_without_a_word_of_the_synchronization_service_is_a_missing_permission() -> None:
    advice = advise(Unauthorized(401, "(UnknownError, without a message)", f"PUT {SYNC}/secrets", "UnknownError"))
    assert "Synchronization.ReadWrite.All" in advice
    assert "answers 401 without a word" in advice


@pytest.mark.parametrize("path", ["users/1", f"{SYNC}/jobs"])
def test_any_other_401_is_about_the_token(path: str) -> None:
    advice = advise(Unauthorized(401, "Lifetime validation failed.", f"GET {path}", "InvalidAuthenticationToken"))
    assert "is access_token still valid" in advice


@pytest.mark.parametrize(
    "error", [ServiceError(404, "gone", "GET users/1"), NotSent("no", "GET users/1"), Unauthorized(401, "x", "token request")]
)
def test_other_errors_speak_for_themselves(error: Exception) -> None:
    assert advise(error) == ""  # type: ignore[arg-type]
