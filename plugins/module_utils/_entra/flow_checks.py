# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with declared attribute mappings, given the schema that they would be written into. Pure."""

from __future__ import annotations

import typing as t

from .._errors import Problem
from .._wording import and_list
from .attributes import is_integer
from .expression import attributes_in, kind_of
from .flow import priority_of, target_of

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .declared import Flow, Wish
    from .flow import Parsed
    from .located import Located

BOOLEANS = ("true", "false")


class FlowChange(t.NamedTuple):
    """One declared mapping beside the live one, and what it would become: `live` itself if it is so already."""

    flow: Flow
    live: dict[str, t.Any] | None
    new: dict[str, t.Any]
    parsed: Parsed | None

    @property
    def is_change(self) -> bool:
        """Whether anything would be written."""
        return self.new is not self.live


def change_problems(change: FlowChange, located: Located) -> Iterator[Problem]:
    """All that is wrong with one declared mapping; one that changes nothing is not questioned."""
    flow = change.flow
    if not change.is_change or not flow.target.strip():
        return
    checks = (_target_problems(change, located), _source_problems(change, located), _value_problems(flow, located))
    yield from (Problem(flow.place, field, reason) for found in checks for field, reason in found)


def _target_problems(change: FlowChange, located: Located) -> Iterator[tuple[str, str]]:
    name = change.flow.target
    if change.live is None and located.target.lacks(name):
        yield "target", f"{located.target.missing(name)} An attribute of your own must first be added to the target's list in the portal."
    if located.target.is_read_only(name):
        yield "target", f"{name} is read-only in {located.target.directory}; leave it out"
    if change.live is None and not change.flow.kind:
        yield "", f"gives no value, and {name} is not mapped yet; add source, constant, expression or default_value"
    if change.flow.priority and not change.flow.kind and change.live and kind_of(change.live.get("source")) in ("none", "constant"):
        yield "matching_priority", f"would match on {name}, whose value is the same for everybody; match on a source or an expression"


def _source_problems(change: FlowChange, located: Located) -> Iterator[tuple[str, str]]:
    used = {name for live in located.live for name in attributes_in(live.get("source"))}
    if change.flow.kind == "source" and change.flow.value.strip():
        name = change.flow.value
        if name not in used and located.source.lacks(name):
            yield "source", located.source.missing(name)
    if change.flow.kind == "expression" and change.parsed is not None:
        if change.parsed.source is None:
            yield "expression", f"Entra cannot parse it: {change.parsed.error or 'it gives no reason'}"
        for name in dict.fromkeys(attributes_in(change.parsed.source)):
            if name not in used and located.source.lacks(name):
                yield "expression", located.source.missing(name)


def _value_problems(flow: Flow, located: Located) -> Iterator[tuple[str, str]]:
    values = [("default_value", flow.default or "")] + ([("constant", flow.value)] if flow.kind == "constant" else [])
    type_name = located.target.type_of(flow.target)
    for field, value in values:
        if type_name == "Boolean" and value and value.casefold() not in BOOLEANS:
            yield field, f"{flow.target} is Boolean; '{value}' is neither True nor False"
        if type_name == "Integer" and value and not is_integer(value):
            yield field, f"{flow.target} is an integer; '{value}' is none"


def ambiguous_problems(wish: Wish, located: Located, *, exact: bool) -> Iterator[Problem]:
    """Declared targets that the schema maps more than once; mode exact keeps one, merge cannot tell which is meant."""
    for flow in () if exact else wish.flows or ():
        count = sum(target_of(live) == flow.target for live in located.live)
        if count > 1:
            yield Problem(
                flow.place, "target",
                f"the schema maps {flow.target} {count} times, which Entra does not sort out by itself; delete all but one in the portal, "
                "or declare all mappings and use mode exact, which keeps one",
            )  # fmt: skip


def removal_problems(
    side: str, removed: Sequence[dict[str, t.Any]], located: Located, kept: Sequence[dict[str, t.Any]]
) -> Iterator[Problem]:
    """Mappings that mode exact would remove although the target cannot do without them."""
    still = {target_of(live) for live in kept}
    names = [name for name in map(target_of, removed) if located.target.has(name, "required") and name not in still]
    if names:
        them = "them" if len(names) > 1 else "it"
        yield Problem(
            f"{side}.attribute_mappings", "",
            f"mode exact would remove {and_list(names)}, which {located.target.directory} requires; list {them} too, or use mode merge",
        )  # fmt: skip


def matching_problems(wish: Wish, located: Located, result: Sequence[dict[str, t.Any]]) -> Iterator[Problem]:
    """Whether the mappings that would be there can find existing objects, each by one attribute at a time."""
    place = f"{wish.side}.attribute_mappings"
    matching = [(priority_of(live), target_of(live)) for live in result if priority_of(live)]
    if not matching and result:
        lost = and_list([target_of(live) for live in located.live if priority_of(live)])
        was = f"; now it is {lost}" if lost else ""
        yield Problem(place, "", f"no attribute would be left to match existing {wish.side} by{was}; give one a matching_priority of 1")
    declared = {flow.target: flow for flow in wish.flows or () if flow.priority}
    for priority, target in matching:
        others = [other for number, other in matching if number == priority and other != target]
        if target in declared and others and not any(other in declared for other in others):
            yield Problem(
                declared[target].place, "matching_priority",
                f"{priority} is that of {and_list(others)} already; give {target} another, or declare {and_list(others)} with another or 0",
            )  # fmt: skip
