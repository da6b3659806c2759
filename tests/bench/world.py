# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""State files: they declare just the people that a sandbox invents for the same numbers. Made once, by another process, in build/bench."""

from __future__ import annotations

import csv
import functools
import hashlib
import json
import subprocess
import sys
import typing as t
from pathlib import Path

from .service import REPOSITORY

FOLDER = REPOSITORY / "build" / "bench"
EVERY = 100
"""One user of so many drifts."""

Entry = dict[str, t.Any]
State = dict[str, list[Entry]]


def state_file(users: int, groups: int = 0, *, groups_per_user: int = 10, form: str = "json", drifted: bool = False) -> Path:
    """The path of a file that declares the crowd of these numbers, each user with its groups; `drifted`: one user of a hundred differs."""
    name = f"{users}-{groups}-{groups_per_user}{'-drifted' if drifted else ''}-{_edition()}.{form}"
    path = FOLDER / name
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        wishes = [str(path), str(users), str(groups), str(groups_per_user), form, "drifted" if drifted else ""]
        subprocess.run([sys.executable, "-m", "tests.bench.world", *wishes], cwd=REPOSITORY, check=True)
    return path


@functools.cache
def _edition() -> str:
    """Changes with the code that makes the files, so that none is taken for a newer one."""
    sources = (Path(__file__), REPOSITORY / "tests" / "sandbox" / "seed.py")
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]


def declare(crowd: dict[str, list[Entry]]) -> State:
    """The state that declares what the sandbox invented."""
    groups_of: dict[str, list[str]] = {user["userName"]: [] for user in crowd["users"]}
    for group in crowd["groups"]:
        for name in group["members"]:
            groups_of[name].append(group["displayName"])
    users = []
    for user in crowd["users"]:
        entry = {
            "user_name": user["userName"],
            "external_id": user["externalId"],
            "display_name": user["displayName"],
            "given_name": user["name"]["givenName"],
            "family_name": user["name"]["familyName"],
            "department": user["department"],
            "active": user["active"],
        }
        users.append({**entry, "groups": groups_of[user["userName"]]} if crowd["groups"] else entry)
    groups = [{"display_name": group["displayName"], "external_id": group["externalId"]} for group in crowd["groups"]]
    return {"users": users, "groups": groups} if groups else {"users": users}


def drift(state: State) -> State:
    """The same with one user of a hundred changed: by turns another department, another group, gone, and new."""
    users: list[Entry] = []
    for number, user in enumerate(state["users"]):
        turn = number // EVERY % 4 if number % EVERY == 0 else -1
        if turn == 0:
            users.append({**user, "department": "Elsewhere"})
        elif turn == 1:
            users.append({**user, "groups": user["groups"][1:]})
        elif turn != 2:
            users.append(user)
        if turn == 3:
            users.append({**user, "user_name": f"new.{user['user_name']}", "external_id": f"new-{user['external_id']}"})
    return {**state, "users": users}


def least_writes(before: State, after: State, members_per_request: int) -> int:
    """The least writes that lead from one state to another: one for each user who is new, changed or disabled, and for each group as
    many as its memberships need. Who is disabled keeps his groups."""
    old = {user["user_name"]: user for user in before["users"]}
    new = {user["user_name"]: user for user in after["users"]}
    groups = {group["display_name"] for group in after["groups"]} - {group["display_name"] for group in before["groups"]}
    changed = sum(name in old and _plain(old[name]) != _plain(new[name]) for name in new)
    moves: dict[str, int] = {}
    for name in new:
        for group in set(old.get(name, {}).get("groups", ())) ^ set(new[name].get("groups", ())):
            moves[group] = moves.get(group, 0) + 1
    patches = sum(-(-count // members_per_request) for count in moves.values())
    return len(groups) + len(new.keys() - old.keys()) + len(old.keys() - new.keys()) + changed + patches


def _plain(user: Entry) -> Entry:
    return {name: value for name, value in user.items() if name != "groups"}


def write(path: Path, state: State, form: str) -> None:
    """The state as JSON, CSV or YAML."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        if form == "json":
            json.dump(state, stream)
        elif form == "csv":
            rows = csv.writer(stream, lineterminator="\n")
            rows.writerow(state["users"][0])
            for user in state["users"]:
                rows.writerow([_cell(value) for value in user.values()])
        else:
            stream.write("users:\n")
            for user in state["users"]:
                lines = [f"{name}: {json.dumps(value)}" for name, value in user.items()]
                stream.write("  - " + "\n    ".join(lines) + "\n")


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ";".join(value) if isinstance(value, list) else str(value)


def main() -> None:
    """Write one file; memory that this takes must not count for what is measured."""
    from ..sandbox.seed import crowd

    path, users, groups, groups_per_user, form, drifted = sys.argv[1:]
    state = declare(crowd(int(users), int(groups), groups_per_user=int(groups_per_user)))
    part = Path(path + ".part")
    write(part, drift(state) if drifted else state, form)
    part.rename(path)


if __name__ == "__main__":
    main()
