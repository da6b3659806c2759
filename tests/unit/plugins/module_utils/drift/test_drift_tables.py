# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Precedence and single rules of the comparison, as tables: one person or group, and in which category it is."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._drift.case import Case
from ansible_collections.scimops.zscaler_one.plugins.module_utils._drift.compare import bring_together, compare, plan_of, questions
from ansible_collections.scimops.zscaler_one.plugins.module_utils._drift.model import (
    CATEGORIES,
    Comparison,
    Entra,
    Person,
    Team,
    Told,
    as_told,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import Refusal
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Directory, Document, LiveGroup, LiveUser
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy, Scope
from ansible_collections.scimops.zscaler_one.plugins.module_utils._rendering import drift_sheet

from ..planning.worlds import NO_LIMIT, group, user
from ..rendering.samples import drift_of

ADA, BOB = "ada@corp.example", "bob@corp.example"
POLICY = Policy(limit=NO_LIMIT, protected_users=("admin@*",))
ASSIGNED = Entra(people=(Person("e1", (ADA,), "assigned"),))
NOBODY = Entra()


def live(name: str = ADA, active: bool | None = True, **values: str) -> LiveUser:
    return LiveUser(values.pop("id", "u1"), name, active=active, **values)


def absent(name: str = ADA) -> t.Any:
    return user(name)._replace(present=False)


def drift(
    declared: t.Sequence[t.Any] | None = None, tenant: t.Sequence[LiveUser] = (), entra: Entra | None = None, **options: t.Any
) -> Comparison:
    """The comparison of these users; `told`, `blocked`, `groups`, `teams`, `members` and `policy` as options."""
    document = None if declared is None else Document(tuple(declared), tuple(options.get("declared_groups", ())))
    members = options.get("members", {})
    directory = Directory(tuple(tenant), tuple(options.get("groups", ())), members, doubts=options.get("doubts", ()))
    policy = options.get("policy", POLICY)
    plan = None if document is None else plan_of(document, directory, policy)
    world = bring_together(document, directory, policy, plan, entra)
    case = Case(directory, policy, document is not None, entra, options.get("told", {}), "2026-11-16", options.get("blocked", {}))
    return compare(world, case, document, plan)


def only(found: Comparison) -> str:
    """The category of the one finding, empty for none."""
    assert len(found.findings) <= 1
    return found.findings[0].category if found.findings else ""


DELETING = replace(POLICY, prune_users="delete")
DISABLING = replace(POLICY, prune_users="disable")
DISABLED_BY_ENTRA = {"e1": Told("Entra's log: disable succeeded", disabled=True)}

GIT = [
    ("not there", [user(ADA)], [], POLICY, "missing"),
    ("there", [user(ADA)], [live()], POLICY, ""),
    ("declared absent and not there", [absent()], [], POLICY, ""),
    ("declared absent and there", [absent()], [live()], POLICY, "extra"),
    ("undeclared, and left alone", [user(BOB)], [live(), live(BOB, id="u2")], POLICY, ""),
    ("undeclared, and to be deleted", [user(BOB)], [live(), live(BOB, id="u2")], DELETING, "extra"),
    ("undeclared, and to be disabled", [user(BOB)], [live(), live(BOB, id="u2")], DISABLING, "extra"),
    ("undeclared, to be disabled, and so already", [user(BOB)], [live(active=False), live(BOB, id="u2")], DISABLING, ""),
    ("undeclared and protected", [user(BOB)], [live("admin@corp.example"), live(BOB, id="u2")], DELETING, ""),
    ("another value", [user(ADA, department="A")], [live(department="B")], POLICY, "differs"),
    ("declared active, and inactive", [user(ADA, active=True)], [live(active=False)], POLICY, "disabled_by_hand"),
    ("that before another value", [user(ADA, active=True, department="A")], [live(active=False)], POLICY, "disabled_by_hand"),
    ("declared inactive, and active", [user(ADA, active=False)], [live()], POLICY, "differs"),
    ("silent, and inactive", [user(ADA)], [live(active=False)], POLICY, ""),
    ("a conflict", [user(ADA, external_id="x")], [live(external_id="y")], POLICY, "differs"),
]


@pytest.mark.parametrize(("declared", "tenant", "policy", "category"), [row[1:] for row in GIT], ids=[row[0] for row in GIT])
def test_git_and_zscaler(declared: t.Any, tenant: t.Any, policy: Policy, category: str) -> None:
    assert only(drift(declared, tenant, policy=policy)) == category


ENTRA = [
    ("assigned, not there", None, [], ASSIGNED, {}, "assigned_not_provisioned"),
    ("assigned and there", None, [live()], ASSIGNED, {}, ""),
    ("there, not assigned", None, [live()], NOBODY, {}, "provisioned_not_assigned"),
    ("there, not assigned, and inactive, as Entra leaves people", None, [live(active=False)], NOBODY, {}, ""),
    ("there, not assigned, and protected", None, [live("admin@corp.example")], NOBODY, {}, ""),
    ("assigned, and inactive", None, [live(active=False)], ASSIGNED, {}, "disabled_by_hand"),
    ("assigned, and disabled by Entra", None, [live(active=False)], ASSIGNED, {"told": DISABLED_BY_ENTRA}, ""),
    ("assigned, inactive, and blocked in Entra", None, [live(active=False)], ASSIGNED, {"blocked": {"e1": True}}, ""),
    ("assigned, inactive, and not blocked", None, [live(active=False)], ASSIGNED, {"blocked": {"e1": False}}, "disabled_by_hand"),
    ("missing goes before not provisioned", [user(ADA)], [], ASSIGNED, {}, "missing"),
    ("extra goes before all that Entra says", [absent()], [live()], ASSIGNED, {}, "extra"),
    ("declared absent, not there, and assigned", [absent()], [], ASSIGNED, {}, "assigned_not_provisioned"),
    ("declared, there, and not assigned", [user(ADA)], [live()], NOBODY, {}, ""),
    (
        "declared active is enough",
        [user(ADA, active=True)],
        [live(active=False)],
        ASSIGNED,
        {"told": DISABLED_BY_ENTRA},
        "disabled_by_hand",
    ),
    ("declared inactive, and assigned", [user(ADA, active=False)], [live(active=False)], ASSIGNED, {}, ""),
    ("silent, inactive and assigned", [user(ADA)], [live(active=False)], ASSIGNED, {}, "disabled_by_hand"),
    (
        "inactive in Entra's eyes goes before another value",
        [user(ADA, department="A")],
        [live(active=False)],
        ASSIGNED,
        {},
        "disabled_by_hand",
    ),
    ("users are not mapped", None, [live()], replace(NOBODY, users_mapped=False), {}, ""),
    ("undeclared, left alone, and not assigned", [user(BOB)], [live(), live(BOB, id="u2")], NOBODY, {}, "provisioned_not_assigned"),
]


@pytest.mark.parametrize(("declared", "tenant", "entra", "options", "category"), [row[1:] for row in ENTRA], ids=[row[0] for row in ENTRA])
def test_entra_beside_it(declared: t.Any, tenant: t.Any, entra: Entra, options: t.Any, category: str) -> None:
    assert only(drift(declared, tenant, entra, **options)) == category


SALES = LiveGroup("g1", "Sales")
PEOPLE = [live(), live(BOB, id="u2")]
TEAM = Team("t1", "Sales", "assigned", frozenset({"e1"}))
BOTH = Entra(people=(Person("e1", (ADA,), "by group"), Person("e2", (BOB,), "assigned")), teams=(TEAM,))
GROUPS = [
    ("not there", [group("Sales")], [], {}, None, "missing", [], []),
    ("not there, with members", [group("Sales", ADA)], [], {}, None, "missing", [], [ADA]),
    ("extra and missing members", [group("Sales", ADA)], [SALES], {"g1": {"u2"}}, None, "extra_member", [BOB], [ADA]),
    ("missing members", [group("Sales", ADA, BOB)], [SALES], {"g1": {"u2"}}, None, "missing_member", [], [ADA]),
    (
        "a member whom nobody knows",
        [group("Sales", "eve@corp.example")],
        [SALES],
        {"g1": set()},
        None,
        "missing_member",
        [],
        ["eve@corp.example"],
    ),
    (
        "members before another name",
        [group("Sales", previous_names=("Old",))],
        [LiveGroup("g1", "Old")],
        {"g1": {"u2"}},
        None,
        "extra_member",
        [BOB],
        [],
    ),
    ("another name", [group("Sales", BOB, previous_names=("Old",))], [LiveGroup("g1", "Old")], {"g1": {"u2"}}, None, "differs", [], []),
    ("Entra's members", [], [SALES], {"g1": {"u2"}}, BOTH, "extra_member", [BOB], [ADA]),
    ("Entra's group is not there", [], [], {}, BOTH, "assigned_not_provisioned", [], []),
    ("Git decides the members", [group("Sales", BOB)], [SALES], {"g1": {"u2"}}, BOTH, "", [], []),
    ("a group that nobody assigned", [], [SALES], {"g1": set()}, replace(BOTH, teams=()), "provisioned_not_assigned", [], []),
    ("a group of Zscaler's own", [], [LiveGroup("g1", "Zscaler Admins")], {"g1": set()}, replace(BOTH, teams=()), "", [], []),
    ("groups are not mapped", [], [], {}, replace(BOTH, groups_mapped=False), "", [], []),
    ("members that were not read", [], [SALES], {"g1": {"u2"}}, replace(BOTH, teams=(TEAM._replace(members=None),)), "", [], []),
]


@pytest.mark.parametrize(
    ("declared", "groups", "members", "entra", "category", "extra", "missing"), [row[1:] for row in GROUPS], ids=[row[0] for row in GROUPS]
)
def test_groups(declared: t.Any, groups: t.Any, members: t.Any, entra: t.Any, category: str, extra: list[str], missing: list[str]) -> None:
    found = drift([user(ADA), user(BOB)], PEOPLE, entra, declared_groups=declared, groups=groups, members=members)
    assert only(found) == category
    if category:
        assert (found.findings[0].members, found.findings[0].missing_members) == (extra, missing)


@pytest.mark.parametrize("there", [[], [SALES]], ids=["none of them is there", "one is there"])
def test_entras_groups_of_one_name_are_told_of_one_by_one(there: list[LiveGroup]) -> None:
    teams = tuple(TEAM._replace(id=id, members=frozenset()) for id in ("t1", "t2", "t3"))
    told = {id: Told(f"the log on {id}") for id in ("t1", "t2", "t3")}
    found = drift(None, (), Entra(teams=teams), groups=there, members={"g1": set()}, told=told)
    assert {(one.name, one.category) for one in found.findings} == {("Sales", "assigned_not_provisioned")}
    assert [one.reason for one in found.findings] == ["the log on t1", "the log on t2", "the log on t3"][len(there) :]


@pytest.mark.parametrize("names", [(ADA, BOB), (BOB, ADA)], ids=["the new name first", "the old name first"])
def test_whoever_is_renamed_is_one_also_where_entra_has_both_names(names: tuple[str, str]) -> None:
    people = tuple(Person(f"e-{name}", (name,), "assigned") for name in names)
    found = drift([user(ADA, external_id="hr-1")], [live(BOB, external_id="hr-1")], Entra(people=people))
    assert [(one.name, one.category) for one in found.findings if one.name == ADA] == [(ADA, "differs")]


def test_a_group_that_only_users_name_and_that_is_gone_is_missing() -> None:
    found = drift([user(ADA, groups=("Sales",))], [live()])
    (finding,) = found.findings
    assert (finding.kind, finding.name, finding.category, finding.missing_members) == ("group", "Sales", "missing", [ADA])


def test_a_member_whom_nobody_knows_is_told_of_the_group_and_not_taken_for_granted() -> None:
    found = drift([user(ADA)], [live()], declared_groups=[group("Sales", ADA, "eve@corp.example")], groups=[SALES], members={"g1": {"u1"}})
    assert found.findings[0].reason == "1 member missing; eve@corp.example is not at Zscaler"
    assert found.warnings == []


def test_a_user_whose_groups_git_decides_is_no_business_of_entras_group() -> None:
    found = drift([user(ADA, groups=()), user(BOB)], PEOPLE, BOTH, groups=[SALES], members={"g1": set()})
    assert found.findings == []


def test_people_are_found_by_the_first_name_then_the_second_then_the_id() -> None:
    people = (
        Person("e1", ("a.new@corp.example", "ADA@corp.example"), "assigned"),
        Person("e2", ("zoe\u0308@corp.example",), "assigned"),
        Person("e3", ("renamed@corp.example",), "assigned"),
        Person("e4", (BOB, "zo\u00eb@corp.example"), "assigned"),
    )
    tenant = [live(), live("zo\u00eb@corp.example", id="u2"), live("before@corp.example", id="u3", external_id="e3"), live(BOB, id="u4")]
    assert drift(None, tenant, Entra(people=people)).findings == []


def test_a_mail_address_that_is_somebody_elses_name_takes_nobody_away() -> None:
    people = (Person("e1", ("x@corp.example", ADA), "assigned"), Person("e2", (ADA,), "assigned"))
    found = drift(None, [live()], Entra(people=people))
    assert [(one.name, one.category) for one in found.findings] == [("x@corp.example", "assigned_not_provisioned")]


REASONS = [
    ("the log", {"told": {"e1": Told("Entra's log: skipped")}}, ASSIGNED, "Entra's log: skipped"),
    ("no job", {}, replace(ASSIGNED, job=""), "no provisioning job"),
    ("a job that rests", {}, replace(ASSIGNED, job="Paused"), "does not run (paused)"),
    ("nothing in the log", {}, ASSIGNED, "since 2026-11-16 say nothing"),
]


@pytest.mark.parametrize(("options", "entra", "words"), [row[1:] for row in REASONS], ids=[row[0] for row in REASONS])
def test_why_somebody_is_not_provisioned(options: t.Any, entra: Entra, words: str) -> None:
    assert words in drift(None, [], entra, **options).findings[0].reason
    assert words in drift([user(ADA)], [], entra, **options).findings[0].reason


def test_two_masters_are_warned_of_only_where_both_write() -> None:
    (warning,) = drift([user(ADA)], [live()], ASSIGNED).warnings
    assert "1 user is declared in Git and assigned in Entra" in warning
    assert ADA in warning
    assert drift([user(ADA)], [live()], replace(ASSIGNED, job="Paused")).warnings == []
    assert drift([user(BOB)], [live(), live(BOB, id="u2")], ASSIGNED).warnings == []
    assert drift(None, [live()], ASSIGNED).warnings == []


def test_whom_git_would_remove_and_entra_make_again_is_warned_of() -> None:
    found = drift([user(BOB)], [live(), live(BOB, id="u2")], ASSIGNED, policy=DELETING)
    assert any("would make again" in text and ADA in text for text in found.warnings)
    assert "would make the user again" in found.findings[0].reason


def test_who_is_silently_inactive_is_warned_of() -> None:
    (warning,) = drift([user(ADA)], [live(active=False)]).warnings
    assert "declared without active" in warning
    assert ADA in warning


def test_scope_is_gits_where_there_is_git_and_otherwise_what_is_compared() -> None:
    policy = replace(POLICY, scope=Scope(suffixes=("@git.example",)))
    tenant = [live(), live("eve@git.example", id="u2")]
    assert {one.name for one in drift([], tenant, NOBODY, policy=policy).findings} == {ADA, "eve@git.example"}
    assert {one.name for one in drift(None, tenant, NOBODY, policy=policy).findings} == {"eve@git.example"}
    assert drift(None, [], ASSIGNED, policy=policy).findings == []


def test_f44_a_doubtful_listing_makes_nobody_missing_and_is_never_in_sync() -> None:
    found = drift([user(ADA), user(BOB, department="A")], [live(BOB, id="u2", department="B")], doubts=("a short page",))
    assert [(one.name, one.category) for one in found.findings] == [(BOB, "differs")]
    assert "1 that it does not show is left out" in found.warnings[-1]
    assert drift([user(ADA)], [live()], doubts=("a short page",)).in_sync is False
    (finding,) = drift(
        [], PEOPLE, declared_groups=[group("Sales", ADA)], groups=[SALES], members={"g1": {"u2"}}, doubts=("a short page",)
    ).findings
    assert (finding.members, finding.missing_members, finding.reason) == ([BOB], [], "1 member too many")


def test_one_id_under_two_names_is_refused_with_git_and_without() -> None:
    for declared in (None, [user(ADA)]):
        with pytest.raises(Refusal, match="u1"):
            drift(declared, [live(), live(BOB)], NOBODY)


def test_who_is_asked_about() -> None:
    entra = Entra(people=(Person("e1", (ADA,), ""), Person("e2", (BOB,), ""), Person("e3", ("eve@corp.example",), "")), teams=(TEAM,))
    tenant = [live(active=False), live(BOB, id="u2")]
    asked = questions(bring_together(None, Directory(tuple(tenant), (), {}), POLICY, None, entra))
    assert asked.logs == {"e1", "e3", "t1"}
    assert asked.inactive == ("e1",)


def test_the_order_of_a_report_and_its_counts() -> None:
    found = drift(
        [user(ADA), user("zed@corp.example")], [live(BOB, id="u2")], NOBODY, declared_groups=[group("Sales", ADA)], groups=[], members={}
    )
    told = as_told(found, time="now", tenant="https://scim.example", declared=True, entra=NOBODY)
    assert [(one["kind"], one["name"], one["category"]) for one in told["drift"]] == [
        ("user", ADA, "missing"),
        ("user", "zed@corp.example", "missing"),
        ("group", "Sales", "missing"),
        ("user", BOB, "provisioned_not_assigned"),
    ]
    assert tuple(told["summary"]["users"]) == CATEGORIES
    assert told["summary"]["users"]["missing"] == 2
    assert told["groups"] == [{"name": "Sales", "missing": 1, "extra": 0}]
    assert told["compared"] == {"users": 3, "groups": 1}


def test_reports_are_written_of_what_a_comparison_tells() -> None:
    """The package that writes them may not know this one; its samples have the same shape, and its chapters the same order."""
    found = drift([user(ADA, department="A")], [live(department="B")], NOBODY)
    told = as_told(found, time="now", tenant="https://scim.example", declared=True, entra=NOBODY)
    sample = drift_of()
    for name in ("sources", "entra", "compared"):
        assert sample[name].keys() == told[name].keys()
    assert sample.keys() == told.keys()
    assert {tuple(one) for one in sample["drift"]} == {tuple(one) for one in told["drift"]}
    assert tuple(drift_sheet.CATEGORIES) == CATEGORIES
