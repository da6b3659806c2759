# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Expressions of attribute mappings: text to a tree, and the tree in the form of Graph's attributeMappingSource. Pure.

The grammar: `Function(argument, argument)`, `[attribute]`, `"text"` with backslash escapes, numbers, empty arguments, and one
comparison (`[country] = "USA"`) where a condition is wanted.
"""

from __future__ import annotations

import functools
import re
import typing as t
from dataclasses import dataclass

from .functions import BY_FOLDED, parameter_names, wrong_count

if t.TYPE_CHECKING:
    from .state import Json

LENGTH_LIMIT = 10_000
DEPTH_LIMIT = 50
TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\]|\\.)*")|\[(?P<attribute>[^\[\]"]+)\]|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)'
    r"|(?P<compare><>|<=|>=|=|<|>)|(?P<mark>[(),])",
    re.DOTALL,
)
ESCAPED = re.compile(r'\\(["\\])')


class ExpressionError(Exception):
    """The expression cannot be read, or not be evaluated: a sentence says why."""


@dataclass(frozen=True)
class Node:
    """One part of an expression. `kind` is Attribute, Constant, Number, Function or Compare; an empty argument is None."""

    kind: str
    name: str
    arguments: tuple[Node | None, ...] = ()

    def attributes(self) -> t.Iterator[str]:
        """The names of all attributes in it."""
        if self.kind == "Attribute":
            yield self.name
        for argument in self.arguments:
            if argument:
                yield from argument.attributes()


class Token(t.NamedTuple):
    """One word of an expression; `place` counts from 1."""

    kind: str
    text: str
    place: int


@functools.lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The tree of an expression. Raises ExpressionError."""
    if len(text) > LENGTH_LIMIT:
        raise ExpressionError(f"The expression has {len(text)} characters, more than {LENGTH_LIMIT}.")
    if not text.strip():
        raise ExpressionError("The expression is empty.")
    reader = _Reader(_tokens(text))
    tree = reader.operand()
    rest = reader.peek()
    if rest.kind != "end":
        raise ExpressionError(f"Unexpected {_quoted(rest)} at position {rest.place}.")
    return tree


def _tokens(text: str) -> list[Token]:
    tokens, place = [], 0
    while text[place:].strip():
        place += len(text[place:]) - len(text[place:].lstrip())
        match = TOKEN.match(text, place)
        if not match:
            problem = {'"': "The quote is not closed", "[": "The attribute is not closed with ]"}.get(text[place], "Unexpected character")
            shown = "" if text[place] in '"[' else f" '{text[place]}'"
            raise ExpressionError(f"{problem}{shown} at position {place + 1}.")
        kind = str(match.lastgroup)
        tokens.append(Token(kind, match[kind], place + 1))
        place = match.end()
    tokens.append(Token("end", "the end", len(text) + 1))
    return tokens


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def peek(self) -> Token:
        return self._tokens[self._place]

    def take(self) -> Token:
        token = self._tokens[self._place]
        if token.kind != "end":
            self._place += 1
        return token

    def operand(self) -> Node:
        token = self.take()
        if token.kind == "text":
            return Node("Constant", ESCAPED.sub(r"\1", token.text[1:-1]))
        if token.kind == "number":
            return Node("Number", token.text)
        if token.kind == "attribute":
            return Node("Attribute", token.text.strip())
        if token.kind == "name":
            return self._call(token)
        raise ExpressionError(f"Unexpected {_quoted(token)} at position {token.place}.")

    def _call(self, name: Token) -> Node:
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise ExpressionError(f"More than {DEPTH_LIMIT} functions are nested at position {name.place}.")
        opening = self.take()
        if opening.text != "(" or opening.kind != "mark":
            raise ExpressionError(f"'(' was expected after {name.text}, not {_quoted(opening)}, at position {opening.place}.")
        function = BY_FOLDED.get(name.text.lower())
        if not function:
            raise ExpressionError(f"There is no function {name.text} (position {name.place}).")
        arguments = self._arguments()
        problem = wrong_count(function, [argument is not None for argument in arguments])
        if problem:
            raise ExpressionError(f"{function} at position {name.place}: {problem}.")
        self._depth -= 1
        return Node("Function", function, tuple(arguments))

    def _arguments(self) -> list[Node | None]:
        if self.peek().text == ")" and self.peek().kind == "mark":
            self.take()
            return []
        arguments: list[Node | None] = []
        while True:
            arguments.append(self._argument())
            mark = self.take()
            if mark.kind != "mark" or mark.text == "(":
                raise ExpressionError(f"',' or ')' was expected, not {_quoted(mark)}, at position {mark.place}.")
            if mark.text == ")":
                return arguments

    def _argument(self) -> Node | None:
        if self.peek().kind == "mark" and self.peek().text in (",", ")"):
            return None
        left = self.operand()
        if self.peek().kind != "compare":
            return left
        return Node("Compare", self.take().text, (left, self.operand()))


def _quoted(token: Token) -> str:
    if token.kind == "attribute":
        return f"'[{token.text}]'"
    return token.text if token.kind == "end" else f"'{token.text}'"


def text_of(node: Node | None) -> str:
    """The expression as text, in one spelling."""
    if node is None:
        return ""
    if node.kind == "Attribute":
        return f"[{node.name}]"
    if node.kind == "Constant":
        escaped = node.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if node.kind == "Number":
        return node.name
    if node.kind == "Compare":
        return f"{text_of(node.arguments[0])} {node.name} {text_of(node.arguments[1])}"
    return f"{node.name}({', '.join(text_of(argument) for argument in node.arguments)})"


def as_source(node: Node) -> Json:
    """The tree as attributeMappingSource. Empty arguments are left out of the parameters, as in Microsoft's example."""
    names = ["left", "right"] if node.kind == "Compare" else []
    if node.kind == "Function":
        names = parameter_names(node.name, len(node.arguments))
    parameters = [{"key": key, "value": as_source(argument)} for key, argument in zip(names, node.arguments) if argument is not None]
    kind = {"Compare": "Function", "Number": "Constant"}.get(node.kind, node.kind)
    return {"type": kind, "name": node.name, "expression": text_of(node), "parameters": parameters}


def node_of(source: Json) -> Node:
    """The tree of an attributeMappingSource: its expression counts, its parameters follow from it. Raises ExpressionError."""
    kind, name, expression = source.get("type"), source.get("name"), source.get("expression")
    if kind == "Attribute" and name:
        return Node("Attribute", str(name))
    if kind == "Constant":
        return Node("Constant", str(name)) if name is not None else parse(str(expression or '""'))
    return parse(str(expression or ""))
