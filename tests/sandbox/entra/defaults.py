# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The default synchronization schemas: what GET templates/{id}/schema shows, and what a new job starts with.

Attributes and their sources are those of Microsoft's and Zscaler's pages (facts of Zscaler, section 5.1). Metadata, ids and
definitions beyond them are made up, and rich on purpose: a client has to hand back what it does not understand.
"""

from __future__ import annotations

import typing as t
import uuid

from .answers import Json
from .engine import parse

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ACTIVE = 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'
SOURCE_USER = {
    "objectId": "String",
    "userPrincipalName": "String",
    "displayName": "String",
    "givenName": "String",
    "surname": "String",
    "mail": "String",
    "mailNickname": "String",
    "department": "String",
    "jobTitle": "String",
    "employeeId": "String",
    "companyName": "String",
    "city": "String",
    "country": "String",
    "physicalDeliveryOfficeName": "String",
    "telephoneNumber": "String",
    "mobile": "String",
    "preferredLanguage": "String",
    "accountEnabled": "Boolean",
    "IsSoftDeleted": "Boolean",
    "extensionAttribute1": "String",
    "extensionAttribute2": "String",
    "manager": "Reference",
    "appRoleAssignments": "String",
}
SOURCE_GROUP = {
    "objectId": "String",
    "displayName": "String",
    "mailNickname": "String",
    "mail": "String",
    "description": "String",
    "securityEnabled": "Boolean",
    "mailEnabled": "Boolean",
    "members": "Reference",
    "owners": "Reference",
}
# name -> type, required
TARGET_USER = {
    "id": ("String", False),
    "userName": ("String", True),
    "active": ("Boolean", True),
    "displayName": ("String", True),
    "externalId": ("String", True),
    "name.givenName": ("String", False),
    "name.familyName": ("String", False),
    f"{ENTERPRISE}:department": ("String", True),
}
TARGET_USER_MORE = {
    'emails[type eq "work"].value': ("String", False),
    "title": ("String", False),
    "nickName": ("String", False),
    "preferredLanguage": ("String", False),
    f"{ENTERPRISE}:employeeNumber": ("String", False),
    f"{ENTERPRISE}:manager": ("Reference", False),
}
"""What a discovery finds besides, and what the generic connector knows from the start."""
TARGET_GROUP = {
    "id": ("String", False),
    "displayName": ("String", True),
    "externalId": ("String", True),
    "members": ("Reference", False),
}


def direct(name: str) -> Json:
    """The source that is one attribute."""
    return {"expression": f"[{name}]", "name": name, "type": "Attribute", "parameters": []}


def active_source() -> Json:
    """The source of `active`: the texts True and False."""
    tree, reason = parse(ACTIVE)
    if tree is None:
        raise ValueError(reason)
    return tree


def mapping(target: str, source: Json | None, *, priority: int = 0, default: str | None = None) -> Json:
    """One attributeMapping."""
    return {
        "defaultValue": default,
        "exportMissingReferences": False,
        "flowBehavior": "FlowWhenChanged",
        "flowType": "Always",
        "matchingPriority": priority,
        "targetAttributeName": target,
        "source": source,
    }


def user_mappings() -> list[Json]:
    """The seven mappings of Zscaler's users."""
    return [
        mapping("userName", direct("userPrincipalName"), priority=1),
        mapping("active", active_source()),
        mapping("displayName", direct("displayName")),
        mapping("externalId", direct("objectId")),
        mapping("name.givenName", direct("givenName")),
        mapping("name.familyName", direct("surname")),
        mapping(f"{ENTERPRISE}:department", direct("department")),
    ]


def group_mappings() -> list[Json]:
    """The three mappings of Zscaler's groups."""
    return [
        mapping("displayName", direct("displayName"), priority=1),
        mapping("externalId", direct("objectId")),
        mapping("members", direct("members")),
    ]


def _object_mapping(name: str, source: str, target: str, mappings: list[Json]) -> Json:
    return {
        "enabled": True,
        "flowTypes": "Add,Update,Delete",
        "name": name,
        "sourceObjectName": source,
        "targetObjectName": target,
        "attributeMappings": mappings,
        "scope": None,
        "metadata": [{"key": "EscrowBehavior", "value": "Default"}, {"key": "DisableMonitoringForChanges", "value": "False"}],
    }


def attribute(name: str, kind: str, *, required: bool = False, anchor: bool = False, readonly: bool = False) -> Json:
    """One attributeDefinition."""
    is_members = name in ("members", "owners")
    referenced = [{"referencedObjectName": "User", "referencedProperty": None}] if kind == "Reference" else []
    return {
        "anchor": anchor,
        "caseExact": False,
        "defaultValue": None,
        "flowNullValues": False,
        "multivalued": is_members or name == "appRoleAssignments",
        "mutability": "ReadOnly" if readonly else "ReadWrite",
        "name": name,
        "required": required,
        "type": kind,
        "apiExpressions": [{"key": "default", "value": name}] if anchor else [],
        "metadata": [{"key": "BaseAttributeName", "value": name.partition("[")[0].partition(".")[0]}] if "." in name else [],
        "referencedObjects": referenced,
    }


def _source_object(name: str, attributes: t.Mapping[str, str]) -> Json:
    definitions = [attribute(one, kind, anchor=one == "objectId", readonly=True) for one, kind in attributes.items()]
    metadata = [
        {"key": "PropertyNameAccountEnabled", "value": "accountEnabled"},
        {"key": "PropertyNameSoftDeleted", "value": "IsSoftDeleted"},
    ]
    return {"name": name, "attributes": definitions, "metadata": metadata if name == "User" else [], "supportedApis": []}


def target_object(name: str, attributes: t.Mapping[str, tuple[str, bool]]) -> Json:
    """The objectDefinition of a target object."""
    definitions = [
        attribute(one, kind, required=required, anchor=one == "id", readonly=one == "id") for one, (kind, required) in attributes.items()
    ]
    metadata = [{"key": "IsSoftDeletionSupported", "value": "True"}] if name.endswith("User") else []
    return {"name": name, "attributes": definitions, "metadata": metadata, "supportedApis": ["SCIM"]}


def _stable_id(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))


def default_schema(connector: str, display_name: str, *, source_directory: str, more: bool = False) -> Json:
    """The synchronizationSchema of a connector; the same each time. `more` = the target knows further attributes."""
    users, groups = "urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:core:2.0:Group"
    target_user = {**TARGET_USER, **TARGET_USER_MORE} if more else TARGET_USER
    if not more:
        users, groups = "User", "Group"
    rule = {
        "containerFilter": None,
        "groupFilter": None,
        "editable": True,
        "id": _stable_id(connector, "rule"),
        "name": f"USER_OUTBOUND_{connector.upper()}",
        "priority": 1,
        "sourceDirectoryName": source_directory,
        "targetDirectoryName": display_name,
        "metadata": [
            {"key": "defaultSourceObjectMappings", "value": f"Synchronize {source_directory} Users to {display_name}"},
            {"key": "supportsProvisionOnDemand", "value": "True"},
            {"key": "synchronizationType", "value": "Synchronize"},
        ],
        "objectMappings": [
            _object_mapping(f"Synchronize {source_directory} Users to {display_name}", "User", users, user_mappings()),
            _object_mapping(f"Synchronize {source_directory} Groups to {display_name}", "Group", groups, group_mappings()),
        ],
    }
    source = {
        "discoverabilities": "None",
        "discoveryDateTime": None,
        "id": _stable_id(connector, "source"),
        "name": source_directory,
        "objects": [_source_object("User", SOURCE_USER), _source_object("Group", SOURCE_GROUP)],
        "readOnly": True,
        "version": "1.0",
    }
    target = {
        "discoverabilities": "AttributeNames, AttributeDataTypes, AttributeReadOnly",
        "discoveryDateTime": None,
        "id": _stable_id(connector, "target"),
        "name": display_name,
        "objects": [target_object(users, target_user), target_object(groups, TARGET_GROUP)],
        "readOnly": False,
        "version": "1.0",
    }
    return {"id": connector, "version": "v1.0", "synchronizationRules": [rule], "directories": [source, target]}
