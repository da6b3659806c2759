# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Schema discovery: what the target's /Schemas say, as a directoryDefinition."""

from __future__ import annotations

import copy
import datetime
import typing as t

from .logs import timestamp
from .payloads import CORE
from .refusals import EngineError
from .scim_client import TargetError

if t.TYPE_CHECKING:
    from .scim_client import ScimClient
    from .state import Json

TYPES = {"boolean": "Boolean", "integer": "Integer", "datetime": "DateTime", "binary": "Binary", "reference": "Reference"}
EXTENSIONS_OF = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:"
MUTABILITY = {"readonly": "ReadOnly", "immutable": "Immutable", "writeonly": "WriteOnly"}


def discover(schema: Json, directory_id: str, connect: t.Callable[[], ScimClient], moment: datetime.datetime) -> Json:
    """The definition of one directory of a schema with all that the target has besides. Raises EngineError."""
    found = next((one for one in schema.get("directories") or [] if str(one.get("id")) == directory_id), None)
    if found is None:
        raise EngineError("ResourceNotFound", f"There is no directory '{directory_id}' in the schema.", 404)
    directory: Json = copy.deepcopy(found)
    if directory.get("readOnly"):
        raise EngineError("DirectoryNotDiscoverable", f"The directory '{directory.get('name')}' cannot be discovered.")
    for definition in directory.get("objects") or []:
        kind = "Group" if str(definition.get("name", "")).lower().endswith("group") else "User"
        _complete(definition, _attributes(_schemas(connect), kind))
    directory["discoveryDateTime"] = timestamp(moment)
    return directory


def _schemas(connect: t.Callable[[], ScimClient]) -> list[Json]:
    try:
        client = connect()
        try:
            body = client.get("Schemas").body
        finally:
            client.close()
    except TargetError as error:
        raise EngineError("SchemaDiscoveryFailed", f"The target's schemas cannot be read: {error.reason}") from None
    items = body.get("Resources") if isinstance(body, dict) else body
    return [item for item in items or [] if isinstance(item, dict)]


def _complete(definition: Json, attributes: t.Iterable[Json]) -> None:
    known = {str(one.get("name", "")).lower() for one in definition.setdefault("attributes", [])}
    definition["attributes"].extend(one for one in attributes if one["name"].lower() not in known)


def _attributes(schemas: t.Iterable[Json], kind: str) -> t.Iterator[Json]:
    for schema in schemas:
        urn = str(schema.get("id", ""))
        is_core = urn.lower() == f"{CORE}{kind}".lower()
        if is_core or (kind == "User" and urn.lower().startswith(EXTENSIONS_OF)):
            for attribute in schema.get("attributes") or []:
                yield from _named("" if is_core else f"{urn}:", attribute)


def _named(prefix: str, attribute: Json) -> t.Iterator[Json]:
    """One attribute as mappings name it; complex ones by their parts, multi-valued ones by the type `work`."""
    name, subs = prefix + str(attribute.get("name", "")), attribute.get("subAttributes") or []
    kind, several = str(attribute.get("type", "string")).lower(), bool(attribute.get("multiValued"))
    if kind != "complex":
        yield _definition(name, kind, attribute)
    elif any(sub.get("name") == "$ref" for sub in subs):
        yield _definition(name, "reference", attribute)
    elif several:
        yield from (_definition(f'{name}[type eq "work"].{sub["name"]}', "string", sub) for sub in subs if sub.get("name") == "value")
    else:
        yield from (_definition(f"{name}.{sub['name']}", str(sub.get("type", "string")).lower(), sub) for sub in subs)


def _definition(name: str, kind: str, attribute: Json) -> Json:
    referenced = [{"referencedObjectName": "User", "referencedProperty": None}] if kind == "reference" else []
    return {
        "anchor": False,
        "caseExact": bool(attribute.get("caseExact")),
        "defaultValue": None,
        "flowNullValues": False,
        "multivalued": bool(attribute.get("multiValued")),
        "mutability": MUTABILITY.get(str(attribute.get("mutability", "")).lower(), "ReadWrite"),
        "name": name,
        "required": bool(attribute.get("required")),
        "type": TYPES.get(kind, "String"),
        "apiExpressions": [],
        "metadata": [],
        "referencedObjects": referenced,
    }
