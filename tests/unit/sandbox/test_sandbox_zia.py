# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The profile zia against section 8 of what is known about Zscaler's service."""

from __future__ import annotations

import json
import re

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.schemas import ENTERPRISE

USER_ID = re.compile(r"^7a736361-6c65-7200-7363-696d[0-9a-f]{8}$")


def test_two_id_and_one_id_paths_work_and_others_do_not(make):
    client = make()
    origin = client.sandbox.origin
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/1234567/098/scim", client.sandbox.base_url)
    assert client.send("GET", f"{origin}/1234567/scim/Users").status_code == 200
    for path in ("/1234567/99/scim/Users", "/1234567/98/scim/Users", "/7654321/098/scim/Users", "/Users", "/"):
        assert client.send("GET", origin + path).status_code == 404
    closed = make(one_id_path=False)
    assert closed.send("GET", f"{closed.sandbox.origin}/1234567/scim/Users").status_code == 404


@pytest.mark.parametrize("path", ["/Schemas", "/ServiceProviderConfig", "/ResourceTypes"])
def test_discovery_needs_no_token(zia, path):
    assert zia.send("GET", path, token="").status_code == 200


@pytest.mark.parametrize("token", ["", "not-the-token"])
def test_everything_else_needs_the_token(zia, token):
    answer = zia.send("GET", "/Users", token=token)
    assert answer.status_code == 401
    assert answer.json()["status"] == "401"
    assert zia.sandbox.token not in answer.text


def test_a_new_tenant_has_one_admin(make):
    tenant = make(default_admin=True).sandbox.tenant
    (admin,) = tenant.users.records.values()
    assert admin.attributes["displayName"] == "DEFAULT ADMIN"
    assert admin.attributes[ENTERPRISE]["department"] == "Service Admin"
    assert tenant.members("Service Admin") == {admin.name}


def test_answers_are_thin_by_verb(zia):
    body = {"userName": "ada@corp.example", "displayName": "Ada", "active": True, "id": "mine", ENTERPRISE: {"department": "R and D"}}
    created = zia.send("POST", "/Users", body)
    user = created.json()
    assert USER_ID.match(user["id"])
    assert created.status_code == 201
    assert created.headers["Location"] == user["meta"]["location"] == f"{zia.sandbox.base_url}/Users/{user['id']}"
    assert created.headers["Content-Type"] == "application/scim+json"
    assert user.keys() == {"schemas", "id", "userName", "displayName", ENTERPRISE, "meta"}
    assert user["meta"].keys() == {"resourceType", "location", "created", "lastModified"}
    del body["id"]
    put = zia.send("PUT", f"/Users/{user['id']}", body).json()
    assert put["meta"].keys() == {"resourceType", "lastModified"}
    (item,) = zia.get("/Users").json()["Resources"]
    assert item["meta"].keys() == {"resourceType", "location"}
    assert item | {"meta": 0} == {
        "id": user["id"],
        "userName": "ada@corp.example",
        "displayName": "Ada",
        "active": True,
        "name": {"familyName": "", "givenName": ""},
        "emails": [],
        "department": "R and D",
        ENTERPRISE: {"department": "R and D"},
        "groups": [],
        "meta": 0,
    }


def test_groups_show_members_and_users_show_groups(zia):
    ada = zia.user("ada")
    created = zia.send("POST", "/Groups", {"displayName": "devs", "externalId": "grp-9", "members": [{"value": ada}]}).json()
    assert created["members"] == [{"value": ada}]
    assert created["externalId"] == "grp-9"
    (group,) = zia.get("/Groups").json()["Resources"]
    assert group["members"] == [{"value": ada, "$ref": f"{zia.sandbox.base_url}/Users/{ada}"}]
    assert zia.get(f"/Groups/{created['id']}").json()["members"] == group["members"]
    reference = {"value": created["id"], "display": "devs", "$ref": f"{zia.sandbox.base_url}/Groups/{created['id']}"}
    assert zia.get("/Users").json()["Resources"][0]["groups"] == [reference]
    assert zia.get(f"/Users/{ada}").json()["groups"] == [reference]


def test_a_list_shows_every_change_though_its_items_are_cached(zia):
    ada, devs = zia.user("ada"), zia.group("devs")

    def shown():
        item = zia.get("/Users").json()["Resources"][0]
        return item["displayName"], [group["display"] for group in item["groups"]]

    assert shown() == ("Ada", [])
    zia.patch(f"/Groups/{devs}", {"op": "add", "path": "members", "value": [{"value": ada}]})
    assert shown() == ("Ada", ["devs"])
    zia.patch(f"/Groups/{devs}", {"op": "replace", "path": "displayName", "value": "coders"})
    zia.patch(f"/Users/{ada}", {"op": "replace", "path": "displayName", "value": "Ada L"})
    assert shown() == ("Ada L", ["coders"])
    zia.send("DELETE", f"/Groups/{devs}")
    assert shown() == ("Ada L", [])


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("Users", 'userName eq "ada@corp.example"', 1),
        ("Users", "userName eq ada@corp.example", 1),
        ("Users", 'USERNAME EQ "ADA@corp.example"', 1),
        ("Users", 'externalID eq "hr-17"', 1),
        ("Users", 'externalId eq "HR-17"', 0),
        ("Users", 'id eq "nobody"', 0),
        ("Users", 'meta.lastModified gt "2020-01-01T00:00:00Z"', 2),
        ("Users", 'meta.lastModified gt "2120-01-01T00:00:00Z"', 0),
        ("Groups", 'displayName eq "Devs"', 1),
        ("Groups", 'displayName eq "devs" and members.value eq "{ada}"', 1),
        ("Groups", 'displayName eq "devs" and members.value eq "{bob}"', 0),
    ],
)
def test_documented_filters_work(zia, kind, text, found):
    ada, bob = zia.user("ada", externalId="hr-17"), zia.user("bob")
    zia.group("devs", ada)
    assert len(zia.find(kind, text.format(ada=ada, bob=bob))) == found


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("Users", 'displayName eq "Ada"'),
        ("Users", 'userName sw "ada"'),
        ("Users", 'userName eq "ada@corp.example" or userName eq "bob@corp.example"'),
        ("Users", "externalId pr"),
        ("Groups", 'externalId eq "grp-9"'),
        ("Groups", 'members.value eq "x"'),
    ],
)
def test_other_filters_are_refused_or_find_nothing(make, kind, text):
    assert make().get(f"/{kind}", filter=text).json()["scimType"] == "invalidFilter"
    assert make(unknown_filter="empty").find(kind, text) == []
    assert make(any_filter=True).get(f"/{kind}", filter=text).status_code == 200


def test_pages_are_one_based_and_capped(make):
    client = make(page_cap=10, search_cap=4)
    client.sandbox.seed(users=[{"userName": f"u{number}@corp.example"} for number in range(25)])

    def page(**params):
        body = client.get("/Users", **params).json()
        assert body["totalResults"] == 25
        assert body["itemsPerPage"] == len(body["Resources"])
        return body["startIndex"], [item["userName"].partition("@")[0] for item in body["Resources"]]

    assert page() == (1, [f"u{number}" for number in range(10)])
    assert page(startIndex=21, count=1000) == (21, ["u20", "u21", "u22", "u23", "u24"])
    assert page(startIndex=26) == (26, [])
    assert page(count=0) == (1, [])
    assert page(startIndex=-5, count=2) == (1, ["u0", "u1"])
    found = client.send("POST", "/Users/.search", {"startIndex": 3, "count": 100}).json()["Resources"]
    assert [item["userName"][:2] for item in found] == ["u2", "u3", "u4", "u5"]
    assert client.send("GET", "/Users/.search").status_code == 405
    assert client.get("/Users", count="many").status_code == 400


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "value": {"members": [{"display": "devs", "value": "{bob}"}]}},
        {"op": "Add", "path": "members", "value": [{"value": "{bob}"}]},
        {"op": "add", "path": "members", "value": {"value": "{bob}", "$ref": None}},
        {"op": "replace", "path": "members", "value": [{"value": "{bob}"}, {"value": "{ada}"}]},
        {"op": "Replace", "value": {"members": [{"value": "{ada}"}, {"value": "{bob}"}]}},
    ],
)
def test_members_are_added_in_every_shape(zia, operation):
    ada, bob = zia.user("ada"), zia.user("bob")
    devs = zia.group("devs", ada)
    answer = zia.patch(f"/Groups/{devs}", _filled(operation, ada, bob))
    assert (answer.status_code, answer.content) == (204, b"")
    assert zia.sandbox.tenant.members("devs") == {"ada@corp.example", "bob@corp.example"}


@pytest.mark.parametrize(
    ("operation", "left"),
    [
        ({"op": "remove", "path": 'members[value eq "{bob}"]'}, {"ada@corp.example"}),
        ({"op": "Remove", "path": "members", "value": [{"value": "{bob}"}]}, {"ada@corp.example"}),
        ({"op": "remove", "path": 'members[value eq "{bob}" or value eq "{ada}"]'}, set()),
        ({"op": "remove", "path": 'members[value eq "nobody"]'}, {"ada@corp.example", "bob@corp.example"}),
        ({"op": "replace", "path": "members", "value": [{"value": "{ada}"}]}, {"ada@corp.example"}),
        ({"op": "remove", "path": "members"}, set()),
    ],
)
def test_members_are_removed_in_every_shape(zia, operation, left):
    ada, bob = zia.user("ada"), zia.user("bob")
    devs = zia.group("devs", ada, bob)
    assert zia.patch(f"/Groups/{devs}", _filled(operation, ada, bob)).status_code == 204
    assert zia.sandbox.tenant.members("devs") == left


def _filled(operation, ada, bob):
    return json.loads(json.dumps(operation).replace("{ada}", ada).replace("{bob}", bob))


@pytest.mark.parametrize(
    ("operation", "shown"),
    [
        ({"op": "Replace", "path": "active", "value": "False"}, {"active": False}),
        ({"op": "replace", "value": {"active": False}}, {"active": False}),
        ({"op": "replace", "value": {"name.givenName": "Ada", "displayName": "A"}}, {"name": {"familyName": "", "givenName": "Ada"}}),
        ({"op": "replace", "path": f"{ENTERPRISE}:department", "value": "Sales"}, {"department": "Sales"}),
        ({"op": "replace", "value": {ENTERPRISE: {"department": "Sales"}}}, {ENTERPRISE: {"department": "Sales"}}),
        ({"op": "replace", "value": {f"{ENTERPRISE}:department": "Sales"}}, {"department": "Sales"}),
        ({"op": "add", "path": "department", "value": "Sales"}, {"department": "Sales"}),
        (
            {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "a@x.example"},
            {"emails": [{"type": "work", "value": "a@x.example"}]},
        ),
        ({"op": "add", "path": "emails", "value": [{"value": "a@x.example"}]}, {"emails": [{"value": "a@x.example"}]}),
        ({"op": "remove", "path": "externalId"}, {"externalId": None}),
        ({"op": "replace", "path": "externalId", "value": ""}, {"externalId": None}),
        ({"op": "replace", "path": "title", "value": "Countess"}, {"title": None}),
    ],
)
def test_users_are_patched_in_every_shape(zia, operation, shown):
    ada = zia.user("ada", externalId="hr-17")
    answer = zia.patch(f"/Users/{ada}", operation)
    assert answer.status_code == 200, answer.text
    user = zia.get(f"/Users/{ada}").json()
    assert {name: user.get(name) for name in shown} == shown


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"Operations": []},
        {"Operations": [{"op": "move", "path": "active"}]},
        {"Operations": [{"op": "remove"}]},
        {"Operations": [{"op": "replace", "value": "x"}]},
        {"Operations": [{"op": "replace", "path": "active", "value": "perhaps"}]},
        {"Operations": [{"op": "replace", "path": "displayName", "value": 5}]},
        {"Operations": [{"op": "replace", "path": "a b", "value": 5}]},
        {"Operations": [{"op": "replace", "path": 'emails[type eq "work', "value": 5}]},
        {"Operations": [{"op": "remove", "path": "userName"}]},
    ],
)
def test_a_malformed_patch_is_refused_and_changes_nothing(zia, body):
    ada = zia.user("ada")
    answer = zia.send("PATCH", f"/Users/{ada}", body)
    assert answer.status_code == 400
    assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert [mutation["verb"] for mutation in zia.sandbox.journal.mutations] == ["create"]


def test_a_patch_is_atomic(zia):
    devs = zia.group("devs", zia.user("ada"))
    operations = [{"op": "remove", "path": "members"}, {"op": "add", "path": "members", "value": [{"value": "nobody"}]}]
    assert zia.patch(f"/Groups/{devs}", *operations).status_code == 400
    assert zia.sandbox.tenant.members("devs") == {"ada@corp.example"}


def test_put_with_another_id_in_the_body_is_404(zia):
    ada = zia.user("ada")
    body = {"userName": "ada@corp.example", "id": "mine"}
    answer = zia.send("PUT", f"/Users/{ada}", body)
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("No user with the id")
    assert zia.send("PUT", f"/Users/{ada}", {**body, "id": ada}).status_code == 200


def test_an_unregistered_domain_is_refused(zia):
    for name in ("ada@other.example", "ada"):
        assert zia.send("POST", "/Users", {"userName": name}).status_code == 400
    assert zia.send("POST", "/Users", {"userName": "ada@CORP.example"}).status_code == 201


def test_f30_names_that_are_taken_are_409(zia):
    ada, _devs = zia.user("ada"), zia.group("devs")
    bob = zia.user("bob")
    assert zia.send("POST", "/Users", {"userName": "ADA@corp.example"}).json()["scimType"] == "uniqueness"
    assert zia.send("POST", "/Groups", {"displayName": "Devs"}).status_code == 409
    assert zia.patch(f"/Users/{bob}", {"op": "replace", "path": "userName", "value": "ada@corp.example"}).status_code == 409
    assert zia.patch(f"/Users/{ada}", {"op": "replace", "path": "userName", "value": "Ada@corp.example"}).status_code == 200


def test_deleting_a_user_linked_to_an_admin_is_409(zia):
    zia.sandbox.seed(users=[{"userName": "boss@corp.example", "admin_linked": True}])
    id = zia.sandbox.tenant.user("boss@corp.example").id
    answer = zia.send("DELETE", f"/Users/{id}")
    assert answer.status_code == 409
    assert "admin" in answer.json()["detail"]
    zia.sandbox.switch(admin_delete="allow")
    assert zia.send("DELETE", f"/Users/{id}").status_code == 204


def test_disabling_keeps_and_deleting_removes(zia):
    ada = zia.user("ada")
    devs = zia.group("devs", ada)
    zia.patch(f"/Users/{ada}", {"op": "replace", "path": "active", "value": False})
    assert zia.sandbox.tenant.members("devs") == {"ada@corp.example"}
    assert zia.send("DELETE", f"/Users/{ada}").status_code == 204
    assert zia.sandbox.tenant.members("devs") == set()
    assert zia.send("DELETE", f"/Users/{ada}").status_code == 404
    assert zia.send("DELETE", f"/Groups/{devs}").status_code == 204
    assert zia.get("/Groups").json()["totalResults"] == 0


def test_departments_come_with_users_and_stay(zia):
    ada = zia.user("ada", department="Legal")
    zia.send("DELETE", f"/Users/{ada}")
    assert zia.sandbox.tenant.departments == {"Service Admin", "Legal"}


@pytest.mark.parametrize(
    "body",
    [
        {"userName": "a" * 120 + "@corp.example"},
        {"userName": "a@corp.example", "displayName": "x" * 129},
        {"userName": "a@corp.example", "department": "x" * 129},
        {"userName": "a@corp.example", "active": "perhaps"},
        {"userName": 5},
        {"userName": ""},
        {"displayName": "Ada"},
        [],
        "text",
    ],
)
def test_bad_users_are_refused(zia, body):
    assert zia.send("POST", "/Users", body).status_code == 400
    assert not zia.sandbox.journal.mutations


def test_a_user_is_in_128_groups_at_most(make):
    client = make(groups_per_user=2)
    ada = client.user("ada")
    client.group("one", ada)
    two = client.group("two", ada)
    three = client.group("three")
    add = {"op": "add", "path": "members", "value": [{"value": ada}]}
    assert client.patch(f"/Groups/{three}", add).status_code == 400
    assert client.patch(f"/Groups/{two}", add).status_code == 204
    assert client.send("POST", "/Groups", {"displayName": "four", "members": [{"value": ada}]}).status_code == 400
    assert make().sandbox.switches.groups_per_user == 128


def test_f17_too_many_requests_a_second_are_429(make):
    client = make(rate=5)
    answers = [client.get("/Users") for _time in range(8)]
    assert [answer.status_code for answer in answers].count(429) >= 2
    assert answers[-1].headers["Retry-After"] == "1"


def test_text_of_any_language_comes_back_as_it_was(zia):
    name = 'Zoë \N{GRINNING FACE} "O\'Neill" \\ \u05d0\u05d1'
    ada = zia.user("ada", displayName=name)
    assert zia.get(f"/Users/{ada}").json()["displayName"] == name
    quoted = 'x" or userName pr or userName eq "y@corp.example'
    assert zia.send("POST", "/Users", {"userName": quoted}).status_code == 201
    escaped = quoted.replace("\\", "\\\\").replace('"', '\\"')
    assert [user["userName"] for user in zia.find("Users", f'userName eq "{escaped}"')] == [quoted]
