# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How bulk requests are filled: as much as fits, references where they can be, and no waiting for ever (P9)."""

from __future__ import annotations

import collections
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.bulk_packing import FIRST, GROWTH, TRIES, Packing
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.bulk_terms import MOST, UNTOLD, UNTOLD_BYTES, Terms, bulk_terms
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.pieces import Piece, stretches
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.writer import Writer
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Directory
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import MemberStep, Plan, Ref, Step
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.bulk_service import BulkService

from ..wire.fake_scim import FakeHttp

ADA, BOB = Ref("ada", ""), Ref("bob", "u2")
PLAN = Plan(
    groups=(Step("group", "create", "Sales"),),
    users=(Step("user", "create", "ada"), Step("user", "update", "bob", "u2", {"department": "R"})),
    add_members=(MemberStep(Ref("Sales", ""), (ADA, BOB)), MemberStep(Ref("Ops", "g2"), (BOB,))),
)


class Rig:
    """A packing with all of a plan waiting."""

    def __init__(self, plan: Plan = PLAN, *, operations: int = 100, size: int = 10**6, seconds: float = 15.0, **options: t.Any) -> None:
        self.service = BulkService(FakeHttp(), **options)
        self.writer = Writer(self.service, Directory(), Policy())
        self.packing = Packing(self.service, self.writer, Terms(operations, size, seconds, 100), plan, set())
        self.waiting: collections.deque[Piece] = collections.deque(piece for stretch in stretches(plan, 100) for piece in stretch)
        self.packing.expect(self.waiting)

    def pack(self) -> tuple[list[str], int]:
        """The operations of the next load as method and path, and how many pieces are put aside."""
        load = self.packing.pack(self.waiting)
        assert len(load.pieces) == len(load.operations)
        shown = [one.as_json() for one in load.operations]
        return [f"{one['method']} {one['path'].partition('bulkId:')[0]}" for one in shown], len(load.aside)


ALL = ["POST /Groups", "POST /Users", "PATCH /Users/u2", "PATCH /Groups/", "PATCH /Groups/g2"]


def test_p9_new_members_travel_with_their_new_group() -> None:
    rig = Rig()
    load = rig.packing.pack(rig.waiting)
    group, ada, _bob, joins, _ops = load.operations
    assert joins.id == f"bulkId:{group.bulk_id}"
    assert joins.data == {
        **joins.data,
        "Operations": [{"op": "add", "value": {"members": [{"value": f"bulkId:{ada.bulk_id}"}, {"value": "u2"}]}}],
    }
    assert load.pieces[3].refers == (ADA,)
    assert not load.pieces[4].refers


def test_p9_without_references_creates_go_before() -> None:
    rig = Rig()
    rig.packing.references = False
    assert rig.pack() == (ALL[:3], 0)
    rig.writer.ids.update({("group", "sales"): "g9", ("user", "ada"): "u9"})
    assert rig.pack() == (["PATCH /Groups/g9", "PATCH /Groups/g2"], 0)


def test_p9_members_of_what_could_not_be_created_are_left_to_a_single_write() -> None:
    rig = Rig()
    for piece in rig.waiting:
        rig.packing.forget(piece)
    for _place in range(2):
        rig.waiting.popleft()
    assert rig.pack() == (["PATCH /Users/u2", "PATCH /Groups/g2"], 1)


def test_p9_whose_id_was_not_told_waits_for_a_listing() -> None:
    rig = Rig()
    for piece in rig.waiting:
        rig.packing.forget(piece)
    rig.writer.ids["group", "sales"] = "g9"
    rig.packing.nameless.add(("user", "ada"))
    for _place in range(2):
        rig.waiting.popleft()
    assert rig.pack() == (["PATCH /Users/u2"], 0)
    assert rig.packing.needs_ids(rig.waiting[0])


@pytest.mark.parametrize("id", ["bulkId:x", "bulkId:../../Users/u9", "BULKID:op", "x-bulkId:op-0000001"])
def test_p9_an_id_of_the_service_that_could_be_taken_for_a_reference_does_not_travel_in_bulk(id: str) -> None:
    plan = Plan(
        users=(Step("user", "update", "eve", id, {"department": "R"}), Step("user", "update", "bob", "u2", {"department": "R"})),
        add_members=(MemberStep(Ref("Odd", id), (BOB,)), MemberStep(Ref("Ops", "g2"), (BOB, Ref("eve", id)))),
        retire_users=(Step("user", "delete", "eve", id),),
    )
    assert Rig(plan).pack() == (["PATCH /Users/u2"], 4)


def test_p9_put_travels_singly_and_creates_in_bulk() -> None:
    assert Rig(update_method="put").pack() == (ALL[:2], 3)


def test_p9_what_was_sent_often_enough_is_put_aside() -> None:
    rig = Rig()
    rig.waiting[0].tried = TRIES
    operations, aside = rig.pack()
    assert (operations, aside) == (ALL[1:3], 1), "and members wait for it"


def test_p9_what_is_too_large_for_any_request_is_put_aside() -> None:
    assert Rig(size=10).pack() == ([], 3)


@pytest.mark.parametrize(("operations", "expected"), [(1, 1), (2, 2), (4, 4), (5, 5), (9, 5)])
def test_p9_a_load_is_as_large_as_allowed(operations: int, expected: int) -> None:
    rig = Rig(operations=operations)
    assert rig.pack() == (ALL[:expected], 0)


@pytest.mark.parametrize(
    ("seconds", "count", "expected"),
    [(1.0, 100, 1000), (3.0, 100, 500), (15.0, 100, 100), (150.0, 100, 10), (9999.0, 1, 1), (0.0, 100, 1000)],
)
def test_p9_how_long_a_request_takes_decides_how_large_the_next_ones_are(seconds: float, count: int, expected: int) -> None:
    many = Plan(users=tuple(Step("user", "create", f"n{number}") for number in range(1500)))
    rig = Rig(many, operations=1000)
    assert len(rig.pack()[0]) == FIRST
    rig.packing.measure(seconds, count, 1000)
    assert len(rig.pack()[0]) == expected


@pytest.mark.parametrize(
    ("before", "count", "done", "expected"),
    [
        (0, 10, 10, 10 * GROWTH),
        (0, 10, 5, 5 * GROWTH),
        (0, 10, 0, FIRST),
        (250, 1000, 1000, 5000),
        (1000, 1000, 0, FIRST),
        (1000, 1000, 499, FIRST),
        (1000, 3, 3, 5000),
        (1000, 3, 1, FIRST),
    ],
)
def test_p9_requests_grow_with_what_goes_well(before: int, count: int, done: int, expected: int) -> None:
    many = Plan(users=tuple(Step("user", "create", f"n{number}") for number in range(6000)))
    rig = Rig(many, operations=6000, size=10**8)
    rig.packing.measure(0.0, before, before)
    rig.packing.measure(0.0, count, done)
    assert len(rig.pack()[0]) == expected


def test_p9_what_was_refused_for_its_size_is_halved_for_good_and_what_was_lost_for_once() -> None:
    many = Plan(users=tuple(Step("user", "create", f"n{number}") for number in range(1500)))
    rig = Rig(many, operations=1000)
    assert rig.packing.halve(100)
    rig.packing.measure(0.1, 50, 50)
    assert len(rig.pack()[0]) == 50
    rig.packing.shrink(50)
    assert len(rig.pack()[0]) == 25
    rig.packing.measure(0.1, 25, 25)
    assert len(rig.pack()[0]) == 50
    assert not rig.packing.halve(1)


CONFIG = "ServiceProviderConfig"


@pytest.mark.parametrize(
    ("mode", "writes", "told", "operations", "asked"),
    [
        ("never", 99, {"supported": True, "maxOperations": 10}, None, 0),
        ("auto", 49, {"supported": True, "maxOperations": 10}, None, 0),
        ("auto", 50, {"supported": True, "maxOperations": 10}, 10, 1),
        ("auto", 50, {"supported": False, "maxOperations": 10}, None, 1),
        ("auto", 50, {}, None, 1),
        ("auto", 50, {"supported": "true", "maxOperations": "10"}, 10, 1),
        ("auto", 50, {"supported": True}, UNTOLD, 1),
        ("auto", 50, {"supported": True, "maxOperations": 0}, UNTOLD, 1),
        ("auto", 50, {"supported": True, "maxOperations": 10**9}, MOST, 1),
        ("always", 1, {"supported": True, "maxOperations": 10}, 10, 1),
        ("always", 1, {"supported": False, "maxOperations": 0}, UNTOLD, 1),
        ("always", 1, {}, UNTOLD, 1),
        ("always", 0, {}, None, 0),
    ],
)
def test_p9_whether_and_how_much_travels_in_bulk(mode: str, writes: int, told: dict, operations: int | None, asked: int) -> None:
    http = FakeHttp()
    http.extra[CONFIG] = {"bulk": told}
    plan = Plan(users=tuple(Step("user", "create", f"n{number}") for number in range(writes)))
    terms = bulk_terms(mode, plan, BulkService(http, patience=8))
    assert (terms and terms.operations) == operations
    assert len(http.requests) == asked
    assert terms is None or (terms.size, terms.seconds) == (UNTOLD_BYTES, 4)
