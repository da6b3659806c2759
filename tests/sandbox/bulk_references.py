# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""References between the operations of one bulk request: `bulkId:x` in paths and data (RFC 7644 sections 3.7.1, 3.7.2)."""

from __future__ import annotations

import json
import re
import typing as t

if t.TYPE_CHECKING:
    from .profiles import Switches
    from .server import Answer

MARK = "bulkId:"
TOKEN = re.compile(r"bulkId:([^\s\"'/\\\[\]]*)")


class References:
    """What the bulkIds of one request stand for, as far as it is known."""

    def __init__(self, switches: Switches, created_here: set[str]) -> None:
        self._how = switches.bulk_references
        self._created_here = created_here
        self._ids: dict[str, str] = {}
        self._failed: set[str] = set()

    def note(self, bulk_id: str, answer: Answer) -> None:
        """What became of the operation with this bulkId."""
        if not bulk_id:
            return
        body = json.loads(answer.body) if answer.body and answer.status < 400 else {}
        if body.get("id"):
            self._ids[bulk_id] = str(body["id"])
        else:
            self._failed.add(bulk_id)

    def open_in(self, path: str, data: t.Any) -> set[str]:
        """The bulkIds referred to that are not known yet and may still come."""
        return {name for name in self._referred(path, data) if name in self._created_here} - self._ids.keys() - self._failed

    def objection(self, path: str, data: t.Any) -> tuple[int, str, str] | None:
        """Why the references cannot be resolved."""
        missing = sorted(name for name in self._referred(path, data) if name not in self._ids)
        return (409, f"There is no resource for bulkId {missing[0]}", "invalidValue") if missing else None

    def resolved(self, value: t.Any) -> t.Any:
        """The value with ids in place of references."""
        if isinstance(value, str):
            return TOKEN.sub(self._id_of, value) if MARK in value and self._resolves(value) else value
        if isinstance(value, list):
            return [self.resolved(item) for item in value]
        if isinstance(value, dict):
            return {name: inner if self._is_plain(name, inner) else self.resolved(inner) for name, inner in value.items()}
        return value

    def _is_plain(self, name: str, value: t.Any) -> bool:
        """Whether a text is no reference by its place: in `values`, only `value` and `path` refer to anything."""
        return self._how == "values" and isinstance(value, str) and name not in ("value", "path", "$ref")

    def _resolves(self, text: str) -> bool:
        if self._how == "ignored":
            return False
        return self._how == "text" or "[" in text or text.startswith(("/", MARK))

    def _id_of(self, match: re.Match[str]) -> str:
        name = self._name(match[1])
        return self._ids[name] + match[1][len(name) :] if name in self._ids else match[0]

    def _name(self, token: str) -> str:
        """The bulkId that a token is. A service that replaces text takes the first that fits: u1 in u10."""
        if self._how != "text" or token in self._failed:
            return token
        return next((token[:end] for end in range(1, len(token) + 1) if token[:end] in self._created_here), token)

    def _referred(self, path: str, data: t.Any) -> set[str]:
        found: set[str] = set()
        self._collect(path, found)
        self._collect(data, found)
        return found

    def _collect(self, value: t.Any, found: set[str]) -> None:
        if isinstance(value, str):
            if MARK in value and self._resolves(value):
                names = {self._name(token) for token in TOKEN.findall(value)}
                found.update(names & self._created_here if self._how == "text" else names)
        elif isinstance(value, list):
            for item in value:
                self._collect(item, found)
        elif isinstance(value, dict):
            for name, inner in value.items():
                if not self._is_plain(name, inner):
                    self._collect(inner, found)
