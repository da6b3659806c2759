# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell of the entra modules: options in, one JSON out, no secret in it, advice where there is some."""

from __future__ import annotations

import json
import os
import secrets
import typing as t

import pytest
from ansible.module_utils.common import warnings
from ansible.module_utils.testing import patch_module_args
from ansible_collections.scimops.zscaler_one.plugins.module_utils import _entra_module as shell
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.outcome import Operation, Outcome
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import WriteInCheckMode
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import credentials

from .transport.loopback import Seen, Service, reply

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.client import Graph

    Result = dict[str, t.Any]

TOKEN = "not-real-" + secrets.token_hex(12)
SECRET = "not-real-" + secrets.token_hex(12)


class Runner:
    """Runs `act` as a module against a service that answers every request with 200, unless `refuse` is set."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.refusal = b""
        self.service = Service(lambda seen: self.refusal or reply(200, {"id": "1", "target": seen.target}, kind="application/json"))

    def run(self, act: t.Any, *, spec: Result | None = None, check: bool = False, diff: bool = False, **options: t.Any) -> Result:
        rules = {"application": options.pop("application", False)}
        given = {"graph_url": self.service.origin, "access_token": TOKEN, **options}
        given = {name: value for name, value in given.items() if value is not None}
        warnings._global_warnings.clear()
        self._capsys.readouterr()
        with patch_module_args({**given, "_ansible_check_mode": check, "_ansible_diff": diff}), pytest.raises(SystemExit):
            shell.run_entra(spec or {}, act, **rules)
        result: Result = json.loads(self._capsys.readouterr().out)
        return result


@pytest.fixture
def runner(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in [name for name in os.environ if name.startswith(("AZURE_", "ZSCALER_", "IDENTITY_", "MSI_"))]:
        monkeypatch.delenv(name)
    runner = Runner(capsys)
    yield runner
    runner.service.close()


def look(graph: Graph, _options: object) -> Outcome:
    return Outcome({"app": graph.get("servicePrincipals/1")})


def change(graph: Graph, _options: object) -> Outcome:
    if not graph.read_only:
        graph.send("PATCH", "servicePrincipals/1", {})
    return Outcome({"app": {}}, [Operation("application", "update", "Zscaler One", {"a": 1})], {"name": "a"}, {"name": "b"}, ["Look out."])


def test_nothing_to_do(runner: Runner) -> None:
    result = runner.run(look, diff=True)
    assert result["app"]["id"] == "1"
    assert result["operations"] == []
    assert not result["changed"]
    assert result["diff"] == {"before": {}, "after": {}}
    assert result["requests"]["by_method"] == {"GET": 1}
    assert "failed" not in result


@pytest.mark.parametrize("check", [False, True])
def test_a_change_is_told_the_same_in_check_mode(runner: Runner, check: bool) -> None:
    result = runner.run(change, check=check, diff=True, display_name="Zscaler One", spec={"display_name": {"type": "str"}})
    assert result["changed"]
    assert result["operations"] == [{"kind": "application", "verb": "update", "name": "Zscaler One", "details": {"a": 1}}]
    assert result["diff"] == {
        "before": {"name": "a"},
        "after": {"name": "b"},
        "before_header": "Zscaler One (before)",
        "after_header": "Zscaler One (after)",
    }
    assert len(runner.service.seen) == (0 if check else 1)
    assert "diff" not in runner.run(change, check=check)


def test_a_write_in_check_mode_is_never_sent(runner: Runner) -> None:
    result = runner.run(lambda graph, _options: graph.send("POST", "applications", {}), check=True)
    assert result["failed"]
    assert "check mode" in result["msg"]
    assert runner.service.seen == []
    assert issubclass(WriteInCheckMode, shell.CollectionError)


def test_some_of_it_failed(runner: Runner) -> None:
    outcome = Outcome({"app": {}}, [Operation("job", "create", "x")], failed="The job does not start.")
    result = runner.run(lambda _graph, _options: outcome)
    assert result["failed"]
    assert result["changed"]
    assert result["msg"] == "The job does not start."
    assert len(result["operations"]) == 1


def test_a_missing_permission_is_named(runner: Runner) -> None:
    runner.refusal = reply(
        403, {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"}}, kind="application/json"
    )
    result = runner.run(change)
    assert result["failed"]
    assert not result["changed"]
    assert "Insufficient privileges" in result["msg"]
    assert "probably lacks the permission Application.ReadWrite.OwnedBy" in result["msg"]


def test_no_secret_leaves_whatever_graph_says(runner: Runner) -> None:
    def act(graph: Graph, options: Result) -> Outcome:
        graph.send("PUT", "servicePrincipals/1/synchronization/secrets", {"value": options["secret_token"]})
        return Outcome()

    said = f"Bad value {SECRET}, token {TOKEN}, password {SECRET[::-1]}"
    runner.refusal = reply(400, {"error": {"code": SECRET, "message": json.dumps({"error": {"message": said}})}}, kind="application/json")
    spec = {"secret_token": {"type": "str", "no_log": True}, "tenant_url": {"type": "str"}}
    result = runner.run(act, spec=spec, secret_token=SECRET, tenant_url=f"https://u:{SECRET[::-1]}@scim.example/?aadOptscim062020")
    assert result["failed"]
    assert "Bad value ********, token" in result["msg"]
    for secret in (SECRET, TOKEN, SECRET[::-1]):
        assert secret not in json.dumps(result)
    assert "aadOptscim062020" in result["invocation"]["module_args"]["tenant_url"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "is missing; give it, or display_name"),
        ({"service_principal_id": "", "display_name": " "}, "is missing"),
        ({"service_principal_id": "1", "display_name": "x"}, "cannot be used together with display_name"),
    ],
)
def test_the_application_is_told_by_one_of_both(runner: Runner, options: Result, problem: str) -> None:
    result = runner.run(look, application=True, **options)
    assert problem in result["msg"]
    assert result["problems"][0]["place"] == "option service_principal_id"
    assert runner.service.seen == []


@pytest.mark.parametrize("options", [{"service_principal_id": "1", "display_name": ""}, {"service_principal_id": "", "display_name": "x"}])
def test_an_empty_text_is_not_given(runner: Runner, options: Result) -> None:
    assert "failed" not in runner.run(look, application=True, **options)


def test_without_azure_identity_the_way_out_is_told(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "HAS_AZURE_IDENTITY", False)
    result = runner.run(look, access_token=None, tenant_id="t", client_id="c", client_secret=SECRET)
    assert "Failed to import the required Python library (azure-identity)" in result["msg"]
    assert "give access_token" in result["msg"]
    assert "failed" not in runner.run(look)


def test_addresses_come_from_the_environment(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSCALER_ONE_ENTRA_GRAPH_URL", runner.service.origin)
    monkeypatch.setenv("ZSCALER_ONE_ENTRA_ACCESS_TOKEN", TOKEN)
    assert "failed" not in runner.run(look, graph_url=None, access_token=None)
    seen: Seen = runner.service.seen[0]
    assert seen.headers["authorization"] == f"Bearer {TOKEN}"


def test_options_are_wrong_together(runner: Runner) -> None:
    result = runner.run(look, graph_url="https://graph.example/v1.0", timeout=0, consistency_timeout=-1)
    assert [problem["place"] for problem in result["problems"]] == ["option graph_url", "option timeout", "option consistency_timeout"]
