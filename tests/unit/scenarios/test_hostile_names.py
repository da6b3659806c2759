# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that somebody chose to do harm with them, where Entra and Zscaler are compared."""

from __future__ import annotations

import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils import _converge
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

from .test_drift import Firm


@pytest.fixture
def firm(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> t.Iterator[Firm]:
    with Sandbox(tls=False) as sandbox:
        yield Firm(sandbox, capsys, tmp_path)


def test_b56_a_name_on_which_an_expression_hangs_ends_a_comparison_without_files(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_converge, "PLANNING", 1.0)
    firm.sandbox.seed(users=[{"userName": "a" * 40 + "!@corp.example"}])
    firm.begin()
    begin = time.monotonic()
    answer = firm.drift(git=False, scope={"user_name_regex": "(a+)+@corp.example"})
    assert answer["failed"]
    assert "regular expression of scope" in answer["msg"]
    assert time.monotonic() - begin < 15
