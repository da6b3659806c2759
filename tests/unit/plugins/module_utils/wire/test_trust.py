# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An answer that cannot be what was asked for is never shown as it, and never written back over it."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import Ambiguous, ServiceError, UntrustedAnswer
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.reader import ScimReader
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.scim import ScimService
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.trust import DEEPEST, is_deep

from .fake_scim import FakeHttp, in_turn, on, people, refuse

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


def nested(levels):
    value = "x"
    for _level in range(levels):
        value = [value]
    return value


def service(http, **options):
    return ScimService(http, sleep=lambda _seconds: None, **options)


def putting(http):
    return service(http, update_method="put")


# One resource


WRONG_USERS = [
    ({}, "no userName"),
    ({"id": "u1", "userName": None}, "no userName"),
    ({"id": "u1", "displayName": "Ada"}, "no userName"),
    ({"id": "u2", "userName": "ceo"}, "another object, with the id 'u2'"),
    ({"id": 2, "userName": "ceo"}, "another object, with the id '2'"),
    ({"schemas": [ERROR], "userName": "ada", "detail": "maintenance"}, "an error or a list"),
    ({"schemas": [LIST], "userName": "ada"}, "an error or a list"),
    ({"totalResults": 1, "Resources": [{"id": "u1", "userName": "ada"}], "userName": "ada"}, "an error or a list"),
    ({"id": "u1", "userName": "ada", "x": nested(600)}, "nested too deeply"),
    (None, "no SCIM resource"),
]


@pytest.mark.parametrize(("body", "reason"), WRONG_USERS)
def test_a_put_never_writes_back_what_cannot_be_the_user(body, reason):
    http = FakeHttp([{"id": "u1", "userName": "ada"}], answer=in_turn((on("GET", "Users/u1"), body)))
    with pytest.raises(UntrustedAnswer, match=reason):
        putting(http).update_user("u1", {"display_name": "Ada"})
    assert http.writes == []


@pytest.mark.parametrize(("body", "reason"), WRONG_USERS)
def test_a_look_up_by_id_shows_nobody_else(body, reason):
    with pytest.raises(UntrustedAnswer, match=reason):
        ScimReader(FakeHttp(answer=in_turn((on("GET"), body)))).find_users(id="u1")


@pytest.mark.parametrize("body", [{"id": "g1", "userName": "ada"}, {"id": "g2", "displayName": "devs"}])
def test_a_group_is_not_taken_for_another_either(body):
    http = FakeHttp(answer=in_turn((on("GET"), body)))
    with pytest.raises(UntrustedAnswer):
        putting(http).change_members("g1", ["u1"], [], present=[])
    assert http.writes == []


@pytest.mark.parametrize("more", [{}, {"id": None}, {"id": 7}, {"id": "7"}, {"schemas": None}, {"schemas": [{}, 5]}])
def test_a_resource_that_says_little_about_itself_may_be_the_one(more):
    http = FakeHttp(answer=in_turn((on("GET"), {"userName": "ada", **more})))
    assert [user.id for user in ScimReader(http).find_users(id="7")] == ["7"]


def test_depth_is_measured_without_recursion():
    assert not is_deep(nested(DEEPEST - 1))
    assert is_deep(nested(DEEPEST + 1))
    assert is_deep({"x": nested(100_000)})
    assert not is_deep({"x": [{"y": 1}] * 1000})


# A user who is gone


@pytest.mark.parametrize(("planned", "found"), [("hr-1", "hr-2"), ("hr-1", None), ("hr-1", ""), ("", "hr-2"), (None, "hr-2")])
def test_a_user_who_is_gone_is_not_followed_to_another_person(planned, found):
    http = FakeHttp([{"id": "u99", "userName": "ada", "externalId": found}])
    with pytest.raises(ServiceError, match=r"is gone, and the user who now has this userName \(id u99\) has another externalId") as caught:
        service(http).update_user("u1", {"active": False}, user_name="ada", external_id=planned)
    assert caught.value.status == 404
    assert [request.path for request in http.writes] == ["Users/u1"]


@pytest.mark.parametrize(("planned", "found"), [("hr-1", "hr-1"), ("", None), (None, ""), (None, None), ("", "")])
def test_f29_the_same_identity_is_followed(planned, found):
    http = FakeHttp([{"id": "u99", "userName": "ada", "externalId": found}])
    assert service(http).update_user("u1", {"active": False}, user_name="ada", external_id=planned) == "u99"
    assert http.tables["Users"]["u99"]["active"] is False


@pytest.mark.parametrize(("planned", "follows"), [("x", True), ("y", False), ("", False)])
def test_a_group_that_is_gone_is_followed_by_the_same_rule(planned, follows):
    http = FakeHttp(groups=[{"id": "g2", "displayName": "devs", "externalId": "x"}])
    update = {"display_name": "devs", "external_id": planned}
    if follows:
        assert service(http).update_group("g1", {"display_name": "Devs"}, **update) == "g2"
    else:
        with pytest.raises(ServiceError, match="the group who now has this displayName"):
            service(http).update_group("g1", {"display_name": "Devs"}, **update)
        assert len(http.writes) == 1


# A create that answers with somebody else


def test_a_create_that_shows_somebody_else_is_settled_by_a_look_up():
    http = FakeHttp(after=in_turn((on("POST"), {"id": "u77", "userName": "ceo@corp.example"})))
    assert service(http).create_user("ada", {}).id == "u1"
    assert http.seen == ["POST Users", 'GET Users userName eq "ada"']


def test_a_create_that_never_shows_the_right_one_fails():
    users = [{"id": "u77", "userName": "ceo"}]
    http = FakeHttp(users, answer=lambda request: dict(users[0]) if request.method == "POST" else NotImplemented)
    with pytest.raises(Ambiguous, match="shows another object"):
        service(http).create_user("ada", {})


@pytest.mark.parametrize("shown", ["ada", "ADA"])
def test_a_create_that_shows_the_name_in_another_case_is_believed(shown):
    http = FakeHttp(after=in_turn((on("POST"), {"id": "u1", "userName": shown})))
    assert service(http).create_user("ada", {}).id == "u1"
    assert http.seen == ["POST Users"]


@pytest.mark.parametrize(
    "answer", [{"id": "u77"}, {"id": "u77", "userName": ""}, {"id": "u77", "userName": None}, {"id": "u77", "x": "ada"}]
)
def test_f30_a_create_that_shows_an_id_without_a_name_is_looked_up(answer):
    http = FakeHttp(after=in_turn((on("POST"), answer)))
    assert service(http).create_user("ada", {}).id == "u1"
    assert http.seen == ["POST Users", 'GET Users userName eq "ada"']


def test_f30_a_group_that_shows_an_id_without_a_name_is_looked_up():
    http = FakeHttp(after=in_turn((on("POST"), {"id": "g77"})))
    assert service(http).create_group("devs", {}).id == "g1"
    assert http.seen == ["POST Groups", 'GET Groups displayName eq "devs"']


def test_a_create_of_a_group_that_shows_another_is_settled_by_a_look_up():
    http = FakeHttp(after=in_turn((on("POST"), {"id": "g77", "displayName": "admins"})))
    assert service(http).create_group("devs", {}).id == "g1"


# A PUT of a group


def devs(**more):
    return {"id": "g1", "displayName": "devs", **more}


def members(http):
    return sorted(member["value"] for member in http.tables["Groups"]["g1"]["members"])


@pytest.mark.parametrize("shown", [{}, {"members": None}, {"members": []}, {"members": [{"value": "u2"}]}])
def test_a_put_writes_no_fewer_members_than_were_planned_with(shown):
    http = FakeHttp(groups=[devs(**shown)])
    assert putting(http).change_members("g1", ["u4"], ["u3"], present={"u1", "u2", "u3"}) == {}
    assert members(http) == ["u1", "u2", "u4"]
    assert http.seen == ["GET Groups/g1", "PUT Groups/g1"]


def test_a_put_keeps_members_that_the_plan_did_not_know():
    http = FakeHttp(groups=[devs(members=[{"value": 5, "display": "five"}, {"value": "g9", "type": "Group"}])])
    putting(http).change_members("g1", ["u1"], [], present=["5"])
    assert http.tables["Groups"]["g1"]["members"] == [{"value": 5, "display": "five"}, {"value": "g9", "type": "Group"}, {"value": "u1"}]


@pytest.mark.parametrize("shown", [{}, {"members": None}])
def test_members_that_are_neither_shown_nor_planned_are_a_refusal(shown):
    http = FakeHttp(people(2), [devs(**shown)])
    for write in (lambda wire: wire.change_members("g1", ["u1"], []), lambda wire: wire.update_group("g1", {"display_name": "Devs"})):
        with pytest.raises(UntrustedAnswer, match="members of the group cannot be read"):
            write(putting(http))
    assert http.writes == []


@pytest.mark.parametrize("shown", [5, "u1", ["u1"], {"value": "u1"}, [{"display": "Ada"}], [{"value": "u1"}, None]])
def test_members_of_another_shape_are_a_refusal_even_if_planned(shown):
    http = FakeHttp(groups=[devs(members=shown)])
    with pytest.raises(UntrustedAnswer, match="members of the group cannot be read"):
        putting(http).change_members("g1", ["u2"], [], present=["u1"])
    assert http.writes == []


@pytest.mark.parametrize("shown", [{}, {"members": None}])
def test_members_whom_only_the_users_show_are_kept(shown):
    http = FakeHttp(people(3, groups=[{"value": "g1"}]), [devs(**shown)])
    putting(http).change_members("g1", ["u9"], [])
    assert members(http) == ["u1", "u2", "u3", "u9"]


def test_members_whom_only_a_doubtful_listing_shows_are_a_refusal():
    users = people(3, groups=[{"value": "g1"}])
    http = FakeHttp(
        answer=lambda request: {"totalResults": 9, "Resources": users} if request.params.get("startIndex") == 1 else NotImplemented
    )
    http.store("Groups", devs())
    with pytest.raises(UntrustedAnswer, match="cannot be read"):
        putting(http).change_members("g1", ["u9"], [])
    assert http.writes == []


def test_a_renamed_group_keeps_the_planned_members():
    http = FakeHttp(groups=[devs(members=[{"value": "u2"}])])
    putting(http).update_group("g1", {"display_name": "Devs"}, present=["u1", "u2"])
    assert members(http) == ["u1", "u2"]


def test_a_group_of_this_run_starts_empty_and_what_was_written_counts_from_then_on():
    http = FakeHttp(after=in_turn(*[(on("GET", "Groups/g1"), devs())] * 3))
    wire = putting(http)
    group = wire.create_group("devs", {}).id
    wire.change_members(group, ["u1", "u2"], [])
    wire.change_members(group, [], ["u1"])
    assert members(http) == ["u2"]
    # What the plan saw before is older than what this run has written.
    wire.change_members(group, ["u3"], [], present=["u1"])
    assert members(http) == ["u2", "u3"]


def test_an_adopted_group_is_not_taken_for_empty():
    http = FakeHttp(groups=[devs()], answer=in_turn((on("POST"), lambda request: refuse(409, "taken", request))))
    wire = putting(http)
    wire.create_group("devs", {})
    with pytest.raises(UntrustedAnswer, match="cannot be read"):
        wire.change_members("g1", ["u1"], [])


def test_null_hides_members_so_the_users_are_believed():
    http = FakeHttp(people(3, groups=[{"value": "g1"}]), [devs(members=None)])
    assert ScimReader(http).read().members == {"g1": {"u1", "u2", "u3"}}
    assert ScimReader(http).members_of("g1") == {"u1", "u2", "u3"}


def test_null_hides_groups_so_each_group_is_asked():
    http = FakeHttp(people(2, groups=None), after=in_turn((on("GET", "Groups/g1"), devs(members=[{"value": "u1"}]))))
    http.store("Groups", devs())
    assert ScimReader(http).read().members == {"g1": {"u1"}}


def test_unreadable_members_prove_no_removal():
    http = FakeHttp(groups=[devs(members=5)], answer=in_turn(*[(on("PATCH"), lambda request: refuse(500, "", request))] * 9))
    with pytest.raises(ServiceError, match="500"):
        service(http).change_members("g1", [], ["u1"])


def test_one_id_under_two_names_is_not_decided_by_the_last_answer():
    users = [{"id": "u1", "userName": "ada", "externalId": "hr-1"}]
    http = FakeHttp(users, answer=in_turn((on("GET", "Users/u1"), {"id": "u1", "userName": "ceo"})))
    assert [(user.id, user.user_name) for user in service(http).find_users(id="u1", external_id="hr-1")] == [("u1", "ceo"), ("u1", "ada")]
