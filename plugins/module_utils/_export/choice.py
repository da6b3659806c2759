# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which users and groups an export has, each as the entry of a state document, in an order that does not depend on the service. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._input.entries import Inspection
from .._input.fields import Raw
from .._model import ATTRIBUTES, LiveGroup, LiveUser, Place, keys, shown
from .gaps import Gap

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .._model import Directory
    from .._planning.policy import Policy

Entry = dict[str, t.Any]
L = t.TypeVar("L", LiveUser, LiveGroup)


@dataclass
class Choice(t.Generic[L]):
    """The objects that are exported: each with its entry, by id, in order.

    `unsayable` are those in scope that no entry can name, each also among `refusals`; `gaps` are values that the entries lack,
    `outside` counts those out of scope, `protected` names the groups that are not ours to declare.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    unsayable: dict[str, L] = field(default_factory=dict)
    refusals: list[Gap] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    protected: list[str] = field(default_factory=list)
    outside: int = 0

    def refuse(self, kind: str, one: L, reason: str) -> None:
        """No entry can name this one."""
        self.entries.pop(one.id, None)
        self.unsayable[one.id] = one
        self.refusals.append(Gap(kind, one[1], "", reason, (one.id,)))


def choose_users(directory: Directory, policy: Policy) -> Choice[LiveUser]:
    """All users in scope."""
    scope, live = policy.scope, directory.users
    ours = [user for user in live if scope.has_user(user.user_name, user.external_id)]
    chosen = Choice[LiveUser](outside=len(live) - len(ours))
    _enter("user", ours, live, chosen, _user_entry)
    return chosen


def choose_groups(directory: Directory, policy: Policy) -> Choice[LiveGroup]:
    """All groups in scope that are not protected, without their members: who is in a protected one is not declared in files."""
    scope, guard, live = policy.scope, policy.group_guard(), directory.groups
    ours = [group for group in live if scope.has_group(group.display_name)]
    chosen = Choice[LiveGroup](outside=len(live) - len(ours))
    names = keys([group.display_name for group in ours])
    foreign = {group.id: (name, group.display_name) for name, group in zip(names, ours) if guard and guard.match(name)}
    chosen.protected = [name for _key, name in sorted(foreign.values())]
    _enter("group", [group for group in ours if group.id not in foreign], live, chosen, _group_entry)
    return chosen


def _enter(kind: str, ours: Sequence[L], live: Sequence[L], chosen: Choice[L], describe: Callable[[L], Entry]) -> None:
    """Fill `chosen` with the entries of `ours`, as far as the reader of state files has nothing against them."""
    namesakes = _shared(zip(keys([one[1] for one in live]), live))
    sharing = _shared((one.external_id, one) for one in live)
    inspection = Inspection()
    # Which of two with the same name comes first decides nothing: neither is exported.
    for name, _exact, _id, one in sorted(zip(keys([one[1] for one in ours]), [one[1] for one in ours], [one.id for one in ours], ours)):
        if name in namesakes:
            chosen.refuse(kind, one, f"is not the only one of this name, case and Unicode form do not count: {_told(namesakes[name])}")
            continue
        entry = describe(one)
        if one.external_id in sharing:
            reason = f"{one.external_id} is not the id of one alone: {_told(sharing[one.external_id])}"
            chosen.refusals.append(Gap(kind, one[1], "external_id", reason, (one.id,)))
            del entry["external_id"]
        faults = _faults(inspection, kind, entry)
        fault = faults.pop(next(iter(entry)), "")
        if fault:
            chosen.refuse(kind, one, fault)
            continue
        for attribute, reason in faults.items():
            del entry[attribute]
            chosen.gaps.append(Gap(kind, one[1], attribute, reason, (one.id,)))
        chosen.entries[one.id] = entry


def _faults(inspection: Inspection, kind: str, entry: Entry) -> dict[str, str]:
    """What the reader of state files has against the values of an entry, by their names."""
    known = len(inspection.problems)
    raw = Raw(kind, Place("", 0, ""), dict(entry))
    if kind == "user":
        inspection.user(raw)
    else:
        inspection.group(raw)
    return {problem.field: problem.reason for problem in inspection.problems[known:]}


def _user_entry(user: LiveUser) -> Entry:
    entry: Entry = {"user_name": user.user_name}
    entry.update((name, value) for name, value in zip(ATTRIBUTES, user[2:]) if value is not None and value != "")
    return entry


def _group_entry(group: LiveGroup) -> Entry:
    return {"display_name": group.display_name, **({"external_id": group.external_id} if group.external_id else {})}


def _shared(claims: Iterable[tuple[str | None, L]]) -> dict[str | None, list[L]]:
    """The texts that more than one object has; an empty one is nobody's."""
    first: dict[str, L] = {}
    found: dict[str | None, list[L]] = {}
    for text, one in claims:
        if text:
            earlier = first.setdefault(text, one)
            if earlier is not one:
                found.setdefault(text, [earlier]).append(one)
    return found


def _told(ones: Sequence[L]) -> str:
    return " and ".join(sorted(f"{shown(one[1])} (id {shown(one.id)})" for one in ones))
