# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assignments: what is sent, what is refused, and that nobody is without access while a role changes."""

from __future__ import annotations

import uuid

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.state import Assignment

MODULE = "entra_app_assignment"
ASSIGN = "POST /servicePrincipals/{id}/appRoleAssignedTo"
UNASSIGN = "DELETE /servicePrincipals/{id}/appRoleAssignedTo/{id}"
ROUTE = "/servicePrincipals/{id}/appRoleAssignedTo"
ZERO = "00000000-0000-0000-0000-000000000000"


class Watched(dict):
    """The assignments of an application, which notes whom a removal leaves without any."""

    def __init__(self, *args):
        super().__init__(*args)
        self.stranded = []

    def pop(self, key, default=None):
        gone = super().pop(key, default)
        if gone and gone.principal_id not in {one.principal_id for one in self.values()}:
            self.stranded.append(gone.principal_id)
        return gone


class World:
    """A tenant with an application, people in it, and their assignments."""

    def __init__(self, entra):
        self.entra = entra
        self.app = entra.sandbox.entra.add_application("Zscaler One")
        self.app.assignments = Watched()
        self.roles = {role["displayName"]: role["id"] for role in self.app.principal["appRoles"]}
        self.roles["Default Access"] = ZERO

    def id_of(self, name):
        directory = self.entra.sandbox.entra.directory
        users = {one.attributes["displayName"]: one.id for one in directory.users.values()}
        return {**users, **{one.attributes["displayName"]: one.id for one in directory.groups.values()}}[name]

    def give(self, *grants, listed_at=0.0):
        """`Ada:User`, without any request."""
        for grant in grants:
            name, _colon, role = grant.partition(":")
            one = Assignment(uuid.uuid4().hex, self.id_of(name), self.roles[role], "2026-01-01T00:00:00Z", listed_at)
            self.app.assignments[one.id] = one

    def has(self):
        """All assignments as they are."""
        directory = self.entra.sandbox.entra.directory
        names = {one.id: one.attributes["displayName"] for one in (*directory.users.values(), *directory.groups.values())}
        roles = {ZERO: "Default Access", **{role["id"]: role["displayName"] for role in self.app.principal["appRoles"]}}
        return sorted(f"{names[one.principal_id]}:{roles[one.role_id]}" for one in self.app.assignments.values())

    def run(self, *assignments, cycle=False, **options):
        act = self.entra.cycle if cycle else self.entra.run
        return act(MODULE, display_name="Zscaler One", assignments=list(assignments), **options)


@pytest.fixture
def world(entra):
    entra.seed("ada", "bob", "eve", groups=["Team"])
    return World(entra)


def user(name, role="User"):
    return {"user": f"{name}@corp.example", "role": role}


def routes(answer):
    return [request for request, _body in answer["writes"]]


def shown(answer):
    return [f"{one['principal']}:{one['role']}" for one in answer["assignments"]]


def test_users_groups_and_ids_are_assigned(world):
    world.entra.sandbox.entra.seed(
        users=[{"userPrincipalName": "mia#x@corp.example", "displayName": "Mia", "mail": "mia.o'hara@corp.example"}]
    )
    wanted = [user("ADA"), {"user": "mia.o'hara@corp.example", "role": "user"}, {"group": "team", "role": "msiam_access"}]
    done = world.run(*wanted, {"id": world.id_of("Bob"), "role": "User"}, cycle=True)
    assert world.has() == shown(done) == ["Ada:User", "Bob:User", "Mia:User", "Team:msiam_access"]
    assert routes(done) == [ASSIGN] * 4
    assert {**done["writes"][0][1]} == {
        "principalId": world.id_of("Ada"),
        "resourceId": world.app.principal_id,
        "appRoleId": world.roles["User"],
    }
    assert done["diff"]["after"] == {"assignments": ["Ada as User", "Bob as User", "Mia as User", "Team as msiam_access"]}
    assert [one["type"] for one in done["assignments"]] == ["User", "User", "User", "Group"]


def test_nothing_to_do_costs_four_reads_however_many_are_assigned(world):
    people = [f"p{number}" for number in range(7)]
    world.entra.seed(*people)
    world.give(*(f"{name.title()}:User" for name in people), "Team:User")
    same = world.run(*map(user, people), {"group": "Team", "role": "User"})
    assert same["writes"] == []
    assert same["reads"] == ["GET /servicePrincipals", f"GET {ROUTE}", "GET /users", "GET /groups"]


def test_fifteen_names_are_asked_for_at_once(world):
    people = [f"p{number}" for number in range(31)]
    world.entra.seed(*people)
    foreseen = world.run(*map(user, people), check=True)
    assert len(foreseen["operations"]) == 31
    assert foreseen["reads"].count("GET /users") == 3


def test_assignments_beyond_the_first_page_count(world):
    people = [f"p{number}" for number in range(7)]
    world.entra.seed(*people)
    world.give(*(f"{name.title()}:User" for name in people))
    world.entra.sandbox.switch(entra_page_size=2)
    same = world.run(*map(user, people), state="exact")
    assert not same["changed"]
    assert same["writes"] == []
    assert len(same["assignments"]) == 7


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_default_access_is_refused_before_anything_is_asked(world, check):
    answer = world.run(user("ada", "Default Access"), check=check)
    assert answer["failed"]
    assert "excluded from provisioning" in answer["msg"]
    assert answer["reads"] == answer["writes"] == []


def test_default_access_can_be_allowed_and_is_else_warned_of(world):
    world.run(user("ada", "Default Access"), allow_default_access=True, cycle=True)
    assert world.has() == ["Ada:Default Access"]
    warned = world.run(user("bob"))
    assert "Ada" in str(warned["warnings"])
    assert "migrate_default_access" in str(warned["warnings"])


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_all_names_that_lead_nowhere_are_told_at_once(world, check):
    world.entra.sandbox.entra.seed(groups=[{"displayName": "Twins", "id": f"0000000{n}-0000-4000-8000-00000000000{n}"} for n in (1, 2)])
    answer = world.run(
        user("ada"),
        user("nobody"),
        {"group": "Twins", "role": "User"},
        user("bob", "Usr"),
        {"id": str(uuid.uuid4()), "role": "User"},
        check=check,
    )
    assert answer["failed"]
    assert [(problem["place"], problem["field"]) for problem in answer["problems"]] == [
        ("assignments[1]", "user"),
        ("assignments[2]", "group"),
        ("assignments[3]", "role"),
        ("assignments[4]", "id"),
    ]
    assert "00000001-0000" in answer["msg"]
    assert "00000002-0000" in answer["msg"]
    assert "it has User, msiam_access" in answer["msg"]
    assert answer["writes"] == []


def test_names_that_are_near_are_suggested_for_one_request_of_each_kind(world):
    world.entra.seed("adele")
    entries = (
        {"user": "aad@corp.example", "role": "User"},
        {"user": "adelle@corp.example", "role": "User"},
        {"group": "Teem", "role": "User"},
    )
    told = world.run(*entries, check=True)
    assert "adelle@corp.example in the tenant; did you mean adele@corp.example" in told["msg"]
    assert "Teem in the tenant; did you mean Team?" in told["msg"]
    assert (told["reads"].count("GET /users"), told["reads"].count("GET /groups")) == (3, 2), "by name, by mail, and by beginning"
    gone = world.run({"user": "adelle@corp.example"}, state="absent", check=True)
    assert gone["reads"].count("GET /users") == 2, "what is to be taken away is not looked for like that"


def test_near_names_that_may_not_be_read_hide_nothing(world):
    world.entra.sandbox.faults.add({"method": "GET", "route": "/groups", "nth": 2}, {"kind": "status", "status": 403}, 1)
    told = world.run({"group": "Teem", "role": "User"}, check=True)
    assert "there is no group Teem in the tenant" in told["msg"]
    assert "did you mean" not in told["msg"]


def test_groups_of_one_name_are_told_as_entries(world):
    world.entra.seed(groups=["Team"])
    told = world.run({"group": "Team", "role": "User"})
    ids = [group.id for group in world.entra.sandbox.entra.directory.groups.values() if group.attributes["displayName"] == "Team"]
    assert len(ids) == 2
    assert all(f"- {{id: {id}, role: User}}" in told["msg"] for id in ids)
    assert told["writes"] == []


def test_a_change_of_role_adds_before_it_takes_away(world):
    world.give("Ada:msiam_access", "Bob:msiam_access")
    done = world.run(user("ada"), cycle=True)
    assert routes(done) == [ASSIGN, UNASSIGN]
    assert world.has() == ["Ada:User", "Bob:msiam_access"]
    assert world.app.assignments.stranded == []


def test_exact_takes_the_others_away(world):
    world.give("Ada:User", "Bob:User", "Team:User")
    done = world.run(user("ada"), user("eve"), state="exact", cycle=True)
    assert world.has() == ["Ada:User", "Eve:User"]
    assert routes(done) == [ASSIGN, UNASSIGN, UNASSIGN]


def test_exact_with_an_empty_list_is_refused_whatever_is_allowed(world):
    world.give("Ada:User")
    answer = world.run(state="exact", allow_removals_over_limit=True)
    assert answer["failed"]
    assert world.has() == ["Ada:User"]


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
@pytest.mark.parametrize("state", ["exact", "absent"])
def test_the_brake(world, check, state):
    people = [f"p{number}" for number in range(8)]
    world.entra.seed(*people)
    world.give(*(f"{name.title()}:User" for name in people))
    named = [user("ada")] if state == "exact" else [user(name) for name in people]
    answer = world.run(*named, state=state, check=check)
    assert answer["failed"]
    assert "8 of 8" in answer["msg"]
    assert answer["refused"]["brake"][0]["removals"] == 8
    assert answer["writes"] == []
    done = world.run(*named, state=state, check=check, allow_removals_over_limit=True)
    assert "Over the removal limit" in str(done["warnings"])
    assert len(world.has()) == (8 if check else 1 if state == "exact" else 0)


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
@pytest.mark.parametrize("state", ["exact", "absent"])
def test_the_brake_lets_no_run_take_everybody(world, check, state):
    world.entra.seed(groups=["Eins", "Zwei", "Falsch"])
    world.give("Eins:User", "Zwei:User")
    named = ["Falsch"] if state == "exact" else ["Eins", "Zwei"]
    options = {"state": state, "check": check, "removal_limit": {"percent": 100, "floor": 100}}
    answer = world.run(*({"group": name, "role": "User"} for name in named), **options)
    assert answer["failed"]
    assert "2 of 2" in answer["msg"]
    assert "allow_removals_over_limit" in answer["msg"]
    assert answer["refused"]["brake"][0]["victims"] == ["Eins", "Zwei"]
    assert answer["writes"] == []
    done = world.run(*({"group": name, "role": "User"} for name in named), **options, allow_removals_over_limit=True)
    assert "2 of 2" in str(done["warnings"])
    assert world.has() == (["Eins:User", "Zwei:User"] if check else ["Falsch:User"] if state == "exact" else [])


def test_the_last_one_is_not_taken_away_by_the_way(world):
    world.give("Ada:User", "Bob:Default Access")
    answer = world.run({"user": "ada@corp.example"}, state="absent")
    assert "1 of 1" in answer["msg"]
    assert world.has() == ["Ada:User", "Bob:Default Access"]


MEMBERS = "GET /groups/{id}/members"


@pytest.mark.parametrize("state", ["exact", "absent"])
def test_the_brake_counts_the_members_of_groups(world, state):
    people = [f"p{number}" for number in range(6)]
    world.entra.seed(*people)
    world.entra.sandbox.entra.seed(
        groups=[{"displayName": "Many", "members": [f"{name}@corp.example" for name in people]}, {"displayName": "Few", "members": []}]
    )
    world.give("Many:User", "Few:User", "Ada:User", "Bob:User")
    named = [user("ada")] if state == "exact" else [{"group": "Many"}, {"group": "Few"}, user("bob")]
    answer = world.run(*named, state=state)
    assert "8 of 9 would be removed, 5 are allowed: Bob, Few, Many (6 members)" in answer["msg"]
    assert answer["reads"].count(MEMBERS) == 2
    assert answer["writes"] == []
    assert world.run(*named, state=state, removal_limit={"floor": 8})["changed"]
    assert world.has() == ["Ada:User"]


@pytest.mark.parametrize(("status", "refused"), [(403, True), (404, False)])
def test_members_that_may_not_be_read_are_too_many_and_a_group_that_is_gone_is_one(world, status, refused):
    world.give("Team:User", "Ada:User")
    world.entra.sandbox.faults.add({"route": "/groups/{id}/members"}, {"kind": "status", "status": status})
    answer = world.run({"group": "Team"}, state="absent")
    assert bool(answer.get("failed")) == refused
    assert ("they may not be read" in str(answer.get("msg"))) == refused
    assert world.has() == (["Ada:User", "Team:User"] if refused else ["Ada:User"])


def test_no_more_members_are_counted_than_matter(world):
    world.entra.seed(groups=["Eins", "Zwei", "Drei"])
    world.give("Eins:User", "Zwei:User", "Drei:User", "Ada:User")
    named = [{"group": name} for name in ("Eins", "Zwei", "Drei")]
    answer = world.run(*named, state="absent", removal_limit={"count": 2})
    assert answer["failed"]
    assert MEMBERS not in answer["reads"]


def test_absent_takes_one_role_or_all_of_them(world):
    world.give("Ada:User", "Ada:msiam_access", "Bob:User", "Bob:msiam_access")
    world.run(user("ada"), {"user": "bob@corp.example"}, state="absent", cycle=True)
    assert world.has() == ["Ada:msiam_access"]


def test_absent_warns_of_people_who_are_gone_and_fails_for_a_role_that_never_was(world):
    same = world.run(user("nobody"), state="absent")
    assert not same["changed"]
    assert "nobody@corp.example" in str(same["warnings"])
    assert "no roles" in world.run(user("ada", "Usr"), state="absent")["msg"]


# Migration


def test_migration_to_a_role_that_is_there(world):
    world.give("Ada:Default Access", "Team:Default Access", "Bob:Default Access", "Bob:msiam_access")
    done = world.run(user("eve"), migrate_default_access=True, cycle=True)
    assert world.has() == ["Ada:User", "Bob:msiam_access", "Eve:User", "Team:User"]
    assert routes(done) == [ASSIGN] * 3 + [UNASSIGN] * 3
    assert world.app.assignments.stranded == []


def test_migration_creates_the_role_and_leaves_the_others_as_they_are(world):
    before = [dict(role) for role in world.app.principal["appRoles"]]
    world.give("Ada:Default Access")
    done = world.run(migrate_default_access=True, migration_role="Internet access", cycle=True)
    assert routes(done) == ["PATCH /applications/{id}", ASSIGN, UNASSIGN]
    assert world.app.principal["appRoles"][:-1] == before
    new = world.app.principal["appRoles"][-1]
    assert (new["displayName"], new["allowedMemberTypes"], new["isEnabled"]) == ("Internet access", ["User"], True)
    assert world.has() == ["Ada:Internet access"]


def test_migration_creates_no_role_that_nobody_needs(world):
    world.give("Ada:User")
    same = world.run(migrate_default_access=True, migration_role="Internet access")
    assert not same["changed"]
    assert same["writes"] == []


def test_a_role_that_the_service_principal_does_not_show_yet_is_not_created_twice(world):
    world.give("Ada:Default Access")
    late = {**world.app.principal["appRoles"][0], "displayName": "Internet access", "id": str(uuid.uuid4())}
    world.app.application["appRoles"] = [*world.app.application["appRoles"], late]
    options = {"migrate_default_access": True, "migration_role": "Internet access"}
    answer = world.run(consistency_timeout=0.3, **options)
    assert answer["failed"]
    assert answer["writes"] == []
    world.app.principal["appRoles"] = [*world.app.principal["appRoles"], late]
    assert routes(world.run(**options)) == [ASSIGN, UNASSIGN]
    assert world.has() == ["Ada:Internet access"]


def test_migration_waits_until_the_new_assignment_is_listed(world):
    world.give("Ada:Default Access")
    world.entra.sandbox.switch(entra_assignment_delay=0.5)
    seen = world.entra.sandbox.journal.summary()["last"]
    world.run(migrate_default_access=True)
    entries = world.entra.sandbox.journal.select(since=seen)
    made = next(entry for entry in entries if entry.method == "POST")
    taken = next(entry for entry in entries if entry.method == "DELETE")
    assert taken.time - made.time > 0.5
    again = world.run(migrate_default_access=True)
    assert not again["changed"]
    assert again["writes"] == []


def test_what_is_not_listed_in_time_takes_nothing_away(world):
    world.give("Ada:Default Access")
    world.entra.sandbox.switch(entra_assignment_delay=60)
    late = world.run(migrate_default_access=True, consistency_timeout=0.4)
    assert late["failed"]
    assert late["changed"]
    assert "Ada as User: assigned, and not seen yet\nWhat is assigned is written, but after 0.4 seconds" in late["msg"]
    assert world.has() == ["Ada:Default Access", "Ada:User"]


def interruption(nth, kind):
    writes = {"method": ["POST", "PATCH", "DELETE"]}
    later = {"match": {**writes, "nth": list(range(nth, 99))}, "fault": {"kind": "status", "status": 401}}
    return [{"match": {**writes, "nth": nth}, "fault": {"kind": kind, "status": 401}}, later]


@pytest.mark.parametrize("kind", ["status", "commit_then_status"])
@pytest.mark.parametrize("nth", range(1, 6))
def test_migration_can_be_interrupted_anywhere(world, nth, kind):
    """The nth write and all after it are refused, as when the token ends; with the other kind the nth is done all the same."""
    world.give("Ada:Default Access", "Bob:Default Access")
    options = {"migrate_default_access": True, "migration_role": "Internet access"}
    world.entra.sandbox.faults.set(interruption(nth, kind))
    broken = world.run(**options)
    assert broken["failed"]
    assert {name.partition(":")[0] for name in world.has()} == {"Ada", "Bob"}
    world.entra.sandbox.faults.clear()
    world.run(**options)
    assert world.has() == ["Ada:Internet access", "Bob:Internet access"]
    assert [role["displayName"] for role in world.app.principal["appRoles"]].count("Internet access") == 1
    assert world.app.assignments.stranded == []
    assert not world.run(**options)["changed"]


# What Graph answers


def refusal(message):
    return {"kind": "status", "status": 400, "body": {"error": {"code": "Request_BadRequest", "message": message}}}


@pytest.mark.parametrize(
    "fault",
    [{"kind": "status", "status": 404}, refusal("Not a valid reference update."), {"kind": "status", "status": 409}],
    ids=["404", "400", "409"],
)
def test_what_passes_is_outwaited(world, fault):
    world.entra.sandbox.faults.add({"method": "POST", "route": ROUTE}, fault, times=2)
    done = world.run(user("ada"))
    assert routes(done) == [ASSIGN] * 3
    assert world.has() == ["Ada:User"]


def test_403_is_told_with_the_permission_and_soon(world):
    world.entra.sandbox.switch(entra_missing_permissions=["AppRoleAssignment.ReadWrite.All"])
    answer = world.run(user("ada"), user("bob"), consistency_timeout=2)
    assert answer["failed"]
    assert not answer["changed"]
    assert "AppRoleAssignment.ReadWrite.All and Application.Read.All" in answer["msg"]
    assert {body["principalId"] for _request, body in answer["writes"]} == {world.id_of("Ada")}


def test_403_later_on_tells_what_was_done(world):
    world.entra.sandbox.faults.add({"method": "POST", "contains": world.id_of("Bob")}, {"kind": "status", "status": 403})
    answer = world.run(user("ada"), user("bob"), user("eve"), consistency_timeout=1)
    assert answer["failed"]
    assert [operation["name"] for operation in answer["operations"]] == ["Ada as User"]
    assert "AppRoleAssignment.ReadWrite.All" in answer["msg"]
    assert shown(answer) == world.has() == ["Ada:User"]


def test_one_that_is_refused_does_not_stop_the_others(world):
    world.give("Bob:msiam_access")
    world.entra.sandbox.faults.add({"method": "POST", "contains": world.id_of("Bob")}, refusal("No licence for this one."))
    answer = world.run(user("ada"), user("bob"), user("eve"))
    assert answer["failed"]
    assert "Bob as User" in answer["msg"]
    assert "No licence" in answer["msg"]
    assert world.has() == shown(answer) == ["Ada:User", "Bob:msiam_access", "Eve:User"], "he keeps what he had"


def test_the_same_refusal_ten_times_in_a_row_ends_the_run(world):
    people = [f"p{number}" for number in range(12)]
    world.entra.seed(*people)
    world.entra.sandbox.faults.add({"method": "POST", "route": ROUTE}, refusal("No licences."))
    answer = world.run(*map(user, people))
    assert answer["failed"]
    assert not answer["changed"]
    assert "No licences." in answer["msg"]
    assert routes(answer) == [ASSIGN] * 10


def test_answers_that_are_always_lost_end_the_run(world):
    world.entra.sandbox.faults.add({"method": "POST", "route": ROUTE}, {"kind": "reset"})
    answer = world.run(user("ada"))
    assert answer["failed"]
    assert routes(answer) == [ASSIGN] * 3
    assert world.has() == []


def test_an_assignment_that_was_not_listed_yet_is_unchanged(world):
    world.give("Ada:User", listed_at=world.entra.sandbox.entra.clock() + 0.5)
    same = world.run(user("ada"))
    assert routes(same) == [ASSIGN]
    assert not same["changed"]
    assert shown(same) == world.has() == ["Ada:User"]


@pytest.mark.parametrize("kind", ["commit_then_reset", "reset", "commit_then_status"])
def test_a_lost_answer_is_followed_by_a_look(world, kind):
    world.entra.sandbox.faults.add({"method": "POST", "route": ROUTE}, {"kind": kind}, times=1)
    done = world.run(user("ada"))
    assert not done.get("failed"), done
    assert done["changed"]
    assert world.has() == ["Ada:User"]
    assert len(routes(done)) == (2 if kind == "reset" else 1)


def test_an_assignment_that_is_gone_already_is_gone(world):
    world.give("Ada:User", "Bob:User")
    world.entra.sandbox.faults.add({"method": "DELETE"}, {"kind": "commit_then_status", "status": 404}, times=1)
    done = world.run(user("ada"), state="exact")
    assert done["changed"]
    assert world.has() == ["Ada:User"]


def test_groups_whose_people_are_not_provisioned_are_warned_of(world):
    world.entra.sandbox.entra.seed(
        groups=[{"displayName": "Mail", "securityEnabled": False}, {"displayName": "Nest", "members": ["Team", "ada@corp.example"]}]
    )
    done = world.run({"group": "Mail", "role": "User"}, {"group": "Nest", "role": "User"}, {"group": "Team", "role": "User"})
    warnings = str(done["warnings"])
    assert "Mail is not a security group" in warnings
    assert "Nest has other groups" in warnings
    assert "Team" not in warnings


# Names


GUEST = {"displayName": "Evil Guest", "mail": "ceo@corp.example"}


@pytest.mark.parametrize(
    "sign",
    [
        {"userPrincipalName": "guest_evil.example#EXT#@corp.example", "userType": "Guest"},
        {"userPrincipalName": "guest_evil.example#EXT#@corp.example"},
        {"userPrincipalName": "guest@corp.example", "userType": "Guest"},
    ],
    ids=["both", "name", "type"],
)
def test_a_guest_is_never_found_by_mail(world, sign):
    world.entra.sandbox.entra.seed(users=[{**GUEST, **sign}])
    answer = world.run(user("ceo"))
    assert "a guest is not found by mail" in answer["msg"]
    assert world.has() == []
    done = world.run({"user": sign["userPrincipalName"], "role": "User"})
    assert world.has() == ["Evil Guest:User"]
    assert done.get("warnings", []) == []


@pytest.mark.parametrize("guest", [False, True])
def test_whoever_is_found_by_mail_is_warned_of(world, guest):
    boss = {"userPrincipalName": "mia@corp.example", "displayName": "Mia", "mail": "ceo@corp.example"}
    others = [{"userPrincipalName": "x#EXT#@corp.example", "userType": "Guest", **GUEST}] if guest else []
    world.entra.sandbox.entra.seed(users=[boss, *others])
    done = world.run(user("ceo"))
    assert "mia@corp.example" in str(done["warnings"])
    assert world.has() == ["Mia:User"]


def test_the_type_of_a_user_is_not_needed(world):
    """Who has User.ReadBasic.All only may be refused for asking."""
    world.entra.sandbox.entra.seed(users=[{"userPrincipalName": "mia@corp.example", "displayName": "Mia", "mail": "m@corp.example"}])
    world.entra.sandbox.faults.add({"route": "/users", "contains": "userType"}, {"kind": "status", "status": 403})
    assert world.run(user("m"))["changed"]


def test_names_of_any_length_do_not_fill_the_log(world):
    world.entra.sandbox.entra.seed(
        users=[{"userPrincipalName": "mia@corp.example", "displayName": "M" * 100_000}], groups=[{"displayName": "G" * 100_000}]
    )
    world.give(f"{'G' * 100_000}:User")
    done = world.run(user("mia"), diff=True)
    assert len(str({name: done[name] for name in ("assignments", "operations", "diff")})) < 5_000


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_an_application_that_was_made_by_hand_is_taken_by_its_id_only(entra, check):
    entra.seed("ada")
    stranger = entra.sandbox.entra.add_application("Zscaler One", "")
    answer = entra.run(MODULE, check=check, display_name="Zscaler One", assignments=[user("ada")])
    assert answer["failed"]
    assert stranger.principal_id in answer["msg"]
    assert "service_principal_id" in answer["msg"]
    assert answer["writes"] == []
    assert entra.run(MODULE, check=check, service_principal_id=stranger.principal_id, assignments=[user("ada")])["changed"]


@pytest.mark.parametrize("patience", [0, 0.0001])
def test_without_patience_one_look_is_enough(world, patience):
    done = world.run(user("ada"), consistency_timeout=patience)
    assert bool(done.get("failed")) == (patience > 0), done
    assert done["reads"].count(f"GET {ROUTE}") == 2


def test_an_application_that_does_not_exist_yet(entra):
    entra.seed("ada")
    named = {"display_name": "Zscaler One", "assignments": [user("ada", "Whatever")]}
    foreseen = entra.run(MODULE, check=True, diff=True, **named)
    assert [operation["name"] for operation in foreseen["operations"]] == ["Ada as Whatever"]
    assert foreseen["assignments"][0]["role_id"] is None
    answer = entra.run(MODULE, **named)
    assert "entra_gallery_app makes it" in answer["msg"]


def test_two_applications_of_one_name(world):
    other = world.entra.sandbox.entra.add_application("Zscaler One")
    answer = world.run(user("ada"))
    assert other.principal_id in answer["msg"]
    assert world.app.principal_id in answer["msg"]
    done = world.entra.run(MODULE, service_principal_id=world.app.principal_id, display_name="", assignments=[user("ada")])
    assert done["changed"]


def test_an_id_of_no_application_is_an_error_in_check_mode_too(entra):
    for check, id in [(True, str(uuid.uuid4())), (False, str(uuid.uuid4())), (False, "Zscaler One")]:
        answer = entra.run(MODULE, check=check, service_principal_id=id, assignments=[])
        assert "there is no service principal" in answer["msg"]


def test_one_that_was_made_by_hand_is_taken_by_its_id_and_not_by_its_name(entra):
    entra.seed("ada")
    stranger = entra.sandbox.entra.add_application("Made by hand", "")
    ada = [{"user": "ada@corp.example", "role": "User"}]
    refused = entra.run("entra_app_assignment", display_name="Made by hand", assignments=ada)
    assert refused["failed"]
    assert "was made from no template" in refused["msg"]
    assert stranger.principal_id in refused["msg"]
    assert refused["writes"] == []
    meant = entra.run("entra_app_assignment", check=True, service_principal_id=stranger.principal_id, assignments=[])
    assert not meant.get("failed"), meant
