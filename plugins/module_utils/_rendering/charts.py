# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bar charts as SVG within the page, in lengths that follow its width. Pure."""

from __future__ import annotations

import typing as t

from .elements import element, escape

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from .sheet import Bar, Chart

STEP = 44
"""Pixels from one bar to the next: a line of words, and the bar below it."""

THICK = 14
LABEL = 44
"""So many characters of a label are shown; the whole name is in the list below."""

LEAST = 0.6
"""Percent of the width that even the smallest piece has, so that it is seen."""


def draw_chart(chart: Chart, anchor: str) -> str:
    """The figure. Whoever cannot see it is read its title and each bar in words."""
    scale = max((sum(value for value, _tone in row.pieces) for row in chart.bars), default=0) or 1
    height = STEP * len(chart.bars)
    told = "; ".join(f"{_label(row)}: {row.told}" for row in chart.bars)
    names = f"{anchor}-title {anchor}-told"
    inner = [
        element("title", escape(chart.title), id=f"{anchor}-title"),
        element("desc", escape(told), id=f"{anchor}-told"),
        *(drawn for place, row in enumerate(chart.bars) for drawn in _draw_bar(row, place * STEP, scale)),
    ]
    drawing = element("svg", "".join(inner), class_="chart", role="img", aria_labelledby=names, width="100%", height=str(height))
    more = element("p", escape(chart.more), class_="soft") if chart.more else ""
    caption = element("figcaption", f"{element('h2', escape(chart.title))}{_legend(chart)}")
    return element("figure", f"{caption}{drawing}{more}", class_="card figure")


def _label(row: Bar) -> str:
    text = row.label.text
    return text if len(text) <= LABEL else f"{text[: LABEL - 3]}..."


def _draw_bar(row: Bar, top: int, scale: int) -> Iterator[str]:
    """The words, a track, and the pieces one after the other."""
    # A picture in the picture, so that a long name ends where it would run into the numbers.
    label = element("text", escape(_label(row)), class_="label", x="0", y="14")
    yield element("svg", label, x="0", y=str(top), width="68%", height="19")
    yield element("text", escape(row.short or row.told), class_="told", x="100%", y=str(top + 14), text_anchor="end")
    middle = top + 22
    yield element("rect", "", class_="track", x="0", y=str(middle), width="100%", height=str(THICK), rx="3")
    start = 0.0
    for value, tone in row.pieces:
        width = max(100 * value / scale, LEAST) if value else 0.0
        if width:
            place = {"x": f"{min(start, 100 - width):.2f}%", "width": f"{width:.2f}%"}
            yield element("rect", "", class_=f"piece {tone}", y=str(middle), height=str(THICK), rx="3", **place)
        start += width


def _legend(chart: Chart) -> str:
    """A word for each tone that needs one."""
    if not chart.legend:
        return ""
    items = (element("li", f"{element('span', '', class_=f'swatch {tone}')}{escape(title)}") for tone, title in chart.legend)
    return element("ul", "".join(items), class_="legend")
