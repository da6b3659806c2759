# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying a plan in bulk requests: what ends the run, what is told of then, and what falls back (P9)."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.breaker import MOST_FAILED
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.bulk import BulkCarrier
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.bulk_terms import Terms
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.halt import Halt
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.judging import Judgement
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.record import Record
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.writer import Writer
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import (
    Ambiguous,
    DeadlinePassed,
    NotRecorded,
    NotSent,
    ServiceError,
    Stopped,
    Throttled,
    TransportError,
    Unauthorized,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Directory, LiveUser
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import MemberStep, Plan, Ref, Step
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire import bulk_service
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.bulk_service import BulkService

from ..wire.fake_scim import FakeHttp, Request

CREATES = Plan(users=tuple(Step("user", "create", f"n{number}") for number in range(30)))


class Memory(Record):
    """Keeps the numbers of what was begun and of what was settled."""

    def __init__(self) -> None:
        self.intended: list[int] = []
        self.settled: list[int] = []

    def intend(self, number: int, step: t.Any) -> None:
        del step
        self.intended.append(number)

    def settle(self, number: int, step: t.Any, result: t.Any) -> None:
        del step, result
        self.settled.append(number)


class Rig:
    """A carrier on a service in a dictionary that takes bulk requests; `errors` has what the next ones raise, None for nothing."""

    def __init__(self, *errors: TransportError | None, operations: int = 10, halt: Halt | None = None, **halting: t.Any) -> None:
        self.errors = [*errors]
        self.http = FakeHttp(answer=self.answer)
        self.halt, self.halt_after = halt or Halt(), halting.get("halt_after", 0)
        self.memory = Memory()
        service = BulkService(self.http)
        self.service = service
        self.carrier = BulkCarrier(
            Writer(service, Directory(), Policy()),
            service,
            Terms(operations, 10**6, 15.0, 100),
            self.look_again,
            clock=lambda: 0.0,
            sleep=lambda _seconds: None,
            record=self.memory,
            halt=self.halt,
        )

    def look_again(self) -> tuple[Directory, Plan]:
        directory = self.service.read()
        names = {user.user_name for user in directory.users}
        return directory, Plan(users=tuple(step for step in CREATES.users if step.name not in names))

    def fail(self, error: TransportError | None) -> None:
        """Raise the error, if it is this request's turn to have one."""
        if isinstance(error, TransportError):
            raise error

    def answer(self, request: Request) -> object:
        if request.path != "Bulk":
            return NotImplemented
        if self.errors:
            self.fail(self.errors.pop(0))
        if self.bulk_count == self.halt_after:
            self.halt.ask("asked to end")
        return {"Operations": [self.perform(one) for one in request.body["Operations"]]}

    def perform(self, one: dict[str, t.Any]) -> dict[str, t.Any]:
        shown = {"method": one["method"], "bulkId": one["bulkId"]}
        try:
            acted = self.http.act(Request(one["method"], one["path"].lstrip("/"), {}, one.get("data")))
        except ServiceError as error:
            return {**shown, "status": str(error.status)}
        return {**shown, "status": "201", "location": f"{one['path']}/{acted['id']}"} if acted else {**shown, "status": "200"}

    @property
    def bulk_count(self) -> int:
        return sum(1 for request in self.http.requests if request.path == "Bulk")


def test_p9_three_requests_for_thirty_creates() -> None:
    rig = Rig()
    outcome = rig.carrier.carry_out(CREATES)
    assert (len(outcome.done), outcome.failures, outcome.left, rig.bulk_count) == (30, [], 0, 3)
    assert rig.memory.intended == rig.memory.settled == [*range(1, 31)]
    assert outcome.ids["user", "n7"] == "u8"


def test_p9_f52_a_halt_tells_of_the_request_under_way_and_begins_no_other() -> None:
    rig = Rig(halt_after=2)
    outcome = rig.carrier.carry_out(CREATES)
    assert (len(outcome.done), outcome.stopped, outcome.left, rig.bulk_count) == (20, "asked to end", 10, 2)
    assert rig.memory.intended == rig.memory.settled == [*range(1, 21)]


def odd_answer(*_given: object) -> t.NoReturn:
    raise AttributeError("an answer that nobody foresaw")


def no_memory(*_given: object) -> t.NoReturn:
    raise MemoryError


@pytest.mark.parametrize(("breaks", "reason"), [(odd_answer, "AttributeError"), (no_memory, "no memory")])
def test_p9_f52_what_breaks_at_an_answer_ends_the_run_and_what_was_done_is_told(
    breaks: t.Callable[..., t.Any], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig()
    read = bulk_service.read_answers

    def read_or_break(*given):
        answers = breaks if rig.bulk_count == 2 else read
        return answers(*given)

    monkeypatch.setattr(bulk_service, "read_answers", read_or_break)
    outcome = rig.carrier.carry_out(CREATES)
    assert (len(outcome.done), len(outcome.failures), outcome.left, rig.bulk_count) == (10, 10, 10, 2)
    assert reason in outcome.stopped
    assert {failure.detail.partition(":")[0] for failure in outcome.failures} == {"it is not known whether it was written"}
    assert rig.memory.intended == rig.memory.settled == [*range(1, 21)], "the record has an outcome for each intent"


def test_p9_f52_what_breaks_at_a_second_look_ends_the_run_and_what_was_done_is_told() -> None:
    rig = Rig(None, Ambiguous("reset", "POST Bulk"))
    rig.carrier._look_again = odd_answer
    outcome = rig.carrier.carry_out(CREATES)
    assert (len(outcome.done), len(outcome.failures), outcome.left) == (10, 10, 10)
    assert "AttributeError" in outcome.stopped


REQUEST = "POST Bulk"


@pytest.mark.parametrize(
    ("error", "told", "stopped"),
    [
        (Unauthorized(401, "no", REQUEST), 1, "401"),
        (DeadlinePassed("over", REQUEST), 1, "over"),
        (Stopped("asked to end", REQUEST), 1, "asked to end"),
        (NotSent("no connection", REQUEST), MOST_FAILED + 1, "of the first 19 writes failed"),
    ],
)
def test_p9_f55_what_was_not_sent_fails_until_the_breaker_trips(error: TransportError, told: int, stopped: str) -> None:
    rig = Rig(None, error, operations=15)
    outcome = rig.carrier.carry_out(CREATES)
    assert stopped in outcome.stopped
    assert (len(outcome.done), len(outcome.failures), outcome.left) == (10, told, 20 - told)
    assert rig.bulk_count == 2
    assert len(rig.http.tables["Users"]) == 10


@pytest.mark.parametrize(
    "error", [ServiceError(400, "bad", REQUEST), Throttled(429, "slow down", REQUEST), ServiceError(501, "no", REQUEST)]
)
def test_p9_a_refused_request_is_written_singly_without_loss(error: ServiceError) -> None:
    rig = Rig(None, error)
    outcome = rig.carrier.carry_out(CREATES)
    assert (len(outcome.done), outcome.failures, outcome.left, rig.bulk_count) == (30, [], 0, 2)
    assert len(outcome.warnings) == 1
    assert str(error.status) in outcome.warnings[0]
    singles = [request for request in rig.http.requests if request.path == "Users" and request.method == "POST"]
    assert len(singles) == 20
    assert rig.memory.settled == [*range(1, 31)]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_p9_f4_a_lost_request_is_looked_for_and_sent_in_other_words(place: int) -> None:
    rig = Rig(*[None] * place, Ambiguous("reset", REQUEST))
    outcome = rig.carrier.carry_out(CREATES)
    assert (len(outcome.done), outcome.failures, outcome.left, outcome.warnings) == (30, [], 0, [])
    bodies = [str(request.body) for request in rig.http.requests if request.path == "Bulk"]
    assert len(set(bodies)) == len(bodies)
    assert len(rig.http.tables["Users"]) == 30


def test_p9_f4_as_long_as_the_service_is_still_at_work_nothing_is_sent_again() -> None:
    """It has broken off its answer, and creates one after another of the ten: at a tenth look it is done."""
    rig = Rig(Ambiguous("reset", REQUEST))
    listed = rig.look_again
    looks: list[int] = []

    def look_again() -> tuple[Directory, Plan]:
        looks.append(rig.bulk_count)
        if len(looks) <= 10:
            asked = next(request.body for request in rig.http.requests if request.path == "Bulk")
            rig.perform(asked["Operations"][len(looks) - 1])
        return listed()

    rig.carrier._look_again = look_again
    outcome = rig.carrier.carry_out(CREATES)
    assert looks == [1] * 10
    sent = [one["data"]["userName"] for request in rig.http.requests if request.path == "Bulk" for one in request.body["Operations"]]
    assert (len(outcome.done), outcome.failures, len(sent), len(set(sent))) == (30, [], 30, 30)


class Liar(Rig):
    """Tells of two users the id of each other; of groups it tells the truth."""

    def __init__(self, first: int, second: int) -> None:
        self.places = (first, second)
        super().__init__()

    def answer(self, request: Request) -> t.Any:
        told: t.Any = super().answer(request)
        if told is not NotImplemented:
            users = [one for one in told["Operations"] if one["method"] == "POST" and "/Users/" in one.get("location", "")]
            if len(users) > 1:
                one, other = (users[place] for place in self.places)
                one["location"], other["location"] = other["location"], one["location"]
        return told


@pytest.mark.parametrize(("first", "second"), [(0, 1), (-1, -2), (0, -1)])
def test_p9_ids_of_users_are_checked_too_where_groups_come_first(first: int, second: int) -> None:
    """Nobody gets into a group because the service told somebody else's id."""
    rig = Liar(first, second)
    names = [f"n{number}" for number in range(30)]
    wanted = {"Even": names[::2], "Odd": names[1::2]}
    plan = Plan(
        groups=tuple(Step("group", "create", name) for name in wanted),
        users=CREATES.users,
        add_members=tuple(MemberStep(Ref(group, ""), tuple(Ref(name, "") for name in members)) for group, members in wanted.items()),
    )
    outcome = rig.carrier.carry_out(plan)
    assert (len(outcome.done), outcome.failures) == (62, [])
    ids = {user["userName"]: user["id"] for user in rig.http.tables["Users"].values()}
    for group in rig.http.tables["Groups"].values():
        # What the service took a reference for is no user's.
        shown = {one["value"] for one in group["members"]} & {*ids.values()}
        assert shown == {ids[name] for name in wanted[group["displayName"]]}


def test_p9_f62_a_request_that_cannot_be_recorded_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig()
    intend = rig.memory.intend

    def intend_while_there_is_space(number: int, step: t.Any) -> None:
        if number == 15:
            raise NotRecorded("no more space")
        intend(number, step)

    monkeypatch.setattr(rig.memory, "intend", intend_while_there_is_space)
    outcome = rig.carrier.carry_out(CREATES)
    assert (rig.bulk_count, len(rig.http.tables["Users"])) == (1, 10)
    assert (len(outcome.done), outcome.failures, outcome.stopped, outcome.left) == (10, [], "no more space", 20)


def test_p9_of_two_with_one_name_neither_is_taken_for_the_one_that_was_created() -> None:
    service = BulkService(FakeHttp())
    writer = Writer(service, Directory(), Policy())
    judgement = Judgement(service, writer, set())
    judgement.nameless |= {("user", "ada"), ("user", "bob")}
    assert judgement.learn(Directory((LiveUser("u1", "ada"), LiveUser("u2", "Ada"), LiveUser("u3", "bob"))))
    assert writer.ids == {("user", "bob"): "u3"}


def test_p9_members_that_the_service_refuses_one_by_one_fail_one_by_one() -> None:
    plan = Plan(
        groups=(Step("group", "create", "G"),),
        users=(Step("user", "create", "ada"), Step("user", "create", "ADA ")),
        add_members=(MemberStep(Ref("G", ""), (Ref("ada", ""), Ref("nobody", ""))),),
    )
    outcome = Rig().carrier.carry_out(plan)
    assert [(one["kind"], one["name"]) for one in outcome.done] == [
        ("group", "G"),
        ("user", "ada"),
        ("user", "ADA "),
        ("membership", "ada"),
    ]
    assert [(one.name, one.detail) for one in outcome.failures] == [("nobody", "the user could not be created")]
