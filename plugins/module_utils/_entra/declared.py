# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a play declares about mappings: options to values, and everything that is wrong with them by themselves. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._errors import Problem

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Options = Mapping[str, t.Any]

SIDES = {"users": "user", "groups": "group"}
"""The options of the module, and what one object of them is called."""
KINDS = ("source", "constant", "expression")
"""Where a value can come from; at most one of them."""
LONGEST_EXPRESSION = 10_000
"""Characters that Entra takes in one expression (facts 4)."""


@dataclass(frozen=True)
class Flow:
    """One declared attribute mapping. None = left alone."""

    target: str
    kind: str
    """`source`, `constant`, `expression`, `none` (only a default value), or empty: the source is left alone."""
    value: str
    default: str | None
    priority: int | None
    apply: str | None
    place: str

    @property
    def expression(self) -> str:
        """The text that Graph may have to parse, or an empty one."""
        return self.value if self.kind == "expression" else ""


@dataclass(frozen=True)
class Clause:
    """One condition of a scoping filter."""

    attribute: str
    operator: str
    values: tuple[str, ...]
    place: str


@dataclass(frozen=True)
class Filter:
    """One scoping filter: all of its clauses hold."""

    name: str
    clauses: tuple[Clause, ...]
    place: str


@dataclass(frozen=True)
class Wish:
    """What is declared for users, or for groups. None = left alone."""

    side: str
    enabled: bool | None = None
    actions: tuple[str, ...] | None = None
    flows: tuple[Flow, ...] | None = None
    filters: tuple[Filter, ...] | None = None

    @property
    def noun(self) -> str:
        """`user` or `group`."""
        return SIDES[self.side]


class Declaration(t.NamedTuple):
    """All that a play declares; `exact` removes attribute mappings that are not listed."""

    wishes: tuple[Wish, ...]
    exact: bool
    problems: tuple[Problem, ...]


def read_declaration(options: Options) -> Declaration:
    """The declaration of these module options, with everything that is wrong whatever the live schema is."""
    exact = options.get("mode") == "exact"
    wishes = tuple(_read_wish(side, options[side]) for side in SIDES if options.get(side) is not None)
    problems: list[Problem] = []
    for wish in wishes:
        problems += _flow_problems(wish, exact=exact)
        problems += _filter_problems(wish)
    return Declaration(wishes, exact, tuple(problems))


def _read_wish(side: str, given: Options) -> Wish:
    actions, flows, filters = (given.get(name) for name in ("actions", "attribute_mappings", "scoping_filters"))
    return Wish(
        side=side,
        enabled=given.get("enabled"),
        actions=None if actions is None else tuple(actions),
        flows=None if flows is None else tuple(_read_flow(one, f"{side}.attribute_mappings[{at}]") for at, one in enumerate(flows)),
        filters=None if filters is None else tuple(_read_filter(one, f"{side}.scoping_filters[{at}]") for at, one in enumerate(filters)),
    )


def _read_flow(given: Options, place: str) -> Flow:
    kinds = [kind for kind in KINDS if given.get(kind) is not None]
    default = given.get("default_value")
    kind = "+".join(kinds) if kinds else "none" if default is not None else ""
    return Flow(
        target=given.get("target") or "",
        kind=kind,
        value=given[kinds[0]] if kinds else "",
        default=default,
        priority=given.get("matching_priority"),
        apply=given.get("apply"),
        place=place,
    )


def _read_filter(given: Options, place: str) -> Filter:
    clauses = tuple(
        Clause(one.get("attribute") or "", one.get("operator") or "", tuple(one.get("values") or ()), f"{place}.clauses[{at}]")
        for at, one in enumerate(given.get("clauses") or ())
    )
    return Filter(given.get("name") or "", clauses, place)


def repeated(names: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Of these pairs (key, place), those whose key came before, with the place where it was first: (place, first place)."""
    first: dict[str, str] = {}
    for key, place in names:
        if key in first:
            yield place, first[key]
        first.setdefault(key, place)


def _flow_problems(wish: Wish, *, exact: bool) -> Iterator[Problem]:
    if wish.flows is None:
        return
    if exact and not wish.flows:
        yield Problem(
            f"{wish.side}.attribute_mappings", "",
            f"is empty, and mode exact would remove every mapping; leave it out to keep them, or say enabled: false to stop {wish.side}",
        )  # fmt: skip
    for flow in wish.flows:
        yield from (Problem(flow.place, field, reason) for field, reason in _own_problems(flow))
    targets = ((flow.target.casefold(), flow.place) for flow in wish.flows if flow.target)
    for place, first in repeated(targets):
        yield Problem(place, "target", f"is the same as in {first}; one target attribute has one mapping, remove one of them")
    for place, first in repeated((str(flow.priority), flow.place) for flow in wish.flows if flow.priority):
        yield Problem(place, "matching_priority", f"is the same as in {first}; give each matching attribute a number of its own")


def _own_problems(flow: Flow) -> Iterator[tuple[str, str]]:
    if not flow.target.strip():
        yield "target", "is empty; name the attribute of the target"
    if "+" in flow.kind:
        yield "", f"has {flow.kind.replace('+', ' and ')}; a value has one origin, keep one of them"
    elif flow.kind in KINDS and not flow.value.strip():
        yield flow.kind, "is empty; give a value, or only default_value for a mapping that takes nothing from Entra"
    if len(flow.expression) > LONGEST_EXPRESSION:
        yield "expression", f"has {len(flow.expression)} characters; Entra takes at most {LONGEST_EXPRESSION}"
    if flow.kind == "none" and not flow.default:
        yield "default_value", "is empty, and nothing else gives a value; add source, constant or expression"
    if flow.priority is not None and flow.priority < 0:
        yield "matching_priority", f"is {flow.priority}; 0 means not matching, 1 is tried first"
    if flow.priority and flow.kind in ("constant", "none"):
        yield "matching_priority", "would match on a value that is the same for everybody; match on a source or an expression"


def _filter_problems(wish: Wish) -> Iterator[Problem]:
    for one in wish.filters or ():
        if not one.name.strip():
            yield Problem(one.place, "name", "is empty; the portal shows it as the title of the filter, and the logs name it")
        if not one.clauses:
            yield Problem(
                one.place, "clauses", "is empty; a filter has at least one condition, and no filter at all is scoping_filters: []"
            )
        for clause in one.clauses:
            for field in ("attribute", "operator"):
                if not getattr(clause, field).strip():
                    yield Problem(clause.place, field, "is empty")
    for place, first in repeated((one.name, one.place) for one in wish.filters or () if one.name):
        yield Problem(place, "name", f"is the same as in {first}; give each filter a title of its own")
