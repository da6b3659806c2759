# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan: every write that a task would make, in the order of DESIGN law 5, in names. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._model import key

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from .._model import Place

Value = t.Union[str, bool]
NAME = {"user": "user_name", "group": "display_name"}

PHASES = ("groups", "users", "add_members", "remove_members", "retire_users", "delete_groups")
"""The order of writing: nobody loses access before the new access is there, and nobody is removed before the rest worked."""


class Ref(t.NamedTuple):
    """A user or group by name; `id` is empty where the object is made by an earlier step of the same plan."""

    name: str
    id: str


@dataclass(frozen=True)
class Step:
    """One write to one user or group: one request. `values` is what is written, `before` what stands there now."""

    kind: str
    verb: str
    name: str
    id: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    before: dict[str, Value | None] = field(default_factory=dict)
    place: Place | None = None


@dataclass(frozen=True)
class MemberStep:
    """The members that one group gains and loses in one phase; cut into requests by the wire."""

    group: Ref
    add: tuple[Ref, ...] = ()
    remove: tuple[Ref, ...] = ()
    place: Place | None = None


@dataclass(frozen=True)
class Failure:
    """An object that could not be planned or written, and why; the others go on (DESIGN law 6)."""

    kind: str
    verb: str
    name: str
    detail: str
    group: str = ""
    place: Place | None = None
    status: int = 0
    request: str = ""


@dataclass(frozen=True)
class Unchanged:
    """How many declared objects are already as declared."""

    users: int = 0
    groups: int = 0
    memberships: int = 0


@dataclass(frozen=True)
class Plan:
    """All steps by phase, and what planning found besides: conflicts, protected names, attributes never shown."""

    groups: tuple[Step, ...] = ()
    users: tuple[Step, ...] = ()
    add_members: tuple[MemberStep, ...] = ()
    remove_members: tuple[MemberStep, ...] = ()
    retire_users: tuple[Step, ...] = ()
    delete_groups: tuple[Step, ...] = ()
    failures: tuple[Failure, ...] = ()
    protected: tuple[str, ...] = ()
    unverifiable: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unchanged: Unchanged = field(default_factory=Unchanged)
    bases: Bases | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not any(getattr(self, phase) for phase in PHASES)

    def object_steps(self) -> Iterator[Step]:
        """The steps on users and groups, in order."""
        for phase in (self.groups, self.users, self.retire_users, self.delete_groups):
            yield from phase

    def member_steps(self) -> Iterator[MemberStep]:
        """The steps on memberships, in order."""
        yield from self.add_members
        yield from self.remove_members


@dataclass(frozen=True)
class Bases:
    """What the removal limit is a percentage of: objects in scope before the run, protected ones left out.

    `partial` says that of the members only those of one user were there to be counted.
    """

    users: int = 0
    groups: int = 0
    members: int = 0
    group_sizes: dict[str, int] = field(default_factory=dict)
    lost_with_groups: dict[str, int] = field(default_factory=dict)
    partial: bool = False


def order_names(
    steps: Sequence[Step], live: Iterable[tuple[str, str]], disputed: Collection[str] = ()
) -> tuple[list[Step], list[tuple[Step, str]]]:
    """Renames, then creates, in an order in which each name is free when it is taken; and the steps for which none exists.

    `live` has name and id of everybody before the plan; a service may have two of one name. `disputed` has the ids that are in
    conflict, so that nothing is written to them.
    """
    holders: dict[str, set[str]] = {}
    if not any(step.verb in ("rename", "create") for step in steps):
        return [], []
    for name, live_id in live:
        holders.setdefault(key(name), set()).add(live_id)
    waiting = [step for step in steps if step.verb == "rename"]
    ordered: list[Step] = []
    freed: set[str] = set()
    while waiting:
        ready = [step for step in waiting if not holders.get(key(step.name), set()) - freed - {step.id}]
        if not ready:
            break
        ordered += ready
        freed.update(step.id for step in ready)
        waiting = [step for step in waiting if step.id not in freed]
    keepers = {step.id: holders[key(step.name)] - freed - {step.id} for step in waiting}
    stuck = [(step, _why_taken(step.id, keepers[step.id], keepers, disputed)) for step in waiting]
    for step in steps:
        kept = holders.get(key(step.name), set()) - freed
        if step.verb == "create" and kept:
            stuck.append((step, _why_taken("", kept, keepers, disputed)))
        elif step.verb == "create":
            ordered.append(step)
    return ordered, stuck


def _why_taken(mover: str, holders: set[str], keepers: Mapping[str, set[str]], disputed: Collection[str]) -> str:
    """Why a name is not free: `holders` have it; `keepers` has, for each rename that cannot be made, who is in its way."""
    reached: set[str] = set()
    found = set(holders)
    while found - reached:
        reached |= found
        found = {one for holder in found for one in keepers.get(holder, ())}
    if mover in reached:
        return "waits for a name that is only free after this rename (a swap); rename one to a third name first"
    holder = min(holders)
    if holder in keepers:
        return f"the name is held by id {holder}, whose own rename is not possible"
    if holder in disputed:
        return f"the name is held by id {holder}, to which nothing is written because its own entry failed"
    return f"the name is held by id {holder}, which keeps it"
