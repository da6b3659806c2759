# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A state document as JSON: its name for editors, and one value a line, so that Git shows a change as one. Pure."""

from __future__ import annotations

import json.encoder
import re
import typing as t

from .._input.fields import SCHEMA_KEY, SCHEMA_URL

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Entry = Mapping[str, t.Any]

UNSEEN = re.compile(
    "[^ -~\u00a1-\u167f\u1681-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\ud7ff\uf900-\ufffd\U00010000-\U000effff]"
)
"""What is not told from a space or from nothing by looking: written as an escape. Not what Python calls printable, which grows with it."""

_quote = json.encoder.encode_basestring


def write_json(users: Iterable[Entry], groups: Iterable[Entry]) -> str:
    """The text of the file."""
    parts = [f"  {quote(SCHEMA_KEY)}: {quote(SCHEMA_URL)}"]
    for name, entries in (("users", users), ("groups", groups)):
        written = ["    {\n" + ",\n".join(_lines(entry)) + "\n    }" for entry in entries]
        if written:
            parts.append(f'  "{name}": [\n' + ",\n".join(written) + "\n  ]")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def quote(text: str) -> str:
    """The text as JSON writes it, in the letters of people's names."""
    quoted = _quote(text)
    return quoted if quoted.isascii() else UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], quoted)


def _lines(entry: Entry) -> Iterator[str]:
    for name, value in entry.items():
        yield f'      "{name}": {_value(value)}'


def _value(value: t.Any) -> str:
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "[\n" + ",\n".join(f"        {quote(name)}" for name in value) + "\n      ]" if value else "[]"
