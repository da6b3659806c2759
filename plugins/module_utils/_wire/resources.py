# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads SCIM resources into our model, whatever spelling a service uses and quotes filters. Pure."""

from __future__ import annotations

import json
import typing as t
from operator import itemgetter

from .._model import LiveGroup, LiveUser, maker

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

Resource = dict[str, t.Any]

DIGITS = 15
LARGEST: int = 10**DIGITS
"""More than any service has of anything."""

_ABSENT = object()
_PARTS = itemgetter("id", "userName", "externalId", "displayName", "active", "name", ENTERPRISE)
_make_user = maker(LiveUser)
_KINDS = (str, str, str, str, bool, dict, dict)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def equals(attribute: str, value: str) -> str:
    """The filter C(attribute eq "value"), the value escaped as a JSON string (RFC 7644 3.4.2.2, B13-B15)."""
    return f"{attribute} eq {json.dumps(value, ensure_ascii=False)}"


def identifier(value: object) -> str:
    """An id as text: services give GUIDs, numeric strings and JSON numbers; "" where there is none."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def whole_number(value: object) -> int | None:
    """A count, as a number or as digits; None where it is neither. What is absurdly large is cut to C(LARGEST)."""
    if isinstance(value, str) and value.isdecimal():
        # Python refuses to read very long numbers, with an error.
        return int(value) if len(value) <= DIGITS else LARGEST
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    return min(LARGEST, value)


def live_user(resource: Resource, share: Callable[[str | None], str | None] = lambda text: text) -> LiveUser:
    """The user that a resource shows; None for each attribute whose key is absent, "" for null and empty values.

    `share` may answer the texts that many users have with an equal one that is there already.
    """
    plain = _plain_user(resource, share)
    if plain is not None:
        return plain
    given, family = _pair(resource.get("name", _ABSENT))
    user_name = _text(resource, "userName") or ""
    address = email(resource)
    return LiveUser(
        identifier(resource.get("id")),
        user_name,
        _text(resource, "externalId"),
        _text(resource, "displayName"),
        share(given),
        share(family),
        # Login and address are mostly the same text: one string object instead of two saves megabytes (P7).
        user_name if address == user_name else address,
        share(_department(resource)),
        boolean(resource.get("active")),
    )


def _plain_user(resource: Resource, share: Callable[[str | None], str | None]) -> LiveUser | None:
    """The user that a resource shows if every part is there and of its type, as of most; it takes half the time. None: look closer."""
    try:
        parts = _PARTS(resource)
        if tuple(map(type, parts)) != _KINDS:
            return None
        id, user_name, external_id, display_name, active, name, extension = parts
        given, family, department = name["givenName"], name["familyName"], extension["department"]
    except KeyError:
        return None
    if given.__class__ is not str or family.__class__ is not str or department.__class__ is not str:
        return None
    address = email(resource) if "emails" in resource else None
    if address == user_name:
        address = user_name
    return _make_user((id, user_name, external_id, display_name, share(given), share(family), address, share(department), active))


def live_group(resource: Resource) -> LiveGroup:
    """The group that a resource shows, without members; `external_id` is None where the key is absent."""
    return LiveGroup(identifier(resource.get("id")), _text(resource, "displayName") or "", _text(resource, "externalId"))


def boolean(value: object) -> bool | None:
    """A SCIM boolean in any spelling seen in the wild (true, "true", "True"); None where it is absent or unreadable."""
    if value is None or isinstance(value, bool):
        return value
    return _BOOLEANS.get(str(value).strip().lower()) if isinstance(value, (str, int)) else None


def emails(resource: Resource) -> list[dict[str, object]] | None:
    """The addresses as objects, plain strings included; None where the key is absent."""
    value = resource.get("emails", _ABSENT)
    if value is _ABSENT:
        return None
    entries = value if isinstance(value, list) else [value]
    found = [dict(entry) if isinstance(entry, dict) else {"value": entry} for entry in entries if entry]
    return [entry for entry in found if isinstance(entry.get("value"), str)]


def main_email(entries: list[dict[str, object]]) -> int:
    """Which address is C(email): the primary one, else the first of type work, else the first; -1 where there is none."""
    primary = [index for index, entry in enumerate(entries) if boolean(entry.get("primary"))]
    work = [index for index, entry in enumerate(entries) if str(entry.get("type")).lower() == "work"]
    return [*primary, *work, 0][0] if entries else -1


def email(resource: Resource) -> str | None:
    """The value of the main address; "" where there is none, None where the key is absent."""
    value = resource.get("emails", _ABSENT)
    if value.__class__ is list and not value:
        return ""
    entries = emails(resource)
    if entries is None:
        return None
    return str(entries[main_email(entries)]["value"]) if entries else ""


def user_ids(members: object) -> Iterable[str]:
    """The ids of the members that are not marked as groups (nested groups are nobody's membership of ours)."""
    for member in members if isinstance(members, list) else ():
        if not isinstance(member, dict):
            continue
        found = identifier(member.get("value"))
        kind, link = member.get("type"), member.get("$ref")
        if found and not (kind and str(kind).lower() == "group") and not (link and "/Groups/" in str(link)):
            yield found


def group_ids(groups: object) -> Iterable[str]:
    """The ids of the groups of which a user is a direct member (RFC 7643 4.1.2: C(indirect) comes from nesting)."""
    for group in groups if isinstance(groups, list) else ():
        if not isinstance(group, dict):
            continue
        found = group.get("value")
        if found.__class__ is not str:
            found = identifier(found)
        if found and not ("type" in group and str(group["type"]).lower() == "indirect"):
            yield found


def promised(schemas: Iterable[object]) -> frozenset[str]:
    """The attributes of a user, in our names, that the service's schemas define as returned by default or always."""
    shown: set[str] = set()
    for schema in schemas:
        if isinstance(schema, dict) and identifier(schema.get("id")).lower().endswith(":user"):
            shown |= _returned(schema.get("attributes"), "")
    # externalId is a common attribute that schemas need not list (RFC 7643 3.1). Silence is no promise: a service that takes it and
    # never shows it would be written to in every run.
    return frozenset(ours for ours, scim in _SCHEMA_NAMES.items() if scim in shown)


_SCHEMA_NAMES = {
    "external_id": "externalid",
    "display_name": "displayname",
    "given_name": "name.givenname",
    "family_name": "name.familyname",
    "email": "emails",
    "department": "department",
    "active": "active",
}


def _returned(attributes: object, prefix: str) -> set[str]:
    """The lower-case names, dotted for sub-attributes, that are returned unless asked otherwise."""
    names: set[str] = set()
    for attribute in attributes if isinstance(attributes, list) else ():
        if isinstance(attribute, dict) and str(attribute.get("returned", "default")).lower() in ("default", "always"):
            name = prefix + str(attribute.get("name", "")).lower()
            names.add(name)
            # Sub-attributes have no parts of their own (RFC 7643 2.3.8).
            names |= set() if prefix else _returned(attribute.get("subAttributes"), f"{name}.")
    return names


def _text(holder: Resource, name: str) -> str | None:
    value = holder.get(name, _ABSENT)
    if isinstance(value, str):
        return value
    if value is _ABSENT:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else ""


def _pair(name: object) -> tuple[str | None, str | None]:
    """Given and family name; a C(name) that is null or empty shows both as empty, as C(name) itself is shown."""
    if name is _ABSENT:
        return None, None
    if not isinstance(name, dict) or not name:
        return "", ""
    return _text(name, "givenName"), _text(name, "familyName")


def _department(resource: Resource) -> str | None:
    """The department; the extension wins, being the place where all of Zscaler's examples write it."""
    extension = resource.get(ENTERPRISE)
    found = _text(extension, "department") if isinstance(extension, dict) else None
    return _text(resource, "department") if found is None else found
