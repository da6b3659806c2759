# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is who: the short way, for users whom externalId and name both find, gives what the long one does."""

from __future__ import annotations

import time

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import DesiredUser, Directory, Document, LiveUser, Place
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.directory import plan_directory
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.match import match_users
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy, make_scope

ADA = DesiredUser("ada@corp.example", Place("state.json", 1, "ada"), {"external_id": "hr-1"})


def live(number: int, name: str = "ada@corp.example", external_id: str = "hr-1") -> LiveUser:
    return LiveUser(f"u{number}", name, external_id)


@pytest.mark.parametrize(
    ("users", "matched", "disputed"),
    [
        pytest.param([live(1)], ["u1"], set(), id="both lead to one"),
        pytest.param([live(1, "ADA@corp.example")], ["u1"], set(), id="in another case"),
        pytest.param([live(1), live(2, external_id="")], [], {"u1", "u2"}, id="two of that name"),
        pytest.param([live(2, external_id=""), live(1)], [], {"u1", "u2"}, id="two of that name, in the other order"),
        pytest.param([live(1), live(2, "bob@corp.example")], [], {"u1", "u2"}, id="two of that externalId"),
        pytest.param([live(2, "bob@corp.example"), live(1)], [], {"u1", "u2"}, id="two of that externalId, in the other order"),
        pytest.param([live(1, "old@corp.example")], ["u1"], set(), id="another name"),
        pytest.param([live(1, external_id="hr-9")], ["u1"], set(), id="another externalId"),
        pytest.param([live(1, "old@corp.example"), live(2, external_id="hr-9")], [], {"u1", "u2"}, id="they lead to different ones"),
        pytest.param([live(1, "bob@corp.example", "hr-2")], [], set(), id="nobody"),
    ],
)
def test_law_03_a_user_is_found_by_external_id_and_name(users: list[LiveUser], matched: list[str], disputed: set[str]) -> None:
    found = match_users([ADA], users)
    assert [one.id for _user, one in found.pairs] == matched
    assert found.disputed == disputed
    assert bool(found.missing) is (not matched and not disputed)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (ADA, 'external_id "hr-1" is that of old@corp.example (id u1), user_name that of ada@corp.example (id u2); nothing'),
        (ADA._replace(id="u1"), "id u1 is that of old@corp.example (id u1), user_name that of ada@corp.example (id u2); nothing"),
        (
            ADA._replace(user_name="old@corp.example", new_user_name="ada@corp.example", values={}),
            "service: new_user_name is that of ada@corp.example (id u2), user_name that of old@corp.example (id u1); nothing",
        ),
    ],
    ids=["externalId", "id", "rename"],
)
def test_law_03_a_conflict_says_what_leads_to_whom(entry: DesiredUser, words: str) -> None:
    [failure] = match_users([entry], [live(1, "old@corp.example"), live(2, external_id="hr-9")]).failures
    assert words in failure.detail
    assert ('add the "id"' in failure.detail) is (not entry.id)


def test_law_03_two_entries_that_are_the_same_user_are_in_conflict() -> None:
    again = DesiredUser("ada@corp.example", Place("state.json", 2, "ada"), {"external_id": "hr-1"})
    found = match_users([ADA, again], [live(1)])
    assert found.pairs == []
    assert len(found.failures) == 2
    assert found.disputed == {"u1"}


def test_a_protected_user_who_is_declared_inactive_is_in_conflict_even_if_nothing_would_be_written() -> None:
    declared = DesiredUser("ada@corp.example", Place("", 0, ""), {"external_id": "hr-1", "active": False})
    directory = Directory((live(1)._replace(active=False),))
    plan = plan_directory(Document((declared,)), directory, Policy(protected_users=("ada@*",)))
    assert (plan.unchanged.users, [failure.name for failure in plan.failures]) == (0, ["ada@corp.example"])
    assert plan_directory(Document((declared,)), directory, Policy()).unchanged.users == 1


def test_a_user_out_of_scope_is_in_conflict_even_if_nothing_would_be_written() -> None:
    declared = DesiredUser("ada@corp.example", Place("", 0, ""))
    policy = Policy(scope=make_scope({"external_id_regex": "^staff-"}))
    plan = plan_directory(Document((declared,)), Directory((live(1),)), policy)
    assert (plan.unchanged.users, [failure.name for failure in plan.failures]) == (0, ["ada@corp.example"])


@pytest.mark.parametrize("known", ["both", "externalId", "name"])
def test_p6_the_time_grows_as_the_number_of_users_does(known: str) -> None:
    """Ten times as many took a hundred times as long: for each user, a set of all others was made."""

    def seconds(count: int) -> float:
        declared = [
            DesiredUser(f"user{n}@corp.example", Place("", 0, ""), {"external_id": f"hr-{n}"} if known != "name" else {})
            for n in range(count)
        ]
        users = [LiveUser(f"u{n}", f"{'old' if known == 'externalId' else 'user'}{n}@corp.example", f"hr-{n}") for n in range(count)]
        begin = time.thread_time()
        assert len(match_users(declared, users).pairs) == count
        return time.thread_time() - begin

    assert min(seconds(10_000) for _round in range(2)) < 40 * min(seconds(1_000) for _round in range(3))
