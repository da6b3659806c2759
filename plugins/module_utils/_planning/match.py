# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which declared object is which object of the service (DESIGN law 3): id, then externalId, then name. Pure."""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass, field

from .._model import DesiredGroup, DesiredUser, LiveGroup, LiveUser, key, keys, shown
from .._wording import and_list
from .plan import NAME, Failure

if t.TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .plan import Step

D = t.TypeVar("D", DesiredUser, DesiredGroup)
L = t.TypeVar("L", LiveUser, LiveGroup)


class Identity(t.NamedTuple):
    """By what a declared object is recognised; `former` are names that it may still have."""

    id: str
    external_id: str
    name: str
    former: tuple[str, ...]
    former_must_go: bool


def user_identity(user: DesiredUser) -> Identity:
    """A user that is to be renamed may already have the new name, but not beside the old one."""
    external_id = str(user.values.get("external_id", ""))
    if user.new_user_name:
        return Identity(user.id, external_id, user.new_user_name, (user.user_name,) if user.user_name else (), True)
    return Identity(user.id, external_id, user.user_name, (), True)


def group_identity(group: DesiredGroup) -> Identity:
    """A previous name may be in use again by another group, which then is not ours."""
    former = group.previous_names if group.present else ()
    return Identity(group.id, group.external_id or "", group.display_name, former, False)


@dataclass
class Matches(t.Generic[D, L]):
    """The result: pairs, declared objects that do not exist yet, conflicts, and the ids that a conflict makes untouchable."""

    pairs: list[tuple[D, L]] = field(default_factory=list)
    missing: list[D] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    disputed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)

    def claimed(self) -> set[str]:
        """The ids of all objects that a declared object stands for, or might."""
        return {live.id for _desired, live in self.pairs} | self.disputed

    def settle(self) -> None:
        """Leave out all pairs and missing objects that turned out to be in conflict."""
        if not self.disputed and not self.failed:
            return
        dropped = [pair for pair in self.pairs if pair[1].id in self.disputed]
        self.pairs = [pair for pair in self.pairs if pair[1].id not in self.disputed]
        for one, live in dropped:
            if key(one.name or one.id) not in self.failed:
                kind = "user" if isinstance(live, LiveUser) else "group"
                detail = f"is id {shown(live.id)} at the service, which another entry may be too; nothing is written to it"
                self.fail(kind, one, one.name or one.id, detail)
        self.missing = [one for one in self.missing if key(one.name or one.id) not in self.failed]

    def fail(self, kind: str, desired: D, name: str, detail: str, disputed: Sequence[L] = ()) -> None:
        """Record a conflict: the declared object is left out, and so are the objects it might have been."""
        self.failures.append(Failure(kind, "match", name, detail, place=desired.place))
        self.disputed.update(live.id for live in disputed)
        self.failed.add(key(name))

    def block(self, step: Step, detail: str) -> None:
        """Record that a planned step is impossible: neither it nor anything else is written to that object."""
        self.failures.append(Failure(step.kind, step.verb, step.name, detail, place=step.place))
        self.failed.add(key(step.name))
        if step.id:
            self.disputed.add(step.id)


class _Index(t.Generic[L]):
    """The objects of the service by id, externalId and name."""

    def __init__(self, live: Sequence[L]) -> None:
        known = [one for one in live if one.external_id]
        self.by_external_id: _Groups[L] = _Groups([one.external_id or "" for one in known], known)
        self.by_name: _Groups[L] = _Groups(keys([one[1] for one in live]), live)
        self._live: Sequence[L] = live

    @functools.cached_property
    def by_id(self) -> dict[str, L]:
        """The objects by id; made when it is asked for, as no-op runs do not."""
        return {one.id: one for one in self._live}

    def identified(self, who: Identity) -> list[L]:
        """The objects of that id, or else of that externalId."""
        if who.id:
            return [self.by_id[who.id]] if who.id in self.by_id else []
        return self.by_external_id.all(who.external_id) if who.external_id else []

    def named(self, name: str) -> list[L]:
        return self.by_name.all(key(name)) if name else []

    def plain(self, declared: Sequence[DesiredUser | DesiredGroup]) -> list[L | None]:
        """For each user the object to which externalId and name both lead, and to no other: most are found so, and fast."""
        users = [one for one in declared if isinstance(one, DesiredUser)]
        if len(users) < len(declared):
            return [None] * len(declared)
        external_ids = [None if user.id or user.new_user_name else user.values.get("external_id") for user in users]
        named, unique = self.by_name.sole, not self.by_name.doubled
        # A name that is spelled the same, where no two have the same name, need not be looked up.
        return [
            live if live is not None and ((unique and live[1] == user.user_name) or named.get(key(user.user_name)) is live) else None
            for user, live in zip(users, map(self.by_external_id.sole.get, external_ids))
        ]


class _Groups(t.Generic[L]):
    """Objects by a text that mostly only one of them has."""

    def __init__(self, names: Sequence[str], live: Sequence[L]) -> None:
        self.sole: dict[object, L] = dict(zip(names, live))
        self.doubled: dict[str, list[L]] = {}
        if len(self.sole) < len(names):
            found: dict[str, list[L]] = {}
            for name, one in zip(names, live):
                found.setdefault(name, []).append(one)
            self.doubled = {name: ones for name, ones in found.items() if len(ones) > 1}
            for name in self.doubled:
                del self.sole[name]

    def all(self, name: str) -> list[L]:
        """All objects of that text, in order."""
        return [self.sole[name]] if name in self.sole else list(self.doubled.get(name, ()))


def match_users(desired: Sequence[DesiredUser], live: Sequence[LiveUser]) -> Matches[DesiredUser, LiveUser]:
    """Each declared user with the one it is; see `Matches`."""
    return _match("user", desired, user_identity, live)


def match_groups(desired: Sequence[DesiredGroup], live: Sequence[LiveGroup]) -> Matches[DesiredGroup, LiveGroup]:
    """Each declared group with the one it is; see `Matches`."""
    return _match("group", desired, group_identity, live)


def _match(kind: str, desired: Sequence[D], identify: Callable[[D], Identity], live: Sequence[L]) -> Matches[D, L]:
    index: _Index[L] = _Index(live)
    result = Matches[D, L]()
    plain = index.plain(desired)
    if None not in plain and len({sole.id for sole in plain if sole is not None}) == len(plain):
        result.pairs = [(one, sole) for one, sole in zip(desired, plain) if sole is not None]
        return result
    # A name that belongs to an object which another entry identifies by id or externalId is about to become free.
    taken = set()
    for one, sole in zip(desired, plain) if None in plain else ():
        found = [sole] if sole is not None else index.identified(identify(one))
        if len(found) == 1 and one.present:
            taken.add(found[0].id)
    owners: dict[str, D] = {}
    for one, sole in zip(desired, plain):
        match = sole if sole is not None else _resolve(kind, one, identify(one), index, taken, result)
        if match is None:
            continue
        other = owners.setdefault(match.id, one)
        if other is one:
            result.pairs.append((one, match))
        else:
            _fail_both(kind, (one, identify(one)), (other, identify(other)), match, result)
    result.settle()
    return result


def _resolve(kind: str, one: D, who: Identity, index: _Index[L], taken: set[str], result: Matches[D, L]) -> L | None:
    """The object that `one` is, or None after recording that it is missing or in conflict."""
    label, found = who.name or who.id or who.external_id, index.identified(who)
    if who.id and not found and not one.present:
        # Gone already. The name is not looked at: it may be another object's by now.
        result.missing.append(one)
        return None
    if who.id and not found:
        result.fail(kind, one, label, f"there is no {kind} with id {who.id}; an id is given by the service and cannot be chosen")
        return None
    ours = {entry.id for entry in found}
    current: list[L] = [entry for entry in index.named(who.name) if entry.id in ours or entry.id not in taken]
    former: list[L] = [entry for name in who.former for entry in index.named(name) if entry.id in ours or entry.id not in taken]
    if former and current and not who.former_must_go:
        result.warnings.append(
            f"{kind} {label} exists, and so does {shown(former[0][1])}, one of its previous names, which is left as it is"
        )
        former = []
    candidates = {entry.id: entry for entries in (found, current, former) for entry in entries}
    if not candidates and one.present and not who.name:
        result.fail(kind, one, label, f"there is no {kind} with this external_id, and without {NAME[kind]} none can be created")
        return None
    if not candidates:
        result.missing.append(one)
        return None
    if len(candidates) > 1:
        whose = _tell_whose(kind, who, found, current, former)
        detail = f"matches more than one {kind} of the service: {whose}; nothing is written to any of them: correct the one that is wrong"
        detail += "" if who.id else ', or add the "id" of the one that is meant'
        result.fail(kind, one, label, detail, list(candidates.values()))
        return None
    return next(iter(candidates.values()))


def _tell_whose(kind: str, who: Identity, found: Sequence[L], current: Sequence[L], former: Sequence[L]) -> str:
    """By what each of several objects is recognised: C(external_id "hr-1" is that of ada@corp.example (id 7), user_name that of ...)."""
    by = f"id {shown(who.id)}" if who.id else f'external_id "{shown(who.external_id)}"'
    old, new = ("user_name", "new_user_name" if who.former else "user_name") if kind == "user" else ("previous_names", NAME[kind])
    parts = [
        f"{label} {'' if place else 'is '}that of {and_list([f'{shown(one[1])} (id {shown(one.id)})' for one in ones])}"
        for place, (label, ones) in enumerate((label, ones) for label, ones in ((by, found), (new, current), (old, former)) if ones)
    ]
    return ", ".join(parts)


def _fail_both(kind: str, first: tuple[D, Identity], second: tuple[D, Identity], live: L, result: Matches[D, L]) -> None:
    for (one, who), (other, _identity) in ((first, second), (second, first)):
        detail = f"is the same {kind} of the service (id {live.id}) as the entry at {other.place}; nothing is written to it"
        result.fail(kind, one, who.name or who.id, detail, [live])
