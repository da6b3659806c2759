# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How resources are shown: in full, or as thin as Zscaler's examples, which differ by verb (facts: thin answers)."""

from __future__ import annotations

import json
import typing as t

from . import filters
from .schemas import ENTERPRISE, GROUP, USER

if t.TYPE_CHECKING:
    from .profiles import Switches
    from .store import Json, Record, Tenant

ALWAYS_SHOWN = frozenset({"id", "schemas"})
LINKS = {"User": "groups", "Group": "members"}
ACTIVE_TEXTS = {"lower": str.lower, "title": str.title}


class Selection:
    """The request's `attributes` and `excludedAttributes`: which top-level keys and sub-attributes are shown."""

    def __init__(self, attributes: t.Iterable[str] = (), excluded: t.Iterable[str] = ()) -> None:
        self._wanted = [filters.parse_path(name) for name in attributes]
        self._excluded = [filters.parse_path(name) for name in excluded]

    def __bool__(self) -> bool:
        return bool(self._wanted or self._excluded)

    def excludes(self, name: str) -> bool:
        """Whether this whole attribute is left out."""
        if any(path.attribute.lower() == name.lower() and not path.sub for path in self._excluded):
            return True
        return bool(self._wanted) and all(path.attribute.lower() != name.lower() for path in self._wanted)

    def cut(self, shown: Json) -> Json:
        """The resource with only what was asked for."""
        if self._wanted:
            kept: Json = {name: value for name, value in shown.items() if name in ALWAYS_SHOWN}
            for path in self._wanted:
                _copy(path, shown, kept)
            shown = kept
        for path in self._excluded:
            _drop(path, shown)
        return shown


def _copy(path: filters.Path, source: Json, target: Json) -> None:
    root, kept = source, target
    if path.urn and path.urn in source:
        root, kept = source[path.urn], target.setdefault(path.urn, {})
    for name, value in root.items():
        if name.lower() != path.attribute.lower():
            continue
        if not path.sub:
            kept[name] = value
        elif isinstance(value, dict):
            kept[name] = {**kept.get(name, {}), **{sub: inner for sub, inner in value.items() if sub.lower() == path.sub.lower()}}
        elif isinstance(value, list):
            kept[name] = [{sub: inner for sub, inner in item.items() if sub.lower() == path.sub.lower()} for item in value]


def _drop(path: filters.Path, shown: Json) -> None:
    for root in [shown[path.urn]] if path.urn in shown else [shown, shown.get(ENTERPRISE, {})]:
        _drop_from(root, path)


def _drop_from(root: Json, path: filters.Path) -> None:
    for name in [name for name in root if name.lower() == path.attribute.lower() and name not in ALWAYS_SHOWN]:
        items = root[name] if isinstance(root[name], list) else [root[name]]
        if not path.sub:
            del root[name]
            continue
        for item in items:
            for sub in [sub for sub in item if sub.lower() == path.sub.lower()]:
                del item[sub]


class Presenter:
    """Records as JSON. List items are made from cached bytes: a thousand of them take a few milliseconds."""

    def __init__(self, tenant: Tenant, switches: Switches) -> None:
        self._tenant = tenant
        self._switches = switches
        self.base = ""

    def forget(self) -> None:
        """Throws the cached bytes away, as a changed switch demands."""
        for table in (self._tenant.users, self._tenant.groups):
            for record in table.records.values():
                record.shown = None

    # Whole resources

    def resource(self, record: Record, verb: str = "get", selection: Selection | None = None, *, with_links: bool = True) -> Json:
        """The record as the answer to `get`, `list`, `post`, `put` or `patch` shows it."""
        past = self._tenant.stale(record) if verb in ("get", "list") else None
        attributes = past.attributes if past else record.attributes
        thin = verb if self._switches.thin_answers and verb in ("list", "post", "put") else ""
        links: tuple[str, ...] | None = None
        if with_links:
            links = past.links if past else tuple(record.links)
        shown = self._user(record, attributes, links, thin) if record.kind == "User" else self._group(record, attributes, links, verb, thin)
        for name in self._switches.hidden_attributes:
            _drop(filters.parse_path(name), shown)
        return selection.cut(shown) if selection and self._switches.attribute_selection else shown

    def full(self, record: Record) -> Json:
        """Everything that a filter may look at."""
        links = [{"value": id} for id in record.links]
        shown = {**record.attributes, "id": record.id, "meta": self._meta(record, "")}
        if record.kind == "User":
            return {**shown, "groups": links, "department": record.attributes.get(ENTERPRISE, {}).get("department")}
        return {**shown, "members": links}

    def _user(self, record: Record, attributes: Json, links: tuple[str, ...] | None, thin: str) -> Json:
        shown: Json = {} if thin == "list" else {"schemas": [USER, ENTERPRISE] if ENTERPRISE in attributes or thin else [USER]}
        shown["id"] = record.id
        shown.update(attributes)
        if thin in ("post", "put"):
            for name in ("active", "name", "emails"):
                shown.pop(name, None)
        else:
            self._fill(shown)
            self._place_department(shown)
            if self._switches.users_carry_groups and links is not None:
                self._put_groups(shown, links)
        if not self._switches.shows_external_id:
            shown.pop("externalId", None)
        shown["meta"] = self._meta(record, thin)
        return shown

    def _fill(self, shown: Json) -> None:
        if self._switches.empty_values:
            shown["name"] = {"familyName": "", "givenName": "", **shown.get("name", {})}
            shown.setdefault("emails", [])
        if "active" in shown and self._switches.active_as != "bool":
            shown["active"] = ACTIVE_TEXTS[self._switches.active_as](str(shown["active"]))

    def _place_department(self, shown: Json) -> None:
        department = shown.get(ENTERPRISE, {}).get("department")
        if department is not None and self._switches.department_in != "extension":
            shown["department"] = department
        if self._switches.department_in == "top":
            shown.pop(ENTERPRISE, None)

    def _put_groups(self, shown: Json, links: tuple[str, ...]) -> None:
        groups = [self._tenant.groups.records[id] for id in links if id in self._tenant.groups.records]
        if groups or self._switches.thin_answers:
            shown["groups"] = [json.loads(self._reference(group)) for group in groups]

    def _group(self, record: Record, attributes: Json, links: tuple[str, ...] | None, verb: str, thin: str) -> Json:
        shown: Json = {} if thin == "list" else {"schemas": [GROUP]}
        shown.update({"id": record.id, **attributes})
        carries = {"always": True, "get": verb != "list", "never": False}[self._switches.groups_carry_members]
        if carries and links is not None and (links or self._switches.thin_answers):
            shown["members"] = self._members(links, "value" if thin in ("post", "put") else self._switches.member_detail)
        shown["meta"] = self._meta(record, thin)
        return shown

    def _members(self, links: tuple[str, ...], detail: str) -> list[Json]:
        if detail == "value":
            return [{"value": id} for id in links]
        items: list[Json] = [{"value": id, "$ref": f"{self.base}/Users/{id}"} for id in links]
        if detail == "display":
            for item in items:
                user = self._tenant.users.records.get(item["value"])
                item["display"] = user.attributes.get("displayName", user.name) if user else ""
        return items

    def _meta(self, record: Record, thin: str) -> Json:
        meta: Json = {"resourceType": record.kind}
        if thin != "put":
            meta["location"] = self.location(record)
        if thin in ("", "post"):
            meta["created"] = record.created
        if thin != "list":
            meta["lastModified"] = record.modified
        if self._switches.etag:
            meta["version"] = self.version(record)
        return meta

    def location(self, record: Record) -> str:
        """The record's address."""
        return f"{self.base}/{record.kind}s/{record.id}"

    @staticmethod
    def version(record: Record) -> str:
        """The record's ETag."""
        return f'W/"{record.version}"'

    # List items

    def list_item(self, record: Record, selection: Selection) -> bytes:
        """The record as an item of a list, as JSON text."""
        if selection and self._switches.attribute_selection:
            # A group without its members is asked for to save work, so the work is saved.
            return _bytes(self.resource(record, "list", selection, with_links=not selection.excludes(LINKS[record.kind])))
        if record.past:
            return _bytes(self.resource(record, "list"))
        return self._user_item(record) if record.kind == "User" else self._group_item(record)

    def _user_item(self, user: Record) -> bytes:
        if user.shown is None:
            user.shown = _bytes(self.resource(user, "list", with_links=False))
        if not self._switches.users_carry_groups or "groups" in self._switches.hidden_attributes:
            return user.shown
        if not user.links and not self._switches.thin_answers:
            return user.shown
        records = self._tenant.groups.records
        return user.shown[:-1] + b',"groups":[' + b",".join([self._reference(records[id]) for id in user.links]) + b"]}"

    def _reference(self, group: Record) -> bytes:
        """The group as its members show it."""
        if group.shown is None:
            group.shown = _bytes({"value": group.id, "display": group.name, "$ref": self.location(group)})
        return group.shown

    def _group_item(self, group: Record) -> bytes:
        detail = self._switches.member_detail
        quick = self._switches.groups_carry_members == "always" and detail != "display" and group.links
        if not quick or "members" in self._switches.hidden_attributes:
            return _bytes(self.resource(group, "list"))
        shown = _bytes(self.resource(group, "list", with_links=False))
        if detail == "value":
            members = '{"value":"' + '"},{"value":"'.join(group.links) + '"}'
        else:
            middle = f'","$ref":"{self.base}/Users/'
            members = ",".join([f'{{"value":"{id}{middle}{id}"}}' for id in group.links])
        return shown[:-1] + b',"members":[' + members.encode() + b"]}"


def _bytes(shown: Json) -> bytes:
    return json.dumps(shown, separators=(",", ":")).encode()
