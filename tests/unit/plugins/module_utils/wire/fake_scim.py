# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A transport without sockets: a small SCIM service in a dictionary, whose every answer a test can replace."""

from __future__ import annotations

import json
import re
import types
from dataclasses import dataclass, field

from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import ServiceError


class Answer:
    def __init__(self, body=None, status=200):
        self.body, self.status, self.headers, self.sent = body, status, {}, 1


@dataclass
class Request:
    method: str
    path: str
    params: dict = field(default_factory=dict)
    body: object = None
    anonymous: bool = False

    def __str__(self):
        return f"{self.method} {self.path}" + (f" {self.params['filter']}" if "filter" in self.params else "")


class FakeHttp:
    """`answer` is called before the service with each request; what it returns is the body, what it raises is raised.

    It returns NotImplemented to let the service answer. `after` is called the same way after the service has acted.
    """

    latency = 0.0
    """Nothing is fetched ahead of a service that answers at once: requests come in the order of the walk."""
    pace = types.SimpleNamespace(rate=5.0)

    def __init__(self, users=(), groups=(), *, answer=None, after=None):
        self.tables = {"Users": {}, "Groups": {}}
        self.extra = {}
        self.requests = []
        self.answer, self.after = answer or nothing, after or nothing
        for resource in users:
            self.store("Users", resource)
        for resource in groups:
            self.store("Groups", resource)

    def store(self, kind, resource):
        resource.setdefault("id", f"{kind[0].lower()}{len(self.tables[kind]) + 1}")
        self.tables[kind][resource["id"]] = resource
        return resource

    @property
    def seen(self):
        return [str(request) for request in self.requests]

    @property
    def writes(self):
        return [request for request in self.requests if request.method != "GET"]

    def send(self, method, path, *, params=None, body=None, anonymous=False, tries=5):
        assert tries > 0
        request = Request(method, path, dict(params or {}), body, anonymous)
        self.requests.append(request)
        replaced = self.answer(request)
        if replaced is NotImplemented:
            acted = self.act(request)
            replaced = self.after(request)
            replaced = acted if replaced is NotImplemented else replaced
        return replaced if isinstance(replaced, Answer) else Answer(replaced)

    def act(self, request):
        kind, _slash, id = request.path.partition("/")
        if kind in self.extra:
            return self.extra[kind]
        if kind not in self.tables:
            raise refuse(404, "no such endpoint", request)
        table = self.tables[kind]
        if request.method == "GET" and not id:
            return self.page(table, request.params)
        if request.method == "POST":
            return self.create(kind, request)
        if id not in table:
            raise refuse(404, f"No user with the id {id}", request)
        if request.method == "GET":
            return dict(table[id])
        if request.method == "DELETE":
            del table[id]
        elif request.method == "PUT":
            table[id] = {**request.body, "id": id}
        else:
            self.patch(table[id], request.body["Operations"])
        return None

    def page(self, table, params):
        found = list(table.values())
        if "filter" in params:
            name, value = re.fullmatch(r'(\w+) eq (".*")', params["filter"], re.DOTALL).groups()
            wanted = json.loads(value)
            same = (lambda one: one == wanted) if name == "externalId" else (lambda one: str(one).lower() == wanted.lower())
            found = [resource for resource in found if same(resource.get(name))]
        start, count = int(params.get("startIndex", 1)), int(params.get("count", 1000))
        return {"totalResults": len(found), "Resources": [dict(resource) for resource in found[start - 1 : start - 1 + count]]}

    def create(self, kind, request):
        name = "userName" if kind == "Users" else "displayName"
        if any(str(other[name]).lower() == str(request.body[name]).lower() for other in self.tables[kind].values()):
            raise refuse(409, "taken", request, "uniqueness")
        return dict(self.store(kind, dict(request.body)))

    def patch(self, resource, operations):
        for operation in operations:
            op, path, value = operation["op"], operation.get("path", ""), operation.get("value")
            match = re.fullmatch(r'members\[value eq "(.*)"\]', path)
            if match:
                resource["members"] = [member for member in resource.get("members", []) if member["value"] != match[1]]
            elif not path:
                known = {member["value"] for member in resource.get("members", [])}
                resource["members"] = resource.get("members", []) + [one for one in value["members"] if one["value"] not in known]
            elif op == "remove":
                resource.pop(path, None)
            else:
                resource[path] = value


def nothing(_request):
    return NotImplemented


def refuse(status, detail, request, code=""):
    return ServiceError(status, detail, f"{request.method} {request.path}", code)


def people(count, **more):
    return [{"id": f"u{number}", "userName": f"user{number}@corp.example", **more} for number in range(1, count + 1)]


def in_turn(*answers):
    """An `answer` that gives these, one per request that fits; NotImplemented and exceptions included, then the service."""
    left = list(answers)

    def answer(request):
        for place, (fits, given) in enumerate(left):
            if fits(request):
                del left[place]
                result = given(request) if callable(given) else given
                if isinstance(result, Exception):
                    raise result
                return result
        return NotImplemented

    return answer


def on(method, path=""):
    """Whether a request is of that method, and of a path that begins like that."""
    return lambda request: request.method == method and request.path.startswith(path)
