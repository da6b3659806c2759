# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One objectMapping of a schema, made ready: what goes where, what matches, who is in scope. Pure."""

from __future__ import annotations

import enum
import typing as t
from dataclasses import dataclass, field

from .evaluation import IgnoreFlow, Value, evaluate
from .expressions import ExpressionError, Node, node_of
from .scoping import Scoping, judge

if t.TYPE_CHECKING:
    from .settings import Settings
    from .snapshot import Subject
    from .state import Json, Link

ROUTES = {"User": "Users", "Group": "Groups"}


class Intent(enum.Enum):
    """What is to become of an object."""

    PROVISION = "provision"
    DEPROVISION = "deprovision"
    SKIP = "skip"
    IGNORE = "ignore"
    """Not of this mapping's business: no step, no log."""


@dataclass
class Verdict:
    """What is to become of an object, and why."""

    intent: Intent
    reason: str = ""
    """The SkipReason of the log."""
    scoping: Scoping = field(default_factory=lambda: Scoping(True))
    entitled: bool = True


class Attribute(t.NamedTuple):
    """One attributeMapping."""

    target: str
    node: Node | None
    default: str | None
    priority: int
    only_on_create: bool
    is_reference: bool
    problem: str
    """Why its expression cannot be read; "" if it can."""

    @property
    def uses_deletion(self) -> bool:
        """Whether it tells the target that somebody is gone: it looks at IsSoftDeleted."""
        return bool(self.node) and any(name.lower() == "issoftdeleted" for name in t.cast(Node, self.node).attributes())


class Mapping:
    """One objectMapping together with the types of its target."""

    def __init__(self, source: Json, rule: Json, schema: Json) -> None:
        self.kind = str(source.get("sourceObjectName", "")).capitalize()
        """User or Group, in Entra."""
        self.target_kind = "Group" if str(source.get("targetObjectName", "")).lower().endswith("group") else "User"
        self.target_name = str(source.get("targetObjectName", ""))
        self.route = ROUTES[self.target_kind]
        self.rule_id = str(rule.get("id", ""))
        self.source_system = str(rule.get("sourceDirectoryName") or "Microsoft Entra ID")
        self.target_system = str(rule.get("targetDirectoryName") or "customappsso")
        self.enabled = bool(source.get("enabled"))
        self.flows = {part.strip() for part in str(source.get("flowTypes") or "").split(",")}
        self.scope: Json = source.get("scope") or {}
        self.types = _types(schema, self.target_system, self.target_name)
        self.attributes = [_attribute(item, self.types) for item in source.get("attributeMappings") or []]
        self.matching = sorted((one for one in self.attributes if one.priority > 0), key=lambda one: one.priority)

    def judge(self, subject: Subject, link: Link | None, settings: Settings) -> Verdict:
        """What is to become of a user or group."""
        for groups in ("categoryFilterGroups", "inputFilterGroups"):
            if not judge(self.scope.get(groups), subject.value).is_in:
                return Verdict(Intent.IGNORE)
        scoping = judge(self.scope.get("groups"), subject.value)
        entitled = subject.is_active if settings.sync_all and self.kind == "Group" else settings.sync_all or subject.entitled
        if entitled and scoping.is_in and subject.is_active:
            return Verdict(Intent.PROVISION, "", scoping, entitled)
        reason = _reason(subject, scoping, entitled)
        if link is None or link.disabled:
            known = link is not None or subject.assigned or settings.sync_all
            return Verdict(Intent.SKIP if known else Intent.IGNORE, reason, scoping, entitled)
        if subject.is_active and settings.skip_out_of_scope:
            return Verdict(Intent.SKIP, "SkipOutOfScopeDeletions", scoping, entitled)
        return Verdict(Intent.DEPROVISION, reason, scoping, entitled)

    def values(self, subject: Subject, *, is_new: bool) -> dict[str, Value]:
        """The target attributes that have a value, references apart. Raises ExpressionError with the attribute's name."""
        values: dict[str, Value] = {}
        for attribute in self.attributes:
            if attribute.is_reference or (attribute.only_on_create and not is_new):
                continue
            value = self.value(attribute, subject)
            if value is None and is_new:
                value = attribute.default
            if value not in (None, "", []):
                values[attribute.target] = value
        return values

    def leaving_values(self, subject: Subject) -> dict[str, Value]:
        """The target attributes that say that somebody is gone: `active` as a rule. None: the object has to be deleted."""
        gone = subject.as_leaving()
        values = {one.target: self.value(one, gone) for one in self.attributes if one.uses_deletion and not one.only_on_create}
        return {name: value for name, value in values.items() if value is not None}

    def value(self, attribute: Attribute, subject: Subject) -> Value:
        """One target attribute, None where nothing flows. Raises ExpressionError."""
        if attribute.problem:
            raise ExpressionError(f"{attribute.target}: {attribute.problem}")
        try:
            return evaluate(attribute.node, subject)
        except IgnoreFlow:
            return None
        except ExpressionError as error:
            raise ExpressionError(f"{attribute.target}: {error}") from None

    def references(self, subject: Subject) -> dict[str, list[str]]:
        """The ids in Entra that reference attributes point at, by target attribute."""
        found: dict[str, list[str]] = {}
        for attribute in self.attributes:
            if not attribute.is_reference or attribute.node is None:
                continue
            name = attribute.node.name.lower()
            if name == "members":
                found[attribute.target] = list(subject.members)
            else:
                value = subject.value(name)
                found[attribute.target] = [str(value)] if value else []
        return found


def _reason(subject: Subject, scoping: Scoping, entitled: bool) -> str:
    if not subject.is_active:
        return "NotActiveInSource"
    if not entitled:
        return "NotEffectivelyEntitled"
    return "NotInScope" if not scoping.is_in else ""


def _attribute(item: Json, types: t.Mapping[str, str]) -> Attribute:
    target, node, problem = str(item.get("targetAttributeName", "")), None, ""
    try:
        node = node_of(item["source"]) if item.get("source") else None
    except ExpressionError as error:
        problem = str(error)
    is_reference = types.get(target) == "Reference" or target.lower() == "members"
    once = item.get("flowType") in ("ObjectAddOnly", "AttributeAddOnly")
    # Without a source the default value is the value, and defaults are for new objects only.
    return Attribute(target, node, item.get("defaultValue"), int(item.get("matchingPriority") or 0), once, is_reference, problem)


def _types(schema: Json, directory_name: str, object_name: str) -> dict[str, str]:
    """The types of the target's attributes, from the schema's own directory."""
    for directory in schema.get("directories") or []:
        if directory.get("name") != directory_name:
            continue
        for definition in directory.get("objects") or []:
            if str(definition.get("name", "")).lower() == object_name.lower():
                return {str(one.get("name")): str(one.get("type")) for one in definition.get("attributes") or []}
    return {}


def mappings_of(schema: Json) -> list[Mapping]:
    """The enabled mappings of users and groups in the order of work: rules by priority, users before groups."""
    rules = sorted(schema.get("synchronizationRules") or [], key=lambda rule: int(rule.get("priority") or 0))
    mappings = [Mapping(source, rule, schema) for rule in rules for source in rule.get("objectMappings") or []]
    usable = [mapping for mapping in mappings if mapping.enabled and mapping.kind in ROUTES]
    return sorted(usable, key=lambda mapping: mapping.kind == "Group")
