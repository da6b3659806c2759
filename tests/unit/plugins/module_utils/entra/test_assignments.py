# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans of assignments: tables, and the laws: a plan leaves nothing to do, and nobody is without access on the way."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.assignees import check_entries, find_role
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.assignments import (
    DEFAULT_ACCESS,
    NO_ROLE,
    Aim,
    Grant,
    brake,
    plan_assignments,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.model import Role
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError, Refusal
from ansible_collections.scimops.zscaler_one.plugins.module_utils._limit import Limit
from hypothesis import given, settings
from hypothesis import strategies as st

ROLES = {"User": "role-1", "Admin": "role-2", DEFAULT_ACCESS: NO_ROLE}


def grant(text, id=""):
    """`ada:User`; a trailing `*` makes the principal an application, `+` a group; a role that is not known does not exist yet."""
    name, _colon, role = text.partition(":")
    kind = {"*": "ServicePrincipal", "+": "Group"}.get(name[-1:], "User")
    return Grant(f"id-{name}", name.title(), kind, ROLES.get(role, ""), role, id)


def live(*texts):
    return [grant(text, f"assignment-{number}") for number, text in enumerate(texts)]


def aim(state, *named, migrate=None):
    migration = (ROLES.get(migrate, ""), migrate) if migrate else None
    return Aim(state, tuple(map(grant, named)), migration, migrate if migrate and migrate not in ROLES else "")


def told(plan):
    return [f"{'+' if operation.verb in ('assign', 'create') else '-'}{operation.name}" for operation in plan.operations()]


TABLE = [
    ("present", [], ["ada:User"], None, ["+Ada as User"]),
    ("present", ["ada:User"], ["ada:User"], None, []),
    ("present", ["bob:User"], ["ada:User"], None, ["+Ada as User"]),
    ("present", ["ada:Admin"], ["ada:User"], None, ["+Ada as User", "-Ada as Admin"]),
    ("present", ["ada:Admin"], ["ada:User", "ada:Admin"], None, ["+Ada as User"]),
    ("present", ["ada:Default Access"], ["ada:User"], None, ["+Ada as User", "-Ada as Default Access"]),
    ("present", ["ada:Default Access", "ada:User"], ["ada:User"], None, ["-Ada as Default Access"]),
    ("present", [], [], None, []),
    ("absent", ["ada:User", "ada:Admin", "bob:User"], ["ada:"], None, ["-Ada as Admin", "-Ada as User"]),
    ("absent", ["ada:User", "ada:Admin"], ["ada:User"], None, ["-Ada as User"]),
    ("absent", ["bob:User"], ["ada:User"], None, []),
    ("exact", ["ada:User", "bob:User"], ["ada:User"], None, ["-Bob as User"]),
    ("exact", ["ada:Admin", "bob:User"], ["ada:User", "eve:User"], None, ["+Ada as User", "+Eve as User", "-Ada as Admin", "-Bob as User"]),
    ("exact", ["app*:User", "ada:User"], ["ada:User"], None, []),
    ("present", ["app*:Default Access"], [], "User", []),
    ("present", ["ada:Default Access"], [], "User", ["+Ada as User", "-Ada as Default Access"]),
    ("present", ["ada:Default Access", "ada:Admin"], [], "User", ["-Ada as Default Access"]),
    ("present", ["ada:Default Access"], [], "New", ["+New", "+Ada as New", "-Ada as Default Access"]),
    ("present", ["ada:User"], [], "New", []),
    ("present", ["ada:User"], ["bob:New"], "New", ["+New", "+Bob as New"]),
    ("present", ["ada:Default Access"], ["ada:Admin"], "User", ["+Ada as Admin", "-Ada as Default Access"]),
    (
        "absent",
        ["ada:Default Access", "bob:Default Access"],
        ["ada:"],
        "User",
        ["+Bob as User", "-Ada as Default Access", "-Bob as Default Access"],
    ),
    ("exact", ["ada:Default Access"], ["ada:User"], "User", ["+Ada as User", "-Ada as Default Access"]),
]


@pytest.mark.parametrize(("state", "before", "named", "migrate", "expected"), TABLE)
def test_what_is_done_in_which_order(state, before, named, migrate, expected):
    assert told(plan_assignments(live(*before), aim(state, *named, migrate=migrate))) == expected


@pytest.mark.parametrize(
    ("state", "named", "role"), [("exact", "ada:User", "User"), ("absent", "bob:User", "User"), ("absent", "bob:New", "New")]
)
def test_whoever_is_to_be_migrated_and_taken_away_at_once_is_a_contradiction(state, named, role):
    with pytest.raises(Refusal, match="Bob"):
        plan_assignments(live("ada:User", "bob:Default Access"), aim(state, named, migrate=role))


def test_a_role_that_does_not_exist_yet_is_not_every_role():
    assert told(plan_assignments(live("ada:User"), aim("absent", "ada:New", migrate="New"))) == []


NAMES = st.sampled_from(["ada", "bob", "eve", "mia", "app*"])
GRANTS = st.lists(st.builds("{}:{}".format, NAMES, st.sampled_from(list(ROLES))), max_size=8, unique=True)
PEOPLE = st.lists(st.builds("{}:{}".format, NAMES.filter("app*".__ne__), st.sampled_from(["User", "Admin", "New"])), max_size=5)
AIMS = st.tuples(st.sampled_from(["present", "absent", "exact"]), PEOPLE, st.sampled_from([None, "User", "New"]))


def moments(before, plan):
    """The assignments after each step, a created role filled in."""
    now = list(before)
    yield list(now)
    for one in plan.assign:
        now.append(one._replace(role_id=one.role_id or "role-new", id=f"new-{len(now)}"))
        yield list(now)
    for one in plan.unassign:
        now.remove(one)
        yield list(now)


def planned(before, wanted):
    try:
        return plan_assignments(before, wanted)
    except Refusal:
        return None


@settings(max_examples=300, deadline=None)
@given(GRANTS, AIMS)
def test_a_plan_leaves_nothing_to_do(before, wanted):
    state, named, migrate = wanted
    before = live(*before)
    plan = planned(before, aim(state, *named, migrate=migrate))
    if plan is None:
        return
    *_rest, end = moments(before, plan)
    ROLES["New"] = "role-new"
    try:
        again = plan_assignments(end, aim(state, *named, migrate=migrate))
    finally:
        del ROLES["New"]
    assert told(again) == []
    assert sorted(one.title for one in end if one.type == "User") == sorted(one.title for one in plan.after)


@settings(max_examples=300, deadline=None)
@given(GRANTS, AIMS)
def test_nobody_who_keeps_access_is_without_it_on_the_way(before, wanted):
    state, named, migrate = wanted
    before = live(*before)
    plan = planned(before, aim(state, *named, migrate=migrate))
    if plan is None:
        return
    had = {one.principal_id for one in before}
    keeps = had & {one.principal_id for one in plan.after}
    for moment in moments(before, plan):
        assert keeps <= {one.principal_id for one in moment}
    assert {one.principal for one in plan.losers} == {one.principal for one in before if one.type == "User"} - {
        one.principal for one in plan.after
    }
    if state == "present":
        assert plan.losers == ()


@settings(max_examples=200, deadline=None)
@given(GRANTS, AIMS)
def test_an_interrupted_run_is_completed_by_the_next(before, wanted):
    state, named, migrate = wanted
    before = live(*before)
    plan = planned(before, aim(state, *named, migrate=migrate))
    if plan is None:
        return
    target = sorted(one.title for one in plan.after)
    if plan.create_role:
        ROLES["New"] = "role-new"
    try:
        for moment in moments(before, plan):
            rest = plan_assignments(moment, aim(state, *named, migrate=migrate))
            assert sorted(one.title for one in rest.after) == target
    finally:
        ROLES.pop("New", None)


def crowd(count):
    return live(*(f"p{number}:User" for number in range(count)))


@pytest.mark.parametrize(
    ("before", "gone", "fits"),
    [(200, 10, True), (200, 11, False), (6, 5, True), (6, 6, False)],
)
def test_the_brake_counts_those_who_lose_everything(before, gone, fits):
    plan = plan_assignments(crowd(before), aim("absent", *(f"p{number}:" for number in range(gone))))
    if fits:
        assert brake(plan, Limit(), allow=False) == ()
    else:
        with pytest.raises(Refusal, match=f"{gone} of {before}"):
            brake(plan, Limit(), allow=False)
        assert "allowed by allow_removals_over_limit" in brake(plan, Limit(), allow=True)[0]


DEFAULT = "Default Access"

ALL = [
    ("exact", ["ada:User", "bob:User"], ["eve:User"], "2 of 2"),
    ("exact", ["g1+:User", "g2+:User", "g3+:User", "g4+:User", "g5+:User"], ["wrong+:User"], "5 of 5"),
    ("exact", ["ada:User", "bob:User"], ["bob:User"], ""),
    ("exact", ["ada:User", "bob:User"], ["ada:Admin", "eve:User"], ""),
    ("exact", ["ada:User"], ["eve:User"], ""),
    ("exact", ["ada:User"], ["ada:Default Access"], "1 of 1"),
    ("exact", ["ada:User", "bob:User", "eve:Default Access"], ["eve:Default Access", "mia:User"], "2 of 2"),
    ("exact", ["ada:Default Access", "bob:Default Access"], ["eve:User"], "2 of 2"),
    ("exact", ["ada:Default Access", "bob:Default Access"], ["ada:Default Access"], ""),
    ("absent", ["ada:User"], ["ada:"], "1 of 1"),
    ("absent", ["ada:User"], ["ada:User"], "1 of 1"),
    ("absent", ["ada:User", "app*:User"], ["ada:User"], "1 of 1"),
    ("absent", ["team+:User"], ["team+:User"], "1 of 1"),
    ("absent", ["ada:User", "bob:User"], ["ada:", "bob:"], "2 of 2"),
    ("absent", ["ada:User", "bob:Default Access"], ["ada:"], "1 of 1"),
    ("absent", ["ada:User", "ada:Admin"], ["ada:User"], ""),
    ("absent", ["ada:Default Access"], ["ada:"], ""),
    ("absent", ["ada:Default Access", "bob:Default Access"], ["ada:", "bob:"], "2 of 2"),
    ("absent", [], ["ada:"], ""),
    ("present", ["ada:User"], ["ada:Default Access"], "1 of 1"),
    ("present", ["ada:User", "bob:User"], ["ada:Default Access"], ""),
    ("present", [], [], ""),
    ("exact", [], ["ada:Default Access"], ""),
]


@pytest.mark.parametrize("limit", [Limit(), Limit(percent=100, floor=500)], ids=["usual", "wide"])
@pytest.mark.parametrize(("state", "before", "named", "words"), ALL)
def test_everybody_is_too_many_whatever_the_limit(state, before, named, words, limit):
    plan = plan_assignments(live(*before), aim(state, *named))
    if not words:
        assert brake(plan, limit, allow=False) == ()
        return
    with pytest.raises(Refusal, match=words) as caught:
        brake(plan, limit, allow=False)
    assert "Whatever removal_limit says" in str(caught.value)
    assert words in brake(plan, limit, allow=True)[0]


@pytest.mark.parametrize(
    ("members", "limit", "words"),
    [
        (0, Limit(), ""),
        (5, Limit(), ""),
        (6, Limit(), "6 of 8 would be removed, 5 are allowed: Team\\+ \\(6 members\\)"),
        (6, Limit(floor=6), ""),
        (501, Limit(floor=500), "more than 500 members, or they may not be read"),
        (60, Limit(percent=97), ""),
        (70, Limit(percent=100, count=60), "70 of 72"),
    ],
)
def test_a_group_that_loses_access_counts_as_its_members(members, limit, words):
    plan = plan_assignments(live("ada:User", "bob:User", "team+:User"), aim("absent", "team+:"))
    if words:
        with pytest.raises(Refusal, match=words):
            brake(plan, limit, {"id-team+": members}, allow=False)
    else:
        assert brake(plan, limit, {"id-team+": members}, allow=False) == ()


@settings(max_examples=400, deadline=None)
@given(
    GRANTS,
    st.sampled_from(["present", "absent", "exact"]),
    st.lists(st.builds("{}:{}".format, NAMES.filter("app*".__ne__), st.sampled_from([*ROLES, "New"])), max_size=5),
    st.sampled_from([None, "User", "New"]),
    st.builds(Limit, percent=st.sampled_from([0.0, 5.0, 100.0]), floor=st.sampled_from([0, 5, 500])),
)
def test_after_a_plan_that_is_not_refused_somebody_keeps_a_real_role(before, state, named, migrate, limit):
    before = live(*before)
    plan = planned(before, aim(state, *named, migrate=migrate))
    if plan is None:
        return

    def real(grants):
        return {one.principal_id for one in grants if one.type != "ServicePrincipal" and one.role != DEFAULT}

    try:
        brake(plan, limit, allow=False)
    except Refusal:
        assert plan.unassign, "what takes nothing away is never refused"
        return
    assert real(plan.after) or not real(before)
    assert real(before) & real(plan.after) or len(real(before)) < 2
    assert len(plan.losers) < plan.base or plan.base < 2


def test_a_change_of_role_is_no_removal():
    plan = plan_assignments(crowd(50), aim("exact", *(f"p{number}:Admin" for number in range(50))))
    assert len(plan.unassign) == 50
    assert brake(plan, Limit(), allow=False) == ()


APP_ROLES = [
    Role("1", "User"),
    Role("2", "Twin"),
    Role("3", "twin"),
    Role("4", "Off", enabled=False),
    Role("5", "Machine", for_users=False),
    Role("6", "Same"),
    Role("7", "Same"),
]


@pytest.mark.parametrize(
    ("name", "id", "words"),
    [
        ("User", "1", ""),
        ("user", "1", ""),
        ("Twin", "2", ""),
        ("twin", "3", ""),
        ("TWIN", "", "2 roles of the application have that name: 2, 3"),
        ("Same", "", "6, 7"),
        ("Off", "", "disabled"),
        ("Machine", "", "only other applications"),
        ("Default Access", NO_ROLE, ""),
        ("Usr", "", "it has Same, Twin, User, twin"),
    ],
)
def test_a_role_is_found_by_name(name, id, words):
    found = find_role(name, APP_ROLES)
    assert found.id == id
    assert words in found.reason
    assert bool(found.reason) != bool(id)


def options(*entries, **others):
    defaults = {"state": "present", "allow_default_access": False, "migrate_default_access": False, "migration_role": "User"}
    return {**defaults, "assignments": [{"user": None, "group": None, "id": None, "role": None, **entry} for entry in entries], **others}


@pytest.mark.parametrize(
    ("given_options", "words"),
    [
        (
            options({"user": "a", "group": "b", "role": "User"}),
            "assignments[0]: needs exactly one of user, group and id, and has user and group",
        ),
        (options({"role": "User"}), "assignments[0]: needs exactly one of user, group and id, and has none"),
        (options({"user": "", "role": "User"}), "assignments[0]: user: is empty"),
        (options({"user": "ada ", "role": "User"}), "begins or ends with a space"),
        (options({"id": "ada@corp.example", "role": "User"}), "id: ada@corp.example is no object id"),
        (options({"user": "a", "role": "User"}, {"user": "b"}), "assignments[1]: role: is missing"),
        (options({"user": "a", "role": "default ACCESS"}), "excluded from provisioning"),
        (options({"user": "a"}, state="exact"), "role: is missing"),
        (options(state="exact"), "nobody would be left"),
        (options(migrate_default_access=True, migration_role="Default Access"), "migration_role"),
        (options(migrate_default_access=True, migration_role=""), "migration_role"),
        (
            options({"user": "a", "role": "Default Access"}, allow_default_access=True, migrate_default_access=True),
            "migrate_default_access takes away",
        ),
    ],
)
def test_what_is_wrong_whatever_the_tenant_has(given_options, words):
    with pytest.raises(InputError) as caught:
        check_entries(given_options)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "given_options",
    [
        options(),
        options({"user": "a"}, state="absent"),
        options({"user": "a", "role": "Default Access"}, state="absent"),
        options({"user": "a", "role": "Default Access"}, allow_default_access=True),
    ],
)
def test_what_is_right(given_options):
    assert len(check_entries(given_options)) == len(given_options["assignments"])


def test_all_problems_are_told_at_once():
    with pytest.raises(InputError) as caught:
        check_entries(options({}, {"user": "a"}, {"group": "b", "role": "Default Access"}))
    assert [problem.place for problem in caught.value.problems] == ["assignments[0]", "assignments[0]", "assignments[1]", "assignments[2]"]
