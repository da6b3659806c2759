# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bulk requests (RFC 7644 section 3.7) out of single operations, within a service's limits. Pure."""

from __future__ import annotations

import hashlib
import json
import typing as t

from .._transport.address import quote_segment
from . import bodies

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .bodies import Values
    from .resources import Resource

REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
MARK = "bulkId:"
ENVELOPE = len(json.dumps({"schemas": [REQUEST], "Operations": []}, separators=(",", ":")))
"""Bytes of a request without any operation."""


class BulkOperation(t.NamedTuple):
    """One operation. `kind` is C(Users) or C(Groups); `id` is empty where it creates, and then `name` has the name of what is created."""

    method: str
    kind: str
    bulk_id: str
    id: str = ""
    name: str = ""
    data: Resource | None = None

    def as_json(self) -> Resource:
        """The operation as it is sent. Paths are relative to the base URL; all have a bulkId, by which answers are told apart."""
        target = self.id if not self.id or self.id.startswith(MARK) else quote_segment(self.id)
        shown: Resource = {"method": self.method, "path": f"/{self.kind}/{target}".rstrip("/"), "bulkId": self.bulk_id}
        return shown if self.data is None else {**shown, "data": self.data}


def creation(kind: str, name: str, values: Values, bulk_id: str) -> BulkOperation:
    """The creation of a user, or of a group without members."""
    data = bodies.user_body(name, values) if kind == "Users" else bodies.group_body(name, values)
    return BulkOperation("POST", kind, bulk_id, name=name, data=data)


def change(kind: str, id: str, operations: list[Resource], bulk_id: str) -> BulkOperation:
    """A PATCH of one resource."""
    return BulkOperation("PATCH", kind, bulk_id, id, data=bodies.patch(operations))


def deletion(kind: str, id: str, bulk_id: str) -> BulkOperation:
    """The deletion of one resource."""
    return BulkOperation("DELETE", kind, bulk_id, id)


def reference(bulk_id: str) -> str:
    """What stands for the id of a resource that another operation of the same request creates."""
    return MARK + bulk_id


class Basket:
    """Operations of one request, as many as fit: `operations` in number, `size` in bytes as they are sent."""

    def __init__(self, operations: int, size: int) -> None:
        self.taken: list[BulkOperation] = []
        self._operations = operations
        self._room = size - ENVELOPE

    def take(self, operation: BulkOperation) -> bool:
        """Put one more in; False where it does not fit any more."""
        # The comma is counted for the first one too: one byte to the safe side.
        length = len(json.dumps(operation.as_json(), separators=(",", ":"))) + 1
        if len(self.taken) >= self._operations or length > self._room:
            return False
        self._room -= length
        self.taken.append(operation)
        return True


def request_body(operations: Sequence[BulkOperation]) -> Resource:
    """The body of POST /Bulk. Without C(failOnErrors) all operations are tried, whatever becomes of the others."""
    return {"schemas": [REQUEST], "Operations": [operation.as_json() for operation in operations]}


class BulkIds:
    """The bulkIds of one run: always the same for the same run, none twice, none the beginning of another.

    A service may take any text with C(bulkId:) in it for a reference. So they depend on `texts`, all names and values of the run: nobody
    can choose a name that is also a reference.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        digest = hashlib.sha256()
        for text in texts:
            digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
        self._prefix = f"op{digest.hexdigest()[:16]}-"
        self._last = 0

    def next(self) -> str:
        """One that was not used yet."""
        self._last += 1
        return f"{self._prefix}{self._last:07}"
