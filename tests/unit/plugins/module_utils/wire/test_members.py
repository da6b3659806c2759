# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members of one group, against services that take less, do half, see late, or answer wrongly (F34, F35, F47, F50)."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import (
    Ambiguous,
    DeadlinePassed,
    ServiceError,
    Stopped,
    Throttled,
    Unauthorized,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.members import PATIENCE, BatchSize, MemberChange

PATCH = "PATCH Groups/g1"


class Group:
    """A group on a service; `judge(group, changes)` raises what the service refuses, after whatever it did of it."""

    def __init__(self, members=(), judge=None, *, shows=True):
        self.members, self.judge, self.shows = set(members), judge or (lambda _group, _changes: None), shows
        self.batches, self.reads, self.slept = [], 0, []

    def send(self, changes):
        self.batches.append(len(changes))
        self.judge(self, changes)
        self.apply(changes)

    def apply(self, changes):
        for change in changes:
            (self.members.add if change.add else self.members.discard)(change.member)

    def read(self):
        self.reads += 1
        return set(self.members) if self.shows else None

    def change(self, add=(), remove=(), *, batch=None, fresh=(), group_fresh=False):
        batch = batch or BatchSize(100)
        change = MemberChange(self.send, self.read, batch=batch, fresh=fresh, group_fresh=group_fresh, sleep=self.slept.append)
        return change.run(add, remove)


def ids(count, letter="u"):
    return [f"{letter}{number}" for number in range(count)]


def raise_(error):
    raise error


def refuse(status, detail="", code=""):
    return ServiceError(status, detail, PATCH, code)


@pytest.mark.parametrize(
    ("add", "remove", "batches"),
    [
        ([], [], []),
        (ids(1), [], [1]),
        (ids(60), ids(40, "x"), [100]),
        (ids(100), ids(1, "x"), [100, 1]),
        (ids(250), [], [100, 100, 50]),
        (["u1", "u1"], ["x", "x"], [2]),
    ],
)
def test_p2_changes_go_in_full_batches_adds_and_removals_together(add, remove, batches):
    group = Group(["x", *ids(40, "x"), "stays"])
    assert group.change(add, remove) == {}
    assert group.batches == batches
    assert group.members == ({"x", *ids(40, "x"), "stays"} - set(remove)) | set(add)
    assert (group.reads, group.slept) == (0, [])


def at_most(limit, error):
    def judge(_group, changes):
        if len(changes) > limit:
            raise error

    return judge


SIZES = [
    pytest.param(refuse(413), 0, id="413"),
    pytest.param(refuse(400, "101 members are too many"), 0, id="400_too_many"),
    pytest.param(refuse(400, "must have length less than or equal to 100"), 0, id="400_aws"),
    pytest.param(refuse(400, "no", "tooMany"), 0, id="400_tooMany"),
    pytest.param(refuse(400, "no"), 1, id="400_without_a_word"),
]


@pytest.mark.parametrize("limit", [100, 7, 1])
@pytest.mark.parametrize(("error", "reads"), SIZES)
def test_f34_the_batch_is_halved_and_the_size_remembered(limit, error, reads):
    batch = BatchSize(200)
    group = Group(judge=at_most(limit, error))
    assert group.change(ids(250), batch=batch) == {}
    assert group.members == set(ids(250))
    assert limit / 2 < batch.size <= limit
    assert (group.reads > 0) == (reads > 0)
    second = Group(judge=at_most(limit, error))
    second.change(ids(50), batch=batch)
    assert len(second.batches) == -(-50 // batch.size)


def unknown_path(_group, changes):
    if not all(change.add for change in changes):
        raise refuse(400, "no filter in a path", "invalidPath")


def test_f35_an_unknown_path_refuses_the_removals_and_not_the_adds():
    group = Group(ids(3, "x"), unknown_path)
    refused = group.change(ids(5), ids(3, "x"))
    assert set(refused) == set(ids(3, "x"))
    assert group.members == {*ids(5), *ids(3, "x")}
    assert group.batches == [8, 5]


def bad(*members, status=400, code=""):
    def judge(_group, changes):
        if any(change.member in members for change in changes):
            raise refuse(status, "bad member", code)

    return judge


@pytest.mark.parametrize("status", [400, 404, 409])
def test_one_bad_member_is_found_and_the_others_are_added(status):
    batch = BatchSize(100)
    group = Group(judge=bad("u57", status=status))
    refused = group.change(ids(100), batch=batch)
    assert set(refused) == {"u57"}
    assert group.members == set(ids(100)) - {"u57"}
    assert len(group.batches) < 20
    assert batch.size == 100


def test_after_a_bad_member_batches_are_full_again():
    group = Group(judge=bad("u0"))
    group.change(ids(300))
    assert group.batches[-2:] == [100, 98]


def test_a_service_that_refuses_everybody_is_not_asked_for_each():
    group = Group(judge=bad(*ids(100)))
    assert set(group.change(ids(100))) == set(ids(100))
    assert len(group.batches) < 15


def test_two_bad_members_apart_are_both_found():
    group = Group(judge=bad("u3", "u90"))
    assert set(group.change(ids(100))) == {"u3", "u90"}
    assert len(group.members) == 98


def invisible_for(seconds, member="u0", status=404):
    def judge(group, changes):
        if sum(group.slept) < seconds and any(change.member == member for change in changes):
            raise refuse(status, "No user with the id")

    return judge


@pytest.mark.parametrize("status", [400, 404])
def test_f47_a_new_user_who_is_not_visible_yet_is_waited_for(status):
    group = Group(judge=invisible_for(2, status=status))
    assert group.change(ids(3), fresh={"u0"}) == {}
    assert group.members == set(ids(3))
    assert 2 <= sum(group.slept) < 5


def test_f47_the_wait_is_bounded_and_costs_only_the_one_who_stays_invisible():
    group = Group(judge=invisible_for(1000))
    refused = group.change(ids(3), fresh={"u0"})
    assert set(refused) == {"u0"}
    assert group.members == {"u1", "u2"}
    assert PATIENCE <= sum(group.slept) < PATIENCE + 4
    assert group.slept == sorted(group.slept)


def test_f47_nobody_waits_for_an_old_user():
    group = Group(judge=invisible_for(1000))
    assert set(group.change(ids(3), fresh={"somebody else"})) == {"u0"}
    assert group.slept == []


def test_f47_a_new_group_is_waited_for_too():
    group = Group()

    def judge(group, _changes):
        if sum(group.slept) < 2:
            raise refuse(404, "no such group")

    def read():
        judge(group, [])
        return group.members

    group.judge, group.read = judge, read
    assert group.change(ids(3), group_fresh=True) == {}


def test_a_group_that_is_gone_is_an_error():
    group = Group(judge=bad("u1", status=404))

    def read():
        raise ServiceError(404, "no such group", "GET Groups/g1")

    group.read = read
    with pytest.raises(ServiceError, match="no such group"):
        group.change(ids(3))


def half_then(error, times):
    left = [times]

    def judge(group, changes):
        if left[0]:
            left[0] -= 1
            group.apply(changes[: len(changes) // 2])
            raise error

    return judge


@pytest.mark.parametrize("error", [refuse(500, "half way"), refuse(504), refuse(400, "odd"), Ambiguous("no answer", PATCH)])
@pytest.mark.parametrize("times", [1, 3])
def test_f50_after_a_half_done_batch_only_the_rest_is_sent(error, times):
    group = Group(ids(20, "x"), half_then(error, times))
    assert group.change(ids(60), ids(20, "x")) == {}
    assert group.members == set(ids(60))
    assert group.batches[1] == 40
    assert group.reads == times


@pytest.mark.parametrize(
    ("error", "told"),
    [(Ambiguous("no answer", PATCH), "no answer; looking what .* GET Groups/g1: not sent"), (refuse(500, "broken"), "500 broken$")],
)
def test_f52_a_batch_that_nobody_can_look_for_is_perhaps_done_and_not_said_to_be_not_sent(error, told):
    group = Group(judge=at_most(0, error))
    group.read = lambda: raise_(Stopped("not sent: asked to end", "GET Groups/g1"))
    with pytest.raises(type(error), match=f"{PATCH}: {told}") as caught:
        group.change(ids(5))
    assert caught.value.undone == set(ids(5))
    assert group.batches == [5]


def test_f50_a_batch_that_was_done_after_all_is_not_sent_again():
    def judge(group, changes):
        if len(group.batches) == 1:
            group.apply(changes)
            raise Ambiguous("no answer", PATCH)

    group = Group(judge=judge)
    assert group.change(ids(5)) == {}
    assert group.batches == [5]


@pytest.mark.parametrize("error", [refuse(500), Ambiguous("no answer", PATCH)])
def test_f50_a_service_that_is_down_is_given_up(error):
    group = Group(judge=at_most(0, error))
    with pytest.raises(type(error)):
        group.change(ids(100))
    assert len(group.batches) == 3


@pytest.mark.parametrize("shows", [True, False])
def test_a_removal_of_somebody_who_is_out_is_done(shows):
    def judge(group, changes):
        if any(not change.add and change.member not in group.members for change in changes):
            raise refuse(400, "the filter fits nobody", "noTarget")

    group = Group(["x1"], judge, shows=shows)
    assert group.change(["u1"], ["x1", "gone"]) == {}
    assert group.members == {"u1"}


@pytest.mark.parametrize(
    "error",
    [
        Unauthorized(401, "", PATCH),
        Throttled(429, "", PATCH),
        Throttled(503, "", PATCH),
        DeadlinePassed("", PATCH),
        refuse(403),
        refuse(405),
        refuse(501),
    ],
)
def test_what_concerns_the_whole_group_or_run_is_raised_at_once(error):
    group = Group(judge=at_most(0, error))
    with pytest.raises(type(error)) as caught:
        group.change(ids(100))
    assert caught.value is error
    assert (len(group.batches), group.reads) == (1, 0)
