# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports as pages in a real browser: that they are seen, in light and dark, narrow and wide, on paper, and with ten thousand rows."""

from __future__ import annotations

import struct
import typing as t
import zlib
from collections import Counter
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._rendering.page import drift_page, run_page

from ..plugins.module_utils.rendering import samples
from ..plugins.module_utils.rendering.test_markdown import poison
from .chromium import MISSING, Chromium, find

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not find(), reason=MISSING)]

Colour = tuple[int, int, int]

CONTRAST = """(() => {
  const linear = (v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const bright = (colour) => {
    const [r, g, b] = colour.match(/[0-9.]+/g).map((v) => linear(Number(v) / 255));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (colour !== 'rgba(0, 0, 0, 0)') return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const bad = [];
  for (const one of document.querySelectorAll('body *')) {
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    if (one.closest('title, desc')) continue;
    const style = getComputedStyle(one);
    const [a, b] = [bright(one.closest('svg') ? style.fill : style.color), bright(behind(one))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) bad.push(one.tagName + '.' + one.className + ' ' + style.color + ' on ' + behind(one));
  }
  return bad;
})()"""
"""The elements whose text is hard to read: a contrast below 4.5 (WCAG 2.2, AA)."""

UNSEEN = """[...document.querySelectorAll('svg .piece')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width < 1 || box.height < 5;
}).length"""

SMALL = """[...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .filter((one) => !one.closest('svg, dt')).map((one) => one.tagName + '.' + one.className)"""
"""The elements that stick out of the window."""

FORMS: dict[str, tuple[t.Callable[[samples.Told], str], samples.Told]] = {
    "plan": (run_page, samples.run_of(100, dry=True)),
    "run": (run_page, samples.run_of(100, failures=samples.FAILURES)),
    "running": (run_page, samples.under_way()),
    "stopped": (run_page, samples.stopped()),
    "failed": (run_page, samples.run_of(0, operations=[], error="Refused.\n- users: 60 of 800, allowed 40")),
    "nothing": (run_page, samples.run_of(0, operations=[])),
    "drift": (drift_page, samples.drift_of(40)),
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("browser")) as found:
        yield found


def write(folder: Path, text: str) -> Path:
    path = folder / "report.html"
    path.write_text(text)
    return path


def colours(picture: bytes) -> Counter[Colour]:
    """How often each colour is in a PNG of eight bits a channel."""
    width, height, _depth, kind = struct.unpack(">IIBB", picture[16:26])
    size, place, packed = {2: 3, 6: 4}[kind], 8, b""
    while place < len(picture):
        length, name = struct.unpack(">I4s", picture[place : place + 8])
        packed += picture[place + 8 : place + 8 + length] if name == b"IDAT" else b""
        place += length + 12
    raw, stride = zlib.decompress(packed), width * size
    found: Counter[Colour] = Counter()
    above = bytearray(stride)
    for row in range(height):
        line = unfilter(raw[row * (stride + 1)], bytearray(raw[row * (stride + 1) + 1 : (row + 1) * (stride + 1)]), above, size)
        found.update(zip(line[0::size], line[1::size], line[2::size], strict=True))
        above = line
    return found


def unfilter(kind: int, line: bytearray, above: bytearray, size: int) -> bytearray:
    """One row of a PNG as it is (PNG specification, 9.2)."""
    for place in range(len(line)):
        left = line[place - size] if place >= size else 0
        up, corner = above[place], above[place - size] if place >= size else 0
        guess = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]
        line[place] = (line[place] + guess) & 255
    return line


def _paeth(left: int, up: int, corner: int) -> int:
    base = left + up - corner
    return min((left, up, corner), key=lambda one: abs(base - one))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", FORMS)
def test_a_page_is_readable_and_asks_nobody(browser: Chromium, tmp_path: Path, name: str, dark: bool) -> None:
    make, told = FORMS[name]
    path = write(tmp_path, make(told))
    for width in (1280, 360):
        browser.look(path, width=width, dark=dark)
        assert browser.requests() == [path.as_uri()]
        assert browser.complaints() == []
        assert browser.evaluate("document.scripts.length") == 0
        assert browser.evaluate("document.compatMode") == "CSS1Compat"
        assert browser.evaluate("getComputedStyle(document.body).margin") == "0px"
        assert browser.evaluate(CONTRAST) == []
        assert browser.evaluate(SMALL) == []
        assert browser.evaluate(UNSEEN) == 0
        assert browser.evaluate("document.documentElement.scrollWidth") == width
        assert browser.evaluate("[...document.querySelectorAll('h1')].map((one) => one.innerText).join()")


def test_the_picture_is_light_or_dark_and_has_the_chart_in_it(browser: Chromium, tmp_path: Path) -> None:
    path = write(tmp_path, run_page(samples.run_of(100, dry=True)))
    seen = {}
    for dark in (False, True):
        browser.look(path, width=500, height=2000, dark=dark)
        seen[dark] = colours(browser.picture("figure"))
    light, night = (found.most_common(1)[0][0] for found in (seen[False], seen[True]))
    assert min(light) > 200
    assert max(night) < 60
    # Gains, changes and removals, as the style sheet has them, over at least a bar's area.
    for dark, tones in ((False, (0x0A5EC2, 0x8A5300, 0xB4231A)), (True, (0x6CB2FF, 0xE6B04A, 0xFF8B80))):
        for tone in tones:
            assert seen[dark][tone >> 16, tone >> 8 & 255, tone & 255] > 200


def test_ten_thousand_rows_are_shown_at_once_and_unfolded_on_demand(browser: Chromium, tmp_path: Path) -> None:
    path = write(tmp_path, run_page(samples.run_of(10_000)))
    browser.look(path)
    assert browser.evaluate("document.querySelectorAll('.rows > li').length") > 5_000
    assert browser.evaluate("document.querySelectorAll('details[open]').length") < browser.evaluate(
        "document.querySelectorAll('details').length"
    )
    folded = browser.evaluate("document.documentElement.scrollHeight")
    assert folded < 6_000
    browser.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert browser.evaluate("document.documentElement.scrollHeight") > 20 * folded
    assert len(browser.picture()) > 5_000
    assert browser.requests() == [path.as_uri()]


def test_ten_thousand_rows_of_drift(browser: Chromium, tmp_path: Path) -> None:
    path = write(tmp_path, drift_page(samples.drift_of(10_000)))
    browser.look(path, width=360)
    assert browser.evaluate("document.querySelectorAll('.rows > li').length") >= 10_000
    assert browser.evaluate("document.documentElement.scrollWidth") == 360


def test_paper_shows_what_the_window_folds(browser: Chromium, tmp_path: Path) -> None:
    path = write(tmp_path, run_page(samples.run_of(100, dry=True)))
    browser.look(path)
    paper = browser.paper()
    assert paper.startswith(b"%PDF-")
    browser.look(path, media="print", width=700)
    assert browser.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    folded = "document.querySelector('details:not([open]) li').checkVisibility()"
    assert browser.evaluate(folded) is True
    browser.look(path)
    assert browser.evaluate(folded) is False


@pytest.mark.parametrize("text", samples.HARM, ids=repr)
def test_r10_nothing_that_others_wrote_runs_or_loads(browser: Chromium, tmp_path: Path, text: str) -> None:
    for make, told in (FORMS["stopped"], FORMS["drift"]):
        path = write(tmp_path, make(poison(told, text)))
        browser.look(path, width=360)
        assert browser.requests() == [path.as_uri()]
        assert browser.complaints() == []
        assert browser.evaluate("document.images.length + document.scripts.length + document.styleSheets.length") == 1
        assert browser.evaluate("getComputedStyle(document.body).display") == "block"
        assert browser.evaluate("document.documentElement.scrollWidth") == 360
