# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""State files in YAML: text in, the root value out with the line of every key, or InputError with lines.

Built from the parser's events: no object of Python is ever made, tags, anchors and aliases are refused where they stand,
and a number that looks like text to one YAML version and like a number to the other is a number here.
"""

from __future__ import annotations

import re
import typing as t

from .._errors import InputError, Problem
from .fields import Unquoted
from .files import fault
from .text import quoted

try:
    import yaml
except ImportError:
    HAS_YAML = False
else:
    HAS_YAML = True

_DEPTH = 20
_TYPE_NAMES = {"int": "an integer", "float": "a number", "timestamp": "a date"}
_TRUE = frozenset({"yes", "true", "on"})
# What YAML 1.2 takes for a number and PyYAML, which speaks 1.1, does not: 1e3, 08, 0o17.
_NUMBER = re.compile(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0o[0-7]+")


class LinedDict(dict[str, object]):
    """A mapping with its own line and the lines of its keys."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class LinedList(list[object]):
    """A list with the lines of its items."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


def parse_yaml(text: str, path: str) -> object:
    """The root value of the one document in the text; None for an empty one."""
    if not HAS_YAML:
        raise fault(path, "reading YAML needs the Python library PyYAML on the host that runs the task; install it, or use JSON or CSV")
    builder = _Builder(path)
    try:
        for event in yaml.parse(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except yaml.YAMLError as error:
        builder.problems.append(_syntax_fault(error, path))
    if builder.problems:
        raise InputError(builder.problems)
    return builder.root


def _syntax_fault(error: t.Any, path: str) -> Problem:
    """What the parser says, which names no values, and where."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    words = getattr(error, "problem", None) or getattr(error, "reason", None) or "syntax error"
    if mark is None:
        return Problem(path, "", f"is no YAML: {words} (position {getattr(error, 'position', 0)})")
    return Problem(f"{path}:{mark.line + 1}", "", f"is no YAML: {words} (line {mark.line + 1}, column {mark.column + 1})")


class _Builder:
    """Puts the values together, event by event."""

    def __init__(self, path: str) -> None:
        self.problems: list[Problem] = []
        self.root: object = None
        self._resolve: t.Callable[..., str] = yaml.resolver.Resolver().resolve
        self._path = path
        self._documents = 0
        self._open: list[LinedDict | LinedList] = []
        self._keys: list[str | None] = []
        self._scalars: dict[str, object] = {}

    def take(self, event: t.Any) -> None:
        """The next event. Raises InputError where going on makes no sense."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_extras(event, line)
            self._put(event.value if self._is_key() else self._scalar(event), line)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._refuse_extras(event, line)
            if self._is_key():
                raise fault(f"{self._path}:{line}", "a list or mapping cannot be a key")
            if len(self._open) >= _DEPTH:
                raise fault(f"{self._path}:{line}", "is nested too deeply")
            made = LinedDict(line) if isinstance(event, yaml.MappingStartEvent) else LinedList(line)
            self._put(made, line)
            self._open.append(made)
            self._keys.append(None)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, yaml.AliasEvent):
            raise fault(f"{self._path}:{line}", "aliases (*name) are refused, so that every entry shows what it means; write the value out")
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise fault(f"{self._path}:{line}", "a second document begins; a state file holds one")

    def _is_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1], LinedDict) and self._keys[-1] is None

    def _put(self, value: object, line: int) -> None:
        if not self._open:
            self.root = value
            return
        parent, name = self._open[-1], self._keys[-1]
        if isinstance(parent, LinedList):
            parent.append(value)
            parent.lines.append(line)
        elif name is None:
            self._keys[-1] = str(value)
            first = parent.lines.setdefault(str(value), line)
            if str(value) in parent:
                self.problems.append(Problem(f"{self._path}:{line}", quoted(str(value)), f"the key is there twice, first in line {first}"))
        else:
            parent[name] = value
            self._keys[-1] = None

    def _refuse_extras(self, event: t.Any, line: int) -> None:
        if event.anchor is not None:
            reason = "anchors (&name) are refused, so that every entry shows what it means; write the value out"
        elif event.tag is None or event.tag == "!":
            return
        elif event.tag == "!vault":
            reason = "a vault value cannot be decrypted here; a state file holds no secrets"
        else:
            reason = "tags (!name) are refused; for text use quotes"
        raise fault(f"{self._path}:{line}", reason)

    def _scalar(self, event: t.Any) -> object:
        text: str = event.value
        if not event.implicit[0]:
            return text
        if text not in self._scalars:
            self._scalars[text] = self._plain(text)
        return self._scalars[text]

    def _plain(self, text: str) -> object:
        kind: str = self._resolve(yaml.ScalarNode, text, (True, False)).rpartition(":")[2]
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() in _TRUE
        if kind in _TYPE_NAMES:
            return Unquoted(text, _TYPE_NAMES[kind])
        return Unquoted(text, "a number") if _NUMBER.fullmatch(text) else text
