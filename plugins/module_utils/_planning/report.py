# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task says about its plan: operations, summary, diff. Pure."""

from __future__ import annotations

import collections
import typing as t

from .._model import key, shown
from .._wording import cut_list

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .._model import Directory
    from .plan import Failure, MemberStep, Plan, Step, Unchanged

Operation = dict[str, t.Any]

DOMAINS = 10
"""How many domains one warning names."""

VERBS = {
    "user": ("users", {"create": "created", "update": "updated", "rename": "renamed", "enable": "enabled"}),
    "group": ("groups", {"create": "created", "update": "updated", "rename": "renamed"}),
    "membership": ("memberships", {"add": "added", "remove": "removed"}),
}
VERBS["user"][1].update(disable="disabled", delete="deleted")
VERBS["group"][1].update(delete="deleted")


def step_operation(step: Step) -> Operation:
    """One write to a user or group, as results, reports and saved plans show it."""
    return {"kind": step.kind, "verb": step.verb, "name": step.name, "attributes": dict(step.values)}


def member_operations(step: MemberStep) -> Iterator[Operation]:
    """One operation for each person that a group gains or loses."""
    for verb, users in (("add", step.add), ("remove", step.remove)):
        for user in users:
            yield {"kind": "membership", "verb": verb, "name": user.name, "group": step.group.name, "attributes": {}}


def list_operations(plan: Plan) -> list[Operation]:
    """All that the plan would do, in the order of writing."""
    return [
        *map(step_operation, (*plan.groups, *plan.users)),
        *(operation for step in plan.member_steps() for operation in member_operations(step)),
        *map(step_operation, (*plan.retire_users, *plan.delete_groups)),
    ]


def summarize(operations: Iterable[Operation], failures: Iterable[Failure], unchanged: Unchanged) -> dict[str, dict[str, int]]:
    """Counts by kind: what was done (or, in check mode, would be), what stays, what failed."""
    summary = {name: dict.fromkeys((*verbs.values(), "unchanged", "failed"), 0) for name, verbs in VERBS.values()}
    for operation in operations:
        name, verbs = VERBS[operation["kind"]]
        summary[name][verbs[operation["verb"]]] += 1
    for failure in failures:
        summary[VERBS[failure.kind][0]]["failed"] += 1
    for name in summary:
        summary[name]["unchanged"] = getattr(unchanged, name)
    return summary


def find_new_domains(plan: Plan, directory: Directory) -> list[str]:
    """One warning, or none: names are about to be taken in domains that nobody in the tenant has, so perhaps mistyped (B59)."""
    wanted = [_domain(step.name) for step in plan.users if step.verb in ("create", "rename")]
    if not wanted or not directory.users:
        return []
    known = {_domain(live.user_name) for live in directory.users}
    counts = collections.Counter(domain for domain in wanted if domain and domain not in known)
    if not counts:
        return []
    named = cut_list([f"{shown(domain)} ({count})" for domain, count in counts.most_common(DOMAINS)], DOMAINS, len(counts))
    what = f"Nobody in the tenant has a userName in these domains yet; so many users are about to get one: {named}"
    return [f"{what}. Zscaler refuses domains that its Support has not registered for the organization."]


def _domain(user_name: str) -> str:
    return key(user_name.rpartition("@")[2])


def describe_failures(failures: Iterable[Failure]) -> list[dict[str, t.Any]]:
    """Each failed object with the place of its declaration, the service's answer, and the request."""
    return [
        {
            "kind": failure.kind,
            "verb": failure.verb,
            "name": failure.name,
            "group": failure.group,
            "source": str(failure.place or ""),
            "status": failure.status,
            "detail": failure.detail,
            "request": failure.request,
        }
        for failure in failures
    ]


def make_diff(plan: Plan) -> list[dict[str, t.Any]]:
    """Before and after of each object that changes, in names; unchanged attributes are left out."""
    pairs = [_step_diff(step) for step in (*plan.groups, *plan.users)]
    pairs += _member_diffs([*plan.member_steps()])
    return pairs + [_step_diff(step) for step in (*plan.retire_users, *plan.delete_groups)]


def _step_diff(step: Step) -> dict[str, t.Any]:
    title = f"{step.kind} {shown(step.name)}"
    name = "user_name" if step.kind == "user" else "display_name"
    before = {attribute: "" if value is None else value for attribute, value in step.before.items()}
    after = dict(step.values)
    if step.verb == "create":
        after = {name: step.name, **after}
    return {"before_header": title, "after_header": title, "before": before, "after": after}


def _member_diffs(steps: Sequence[MemberStep]) -> list[dict[str, t.Any]]:
    """One pair a group, although it may be written in two phases; only the members that come or go."""
    gone: dict[str, list[str]] = {}
    come: dict[str, list[str]] = {}
    for step in steps:
        gone.setdefault(step.group.name, []).extend(user.name for user in step.remove)
        come.setdefault(step.group.name, []).extend(user.name for user in step.add)
    return [
        {
            "before_header": f"members of group {shown(name)} (those that change)",
            "after_header": f"members of group {shown(name)} (those that change)",
            "before": {"members": sorted(gone[name])},
            "after": {"members": sorted(come[name])},
        }
        for name in gone
    ]
