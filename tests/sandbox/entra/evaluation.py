# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Evaluating expressions against the attributes of one object. Values are texts, booleans, numbers, lists of texts, or None.

Functions that are in the catalogue and not here parse, and fail when they are evaluated. What Microsoft's reference leaves
open is decided here: a null source gives null, Join leaves nulls out, Switch compares exactly.
"""

from __future__ import annotations

import base64
import re
import typing as t
import unicodedata
import uuid

from .expressions import ExpressionError, Node

Value = t.Any
STROKES = str.maketrans("øØłŁđĐ", "oOlLdD") | {ord("ß"): "ss", ord("æ"): "ae", ord("Æ"): "AE"}
"""Letters that Unicode does not take apart."""
NAMED_GROUP = re.compile(r"\(\?<(?=[A-Za-z_])")


class Subject(t.Protocol):
    """What an expression is evaluated against."""

    @property
    def default_domain(self) -> str:
        """The tenant's default domain."""

    def value(self, name: str) -> Value:
        """An attribute, None where it is not set."""


class IgnoreFlow(Exception):
    """The attribute is to be left as it is."""


def evaluate(node: Node | None, subject: Subject) -> Value:
    """The value of an expression. Raises ExpressionError, IgnoreFlow."""
    if node is None:
        return None
    if node.kind == "Attribute":
        value = subject.value(node.name)
        return None if value in ("", []) else value
    if node.kind in ("Constant", "Number"):
        return node.name
    if node.kind == "Compare":
        return _compare(node, subject)
    lazy = LAZY.get(node.name)
    if lazy:
        return lazy(node, subject)
    eager = EAGER.get(node.name)
    if not eager:
        raise ExpressionError(f"The sandbox does not evaluate the function {node.name}.")
    try:
        return eager(*(evaluate(argument, subject) for argument in node.arguments))
    except (TypeError, ValueError, IndexError, re.error) as error:
        raise ExpressionError(f"{node.name} cannot be evaluated: {error}.") from None


def text(value: Value) -> str:
    """A value as text: "True" and "False", lists joined by commas, null as the empty text."""
    if isinstance(value, list):
        return ",".join(text(item) for item in value)
    return "" if value is None else str(value)


def truth(value: Value) -> bool:
    """A value as a truth: true and "true" in any case."""
    return value is True or text(value).strip().lower() in ("true", "1")


def _items(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _each(change: t.Callable[[str], str]) -> t.Callable[..., Value]:
    """A function of one text, which also works on each item of a list; null stays null; further arguments do not count."""

    def function(source: Value, *_more: Value) -> Value:
        if isinstance(source, list):
            return [change(text(item)) for item in source]
        return None if source is None else change(text(source))

    return function


# Functions that do not evaluate all of their arguments, or that look at the object


def _compare(node: Node, subject: Subject) -> bool:
    left, right = (text(evaluate(argument, subject)) for argument in node.arguments)
    if node.name in ("=", "<>"):
        return (left == right) == (node.name == "=")
    try:
        first, second = float(left), float(right)
    except ValueError:
        return False
    return {"<": first < second, "<=": first <= second, ">": first > second, ">=": first >= second}[node.name]


def _iif(node: Node, subject: Subject) -> Value:
    return evaluate(node.arguments[1 if truth(evaluate(node.arguments[0], subject)) else 2], subject)


def _coalesce(node: Node, subject: Subject) -> Value:
    values = (evaluate(argument, subject) for argument in node.arguments)
    return next((value for value in values if value not in (None, "", [])), None)


def _switch(node: Node, subject: Subject) -> Value:
    source = text(evaluate(node.arguments[0], subject))
    pairs = zip(node.arguments[2::2], node.arguments[3::2])
    for key, value in pairs:
        if text(evaluate(key, subject)) == source:
            return evaluate(value, subject)
    return evaluate(node.arguments[1], subject)


def _default_domain(_node: Node, subject: Subject) -> str:
    return subject.default_domain


def _ignore_flow(node: Node, subject: Subject) -> Value:
    value = evaluate(node.arguments[0], subject)
    if value in (None, ""):
        raise IgnoreFlow
    return value


def _replace(node: Node, subject: Subject) -> Value:
    """Replace in its three forms: a text, a pattern, a group of a pattern."""
    given = [evaluate(argument, subject) for argument in node.arguments] + [None] * 7
    source, old, pattern, group, replacement, attribute, template = given[:7]
    if template is not None:
        return text(template).replace(text(old), text(source))
    if source is None:
        return None
    new = text(subject.value(text(attribute)) if attribute is not None else replacement)
    if pattern is None:
        return text(source) if old is None else text(source).replace(text(old), new)
    try:
        found = re.compile(NAMED_GROUP.sub("(?P<", text(pattern)))
        if group is None:
            return found.sub(lambda _match: new, text(source))
        return found.sub(lambda match: _without_group(match, text(group), new), text(source))
    except (re.error, IndexError) as error:
        raise ExpressionError(f"Replace: the pattern {text(pattern)!r} cannot be used: {error}.") from None


def _without_group(match: re.Match[str], group: str, new: str) -> str:
    start, end = match.start(group) - match.start(), match.end(group) - match.start()
    return match[0][:start] + new + match[0][end:] if start >= 0 else match[0]


def _first_unique(node: Node, subject: Subject) -> Value:
    """SelectUniqueValue; the sandbox takes the first rule and does not ask the target."""
    return evaluate(node.arguments[0], subject)


LAZY: dict[str, t.Callable[[Node, Subject], Value]] = {
    "IIF": _iif,
    "Coalesce": _coalesce,
    "Switch": _switch,
    "DefaultDomain": _default_domain,
    "IgnoreFlowIfNullOrEmpty": _ignore_flow,
    "Replace": _replace,
    "SelectUniqueValue": _first_unique,
}


# Functions of values


def _append(source: Value, suffix: Value) -> Value:
    return None if source is None else text(source) + text(suffix)


def _in_str(source: Value, wanted: Value, start: Value = None, compare: Value = None) -> int:
    first, second = text(source), text(wanted)
    if text(compare) == "1":
        first, second = first.lower(), second.lower()
    return first.find(second, int(text(start) or 1) - 1) + 1


def _item(source: Value, index: Value) -> Value:
    items = _items(source)
    place = int(text(index)) - 1
    return items[place] if 0 <= place < len(items) else None


def _join(separator: Value, *sources: Value) -> str:
    return text(separator).join(text(item) for source in sources for item in _items(source) if item not in (None, ""))


def _left(source: Value, count: Value) -> Value:
    return None if source is None else text(source)[: max(0, int(text(count)))]


def _mid(source: Value, start: Value, length: Value) -> Value:
    first = max(0, int(text(start)) - 1)
    return None if source is None else text(source)[first : first + max(0, int(text(length)))]


def _plain_letters(source: str) -> str:
    special = source.translate(STROKES)
    return "".join(letter for letter in unicodedata.normalize("NFD", special) if not unicodedata.combining(letter))


def _proper_case(source: Value, separators: Value = None) -> Value:
    if source is None:
        return None
    marks = re.escape(text(separators) or " ,.!?-")
    return re.sub(rf"[^{marks}]+", lambda match: match[0][:1].upper() + match[0][1:].lower(), text(source))


def _word(source: Value, number: Value, delimiters: Value) -> Value:
    place = int(text(number)) - 1
    words = [word for word in re.split(f"[{re.escape(text(delimiters) or ' ')}]", text(source)) if word]
    return words[place] if 0 <= place < len(words) else ("" if source is not None else None)


def _split(source: Value, delimiter: Value) -> Value:
    return None if source is None else text(source).split(text(delimiter) or None)


def _unique(source: Value) -> Value:
    return list(dict.fromkeys(_items(source)))


def _single_role(assignments: Value) -> Value:
    roles = _items(assignments)
    if len(roles) > 1:
        raise ExpressionError(f"SingleAppRoleAssignment: there are {len(roles)} roles, {text(roles)}; it takes one.")
    return roles[0] if roles else None


EAGER: dict[str, t.Callable[..., Value]] = {
    "Append": _append,
    "BitAnd": lambda first, second: int(text(first)) & int(text(second)),
    "CBool": truth,
    "ConvertToBase64": _each(lambda source: base64.b64encode(source.encode()).decode()),
    "ConvertToUTF8Hex": _each(lambda source: source.encode().hex()),
    "Count": lambda source: len(_items(source)),
    "CStr": lambda source: None if source is None else text(source),
    "Guid": lambda: str(uuid.uuid4()),
    "InStr": _in_str,
    "IsNull": lambda source: source is None,
    "IsNullOrEmpty": lambda source: source in (None, "", []),
    "IsPresent": lambda source: source not in (None, "", []),
    "IsString": lambda source: isinstance(source, str),
    "Item": _item,
    "Join": _join,
    "Left": _left,
    "Len": lambda source: len(text(source)),
    "Mid": _mid,
    "NormalizeDiacritics": _each(_plain_letters),
    "Not": lambda source: None if source is None else not truth(source),
    "PCase": _proper_case,
    "RemoveDuplicates": _unique,
    "SingleAppRoleAssignment": _single_role,
    "Split": _split,
    "StripSpaces": _each(lambda source: source.replace(" ", "")),
    "ToLower": _each(str.lower),
    "ToUpper": _each(str.upper),
    "Word": _word,
}
