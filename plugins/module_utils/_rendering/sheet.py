# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report says, before it has a form: the sheet that is written as Markdown or as a page. Pure.

Each piece of text is either a word of ours or comes from somebody else (names, values, answers). Only the forms turn these into
markup, and each has one way to do that, so that no name can be taken for markup.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from .._model import shown

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST = 500
"""So many characters of one text are told, of a name or a value."""

MESSAGE = 8_000
"""So many of a message, with all that it lists."""

TOGETHER = 50
"""So many names stand in one row at most."""

EMPTY = "(empty)"

MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d{1,6})?Z", re.ASCII)

ATTRIBUTE = re.compile("[a-z]{1,30}(_[a-z]{1,30}){0,3}")


class Part(t.NamedTuple):
    """A piece of text. `kind` is C(word) for our own words; all others are somebody else's: name, data, old, new."""

    kind: str
    text: str


Text = tuple[Part, ...]


class Row(t.NamedTuple):
    """One line of a list. `sides` are values that stand side by side, `lists` names in a row, made fit by `list_rows`, under a word."""

    text: Text
    sides: tuple[tuple[str, Part], ...] = ()
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Fold(t.NamedTuple):
    """Rows of one sort. `things` is how many they tell of; without a label it is the whole of its section."""

    label: str
    things: int
    rows: Sequence[Row]


class Section(t.NamedTuple):
    """A chapter. `tone` is C(removal), C(trouble), C(gain), C(change) or C(quiet); `note` says what it is."""

    anchor: str
    title: str
    tone: str
    folds: Sequence[Fold]
    note: str = ""


class Bar(t.NamedTuple):
    """One bar of a chart: a label, a piece for each tone, and the same in words; in fewer beside the bar, where there is little room."""

    label: Part
    pieces: tuple[tuple[int, str], ...]
    told: str
    short: str = ""


class Chart(t.NamedTuple):
    """Bars on one scale. `legend` has a word for each tone that needs one, `more` says what is left out."""

    title: str
    bars: Sequence[Bar]
    legend: tuple[tuple[str, str], ...] = ()
    more: str = ""


class Table(t.NamedTuple):
    """Counts: the words above the columns, and the rows, each with its word."""

    caption: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, tuple[int, ...]]]


class Notice(t.NamedTuple):
    """What has to be known before all else."""

    tone: str
    title: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Sheet:
    """A whole report. `marker` names what it is of, for whoever looks for it among other comments."""

    marker: str
    title: str
    tone: str
    facts: Sequence[tuple[str, Text]]
    notices: Sequence[Notice] = ()
    table: Table | None = None
    charts: Sequence[Chart] = ()
    sections: Sequence[Section] = ()


def word(text: str) -> Part:
    """Our own words."""
    return Part("word", text)


def given(kind: str, text: object, most: int = LONGEST) -> Part:
    """Somebody else's text, fit for one line: cut if it is long, and what does not print is escaped."""
    if isinstance(text, bool):
        text = "true" if text else "false"
    plain = "" if text is None else text if isinstance(text, str) else str(text)
    # An escape has up to ten characters for one, so there may be too many again.
    return Part(kind, _cut(shown(_cut(plain, most)), most))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."


def moment(text: object) -> Part:
    """A time in UTC as people read it; anything else as it is."""
    found = MOMENT.fullmatch(str(text))
    return given("data", f"{found[1]} {found[2]} UTC" if found else text)


def quote(text: object) -> list[Row]:
    """A message that may have several lines: one row for each, without the dash that a list in it has."""
    lines = [shown(line.strip().removeprefix("- ")) for line in _cut(str(text), MESSAGE).split("\n")]
    return [Row((given("data", line, MESSAGE),)) for line in _cut("\n".join(lines), MESSAGE).split("\n") if line]


def join(parts: Sequence[Text], between: str = ", ") -> Text:
    """Texts one after the other."""
    joined: list[Part] = []
    for number, one in enumerate(parts):
        joined += [word(between), *one] if number else one
    return tuple(joined)


def list_rows(head: Text, lists: Sequence[tuple[str, Sequence[str]]]) -> Iterator[Row]:
    """Rows with these names under this head, as many as it takes: a group may have a hundred thousand members."""
    fit = [(label, [given("name", name).text for name in names]) for label, names in lists]
    cut = [(label, tuple(names[start : start + TOGETHER])) for label, names in fit for start in range(0, len(names), TOGETHER)]
    if sum(len(names) for _label, names in cut) <= TOGETHER:
        yield Row(head, lists=tuple(cut))
        return
    for number, one in enumerate(cut):
        yield Row((*head, word(" (continued)")) if number else head, lists=(one,))


def number(count: int) -> str:
    """C(1,234)."""
    return f"{count:,}"


def counted(count: int, noun: str) -> str:
    """C(1 change), C(1,234 changes)."""
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"


def verbal(name: str) -> Part:
    """The name of an attribute: ours as a rule, and a word then; anything else is somebody else's."""
    return word(name) if ATTRIBUTE.fullmatch(name) else given("data", name)


def and_more(count: int, noun: str) -> str:
    """C(and 3 more groups)."""
    return f"and {counted(count, f'more {noun}')}"
