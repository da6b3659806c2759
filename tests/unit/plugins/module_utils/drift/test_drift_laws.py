# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laws of the comparison over random worlds: it and the planner never disagree, and everybody is in one category."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.scimops.zscaler_one.plugins.module_utils._drift.case import Case
from ansible_collections.scimops.zscaler_one.plugins.module_utils._drift.compare import bring_together, compare, plan_of
from ansible_collections.scimops.zscaler_one.plugins.module_utils._drift.model import CATEGORIES, Comparison, Entra, Person, Team
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import CollectionError, InputError, Refusal
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Directory, Document, key
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.directory import plan_directory
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import Plan
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy, check_document
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ..planning.worlds import GROUPS, NAMES, directories, documents, play, policies

SOME = max(settings.default.max_examples // 3, 1)
"""Of a law that half of the worlds are refused for."""


def are_unique(directory: Directory) -> bool:
    """Whether no two of the service have the same name: else they are told apart by their ids alone."""
    return all(len({key(one[1]) for one in live}) == len(live) for live in (directory.users, directory.groups))


def drift(document: Document | None, directory: Directory, policy: Policy, entra: Entra | None = None) -> Comparison:
    """The comparison as the shell makes it. Raises InputError and Refusal."""
    if document is not None:
        check_document(document, policy)
    plan = plan_of(document, directory, policy) if document is not None else None
    world = bring_together(document, directory, policy, plan, entra)
    return compare(world, Case(directory, policy, document is not None, entra), document, plan)


def planned(document: Document, directory: Directory, policy: Policy) -> Plan | None:
    """The plan of scim_directory, None where there is none."""
    try:
        check_document(document, policy)
        return plan_directory(document, directory, policy)
    except CollectionError:
        return None


@st.composite
def entras(draw: st.DrawFn) -> Entra:
    """Any assignment of the same people and groups."""
    people = [Person(f"e{name}", (name,), "assigned") for name in draw(st.lists(st.sampled_from(NAMES), unique=True))]
    ids = [person.id for person in people]
    teams = [
        Team(f"t{name}", name, "assigned", frozenset(draw(st.lists(st.sampled_from(ids), unique=True)) if ids else ()))
        for name in draw(st.lists(st.sampled_from(GROUPS), unique=True))
    ]
    return Entra(people=tuple(people), teams=tuple(teams), job=draw(st.sampled_from(["Active", "Paused", ""])))


@settings(deadline=None)
@given(documents(), directories(), policies(), st.sampled_from(["fail", "warn", "ignore"]))
def test_there_is_drift_just_where_the_plan_is_not_empty(
    document: Document, directory: Directory, policy: Policy, missing_members: str
) -> None:
    policy = replace(policy, missing_members=missing_members)
    plan = planned(document, directory, policy)
    try:
        found = drift(document, directory, policy)
    except (InputError, Refusal):
        # What is wrong whatever the tenant shows is wrong for a plan, too.
        assert plan is None
        return
    empty = plan is not None and not [*plan.object_steps(), *plan.member_steps(), *plan.failures]
    assert found.in_sync is empty


@settings(deadline=None)
@given(documents(), directories(), policies())
def test_all_that_the_plan_would_do_is_told_of_whom_it_concerns(document: Document, directory: Directory, policy: Policy) -> None:
    try:
        check_document(document, policy)
        plan = plan_of(document, directory, policy)
    except (InputError, Refusal):
        assume(False)
    assume(not plan.failures and are_unique(directory))
    found = {(one.kind, key(one.name)): one for one in drift(document, directory, policy).findings}
    for step in plan.object_steps():
        assert found[step.kind, key(step.name)].category
    for change in plan.member_steps():
        finding = found["group", key(change.group.name)]
        assert {user.name for user in change.remove} <= set(finding.members)
        assert {user.name for user in change.add} <= set(finding.missing_members)
    touched = {(step.kind, key(step.name)) for step in plan.object_steps()} | {
        ("group", key(one.group.name)) for one in plan.member_steps()
    }
    assert found.keys() == touched


@settings(max_examples=SOME, deadline=None)
@given(documents(), directories(), policies())
def test_nothing_has_drifted_once_the_plan_is_carried_out(document: Document, directory: Directory, policy: Policy) -> None:
    plan = planned(document, directory, policy)
    assume(plan is not None and not plan.failures)
    assert drift(document, play(plan, directory), policy).in_sync


@settings(deadline=None)
@given(st.none() | documents(), directories(), policies(), entras())
def test_everybody_is_in_one_category_at_most(document: Document | None, directory: Directory, policy: Policy, entra: Entra) -> None:
    assume(are_unique(directory))
    try:
        found = drift(document, directory, policy, entra)
    except (InputError, Refusal):
        assume(False)
    names = [(one.kind, key(one.name)) for one in found.findings]
    assert len(names) == len(set(names))


@settings(deadline=None)
@given(documents(), directories(), policies(), entras())
def test_entra_beside_it_hides_nothing_that_git_says(document: Document, directory: Directory, policy: Policy, entra: Entra) -> None:
    assume(are_unique(directory))
    try:
        alone = drift(document, directory, policy)
        both = drift(document, directory, policy, entra)
    except (InputError, Refusal):
        assume(False)
    known = {(one.kind, one.name): one for one in both.findings}
    for one in alone.findings:
        other = known[one.kind, one.name]
        assert CATEGORIES.index(other.category) <= CATEGORIES.index(one.category)
        assert one.reason in other.reason or one.category in ("missing", "extra", "disabled_by_hand")
        assert set(one.members) <= set(other.members)


@settings(deadline=None)
@given(st.none() | documents(), directories(), policies(), entras())
def test_a_doubtful_listing_makes_nobody_missing(document: Document | None, directory: Directory, policy: Policy, entra: Entra) -> None:
    try:
        found = drift(document, replace(directory, doubts=("a page ended too early",)), policy, entra)
    except (InputError, Refusal):
        assume(False)
    assert not found.in_sync
    assert not {one.category for one in found.findings} & {"missing", "missing_member", "assigned_not_provisioned"}
    assert not [one for one in found.findings if one.missing_members]
    assert "page ended too early" in found.warnings[-1]
