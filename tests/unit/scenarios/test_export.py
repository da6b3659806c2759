# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A living tenant is written to files and applied: nothing to do, at any size, in any world (issue 5)."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Directory, key
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy
from ansible_collections.scimops.zscaler_one.plugins.modules.scim_export import OPTIONS
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox
from hypothesis import HealthCheck, assume, given, settings, strategies

from ..plugins.module_utils.planning.worlds import directories, policies
from ..plugins.modules.conftest import Tenant
from .bad_sources import LIES
from .conftest import Company
from .random_tenants import SWITCHES, Captured, as_options, sow
from .tenant_plays import BIN, run, surroundings
from .test_entra_tutorial import read

DISCOVERY = {"GET /ServiceProviderConfig", "GET /Schemas"}


@pytest.mark.parametrize("form", ["yml", "json", "csv"])
def test_export_of_5000_users_costs_list_pages_and_then_apply_writes_nothing(company: Company, form: str) -> None:
    """5,001 users with DEFAULT ADMIN on six pages, and a look beyond each end."""
    company.fill(5000, 100)
    path = company.folder / f"tenant.{form}"
    exported = company.run("scim_export", dest=str(path))
    assert exported["reads"] == ["GET /Users"] * 7 + ["GET /Groups"] * 2
    assert exported["summary"]["users"] == {"exported": 5001, "out_of_scope": 0, "left_out": 0}
    assert exported["summary"]["memberships"] == {"exported": 50_000, "left_out": 0}
    options = {"prune_users": "delete"} if form == "csv" else {"prune_users": "delete", "prune_groups": "delete"}
    applied = company.run("scim_directory", src=[str(path)], **options)
    assert "failed" not in applied, applied.get("msg")
    assert (applied["changed"], applied["writes"]) == (False, [])
    assert [read for read in applied["reads"] if read not in DISCOVERY] == ["GET /Users"] * 6 + ["GET /Groups"]
    assert applied["summary"]["users"]["unchanged"] == 5001
    assert applied["summary"]["memberships"]["unchanged"] == 50_000
    again = company.run("scim_export", dest=str(path))
    assert again["changed"] is False
    assert len(json.dumps(again)) < 20_000
    assert company.sandbox.journal.writes == []


@settings(max_examples=max(1, settings.default.max_examples // 4), deadline=None, suppress_health_check=list(HealthCheck))
@given(directories(), policies(), strategies.sampled_from(["yml", "json", "csv"]))
def test_export_then_apply_writes_nothing_in_any_world(directory: Directory, policy: Policy, form: str) -> None:
    for names in ([live.user_name for live in directory.users], [live.display_name for live in directory.groups]):
        assume(len({key(name) for name in names}) == len(names))  # the sandbox does not let names be doubled
    captured = Captured()
    given = as_options(policy)
    scope = given["scope"]
    with (
        Sandbox(tls=False, switches=SWITCHES) as sandbox,
        contextlib.redirect_stdout(captured.stream),
        tempfile.TemporaryDirectory() as folder,
    ):
        tenant = Tenant(sandbox, captured)
        sow(sandbox, directory)
        path = Path(folder, f"tenant.{form}")
        exported = tenant.run("scim_export", dest=str(path), scope=scope)
        assert path.exists() is (not exported.get("failed"))
        assume(path.exists())
        prune = {
            "prune_users": policy.prune_users if exported["summary"]["users"]["exported"] else "none",
            "prune_groups": policy.prune_groups if form != "csv" and exported["summary"]["groups"]["exported"] else "none",
        }
        applied = tenant.run("scim_directory", src=[str(path)], scope=scope, **prune)
        assert (applied.get("msg"), applied["changed"], applied["writes"]) == (None, False, [])


@pytest.mark.parametrize(("match", "fault"), [case[1:3] for case in LIES], ids=[case[0] for case in LIES])
def test_r5_f36_to_f44_a_lying_listing_becomes_no_file_that_lacks_somebody(company: Company, match: dict, fault: dict) -> None:
    """Pages that are merely shorter or longer than asked are no lie; whatever is written has everybody who is there."""
    company.fill(200, 10)
    company.sandbox.faults.add(match, fault)
    path = company.folder / "tenant.json"
    answer = company.run("scim_export", dest=str(path), page_size=50)
    honest = fault["kind"] in ("short_page", "count_ignored")
    assert path.exists() is honest
    assert bool(answer.get("failed")) is not honest
    if honest:
        assert len(json.loads(path.read_text())["users"]) == 201


ROLE = Path(__file__).resolve().parents[3] / "roles" / "directory"
OF_THE_EXPORT = {"dest", "format", "undeclarable"}


def test_every_option_reaches_the_module_and_is_specified() -> None:
    call = next(task for task in read(ROLE / "tasks/export.yml") if "scimops.zscaler_one.scim_export" in task)[
        "scimops.zscaler_one.scim_export"
    ]
    specified = read(ROLE / "meta/argument_specs.yml")["argument_specs"]["export"]["options"]
    assert call.keys() == OPTIONS.keys()
    for name, option in OPTIONS.items():
        variable = f"directory_{'export_' if name in OF_THE_EXPORT else ''}{name}"
        assert variable in call[name]
        for part in ("type", "choices", "required"):
            assert specified[variable].get(part) == option.get(part), (variable, part)


@pytest.mark.slow
def test_a_newcomer_writes_down_two_tenants_and_plans_with_the_files(tmp_path: Path) -> None:
    """From an empty folder: the playbook makes state/, gives each tenant its file, and finds nothing to do with it."""
    with Sandbox(tls=False) as first, Sandbox(tls=False) as second:
        first.seed(users=[{"userName": "ada@corp.example", "displayName": "Ada", "groups": ["Engineering"]}])
        second.seed(users=[{"userName": "bob@corp.example", "displayName": "Bob"}])
        hosts = {
            name: {"directory_base_url": one.base_url, "directory_bearer_token": one.token, "directory_requests_per_second": 0}
            for name, one in (("emea", first), ("americas", second))
        }
        where = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        (tmp_path / "inventory.json").write_text(json.dumps({"all": {"hosts": hosts, "vars": where}}))
        environment = surroundings(tmp_path, ANSIBLE_CALLBACK_RESULT_FORMAT="yaml")

        def play(entry: str, *words: str) -> tuple[int, str]:
            done = run(
                [str(BIN / "ansible-playbook"), "-i", "inventory.json", f"scimops.zscaler_one.{entry}", *words], environment, tmp_path
            )
            return done.returncode, done.stdout + done.stderr

        code, output = play("export", "-e", "directory_export_dest=state/tenant.yml")
        assert (code, (tmp_path / "state").exists()) == (2, False)
        assert "Several tenants would write the same file" in output
        code, output = play("export", "-e", "directory_export_dest=state/{{ inventory_hostname }}.yml")
        assert code == 0, output
        assert output.count("THE TENANT IS IN THE FILE.") == 2
        assert "users: 2 in the file" in output
        assert "bob@corp.example" not in (tmp_path / "state" / "emea.yml").read_text()
        prune = ["-e", "directory_prune_users=delete", "-e", "directory_prune_groups=delete", "--limit", "emea"]
        code, output = play("plan", "-e", "directory_src=state/{{ inventory_hostname }}.yml", *prune)
        assert code == 0, output
        assert "NOTHING TO DO: the tenant is as declared." in output
        assert first.journal.writes == second.journal.writes == []
