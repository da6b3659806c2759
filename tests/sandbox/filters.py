# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SCIM filters (RFC 7644 section 3.4.2.2): text to a tree, and the tree against a resource. Pure."""

from __future__ import annotations

import datetime
import json
import re
import typing as t
from dataclasses import dataclass

from .errors import ScimError
from .names import fold

if t.TYPE_CHECKING:
    from .store import Json

OPERATORS = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr")
EXACT = ("id", "externalId", "value", "$ref", "meta")
TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[()\[\]]|[^\s()\[\]]+)')
PATH = re.compile(r"^(?:(?P<urn>urn:.+):)?(?P<attribute>[A-Za-z$][\w$-]*)(?:\.(?P<sub>[\w$-]+))?$")
NESTING_LIMIT = 20


class Path(t.NamedTuple):
    """An attribute's address: the schema's URN if it was given, the attribute, the sub-attribute if any."""

    urn: str
    attribute: str
    sub: str

    def key(self) -> str:
        """Lower case without the URN, for comparing with what a service supports."""
        return f"{self.attribute}.{self.sub}".rstrip(".").lower()


@dataclass(frozen=True)
class Compare:
    """`path operator value`; `value` is None for pr."""

    path: Path
    operator: str
    value: t.Any = None


@dataclass(frozen=True)
class Both:
    """`left and right`."""

    left: Node
    right: Node


@dataclass(frozen=True)
class Either:
    """`left or right`."""

    left: Node
    right: Node


@dataclass(frozen=True)
class Negation:
    """`not (inner)`."""

    inner: Node


@dataclass(frozen=True)
class Within:
    """`path[inner]`: one item of a multi-valued attribute fits the inner filter."""

    path: Path
    inner: Node


if t.TYPE_CHECKING:
    Node = t.Union[Compare, Both, Either, Negation, Within]


def _invalid(reason: str) -> ScimError:
    return ScimError(400, f"The filter cannot be understood: {reason}", "invalidFilter")


def parse_path(text: str) -> Path:
    """The address that a text names. Raises ScimError invalidPath."""
    match = PATH.match(text)
    if not match:
        raise ScimError(400, f"{text!r} is not an attribute path", "invalidPath")
    return Path(match["urn"] or "", match["attribute"], match["sub"] or "")


def parse(text: str) -> Node:
    """The tree of a filter. Raises ScimError invalidFilter."""
    reader = _Reader(_tokens(text))
    tree = reader.either()
    if reader.peek():
        raise _invalid(f"{reader.peek()!r} is one word too many")
    return tree


def _tokens(text: str) -> list[str]:
    tokens, place = [], 0
    while text[place:].strip():
        match = TOKEN.match(text, place)
        if not match:
            raise _invalid("a quote is not closed")
        tokens.append(match[1])
        place = match.end()
    return tokens


class _Reader:
    """Recursive descent over the tokens: or binds loosest, then and, then not."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def peek(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token.lower() != wanted):
            raise _invalid(f"{wanted or 'more'} was expected, not {token or 'the end'}")
        self._place += 1
        return token

    def either(self) -> Node:
        self._depth += 1
        if self._depth > NESTING_LIMIT:
            raise _invalid("too many parentheses")
        tree = self.both()
        while self.peek().lower() == "or":
            self.take()
            tree = Either(tree, self.both())
        self._depth -= 1
        return tree

    def both(self) -> Node:
        tree = self.term()
        while self.peek().lower() == "and":
            self.take()
            tree = Both(tree, self.term())
        return tree

    def term(self) -> Node:
        if self.peek().lower() == "not":
            self.take()
            return Negation(self._enclosed("(", ")"))
        if self.peek() == "(":
            return self._enclosed("(", ")")
        path = self._path()
        if self.peek() == "[":
            return Within(path, self._enclosed("[", "]"))
        operator = self.take().lower()
        if operator not in OPERATORS:
            raise _invalid(f"{operator!r} is no operator")
        return Compare(path, operator, None if operator == "pr" else _value(self.take()))

    def _enclosed(self, opening: str, closing: str) -> Node:
        self.take(opening)
        tree = self.either()
        self.take(closing)
        return tree

    def _path(self) -> Path:
        token = self.take()
        try:
            return parse_path(token)
        except ScimError:
            raise _invalid(f"{token!r} is no attribute") from None


def _value(token: str) -> t.Any:
    try:
        return json.loads(token)
    except ValueError:
        # Zscaler's documentation prints values without quotes, so a bare word is a text here.
        if token.startswith('"') or token in ("(", ")", "[", "]"):
            raise _invalid(f"{token} is no value") from None
        return token


def matches(tree: Node, resource: Json, *, case_sensitive: bool = False) -> bool:
    """Whether the resource fits the filter."""
    if isinstance(tree, Both):
        return all(matches(part, resource, case_sensitive=case_sensitive) for part in (tree.left, tree.right))
    if isinstance(tree, Either):
        return any(matches(part, resource, case_sensitive=case_sensitive) for part in (tree.left, tree.right))
    if isinstance(tree, Negation):
        return not matches(tree.inner, resource, case_sensitive=case_sensitive)
    if isinstance(tree, Within):
        items = values_at(tree.path, resource)
        return any(matches(tree.inner, item, case_sensitive=case_sensitive) for item in items if isinstance(item, dict))
    exact = case_sensitive or tree.path.attribute in EXACT
    found = [value["value"] if isinstance(value, dict) and "value" in value else value for value in values_at(tree.path, resource)]
    if tree.operator == "pr":
        return any(value not in (None, "", [], {}) for value in found)
    if tree.operator == "ne":
        return not any(_compare("eq", value, tree.value, exact) for value in found)
    return any(_compare(tree.operator, value, tree.value, exact) for value in found)


def values_at(path: Path, resource: Json) -> list[t.Any]:
    """All values at an address; attribute names are compared in any case."""
    root: t.Any = resource
    if path.urn:
        extension = _get(resource, path.urn)
        root = extension if isinstance(extension, dict) else resource
    found = _flat(_get(root, path.attribute))
    if not path.sub:
        return found
    return [value for item in found if isinstance(item, dict) for value in _flat(_get(item, path.sub))]


def _get(mapping: Json, name: str) -> t.Any:
    if name in mapping:
        return mapping[name]
    wanted = name.lower()
    return next((value for key, value in mapping.items() if key.lower() == wanted), None)


def _flat(value: t.Any) -> list[t.Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _compare(operator: str, left: t.Any, right: t.Any, exact: bool) -> bool:
    if isinstance(left, bool) or isinstance(right, bool) or right is None:
        return operator == "eq" and _as_bool(left) == _as_bool(right)
    if isinstance(left, str) and not isinstance(right, str):
        right = str(right)
    if isinstance(left, str):
        left, right = _comparable(left, right, exact)
    tests: dict[str, t.Callable[[], bool]] = {
        "eq": lambda: bool(left == right),
        "co": lambda: right in left,
        "sw": lambda: bool(left.startswith(right)),
        "ew": lambda: bool(left.endswith(right)),
        "gt": lambda: bool(left > right),
        "ge": lambda: bool(left >= right),
        "lt": lambda: bool(left < right),
        "le": lambda: bool(left <= right),
    }
    try:
        return tests[operator]()
    except (AttributeError, TypeError):
        return False


def _as_bool(value: t.Any) -> t.Any:
    return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value


def _comparable(left: str, right: str, exact: bool) -> tuple[t.Any, t.Any]:
    times = _time(left), _time(right)
    if times[0] and times[1]:
        return times
    return (left, right) if exact else (fold(left), fold(right))


def _time(text: str) -> datetime.datetime | None:
    if len(text) < len("2024-01-01T00:00:00"):
        return None
    try:
        parsed = datetime.datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=datetime.timezone.utc)
