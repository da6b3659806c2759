# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the body of an answer: JSON or not, and what an error says about itself. Pure."""

from __future__ import annotations

import json
import re
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_DETAIL = 300
"""Characters of a service's own words that are repeated."""

LONGEST_CLEANED = 10_000
"""Characters of a text that are looked at to get there: to clean megabytes would take seconds."""

MOST_CONTAINERS = 3_000_000
"""Objects and lists in one answer. A thousand groups with a million members have one million, a page of a thousand users ten thousand;
64 MiB of C([],) would have twenty million, and take gigabytes of memory."""

MOST_COMMAS = 10_000_000
"""Commas in one answer, as a measure of its values: those million members have three million, of four keys each."""


class NotJson(Exception):
    """The body is no JSON. `foreign` is true where it does not even claim to be: the page of a proxy or of a login (F8)."""

    advice = "is {address} right, and is there a proxy or a login page in between?"

    def __init__(self, message: str, foreign: bool) -> None:
        self.foreign = foreign
        super().__init__(message)


class TooMany(NotJson):
    """The body may be JSON, but to read it would take more memory than any page of a directory is worth. To ask again is no use."""

    advice = "no page of a directory is like that; is {address} right? A smaller page_size makes smaller pages"

    def __init__(self, message: str) -> None:
        super().__init__(message, foreign=True)


def decode(headers: Mapping[str, str], data: bytes, scrub: Callable[[str], str] = str) -> object:
    """The JSON value of a body, None where it is empty. Raises NotJson, which tells type and length, never the content.

    `scrub` is for the type that is told. Of equal keys in one object the last one counts, as Python's json has it (RFC 8259 leaves it
    open): to look for them takes a function call for each object, half as much time again for a listing of a million members.
    """
    if not data.strip():
        return None
    kind = media_type(headers, scrub)
    name = f"{len(data)} bytes of {kind or 'an unnamed type'}"
    # Counted as bytes, in texts too: exact numbers are not needed, and each count takes milliseconds.
    if len(data) > MOST_CONTAINERS and (data.count(b"{") + data.count(b"[") > MOST_CONTAINERS or data.count(b",") > MOST_COMMAS):
        raise TooMany(f"{name} with more than {MOST_CONTAINERS} objects and lists, or {MOST_COMMAS} values")
    if not kind.endswith("html"):
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            pass
    raise NotJson(f"{name} that are not JSON", foreign="json" not in kind)


def media_type(headers: Mapping[str, str], scrub: Callable[[str], str] = str) -> str:
    """The media type without its parameters, in lower case, and cut: it is the other side's text.

    It is scrubbed first, since a secret that has lost letters is not found any more.
    """
    kind = scrub(headers.get("Content-Type", "")[:LONGEST_CLEANED]).split(";")[0].strip().lower()
    return re.sub(r"[^a-z0-9!#$&^_.+/*-]", "", kind)[:60]


def explain(headers: Mapping[str, str], data: bytes, scrub: Callable[[str], str] = str) -> tuple[str, str]:
    """What an error says: its detail and its C(scimType) (RFC 7644 3.12). Of any other body only type and length are told."""
    try:
        body = decode(headers, data, scrub)
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
    return f"({len(data)} bytes of {media_type(headers, scrub) or 'an unnamed type'} without a detail)", ""


def tidy(text: str) -> str:
    """The first 10,000 characters of `text` on one line, no control or formatting ones (a service may send terminal escapes)."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text[:LONGEST_CLEANED]).split())


def shorten(text: str) -> str:
    """`text`, at most 300 characters of it."""
    return text if len(text) <= LONGEST_DETAIL else text[: LONGEST_DETAIL - 3] + "..."
