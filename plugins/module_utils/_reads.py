# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the info modules read and return. Nothing here can write."""

from __future__ import annotations

import contextlib
import typing as t

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
    if options["id"]:
        found = [service.get("Users", options["id"])]
    elif user_name or external_id:
        # Read once more by id: what a look-up finds has lost its groups.
        found = [service.get("Users", user.id) for user in service.find_users(user_name=user_name, external_id=external_id)]
    else:
        found = [*service.search("Users", filter=options["filter"] or "")]
    resources = [resource for resource in found if resource is not None]
    wanted = options["attributes"] or (*ATTRIBUTES, "groups")
    users = [_describe_user(resource, wanted) for resource in resources]
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
        resources = service.search("Groups", filter=filter)
        found = [FoundGroup(live_group(resource), _members(service, resource) if with_members else None) for resource in resources]
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
        reachable, message = True, str(error)
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
    return {
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


def _members(service: ScimReader, resource: Resource) -> set[str]:
    return set(user_ids(resource["members"])) if "members" in resource else service.members_of(identifier(resource.get("id")))


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
