# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The planner, case by case: what is declared, what is there, what is planned."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError, Refusal
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import (
    DesiredGroup,
    DesiredUser,
    Directory,
    Document,
    LiveGroup,
    LiveUser,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.directory import plan_directory
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import Bases, Ref, Step, order_names
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy, Scope
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.report import find_new_domains, list_operations

from .worlds import group, place, user

ADA = LiveUser("u1", "ada@corp.example", "hr-1", "Ada", "", "", "ada@corp.example", "Research", True)
BOB = LiveUser("u2", "bob@corp.example", "", "Bob", "", "", "", "", True)
ENG = LiveGroup("g1", "Engineering", "x1")
OPS = LiveGroup("g2", "Ops", "")
ADMINS = LiveGroup("g3", "Zscaler Admins", "")
TENANT = Directory((ADA, BOB), (ENG, OPS, ADMINS), {"g1": {"u1"}, "g2": {"u1", "u2"}, "g3": {"u2"}})
NOBODY = Directory(members={})


def planned(document: Document, directory: Directory = TENANT, **policy: object) -> list[tuple[str, ...]]:
    """The operations as short tuples."""
    return short(list_operations(plan_directory(document, directory, Policy(**policy))))


def short(operations: list[dict]) -> list[tuple[str, ...]]:
    return [
        (one["kind"], one["verb"], one["name"], *([one["group"]] if one["kind"] == "membership" else sorted(one["attributes"])))
        for one in operations
    ]


USERS = [
    ("nothing declared of it, nothing done", user("ada@corp.example"), []),
    ("case alone is no rename (F60)", user("ADA@corp.example"), []),
    ("equal values", user("ada@corp.example", display_name="Ada", department="Research", active=True, external_id="hr-1"), []),
    ("a changed value", user("ada@corp.example", display_name="Ada L"), [("user", "update", "ada@corp.example", "display_name")]),
    ("empty clears", user("ada@corp.example", department=""), [("user", "update", "ada@corp.example", "department")]),
    ("empty where nothing stands", user("bob@corp.example", department=""), []),
    ("case of an address does not count", user("ada@corp.example", email="Ada@Corp.example"), []),
    ("disable", user("ada@corp.example", active=False), [("user", "disable", "ada@corp.example", "active")]),
    (
        "a new externalId where none was",
        user("bob@corp.example", external_id="hr-2"),
        [("user", "update", "bob@corp.example", "external_id")],
    ),
    (
        "law 3: same externalId, other userName is a rename",
        user("ada.l@corp.example", external_id="hr-1"),
        [("user", "rename", "ada.l@corp.example", "user_name")],
    ),
    (
        "a rename that also disables is two writes, first and last",
        user("ada.l@corp.example", external_id="hr-1", active=False),
        [("user", "rename", "ada.l@corp.example", "user_name"), ("user", "disable", "ada.l@corp.example", "active")],
    ),
    ("unknown: create", user("eve@corp.example", display_name="Eve"), [("user", "create", "eve@corp.example", "display_name")]),
    ("absent and there", user("bob@corp.example")._replace(present=False), [("user", "delete", "bob@corp.example")]),
    ("absent and not there", user("eve@corp.example")._replace(present=False), []),
    (
        "a new name by the old one",
        user("bob@corp.example")._replace(new_user_name="robert@corp.example"),
        [("user", "rename", "robert@corp.example", "user_name")],
    ),
    ("the new name is there already", user("gone@corp.example")._replace(new_user_name="bob@corp.example"), []),
    (
        "neither name is there",
        user("gone@corp.example")._replace(new_user_name="new@corp.example"),
        [("user", "create", "new@corp.example")],
    ),
    ("by id", DesiredUser("", place(), {"display_name": "B"}, id="u2"), [("user", "update", "bob@corp.example", "display_name")]),
]


@pytest.mark.parametrize(("declared", "expected"), [case[1:] for case in USERS], ids=[case[0] for case in USERS])
def test_one_user(declared: DesiredUser, expected: list[tuple[str, ...]]) -> None:
    assert planned(Document(users=(declared,))) == expected


GROUPS = [
    ("there", DesiredGroup("engineering", place()), []),
    ("unknown: create", DesiredGroup("Sales", place()), [("group", "create", "Sales")]),
    ("create with externalId", DesiredGroup("Sales", place(), external_id="x9"), [("group", "create", "Sales", "external_id")]),
    ("rename by externalId", DesiredGroup("Eng 2", place(), external_id="x1"), [("group", "rename", "Eng 2", "display_name")]),
    (
        "rename by previous name",
        DesiredGroup("Ops & Co", place(), previous_names=("Ops",)),
        [("group", "rename", "Ops & Co", "display_name")],
    ),
    ("previous name gone", DesiredGroup("Engineering", place(), previous_names=("Eng",)), []),
    ("both names there: the old one is somebody else's", DesiredGroup("Engineering", place(), previous_names=("Ops",)), []),
    ("externalId changes", DesiredGroup("Ops", place(), external_id="x2"), [("group", "update", "Ops", "external_id")]),
    ("absent", DesiredGroup("Ops", place(), present=False), [("group", "delete", "Ops")]),
    ("absent and not there", DesiredGroup("Sales", place(), present=False), []),
]


@pytest.mark.parametrize(("declared", "expected"), [case[1:] for case in GROUPS], ids=[case[0] for case in GROUPS])
def test_one_group(declared: DesiredGroup, expected: list[tuple[str, ...]]) -> None:
    assert planned(Document(groups=(declared,))) == expected


ADA_IN, BOB_IN = ("membership", "add", "ada@corp.example"), ("membership", "add", "bob@corp.example")
ADA_OUT, BOB_OUT = ("membership", "remove", "ada@corp.example"), ("membership", "remove", "bob@corp.example")
MEMBERS = [
    ("exact: as it is", Document(groups=(group("Engineering", "ada@corp.example"),)), []),
    (
        "exact: one in, one out, one request",
        Document(groups=(group("Engineering", "bob@corp.example"),)),
        [(*BOB_IN, "Engineering"), (*ADA_OUT, "Engineering")],
    ),
    ("exact and empty: all out", Document(groups=(group("Ops"),)), [(*ADA_OUT, "Ops"), (*BOB_OUT, "Ops")]),
    ("not declared: left alone", Document(groups=(DesiredGroup("Ops", place()),)), []),
    ("append", Document(groups=(group("Engineering", "bob@corp.example", membership="append"),)), [(*BOB_IN, "Engineering")]),
    (
        "remove",
        Document(groups=(group("Ops", "bob@corp.example", "nobody@corp.example", membership="remove"),)),
        [(*BOB_OUT, "Ops")],
    ),
    (
        "from the user's side: all others go",
        Document(users=(user("bob@corp.example", ("Engineering",)),)),
        [(*BOB_IN, "Engineering"), (*BOB_OUT, "Ops")],
    ),
    ("[] takes out of all but Zscaler's own groups", Document(users=(user("bob@corp.example", ()),)), [(*BOB_OUT, "Ops")]),
    (
        "both sides add up",
        Document(users=(user("bob@corp.example", ("Engineering", "Ops")),), groups=(group("Engineering", "ada@corp.example"),)),
        [(*BOB_IN, "Engineering")],
    ),
    (
        "a new user in a new group, by name",
        Document(users=(user("eve@corp.example", ("Sales",)),), groups=(DesiredGroup("Sales", place()),)),
        [("group", "create", "Sales"), ("user", "create", "eve@corp.example"), ("membership", "add", "eve@corp.example", "Sales")],
    ),
    (
        "a moved user has the new access before losing the old",
        Document(groups=(group("Engineering", "bob@corp.example"), group("Ops", "ada@corp.example"))),
        [(*BOB_IN, "Engineering"), (*ADA_OUT, "Engineering"), (*BOB_OUT, "Ops")],
    ),
]


@pytest.mark.parametrize(("document", "expected"), [case[1:] for case in MEMBERS], ids=[case[0] for case in MEMBERS])
def test_memberships(document: Document, expected: list[tuple[str, ...]]) -> None:
    assert planned(document) == expected


def test_a_deleted_user_needs_no_removal_from_its_groups() -> None:
    document = Document(users=(user("ada@corp.example"),), groups=(group("Ops", "ada@corp.example"),))
    assert planned(document, prune_users="delete") == [("user", "delete", "bob@corp.example")]


def test_members_that_nobody_knows_are_all_named_and_nothing_is_planned_b27() -> None:
    document = Document(groups=(group("Ops", "x@corp.example", "ada@corp.example", "y@corp.example"),))
    with pytest.raises(InputError) as raised:
        plan_directory(document, TENANT, Policy())
    assert [problem.reason.split(" ", 1)[0] for problem in raised.value.problems] == ["x@corp.example", "y@corp.example"]


@pytest.mark.parametrize(("mode", "warnings"), [("warn", 1), ("ignore", 0)])
def test_members_that_nobody_knows_may_be_passed_over(mode: str, warnings: int) -> None:
    plan = plan_directory(
        Document(groups=(group("Engineering", "ada@corp.example", "x@corp.example"),)), TENANT, Policy(missing_members=mode)
    )
    assert plan.empty
    assert len(plan.warnings) == warnings


def test_a_member_who_is_pruned_in_the_same_run_is_a_contradiction() -> None:
    document = Document(users=(user("ada@corp.example"),), groups=(group("Engineering", "bob@corp.example"),))
    with pytest.raises(InputError, match=r"bob@corp\.example in group Engineering will be deleted by this same run"):
        plan_directory(document, TENANT, Policy(prune_users="delete"))


def test_a_group_that_nobody_knows_b25() -> None:
    with pytest.raises(InputError, match="there is no group Sales"):
        plan_directory(Document(users=(user("ada@corp.example", ("Sales",)),)), TENANT, Policy())


TWINS = Directory((ADA, ADA._replace(id="u9", external_id="")), members={})
CONFLICTS = [
    ("two of one name", user("ada@corp.example"), TWINS, {}),
    ("externalId of one, name of another", user("bob@corp.example", external_id="hr-1"), TENANT, {}),
    ("another externalId", user("ada@corp.example", external_id="hr-7"), TENANT, {}),
    ("an id that is not there", DesiredUser("eve@corp.example", place(), id="u7"), TENANT, {}),
    ("old and new name both there", user("ada@corp.example")._replace(new_user_name="bob@corp.example"), TENANT, {}),
    ("matched outside of scope", user("ada@x.example", external_id="hr-1"), TENANT, {"scope": Scope(suffixes=("@x.example",))}),
]


@pytest.mark.parametrize(("declared", "directory", "policy"), [case[1:] for case in CONFLICTS], ids=[case[0] for case in CONFLICTS])
def test_law_03_a_conflict_writes_to_nobody(declared: DesiredUser, directory: Directory, policy: dict) -> None:
    plan = plan_directory(Document(users=(declared, user("new@x.example"))), directory, Policy(prune_users="none", **policy))
    assert [failure.kind for failure in plan.failures] == ["user"]
    assert short(list_operations(plan)) == [("user", "create", "new@x.example")]


def test_law_03_both_ids_of_a_conflict_are_named_and_neither_is_pruned() -> None:
    plan = plan_directory(Document(users=(user("bob@corp.example", external_id="hr-1"),)), TENANT, Policy(prune_users="delete"))
    assert "u1" in plan.failures[0].detail
    assert "u2" in plan.failures[0].detail
    assert plan.empty


@pytest.mark.parametrize(("mode", "expected"), [("overwrite", [("user", "update", "ada@corp.example", "external_id")]), ("ignore", [])])
def test_another_external_id_may_be_overwritten_or_ignored(mode: str, expected: list) -> None:
    assert planned(Document(users=(user("ada@corp.example", external_id="hr-7"),)), external_id_conflict=mode) == expected


def test_renames_wait_for_the_name_to_be_free() -> None:
    chain = Document(users=(user("bob@corp.example", external_id="hr-1"), user("carl@corp.example")._replace(id="u2")))
    assert planned(chain) == [("user", "rename", "carl@corp.example", "user_name"), ("user", "rename", "bob@corp.example", "user_name")]


def test_a_swap_of_names_fails_for_both_and_says_how() -> None:
    swap = Document(users=(user("bob@corp.example")._replace(id="u1"), user("ada@corp.example")._replace(id="u2")))
    plan = plan_directory(swap, TENANT, Policy())
    assert plan.empty
    assert [("swap" in failure.detail) for failure in plan.failures] == [True, True]


PRUNES = [
    ("disable", {"prune_users": "disable"}, [("user", "disable", "bob@corp.example", "active")]),
    ("delete", {"prune_users": "delete"}, [("user", "delete", "bob@corp.example")]),
    ("protected", {"prune_users": "delete", "protected_users": ("bob@*",)}, []),
    ("out of scope", {"prune_users": "delete", "scope": Scope(suffixes=("ada@corp.example",))}, []),
    ("groups, but not Zscaler's own", {"prune_groups": "delete"}, [("group", "delete", "Ops")]),
]


@pytest.mark.parametrize(("policy", "expected"), [case[1:] for case in PRUNES], ids=[case[0] for case in PRUNES])
def test_pruning(policy: dict, expected: list[tuple[str, ...]]) -> None:
    document = Document(users=(user("ada@corp.example"),), groups=(DesiredGroup("Engineering", place()),))
    assert planned(document, **policy) == expected


def test_what_is_protected_is_named() -> None:
    document = Document(users=(user("ada@corp.example"),), groups=(DesiredGroup("Engineering", place()),))
    policy = Policy(prune_users="delete", prune_groups="delete", protected_users=("BOB@*",))
    assert plan_directory(document, TENANT, policy).protected == ("bob@corp.example", "Zscaler Admins")


def test_a_disabled_user_is_not_disabled_again() -> None:
    tenant = replace(TENANT, users=(ADA, BOB._replace(active=False)))
    assert planned(Document(users=(user("ada@corp.example"),)), tenant, prune_users="disable") == []


@pytest.mark.parametrize("override", [False, True])
@pytest.mark.parametrize(("option", "mode"), [("prune_users", "disable"), ("prune_users", "delete"), ("prune_groups", "delete")])
def test_law_04_an_empty_document_never_prunes(option: str, mode: str, override: bool) -> None:
    with pytest.raises(Refusal, match=r"would hit all 2 (users|groups) in scope"):
        plan_directory(Document(), TENANT, Policy(**{option: mode}, allow_over_limit=override))


@pytest.mark.parametrize(
    "document",
    [
        Document(users=(user("ada@corp.example", active=False),)),
        Document(users=(user("ada@corp.example")._replace(present=False),)),
        Document(groups=(group("Ops"),)),
        Document(groups=(DesiredGroup("Ops", place(), present=False),)),
    ],
    ids=["disable", "delete", "member", "group"],
)
def test_law_04_a_doubtful_listing_never_removes(document: Document) -> None:
    doubtful = replace(TENANT, doubts=("page 2 was empty",))
    with pytest.raises(Refusal, match="page 2 was empty"):
        plan_directory(document, doubtful, Policy())


def test_a_doubtful_listing_does_not_stop_what_only_adds() -> None:
    doubtful = replace(TENANT, doubts=("page 2 was empty",))
    assert planned(Document(users=(user("eve@corp.example"),)), doubtful) == [("user", "create", "eve@corp.example")]


def test_what_the_service_never_shows_is_only_written_along() -> None:
    tenant = replace(TENANT, users=(ADA._replace(external_id=None), BOB._replace(external_id=None)), hidden=frozenset({"external_id"}))
    alone = plan_directory(Document(users=(user("ada@corp.example", external_id="hr-1"),)), tenant, Policy())
    assert alone.empty
    assert alone.unverifiable == ("external_id",)
    along = Document(users=(user("ada@corp.example", external_id="hr-1", department="Sales"),))
    assert planned(along, tenant) == [("user", "update", "ada@corp.example", "department", "external_id")]


def test_law_05_the_order_of_a_whole_run() -> None:
    document = Document(
        users=(user("ada.l@corp.example", ("Ops & Co", "Sales"), external_id="hr-1"), user("eve@corp.example", ("Ops & Co",))),
        groups=(DesiredGroup("Ops & Co", place(), previous_names=("Ops",)), DesiredGroup("Sales", place())),
    )
    assert planned(document, prune_users="disable", prune_groups="delete") == [
        ("group", "rename", "Ops & Co", "display_name"),
        ("group", "create", "Sales"),
        ("user", "rename", "ada.l@corp.example", "user_name"),
        ("user", "create", "eve@corp.example"),
        ("membership", "add", "eve@corp.example", "Ops & Co"),
        ("membership", "add", "ada.l@corp.example", "Sales"),
        ("user", "disable", "bob@corp.example", "active"),
        ("group", "delete", "Engineering"),
    ]


ELSEWHERE = Scope(suffixes=("@other.example",))
ONLY_ENGINEERING = Scope(group_name=re.compile("^Eng"))
MEMBER_POLICIES = [
    ("who lies outside of scope is not removed", Document(groups=(group("Engineering"),)), {"scope": ELSEWHERE}, []),
    (
        "nobody leaves a group outside of scope that only the users' side could mean",
        Document(users=(user("bob@corp.example", ()),)),
        {"scope": ONLY_ENGINEERING},
        [],
    ),
    (
        "remove, from the users' side",
        Document(users=(user("bob@corp.example", ("Ops",)),)),
        {"membership": "remove"},
        [(*BOB_OUT, "Ops")],
    ),
]


@pytest.mark.parametrize(
    ("document", "policy", "expected"), [case[1:] for case in MEMBER_POLICIES], ids=[case[0] for case in MEMBER_POLICIES]
)
def test_memberships_under_a_policy(document: Document, policy: dict, expected: list[tuple[str, ...]]) -> None:
    assert planned(document, **policy) == expected


def test_a_member_whose_name_two_users_have_is_a_failure_and_neither_is_added() -> None:
    tenant = Directory((ADA, ADA._replace(id="u9", external_id="")), (ENG,), {"g1": set()})
    plan = plan_directory(Document(groups=(group("Engineering", "ada@corp.example"),)), tenant, Policy())
    assert plan.empty
    assert [(one.kind, one.verb, one.name, one.group) for one in plan.failures] == [
        ("membership", "add", "ada@corp.example", "Engineering")
    ]


def test_a_user_who_names_a_doubled_group_fails_and_leaves_neither_of_the_two() -> None:
    tenant = Directory((BOB,), (OPS, OPS._replace(id="g9")), {"g2": {"u2"}, "g9": {"u2"}})
    plan = plan_directory(Document(users=(user("bob@corp.example", ("Ops",)),)), tenant, Policy())
    assert plan.empty
    assert [(one.kind, one.name, one.group) for one in plan.failures] == [("membership", "bob@corp.example", "Ops")]
    assert planned(Document(users=(user("bob@corp.example", ()),)), tenant) == []


def test_a_membership_by_the_old_name_of_somebody_who_is_renamed_says_the_new_one() -> None:
    renamed = user("ada.l@corp.example", external_id="hr-1")._replace(place=place("users[3]")._replace(file="tenant.yml", line=5))
    document = Document(users=(renamed,), groups=(group("Engineering", "ada@corp.example"),))
    with pytest.raises(InputError) as caught:
        plan_directory(document, TENANT, Policy())
    assert "ada@corp.example in group Engineering is renamed to ada.l@corp.example by tenant.yml:5 (external_id hr-1)" in str(caught.value)
    assert str(caught.value).endswith("write the new login here"), "nobody else is suggested"
    asked = DesiredUser("ada@corp.example", renamed.place, new_user_name="ada.l@corp.example")
    with pytest.raises(InputError, match=r"is renamed to ada\.l@corp\.example by tenant\.yml:5; write the new login here$"):
        plan_directory(replace(document, users=(asked,)), TENANT, Policy())


def test_nobody_stays_in_a_group_because_the_old_login_is_to_be_removed() -> None:
    renamed = user("ada.l@corp.example", external_id="hr-1")
    group_of_old = group("Engineering", "ada@corp.example", membership="remove")
    with pytest.raises(InputError, match=r"ada@corp\.example in group Engineering is renamed to ada\.l@corp\.example .* write the new"):
        plan_directory(Document(users=(renamed,), groups=(group_of_old,)), TENANT, Policy())
    # Whoever is not known, or goes by this same run, is in no group afterwards.
    leaver = DesiredUser("ada@corp.example", place("users[0]"), present=False)
    for users, name in (((), "nobody@corp.example"), ((leaver,), "ada@corp.example")):
        document = Document(users=users, groups=(group("Engineering", name, membership="remove"),))
        assert [step.verb for step in plan_directory(document, TENANT, Policy()).object_steps()] == ["delete"] * len(users)


def test_law_03_whoever_is_in_dispute_is_added_to_no_group() -> None:
    document = Document(
        users=(user("bob@corp.example", external_id="hr-1"),),
        groups=(group("Zscaler Admins", "ada@corp.example", membership="append"),),
    )
    plan = plan_directory(document, TENANT, Policy())
    assert plan.empty
    assert [failure.kind for failure in plan.failures] == ["user"]


def test_p2_a_group_that_gains_and_loses_members_takes_one_step() -> None:
    plan = plan_directory(Document(groups=(group("Engineering", "bob@corp.example"),)), TENANT, Policy())
    assert plan.add_members == ()
    assert [(step.add, step.remove) for step in plan.remove_members] == [
        ((Ref("bob@corp.example", "u2"),), (Ref("ada@corp.example", "u1"),))
    ]


def test_law_05_a_move_between_groups_takes_two_steps_the_gain_first() -> None:
    document = Document(groups=(group("Engineering", "bob@corp.example"), group("Ops", "ada@corp.example")))
    plan = plan_directory(document, TENANT, Policy())
    assert [(step.group.name, len(step.add), len(step.remove)) for step in plan.add_members] == [("Engineering", 1, 0)]
    assert [(step.group.name, len(step.add), len(step.remove)) for step in plan.remove_members] == [("Engineering", 0, 1), ("Ops", 0, 1)]


def test_a_protected_group_keeps_its_last_member_although_another_is_deleted_in_the_same_run() -> None:
    tenant = replace(TENANT, members={"g3": {"u1", "u2"}})
    document = Document(users=(user("ada@corp.example"),), groups=(group("Zscaler Admins"),))
    plan = plan_directory(document, tenant, Policy(prune_users="delete"))
    assert short(list_operations(plan)) == [("user", "delete", "bob@corp.example")]
    assert plan.protected == ("Zscaler Admins",)


@pytest.mark.parametrize("name", ["bob@corp.example", "eve@corp.example"], ids=["there", "new"])
def test_a_member_from_one_side_and_to_be_removed_from_the_other_is_a_contradiction(name: str) -> None:
    document = Document(users=(user(name, ("Ops",)),), groups=(group("Ops", name, membership="remove"),))
    with pytest.raises(InputError, match=f"{name} is declared as a member of Ops, and to be removed from it"):
        plan_directory(document, TENANT, Policy(membership="append"))


def test_nobody_is_disabled_by_pruning_where_the_service_does_not_show_who_is_active() -> None:
    tenant = replace(TENANT, users=(ADA._replace(active=None), BOB._replace(active=None)), hidden=frozenset({"active"}))
    assert planned(Document(users=(user("ada@corp.example"),)), tenant, prune_users="disable") == []


def test_a_user_whose_rename_is_impossible_is_not_disabled_either() -> None:
    swap = Document(users=(user("bob@corp.example", active=False)._replace(id="u1"), user("ada@corp.example")._replace(id="u2")))
    plan = plan_directory(swap, TENANT, Policy())
    assert plan.empty
    assert len(plan.failures) == 2


@pytest.mark.parametrize("mode", ["fail", "overwrite", "ignore"])
def test_a_user_named_by_id_gets_the_declared_external_id(mode: str) -> None:
    document = Document(users=(DesiredUser("", place(), {"external_id": "hr-7"}, id="u1"),))
    assert planned(document, external_id_conflict=mode) == [("user", "update", "ada@corp.example", "external_id")]


def test_law_03_the_name_of_a_user_to_be_deleted_is_not_free_for_another_entry() -> None:
    document = Document(users=(DesiredUser("a@corp.example", place(), id="u1", present=False), user("ada@corp.example")))
    plan = plan_directory(document, TENANT, Policy())
    assert plan.empty
    assert [(one.verb, "is the same user of the service (id u1)" in one.detail) for one in plan.failures] == [("match", True)] * 2


def test_a_user_who_cannot_be_created_is_given_no_memberships() -> None:
    document = Document(users=(DesiredUser("", place(), id="u2"), user("bob@corp.example", ("Engineering",))))
    plan = plan_directory(document, TENANT, Policy())
    assert plan.empty
    assert [(one.kind, one.verb, one.name) for one in plan.failures] == [("user", "create", "bob@corp.example")]


GROUP_CONFLICTS = [
    (
        "matched outside of scope",
        DesiredGroup("Research", place(), external_id="x1"),
        {"scope": Scope(group_name=re.compile("^(Research|Sales)"))},
        "outside of scope",
    ),
    ("protected, absent by id", DesiredGroup("Admins", place(), id="g3", present=False), {}, "protected_groups"),
    ("protected, renamed", DesiredGroup("Admins", place(), previous_names=("Zscaler Admins",)), {}, "protected_groups"),
]


@pytest.mark.parametrize(("declared", "policy", "why"), [case[1:] for case in GROUP_CONFLICTS], ids=[case[0] for case in GROUP_CONFLICTS])
def test_law_03_a_group_in_conflict_is_not_written(declared: DesiredGroup, policy: dict, why: str) -> None:
    plan = plan_directory(Document(groups=(declared, DesiredGroup("Sales", place()))), TENANT, Policy(**policy))
    assert [(failure.kind, why in failure.detail) for failure in plan.failures] == [("group", True)]
    assert short(list_operations(plan)) == [("group", "create", "Sales")]


def test_the_hidden_external_id_of_a_group_is_only_written_along_with_a_rename() -> None:
    tenant = replace(TENANT, groups=(OPS._replace(external_id=None),), hidden=frozenset({"groups.external_id"}))
    alone = plan_directory(Document(groups=(DesiredGroup("Ops", place(), external_id="x2"),)), tenant, Policy())
    assert alone.empty
    assert alone.unverifiable == ("groups.external_id",)
    along = Document(groups=(DesiredGroup("Ops & Co", place(), external_id="x2", previous_names=("Ops",)),))
    assert planned(along, tenant) == [("group", "rename", "Ops & Co", "display_name", "external_id")]


def test_r1_groups_outside_of_scope_and_their_members_are_not_counted() -> None:
    bases = plan_directory(Document(), TENANT, Policy(scope=ONLY_ENGINEERING)).bases
    assert bases == Bases(users=2, groups=1, members=1)


def test_a_member_of_a_protected_group_who_would_be_pruned_is_named() -> None:
    plan = plan_directory(Document(users=(user("ada@corp.example"),)), TENANT, Policy(prune_users="disable"))
    assert [warning.partition(" is in no file")[0] for warning in plan.warnings] == ["user bob@corp.example"]
    assert "Zscaler Admins" in plan.warnings[0]


def test_a_member_of_a_protected_group_who_is_declared_absent_needs_no_warning() -> None:
    document = Document(users=(user("bob@corp.example")._replace(present=False),))
    assert plan_directory(document, TENANT, Policy()).warnings == ()


def test_a_protected_group_known_by_its_id_alone_is_not_deleted() -> None:
    plan = plan_directory(Document(groups=(DesiredGroup("", place(), id="g3", present=False),)), TENANT, Policy())
    assert plan.empty
    (failure,) = plan.failures
    assert "protected (protected_groups)" in failure.detail


BY_NUMBER = Scope(external_id=re.compile("^hr-"))


def test_an_entry_without_external_id_is_the_user_who_has_one_at_the_service() -> None:
    document = Document(users=(user("ada@corp.example", department="Sales"),))
    assert planned(document, scope=BY_NUMBER) == [("user", "update", "ada@corp.example", "department")]


def test_an_entry_without_external_id_is_not_created_out_of_scope_and_the_others_go_on() -> None:
    document = Document(users=(user("eve@corp.example", ("Ops",)), user("max@corp.example", external_id="hr-9")))
    plan = plan_directory(document, TENANT, Policy(scope=BY_NUMBER))
    assert short(list_operations(plan)) == [("user", "create", "max@corp.example", "external_id")]
    ((name, detail),) = [(failure.name, failure.detail) for failure in plan.failures]
    assert name == "eve@corp.example"
    assert "give the entry an external_id, or widen scope" in detail


def test_an_absent_entry_without_external_id_who_is_not_there_is_as_declared() -> None:
    plan = plan_directory(Document(users=(user("eve@corp.example")._replace(present=False),)), TENANT, Policy(scope=BY_NUMBER))
    assert (plan.empty, plan.failures, plan.unchanged.users) == (True, (), 1)


EVE = LiveUser("u3", "eve@corp.example", "hr-3", active=True)
NAMES = [
    (
        "held by somebody whom nobody moves",
        (user("bob@corp.example")._replace(id="u1"), DesiredUser("", place(), id="u2")),
        {"bob@corp.example": "held by id u2, which keeps it"},
    ),
    (
        "held by one whose rename is blocked",
        (
            user("bob@corp.example")._replace(id="u1"),
            user("eve@corp.example")._replace(id="u2"),
            DesiredUser("", place(), id="u3"),
        ),
        {"bob@corp.example": "held by id u2, whose own rename is not possible", "eve@corp.example": "held by id u3, which keeps it"},
    ),
]


@pytest.mark.parametrize(("declared", "reasons"), [case[1:] for case in NAMES], ids=[case[0] for case in NAMES])
def test_why_a_name_is_not_free(declared: tuple[DesiredUser, ...], reasons: dict[str, str]) -> None:
    plan = plan_directory(Document(users=declared), replace(TENANT, users=(ADA, BOB, EVE)), Policy())
    assert plan.empty
    assert {failure.name: failure.detail.removeprefix("the name is ") for failure in plan.failures} == reasons


def test_why_a_name_is_not_free_behind_a_swap_and_beside_a_conflict() -> None:
    renames = [Step("user", "rename", name, id) for name, id in (("b", "1"), ("a", "2"), ("a", "3"), ("e", "4"))]
    live = [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("e", "5")]
    ordered, stuck = order_names([*renames, Step("user", "create", "b")], live, {"5"})
    assert ordered == []
    assert [(step.verb, step.id, reason.split(",")[-1].split(";")[0].strip()) for step, reason in stuck] == [
        ("rename", "1", "waits for a name that is only free after this rename (a swap)"),
        ("rename", "2", "waits for a name that is only free after this rename (a swap)"),
        ("rename", "3", "whose own rename is not possible"),
        ("rename", "4", "to which nothing is written because its own entry failed"),
        ("create", "", "whose own rename is not possible"),
    ]


@pytest.mark.parametrize(
    "directory",
    [
        replace(TENANT, users=(ADA, BOB._replace(id="u1"))),
        replace(TENANT, groups=(ENG, OPS._replace(id="g1"))),
    ],
    ids=["users", "groups"],
)
def test_one_id_under_two_names_is_never_written_to(directory: Directory) -> None:
    document = Document(users=(user("bob@corp.example")._replace(present=False),))
    with pytest.raises(Refusal, match=r"id [ug]1 as .* and as .*, so a write to it might hit somebody else\. Nothing was written"):
        plan_directory(document, directory, Policy())


def test_one_id_under_one_name_in_two_spellings_is_one_user() -> None:
    directory = replace(TENANT, users=(ADA, ADA._replace(user_name="ADA@corp.example"), BOB))
    plan = plan_directory(Document(groups=(DesiredGroup("Ops", place()),)), directory, Policy())
    assert not plan.users
    assert not plan.failures


def test_b25_b27_a_mistyped_name_is_answered_with_the_nearest_one() -> None:
    document = Document(
        users=(user("ada@corp.example", ("Enginering", "Quite other")),),
        groups=(group("Ops", "bop@corp.example", "ada@corp.exmaple", "zeno@corp.example"),),
    )
    with pytest.raises(InputError) as raised:
        plan_directory(document, TENANT, Policy())
    ends = [problem.reason.rpartition("; ")[2] for problem in raised.value.problems]
    declare = "declare it (or make it first, with scim_group), or correct the name"
    assert ends[:2] == ["did you mean Engineering?", declare]
    assert ends[3] == "did you mean ada@corp.example?"
    assert ends[4] == "declare the user (or make it first), or correct the name"


def test_b59_domains_that_nobody_has_are_one_warning_with_counts() -> None:
    new = [
        user(f"{name}@{domain}")
        for name, domain in (("a", "corp.exmaple"), ("b", "CORP.exmaple"), ("c", "x.example"), ("d", "corp.example"))
    ]
    plan = plan_directory(Document(users=tuple(new)), TENANT, Policy())
    (warning,) = find_new_domains(plan, TENANT)
    assert "corp.exmaple (2), x.example (1)." in warning
    assert find_new_domains(plan, NOBODY) == []
    assert find_new_domains(plan_directory(Document(users=(user("ada@corp.example"),)), TENANT, Policy()), TENANT) == []


def test_b59_a_renaming_into_a_new_domain_counts_and_many_domains_are_cut() -> None:
    renamed = plan_directory(Document(users=(user("ada@new.example", external_id="hr-1"),)), TENANT, Policy())
    assert "new.example (1)." in find_new_domains(renamed, TENANT)[0]
    many = plan_directory(Document(users=tuple(user(f"a@d{number}.example") for number in range(12))), TENANT, Policy())
    assert " and 2 more." in find_new_domains(many, TENANT)[0]
