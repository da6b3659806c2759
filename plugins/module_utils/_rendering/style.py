# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The style sheet of a page: light and dark, narrow and wide, and on paper. Pure."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --ground: #f3f5f8; --card: #ffffff; --ink: #14181f; --soft: #4d5765; --line: #d7dde5; --track: #e9edf2;
  --gain: #0a5ec2; --change: #8a5300; --removal: #b4231a; --done: #12703d; --quiet: #5a6472; --open: #98a4b3;
  --gain-wash: #e8f1fc; --change-wash: #fbf1de; --removal-wash: #fcebe9; --done-wash: #e5f5ec; --quiet-wash: #eceff3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1217; --card: #171c23; --ink: #e8ecf1; --soft: #a6b0bd; --line: #2c3540; --track: #252d37;
    --gain: #6cb2ff; --change: #e6b04a; --removal: #ff8b80; --done: #5fcf92; --quiet: #a6b0bd; --open: #66727f;
    --gain-wash: #14273d; --change-wash: #33270f; --removal-wash: #3a1b19; --done-wash: #12301f; --quiet-wash: #232a33;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.25rem; padding-bottom: 1.25rem; }
.eyebrow { margin: 0 0 .35rem; color: var(--soft); font-size: .875rem; }
h1 { margin: 0 0 1.1rem; font-size: clamp(1.6rem, 1.1rem + 2.2vw, 2.4rem); line-height: 1.15; letter-spacing: -.015em; font-weight: 680;
  text-wrap: balance; }
header h1::before { content: ""; display: inline-block; width: .52em; height: .52em; margin-right: .42em; border-radius: 50%;
  background: var(--tone); vertical-align: .1em; print-color-adjust: exact; }
.gain { --tone: var(--gain); --wash: var(--gain-wash); }
.change { --tone: var(--change); --wash: var(--change-wash); }
.removal, .trouble { --tone: var(--removal); --wash: var(--removal-wash); }
.warning { --tone: var(--change); --wash: var(--change-wash); }
.done { --tone: var(--done); --wash: var(--done-wash); }
.quiet { --tone: var(--quiet); --wash: var(--quiet-wash); }
.open { --tone: var(--open); --wash: var(--quiet-wash); }
dl { margin: 0; }
dd { margin: 0; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: .8rem 2rem; }
.facts dt { color: var(--soft); font-size: .8125rem; }
.facts dd { font-size: .9375rem; font-variant-numeric: tabular-nums; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem; margin: 1.4rem 0 0; padding: 0; }
nav a { display: inline-block; padding: .3rem .75rem; border: 1px solid var(--line); border-radius: 6px; background: var(--card);
  color: inherit; text-decoration: none; font-size: .9375rem; }
nav a:hover { border-color: var(--soft); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--gain); outline-offset: 2px; border-radius: 6px; }
.count { color: var(--soft); font-variant-numeric: tabular-nums; font-weight: 400; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem 1.4rem; margin: 0 0 1.1rem; }
.notice { background: var(--wash); border-color: var(--tone); }
h2 { margin: 0 0 .6rem; font-size: 1.1875rem; line-height: 1.3; font-weight: 640; }
.notice h2 { font-size: 1.0625rem; }
.overview { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 1.1rem; align-items: start;
  margin-bottom: 1.1rem; }
.overview .card { margin: 0; min-width: 0; }
figcaption { margin-bottom: .4rem; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin: 0; padding: 0; color: var(--soft);
  font-size: .875rem; }
.swatch { display: inline-block; width: .8em; height: .8em; margin-right: .45em; border-radius: 2px; background: var(--tone);
  print-color-adjust: exact; }
.chart { display: block; overflow: hidden; }
.chart text { fill: var(--ink); font-size: 14px; }
.chart .told { font-variant-numeric: tabular-nums; font-weight: 600; }
.chart .track { fill: var(--track); }
.chart .piece { fill: var(--tone); print-color-adjust: exact; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9375rem; overflow-wrap: normal; }
caption { text-align: left; font-size: 1.1875rem; font-weight: 640; padding-bottom: .6rem; }
th, td { padding: .45rem .5rem; text-align: right; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 500; font-size: .8125rem; vertical-align: bottom; line-height: 1.25; }
tbody th { text-align: left; font-weight: 560; padding-left: 0; }
td:last-child, th:last-child { padding-right: 0; }
tbody tr:last-child > * { border-bottom: 0; }
.none { color: var(--soft); }
.list h2::before { content: ""; display: inline-block; width: .5em; height: .5em; margin-right: .5em; border-radius: 2px;
  background: var(--tone); vertical-align: .12em; print-color-adjust: exact; }
.soft { color: var(--soft); margin: 0 0 .6rem; }
section > .rows > li { padding-left: 0; }
section > .rows:first-of-type > li:first-child { border-top: 0; }
details { border-top: 1px solid var(--line); }
details:first-of-type { border-top: 0; }
summary { display: flex; align-items: baseline; gap: .6rem; padding: .55rem 0; cursor: pointer; font-weight: 560; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::before { content: ""; flex: none; width: .45em; height: .45em; border: solid var(--soft); border-width: 0 2px 2px 0;
  transform: rotate(-45deg) translate(-1px, -1px); }
details[open] > summary::before { transform: rotate(45deg) translate(-2px, -2px); }
.rows { list-style: none; margin: 0; padding: 0; content-visibility: auto; contain-intrinsic-size: auto 3400px; }
.notice .rows, .rows:only-of-type { content-visibility: visible; }
.rows > li { padding: .32rem 0 .32rem 1.15rem; border-top: 1px solid color-mix(in srgb, var(--line) 55%, transparent); }
.notice .rows > li { padding-left: 0; border: 0; }
.rows b { font-weight: 600; }
del { color: var(--soft); text-decoration-thickness: 1px; }
ins { text-decoration: none; font-weight: 600; }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .875em; }
i { color: var(--soft); }
.sided { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.1fr); gap: .2rem 1.6rem; }
.sided dl, .sided.head > div + div { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 0 1.2rem;
  font-size: .9375rem; }
.sided dt { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.sided.head { padding: 0 0 .3rem 1.15rem; color: var(--soft); }
.sided.head span { font-size: .8125rem; }
.names { display: flex; gap: .6rem; font-size: .9375rem; }
.names > span { flex: none; color: var(--soft); min-width: 3.6rem; }
.names ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0 1rem; margin: 0; padding: 0; }
footer { padding-top: .6rem; padding-bottom: 2.5rem; color: var(--soft); font-size: .875rem; }
@media (max-width: 56rem) {
  .overview { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 40rem) {
  header, main, footer { padding-left: 1rem; padding-right: 1rem; }
  .card { padding: 1rem; border-radius: 8px; }
  table { font-size: .875rem; }
  th, td { padding: .45rem .25rem; }
  thead th { font-size: .75rem; }
  .sided { grid-template-columns: minmax(0, 1fr); gap: .1rem; }
  .sided.head { display: none; }
  .sided dl { grid-auto-flow: row; }
  .sided dl > div { display: flex; gap: .6rem; }
  .sided dt { position: static; flex: none; width: 6rem; height: auto; clip-path: none; color: var(--soft); }
  .rows > li { padding-left: 0; }
}
@media print {
  @page { margin: 14mm; }
  :root { --ground: #ffffff; --card: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb; --track: #eeeeee;
    --gain: #0a5ec2; --change: #8a5300; --removal: #b4231a; --done: #12703d; --quiet: #5a6472; --open: #98a4b3;
    --gain-wash: #ffffff; --change-wash: #ffffff; --removal-wash: #ffffff; --done-wash: #ffffff; --quiet-wash: #ffffff; }
  html { font-size: 10pt; }
  body { font-size: 1rem; }
  th, td { padding: .25rem .3rem; }
  .chart text { font-size: 12px; }
  header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  nav { display: none; }
  .facts { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .5rem 1.2rem; }
  .card { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: .6rem 0; }
  .overview { grid-template-columns: minmax(0, 1fr) minmax(0, 1.2fr); gap: 2rem; }
  .rows { content-visibility: visible; contain-intrinsic-size: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary::before { display: none; }
  h1, h2, summary, thead, .soft, .sided.head { break-after: avoid; }
  .rows > li, figure, tr { break-inside: avoid; }
}
"""
