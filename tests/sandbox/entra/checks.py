# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the service refuses in a schema that is PUT. Nobody documents it; the switch entra_schema_checks turns it off."""

from __future__ import annotations

import typing as t

from .answers import GraphError, Json
from .engine import OPERATORS, parse


def _invalid(message: str) -> GraphError:
    return GraphError(400, "SchemaInvalid", message, nested=True)


def check_schema(schema: Json) -> None:
    """Raises GraphError for the first thing that cannot be."""
    targets = {str(one.get("name")): one for one in schema.get("directories") or ()}
    for rule in schema["synchronizationRules"]:
        known = {str(one.get("name")): one for one in (targets.get(str(rule.get("targetDirectoryName"))) or {}).get("objects") or ()}
        for mapping in rule.get("objectMappings") or ():
            if mapping.get("enabled"):
                _check_mapping(mapping, known.get(str(mapping.get("targetObjectName"))))
            _check_scope(mapping)


def _check_mapping(mapping: Json, definition: Json | None) -> None:
    name, mappings = mapping.get("name"), mapping.get("attributeMappings") or []
    targets = [str(one.get("targetAttributeName")) for one in mappings]
    if not any((one.get("matchingPriority") or 0) > 0 for one in mappings):
        raise _invalid(f"The object mapping {name} has no matching attribute.")
    if definition is not None:
        attributes = {str(one["name"]): one for one in definition.get("attributes") or ()}
        for target in targets:
            if target not in attributes:
                raise _invalid(f"The target attribute {target} of {name} is not defined in the target directory.")
        for attribute in attributes.values():
            if attribute.get("required") and attribute["name"] not in targets:
                raise _invalid(f"The required target attribute {attribute['name']} of {name} is not mapped.")
    for one in mappings:
        _check_source(one, str(name))


def _check_source(mapping: Json, name: str) -> None:
    source, target = mapping.get("source"), mapping.get("targetAttributeName")
    if source is None:
        if mapping.get("defaultValue") is None:
            raise _invalid(f"The attribute mapping of {target} in {name} has neither a source nor a default value.")
        return
    if not isinstance(source, dict) or source.get("type") not in ("Attribute", "Constant", "Function"):
        raise _invalid(f"The source of {target} in {name} has no type.")
    tree, reason = parse(str(source.get("expression") or ""))
    if tree is None:
        raise _invalid(f"The expression of {target} in {name} is not valid: {reason}")


def _check_scope(mapping: Json) -> None:
    known = {str(one.get("id") or one.get("name")): one for one in OPERATORS}
    for group in (mapping.get("scope") or {}).get("groups") or ():
        for clause in group.get("clauses") or ():
            _check_clause(clause, known)


def _check_clause(clause: Json, known: t.Mapping[str, Json]) -> None:
    name = str(clause.get("operatorName"))
    if known and name not in known:
        raise _invalid(f"The operator {name} is not known.")
    values = (clause.get("targetOperand") or {}).get("values") or []
    if known and known[name].get("arity") == "Binary" and not values:
        raise _invalid(f"The operator {name} needs a value.")
