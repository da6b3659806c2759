# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The removal brake: thresholds, what counts, and the words."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import Refusal
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import (
    DesiredGroup,
    Directory,
    Document,
    LiveGroup,
    LiveUser,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.brake import enforce_brake, find_overruns
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.directory import plan_directory
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Limit, Policy, Scope

from .worlds import group, place, user


def tenant(users: int, groups: int = 0, each: int = 0) -> Directory:
    """So many users, and groups of which each has the first so many users."""
    people = tuple(LiveUser(f"u{number}", f"p{number:05}@corp.example", active=True) for number in range(users))
    sets = {f"g{number}": {f"u{member}" for member in range(each)} for number in range(groups)}
    return Directory(people, tuple(LiveGroup(one, f"Group {one}") for one in sets), sets)


def keep(directory: Directory, but: int) -> Document:
    """A document that declares all users except the last so many."""
    return Document(users=tuple(user(live.user_name) for live in directory.users[: len(directory.users) - but]))


@pytest.mark.parametrize(("base", "allowed"), [(0, 5), (10, 5), (100, 5), (101, 5.05), (2000, 100), (10_000, 500), (100_000, 500)])
def test_r1_the_default_limit_is_five_percent_or_500_whichever_is_lower_and_five_at_least(base: int, allowed: float) -> None:
    assert Limit().allowed(base) == pytest.approx(allowed)


@pytest.mark.parametrize("mode", ["disable", "delete"])
@pytest.mark.parametrize(
    ("users", "gone", "stopped"), [(200, 10, False), (200, 11, True), (20, 5, False), (20, 6, True), (20_000, 501, True)]
)
def test_r1_users_at_and_over_the_threshold(mode: str, users: int, gone: int, stopped: bool) -> None:
    directory = tenant(users)
    policy = Policy(prune_users=mode)
    plan = plan_directory(keep(directory, gone), directory, policy)
    assert bool(find_overruns(plan, policy.limit)) is stopped


def test_r1_the_message_has_numbers_victims_and_the_override() -> None:
    directory = tenant(200)
    policy = Policy(prune_users="delete")
    with pytest.raises(Refusal) as raised:
        enforce_brake(plan_directory(keep(directory, 40), directory, policy), policy)
    text = str(raised.value)
    assert "users: 40 of 200 would be removed, 10 are allowed" in text
    assert "p00160@corp.example" in text
    assert "p00179@corp.example and 20 more" in text
    assert "p00180@corp.example" not in text
    assert "allow_removals_over_limit=true" in text


def test_the_override_lets_it_pass_and_says_so() -> None:
    directory = tenant(200)
    policy = Policy(prune_users="delete", allow_over_limit=True)
    warnings = enforce_brake(plan_directory(keep(directory, 40), directory, policy), policy)
    assert len(warnings) == 1
    assert "allow_removals_over_limit" in warnings[0]


def test_f57_one_big_group_emptied() -> None:
    directory = tenant(200, groups=20, each=60)
    plan = plan_directory(Document(groups=(group("Group g7"),)), directory, Policy())
    assert [overrun.what for overrun in find_overruns(plan, Limit())] == ["members of group Group g7"]


def test_f57_all_groups_thinned_a_little() -> None:
    directory = tenant(200, groups=20, each=60)
    names = [live.user_name for live in directory.users[:55]]
    document = Document(groups=tuple(group(live.display_name, *names) for live in directory.groups))
    overruns = find_overruns(plan_directory(document, directory, Policy()), Limit())
    assert [(overrun.what, overrun.removals, overrun.of) for overrun in overruns] == [("members of all groups", 100, 1200)]


def test_groups_that_are_deleted_take_their_members_access_along() -> None:
    directory = tenant(2000, groups=4, each=1000)
    document = Document(groups=tuple(DesiredGroup(f"Group g{number}", place()) for number in range(3)))
    overruns = find_overruns(plan_directory(document, directory, Policy(prune_groups="delete")), Limit())
    assert [(overrun.what, overrun.removals, overrun.of) for overrun in overruns] == [("members of all groups", 1000, 4000)]
    assert overruns[0].victims == ("all 1000 members of group Group g3",)


def test_groups_over_the_threshold() -> None:
    directory = tenant(0, groups=30)
    policy = Policy(prune_groups="delete")
    plan = plan_directory(Document(groups=(DesiredGroup("Group g0", place()),)), directory, policy)
    assert [(overrun.what, overrun.removals, overrun.of) for overrun in find_overruns(plan, policy.limit)] == [("groups", 29, 30)]


def test_what_is_out_of_scope_or_protected_is_not_counted() -> None:
    directory = tenant(100)
    policy = Policy(prune_users="delete", scope=Scope(suffixes=("@corp.example",)), protected_users=("p0000*",))
    plan = plan_directory(Document(users=(user("p00050@corp.example"),)), directory, policy)
    assert [(overrun.removals, overrun.of) for overrun in find_overruns(plan, policy.limit)] == [(89, 90)]
