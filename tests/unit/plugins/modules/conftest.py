# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module from its arguments to its JSON, in this process, against a sandbox."""

from __future__ import annotations

import importlib
import json
import typing as t

import pytest
from ansible.module_utils.common import warnings
from ansible.module_utils.testing import patch_module_args
from ansible_collections.scimops.zscaler_one.plugins.module_utils._workflow import gallery_app
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

MODULES = "ansible_collections.scimops.zscaler_one.plugins.modules"

Answer = dict[str, t.Any]


class Tenant:
    """A sandbox without TLS, and the modules run against it."""

    service = "scim"
    """Of whose requests the journal's entries count."""

    def __init__(self, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        self.sandbox = sandbox
        self._capsys = capsys

    def connection(self) -> Answer:
        """The options with which a module finds the sandbox."""
        return {"base_url": self.sandbox.base_url, "bearer_token": self.sandbox.token, "requests_per_second": 0}

    def run(self, module: str, *, check: bool = False, diff: bool = False, **options: t.Any) -> Answer:
        """What the module prints as its result, and `asked`: the method and path of each request, writes with their body."""
        seen = self.sandbox.journal.summary()["last"]
        switches = {"_ansible_check_mode": check, "_ansible_diff": diff}
        main = importlib.import_module(f"{MODULES}.{module}").main
        self._capsys.readouterr()
        # Ansible keeps warnings for the life of the process, which is that of one module elsewhere.
        warnings._global_warnings.clear()
        # So that the journal has the order of the plan, where a test does not ask for more.
        alone = {"concurrency": "1"} if module == "scim_directory" else {}
        with patch_module_args({**self.connection(), **alone, **options, **switches}), pytest.raises(SystemExit) as ending:
            main()
        answer: Answer = json.loads(self._capsys.readouterr().out)
        assert bool(answer.get("failed")) == bool(ending.value.code)
        entries = [entry for entry in self.sandbox.journal.select(since=seen) if entry.service in ("", self.service)]
        answer["reads"] = [f"{entry.method} {entry.route}" for entry in entries if not entry.writes]
        answer["writes"] = [(f"{entry.method} {entry.route}", entry.body) for entry in entries if entry.writes]
        return answer

    def cycle(self, module: str, **options: t.Any) -> Answer:
        """The same task in check mode, for real, and twice more, as each module promises; what the real run gave."""
        foreseen = self.run(module, check=True, diff=True, **options)
        done = self.run(module, diff=True, **options)
        foreseen_again = self.run(module, check=True, diff=True, **options)
        again = self.run(module, diff=True, **options)
        assert foreseen["changed"]
        assert foreseen["writes"] == []
        assert done["changed"]
        assert done["writes"]
        for name in ("diff", "operations", "summary", "plan_digest"):
            assert done.get(name) == foreseen.get(name), name
        for idle in (foreseen_again, again):
            assert not idle["changed"]
            assert idle["writes"] == idle["operations"] == []
            assert idle["diff"] in ([], {"before": {}, "after": {}})
        return done

    def user(self, user_name: str) -> Answer:
        """The user as the tenant has it now."""
        found = self.run("scim_user_info", user_name=user_name)["users"]
        return found[0] if found else {}

    def members(self, group: str) -> list[str]:
        """The members as the tenant has them now."""
        return [name for found in self.run("scim_group_info", display_name=group, with_members=True)["groups"] for name in found["members"]]


class EntraTenant(Tenant):
    """The same with Microsoft Graph: `sandbox.entra` is the tenant, and the modules are those of the Entra half."""

    service = "graph"

    def connection(self) -> Answer:
        """A token that is ready, and little patience, so that waiting for several looks takes a tenth of a second."""
        token = self.sandbox.entra.access_token()
        return {"graph_url": self.sandbox.graph_url, "access_token": token, "consistency_timeout": 3}

    def seed(self, *people: str, groups: t.Sequence[str] = ()) -> None:
        """Users named like this at corp.example, and groups without members."""
        users = [{"userPrincipalName": f"{name}@corp.example", "displayName": name.title()} for name in people]
        self.sandbox.entra.seed(users=users, groups=[{"displayName": name} for name in groups])


@pytest.fixture
def entra(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> t.Iterator[EntraTenant]:
    monkeypatch.setattr(gallery_app, "PAUSE", 0.02)
    with Sandbox(tls=False) as sandbox:
        yield EntraTenant(sandbox, capsys)
        # What was sent and answered, measured by Microsoft's own description, where the variable GRAPH_OPENAPI says where that is.
        assert sandbox.entra.violations == []


@pytest.fixture
def tenant(capsys: pytest.CaptureFixture[str]) -> t.Iterator[Tenant]:
    with Sandbox(tls=False) as sandbox:
        yield Tenant(sandbox, capsys)
