# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R1 and R5: whatever is wrong with the source or the listing, nobody is removed by mistake: 0 writes of any kind."""

from __future__ import annotations

import typing as t

import pytest

from .bad_sources import BAD, FILES, LIES, nine_files
from .conftest import Company, State


@pytest.fixture
def filled(company: Company) -> Company:
    """200 people in 10 groups, on pages of 50 so that listings have something to lie about."""
    company.fill(200, 10)
    return company


def refused(company: Company, answer: dict[str, t.Any], *words: str) -> None:
    """The run failed, sent no write at all, changed nothing, and said these words."""
    assert answer["failed"]
    assert answer["changed"] is False
    assert answer["writes"] == []
    assert company.sandbox.journal.mutations == []
    for word in words:
        assert word in answer["msg"], answer["msg"]


@pytest.mark.parametrize("check", [True, False], ids=["check", "run"])
@pytest.mark.parametrize(("spoil", "words"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_r1_f56_f57_a_bad_source_is_stopped_by_the_brake(
    filled: Company, spoil: t.Callable[[State], State], words: list[str], check: bool
) -> None:
    state = spoil(filled.state)
    answer = filled.apply(state, check=check, prune_users="delete", prune_groups="delete" if "groups" in state else "none")
    refused(filled, answer, *words)
    if "no users are declared" not in words:
        assert "allow_removals_over_limit" in answer["msg"]


def test_r1_f56_creates_and_updates_are_held_back_too(filled: Company) -> None:
    users = [*filled.state["users"][:100], {"user_name": "new@corp.example"}]
    users[0]["department"] = "Moved"
    refused(filled, filled.apply({"users": users}, prune_users="delete"))


@pytest.mark.parametrize("gone", [9, 10])
def test_r1_up_to_the_threshold_it_passes(filled: Company, gone: int) -> None:
    answer = filled.apply({"users": filled.state["users"][: 200 - gone]}, prune_users="delete")
    assert "failed" not in answer
    assert len(answer["writes"]) == gone


def test_r1_the_override_passes_and_says_so(filled: Company) -> None:
    answer = filled.apply({"users": filled.state["users"][:150]}, prune_users="delete", allow_removals_over_limit=True)
    assert len(answer["writes"]) == 50
    assert any("allow_removals_over_limit" in str(warning) for warning in answer["warnings"])


@pytest.mark.parametrize(("content", "words"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
@pytest.mark.parametrize("override", [False, True])
def test_f45_one_broken_file_of_nine_stops_all_before_any_request(filled: Company, content: bytes, words: str, override: bool) -> None:
    paths, broken = nine_files(filled, content)
    answer = filled.apply(src=paths, allow_removals_over_limit=override, prune_users="delete")
    refused(filled, answer, broken, words)
    assert answer["reads"] == []


def test_f46_one_unreadable_file_of_nine_stops_all_before_any_request(filled: Company) -> None:
    paths = [filled.write({"users": filled.state["users"][number::9]}, f"people-{number}.json") for number in range(9)]
    answer = filled.apply(src=[*paths, str(filled.folder / "gone.json")], prune_users="delete")
    refused(filled, answer, "gone.json")
    assert answer["reads"] == []


@pytest.mark.parametrize("override", [False, True])
def test_law_04_empty_lists_never_prune(filled: Company, override: bool) -> None:
    answer = filled.run("scim_directory", users=[], groups=[], prune_users="delete", allow_removals_over_limit=override)
    refused(filled, answer, "would hit all 201 users in scope")


@pytest.mark.parametrize(("match", "fault", "stops"), [case[1:] for case in LIES], ids=[case[0] for case in LIES])
def test_r5_f36_to_f44_a_lying_listing_removes_nobody_who_is_declared(
    filled: Company, match: dict[str, t.Any], fault: dict[str, t.Any], stops: bool | None
) -> None:
    """`stops`: whether a plan with one rightful removal must be refused; None = either is right as long as nobody is harmed."""
    leaver = filled.state["users"].pop(0)
    filled.sandbox.faults.add(match, fault)
    answer = filled.apply({"users": filled.state["users"]}, prune_users="delete", page_size=50)
    removed = [one for one in filled.sandbox.journal.mutations if one["verb"] == "delete"]
    created = [one for one in filled.sandbox.journal.mutations if one["verb"] == "create"]
    stolen = {one["name"] for entry in filled.sandbox.journal for one in entry.mutations if "by" in one}
    assert {one["name"] for one in created} <= stolen
    assert {one["name"] for one in removed} <= {leaver["user_name"]}
    if stops is not None:
        assert bool(answer.get("failed")) is stops, answer.get("msg")
    if answer.get("failed"):
        assert removed == []
        assert answer["writes"] == []


@pytest.mark.parametrize("gone", [{"state": "absent"}, {"active": False}], ids=["absent", "inactive"])
@pytest.mark.parametrize("override", [False, True])
def test_f58_a_protected_user_declared_away_refuses_the_whole_plan(filled: Company, gone: dict[str, t.Any], override: bool) -> None:
    """The break-glass admin goes by another case in the file, and the rest of the plan is as it should be."""
    users = [*filled.state["users"], {"user_name": "new@corp.example"}, {"user_name": "ADMIN@corp.example", **gone}]
    answer = filled.apply({"users": users}, allow_removals_over_limit=override)
    refused(filled, answer, "users[201]", "protected")
    assert answer["reads"] == []


@pytest.mark.parametrize("mode", ["delete", "disable"])
def test_f58_pruning_passes_by_whom_it_must_not_touch(filled: Company, mode: str) -> None:
    kept = filled.state["users"][0]["user_name"]
    answer = filled.apply({"users": filled.state["users"][2:]}, prune_users=mode, protected_users=["admin@*", kept.upper()])
    assert "failed" not in answer, answer.get("msg")
    assert {one["name"] for one in filled.sandbox.journal.mutations} == {filled.state["users"][1]["user_name"]}
    assert kept in str(answer["protected"])
    assert filled.user(kept)["active"]


def test_f59_what_nobody_claims_is_left_alone(filled: Company) -> None:
    """Undeclared users and groups without pruning, and with it those outside of scope and Zscaler's own: no write names one of them."""
    filled.sandbox.seed(
        users=[{"userName": "local@other.example", "department": "Local", "groups": ["Zscaler Global Administrators", "Dynamic"]}],
        groups=[{"displayName": "Theirs"}],
    )
    declared = {"users": filled.state["users"][:150], "groups": filled.state["groups"][:5]}
    assert filled.apply(declared)["changed"] is False
    assert filled.sandbox.journal.writes == []
    scope = {"user_name_suffixes": ["@corp.example"], "group_name_regex": "^(?!Theirs|Dynamic)"}
    fewer = {"users": filled.state["users"][:195], "groups": [{"display_name": one["display_name"]} for one in filled.state["groups"][:8]]}
    answer = filled.apply(fewer, prune_users="delete", prune_groups="delete", scope=scope, allow_removals_over_limit=True)
    assert "failed" not in answer, answer.get("msg")
    touched = {one["name"] for one in filled.sandbox.journal.mutations}
    pruned = filled.state["users"][195:] + filled.state["groups"][8:]
    assert {one.get("user_name") or one["display_name"] for one in pruned} <= touched
    assert not touched & {"local@other.example", "Theirs", "Dynamic", "Zscaler Global Administrators"}
    assert filled.user("local@other.example")["department"] == "Local"
    assert filled.members("Zscaler Global Administrators") == ["local@other.example"]
