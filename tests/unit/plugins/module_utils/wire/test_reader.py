# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole tenant in as few requests as there are pages; look-ups that no lying filter can mislead."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import Ambiguous, ServiceError, Unauthorized, UntrustedAnswer
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import LiveGroup, LiveUser
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire import reader
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.reader import FoundGroup, ScimReader

from .fake_scim import Answer, FakeHttp, in_turn, nothing, on, people, refuse

SCHEMA = {"Resources": [{"id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": [{"name": "displayName"}, {"name": "emails"}]}]}


def test_p1_reading_costs_one_request_per_page_and_nothing_else():
    groups = [{"id": f"g{number}", "displayName": f"group {number}", "members": [{"value": "u1"}]} for number in range(7)]
    http = FakeHttp(people(25, displayName="x"), groups)
    directory = ScimReader(http, page_size=10).read(declared=["display_name"])
    assert http.seen == ["GET Users"] * 3 + ["GET Groups"]
    assert [request.params for request in http.requests[:3]] == [{"startIndex": start, "count": 10} for start in (1, 11, 21)]
    assert (len(directory.users), len(directory.groups), directory.doubts) == (25, 7, ())


@pytest.mark.parametrize("count", [0, 1, 9, 11, 20, 39, 40])
def test_p1_at_any_size(count):
    http = FakeHttp(people(count, groups=[]))
    ScimReader(http, page_size=10).read()
    assert len(http.seen) == max(1, -(-count // 10)) + 1


def test_members_come_from_the_groups_if_any_group_shows_them():
    users = people(3, groups=[{"value": "g2"}])
    groups = [{"id": "g1", "displayName": "a", "members": [{"value": "u1"}, {"value": 2}]}, {"id": "g2", "displayName": "b"}]
    directory = ScimReader(FakeHttp(users, groups)).read()
    assert directory.members == {"g1": {"u1", "2"}, "g2": set()}


def test_members_come_from_the_users_if_no_group_shows_any():
    users = [*people(2, groups=[{"value": "g1"}, {"value": "elsewhere"}]), {"id": "u9", "userName": "x", "groups": []}]
    http = FakeHttp(users, [{"id": "g1", "displayName": "a"}, {"id": "g2", "displayName": "b"}])
    assert ScimReader(http).read().members == {"g1": {"u1", "u2"}, "g2": set()}


@pytest.mark.parametrize(
    ("wanted", "read", "members"),
    [
        (None, ["GET Groups/g1", "GET Groups/g2"], {"g1": {"u1"}, "g2": set()}),
        ({"g1"}, ["GET Groups/g1"], {"g1": {"u1"}}),
        ({"b"}, ["GET Groups/g2"], {"g2": set()}),
        ((), [], {}),
    ],
)
def test_members_come_from_single_groups_where_lists_show_none(wanted, read, members):
    http = FakeHttp(people(2), [{"id": "g1", "displayName": "A", "members": [{"value": "u1"}]}, {"id": "g2", "displayName": "B"}])
    http.after = lambda request: thin(http.page(http.tables["Groups"], request.params)) if request.path == "Groups" else NotImplemented
    directory = ScimReader(http).read(member_groups=wanted)
    assert http.seen[2:] == read
    assert directory.members == members


def thin(page):
    return {**page, "Resources": [{"id": one["id"], "displayName": one["displayName"]} for one in page["Resources"]]}


def test_a_group_that_is_gone_before_its_members_are_read_has_none():
    http = FakeHttp(
        people(1), [{"id": "g1", "displayName": "A"}], answer=in_turn((on("GET", "Groups/"), lambda request: refuse(404, "", request)))
    )
    assert ScimReader(http).read().members == {"g1": set()}


def test_nested_groups_are_no_members_even_if_the_service_does_not_mark_them():
    groups = [{"id": "g1", "displayName": "a", "members": [{"value": "u1"}, {"value": "g2"}]}, {"id": "g2", "displayName": "b"}]
    http = FakeHttp(people(1), groups)
    assert ScimReader(http).read().members == {"g1": {"u1"}, "g2": set()}
    assert http.seen == ["GET Users", "GET Groups"]


def test_p7_member_ids_are_the_very_objects_of_the_users():
    users = [{"id": "".join(["u", "1"]), "userName": "a"}]
    directory = ScimReader(FakeHttp(users, [{"id": "g1", "displayName": "a", "members": [{"value": "".join(["u", "1"])}]}])).read()
    (member,) = directory.members["g1"]
    assert member is directory.users[0].id


def test_p7_memberships_are_kept_once(monkeypatch):
    made = []
    kind = reader.UserPages
    monkeypatch.setattr(reader, "UserPages", lambda *given, **options: made.append(kind(*given, **options)) or made[-1])
    ScimReader(FakeHttp(people(2, groups=[{"value": "g1"}]), [{"id": "g1", "displayName": "a", "members": []}])).read()
    assert made[0].members is None


def excluding(http):
    """A service that honours excludedAttributes."""

    def after(request):
        page = http.page(http.tables["Groups"], request.params)
        return thin(page) if request.params.get("excludedAttributes") == "members" else NotImplemented

    http.after = after
    return http


@pytest.mark.parametrize(("heavy", "excluded"), [(3, False), (2, True)])
def test_p7_many_memberships_are_not_read_twice(monkeypatch, heavy, excluded):
    monkeypatch.setattr(reader, "HEAVY", heavy)
    http = excluding(FakeHttp(people(2, groups=[{"value": "g1"}]), [{"id": "g1", "displayName": "a", "members": [{"value": "u1"}]}]))
    assert ScimReader(http).read().members == {"g1": {"u1", "u2"} if excluded else {"u1"}}
    assert ("excludedAttributes" in http.requests[-1].params) is excluded


def test_members_are_not_asked_for_where_nobody_wants_them():
    http = FakeHttp(
        groups=[{"id": "g1", "displayName": "a"}], answer=in_turn((on("GET", "Groups"), lambda request: refuse(400, "", request)))
    )
    assert len(ScimReader(http).read(members=False).groups) == 1
    assert [request.params.get("excludedAttributes") for request in http.requests] == [None, "members", None]


@pytest.mark.parametrize(("largest", "pages"), [(500, [1000, 125, 125]), (20, [1000, 125, *[15] * 14]), (1, [1000, 125, 15])])
def test_f09_a_page_of_groups_that_is_too_big_is_asked_for_in_parts(largest, pages):
    def answer(request):
        if request.path == "Groups" and request.params["count"] > largest:
            raise UntrustedAnswer("an answer of more than 64 MiB", "GET Groups")
        return NotImplemented

    http = FakeHttp(people(1), [{"id": f"g{number}", "displayName": str(number), "members": []} for number in range(200)], answer=answer)
    if largest == 1:
        with pytest.raises(UntrustedAnswer):
            ScimReader(http).read()
    else:
        assert len(ScimReader(http).read().groups) == 200
    assert [request.params["count"] for request in http.requests if request.path == "Groups"] == pages


def test_f08_a_page_of_users_that_is_not_the_services_is_asked_for_once():
    http = FakeHttp(answer=in_turn((on("GET"), UntrustedAnswer("200 with HTML", "GET Users"))))
    with pytest.raises(UntrustedAnswer):
        ScimReader(http).read()
    assert http.seen == ["GET Users"]


def test_p7_departments_are_shared():
    users = [{"id": str(number), "userName": str(number), "department": "".join(["R", "D"])} for number in range(2)]
    first, second = ScimReader(FakeHttp(users)).read(groups=False).users
    assert first.department is second.department


def lie(http, cap, **totals):
    """Pages of at most `cap` for each kind named, whose total is what the page holds."""

    def after(request):
        if request.path not in totals:
            return NotImplemented
        page = http.page(http.tables[request.path], {**request.params, "count": cap})
        return {**page, "totalResults": len(page["Resources"])}

    http.after = after


def test_f36_f38_members_betray_users_whom_the_listing_left_out():
    groups = [{"id": "g1", "displayName": "a", "members": [{"value": f"u{number}"} for number in range(1, 26)]}]
    http = FakeHttp(people(25), groups)
    lie(http, 10, Users=True)
    directory = ScimReader(http).read()
    assert len(directory.users) == 25
    assert "more entries" in directory.doubts[0]


def test_f36_f38_users_betray_groups_that_the_listing_left_out():
    http = FakeHttp(people(2, groups=[{"value": "g25"}]), [{"id": f"g{number}", "displayName": str(number)} for number in range(1, 26)])
    lie(http, 10, Groups=True)
    directory = ScimReader(http).read()
    assert len(directory.groups) == 25
    assert "more entries" in directory.doubts[0]
    assert directory.members["g25"] == {"u1", "u2"}


@pytest.mark.parametrize("kind", ["Users", "Groups"])
def test_f38_a_total_that_is_too_low_is_found_out_by_a_look_beyond_each_end(kind):
    """Nobody is a member of anything, so that nothing else betrays it."""
    http = FakeHttp(people(25), [{"id": f"g{number}", "displayName": str(number), "members": []} for number in range(25)])
    lie(http, 10, **{kind: True})
    assert ScimReader(http).read().doubts == ()
    directory = ScimReader(http).read(beyond=True)
    assert (len(directory.users), len(directory.groups)) == (25, 25)
    assert "more entries" in directory.doubts[0]


def test_a_look_beyond_costs_one_request_for_each_listing():
    http = FakeHttp(people(2), [{"id": "g1", "displayName": "a", "members": [{"value": "stranger"}]}])
    assert ScimReader(http).read(beyond=True).doubts == ()
    assert http.seen == ["GET Users", "GET Users", "GET Groups", "GET Groups"]


@pytest.mark.parametrize(("status", "is_the_end"), [(400, True), (404, True), (401, False), (500, False)])
def test_a_service_may_refuse_a_page_beyond_its_end(status, is_the_end):
    def answer(request):
        if request.params["startIndex"] > 1:
            raise refuse(status, "no such page", request)
        return NotImplemented

    reader = ScimReader(FakeHttp(people(2), answer=answer))
    if is_the_end:
        assert reader.read(beyond=True).doubts == ()
    else:
        with pytest.raises(ServiceError):
            reader.read(beyond=True)


def test_groups_that_only_users_show_are_told():
    http = FakeHttp(people(2, groups=[{"value": "g1"}, {"value": "elsewhere"}]), [{"id": "g1", "displayName": "a"}])
    assert ScimReader(http).read().unlisted_groups == {"elsewhere"}


def test_a_member_unknown_to_a_truthful_service_costs_one_request_and_no_doubt():
    http = FakeHttp(people(1), [{"id": "g1", "displayName": "a", "members": [{"value": "stranger"}]}])
    directory = ScimReader(http).read()
    assert http.seen == ["GET Users", "GET Groups", "GET Users"]
    assert directory.doubts == ()
    assert directory.members == {"g1": {"stranger"}}


def test_f39_a_listing_begun_anew_forgets_what_it_had():
    http = FakeHttp(people(15, groups=[{"value": "g1"}]), [{"id": "g1", "displayName": "a"}])

    def after(_request):
        if len(http.requests) == 1:
            del http.tables["Users"]["u1"]
        return NotImplemented

    http.after = after
    directory = ScimReader(http, page_size=10).read()
    assert len(directory.users) == 14
    assert directory.members["g1"] == {user.id for user in directory.users}


@pytest.mark.parametrize(
    ("schemas", "hidden", "department"),
    [
        pytest.param(NotImplemented, {"department", "email"}, None, id="no_schemas"),
        pytest.param(Answer("text"), {"department", "email"}, None, id="unreadable"),
        pytest.param(UntrustedAnswer("html", "GET Schemas"), {"department", "email"}, None, id="html"),
        pytest.param(SCHEMA, {"department"}, "", id="promised"),
    ],
)
def test_hidden_is_what_no_user_shows_and_no_schema_promises(schemas, hidden, department):
    http = FakeHttp(people(2, displayName="x"), answer=in_turn((on("GET", "Schemas"), schemas)))
    directory = ScimReader(http).read(groups=False, declared=["department", "email", "display_name", "user_name"])
    assert directory.hidden == hidden
    assert http.seen == ["GET Users", "GET Schemas"]
    assert {user.email for user in directory.users} == {None if "email" in hidden else ""}
    assert department in (None, "")


def test_hidden_is_not_asked_about_where_nobody_is_there_to_show_anything():
    http = FakeHttp()
    assert ScimReader(http).read(groups=False, declared=["department"]).hidden == frozenset()
    assert http.seen == ["GET Users"]


def test_a_refused_token_is_not_taken_for_a_missing_schema():
    http = FakeHttp(people(1), answer=in_turn((on("GET", "Schemas"), Unauthorized(401, "", "GET Schemas"))))
    with pytest.raises(Unauthorized):
        ScimReader(http).read(declared=["email"])


def test_a_key_absent_here_and_there_with_others_is_empty():
    users = [{"id": "1", "userName": "a", "externalId": "x", "active": True}, {"id": "2", "userName": "b"}]
    http = FakeHttp(users, [{"id": "g1", "displayName": "a", "externalId": "y"}, {"id": "g2", "displayName": "b"}])
    directory = ScimReader(http).read(declared=["external_id"], members=False)
    assert directory.users[1] == LiveUser("2", "b", "")
    assert directory.groups[1] == LiveGroup("g2", "b", "")
    assert http.seen == ["GET Users", "GET Groups"]


@pytest.mark.parametrize(
    ("options", "requests"),
    [
        ({"groups": False}, ["GET Users"]),
        ({"users": False}, ["GET Groups"]),
        ({"members": False}, ["GET Users", "GET Groups"]),
    ],
)
def test_only_what_is_asked_for_is_read(options, requests):
    http = FakeHttp(people(1), [{"id": "g1", "displayName": "a", "members": []}])
    directory = ScimReader(http).read(**options)
    assert http.seen == requests
    assert (directory.members is None) == ("users" not in options)


def test_page_size_seen_is_the_largest_page():
    reader = ScimReader(FakeHttp(people(12)), page_size=5)
    assert reader.page_size_seen == 0
    reader.read()
    assert reader.page_size_seen == 5


# Look-ups


def test_users_are_found_by_name_external_id_and_id_each_once():
    http = FakeHttp([{"id": "u1", "userName": "Ada@b", "externalId": "x"}, {"id": "u2", "userName": "bob", "externalId": "X"}])
    reader = ScimReader(http)
    assert [user.id for user in reader.find_users(user_name="ada@B")] == ["u1"]
    assert [user.id for user in reader.find_users(external_id="x")] == ["u1"]
    assert [user.id for user in reader.find_users(id="u2")] == ["u2"]
    assert [user.id for user in reader.find_users(id="u1", external_id="x", user_name="ada@b")] == ["u1"]
    assert sorted(user.id for user in reader.find_users(external_id="x", user_name="bob")) == ["u1", "u2"]
    assert reader.find_users(id="nobody") == reader.find_users(user_name="nobody") == reader.find_users() == []


def test_b17_an_id_is_one_segment():
    http = FakeHttp()
    ScimReader(http).find_users(id="../Groups/1?x#y")
    assert http.seen == ["GET Users/..%2FGroups%2F1%3Fx%23y"]
    with pytest.raises(UntrustedAnswer):
        ScimReader(http).find_users(id="..")


@pytest.mark.parametrize("name", ['x" or userName pr or userName eq "y', 'quo"te', "back\\slash", "new\nline"])
def test_b13_b15_names_find_exactly_their_user(name):
    http = FakeHttp([*people(3), {"id": "odd", "userName": name}])
    assert [user.id for user in ScimReader(http).find_users(user_name=name)] == ["odd"]


def ignores_filters(request):
    request.params.pop("filter", None)
    return NotImplemented


def refuses_filters(request):
    if "filter" in request.params:
        raise refuse(400, "no such filter", request, "invalidFilter")
    return NotImplemented


@pytest.mark.parametrize("answer", [nothing, ignores_filters, refuses_filters])
def test_f30_a_filter_that_is_ignored_or_refused_misleads_nobody(answer):
    http = FakeHttp(people(25), [{"id": f"g{number}", "displayName": f"Group {number}"} for number in range(25)], answer=answer)
    reader = ScimReader(http, page_size=10)
    assert [user.id for user in reader.find_users(user_name="USER25@corp.example")] == ["u25"]
    assert reader.find_users(user_name="user") == []
    assert reader.find_users(external_id="user25@corp.example") == []
    assert [found.group.id for found in reader.find_groups(display_name="group 24")] == ["g24"]


def test_a_refused_filter_is_not_tried_again():
    http = FakeHttp(people(1), answer=refuses_filters)
    reader = ScimReader(http)
    reader.find_users(user_name="a")
    reader.find_users(user_name="b")
    assert len([request for request in http.requests if "filter" in request.params]) == 1


@pytest.mark.parametrize("error", [Unauthorized(401, "", "GET Users"), ServiceError(500, "", "GET Users"), Ambiguous("cut", "GET Users")])
def test_other_errors_of_a_look_up_are_errors(error):
    http = FakeHttp(answer=in_turn((on("GET"), error)))
    with pytest.raises(type(error)):
        ScimReader(http).find_users(user_name="a")
    assert len(http.seen) == 1


def test_groups_are_found_with_members_in_one_request_if_the_service_shows_them():
    http = FakeHttp(groups=[{"id": "g1", "displayName": "Devs", "members": [{"value": "u1"}]}])
    assert ScimReader(http).find_groups(display_name="devs", members=True) == [FoundGroup(LiveGroup("g1", "Devs"), {"u1"})]
    assert ScimReader(http).find_groups(display_name="devs") == [FoundGroup(LiveGroup("g1", "Devs"), None)]
    assert http.seen == ['GET Groups displayName eq "devs"'] * 2


def test_two_groups_of_one_name_are_both_found():
    http = FakeHttp(groups=[{"id": "g1", "displayName": "Devs"}, {"id": "g2", "displayName": "devs"}])
    assert len(ScimReader(http).find_groups(display_name="devs")) == 2


@pytest.mark.parametrize(
    ("users", "members", "requests"),
    [
        pytest.param(people(2, groups=[{"value": "g1"}]), {"u1", "u2"}, 3, id="users_show_their_groups"),
        pytest.param(people(2), set(), 2, id="nobody_shows_anything_so_it_is_empty"),
    ],
)
def test_members_of_a_group_that_shows_none(users, members, requests):
    http = FakeHttp(users, [{"id": "g1", "displayName": "Devs"}])
    assert ScimReader(http).members_of("g1") == members
    assert len(http.seen) <= requests + 1


def test_members_of_a_group_that_is_gone():
    with pytest.raises(ServiceError, match="404"):
        ScimReader(FakeHttp()).members_of("g1")


def test_an_answer_that_is_no_resource_is_not_trusted():
    with pytest.raises(UntrustedAnswer, match="no SCIM resource"):
        ScimReader(FakeHttp(answer=in_turn((on("GET"), "text")))).find_users(id="u1")


def test_p7_search_keeps_only_what_it_is_told_to_and_begins_anew_with_the_listing():
    totals = iter([25, 26])
    pages = FakeHttp(people(25))

    def answer(request):
        page = pages.page(pages.tables["Users"], request.params)
        return {**page, "totalResults": next(totals, 25)}

    http = FakeHttp(answer=answer)
    assert ScimReader(http, page_size=10).search("Users", lambda user: user["id"]) == [f"u{number}" for number in range(1, 26)]


def test_search_gives_resources_as_they_are():
    http = FakeHttp(people(12))
    found = ScimReader(http, page_size=5).search(
        "Users", dict, filter='userName eq "user3@corp.example"', attributes=["userName", "active"]
    )
    assert found == [{"id": "u3", "userName": "user3@corp.example"}]
    assert http.requests[0].params["attributes"] == "userName,active"
    assert len(ScimReader(http, page_size=5).search("Users", dict)) == 12


# Discovery


def test_capabilities_are_asked_once_and_without_the_token():
    http = FakeHttp()
    http.extra["ServiceProviderConfig"] = {
        "patch": {"supported": "true"},
        "bulk": {"supported": False, "maxOperations": "100"},
        "filter": {"maxResults": 200},
        "authenticationSchemes": [{"type": "oauthbearertoken"}, "odd"],
    }
    reader = ScimReader(http)
    told = reader.capabilities()
    assert reader.capabilities() is told
    assert (told.patch, told.bulk, told.bulk_operations, told.filter, told.filter_results, told.sort) == (True, False, 100, None, 200, None)
    assert told.authentication == ("oauthbearertoken",)
    assert [(request.path, request.anonymous) for request in http.requests] == [("ServiceProviderConfig", True)]


@pytest.mark.parametrize("body", [None, [], "text", {"patch": None, "bulk": [], "authenticationSchemes": {}}])
def test_capabilities_that_are_not_told_are_none(body):
    http = FakeHttp()
    http.extra["ServiceProviderConfig"] = body
    assert set(ScimReader(http).capabilities()) == {None, ()}


def test_an_absurd_number_of_operations_is_cut():
    http = FakeHttp()
    http.extra["ServiceProviderConfig"] = {"bulk": {"maxOperations": "9" * 5000, "maxPayloadSize": "5"}}
    told = ScimReader(http).capabilities()
    assert (told.bulk_operations, told.bulk_bytes) == (10**15, 5)


def test_capabilities_that_want_the_token_get_it():
    http = FakeHttp(answer=in_turn((on("GET"), Unauthorized(401, "", "GET ServiceProviderConfig"))))
    http.extra["ServiceProviderConfig"] = {"patch": {"supported": True}}
    assert ScimReader(http).capabilities().patch is True
    assert [request.anonymous for request in http.requests] == [True, False]


def test_capabilities_of_a_service_without_them():
    http = FakeHttp()
    assert ScimReader(http).capabilities().patch is None
    assert http.seen == ["GET ServiceProviderConfig"]


@pytest.mark.parametrize("body", [SCHEMA, SCHEMA["Resources"]])
def test_schemas_are_named_and_read_once(body):
    http = FakeHttp()
    http.extra["Schemas"] = body
    reader = ScimReader(http)
    assert reader.schemas() == reader.schemas() == ("urn:ietf:params:scim:schemas:core:2.0:User",)
    assert http.seen == ["GET Schemas"]
    assert ScimReader(FakeHttp()).schemas() == ()


def test_without_users_no_group_is_asked_for_members():
    http = FakeHttp(groups=[{"id": "g1", "displayName": "a"}])
    assert ScimReader(http).read().members == {"g1": set()}
    assert http.seen == ["GET Users", "GET Groups"]


@pytest.mark.parametrize(("kind", "name"), [("Users", "userName"), ("Groups", "displayName")])
def test_entries_without_a_name_are_doubted(kind, name):
    http = FakeHttp(people(1), [{"id": "g1", "displayName": "a", "members": []}])
    http.store(kind, {"id": "nameless"})
    assert ScimReader(http).read().doubts == (f"/{kind}: 1 entries have no {name}",)
