# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What both halves say in the same words: long lists cut short, names that were perhaps meant, texts that are no names. Pure."""

from __future__ import annotations

import difflib
import re
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NEAR = 3
"""How many names a suggestion has."""

MAIL = re.compile(r"[^\s@\"(),:;<>\[\\\]]{1,64}@([^\W_]([\w-]{0,61}[^\W_])?\.)+[^\W_]([\w-]{0,61}[^\W_])?")
"""One mail address as people have them: no comments, nothing in quotes, and a domain of two parts or more."""

LONGEST_MAIL = 254
"""Characters that a mail address can have at most (RFC 5321 4.5.3.1.3, less the angle brackets)."""


def cut_list(names: Sequence[str], most: int, count: int = 0) -> str:
    """The first names for a sentence, C(a, b and 3 more). `count` is how many there are, where `names` has not all of them."""
    more = (count or len(names)) - len(names[:most])
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def cut_lines(lines: Sequence[object], most: int) -> list[str]:
    """The first of them as lines of a message, each after a dash; the last line says how many more there are."""
    more = len(lines) - most
    return [*(f"- {line}" for line in lines[:most]), *([f"- and {more} more"] if more > 0 else [])]


def and_list(names: Sequence[str]) -> str:
    """All names for a sentence: C(a), C(a and b), C(a, b and c)."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def did_you_mean(names: Sequence[str], before: str = "; ") -> str:
    """The question that follows on a reason, after a semicolon; empty where there is nothing to suggest."""
    return f"{before}did you mean {' or '.join(names)}?" if names else ""


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """The names that are spelled much alike, the best first; also those of which the last part is alike. Only case differs: that one.

    Of names with an @, which mostly have the domain in common, also what stands before it must be alike.
    """
    by_key = {one.casefold(): one for one in names}
    wanted = name.casefold()
    if wanted in by_key:
        return [by_key[wanted]]
    before = wanted.rpartition("@")[0]
    fitting = [one for one in by_key if not before or difflib.get_close_matches(before, [one.rpartition("@")[0]])]
    found = difflib.get_close_matches(wanted, fitting, n=NEAR)
    found += [one for one in by_key if one not in found and one.rpartition(":")[2].rpartition(".")[2] == wanted]
    return [by_key[one] for one in found[:NEAR]]


def edge_fault(text: str) -> str:
    """Why a text is no name as it stands: there is nothing in it, or a space around it; empty if it can be one."""
    if not text.strip():
        return "is empty" if not text else "holds nothing but spaces"
    return "begins or ends with a space; remove it" if text != text.strip() else ""


def is_mail_address(text: str) -> bool:
    """Whether the text looks like one mail address; what it is good for only the mail service knows."""
    return len(text) <= LONGEST_MAIL and bool(MAIL.fullmatch(text))
