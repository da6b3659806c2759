# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What reports are made of, in the shape in which runs and comparisons tell it: a company of any size, and names that mean harm."""

from __future__ import annotations

import itertools
import typing as t

from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import Failure, Unchanged
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.report import summarize
from ansible_collections.scimops.zscaler_one.plugins.module_utils._rendering.drift_sheet import CATEGORIES

Told = dict[str, t.Any]

GIVEN = ("Ada", "Alan", "Barbara", "Claude", "Donald", "Edsger", "Frances", "Grace", "Hedy", "John", "Katherine", "Radia", "Tony")
FAMILY = ("Allen", "Dijkstra", "Goldberg", "Hamilton", "Hoare", "Hopper", "Johnson", "Knuth", "Lamarr", "Liskov", "Lovelace", "Perlman")
TEAMS = ("Engineering", "Finance", "Legal", "Marketing", "Operations", "Research", "Sales", "Security", "Support", "Contractors EMEA")

HARM = (
    "</details><img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</style><style>*{display:none}</style>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus=alert(1) x='",
    "&lt;b&gt; &amp;amp; &#64;",
    "| a | b |",
    "`code` ``more`` ``` most ```",
    "`" * 100,
    "@everyone and @corp/security",
    "ada@corp.example",
    "#1 corp/repository#2 GH-3 !4",
    "[link](https://evil.example/) ![image](https://evil.example/x.png)",
    "https://evil.example/?q=1",
    "two\nlines\r\n\r\n## heading\n- [ ] task",
    "/close",
    "$`\\alpha`$ $$x$$",
    "<!-- comment --> -->",
    "]]> <![CDATA[ x",
    "~~~\n```suggestion\n",
    "**bold** _em_ ~~gone~~ \\` \\",
    "a\u202eb\u2066c\u200bd\x1b[31mred\x00",
    " ",
    "",
    "\ud800 half a character",
    "x" * 5000,
    "|\\| \\|",
    "{{ lookup('pipe', 'id') }} {% raw %}",
    "Zoë Ødegård 山田太郎 🙂",
)
"""Texts that a service, a file or a person may hold."""


def names() -> t.Iterator[tuple[str, str, str]]:
    """Given name, family name and userName of people without end."""
    for number in itertools.count():
        first, last = GIVEN[number % len(GIVEN)], FAMILY[number // len(GIVEN) % len(FAMILY)]
        turn = number // (len(GIVEN) * len(FAMILY))
        yield first, last, f"{first}.{last}{turn or ''}@corp.example".lower()


def operation(kind: str, verb: str, name: str, **more: t.Any) -> Told:
    return {"kind": kind, "verb": verb, "name": name, "attributes": {}, **more}


def plan_of(size: int) -> list[Told]:
    """About so many operations of every sort, additions to groups most of them."""
    people = names()
    found: list[Told] = [operation("group", "create", "Contractors EMEA"), operation("group", "rename", "Engineering", attributes={})]
    found[1] |= {"attributes": {"display_name": "Engineering"}, "before": {"display_name": "Eng"}}
    for verb, share in (("create", 30), ("update", 12), ("rename", 2), ("enable", 1), ("disable", 4), ("delete", 3)):
        for first, last, name in itertools.islice(people, max(size * share // 100, 1)):
            after: Told = {"display_name": f"{first} {last}", "department": TEAMS[len(found) % 9]} if verb == "create" else {}
            before: Told = {}
            if verb == "update":
                after, before = {"department": TEAMS[len(found) % 9]}, {"department": TEAMS[(len(found) + 4) % 9]}
            elif verb == "rename":
                after, before = {"user_name": name}, {"user_name": name.replace("corp", "old")}
            elif verb == "delete":
                before = {"display_name": f"{first} {last}"}
            found.append(operation("user", verb, name, attributes=after, before=before))
    for verb, share in (("add", 43), ("remove", 5)):
        for number, (_first, _last, name) in enumerate(itertools.islice(names(), max(size * share // 100, 1))):
            found.append(operation("membership", verb, name, group=TEAMS[number * 7 % len(TEAMS)]))
    return found


def summary_of(operations: t.Sequence[Told], failures: t.Sequence[Told]) -> Told:
    failed = [Failure(one["kind"], one["verb"], one["name"], one["detail"]) for one in failures]
    return summarize(operations, failed, Unchanged(4113, 212, 18650))


def failure(name: str, detail: str, **more: t.Any) -> Told:
    usual: Told = {"kind": "user", "verb": "create", "group": "", "source": "state/people.yml:12 (users[3])", "status": 400}
    return {**usual, "name": name, "detail": detail, "request": "POST Users", **more}


FAILURES = [
    failure("grace.hopper@elsewhere.example", "the domain elsewhere.example is not registered"),
    failure("Contractors EMEA", "the member has no account", kind="membership", verb="add", group="Contractors EMEA", status=0, request=""),
]


def run_of(size: int = 100, *, dry: bool = False, failures: t.Sequence[Told] = (), **more: t.Any) -> Told:
    """What a run over so many operations tells."""
    operations = plan_of(size)
    return {
        "format": "scimops.zscaler_one report",
        "version": 1,
        "module": "scimops.zscaler_one.scim_directory",
        "tenant": "https://scim.zscalerone.example/1234567/098/scim",
        "begun": "2026-11-23T06:58:12.114Z",
        "ended": "2026-11-23T06:59:40.902Z",
        "seconds": 88.8,
        "check_mode": dry,
        "changed": bool(operations),
        "summary": summary_of(operations, failures),
        "operations": operations,
        "failures": [*failures],
        "plan_digest": "2f0a4c1e5b7d9380a6c2e4f81b3d5f70928471a3c5e7f90b1d3f5a7c9e0b2d4f",
        "warnings": ["Nobody in the tenant has a userName in these domains yet; so many users are about to get one: new.example (2)."],
        "protected": ["admin@corp.example", "Service Admin"],
        "unverifiable": ["department"],
        "listing": "complete",
        "stopped": "",
        "left": 0,
        "requests": {"sent": 412, "by_method": {"GET": 9, "POST": 190, "PATCH": 213}, "throttled": 2, "retried": 3, "waited": 12.5},
        "error": "",
        **more,
    }


def under_way(size: int = 100, done: int = 40) -> Told:
    """What a run tells in its midst."""
    told = run_of(size)
    operations = told["operations"]
    progress = {"total": len(operations), "tried": done, "done": done, "failed": 0, "verifying": False}
    return {**told, "operations": operations[:done], "open": operations[done:], "progress": progress}


def stopped(size: int = 100, done: int = 40) -> Told:
    """What a run tells that had to end early."""
    told = run_of(size, failures=FAILURES, stopped="the run was asked to end (SIGTERM)", left=12)
    return {**told, "operations": told["operations"][:done], "open": told["operations"][done:]}


def drift_of(size: int = 24, **more: t.Any) -> Told:
    """What a comparison tells that has found so many."""
    people = names()
    found: list[Told] = []
    for number in range(size):
        category = [*CATEGORIES][number * len(CATEGORIES) // size]
        first, last, name = next(people)
        group = category in ("extra_member", "missing_member")
        one: Told = {
            "kind": "group" if group else "user",
            "name": f"{TEAMS[number % 10]} {number}" if group else name,
            "category": category,
        }
        one |= {"declared": "declared", "entra": "assigned by group Engineering", "zscaler": "active", "reason": "", "source": ""}
        one |= {"attributes": {}, "members": [], "missing_members": []}
        if category == "differs":
            values = {"department": {"declared": "Research", "zscaler": "Sales"}}
            one |= {
                "reason": "department is not as declared",
                "attributes": values,
                "source": f"state/people.yml:{number} (users[{number}])",
            }
        elif category == "assigned_not_provisioned":
            reason = "skipped 2026-11-22T23:10:00Z: the user is not in scope (NotEffectivelyEntitled)"
            one |= {"declared": "not declared", "entra": "assigned", "zscaler": "not there", "reason": reason}
        elif category in ("missing", "extra"):
            one |= {"zscaler": "not there"} if category == "missing" else {"declared": "not declared", "entra": "not assigned"}
        elif group:
            lost, extra = (["ada.allen@corp.example"] * (number % 5 + 1), [f"{first}.{last}@corp.example".lower()] * (number % 3))
            one |= {"zscaler": "there", "members": extra, "missing_members": lost, "source": f"state/groups.yml:{number}"}
        found.append(one)
    summary = {kind: dict.fromkeys(CATEGORIES, 0) for kind in ("users", "groups")}
    for one in found:
        summary[f"{one['kind']}s"][one["category"]] += 1
    counts = [(one["name"], len(one["missing_members"]), len(one["members"])) for one in found if one["kind"] == "group"]
    groups = [{"name": name, "missing": missing, "extra": extra} for name, missing, extra in counts]
    return {
        "format": "scimops.zscaler_one.drift",
        "version": 1,
        "time": "2026-11-23T02:00:00Z",
        "tenant": "https://scim.zscalerone.example/1234567/098/scim",
        "application": "Zscaler One",
        "sources": {"git": True, "entra": True, "zscaler": True},
        "entra": {"scope": "assigned", "job": "Active", "users": 812, "groups": 14},
        "listing": "complete",
        "in_sync": not found,
        "compared": {"users": 812, "groups": 15},
        "summary": summary,
        "drift": found,
        "groups": sorted(groups, key=lambda one: (-one["missing"] - one["extra"], one["name"])),
        "warnings": ["Direct SCIM and Entra both write ada.allen@corp.example: choose one of them."],
        **more,
    }
