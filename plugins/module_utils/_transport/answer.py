# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the body of an answer: JSON or not, and what an error says about itself. Pure."""

from __future__ import annotations

import json
import re
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_DETAIL = 300
"""Characters of a service's own words that are repeated."""


class NotJson(Exception):
    """The body is no JSON. `foreign` is true where it does not even claim to be: the page of a proxy or of a login (F8)."""

    def __init__(self, message: str, foreign: bool) -> None:
        self.foreign = foreign
        super().__init__(message)


def decode(headers: Mapping[str, str], data: bytes) -> object:
    """The JSON value of a body, None where it is empty. Raises NotJson, which tells type and length, never the content."""
    if not data.strip():
        return None
    kind = media_type(headers)
    if not kind.endswith("html"):
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            pass
    raise NotJson(f"{len(data)} bytes of {kind or 'an unnamed type'} that are not JSON", foreign="json" not in kind)


def media_type(headers: Mapping[str, str]) -> str:
    """The media type without its parameters, in lower case, and cut: it is the other side's text."""
    kind = headers.get("Content-Type", "").split(";")[0].strip().lower()
    return re.sub(r"[^a-z0-9!#$&^_.+/-]", "", kind)[:60]


def explain(headers: Mapping[str, str], data: bytes) -> tuple[str, str]:
    """What an error says: its detail and its C(scimType) (RFC 7644 3.12). Of any other body only type and length are told."""
    try:
        body = decode(headers, data)
    except NotJson as error:
        return f"({error})", ""
    if body is None:
        return "(no body)", ""
    if isinstance(body, dict):
        scim_type = body.get("scimType")
        # C(message) and C(code) are the words of ZIA's REST API, which can stand in front of SCIM.
        for name in ("detail", "message"):
            if isinstance(body.get(name), str) and body[name].strip():
                code = body.get("code") if name == "message" else None
                text = f"{code}: {body[name]}" if isinstance(code, (str, int)) and code != "" else body[name]
                return text, scim_type if isinstance(scim_type, str) else ""
    return f"({len(data)} bytes of {media_type(headers) or 'an unnamed type'} without a detail)", ""


def tidy(text: str) -> str:
    """`text` on one line, with no control or formatting characters (a service may send terminal escapes)."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def shorten(text: str) -> str:
    """`text`, at most 300 characters of it."""
    return text if len(text) <= LONGEST_DETAIL else text[: LONGEST_DETAIL - 3] + "..."
