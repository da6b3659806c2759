# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SCIM service (RFC 7644): which request means what, and the answer in SCIM's form."""

from __future__ import annotations

import secrets
import typing as t
import urllib.parse

from . import schemas
from .bulk import Bulk, operation_count
from .errors import ScimError
from .listing import Listing, Query, query_of, search_body
from .pipeline import Route, decoded
from .present import Presenter, Selection
from .rate import RateLimit, refusal
from .server import Answer, Request, json_answer
from .writes import Writer

if t.TYPE_CHECKING:
    from .faults import Fault, FaultScript
    from .journal import Entry
    from .profiles import Switches
    from .store import Json, Record, Tenant

CONTENT_TYPE = "application/scim+json"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
DISCOVERY = ("ServiceProviderConfig", "ResourceTypes", "Schemas")
KINDS = {"Users": "User", "Groups": "Group"}


class ScimService:
    """Zscaler's SCIM service for one tenant, below `/<organization>/<idp>/scim`."""

    name = "scim"
    content_type = CONTENT_TYPE

    def __init__(self, tenant: Tenant, switches: Switches, faults: FaultScript, *, profile: str, organization: str, idp: str) -> None:
        self.tenant = tenant
        self.switches = switches
        self.token = secrets.token_urlsafe(32)
        self.path = f"/{organization}/{idp}/scim"
        self._one_id_path = f"/{organization}/scim"
        self._kinds = schemas.kinds_of(profile)
        self.presenter = Presenter(tenant, switches)
        self._listing = Listing(tenant, switches, self.presenter)
        self._writer = Writer(tenant, switches)
        self._rate = RateLimit(switches)
        self._bulk = Bulk(switches, self._perform, faults, self.presenter, self.path)

    @property
    def reason_phrase(self) -> bool:
        """Whether status lines have a reason phrase."""
        return self.switches.reason_phrase

    # What the pipeline asks

    def locate(self, request: Request) -> Route:
        """Which route a request is for; one without name is unknown."""
        bases = [self.path, self._one_id_path] if self.switches.one_id_path else [self.path]
        rest = next((request.path[len(base) :] for base in bases if request.path.startswith(base + "/")), "")
        parts = [urllib.parse.unquote(part) for part in rest.strip("/").split("/")]
        first, second = parts[0], parts[1] if len(parts) > 1 else ""
        if len(parts) > 2 or first not in (*KINDS, *DISCOVERY, "Bulk", "Me", ".search"):
            return Route("", "", "")
        kind = KINDS.get(first, "")
        if second == ".search" or not second:
            return Route("/" + "/".join(part for part in (first, second) if part), kind, "")
        return Route(f"/{first}/{{id}}", kind, second)

    def authorization(self, request: Request) -> str:
        """Whether the request shows the token: `none`, `right` or `wrong`."""
        scheme, _space, token = request.headers.get("authorization", "").partition(" ")
        if not scheme:
            return "none"
        is_right = scheme.lower() == "bearer" and secrets.compare_digest(token.encode(), self.token.encode())
        return "right" if is_right else "wrong"

    def shown_body(self, request: Request) -> object:
        """The body as it is: there are no secrets in SCIM."""
        return decoded(request)

    def error_body(self, status: int, text: str) -> object:
        """The body of an error that the fault script makes up."""
        return {"schemas": [ERROR], "status": str(status), "detail": text}

    def answer(self, request: Request, route: Route, entry: Entry, fault: Fault | None) -> Answer:
        """The answer to one request; mutations and ids are entered into the journal."""
        counted = self.switches.bulk_counts_as == "operations" and route.name == "/Bulk"
        wait = self._rate.wait(operation_count(entry.body) if counted else 1)
        if wait:
            return refusal(self.switches, wait)
        with self.tenant.lock:
            try:
                self._admit(route, entry)
                answer = self._dispatch(request, route, entry, fault)
            except ScimError as error:
                answer = self.error(error)
            entry.mutations.extend(self.tenant.drain())
        answer.headers.setdefault("Cache-Control", "private")
        return answer

    def error(self, error: ScimError) -> Answer:
        """A SCIM Error answer."""
        status: t.Any = str(error.status) if self.switches.error_status_as == "string" else error.status
        body: Json = {"schemas": [ERROR], "status": status, "detail": error.detail}
        if error.scim_type:
            body["scimType"] = error.scim_type
        headers = {"WWW_Authenticate": "Bearer"} if error.status == 401 else {}
        return json_answer(error.status, body, CONTENT_TYPE, **headers)

    # Dispatch

    def _admit(self, route: Route, entry: Entry) -> None:
        if not route.name:
            raise ScimError(404, "There is nothing at this address")
        is_open = self.switches.open_discovery and route.name.split("/")[1] in DISCOVERY
        if entry.authorization != "right" and not is_open:
            raise ScimError(401, "The bearer token is missing or wrong")

    def _dispatch(self, request: Request, route: Route, entry: Entry, fault: Fault | None) -> Answer:
        first = route.name.split("/")[1]
        if first in DISCOVERY:
            return self._discover(request, first, route.id)
        if first == "Me":
            raise ScimError(501, "/Me is not implemented")
        if first == "Bulk":
            return self._bulk.answer(request, _body(request), entry, fault)
        if route.name.endswith(".search"):
            return self._search(request, route, entry, fault)
        if route.id:
            return self._one(request, route, entry, fault)
        if request.method == "GET":
            return self._list(route, query_of(request.query), self.switches.page_cap, entry, fault)
        if request.method == "POST":
            return self._create(request, route, entry, fault)
        raise _not_allowed(request, route)

    def _perform(self, request: Request, entry: Entry, fault: Fault | None) -> Answer:
        """The answer to one operation of a bulk request, as if it had come alone."""
        try:
            route = self.locate(request)
            if not route.resource:
                raise ScimError(404, "There is nothing at this address")
            return self._dispatch(request, route, entry, fault)
        except ScimError as error:
            return self.error(error)

    # Discovery

    def _discover(self, request: Request, first: str, id: str) -> Answer:
        if request.method != "GET":
            raise ScimError(405, f"{request.method} does not work on /{first}")
        base = self.presenter.base
        if first == "ServiceProviderConfig":
            return json_answer(200, schemas.provider_config(self.switches, base), CONTENT_TYPE)
        if "filter" in request.query:
            raise ScimError(403, f"/{first} cannot be filtered")
        if first == "ResourceTypes":
            shown = {kind.name: kind.as_json(base) for kind in self._kinds.values()}
        else:
            hidden = (*self.switches.hidden_attributes, *(() if self.switches.shows_external_id else ("externalId",)))
            shown = {schema.urn: schema.as_json(base, hidden) for schema in schemas.all_schemas(self._kinds.values())}
        if id:
            if id not in shown:
                raise ScimError(404, f"There is no {first[:-1]} {id}")
            return json_answer(200, shown[id], CONTENT_TYPE)
        items = list(shown.values())
        page = {"totalResults": len(items), "startIndex": 1, "itemsPerPage": len(items), "Resources": items}
        return json_answer(200, {"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], **page}, CONTENT_TYPE)

    # Reading

    def _list(self, route: Route, query: Query, cap: int, entry: Entry, fault: Fault | None) -> Answer:
        kinds = [route.resource] if route.resource else list(self._kinds)
        answer, shown = self._listing.page(kinds, query, cap, fault)
        if fault and fault.kind == "delete_while_paging":
            self._delete_behind([record for record in shown if not record.admin_linked][: int(fault["items"])], entry)
        if fault and fault.kind == "add_while_paging":
            self._add_behind(route, int(fault["items"]), entry)
        return answer

    def _delete_behind(self, records: t.Iterable[Record], entry: Entry) -> None:
        for record in records:
            self.tenant.delete(record)
        self._note_behind(entry)

    def _add_behind(self, route: Route, count: int, entry: Entry) -> None:
        for number in range(count):
            name = f"late-{entry.number}-{number}"
            names = {"userName": f"{name}@corp.example", "displayName": name, "active": True} if route.resource == "User" else {}
            self.tenant.create(route.resource, names or {"displayName": name})
        self._note_behind(entry)

    def _note_behind(self, entry: Entry) -> None:
        """Marks what was done behind the client's back."""
        entry.mutations.extend({**mutation, "by": "fault"} for mutation in self.tenant.drain())

    def _search(self, request: Request, route: Route, entry: Entry, fault: Fault | None) -> Answer:
        if request.method != "POST":
            raise _not_allowed(request, route)
        body = _body(request)
        if not isinstance(body, dict):
            raise ScimError(400, "A SearchRequest is a JSON object", "invalidSyntax")
        return self._list(route, query_of(search_body(body)), self.switches.search_cap, entry, fault)

    def _one(self, request: Request, route: Route, entry: Entry, fault: Fault | None) -> Answer:
        entry.ids.append(route.id)
        record = self._record(route)
        if fault and fault.kind == "delete_first":
            self._delete_behind([record], entry)
            record = self._record(route)
        verbs = {"GET": self._get, "PUT": self._replace, "PATCH": self._patch, "DELETE": self._delete}
        verb = verbs.get(request.method)
        if verb is None:
            raise _not_allowed(request, route)
        self._check_version(request, record)
        return verb(request, record, fault)

    def _record(self, route: Route) -> Record:
        record = self.tenant.table(route.resource).records.get(route.id)
        if record is None or not self.tenant.visible(record):
            raise ScimError(404, f"No {route.resource.lower()} with the id {route.id}")
        return record

    def _check_version(self, request: Request, record: Record) -> None:
        wanted = request.headers.get("if-match", "*")
        if self.switches.etag and wanted != "*" and self.presenter.version(record) not in wanted:
            raise ScimError(412, f"{record.name} has changed meanwhile")

    def _get(self, request: Request, record: Record, _fault: Fault | None) -> Answer:
        if self.switches.etag and self.presenter.version(record) in request.headers.get("if-none-match", ""):
            return Answer(304, headers={"ETag": self.presenter.version(record)})
        return self._shown(200, request, record, "get")

    # Writing

    def _create(self, request: Request, route: Route, entry: Entry, fault: Fault | None) -> Answer:
        record = self._writer.create(self._kinds[route.resource], _body(request), fault)
        entry.ids.append(record.id)
        answer = self._shown(self.switches.create_status, request, record, "post")
        answer.headers["Location"] = self.presenter.location(record)
        return answer

    def _replace(self, request: Request, record: Record, fault: Fault | None) -> Answer:
        self._writer.replace(self._kinds[record.kind], record, _body(request), fault)
        return self._shown(200, request, record, "put")

    def _patch(self, request: Request, record: Record, fault: Fault | None) -> Answer:
        self._writer.patch(self._kinds[record.kind], record, _body(request), fault)
        status = self.switches.patch_user_answer if record.kind == "User" else self.switches.patch_group_answer
        return self._shown(200, request, record, "patch") if status == 200 else Answer(204)

    def _delete(self, _request: Request, record: Record, fault: Fault | None) -> Answer:
        self._writer.delete(record, fault)
        return Answer(204)

    def _shown(self, status: int, request: Request, record: Record, verb: str) -> Answer:
        query = query_of({name: value for name, value in request.query.items() if name in ("attributes", "excludedAttributes")})
        shown = self.presenter.resource(record, verb, query.selection or Selection())
        headers = {"ETag": self.presenter.version(record)} if self.switches.etag else {}
        return json_answer(status, shown, CONTENT_TYPE, **headers)


def _body(request: Request) -> t.Any:
    try:
        return request.json()
    except ValueError:
        raise ScimError(400, "The body is not JSON", "invalidSyntax") from None


def _not_allowed(request: Request, route: Route) -> ScimError:
    return ScimError(405, f"{request.method} does not work on {route.name}")
