# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Microsoft Graph service: which request means what, who may ask it, and the answer in Graph's form."""

from __future__ import annotations

import math
import typing as t
import urllib.parse
import uuid

from ..pipeline import Route, decoded
from ..rate import RateLimit
from ..server import Answer, Request, json_answer
from .answers import Call, GraphError, Json, Listing, Reply, bad_request, denied, nested_message, timestamp
from .limits import WindowLimit
from .odata import page, select, selected, skip_token
from .routes import Table
from .saved_settings import SENSITIVE

if t.TYPE_CHECKING:
    from ..faults import Fault
    from ..journal import Entry
    from .entra import Entra

VERSION = "/v1.0"
CONTENT_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
REPORT_ROUTE = "/auditLogs/provisioning"
ON_DEMAND = "/provisionOnDemand"
HIDDEN = "(hidden)"


class GraphService:
    """Microsoft Graph for one tenant, below `/v1.0`."""

    name = "graph"
    content_type = "application/json"
    reason_phrase = True

    def __init__(self, entra: Entra) -> None:
        self._entra = entra
        self._table = Table(entra)
        self._rate = RateLimit(entra.switches)
        self._reports = WindowLimit(entra.now)
        self._on_demand = WindowLimit(entra.now)

    # What the pipeline asks

    def locate(self, request: Request) -> Route:
        """Which route a request is for; one without name is unknown."""
        if not request.path.startswith(VERSION):
            return Route("", "", "")
        return self._table.locate(request.path[len(VERSION) :])

    def authorization(self, request: Request) -> str:
        """Whether the request shows a token: `none`, `right`, `expired` or `wrong`."""
        scheme, _space, token = request.headers.get("authorization", "").partition(" ")
        if not scheme:
            return "none"
        return self._entra.token_state(token.strip()) if scheme.lower() == "bearer" else "wrong"

    def shown_body(self, request: Request) -> object:
        """The body as the journal may keep it: the values of secrets are hidden, but `*` and empty ones are shown."""
        return _without_secrets(decoded(request))

    def error_body(self, status: int, text: str) -> object:
        """The body of an error that the fault script makes up."""
        code = {429: "TooManyRequests", 503: "serviceNotAvailable", 504: "gatewayTimeout", 401: "InvalidAuthenticationToken"}.get(status)
        return _error(code or "UnknownError", text, str(uuid.uuid4()), "")

    def answer(self, request: Request, route: Route, entry: Entry, fault: Fault | None) -> Answer:
        """The answer to one request."""
        request_id, client_id = str(uuid.uuid4()), request.headers.get("client-request-id", "")
        client_id = client_id or request_id
        call = Call(request.method, route.name, route.ids, request.query, None, self._entra.origin + VERSION)
        call.advanced = request.headers.get("consistencylevel", "").lower() == "eventual"
        try:
            self._admit(request, route, entry)
            call.body = _body(request)
            answer = self._act(request, call, fault.kind if fault else "")
        except GraphError as error:
            answer = self._refuse(error, request_id, client_id)
        entry.ids += [*route.ids, *call.touched]
        answer.headers.update({"request-id": request_id, "client-request-id": client_id})
        if self._entra.contract:
            self._entra.contract.check(request, route, answer)
        return answer

    def _act(self, request: Request, call: Call, fault: str) -> Answer:
        if fault == "ignored_write" and call.method in ("PUT", "PATCH", "DELETE"):
            return Answer(204)
        if fault == "start_index_ignored":
            call.query.pop("$skiptoken", None)
        reply = self._table.act(call.route, call.method)(call)
        if isinstance(reply, Listing) and fault == "empty_listing":
            reply.records = []
        answer = self._reply(request, call, reply)
        if isinstance(reply, Listing) and fault == "empty_page":
            start = call.query.get("$skiptoken") or skip_token(int(call.query.get("$skip", 0)))
            link = f"{self._entra.origin}{request.path}?$skiptoken={start}"
            answer = json_answer(200, {"value": [], "@odata.nextLink": link}, CONTENT_TYPE)
        return answer

    # Before

    def _admit(self, request: Request, route: Route, entry: Entry) -> None:
        wait = self._rate.wait()
        if wait > 0:
            raise self._too_many(wait)
        if entry.authorization == "none":
            raise GraphError(401, "InvalidAuthenticationToken", "Access token is empty.")
        if entry.authorization == "expired":
            raise GraphError(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
        if entry.authorization != "right":
            raise GraphError(401, "InvalidAuthenticationToken", "Access token validation failure.")
        if not route.name:
            path = urllib.parse.unquote(request.path).rpartition("/")[2]
            raise bad_request(f"Resource not found for the segment '{path}'.")
        self._table.act(route.name, request.method)
        self._check_permission(request, route)
        self._check_windows(route)

    def _check_permission(self, request: Request, route: Route) -> None:
        switches = self._entra.switches
        if self._table.permitted(route.name, request.method, switches.entra_permissions, switches.entra_missing_permissions):
            return
        if "/synchronization" in route.name:
            raise GraphError(401, "UnknownError", "")
        raise denied()

    def _check_windows(self, route: Route) -> None:
        switches = self._entra.switches
        for is_concerned, window, limit in (
            (route.name == REPORT_ROUTE, self._reports, switches.entra_report_limit),
            (route.name.endswith(ON_DEMAND), self._on_demand, switches.entra_on_demand_limit),
        ):
            wait = window.wait(limit) if is_concerned and limit else 0.0
            if wait > 0:
                raise self._too_many(wait)

    def _too_many(self, wait: float) -> GraphError:
        spelling = self._entra.switches.entra_rate_retry_after
        headers = {"Retry-After": str(math.ceil(wait))} if spelling == "header" else {}
        return GraphError(429, "TooManyRequests", "Too Many Requests", headers=headers)

    # After

    def _reply(self, request: Request, call: Call, reply: Reply | Listing) -> Answer:
        if isinstance(reply, Listing):
            with self._entra.directory.lock:
                most = self._entra.switches.entra_page_size
                address = self._entra.origin + request.path
                # The reports compare case-sensitively, the directory does not.
                strict = call.route == REPORT_ROUTE
                reply.advanced = reply.advanced and not call.advanced
                content = page(reply, call.query, address=address, base=call.base, most=most, case_sensitive=strict)
                return json_answer(200, content, CONTENT_TYPE)
        if reply.content is None:
            return Answer(reply.status)
        shown = dict(reply.content)
        names = selected(call.query) if call.method == "GET" else ()
        if names:
            shown = select(shown, names)
        if reply.context:
            shown = {"@odata.context": f"{call.base}/$metadata#{reply.context}", **shown}
        return json_answer(reply.status, shown, CONTENT_TYPE)

    def _refuse(self, error: GraphError, request_id: str, client_id: str) -> Answer:
        code, message = error.code, error.message
        if error.nested:
            code, message = nested_message(code, message, self._entra.switches.entra_error_nesting)
        return json_answer(error.status, _error(code, message, request_id, client_id), "application/json", **error.headers)


def _error(code: str, message: str, request_id: str, client_id: str) -> Json:
    inner = {"date": timestamp()[:19], "request-id": request_id, "client-request-id": client_id or request_id}
    return {"error": {"code": code, "message": message, "innerError": inner}}


def _body(request: Request) -> t.Any:
    if not request.body:
        return None
    try:
        return request.json()
    except ValueError:
        raise GraphError(400, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set.") from None


def _without_secrets(body: t.Any) -> t.Any:
    if isinstance(body, list):
        return [_without_secrets(one) for one in body]
    if not isinstance(body, dict):
        return body
    shown = {name: _without_secrets(value) for name, value in body.items()}
    if shown.get("key") in SENSITIVE and shown.get("value") not in (None, "", "*"):
        shown["value"] = HIDDEN
    return shown
