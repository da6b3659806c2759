# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""OData's $filter, as far as Graph has it."""

from __future__ import annotations

import datetime
import re
import typing as t

from .answers import GraphError, Json

TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<mark>[(),])|(?P<word>[^\s(),']+))")
COMPARISONS: dict[str, t.Callable[[t.Any, t.Any], bool]] = {
    "eq": lambda left, right: bool(left == right),
    "ne": lambda left, right: bool(left != right),
    "gt": lambda left, right: left is not None and left > right,
    "ge": lambda left, right: left is not None and left >= right,
    "lt": lambda left, right: left is not None and left < right,
    "le": lambda left, right: left is not None and left <= right,
}
FUNCTIONS: dict[str, t.Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": lambda left, right: right in left,
}
Test = t.Callable[[Json], bool]
MOST_ALTERNATIVES = 15
MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)")


def unsupported(detail: str) -> GraphError:
    """400 for a query that the service does not do."""
    return GraphError(400, "Request_UnsupportedQuery", detail)


class Filter:
    """A parsed $filter. `allowed` says which operators work on which property."""

    def __init__(self, text: str, allowed: t.Mapping[str, str], *, case_sensitive: bool = False) -> None:
        self._allowed = allowed
        self._case_sensitive = case_sensitive
        self._tokens = _tokens(text)
        self._next = 0
        self._test = self._either()
        if self._next < len(self._tokens):
            raise GraphError(400, "BadRequest", f"Invalid filter clause: Syntax error at '{self._tokens[self._next]}'.")

    def __call__(self, content: Json) -> bool:
        """Whether an object is what the filter asks for."""
        return self._test(content)

    def _peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def _take(self, wanted: str = "") -> str:
        token = self._peek()
        if not token or (wanted and token != wanted):
            raise GraphError(400, "BadRequest", f"Invalid filter clause: '{wanted or 'a value'}' expected.")
        self._next += 1
        return token

    def _either(self) -> Test:
        tests = [self._all()]
        while self._peek() == "or":
            self._take()
            tests.append(self._all())
        if len(tests) > MOST_ALTERNATIVES:
            text = "Too many child clauses specified in search filter expression containing 'OR' operators: "
            raise unsupported(f"{text}{len(tests)}. Max allowed: {MOST_ALTERNATIVES}.")
        return tests[0] if len(tests) == 1 else lambda content: any(test(content) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._peek() == "and":
            self._take()
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda content: all(test(content) for test in tests)

    def _one(self) -> Test:
        token = self._take()
        if token == "not":
            inner = self._one()
            return lambda content: not inner(content)
        if token == "(":
            test = self._either()
            self._take(")")
            return test
        if token in FUNCTIONS:
            return self._function(token)
        return self._comparison(token)

    def _function(self, name: str) -> Test:
        self._take("(")
        path, lowered = self._path(self._take())
        self._take(",")
        wanted = _literal(self._take())
        self._take(")")
        self._permit(path, name)
        act, fold = FUNCTIONS[name], self._folding(lowered)

        def test(content: Json) -> bool:
            value = dig(content, path)
            values = value if isinstance(value, list) else [value]
            return any(isinstance(one, str) and act(fold(one), fold(str(wanted)) if not lowered else str(wanted)) for one in values)

        return test

    def _path(self, token: str) -> tuple[str, bool]:
        if token != "tolower":
            return token, False
        self._take("(")
        path = self._take()
        self._take(")")
        return path, True

    def _comparison(self, token: str) -> Test:
        path, lowered = self._path(token)
        name = self._take()
        if name not in COMPARISONS:
            raise GraphError(400, "BadRequest", f"Invalid filter clause: operator '{name}' is not known.")
        wanted = _literal(self._take())
        self._permit(path, name)
        act, fold = COMPARISONS[name], self._folding(lowered)

        def test(content: Json) -> bool:
            value = dig(content, path)
            if isinstance(value, str) and isinstance(wanted, str):
                if MOMENT.fullmatch(value) and MOMENT.fullmatch(wanted):
                    return act(_instant(value), _instant(wanted))
                return act(fold(value), fold(wanted) if not lowered else wanted)
            if isinstance(value, list):
                return name == "eq" and wanted in value
            return act(value, wanted) if name in ("eq", "ne") or value.__class__ is wanted.__class__ else False

        return test

    def _folding(self, lowered: bool) -> t.Callable[[str], str]:
        return str.lower if lowered or not self._case_sensitive else str

    def _permit(self, path: str, operator: str) -> None:
        if operator not in self._allowed.get(path, "").split():
            raise unsupported(f"Unsupported or invalid query filter clause specified for property '{path}'.")


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    text = text.strip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if not match:
            raise GraphError(400, "BadRequest", f"Invalid filter clause: There is an unterminated string literal at position {position}.")
        tokens.append(match.group(match.lastgroup or "word"))
        position = match.end()
    return tokens


def _literal(token: str) -> t.Any:
    if token.startswith("'"):
        return token[1:-1].replace("''", "'")
    words = {"true": True, "false": False, "null": None}
    if token in words:
        return words[token]
    # Dates and ids need no quotes and compare as texts; numbers compare as numbers.
    return int(token) if re.fullmatch(r"-?\d+", token) else token


def _instant(text: str) -> tuple[datetime.datetime, str]:
    """A moment that compares as such, whatever fractions and zones were written."""
    match = MOMENT.fullmatch(text)
    if not match:
        raise ValueError(text)
    moment = datetime.datetime.fromisoformat(match[1] + match[3].replace("Z", "+00:00"))
    return moment, (match[2] or "").ljust(9, "0")


def dig(content: Json, path: str) -> t.Any:
    """What is behind `a/b`; None where there is nothing."""
    value: t.Any = content
    for part in path.split("/"):
        value = value.get(part) if isinstance(value, dict) else None
    return value
