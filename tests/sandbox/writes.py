# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creating, replacing, patching and deleting: everything is checked first, then the tenant is changed."""

from __future__ import annotations

import typing as t

from . import filters
from .errors import ScimError
from .intake import Intake, member_ids
from .listing import member_filter_id
from .patch import Operation, Patcher, operations
from .rules import Rules

if t.TYPE_CHECKING:
    from .faults import Fault
    from .profiles import Switches
    from .schemas import Kind
    from .store import Json, Record, Tenant


class Writer:
    """The writes of one tenant. Every method raises ScimError where the request is refused."""

    def __init__(self, tenant: Tenant, switches: Switches) -> None:
        self._tenant = tenant
        self._switches = switches
        self._intake = Intake(switches)
        self._rules = Rules(tenant, switches)

    def create(self, kind: Kind, body: t.Any, fault: Fault | None) -> Record:
        """POST: the new record."""
        attributes, ids = self._intake.resource(kind, body)
        self._rules.complete(kind.name, attributes)
        self._rules.check(kind.name, attributes)
        users = self._rules.members(ids or [])
        self._rules.check_room(users)
        if self._ignored(fault, "all"):
            return self._tenant.draft(kind.name, attributes)
        record = self._tenant.create(kind.name, attributes)
        if users:
            self._set_members(record, {user.id: None for user in users}, fault)
        return record

    def replace(self, kind: Kind, record: Record, body: t.Any, fault: Fault | None) -> None:
        """PUT."""
        attributes, ids = self._intake.resource(kind, body)
        if self._switches.put_omitted == "keep":
            attributes = _merged(record.attributes, attributes)
        else:
            self._rules.complete(kind.name, attributes)
        if body.get("id") not in (None, record.id) and self._switches.put_body_id == "checked":
            raise ScimError(404, f"No {kind.name.lower()} with the id {body['id']}")
        wanted = None
        if kind.name == "Group" and (ids is not None or self._switches.put_omitted == "clear"):
            wanted = {user.id: None for user in self._rules.members(ids or [])}
        self._write(kind, record, attributes, wanted, fault)

    def patch(self, kind: Kind, record: Record, body: t.Any, fault: Fault | None) -> None:
        """PATCH."""
        if not self._switches.patch_supported:
            raise ScimError(self._switches.patch_refused_status, "PATCH is not supported")
        changes = operations(kind, body)
        about_members = [kind.name == "Group" and change.on_members for change in changes]
        on_members = [change for change, is_about in zip(changes, about_members) if is_about]
        plain = [change for change, is_about in zip(changes, about_members) if not is_about]
        attributes = Patcher(kind, self._intake, self._switches).apply(record.attributes, plain)
        wanted = self._members_after(record, on_members) if on_members else None
        self._write(kind, record, attributes, wanted, fault, is_patch=True)

    def delete(self, record: Record, fault: Fault | None) -> None:
        """DELETE."""
        self._rules.check_deletion(record)
        if not self._ignored(fault, "all"):
            self._tenant.delete(record)

    def _write(
        self,
        kind: Kind,
        record: Record,
        attributes: Json,
        wanted: dict[str, None] | None,
        fault: Fault | None,
        *,
        is_patch: bool = False,
    ) -> None:
        self._rules.check(kind.name, attributes, record)
        if wanted is not None:
            joining = [self._tenant.users.records[id] for id in wanted if id not in record.links]
            self._rules.check_room(joining)
        if self._ignored(fault, "all") or (is_patch and self._ignored(fault, "patch")):
            return
        if self._ignored(fault, "active") and "active" in record.attributes:
            attributes = {**attributes, "active": record.attributes["active"]}
        self._tenant.update(record, attributes)
        if wanted is not None:
            self._set_members(record, wanted, fault)

    def _members_after(self, group: Record, changes: t.Sequence[Operation]) -> dict[str, None]:
        """The group's members once these operations are done."""
        self._check_size(changes)
        wanted = dict(group.links)
        for change in changes:
            if change.op == "remove":
                for id in self._leaving(wanted, change):
                    wanted.pop(id, None)
                continue
            ids = [user.id for user in self._rules.members(member_ids(change.value))]
            if change.op == "replace" and change.condition is None:
                wanted = {}
            wanted.update(dict.fromkeys(ids))
        return wanted

    def _check_size(self, changes: t.Sequence[Operation]) -> None:
        """The limit on members counts all operations of the request together."""
        limit = self._switches.members_per_request
        count = sum(len(change.value) if isinstance(change.value, list) else 1 for change in changes)
        if limit and count > limit:
            raise ScimError(self._switches.members_limit_status, f"{count} members in one request are more than {limit}", "tooMany")

    def _leaving(self, members: t.Iterable[str], change: Operation) -> list[str]:
        if change.condition is None:
            # Entra's older form names the members in the value; RFC 7644's form without filter empties the group.
            return list(members) if change.value in (None, "", []) else member_ids(change.value)
        if not self._switches.value_path:
            raise ScimError(400, "A filter on members is not supported in a path", "invalidPath")
        id = member_filter_id(change.condition)
        if id is not None:
            return [id]
        condition = change.condition
        return [id for id in members if filters.matches(condition, {"value": id, "type": "User"})]

    def _set_members(self, group: Record, wanted: t.Mapping[str, None], fault: Fault | None) -> None:
        if self._ignored(fault, "members"):
            return
        before = tuple(group.links)
        joining = [id for id in wanted if id not in group.links]
        leaving = [id for id in before if id not in wanted]
        half = fault is not None and fault.kind == "half_then_status"
        if half:
            joining, leaving = joining[: len(joining) // 2], leaving[: len(leaving) // 2]
        users = self._tenant.users.records
        changed = [self._tenant.join(group, users[id]) for id in joining] + [self._tenant.leave(group, users[id]) for id in leaving]
        if any(changed):
            self._tenant.touch_members(group, before)
        if fault is not None and half:
            raise ScimError(int(fault["status"]), "Something went wrong half way")

    def _ignored(self, fault: Fault | None, what: str) -> bool:
        """Whether this part of a write is acknowledged and not done."""
        return (fault is not None and fault.kind == "ignored_write") or self._switches.ignored_writes == what


def _merged(old: Json, new: Json) -> Json:
    """The old attributes with the new ones over them, one level deep."""
    merged = dict(old)
    for name, value in new.items():
        both = isinstance(value, dict) and isinstance(merged.get(name), dict)
        merged[name] = {**merged[name], **value} if both else value
    return merged
