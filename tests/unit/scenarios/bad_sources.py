# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be wrong with a source or a listing so that people would be removed by mistake (R1, R5)."""

from __future__ import annotations

import copy
import typing as t

from .conftest import Company, State


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

FILES = [
    ("b32 empty", b"", "empty"),
    ("f45 header only", b"user_name,department\n", "declares nobody"),
    ("f45 truncated json", b'{"users": [{"user_name": "ada@corp.ex', "line 1"),
    ("no entries", b'{"users": []}', "declares nobody"),
    ("a git conflict", b"users:\n<<<<<<< HEAD\n  - user_name: a@corp.example\n=======\n", ":2"),
]


def nine_files(company: Company, content: bytes) -> tuple[list[str], str]:
    """The company's people in nine files, the seventh of which has this content; the paths, and the name of that file."""
    paths = [company.write({"users": company.state["users"][number::9]}, f"people-{number}.json") for number in range(9)]
    suffix = {b"u": ".csv", b"{": ".json"}.get(content[:1], ".yml") if content[:6] != b"users:" else ".yml"
    broken = company.folder / f"people-6{suffix}"
    broken.write_bytes(content)
    paths[6] = str(broken)
    return paths, broken.name


USERS_PAGE = {"method": "GET", "route": "/Users", "filtered": False}
LIES: list[tuple[str, dict[str, t.Any], dict[str, t.Any], bool | None]] = [
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
"""The last value: whether a plan with one rightful removal must be refused; None = either is right as long as nobody is harmed."""
