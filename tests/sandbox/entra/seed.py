# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Putting people and groups into the Entra directory, and telling what is in it."""

from __future__ import annotations

import typing as t
import uuid

from .state import Directory, Group, User

if t.TYPE_CHECKING:
    from .state import Json

USER_SPECIAL = frozenset({"id", "accountEnabled", "softDeleted", "groups"})
GROUP_SPECIAL = frozenset({"id", "members", "securityEnabled"})


def sow(directory: Directory, users: t.Iterable[Json], groups: t.Iterable[Json]) -> None:
    """Creates users and groups. The caller holds the lock. Raises ValueError with a sentence; then nothing was created.

    A user has userPrincipalName and any property of Graph's user, `id`, accountEnabled, `softDeleted`, `groups` (names; made
    where missing). A group has displayName, any property, `id`, securityEnabled, `members` (userPrincipalNames, or names of groups).
    """
    users, groups = [dict(user) for user in users], [dict(group) for group in groups]
    names = {str(user.attributes["userPrincipalName"]).lower(): user.id for user in directory.users.values()}
    for user in users:
        name = user.get("userPrincipalName")
        if not isinstance(name, str) or not name:
            raise ValueError("each user is an object with a userPrincipalName")
        if name.lower() in names:
            raise ValueError(f"{name} is there already")
        names[name.lower()] = user.setdefault("id", str(uuid.uuid4()))
    for group in groups:
        if not isinstance(group.get("displayName"), str) or not group["displayName"]:
            raise ValueError("each group is an object with a displayName")
        group.setdefault("id", str(uuid.uuid4()))
    known_groups = {str(group.attributes["displayName"]): group.id for group in directory.groups.values()}
    known_groups.update((group["displayName"], group["id"]) for group in groups)
    members = [_members(group, names, known_groups) for group in groups]
    for user in users:
        directory.users[user["id"]] = _user(user)
    for group, ids in zip(groups, members):
        directory.groups[group["id"]] = _group(group, ids)
    for user in users:
        _join(directory, user, known_groups)


def _members(group: Json, names: dict[str, str], groups: dict[str, str]) -> list[str]:
    ids = []
    for name in group.get("members") or ():
        id = names.get(str(name).lower()) or groups.get(str(name))
        if id is None:
            raise ValueError(f"group {group['displayName']} has a member {name}, who is neither user nor group")
        ids.append(id)
    return ids


def _user(source: Json) -> User:
    attributes = {key: value for key, value in source.items() if key not in USER_SPECIAL}
    name = str(attributes["userPrincipalName"])
    attributes.setdefault("displayName", name.partition("@")[0])
    return User(source["id"], attributes, source.get("accountEnabled", True), source.get("softDeleted", False))


def _group(source: Json, members: list[str]) -> Group:
    attributes = {key: value for key, value in source.items() if key not in GROUP_SPECIAL}
    return Group(source["id"], attributes, members, source.get("securityEnabled", True))


def _join(directory: Directory, user: Json, known: dict[str, str]) -> None:
    for name in user.get("groups") or ():
        if name not in known:
            known[name] = str(uuid.uuid4())
            directory.groups[known[name]] = Group(known[name], {"displayName": name})
        members = directory.groups[known[name]].members
        if user["id"] not in members:
            members.append(user["id"])


def crowd(seed: Json) -> dict[str, list[Json]]:
    """What `seed.crowd` invented for the SCIM side, as people of Entra."""
    users = [
        {
            "userPrincipalName": user["userName"],
            "displayName": user["displayName"],
            "givenName": user["name"]["givenName"],
            "surname": user["name"]["familyName"],
            "mail": user["userName"],
            "department": user["department"],
        }
        for user in seed["users"]
    ]
    return {"users": users, "groups": [{"displayName": group["displayName"], "members": group["members"]} for group in seed["groups"]]}


def state_of(directory: Directory) -> Json:
    """Users, groups and applications in names. The caller holds the lock."""
    names = {id: str(user.attributes["userPrincipalName"]) for id, user in directory.users.items()}
    names.update((id, str(group.attributes["displayName"])) for id, group in directory.groups.items())
    users = [
        {"id": user.id, **user.attributes, "accountEnabled": user.account_enabled, "softDeleted": user.soft_deleted}
        for user in directory.users.values()
    ]
    groups = [
        {"id": group.id, **group.attributes, "members": [names.get(id, id) for id in group.members]} for group in directory.groups.values()
    ]
    applications = []
    for application in directory.applications.values():
        roles = {role["id"]: role["displayName"] for role in application.principal["appRoles"]}
        assignments = [
            {"principal": names.get(one.principal_id, one.principal_id), "role": roles.get(one.role_id, one.role_id)}
            for one in application.assignments.values()
        ]
        jobs = [
            {"id": job.id, "templateId": job.template_id, "schedule": job.schedule, "status": job.status, "watermark": job.watermark}
            for job in application.jobs.values()
        ]
        applications.append(
            {
                "displayName": application.display_name,
                "id": application.id,
                "appId": application.app_id,
                "servicePrincipalId": application.principal_id,
                "assignments": assignments,
                "jobs": jobs,
                "secrets": sorted(application.secrets),
            }
        )
    return {"tenantId": directory.tenant_id, "users": users, "groups": groups, "applications": applications, "logs": len(directory.logs)}
