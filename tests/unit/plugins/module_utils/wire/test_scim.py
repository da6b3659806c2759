# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes: exactly one create whatever is lost on the way, one request per change, and never what law 11 forbids."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import (
    Ambiguous,
    DeadlinePassed,
    NotSent,
    ServiceError,
    Stopped,
    Throttled,
    Unauthorized,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import LiveGroup, LiveUser
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.reader import ScimReader
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.resources import ENTERPRISE
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.scim import Created, ScimService

from .fake_scim import FakeHttp, in_turn, on, people, refuse

NAME_LOOK_UP = 'GET Users userName eq "ada"'
LOST = Ambiguous("no answer", "POST Users")


def service(http, **options):
    return ScimService(http, sleep=lambda _seconds: None, **options)


def user(**more):
    return {"id": "u1", "userName": "ada", **more}


# Creating


def test_p2_a_create_is_one_request():
    http = FakeHttp()
    assert service(http).create_user("ada", {"display_name": "Ada"}) == Created("u1")
    assert http.seen == ["POST Users"]
    assert http.requests[0].body["displayName"] == "Ada"


def test_p2_a_group_is_one_request():
    http = FakeHttp()
    assert service(http).create_group("devs", {"external_id": "x"}) == Created("g1")
    assert http.seen == ["POST Groups"]


@pytest.mark.parametrize("body", [None, {}, {"id": None}, {"userName": "ada"}, "text"])
def test_an_answer_without_id_leads_to_a_look_up(body):
    http = FakeHttp(after=in_turn((on("POST"), body)))
    assert service(http).create_user("ada", {}).id == "u1"
    assert http.seen == ["POST Users", NAME_LOOK_UP]


def test_an_accepted_user_who_cannot_be_found_is_an_error():
    http = FakeHttp(answer=in_turn((on("POST"), {})))
    with pytest.raises(ServiceError, match="gave no id together with its name, and does not show it"):
        service(http).create_user("ada", {})


def test_f04_f05_f25_a_create_that_was_done_is_adopted_and_not_sent_again():
    http = FakeHttp(after=in_turn((on("POST"), LOST)))
    created = service(http).create_user("ada", {"display_name": "Ada"})
    assert (created.id, created.adopted) == ("u1", False)
    assert http.seen == ["POST Users", NAME_LOOK_UP]


def test_f04_f25_a_create_that_was_not_done_is_sent_again_after_a_look_up():
    http = FakeHttp(answer=in_turn((on("POST"), LOST)))
    assert service(http).create_user("ada", {}) == Created("u1")
    assert http.seen == ["POST Users", NAME_LOOK_UP, "POST Users"]


@pytest.mark.parametrize(
    "error", [Stopped("not sent: asked to end", "GET Users"), DeadlinePassed("over", "GET Users"), ServiceError(500, "", "GET Users")]
)
@pytest.mark.parametrize(("created", "told"), [(LOST, "no answer"), ({}, "the service accepted 'ada'")])
def test_f52_whom_nobody_can_look_for_is_perhaps_created_and_not_said_to_be_not_sent(created, told, error):
    http = FakeHttp(after=in_turn((on("POST"), created), (on("GET"), error)))
    with pytest.raises(Ambiguous, match=f"POST Users: {told}.* looking what became of it failed too: "):
        service(http).create_user("ada", {})
    assert http.seen == ["POST Users", NAME_LOOK_UP]


def test_f30_whoever_is_found_in_the_way_of_a_lost_create_is_named():
    http = FakeHttp([user(externalId="other")], answer=in_turn((on("POST"), LOST)))
    with pytest.raises(ServiceError, match=r"held by an object with another externalId: id u1 \(externalId other\)"):
        service(http).create_user("ada", {"external_id": "mine"})


def test_r2_every_further_post_has_a_look_up_before_it_and_there_is_an_end():
    http = FakeHttp(answer=lambda request: NotImplemented if request.method == "GET" else raise_(LOST))
    with pytest.raises(Ambiguous):
        service(http).create_user("ada", {"external_id": "x"})
    look_ups = [NAME_LOOK_UP, 'GET Users externalId eq "x"']
    assert http.seen == ["POST Users", *look_ups] * 3


def raise_(error):
    raise error


def test_r2_a_lost_create_of_a_group_is_adopted():
    http = FakeHttp(after=in_turn((on("POST"), LOST)))
    assert service(http).create_group("devs", {}).adopted is False
    assert http.seen == ["POST Groups", 'GET Groups displayName eq "devs"']


def test_f32_a_500_for_a_duplicate_is_adopted_and_known_to_differ():
    http = FakeHttp([user(displayName="old", active=True)], answer=in_turn((on("POST"), LOST)))
    created = service(http).create_user("ADA", {"display_name": "new"})
    assert created == Created("u1", True, LiveUser("u1", "ada", None, "old", active=True), lost=True)


@pytest.mark.parametrize(
    ("shown", "values", "adopted"),
    [
        ({"displayName": "Ada"}, {"display_name": "Ada", "active": True}, False),
        ({"displayName": "Ada", "active": "False"}, {"display_name": "Ada", "active": True}, True),
        ({"displayName": "Ada", "active": False}, {"display_name": "Ada", "active": False}, False),
        ({}, {"display_name": ""}, False),
        ({}, {"display_name": "Ada"}, True),
    ],
)
def test_a_recovered_create_is_adopted_only_if_it_may_differ(shown, values, adopted):
    http = FakeHttp([user(**shown)], answer=in_turn((on("POST"), LOST)))
    assert service(http).create_user("ada", values).adopted is adopted


def test_a_lost_create_that_the_service_finishes_late_is_adopted_on_409():
    http = FakeHttp(answer=in_turn((on("POST"), LOST)))

    def after(request):
        if request.method == "GET" and not http.tables["Users"]:
            http.store("Users", user())
            return {"totalResults": 0, "Resources": []}
        return NotImplemented

    http.after = after
    assert service(http).create_user("ada", {}).adopted is False
    assert http.seen == ["POST Users", NAME_LOOK_UP, "POST Users", NAME_LOOK_UP]


def test_f04_f47_a_lost_create_that_is_not_visible_for_a_while_is_adopted_in_the_end():
    slept = []

    def answer(request):
        if request.method == "GET" and sum(slept) < 3:
            return {"totalResults": 0, "Resources": []}
        return NotImplemented

    http = FakeHttp(answer=answer, after=in_turn((on("POST"), LOST)))
    assert ScimService(http, sleep=slept.append).create_user("ada", {}).adopted is False
    assert [request.method for request in http.requests].count("POST") == 2
    assert 3 <= sum(slept) < 8


@pytest.mark.parametrize("status", [400, 409, 422, 500])
@pytest.mark.parametrize("held", [{}, {"externalId": None}, {"externalId": "x"}])
def test_f30_f32_the_same_identity_is_adopted_whatever_the_status(status, held):
    http = FakeHttp([user(userName="Ada", **held)], answer=in_turn((on("POST"), lambda request: refuse(status, "taken", request))))
    created = service(http).create_user("ada", {"external_id": "x", "display_name": "new"})
    assert (created.id, created.adopted, created.live.user_name) == ("u1", True, "Ada")
    assert len(http.seen) == 2


def test_f30_another_identity_of_that_name_is_a_conflict_that_names_it():
    http = FakeHttp([user(id="other-id", externalId="hr-99")])
    with pytest.raises(ServiceError, match=r"other-id \(externalId hr-99\)") as caught:
        service(http).create_user("ada", {"external_id": "hr-17"})
    assert caught.value.status == 409


def test_f30_an_external_id_held_under_another_name_is_a_conflict_that_names_it():
    http = FakeHttp(
        [user(id="other-id", userName="eve", externalId="x")],
        answer=in_turn((on("POST"), lambda request: refuse(409, "taken", request))),
    )
    with pytest.raises(ServiceError, match=r"'x' is held by an object of another name: id other-id"):
        service(http).create_user("ada", {"external_id": "x"})


def test_f30_two_holders_are_both_named():
    users = [user(id="one"), user(id="two", userName="ADA")]
    with pytest.raises(ServiceError, match=r"id one .*id two"):
        service(FakeHttp(users)).create_user("ada", {})


@pytest.mark.parametrize("values", [{}, {"external_id": "x"}])
def test_f31_a_name_that_is_taken_by_nobody_who_can_be_seen(values):
    http = FakeHttp(answer=in_turn((on("POST"), lambda request: refuse(409, "taken", request, "uniqueness"))))
    with pytest.raises(ServiceError, match="exists but is not visible"):
        service(http).create_user("ada", values)
    assert len(http.seen) <= 3


def test_f32_a_400_that_is_no_duplicate_stays_what_it_is():
    http = FakeHttp(answer=in_turn((on("POST"), lambda request: refuse(400, "wrong domain", request))))
    with pytest.raises(ServiceError, match="400 wrong domain"):
        service(http).create_user("ada", {})
    assert http.seen == ["POST Users", NAME_LOOK_UP]


@pytest.mark.parametrize(
    "error",
    [Unauthorized(401, "", "POST Users"), Throttled(503, "", "POST Users"), NotSent("", "POST Users"), ServiceError(403, "", "POST Users")],
)
def test_other_errors_of_a_create_are_raised_at_once(error):
    http = FakeHttp(answer=in_turn((on("POST"), error)))
    with pytest.raises(type(error)):
        service(http).create_user("ada", {})
    assert http.seen == ["POST Users"]


@pytest.mark.parametrize(("users", "adopted", "seen"), [([], False, [NAME_LOOK_UP, "POST Users"]), ([user()], True, [NAME_LOOK_UP])])
def test_f41_with_a_doubtful_listing_a_create_is_confirmed_by_a_look_up(users, adopted, seen):
    http = FakeHttp(users)
    assert service(http).create_user("ada", {}, confirm=True).adopted is adopted
    assert http.seen == seen


def test_f41_a_group_is_confirmed_too():
    http = FakeHttp(groups=[{"id": "g1", "displayName": "Devs"}])
    assert service(http).create_group("devs", {}, confirm=True) == Created("g1", True, LiveGroup("g1", "Devs"))
    assert http.writes == []


# Updating


def test_p2_an_update_is_one_patch_with_one_operation_per_attribute():
    http = FakeHttp([user()])
    assert service(http).update_user("u1", {"display_name": "Ada", "department": "", "active": False}) == "u1"
    assert http.seen == ["PATCH Users/u1"]
    assert http.requests[0].body == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [
            {"op": "replace", "path": "displayName", "value": "Ada"},
            {"op": "remove", "path": f"{ENTERPRISE}:department"},
            {"op": "replace", "path": "active", "value": False},
        ],
    }


@pytest.mark.parametrize("method", ["patch", "put"])
def test_p2_nothing_to_write_is_no_request(method):
    http = FakeHttp()
    wire = service(http, update_method=method)
    assert (wire.update_user("u1", {}), wire.update_group("g1", {}), wire.change_members("g1", [], [])) == ("u1", "g1", {})
    assert http.seen == []


HOME = {"value": "home@b", "type": "home"}
PLAIN = {"value": "ada@b", "type": "work", "primary": True}


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ([], "new@b", [{**PLAIN, "value": "new@b"}]),
        ([PLAIN], "new@b", [{**PLAIN, "value": "new@b"}]),
        ([HOME], "new@b", [{**HOME, "value": "new@b"}]),
        ([HOME, PLAIN], "new@b", [HOME, {**PLAIN, "value": "new@b"}]),
        ([HOME, PLAIN], "", [HOME]),
        ([PLAIN], "", None),
    ],
)
@pytest.mark.parametrize("known", ["listed", "looked up", "unknown"])
def test_one_address_changes_and_the_others_stay(before, value, after, known):
    http = FakeHttp([user(emails=before)])
    wire = service(http)
    if known == "listed":
        wire.read(groups=False)
    elif known == "looked up":
        wire.find_users(user_name="ada")
    wire.update_user("u1", {"email": value})
    # "add" appends on a real service; here it replaces, which is the same for a user who has no address.
    assert http.tables["Users"]["u1"].get("emails") == after
    assert len(http.requests) == 2


def test_addresses_are_remembered_after_a_change():
    http = FakeHttp([user(emails=[HOME, PLAIN])])
    wire = service(http)
    wire.read(groups=False)
    wire.update_user("u1", {"email": "second@b"})
    wire.update_user("u1", {"email": "third@b"})
    assert http.tables["Users"]["u1"]["emails"] == [HOME, {**PLAIN, "value": "third@b"}]
    wire.update_user("u1", {"email": ""})
    wire.update_user("u1", {"email": "fourth@b"})
    assert http.tables["Users"]["u1"]["emails"] == [{**HOME, "value": "fourth@b"}]


def test_a_user_made_in_this_run_needs_no_look_at_the_addresses():
    http = FakeHttp()
    wire = service(http)
    wire.create_user("ada", {})
    wire.create_user("bob", {"email": "bob@b"})
    wire.update_user("u1", {"email": "new@b"})
    wire.update_user("u2", {"email": "new@b"})
    assert [request.body["Operations"][0]["op"] for request in http.writes[2:]] == ["add", "replace"]
    assert len(http.requests) == 4


def test_f26_a_put_is_read_merged_and_written_without_what_law_11_forbids():
    http = FakeHttp([user(title="Countess", nickName=None, groups=[{"value": "g1"}], meta={"version": "1"}, name={"givenName": ""})])
    service(http, update_method="put").update_user("u1", {"display_name": "Ada", "user_name": "ada2"})
    assert http.seen == ["GET Users/u1", "PUT Users/u1"]
    body = http.requests[1].body
    assert body == {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "ada2",
        "displayName": "Ada",
        "title": "Countess",
    }


@pytest.mark.parametrize("members", [[{"value": "u1"}], None])
def test_f26_a_put_that_renames_a_group_keeps_its_members(members):
    group = {"id": "g1", "displayName": "devs", **({} if members is None else {"members": members})}
    http = FakeHttp(people(1, groups=[{"value": "g1"}]), [group])
    service(http, update_method="put").update_group("g1", {"display_name": "Devs"})
    assert http.writes[0].body["members"] == [{"value": "u1"}]
    assert http.writes[0].body["displayName"] == "Devs"


@pytest.mark.parametrize("status", [405, 501])
def test_f26_a_service_without_patch_says_what_to_do(status):
    http = FakeHttp([user()], answer=in_turn((on("PATCH"), lambda request: refuse(status, "no", request))))
    with pytest.raises(ServiceError, match="update_method: put") as caught:
        service(http).update_user("u1", {"display_name": "Ada"})
    assert caught.value.status == status
    assert len(http.seen) == 1


def test_f29_a_user_who_is_gone_is_found_by_name_once():
    http = FakeHttp([user(id="new-id")])
    assert service(http).update_user("old-id", {"display_name": "Ada"}, user_name="ada") == "new-id"
    assert http.seen == ["PATCH Users/old-id", NAME_LOOK_UP, "PATCH Users/new-id"]


@pytest.mark.parametrize("name", ["", "ada"])
def test_f29_a_user_who_is_gone_for_good_is_an_error(name):
    http = FakeHttp()
    with pytest.raises(ServiceError, match="404"):
        service(http).update_user("u1", {"display_name": "Ada"}, user_name=name)
    assert len(http.writes) == 1


def test_f29_a_service_that_shows_whom_it_does_not_update_is_not_asked_twice():
    http = FakeHttp([user()], answer=lambda request: raise_(refuse(404, "", request)) if request.method == "PATCH" else NotImplemented)
    with pytest.raises(ServiceError, match="404"):
        service(http).update_user("u1", {"display_name": "Ada"}, user_name="ada")
    assert http.seen == ["PATCH Users/u1", NAME_LOOK_UP]


def test_f29_a_group_that_is_gone_is_found_by_name_once():
    http = FakeHttp(groups=[{"id": "g2", "displayName": "devs"}])
    assert service(http).update_group("g1", {"external_id": "x"}, display_name="devs") == "g2"


@pytest.mark.parametrize(("method", "verb"), [("patch", "PATCH"), ("put", "PUT")])
def test_f33_after_412_it_is_written_once_more(method, verb):
    def refusal(request):
        return refuse(412, "version", request)

    http = FakeHttp([user()], answer=in_turn((on(verb), refusal)))
    service(http, update_method=method).update_user("u1", {"display_name": "Ada"})
    assert http.tables["Users"]["u1"]["displayName"] == "Ada"
    http = FakeHttp([user()], answer=in_turn((on(verb), refusal), (on(verb), refusal)))
    with pytest.raises(ServiceError, match="412"):
        service(http, update_method=method).update_user("u1", {"display_name": "Ada"})
    assert len(http.writes) == 2


# Deleting


def test_deleting_is_one_request():
    http = FakeHttp([user()], [{"id": "g/1", "displayName": "devs"}])
    wire = service(http)
    wire.delete_user("u1")
    with pytest.raises(ServiceError, match="403"):
        FakeHttp(answer=lambda request: raise_(refuse(403, "", request))).send("DELETE", "Users/u1")
    wire.delete_group("g/1")
    assert http.seen == ["DELETE Users/u1", "DELETE Groups/g%2F1"]


def test_f29_deleting_what_is_gone_is_done():
    http = FakeHttp()
    wire = service(http)
    wire.delete_user("u1")
    wire.delete_group("g1")
    assert http.seen == ["DELETE Users/u1", "DELETE Groups/g1"]


@pytest.mark.parametrize(("kind", "text"), [("user", "linked to an administrator"), ("group", "still refers")])
def test_409_on_a_deletion_is_explained(kind, text):
    http = FakeHttp(answer=lambda request: raise_(refuse(409, "admin user cannot be deleted", request)))
    with pytest.raises(ServiceError, match=text) as caught:
        getattr(service(http), f"delete_{kind}")("u1")
    assert "admin user cannot be deleted" in caught.value.detail


def test_f28_other_refusals_of_a_deletion_are_errors():
    http = FakeHttp(answer=lambda request: raise_(refuse(403, "no", request)))
    with pytest.raises(ServiceError, match="403"):
        service(http).delete_user("u1")


@pytest.mark.parametrize("id", ["", ".", ".."])
def test_b17_no_id_turns_a_deletion_into_one_of_the_collection(id):
    http = FakeHttp([user()])
    with pytest.raises(Exception, match="cannot be"):
        service(http).delete_user(id)
    assert http.seen == []


# Members


def group(*members):
    return {"id": "g1", "displayName": "devs", "members": [{"value": member} for member in members]}


def test_p2_members_change_in_one_request_in_the_documented_shapes():
    http = FakeHttp(groups=[group("u1", "u2")])
    assert service(http).change_members("g1", ["u3"], ["u1"]) == {}
    assert http.seen == ["PATCH Groups/g1"]
    assert http.requests[0].body["Operations"] == [
        {"op": "add", "value": {"members": [{"value": "u3"}]}},
        {"op": "remove", "path": 'members[value eq "u1"]'},
    ]
    assert http.tables["Groups"]["g1"]["members"] == [{"value": "u2"}, {"value": "u3"}]


def test_f34_the_size_is_kept_from_group_to_group():
    def answer(request):
        if request.method == "PATCH" and len(request.body["Operations"][0]["value"]["members"]) > 3:
            raise refuse(413, "", request)
        return NotImplemented

    http = FakeHttp(groups=[group(), {"id": "g2", "displayName": "b"}], answer=answer)
    wire = service(http, members_per_request=12)
    wire.change_members("g1", [f"u{number}" for number in range(12)], [])
    sent = len(http.requests)
    wire.change_members("g2", [f"u{number}" for number in range(12)], [])
    assert len(http.requests) - sent == 4


def test_f35_an_unknown_path_names_the_way_out_and_empties_nothing():
    def answer(request):
        if request.method == "PATCH" and any(operation["op"] == "remove" for operation in request.body["Operations"]):
            raise refuse(400, "no filters", request, "invalidPath")
        return NotImplemented

    http = FakeHttp(groups=[group("u1", "u2")], answer=answer)
    refused = service(http).change_members("g1", ["u3"], ["u1"])
    assert set(refused) == {"u1"}
    assert "update_method: put" in refused["u1"].detail
    assert {member["value"] for member in http.tables["Groups"]["g1"]["members"]} == {"u1", "u2", "u3"}


def test_f35_put_writes_the_whole_group_only_when_told():
    http = FakeHttp(groups=[group("u1", "u2")])
    assert service(http, update_method="put").change_members("g1", ["u3"], ["u1"]) == {}
    assert http.seen == ["GET Groups/g1", "PUT Groups/g1"]
    assert http.requests[1].body["members"] == [{"value": "u2"}, {"value": "u3"}]
    assert "id" not in http.requests[1].body


@pytest.mark.parametrize("after", [None, in_turn((on("POST"), LOST))])
def test_f47_users_of_this_run_are_waited_for(after):
    slept = []

    def answer(request):
        if request.method == "PATCH" and sum(slept) < 2:
            raise refuse(400, "no such user", request)
        return NotImplemented

    http = FakeHttp(groups=[group()], answer=answer, after=after)
    wire = ScimService(http, sleep=slept.append)
    created = wire.create_user("ada", {})
    assert wire.change_members("g1", [created.id], []) == {}
    assert sum(slept) >= 2


@pytest.mark.parametrize(("add", "remove"), [(["u1"], []), ([], ["u1"])])
def test_f49_a_group_that_shows_no_members_is_not_taken_for_empty(add, remove):
    http = FakeHttp(groups=[{"id": "g1", "displayName": "devs"}], answer=in_turn((on("PATCH"), lambda request: refuse(500, "", request))))
    assert service(http).change_members("g1", add, remove) == {}
    assert http.seen == ["PATCH Groups/g1", "GET Groups/g1", "PATCH Groups/g1"]


@pytest.mark.parametrize("status", [405, 501])
def test_f26_members_need_patch_too(status):
    http = FakeHttp(groups=[group()], answer=in_turn((on("PATCH"), lambda request: refuse(status, "", request))))
    with pytest.raises(ServiceError, match="update_method: put"):
        service(http).change_members("g1", ["u1"], [])


def test_r9_a_reader_has_nothing_to_write_with():
    verbs = ("create", "update", "delete", "change")
    assert [name for name in dir(ScimReader) if name.startswith(verbs)] == []
    assert len([name for name in dir(ScimService) if name.startswith(verbs)]) == 7
