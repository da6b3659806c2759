# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The profile conforming against RFC 7643 and RFC 7644; scim2-tester judges it besides (tests/interop)."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox import filters
from ansible_collections.scimops.zscaler_one.tests.sandbox.errors import ScimError
from ansible_collections.scimops.zscaler_one.tests.sandbox.schemas import ENTERPRISE

ADA = {
    "id": "u-1",
    "userName": "Ada@corp.example",
    "externalId": "HR-17",
    "active": True,
    "name": {"familyName": "Lovelace"},
    "emails": [{"type": "work", "value": "ada@corp.example", "primary": True}, {"type": "home", "value": "ada@home.example"}],
    "meta": {"lastModified": "2024-05-01T10:00:00Z"},
    "groups": [{"value": "g-1"}],
    ENTERPRISE: {"department": "R and D"},
}


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ('userName eq "ada@CORP.example"', True),
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ada"', True),
        ('userName ne "ada@corp.example"', False),
        ('externalId eq "hr-17"', False),
        ('externalId eq "HR-17"', True),
        ('userName ew "example" and not (userName co "bob")', True),
        ('userName eq "x" or active eq true', True),
        ("active eq false", False),
        ('active eq "True"', True),
        ("title pr", False),
        ("name.familyName pr", True),
        ('name.familyName gt "Love"', True),
        ('name.familyName le "Love"', False),
        ('emails eq "ada@home.example"', True),
        ('emails.type eq "work"', True),
        ('emails[type eq "work" and value ew "home.example"]', False),
        ('emails[type eq "home" and value ew "home.example"]', True),
        ('meta.lastModified ge "2024-05-01T12:00:00+02:00"', True),
        ('meta.lastModified gt "2024-05-01T12:00:00+02:00"', False),
        ('groups.value eq "g-1"', True),
        (f'{ENTERPRISE}:department eq "r AND d"', True),
        ('(userName eq "x" or userName sw "a") and active eq true', True),
        ('userName eq "x" or userName sw "a" and active eq false', False),
        ("userName eq 5", False),
        ('active gt "a"', False),
        ("title eq null", False),
    ],
)
def test_filters(text, fits):
    assert filters.matches(filters.parse(text), ADA) is fits


@pytest.mark.parametrize(
    "text",
    [
        "userName",
        "userName eq",
        "userName is 5",
        'userName eq "x',
        'userName eq "x" and',
        '(userName eq "x"',
        "eq eq eq eq",
        "[]",
        "()",
        "(" * 50,
        "5 eq 5",
    ],
)
def test_malformed_filters(text):
    with pytest.raises(ScimError) as error:
        filters.parse(text)
    assert (error.value.status, error.value.scim_type) == (400, "invalidFilter")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("Users", 'userName eq "ada@corp.example"'),
        ("Users", 'externalId eq "hr-1"'),
        ("Users", 'displayName eq "Ada" and active eq true'),
        ("Users", 'active eq true and id eq "{ada}"'),
        ("Groups", 'displayName eq "devs"'),
        ("Groups", 'externalId eq "grp-1"'),
        ("Groups", 'members.value eq "{ada}"'),
        ("Groups", 'members eq "{ada}"'),
    ],
)
def test_look_ups_use_an_index(make, monkeypatch, kind, text):
    client = make("conforming")
    client.sandbox.seed(
        users=[{"userName": "ada@corp.example", "externalId": "hr-1", "displayName": "Ada"}],
        groups=[{"displayName": "devs", "externalId": "grp-1", "members": ["ada@corp.example"]}],
    )
    tenant = client.sandbox.tenant
    monkeypatch.setattr(tenant, "listed", lambda _kind: [])
    assert len(client.find(kind, text.format(ada=tenant.user("ada@corp.example").id))) == 1
    assert client.find("Users", 'userName sw "ada"') == []


def test_indexes_follow_every_change(make):
    client = make("conforming")
    ada = client.user("ada", externalId="hr-1")
    client.patch(f"/Users/{ada}", {"op": "replace", "value": {"userName": "eve@corp.example", "externalId": "hr-2"}})
    assert [len(client.find("Users", f'externalId eq "hr-{number}"')) for number in (1, 2)] == [0, 1]
    assert client.find("Users", 'userName eq "ada@corp.example"') == []
    client.patch(f"/Users/{ada}", {"op": "remove", "path": "externalId"})
    assert client.find("Users", 'externalId eq "hr-2"') == []
    client.send("DELETE", f"/Users/{ada}")
    assert client.find("Users", 'userName eq "eve@corp.example"') == []
    assert client.user("eve")


def test_etags(make):
    client = make("conforming")
    ada = client.send("POST", "/Users", {"userName": "ada"})
    path, tag = f"/Users/{ada.json()['id']}", ada.headers["ETag"]
    assert ada.json()["meta"]["version"] == tag
    assert client.send("GET", path, headers={"If-None-Match": tag}).status_code == 304
    changed = client.send("PUT", path, {"userName": "ada", "title": "Countess"}, headers={"If-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag
    assert client.send("DELETE", path, headers={"If-Match": tag}).status_code == 412
    assert client.send("DELETE", path, headers={"If-Match": "*"}).status_code == 204


def test_sorting(make):
    client = make("conforming")
    for name in ("bob", "Ada", "eve"):
        client.send("POST", "/Users", {"userName": name})

    def names(**params):
        return [user["userName"] for user in client.get("/Users", sortBy="userName", **params).json()["Resources"]]

    assert names() == ["Ada", "bob", "eve"]
    assert names(sortOrder="descending", count=2) == ["eve", "bob"]
    assert names(filter='userName ne "bob"') == ["Ada", "eve"]


def test_what_is_written_comes_back_and_what_is_not_known_does_not(make):
    client = make("conforming")
    written = {name: value for name, value in ADA.items() if name not in ("id", "meta", "groups")}
    created = client.send("POST", "/Users", {**written, "shoeSize": 9, "groups": [{"value": "x"}]}).json()
    assert created == client.get(f"/Users/{created['id']}").json()
    assert {name: created[name] for name in created if name not in ("id", "meta", "schemas")} == written
    assert ENTERPRISE in created["schemas"]


@pytest.mark.parametrize(
    ("params", "keys"),
    [
        ({"attributes": "userName"}, {"schemas", "id", "userName"}),
        ({"attributes": "name.familyName,emails.value"}, {"schemas", "id", "name", "emails"}),
        ({"excludedAttributes": "emails,meta"}, {"schemas", "id", "userName", "externalId", "active", "name", ENTERPRISE}),
    ],
)
def test_attributes_are_selected(make, params, keys):
    client = make("conforming")
    client.send("POST", "/Users", ADA)
    shown = client.get("/Users", **params).json()["Resources"][0]
    assert shown.keys() == keys
    if "emails" in shown:
        assert shown["emails"] == [{"value": "ada@corp.example"}, {"value": "ada@home.example"}]
        assert shown["name"] == ADA["name"]
    assert client.get(f"/Users/{shown['id']}", **params).json() == shown


def test_members_that_are_not_asked_for_cost_nothing(make, monkeypatch):
    client = make("conforming")
    client.group("devs", client.user("ada"))
    monkeypatch.setattr(client.sandbox.scim.presenter, "_members", None)
    for params in ({"excludedAttributes": "members"}, {"attributes": "displayName,externalId"}):
        assert client.get("/Groups", **params).json()["Resources"][0]["displayName"] == "devs"


def test_a_patch_answers_with_the_resource(make):
    client = make("conforming")
    group = client.send("POST", "/Groups", {"displayName": "devs"}).json()
    answer = client.patch(f"/Groups/{group['id']}", {"op": "replace", "path": "displayName", "value": "coders"})
    assert (answer.status_code, answer.json()["displayName"]) == (200, "coders")


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        ({"op": "replace", "path": "groups", "value": []}, "mutability"),
        ({"op": "replace", "path": "shoeSize", "value": "9"}, "invalidPath"),
        ({"op": "replace", "path": "active", "value": "False"}, "invalidValue"),
        ({"op": "replace", "path": 'emails[type eq "other"].value', "value": "x"}, "noTarget"),
        ({"op": "remove", "path": 'emails[type eq "other"]'}, "noTarget"),
        ({"op": "remove", "path": 'userName[type eq "x"]'}, "invalidPath"),
        ({"op": "remove", "path": "userName"}, "mutability"),
        ({"op": "add", "path": "name", "value": "Ada"}, "invalidValue"),
    ],
)
def test_wrong_patches_are_refused_with_their_type(make, operation, scim_type):
    client = make("conforming")
    ada = client.send("POST", "/Users", ADA).json()
    answer = client.patch(f"/Users/{ada['id']}", operation)
    assert (answer.status_code, answer.json()["scimType"]) == (400, scim_type)
    assert client.get(f"/Users/{ada['id']}").json() == ada


@pytest.mark.parametrize(
    ("operation", "emails"),
    [
        ({"op": "remove", "path": 'emails[type eq "home"]'}, ["ada@corp.example"]),
        ({"op": "replace", "path": 'emails[type eq "home"].value', "value": "new@home.example"}, ["ada@corp.example", "new@home.example"]),
        (
            {"op": "add", "path": "emails", "value": {"value": "third@x.example"}},
            ["ada@corp.example", "ada@home.example", "third@x.example"],
        ),
        ({"op": "add", "path": "emails", "value": [ADA["emails"][0]]}, ["ada@corp.example", "ada@home.example"]),
        ({"op": "replace", "path": "emails", "value": [{"value": "only@x.example"}]}, ["only@x.example"]),
        ({"op": "replace", "path": 'emails[type eq "home"]', "value": {"value": "n@home.example"}}, ["ada@corp.example", "n@home.example"]),
        ({"op": "remove", "path": "emails"}, None),
    ],
)
def test_multi_valued_attributes_are_patched(make, operation, emails):
    client = make("conforming")
    ada = client.send("POST", "/Users", ADA).json()
    answer = client.patch(f"/Users/{ada['id']}", operation)
    shown = answer.json().get("emails")
    assert (shown and [email["value"] for email in shown]) == emails


def test_root_search_finds_users_and_groups(make):
    client = make("conforming")
    client.send("POST", "/Users", {"userName": "ada", "displayName": "x"})
    client.send("POST", "/Groups", {"displayName": "x"})
    found = client.send("POST", "/.search", {"filter": 'displayName eq "x"'}).json()
    assert [item["meta"]["resourceType"] for item in found["Resources"]] == ["User", "Group"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/Nothing", 404),
        ("GET", "/Users/a/b", 404),
        ("PUT", "/Users", 405),
        ("POST", "/Users/x", 404),
        ("POST", "/Schemas", 405),
        ("GET", "/Schemas/x", 404),
        ("GET", "/Schemas?filter=id+pr", 403),
        ("GET", "/Me", 501),
        ("POST", "/Bulk", 400),
        ("GET", "/Bulk", 405),
        ("GET", "/ResourceTypes/User", 200),
        ("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group", 200),
        ("GET", "/Users/", 200),
    ],
)
def test_routes(make, method, path, status):
    answer = make("conforming").send(method, path)
    assert answer.status_code == status
    assert answer.json()["schemas"]
