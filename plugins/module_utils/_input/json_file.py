# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""State files in JSON: text in, the root value out, or InputError with lines. Numbers come as `Unquoted`, duplicate keys are errors."""

from __future__ import annotations

import json
import re

from .._errors import InputError, Problem
from .fields import Unquoted
from .files import fault
from .text import quoted

_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|[{}\[\]]', re.DOTALL)


class _Twice(Exception):
    """A key is there twice in one object."""


def parse_json(text: str, path: str) -> object:
    """The root value of a JSON text; None for an empty one."""
    if not text.strip():
        return None
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_number)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}, offset {error.pos}"
        raise fault(f"{path}:{error.lineno}", f"is no JSON: {error.msg} ({where})") from None
    except RecursionError:
        raise fault(path, "is nested too deeply") from None
    except _Twice:
        raise InputError(_twice(text, path)) from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice
    return found


def _integer(text: str) -> Unquoted:
    return Unquoted(text, "an integer")


def _number(text: str) -> Unquoted:
    return Unquoted(text, "a number")


def _twice(text: str, path: str) -> list[Problem]:
    """Every key that is there twice in its object, with both lines, up to where the text is no JSON any more."""
    problems: list[Problem] = []
    open_objects: list[dict[str, int]] = []
    line, counted = 1, 0
    for token in _TOKEN.finditer(text):
        sign = text[token.start()]
        if sign in "{[":
            open_objects.append({})
        elif sign in "}]" and open_objects:
            open_objects.pop()
        elif token[2] and open_objects:
            line += text.count("\n", counted, token.start())
            counted = token.start()
            try:
                name = str(json.loads(token[1]))
            except json.JSONDecodeError:
                break
            if name in open_objects[-1]:
                reason = f"the key is there twice, first in line {open_objects[-1][name]} (offset {token.start()})"
                problems.append(Problem(f"{path}:{line}", quoted(name), reason))
            open_objects[-1].setdefault(name, line)
    return problems
