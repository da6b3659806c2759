# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directory as one cycle sees it: copied under the lock, so that nothing is locked while the engine talks to the target."""

from __future__ import annotations

import copy
import dataclasses
import typing as t
from dataclasses import dataclass, field

from .settings import Settings, settings_of

if t.TYPE_CHECKING:
    from .evaluation import Value
    from .state import Application, Directory, Group, Job, Json, Link, User

DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"

COMPUTED = ("objectId", "accountEnabled", "IsSoftDeleted", "appRoleAssignments", "originalUserPrincipalName", "securityEnabled")
SPELLING = {name.lower(): name for name in COMPUTED}


@dataclass
class Subject:
    """A user or a group of Entra, as expressions and filters see it."""

    id: str
    kind: str
    name: str
    values: dict[str, Value]
    """By the attribute's name in lower case."""
    default_domain: str
    is_active: bool = True
    """Neither disabled nor deleted."""
    assigned: bool = False
    entitled: bool = False
    """Assigned in a role that counts."""
    members: tuple[str, ...] = ()
    """Ids of users: direct members that are not deleted."""
    spelling: dict[str, str] = field(default_factory=dict)
    """The attributes' names as the directory spells them, by the name in lower case."""

    def shown(self) -> dict[str, Value]:
        """The attributes that have a value, for the log."""
        given = {name: value for name, value in self.values.items() if value not in (None, "", []) and name != "id"}
        return {self.spelling.get(name, SPELLING.get(name, name)): value for name, value in given.items()}

    def value(self, name: str) -> Value:
        """An attribute, None where it is not set."""
        return self.values.get(name.lower())

    def as_leaving(self) -> Subject:
        """The same with IsSoftDeleted, as expressions see whoever is to be disabled."""
        return Subject(self.id, self.kind, self.name, {**self.values, "issoftdeleted": True}, self.default_domain, is_active=False)


@dataclass
class Snapshot:
    """All that a cycle needs to know."""

    settings: Settings
    schema: Json
    subjects: dict[str, Subject]
    links: dict[str, Link]
    is_initial: bool
    resets: int
    forced: bool


class Assignments:
    """Who is assigned to the application, directly or as a direct member of an assigned group."""

    def __init__(self, application: Application, directory: Directory, default_access_excluded: bool) -> None:
        self._directory = directory
        self._names = {role["id"]: role.get("displayName") or "" for role in application.principal.get("appRoles") or []}
        self._excluded = default_access_excluded
        self.roles: dict[str, list[str]] = {}
        """Role ids by the id of the user or group."""
        for assignment in application.assignments.values():
            for id in (assignment.principal_id, *self._users_of(assignment.principal_id)):
                self.roles.setdefault(id, []).append(assignment.role_id)

    def _users_of(self, id: str) -> list[str]:
        group = self._directory.groups.get(id)
        return [member for member in group.members if member in self._directory.users] if group and group.security_enabled else []

    def is_entitled(self, id: str) -> bool:
        """Whether one of the roles counts."""
        return any(role != DEFAULT_ACCESS or not self._excluded for role in self.roles.get(id, []))

    def names(self, id: str) -> list[str]:
        """The roles by name."""
        names = [self._names.get(role) or ("Default Access" if role == DEFAULT_ACCESS else role) for role in self.roles.get(id, [])]
        return list(dict.fromkeys(names))


def take(directory: Directory, application: Application, job: Job, default_access_excluded: bool) -> Snapshot:
    """A copy of everything, made under the directory's lock."""
    with directory.lock:
        assignments = Assignments(application, directory, default_access_excluded)
        domain = _domain(directory)
        subjects = {user.id: _of_user(user, assignments, domain) for user in directory.users.values()}
        subjects.update({group.id: _of_group(group, directory, assignments, domain) for group in directory.groups.values()})
        settings = settings_of(application.secrets)
        return Snapshot(
            dataclasses.replace(settings, sync_all=settings.sync_all or job.everybody),
            copy.deepcopy(job.schema),
            subjects,
            copy.deepcopy(job.links),
            job.watermark == 0,
            job.resets,
            job.force_deletes,
        )


def _domain(directory: Directory) -> str:
    """The tenant's default domain: the sandbox has no list of domains and takes the first user's."""
    first = next(iter(directory.users.values()), None)
    return str(first.attributes.get("userPrincipalName", "")).rpartition("@")[2] if first else ""


def _of_user(user: User, assignments: Assignments, domain: str) -> Subject:
    values = {name.lower(): copy.copy(value) for name, value in user.attributes.items()}
    name = str(values.get("userprincipalname") or values.get("displayname") or user.id)
    values.update(
        objectid=user.id,
        id=user.id,
        accountenabled=user.account_enabled,
        issoftdeleted=user.soft_deleted or not user.account_enabled,
        approleassignments=assignments.names(user.id),
    )
    values.setdefault("originaluserprincipalname", values.get("userprincipalname"))
    is_active = user.account_enabled and not user.soft_deleted
    is_assigned = user.id in assignments.roles
    subject = Subject(user.id, "User", name, values, domain, is_active, is_assigned, assignments.is_entitled(user.id))
    subject.spelling = {name.lower(): name for name in user.attributes}
    return subject


def _of_group(group: Group, directory: Directory, assignments: Assignments, domain: str) -> Subject:
    values = {name.lower(): copy.copy(value) for name, value in group.attributes.items()}
    name = str(values.get("displayname") or group.id)
    values.update(objectid=group.id, id=group.id, securityenabled=group.security_enabled)
    members = tuple(id for id in group.members if id in directory.users and not directory.users[id].soft_deleted)
    is_entitled = group.security_enabled and assignments.is_entitled(group.id)
    is_assigned = group.id in assignments.roles
    spelling = {name.lower(): name for name in group.attributes}
    return Subject(group.id, "Group", name, values, domain, group.security_enabled, is_assigned, is_entitled, members, spelling)
