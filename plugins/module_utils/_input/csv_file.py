# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""State files in CSV: text in, one raw user per row out, or InputError with rows.

The first row names the columns as the keys of a user; groups are split at `;`, and spaces around that do not count. An
empty cell leaves the value alone; `[]` in the column groups takes the user out of all groups. No other value can be
cleared in CSV.
"""

from __future__ import annotations

import csv
import io
import re
import typing as t
from operator import methodcaller

from .._errors import InputError, Problem
from .._model import Place
from .fields import USER_FIELDS, Raw
from .files import fault
from .text import suggestion

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


def parse_csv(text: str, path: str) -> tuple[list[Raw], list[str]]:
    """The users of the file, and warnings."""
    header: list[str] = []
    entries: list[Raw] = []
    problems: list[Problem] = []
    silent = 0
    for line, row in csv_rows(text, path):
        if len(row) == len(header):
            values: dict[str, t.Any] = dict(zip(header, row))
            if "" in row:
                values = {name: cell for name, cell in values.items() if cell}
                silent += bool(values) and "groups" not in values
            if values:
                entries.append(Raw("user", Place(path, line, ""), _typed(values)))
        elif header and any(row):
            problems.append(Problem(f"{path}:{line}", "", f"the row has {len(row)} cells and the header {len(header)}"))
        elif any(row):
            header = _header(row, f"{path}:{line}")
    if problems:
        raise InputError(problems)
    if not entries:
        why = "there is a header and no row" if header else "the file is empty; delete it, or look at what writes it"
        raise fault(path, f"declares nobody: {why}")
    return entries, _warnings(path, silent if "groups" in header else 0, len(entries))


def csv_rows(text: str, path: str) -> Iterable[tuple[int, list[str]]]:
    """The rows with their first lines. Where nothing is quoted, plain splitting does what the csv module does, in half the time."""
    lines = text.replace("\r\n", "\n")
    if '"' in lines or "\r" in lines:
        return _quoted_rows(text, path)
    return enumerate(map(methodcaller("split", ","), lines.split("\n")), 1)


def _quoted_rows(text: str, path: str) -> Iterator[tuple[int, list[str]]]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    last = 0
    try:
        for row in rows:
            first, last = last + 1, rows.line_num
            yield first, row
    except csv.Error as error:
        raise fault(f"{path}:{last + 1}", f"is no CSV: {error}") from None


def _typed(values: dict[str, t.Any]) -> dict[str, t.Any]:
    """The same dict with a list for groups and a truth value for active."""
    groups = values.get("groups")
    if groups:
        values["groups"] = [] if groups == "[]" else _split_groups(groups)
    active = values.get("active")
    if active:
        values["active"] = _FLAGS.get(active.lower(), "neither")
    return values


def _split_groups(cell: str) -> list[str]:
    """The names between the semicolons. Spaces at the ends of the cell stay, and are an error as in every cell."""
    return re.split(" *; *", cell) if "; " in cell or " ;" in cell else cell.split(";")


def _warnings(path: str, silent: int, count: int) -> list[str]:
    if not 0 < silent < count:
        return []
    what = f"{silent} of {count} rows have an empty cell for groups"
    return [f"{path}: {what}, which leaves these memberships alone; write [] for no groups"]


def _header(row: list[str], place: str) -> list[str]:
    problems = [] if len(row) > 1 or row[0] in USER_FIELDS else _separator_faults(row[0], place)
    problems = problems or list(_column_faults(row, place))
    if problems:
        raise InputError(problems)
    return row


def _separator_faults(cell: str, place: str) -> list[Problem]:
    signs = {";": "semicolons", "\t": "tabs", "|": "bars"}
    return [Problem(place, "", f"the columns are separated by {word}; use commas") for sign, word in signs.items() if sign in cell]


def _column_faults(row: list[str], place: str) -> Iterable[Problem]:
    for index, name in enumerate(row):
        if name not in USER_FIELDS:
            yield Problem(place, f"column {index + 1}", f"the header is not a known key; {suggestion(name, USER_FIELDS)}")
        elif name in row[:index]:
            yield Problem(place, f"column {index + 1}", f"{name} is there twice")
    if "user_name" not in row:
        yield Problem(place, "user_name", "the column is missing")
