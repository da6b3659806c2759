# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as Markdown, to be the comment on a pull request. Pure.

All that is not ours stands in a code span on a line that begins with words of ours. Neither GitHub nor GitLab looks for markup, mentions,
references or commands there, and no backtick is left in it that could end it.
"""

from __future__ import annotations

import typing as t

from .drift_sheet import describe_drift
from .run_sheet import describe_run
from .sheet import EMPTY, and_more, number

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .sheet import Chart, Fold, Notice, Part, Row, Section, Sheet, Table

LONGEST = 60_000
"""Characters of a whole report at most: GitHub takes 65,536 in a comment."""

RESERVED = 2_000
"""Characters kept for what a section, and each one after it, has to say in any case."""

OPEN = 15
"""So many rows are shown; more are folded."""

REST = "All are in the plan (plan_path), and in a report that ends in .html, .json or .jsonl."


def run_markdown(told: Mapping[str, t.Any]) -> str:
    """The report of a plan or a run."""
    return render(describe_run(told))


def drift_markdown(told: Mapping[str, t.Any]) -> str:
    """The report of a comparison of Git, Entra and Zscaler One."""
    return render(describe_drift(told), "All are in a report that ends in .html or .json.")


def code(text: str) -> str:
    """A code span that shows the text and that nothing in it can end."""
    if not text:
        return f"*{EMPTY}*"
    text = text.replace("`", "\\x60")
    # A space at both ends would be taken away, and one of two alone would not be seen.
    text = f"\\x20{text[1:]}" if text.startswith(" ") else text
    return f"`{text[:-1]}\\x20`" if text.endswith(" ") else f"`{text}`"


def measure(text: str) -> int:
    """The length of a text as the strictest of those count it who limit comments: in units of UTF-16."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def render(sheet: Sheet, rest: str = REST) -> str:
    """The sheet, no longer than a comment may be: whatever does not fit is counted."""
    lines = [f"<!-- {sheet.marker} -->", f"## {sheet.title}", ""]
    for notice in sheet.notices:
        lines += [*_notice(notice), ""]
    lines += [f"- {title}: {_parts(text)}" for title, text in sheet.facts]
    lines.append("")
    if sheet.table is not None:
        lines += [*_table(sheet.table), ""]
    for chart in sheet.charts:
        lines += [*_chart(chart), ""] if chart.bars[0].label.kind != "word" else []
    sections = list(sheet.sections)
    left = LONGEST - measure("\n".join(lines)) - len(rest)
    for place, section in enumerate(sections):
        found = list(_section(section, left - RESERVED * (len(sections) - place - 1), rest))
        left -= measure("\n".join(found)) + 1
        lines += found
    return "\n".join(lines).rstrip() + "\n"


def _part(part: Part) -> str:
    return part.text if part.kind == "word" else code(part.text)


def _parts(parts: Iterable[Part]) -> str:
    return "".join(map(_part, parts))


def _row(row: Row) -> str:
    """One line of a list, with all that stands beside and below in a form of its own."""
    text = f"- {_parts(row.text)}"
    if row.sides:
        text += f" ({'; '.join(f'{title}: {_part(part)}' for title, part in row.sides)})"
    for label, names in row.lists:
        text += f"{'; ' if label else ': '}{label}{': ' if label else ''}{', '.join(map(code, names))}"
    return text


def _notice(notice: Notice) -> Iterator[str]:
    yield f"> **{notice.title}**"
    yield ">"
    rows = notice.rows[:OPEN]
    yield from (f"> {_row(row)}" for row in rows)
    if len(notice.rows) > len(rows):
        yield f"> - {and_more(len(notice.rows) - len(rows), 'line')}"


def _table(table: Table) -> Iterator[str]:
    """The counts; a row of zeros is left out."""
    rows = [(title, counts) for title, counts in table.rows if any(counts)]
    if not rows:
        return
    yield f"| | {' | '.join(table.head)} |"
    yield f"|---{'|--:' * len(table.head)}|"
    for title, counts in rows:
        yield f"| {title} | {' | '.join(number(count) if count else '-' for count in counts)} |"


def _chart(chart: Chart) -> Iterator[str]:
    """A chart as a list: one of names, for one of words tells what the table tells."""
    yield f"**{chart.title}**"
    yield ""
    yield from (f"- {_part(row.label)}: {row.told}" for row in chart.bars)
    if chart.more:
        yield f"- {chart.more}"


def _section(section: Section, room: int, rest: str) -> Iterator[str]:
    """A chapter in so many characters, as far as that is possible."""
    lines = [f"### {section.title}", "", *([section.note, ""] if section.note else [])]
    yield from lines
    room -= sum(len(line) + 1 for line in lines)
    for place, fold in enumerate(section.folds):
        found = list(_fold(fold, room - 300 * (len(section.folds) - place), rest))
        room -= measure("\n".join(found)) + 1
        yield from found


def _fold(fold: Fold, room: int, rest: str) -> Iterator[str]:
    rows, left = _fitting(fold.rows, room)
    title = f"{fold.label or 'All of them'}: {number(fold.things)}"
    if left:
        rows.append(f"- ... {and_more(left, 'line')}. {rest}")
    if len(rows) > OPEN:
        yield from (f"<details><summary>{title}</summary>", "", *rows, "", "</details>", "")
    else:
        yield from (*([f"**{title}**", ""] if fold.label else []), *rows, "")


def _fitting(rows: Sequence[Row], room: int) -> tuple[list[str], int]:
    """As many rows as there is room for, and how many are left out."""
    found: list[str] = []
    for row in rows:
        line = _row(row)
        room -= measure(line) + 1
        if room < 0:
            break
        found.append(line)
    return found, len(rows) - len(found)
