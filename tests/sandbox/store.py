# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tenant's state: users, groups, who is in which, and indexes over them. Knows no HTTP and no SCIM messages.

Memberships are kept on both sides, so that a group's members and a user's groups cost the same to read.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
import typing as t
import uuid
from dataclasses import dataclass

from .names import fold

if t.TYPE_CHECKING:
    from .profiles import Switches

Json = dict[str, t.Any]
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SERVICE_ADMIN = "Service Admin"
DERIVED = {"User": "7a736361-6c65-7200-7363-696d%08x", "Group": "7a736361-6c65-7200-7363-6969%08x"}
FIRST_NUMBER = {"User": 0x084C0001, "Group": 0x00A10001}


@dataclass(frozen=True)
class Past:
    """What a record was before its last write, for services that read stale."""

    attributes: Json
    links: tuple[str, ...]


class Record:
    """One user or group. `links` are a user's groups or a group's members, by id; never in `attributes`."""

    __slots__ = ("admin_linked", "attributes", "born", "changed", "created", "id", "kind", "links", "modified", "past", "shown", "version")

    def __init__(self, kind: str, id: str, attributes: Json, now: float, stamp: str) -> None:
        self.kind = kind
        self.id = id
        self.attributes = attributes
        self.links: dict[str, None] = {}
        self.admin_linked = False
        self.born = self.changed = now
        self.created = self.modified = stamp
        self.version = 1
        self.past: Past | None = None
        self.shown: bytes | None = None

    @property
    def name(self) -> str:
        """The userName or the group's displayName."""
        return str(self.attributes.get("userName" if self.kind == "User" else "displayName", ""))


class Table:
    """All records of one kind, in order of creation, with an index for each attribute that is looked up."""

    def __init__(self, indexed: t.Mapping[str, t.Callable[[str], str]]) -> None:
        self.records: dict[str, Record] = {}
        self._keys = indexed
        self._index: dict[str, dict[str, dict[str, None]]] = {name: {} for name in indexed}

    def add(self, record: Record) -> None:
        """Takes a record in."""
        self.records[record.id] = record
        self.index(record)

    def remove(self, record: Record) -> None:
        """Takes a record out."""
        self.unindex(record)
        del self.records[record.id]

    def index(self, record: Record) -> None:
        """Enters the record's present values into the indexes."""
        for name, key in self._keys.items():
            value = record.attributes.get(name)
            if isinstance(value, str):
                self._index[name].setdefault(key(value), {})[record.id] = None

    def unindex(self, record: Record) -> None:
        """Takes the record's present values out of the indexes."""
        for name, key in self._keys.items():
            value = record.attributes.get(name)
            if isinstance(value, str):
                ids = self._index[name][key(value)]
                ids.pop(record.id, None)
                if not ids:
                    del self._index[name][key(value)]

    def indexed(self, name: str) -> bool:
        """Whether there is an index for this attribute."""
        return name == "id" or name in self._index

    def find(self, name: str, value: str) -> list[Record]:
        """The records with this value, by index: never slower for a bigger tenant."""
        if name == "id":
            return [self.records[value]] if value in self.records else []
        return [self.records[id] for id in self._index[name].get(self._keys[name](value), ())]


class Tenant:
    """The state of one tenant. Callers hold `lock`; `changes` collects the mutations until `drain` takes them."""

    def __init__(self, switches: Switches, *, clock: t.Callable[[], float] = time.monotonic, seed: int = 1) -> None:
        self.lock = threading.RLock()
        self.switches = switches
        self.clock = clock
        self._seed = seed
        self._changes: list[dict[str, str]] = []
        self.recording = True
        self.clear()

    def clear(self) -> None:
        """Empties the tenant, down to what a new one has."""
        self.users = Table({"userName": fold, "externalId": str, "displayName": fold})
        self.groups = Table({"displayName": fold, "externalId": str})
        self.departments: set[str] = {SERVICE_ADMIN}
        self.taken: set[str] = set()
        self._random = random.Random(self._seed)
        self._numbers = {kind: itertools.count(first) for kind, first in FIRST_NUMBER.items()}
        if self.switches.default_admin:
            self._add_default_admin()
        self.drain()

    def _add_default_admin(self) -> None:
        values: Json = {"userName": "admin@corp.example", "displayName": "DEFAULT ADMIN", "active": True}
        values[ENTERPRISE] = {"department": SERVICE_ADMIN}
        admin = self.create("User", values)
        admin.admin_linked = True
        self.join(self.create("Group", {"displayName": SERVICE_ADMIN}), admin)

    def table(self, kind: str) -> Table:
        """The table of a kind."""
        return self.users if kind == "User" else self.groups

    def drain(self) -> list[dict[str, str]]:
        """The mutations since the last call."""
        changes, self._changes = self._changes, []
        return changes

    def note(self, verb: str, record: Record, **more: str) -> None:
        """Records a mutation, unless `recording` is off as it is for seeding."""
        if self.recording:
            self._changes.append({"verb": verb, "kind": record.kind.lower(), "id": record.id, "name": record.name, **more})

    # Writing

    def create(self, kind: str, attributes: Json) -> Record:
        """A new record with a new id."""
        record = self.draft(kind, attributes)
        self.table(kind).add(record)
        self._note_department(attributes)
        self.note("create", record)
        return record

    def draft(self, kind: str, attributes: Json) -> Record:
        """A record that is in no table: what a service shows that acknowledges a create and does not do it."""
        return Record(kind, self._new_id(kind), attributes, self.clock(), self.stamp())

    def update(self, record: Record, attributes: Json) -> bool:
        """Gives the record these attributes in place of its own. Whether that changed anything."""
        if attributes == record.attributes:
            return False
        self.remember(record)
        table = self.table(record.kind)
        table.unindex(record)
        changed = sorted(name for name in {*attributes, *record.attributes} if attributes.get(name) != record.attributes.get(name))
        record.attributes = attributes
        table.index(record)
        self._note_department(attributes)
        self._touch(record)
        self.note("update", record, attributes=",".join(changed))
        return True

    def delete(self, record: Record) -> None:
        """Removes the record and its memberships."""
        for other in record.links:
            neighbour = self._other(record.kind).records[other]
            del neighbour.links[record.id]
        if record.kind == "User" and self.switches.deleted_users == "hidden":
            self.taken.add(fold(record.name))
        self.table(record.kind).remove(record)
        self.note("delete", record)

    def join(self, group: Record, user: Record) -> bool:
        """Makes the user a member. Whether it was none before."""
        if user.id in group.links:
            return False
        group.links[user.id] = None
        user.links[group.id] = None
        self.note("add_member", group, member=user.id, member_name=user.name)
        return True

    def leave(self, group: Record, user: Record) -> bool:
        """Ends the membership. Whether there was one."""
        if user.id not in group.links:
            return False
        del group.links[user.id]
        del user.links[group.id]
        self.note("remove_member", group, member=user.id, member_name=user.name)
        return True

    def touch_members(self, group: Record, before: tuple[str, ...]) -> None:
        """Marks the group as changed, once for each request that changed its members."""
        self.remember(group, before)
        self._touch(group)

    def remember(self, record: Record, links: tuple[str, ...] | None = None) -> None:
        """Keeps the present state as the past, where stale reads are switched on."""
        if self.switches.stale_reads:
            record.past = Past(record.attributes, tuple(record.links) if links is None else links)

    def _touch(self, record: Record) -> None:
        record.changed = self.clock()
        record.modified = self.stamp()
        record.version += 1
        record.shown = None

    def _note_department(self, attributes: Json) -> None:
        department = attributes.get(ENTERPRISE, {}).get("department")
        if department:
            self.departments.add(department)

    # Reading

    def visible(self, record: Record) -> bool:
        """Whether the record can be found yet."""
        lag = self.switches.visibility_lag
        return not lag or self.clock() - record.born >= lag

    def stale(self, record: Record) -> Past | None:
        """What a stale read shows of the record; None means its present state."""
        if record.past and self.clock() - record.changed < self.switches.stale_reads:
            return record.past
        return None

    def listed(self, kind: str) -> t.Iterator[Record]:
        """The visible records of a kind, in order of creation."""
        records = self.table(kind).records.values()
        return filter(self.visible, records) if self.switches.visibility_lag else iter(records)

    def members(self, group_name: str) -> set[str]:
        """The userNames in the group of this name: the truth, for tests. Raises KeyError."""
        with self.lock:
            group = self.group(group_name)
            return {self.users.records[id].name for id in group.links}

    def user(self, user_name: str) -> Record:
        """The user of this name. Raises KeyError."""
        return self._named(self.users, "userName", user_name)

    def group(self, display_name: str) -> Record:
        """The group of this name. Raises KeyError."""
        return self._named(self.groups, "displayName", display_name)

    @staticmethod
    def _named(table: Table, attribute: str, name: str) -> Record:
        found = table.find(attribute, name)
        if not found:
            raise KeyError(name)
        return found[0]

    def _other(self, kind: str) -> Table:
        return self.groups if kind == "User" else self.users

    # Ids and times

    def _new_id(self, kind: str) -> str:
        number = next(self._numbers[kind])
        if self.switches.ids == "derived":
            return DERIVED[kind] % number
        if self.switches.ids == "numeric":
            return str(number)
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    @staticmethod
    def stamp() -> str:
        """Now, in UTC and whole seconds as Zscaler writes it."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
