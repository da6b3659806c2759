# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the bodies of SCIM requests from values in our names: POST, PATCH, and PUT merged into what was read. Pure."""

from __future__ import annotations

import typing as t

from .resources import ENTERPRISE, boolean, emails, equals, identifier, main_email

if t.TYPE_CHECKING:
    from collections.abc import Iterable

    from .resources import Resource

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

Values = t.Mapping[str, t.Union[str, bool]]
Address = dict[str, t.Any]

_PATHS = {
    "user_name": ("userName",),
    "external_id": ("externalId",),
    "display_name": ("displayName",),
    "given_name": ("name", "givenName"),
    "family_name": ("name", "familyName"),
    "department": (ENTERPRISE, "department"),
    "active": ("active",),
}


def user_body(user_name: str, values: Values) -> Resource:
    """The body of POST /Users: what was given, without empty values (a new user has nothing to clear)."""
    given = {**values, "user_name": user_name}
    body: Resource = {"schemas": [USER, ENTERPRISE] if given.get("department") else [USER]}
    for name, path in _PATHS.items():
        if given.get(name, "") != "":
            _put(body, path, given[name])
    if given.get("email"):
        body["emails"] = [new_address(str(given["email"]))]
    return body


def group_body(display_name: str, values: Values) -> Resource:
    """The body of POST /Groups. Members are added afterwards: Zscaler fails on groups that come before their users."""
    body: Resource = {"schemas": [GROUP], "displayName": display_name}
    if values.get("external_id"):
        body["externalId"] = values["external_id"]
    return body


def new_address(value: str) -> Address:
    """An e-mail address where the user has none."""
    return {"value": value, "type": "work", "primary": True}


def addresses(current: list[Address], value: str) -> list[Address]:
    """All the addresses after the main one has become C(value), or has gone where that is empty."""
    index = main_email(current)
    if index < 0:
        return [new_address(value)] if value else []
    changed = [{**current[index], "value": value}] if value else []
    # "display" repeats the value in most services; an old one beside the new value would contradict it.
    for entry in changed:
        entry.pop("display", None)
    return [*current[:index], *changed, *current[index + 1 :]]


def patch(operations: list[Resource]) -> Resource:
    """The body of a PATCH (RFC 7644 3.5.2)."""
    return {"schemas": [PATCH], "Operations": operations}


def attribute_operations(values: Values, current_emails: list[Address]) -> list[Resource]:
    """One operation per attribute; several addresses are sent as one list, so that only the main one changes."""
    operations = []
    for name, value in values.items():
        if name == "email":
            operations.append(_email_operation(str(value), current_emails))
        else:
            path = _PATHS[name]
            # A URN and its attribute are joined by a colon, an attribute and its part by a dot (RFC 7644 3.10).
            operations.append(_operation((":" if path[0] == ENTERPRISE else ".").join(path), value))
    return operations


def _email_operation(value: str, current: list[Address]) -> Resource:
    changed = addresses(current, value)
    if not current and changed:
        return {"op": "add", "path": "emails", "value": changed}
    return _operation("emails", changed or "")


def _operation(path: str, value: object) -> Resource:
    """Sets one path, or clears it where the value is empty.

    What Zscaler makes of "" is not documented. An empty text is a value like any other for RFC 7643 2.5, and only
    C(remove) makes an attribute unassigned, so C(remove) it is; this is the one place that decides it for PATCH.
    """
    return {"op": "remove", "path": path} if value == "" else {"op": "replace", "path": path, "value": value}


def merged(kind: str, resource: Resource, values: Values) -> Resource:
    """The body of a PUT: what was read with the values put in, without C(id), C(meta), C(groups) and what is empty.

    `kind` is the URN of what it is, USER or GROUP. Not for resources of unlimited depth.

    A body with an id made Zscaler answer 404 (facts, trap 2). A value that is to be cleared is sent as "": whether
    Zscaler clears what a PUT leaves out is not documented, and ZPA keeps it; this is the one place that decides it.
    """
    body: Resource = _without_empty({name: value for name, value in resource.items() if name not in ("id", "meta", "groups")})
    for name, value in values.items():
        if name == "email":
            body["emails"] = addresses(emails(body) or [], str(value))
        else:
            _put(body, _PATHS[name], value)
    if boolean(body.get("active")) is not None:
        # Some services show "True" and take only true.
        body["active"] = boolean(body["active"])
    if "department" in values and "department" in resource:
        # A service that shows the department in both places must not be told two different ones.
        body["department"] = values["department"]
    return _with_schemas(body, kind)


def merged_members(resource: Resource, add: Iterable[str], remove: Iterable[str]) -> Resource:
    """The body of a PUT of a group: what was read, with members added and removed."""
    body = merged(GROUP, resource, {})
    gone = set(remove)
    kept = [member for member in body.get("members", []) if identifier(member.get("value")) not in gone]
    known = {identifier(member.get("value")) for member in kept}
    body["members"] = [*kept, *({"value": member} for member in add if member not in known)]
    return body


def member_operations(add: Iterable[str], remove: Iterable[str]) -> list[Resource]:
    """Adds in the path-less shape that Zscaler documents, and one filtered removal per member (law 11)."""
    operations: list[Resource] = []
    added = [{"value": member} for member in add]
    if added:
        operations.append({"op": "add", "value": {"members": added}})
    return operations + [{"op": "remove", "path": f"members[{equals('value', member)}]"} for member in remove]


def _put(body: Resource, path: tuple[str, ...], value: object) -> None:
    for part in path[:-1]:
        # A service that shows a text where an object belongs gets an object back.
        if not isinstance(body.get(part), dict):
            body[part] = {}
        body = body[part]
    body[path[-1]] = value


def _without_empty(value: t.Any) -> t.Any:
    """Without nulls, empty texts and empty objects, at any depth (facts 9.13)."""
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    if not isinstance(value, dict):
        return value
    cleaned = {name: _without_empty(item) for name, item in value.items()}
    return {name: item for name, item in cleaned.items() if item not in (None, "", {})}


def _with_schemas(body: Resource, kind: str) -> Resource:
    """The body with the URNs of what it holds; list items of Zscaler come without."""
    known = body.get("schemas")
    schemas = list(known) if isinstance(known, list) else []
    for urn in (kind, ENTERPRISE) if ENTERPRISE in body else (kind,):
        if urn not in schemas:
            schemas.append(urn)
    return {**body, "schemas": schemas}
