# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of single texts. Pure; every check gives the reason why the text is refused, "" if it is fine."""

from __future__ import annotations

import calendar
import difflib
import re
import typing as t
import unicodedata

from .._wording import did_you_mean, edge_fault, is_mail_address

if t.TYPE_CHECKING:
    from collections.abc import Iterable

UNRESOLVED = ("{{", "}}", "{%", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "********", "$ANSIBLE_VAULT")

_CONTROLS = frozenset({"Cc", "Zl", "Zp"})
# Letters and marks that show nothing: combining grapheme joiner, Hangul fillers, blank Braille pattern.
_BLANKS = frozenset("\u034f\u115f\u1160\u3164\uffa0\u2800")
_EMOJI_JOINER = "\u200d"
_EMOJI_PARTS = frozenset({"So", "Sk", "Mn"})
# Scripts with letters that look like Latin ones (Unicode TR 39), and the styled copies of the Latin alphabet.
_LOOKALIKES = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "FULLWIDTH", "MATHEMATICAL"})
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def quoted(text: str, limit: int = 64) -> str:
    """The text in quotes, fit for one line of a message: cut, and whatever cannot be seen as an escape."""
    shown = text if len(text) <= limit else text[:limit] + "..."
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown) + '"'


def text_fault(text: str) -> str:
    """Why no service should be given this text: characters that cannot be seen or sent, or a template left over."""
    fault = edge_fault(text)
    if fault:
        return fault
    if not (text.isascii() and text.isprintable()):
        for index, character in enumerate(text):
            reason = _character_fault(text, index, character)
            if reason:
                return reason
    if any(sign in text for sign in UNRESOLVED):
        return "looks like a template, vault or masked value that was not resolved; give the value itself"
    return ""


def _character_fault(text: str, index: int, character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        name = "half of a surrogate pair, which is no character"
    elif category in _CONTROLS:
        name = "a control character"
    elif character == "\ufffd":
        name = "a replacement character: the text was damaged before it came here"
    elif character in _BLANKS or (category == "Cf" and not _joins_emoji(text, index)):
        name = "an invisible character"
    else:
        return ""
    return f"holds {name} (U+{ord(character):04X} at position {index + 1}); remove it"


def _joins_emoji(text: str, index: int) -> bool:
    if text[index] != _EMOJI_JOINER or not 0 < index < len(text) - 1:
        return False
    before, after = unicodedata.category(text[index - 1]), unicodedata.category(text[index + 1])
    return before in _EMOJI_PARTS and after == "So"


def length_fault(text: str, limit: int, limit_bytes: int) -> str:
    """Why the text is too long; 0 = no limit."""
    if limit and len(text) > limit:
        return f"has {len(text)} characters; at most {limit} are allowed"
    if limit_bytes and len(text) * 4 > limit_bytes:
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > limit_bytes:
            return f"has {size} bytes in UTF-8; at most {limit_bytes} are allowed"
    return ""


def login_fault(text: str) -> str:
    """Why the text is no userName: the service wants user@domain."""
    for character in text:
        if character.isspace() and character != " ":
            return f"holds a space that is not a plain one (U+{ord(character):04X}); remove it"
    user, sign, domain = text.rpartition("@")
    if not sign:
        return "has no '@'; a userName is user@domain (a group cannot stand where a user is wanted)"
    return "" if user.strip() and domain.strip() else "needs text on both sides of the '@'"


def mail_fault(text: str) -> str:
    """Why the text is no mail address such as ada@corp.example."""
    return "" if is_mail_address(text) else "is no mail address such as ada@corp.example"


def date_fault(text: str) -> str:
    """Why the text is no calendar day."""
    found = _DATE.fullmatch(text)
    if not found:
        return "is no date; write YYYY-MM-DD, such as 2027-01-31, without a time"
    year, month, day = (int(part) for part in found.groups())
    real = year >= 1 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    return "" if real else "is not in the calendar; write YYYY-MM-DD, such as 2027-01-31"


def lookalikes(text: str, *, whole: bool) -> list[str]:
    """Letters that look like Latin ones beside Latin ones, as U+0430 CYRILLIC SMALL LETTER A; `whole`: else word by word."""
    found: dict[str, None] = {}
    for word in [text] if whole else re.findall(r"\w+", text):
        scripts = {c: unicodedata.name(c, "").partition(" ")[0] for c in word if c.isalpha()}
        if "LATIN" in scripts.values():
            found.update((f"U+{ord(c):04X} {unicodedata.name(c)}", None) for c, script in scripts.items() if script in _LOOKALIKES)
    return list(found)


def suggestion(name: str, valid: Iterable[str]) -> str:
    """Which valid key was meant, or all of them."""
    spelled = {one.replace("_", ""): one for one in valid}
    near = difflib.get_close_matches(name.replace("_", "").replace("-", "").replace(" ", "").lower()[:64], spelled, n=1, cutoff=0.7)
    return did_you_mean([spelled[near[0]]], before="") if near else f"valid are {', '.join(spelled.values())}"
