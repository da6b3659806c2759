# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations of a plan or a run, sorted and counted for a report. Pure."""

from __future__ import annotations

import typing as t

from .sheet import Bar, Chart, Fold, Row, Section, Table, counted, given, join, list_rows, number, verbal, word

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .sheet import Text

    Operation = Mapping[str, t.Any]
    Sorts = dict[tuple[str, str], list[Operation]]
    Counts = dict[tuple[str, str], int]

KINDS = {"user": "Users", "group": "Groups", "membership": "Memberships"}

REMOVALS = (("user", "delete"), ("user", "disable"), ("group", "delete"), ("membership", "remove"))
CHANGES = (
    ("user", "create"), ("user", "rename"), ("user", "update"), ("user", "enable"),
    ("group", "create"), ("group", "rename"), ("group", "update"), ("membership", "add"),
)  # fmt: skip
"""What there is to do, what takes something away first."""

PAST = {
    "create": "created", "rename": "renamed", "update": "updated", "enable": "enabled", "disable": "disabled", "delete": "deleted",
    "add": "added", "remove": "removed",
}  # fmt: skip
GAINS = ("create", "enable", "add")
COUNTED = {
    "Created, added": ("created", "added"), "Updated": ("updated",), "Renamed": ("renamed",), "Enabled": ("enabled",),
    "Disabled": ("disabled",), "Deleted, removed": ("deleted", "removed"), "Unchanged": ("unchanged",), "Failed": ("failed",),
}  # fmt: skip
"""The rows of the table, and which words of a summary each has."""


def sort_operations(operations: Iterable[Operation]) -> Sorts:
    """The operations of each kind and verb, in the order of reports; those that nobody knows are left out."""
    sorts: Sorts = {sort: [] for sort in (*REMOVALS, *CHANGES)}
    for operation in operations:
        found = sorts.get((operation.get("kind", ""), operation.get("verb", "")))
        if found is not None:
            found.append(operation)
    return {sort: found for sort, found in sorts.items() if found}


def tone_of(verb: str) -> str:
    """How an operation of this verb looks in a report."""
    if verb in ("delete", "disable", "remove"):
        return "removal"
    return "gain" if verb in GAINS else "change"


def count_sorts(sorts: Sorts) -> Counts:
    """How many there are of each."""
    return {sort: len(found) for sort, found in sorts.items()}


def list_sections(sorts: Sorts, *, done: bool, later: str = "") -> Iterator[Section]:
    """The removals, and the rest. `done` says whether they were carried out; `later` is added to the titles of those that were not."""
    for title, verbs in (("Removals", REMOVALS), ("Changes", CHANGES)):
        folds = [_fold(kind, verb, sorts[kind, verb], done=done) for kind, verb in verbs if (kind, verb) in sorts]
        if folds:
            tone = "removal" if verbs is REMOVALS else "gain"
            anchor = f"{title.lower()}{'' if done or not later else '-open'}"
            yield Section(anchor, f"{title}{'' if done else later}", tone, folds)


def _fold(kind: str, verb: str, operations: Sequence[Operation], *, done: bool) -> Fold:
    label = f"{KINDS[kind]} {PAST[verb] if done else f'to {verb}'}"
    rows = list(_by_group(operations)) if kind == "membership" else [_row(verb, one) for one in operations]
    return Fold(label, len(operations), rows)


def _by_group(operations: Sequence[Operation]) -> Iterator[Row]:
    """One row for a group, with all who gain or lose it."""
    groups: dict[str, list[str]] = {}
    for one in operations:
        groups.setdefault(one.get("group", ""), []).append(one.get("name", ""))
    for group, names in groups.items():
        head = (given("name", group), word(f" ({counted(len(names), 'member')})"))
        yield from list_rows(head, [("", sorted(names))])


def _row(verb: str, one: Operation) -> Row:
    """The name, and what is written, with what stands there now where that is known."""
    before, after = one.get("before") or {}, one.get("attributes") or {}
    name = (given("name", one.get("name", "")),)
    if verb == "delete":
        was = before.get("display_name")
        return Row((*name, word(" was "), given("data", was)) if was and was != one.get("name") else name)
    if verb in ("enable", "disable"):
        after = {attribute: value for attribute, value in after.items() if attribute != "active"}
    told = [_value(attribute, value, before) for attribute, value in after.items()]
    return Row((*name, word(": "), *join(told)) if told else name)


def _value(attribute: str, value: object, before: Mapping[str, t.Any]) -> Text:
    if attribute in before:
        return (verbal(attribute), word(" "), given("old", before[attribute]), word(" to "), given("new", value))
    return (verbal(attribute), word(" "), given("new", value))


def make_table(caption: str, summary: Mapping[str, t.Any]) -> Table:
    """The summary of a result."""
    kinds = [summary.get(title.lower()) or {} for title in KINDS.values()]
    rows = [(title, tuple(sum(int(counts.get(name, 0)) for name in words) for counts in kinds)) for title, words in COUNTED.items()]
    return Table(caption, tuple(KINDS.values()), rows)


def make_chart(title: str, done: Counts, still: Counts, *, dry: bool) -> Chart:
    """A bar for each kind and verb: what is done, and what is not."""
    bars = []
    for kind, verb in sorted((*CHANGES, *REMOVALS), key=lambda sort: [*KINDS].index(sort[0])):
        made, left = done.get((kind, verb), 0), still.get((kind, verb), 0)
        if made or left:
            label = word(f"{KINDS[kind]} {f'to {verb}' if dry else PAST[verb]}")
            told = f"{number(made)} of {number(made + left)}" if left else number(made)
            bars.append(Bar(label, ((made, tone_of(verb)), (left, "open")), told))
    return Chart(title, bars, (("open", "not done"),) if still else ())
