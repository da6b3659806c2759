# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Microsoft Graph is asked, and what its errors say behind their wrappings. Pure, but for the number that each request gets."""

from __future__ import annotations

import json
import typing as t
import uuid

from .._transport.answer import NotJson, decode, media_type
from .._transport.dialect import Dialect
from .._transport.retry import READS

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .._errors import ServiceError

EXISTS = "already exist"
"""In the message of the 400 for what is there already."""

DEEPEST = 16
"""Wrappings of an error that are opened: JSON in the text of JSON, as the synchronization service sends it."""

READING_POSTS = frozenset({"parseExpression", "validateCredentials", "discover"})
"""The last word of a path to which a POST changes nothing in Entra."""

WORDLESS = frozenset({"", "none", "unknown", "unknownerror"})
"""Codes that say nothing, in lower case: one further inside or further outside is better."""

CODES = ("code", "errorCode", "odata.error.code")
MESSAGES = ("message", "errorMessage", "error_description", "value", "detail", "title")
WRAPPINGS = ("error", "odata.error", "innerError", "innererror", "details", "message", "errorMessage", "Message")

Wrapped = tuple[str, str]
"""Code and message of one wrapping."""


def is_read(method: str, path: str) -> bool:
    """Whether the request changes nothing: GET, HEAD, and the POST to one of `READING_POSTS`."""
    return method in READS or (method == "POST" and path.rstrip("/").rpartition("/")[2] in READING_POSTS)


def is_single(method: str, path: str) -> bool:
    """Whether a lost answer is to be followed by a look: the write of all settings, whose secrets need not travel twice."""
    return method == "PUT" and path.endswith("/synchronization/secrets")


def number() -> dict[str, str]:
    """A number of its own for a request, which the service writes into its logs and gives back."""
    return {"client-request-id": str(uuid.uuid4()), "return-client-request-id": "true"}


def explain(headers: Mapping[str, str], data: bytes, scrub: Callable[[str], str] = str) -> tuple[str, str]:
    """What an error says at its core: the sentence, and the code.

    The innermost message counts, and the innermost code that is one. A message that is empty is told as such with the code: the
    synchronization service sends that in place of 403.
    """
    try:
        body = decode(headers, data, scrub)
    except NotJson as error:
        return f"({error})", ""
    if body is None:
        return "(no body)", ""
    layers = list(_unwrap(body, DEEPEST))
    codes = [code for code, _message in layers if code]
    code = next((code for code in reversed(codes) if code.lower() not in WORDLESS), codes[-1] if codes else "")
    message = next((message for _code, message in reversed(layers) if message), "")
    if message:
        return message, code
    if code:
        return f"({code}, without a message)", code
    return f"({len(data)} bytes of {media_type(headers, scrub) or 'an unnamed type'} without a message)", ""


def already_exists(error: ServiceError) -> bool:
    """Whether Graph refuses to make a reference, such as an assignment, because it is there."""
    return error.status == 400 and EXISTS in error.detail.lower()


def is_foreign(error: ServiceError) -> bool:
    """Whether an error is no word of Graph's, which are always JSON."""
    return not error.code and error.detail.startswith("(") and "that are not JSON" in error.detail


def reference(headers: Mapping[str, str], data: bytes) -> str:
    """The two numbers with which Microsoft finds a request, in brackets; empty where there are none."""
    inner = _inner(headers, data)
    found = [(name, headers.get(name) or inner.get(name)) for name in ("request-id", "client-request-id")]
    told = ", ".join(f"{name} {value}" for name, value in found if isinstance(value, str) and value)
    return f"({told})" if told else ""


def _inner(headers: Mapping[str, str], data: bytes) -> dict[str, t.Any]:
    """C(innerError), where the numbers stand if no header has them."""
    try:
        body = decode(headers, data)
    except NotJson:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    inner = (error.get("innerError") or error.get("innererror")) if isinstance(error, dict) else None
    return inner if isinstance(inner, dict) else {}


def _unwrap(value: object, depth: int) -> Iterator[Wrapped]:
    """Code and message of each wrapping, from the outside to the inside."""
    if depth == 0:
        return
    if isinstance(value, str):
        yield from _unwrap_text(value, depth)
    elif isinstance(value, list):
        for item in value[:DEEPEST]:
            yield from _unwrap(item, depth - 1)
    elif isinstance(value, dict):
        yield _text(value, CODES), _sentence(_text(value, MESSAGES))
        for name in WRAPPINGS:
            yield from _unwrap(value.get(name), depth - 1)


def _unwrap_text(text: str, depth: int) -> Iterator[Wrapped]:
    """What a text holds that is JSON as a whole, or from its first brace on."""
    begin = min((place for place in (text.find("{"), text.find("[{"), text.find('"{')) if place >= 0), default=-1)
    if begin < 0:
        return
    try:
        inner, _end = json.JSONDecoder().raw_decode(text[begin:])
    except (ValueError, RecursionError):
        return
    yield from _unwrap(inner, depth - 1)


def _text(value: Mapping[str, object], names: tuple[str, ...]) -> str:
    """The first of the values that is text and not empty; the case of the names does not matter."""
    known = {str(name).lower(): inner for name, inner in value.items()}
    texts = (known.get(name.lower()) for name in names)
    return next((text.strip() for text in texts if isinstance(text, str) and text.strip()), "")


def _sentence(text: str) -> str:
    """The text, unless it is JSON: then what is inside of it speaks."""
    return "" if text[:1] in ("{", "[") or text[:2] == '"{' else text


GRAPH = Dialect(
    accept="application/json",
    content_type="application/json",
    address="graph_url",
    explain=explain,
    is_read=is_read,
    headers=number,
    reference=reference,
    one_refusal_is_all=False,
    is_single=is_single,
)
"""Microsoft Graph v1.0. A 401 there may mean a permission that one workload misses."""
