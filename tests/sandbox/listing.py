# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listing: filters, sorting, pages, and the ways in which a page can lie (fault rows F36 to F44)."""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import dataclass

from . import filters
from .errors import ScimError
from .present import Selection
from .server import Answer

if t.TYPE_CHECKING:
    from .faults import Fault
    from .present import Presenter
    from .profiles import Switches
    from .store import Json, Record, Tenant

USER_FILTERS = {("username", "eq"), ("externalid", "eq"), ("id", "eq"), ("meta.lastmodified", "gt")}
LIST_RESPONSE = b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":%d'


@dataclass(frozen=True)
class Query:
    """What a list request asks for, from the query string or from a SearchRequest."""

    filter: str = ""
    start: int = 1
    count: int | None = None
    sort_by: str = ""
    descending: bool = False
    selection: Selection = Selection()  # noqa: RUF009 - it never changes


def query_of(source: t.Mapping[str, t.Any]) -> Query:
    """The query in a query string or a SearchRequest. Raises ScimError."""
    count = source.get("count")
    return Query(
        str(source.get("filter") or ""),
        max(1, _number("startIndex", source.get("startIndex", 1))),
        None if count is None else max(0, _number("count", count)),
        str(source.get("sortBy") or ""),
        str(source.get("sortOrder") or "").lower() == "descending",
        Selection(_names(source.get("attributes")), _names(source.get("excludedAttributes"))),
    )


def _number(name: str, value: t.Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ScimError(400, f"{name} is not a number", "invalidValue") from None


def _names(value: t.Any) -> list[str]:
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return [str(part).strip() for part in parts if str(part).strip()]


class Listing:
    """Answers list requests."""

    def __init__(self, tenant: Tenant, switches: Switches, presenter: Presenter) -> None:
        self._tenant = tenant
        self._switches = switches
        self._presenter = presenter

    def page(self, kinds: t.Sequence[str], query: Query, cap: int, fault: Fault | None) -> tuple[Answer, list[Record]]:
        """The page that the query asks for, and the records on it."""
        records, total = self._found(kinds, query)
        start, count = self._window(query, cap, fault)
        shown = list(itertools.islice(records, start - 1, start - 1 + count))
        lie = fault.kind if fault else ""
        if fault and lie == "skip":
            shown = shown[int(fault["items"]) :]
        if lie in ("empty_page", "empty_listing"):
            shown = []
        if fault and lie == "wrong_total":
            total = _wrong_total(fault, total, len(shown))
        if lie == "empty_listing":
            total = 0
        body = self._body(total, query, [self._presenter.list_item(record, query.selection) for record in shown])
        return Answer(200, body, {"Content-Type": "application/scim+json"}), shown

    def _body(self, total: int, query: Query, items: list[bytes]) -> bytes:
        head = LIST_RESPONSE % total
        if not self._switches.bare_lists:
            head += b',"startIndex":%d,"itemsPerPage":%d' % (query.start, len(items))
        elif not items:
            return head + b"}"
        return head + b',"Resources":[' + b",".join(items) + b"]}"

    def _window(self, query: Query, cap: int, fault: Fault | None) -> tuple[int, int]:
        """The 1-based first position and the most resources of the page."""
        start, count = query.start, cap if query.count is None else min(query.count, cap)
        if not self._switches.count_on_get and cap == self._switches.page_cap:
            count = cap
        if fault and fault.kind == "short_page":
            count = min(count, int(fault["size"]))
        if fault and fault.kind == "count_ignored":
            count = int(fault["size"])
        if fault and fault.kind == "start_index_ignored":
            start = 1
        if fault and fault.kind == "overlap":
            start = max(1, start - int(fault["items"]))
        return start, count

    def _found(self, kinds: t.Sequence[str], query: Query) -> tuple[t.Iterable[Record], int]:
        if query.filter:
            found = [record for kind in kinds for record in self.matching(kind, query.filter)]
        elif self._switches.visibility_lag or (query.sort_by and self._switches.sort):
            found = [record for kind in kinds for record in self._tenant.listed(kind)]
        else:
            listed = [self._tenant.table(kind).records for kind in kinds]
            return itertools.chain.from_iterable(records.values() for records in listed), sum(map(len, listed))
        if query.sort_by and self._switches.sort:
            found.sort(key=self._sort_key(query.sort_by), reverse=query.descending)
        return found, len(found)

    def _sort_key(self, name: str) -> t.Callable[[Record], t.Any]:
        path = filters.parse_path(name)

        def key(record: Record) -> tuple[bool, str]:
            values = filters.values_at(path, self._presenter.full(record))
            return not values, str(values[0]).casefold() if values else ""

        return key

    def matching(self, kind: str, text: str) -> list[Record]:
        """The visible records that fit a filter. Raises ScimError where it is not supported."""
        tree = filters.parse(text)
        if not self._switches.any_filter and not self._documented(kind, tree):
            if self._switches.unknown_filter == "empty":
                return []
            raise ScimError(400, f"The filter {text!r} is not supported", "invalidFilter")
        exact = self._switches.case_sensitive
        return [
            record
            for record in self._candidates(kind, tree)
            if self._tenant.visible(record) and filters.matches(tree, self._presenter.full(record), case_sensitive=exact)
        ]

    def _documented(self, kind: str, tree: filters.Node) -> bool:
        """Whether Zscaler's documentation lists this filter."""
        if isinstance(tree, filters.Compare):
            if kind == "Group":
                return self._switches.group_filter_by_name and _signature(tree) == ("displayname", "eq")
            return _signature(tree) in USER_FILTERS
        if kind == "Group" and isinstance(tree, filters.Both):
            sides = {_signature(side) for side in (tree.left, tree.right)}
            return sides == {("displayname", "eq"), ("members.value", "eq")}
        return False

    def _candidates(self, kind: str, tree: filters.Node) -> t.Iterable[Record]:
        """All records that may fit, by index where there is one."""
        for compare in _demands(tree):
            table = self._tenant.table(kind)
            name = next((name for name in ("id", "userName", "externalId", "displayName") if name.lower() == compare.path.key()), "")
            if name and table.indexed(name) and isinstance(compare.value, (str, int)):
                return table.find(name, str(compare.value))
            if kind == "Group" and compare.path.key() in ("members", "members.value"):
                user = self._tenant.users.records.get(str(compare.value))
                return [self._tenant.groups.records[id] for id in user.links] if user else []
        return self._tenant.listed(kind)


def _demands(tree: filters.Node) -> t.Iterator[filters.Compare]:
    """The equalities that every match must fulfil."""
    if isinstance(tree, filters.Both):
        yield from _demands(tree.left)
        yield from _demands(tree.right)
    elif isinstance(tree, filters.Compare) and tree.operator == "eq":
        yield tree


def _signature(tree: filters.Node) -> tuple[str, str]:
    return (tree.path.key(), tree.operator) if isinstance(tree, filters.Compare) else ("", "")


def _wrong_total(fault: Fault, total: int, shown: int) -> int:
    if fault["page"]:
        return shown
    return total + int(fault["delta"]) if fault["total"] is None else int(fault["total"])


def member_filter_id(tree: filters.Node | None) -> str | None:
    """The id in `value eq "id"`, None for any other filter."""
    if isinstance(tree, filters.Compare) and _signature(tree) == ("value", "eq"):
        return str(tree.value)
    return None


def search_body(body: Json) -> Json:
    """A SearchRequest with its keys as the protocol spells them, whatever their case."""
    known = {name.lower(): name for name in ("filter", "startIndex", "count", "sortBy", "sortOrder", "attributes", "excludedAttributes")}
    return {known[name.lower()]: value for name, value in body.items() if name.lower() in known}
