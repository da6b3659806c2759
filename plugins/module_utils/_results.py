# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each changing module returns besides the common part: the object, as it is after the run. Pure."""

from __future__ import annotations

import typing as t

from ._model import LiveGroup, LiveUser, key
from ._planning.match import match_groups, match_users

if t.TYPE_CHECKING:
    from ._converge import Order, Result
    from ._planning.plan import Step

Answer = dict[str, t.Any]


def user_result(order: Order, result: Result) -> Answer:
    """`user`: the user after the run, in check mode as predicted; empty where there is none."""
    user = order.document.users[0]
    pairs = match_users(order.document.users, result.directory.users).pairs
    live = pairs[0][1] if pairs else LiveUser("", user.name)
    return {"user": _after("user", live, result)}


def group_result(order: Order, result: Result) -> Answer:
    """`group`: the group after the run."""
    group = order.document.groups[0]
    pairs = match_groups(order.document.groups, result.directory.groups).pairs
    live = pairs[0][1] if pairs else LiveGroup("", group.name)
    return {"group": _after("group", live, result)}


def membership_result(order: Order, result: Result) -> Answer:
    """`membership`: the group, and the userNames that came and went."""
    group = order.document.groups[0]
    changes = {verb: [one["name"] for one in result.operations if one["verb"] == verb] for verb in ("add", "remove")}
    membership = {"group": group.display_name, "added": changes["add"], "removed": changes["remove"]}
    return {"membership": membership, "protected": list(result.plan.protected)}


def directory_result(_order: Order, result: Result) -> Answer:
    """What a plan for a whole directory came to."""
    return {
        "protected": list(result.plan.protected),
        "unverifiable": list(result.plan.unverifiable),
        "listing": "suspect" if result.directory.doubts else "complete",
        "stopped": result.stopped,
        "left": result.left,
    }


def _after(kind: str, live: LiveUser | LiveGroup, result: Result) -> Answer:
    """The object with all steps that were carried out upon it."""
    done = {(operation["verb"], key(operation["name"])) for operation in result.operations}
    steps: list[Step] = [step for step in result.plan.object_steps() if step.kind == kind and (step.verb, key(step.name)) in done]
    shown: Answer = live._asdict()
    for step in steps:
        if step.verb == "delete":
            return {}
        shown.update(step.values)
        shown["id"] = result.ids.get((kind, key(step.name)), "") or step.id or None
    # One that was to be created and turned out to be there already was not written, and is there all the same.
    shown["id"] = shown["id"] or result.ids.get((kind, key(live[1])), "") or None
    return shown if live.id or steps or shown["id"] else {}
