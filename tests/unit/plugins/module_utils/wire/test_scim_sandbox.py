# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wire and the transport together over real sockets, against the sandbox in both profiles and with its faults."""

from __future__ import annotations

import collections

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import Refusal, ServiceError
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.http import Http
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.pace import Pace
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.secrets import Scrubber
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire import reader
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.scim import ScimService
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox
from ansible_collections.scimops.zscaler_one.tests.sandbox.seed import crowd

ALL = ("external_id", "display_name", "given_name", "family_name", "email", "department", "active")
ADA = {
    "external_id": "hr-17",
    "display_name": "Ada Lovelace",
    "given_name": "Ada",
    "family_name": "Lovelace",
    "email": "ada.l@corp.example",
    "department": "Research",
    "active": True,
}


@pytest.fixture
def tenant(request, tmp_path):
    """Makes a sandbox and a service that talks to it; nobody sleeps for long."""

    def make(profile="zia", *, page_size=1000, faults=(), timeout=5.0, update_method="patch", members_per_request=100, **switches):
        sandbox = Sandbox(profile, tls=False, faults=faults, switches={"default_admin": False, **switches}).start()
        request.addfinalizer(sandbox.stop)
        scrub = Scrubber([sandbox.token])
        http = Http(
            sandbox.base_url,
            authorize=lambda: f"Bearer {sandbox.token}",
            pace=Pace(sandbox.base_url, 0, directory=str(tmp_path)),
            scrub=scrub,
            read_only=False,
            timeout=timeout,
            sleep=lambda _seconds: None,
        )
        request.addfinalizer(http.close)
        wire = ScimService(http, page_size=page_size, update_method=update_method, members_per_request=members_per_request)
        return sandbox, wire

    return make


def methods(sandbox):
    return collections.Counter(entry.method for entry in sandbox.journal)


def shown(wire, name):
    (user,) = [user for user in wire.read(declared=ALL).users if user.user_name == name]
    return {attribute: getattr(user, attribute) for attribute in ALL}


PROFILES = [
    pytest.param("zia", {}, id="zia"),
    pytest.param("conforming", {}, id="conforming"),
    pytest.param("conforming", {"active_as": "title", "ids": "numeric"}, id="numeric_ids_and_booleans_as_text"),
]


@pytest.mark.parametrize(("profile", "switches"), PROFILES)
@pytest.mark.parametrize("update_method", ["patch", "put"])
def test_a_user_is_created_changed_cleared_renamed_and_deleted(tenant, profile, switches, update_method):
    sandbox, wire = tenant(profile, update_method=update_method, **switches)
    created = wire.create_user("ada@corp.example", ADA)
    assert shown(wire, "ada@corp.example") == ADA
    changed = {**ADA, "display_name": "Ada L", "email": "new@corp.example", "department": "Sales", "active": False, "external_id": "hr-18"}
    wire.update_user(created.id, changed)
    assert shown(wire, "ada@corp.example") == changed
    # Two users without names, so that what is absent is known to be empty.
    wire.create_user("bob@corp.example", ADA | {"external_id": "hr-99"})
    cleared = {**changed, "given_name": "", "email": "", "department": ""}
    wire.update_user(created.id, {"given_name": "", "email": "", "department": ""})
    assert shown(wire, "ada@corp.example") == cleared | ({"department": "Service Admin"} if shows_default(sandbox, update_method) else {})
    wire.update_user(created.id, {"user_name": "countess@corp.example"})
    assert shown(wire, "countess@corp.example")["external_id"] == "hr-18"
    wire.delete_user(created.id)
    assert [user.user_name for user in wire.read().users] == ["bob@corp.example"]


def shows_default(sandbox, update_method):
    """Zscaler puts a user without department into Service Admin; the sandbox does so on POST and PUT."""
    return sandbox.profile == "zia" and update_method == "put"


@pytest.mark.parametrize(("profile", "switches"), PROFILES)
@pytest.mark.parametrize("update_method", ["patch", "put"])
@pytest.mark.parametrize("carried", ["always", "get", "never"])
def test_a_group_is_created_filled_changed_and_deleted(tenant, profile, switches, update_method, carried):
    _sandbox, wire = tenant(profile, update_method=update_method, groups_carry_members=carried, **switches)
    ids = [wire.create_user(f"user{number}@corp.example", {}).id for number in range(5)]
    group = wire.create_group("devs", {"external_id": "grp-1"}).id
    assert wire.change_members(group, ids[:4], []) == {}
    assert wire.read().members == {group: set(ids[:4])}
    assert wire.change_members(group, ids[4:], ids[:2]) == {}
    assert wire.members_of(group) == set(ids[2:])
    wire.update_group(group, {"display_name": "Developers", "external_id": "grp-2"})
    ((found, members),) = wire.find_groups(display_name="developers", members=True)
    assert (found.id, found.external_id, members) == (group, "grp-2", set(ids[2:]))
    wire.delete_group(group)
    assert wire.read().groups == ()


@pytest.mark.parametrize(("users", "groups", "requests"), [(10, 3, 2), (95, 20, 2), (950, 200, 13)])
def test_p1_a_truthful_listing_costs_its_pages(tenant, users, groups, requests):
    sandbox, wire = tenant(page_size=100 if users > 100 else 1000)
    sandbox.seed(**crowd(users, groups))
    directory = wire.read(declared=ALL[:4])
    assert len(sandbox.journal) == requests - (users > 100)
    assert (len(directory.users), len(directory.groups), directory.doubts, directory.hidden) == (users, groups, (), frozenset())
    assert sum(map(len, directory.members.values())) == users * min(10, max(1, groups // 2))


@pytest.mark.parametrize("attribute", ["email", "external_id"])
def test_what_the_service_never_shows_is_hidden_unless_its_schema_promises_it(tenant, attribute):
    sandbox, wire = tenant("conforming")
    sandbox.seed([{"userName": "ada@corp.example"}])
    assert wire.read(declared=[attribute]).hidden == frozenset()
    sandbox.faults.add({"route": "/Schemas"}, {"kind": "status", "status": 404})
    fresh = ScimService(wire._http)
    assert fresh.read(declared=[attribute]).hidden == {attribute}


NAMES = ['quo"te', "back\\slash", 'x" or userName pr or userName eq "y', "a+b&c=d%20#e?f", "zoë.ünlü"]


@pytest.mark.parametrize("name", [f"{name}@corp.example" for name in NAMES])
@pytest.mark.parametrize("profile", ["zia", "conforming"])
def test_b13_b16_a_look_up_finds_exactly_that_user(tenant, profile, name):
    sandbox, wire = tenant(profile)
    wire.create_user("other@corp.example", {})
    created = wire.create_user(name, {"external_id": 'x"\\y'})
    assert [user.id for user in wire.find_users(user_name=name.upper())] == [created.id]
    assert [user.id for user in wire.find_users(external_id='x"\\y')] == [created.id]
    assert methods(sandbox) == {"POST": 2, "GET": 2}


LIES = [
    pytest.param({"kind": "short_page", "size": 7}, {}, True, id="f36_short_pages"),
    pytest.param({"kind": "empty_page"}, {"nth": 2}, True, id="f37_empty_once"),
    pytest.param({"kind": "empty_page"}, {"nth": [2, 3]}, False, id="f37_empty_twice"),
    pytest.param({"kind": "wrong_total", "page": True}, {}, False, id="f38_total_of_the_page"),
    pytest.param({"kind": "wrong_total", "delta": 30}, {}, False, id="f38_too_high"),
    pytest.param({"kind": "wrong_total", "delta": -27}, {}, False, id="f38_too_low"),
    pytest.param({"kind": "wrong_total", "total": 0}, {}, False, id="f38_zero"),
    pytest.param({"kind": "delete_while_paging"}, {"nth": 1}, True, id="f39_f41_delete_once"),
    pytest.param({"kind": "add_while_paging"}, {"nth": 1}, True, id="f39_add_once"),
    pytest.param({"kind": "add_while_paging"}, {}, False, id="f39_add_always"),
    pytest.param({"kind": "overlap", "items": 1}, {}, False, id="f40_overlap"),
    pytest.param({"kind": "skip", "items": 1}, {}, False, id="f41_skip"),
    pytest.param({"kind": "count_ignored", "size": 5000}, {}, True, id="f43_count_ignored"),
]


@pytest.mark.parametrize(("fault", "match", "clean"), LIES)
@pytest.mark.parametrize("groups", [0, 5])
def test_r5_a_listing_is_whole_or_in_doubt(tenant, fault, match, clean, groups):
    sandbox, wire = tenant(page_size=10, faults=[{"match": {"route": "/Users", "method": "GET", **match}, "fault": fault}])
    sandbox.seed(**crowd(45, groups))
    directory = wire.read()
    ids = [user.id for user in directory.users]
    assert len(ids) == len(set(ids))
    whole = set(ids) == set(sandbox.tenant.users.records)
    assert whole or directory.doubts
    assert (directory.doubts == ()) is clean
    assert len(sandbox.journal) < 60


@pytest.mark.parametrize("width", [1, 8])
def test_f42_page_one_for_ever_is_refused_after_three_requests(tenant, monkeypatch, width):
    monkeypatch.setattr(reader, "useful", lambda _rate, _latency: width)
    sandbox, wire = tenant(page_size=10, faults=[{"match": {"route": "/Users"}, "fault": {"kind": "start_index_ignored"}}])
    sandbox.seed(**crowd(45, 0))
    with pytest.raises(Refusal, match="startIndex") as caught:
        wire.read()
    assert (caught.value.details["listing"], len(sandbox.journal)) == ("suspect", 3)


@pytest.mark.parametrize("size", [10, 1000])
@pytest.mark.parametrize("cap", [7, 10])
def test_f36_f38_a_capped_service_whose_total_is_the_cap_is_seen_through(tenant, cap, size):
    fault = {"kind": "wrong_total", "page": True}
    sandbox, wire = tenant(page_size=size, page_cap=cap, faults=[{"match": {"route": "/Users", "method": "GET"}, "fault": fault}])
    sandbox.seed(**crowd(45, 5))
    directory = wire.read()
    assert len(directory.users) == 45
    assert directory.doubts


def test_f44_an_empty_tenant_is_no_doubt(tenant):
    sandbox, wire = tenant()
    assert wire.read(declared=ALL).doubts == ()
    assert len(sandbox.journal) == 2


AMBIGUOUS = [
    {"kind": "commit_then_reset"},
    {"kind": "commit_then_status", "status": 500},
    {"kind": "commit_then_status", "status": 503},
    {"kind": "half_body"},
    {"kind": "short_body"},
    {"kind": "empty_body"},
    {"kind": "reset"},
    {"kind": "close"},
    {"kind": "status", "status": 502},
]


@pytest.mark.parametrize("unique", [True, False])
@pytest.mark.parametrize("profile", ["zia", "conforming"])
def test_r2_creates_are_carried_out_exactly_once(tenant, unique, profile):
    faults = [{"match": {"method": "POST", "probability": 0.03}, "fault": fault} for fault in AMBIGUOUS]
    sandbox, wire = tenant(profile, faults=faults, unique=unique)
    names = [f"user{number}@corp.example" for number in range(150)]
    created = [wire.create_user(name, {"external_id": name, "display_name": name}) for name in names]
    records = sandbox.tenant.users.records
    assert collections.Counter(record.name for record in records.values()) == dict.fromkeys(names, 1)
    assert {one.id for one in created} == set(records)
    assert not any(one.adopted for one in created)
    assert_each_further_post_has_a_look_up(sandbox)
    assert any(entry.fault for entry in sandbox.journal)


def assert_each_further_post_has_a_look_up(sandbox):
    looked_up, posted = set(), set()
    for entry in sandbox.journal:
        if entry.method == "GET":
            looked_up.add(entry.query["filter"].partition(" eq ")[2].strip('"'))
        else:
            name = entry.body["userName"]
            assert name not in posted or name in looked_up
            posted.add(name)
            looked_up.discard(name)


def test_f04_a_create_that_hangs_after_it_was_done_is_adopted(tenant):
    hang = {"match": {"method": "POST"}, "fault": {"kind": "commit_then_hang", "seconds": 2}, "times": 1}
    sandbox, wire = tenant(timeout=0.3, faults=[hang])
    assert wire.create_user("ada@corp.example", ADA).adopted is False
    assert methods(sandbox) == {"POST": 1, "GET": 1}


@pytest.mark.parametrize("status", [409, 400, 500])
def test_f30_f32_the_holder_of_a_case_variant_is_adopted(tenant, status):
    sandbox, wire = tenant(conflict_status=status)
    sandbox.seed([{"userName": "ADA@corp.example", "displayName": "old"}])
    created = wire.create_user("ada@corp.example", ADA)
    assert (created.adopted, created.live.display_name, len(sandbox.journal)) == (True, "old", 2)


def test_f31_a_deleted_user_whose_name_stays_taken(tenant):
    sandbox, wire = tenant(deleted_users="hidden")
    wire.delete_user(wire.create_user("ada@corp.example", {}).id)
    sandbox.journal.clear()
    with pytest.raises(ServiceError, match="exists but is not visible"):
        wire.create_user("ada@corp.example", ADA)
    assert len(sandbox.journal) <= 3


def test_f26_patch_refused_and_put_as_the_way_out(tenant):
    _sandbox, wire = tenant(patch_supported=False)
    created = wire.create_user("ada@corp.example", ADA)
    with pytest.raises(ServiceError, match="update_method: put"):
        wire.update_user(created.id, {"display_name": "new"})
    ScimService(wire._http, update_method="put").update_user(created.id, {"display_name": "new"})
    assert shown(wire, "ada@corp.example") == ADA | {"display_name": "new"}


def test_f29_a_user_deleted_behind_our_back(tenant):
    sandbox, wire = tenant()
    created = wire.create_user("ada@corp.example", ADA)
    sandbox.faults.add({"method": "DELETE"}, {"kind": "delete_first"})
    wire.delete_user(created.id)
    assert wire.read().users == ()
    with pytest.raises(ServiceError, match="404"):
        wire.update_user(created.id, {"display_name": "new"}, user_name="ada@corp.example")


def test_an_admin_is_not_deleted_and_the_error_says_why(tenant):
    _sandbox, wire = tenant(default_admin=True)
    (admin,) = wire.read().users
    with pytest.raises(ServiceError, match="linked to an administrator"):
        wire.delete_user(admin.id)


def group_with(sandbox, wire, count):
    """A group without members, the ids of so many users, and an empty journal."""
    sandbox.seed([{"userName": f"user{number}@corp.example"} for number in range(count)], [{"displayName": "devs"}])
    directory = wire.read()
    sandbox.journal.clear()
    return directory.groups[0].id, [user.id for user in directory.users]


@pytest.mark.parametrize("limit", [100, 7, 1])
@pytest.mark.parametrize("status", [413, 400])
def test_f34_members_in_the_batches_that_the_service_takes(tenant, limit, status):
    sandbox, wire = tenant(members_per_request=0, members_limit_status=status)
    sandbox.switch(members_per_request=limit)
    wire = ScimService(wire._http, members_per_request=100)
    group, ids = group_with(sandbox, wire, 110)
    assert wire.change_members(group, ids, []) == {}
    assert wire.members_of(group) == set(ids)


def test_f35_without_value_paths_nobody_is_removed_by_accident(tenant):
    sandbox, wire = tenant(value_path=False)
    group, ids = group_with(sandbox, wire, 5)
    wire.change_members(group, ids[:4], [])
    refused = wire.change_members(group, ids[4:], ids[:1])
    assert set(refused) == set(ids[:1])
    assert wire.members_of(group) == set(ids)
    assert all(
        operation["op"] == "add" or operation["path"] != "members"
        for entry in sandbox.journal
        if entry.method == "PATCH"
        for operation in entry.body["Operations"]
    )


@pytest.mark.parametrize("profile", ["zia", "conforming"])
def test_f47_members_who_are_not_visible_yet(tenant, profile):
    _sandbox, wire = tenant(profile, visibility_lag=0.6)
    group = wire.create_group("devs", {}).id
    ids = [wire.create_user(f"user{number}@corp.example", {}).id for number in range(3)]
    assert wire.change_members(group, ids, []) == {}
    assert wire.members_of(group) == set(ids)


@pytest.mark.parametrize("times", [1, 2])
def test_f50_half_of_the_members_then_500(tenant, times):
    fault = {"match": {"method": "PATCH"}, "fault": {"kind": "half_then_status", "status": 500}, "times": times}
    sandbox, wire = tenant()
    group, ids = group_with(sandbox, wire, 40)
    wire.change_members(group, ids[:20], [])
    sandbox.faults.set([fault])
    assert wire.change_members(group, ids[20:], ids[:20]) == {}
    assert wire.members_of(group) == set(ids[20:])


def test_f50_half_of_the_members_then_400(tenant):
    sandbox, wire = tenant()
    group, ids = group_with(sandbox, wire, 40)
    sandbox.faults.set([{"match": {"method": "PATCH"}, "fault": {"kind": "half_then_status", "status": 400}, "times": 1}])
    assert wire.change_members(group, ids, []) == {}
    sent = [len(entry.body["Operations"][0]["value"]["members"]) for entry in sandbox.journal if entry.method == "PATCH"]
    assert sent == [40, 20]


def test_one_bad_member_among_many(tenant):
    sandbox, wire = tenant()
    group, ids = group_with(sandbox, wire, 60)
    refused = wire.change_members(group, [*ids[:30], "nobody", *ids[30:]], [])
    assert set(refused) == {"nobody"}
    assert wire.members_of(group) == set(ids)


def test_capabilities_and_schemas(tenant):
    sandbox, wire = tenant(open_discovery=False)
    told = wire.capabilities()
    assert (told.patch, told.bulk, told.filter, told.filter_results) == (True, False, True, 1000)
    assert len(wire.schemas()) == 3
    assert [entry.authorization for entry in sandbox.journal] == ["none", "right", "right"]
    assert tenant()[1].capabilities().patch is True


@pytest.mark.parametrize("width", [1, 2, 8])
def test_p1_a_hundred_pages_are_a_hundred_requests_however_many_are_fetched_at_a_time(tenant, monkeypatch, width):
    monkeypatch.setattr(reader, "useful", lambda _rate, _latency: width)
    sandbox, wire = tenant(page_size=20)
    sandbox.seed(**crowd(2000, 10))
    directory = wire.read()
    assert (len(directory.users), len(directory.groups), directory.doubts) == (2000, 10, ())
    asked = collections.Counter((entry.route, entry.query["startIndex"]) for entry in sandbox.journal)
    assert asked == {**{("/Users", str(start)): 1 for start in range(1, 2001, 20)}, ("/Groups", "1"): 1}
