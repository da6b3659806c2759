# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users, groups and directory objects: read only, as the client is allowed to."""

from __future__ import annotations

import typing as t

from .answers import Call, Json, Listing, Reply, bad_request, not_found
from .odata import selected
from .state import Directory, Group, User

if t.TYPE_CHECKING:
    from .entra import Entra

USER_DEFAULT = (
    "id",
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
)
USER_EMPTY: Json = {"businessPhones": [], **dict.fromkeys(USER_DEFAULT[2:]), "department": None, "employeeId": None, "companyName": None}
GROUP_EMPTY: Json = {
    "deletedDateTime": None,
    "description": None,
    "groupTypes": [],
    "mail": None,
    "mailEnabled": False,
    "mailNickname": "none",
    "visibility": None,
}
USER_FILTERS = {
    "id": "eq",
    "displayName": "eq startswith",
    "userPrincipalName": "eq startswith",
    "mail": "eq startswith",
    "mailNickname": "eq startswith",
    "department": "eq startswith",
    "accountEnabled": "eq",
}
GROUP_FILTERS = {
    "id": "eq",
    "displayName": "eq startswith",
    "mail": "eq startswith",
    "mailNickname": "eq startswith",
    "securityEnabled": "eq",
}
TYPES = {"user": "#microsoft.graph.user", "group": "#microsoft.graph.group", "serviceprincipal": "#microsoft.graph.servicePrincipal"}
MOST_IDS = 1000


def find_user(directory: Directory, id: str) -> User:
    """A user by id or userPrincipalName. The caller holds the lock. Raises GraphError 404."""
    user = directory.users.get(id)
    if user is None and "@" in id:
        name = id.lower()
        user = next((one for one in directory.users.values() if str(one.attributes["userPrincipalName"]).lower() == name), None)
    if user is None or user.soft_deleted:
        raise not_found(id)
    return user


def find_group(directory: Directory, id: str) -> Group:
    """A group by id. The caller holds the lock. Raises GraphError 404."""
    if id not in directory.groups:
        raise not_found(id)
    return directory.groups[id]


def show_user(user: User) -> Json:
    """All properties of a user."""
    return {"id": user.id, **USER_EMPTY, **user.attributes, "accountEnabled": user.account_enabled}


def show_group(group: Group) -> Json:
    """All properties of a group."""
    return {"id": group.id, **GROUP_EMPTY, **group.attributes, "securityEnabled": group.security_enabled}


class People:
    """Answers below /users, /groups and /directoryObjects."""

    def __init__(self, entra: Entra) -> None:
        self._entra = entra
        self._directory = entra.directory

    def list_users(self, _call: Call) -> Listing:
        """GET /users."""
        with self._directory.lock:
            users = [user for user in self._directory.users.values() if not user.soft_deleted]
        sortable = frozenset({"displayName", "userPrincipalName"})
        return Listing(users, "users", show_user, USER_FILTERS, sortable, default=USER_DEFAULT, advanced=True)

    def get_user(self, call: Call) -> Reply:
        """GET /users/{id or userPrincipalName}."""
        with self._directory.lock:
            shown = show_user(find_user(self._directory, call.ids[0]))
        names = selected(call.query) or USER_DEFAULT
        return Reply(200, {name: value for name, value in shown.items() if name in names}, "users/$entity")

    def list_groups(self, _call: Call) -> Listing:
        """GET /groups."""
        with self._directory.lock:
            groups = list(self._directory.groups.values())
        return Listing(groups, "groups", show_group, GROUP_FILTERS, frozenset({"displayName"}), advanced=True)

    def get_group(self, call: Call) -> Reply:
        """GET /groups/{id}."""
        with self._directory.lock:
            return Reply(200, show_group(find_group(self._directory, call.ids[0])), "groups/$entity")

    def members(self, call: Call) -> Listing:
        """GET /groups/{id}/members: direct ones, users and groups."""
        with self._directory.lock:
            ids = list(find_group(self._directory, call.ids[0]).members)
            members = [shown for shown in map(self._object, ids) if shown]
        return Listing(members, "directoryObjects", filterable={"displayName": "eq startswith"})

    def _object(self, id: str) -> Json | None:
        """Any object with its type; None where there is none."""
        user, group = self._directory.users.get(id), self._directory.groups.get(id)
        if user and not user.soft_deleted:
            shown = show_user(user)
            return {"@odata.type": TYPES["user"], **{name: shown[name] for name in USER_DEFAULT}}
        if group:
            return {"@odata.type": TYPES["group"], **show_group(group)}
        application = self._directory.applications.get(id)
        return {"@odata.type": TYPES["serviceprincipal"], **application.principal} if application else None

    def get_object(self, call: Call) -> Reply:
        """GET /directoryObjects/{id}."""
        with self._directory.lock:
            shown = self._object(call.ids[0])
        if shown is None:
            raise not_found(call.ids[0])
        return Reply(200, shown, "directoryObjects/$entity")

    def get_by_ids(self, call: Call) -> Listing:
        """POST /directoryObjects/getByIds: those that there are, of the types that were asked for."""
        ids, types = call.object().get("ids"), call.object().get("types") or list(TYPES)
        if not isinstance(ids, list) or not 0 < len(ids) <= MOST_IDS:
            raise bad_request(f"Between 1 and {MOST_IDS} ids can be asked for at once.")
        kinds = {TYPES.get(str(one).lower(), "") for one in types}
        with self._directory.lock:
            found = [shown for shown in map(self._object, dict.fromkeys(map(str, ids))) if shown and shown["@odata.type"] in kinds]
        return Listing(found, "directoryObjects", page_size=MOST_IDS, limit=MOST_IDS)
