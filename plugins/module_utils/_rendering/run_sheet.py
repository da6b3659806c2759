# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report of a plan or a run says. Pure.

C(told) is what the report of that run holds as C(.json). A report that is written before the run is over has besides it C(progress), a
mapping with C(total), C(tried), C(done), C(failed) and C(verifying); C(open), the operations that are not done; C(before) in operations
says what stood there.
"""

from __future__ import annotations

import typing as t

from .._limit import LIFTED
from .operations import count_sorts, list_sections, make_chart, make_table, sort_operations
from .sheet import MESSAGE, Fold, Notice, Part, Row, Section, Sheet, counted, given, join, moment, number, quote, verbal, word

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .operations import Operation
    from .sheet import Text

    Told = Mapping[str, t.Any]

MARKER = "scimops.zscaler_one.scim_directory"
KILLED = (
    "This file is written anew every few seconds while the task runs. If the task is not running any more and this still stands here, "
    "it was killed, and changes that were under way may have been made besides. The next run finds out and does the rest. "
    "A report that ends in .jsonl is exact to the request."
)
UNTRIED = "These were not tried. The next run does just these."


def describe_run(told: Told) -> Sheet:
    """The sheet of a plan, of a run that is over, or of one under way."""
    dry = bool(told.get("check_mode"))
    operations, still = told.get("operations") or [], told.get("open") or []
    title, tone = _verdict(told, dry=dry)
    done, left = sort_operations(operations), sort_operations(still)
    chart_title = "What would change" if dry else "What changes" if told.get("progress") else "What changed"
    chart = make_chart(chart_title, count_sorts(done), count_sorts(left), dry=dry)
    summary = told.get("summary")
    return Sheet(
        MARKER,
        title,
        tone,
        _facts(told, dry=dry),
        [*_notices(told)],
        make_table(_caption(told, dry=dry), summary) if summary else None,
        [chart] if chart.bars else [],
        [*_sections(told, [*list_sections(done, done=not dry)], [*list_sections(left, done=False, later=", not done")])],
    )


def _verdict(told: Told, *, dry: bool) -> tuple[str, str]:
    """The one sentence, and its tone."""
    done, failed = len(told.get("operations") or ()), len(told.get("failures") or ())
    still, progress = len(told.get("open") or ()), told.get("progress")
    if progress:
        return _running(progress), "open"
    if told.get("error"):
        return _failed(told, done, dry=dry), "trouble"
    if told.get("stopped"):
        return f"Stopped early: {number(done)} of {counted(done + failed + still, 'change')} made", "trouble"
    title = f"{'Would make' if dry else 'Made'} {counted(done, 'change')}"
    if failed:
        return f"{title}, {number(failed)} {'cannot be planned' if dry else 'failed'}", "trouble"
    if not done:
        return "Nothing to do", "quiet"
    return title, "change" if dry else "done"


def _failed(told: Told, done: int, *, dry: bool) -> str:
    if done:
        return f"Failed after {counted(done, 'change')}"
    if dry:
        return "Failed, there is no plan"
    return "Failed, no change is known to be made" if told.get("plan_digest") else "Failed, nothing was written"


def _running(progress: Told) -> str:
    done, total, failed = (int(progress.get(name, 0)) for name in ("done", "total", "failed"))
    if not progress.get("tried"):
        return f"Planned, not finished: {counted(total, 'change')} to make"
    rest = f", {number(failed)} failed" if failed else ""
    phase = "being verified" if progress.get("verifying") else "not finished"
    return f"Running, {phase}: {number(done)} of {counted(total, 'change')} made{rest}"


def _caption(told: Told, *, dry: bool) -> str:
    if told.get("progress"):
        return "Counts of what is planned"
    return "Counts of what would be done" if dry else "Counts of what was done"


def _facts(told: Told, *, dry: bool) -> list[tuple[str, Text]]:
    """What identifies the run."""
    facts: list[tuple[str, Text]] = []
    if told.get("tenant"):
        facts.append(("Tenant", (given("data", told["tenant"]),)))
    mode = "check mode, nothing was written" if dry else "a real run"
    facts.append(("Mode", (word(mode),)))
    begun, ended = told.get("begun"), told.get("ended")
    if begun:
        facts.append(("Started", (moment(begun),)))
    if ended:
        facts.append(("As of" if told.get("progress") else "Ended", (moment(ended), *_seconds(told))))
    if told.get("plan_digest"):
        facts.append(("Plan digest", (given("data", told["plan_digest"]),)))
    requests = told.get("requests")
    if requests:
        facts.append(("Requests", _requests(requests)))
    return facts


def _seconds(told: Told) -> Text:
    seconds = told.get("seconds")
    if not isinstance(seconds, (int, float)):
        return ()
    minutes, rest = divmod(round(seconds), 60)
    return (word(f", after {minutes} min {rest} s" if minutes else f", after {seconds:.1f} s"),)


def _requests(requests: Told) -> Text:
    """How many, of which method, and what the service made of them."""
    parts: list[Part] = [word(f"{number(int(requests.get('sent', 0)))} sent")]
    for method, count in sorted((requests.get("by_method") or {}).items()):
        parts += [word(", "), given("data", method), word(f" {number(int(count))}")]
    for name, told in (("retried", "retried"), ("throttled", "throttled")):
        if requests.get(name):
            parts.append(word(f", {number(int(requests[name]))} {told}"))
    if requests.get("waited"):
        parts.append(word(f", {float(requests['waited']):.1f} s waited"))
    return tuple(parts)


def _notices(told: Told) -> Iterator[Notice]:
    """That the brake is lifted, and why it did not go as it should."""
    lifted = [str(one)[len(LIFTED) :] for one in told.get("warnings") or () if str(one).startswith(LIFTED)]
    if lifted:
        yield Notice("trouble", "The removal brake is lifted", [row for one in lifted for row in quote(one)])
    if told.get("progress"):
        yield Notice("open", "Not finished when this was written", [Row((word(KILLED),))])
    if told.get("error"):
        yield Notice("trouble", "The reason", quote(told["error"]))
    if told.get("stopped"):
        left = counted(int(told.get("left") or 0), "step")
        yield Notice(
            "trouble", "Stopped because", [*quote(told["stopped"]), Row((word(f"{left} not tried; the next run does just these."),))]
        )
    if told.get("listing") == "suspect":
        yield Notice(
            "trouble", "The listing of the tenant contradicts itself", [Row((word("So nothing is removed; the warnings say why."),))]
        )


def _sections(told: Told, made: Sequence[Section], left: Sequence[Section]) -> Iterator[Section]:
    """Removals first, then what failed, then the rest."""
    removals = [one for one in (*made, *left) if one.tone == "removal"]
    yield from (one._replace(note=UNTRIED if one in left and told.get("stopped") else one.note) for one in removals)
    yield from _failures(told)
    yield from (
        one._replace(note=UNTRIED if one in left and told.get("stopped") else one.note) for one in (*made, *left) if one.tone == "gain"
    )
    yield from list_texts(told, "warnings", "Warnings", "warning")
    names = [Row((given("name", one),)) for one in told.get("protected") or ()]
    if names:
        fold = Fold("", len(names), names)
        yield Section("protected", "Protected, left alone", "quiet", [fold])
    hidden = [Row((given("name", one),)) for one in told.get("unverifiable") or ()]
    if hidden:
        note = "The service shows these attributes of nobody, so they cannot be compared."
        yield Section("unverifiable", "Not verifiable", "quiet", [Fold("", len(hidden), hidden)], note)


def list_texts(told: Told, name: str, title: str, tone: str) -> Iterator[Section]:
    """A section of messages, one a row."""
    rows = [Row((given("data", " ".join(str(one).split()), MESSAGE),)) for one in told.get(name) or ()]
    if rows:
        yield Section(name, title, tone, [Fold("", len(rows), rows)])


def _failures(told: Told) -> Iterator[Section]:
    rows = [_failure(one) for one in told.get("failures") or ()]
    if rows:
        note = "Everything else goes on without these, and the next run tries them again."
        yield Section("failures", "Failures", "trouble", [Fold("", len(rows), rows)], note)


def _failure(one: Operation) -> Row:
    """Who, what, where it is declared, and the service's words."""
    text = [given("name", one.get("name", "")), word(": "), verbal(str(one.get("verb"))), word(" "), verbal(str(one.get("kind")))]
    if one.get("group"):
        text += [word(" of group "), given("data", one["group"])]
    status = f"{one['status']} " if one.get("status") else ""
    text += [word(": "), given("new", f"{status}{one.get('detail', '')}")]
    where: list[Text] = [(word("declared in "), given("place", one["source"]))] if one.get("source") else []
    where += [(word("request "), given("place", one["request"]))] if one.get("request") else []
    return Row((*text, word(" ("), *join(where), word(")")) if where else tuple(text))
