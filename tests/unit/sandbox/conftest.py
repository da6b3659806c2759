# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sandbox for each test, and a client as plain as can be."""

from __future__ import annotations

import typing as t

import pytest
import requests
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox


class Client:
    """Sends one request at a time to a sandbox, with its token and its certificate authority."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._session = requests.Session()
        self._session.trust_env = False

    def send(self, method: str, path: str, body: object = None, *, token: str | None = None, **options: t.Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token or self.sandbox.token}", **options.pop("headers", {})}
        if token == "":
            del headers["Authorization"]
        url = path if path.startswith("http") else self.sandbox.base_url + path
        options = {"timeout": 10, "verify": self.sandbox.ca_path or True, "allow_redirects": False, **options}
        return self._session.request(method, url, json=body, headers=headers, **options)

    def get(self, path: str, **params: t.Any) -> requests.Response:
        return self.send("GET", path, params=params)

    def user(self, name: str, /, **values: t.Any) -> str:
        answer = self.send("POST", "/Users", {"userName": f"{name}@corp.example", "displayName": name.title(), **values})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def group(self, name: str, *members: str) -> str:
        answer = self.send("POST", "/Groups", {"displayName": name, "members": [{"value": id} for id in members]})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def patch(self, path: str, *operations: dict[str, t.Any]) -> requests.Response:
        schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
        return self.send("PATCH", path, {"schemas": schemas, "Operations": list(operations)})

    def find(self, kind: str, text: str) -> list[dict[str, t.Any]]:
        answer = self.get(f"/{kind}", filter=text)
        assert answer.status_code == 200, answer.text
        return answer.json()["Resources"]


@pytest.fixture
def make(request: pytest.FixtureRequest) -> t.Callable[..., Client]:
    """Makes a client with a sandbox of its own; plain HTTP unless told otherwise, for speed. No admin unless told."""

    def _make(profile: str = "zia", *, tls: bool = False, faults: t.Any = (), **switches: t.Any) -> Client:
        sandbox = Sandbox(profile, tls=tls, faults=faults, switches={"default_admin": False, **switches})
        request.addfinalizer(sandbox.stop)
        return Client(sandbox.start())

    return _make


@pytest.fixture
def zia(make: t.Callable[..., Client]) -> Client:
    return make()
