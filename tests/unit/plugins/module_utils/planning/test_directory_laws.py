# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold for every tenant and every document: the planner's laws, over random worlds."""

from __future__ import annotations

from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError, Refusal
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Directory, Document, key
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.directory import plan_directory
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import Plan
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy
from hypothesis import assume, given, settings

from .worlds import directories, documents, play, policies

many_worlds = settings(max_examples=3 * settings.default.max_examples, deadline=None)


def plan_or_skip(document: Document, directory: Directory, policy: Policy) -> Plan:
    """The plan; a refusal (an empty document that prunes, a contradiction) is another test's subject."""
    try:
        return plan_directory(document, directory, policy)
    except (Refusal, InputError):
        assume(False)
        raise


@many_worlds
@given(documents(), directories(), policies())
def test_a_plan_carried_out_leaves_nothing_to_do(document: Document, directory: Directory, policy: Policy) -> None:
    plan = plan_or_skip(document, directory, policy)
    assume(not plan.failures)
    again = plan_directory(document, play(plan, directory), policy)
    assert again.empty, again


@many_worlds
@given(documents(), directories(), policies())
def test_conflicts_never_keep_a_plan_changing(document: Document, directory: Directory, policy: Policy) -> None:
    for _round in range(4):
        plan = plan_or_skip(document, directory, policy)
        if plan.empty:
            return
        directory = play(plan, directory)
    assert plan.empty, plan


@many_worlds
@given(documents(), directories(), policies())
def test_law_02_planning_changes_nothing_it_was_given(document: Document, directory: Directory, policy: Policy) -> None:
    before = repr((document, directory, policy))
    plan_or_skip(document, directory, policy)
    assert repr((document, directory, policy)) == before


@many_worlds
@given(documents(), directories(), policies())
def test_r13_what_is_out_of_scope_or_not_declared_stays(document: Document, directory: Directory, policy: Policy) -> None:
    plan = plan_or_skip(document, directory, policy)
    after = {live.id: live for live in play(plan, directory).users}
    declared = {key(user.user_name) for user in document.users}
    identified = {user.values.get("external_id") for user in document.users}
    for live in directory.users:
        ours = policy.scope.has_user(live.user_name, live.external_id)
        mentioned = key(live.user_name) in declared or live.external_id in identified
        if not ours or (not mentioned and policy.prune_users == "none"):
            assert after[live.id] == live


@many_worlds
@given(documents(), directories(), policies())
def test_protected_objects_are_never_disabled_deleted_or_emptied(document: Document, directory: Directory, policy: Policy) -> None:
    """Not by pruning, not by an entry that knows them by id or an older name, not by a rename that would end the protection."""
    plan = plan_or_skip(document, directory, policy)
    names = {live.id: live.user_name for live in directory.users} | {live.id: live.display_name for live in directory.groups}
    user_guard, group_guard = policy.user_guard(), policy.group_guard()
    assert group_guard
    if user_guard:
        assert not [step for step in plan.retire_users if user_guard.match(key(names[step.id])) and step.before.get("active", True)]
    touched = [*plan.delete_groups, *(step for step in plan.groups if step.verb == "rename")]
    assert not [step for step in touched if group_guard.match(key(names[step.id]))]
    members = play(plan, directory).members or {}
    for live in directory.groups:
        if group_guard.match(key(live.display_name)) and live.id in members and directory.members:
            gone = {step.id for step in plan.retire_users}
            assert members[live.id] or directory.members[live.id] <= gone


@many_worlds
@given(documents(), directories(), policies())
def test_groups_out_of_scope_keep_their_names_and_members(document: Document, directory: Directory, policy: Policy) -> None:
    plan = plan_or_skip(document, directory, policy)
    after = play(plan, directory)
    gone = {step.id for step in plan.retire_users if step.verb == "delete"}
    for live in directory.groups:
        if not policy.scope.has_group(live.display_name) and directory.members is not None:
            assert live in after.groups
            assert (after.members or {})[live.id] == directory.members[live.id] - gone


@many_worlds
@given(documents(), directories(), policies())
def test_law_05_every_name_is_free_when_it_is_taken(document: Document, directory: Directory, policy: Policy) -> None:
    """A service that enforces unique userNames would refuse no step: `play` creates, and renames are checked here."""
    plan = plan_or_skip(document, directory, policy)
    # Two users of one name are a world too: somebody has to mend it.
    holders: dict[str, set[str]] = {}
    for live in directory.users:
        holders.setdefault(key(live.user_name), set()).add(live.id)
    for step in plan.users:
        there = holders.setdefault(key(step.name), set())
        if step.verb == "rename":
            assert there <= {step.id}, (step, holders)
            holders[key(str(step.before["user_name"]))].discard(step.id)
        if step.verb == "create":
            assert not there, (step, holders)
        there.add(step.id)
