# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which name was meant: the nearest of the known ones to a name that nobody has, at a bounded cost. Pure."""

from __future__ import annotations

import difflib
import typing as t

from .._model import key, shown
from .._wording import did_you_mean

if t.TYPE_CHECKING:
    from collections.abc import Iterable

COMPARISONS = 100_000
"""So many names are compared for one plan: a second or so, and five mistakes among twenty thousand people."""

CUTOFF = 0.8
"""How alike two names must be to be taken for one another, 1 being equal."""


class Nearest:
    """Suggestions out of the names that are known, until the comparisons are used up; `names` is asked for at the first mistake."""

    def __init__(self, names: t.Callable[[], Iterable[str]]) -> None:
        self._read = names
        self._known: dict[str, list[tuple[str, str]]] | None = None
        self._left = COMPARISONS

    def suggest(self, name: str) -> str:
        """A question to be added to the reason, or nothing. What may differ stands before the @, or else behind it, not both."""
        if self._known is None:
            self._known = {}
            for one in self._read():
                local, _sign, domain = key(one).rpartition("@") if "@" in one else (key(one), "", "")
                self._known.setdefault(domain, []).append((local, one))
        local, _sign, domain = key(name).rpartition("@") if "@" in name else (key(name), "", "")
        found = self._nearest(local, self._known.get(domain, ())) or self._elsewhere(local, domain)
        return did_you_mean([shown(found)] if found else [])

    def _nearest(self, wanted: str, candidates: Iterable[tuple[str, str]]) -> str:
        """The most alike; where several are, the first of them."""
        matcher = difflib.SequenceMatcher(autojunk=False)
        matcher.set_seq2(wanted)
        best, found = CUTOFF, ""
        for text, name in candidates:
            if self._left <= 0:
                break
            self._left -= 1
            matcher.set_seq1(text)
            if matcher.real_quick_ratio() >= best and matcher.quick_ratio() >= best:
                ratio = matcher.ratio()
                if ratio > best or (ratio == best and not found):
                    best, found = ratio, name
        return found

    def _elsewhere(self, local: str, domain: str) -> str:
        """The same person in a domain that is spelled much the same."""
        known = self._known or {}
        near = difflib.get_close_matches(domain, list(known)[: COMPARISONS // 100], n=3, cutoff=CUTOFF) if domain else []
        return next((name for other in near for text, name in known[other] if text == local), "")
