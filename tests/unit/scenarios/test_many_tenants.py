# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example with several tenants, run against a sandbox for each: results never mix, and one that fails does not stop the others."""

from __future__ import annotations

import contextlib
import csv
import json
import math
import os
import re
import secrets
import shutil
import subprocess
import typing as t
from pathlib import Path

import ansible_runner
import pytest
import yaml
from ansible_collections.scimops.zscaler_one.plugins.module_utils._arguments import SCIM
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra_arguments import ENTRA
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.choice import ENVIRONMENT
from ansible_collections.scimops.zscaler_one.plugins.plugin_utils._progress import duration
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

from .tenant_plays import BIN, run, surroundings

EXAMPLES = Path(__file__).parents[3] / "docs/examples"
TENANTS = {"americas": ("ada", "bob"), "emea": ("grace", "kurt"), "lab": ("test-1",)}


class Tenants:
    """A copy of the example, whose tenants are sandboxes."""

    def __init__(self, folder: Path, sandboxes: dict[str, Sandbox]) -> None:
        self.folder = folder / "tenants"
        self.sandboxes = sandboxes
        shutil.copytree(EXAMPLES / "tenants", self.folder)
        for tenant, path in self.variables().items():
            text = re.sub(r"https://\S+/scim", sandboxes[tenant].base_url, path.read_text())
            path.write_text(text.replace("second: 2.5", "second: 50"))
        self.password = folder / "password"
        self.password.write_text(secrets.token_urlsafe())
        self.vault = self.folder / "inventory/host_vars/lab/vault.yml"
        self.environment = surroundings(folder)
        for tenant, sandbox in sandboxes.items():
            if tenant != "lab":
                self.environment[f"{tenant.upper()}_SCIM_TOKEN"] = sandbox.token
        self.encrypt(sandboxes["lab"].token)

    def variables(self) -> dict[str, Path]:
        """The files in which the addresses stand."""
        folder = self.folder / "inventory/host_vars"
        return {tenant: folder / ("lab/connection.yml" if tenant == "lab" else f"{tenant}.yml") for tenant in TENANTS}

    def encrypt(self, token: str) -> None:
        """What `ansible-vault create` leaves."""
        command = [str(BIN / "ansible-vault"), "encrypt", "--vault-password-file", str(self.password), "--output", str(self.vault)]
        text = f"vault_directory_bearer_token: {token}\n"
        subprocess.run(command, input=text, env=self.environment, capture_output=True, text=True, check=True)

    def play(self, name: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [str(BIN / "ansible-playbook"), "-i", "inventory", f"scimops.zscaler_one.{name}"]
        return run([*command, "--vault-password-file", str(self.password), "--forks", "3", *words], self.environment, self.folder)

    def reported(self, tenant: str) -> set[str]:
        """Whom the last report of a tenant has as changed, without the domain."""
        told = json.loads((self.folder / f"reports/{tenant}.json").read_text())
        return {one["name"].partition("@")[0] for one in told.get("operations", []) if one["kind"] == "user"}

    def people(self, tenant: str) -> set[str]:
        """Who is in a tenant, without the domain, and without its own administrator."""
        users = self.sandboxes[tenant].tenant.users.records.values()
        names = {str(one.attributes["userName"]).partition("@")[0] for one in users}
        return {name for name in names if not name.startswith("admin")}


@pytest.fixture
def tenants(tmp_path: Path) -> t.Iterator[Tenants]:
    with contextlib.ExitStack() as stack:
        yield Tenants(tmp_path, {tenant: stack.enter_context(Sandbox(tls=False, switches={"rate": 0})) for tenant in TENANTS})


def recap(output: str) -> dict[str, int]:
    """How many tasks failed on each host."""
    return {host: int(failed) for host, failed in re.findall(r"^(\S+) +: ok=.* failed=(\d+)", output, re.MULTILINE)}


@pytest.mark.slow
def test_results_never_mix_and_one_that_fails_does_not_stop_the_others(tenants: Tenants) -> None:
    """The token of emea is wrong, as after a rotation that somebody forgot; then it is right, and only emea is left to do."""
    tenants.environment["EMEA_SCIM_TOKEN"] = "not-a-real-token-" + secrets.token_hex(8)
    first = tenants.play("apply")
    assert (first.returncode, recap(first.stdout)) == (2, {"americas": 0, "emea": 1, "lab": 0}), first.stdout + first.stderr
    assert {tenant: tenants.people(tenant) for tenant in TENANTS} == {"americas": {"ada", "bob"}, "emea": set(), "lab": {"test-1"}}
    assert tenants.sandboxes["emea"].journal.writes == []
    assert {tenant: tenants.reported(tenant) for tenant in TENANTS} == {"americas": {"ada", "bob"}, "emea": set(), "lab": {"test-1"}}
    tenants.environment["EMEA_SCIM_TOKEN"] = tenants.sandboxes["emea"].token
    before = {tenant: len(sandbox.journal.writes) for tenant, sandbox in tenants.sandboxes.items()}
    second = tenants.play("apply", "--limit", "production")
    assert (second.returncode, recap(second.stdout)) == (0, {"americas": 0, "emea": 0}), second.stdout + second.stderr
    after = {tenant: len(sandbox.journal.writes) for tenant, sandbox in tenants.sandboxes.items()}
    assert [after[tenant] - before[tenant] > 0 for tenant in TENANTS] == [False, True, False]
    assert [tenants.reported(tenant) for tenant in TENANTS] == [set(), {"grace", "kurt"}, {"test-1"}]
    for tenant, sandbox in tenants.sandboxes.items():
        others = {name for other, names in TENANTS.items() if other != tenant for name in names}
        asked = json.dumps([[entry.path, entry.query, entry.body] for entry in sandbox.journal])
        assert tenants.people(tenant) == set(TENANTS[tenant])
        assert not [name for name in others if f"{name}@corp.example" in asked]
        assert "wrong" not in {entry.authorization for entry in sandbox.journal} or tenant == "emea"
    everything = first.stdout + first.stderr + second.stdout + second.stderr
    assert not [tenant for tenant, sandbox in tenants.sandboxes.items() if sandbox.token in everything]


@pytest.mark.slow
def test_ansible_runner_runs_the_plan_as_awx_does(tenants: Tenants, tmp_path: Path) -> None:
    """Slowly enough to be told how far it is: in lines, although ansible-runner gives every run a terminal.

    The token comes from the vault: what is in the environment, ansible-runner itself writes down.
    """
    project = tmp_path / "runner/project"
    project.mkdir(parents=True)
    (project / "plan.yml").write_text("- import_playbook: scimops.zscaler_one.plan\n")
    settings = {name: value for name, value in tenants.environment.items() if os.environ.get(name) != value}
    done = ansible_runner.run(
        private_data_dir=str(tmp_path / "runner"),
        playbook="plan.yml",
        inventory=str(tenants.folder / "inventory"),
        limit="lab",
        envvars=settings,
        cmdline=f"--vault-password-file {tenants.password}",
        extravars={"directory_requests_per_second": 0.4},
        quiet=True,
    )
    output = done.stdout.read()
    assert (done.status, done.rc) == ("successful", 0), output
    assert done.stats["ok"]["lab"] > 0
    assert [event["res"]["summary"]["users"]["created"] for event in results(done, "Compare the files with the tenant")] == [1]
    assert "[lab] reading" in output
    assert " \r" not in output
    assert [sandbox.journal.writes for sandbox in tenants.sandboxes.values()] == [[], [], []]
    left = "".join(path.read_text(errors="replace") for path in (tmp_path / "runner/artifacts").rglob("*") if path.is_file())
    assert tenants.sandboxes["lab"].token not in left


def results(done: ansible_runner.Runner, task: str) -> list[dict[str, t.Any]]:
    """What the events of a task say that it came to."""
    return [
        event["event_data"] for event in done.events if event["event"] == "runner_on_ok" and event["event_data"]["task"].startswith(task)
    ]


@pytest.mark.parametrize("name", ["scim", "entra"])
def test_what_awx_injects_is_what_the_modules_read(name: str) -> None:
    told = yaml.safe_load((EXAMPLES / f"awx/credential_type_{name}.yml").read_text())
    fields = {field["id"]: field for field in told["inputs"]["fields"]}
    assert fields.keys() == set(told["inputs"]["required"])
    for variable, value in told["injectors"]["env"].items():
        option = value.strip("{ }")
        read = SCIM[option]["fallback"][1] if name == "scim" else ENVIRONMENT[option]
        assert variable in read
        assert bool({**SCIM, **ENTRA}[option].get("no_log")) == bool(fields[option].get("secret"))


def test_the_image_has_what_the_collection_needs(tmp_path: Path) -> None:
    """The build context of the example, and what ansible-builder reads out of the collection when it builds."""
    builder = str(BIN / "ansible-builder")
    source = EXAMPLES / "execution-environment/execution-environment.yml"
    create = [builder, "create", "--file", str(source), "--context", str(tmp_path / "context"), "--output-filename", "Containerfile"]
    made = run(create, surroundings(tmp_path), tmp_path)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "docker.io/redhat/ubi9" in (tmp_path / "context/Containerfile").read_text()
    wanted = yaml.safe_load((tmp_path / "context/_build/requirements.yml").read_text())
    assert [one["name"] for one in wanted["collections"]] == ["scimops.zscaler_one"]
    environment = surroundings(tmp_path)
    found = run([builder, "introspect", environment["ANSIBLE_COLLECTIONS_PATH"]], environment, tmp_path)
    assert found.returncode == 0, found.stderr
    needed = yaml.safe_load(found.stdout)
    # It leaves PyYAML out, which ansible-core brings.
    assert [re.split(r"[>=; ]", one)[0] for one in needed["python"]] == ["requests", "azure-identity"]


def test_the_example_declares_what_its_readme_says() -> None:
    folder = EXAMPLES / "tenants"
    inventory = yaml.safe_load((folder / "inventory/tenants.yml").read_text())
    hosts = {host for group in inventory["all"]["children"].values() for host in group["hosts"]}
    assert hosts == set(TENANTS)
    for tenant, names in TENANTS.items():
        with (folder / f"state/{tenant}/people.csv").open() as stream:
            assert [row["user_name"] for row in csv.DictReader(stream)] == [f"{name}@corp.example" for name in names]
    assert (folder / "reports/.gitignore").read_text().splitlines()[1:] == ["*", "!.gitignore"]


def test_the_numbers_about_scaling_follow_from_the_rules_beside_them() -> None:
    """Pages of 1,000, a request for each write and for each 100 members, and above 50 writes one question and a second reading."""
    text = (EXAMPLES.parent / "scaling.md").read_text()
    rows = re.findall(r"^\| ([\d,]+), ([\d,]+) \| (.+) \| (.+) \| (.+) \|$", text, re.MULTILINE)
    assert len(rows) == 3
    for people, groups, *cells in rows:
        users, teams = (int(number.replace(",", "")) for number in (people, groups))
        pages, changes = math.ceil(users / 1000) + math.ceil(teams / 1000), users // 100
        loading = users + teams + teams * math.ceil(users / teams / 100)
        asked = [0, 1 if changes >= 50 else 0, 1]
        costs = [pages, 2 * pages + changes, 2 + pages + loading]
        for cell, cost, question in zip(cells, costs, asked, strict=True):
            assert cell == f"{cost + question:,} requests, {duration((cost + question) / 5)}"
