# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A state document as YAML, one value a line. Pure.

Written without PyYAML, which need not be there, breaks long lines in two ways (that of C and that of Python), and takes for text
what YAML 1.2 and our own reader take for a number (1e3, 0o17).
"""

from __future__ import annotations

import re
import typing as t

from .._input.fields import SCHEMA_URL
from .json_text import UNSEEN

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Entry = Mapping[str, t.Any]

HEADER = (
    f"# yaml-language-server: $schema={SCHEMA_URL}",
    "# A Zscaler tenant, for scimops.zscaler_one.scim_directory. What an entry does not say is left alone.",
    "---",
)

_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"))
"""What is, or looks like, another value than text to some version of YAML, or to people."""

_LETTERS = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_PLAIN = re.compile(rf"[{_LETTERS}][{_LETTERS}0-9 ._@+/&',()$-]*(?<! )")
"""Text that begins with a letter, and in which nothing means anything to YAML."""

_PLAIN_FROM_DIGIT = re.compile(r"[0-9][A-Za-z0-9._+-]*@[A-Za-z0-9.-]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
"""Logins and GUIDs, which are no numbers although they begin with one."""


def write_yaml(users: Iterable[Entry], groups: Iterable[Entry]) -> str:
    """The text of the file."""
    lines = [*HEADER]
    for name, entries in (("users", users), ("groups", groups)):
        written = [line for entry in entries for line in _lines(entry)]
        if written:
            lines += [*([""] if len(lines) > len(HEADER) else []), f"{name}:", *written]
    return "\n".join(lines) + "\n"


def quote_where_needed(text: str) -> str:
    """The text as YAML writes it: plain where every version of YAML takes that for this text."""
    if _PLAIN.fullmatch(text):
        return f'"{text}"' if text.lower() in _WORDS else text
    if _PLAIN_FROM_DIGIT.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{UNSEEN.sub(_escape, escaped)}"'


def _escape(found: re.Match[str]) -> str:
    """One character as one escape; the two of JSON would be two characters in YAML."""
    code = ord(found[0])
    return f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}"


def _lines(entry: Entry) -> Iterator[str]:
    sign = "-"
    for name, value in entry.items():
        yield from _field(f"  {sign} {name}:", value)
        sign = " "


def _field(begin: str, value: t.Any) -> Iterator[str]:
    if isinstance(value, str):
        yield f"{begin} {quote_where_needed(value)}"
    elif isinstance(value, bool):
        yield f"{begin} {'true' if value else 'false'}"
    elif not value:
        yield f"{begin} []"
    else:
        yield begin
        yield from (f"      - {quote_where_needed(name)}" for name in value)
