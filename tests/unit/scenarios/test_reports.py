# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report for people says of a run that was killed or asked to end: what was true when it was written, and that it is not the end."""

from __future__ import annotations

import re
import signal
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.tests.goals.drift import Drift, drift
from ansible_collections.scimops.zscaler_one.tests.goals.firm import Firm, firm, truth
from ansible_collections.scimops.zscaler_one.tests.goals.forked import Forked
from ansible_collections.scimops.zscaler_one.tests.goals.r04_crash import arguments
from ansible_collections.scimops.zscaler_one.tests.goals.trap import Trap

Answer = dict[str, t.Any]


@pytest.fixture(scope="module")
def company() -> Drift:
    return drift(11, users=30, groups=4)


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Firm]:
    # Before the firm has a folder of its own for everything that is temporary, which goes with it.
    tmp_path_factory.getbasetemp()
    with firm() as found:
        yield found


@pytest.fixture(scope="module")
def runs() -> t.Iterator[Forked]:
    with Forked() as found:
        yield found


def options_of(company: Drift, there: Firm, name: str) -> Answer:
    return {**company.options, "bulk": "never", "concurrency": "1", "report_path": str(there.folder / name)}


def end_at(company: Drift, there: Firm, runs: Forked, name: str, sign: int) -> tuple[Answer, str, int]:
    """The result of a run that gets this signal at its tenth write, its report, and how many writes the service has seen."""
    company.sow(there.sandbox)
    undisturbed = runs.run("scim_directory", arguments(there, company, options_of(company, there, name)))
    assert not undisturbed.get("failed"), undisturbed["msg"]
    reading = next(number for number, entry in enumerate(there.sandbox.journal) if entry.writes)
    company.sow(there.sandbox)
    (there.folder / name).unlink()
    with Trap(there.sandbox, reading + 10, carried_out=True, sign=sign) as trap:
        trap.set(runs.begin("scim_directory", arguments(there, company, options_of(company, there, name))))
        answer = runs.end()
    assert trap.sprung
    return answer, (there.folder / name).read_text(), len(there.sandbox.journal.writes)


def title(text: str) -> str:
    return re.findall("^## (.*)$|<h1>(.*)</h1>", text, flags=re.MULTILINE)[0][text.startswith("<!DOCTYPE")]


@pytest.mark.parametrize("name", ["run.md", "run.html"])
def test_a_killed_run_leaves_a_report_that_says_that_it_is_not_the_end(company: Drift, there: Firm, runs: Forked, name: str) -> None:
    _answer, text, writes = end_at(company, there, runs, name, signal.SIGKILL)
    assert runs.status == signal.SIGKILL
    assert writes == 10
    # It was written before the first change, and not since: the run took less than the pause.
    assert re.fullmatch(r"Planned, not finished: \d+ changes to make", title(text))
    assert "If the task is not running any more and this still stands here, it was killed" in text
    assert "Removals, not done" in text
    assert [path.name for path in there.folder.iterdir() if path.name.startswith(f".{name}")] == []
    again = runs.run("scim_directory", arguments(there, company, options_of(company, there, name)))
    assert not again.get("failed"), again["msg"]
    assert title((there.folder / name).read_text()) == f"Made {len(again['operations'])} changes"


@pytest.mark.parametrize("name", ["run.md", "run.html"])
def test_f52_a_run_that_is_asked_to_end_says_what_it_has_done_and_what_not(company: Drift, there: Firm, runs: Forked, name: str) -> None:
    answer, text, _writes = end_at(company, there, runs, name, signal.SIGTERM)
    assert answer["failed"]
    assert answer["left"] > 0
    assert title(text).startswith(f"Stopped early: {len(answer['operations'])} of ")
    assert "the run was asked to end (SIGTERM)" in text
    assert "These were not tried. The next run does just these." in text
    rest = runs.run("scim_directory", arguments(there, company, options_of(company, there, name)))
    assert not rest.get("failed"), rest["msg"]
    total = int(re.findall(" of ([0-9,]+) changes", title(text))[0].replace(",", ""))
    assert len(answer["operations"]) + len(rest["operations"]) == total
    assert truth(there.sandbox)
