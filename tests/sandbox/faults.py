# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fault script: which request gets which fault. Seeded, so the same requests in the same order get the same faults.

A rule is `{"match": {...}, "fault": {"kind": ..., options}, "times": n}`. The first rule that fits a request gives its
fault; `times` (0 = for ever) says how often a rule may do so. KINDS lists the faults and their options.
"""

from __future__ import annotations

import random
import threading
import typing as t
from dataclasses import dataclass, field

Json = dict[str, t.Any]


@dataclass(frozen=True)
class Kind:
    """One kind of fault: is the request carried out, who acts (the `wire` or the `service`), its options."""

    carried_out: bool
    actor: str
    options: Json
    meaning: str


KINDS: dict[str, Kind] = {
    "status": Kind(
        False,
        "wire",
        {"status": 503, "headers": {}, "body": None, "retry_after": None, "retry_date": None},
        "refused with this status; `body` is JSON or text",
    ),
    "commit_then_status": Kind(
        True, "wire", {"status": 503, "headers": {}, "body": None, "retry_after": None, "retry_date": None}, "done, then this status"
    ),
    "hang": Kind(False, "wire", {"seconds": 60}, "no answer, then the connection closes"),
    "commit_then_hang": Kind(True, "wire", {"seconds": 60}, "the same after it was done"),
    "close": Kind(False, "wire", {}, "the connection closes without an answer"),
    "reset": Kind(False, "wire", {}, "TCP reset without an answer"),
    "commit_then_reset": Kind(True, "wire", {}, "done, then TCP reset"),
    "half_body": Kind(True, "wire", {}, "done; headers and half of the body, then TCP reset"),
    "short_body": Kind(True, "wire", {}, "done; half of what Content-Length says, then an orderly close"),
    "close_idle": Kind(True, "wire", {}, "a whole answer, then the connection closes unannounced"),
    "html": Kind(False, "wire", {"status": 200}, "a log-in page in HTML"),
    "huge": Kind(False, "wire", {"bytes": 1024**3}, "a JSON text of so many bytes"),
    "gzip_bomb": Kind(False, "wire", {"bytes": 1024**3}, "the same, gzip-compressed"),
    "drip": Kind(True, "wire", {"part": "body", "seconds": 1.0}, "one byte each so many seconds, of the `headers` or the `body`"),
    "redirect": Kind(False, "wire", {"to": "https://elsewhere.example/", "status": 302}, "a redirect"),
    "broken_json": Kind(True, "wire", {}, "done; the body is cut, its length is right"),
    "content_type": Kind(True, "wire", {"value": "text/plain"}, "done; another Content-Type"),
    "empty_body": Kind(True, "wire", {}, "done; no body"),
    "foreign_links": Kind(True, "wire", {"to": "https://elsewhere.example"}, "done; links in the body have another origin"),
    "ignored_write": Kind(True, "service", {}, "acknowledged and not done (F49)"),
    "half_then_status": Kind(True, "service", {"status": 500}, "half of the members, or of a bulk's operations, then this status (F50)"),
    "delete_first": Kind(True, "service", {}, "the addressed resource is deleted behind the client's back (F29)"),
    "short_page": Kind(True, "service", {"size": 10}, "at most so many resources on the page (F36)"),
    "empty_page": Kind(True, "service", {}, "no resources, the total unchanged (F37)"),
    "wrong_total": Kind(
        True, "service", {"total": None, "delta": 0, "page": False}, "totalResults is this, off by this, or the page's size (F38)"
    ),
    "overlap": Kind(True, "service", {"items": 1}, "the page repeats so many of the page before (F40)"),
    "skip": Kind(True, "service", {"items": 1}, "the page leaves out its first so many resources (F41)"),
    "delete_while_paging": Kind(True, "service", {"items": 1}, "after the page its first so many are deleted (F39, F41)"),
    "add_while_paging": Kind(True, "service", {"items": 1}, "after the page so many are created (F39)"),
    "start_index_ignored": Kind(True, "service", {}, "page 1 whatever was asked (F42)"),
    "count_ignored": Kind(True, "service", {"size": 5000}, "up to so many resources whatever was asked (F43)"),
    "empty_listing": Kind(True, "service", {}, "nobody, and a total of 0 (F44)"),
    "bulk_lie": Kind(
        True,
        "service",
        {"lie": "missing", "items": 1},
        "done; of so many operations the answer is `missing`, `doubled`, `foreign` (unknown bulkId), without status (`no_status`), of the "
        "last one's location (`one_location`), or `rubbish`; or the first two are `swapped`, all are `reversed`, or are `not_a_list`",
    ),
}
"""`retry_after` is sent as it is; `retry_date` is so many seconds from now as an HTTP date."""
MATCH_KEYS = frozenset({"method", "route", "resource", "filtered", "contains", "nth", "every", "first", "probability", "bulk"})


@dataclass(frozen=True)
class Fault:
    """One fault for one request."""

    kind: str
    options: Json = field(default_factory=dict)

    @property
    def carried_out(self) -> bool:
        """Whether the service does what it was asked."""
        return KINDS[self.kind].carried_out

    @property
    def actor(self) -> str:
        """Who acts it out: `wire` or `service`."""
        return KINDS[self.kind].actor

    def __getitem__(self, option: str) -> t.Any:
        return {**KINDS[self.kind].options, **self.options}[option]


class Subject(t.NamedTuple):
    """What a rule can look at."""

    method: str
    route: str
    resource: str
    filtered: bool
    text: str
    bulk: bool = False
    """Whether it is an operation inside a bulk request."""


class Rule:
    """One rule with its counters. Raises ValueError if it is not well formed."""

    def __init__(self, source: Json, chance: random.Random) -> None:
        self.source = source
        self._match: Json = dict(source.get("match") or {})
        self.fault = _fault(source.get("fault"))
        self._times = int(source.get("times", 0))
        self._chance = chance
        self.seen = 0
        self.given = 0
        unknown = {*source} - {"match", "fault", "times"} | ({*self._match} - MATCH_KEYS)
        if unknown:
            raise ValueError(f"a fault rule does not know {', '.join(sorted(unknown))}")

    def fits(self, subject: Subject) -> bool:
        """Whether this request gets the fault; counts the request either way."""
        if not self._describes(subject) or (self._times and self.given >= self._times):
            return False
        self.seen += 1
        if not self._is_due():
            return False
        self.given += 1
        return True

    def _describes(self, subject: Subject) -> bool:
        match = self._match
        methods = match.get("method", subject.method)
        return (
            subject.method in ([methods] if isinstance(methods, str) else methods)
            and match.get("route", subject.route) == subject.route
            and match.get("resource", subject.resource) == subject.resource
            and match.get("filtered", subject.filtered) == subject.filtered
            and match.get("contains", "") in subject.text
            and match.get("bulk", False) == subject.bulk
        )

    def _is_due(self) -> bool:
        nth = self._match.get("nth")
        if nth is not None and self.seen not in ([nth] if isinstance(nth, int) else nth):
            return False
        if self.seen > self._match.get("first", self.seen) or self.seen % self._match.get("every", 1):
            return False
        return "probability" not in self._match or self._chance.random() < self._match["probability"]


class FaultScript:
    """The rules in force. Safe for many threads."""

    def __init__(self, rules: t.Iterable[Json] = (), *, seed: int = 1) -> None:
        self._lock = threading.Lock()
        self.set(rules, seed=seed)

    def set(self, rules: t.Iterable[Json], *, seed: int = 1) -> None:
        """Puts these rules in force in place of all others, counters at zero. Raises ValueError."""
        # One source of chance for each rule: adding a rule must not change what the others do.
        new = [Rule(dict(rule), random.Random(f"{seed}:{number}")) for number, rule in enumerate(rules)]
        with self._lock:
            self.seed, self._rules = seed, new

    def add(self, match: Json, fault: Json, times: int = 0) -> None:
        """Puts one more rule in force."""
        with self._lock:
            chance = random.Random(f"{self.seed}:{len(self._rules)}")
            self._rules.append(Rule({"match": match, "fault": fault, "times": times}, chance))

    def clear(self) -> None:
        """No faults any more."""
        self.set([], seed=self.seed)

    def choose(self, subject: Subject) -> Fault | None:
        """The fault for this request, None for none."""
        with self._lock:
            return next((rule.fault for rule in self._rules if rule.fits(subject)), None)

    def as_json(self) -> Json:
        """The rules with how often each was looked at and gave its fault."""
        with self._lock:
            return {"seed": self.seed, "rules": [{**rule.source, "seen": rule.seen, "given": rule.given} for rule in self._rules]}


def _fault(source: t.Any) -> Fault:
    if not isinstance(source, dict) or source.get("kind") not in KINDS:
        raise ValueError(f"a fault needs a kind, one of {', '.join(KINDS)}")
    options = {name: value for name, value in source.items() if name != "kind"}
    unknown = options.keys() - KINDS[source["kind"]].options.keys()
    if unknown:
        raise ValueError(f"the fault {source['kind']} does not know {', '.join(sorted(unknown))}")
    return Fault(source["kind"], options)


def table() -> list[str]:
    """The kinds of faults as rows of a Markdown table."""
    rows = ["| kind | done? | options and defaults | meaning |", "| --- | --- | --- | --- |"]
    for name, kind in KINDS.items():
        options = ", ".join(f"`{option}`: {_shown(value)}" for option, value in kind.options.items()) or "-"
        rows.append(f"| `{name}` | {'yes' if kind.carried_out else 'no'} | {options} | {kind.meaning} |")
    return rows


def _shown(value: t.Any) -> str:
    if value is None or value == {}:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
