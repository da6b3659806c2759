# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`env`: a shell that evaluates it has all that the modules of both halves read from the environment."""

from __future__ import annotations

import importlib
import shlex

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox import __main__ as sandbox

FACTS = {
    "base_url": "https://127.0.0.1:1/scim",
    "token": "not a token",
    "ca_path": "a folder/ca.pem",
    "graph_url": "https://127.0.0.1:2",
    "authority_url": "https://127.0.0.1:2",
    "tenant_id": "a-tenant",
    "client_id": "a-client",
    "client_secret": "not $a secret",
}


def read_by(module: str, options: str) -> set[str]:
    """The variables of the environment that the options of a connection fall back to."""
    spec = getattr(importlib.import_module(f"ansible_collections.scimops.zscaler_one.plugins.module_utils.{module}"), options)
    return {name for option in spec.values() for name in option.get("fallback", (None, []))[1]}


def test_every_line_is_an_export_that_a_shell_can_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sandbox.daemon, "running", lambda _folder: dict(FACTS))
    assert sandbox.main(["env"]) == 0
    lines = [shlex.split(line) for line in capsys.readouterr().out.splitlines()]
    assert {words[0] for words in lines} == {"export"}
    told = dict(words[1].split("=", 1) for words in lines)
    assert told == {name: FACTS[key] for name, key in sandbox.ENVIRONMENT.items()}


def test_without_tls_there_is_no_certificate_to_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sandbox.daemon, "running", lambda _folder: {**FACTS, "ca_path": None})
    assert sandbox.main(["env"]) == 0
    assert "CA_PATH" not in capsys.readouterr().out


def test_a_sandbox_that_does_not_run_is_an_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sandbox.daemon, "running", lambda _folder: None)
    assert sandbox.main(["env"]) == 1
    assert "start one with `up`" in capsys.readouterr().err


def test_the_modules_read_these_variables() -> None:
    named = {name for name in sandbox.ENVIRONMENT if name.startswith("ZSCALER_ONE_")}
    assert named <= read_by("_arguments", "SCIM") | read_by("_entra_arguments", "ENTRA")
