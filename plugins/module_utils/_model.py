# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the layers pass to each other: the desired document, and the directory as the service shows it. Pure."""

from __future__ import annotations

import functools
import typing as t
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

N = t.TypeVar("N", bound=t.NamedTuple)

ATTRIBUTES = ("external_id", "display_name", "given_name", "family_name", "email", "department", "active")
"""The declarable attributes of a user besides C(user_name), in the order in which they are shown."""


def key(name: str) -> str:
    """The one key by which names are compared: NFC, then casefold (RFC 7643 4.1.1: userName is not case-exact)."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def keys(names: Sequence[str]) -> list[str]:
    """The key of each name. Names of plain ASCII are turned into keys as one text, which takes a fifth of the time."""
    joined = "\n".join(names)
    if joined.isascii() and joined.count("\n") == len(names) - 1:
        return joined.lower().split("\n")
    return [key(name) for name in names]


SHORTEST_SECRET = 8
"""Characters that a secret has at least: to mask a shorter one would garble results."""

LONGEST = 256
"""So many characters a name of Entra has at most."""


def cut(name: str) -> str:
    """A name that may be anybody's, fit for a result: no service fills the log with it."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 3]}..."


def shown(name: str) -> str:
    """A name that may be anybody's, fit for a message: what does not print is escaped, so that it cannot forge lines or colours."""
    return name if name.isprintable() else "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in name)


def same_value(name: str, have: str | bool | None, want: str | bool) -> bool:
    """Whether an attribute already has the value that is wanted: the one comparison, of planning and of every look-up.

    None, which is not shown, is the same as empty. Unicode forms do not count, nor does the case of a mail address (RFC 7643 4.1.2):
    services that lower it must not cause a change in every run (F60).
    """
    if isinstance(want, bool) or isinstance(have, bool):
        return have is want
    have = have or ""
    if name == "email":
        return key(have) == key(want)
    return have == want or unicodedata.normalize("NFC", have) == unicodedata.normalize("NFC", want)


def maker(kind: type[N]) -> Callable[[tuple[object, ...]], N]:
    """What makes a named tuple of all its values in order, unchecked: for a hundred thousand of them in half the time of the class."""
    return functools.partial(tuple.__new__, kind)


class Place(t.NamedTuple):
    """Where an entry was declared: `file` is empty for a list in the play, `line` is 0 where the format has none."""

    file: str
    line: int
    entry: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where} ({self.entry})" if where and self.entry else where or self.entry


class Member(t.NamedTuple):
    """One declared member of a group, by userName; an expired one has been left out before."""

    user_name: str
    place: Place


class DesiredUser(t.NamedTuple):
    """One declared user. `values` holds only the attributes that were given: absent = leave alone, "" = clear.

    A tuple, because to make a hundred thousand of a frozen dataclass takes four times as long.
    """

    user_name: str
    place: Place
    values: Mapping[str, str | bool] = MappingProxyType({})
    id: str = ""
    groups: tuple[str, ...] | None = None
    new_user_name: str = ""
    present: bool = True

    @property
    def name(self) -> str:
        """The userName after the run; empty where the user is known by id only."""
        return self.new_user_name or self.user_name


@dataclass(frozen=True)
class DesiredGroup:
    """One declared group. `members` is None where membership is not managed; `membership` "" means the task's mode."""

    display_name: str
    place: Place
    external_id: str | None = None
    id: str = ""
    previous_names: tuple[str, ...] = ()
    membership: str = ""
    members: tuple[Member, ...] | None = None
    present: bool = True

    @property
    def name(self) -> str:
        """The displayName after the run; empty where the group is known by id only."""
        return self.display_name


@dataclass(frozen=True)
class Document:
    """All that was declared, checked: no name twice, every value of its type."""

    users: tuple[DesiredUser, ...] = ()
    groups: tuple[DesiredGroup, ...] = ()
    warnings: tuple[str, ...] = ()


class LiveUser(t.NamedTuple):
    """One user as the service shows it, cut down to what a plan needs; None = the service does not show it."""

    id: str
    user_name: str
    external_id: str | None = None
    display_name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    email: str | None = None
    department: str | None = None
    active: bool | None = None


class LiveGroup(t.NamedTuple):
    """One group as the service shows it, without its members."""

    id: str
    display_name: str
    external_id: str | None = None


@dataclass(frozen=True)
class Directory:
    """The tenant at one moment: users, groups, and for each group id the ids of its members.

    `members` is None where memberships were not read; `partial` says that it has only those of these few users, because
    the service shows no others without a listing. `hidden` names the attributes that no user shows although
    the service's schema does not promise them either: they can be written but never compared. `doubts` says why
    the listing cannot be trusted for removals; empty means complete. `warnings` is what reading found worth saying.
    `unlisted_groups` are ids of groups that users show and the listing of groups does not.
    """

    users: tuple[LiveUser, ...] = ()
    groups: tuple[LiveGroup, ...] = ()
    members: dict[str, set[str]] | None = None
    hidden: frozenset[str] = frozenset()
    doubts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    partial: bool = False
    unlisted_groups: frozenset[str] = frozenset()
