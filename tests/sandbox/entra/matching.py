# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking for an object at the target: by the matching attributes in the order of their priority."""

from __future__ import annotations

import json
import typing as t
import urllib.parse

from .evaluation import Value, text
from .scim_client import TargetError

if t.TYPE_CHECKING:
    from .mapping import Mapping
    from .scim_client import ScimClient
    from .state import Json


class NoMatch(Exception):
    """It cannot be said which object at the target it is: `code` and a sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def find(client: ScimClient, mapping: Mapping, values: t.Mapping[str, Value]) -> Json | None:
    """The one object at the target that fits, None if there is none. Raises NoMatch, TargetError."""
    tried = False
    for attribute in mapping.matching:
        value = values.get(attribute.target)
        if value in (None, "", []):
            continue
        tried = True
        found = _look_up(client, mapping, f"{attribute.target} eq {json.dumps(text(value), ensure_ascii=False)}")
        if found:
            return found
    if not tried:
        names = ", ".join(attribute.target for attribute in mapping.matching) or "none"
        raise NoMatch("JoiningPropertyValueMissing", f"No matching attribute ({names}) has a value.")
    return None


def by_id(client: ScimClient, mapping: Mapping, id: str) -> Json | None:
    """The object with this id at the target, None if it is gone. Raises TargetError."""
    try:
        answer = client.get(address(mapping, id), **_query(mapping))
    except TargetError as error:
        if error.status == 404:
            return None
        raise
    return answer.body if isinstance(answer.body, dict) else None


def address(mapping: Mapping, id: str) -> str:
    """The path of one object."""
    return f"{mapping.route}/{urllib.parse.quote(id, safe='')}"


def _look_up(client: ScimClient, mapping: Mapping, condition: str) -> Json | None:
    answer = client.get(mapping.route, filter=condition, **_query(mapping))
    body = answer.body if isinstance(answer.body, dict) else {}
    found = [item for item in body.get("Resources") or [] if isinstance(item, dict) and item.get("id")]
    if len(found) > 1:
        raise NoMatch("DuplicateTargetEntries", f"More than one entry in the target system matches: {condition}.")
    return found[0] if found else None


def _query(mapping: Mapping) -> dict[str, str]:
    return {"excludedAttributes": "members"} if mapping.target_kind == "Group" else {}
