# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control address: plain HTTP on loopback, for looking at the journal and changing what the sandbox does."""

from __future__ import annotations

import secrets
import typing as t
import urllib.parse

from .entra.seed import crowd as entra_crowd
from .seed import crowd
from .server import Answer, Connection, Request, json_answer

if t.TYPE_CHECKING:
    from .sandbox import Sandbox
    from .store import Record

WITH_BODY = frozenset({"faults", "switches", "seed", "entra/seed"})
Act = t.Callable[[dict[str, str], t.Any], object]


class Control:
    """Answers requests below the secret path; everything else gets 404.

    A web page in the user's browser cannot know the path, and is not allowed to read an answer in any case.
    """

    def __init__(self, sandbox: Sandbox, secret: str) -> None:
        self._sandbox = sandbox
        self._secret = secret
        self._acts: dict[tuple[str, str], Act] = {
            ("GET", "status"): self._status,
            ("GET", "journal"): self._journal,
            ("GET", "journal/summary"): self._summary,
            ("DELETE", "journal"): self._clear_journal,
            ("GET", "faults"): self._faults,
            ("PUT", "faults"): self._set_faults,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "switches"): self._switches,
            ("PUT", "switches"): self._set_switches,
            ("GET", "state"): self._state,
            ("POST", "seed"): self._seed,
            ("GET", "entra/state"): self._entra_state,
            ("POST", "entra/seed"): self._entra_seed,
            ("POST", "entra/cycle"): self._entra_cycle,
            ("GET", "entra/violations"): self._entra_violations,
            ("POST", "reset"): self._reset,
            ("POST", "stop"): self._stop,
        }

    def __call__(self, request: Request, connection: Connection) -> None:
        """Answers one request."""
        connection.answer(self._answer(request))

    def _answer(self, request: Request) -> Answer:
        secret, _slash, name = urllib.parse.unquote(request.path).strip("/").partition("/")
        if not secrets.compare_digest(secret.encode(), self._secret.encode()):
            return json_answer(404, {"detail": "nothing here"})
        act = self._acts.get((request.method, name))
        if act is None:
            known = sorted(f"{method} {path}" for method, path in self._acts)
            return json_answer(404, {"detail": f"there is no {request.method} {name}; there are {', '.join(known)}"})
        try:
            body = request.json()
            if name in WITH_BODY and request.method != "GET" and request.method != "DELETE" and not isinstance(body, dict):
                raise ValueError("the body is not a JSON object")
            return json_answer(200, act(request.query, body))
        except KeyError as error:
            return json_answer(400, {"detail": f"{error} is missing"})
        except (TypeError, ValueError) as error:
            return json_answer(400, {"detail": str(error)})

    def _status(self, _query: dict[str, str], _body: t.Any) -> object:
        sandbox = self._sandbox
        return {
            "profile": sandbox.profile,
            "base_url": sandbox.base_url,
            "graph_url": sandbox.graph_url,
            "tenant_id": sandbox.entra.tenant_id,
        }

    def _journal(self, query: dict[str, str], _body: t.Any) -> object:
        writes = {"true": True, "false": False}.get(query.get("writes", ""))
        since, method, route = int(query.get("since", 0)), query.get("method", ""), query.get("route", "")
        service = query.get("service", "")
        entries = self._sandbox.journal.select(since=since, method=method, route=route, service=service, writes=writes)
        return {"entries": [entry.as_json() for entry in entries]}

    def _summary(self, _query: dict[str, str], _body: t.Any) -> object:
        return self._sandbox.journal.summary()

    def _clear_journal(self, _query: dict[str, str], _body: t.Any) -> object:
        self._sandbox.journal.clear()
        return self._sandbox.journal.summary()

    def _faults(self, _query: dict[str, str], _body: t.Any) -> object:
        return self._sandbox.faults.as_json()

    def _set_faults(self, _query: dict[str, str], body: t.Any) -> object:
        self._sandbox.faults.set(body["rules"], seed=int(body.get("seed", 1)))
        return self._sandbox.faults.as_json()

    def _clear_faults(self, _query: dict[str, str], _body: t.Any) -> object:
        self._sandbox.faults.clear()
        return self._sandbox.faults.as_json()

    def _switches(self, _query: dict[str, str], _body: t.Any) -> object:
        return {**self._sandbox.switches.as_json(), **self._sandbox.entra.switches.as_json()}

    def _set_switches(self, query: dict[str, str], body: t.Any) -> object:
        self._sandbox.switch(**body)
        return self._switches(query, None)

    def _state(self, _query: dict[str, str], _body: t.Any) -> object:
        tenant = self._sandbox.tenant
        with tenant.lock:
            users = [_user_state(record) for record in tenant.users.records.values()]
            groups = []
            for record in tenant.groups.records.values():
                members = [tenant.users.records[id].name for id in record.links]
                groups.append({"id": record.id, **record.attributes, "members": members})
            return {"users": users, "groups": groups, "departments": sorted(tenant.departments)}

    def _seed(self, _query: dict[str, str], body: t.Any) -> object:
        if "generate" in body:
            wishes = body["generate"]
            # Numbered from where the tenant ends, so that it can be done again and again.
            first = 1 + len(self._sandbox.tenant.users.records) + len(self._sandbox.tenant.groups.records)
            body = crowd(int(wishes.get("users", 0)), int(wishes.get("groups", 0)), int(wishes.get("seed", 1)), first=first)
        self._sandbox.seed(body.get("users", ()), body.get("groups", ()))
        return self._totals()

    def _entra_state(self, _query: dict[str, str], _body: t.Any) -> object:
        return self._sandbox.entra.state()

    def _entra_seed(self, _query: dict[str, str], body: t.Any) -> object:
        directory = self._sandbox.entra.directory
        if "generate" in body:
            wishes = body["generate"]
            first = 1 + len(directory.users) + len(directory.groups)
            invented = crowd(int(wishes.get("users", 0)), int(wishes.get("groups", 0)), int(wishes.get("seed", 1)), first=first)
            body = entra_crowd(invented)
        self._sandbox.entra.seed(body.get("users", ()), body.get("groups", ()))
        return {"users": len(directory.users), "groups": len(directory.groups)}

    def _entra_cycle(self, query: dict[str, str], body: t.Any) -> object:
        return self._sandbox.entra.cycle(str((body or {}).get("application", query.get("application", ""))))

    def _entra_violations(self, _query: dict[str, str], _body: t.Any) -> object:
        contract = self._sandbox.entra.contract
        return {"checked": contract is not None, "violations": list(self._sandbox.entra.violations)}

    def _reset(self, _query: dict[str, str], _body: t.Any) -> object:
        self._sandbox.reset()
        return self._totals()

    def _totals(self) -> object:
        tenant = self._sandbox.tenant
        return {"users": len(tenant.users.records), "groups": len(tenant.groups.records)}

    def _stop(self, _query: dict[str, str], _body: t.Any) -> object:
        self._sandbox.stopped.set()
        return {}


def _user_state(record: Record) -> dict[str, t.Any]:
    return {"id": record.id, **record.attributes, "admin_linked": record.admin_linked, "groups": len(record.links)}
