# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gallery, applications, people, assignments, single sign-on: what Graph's directory does with each call."""

from __future__ import annotations

import json
import re
import uuid

import pytest

ZERO = "00000000-0000-0000-0000-000000000000"


# The gallery


def test_the_gallery_has_zscaler_and_says_who_can_provision(graph):
    found = graph.list("/applicationTemplates", filter="contains(displayName,'Zscaler')")
    assert {"Zscaler", "Zscaler One", "Zscaler Two", "Zscaler Three", "Zscaler Beta", "Zscaler ZSCloud"} < {
        one["displayName"] for one in found
    }
    assert {one["displayName"] for one in found if not one["supportedProvisioningTypes"]} == {"Zscaler Private Access Administrator"}
    assert [one["displayName"] for one in graph.list("/applicationTemplates", filter="displayName eq 'O''Reilly Learning'")] == [
        "O'Reilly Learning"
    ]
    one = graph.get(f"/applicationTemplates/{graph.template_id()}")
    assert (one["displayName"], one["categories"]) == ("Zscaler One", ["security"])
    assert graph.error("GET", f"/applicationTemplates/{uuid.uuid4()}")[0] == 404


def test_template_ids_are_those_of_the_tenant_but_for_the_custom_one(make_graph):
    first, second = make_graph(), make_graph()
    assert first.template_id() != second.template_id()
    assert first.template_id("Custom") == second.template_id("Custom") == "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"


def test_instantiate_makes_an_application_and_its_principal_each_time(graph):
    made = graph.instantiate("Z1")
    application, principal = made["application"], made["servicePrincipal"]
    assert application["appId"] == principal["appId"]
    assert principal["tags"] == ["WindowsAzureActiveDirectoryIntegratedApp"]
    assert (principal["appRoleAssignmentRequired"], principal["preferredSingleSignOnMode"]) == (True, None)
    assert "?metadata=zscalerone|ISV9" in principal["homepage"]
    roles = {role["displayName"]: role for role in principal["appRoles"]}
    assert roles.keys() == {"User", "msiam_access"}
    assert roles["User"]["allowedMemberTypes"] == ["User"]
    assert roles["User"]["value"] is None
    again = graph.instantiate("Z1")
    assert again["application"]["id"] != application["id"]
    assert {role["id"] for role in again["servicePrincipal"]["appRoles"]}.isdisjoint(role["id"] for role in principal["appRoles"])
    both = graph.list("/servicePrincipals", filter=f"applicationTemplateId eq '{graph.template_id()}' and displayName eq 'Z1'")
    assert len(both) == 2


def test_instantiate_may_say_404_and_have_done_it(make_graph):
    graph = make_graph(instantiate_404=True)
    status, code, _message = graph.error("POST", f"/applicationTemplates/{graph.template_id()}/instantiate", {"displayName": "Z1"})
    assert (status, code) == (404, "Request_ResourceNotFound")
    assert len(graph.list("/applications", filter="displayName eq 'Z1'")) == 1


@pytest.mark.parametrize("roles", ["msiam_access", "User,Admin", ""])
def test_switch_app_roles(make_graph, roles):
    graph = make_graph(app_roles=roles)
    found = [role["displayName"] for role in graph.instantiate()["servicePrincipal"]["appRoles"]]
    assert found == [role for role in roles.split(",") if role]


# Applications and principals


def test_the_principal_follows_its_application(graph):
    made = graph.instantiate("Z1")
    app, sp = made["application"]["id"], made["servicePrincipal"]["id"]
    graph.ok(
        "PATCH", f"/applications/{app}", {"displayName": "Z2", "identifierUris": ["https://x"], "web": {"redirectUris": ["https://y"]}}
    )
    principal = graph.get(f"/servicePrincipals/{sp}")
    assert principal["displayName"] == "Z2"
    assert principal["servicePrincipalNames"] == ["https://x", principal["appId"]]
    assert principal["replyUrls"] == ["https://y"]
    assert graph.get(f"/applications/{app}")["web"]["homePageUrl"]
    assert graph.get(f"/servicePrincipals/{sp}", select="id,displayName").keys() == {"@odata.context", "id", "displayName"}
    assert graph.get(f"/applications(appId='{principal['appId']}')")["id"] == app
    assert graph.get(f"/servicePrincipals(appId='{principal['appId']}')")["id"] == sp


@pytest.mark.parametrize(
    "change",
    [
        {"appId": str(uuid.uuid4())},
        {"preferredSingleSignOnMode": "magic"},
        {"preferredTokenSigningKeyThumbprint": "00"},
        {"appRoles": []},
    ],
)
def test_changes_of_a_principal_that_are_refused(graph, change):
    sp = graph.principal()
    before = graph.get(f"/servicePrincipals/{sp}")
    assert graph.error("PATCH", f"/servicePrincipals/{sp}", change)[0] == 400
    assert graph.get(f"/servicePrincipals/{sp}") == before


def test_roles_are_added_and_disabled_before_they_go(graph):
    sp = graph.principal()
    roles = graph.get(f"/servicePrincipals/{sp}")["appRoles"]
    admin = {**roles[0], "id": str(uuid.uuid4()), "displayName": "Admin"}
    graph.ok("PATCH", f"/servicePrincipals/{sp}", {"appRoles": [*roles, admin]})
    graph.ok("PATCH", f"/servicePrincipals/{sp}", {"appRoles": [*roles, {**admin, "isEnabled": False}]})
    graph.ok("PATCH", f"/servicePrincipals/{sp}", {"appRoles": roles})
    assert graph.get(f"/servicePrincipals/{sp}")["appRoles"] == roles


def test_a_deleted_application_can_come_back(graph):
    made = graph.instantiate("Z1")
    app, sp = made["application"]["id"], made["servicePrincipal"]["id"]
    graph.ok("DELETE", f"/applications/{app}")
    assert [graph.error("GET", path)[0] for path in (f"/applications/{app}", f"/servicePrincipals/{sp}")] == [404, 404]
    assert graph.list("/servicePrincipals") == []
    assert [one["id"] for one in graph.list("/directory/deletedItems/graph.application")] == [app]
    graph.ok("POST", f"/directory/deletedItems/{app}/restore", {})
    assert graph.get(f"/servicePrincipals/{sp}")["deletedDateTime"] is None
    assert graph.error("POST", f"/directory/deletedItems/{app}/restore", {})[0] == 404
    graph.ok("DELETE", f"/servicePrincipals/{sp}")
    assert graph.list("/applications") == []


# People


def test_people_are_found_by_id_and_by_name(graph):
    graph.seed("ada", "bob", devs=["ada", "bob"])
    graph.entra.seed(groups=[{"displayName": "all", "members": ["devs"], "securityEnabled": False}])
    ada = graph.get("/users/ADA@corp.example")
    assert graph.get(f"/users/{ada['id']}")["userPrincipalName"] == "ada@corp.example"
    assert "accountEnabled" not in ada
    assert graph.get("/users/ada@corp.example", select="accountEnabled,department").items() >= {
        ("accountEnabled", True),
        ("department", None),
    }
    devs = graph.list("/groups", filter="displayName eq 'devs'")[0]
    assert [one["userPrincipalName"] for one in graph.list(f"/groups/{devs['id']}/members")] == ["ada@corp.example", "bob@corp.example"]
    every = graph.list("/groups", filter="securityEnabled eq false")[0]
    assert graph.list(f"/groups/{every['id']}/members")[0]["@odata.type"] == "#microsoft.graph.group"
    assert graph.get(f"/directoryObjects/{devs['id']}")["@odata.type"] == "#microsoft.graph.group"
    found = graph.ok("POST", "/directoryObjects/getByIds", {"ids": [ada["id"], devs["id"], str(uuid.uuid4())], "types": ["user", "group"]})
    assert [one["displayName"] for one in found["value"]] == ["Ada", "devs"]
    assert len(graph.ok("POST", "/directoryObjects/getByIds", {"ids": [ada["id"], devs["id"]], "types": ["user"]})["value"]) == 1
    assert not graph.sandbox.journal.writes


@pytest.mark.parametrize("path", ["/users/{}", "/users/nobody@corp.example", "/groups/{}", "/directoryObjects/{}", "/groups/{}/members"])
def test_who_is_not_there_is_404(graph, path):
    assert graph.error("GET", path.format(uuid.uuid4()))[:2] == (404, "Request_ResourceNotFound")


@pytest.mark.parametrize("body", [{}, {"ids": "x"}, {"ids": []}, {"ids": ["x"] * 1001}])
def test_a_thousand_ids_can_be_asked_for_at_once(graph, body):
    assert graph.error("POST", "/directoryObjects/getByIds", body)[0] == 400
    assert graph.ok("POST", "/directoryObjects/getByIds", {"ids": ["x"]})["value"] == []


# Assignments


def assign(graph, sp, principal, role="User"):
    roles = {one["displayName"]: one["id"] for one in graph.get(f"/servicePrincipals/{sp}")["appRoles"]}
    body = {"principalId": principal, "resourceId": sp, "appRoleId": roles.get(role, role)}
    return graph.send("POST", f"/servicePrincipals/{sp}/appRoleAssignedTo", body)


def test_an_assignment_is_seen_from_both_ends(graph):
    graph.seed("ada", devs=["ada"])
    sp, ada = graph.principal(), graph.user_id("ada")
    devs = graph.list("/groups")[0]["id"]
    assert [assign(graph, sp, one).status_code for one in (ada, devs)] == [201, 201]
    assert assign(graph, sp, ada, "msiam_access").status_code == 201
    found = graph.list(f"/servicePrincipals/{sp}/appRoleAssignedTo")
    assert [(one["principalDisplayName"], one["principalType"]) for one in found] == [("Ada", "User"), ("devs", "Group"), ("Ada", "User")]
    assert len(graph.list(f"/servicePrincipals/{sp}/appRoleAssignedTo", filter="startswith(principalDisplayName,'A')")) == 2
    assert len(graph.list(f"/users/{ada}/appRoleAssignments", filter=f"resourceId eq {sp}")) == 2
    assert graph.list(f"/groups/{devs}/appRoleAssignments")[0]["resourceDisplayName"] == "Z1"
    graph.ok("DELETE", f"/servicePrincipals/{sp}/appRoleAssignedTo/{found[0]['id']}")
    assert graph.error("DELETE", f"/servicePrincipals/{sp}/appRoleAssignedTo/{found[0]['id']}")[0] == 404
    assert len(graph.list(f"/users/{ada}/appRoleAssignments")) == 1


def test_assignments_that_are_refused(graph):
    graph.seed("ada")
    sp, ada = graph.principal(), graph.user_id("ada")
    path = f"/servicePrincipals/{sp}/appRoleAssignedTo"
    assert assign(graph, sp, ada).status_code == 201
    assert "already exists" in assign(graph, sp, ada).json()["error"]["message"]
    assert "was not found on application" in assign(graph, sp, ada, str(uuid.uuid4())).json()["error"]["message"]
    assert assign(graph, sp, str(uuid.uuid4())).status_code == 404
    other = str(uuid.uuid4())
    body = {"principalId": ada, "resourceId": other, "appRoleId": ZERO}
    assert graph.error("POST", path, body)[0] == 400
    assert graph.error("POST", f"/servicePrincipals/{other}/appRoleAssignedTo", body)[0] == 404
    for name in body:
        assert name in graph.error("POST", path, {key: value for key, value in body.items() if key != name})[2]


@pytest.mark.parametrize(("allowed", "status"), [(True, 201), (False, 400)])
def test_switch_default_access(make_graph, allowed, status):
    graph = make_graph(default_access=allowed)
    graph.seed("ada")
    assert assign(graph, graph.principal(), graph.user_id("ada"), ZERO).status_code == status


# Single sign-on


def test_each_call_adds_a_signing_certificate(graph):
    sp = graph.principal()
    first, second = (
        graph.ok("POST", f"/servicePrincipals/{sp}/addTokenSigningCertificate", {"displayName": "CN=Zscaler One", "endDateTime": ends})
        for ends in ("2027-12-31T00:00:00Z", None)
    )
    assert first["endDateTime"] == "2027-12-31T00:00:00.000Z"
    assert first["thumbprint"] != second["thumbprint"]
    credentials = graph.get(f"/servicePrincipals/{sp}")["keyCredentials"]
    assert [one["usage"] for one in credentials] == ["Verify", "Sign"] * 2
    graph.ok("PATCH", f"/servicePrincipals/{sp}", {"preferredTokenSigningKeyThumbprint": first["thumbprint"]})
    assert graph.get(f"/servicePrincipals/{sp}")["preferredTokenSigningKeyThumbprint"] == first["thumbprint"]
    for bad in (
        {"displayName": "Zscaler"},
        {"displayName": "CN=x", "endDateTime": "2099-01-01T00:00:00Z"},
        {"displayName": "CN=x", "endDateTime": "soon"},
    ):
        assert graph.error("POST", f"/servicePrincipals/{sp}/addTokenSigningCertificate", bad)[0] == 400


@pytest.mark.parametrize(
    ("spelled", "pattern"),
    [
        ("base64", "[A-Za-z0-9+/]{27}="),
        ("base64url", "[A-Za-z0-9_-]{27}"),
        ("hexadecimal", "[0-9A-F]{40}"),
        ("other", "[A-Za-z0-9+/]{22}=="),
        ("null", "None"),
    ],
)
def test_switch_key_identifier_as(make_graph, spelled, pattern):
    graph = make_graph(key_identifier_as=spelled)
    path = f"/servicePrincipals/{graph.principal()}"
    made = graph.ok("POST", f"{path}/addTokenSigningCertificate", {"displayName": "CN=Zscaler One"})
    identifiers = {str(one["customKeyIdentifier"]) for one in [made, *graph.get(path)["keyCredentials"]]}
    assert len(identifiers) == 1
    assert re.fullmatch(pattern, identifiers.pop())
    assert re.fullmatch("[0-9A-F]{40}", made["thumbprint"])


def test_claims_policies_are_made_once_and_assigned_once(graph):
    sp = graph.principal()
    definition = [json.dumps({"ClaimsMappingPolicy": {"Version": 1, "IncludeBasicClaimSet": "true", "ClaimsSchema": []}})]
    policy = graph.ok("POST", "/policies/claimsMappingPolicies", {"displayName": "Zscaler", "definition": definition})
    path = f"/servicePrincipals/{sp}/claimsMappingPolicies"
    link = {"@odata.id": f"{graph.sandbox.graph_url}/v1.0/policies/claimsMappingPolicies/{policy['id']}"}
    graph.ok("POST", f"{path}/$ref", link)
    assert "already exist" in graph.error("POST", f"{path}/$ref", link)[2]
    assert [one["definition"] for one in graph.list(path)] == [definition]
    other = graph.ok("POST", "/policies/claimsMappingPolicies", {"displayName": "Other", "definition": definition})
    assert graph.error("POST", f"{path}/$ref", {"@odata.id": f"x/{other['id']}"})[0] == 400
    graph.ok("PATCH", f"/policies/claimsMappingPolicies/{policy['id']}", {"displayName": "Z"})
    assert graph.get(f"/policies/claimsMappingPolicies/{policy['id']}")["displayName"] == "Z"
    assert len(graph.list("/policies/claimsMappingPolicies", filter="displayName eq 'Z'")) == 1
    graph.ok("DELETE", f"{path}/{policy['id']}/$ref")
    assert graph.list(path) == []
    graph.ok("POST", f"{path}/$ref", link)
    graph.ok("DELETE", f"/policies/claimsMappingPolicies/{policy['id']}")
    assert graph.list(path) == []


@pytest.mark.parametrize("definition", [None, [], ["nonsense"], ["{}"], ['{"ClaimsMappingPolicy": {}}']])
def test_claims_policies_that_are_refused(graph, definition):
    assert graph.error("POST", "/policies/claimsMappingPolicies", {"displayName": "Z", "definition": definition})[0] == 400
