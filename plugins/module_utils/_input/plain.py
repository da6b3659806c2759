# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The short way through the checks: values of plain letters, which nearly all are, in one match. Pure.

A test is true only of values in which the full checks find nothing; all others take the long way.
"""

from __future__ import annotations

import re
import typing as t
from operator import itemgetter

from .._model import key

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .fields import Field

MASKED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
"""The one sign of a value that was never resolved (B37) that is made of plain letters; all others hold some that no pattern has."""

_SIGNS = r"A-Za-z0-9 ._@+/&#',()\-"
_LATIN = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
"""Letters of Latin script beyond ASCII, each one character that can be seen: the names of Europe and of Vietnam."""
_PATTERNS = {
    "text": f"(?! )[{_SIGNS}{_LATIN}]{{1,LIMIT}}(?<! )",
    "group": f"(?! )[{_SIGNS}]{{1,LIMIT}}(?<! )",
    "login": r"[A-Za-z0-9._+-]{1,63}@[A-Za-z0-9.-]{1,63}",
    "mail": r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9]{1,20}(?:[.-][A-Za-z0-9]{1,20}){0,2}\.[A-Za-z]{1,20}",
}


def plain(field: Field) -> t.Callable[[str], object]:
    """The test for one text."""
    return re.compile(_pattern(field)).fullmatch


def _pattern(field: Field) -> str:
    return _PATTERNS[field.kind].replace("LIMIT", str(field.limit or field.limit_bytes))


class Shape(t.NamedTuple):
    """What entries with the same keys in the same order have in common: `texts` takes their texts, `test` judges them joined."""

    texts: t.Callable[[Mapping[str, object]], tuple[str, ...]]
    test: t.Callable[[str], object]


class Shapes(dict[tuple[str, ...], Shape]):
    """The shapes that were met so far, by the keys of the entry."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        super().__init__()
        self._fields = fields

    def __missing__(self, names: tuple[str, ...]) -> Shape:
        fields = self._fields
        texts = [name for name in names if name in fields and fields[name].kind in _PATTERNS]
        others = set(names) - set(texts) - {"active", "groups"}
        if others or any(field.required and name not in texts for name, field in fields.items()):
            found = Shape(lambda _values: (), lambda _joined: None)
        else:
            texts *= 2 // len(texts) or 1  # itemgetter gives a tuple only of two
            pattern = "\n".join(_pattern(fields[name]) for name in texts)
            found = Shape(itemgetter(*texts), re.compile(pattern).fullmatch)
        self[names] = found
        return found


class Names:
    """Names in lists that were found to be good, one copy of each: a thousand names stand for a million memberships.

    Of spellings with the same key only the first is known, so that different known names are different to the service.
    """

    def __init__(self, field: Field) -> None:
        self._test = plain(field)
        self._known: dict[str, str] = {}
        self._find = self._known.__getitem__
        self._spelled: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def __getitem__(self, name: str) -> str:
        return self._known[name]

    def learn(self, name: str) -> bool:
        """Remembers a good name; False if another spelling of it is known already."""
        if self._spelled.setdefault(key(name), name) != name:
            return False
        self._known[name] = name
        return True

    def plain(self, value: object) -> tuple[str, ...] | None:
        """The names of a list in which nothing can be wrong; None if it needs a closer look.

        Raises TypeError where an item is no name at all.
        """
        if value.__class__ is not list:
            return None
        try:
            names = tuple(map(self._find, value))
        except KeyError:
            for name in set(value).difference(self._known):
                if not self._test(name) or MASKED in name or not self.learn(name):
                    return None
            names = tuple(map(self._find, value))
        return names if len(set(names)) == len(names) else None
