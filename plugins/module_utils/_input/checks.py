# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the values of one entry against the table of its fields; collects everything that is wrong. Pure."""

from __future__ import annotations

import contextlib
import re
import typing as t
from collections.abc import Mapping

from .._errors import Problem
from .._model import Member, key
from .fields import GROUP_FIELDS, MEMBER_FIELDS, Field, Raw, Unquoted
from .plain import Names
from .text import date_fault, length_fault, login_fault, lookalikes, mail_fault, quoted, suggestion, text_fault

SECRET = re.compile(r"pass[_-]?(?:word|wd|phrase)|secret|token|(?:api|private)[_-]?key|credential|pwd", re.IGNORECASE)
_FAULTS = {"login": login_fault, "mail": mail_fault, "date": date_fault}
_TYPE_NAMES: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (int, "an integer"),
    (float, "a number"),
    (str, "text"),
    (type(None), "null"),
    (Mapping, "a mapping"),
    (list, "a list"),
    (tuple, "a list"),
)
_FLAGS = {"true": True, "false": False}
_ITEMS = {"login": MEMBER_FIELDS["user_name"], "group": GROUP_FIELDS["display_name"]}


class Checks:
    """Checks entries one by one; `problems` is all that is wrong so far, `warnings` all that is doubtful."""

    def __init__(self, today: str = "") -> None:
        self.problems: list[Problem] = []
        self.warnings: list[str] = []
        self.names = {kind: Names(field) for kind, field in _ITEMS.items()}
        self._today = today

    def report(self, raw: Raw, name: str, reason: str) -> None:
        """Notes that this field of the entry is wrong."""
        line = raw.lines.get(name) or raw.lines.get(name.partition(".")[0]) or raw.place.line
        self.problems.append(Problem(str(raw.place._replace(line=line)), name, reason))

    def entry(self, raw: Raw, fields: Mapping[str, Field], prefix: str = "") -> dict[str, t.Any]:
        """The values that are right, by field."""
        found: dict[str, t.Any] = {}
        if not isinstance(raw.values, Mapping):
            wanted = f"expected a mapping with {', '.join(n for n, f in fields.items() if f.required)}, got {_type_name(raw.values)}"
            self.report(raw, prefix, wanted)
            return found
        for name, value in raw.values.items():
            if name in fields:
                checked = self._value(raw, fields[name], prefix + name, value)
                if checked is not None:
                    found[name] = checked
            else:
                self._unknown(raw, fields, prefix, str(name))
        for name, field in fields.items():
            if field.required and name not in raw.values:
                self.report(raw, prefix + name, "is missing")
        return found

    def _unknown(self, raw: Raw, fields: Mapping[str, Field], prefix: str, name: str) -> None:
        shown = prefix + quoted(name)[1:-1]
        if SECRET.search(name):
            self.report(raw, shown, "secrets have no place here and are never sent; remove the key (its value is not shown)")
            return
        reason = f"is not a known key; {suggestion(name, fields)}"
        if fields is MEMBER_FIELDS and name == "group":
            reason = "a group cannot be a member of a group; name its users"
        lines = {shown: raw.lines[name]} if name in raw.lines else raw.lines
        self.report(raw._replace(lines=lines), shown, reason)

    def _value(self, raw: Raw, field: Field, name: str, value: object) -> object | None:
        """The value as its kind wants it, or None after the reason was noted."""
        if value is None:
            clear = {"list": ", or give [] to clear it"}.get(field.kind, ', or give "" to clear it' if field.clear else "")
            self.report(raw, name, f"is null; leave the key out to leave the value alone{clear}")
        elif field.kind == "list":
            return self._list(raw, field, name, value)
        elif field.kind == "flag":
            if isinstance(value, bool):
                return value
            if isinstance(value, str) and value.lower() in _FLAGS:
                return _FLAGS[value.lower()]
            self.report(raw, name, "expected true or false")
        elif field.kind == "choice":
            if isinstance(value, str) and value in field.choices:
                return str(value)
            self.report(raw, name, f"expected one of {', '.join(field.choices)}")
        else:
            return self._text(raw, field, name, value)
        return None

    def _text(self, raw: Raw, field: Field, name: str, value: object) -> str | None:
        if isinstance(value, Unquoted) and field.kind == "date":
            value = value.text
        if not isinstance(value, str):
            advice = "; put it in quotes" if isinstance(value, (bool, int, float, Unquoted)) else ""
            self.report(raw, name, f"expected text, got {_type_name(value)}{advice}")
            return None
        text = str(value)
        if not text and field.clear:
            return text
        reason = text_fault(text) or length_fault(text, field.limit, field.limit_bytes)
        if not reason and field.kind in _FAULTS:
            reason = _FAULTS[field.kind](text)
        if reason:
            self.report(raw, name, reason)
            return None
        if not text.isascii():
            self._doubt(raw, field, name, text)
        return text

    def _doubt(self, raw: Raw, field: Field, name: str, text: str) -> None:
        found = lookalikes(text, whole=field.kind in ("login", "mail"))
        if found:
            letters = ", ".join(found)
            self.warnings.append(f"{raw.place}: {name}: {quoted(text)} mixes Latin letters with others that look like them: {letters}")

    def _list(self, raw: Raw, field: Field, name: str, value: object) -> tuple[object, ...] | None:
        if not isinstance(value, (list, tuple)):
            self.report(raw, name, f"expected a list, got {_type_name(value)}")
            return None
        if field.entry:
            return self._members(raw, name, value)
        seen: dict[str, int] = {}
        names = []
        for index, item in enumerate(value):
            found = self._name(raw, field.items, f"{name}[{index}]", item)
            if found and self._first(raw, seen, found, f"{name}[{index}]", index):
                names.append(found)
        return tuple(names)

    def _name(self, raw: Raw, kind: str, name: str, item: object) -> str:
        """One name of a list; "" after the reason was noted."""
        known = self.names[kind]
        if item.__class__ is str and item in known:
            return known[item]
        text = self._text(raw, _ITEMS[kind], name, item)
        if text:
            known.learn(text)
        return text or ""

    def _first(self, raw: Raw, seen: dict[str, int], found: str, name: str, index: int) -> bool:
        """Whether this is the first time that the list has the name."""
        earlier = seen.setdefault(key(found), index)
        if earlier == index:
            return True
        self.report(raw, name, f"{quoted(found)} is there already, at index {earlier}; upper and lower case are the same")
        return False

    def _members(self, raw: Raw, name: str, value: t.Any) -> tuple[Member, ...]:
        if not raw.lines:
            with contextlib.suppress(TypeError):
                names = self.names["login"].plain(value)
                if names is not None:
                    return tuple([Member(user_name, raw.place) for user_name in names])
        seen: dict[str, int] = {}
        members = []
        for index, item in enumerate(value):
            at = f"{name}[{index}]"
            found, expires = self._member(raw, at, item)
            if found and self._first(raw, seen, found, at, index) and not (expires and expires < self._today):
                place = raw.place._replace(line=raw.lines.get(at, raw.place.line))
                members.append(Member(found, place if raw.lines else raw.place))
        return tuple(members)

    def _member(self, raw: Raw, name: str, item: object) -> tuple[str, str]:
        """Name and last day of one member, "" where there is none."""
        if not isinstance(item, Mapping):
            return self._name(raw, "login", name, item), ""
        entry = self.entry(raw._replace(values=item), MEMBER_FIELDS, name + ".")
        return entry.get("user_name", ""), entry.get("expires", "")


def _type_name(value: object) -> str:
    """The type in plain words; bool is an int too, so the order counts."""
    if isinstance(value, Unquoted):
        return value.type_name
    return next((name for kind, name in _TYPE_NAMES if isinstance(value, kind)), "another type")
