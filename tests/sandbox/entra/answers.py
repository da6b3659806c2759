# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the handlers of the Graph service are given, what they return, and how they refuse."""

from __future__ import annotations

import datetime
import json
import typing as t
from dataclasses import dataclass, field

Json = dict[str, t.Any]
ZERO_ID = "00000000-0000-0000-0000-000000000000"
NEVER = "0001-01-01T00:00:00Z"


class GraphError(Exception):
    """A request is refused; becomes an error in Graph's form. With `nested` its code and message are those of the service behind Graph."""

    def __init__(self, status: int, code: str, message: str, *, nested: bool = False, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.nested = nested
        self.headers = headers or {}


@dataclass
class Call:
    """One request to a route: the ids in its path, its query, its decoded body."""

    method: str
    route: str
    ids: tuple[str, ...]
    query: dict[str, str]
    body: t.Any
    base: str
    """The address of the service with its version, for links."""
    advanced: bool = False
    """The client said ConsistencyLevel: eventual."""
    touched: list[str] = field(default_factory=list)
    """Ids that the journal should name."""

    def object(self) -> Json:
        """The body, which has to be an object."""
        if not isinstance(self.body, dict):
            raise bad_request("Empty Payload. JSON content expected.")
        return self.body

    def text(self, name: str) -> str:
        """A text in the body that has to be there."""
        value = self.object().get(name)
        if not isinstance(value, str) or not value:
            raise bad_request(f"One or more required properties are missing: {name}")
        return value


@dataclass
class Reply:
    """A status and a JSON object, or no content."""

    status: int
    content: Json | None = None
    context: str = ""
    """What `@odata.context` says it is, such as `servicePrincipals/$entity`."""


@dataclass
class Listing:
    """A collection that is filtered, ordered and paged on the way out. `show` turns a record into JSON."""

    records: t.Sequence[t.Any]
    context: str
    show: t.Callable[[t.Any], Json] = dict
    filterable: t.Mapping[str, str] = field(default_factory=dict)
    """Property -> the operators that work on it, such as `eq startswith`."""
    sortable: frozenset[str] = frozenset()
    page_size: int = 100
    limit: int = 999
    default: tuple[str, ...] = ()
    """The properties that are shown without $select; none = all."""
    advanced: bool = False
    """Filtering and sorting at once is an advanced query, which takes the header ConsistencyLevel."""


def bad_request(message: str) -> GraphError:
    """400 as the directory says it."""
    return GraphError(400, "Request_BadRequest", message)


def not_found(id: str) -> GraphError:
    """404 as the directory says it."""
    message = f"Resource '{id}' does not exist or one of its queried reference-property objects are not present."
    return GraphError(404, "Request_ResourceNotFound", message)


def denied() -> GraphError:
    """403 as the directory says it."""
    return GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def nested_message(code: str, message: str, depth: int) -> tuple[str, str]:
    """Code and message of an error that another service told Graph; the true one is inside, so many JSON texts deep."""
    for _level in range(depth):
        message = json.dumps({"error": {"code": code, "message": message, "innerError": {}}})
        code = "UnknownError"
    return code, message


def timestamp(moment: datetime.datetime | None = None) -> str:
    """A moment, or now, as Graph writes it."""
    moment = moment or datetime.datetime.now(datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
