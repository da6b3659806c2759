# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shapes in which we take answers of Microsoft Graph: checked at the door, so that all further inside gets sound values. Pure.

Only the keys that we read are checked, and any may be missing or null unless it is `needed`. A complaint names keys and kinds of values,
never a value: that may be anything, also a secret.
"""

from __future__ import annotations

import typing as t

from .._errors import UntrustedAnswer
from .._model import cut, key

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Json = dict[str, t.Any]
    Shape = Callable[[object, str], Iterator[str]]
    """Yields what is wrong with a value that stands in this place of an answer."""

DIGITS = 18
"""The longest number that comes as a text; longer ones are no counts."""

KINDS = ((bool, "true or false"), ((int, float), "a number"), (str, "a text"), (list, "a list"), (dict, "an object"))
"""Kinds of JSON values in words; a boolean is a number to Python, and so comes first."""


def sound(answer: Json, shape: Shape, what: str, **asked: str) -> Json:
    """The answer itself. Raises UntrustedAnswer with the first thing that is wrong with it; `what` it is, such as C(the application).

    `asked` is by which key one object was asked for: an answer that has another value there is another object, which is not to be written.
    """
    for complaint in shape(answer, ""):
        raise UntrustedAnswer(
            f"Microsoft Graph answers with something that this collection does not understand: {complaint}. Check graph_url, and report it "
            "if that is right",
            what,
        )
    for name, wanted in asked.items():
        if key(str(answer.get(name) or "")) != key(wanted):
            text = f"Microsoft Graph answers with another object than the one that was asked for, by its {name}. It is not touched"
            raise UntrustedAnswer(f"{text}; check graph_url, and the proxy if there is one", what)
    return answer


def all_sound(answers: list[Json], shape: Shape, what: str) -> list[Json]:
    """The entries of a list, each as `sound` wants it."""
    return [sound(answer, shape, what) for answer in answers]


def texts_of(page: Json, name: str) -> list[str]:
    """The texts under this key in the entries of a page, for a message; what is none is left out."""
    entries = page.get("value")
    found = [one.get(name) for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    return [cut(one) for one in found if isinstance(one, str) and one]


def text(value: object, place: str) -> Iterator[str]:
    """A text."""
    if value is not None and not isinstance(value, str):
        yield _wrong(place, value, "a text")


def switch(value: object, place: str) -> Iterator[str]:
    """True or false."""
    if value is not None and not isinstance(value, bool):
        yield _wrong(place, value, "true or false")


def whole(value: object, place: str) -> Iterator[str]:
    """A whole number, or the digits of one."""
    digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= DIGITS
    if value is not None and not digits and (isinstance(value, bool) or not isinstance(value, int)):
        yield _wrong(place, value, "a whole number")


def needed(shape: Shape) -> Shape:
    """As `shape`, and it must be there, and not be empty."""

    def check(value: object, place: str) -> Iterator[str]:
        if value is None or value == "":
            yield f"{place} is missing"
        yield from shape(value, place)

    return check


def record(**keys: Shape) -> Shape:
    """An object in which these keys have these shapes."""

    def check(value: object, place: str) -> Iterator[str]:
        if value is None:
            return
        if not isinstance(value, dict):
            yield _wrong(place, value, "an object")
            return
        for name, inner in keys.items():
            yield from inner(value.get(name), f"{place}.{name}".lstrip("."))

    return check


def several(shape: Shape, *, least: int = 0) -> Shape:
    """A list of values of this shape, none of them null; with `least` it must be there and have so many."""

    def check(value: object, place: str) -> Iterator[str]:
        if value is None and not least:
            return
        if not isinstance(value, list):
            yield _wrong(place, value, "a list")
            return
        if len(value) < least:
            yield f"{place} is empty"
        for index, one in enumerate(value):
            yield from needed(shape)(one, f"{place}[{index}]")

    return check


def texts(value: object, place: str) -> Iterator[str]:
    """A list of texts, empty ones among them."""
    if value is not None and not isinstance(value, list):
        yield _wrong(place, value, "a list")
        return
    for index, one in enumerate(value or ()):
        if not isinstance(one, str):
            yield _wrong(f"{place}[{index}]", one, "a text")


def _wrong(place: str, value: object, wanted: str) -> str:
    kind = next((words for kinds, words in KINDS if isinstance(value, kinds)), "null")
    return f"{place or 'the whole'} is {kind}, not {wanted}"
