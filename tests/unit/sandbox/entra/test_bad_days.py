# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entra on a bad day: eventual consistency, missing permissions, throttling, faults; and the form of every error."""

from __future__ import annotations

import json

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra import routes
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.limits import WindowLimit

# Eventual consistency


def test_a_new_application_is_seen_by_id_and_in_listings_when_its_time_has_come(slow):
    graph, clock = slow(replication_delay=5, listing_delay=20)
    made = graph.instantiate("Z1")
    app, sp = made["application"]["id"], made["servicePrincipal"]["id"]

    def seen():
        by_id = [graph.send("GET", path).status_code for path in (f"/applications/{app}", f"/servicePrincipals/{sp}")]
        listed = [len(graph.list(path, filter="displayName eq 'Z1'")) for path in ("/applications", "/servicePrincipals")]
        return by_id, listed, graph.send("GET", f"/servicePrincipals/{sp}/synchronization/templates").status_code

    assert seen() == ([404, 404], [0, 0], 404)
    clock.now += 5
    assert seen() == ([200, 200], [0, 0], 200)
    clock.now += 15
    assert seen() == ([200, 200], [1, 1], 200)


def test_a_new_object_flickers(make_graph):
    graph = make_graph(flicker=2)
    sp = graph.principal()
    statuses = [graph.send("GET", f"/servicePrincipals/{sp}").status_code for _time in range(6)]
    assert statuses == [200, 404, 200, 404, 200, 200]


def test_an_assignment_to_what_has_not_arrived_is_no_valid_reference(slow):
    graph, clock = slow(replication_delay=5, assignment_delay=10)
    graph.seed("ada")
    made = graph.instantiate("Z1")["servicePrincipal"]
    sp, path = made["id"], f"/servicePrincipals/{made['id']}/appRoleAssignedTo"
    body = {"principalId": graph.user_id("ada"), "resourceId": sp, "appRoleId": made["appRoles"][0]["id"]}
    status, code, message = graph.error("POST", path, body)
    assert (status, code, "Not a valid reference update" in message) == (400, "Request_BadRequest", True)
    clock.now += 5
    assignment = graph.ok("POST", path, body)["id"]
    assert graph.list(path) == []
    assert "already exists" in graph.error("POST", path, body)[2]
    clock.now += 10
    assert len(graph.list(path)) == 1
    graph.ok("DELETE", f"{path}/{assignment}")
    assert len(graph.list(path)) == 1
    clock.now += 10
    assert graph.list(path) == []


def test_a_new_job_and_new_secrets_take_their_time(slow):
    graph, clock = slow(secrets_delay=10)
    sp = graph.principal()
    base = f"/servicePrincipals/{sp}/synchronization"
    graph.sandbox.switch(entra_replication_delay=5, entra_listing_delay=5)
    job = f"{base}/jobs/{graph.job(sp)}"
    assert (graph.send("GET", job).status_code, graph.list(f"{base}/jobs")) == (404, [])
    clock.now += 5
    assert (graph.send("GET", job).status_code, len(graph.list(f"{base}/jobs"))) == (200, 1)
    graph.ok("PUT", f"{base}/secrets", {"value": [{"key": "SyncAll", "value": "true"}]})
    assert graph.list(f"{base}/secrets") == []
    clock.now += 10
    assert graph.list(f"{base}/secrets") == [{"key": "SyncAll", "value": "true"}]


def test_first_writes_to_a_new_principals_synchronization_fail_for_a_while(make_graph):
    graph = make_graph(new_sync_errors=3)
    base = f"/servicePrincipals/{graph.principal()}/synchronization"
    statuses = [graph.send("POST", f"{base}/jobs", {"templateId": "zscalerOne"}).status_code for _time in range(4)]
    assert statuses == [409, 403, 409, 201] or statuses == [403, 409, 403, 201]
    assert graph.send("GET", f"{base}/jobs").status_code == 200


# Permissions


@pytest.mark.parametrize(
    ("permission", "method", "path", "status", "code"),
    [
        ("Synchronization.ReadWrite.All", "GET", "/servicePrincipals/{sp}/synchronization/jobs", 401, "UnknownError"),
        ("Synchronization.ReadWrite.All", "GET", "/servicePrincipals/{sp}", 200, ""),
        (("Application.Read.All", "Application.ReadWrite.OwnedBy"), "GET", "/servicePrincipals", 403, "Authorization_RequestDenied"),
        ("Application.Read.All", "GET", "/servicePrincipals", 200, ""),
        ("Application.Read.All", "POST", "/servicePrincipals/{sp}/appRoleAssignedTo", 403, "Authorization_RequestDenied"),
        ("AppRoleAssignment.ReadWrite.All", "DELETE", "/servicePrincipals/{sp}/appRoleAssignedTo/x", 403, "Authorization_RequestDenied"),
        ("Application.ReadWrite.OwnedBy", "POST", "/applicationTemplates/x/instantiate", 403, "Authorization_RequestDenied"),
        ("User.ReadBasic.All", "GET", "/users", 403, "Authorization_RequestDenied"),
        ("Group.ReadBasic.All", "GET", "/groups", 200, ""),
        (("Group.ReadBasic.All", "GroupMember.Read.All"), "GET", "/groups", 403, "Authorization_RequestDenied"),
        (("Group.ReadBasic.All", "GroupMember.Read.All"), "GET", "/groups/x/members", 403, "Authorization_RequestDenied"),
        ("AuditLog.Read.All", "GET", "/auditLogs/provisioning", 403, "Authorization_RequestDenied"),
        ("Policy.ReadWrite.ApplicationConfiguration", "POST", "/policies/claimsMappingPolicies", 403, "Authorization_RequestDenied"),
    ],
)
def test_missing_permissions(graph, permission, method, path, status, code):
    sp = graph.principal()
    graph.sandbox.switch(entra_missing_permissions=permission)
    body = {} if method == "POST" else None
    answer = graph.send(method, path.format(sp=sp), body)
    assert answer.status_code == status
    if code:
        assert answer.json()["error"]["code"] == code
        assert bool(answer.json()["error"]["message"]) is (status == 403)
    assert graph.send("GET", "/applicationTemplates").status_code == 200


@pytest.mark.parametrize(("granted", "status"), [("Synchronization.Read.All", 200), ("Application.ReadWrite.All", 401)])
def test_a_client_has_the_permissions_that_it_was_given(graph, granted, status):
    sp = graph.principal()
    graph.sandbox.switch(entra_permissions=[granted])
    assert graph.send("GET", f"/servicePrincipals/{sp}/synchronization/jobs").status_code == status
    assert graph.send("GET", "/users").status_code == 403


# Throttling


@pytest.mark.parametrize(("spelling", "is_told"), [("header", True), ("none", False)])
def test_too_many_requests(make_graph, spelling, is_told):
    graph = make_graph(rate=0.001, rate_burst=2, rate_retry_after=spelling)
    answers = [graph.send("GET", "/users") for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert ("Retry-After" in answers[2].headers) is is_told
    assert answers[2].json()["error"]["code"] == "TooManyRequests"


def test_reports_have_a_limit_of_their_own(slow):
    graph, clock = slow(report_limit=5)
    assert [graph.send("GET", "/auditLogs/provisioning").status_code for _time in range(6)] == [200] * 5 + [429]
    assert graph.send("GET", "/users").status_code == 200
    clock.now += 11
    assert graph.send("GET", "/auditLogs/provisioning").status_code == 200


def test_provisioning_on_demand_has_one_too(make_graph):
    graph = make_graph(on_demand_limit=2)
    sp = graph.principal()
    path = f"/servicePrincipals/{sp}/synchronization/jobs/{graph.job(sp)}/provisionOnDemand"
    assert [graph.send("POST", path, {"parameters": []}).status_code for _time in range(3)] == [400, 400, 429]


def test_the_window_slides():
    now = [0.0]
    limit = WindowLimit(lambda: now[0])
    assert [limit.wait(2) for _time in range(2)] == [0.0, 0.0]
    now[0] = 4.0
    assert limit.wait(2) == 6.0
    now[0] = 10.0
    assert limit.wait(2) == 0.0


# Errors and faults


def test_every_answer_tells_its_ids_and_repeats_the_clients(graph):
    mine = "0e9a7b3c-0000-4000-8000-000000000001"
    for path in ("/users", "/users/nobody@corp.example", "/nowhere/at/all"):
        answer = graph.send("GET", path, headers={"client-request-id": mine})
        assert answer.headers["client-request-id"] == mine
        assert answer.headers["request-id"]
        if answer.status_code >= 400:
            inner = answer.json()["error"]["innerError"]
            assert (inner["request-id"], inner["client-request-id"]) == (answer.headers["request-id"], mine)
            assert "date" in inner


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 400),
        ("POST", "/users", 405),
        ("DELETE", "/applicationTemplates", 405),
        ("GET", "/servicePrincipals(appId='x')/synchronization/jobs", 400),
    ],
)
def test_addresses_and_verbs_that_there_are_not(graph, method, path, status):
    assert graph.error(method, path)[0] == status


def test_there_is_no_beta(graph):
    answer = graph.session.get(f"{graph.sandbox.graph_url}/beta/users", headers={"Authorization": f"Bearer {graph.token}"}, timeout=10)
    assert answer.status_code == 400


def test_a_body_that_is_no_json_is_refused(graph):
    url = f"{graph.sandbox.graph_url}/v1.0/servicePrincipals/{graph.principal()}/synchronization/jobs"
    answer = graph.session.post(url, data=b"{", headers={"Authorization": f"Bearer {graph.token}"}, timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


def test_faults_speak_graphs_language(make_graph):
    rules = [
        {"match": {"route": "/users"}, "fault": {"kind": "status", "status": 503, "retry_after": "1"}, "times": 1},
        {
            "match": {"route": "/servicePrincipals/{id}/synchronization/secrets", "method": "PUT"},
            "fault": {"kind": "commit_then_status"},
            "times": 1,
        },
    ]
    graph = make_graph(faults=rules)
    answer = graph.send("GET", "/users")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json()["error"]["code"] == "serviceNotAvailable"
    assert answer.headers["Content-Type"] == "application/json"
    path = f"/servicePrincipals/{graph.principal()}/synchronization/secrets"
    assert graph.send("PUT", path, {"value": [{"key": "SyncAll", "value": "true"}]}).status_code == 503
    assert graph.list(path) == [{"key": "SyncAll", "value": "true"}]


@pytest.mark.parametrize("kind", ["empty_page", "start_index_ignored", "empty_listing", "ignored_write", "foreign_links"])
def test_faults_of_listings_and_writes(make_graph, kind):
    graph = make_graph(page_size=1)
    graph.seed("ada", "bob")
    made = graph.instantiate("Z1")["application"]
    graph.sandbox.faults.add({"contains": "/users?$skiptoken" if kind == "start_index_ignored" else ""}, {"kind": kind}, times=1)
    if kind == "ignored_write":
        graph.ok("PATCH", f"/applications/{made['id']}", {"displayName": "Z2"})
        assert graph.get(f"/applications/{made['id']}")["displayName"] == "Z1"
        return
    first = graph.get("/users")
    names = [one["displayName"] for one in first["value"]]
    if kind == "empty_listing":
        assert first.keys() == {"@odata.context", "value"}
        assert names == []
    elif kind == "foreign_links":
        assert first["@odata.nextLink"].startswith("https://elsewhere.example/")
    elif kind == "empty_page":
        assert names == []
        assert [one["displayName"] for one in graph.list(first["@odata.nextLink"])] == ["Ada", "Bob"]
    else:
        assert [one["displayName"] for one in graph.list(first["@odata.nextLink"])][:1] == ["Ada"]


def test_the_login_can_fail_too(make_graph):
    graph = make_graph(faults=[{"match": {"route": "/{tenant}/oauth2/v2.0/token"}, "fault": {"kind": "status", "status": 503}}])
    answer = graph.session.post(f"{graph.sandbox.authority_url}/{graph.entra.tenant_id}/oauth2/v2.0/token", data={"x": "y"}, timeout=10)
    assert (answer.status_code, "error_description" in answer.json()) == (503, True)


# Switches, the control address, the table of routes


def control(graph, method, path, body=None):
    return graph.session.request(method, f"{graph.sandbox.control_url}/{path}", json=body, verify=True, timeout=10)


def test_control_shows_and_changes_entra(graph):
    users = [{"userPrincipalName": "ada@corp.example", "groups": ["devs"]}]
    assert control(graph, "POST", "entra/seed", {"users": users}).json() == {"users": 1, "groups": 1}
    assert control(graph, "POST", "entra/seed", {"generate": {"users": 5, "groups": 2}}).json() == {"users": 6, "groups": 3}
    graph.principal()
    state = control(graph, "GET", "entra/state").json()
    assert state["groups"][0]["members"] == ["ada@corp.example"]
    assert [one["displayName"] for one in state["applications"]] == ["Z1"]
    assert control(graph, "PUT", "switches", {"entra_page_size": 3, "page_cap": 9}).json().items() >= {
        ("entra_page_size", 3),
        ("page_cap", 9),
    }
    assert graph.entra.switches.entra_page_size == 3
    assert control(graph, "PUT", "switches", {"entra_colour": 1}).status_code == 400
    refused = control(graph, "POST", "entra/cycle", {"application": "none"})
    assert (refused.status_code, "0 applications named none" in refused.text) == (400, True)
    assert "no synchronization job" in control(graph, "POST", "entra/cycle", {}).text
    assert control(graph, "POST", "entra/seed", {"users": users}).status_code == 400
    assert [one["service"] for one in control(graph, "GET", "journal?service=graph").json()["entries"]] == ["graph"] * 2
    assert control(graph, "GET", "entra/violations").json()["violations"] == []
    assert control(graph, "GET", "status").json()["tenant_id"] == graph.entra.tenant_id
    control(graph, "POST", "reset")
    assert control(graph, "GET", "entra/state").json()["users"] == []
    assert graph.send("GET", "/users").status_code == 200


@pytest.mark.parametrize(
    ("users", "groups", "message"),
    [
        ([{"displayName": "Ada"}], [], "with a userPrincipalName"),
        ([{"userPrincipalName": "a@x"}, {"userPrincipalName": "A@x"}], [], "there already"),
        ([], [{"mail": "x"}], "with a displayName"),
        ([{"userPrincipalName": "a@x"}], [{"displayName": "g", "members": ["nobody"]}], "neither user nor group"),
    ],
)
def test_seeds_are_all_or_nothing(graph, users, groups, message):
    with pytest.raises(ValueError, match=message):
        graph.entra.seed(users, groups)
    assert graph.entra.state()["users"] == graph.entra.state()["groups"] == []


def test_every_route_has_a_permission_that_the_client_was_given(graph):
    table = routes.Table(graph.entra)
    assert len(table.names()) > 55
    for route, method in table.names():
        assert table.permitted(route, method, (), ()), route
    assert "(hidden)" not in json.dumps([entry.as_json() for entry in graph.sandbox.journal])
