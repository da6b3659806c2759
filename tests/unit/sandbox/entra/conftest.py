# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sandbox for each test, and a client of Microsoft Graph as plain as can be."""

from __future__ import annotations

import typing as t

import pytest
import requests
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

Json = dict[str, t.Any]


class GraphClient:
    """Sends one request at a time to the sandbox's Microsoft Graph, with a token of its own."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.entra = sandbox.entra
        self.token = sandbox.entra.access_token()
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = sandbox.ca_path or True

    def send(self, method: str, path: str, body: object = None, *, token: str | None = None, **options: t.Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token or self.token}", **options.pop("headers", {})}
        if token == "":
            del headers["Authorization"]
        url = path if path.startswith("http") else f"{self.sandbox.graph_url}/v1.0{path}"
        return self.session.request(method, url, json=body, headers=headers, timeout=10, allow_redirects=False, **options)

    def ok(self, method: str, path: str, body: object = None, **options: t.Any) -> Json:
        answer = self.send(method, path, body, **options)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else {}

    def get(self, path: str, **params: t.Any) -> Json:
        return self.ok("GET", path, params={f"${name}": value for name, value in params.items()})

    def list(self, path: str, **params: t.Any) -> list[Json]:
        page = self.get(path, **params)
        found = page["value"]
        while "@odata.nextLink" in page:
            page = self.ok("GET", page["@odata.nextLink"])
            found += page["value"]
        return found

    def error(self, method: str, path: str, body: object = None, **options: t.Any) -> tuple[int, str, str]:
        answer = self.send(method, path, body, **options)
        error = answer.json()["error"]
        return answer.status_code, error["code"], error["message"]

    # Short ways to what tests need

    def seed(self, *names: str, **groups: list[str]) -> None:
        """Users by name, and groups with members by name."""
        users = [{"userPrincipalName": f"{name}@corp.example", "displayName": name.title()} for name in names]
        self.entra.seed(users, [{"displayName": name, "members": [f"{one}@corp.example" for one in ones]} for name, ones in groups.items()])

    def user_id(self, name: str) -> str:
        return str(self.get(f"/users/{name}@corp.example", select="id")["id"])

    def template_id(self, name: str = "Zscaler One") -> str:
        return str(self.get("/applicationTemplates", filter=f"displayName eq '{name}'")["value"][0]["id"])

    def instantiate(self, name: str = "Z1", template: str = "Zscaler One") -> Json:
        return self.ok("POST", f"/applicationTemplates/{self.template_id(template)}/instantiate", {"displayName": name})

    def principal(self, name: str = "Z1", template: str = "Zscaler One") -> str:
        return str(self.instantiate(name, template)["servicePrincipal"]["id"])

    def job(self, principal: str, template: str = "zscalerOne") -> str:
        return str(self.ok("POST", f"/servicePrincipals/{principal}/synchronization/jobs", {"templateId": template})["id"])


@pytest.fixture
def make_graph(request: pytest.FixtureRequest) -> t.Callable[..., GraphClient]:
    """Makes a client with a sandbox of its own; plain HTTP unless told otherwise, for speed."""

    def _make(*, tls: bool = False, faults: t.Any = (), **switches: t.Any) -> GraphClient:
        sandbox = Sandbox(tls=tls, faults=faults, switches={f"entra_{name}": value for name, value in switches.items()})
        request.addfinalizer(sandbox.stop)
        return GraphClient(sandbox.start())

    return _make


@pytest.fixture
def graph(make_graph: t.Callable[..., GraphClient]) -> GraphClient:
    return make_graph()


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def slow(make_graph: t.Callable[..., GraphClient]) -> t.Callable[..., tuple[GraphClient, Clock]]:
    """A client whose tenant is eventually consistent, and the clock that it goes by."""

    def _make(**switches: t.Any) -> tuple[GraphClient, Clock]:
        graph = make_graph(**switches)
        clock = Clock()
        graph.entra.clock = clock
        graph.token = graph.entra.access_token()
        return graph, clock

    return _make
