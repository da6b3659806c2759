# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is to be a member of what: declared from the groups' side and from the users' side. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._errors import InputError, Problem
from .._model import Directory, key, shown
from .nearest import Nearest
from .plan import Failure, MemberStep, Ref

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from .._model import DesiredGroup, DesiredUser, LiveGroup, Member, Place
    from .match import Matches
    from .people import People
    from .policy import Policy


@dataclass
class Members:
    """The planned changes of memberships."""

    add: tuple[MemberStep, ...] = ()
    remove: tuple[MemberStep, ...] = ()
    failures: list[Failure] = field(default_factory=list)
    protected: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unchanged: int = 0


@dataclass
class _Claim:
    """What is declared of one group's members: by ids, and by references where the user does not exist yet."""

    ids: set[str] = field(default_factory=set)
    new: dict[str, Ref] = field(default_factory=dict)

    def take(self, ref: Ref) -> None:
        if ref.id:
            self.ids.add(ref.id)
        else:
            self.new[key(ref.name)] = ref

    def merge(self, other: _Claim | None) -> None:
        if other:
            self.ids |= other.ids
            self.new.update(other.new)


@dataclass
class _Target:
    """One group whose members may change; `declared` is None where only users name it."""

    ref: Ref
    declared: DesiredGroup | None
    place: Place | None

    @property
    def identity(self) -> str:
        return self.ref.id or key(self.ref.name)


_NOBODY = _Target(Ref("", ""), None, None)


class _Change(t.NamedTuple):
    target: _Target
    add: tuple[Ref, ...]
    remove: tuple[Ref, ...]


class MemberPlanner:
    """Plans all memberships: goes group by group, so that only one group's wanted members are held at a time (P7)."""

    def __init__(
        self,
        directory: Directory,
        policy: Policy,
        people: People,
        groups: Matches[DesiredGroup, LiveGroup],
        deleted: set[str],
    ) -> None:
        self.directory, self.policy, self.people, self.deleted = directory, policy, people, deleted
        self.present: dict[str, set[str]] = directory.members or {}
        self.result = Members()
        self.problems: list[Problem] = []
        self.leaving = {key(live.display_name) for live in directory.groups if live.id in deleted}
        self.failed_groups = groups.failed
        self.targets: dict[str, _Target] = {}
        self.by_name: dict[str, _Target] = {}
        self.doubled: set[str] = set()
        self._collect_targets(groups)
        self.near_group = Nearest(lambda: [target.ref.name for target in self.by_name.values()])
        self.near_user = Nearest(lambda: [ref.name for ref in people.refs.values()])
        self.by_user: dict[str, _Claim] = {}
        self.managed: set[str] = set()
        self._read_users()

    def _collect_targets(self, groups: Matches[DesiredGroup, LiveGroup]) -> None:
        """All groups whose members may change: those of the service, then the declared ones, which win."""
        for live in self.directory.groups:
            if live.id not in self.deleted and live.id not in groups.disputed:
                if key(live.display_name) in self.by_name:
                    self.doubled.add(key(live.display_name))
                self._add_target(_Target(Ref(live.display_name, live.id), None, None), live.display_name)
        for _group, live in groups.pairs:
            if self.by_name.get(key(live.display_name), _NOBODY).ref.id == live.id:
                del self.by_name[key(live.display_name)]
        for group, live in groups.pairs:
            if group.present:
                name = group.display_name or live.display_name
                self._add_target(_Target(Ref(name, live.id), group, group.place), name)
        for group in groups.missing:
            if group.present:
                self._add_target(_Target(Ref(group.display_name, ""), group, group.place), group.display_name)

    def _add_target(self, target: _Target, name: str) -> None:
        self.targets[target.identity] = target
        self.by_name[key(name)] = target
        if target.declared:
            self.doubled.discard(key(name))

    def _read_users(self) -> None:
        """Invert the users' own `groups` lists to group -> users."""
        plain: dict[str, set[str]] = {}
        for user, ref in self.people.declared:
            if user.groups is None:
                continue
            known = ref.id
            if known:
                self.managed.add(known)
            for group in user.groups:
                if known and group in plain:
                    plain[group].add(known)
                else:
                    claim = self._read_group(user, ref, group)
                    if claim:
                        plain[group] = claim.ids

    def _read_group(self, user: DesiredUser, ref: Ref, group: str) -> _Claim | None:
        """What is claimed of that group by now, this user too; None where nothing may be."""
        target = self.by_name.get(key(group))
        if target and key(group) in self.doubled:
            detail = f"two groups of the service have the displayName {group}; declare the one that is meant, with its id"
            self.result.failures.append(Failure("membership", "add", ref.name, detail, group, user.place))
        elif target and not self.policy.scope.has_group(target.ref.name):
            self._complain(user, f"group {group} lies outside of scope; widen scope or drop the name")
        elif target:
            claim = self.by_user.setdefault(target.identity, _Claim())
            claim.take(ref)
            return claim
        elif key(group) in self.leaving:
            self._complain(user, f"group {group} will be deleted by this same run; declare it, or drop the name")
        elif key(group) not in self.failed_groups:
            meant = self.near_group.suggest(group)
            self._complain(user, f"there is no group {group}; declare it (or make it first, with scim_group), or correct the name{meant}")
        return None

    def _complain(self, user: DesiredUser, reason: str) -> None:
        self.problems.append(Problem(str(user.place), "groups", reason))

    def plan(self) -> Members:
        """All changes, split into the phases in which they are written. Raises InputError for what nobody knows (B25, B27)."""
        ordered = sorted(self.targets.values(), key=lambda target: (key(target.ref.name), target.ref.id))
        changes = [self._plan_group(target) for target in ordered]
        if self.problems:
            raise InputError(self.problems)
        self.result.add, self.result.remove = _split(changes)
        return self.result

    def _plan_group(self, target: _Target) -> _Change:
        group = target.declared
        mode = (group.membership if group else "") or self.policy.membership
        present = self.present.get(target.ref.id, set())
        listed = self._claim(group) if group and group.members is not None else None
        wanted, gone = _Claim(), _Claim()
        (gone if self.policy.membership == "remove" else wanted).merge(self.by_user.get(target.identity))
        (gone if mode == "remove" else wanted).merge(listed)
        self._refuse_both(target, wanted, gone)
        extra = gone.ids & present
        self._refuse_strangers(target, extra)
        if listed is not None and mode == "exact":
            extra |= present - wanted.ids
        elif self.policy.membership == "exact" and not self._is_foreign(target):
            extra |= (present & self.managed) - wanted.ids
        return self._change(target, present, wanted, extra)

    def _refuse_both(self, target: _Target, wanted: _Claim, gone: _Claim) -> None:
        both = [self.people.ref(user_id) for user_id in wanted.ids & gone.ids]
        both += [wanted.new[name] for name in wanted.new.keys() & gone.new.keys()]
        for ref in sorted(both):
            reason = f"{ref.name} is declared as a member of {target.ref.name}, and to be removed from it"
            self.problems.append(Problem(str(target.place or target.ref.name), "members", reason))

    def _is_foreign(self, target: _Target) -> bool:
        """Whether only users name this group, and it is protected, doubled or out of scope: then nobody leaves it either (F59)."""
        if target.declared:
            return False
        guard = self.policy.group_guard()
        protected = bool(guard and guard.match(key(target.ref.name)))
        return protected or key(target.ref.name) in self.doubled or not self.policy.scope.has_group(target.ref.name)

    def _claim(self, group: DesiredGroup) -> _Claim:
        claim = _Claim()
        for member in group.members or ():
            name = key(member.user_name)
            if name in self.people.failed:
                continue
            why_not = self.people.why_not(name)
            if why_not and self.policy.missing_members == "assume" and name not in self.people.refs:
                claim.take(Ref(member.user_name, ""))
                self.result.warnings.append(
                    f"user {member.user_name} does not exist yet; taken for one that an earlier task of this play makes"
                )
            elif why_not:
                self._miss(group, member, why_not)
            elif name in self.people.ambiguous:
                detail = f"two users of the service have the userName {member.user_name}; neither is added"
                self.result.failures.append(Failure("membership", "add", member.user_name, detail, group.display_name, member.place))
            else:
                claim.take(self.people.refs[name])
        return claim

    def _refuse_strangers(self, target: _Target, gone: set[str]) -> None:
        """Who is out of scope is not touched; to name such a user for removal is a mistake that must not pass in silence."""
        for user_id in sorted(gone):
            live = self.people.by_id[user_id]
            if not self.policy.scope.has_user(live.user_name, live.external_id):
                reason = f"{shown(live.user_name)} is to be removed from {target.ref.name}, and lies outside of scope"
                self.problems.append(Problem(str(target.place or target.ref.name), "members", reason))

    def _miss(self, group: DesiredGroup, member: Member, reason: str) -> None:
        mode, name = group.membership or self.policy.membership, key(member.user_name)
        # Nobody of this name is a member, as it is wanted; but if this is the old login of somebody, that one stays in the group.
        gone = mode == "remove" and not (name in self.people.renamed and name not in self.people.leaving)
        if gone or self.policy.missing_members == "ignore":
            return
        known = any(name in names for names in (self.people.leaving, self.people.refs, self.people.renamed))
        meant = "" if known else self.near_user.suggest(member.user_name)
        text = f"{member.user_name} in group {group.display_name} {reason}{meant}"
        if self.policy.missing_members == "warn":
            self.result.warnings.append(text)
        else:
            self.problems.append(Problem(str(member.place), "members", text))

    def _change(self, target: _Target, present: set[str], wanted: _Claim, extra: set[str]) -> _Change:
        if not extra and not wanted.new and wanted.ids == present:
            self.result.unchanged += len(present)
            return _Change(target, (), ())
        remove = {one for one in extra if self._may_remove(one)}
        add = wanted.ids - present - self.people.disputed
        new = wanted.new
        self.result.unchanged += len(wanted.ids & present)
        guard = self.policy.group_guard()
        emptied = not add and not new and not present - remove - self.people.retired
        if remove and emptied and guard and guard.match(key(target.ref.name)):
            self.result.protected.append(target.ref.name)
            self.result.warnings.append(f"group {shown(target.ref.name)} is protected (protected_groups) and keeps its last members")
            remove = set()
        if not add and not new and not remove:
            return _Change(target, (), ())
        gains = sorted([*map(self.people.ref, add), *new.values()])
        return _Change(target, tuple(gains), tuple(sorted(map(self.people.ref, remove))))

    def _may_remove(self, user_id: str) -> bool:
        """Not strangers to the listing (nested groups), not people out of scope, nor those in dispute or deleted anyway."""
        live = self.people.by_id.get(user_id)
        if live is None or user_id in self.people.disputed or user_id in self.people.retired:
            return False
        return self.policy.scope.has_user(live.user_name, live.external_id)


def _split(changes: Sequence[_Change]) -> tuple[tuple[MemberStep, ...], tuple[MemberStep, ...]]:
    """Additions before removals (law 5), and as few requests as that leaves.

    A group that gains and loses members takes one request for both, in the second phase, unless it gains somebody
    who loses another membership: that person must have the new access before losing the old.
    """
    losing = {user.id for change in changes for user in change.remove}
    first: list[MemberStep] = []
    second: list[MemberStep] = []
    for target, add, remove in changes:
        early = not remove or any(user.id in losing for user in add if user.id)
        if add and early:
            first.append(MemberStep(target.ref, add, (), target.place))
        if remove:
            second.append(MemberStep(target.ref, () if early else add, remove, target.place))
    return tuple(first), tuple(second)
