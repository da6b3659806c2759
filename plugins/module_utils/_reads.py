# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the info modules read and return. Nothing here can write."""

from __future__ import annotations

import contextlib
import typing as t

from ._advice import advise
from ._errors import ServiceError, TransportError
from ._model import ATTRIBUTES, key
from ._wire.discovery import Capabilities
from ._wire.reader import FoundGroup
from ._wire.resources import identifier, live_group, live_user, user_ids

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ._wire.reader import ScimReader
    from ._wire.resources import Resource

    Options = Mapping[str, t.Any]

Answer = dict[str, t.Any]

LOOK_UPS = 10
"""The names of up to so many members are read one by one; beyond that the pages of all users cost less."""


def read_users(service: ScimReader, options: Options) -> Answer:
    """`users` (module scim_user_info): one, those of a filter, or all, sorted by name, with the attributes that are asked for."""
    user_name, external_id = options["user_name"] or "", options["external_id"] or ""
    wanted = options["attributes"] or (*ATTRIBUTES, "groups")

    def describe(resource: Resource) -> Answer:
        return _describe_user(resource, wanted)

    if options["id"]:
        found = [service.get("Users", options["id"])]
    elif user_name or external_id:
        # Read once more by id: what a look-up finds has lost its groups.
        found = [service.get("Users", user.id) for user in service.find_users(user_name=user_name, external_id=external_id)]
    else:
        return _users(service.search("Users", describe, filter=options["filter"] or ""), service)
    return _users([describe(resource) for resource in found if resource is not None], service)


def _users(users: list[Answer], service: ScimReader) -> Answer:
    if any(user.get("groups") for user in users):
        # Services leave out what is empty (RFC 7643 2.5): one that shows groups shows that the others have none.
        users = [{**user, "groups": user["groups"] or []} for user in users]
    return {"users": sorted(users, key=lambda user: key(user["user_name"])), **_listing(service.doubts)}


def read_groups(service: ScimReader, options: Options) -> Answer:
    """`groups` (module scim_group_info): one, those of a filter, or all, sorted by name, with the names of their members if asked for."""
    with_members: bool = options["with_members"]
    name, id, filter = (options[option] or "" for option in ("display_name", "id", "filter"))
    users: dict[str, str] | None = None
    if name or id:
        found = service.find_groups(display_name=name, id=id, members=with_members)
    elif filter:
        found = service.search("Groups", _found_group if with_members else lambda resource: FoundGroup(live_group(resource)), filter=filter)
        found = [_with_members(service, group) if with_members else group for group in found]
    else:
        directory = service.read(users=with_members, groups=True, members=with_members)
        users = {user.id: user.user_name for user in directory.users}
        members = directory.members or {}
        found = [FoundGroup(group, members.get(group.id, set()) if with_members else None) for group in directory.groups]
    if users is None:
        users = _names(service, {member for group in found for member in group.members or ()})
    groups = [_describe_group(group, users) for group in found]
    return {"groups": sorted(groups, key=lambda group: key(group["display_name"])), **_listing(service.doubts)}


def read_service(service: ScimReader, _options: Options) -> Answer:
    """What can be found out about the service (module scim_service_info). A refusal is a finding, not an error."""
    reachable = authenticated = False
    message = ""
    try:
        service.probe()
        reachable = authenticated = True
    except ServiceError as error:
        # 404 is a server that answers, but no SCIM service: most likely base_url is not whole.
        reachable, message = error.status != 404, f"{error}{advise(error)}"
    except TransportError as error:
        message = str(error)
    told = Capabilities()
    schemas: tuple[str, ...] = ()
    if reachable:
        # Asked without the token first, so that it may work where the token is refused.
        with contextlib.suppress(TransportError):
            told = service.capabilities()
        with contextlib.suppress(TransportError):
            schemas = service.schemas()
    warning = f"This is not a service that the other modules could use: {message}"
    return {
        "warnings": [warning] if message else [],
        "reachable": reachable,
        "authenticated": authenticated,
        "message": message,
        "patch": told.patch,
        "bulk": told.bulk,
        "filter": told.filter,
        "page_size_seen": service.page_size_seen,
        "schemas": list(schemas),
    }


def _describe_user(resource: Resource, wanted: Collection[str]) -> Answer:
    user = live_user(resource)
    shown: Answer = {"id": user.id, "user_name": user.user_name}
    shown.update({name: getattr(user, name) for name in ATTRIBUTES if name in wanted})
    if "groups" in wanted:
        shown["groups"] = _group_names(resource["groups"]) if "groups" in resource else None
    return shown


def _group_names(groups: object) -> list[str]:
    """The names in a user's `groups`, sorted; the id of a group that comes without its name."""
    entries = [group for group in groups if isinstance(group, dict)] if isinstance(groups, list) else []
    names = (str(group.get("display") or "") or identifier(group.get("value")) for group in entries)
    return sorted((name for name in names if name), key=key)


def _found_group(resource: Resource) -> FoundGroup:
    """A group with the members that the listing shows of it; None where it shows none."""
    members = resource.get("members")
    return FoundGroup(live_group(resource), None if members is None else set(user_ids(members)))


def _with_members(service: ScimReader, found: FoundGroup) -> FoundGroup:
    return found if found.members is not None else found._replace(members=service.members_of(found.group.id))


def _names(service: ScimReader, ids: set[str]) -> dict[str, str]:
    """The userName for each id of a user that the service shows."""
    if len(ids) > LOOK_UPS:
        users: Iterable[t.Any] = service.read(users=True, groups=False).users
    else:
        users = [user for id in sorted(ids) for user in service.find_users(id=id)]
    return {user.id: user.user_name for user in users}


def _describe_group(found: FoundGroup, users: Mapping[str, str]) -> Answer:
    shown: Answer = found.group._asdict()
    if found.members is not None:
        shown["members"] = sorted((users[id] for id in found.members if id in users), key=key)
        shown["unknown_members"] = sorted(id for id in found.members if id not in users)
    return shown


def _listing(doubts: Collection[str]) -> Answer:
    """Whether what was listed can be trusted, with a warning if not."""
    if not doubts:
        return {"listing": "complete"}
    warning = f"The listing is doubtful, so somebody may be missing in the result: {'; '.join(doubts)}."
    return {"listing": "suspect", "warnings": [warning]}
