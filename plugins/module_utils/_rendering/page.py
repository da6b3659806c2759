# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as a page: one file that asks nobody for anything and runs no script. Pure."""

from __future__ import annotations

import base64
import hashlib
import typing as t

from .charts import draw_chart
from .drift_sheet import describe_drift
from .elements import element, escape, write_head, write_parts, write_row, write_rows
from .run_sheet import describe_run
from .sheet import and_more, number
from .style import STYLE

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .sheet import Fold, Notice, Section, Sheet, Table

OPEN = 25
"""A fold of so many rows is open from the start."""

MOST = 50_000
"""Rows of a whole page at most, so that a browser can still show it. The first sections get theirs first."""

NAMES = {
    "scimops.zscaler_one.scim_directory": "Zscaler One directory",
    "scimops.zscaler_one.scim_drift_info": "Zscaler One drift",
}


def run_page(told: Mapping[str, t.Any]) -> str:
    """The report of a plan or a run."""
    return render(describe_run(told))


def drift_page(told: Mapping[str, t.Any]) -> str:
    """The report of a comparison of Git, Entra and Zscaler One."""
    return render(describe_drift(told))


def policy() -> str:
    """What the page may load: nothing but the one style sheet in it, which is known by its hash."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def render(sheet: Sheet) -> str:
    """The whole document."""
    title = escape(sheet.title)
    head = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy()}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"<title>{title} - {NAMES[sheet.marker]}</title>\n<style>{STYLE}</style>\n</head>\n"
    )
    overview = [*(draw_chart(chart, f"chart-{place}") for place, chart in enumerate(sheet.charts, 1))]
    if sheet.table is not None and any(any(counts) for _title, counts in sheet.table.rows):
        overview.insert(0, _table(sheet.table))
    body = [
        _header(sheet, title),
        "<main>",
        *map(_notice, sheet.notices),
        element("div", "\n".join(overview), class_="overview") if overview else "",
        *_sections(sheet),
        "</main>",
        f"<footer>Written by <code>{sheet.marker}</code>. It has the names of people in it: share it as you would share those.</footer>",
    ]
    return f"{head}<body>\n" + "\n".join(one for one in body if one) + "\n</body>\n</html>\n"


def _header(sheet: Sheet, title: str) -> str:
    facts = "".join(f"<div><dt>{escape(name)}</dt><dd>{write_parts(text)}</dd></div>" for name, text in sheet.facts)
    links = "".join(f'<li><a href="#{one.anchor}">{escape(one.title)} {_count(one)}</a></li>' for one in sheet.sections)
    contents = element("nav", f"<ul>{links}</ul>", aria_label="Contents") if links else ""
    inner = f'<p class="eyebrow">{NAMES[sheet.marker]}</p><h1>{title}</h1><dl class="facts">{facts}</dl>{contents}'
    return element("header", inner, class_=sheet.tone)


def _count(section: Section) -> str:
    return element("span", number(sum(fold.things for fold in section.folds)), class_="count")


def _notice(notice: Notice) -> str:
    inner = "\n".join(map(write_row, notice.rows))
    return element("section", f'<h2>{escape(notice.title)}</h2><ul class="rows">{inner}</ul>', class_=f"card notice {notice.tone}")


def _table(table: Table) -> str:
    """The counts; a row of zeros is left out."""
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in table.head)
    rows = [
        f'<tr><th scope="row">{escape(title)}</th>'
        + "".join(f"<td>{number(count)}</td>" if count else '<td class="none">-</td>' for count in counts)
        + "</tr>"
        for title, counts in table.rows
        if any(counts)
    ]
    inner = f"<caption>{escape(table.caption)}</caption><thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return element("div", element("table", inner), class_="card")


def _sections(sheet: Sheet) -> Iterator[str]:
    room = MOST
    for section in sheet.sections:
        inner = [f"<h2>{escape(section.title)} {_count(section)}</h2>"]
        if section.note:
            inner.append(element("p", escape(section.note), class_="soft"))
        for fold in section.folds:
            inner.append(_fold(fold, room))
            room = max(room - len(fold.rows), 0)
        yield element("section", "\n".join(inner), id=section.anchor, class_=f"card list {section.tone}")


def _fold(fold: Fold, room: int) -> str:
    """Rows under a line that says what they are and how many; open if they are few."""
    rows = fold.rows[:room]
    left = len(fold.rows) - len(rows)
    told = write_head(rows) + "".join(write_rows(rows))
    if not fold.label and len(fold.rows) <= OPEN:
        return told
    label = escape(fold.label or "All of them")
    summary = f'<summary><span>{label}</span> <span class="count">{number(fold.things)}</span></summary>'
    more = f"... {and_more(left, 'line')}: more than a page can show. A report that ends in .json or .jsonl has all." if left else ""
    more = element("p", more, class_="soft") if more else ""
    return f"<details{' open' if len(fold.rows) <= OPEN else ''}>{summary}\n{told}{more}</details>"
