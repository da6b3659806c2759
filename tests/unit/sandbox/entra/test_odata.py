# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""OData: $filter, $select, $orderby, paging, and what is refused."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.answers import GraphError
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.filtering import Filter

ADA = {
    "displayName": "Ada O'Brien",
    "mail": None,
    "n": 3,
    "on": True,
    "tags": ["one", "two"],
    "who": {"id": "A-1"},
    "at": "2026-01-02T00:00:00Z",
}
EVERY = dict.fromkeys(("displayName", "mail", "n", "on", "tags", "who/id", "at"), "eq ne gt ge lt le startswith endswith contains")


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("displayName eq 'Ada O''Brien'", True),
        ("displayName eq 'ada o''brien'", True),
        ("displayName ne 'Ada'", True),
        ("startswith(displayName,'Ada')", True),
        ("startswith(displayName, 'Bob')", False),
        ("endswith(displayName,'BRIEN')", True),
        ("contains(displayName,'a O')", True),
        ("contains(tolower(displayName), 'ada')", True),
        ("contains(tolower(displayName), 'Ada')", False),
        ("contains(tolower(who/id), 'a-1')", True),
        ("mail eq null", True),
        ("mail ne null", False),
        ("startswith(mail,'a')", False),
        ("n gt 2 and n lt 4", True),
        ("n ge 4 or n le 3", True),
        ("on eq true", True),
        ("not (on eq true)", False),
        ("not on eq false", True),
        ("tags eq 'two'", True),
        ("tags eq 'three'", False),
        ("at gt 2026-01-01T00:00:00Z", True),
        ("at lt 2026-01-01", False),
        ("at eq 2026-01-02T00:00:00.000Z", True),
        ("at lt 2026-01-02T00:00:00.001Z", True),
        ("at gt 2026-01-02T00:00:00.001Z", False),
        ("at gt 2026-01-02T00:30:00+01:00", True),
        ("(n eq 1 or n eq 3) and who/id eq 'a-1'", True),
        ("n eq 1 or n eq 3 and on eq false", False),
    ],
)
def test_filters(text, fits):
    assert Filter(text, EVERY)(ADA) is fits


def test_a_filter_has_fifteen_alternatives_at_most():
    assert Filter(" or ".join(["n eq 3"] * 15), EVERY)(ADA)
    with pytest.raises(GraphError, match="Max allowed: 15"):
        Filter(" or ".join(["n eq 3"] * 16), EVERY)


def test_filtering_and_sorting_at_once_is_an_advanced_query(graph):
    query = {"$filter": "startswith(displayName,'a')", "$orderby": "displayName"}
    assert "Sorting not supported" in graph.error("GET", "/users", params=query)[2]
    assert graph.send("GET", "/users", params=query, headers={"ConsistencyLevel": "eventual"}).status_code == 200


def test_reports_compare_case_sensitively():
    assert not Filter("displayName eq 'ada o''brien'", EVERY, case_sensitive=True)(ADA)
    assert Filter("contains(tolower(displayName), 'ada')", EVERY, case_sensitive=True)(ADA)


@pytest.mark.parametrize(
    "text",
    [
        "", "displayName", "displayName eq", "displayName eq 'x", "displayName is 'x'", "displayName eq 'x' and", "(n eq 1", "n eq 1)",
        "startswith(displayName 'x')", "department eq 'x'",
    ],
)  # fmt: skip
def test_filters_that_are_refused(text):
    with pytest.raises(GraphError) as refused:
        Filter(text, {"displayName": "eq startswith", "n": "eq"})
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/servicePrincipals/{id}/appRoleAssignedTo", {"$filter": "principalId eq 'x'"}),
        ("/applicationTemplates", {"$filter": "startswith(displayName,'Z')"}),
        ("/users", {"$filter": "contains(displayName,'a')"}),
        ("/users", {"$expand": "manager"}),
        ("/servicePrincipals", {"$filter": "tags eq 'x'"}),
        ("/auditLogs/provisioning", {"$filter": "provisioningStatusInfo/status eq 'failure'"}),
        ("/users", {"$orderby": "mail"}),
        ("/users", {"$top": "1000"}),
        ("/users", {"$top": "0"}),
        ("/users", {"$top": "many"}),
        ("/users", {"$skiptoken": "nonsense"}),
    ],
)
def test_queries_that_are_refused(graph, path, query):
    path = path.replace("{id}", graph.principal())
    assert graph.error("GET", path, params=query)[0] == 400


def test_pages_are_followed_by_their_links_to_the_end(make_graph):
    graph = make_graph(page_size=7)
    graph.entra.seed([{"userPrincipalName": f"u{number:02}@corp.example"} for number in range(30)])
    first = graph.get("/users", top=10, select="userPrincipalName", orderby="userPrincipalName")
    assert len(first["value"]) == 7
    assert first["@odata.nextLink"].startswith(f"{graph.sandbox.graph_url}/v1.0/users?")
    assert "$skiptoken=" in first["@odata.nextLink"]
    users = graph.list("/users", top=10, select="userPrincipalName", orderby="userPrincipalName desc")
    assert [user["userPrincipalName"] for user in users] == [f"u{number:02}@corp.example" for number in range(29, -1, -1)]
    assert all(user.keys() == {"userPrincipalName"} for user in users)
    assert first["@odata.context"].endswith("$metadata#users(userPrincipalName)")
    filtered = graph.list("/users", filter="startswith(userPrincipalName,'u1')")
    assert len(filtered) == 10


def test_a_last_page_that_is_just_full_has_no_link(make_graph):
    graph = make_graph(page_size=5)
    graph.entra.seed([{"userPrincipalName": f"u{number}@corp.example"} for number in range(10)])
    first = graph.get("/users")
    assert "@odata.nextLink" not in graph.ok("GET", first["@odata.nextLink"])


def test_count_and_skip(graph):
    graph.entra.seed([{"userPrincipalName": f"u{number}@corp.example"} for number in range(5)])
    assert graph.get("/users", count="true", top=2)["@odata.count"] == 5
    assert len(graph.get("/applicationTemplates", skip=3, top=2)["value"]) == 2


def test_twenty_thousand_users_cost_no_more_than_their_pages(graph):
    crowd = [{"userPrincipalName": f"u{number}@corp.example", "groups": [f"g{number % 100}"]} for number in range(20_000)]
    graph.entra.seed(crowd)
    users = graph.list("/users", top=999, select="id,userPrincipalName")
    assert len({user["id"] for user in users}) == 20_000
    assert len(graph.sandbox.journal) == 21
    assert len(graph.list("/groups", top=999)) == 100
    assert (
        graph.get("/users", filter="userPrincipalName eq 'U19999@corp.example'")["value"][0]["userPrincipalName"] == "u19999@corp.example"
    )
