# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that somebody ends, gently or not: what they tell is what the service saw, and the next run does the rest."""

from __future__ import annotations

import json
import random
import signal
import time
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.tests.goals.drift import Drift, drift
from ansible_collections.scimops.zscaler_one.tests.goals.firm import Firm, firm, truth
from ansible_collections.scimops.zscaler_one.tests.goals.forked import Forked
from ansible_collections.scimops.zscaler_one.tests.goals.r04_crash import arguments
from ansible_collections.scimops.zscaler_one.tests.goals.r15_verified_writes import intents, is_told
from ansible_collections.scimops.zscaler_one.tests.goals.trap import Trap
from ansible_collections.scimops.zscaler_one.tests.sandbox.faults import Fault

Answer = dict[str, t.Any]

PROMPT = 8.0
"""Seconds from the signal to the end of the process, on a service whose answers take a fifth of a second; what hangs takes twenty."""


@pytest.fixture(scope="module")
def company() -> Drift:
    return drift(7, users=30, groups=4)


@pytest.fixture(scope="module")
def there(company: Drift) -> t.Iterator[Firm]:
    with firm() as found:
        company.sow(found.sandbox)
        yield found


@pytest.fixture(scope="module")
def runs() -> t.Iterator[Forked]:
    with Forked() as found:
        yield found


def options_of(company: Drift, there: Firm, **more: t.Any) -> Answer:
    return {**company.options, "bulk": "never", "report_path": str(there.folder / "run.jsonl"), **more}


def undisturbed(company: Drift, there: Firm, runs: Forked) -> tuple[int, int]:
    """How many requests it takes to read, and in all."""
    company.sow(there.sandbox)
    answer = runs.run("scim_directory", arguments(there, company, options_of(company, there)))
    assert not answer.get("failed"), answer["msg"]
    entries = list(there.sandbox.journal)
    return next(number for number, entry in enumerate(entries) if entry.writes), len(entries)


def interrupt(company: Drift, there: Firm, runs: Forked, number: int, sign: int, **more: t.Any) -> tuple[Answer, float]:
    """The result of a run that is asked to end at this request, and the seconds that it took from then on."""
    company.sow(there.sandbox)
    (there.folder / "run.jsonl").unlink(missing_ok=True)
    asked: list[float] = []
    with Trap(there.sandbox, number, carried_out=True, sign=sign) as trap:
        spring = there.sandbox.faults.choose

        def slowly(subject: t.Any) -> t.Any:
            fault = spring(subject)
            if trap.sprung and not asked:
                asked.append(time.monotonic())
            time.sleep(0.2 if trap.sprung else 0)
            return fault

        there.sandbox.faults.choose = slowly  # type: ignore[method-assign]
        trap.set(runs.begin("scim_directory", arguments(there, company, options_of(company, there, **more))))
        answer = runs.end()
    assert trap.sprung
    return answer, time.monotonic() - asked[0]


def told(answer: Answer) -> set[tuple[str, str, str, str]]:
    return {(one["kind"], one["verb"], one["name"], one.get("group") or "") for one in answer["operations"]}


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
def test_f52_whoever_is_asked_to_end_while_reading_has_written_nothing(company: Drift, there: Firm, runs: Forked, sign: int) -> None:
    answer, seconds = interrupt(company, there, runs, 1, sign)
    assert answer["failed"]
    assert not answer["changed"]
    assert "the run was asked to end (SIG" in answer["msg"]
    assert "Nothing was written" in answer["msg"]
    assert there.sandbox.journal.writes == []
    assert seconds < PROMPT
    lines = [json.loads(line) for line in (there.folder / "run.jsonl").read_text().splitlines()]
    assert [line["line"] for line in lines] == ["begin", "end"]
    assert "asked to end" in lines[1]["error"]


@pytest.mark.slow
@pytest.mark.parametrize("concurrency", ["1", "4"])
def test_f52_what_was_written_is_told_and_what_is_left_is_done_by_the_next_run(
    company: Drift, there: Firm, runs: Forked, concurrency: str
) -> None:
    reading, requests = undisturbed(company, there, runs)
    desired = truth(there.sandbox)
    chance = random.Random(concurrency)
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM, signal.SIGTERM):
        number = chance.randint(reading + 1, requests - 8)
        answer, seconds = interrupt(company, there, runs, number, sign, concurrency=concurrency, members_per_request=10)
        assert answer["failed"], number
        assert answer["changed"]
        assert answer["stopped"].startswith("the run was asked to end (SIG")
        assert answer["left"] > 0
        assert seconds < PROMPT
        made = there.sandbox.journal.mutations
        assert [one for one in made if not is_told(one, told(answer))] == []
        written = {(one["verb"], one["name"]) for one in made if one["verb"] in ("create", "delete")}
        assert written == {(one["verb"], one["name"]) for one in answer["operations"] if one["verb"] in ("create", "delete")}
        report = [json.loads(line) for line in (there.folder / "run.jsonl").read_text().splitlines()]
        count = {kind: sum(line["line"] == kind for line in report) for kind in ("begin", "intent", "outcome", "end")}
        assert count["begin"] == count["end"] == 1
        assert count["intent"] == count["outcome"]
        assert (report[-1]["stopped"], report[-1]["left"]) == (answer["stopped"], answer["left"])
        rest = runs.run("scim_directory", arguments(there, company, options_of(company, there)))
        assert not rest.get("failed"), rest["msg"]
        assert told(rest) & told(answer) == set()
        assert truth(there.sandbox) == desired


def test_f52_whoever_is_asked_to_end_while_verifying_is_done_and_warns(company: Drift, there: Firm, runs: Forked) -> None:
    _reading, requests = undisturbed(company, there, runs)
    answer, seconds = interrupt(company, there, runs, requests - 1, signal.SIGTERM, concurrency="1")
    assert not answer.get("failed"), answer["msg"]
    assert answer["stopped"] == ""
    assert "could not be verified, the next run will tell" in str(answer["warnings"])
    assert seconds < PROMPT


class Chosen(Trap):
    """A trap that counts requests of these methods only, each of which meets this fault."""

    methods: tuple[str, ...] = ()
    fault: Fault

    def _spring(self, subject: t.Any) -> t.Any:
        if subject.method not in self.methods:
            return None
        super()._spring(subject)
        return self.fault


PUT_OFF = Fault("status", {"status": 429, "retry_after": "20"})
HANGS = Fault("hang", {"seconds": 20})


@pytest.mark.parametrize(
    ("methods", "fault"),
    [(("GET",), PUT_OFF), (("POST", "PATCH", "DELETE"), PUT_OFF), (("GET",), HANGS)],
    ids=["reading", "writing", "reading that hangs"],
)
def test_f52_whoever_waits_for_the_service_is_woken(company: Drift, runs: Forked, methods: tuple[str, ...], fault: Fault) -> None:
    # A service of its own: the pause is kept for all tasks that talk to it.
    with firm() as elsewhere:
        company.sow(elsewhere.sandbox)
        with Chosen(elsewhere.sandbox, 1, carried_out=True, sign=signal.SIGTERM) as trap:
            trap.methods, trap.fault = methods, fault
            began = time.monotonic()
            trap.set(runs.begin("scim_directory", arguments(elsewhere, company, options_of(company, elsewhere))))
            answer = runs.end()
    assert trap.sprung
    assert time.monotonic() - began < 2 * PROMPT
    assert answer["failed"]
    assert "the run was asked to end (SIGTERM)" in answer["msg"]
    assert answer["changed"] is False
    assert answer.get("operations", []) == []


def test_f52_in_check_mode_too_there_is_a_result(company: Drift, there: Firm, runs: Forked) -> None:
    answer, _seconds = interrupt(company, there, runs, 2, signal.SIGTERM, _ansible_check_mode=True)
    assert answer["failed"]
    assert "asked to end" in answer["msg"]


def let_arrive(there: Firm) -> None:
    """Wait for what a killed process had sent and the sandbox has not yet read, lest it counts as the next run's."""
    seen = -1
    while seen != len(there.sandbox.journal):
        seen = len(there.sandbox.journal)
        time.sleep(0.1)


class Requests(Trap):
    """A trap that does not count the operations inside of a bulk request."""

    def _spring(self, subject: t.Any) -> t.Any:
        return self._choose(subject) if subject.bulk else super()._spring(subject)


@pytest.mark.slow
@pytest.mark.parametrize("bulk", ["never", "always"])
def test_r15_whatever_a_killed_run_has_changed_is_in_its_report(company: Drift, there: Firm, runs: Forked, bulk: str) -> None:
    report = there.folder / "run.jsonl"
    options = options_of(company, there, concurrency="4", members_per_request=10, bulk=bulk)
    company.sow(there.sandbox)
    there.sandbox.switch(bulk=bulk == "always", bulk_operations=10)
    runs.run("scim_directory", arguments(there, company, options))
    requests = len(there.sandbox.journal)
    assert any(entry.path.endswith("/Bulk") for entry in there.sandbox.journal) == (bulk == "always")
    chance = random.Random(15)
    changes = 0
    for number in range(12):
        company.sow(there.sandbox)
        report.unlink(missing_ok=True)
        with Requests(there.sandbox, chance.randint(1, requests), carried_out=number % 2 == 0) as trap:
            trap.set(runs.begin("scim_directory", arguments(there, company, options)))
            runs.end()
        assert runs.status == signal.SIGKILL
        let_arrive(there)
        made = there.sandbox.journal.mutations
        changes += len(made)
        assert [one for one in made if not is_told(one, intents(report))] == []
        assert all(line.startswith("{") and line.endswith("}") for line in report.read_text().splitlines())
    there.sandbox.switch(bulk=False)
    assert changes > 12
