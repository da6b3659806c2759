# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an export does not have, although it is in scope: each with its reason, and all of them in words. Pure."""

from __future__ import annotations

import typing as t

from .._errors import Refusal
from .._model import shown
from .._wording import cut_lines, cut_list

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAMED = 10
"""How many names one warning has."""

SHOWN = 20
"""How many lines a refusal has."""

LISTED = 200
"""How many gaps a result lists."""

PRUNE = {"user": ("prune_users", "protected_users"), "group": ("prune_groups", "protected_groups")}


class Gap(t.NamedTuple):
    """One user or group that cannot be declared, or one value of it; `field` is empty where it is the whole object.

    `ids` are those of the service, of the object and of others that are mixed up with it.
    """

    kind: str
    name: str
    field: str
    reason: str
    ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        ids = f" (id {' and id '.join(map(shown, self.ids))})" if self.ids else ""
        field = f" {self.field}:" if self.field else ""
        return f"{self.kind} {shown(self.name)}{ids}:{field} {shown(self.reason)}"


def refuse(gaps: Sequence[Gap]) -> None:
    """Raise Refusal for all of them, if there are any: no file is written that lacks somebody without a word."""
    if not gaps:
        return
    lines = [f"Refused: not all that is in scope can be declared in a state file, as {len(gaps)} times here; no file was written:"]
    lines += cut_lines(gaps, SHOWN)
    lines.append(
        "Correct it at the service, or leave it out by scope or protected_groups, or run with undeclarable=warn, which leaves out just "
        "what cannot be declared, and names it."
    )
    raise Refusal("\n".join(lines), undeclarable=list_gaps(gaps))


def list_gaps(gaps: Sequence[Gap]) -> list[dict[str, t.Any]]:
    """The first of them for a result."""
    return [{**gap._asdict(), "ids": list(gap.ids)} for gap in gaps[:LISTED]]


def warn(gaps: Sequence[Gap]) -> Iterator[str]:
    """One warning for each kind of object and field, with the first names."""
    sorts: dict[tuple[str, str], list[Gap]] = {}
    for gap in gaps:
        sorts.setdefault((gap.kind, gap.field), []).append(gap)
    for (kind, field), found in sorted(sorts.items()):
        names = cut_list([f"{shown(gap.name)} ({shown(gap.reason)})" for gap in found[:NAMED]], NAMED, len(found))
        many = f"{len(found)} {kind}{'' if len(found) == 1 else 's'}"
        if field:
            yield f"Left out of the file, and so left alone at the service: {field} of {many}: {names}"
        else:
            prune, protect = PRUNE[kind]
            yield f"The file lacks {many} that cannot be declared. {prune} would remove them, unless {protect} names them: {names}"
