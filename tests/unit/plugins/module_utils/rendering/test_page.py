# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports as pages: well formed, with nothing from outside, no script, and no element or attribute that comes from data."""

from __future__ import annotations

import base64
import collections
import hashlib
import re
import typing as t
from html.parser import HTMLParser

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import shown
from ansible_collections.scimops.zscaler_one.plugins.module_utils._rendering.page import MOST, OPEN, drift_page, run_page
from ansible_collections.scimops.zscaler_one.plugins.module_utils._rendering.sheet import LONGEST
from ansible_collections.scimops.zscaler_one.plugins.module_utils._rendering.style import STYLE
from hypothesis import given
from hypothesis import strategies as some

from . import samples
from .samples import FAILURES, HARM, Told, drift_of, operation, run_of
from .test_markdown import poison

VOID = {"meta", "br", "hr", "img", "link", "input", "base", "source", "area", "embed", "track", "wbr", "col", "param"}
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "footer", "div", "p", "h1", "h2",
    "dl", "dt", "dd", "ul", "li", "a", "span", "b", "i", "del", "ins", "code", "details", "summary",
    "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "svg", "text", "rect", "desc",
}  # fmt: skip
LEADING = {"src", "srcset", "href", "xlink:href", "data", "action", "formaction", "poster", "background", "ping", "style", "http-equiv"}
"""Attributes that can make a browser ask for something, or change how the page looks."""


class Reader(HTMLParser):
    """The elements, each with its attributes, and all text; sees that whatever is opened is closed."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text: list[str] = []
        self.comments: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "title", "desc"):
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


PAGES: dict[str, tuple[t.Callable[[Told], str], Told]] = {
    "plan": (run_page, run_of(30, dry=True)),
    "run": (run_page, run_of(30, failures=FAILURES)),
    "running": (run_page, samples.under_way(30, 9)),
    "stopped": (run_page, samples.stopped(30, 9)),
    "error": (run_page, run_of(0, operations=[], error="a\nb", summary={})),
    "nothing": (run_page, run_of(0, operations=[])),
    "little": (run_page, {}),
    "drift": (drift_page, drift_of()),
    "in sync": (drift_page, drift_of(0)),
    "no drift told": (drift_page, {}),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_asks_nobody_for_anything(name: str) -> None:
    write, told = PAGES[name]
    page = write(told)
    reader = Reader(page)
    assert page.startswith("<!DOCTYPE html>")
    assert {tag for tag, _attributes in reader.elements} <= ALLOWED
    assert reader.comments == []
    for tag, attributes in reader.elements:
        for attribute, value in attributes:
            assert not attribute.startswith("on")
            assert value is not None or (tag, attribute) == ("details", "open")
            if attribute == "href":
                assert tag == "a"
                assert str(value).startswith("#")
            elif attribute == "http-equiv":
                assert (tag, value) == ("meta", "Content-Security-Policy")
            else:
                assert attribute not in LEADING
    ids = [value for _tag, attributes in reader.elements for attribute, value in attributes if attribute == "id"]
    assert len(ids) == len(set(ids))
    links = {value for _tag, attributes in reader.elements for attribute, value in attributes if attribute == "href"}
    assert links <= {f"#{one}" for one in ids}
    assert not re.search(r"url\(|@import|expression|https?:", STYLE)
    assert [tag for tag, _attributes in reader.elements].count("h1") == 1


def test_the_policy_allows_the_one_style_sheet_and_nothing_else() -> None:
    page = run_page(run_of(10))
    policy = re.findall('<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    style = re.findall("<style>(.*?)</style>", page, flags=re.DOTALL)
    assert len(policy) == len(style) == 1
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    assert policy[0] == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert page.index("Content-Security-Policy") < page.index("<style>")


def bones(page: str) -> collections.Counter[tuple[str, tuple[tuple[str, str | None], ...]]]:
    """The elements, whose widths in charts may follow from data, without those that stand for an empty text."""
    reader = Reader(page)
    return collections.Counter(one for one in reader.elements if one[0] not in ("i", "b", "code", "del", "ins"))


@pytest.mark.parametrize("text", HARM, ids=repr)
@pytest.mark.parametrize("name", ["run", "stopped", "drift"])
def test_no_element_and_no_attribute_comes_from_data(name: str, text: str) -> None:
    write, told = PAGES[name]
    page = write(poison(told, text))
    assert {tag for tag, _attributes in Reader(page).elements} <= ALLOWED
    if text.strip() and "\n" not in text:
        assert bones(page) == bones(write(poison(told, "x")))
        cut = text if len(text) <= LONGEST else text[: LONGEST - 3]
        assert shown(cut).strip() in "".join(Reader(page).text)


@given(some.text(min_size=1).filter(str.strip))
def test_any_name_is_read_as_it_is(name: str) -> None:
    operations = [operation("user", "create", name), operation("membership", "add", name, group=name)]
    page = run_page(run_of(0, operations=operations, failures=[{**FAILURES[0], "detail": name, "source": name}]))
    reader = Reader(page)
    assert bones(page) == bones(page.replace("\0", ""))
    assert "".join(reader.text).count(shown(name[:LONGEST] if len(name) > LONGEST else name)) >= 4
    assert {tag for tag, _attributes in reader.elements} <= ALLOWED


def test_what_takes_away_comes_first() -> None:
    page = run_page(run_of(30, failures=FAILURES))
    places = [page.index(f'<section id="{anchor}"') for anchor in ("removals", "failures", "changes", "warnings", "protected")]
    assert places == sorted(places)
    assert "<del>Engineering</del> to <ins>Research</ins>" in run_page(run_of(100))


def test_the_chart_has_a_bar_for_each_sort_and_says_so_in_words() -> None:
    page = run_page(run_of(100))
    told = re.findall('<desc id="chart-1-told">([^<]*)</desc>', page)
    users = "Users created: 30; Users renamed: 2; Users updated: 12; Users enabled: 1; Users deleted: 3; Users disabled: 4"
    assert told == [f"{users}; Groups created: 1; Groups renamed: 1; Memberships added: 43; Memberships removed: 5"]
    assert page.count('class="piece ') == 10
    assert 'role="img" aria-labelledby="chart-1-title chart-1-told"' in page
    widths = [float(width) for width in re.findall('class="piece [a-z]+"[^>]* width="([0-9.]+)%"', page)]
    assert max(widths) == 100
    assert min(widths) == pytest.approx(100 / 43, abs=0.01)


def test_a_stopped_run_shows_what_was_not_done() -> None:
    page = run_page(samples.stopped(100, 40))
    assert "Memberships added: 0 of 43" in page
    assert 'class="piece open"' in page
    assert "These were not tried. The next run does just these." in page
    assert "the run was asked to end (SIGTERM)" in page


def test_drift_has_a_bar_for_each_group() -> None:
    told = drift_of(200)
    page = drift_page(told)
    first = told["groups"][0]
    assert f"{first['name']}: {first['missing']} missing" in page
    assert page.count('class="label"') == 20
    assert f"and {len(told['groups']) - 20} more groups" in page


def test_few_rows_are_open_and_many_are_folded() -> None:
    operations = [operation("user", "delete", f"u{number}") for number in range(OPEN)]
    operations += [operation("user", "create", f"n{number}") for number in range(OPEN + 1)]
    page = run_page(run_of(0, operations=operations, warnings=[], protected=[], unverifiable=[]))
    assert (page.count("<details open>"), page.count("<details>")) == (1, 1)


def test_ten_thousand_rows_are_all_there_in_a_file_of_moderate_size() -> None:
    told = run_of(10_000)
    page = run_page(told)
    assert len(page) < 1_500_000
    text = "\n".join(Reader(page).text)
    assert all(one["name"] in text for one in told["operations"])
    assert page.count('<ul class="rows">') > 50


def test_more_than_a_browser_can_show_is_counted() -> None:
    operations = [operation("user", "create", f"new{number}") for number in range(MOST)]
    operations += [operation("user", "delete", f"gone{number}") for number in range(10)]
    page = run_page(run_of(0, operations=operations))
    assert all(f"<b>gone{number}</b>" in page for number in range(10))
    assert "... and 10 more lines: more than a page can show." in page
