# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""POST /Bulk (RFC 7644 section 3.7): many operations in one request, each answered for itself."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass

from .bulk_references import References
from .errors import ScimError
from .faults import Fault, Subject
from .server import Answer, Request, json_answer

if t.TYPE_CHECKING:
    from .faults import FaultScript
    from .journal import Entry
    from .present import Presenter
    from .profiles import Switches
    from .store import Json

RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
METHODS = ("POST", "PUT", "PATCH", "DELETE")
ENDED = Answer(0)
"""Stands for the answer to an operation that was not reached."""

Perform = t.Callable[[Request, "Entry", "Fault | None"], Answer]


@dataclass
class Operation:
    """One operation as it was asked for; `answer` is there once it was performed."""

    method: str
    path: str
    bulk_id: str
    data: t.Any
    version: str
    answer: Answer | None = None


class Bulk:
    """The bulk endpoint of one service. `perform` answers one request as if it had come alone."""

    def __init__(self, switches: Switches, perform: Perform, faults: FaultScript, presenter: Presenter, path: str) -> None:
        self._switches = switches
        self._perform = perform
        self._faults = faults
        self._presenter = presenter
        self._path = path

    def answer(self, request: Request, body: t.Any, entry: Entry, fault: Fault | None) -> Answer:
        """The answer to a bulk request. Raises ScimError where it is refused as a whole."""
        if self._switches.bulk_answer != "works":
            raise ScimError(int(self._switches.bulk_answer), "/Bulk is not for you")
        if request.method != "POST":
            raise ScimError(405, f"{request.method} does not work on /Bulk")
        operations = _operations(body)
        self._check_size(len(operations), len(request.body))
        accepted = body.get("failOnErrors")
        self._run(operations, accepted if isinstance(accepted, int) and accepted > 0 else 0, entry, fault)
        entry.operations = [_noted(operation) for operation in operations]
        if fault and fault.kind == "half_then_status":
            raise ScimError(int(fault["status"]), "Something went wrong half way")
        answers = [self._shown(operation) for operation in operations if operation.answer not in (None, ENDED)]
        if fault and fault.kind == "bulk_lie":
            answers = LIES[fault["lie"]](answers, int(fault["items"]))
        return json_answer(200, {"schemas": [RESPONSE], "Operations": answers}, "application/scim+json")

    def _check_size(self, count: int, size: int) -> None:
        limit = self._switches.bulk_takes or self._switches.bulk_operations
        if count > limit:
            raise ScimError(413, f"The bulk request has {count} operations, more than maxOperations ({limit})", "tooMany")
        if size > self._switches.bulk_bytes:
            raise ScimError(413, f"The size of the bulk operation exceeds the maxPayloadSize ({self._switches.bulk_bytes})")

    # Performing

    def _run(self, operations: list[Operation], accepted: int, entry: Entry, fault: Fault | None) -> None:
        """Performs them in order; those that refer to a later one wait for it, and get 409 if it never comes (RFC 7644 3.7.1)."""
        references = References(self._switches, {one.bulk_id for one in operations if one.method == "POST" and one.bulk_id})
        waiting = operations[:: -1 if self._switches.bulk_order == "reversed" else 1]
        if fault and fault.kind == "half_then_status":
            waiting = waiting[: len(waiting) // 2]
        errors = 0
        while waiting:
            left = [one for one in waiting if references.open_in(one.path, one.data)]
            circle = len(left) == len(waiting)
            for one in waiting:
                # What an earlier one of this very round has made is known by now.
                if circle or not references.open_in(one.path, one.data):
                    one.answer = ENDED if accepted and errors >= accepted else self._perform_one(one, references, entry, fault)
                    errors += one.answer.status >= 400
                    references.note(one.bulk_id if one.method == "POST" else "", one.answer)
            waiting = [one for one in waiting if one.answer is None]

    def _perform_one(self, operation: Operation, references: References, entry: Entry, fault: Fault | None) -> Answer:
        problem = _objection(operation) or references.objection(operation.path, operation.data)
        if problem:
            return _error(*problem)
        path, data = references.resolved(operation.path), references.resolved(operation.data)
        operation.path = path
        body = b"" if data is None else json.dumps(data).encode()
        headers = {"content-type": "application/scim+json", **({"if-match": operation.version} if operation.version else {})}
        request = Request(operation.method, self._path + path, headers, body)
        own = self._choose(operation.method, path, body)
        if own and not own.carried_out:
            return _error(int(own["status"]), "The fault script says so")
        # What is wrong with the whole request is wrong with each operation, but for what the whole answer is about.
        inherited = fault if fault and fault.kind == "ignored_write" else None
        answer = self._perform(request, entry, own or inherited)
        return _error(int(own["status"]), "The fault script says so") if own and own.kind == "commit_then_status" else answer

    def _choose(self, method: str, path: str, body: bytes) -> Fault | None:
        """The fault for one operation: rules with `bulk` in their match look at these, and at nothing else."""
        first, _slash, id = path.strip("/").partition("/")
        route = f"/{first}/{{id}}" if id else f"/{first}"
        subject = Subject(method, route, {"Users": "User", "Groups": "Group"}.get(first, ""), False, f"{path}\n{body.decode()}", bulk=True)
        return self._faults.choose(subject)

    # Answering

    def _shown(self, operation: Operation) -> Json:
        answer = operation.answer or ENDED
        failed = answer.status >= 400
        shown: Json = {"method": operation.method}
        if operation.bulk_id and self._switches.bulk_id_shown:
            shown["bulkId"] = operation.bulk_id
        location = answer.headers.get("Location", "") if operation.method == "POST" else self._presenter.base + operation.path
        if location and self._switches.bulk_location:
            shown["location"] = location
        if "ETag" in answer.headers:
            shown["version"] = answer.headers["ETag"]
        shown["status"] = {"string": str(answer.status), "number": answer.status, "object": {"code": answer.status}}[
            self._switches.bulk_status_as
        ]
        if answer.body and (failed or self._switches.bulk_resources):
            shown["response"] = json.loads(answer.body)
        return shown


def operation_count(body: t.Any) -> int:
    """How many operations a body has, whatever it is."""
    operations = body.get("Operations") if isinstance(body, dict) else None
    return len(operations) if isinstance(operations, list) else 1


def _operations(body: t.Any) -> list[Operation]:
    listed = body.get("Operations") if isinstance(body, dict) else None
    if not isinstance(listed, list) or not listed or not all(isinstance(item, dict) for item in listed):
        raise ScimError(400, "A bulk request is an object with a list of Operations", "invalidSyntax")
    return [
        Operation(
            str(item.get("method", "")).upper(),
            str(item.get("path", "")),
            str(item.get("bulkId", "")),
            item.get("data"),
            str(item.get("version", "")),
        )
        for item in listed
    ]


def _objection(operation: Operation) -> tuple[int, str, str] | None:
    """What is wrong with an operation by itself."""
    if operation.method not in METHODS:
        return 400, f"{operation.method or 'no method'} is not POST, PUT, PATCH or DELETE", "invalidSyntax"
    if operation.method == "POST" and not operation.bulk_id:
        return 400, "POST wants a bulkId", "invalidValue"
    if not operation.path.startswith(("/Users", "/Groups")) or "?" in operation.path:
        return 400, f"{operation.path!r} is not the path of a resource", "invalidPath"
    if operation.method != "DELETE" and not isinstance(operation.data, dict):
        return 400, f"{operation.method} wants data", "invalidSyntax"
    return None


def _error(status: int, detail: str, scim_type: str = "") -> Answer:
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": str(status), "detail": detail}
    return json_answer(status, {**body, "scimType": scim_type} if scim_type else body)


def _noted(operation: Operation) -> Json:
    """The operation as the journal keeps it; a status of 0 says that it was not reached. Its data is in the body of the entry."""
    status = operation.answer.status if operation.answer else 0
    return {"method": operation.method, "path": operation.path, "bulkId": operation.bulk_id, "status": status}


def _swapped(answers: list[Json], _items: int) -> list[Json]:
    """Each of the first two with the bulkId of the other."""
    if len(answers) > 1:
        first, second = answers[0], answers[1]
        answers[:2] = [{**first, "bulkId": second.get("bulkId", "")}, {**second, "bulkId": first.get("bulkId", "")}]
    return answers


LIES: dict[str, t.Callable[[list[Json], int], list[Json]]] = {
    "missing": lambda answers, items: answers[items:],
    "doubled": lambda answers, items: [*answers[:items], *answers],
    "foreign": lambda answers, items: [
        *({**one, "bulkId": f"other{number}"} for number, one in enumerate(answers[:items])),
        *answers[items:],
    ],
    "reversed": lambda answers, _items: answers[::-1],
    "swapped": _swapped,
    "no_status": lambda answers, items: [
        *({name: value for name, value in one.items() if name != "status"} for one in answers[:items]),
        *answers[items:],
    ],
    "one_location": lambda answers, items: [
        *({**one, "location": answers[-1].get("location", "")} for one in answers[:items]),
        *answers[items:],
    ],
    "rubbish": lambda answers, items: t.cast("list[Json]", [*([None, "x", [], 7][:items]), *answers[items:]]),
    "not_a_list": lambda answers, _items: t.cast("list[Json]", {"number": len(answers)}),
}
