# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""OData as Graph understands it: $filter, $select, $orderby, $top, $skip and opaque $skiptoken links."""

from __future__ import annotations

import base64
import json
import typing as t
import urllib.parse

from .answers import GraphError, Json, Listing
from .filtering import Filter, dig, unsupported

KNOWN = frozenset({"$filter", "$select", "$top", "$skip", "$orderby", "$skiptoken", "$count"})


def select(content: Json, names: t.Sequence[str]) -> Json:
    """Only the named properties; without names all. Annotations stay."""
    if not names:
        return content
    return {name: value for name, value in content.items() if name in names or name.startswith("@")}


def selected(query: t.Mapping[str, str]) -> tuple[str, ...]:
    """The properties that $select names."""
    return tuple(name.strip() for name in query.get("$select", "").split(",") if name.strip())


def page(listing: Listing, query: t.Mapping[str, str], *, address: str, base: str, most: int, case_sensitive: bool = False) -> Json:
    """One page of a collection as Graph shows it; `most` caps its size (0 = no cap)."""
    for name in query:
        if name.startswith("$") and name not in KNOWN:
            raise unsupported(f"The query option {name} is not supported on {listing.context}.")
    wanted = list(_wanted(listing, query, case_sensitive))
    start = _start(query)
    size = _number(query, "$top", listing.page_size)
    if not 0 < size <= listing.limit:
        raise GraphError(
            400, "Request_BadRequest", f"Invalid page size specified: '{size}'. Must be between 1 and {listing.limit} inclusive."
        )
    size = min(size, most or size)
    names = selected(query) or listing.default
    suffix = f"({query['$select']})" if query.get("$select") else ""
    shown: Json = {"@odata.context": f"{base}/$metadata#{listing.context}{suffix}"}
    if query.get("$count") == "true":
        shown["@odata.count"] = len(wanted)
    if start + size < len(wanted):
        following = {**{name: value for name, value in query.items() if name != "$skip"}, "$skiptoken": skip_token(start + size)}
        shown["@odata.nextLink"] = f"{address}?{urllib.parse.urlencode(following, safe='$')}"
    shown["value"] = [select(_shown(listing, record), names) for record in wanted[start : start + size]]
    return shown


def _shown(listing: Listing, record: t.Any) -> Json:
    return record if isinstance(record, _Seen) else listing.show(record)


class _Seen(Json):
    """A record that has been turned into JSON already."""


def _wanted(listing: Listing, query: t.Mapping[str, str], case_sensitive: bool) -> t.Iterable[t.Any]:
    text, order = query.get("$filter"), query.get("$orderby")
    if text is None and order is None:
        return listing.records
    records: t.Iterable[_Seen] = (_Seen(listing.show(record)) for record in listing.records)
    if text is not None:
        test = Filter(text, listing.filterable, case_sensitive=case_sensitive)
        records = filter(test, records)
    if order is not None:
        if listing.advanced and text is not None:
            raise unsupported("Sorting not supported for current query.")
        name, _space, direction = order.strip().partition(" ")
        if name not in listing.sortable or direction.strip() not in ("", "asc", "desc"):
            raise unsupported(f"Sorting by '{order}' is not supported on {listing.context}.")
        records = sorted(records, key=lambda content: str(dig(content, name) or "").lower(), reverse=direction.strip() == "desc")
    return records


def _number(query: t.Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdigit():
        raise GraphError(400, "BadRequest", f"Invalid value '{text}' for {name} query option found.")
    return int(text)


def skip_token(start: int) -> str:
    """The opaque token of the page that starts there."""
    return base64.urlsafe_b64encode(json.dumps({"from": start}).encode()).decode().rstrip("=")


def _start(query: t.Mapping[str, str]) -> int:
    token = query.get("$skiptoken")
    if token is None:
        return _number(query, "$skip", 0)
    try:
        return int(json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))["from"])
    except (ValueError, KeyError, TypeError):
        raise GraphError(400, "Directory_ExpiredPageToken", "The specified page token value has expired or is not valid.") from None
