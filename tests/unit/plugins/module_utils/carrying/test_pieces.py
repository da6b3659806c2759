# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan cut for bulk requests: order, what travels apart, and what is still to do after a lost answer (P9, law 5)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.pieces import (
    count_pieces,
    marks_of,
    still_to_do,
    stretches,
    texts,
    without,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import Failure, MemberStep, Plan, Ref, Step

PEOPLE = tuple(Ref(f"p{number}", f"u{number}") for number in range(7))
RENAME = Step("user", "rename", "b", "u1", {"user_name": "b"}, {"user_name": "a"})
PLAN = Plan(
    groups=(Step("group", "create", "Sales"),),
    users=(RENAME, Step("user", "create", "x", values={"department": "R", "active": True}), Step("user", "create", "a")),
    add_members=(MemberStep(Ref("Sales", ""), PEOPLE),),
    remove_members=(MemberStep(Ref("Ops", "g2"), (Ref("y", "u9"),), PEOPLE[:3]),),
    retire_users=(Step("user", "disable", "eve", "u8", {"active": False}, {"active": True}),),
    delete_groups=(Step("group", "delete", "Old", "g8"),),
)


def shape(plan: Plan, size: int) -> list[list[tuple[int, str]]]:
    return [[(piece.number, piece.phase) for piece in stretch] for stretch in stretches(plan, size)]


def test_p9_law_05_what_takes_away_travels_apart_and_a_freed_name_is_taken_later() -> None:
    assert shape(PLAN, 3) == [
        [(1, "groups"), (2, "users"), (3, "users")],
        [(4, "users"), (5, "add_members"), (5, "add_members"), (5, "add_members")],
        [(6, "remove_members"), (6, "remove_members")],
        [(7, "retire_users")],
        [(8, "delete_groups")],
    ]
    assert count_pieces(PLAN, 3) == 11
    assert count_pieces(PLAN, 10**9) == 8
    assert list(stretches(Plan(), 3)) == []


def test_p9_a_piece_has_at_most_so_many_members_and_none_is_lost() -> None:
    parts = [piece.part for stretch in stretches(PLAN, 3) for piece in stretch if piece.number == 5]
    assert [len(part.add) for part in parts] == [3, 3, 1]
    assert [ref for part in parts for ref in part.add] == [*PEOPLE]
    mixed = [piece.part for stretch in stretches(PLAN, 3) for piece in stretch if piece.number == 6]
    assert [(len(part.add), len(part.remove)) for part in mixed] == [(1, 2), (0, 1)]


def test_p9_texts_are_all_that_could_be_taken_for_a_reference() -> None:
    assert {"Sales", "b", "x", "R", "a", "Old"} <= set(texts(PLAN))


def pieces(plan: Plan, size: int = 100) -> list:
    return [piece for stretch in stretches(plan, size) for piece in stretch]


def test_p9_nothing_is_left_of_a_plan_that_is_empty_by_now() -> None:
    assert [still_to_do(piece, marks_of(Plan())) for piece in pieces(PLAN)] == [None] * 8
    assert all(still_to_do(piece, marks_of(PLAN)) == piece.part for piece in pieces(PLAN))


@pytest.mark.parametrize(
    ("later", "numbers"),
    [
        (Plan(users=(Step("user", "update", "b", "u1", {"department": "X"}),)), [2]),
        (Plan(users=(Step("user", "create", "X"),)), [3]),
        (Plan(retire_users=(Step("user", "disable", "b", "u1", {"active": False}),)), []),
        (Plan(groups=(Step("group", "create", "SALES"),)), [1]),
        (Plan(add_members=(MemberStep(Ref("sales", "g5"), (Ref("P0", "u0"),)),)), [5]),
        (Plan(failures=(Failure("user", "create", "x", "two have this name"),)), [3]),
        (Plan(failures=(Failure("membership", "add", "p1", "unknown", "Sales"),)), [5]),
    ],
)
def test_p9_what_a_later_plan_writes_or_cannot_write_is_still_to_do(later: Plan, numbers: list[int]) -> None:
    marks = marks_of(later)
    assert [piece.number for piece in pieces(PLAN) if still_to_do(piece, marks) is not None] == numbers


def test_p9_members_are_told_apart_one_by_one() -> None:
    piece = next(piece for piece in pieces(PLAN) if piece.number == 6)
    later = Plan(remove_members=(MemberStep(Ref("Ops", "g2"), (), PEOPLE[1:2]),))
    left = still_to_do(piece, marks_of(later))
    assert left == replace(piece.part, add=(), remove=PEOPLE[1:2])
    assert without(piece.part, left) == replace(piece.part, remove=(PEOPLE[0], PEOPLE[2]))


def test_p9_joined_pieces_are_one_again() -> None:
    first, second, third = (piece for piece in pieces(PLAN, 3) if piece.number == 5)
    second.tried = 2
    first.join(second)
    first.join(third)
    assert first.part == PLAN.add_members[0]
    assert (first.tried, first.settled, second.settled, third.settled) == (2, False, True, True)
