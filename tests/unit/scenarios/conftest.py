# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole tenants and whole state documents, for tests that run scim_directory from files to journal."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox
from ansible_collections.scimops.zscaler_one.tests.sandbox.seed import crowd

from ..plugins.modules.conftest import Tenant

State = dict[str, list[dict[str, t.Any]]]


def declare(seed: dict[str, list[dict[str, t.Any]]]) -> State:
    """The state document that declares exactly what a seed puts into the sandbox."""
    users = [
        {
            "user_name": user["userName"],
            "external_id": user["externalId"],
            "display_name": user["displayName"],
            "given_name": user["name"]["givenName"],
            "family_name": user["name"]["familyName"],
            "department": user["department"],
            "active": user["active"],
        }
        for user in seed["users"]
    ]
    groups = [
        {"display_name": group["displayName"], "external_id": group["externalId"], "members": list(group["members"])}
        for group in seed["groups"]
    ]
    return {"users": users, "groups": groups}


class Company(Tenant):
    """A tenant with people in it, and the state document that declares just them, as a file."""

    def __init__(self, sandbox: Sandbox, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        super().__init__(sandbox, capsys)
        self.folder = folder
        self.state: State = {"users": [], "groups": []}

    def fill(self, users: int, groups: int, **options: t.Any) -> None:
        """Put so many people into the tenant, and declare them."""
        seed = crowd(users, groups, **options)
        self.sandbox.seed(**seed)
        self.state = declare(seed)

    def write(self, state: State | None = None, name: str = "state.json") -> str:
        """The path of a file with this state, or the company's own."""
        path = self.folder / name
        path.write_text(json.dumps(self.state if state is None else state))
        return str(path)

    def apply(self, state: State | None = None, **options: t.Any) -> dict[str, t.Any]:
        """Run scim_directory on this state; DEFAULT ADMIN, who is nobody's business here, is protected."""
        given = {"src": [self.write(state)], "protected_users": ["admin@*"], **options}
        return self.run("scim_directory", **given)


@pytest.fixture
def company(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> t.Iterator[Company]:
    with Sandbox(tls=False) as sandbox:
        yield Company(sandbox, capsys, tmp_path)
