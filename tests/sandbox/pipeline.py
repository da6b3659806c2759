# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens to every request, whatever the service: journal, fault script, service, and the way back over the wire."""

from __future__ import annotations

import typing as t
import urllib.parse

from . import wire
from .faults import Fault, FaultScript, Subject

if t.TYPE_CHECKING:
    from .journal import Entry, Journal
    from .server import Answer, Connection, Request


class Route(t.NamedTuple):
    """Where a request goes: the pattern (`/Users/{id}`), the kind of resource, the id; empty where there is none."""

    name: str
    resource: str
    id: str
    ids: tuple[str, ...] = ()
    """All ids in the address, for services whose addresses have several."""


class Service(t.Protocol):
    """What answers requests."""

    name: str
    content_type: str
    """Of its errors."""

    @property
    def reason_phrase(self) -> bool:
        """Whether status lines have a reason phrase."""

    def locate(self, request: Request) -> Route:
        """Which route a request is for."""

    def authorization(self, request: Request) -> str:
        """Whether the request is allowed: `none`, `right` or `wrong`."""

    def shown_body(self, request: Request) -> object:
        """The body as the journal may keep it."""

    def error_body(self, status: int, text: str) -> object:
        """The body of an error that the fault script makes up."""

    def answer(self, request: Request, route: Route, entry: Entry, fault: Fault | None) -> Answer:
        """The answer; `fault` is one for the service to act out."""


def decoded(request: Request) -> t.Any:
    """The body: JSON, or the text where it is none."""
    try:
        return request.json()
    except ValueError:
        return request.body.decode("utf-8", "replace")


class Pipeline:
    """Takes requests from a server to a service."""

    def __init__(self, service: Service, journal: Journal, faults: FaultScript) -> None:
        self._service = service
        self._journal = journal
        self._faults = faults

    def __call__(self, request: Request, connection: Connection) -> None:
        """Answers one request."""
        route = self._service.locate(request)
        entry = self._enter(request, route)
        text = urllib.parse.unquote_plus(request.target) + "\n" + request.body.decode("utf-8", "replace")
        filtered = not entry.query.keys().isdisjoint({"filter", "$filter"}) or (isinstance(entry.body, dict) and "filter" in entry.body)
        fault = self._choose(Subject(request.method, route.name, route.resource, filtered, text))
        entry.fault = fault.kind if fault else ""
        answer: Answer | None = None
        if fault is None or fault.carried_out:
            answer = self._service.answer(request, route, entry, fault)
        by_wire = fault is not None and fault.actor == "wire"
        entry.status = wire.status_of(fault, answer) if fault and by_wire else answer.status if answer else 0
        # The journal is complete before the client can see the answer: tests look at once.
        self._journal.close(entry)
        if fault and by_wire:
            wire.send(fault, answer, connection)
        elif answer:
            answer.body = b"" if request.method == "HEAD" else answer.body
            connection.answer(answer, reason_phrase=self._service.reason_phrase)

    def _choose(self, subject: Subject) -> Fault | None:
        """The fault for a request; an error without a body of its own gets one in the service's form."""
        fault = self._faults.choose(subject)
        if fault is None or fault.kind not in ("status", "commit_then_status"):
            return fault
        body, headers = fault["body"], fault["headers"]
        if "Content-Type" in headers or isinstance(body, str):
            return fault
        if body is None:
            body = self._service.error_body(int(fault["status"]), "The fault script says so")
        return Fault(fault.kind, {**fault.options, "body": body, "headers": {"Content-Type": self._service.content_type, **headers}})

    def _enter(self, request: Request, route: Route) -> Entry:
        content_type = request.headers.get("content-type", "")
        entry = self._journal.open(request.arrived, request.method, request.path, request.query, content_type)
        entry.service = self._service.name
        entry.route = route.name
        entry.authorization = self._service.authorization(request)
        entry.body = self._service.shown_body(request)
        return entry
