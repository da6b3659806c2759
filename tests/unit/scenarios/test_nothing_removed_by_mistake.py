# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R1 and R5: whatever is wrong with the source or the listing, nobody is removed by mistake: 0 writes of any kind."""

from __future__ import annotations

import copy
import typing as t

import pytest

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


def thinned(state: State) -> State:
    changed = copy.deepcopy(state)
    for group in changed["groups"]:
        group["members"] = group["members"][: len(group["members"]) * 93 // 100]
    return changed


def emptied_group(state: State) -> State:
    changed = copy.deepcopy(state)
    changed["groups"][3]["members"] = []
    return changed


def moved(state: State) -> State:
    changed = copy.deepcopy(state)
    for user in changed["users"]:
        user["user_name"] = user["user_name"].replace("@corp.example", "@other.example")
        del user["external_id"]
    return {"users": changed["users"]}


BAD = [
    ("half of the people", lambda state: {"users": state["users"][:100]}, ["users: 100 of 200 would be removed, 10 are allowed"]),
    ("all but eleven", lambda state: {"users": state["users"][:-11]}, ["users: 11 of 200 would be removed, 10 are allowed"]),
    ("all userNames in another domain", moved, ["users: 200 of 200 would be removed", "and 180 more"]),
    ("one big group emptied", emptied_group, ["members of group Research 4", "would be removed"]),
    ("all groups thinned a little", thinned, ["members of all groups", "would be removed"]),
    (
        "half of the groups",
        lambda state: {"users": state["users"], "groups": [{"display_name": group["display_name"]} for group in state["groups"][:3]]},
        ["groups: 7 of 10 would be removed, 5 are allowed"],
    ),
    (
        "everybody declared inactive",
        lambda state: {"users": [{**user, "active": False} for user in state["users"]]},
        ["users: 200 of 200 would be removed"],
    ),
    (
        "everybody declared absent",
        lambda state: {"users": [{"user_name": user["user_name"], "state": "absent"} for user in state["users"]]},
        ["no users are declared", "would hit all 200 users"],
    ),
]


@pytest.mark.parametrize("check", [True, False], ids=["check", "run"])
@pytest.mark.parametrize(("spoil", "words"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_r1_a_bad_source_is_stopped_by_the_brake(filled: Company, spoil: t.Callable[[State], State], words: list[str], check: bool) -> None:
    state = spoil(filled.state)
    answer = filled.apply(state, check=check, prune_users="delete", prune_groups="delete" if "groups" in state else "none")
    refused(filled, answer, *words)
    if "no users are declared" not in words:
        assert "allow_removals_over_limit" in answer["msg"]


def test_r1_creates_and_updates_are_held_back_too(filled: Company) -> None:
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


FILES = [
    ("b32 empty", b"", "empty"),
    ("f45 header only", b"user_name,department\n", "declares nobody"),
    ("f45 truncated json", b'{"users": [{"user_name": "ada@corp.ex', "line 1"),
    ("no entries", b'{"users": []}', "declares nobody"),
    ("a git conflict", b"users:\n<<<<<<< HEAD\n  - user_name: a@corp.example\n=======\n", ":2"),
]


@pytest.mark.parametrize(("content", "words"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
@pytest.mark.parametrize("override", [False, True])
def test_f45_one_broken_file_of_nine_stops_all_before_any_request(filled: Company, content: bytes, words: str, override: bool) -> None:
    paths = []
    for number in range(9):
        share = {"users": filled.state["users"][number::9]}
        paths.append(filled.write(share, f"people-{number}.json"))
    suffix = {b"u": ".csv", b"{": ".json"}.get(content[:1], ".yml") if content[:6] != b"users:" else ".yml"
    broken = filled.folder / f"people-6{suffix}"
    broken.write_bytes(content)
    paths[6] = str(broken)
    answer = filled.apply(src=paths, allow_removals_over_limit=override, prune_users="delete")
    refused(filled, answer, f"people-6{suffix}", words)
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


USERS_PAGE = {"method": "GET", "route": "/Users", "filtered": False}
LIES = [
    ("f36 a short page, honestly", {**USERS_PAGE, "nth": 2}, {"kind": "short_page", "size": 7}, False),
    ("f37 an empty page too early", {**USERS_PAGE, "nth": [2, 3, 4, 5, 6, 7, 8, 9]}, {"kind": "empty_page"}, True),
    ("f38 a total too low", USERS_PAGE, {"kind": "wrong_total", "delta": -60}, None),
    ("f38 a total too high", USERS_PAGE, {"kind": "wrong_total", "delta": 30}, True),
    ("f38 the total is the page's size", USERS_PAGE, {"kind": "wrong_total", "page": True}, None),
    ("f39 people leave while paging", USERS_PAGE, {"kind": "delete_while_paging", "items": 1}, None),
    ("f40 the same user on two pages", {**USERS_PAGE, "nth": [2, 4, 6, 8, 10, 12]}, {"kind": "overlap", "items": 3}, True),
    ("f41 users left out", {**USERS_PAGE, "every": 2}, {"kind": "skip", "items": 12}, True),
    ("f42 page one for ever", USERS_PAGE, {"kind": "start_index_ignored"}, True),
    ("f43 the count is ignored", USERS_PAGE, {"kind": "count_ignored"}, False),
    ("f44 nobody", USERS_PAGE, {"kind": "empty_listing"}, None),
]


@pytest.mark.parametrize(("match", "fault", "stops"), [case[1:] for case in LIES], ids=[case[0] for case in LIES])
def test_r5_a_lying_listing_removes_nobody_who_is_declared(
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
