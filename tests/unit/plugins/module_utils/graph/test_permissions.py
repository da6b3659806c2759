# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which permission a refused request probably lacks."""

from __future__ import annotations

import base64
import json
import re
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import NotSent, ServiceError, Unauthorized
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.permissions import NEEDS, advise, lacking, permission, read_client
from ansible_collections.scimops.zscaler_one.plugins.modules.entra_permission_info import DOCUMENTATION

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


def token(claims: object) -> str:
    """A header with a token of these claims; for bytes, of these instead of JSON."""
    text = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return f"Bearer e30.{base64.urlsafe_b64encode(text).decode().rstrip('=')}.signature"


@pytest.mark.parametrize(
    ("header", "kind", "names"),
    [
        (token({"roles": ["B.Read", "A.Read"]}), "application", ("A.Read", "B.Read")),
        (token({"idtyp": "app"}), "application", ()),
        (token({"scp": "User.Read Directory.AccessAsUser.All"}), "user", ("Directory.AccessAsUser.All", "User.Read")),
        (token({"scp": "User.Read", "roles": ["A.Read"]}), "user", ("User.Read",)),
        (token({"roles": ["A.Read", 7, None]}), "application", ("A.Read",)),
        (token({"roles": "A.Read"}), "unknown", ()),
        (token({}), "unknown", ()),
        (token(["roles"]), "unknown", ()),
        (token(b"no json"), "unknown", ()),
        (token(b"\xff\xfe"), "unknown", ()),
        (token(b"[" * 100_000), "unknown", ()),
        ("Bearer e30.%%%.signature", "unknown", ()),
        ("Bearer \u00e9.\u00e9.\u00e9", "unknown", ()),
        ("Bearer not-a-real-token", "unknown", ()),
        ("", "unknown", ()),
    ],
)
def test_a_token_tells_who_it_is_for_or_nothing(header: str, kind: str, names: tuple[str, ...]) -> None:
    assert tuple(read_client(header)) == (kind, names)


def lacks(*names: str, **claims: t.Any) -> list[str]:
    return lacking(read_client(token({"roles": list(names), **claims})), NEEDS)


def test_what_is_needed_is_missing_where_no_set_is_enough() -> None:
    everything = [one.permission for one in NEEDS.values()]
    assert lacks() == list(NEEDS)
    assert lacks(*{word for text in everything for word in text.split() if "." in word}) == []
    assert lacks(scp="User.Read") == []
    assert "assign" in lacks("AppRoleAssignment.ReadWrite.All")
    assert "assign" not in lacks("AppRoleAssignment.ReadWrite.All", "Directory.Read.All")
    # P3: the published least permission is not enough.
    assert "provision" in lacks("Application.ReadWrite.OwnedBy")
    assert lacks("Directory.Read.All", "Application.ReadWrite.All", "Synchronization.ReadWrite.All") == ["claims"]


@pytest.mark.parametrize(
    ("applications", "policies", "enough"),
    [
        ("Application.ReadWrite.OwnedBy", (), True),
        ("Application.ReadWrite.OwnedBy", ("Policy.Read.All",), True),
        ("Application.ReadWrite.All", (), False),
        ("Application.ReadWrite.All", ("Policy.Read.All",), True),
        ("Application.Read.All", ("Policy.Read.All",), False),
    ],
)
def test_claims_need_to_be_looked_at_too(applications: str, policies: tuple[str, ...], enough: bool) -> None:
    assert ("claims" not in lacks("Policy.ReadWrite.ApplicationConfiguration", applications, *policies)) is enough
    assert "claims" in lacks(applications, *policies)


def test_the_module_offers_all_that_can_be_needed() -> None:
    assert yaml.safe_load(DOCUMENTATION)["options"]["needs"]["choices"] == list(NEEDS)


def test_the_role_asks_for_all_that_can_be_needed() -> None:
    asked = (Path(__file__).parents[5] / "roles/entra_provisioning/templates/needs.txt.j2").read_text(encoding="utf-8")
    assert [name for name in NEEDS if not re.search(rf"\b{name}\b", asked.partition("#}")[2])] == []
