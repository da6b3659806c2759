# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report of drift says: Git, Entra and Zscaler One side by side. Pure."""

from __future__ import annotations

import typing as t

from .._wording import and_list
from .run_sheet import list_texts
from .sheet import (
    Bar,
    Chart,
    Fold,
    Notice,
    Part,
    Row,
    Section,
    Sheet,
    Table,
    and_more,
    counted,
    given,
    join,
    list_rows,
    moment,
    number,
    verbal,
    word,
)

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .sheet import Text

    Told = Mapping[str, t.Any]

MARKER = "scimops.zscaler_one.scim_drift_info"
SIDES = (("declared", "git", "Git"), ("entra", "entra", "Entra"), ("zscaler", "zscaler", "Zscaler One"))

CATEGORIES = {
    "missing": ("Missing", "Declared, and not at Zscaler One.", "removal"),
    "extra": ("Extra", "At Zscaler One, and declared absent or in no file.", "gain"),
    "disabled_by_hand": ("Disabled by hand", "Wanted active in Git or Entra, and disabled at Zscaler One.", "removal"),
    "extra_member": ("Extra members", "Groups with members at Zscaler One whom Git, or else Entra, does not give them.", "gain"),
    "missing_member": ("Missing members", "Groups that lack members at Zscaler One whom Git, or else Entra, gives them.", "removal"),
    "differs": ("Differs", "There, with other values than declared.", "change"),
    "assigned_not_provisioned": ("Assigned, not provisioned", "Assigned in Entra, and not at Zscaler One.", "removal"),
    "provisioned_not_assigned": ("Provisioned, not assigned", "At Zscaler One, and not assigned in Entra.", "gain"),
}
"""What each category is called, what it means, and whether something is missing or too much, in the order of the report."""

KINDS = {"user": "Users", "group": "Groups"}

CHARTED = 20
"""So many groups have a bar."""


def describe_drift(told: Told) -> Sheet:
    """The sheet of a comparison."""
    found = told.get("drift") or []
    title, tone = _verdict(told)
    by_group = _group_chart(told.get("groups") or [])
    chart = by_group if by_group.bars else _category_chart(told)
    charts = [chart] if chart.bars else []
    return Sheet(MARKER, title, tone, _facts(told), [*_notices(told)], _table(told), charts, [*_sections(told, found)])


def _verdict(told: Told) -> tuple[str, str]:
    summary = told.get("summary") or {}
    users, groups = (sum(int(count) for count in (summary.get(name) or {}).values()) for name in ("users", "groups"))
    if users or groups:
        return f"Drift: {counted(users, 'user')}, {counted(groups, 'group')}", "trouble"
    if not told.get("in_sync"):
        return "Not known to be in sync", "trouble"
    return "In sync", "done"


def _facts(told: Told) -> list[tuple[str, Text]]:
    facts: list[tuple[str, Text]] = []
    for title, name in (("Tenant", "tenant"), ("Application", "application"), ("As of", "time")):
        if told.get(name):
            facts.append((title, (moment(told[name]) if name == "time" else given("data", told[name]),)))
    sources = told.get("sources") or {}
    compared = and_list([title for _column, source, title in SIDES if sources.get(source)])
    facts.append(("Compared", (word(compared or "nothing"), *_compared(told.get("compared") or {}))))
    entra = told.get("entra") or {}
    if entra:
        told_of: list[Text] = [(word("job "), given("data", entra["job"])) if entra.get("job") else (word("no job"),)]
        if entra.get("scope"):
            told_of.append((word("scope "), given("data", entra["scope"])))
        told_of += [(word(counted(int(entra[name]), name[:-1])),) for name in ("users", "groups") if name in entra]
        facts.append(("Entra", join(told_of)))
    return facts


def _compared(counts: Told) -> Text:
    if not counts:
        return ()
    users, groups = (counted(int(counts.get(name, 0)), name[:-1]) for name in ("users", "groups"))
    return (word(f": {users}, {groups}"),)


def _notices(told: Told) -> Iterator[Notice]:
    if told.get("listing") == "suspect":
        why = "So who is missing at Zscaler One is not told here, and the comparison is not complete; the warnings say why."
        yield Notice("trouble", "The listing of Zscaler One contradicts itself", [Row((word(why),))])


def _categories(told: Told) -> list[str]:
    """All categories, those that this version does not know last."""
    summary = told.get("summary") or {}
    others = {str(name) for kind in ("users", "groups") for name in (summary.get(kind) or {})} - CATEGORIES.keys()
    return [*CATEGORIES, *sorted(others)]


def _counts(told: Told, category: str) -> tuple[int, int]:
    summary = told.get("summary") or {}
    users, groups = (int((summary.get(kind) or {}).get(category, 0)) for kind in ("users", "groups"))
    return users, groups


def _title(category: str) -> str:
    return CATEGORIES[category][0] if category in CATEGORIES else "Something else"


def _tone(category: str) -> str:
    return CATEGORIES[category][2] if category in CATEGORIES else "change"


def _table(told: Told) -> Table:
    rows = [(_title(one), _counts(told, one)) for one in _categories(told)]
    return Table("Drift by category", ("Users", "Groups"), rows)


def _category_chart(told: Told) -> Chart:
    bars = []
    for one in _categories(told):
        users, groups = _counts(told, one)
        if users or groups:
            bars.append(Bar(word(_title(one)), ((users + groups, _tone(one)),), number(users + groups)))
    return Chart("Drift by category", bars)


def _group_chart(groups: Sequence[Told]) -> Chart:
    """Members that are missing, and members too many, of each group; the groups come the largest first."""
    bars = []
    for one in groups[:CHARTED]:
        missing, extra = int(one.get("missing", 0)), int(one.get("extra", 0))
        signs = [f"{sign}{number(count)}" for count, sign in ((missing, "-"), (extra, "+")) if count]
        words = [f"{number(count)} {what}" for count, what in ((missing, "missing"), (extra, "extra")) if count]
        bars.append(Bar(given("name", one.get("name", "")), ((missing, "removal"), (extra, "gain")), ", ".join(words), " ".join(signs)))
    more = and_more(len(groups) - len(bars), "group") if len(groups) > CHARTED else ""
    return Chart("Members that are missing or extra, by group", bars, (("removal", "missing (-)"), ("gain", "extra (+)")), more)


def _sections(told: Told, found: Sequence[Told]) -> Iterator[Section]:
    """One for each category in which somebody is."""
    sorts: dict[str, dict[str, list[Row]]] = {}
    counts: dict[tuple[str, str], int] = {}
    for one in found:
        category, kind = str(one.get("category", "")), str(one.get("kind", ""))
        category = category if category in CATEGORIES else ""
        kind = kind if kind in KINDS else "user"
        sorts.setdefault(category, {}).setdefault(kind, []).extend(_rows(told, one))
        counts[category, kind] = counts.get((category, kind), 0) + 1
    for category in (*CATEGORIES, ""):
        kinds = sorts.get(category) or {}
        folds = [Fold(title, counts[category, kind], kinds[kind]) for kind, title in KINDS.items() if kind in kinds]
        if folds:
            note = CATEGORIES[category][1] if category else ""
            yield Section(category or "other", _title(category), _tone(category), folds, note)
    yield from list_texts(told, "warnings", "Warnings", "warning")


def _rows(told: Told, one: Told) -> Iterator[Row]:
    """One person or group; several rows where many members are to be named."""
    text: list[Part] = [given("name", one.get("name", ""))]
    if one.get("reason"):
        text += [word(": "), given("data", one["reason"])]
    values = [_values(name, value) for name, value in (one.get("attributes") or {}).items()]
    if values:
        text += [word(". "), *join(values)]
    if one.get("source"):
        text += [word(", declared in "), given("place", one["source"])]
    sources = told.get("sources") or {}
    sides = tuple((title, given("data", one.get(name))) for name, source, title in SIDES if sources.get(source, True))
    lists = [("missing", one.get("missing_members") or []), ("extra", one.get("members") or [])]
    for place, row in enumerate(list_rows(tuple(text), lists)):
        yield row if place else row._replace(sides=sides)


def _values(name: str, value: object) -> Text:
    """An attribute as it is, and as it is declared."""
    sides = value if isinstance(value, dict) else {}
    return (verbal(name), word(" "), given("old", sides.get("zscaler")), word(" instead of "), given("new", sides.get("declared")))
