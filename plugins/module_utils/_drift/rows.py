# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is who: the users that Git declares, that Entra has in scope, and that Zscaler shows, brought together, each once. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._model import key
from .._planning.match import match_groups, match_users

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .._model import DesiredGroup, DesiredUser, Directory, Document, LiveGroup, LiveUser
    from .._planning.match import Matches
    from .._planning.plan import Failure, MemberStep, Plan, Step
    from .model import Person, Team


@dataclass
class Row:
    """One user, or one group: what each of the three says of it, and what the plan would do to it."""

    kind: str
    name: str
    desired: t.Any = None
    live: t.Any = None
    inside: t.Any = None
    """The Person or Team of Entra."""
    steps: list[Step] = field(default_factory=list)
    members: list[MemberStep] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    disputed: bool = False

    @property
    def present(self) -> bool:
        """Whether Git wants it."""
        return self.desired is not None and self.desired.present


class Rows:
    """All rows of one kind, found by the id that Zscaler gave and, where there is none, by name."""

    def __init__(self, kind: str, live: Iterable[LiveUser | LiveGroup]) -> None:
        self.kind = kind
        self.by_id = {one.id: Row(kind, one[1], live=one) for one in live}
        self.named: dict[str, Row] = {}
        """Those that Zscaler does not show, and names under which the declared ones are told of."""
        self._absent: list[Row] = []

    def __iter__(self) -> Iterator[Row]:
        yield from self.by_id.values()
        yield from self._absent

    def declare(self, matches: Matches[t.Any, t.Any]) -> None:
        """Enter what Git declares, matched as the planner does it."""
        for desired, live in matches.pairs:
            row = self.by_id[live.id]
            row.desired = desired
            # What is to go is told of by the name that it has, not by one that it was found by besides.
            row.name = (desired.name if desired.present else "") or row.name
            self.named[key(desired.name or desired.id)] = row
        for desired in matches.missing:
            self.absent(desired.name or desired.id).desired = desired
        for id in matches.disputed & self.by_id.keys():
            self.by_id[id].disputed = True

    def absent(self, name: str) -> Row:
        """The row of one that Zscaler does not show; made if there is none."""
        row = self.named.get(key(name))
        if row is None:
            row = self.named[key(name)] = Row(self.kind, name)
            self._absent.append(row)
        return row

    def another(self, name: str) -> Row:
        """A row beside that of its name: Entra has two groups of it, of which Zscaler can show one."""
        self._absent.append(Row(self.kind, name))
        return self._absent[-1]

    def of(self, id: str, name: str) -> Row:
        """The row of one that the plan names."""
        return self.by_id[id] if id in self.by_id else self.absent(name)


@dataclass
class World:
    """All users and groups."""

    users: Rows
    groups: Rows


def declared_world(document: Document, directory: Directory, plan: Plan) -> World:
    """The rows of what Git declares and Zscaler shows, with the plan's steps and failures entered."""
    users, groups = Rows("user", directory.users), Rows("group", directory.groups)
    users.declare(match_users(document.users, directory.users))
    groups.declare(match_groups(document.groups, directory.groups))
    for step in plan.object_steps():
        (users if step.kind == "user" else groups).of(step.id, step.name).steps.append(step)
    for change in plan.member_steps():
        groups.of(change.group.id, change.group.name).members.append(change)
    _enter_failures(users, [failure for failure in plan.failures if failure.kind == "user"])
    _enter_failures(groups, [failure for failure in plan.failures if failure.kind != "user"])
    return World(users, groups)


def _enter_failures(rows: Rows, failures: Sequence[Failure]) -> None:
    """A failure is told of a declared name, or of a group by the name that Zscaler shows."""
    known = {key(row.name): row for row in rows.by_id.values()} if failures else {}
    for failure in failures:
        name = failure.group or failure.name
        row = rows.named.get(key(name)) or known.get(key(name)) or rows.absent(name)
        row.failures.append(failure)


def enter_people(rows: Rows, people: Sequence[Person]) -> None:
    """Enter the users of Entra: by userPrincipalName first, then by what else the mapping may take, then by Entra's id as externalId."""
    by_name, by_external_id = _index(rows)
    waiting = list(people)
    for position in range(max((len(person.names) for person in people), default=0)):
        left = []
        for person in waiting:
            row = by_name.get(key(person.names[position])) if position < len(person.names) else None
            if row is None or row.inside is not None:
                left.append(person)
            else:
                row.inside = person
        waiting = left
    for person in waiting:
        _enter_by_id(rows, person, by_external_id)


def enter_teams(rows: Rows, teams: Sequence[Team]) -> None:
    """Enter the groups of Entra: by displayName, then by Entra's id as externalId."""
    by_name, by_external_id = _index(rows)
    for team in teams:
        row = by_name.get(key(team.name))
        if row is not None and row.inside is None:
            row.inside = team
        else:
            _enter_by_id(rows, team, by_external_id)


def _index(rows: Rows) -> tuple[dict[str, Row], dict[str, Row]]:
    """The rows by name, those of Zscaler first under the name that it has now, and by externalId."""
    everybody = list(rows)
    by_name = {key(row.name): row for row in everybody}
    by_name.update((key(row.live[1]), row) for row in everybody if row.live is not None)
    return by_name, {row.live.external_id: row for row in everybody if row.live is not None and row.live.external_id}


def _enter_by_id(rows: Rows, one: Person | Team, by_external_id: dict[str, Row]) -> None:
    row = by_external_id.get(one.id)
    if row is None or row.inside is not None:
        row = rows.absent(one.name)
    if row.inside is not None and key(row.inside.name) == key(one.name):
        row = rows.another(one.name)
    # Where Git renames somebody, Entra may know both names: that is one row all the same.
    row.inside = row.inside or one


def managed_members(document: Document | None, users: Rows) -> frozenset[str]:
    """The ids of the users at Zscaler whose groups Git decides, by their own C(groups)."""
    if document is None:
        return frozenset()
    return frozenset(row.live.id for row in users if row.live is not None and row.desired is not None and row.desired.groups is not None)


def decides_members(group: DesiredGroup | None) -> bool:
    """Whether Git says who is in this group."""
    return group is not None and group.members is not None


def says_active(user: DesiredUser | None) -> bool:
    """Whether Git says whether this user is active."""
    return user is not None and "active" in user.values
