# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""P7 and privacy: what ansible-playbook prints with 5,000 users stays small, and of unchanged people it has not one name."""

from __future__ import annotations

import typing as t

import pytest

from .conftest import Company
from .tenant_plays import run, surroundings, write_play

USERS = 5000
MOST = {"-v": 64 * 1024, "-vvv": 256 * 1024}
"""Bytes, at any number of users."""
CASES = [(False, "-v"), (False, "-vvv"), (True, "-vvv")]
"""Whether the users are a list in the task."""


@pytest.fixture
def crowd(company: Company) -> Company:
    company.fill(USERS, 0)
    return company


def play(
    company: Company,
    verbosity: str,
    *,
    inline: bool,
    users: list[dict[str, t.Any]],
    check: bool = False,
    diff: bool = False,
    **options: t.Any,
) -> tuple[int, str]:
    """The end of a playbook with one task, and all that it printed. The users come by C(src), or as a list from a file of variables."""
    path = company.write({"users": users}, "people.json")
    declared = {"users": "{{ users }}"} if inline else {"src": [path]}
    task: dict[str, t.Any] = {"scimops.zscaler_one.scim_directory": {**declared, "protected_users": ["admin@*"], **options}}
    task |= {"check_mode": check, "diff": diff}
    command = write_play(company.folder, [task], {"localhost": {}}, vars_files=[path] if inline else [])
    scim = {"BASE_URL": company.sandbox.base_url, "BEARER_TOKEN": company.sandbox.token, "REQUESTS_PER_SECOND": "0"}
    environment = surroundings(company.folder, **{f"ZSCALER_ONE_SCIM_{name}": value for name, value in scim.items()})
    done = run([*command, verbosity], environment, company.folder)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("inline", "verbosity"), CASES, ids=["src -v", "src -vvv", "inline -vvv"])
def test_p7_people_who_do_not_change_are_not_in_the_output(crowd: Company, inline: bool, verbosity: str) -> None:
    status, output = play(crowd, verbosity, inline=inline, users=crowd.state["users"])
    assert (status, crowd.sandbox.journal.writes) == (0, [])
    assert len(output) <= MOST[verbosity]
    assert "@corp.example" not in output
    assert crowd.sandbox.token not in output
    assert ('"users": "5000 entries"' in output) is (inline and verbosity == "-vvv")


@pytest.mark.slow
@pytest.mark.parametrize(("inline", "verbosity"), CASES, ids=["src -v", "src -vvv", "inline -vvv"])
def test_p7_what_is_wrong_with_all_of_them_fits_too(crowd: Company, inline: bool, verbosity: str) -> None:
    status, output = play(crowd, verbosity, inline=inline, users=[{**user, "email": "none"} for user in crowd.state["users"]])
    assert status == 2
    assert "5000 problems in the input" in output
    assert len(output) <= MOST[verbosity]


@pytest.mark.slow
@pytest.mark.parametrize("verbosity", list(MOST))
def test_p7_a_first_load_fits_with_two_hundred_operations(company: Company, verbosity: str) -> None:
    """With C(result_limit) as it is by default, 1,000, the operations alone have a quarter of a megabyte."""
    company.fill(USERS, 0)
    company.sandbox.reset()
    status, output = play(company, verbosity, inline=False, users=company.state["users"], check=True, result_limit=200)
    assert (status, company.sandbox.journal.writes) == (0, [])
    assert f'"created": {USERS}' in output
    assert output.count('"verb"') == 200
    assert len(output) <= MOST[verbosity]


EVIL = "\x1b[31mred\x9b1mbold\x07\u202e\x85\u2028\u2066end"
"""What colours a terminal, rings it, turns the direction of what follows, and begins lines."""


def test_names_and_values_of_the_service_reach_no_terminal_as_they_are(company: Company) -> None:
    """Not in the result, nor in the diff, nor in a message: the default callback prints all of them."""
    name = f"eve{EVIL}@corp.example"
    company.sandbox.seed(
        users=[{"userName": name, "displayName": EVIL}, {"userName": "ada@corp.example", "displayName": EVIL, "department": EVIL}],
        groups=[{"displayName": f"Group {EVIL}", "members": [name]}],
    )
    state = [{"user_name": "ada@corp.example", "display_name": "Ada", "department": "Sales"}]
    options = {"prune_users": "delete", "prune_groups": "delete", "removal_limit": {"floor": 9}, "groups": [{"display_name": "Team"}]}
    status, output = play(company, "-vvvv", inline=False, users=state, diff=True, **options)
    assert status == 0, output
    assert "+++ after: user ada@corp.example" in output
    assert "eve" in output
    assert [one for one in output if not one.isprintable() and one != "\n"] == []
