# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the state of `src` and of the options `users` and `groups`: raw entries, each with its place. All or nothing."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from itertools import repeat
from pathlib import Path

from .._errors import InputError, Problem
from .._garbage import paused_gc
from .._model import Place, maker
from .csv_file import parse_csv
from .fields import NO_LINES, ROOT_FIELDS, SCHEMA_KEY, Raw
from .files import fault, read_text, state_files, suffix
from .json_file import parse_json
from .text import quoted, suggestion
from .yaml_file import LinedDict, LinedList, parse_yaml

if t.TYPE_CHECKING:
    from collections.abc import Sequence

T = t.TypeVar("T")

YAML_USERS = 10_000
"""Above that many users in YAML there is a warning: JSON and CSV are read about ten times faster."""


def read_sources(paths: Sequence[str]) -> tuple[list[Raw], list[str]]:
    """All entries of all files in the order of `paths`, and warnings.

    Raises InputError with the problems of all files if any one cannot be read and parsed: a part is never returned.
    """
    if not paths:
        raise fault("src", "the list names no file")
    problems: list[Problem] = []
    entries: list[Raw] = []
    warnings: list[str] = []
    seen: dict[Path, str] = {}
    with paused_gc():
        for path in paths:
            for file in _noting(problems, state_files, path) or ():
                found = _noting(problems, _read, file, seen)
                if found:
                    entries += found[0]
                    warnings += found[1]
    if problems:
        raise InputError(problems)
    return entries, warnings


def inline_entries(users: Sequence[t.Any] | None, groups: Sequence[t.Any] | None) -> list[Raw]:
    """The entries of the options; Ansible fills absent suboptions with null, so null means not given here."""
    entries = []
    for name, kind, items in (("users", "user", users), ("groups", "group", groups)):
        for index, item in enumerate(items or ()):
            entries.append(Raw(kind, Place("", 0, f"{name}[{index}]"), _given(item)))
    return entries


def _given(item: t.Any) -> t.Any:
    if not isinstance(item, Mapping):
        return item
    found = {name: value for name, value in item.items() if value is not None}
    if isinstance(found.get("members"), list):
        found["members"] = [_given(member) for member in found["members"]]
    return found


def _noting(problems: list[Problem], read: t.Callable[..., T], *arguments: object) -> T | None:
    """What `read` returns; None after its problems were noted."""
    try:
        return read(*arguments)
    except InputError as error:
        problems += error.problems
        return None


def _read(path: str, seen: dict[Path, str]) -> tuple[list[Raw], list[str]]:
    text = read_text(path)
    first = seen.setdefault(Path(path).resolve(), path)
    if first is not path:
        raise fault(path, f"is read twice, first as {first}; name it once")
    form = suffix(path)
    if form == ".csv":
        return parse_csv(text, path)
    root = parse_json(text, path) if form == ".json" else parse_yaml(text, path)
    entries = _entries(root, path)
    count = sum(entry.kind == "user" for entry in entries)
    if form == ".json" or count <= YAML_USERS:
        return entries, []
    return entries, [f"{path}: {count} users in YAML; JSON and CSV are read about ten times faster and in a fraction of the memory"]


def _entries(root: object, path: str) -> list[Raw]:
    """The entries of a parsed file, after its outer shape was checked."""
    if root is None:
        raise fault(path, "declares nobody: the file is empty; delete it, or look at what writes it")
    if not isinstance(root, Mapping):
        raise fault(path, "the file must hold a mapping with the keys users and groups")
    lines = root.lines if isinstance(root, LinedDict) else NO_LINES
    problems = []
    entries: list[Raw] = []
    for name, items in root.items():
        place = str(Place(path, lines.get(name, 0), ""))
        if name == SCHEMA_KEY and isinstance(items, str):
            continue
        if name not in ROOT_FIELDS:
            problems.append(Problem(place, quoted(name), f"is not a known key at the top; {suggestion(name, ROOT_FIELDS)}"))
        elif not isinstance(items, list):
            problems.append(Problem(place, name, "must be a list; leave the key out if there is nothing to declare"))
        else:
            entries += _raw(name, items, path)
    if problems:
        raise InputError(problems)
    if not entries:
        raise fault(path, "declares nobody: there is no user and no group in it")
    return entries


def _raw(name: str, items: list[t.Any], path: str) -> list[Raw]:
    kind = ROOT_FIELDS[name]
    if not isinstance(items, LinedList):
        made = map(maker(Place), zip(repeat(path), repeat(0), [f"{name}[{index}]" for index in range(len(items))]))
        return list(map(maker(Raw), zip(repeat(kind), made, items, repeat(NO_LINES))))
    places = (Place(path, line, f"{name}[{index}]") for index, line in enumerate(items.lines))
    return [Raw(kind, place, item, _lines(item)) for place, item in zip(places, t.cast("list[t.Any]", items))]


def _lines(item: t.Any) -> Mapping[str, int]:
    """The lines of the fields of an entry, and of the items of its lists."""
    if not isinstance(item, LinedDict):
        return NO_LINES
    found = dict(item.lines)
    for name, value in item.items():
        if isinstance(value, LinedList):
            found.update((f"{name}[{index}]", line) for index, line in enumerate(value.lines))
    return found
