# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A company that has drifted from its files: joiners, leavers, changed, disabled and renamed people, groups that are not as declared."""

from __future__ import annotations

import copy
import random
import typing as t
from dataclasses import dataclass

from ansible_collections.scimops.zscaler_one.tests.sandbox.seed import crowd
from ansible_collections.scimops.zscaler_one.tests.unit.scenarios.conftest import State, declare

from .firm import NO_BRAKE

if t.TYPE_CHECKING:
    from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

Seed = dict[str, list[dict[str, t.Any]]]


@dataclass
class Drift:
    """What the tenant has, what the files declare, and the options with which the one becomes the other."""

    seed: Seed
    state: State
    options: dict[str, t.Any]

    def sow(self, sandbox: Sandbox) -> None:
        """Put the company into a sandbox, which forgets all else."""
        sandbox.reset()
        sandbox.seed(**copy.deepcopy(self.seed))


def drift(seed: int, users: int = 40, groups: int = 6, *, renames: bool = True) -> Drift:
    """The same numbers give the same company; about as many writes are needed as it has users."""
    chance = random.Random(seed)
    there = crowd(users, groups, seed, groups_per_user=3)
    state = declare(copy.deepcopy(there))
    names = [user["userName"] for user in there["users"]]
    chance.shuffle(names)
    cut = max(1, users // 10)
    joiners, leavers, moved, off, renamed = (set(names[start * cut : (start + 1) * cut]) for start in range(5))
    there["users"] = [user for user in there["users"] if user["userName"] not in joiners]
    for group in there["groups"]:
        group["members"] = [name for name in group["members"] if name not in joiners]
    lost = there["groups"].pop(chance.randrange(len(there["groups"])))["displayName"]
    if renames:
        there["groups"][0]["displayName"] = f"Old {there['groups'][0]['displayName']}"
    state["users"] = [user for user in state["users"] if user["user_name"] not in leavers]
    new_names = {}
    for user in state["users"]:
        if user["user_name"] in moved:
            user["department"] = "Moved"
        user["active"] = user["user_name"] not in off
        if renames and user["user_name"] in renamed:
            new_names[user["user_name"]] = user["user_name"] = f"new.{user['user_name']}"
    for group in state["groups"]:
        kept = [new_names.get(name.replace("new.", "", 1), name) for name in group["members"] if name not in leavers]
        group["members"] = [name for name in kept if group["display_name"] == lost or chance.random() > 0.1]
    return Drift(there, state, {**NO_BRAKE, "prune_users": "delete", "page_size": 20})
