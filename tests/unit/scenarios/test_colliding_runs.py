# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of scim_directory as processes of their own: two at once (F51), and one that is killed (F53). No state is kept anywhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import typing as t

import pytest

from .conftest import Company

MODULE = "ansible_collections.scimops.zscaler_one.plugins.modules.scim_directory"
PEOPLE = 100


@pytest.fixture
def firm(company: Company) -> Company:
    """Half of the people are there, each of them to be changed, and the others are to be made; all of them are to be in a new group."""
    company.fill(PEOPLE // 2, 2)
    names = [user["user_name"] for user in company.state["users"]]
    for user in company.state["users"]:
        user["department"] = "Moved"
    new = [{"user_name": f"new-{number}@corp.example", "external_id": f"new-{number}"} for number in range(PEOPLE // 2)]
    company.state["users"] += new
    company.state["groups"].append({"display_name": "Everybody", "members": [*names, *(str(user["user_name"]) for user in new)]})
    return company


def begin(company: Company, name: str, **more: t.Any) -> subprocess.Popen[str]:
    """A run that has just been started."""
    options = {**company.connection(), "src": [company.write()], "protected_users": ["admin@*"], **more}
    path = company.folder / f"{name}.json"
    path.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}))
    return subprocess.Popen(
        [sys.executable, "-m", MODULE, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HOME": str(company.folder)},
    )


def result(run: subprocess.Popen[str]) -> dict[str, t.Any]:
    output, errors = run.communicate(timeout=120)
    assert output.strip().startswith("{"), errors
    return dict(json.loads(output))


def assert_as_declared(company: Company) -> None:
    """Everybody is there once, and nothing is left to do."""
    logins = [user.name.casefold() for user in company.sandbox.tenant.users.records.values()]
    assert len(logins) == len(set(logins)) == PEOPLE + 1  # and the administrator
    names = [group.name for group in company.sandbox.tenant.groups.records.values()]
    assert len(names) == len(set(names))
    again = company.apply()
    assert (again["changed"], again["writes"]) == (False, []), again.get("msg")


@pytest.mark.parametrize("runs", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_f51_runs_at_the_same_time_converge_and_make_nobody_twice(firm: Company, runs: int) -> None:
    # The pace, which they share, makes them last for seconds.
    under_way = [begin(firm, str(number), requests_per_second=60) for number in range(runs)]
    for answer in [result(run) for run in under_way]:
        # Whoever comes second may be told that somebody was there first; nobody may be told anything else.
        assert "failed" not in answer, answer["msg"]
    assert any(entry.status == 409 for entry in firm.sandbox.journal), "they did not meet"
    assert_as_declared(firm)


@pytest.mark.parametrize("share", [0.5, *(pytest.param(share, marks=pytest.mark.slow) for share in (0.1, 0.7, 0.95))])
def test_f53_what_was_killed_is_finished_by_the_next_run(firm: Company, share: float) -> None:
    requests = 2 + PEOPLE + PEOPLE // 100  # as good as it needs to be: where in the run it is killed does not matter
    run = begin(firm, "killed")
    until = time.monotonic() + 60
    while len(firm.sandbox.journal) < requests * share and run.poll() is None and time.monotonic() < until:
        time.sleep(0.001)
    run.send_signal(signal.SIGKILL)
    run.communicate(timeout=60)
    assert run.returncode == -signal.SIGKILL
    assert len(firm.sandbox.journal.writes) > 0
    answer = result(begin(firm, "next"))
    assert "failed" not in answer, answer["msg"]
    assert answer["changed"]
    assert_as_declared(firm)
