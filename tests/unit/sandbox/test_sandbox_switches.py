# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every switch does what it says: one test a switch, and a check that none is left out."""

from __future__ import annotations

import dataclasses
import re
import sys
import time
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox import faults, profiles
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra import switches as entra_switches
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.routes import Table
from ansible_collections.scimops.zscaler_one.tests.sandbox.profiles import Switches, switches_of
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox
from ansible_collections.scimops.zscaler_one.tests.sandbox.schemas import ENTERPRISE

README = Path(profiles.__file__).with_name("README.md")
TESTED_ELSEWHERE = {
    "one_id_path": "zia",
    "default_admin": "zia",
    "any_filter": "zia",
    "unknown_filter": "zia",
    "page_cap": "zia",
    "search_cap": "zia",
    "groups_per_user": "zia",
    "admin_delete": "zia",
    "etag": "conforming",
    "sort": "conforming",
    **{field.name: "bulk" for field in dataclasses.fields(Switches) if field.name.startswith("bulk")},
}


def members_patch(op: str, *ids: str) -> dict[str, object]:
    return {"op": op, "path": "members", "value": [{"value": id} for id in ids]}


def test_no_switch_is_untested():
    tests = {name.removeprefix("test_switch_") for name in vars(sys.modules[__name__]) if name.startswith("test_switch_")}
    assert tests | TESTED_ELSEWHERE.keys() == {field.name for field in dataclasses.fields(Switches)}


def test_no_switch_of_entra_is_untested():
    tests = "".join(path.read_text() for path in Path(__file__).with_name("entra").glob("test_*.py"))
    names = [field.name.removeprefix("entra_") for field in dataclasses.fields(entra_switches.EntraSwitches)]
    assert [name for name in names if not re.search(rf"\b(entra_)?{name}=", tests)] == []


TABLES = {
    "switches": profiles.table(),
    "faults": faults.table(),
    "entra switches": entra_switches.table(),
    "entra routes": Table(Sandbox().entra).table(),
}


@pytest.mark.parametrize("rows", TABLES.values(), ids=TABLES)
def test_the_readme_has_the_tables(rows):
    assert "\n".join(rows) in README.read_text()


@pytest.mark.parametrize(
    ("name", "value", "result"),
    [
        ("unique", "false", False),
        ("unique", True, True),
        ("page_cap", "50", 50),
        ("rate", "2.5", 2.5),
        ("domains", "a.example, b.example", ("a.example", "b.example")),
        ("domains", ["a.example"], ("a.example",)),
        ("domains", "", ()),
        ("ids", "uuid", "uuid"),
    ],
)
def test_switches_are_set_from_values_and_texts(name, value, result):
    assert getattr(switches_of("zia", {name: value}), name) == result


@pytest.mark.parametrize(
    ("profile", "changes", "message"),
    [
        ("zpa", {}, "no profile zpa"),
        ("zia", {"colour": "red"}, "no switch colour"),
        ("zia", {"ids": "short"}, "one of derived, uuid, numeric"),
        ("zia", {"unique": "perhaps"}, "switch unique"),
        ("zia", {"page_cap": "many"}, "switch page_cap"),
        ("zia", {"page_cap": None}, "switch page_cap"),
    ],
)
def test_wrong_switches_are_refused_in_words(profile, changes, message):
    with pytest.raises(ValueError, match=message):
        switches_of(profile, changes)


@pytest.mark.parametrize(("value", "pattern"), [("derived", "7a736361-"), ("uuid", "-4"), ("numeric", "139")])
def test_switch_ids(make, value, pattern):
    assert pattern in make(ids=value).user("ada")


def test_ids_are_the_same_in_every_run(make):
    assert make(ids="uuid").user("ada") == make(ids="uuid").user("ada")


def test_switch_open_discovery(make):
    assert make(open_discovery=False).send("GET", "/Schemas", token="").status_code == 401


def test_switch_reason_phrase(make):
    assert [make(reason_phrase=value).get("/Users").reason for value in (True, False)] == ["OK", ""]


def test_switch_domains(make):
    client = make(domains="*.example,corp.test")
    statuses = [client.send("POST", "/Users", {"userName": f"a@{domain}"}).status_code for domain in ("x.example", "corp.test", "x.test")]
    assert statuses == [201, 201, 400]


def test_switch_wrong_domain_status(make):
    assert make(wrong_domain_status=403).send("POST", "/Users", {"userName": "a@x.test"}).status_code == 403


def test_switch_thin_answers(make):
    client = make(thin_answers=False)
    user = client.send("POST", "/Users", {"userName": "ada@corp.example"}).json()
    assert user["active"] is True
    assert client.get("/Users").json()["Resources"] == [user]


@pytest.mark.parametrize(("value", "top", "inside"), [("both", True, True), ("extension", False, True), ("top", True, False)])
def test_switch_department_in(make, value, top, inside):
    client = make(department_in=value)
    client.user("ada", **{ENTERPRISE: {"department": "Legal"}})
    user = client.get("/Users").json()["Resources"][0]
    assert ("department" in user, ENTERPRISE in user) == (top, inside)


def test_switch_empty_values(make):
    client = make(empty_values=False)
    client.user("ada")
    assert client.get("/Users").json()["Resources"][0].keys().isdisjoint({"name", "emails"})


@pytest.mark.parametrize(("value", "shown"), [("bool", True), ("lower", "true"), ("title", "True")])
def test_switch_active_as(make, value, shown):
    client = make(active_as=value)
    assert client.get(f"/Users/{client.user('ada')}").json()["active"] == shown


@pytest.mark.parametrize("value", [True, False])
def test_switch_shows_external_id(make, value):
    client = make(shows_external_id=value)
    ada = client.user("ada", externalId="hr-1")
    shown = [client.get(f"/Users/{ada}").json(), client.get("/Users").json()["Resources"][0]]
    assert ["externalId" in user for user in shown] == [value, value]
    assert len(client.find("Users", 'externalId eq "hr-1"')) == 1


def test_switch_hidden_attributes(make):
    client = make(hidden_attributes="name.givenName,department,groups")
    ada = client.user("ada", name={"givenName": "Ada", "familyName": "L"}, department="Legal")
    client.group("devs", ada)
    for user in (client.get(f"/Users/{ada}").json(), client.get("/Users").json()["Resources"][0]):
        assert user["name"] == {"familyName": "L"}
        assert user[ENTERPRISE] == {}
        assert user.keys().isdisjoint({"department", "groups"})


def test_switch_users_carry_groups(make):
    client = make(users_carry_groups=False)
    client.group("devs", client.user("ada"))
    assert "groups" not in client.get("/Users").json()["Resources"][0]


@pytest.mark.parametrize(("value", "places"), [("always", (True, True)), ("get", (False, True)), ("never", (False, False))])
def test_switch_groups_carry_members(make, value, places):
    client = make(groups_carry_members=value)
    devs = client.group("devs", client.user("ada"))
    shown = client.get("/Groups").json()["Resources"][0], client.get(f"/Groups/{devs}").json()
    assert tuple("members" in group for group in shown) == places


@pytest.mark.parametrize(("value", "keys"), [("value", {"value"}), ("ref", {"value", "$ref"}), ("display", {"value", "$ref", "display"})])
def test_switch_member_detail(make, value, keys):
    client = make(member_detail=value)
    devs = client.group("devs", client.user("ada"), client.user("bob"))
    for group in (client.get("/Groups").json()["Resources"][0], client.get(f"/Groups/{devs}").json()):
        assert [member.keys() for member in group["members"]] == [keys, keys]


@pytest.mark.parametrize("value", [True, False])
def test_switch_attribute_selection(make, value):
    client = make(attribute_selection=value)
    client.group("devs", client.user("ada"))
    group = client.get("/Groups", excludedAttributes="members").json()["Resources"][0]
    user = client.get("/Users", attributes="userName").json()["Resources"][0]
    assert ("members" not in group, user.keys() == {"id", "userName"}) == (value, value)


@pytest.mark.parametrize(("value", "status"), [("string", "404"), ("number", 404)])
def test_switch_error_status_as(make, value, status):
    assert make(error_status_as=value).get("/Users/nobody").json()["status"] == status


@pytest.mark.parametrize(("value", "count"), [(True, 1), (False, 2)])
def test_switch_count_on_get(make, value, count):
    client = make(count_on_get=value)
    client.user("ada"), client.user("bob")
    assert len(client.get("/Users", count=1).json()["Resources"]) == count


def test_switch_group_filter_by_name(make):
    assert make(group_filter_by_name=False).get("/Groups", filter='displayName eq "x"').status_code == 400


@pytest.mark.parametrize(("value", "found"), [(True, 0), (False, 1)])
def test_switch_case_sensitive(make, value, found):
    client = make(case_sensitive=value)
    client.user("ada")
    assert len(client.find("Users", 'userName eq "Ada@corp.example"')) == found


def test_switch_bare_lists(make):
    client = make(bare_lists=True)
    assert client.get("/Users").json().keys() == {"schemas", "totalResults"}
    client.user("ada")
    assert client.get("/Users").json().keys() == {"schemas", "totalResults", "Resources"}


def test_switch_create_status(make):
    assert make(create_status=200).send("POST", "/Users", {"userName": "a@corp.example"}).status_code == 200


def test_switch_required(make):
    client = make(required="userName,displayName")
    assert "displayName" in client.send("POST", "/Users", {"userName": "a@corp.example"}).json()["detail"]


def test_switch_active_by_default(make):
    client = make(active_by_default=False)
    assert "active" not in client.get(f"/Users/{client.user('ada')}").json()


def test_switch_user_name_mutable(make):
    client = make(user_name_mutable=False)
    ada = client.user("ada")
    rename = {"op": "replace", "path": "userName", "value": "eve@corp.example"}
    assert client.patch(f"/Users/{ada}", rename).json()["scimType"] == "mutability"
    assert client.send("PUT", f"/Users/{ada}", {"userName": "eve@corp.example"}).status_code == 400


def test_switch_unique(make):
    client = make(unique=False)
    assert client.user("ada") != client.user("ada")
    assert len(client.find("Users", 'userName eq "ada@corp.example"')) == 2


@pytest.mark.parametrize("status", [400, 500])
def test_switch_conflict_status(make, status):
    """F32."""
    client = make(conflict_status=status)
    client.user("ada")
    assert client.send("POST", "/Users", {"userName": "ada@corp.example"}).status_code == status


def test_switch_deleted_users(make):
    """F31."""
    client = make(deleted_users="hidden")
    client.send("DELETE", f"/Users/{client.user('ada')}")
    assert client.send("POST", "/Users", {"userName": "Ada@corp.example"}).status_code == 409
    assert client.find("Users", 'userName eq "ada@corp.example"') == []


@pytest.mark.parametrize(("value", "name"), [("none", " Ada "), ("lower", " Ada "), ("trim", "Ada")])
def test_switch_normalise(make, value, name):
    """F60."""
    client = make(normalise=value)
    id = client.send("POST", "/Users", {"userName": "ADA@corp.example", "displayName": " Ada "}).json()["id"]
    user = client.get(f"/Users/{id}").json()
    assert user["displayName"] == name
    assert user["userName"] == ("ada@corp.example" if value == "lower" else "ADA@corp.example")


@pytest.mark.parametrize(("value", "department"), [("service_admin", "Service Admin"), ("none", None)])
def test_switch_missing_department(make, value, department):
    client = make(missing_department=value)
    assert client.get(f"/Users/{client.user('ada')}").json().get("department") == department


def test_switch_unknown_department(make):
    client = make(unknown_department="reject")
    client.sandbox.seed(users=[{"userName": "bob@corp.example", "department": "Legal"}])
    client.user("ada", department="Legal")
    assert client.send("POST", "/Users", {"userName": "eve@corp.example", "department": "Sales"}).status_code == 400


def test_switch_name_limits(make):
    assert make(name_limits=False).user("a" * 200)


@pytest.mark.parametrize(("value", "kept"), [("clear", False), ("keep", True)])
def test_switch_put_omitted(make, value, kept):
    client = make(put_omitted=value)
    ada = client.user("ada", externalId="hr-1", name={"givenName": "Ada", "familyName": "L"})
    devs = client.group("devs", ada)
    client.send("PUT", f"/Users/{ada}", {"userName": "ada@corp.example", "name": {"givenName": "A"}})
    user = client.get(f"/Users/{ada}").json()
    assert (user.get("externalId") == "hr-1", user["name"]["familyName"] == "L") == (kept, kept)
    client.send("PUT", f"/Groups/{devs}", {"displayName": "coders"})
    assert bool(client.sandbox.tenant.members("coders")) == kept


def test_switch_put_body_id(make):
    client = make(put_body_id="ignored")
    assert client.send("PUT", f"/Users/{client.user('ada')}", {"id": "mine", "userName": "ada@corp.example"}).status_code == 200


def test_switch_string_booleans(make):
    client = make(string_booleans=False)
    assert client.patch(f"/Users/{client.user('ada')}", {"op": "replace", "path": "active", "value": "False"}).status_code == 400


@pytest.mark.parametrize(
    ("value", "done"),
    [
        ("none", {"active", "name", "members"}),
        ("members", {"active", "name"}),
        ("active", {"name", "members"}),
        ("patch", set()),
        ("all", set()),
    ],
)
def test_switch_ignored_writes(make, value, done):
    """F49: acknowledged as ever, and not done."""
    client = make()
    ada, devs = client.user("ada"), client.group("devs")
    client.sandbox.switch(ignored_writes=value)
    change = {"op": "replace", "value": {"active": False, "displayName": "A"}}
    assert client.patch(f"/Users/{ada}", change).status_code == 200
    assert client.patch(f"/Groups/{devs}", members_patch("add", ada)).status_code == 204
    user, tenant = client.get(f"/Users/{ada}").json(), client.sandbox.tenant
    seen = {"active": user["active"] is False, "name": user["displayName"] == "A", "members": bool(tenant.members("devs"))}
    assert {what for what, is_done in seen.items() if is_done} == done
    created = client.send("POST", "/Users", {"userName": "bob@corp.example"})
    assert created.status_code == 201
    assert client.get(f"/Users/{created.json()['id']}").status_code == (404 if value == "all" else 200)
    assert client.send("DELETE", f"/Users/{ada}").status_code == 204
    assert client.get(f"/Users/{ada}").status_code == (200 if value == "all" else 404)


def test_switch_patch_supported(make):
    client = make(patch_supported=False)
    ada = client.user("ada")
    assert client.patch(f"/Users/{ada}", {"op": "replace", "path": "active", "value": False}).status_code == 501
    assert client.get("/ServiceProviderConfig").json()["patch"] == {"supported": False}


def test_switch_patch_refused_status(make):
    """F26."""
    client = make(patch_supported=False, patch_refused_status=405)
    assert client.patch(f"/Users/{client.user('ada')}", {"op": "remove", "path": "title"}).status_code == 405


def test_switch_patch_user_answer(make):
    client = make(patch_user_answer=204)
    assert client.patch(f"/Users/{client.user('ada')}", {"op": "replace", "path": "active", "value": False}).status_code == 204


def test_switch_patch_group_answer(make):
    client = make(patch_group_answer=200)
    ada = client.user("ada")
    answer = client.patch(f"/Groups/{client.group('devs')}", members_patch("add", ada))
    assert answer.json()["members"][0]["value"] == ada


def test_switch_value_path(make):
    """F35."""
    client = make(value_path=False)
    ada = client.user("ada")
    devs = client.group("devs", ada)
    answer = client.patch(f"/Groups/{devs}", {"op": "remove", "path": f'members[value eq "{ada}"]'})
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidPath")
    assert client.sandbox.tenant.members("devs")


def test_switch_value_path_creates(make):
    client = make(value_path_creates=False)
    change = {"op": "replace", "path": 'emails[type eq "work"].value', "value": "a@x.example"}
    assert client.patch(f"/Users/{client.user('ada')}", change).json()["scimType"] == "noTarget"


def test_switch_unknown_attributes(make):
    client = make(unknown_attributes="reject")
    assert client.patch(f"/Users/{client.user('ada')}", {"op": "add", "path": "shoeSize", "value": "9"}).json()["scimType"] == "invalidPath"


@pytest.mark.parametrize(("value", "status"), [("400", 400), ("404", 404), ("ignore", 204)])
def test_switch_unknown_member(make, value, status):
    client = make(unknown_member=value)
    ada, devs = client.user("ada"), client.group("devs")
    assert client.patch(f"/Groups/{devs}", members_patch("add", "nobody", ada)).status_code == status
    assert bool(client.sandbox.tenant.members("devs")) == (value == "ignore")


@pytest.mark.parametrize("limit", [1, 2])
def test_switch_members_per_request(make, limit):
    """F34."""
    client = make(members_per_request=limit)
    ids = [client.user(name) for name in ("ada", "bob", "eve")]
    devs = client.group("devs")
    assert client.patch(f"/Groups/{devs}", members_patch("add", *ids)).status_code == 413
    each = [members_patch("add", id) for id in ids]
    assert client.patch(f"/Groups/{devs}", *each).status_code == 413
    assert client.send("PUT", f"/Groups/{devs}", {"displayName": "devs", "members": [{"value": id} for id in ids]}).status_code == 413
    assert client.patch(f"/Groups/{devs}", members_patch("add", *ids[:limit])).status_code == 204


def test_switch_members_limit_status(make):
    client = make(members_per_request=1, members_limit_status=400)
    assert client.patch(f"/Groups/{client.group('devs')}", members_patch("add", "a", "b")).status_code == 400


def test_switch_rate(make):
    client = make(rate=1000)
    assert {client.get("/Users").status_code for _time in range(20)} == {200}


def test_switch_rate_burst(make):
    client = make(rate=1, rate_burst=3)
    assert [client.get("/Users").status_code for _time in range(4)] == [200, 200, 200, 429]


@pytest.mark.parametrize(("value", "header"), [("header", "1"), ("none", None), ("body", None), ("text", "1 seconds")])
def test_switch_rate_retry_after(make, value, header):
    client = make(rate=1, rate_burst=1, rate_retry_after=value)
    client.get("/Users")
    answer = client.get("/Users")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, header)
    assert answer.json().get("Retry-After") == ("1 seconds" if value == "body" else None)


def test_switch_visibility_lag(make):
    """F47."""
    client = make()
    now = [time.monotonic()]
    client.sandbox.tenant.clock = lambda: now[0]
    devs = client.group("devs")
    client.sandbox.switch(visibility_lag=2)
    now[0] += 2
    ada = client.user("ada")
    assert client.get(f"/Users/{ada}").status_code == 404
    assert client.find("Users", 'userName eq "ada@corp.example"') == []
    assert client.get("/Users").json()["totalResults"] == 0
    assert client.patch(f"/Groups/{devs}", members_patch("add", ada)).status_code == 400
    assert client.send("POST", "/Users", {"userName": "ada@corp.example"}).status_code == 409
    now[0] += 2
    assert client.patch(f"/Groups/{devs}", members_patch("add", ada)).status_code == 204
    assert client.get("/Users").json()["totalResults"] == 1


def test_switch_stale_reads(make):
    """F48."""
    client = make(stale_reads=3)
    now = [time.monotonic()]
    client.sandbox.tenant.clock = lambda: now[0]
    ada, devs = client.user("ada"), client.group("devs")
    assert client.patch(f"/Users/{ada}", {"op": "replace", "path": "active", "value": False}).json()["active"] is False
    client.patch(f"/Groups/{devs}", members_patch("add", ada))

    def shown():
        user, group = client.get(f"/Users/{ada}").json(), client.get(f"/Groups/{devs}").json()
        listed = client.get("/Users").json()["Resources"][0], client.get("/Groups").json()["Resources"][0]
        assert (listed[0]["active"], listed[1]["members"]) == (user["active"], group["members"])
        return user["active"], len(group["members"])

    assert shown() == (True, 0)
    now[0] += 3
    assert shown() == (False, 1)
