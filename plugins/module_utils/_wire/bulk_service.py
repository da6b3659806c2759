# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A SCIM service that is also written to in bulk: many operations in one request, each answered for itself."""

from __future__ import annotations

import typing as t

from . import bodies
from .bulk import BulkOperation, change, creation, deletion, request_body
from .bulk_answers import BulkAnswer, read_answers
from .resources import identifier, user_ids
from .scim import ScimService

if t.TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from .bodies import Values
    from .listing import Sender


class BulkService(ScimService):
    """Adds bulk requests to the single writes. What was written in bulk is remembered as if it had been written singly.

    `patience` is how many seconds one request may take.
    """

    def __init__(self, http: Sender, *, patience: float = 30.0, **options: t.Any) -> None:
        super().__init__(http, **options)
        self.patience = patience

    @property
    def patches(self) -> bool:
        """Whether what exists is changed by PATCH. A PUT needs to read first, so it is of no use in bulk."""
        return not self._put

    @property
    def members_per_request(self) -> int:
        """How many members one operation may change, as far as the service has let us know."""
        return self._batch.size

    def creation(self, kind: str, name: str, values: Values, bulk_id: str) -> BulkOperation:
        """The creation of a user, or of a group without members."""
        return creation(kind, name, values, bulk_id)

    def change(self, kind: str, id: str, values: Values, bulk_id: str) -> BulkOperation:
        """The change of attributes of a user or group (C(update_user))."""
        current = self._addresses(id) if "email" in values else []
        return change(kind, id, bodies.attribute_operations(values, current), bulk_id)

    def deletion(self, kind: str, id: str, bulk_id: str) -> BulkOperation:
        """The deletion of a user or group."""
        return deletion(kind, id, bulk_id)

    def member_change(self, group: str, add: Sequence[str], remove: Sequence[str], bulk_id: str) -> BulkOperation:
        """Members added to a group and removed from it; ids may be references to creations of the same request."""
        return change("Groups", group, bodies.member_operations(add, remove), bulk_id)

    def send_bulk(self, operations: Sequence[BulkOperation], known: Container[tuple[str, str]] = ()) -> list[BulkAnswer] | None:
        """What the service says of each operation; None where it answers something else.

        Raises what a create raises: Ambiguous where nobody knows what was carried out, ServiceError where nothing was.
        """
        answers = read_answers(self._http.send("POST", "Bulk", body=request_body(operations)).body, operations, known)
        for operation, answer in zip(operations, answers or ()):
            if answer.done:
                self._remember(operation, answer)
        return answers

    def name_of(self, kind: str, id: str) -> str:
        """The name of the user or group with this id; empty where there is none, or not yet."""
        found = self.get(kind, id) or {}
        return identifier(found.get("userName" if kind == "Users" else "displayName"))

    def shown_members(self, group: str) -> set[str] | None:
        """The members that a group shows now; None where it shows none."""
        members = (self.get("Groups", group) or {}).get("members")
        return set(user_ids(members)) if isinstance(members, list) else None

    def _remember(self, operation: BulkOperation, answer: BulkAnswer) -> None:
        data = operation.data or {}
        if operation.method == "POST" and answer.id:
            self._fresh.add(answer.id)
            if operation.kind == "Users":
                self._emails.setdefault(answer.id, [bodies.new_address("")] if data.get("emails") else [])
            else:
                self._known_members[answer.id] = frozenset()
        elif operation.method == "PATCH" and operation.kind == "Users":
            for one in data["Operations"]:
                if one.get("path") == "emails":
                    self._emails[operation.id] = list(one.get("value") or [])
