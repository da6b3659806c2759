# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holds whatever any test says to the sandbox's Microsoft Graph, and hears from it, against Microsoft's published contract.

The sandbox does it where the environment names the contract, in this process and in those that tests start. A test that
brings about a violation fails.
"""

from __future__ import annotations

import os
import tempfile
import typing as t
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.contract import FILE_VARIABLE, LOG_VARIABLE

try:
    from ansible_collections.scimops.zscaler_one.tests.checks.places import contract
except ImportError:
    # The released collection has the tests but not the checks: there the environment alone says where the contract is.
    def contract() -> Path | None:
        path = Path(os.environ.get(FILE_VARIABLE, ""))
        return path if path.is_file() else None


def pytest_configure() -> None:
    """Say where the contract is; each process of a parallel run has a file of its own for violations."""
    path = contract()
    if path:
        os.environ[FILE_VARIABLE] = str(path)
        handle, name = tempfile.mkstemp(prefix="graph-violations-")
        os.close(handle)
        os.environ[LOG_VARIABLE] = name


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    if contract():
        Path(os.environ[LOG_VARIABLE]).unlink(missing_ok=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it loudly where nothing was checked."""
    if not contract():
        terminalreporter.write_line(
            f"Skipping Microsoft's contract: {FILE_VARIABLE} names no OpenAPI file, so what is said to Graph was not checked against it"
        )


@pytest.fixture(autouse=True)
def _every_service_is_new(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause is left from a service of an earlier test, whose port this one may have: the pace of a service is kept below TMPDIR."""
    folder = str(tmp_path_factory.mktemp("tmp"))
    monkeypatch.setenv("TMPDIR", folder)
    monkeypatch.setattr(tempfile, "tempdir", folder)


@pytest.fixture(autouse=True)
def _graph_is_spoken_by_the_contract() -> t.Iterator[None]:
    """No request and no answer breaks the contract."""
    log = Path(os.environ.get(LOG_VARIABLE, os.devnull))
    before = log.stat().st_size
    yield
    if log.stat().st_size > before:
        with log.open("rb") as stream:
            stream.seek(before)
            pytest.fail("against Microsoft's contract:\n" + stream.read().decode())
