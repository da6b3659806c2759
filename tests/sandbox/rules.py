# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tenant accepts: domains, names that are taken, lengths, limits, departments."""

from __future__ import annotations

import fnmatch
import typing as t

from .errors import ScimError
from .names import fold
from .schemas import ENTERPRISE
from .store import SERVICE_ADMIN, Record, Tenant

if t.TYPE_CHECKING:
    from .profiles import Switches
    from .store import Json

USER_NAME_LIMIT = 127
NAME_LIMIT = 128


class Rules:
    """Refuses by raising ScimError; changes nothing but the attributes that it is told to complete."""

    def __init__(self, tenant: Tenant, switches: Switches) -> None:
        self._tenant = tenant
        self._switches = switches

    def complete(self, kind: str, attributes: Json) -> None:
        """Adds to new attributes what the service adds by itself."""
        if kind != "User":
            return
        if self._switches.active_by_default:
            attributes.setdefault("active", True)
        if self._switches.missing_department == "service_admin":
            attributes.setdefault(ENTERPRISE, {}).setdefault("department", SERVICE_ADMIN)

    def check(self, kind: str, attributes: Json, record: Record | None = None) -> None:
        """Whether a new resource, or `record` after its change, may look like this."""
        if kind == "User":
            self._check_user(attributes, record)
        elif not attributes.get("displayName"):
            raise ScimError(400, "displayName is missing", "invalidValue")
        self._check_lengths(kind, attributes)
        self._check_taken(kind, attributes, record)

    def _check_user(self, attributes: Json, record: Record | None) -> None:
        required = ("userName", *self._switches.required) if record is None else ("userName",)
        for name in required:
            if not attributes.get(name):
                raise ScimError(400, f"{name} is missing", "invalidValue")
        user_name = str(attributes["userName"])
        if record and user_name != record.name and not self._switches.user_name_mutable:
            raise ScimError(400, "userName cannot be changed", "mutability")
        self._check_domain(user_name)
        department = attributes.get(ENTERPRISE, {}).get("department")
        if self._switches.unknown_department == "reject" and department and department not in self._tenant.departments:
            raise ScimError(400, f"There is no department {department}", "invalidValue")

    def _check_domain(self, user_name: str) -> None:
        if "*" in self._switches.domains:
            return
        _name, at, domain = user_name.rpartition("@")
        if not at:
            raise ScimError(400, f"userName {user_name} has no @", "invalidValue")
        if not any(fnmatch.fnmatch(domain.lower(), pattern.lower()) for pattern in self._switches.domains):
            detail = f"The domain {domain} of userName {user_name} is not registered for this tenant"
            raise ScimError(self._switches.wrong_domain_status, detail, "invalidValue")

    def _check_lengths(self, kind: str, attributes: Json) -> None:
        if not self._switches.name_limits:
            return
        department = attributes.get(ENTERPRISE, {}).get("department", "")
        values = [("displayName", attributes.get("displayName", ""), NAME_LIMIT), ("department", department, NAME_LIMIT)]
        if kind == "User":
            values.append(("userName", attributes["userName"], USER_NAME_LIMIT))
        for name, value, limit in values:
            if len(value) > limit:
                raise ScimError(400, f"{name} has {len(value)} characters, more than {limit}", "invalidValue")

    def _check_taken(self, kind: str, attributes: Json, record: Record | None) -> None:
        if not self._switches.unique:
            return
        attribute = "userName" if kind == "User" else "displayName"
        name = attributes[attribute]
        others = [other for other in self._tenant.table(kind).find(attribute, name) if other is not record]
        if others or (kind == "User" and fold(name) in self._tenant.taken):
            raise ScimError(self._switches.conflict_status, f"There is a {kind.lower()} named {name} already", "uniqueness")

    def check_deletion(self, record: Record) -> None:
        """Whether the record may be deleted."""
        if record.admin_linked and self._switches.admin_delete == "refuse":
            raise ScimError(409, f"{record.name} is linked to an admin account; an admin user cannot be deleted")

    def members(self, ids: t.Sequence[str]) -> list[Record]:
        """The users behind these ids; unknown ones are refused or left out, as the switch says."""
        limit = self._switches.members_per_request
        if limit and len(ids) > limit:
            raise ScimError(self._switches.members_limit_status, f"{len(ids)} members in one request are more than {limit}", "tooMany")
        found = []
        for id in ids:
            user = self._tenant.users.records.get(id)
            if user and self._tenant.visible(user):
                found.append(user)
            elif self._switches.unknown_member != "ignore":
                raise ScimError(int(self._switches.unknown_member), f"No user with the id {id}", "invalidValue")
        return found

    def check_room(self, users: t.Iterable[Record]) -> None:
        """Whether each of these users may become a member of one more group."""
        limit = self._switches.groups_per_user
        for user in users:
            if limit and len(user.links) >= limit:
                raise ScimError(400, f"{user.name} is in {limit} groups; more are not allowed", "invalidValue")
