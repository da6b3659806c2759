# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scoping filters: compared, applied, and in words. Only `scope.groups`; the experimental filter sets stay as they are. Pure."""

from __future__ import annotations

import typing as t

from .outcome import Operation

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .declared import Clause, Filter

    Live = Mapping[str, t.Any]

Condition = tuple[str, str, tuple[str, ...]]
"""Attribute, operator and values of one clause."""


class Operators:
    """The filter operators that the service has: schema/filterOperators, keyed so that spelling does not matter. None = not known."""

    def __init__(self, described: Sequence[Live] | None) -> None:
        self.known = described is not None
        # The reference page's sample says `name`, the published metadata say `id`.
        self.by_key = {operator_key(str(one.get("name") or one.get("id"))): one for one in described or ()}

    def find(self, name: str) -> Live | None:
        """The operator of this name in any case, with blanks or underscores."""
        return self.by_key.get(operator_key(name))

    def names(self) -> list[str]:
        """All of them, in the service's spelling."""
        return [str(one.get("name") or one.get("id")) for one in self.by_key.values()]

    def spell(self, name: str) -> str:
        """The service's spelling of an operator."""
        found = self.find(name)
        return str(found.get("name") or found.get("id")) if found else name


def operator_key(name: str) -> str:
    """What two spellings of one operator have in common."""
    return name.casefold().replace(" ", "").replace("_", "")


def groups_of(scope: Live | None) -> list[dict[str, t.Any]]:
    """The filters of a scope; none for a scope that is null."""
    return list((scope or {}).get("groups") or [])


def live_condition(clause: Live) -> Condition:
    """A clause as it is read; no operand and an empty one are the same."""
    values = (clause.get("targetOperand") or {}).get("values") or []
    return (str(clause.get("sourceOperandName")), str(clause.get("operatorName")), tuple(str(value) for value in values))


def condition(clause: Clause) -> Condition:
    """A clause as it is declared."""
    return (clause.attribute, clause.operator, clause.values)


def _comparable(conditions: list[Condition]) -> list[Condition]:
    return sorted((attribute, operator_key(operator), tuple(sorted(values))) for attribute, operator, values in conditions)


def same_clauses(live: Live, wanted: Filter) -> bool:
    """Whether a filter has these conditions; their order means nothing, all must hold."""
    return _comparable([live_condition(one) for one in live.get("clauses") or []]) == _comparable(
        [condition(one) for one in wanted.clauses]
    )


class PairedFilters(t.NamedTuple):
    """Declared filters beside the live ones of the same name, and the live ones that nobody declared."""

    pairs: list[tuple[dict[str, t.Any] | None, Filter]]
    left: list[dict[str, t.Any]]


def pair_filters(scope: Live | None, filters: Sequence[Filter]) -> PairedFilters:
    """Live and declared filters by their names."""
    left = groups_of(scope)
    pairs: list[tuple[dict[str, t.Any] | None, Filter]] = []
    for wanted in filters:
        found = next((one for one in left if (one.get("name") or "") == wanted.name), None)
        if found is not None:
            left = [one for one in left if one is not found]
        pairs.append((found, wanted))
    return PairedFilters(pairs, left)


def changed_filters(scope: Live | None, filters: Sequence[Filter]) -> list[Filter]:
    """The declared filters that are not so yet."""
    return [wanted for live, wanted in pair_filters(scope, filters).pairs if live is None or not same_clauses(live, wanted)]


def edit_scope(scope: Live | None, filters: Sequence[Filter], operators: Operators) -> Live | None:
    """The scope with exactly these filters: `scope` itself if it has them. Filters that stay are the same objects, in their order."""
    paired = pair_filters(scope, filters)
    if not paired.left and not changed_filters(scope, filters):
        return scope
    written = {id(live): _written(live, wanted, operators) for live, wanted in paired.pairs if live is not None}
    groups = [written[id(live)] for live in groups_of(scope) if id(live) in written]
    groups += [_written(None, wanted, operators) for live, wanted in paired.pairs if live is None]
    base = {"categoryFilterGroups": [], "groups": [], "inputFilterGroups": []} if scope is None else scope
    return {**base, "groups": groups}


def _written(live: dict[str, t.Any] | None, wanted: Filter, operators: Operators) -> dict[str, t.Any]:
    if live is not None and same_clauses(live, wanted):
        return live
    return {**(live or {"name": wanted.name}), "clauses": [_written_clause(one, operators) for one in wanted.clauses]}


def _written_clause(clause: Clause, operators: Operators) -> dict[str, t.Any]:
    return {
        "operatorName": operators.spell(clause.operator),
        "sourceOperandName": clause.attribute,
        "targetOperand": {"values": list(clause.values)} if clause.values else None,
    }


def filter_words(live: Live) -> str:
    """A filter as a sentence, such as `department EQUALS 'Research' and country IS NOT NULL`."""
    said = []
    for attribute, operator, values in (live_condition(one) for one in live.get("clauses") or []):
        operand = " or ".join(f"'{value}'" for value in values)
        said.append(f"{attribute} {operator} {operand}".rstrip())
    return " and ".join(said)


def filters_as_options(scope: Live | None) -> list[dict[str, t.Any]]:
    """The filters as the module's options would declare them."""
    found = []
    for group in groups_of(scope):
        conditions = [live_condition(one) for one in group.get("clauses") or []]
        clauses = [{"attribute": attribute, "operator": operator, "values": list(values)} for attribute, operator, values in conditions]
        found.append({"name": group.get("name") or "", "clauses": clauses})
    return found


def filter_operations(noun: str, scope: Live | None, filters: Sequence[Filter], after: Live | None) -> Iterator[Operation]:
    """What changes among the filters, in the order of the declaration."""
    paired = pair_filters(scope, filters)
    words = {group.get("name") or "": filter_words(group) for group in groups_of(after)}
    for live, wanted in paired.pairs:
        if live is None:
            yield Operation("scoping_filter", "create", f"{noun} filter {wanted.name}", {"after": words[wanted.name]})
        elif not same_clauses(live, wanted):
            details = {"before": filter_words(live), "after": words[wanted.name]}
            yield Operation("scoping_filter", "update", f"{noun} filter {wanted.name}", details)
    for live in paired.left:
        yield Operation("scoping_filter", "delete", f"{noun} filter {live.get('name') or ''}".rstrip(), {"before": filter_words(live)})
