# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes secrets out of text, in every spelling in which a service, a library or a traceback could repeat them. Pure."""

from __future__ import annotations

import base64
import html
import json
import re
import typing as t
from urllib.parse import quote, quote_plus

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MASK = "********"
"""What stands in the place of a secret: the same stars that Ansible uses."""

SLICE = 8
"""The shortest part of a secret that is taken out (R10)."""

SHORTEST = 4
"""Anything shorter is no secret: to mask it would garble ordinary words."""


class Scrubber:
    """Knows the secrets of one run. Secrets may be added at any time, from any thread (renewed tokens)."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._slices: dict[int, frozenset[str]] = {}
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """From now on `secret`, its encoded forms, and each of their slices of eight characters are taken out."""
        slices = {length: set(known) for length, known in self._slices.items()}
        for part, forms in ((SLICE, _forms(secret)), *_spelled_out(secret)):
            for form in forms:
                length = min(part, len(form))
                slices.setdefault(length, set()).update(form[i : i + length] for i in range(len(form) - length + 1))
        # Replaced as a whole, so that a thread that is reading sees the old set or the new one.
        self._slices = {length: frozenset(known) for length, known in slices.items()}

    def scrub_text(self, text: str) -> str:
        """`text` with stars in the place of secrets; time grows with the length of the text only."""
        spans = sorted(
            (start, start + length)
            for length, known in self._slices.items()
            for start in range(len(text) - length + 1)
            if text[start : start + length] in known
        )
        if not spans:
            return text
        parts, done = [], 0
        for start, end in _joined(spans):
            parts += [text[done:start], MASK]
            done = end
        return "".join(parts) + text[done:]

    def finds(self, text: str) -> bool:
        """Whether `scrub_text` would change this text, told in a quarter of the time."""
        return any(
            not known.isdisjoint([text[start : start + length] for start in range(len(text) - length + 1)])
            for length, known in self._slices.items()
        )

    def scrub(self, value: t.Any) -> t.Any:
        """`value` with all text in it scrubbed: dicts, lists, tuples, sets, bytes and text; the rest as it is.

        The keys of `value` itself stay: they are our own words, and a secret that is made of such words must not take C(changed) away.
        Those further inside may be words of the service, such as the types that it counts.
        """
        if isinstance(value, dict):
            return {name: self._scrub_all(item) for name, item in value.items()}
        return self._scrub_all(value)

    def _scrub_all(self, value: t.Any) -> t.Any:
        if isinstance(value, str):
            return self.scrub_text(value)
        if isinstance(value, bytes):
            return self.scrub_text(value.decode("utf-8", "replace"))
        if isinstance(value, dict):
            return {self._scrub_all(name): self._scrub_all(item) for name, item in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            plain = [self._scrub_all(item) for item in value]
            return plain if isinstance(value, list) else tuple(plain) if isinstance(value, tuple) else set(plain)
        return value


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans that overlap or touch, as one; `spans` are sorted."""
    start, end = -1, -1
    for next_start, next_end in spans:
        if next_start > end:
            if end > start:
                yield start, end
            start = next_start
        end = max(end, next_end)
    yield start, end


def _forms(secret: str) -> set[str]:
    """Each way to write `secret` that is long enough to be looked for."""
    # HTTP Basic of OAuth2 clients quotes first and encodes then (RFC 6749 2.3.1).
    raws = {text.encode("utf-8", "replace") for text in (secret, quote_plus(secret))}
    plain = {secret, secret.strip()}.union(*(_base64(raw, shift) for raw in raws for shift in range(3)))
    encoded = plain | {code(text) for text in plain for code in (quote, quote_plus, html.escape, _quote_all, _json, repr)}
    # A path or a message may have been encoded once more on its way through a log.
    encoded |= {code(text) for text in tuple(encoded) for code in (_json, _quote_all)}
    encoded |= {re.sub("%[0-9A-F]{2}", lambda match: match.group().lower(), text) for text in encoded}
    encoded |= {text.replace("/", "\\/") for text in encoded}
    # Hosts and media types are told in lower case, names of variables and headers in upper case.
    encoded |= {code(text) for text in tuple(encoded) for code in (str.lower, str.upper)}
    return {text for text in (form.strip("'\"") for form in encoded) if len(text) >= SHORTEST}


def _spelled_out(secret: str) -> Iterator[tuple[int, set[str]]]:
    """Ways to write `secret` in which each character takes several, and how long a part of eight of its characters is in them.

    These are not cut into shorter parts: eight hexadecimal digits may just as well be those of an id.
    """
    if len(secret) < SHORTEST:
        return
    digits = secret.encode("utf-8", "replace").hex()
    yield 2 * SLICE, {digits, digits.upper()}
    units = secret.encode("utf-16-be", "replace").hex()
    escapes = ["".join(f"\\u{code[i : i + 4]}" for i in range(0, len(code), 4)) for code in (units, units.upper())]
    yield len("\\u0000") * SLICE, set(escapes)


def _quote_all(text: str) -> str:
    return quote(text, safe="")


def _json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _base64(raw: bytes, shift: int) -> Iterator[str]:
    """The base64 characters that depend on `raw` alone, where `shift` bytes of something else stand before it."""
    # Three bytes make four characters; a character that shares bits with a neighbour is left out.
    first = -(-shift * 8 // 6)
    count = (shift + len(raw)) * 8 // 6
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(b"\0" * shift + raw).decode("ascii")[first:count]
