# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SCIM schemas of both profiles, and what discovery answers: /Schemas, /ResourceTypes, /ServiceProviderConfig."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

if t.TYPE_CHECKING:
    from .profiles import Switches
    from .store import Json

CORE = "urn:ietf:params:scim:schemas:core:2.0:"
USER = CORE + "User"
GROUP = CORE + "Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@dataclass(frozen=True)
class Attribute:
    """One attribute as RFC 7643 section 7 describes it."""

    name: str
    type: str = "string"
    multi: bool = False
    subs: tuple[Attribute, ...] = ()
    required: bool = False
    mutability: str = "readWrite"
    uniqueness: str = "none"
    case_exact: bool = False
    references: tuple[str, ...] = ()
    canonical: tuple[str, ...] = ()

    def sub(self, name: str) -> Attribute | None:
        """The sub-attribute of this name, in any case."""
        return _named(self.subs, name)

    def as_json(self, hidden: t.Collection[str] = (), prefix: str = "") -> Json:
        """The attribute as /Schemas shows it; it admits what is hidden."""
        path = f"{prefix}{self.name}".lower()
        shown: Json = {
            "name": self.name,
            "type": self.type,
            "multiValued": self.multi,
            "description": f"{self.name}, see RFC 7643",
            "required": self.required,
            "mutability": self.mutability,
            "returned": "request" if path in {name.rpartition(":")[2].lower() for name in hidden} else "default",
        }
        if self.type not in ("boolean", "complex"):
            shown.update(caseExact=self.case_exact, uniqueness=self.uniqueness)
        if self.canonical:
            shown["canonicalValues"] = list(self.canonical)
        if self.references:
            shown["referenceTypes"] = list(self.references)
        if self.subs:
            shown["subAttributes"] = [sub.as_json(hidden, f"{path}.") for sub in self.subs]
        return shown


@dataclass(frozen=True)
class Schema:
    """One schema: a resource's core or an extension."""

    urn: str
    attributes: tuple[Attribute, ...]

    @property
    def name(self) -> str:
        """The short name."""
        return "EnterpriseUser" if self.urn == ENTERPRISE else self.urn.rpartition(":")[2]

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of this name, in any case."""
        return _named(self.attributes, name)

    def as_json(self, base: str, hidden: t.Collection[str] = ()) -> Json:
        """The schema as /Schemas shows it."""
        return {
            "schemas": [CORE + "Schema"],
            "id": self.urn,
            "name": self.name,
            "description": f"{self.name}, as far as this service keeps it",
            "attributes": [attribute.as_json(hidden) for attribute in self.attributes],
            "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{self.urn}"},
        }


@dataclass(frozen=True)
class Kind:
    """One resource type with its schemas."""

    name: str
    core: Schema
    extensions: tuple[Schema, ...] = ()

    @property
    def endpoint(self) -> str:
        """The path below the base URL."""
        return f"/{self.name}s"

    def schema(self, urn: str) -> Schema | None:
        """The schema of this URN, in any case; the core for an empty one."""
        for schema in (self.core, *self.extensions):
            if not urn or schema.urn.lower() == urn.lower():
                return schema
        return None

    def as_json(self, base: str) -> Json:
        """The resource type as /ResourceTypes shows it."""
        shown: Json = {
            "schemas": [CORE + "ResourceType"],
            "id": self.name,
            "name": self.name,
            "endpoint": self.endpoint,
            "description": f"{self.name}s of the tenant",
            "schema": self.core.urn,
            "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/{self.name}"},
        }
        if self.extensions:
            shown["schemaExtensions"] = [{"schema": extension.urn, "required": False} for extension in self.extensions]
        return shown


def _named(attributes: tuple[Attribute, ...], name: str) -> Attribute | None:
    wanted = name.lower()
    return next((attribute for attribute in attributes if attribute.name.lower() == wanted), None)


def _texts(*names: str) -> tuple[Attribute, ...]:
    return tuple(Attribute(name) for name in names)


def _plural(name: str, *types: str) -> Attribute:
    subs = (Attribute("value"), Attribute("display"), Attribute("type", canonical=types), Attribute("primary", "boolean"))
    return Attribute(name, "complex", multi=True, subs=subs)


USER_NAME = Attribute("userName", required=True, uniqueness="server")
EXTERNAL_ID = Attribute("externalId", case_exact=True)
ACTIVE = Attribute("active", "boolean")
EMAILS = _plural("emails", "work", "home", "other")
GROUPS = Attribute(
    "groups",
    "complex",
    multi=True,
    mutability="readOnly",
    subs=(
        Attribute("value", mutability="readOnly"),
        Attribute("$ref", "reference", mutability="readOnly", case_exact=True, references=("Group",)),
        Attribute("display", mutability="readOnly"),
    ),
)
MEMBERS = Attribute(
    "members",
    "complex",
    multi=True,
    subs=(
        Attribute("value", mutability="immutable"),
        Attribute("$ref", "reference", mutability="immutable", case_exact=True, references=("User",)),
        Attribute("display", mutability="readOnly"),
    ),
)
ADDRESSES = Attribute(
    "addresses",
    "complex",
    multi=True,
    subs=(
        *_texts("formatted", "streetAddress", "locality", "region", "postalCode", "country"),
        Attribute("type", canonical=("work", "home", "other")),
    ),
)
NAME = Attribute("name", "complex", subs=_texts("formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix"))
GROUP_SCHEMA = Schema(GROUP, (Attribute("displayName", required=True), EXTERNAL_ID, MEMBERS))
GROUP_KIND = Kind("Group", GROUP_SCHEMA)

ZIA = (
    Kind(
        "User",
        Schema(
            USER,
            (
                USER_NAME,
                EXTERNAL_ID,
                Attribute("displayName"),
                ACTIVE,
                Attribute("name", "complex", subs=_texts("familyName", "givenName")),
                EMAILS,
                GROUPS,
            ),
        ),
        (Schema(ENTERPRISE, _texts("department")),),
    ),
    GROUP_KIND,
)
CONFORMING = (
    Kind(
        "User",
        Schema(
            USER,
            (
                USER_NAME,
                EXTERNAL_ID,
                NAME,
                *_texts("displayName", "nickName"),
                Attribute("profileUrl", "reference", case_exact=True, references=("external",)),
                *_texts("title", "userType", "preferredLanguage", "locale", "timezone"),
                ACTIVE,
                EMAILS,
                _plural("phoneNumbers", "work", "home", "mobile", "other"),
                ADDRESSES,
                GROUPS,
            ),
        ),
        (Schema(ENTERPRISE, _texts("employeeNumber", "costCenter", "organization", "division", "department")),),
    ),
    GROUP_KIND,
)


def kinds_of(profile: str) -> dict[str, Kind]:
    """The resource types of a profile by name."""
    return {kind.name: kind for kind in (CONFORMING if profile == "conforming" else ZIA)}


def all_schemas(kinds: t.Iterable[Kind]) -> list[Schema]:
    """Every schema of these resource types."""
    return [schema for kind in kinds for schema in (kind.core, *kind.extensions)]


def provider_config(switches: Switches, base: str) -> Json:
    """What /ServiceProviderConfig answers (RFC 7643 section 5)."""
    return {
        "schemas": [CORE + "ServiceProviderConfig"],
        "documentationUri": "https://docs.ansible.com/",
        "patch": {"supported": switches.patch_supported},
        "bulk": _bulk(switches),
        "filter": {"supported": True, "maxResults": switches.page_cap},
        "changePassword": {"supported": False},
        "sort": {"supported": switches.sort},
        "etag": {"supported": switches.etag},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "The token that the sandbox makes at each start",
                "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }


def _bulk(switches: Switches) -> Json:
    limits = {"maxOperations": switches.bulk_operations, "maxPayloadSize": switches.bulk_bytes}
    if not switches.bulk:
        return {"supported": False, **dict.fromkeys(limits, 0)}
    return {"supported": True, **(limits if switches.bulk_limits_told else {})}
