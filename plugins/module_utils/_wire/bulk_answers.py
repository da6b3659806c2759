# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads what a service says of each operation of a bulk request, and believes only what fits (RFC 7644 section 3.7.3). Pure."""

from __future__ import annotations

import collections
import typing as t
import urllib.parse

from .._transport.answer import shorten, tidy
from .bulk import MARK
from .resources import identifier
from .trust import is_another, objection

if t.TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from .bulk import BulkOperation
    from .resources import Resource


class BulkAnswer(t.NamedTuple):
    """What is known of one operation. `status` is 0 where the service did not tell, or told what cannot be.

    `id` is that of what was created, empty where it is not known for sure. `detail` and `code` are the service's words for an error.
    """

    status: int = 0
    id: str = ""
    detail: str = ""
    code: str = ""

    @property
    def done(self) -> bool:
        """Whether the service says that it has carried it out."""
        return 200 <= self.status < 300

    @property
    def cause(self) -> tuple[int, str] | None:
        """Why the service has refused it; None where it has not, or does not say."""
        return (self.status, self.code) if self.status >= 400 else None


NOT_TOLD = BulkAnswer()


def read_answers(body: object, sent: Sequence[BulkOperation], known: Container[tuple[str, str]] = ()) -> list[BulkAnswer] | None:
    """One answer for each operation that was sent, in that order; None where the body is no answer to a bulk request.

    `known` has kind and id of what was there before, so that nothing that was just created can have them.
    """
    listed = body.get("Operations") if isinstance(body, dict) else None
    if not isinstance(listed, list):
        return None
    items = [item for item in listed if isinstance(item, dict)]
    named: dict[str, list[Resource]] = {}
    for item in items:
        named.setdefault(identifier(item.get("bulkId")), []).append(item)
    in_order = _is_in_order(listed, sent)
    answers = []
    for number, operation in enumerate(sent):
        found = named.get(operation.bulk_id, [])
        if not found and in_order:
            found = [items[number]]
        answers.append(_judge(operation, found))
    return _without_doubles(sent, answers, known)


def _is_in_order(listed: list[object], sent: Sequence[BulkOperation]) -> bool:
    """Whether the answers can be told apart by their place: as many, of the same methods, and none with another's bulkId."""
    return len(listed) == len(sent) and all(
        isinstance(item, dict)
        and _method(item) == operation.method
        and identifier(item.get("bulkId")) in ("", operation.bulk_id)
        # An id that is given to the wrong person is worse than none, so a creation is not recognised by its place alone.
        and (operation.method != "POST" or bool(item.get("bulkId")) or _shows(operation, item))
        for item, operation in zip(listed, sent)
    )


def _shows(operation: BulkOperation, item: Resource) -> bool:
    """Whether the answer shows what was to be created, or an error, which has no id that could be taken for another's."""
    resource = item.get("response")
    if _status(item.get("status")) >= 400:
        return True
    return isinstance(resource, dict) and _fits(operation, identifier(resource.get("id")), resource)


def _fits(operation: BulkOperation, id: str, resource: Resource) -> bool:
    """Whether this can be what the operation is about, under this id."""
    named = not operation.name or not is_another(operation.kind, operation.name, resource)
    return named and not objection(operation.kind, id, resource)


def _judge(operation: BulkOperation, found: Sequence[Resource]) -> BulkAnswer:
    if not found or any((one.get("status"), one.get("location")) != (found[0].get("status"), found[0].get("location")) for one in found):
        return NOT_TOLD
    item = found[0]
    status = _status(item.get("status"))
    if _method(item) not in ("", operation.method) or not (200 <= status < 300 or status >= 400):
        return NOT_TOLD
    response = item.get("response")
    if status >= 400:
        error = response if isinstance(response, dict) else {}
        return BulkAnswer(status, "", _words(error.get("detail")), _words(error.get("scimType")))
    shown = identifier(response.get("id")) if isinstance(response, dict) else ""
    located = _located(operation.kind, item.get("location"))
    if isinstance(response, dict) and response and not _fits(operation, shown or located, response):
        return NOT_TOLD
    if operation.method != "POST":
        # A reference was resolved by the service alone, so any id may be right.
        return BulkAnswer(status) if operation.id.startswith(MARK) or {shown, located} <= {"", operation.id} else NOT_TOLD
    return BulkAnswer(status, located or shown if len({shown, located} - {""}) == 1 else "")


def _without_doubles(sent: Sequence[BulkOperation], answers: list[BulkAnswer], known: Container[tuple[str, str]]) -> list[BulkAnswer]:
    """The same, without ids that several creations are said to have, or that were there before."""
    counts = collections.Counter((operation.kind, answer.id) for operation, answer in zip(sent, answers))
    return [
        answer._replace(id="") if counts[operation.kind, answer.id] > 1 or (operation.kind, answer.id) in known else answer
        for operation, answer in zip(sent, answers)
    ]


def _status(value: object) -> int:
    """A status as a number: C("201"), C(201), C("201 Created"), and C({"code": 201}) as drafts of the standard had it; 0 for others."""
    if isinstance(value, dict):
        value = value.get("code")
    words = identifier(value).split()
    return int(words[0]) if words and len(words[0]) == 3 and words[0].isdecimal() and words[0].isascii() else 0


def _method(item: Resource) -> str:
    return str(item.get("method") or "").upper()


def _located(kind: str, location: object) -> str:
    """The id at the end of a location, which may be relative; of another kind of resource, or of nothing, it is empty.

    Nothing is ever asked there, so its origin does not matter (F15).
    """
    parts = str(location or "").partition("?")[0].rstrip("/").split("/")
    return urllib.parse.unquote(parts[-1]) if len(parts) > 1 and parts[-2].lower() == kind.lower() else ""


def _words(value: object) -> str:
    return shorten(tidy(value)) if isinstance(value, str) else ""
