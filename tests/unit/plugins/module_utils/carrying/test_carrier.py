# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out a plan: order, ids at the last moment, failures that stay alone, and when a run ends early."""

from __future__ import annotations

import re
import threading
from dataclasses import replace

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.breaker import Breaker
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.carrier import Carrier, Run
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.halt import Halt
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.outcome import Outcome, StepResult
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.record import Record
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.writer import Writer
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import (
    Ambiguous,
    CollectionError,
    DeadlinePassed,
    Refusal,
    ServiceError,
    TransportError,
    Unauthorized,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Directory, LiveGroup, LiveUser
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import MemberStep, Plan, Ref, Step
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy, Scope
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.report import member_operations
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.scim import Created


class Service:
    """Records calls; `errors` maps (method, name or id) to what it raises, `refused` ids to an error of their own."""

    def __init__(self, errors: dict | None = None, refused: tuple[str, ...] = (), adopted: tuple[str, ...] = ()) -> None:
        self.calls: list[tuple] = []
        self.seen: list[object] = []
        self.errors = errors or {}
        self.refused = refused
        self.adopted = adopted

    def _call(self, method: str, who: str, *rest: object) -> None:
        self.calls.append((method, who, *rest))
        error = self.errors.get((method, who)) or self.errors.get((method, "*"))
        if error:
            raise error

    def create_user(self, name: str, values: dict, *, confirm: bool = False) -> Created:
        self._call("create_user", name, confirm, tuple(values))
        return Created(f"id-{name}", name in self.adopted)

    def create_group(self, name: str, values: dict, *, confirm: bool = False) -> Created:
        self._call("create_group", name, confirm, tuple(values))
        return Created(f"id-{name}", name in self.adopted)

    def update_user(self, found: str, values: dict, *, user_name: str = "", external_id: str | None = None) -> str:
        self.seen.append(external_id)
        self._call("update_user", found, user_name, tuple(values))
        return found

    def update_group(
        self, found: str, values: dict, *, display_name: str = "", external_id: str | None = None, present: set[str] | None = None
    ) -> str:
        self.seen.append((external_id, present))
        self._call("update_group", found, display_name, tuple(values))
        return found

    def delete_user(self, found: str) -> None:
        self._call("delete_user", found)

    def delete_group(self, found: str) -> None:
        self._call("delete_group", found)

    def change_members(self, group: str, add: list[str], remove: list[str], *, present: set[str] | None = None) -> dict[str, ServiceError]:
        self.seen.append(present)
        self._call("change_members", group, tuple(add), tuple(remove))
        return {one: ServiceError(404, "no such user", "PATCH Groups/x") for one in (*add, *remove) if one in self.refused}


TENANT = Directory(
    users=(LiveUser("u2", "rob", "hr-2"), LiveUser("u8", "eve", "")),
    groups=(LiveGroup("g2", "Ops"), LiveGroup("g8", "Old")),
    members={"g2": {"u8"}},
)


def creates(*names: str) -> tuple[Step, ...]:
    return tuple(Step("user", "create", name) for name in names)


GOOD = "abcdefghijklmnopqrst"
"""Twenty names whose creation works: after them a run is no longer judged by its beginning."""


def refusal(status: int = 400, detail: str = "no") -> ServiceError:
    return ServiceError(status, detail, "POST Users")


def run(plan: Plan, service: Service, directory: Directory | None = None, policy: Policy | None = None, **options: object) -> Outcome:
    return Carrier(Writer(service, directory or TENANT, policy or Policy()), **options).carry_out(plan)


def run_of(writes: int) -> Run:
    return Run(Writer(Service(), TENANT, Policy()), Record(), Halt(), Breaker(writes))


WHOLE = Plan(
    delete_groups=(Step("group", "delete", "Old", "g8"),),
    retire_users=(Step("user", "disable", "eve", "u8", {"active": False}, {"active": True}),),
    remove_members=(MemberStep(Ref("Ops", "g2"), (), (Ref("eve", "u8"),)),),
    add_members=(MemberStep(Ref("Sales", ""), (Ref("ada", ""), Ref("bob", "u2"))),),
    users=(Step("user", "rename", "bob", "u2", {"user_name": "bob"}, {"user_name": "rob"}), *creates("ada")),
    groups=(Step("group", "create", "Sales"),),
)


def test_law_05_the_phases_in_order_and_ids_of_what_was_just_made() -> None:
    service = Service()
    outcome = run(WHOLE, service)
    assert service.calls == [
        ("create_group", "Sales", False, ()),
        ("update_user", "u2", "rob", ("user_name",)),
        ("create_user", "ada", False, ()),
        ("change_members", "id-Sales", ("id-ada", "u2"), ()),
        ("change_members", "g2", (), ("u8",)),
        ("update_user", "u8", "eve", ("active",)),
        ("delete_group", "g8"),
    ]
    assert [operation["verb"] for operation in outcome.done] == ["create", "rename", "create", "add", "add", "remove", "disable", "delete"]


def test_law_06_one_bad_object_does_not_stop_the_others() -> None:
    service = Service({("create_user", "bad"): refusal(detail="wrong domain")})
    outcome = run(Plan(users=creates("ada", "bad", "eve")), service)
    assert [operation["name"] for operation in outcome.done] == ["ada", "eve"]
    assert [(one.name, one.status, one.detail, one.request) for one in outcome.failures] == [("bad", 400, "wrong domain", "POST Users")]


def test_a_user_who_could_not_be_made_is_not_added_but_the_others_are() -> None:
    service = Service({("create_user", "ada"): refusal()})
    outcome = run(WHOLE, service)
    assert ("change_members", "id-Sales", ("u2",), ()) in service.calls
    assert [(one.kind, one.name) for one in outcome.failures] == [("user", "ada"), ("membership", "ada")]


def test_a_group_that_could_not_be_made_gets_no_members() -> None:
    service = Service({("create_group", "Sales"): refusal()})
    outcome = run(WHOLE, service)
    assert [call for call in service.calls if call[0] == "change_members"] == [("change_members", "g2", (), ("u8",))]
    assert [(one.kind, one.name, one.group) for one in outcome.failures] == [
        ("group", "Sales", ""),
        ("membership", "ada", "Sales"),
        ("membership", "bob", "Sales"),
    ]


def test_members_that_the_service_refuses_one_by_one() -> None:
    outcome = run(WHOLE, Service(refused=("u2",)))
    assert [(one.name, one.group, one.status) for one in outcome.failures] == [("bob", "Sales", 404)]
    assert ("ada", "Sales") in {(operation["name"], operation.get("group")) for operation in outcome.done}


def test_an_adopted_object_is_brought_to_its_values() -> None:
    service = Service(adopted=("ada",))
    run(Plan(users=(Step("user", "create", "ada", values={"department": "X"}),)), service)
    assert service.calls[1:] == [("update_user", "id-ada", "ada", ("department",))]


def test_f41_creates_are_confirmed_after_a_doubtful_listing() -> None:
    service = Service()
    run(Plan(users=creates("ada")), service, replace(TENANT, doubts=("page 2 was empty",)))
    assert service.calls == [("create_user", "ada", True, ())]


@pytest.mark.parametrize(
    "error", [Unauthorized(401, "token", "POST Users"), DeadlinePassed("over", "POST Users")], ids=["f27-401", "deadline"]
)
def test_what_concerns_all_ends_the_run(error: TransportError) -> None:
    service = Service({("create_user", "b"): error})
    outcome = run(Plan(users=creates("a", "b", "c", "d")), service)
    assert len(service.calls) == 2
    assert outcome.left == 2
    assert outcome.stopped


def test_what_nobody_understands_ends_the_run_and_takes_nothing_along() -> None:
    gate = threading.Event()

    class Odd(Service):
        def create_user(self, name: str, values: dict, *, confirm: bool = False) -> Created:
            if name == "odd":
                gate.wait(timeout=20)
                raise KeyError("a secret of the service")
            created = super().create_user(name, values, confirm=confirm)
            if name == "slow":
                gate.set()
            return created

    service = Odd()
    outcome = run(Plan(users=creates("ada", "odd", "slow", *GOOD)), service, wanted=lambda: 3)
    made = [call[1] for call in service.calls]
    assert {"ada", "slow"} <= set(made)
    assert sorted(one["name"] for one in outcome.done) == sorted(made)
    assert [(one.name, "not known whether it was written" in one.detail) for one in outcome.failures] == [("odd", True)]
    assert "does not understand (KeyError" in outcome.stopped
    assert "a secret" not in f"{outcome.failures} {outcome.stopped}"
    assert outcome.left == 22 - len(made)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MemoryError(), "no memory"),
        (OSError(24, "Too many open files"), "Too many open files"),
        (RuntimeError("can't start new thread"), "can't start new thread"),
        (RuntimeError("a secret of the service"), "does not understand (RuntimeError"),
    ],
)
@pytest.mark.parametrize("hands", [1, 4])
def test_f52_a_machine_that_is_at_its_end_ends_the_run_and_what_was_done_is_told(error: Exception, reason: str, hands: int) -> None:
    service = Service({("create_user", "odd"): error})
    outcome = run(Plan(users=creates("ada", "odd", *GOOD)), service, wanted=lambda: hands)
    made = [call[1] for call in service.calls if call[1] != "odd"]
    assert sorted(one["name"] for one in outcome.done) == sorted(made)
    assert [(one.name, "not known whether it was written" in one.detail) for one in outcome.failures] == [("odd", True)]
    assert reason in outcome.stopped
    assert "a secret" not in f"{outcome.failures} {outcome.stopped}"
    assert outcome.left == 21 - len(made)


def test_f52_what_breaks_in_the_run_itself_is_a_stop_too() -> None:
    class Broken(Record):
        def intend(self, number: int, step: object) -> None:
            del step
            if number == 3:
                raise MemoryError

    outcome = run(Plan(users=creates(*GOOD)), Service(), record=Broken())
    assert "no memory" in outcome.stopped
    assert (len(outcome.done), outcome.failures, outcome.left) == (2, [], 18)


def test_f55_ten_of_one_cause_in_a_row_end_the_run() -> None:
    service = Service({("create_user", str(number)): refusal(500) for number in range(30)})
    outcome = run(Plan(users=creates(*GOOD, *map(str, range(30)))), service)
    assert len(service.calls) == 30
    assert outcome.left == 20


def test_f54_a_success_between_them_starts_the_count_anew() -> None:
    errors = {("create_user", str(number)): refusal(500) for number in range(30) if number % 9}
    outcome = run(Plan(users=creates(*GOOD, *map(str, range(30)))), Service(errors))
    assert not outcome.stopped
    assert len(outcome.failures) == 26


def test_other_causes_start_the_count_anew() -> None:
    errors = {("create_user", str(number)): refusal(500 if number % 2 else 400) for number in range(30)}
    assert not run(Plan(users=creates(*GOOD, *map(str, range(30)))), Service(errors)).stopped


def test_on_error_stop() -> None:
    service = Service({("create_user", "a"): Ambiguous("no answer", "POST Users")})
    outcome = run(Plan(users=creates("a", "b")), service, stop_on_error=True)
    assert (len(service.calls), outcome.left, len(outcome.failures)) == (1, 1, 1)


def test_what_the_plan_saw_goes_along_with_each_write() -> None:
    """So that a PUT keeps members, and an id that is gone does not lead to somebody else's account (F29)."""
    service = Service()
    run(WHOLE, service)
    assert service.seen == ["hr-2", None, {"u8"}, ""]


def test_batches_that_went_through_before_an_error_are_done() -> None:
    error = DeadlinePassed("over", "PATCH Groups/g2")
    error.undone = frozenset({"u3"})
    service = Service({("change_members", "g2"): error})
    outcome = run(Plan(add_members=(MemberStep(Ref("Ops", "g2"), (Ref("bob", "u2"), Ref("max", "u3"))),)), service)
    assert [(one["verb"], one["name"]) for one in outcome.done] == [("add", "bob")]
    assert [(one.name, one.request) for one in outcome.failures] == [("max", "PATCH Groups/g2")]
    assert outcome.stopped


def test_a_listing_that_lies_in_the_middle_of_a_run_ends_it_with_what_was_done() -> None:
    service = Service({("create_user", "b"): Refusal("the listing repeats itself")})
    outcome = run(Plan(users=creates("a", "b", "c")), service)
    assert [one["name"] for one in outcome.done] == ["a"]
    assert [one.name for one in outcome.failures] == ["b"]
    assert (outcome.left, len(service.calls)) == (1, 2)


def test_members_who_are_refused_alike_in_ten_groups_end_the_run() -> None:
    service = Service(refused=("u2",))
    steps = tuple(MemberStep(Ref(f"G{number}", f"g{number}"), (Ref("bob", "u2"),)) for number in range(30))
    assert run(Plan(users=creates(*GOOD), add_members=steps), service).left == 20


class Adopting(Service):
    """Every create finds that `live` was there before; each update is answered with another id."""

    def __init__(self, live: LiveUser | None = None, now: str = "", lost: bool = False) -> None:
        super().__init__()
        self.live = live
        self.now = now
        self.lost = lost

    def create_user(self, name: str, values: dict, *, confirm: bool = False) -> Created:
        super().create_user(name, values, confirm=confirm)
        return Created(self.live.id if self.live else "id", bool(self.live), self.live, self.lost)

    def update_user(self, found: str, values: dict, *, user_name: str = "", external_id: str | None = None) -> str:
        return self.now or super().update_user(found, values, user_name=user_name, external_id=external_id)


ADA = Step("user", "create", "ada", values={"department": "X", "display_name": "Ada"})


def test_of_an_adopted_object_only_what_differs_is_written() -> None:
    service = Adopting(LiveUser("u9", "ada", "hr-9", display_name="Ada", department="Y"))
    outcome = run(Plan(users=(ADA,)), service)
    assert service.calls[1:] == [("update_user", "u9", "ada", ("department",))]
    assert service.seen == ["hr-9"]
    assert len(outcome.done) == 1


def test_an_adopted_object_in_which_nothing_differs_is_no_change() -> None:
    service = Adopting(LiveUser("u9", "ada", display_name="Ada", department="X"))
    outcome = run(Plan(users=(ADA,)), service)
    assert len(service.calls) == 1
    assert outcome.done == []
    assert outcome.failures == []


def test_f29_members_are_written_with_the_id_that_an_update_came_back_with() -> None:
    service = Adopting(now="u2-new")
    rename = Step("user", "update", "bob", "u2", {"department": "X"}, {"department": "Y"})
    run(Plan(users=(rename,), add_members=(MemberStep(Ref("Ops", "g2"), (Ref("bob", "u2"),)),)), service)
    assert service.calls == [("change_members", "g2", ("u2-new",), ())]


def test_f55_other_scim_types_are_other_causes() -> None:
    types = ("invalidValue", "uniqueness")
    errors = {("create_user", str(one)): ServiceError(400, "no", "POST Users", types[one % 2]) for one in range(30)}
    assert not run(Plan(users=creates(*GOOD, *map(str, range(30)))), Service(errors)).stopped


def test_f54_members_that_were_written_start_the_count_anew() -> None:
    errors = {("change_members", f"g{number}"): refusal(500) for number in range(30) if number % 9}
    steps = tuple(MemberStep(Ref(f"G{number}", f"g{number}"), (Ref("bob", "u2"),)) for number in range(30))
    assert not run(Plan(users=creates(*GOOD), add_members=steps), Service(errors)).stopped


def test_law_03_an_adopted_object_out_of_scope_is_neither_written_nor_added_to_groups() -> None:
    """The plan did not see it, so its scope is looked at when the create meets it."""
    service = Adopting(LiveUser("u9", "ada", "", department="Y"))
    plan = Plan(users=(ADA,), add_members=(MemberStep(Ref("Ops", "g2"), (Ref("ada", ""),)),))
    outcome = run(plan, service, policy=Policy(scope=Scope(external_id=re.compile("^hr-"))))
    assert [call[0] for call in service.calls] == ["create_user"]
    assert outcome.done == []
    assert [(one.kind, one.name) for one in outcome.failures] == [("user", "ada"), ("membership", "ada")]
    assert outcome.failures[0].detail == "is ada (id u9) at the service, which lies outside of scope; widen scope to take it over"


@pytest.mark.parametrize(
    ("live", "written"),
    [
        (LiveUser("u9", "ada", display_name="Ada"), []),
        (LiveUser("u9", "ada", display_name="A"), [("update_user", "u9", "ada", ("department", "display_name"))]),
    ],
    ids=["alone", "along with another"],
)
def test_an_attribute_that_is_never_shown_is_not_written_alone_to_an_adopted_object(live: LiveUser, written: list[tuple]) -> None:
    service = Adopting(live)
    outcome = run(Plan(users=(ADA,)), service, replace(TENANT, hidden=frozenset({"department"})))
    assert service.calls[1:] == written
    assert len(outcome.done) == len(written)


def test_f04_our_own_create_with_an_attribute_that_is_never_shown_counts_as_created() -> None:
    service = Adopting(LiveUser("u9", "ada", display_name="Ada"), lost=True)
    outcome = run(Plan(users=(ADA,)), service, replace(TENANT, hidden=frozenset({"department"})))
    assert len(service.calls) == 1
    assert [one["verb"] for one in outcome.done] == ["create"]


@pytest.mark.parametrize("active", [True, None])
def test_law_04_nobody_is_disabled_who_was_only_found_by_a_create(active: bool | None) -> None:
    service = Adopting(LiveUser("u9", "ada", active=active))
    outcome = run(Plan(users=(Step("user", "create", "ada", values={"active": False}),)), service)
    assert len(service.calls) == 1
    assert "run again to have it disabled" in outcome.failures[0].detail


def test_f60_an_adopted_object_whose_values_only_differ_in_form_is_no_change() -> None:
    service = Adopting(LiveUser("u9", "ada", display_name="Zoe\u0308", email="ADA@corp.example"))
    step = Step("user", "create", "ada", values={"display_name": "Zo\u00eb", "email": "ada@corp.example"})
    assert run(Plan(users=(step,)), service).done == []
    assert len(service.calls) == 1


class Meeting(Service):
    """Ends its calls in reverse: the first create comes back when the last one has."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self.ended = [threading.Event() for _call in range(calls)]

    def create_user(self, name: str, values: dict, *, confirm: bool = False) -> Created:
        place = int(name)
        if place + 1 < len(self.ended):
            assert self.ended[place + 1].wait(timeout=20)
        made = super().create_user(name, values, confirm=confirm)
        self.ended[place].set()
        return made


def test_r9_members_are_in_the_order_of_the_plan_whichever_part_of_their_step_came_first() -> None:
    step = MemberStep(Ref("Ops", "g2"), (Ref("bob", "u2"), Ref("ada", "")), (Ref("eve", "u8"), Ref("ada", "u9")))
    part = run_of(1)
    part.take((1, step), StepResult([*member_operations(step)][:0:-1]))
    assert part.outcome(1).done == [*member_operations(step)][1:]


def test_results_are_in_the_order_of_the_plan_whoever_is_ready_first() -> None:
    service = Meeting(4)
    outcome = run(Plan(users=creates(*"0123")), service, wanted=lambda: 4)
    assert [call[1] for call in service.calls] == ["3", "2", "1", "0"]
    assert [operation["name"] for operation in outcome.done] == ["0", "1", "2", "3"]


class Full(Record):
    """A disk that is full at a certain step."""

    def __init__(self, *, intend: int = 0, settle: int = 0) -> None:
        self._intend, self._settle = intend, settle

    def intend(self, number: int, *_step: object) -> None:
        if number == self._intend:
            raise CollectionError("the disk is full")

    def settle(self, number: int, *_step: object) -> None:
        if number == self._settle:
            raise CollectionError("the disk is full")


@pytest.mark.parametrize(("record", "written"), [(Full(intend=3), 2), (Full(settle=3), 3)])
def test_f62_what_cannot_be_recorded_is_not_written(record: Full, written: int) -> None:
    service = Service()
    outcome = run(Plan(users=creates(*"abcdef")), service, record=record)
    assert [call[1] for call in service.calls] == [*"abcdef"[:written]]
    assert len(outcome.done) == written
    assert (outcome.stopped, outcome.left) == ("the disk is full", 6 - written)
