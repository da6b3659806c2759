# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R10: the token is in nothing that leaves, at `-vvvv`, in a log, a diff, a warning, an exception or a file left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.faults import KINDS
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

from .secret_rows import CONNECTIONS, LEFT_OUT, STATUSES, broken_connections, fault_rows, id_of, leaks, run, run_rows, seed, spared, spelled


def test_the_table_has_every_fault_and_every_way_to_get_no_connection() -> None:
    tasks, rules = fault_rows(lambda name: name)
    faults = [rule["fault"] for rule in rules]
    assert {fault["kind"] for fault in faults} | LEFT_OUT.keys() == KINDS.keys()
    assert {fault["status"] for fault in faults if fault["kind"] == "status"} >= STATUSES
    assert {fault["part"] for fault in faults if fault["kind"] == "drip"} == {"headers", "body"}
    # Rules strike one task each only if no name is the beginning of another and no size is there twice.
    assert len({rule["match"]["method"] + rule["match"]["contains"] for rule in rules}) == len(rules) == len(tasks)
    with broken_connections() as (broken, _servers):
        assert len(broken) == len(CONNECTIONS)


@pytest.mark.slow
def test_r10_the_token_is_in_no_output_at_full_verbosity(tmp_path: Path) -> None:
    with Sandbox() as sandbox, broken_connections() as (broken, servers):
        seed(sandbox)
        tasks, rules = fault_rows(lambda name: id_of(sandbox, name))
        sandbox.faults.set(spelled(rules, sandbox.token))
        output = run([*broken, *run_rows(tmp_path), *tasks], sandbox, tmp_path)
        assert spared(sandbox) == [], "faults that no task met"
        assert [server.received for server in servers] == [b""] * len(servers)
        assert output.count("EXEC") > len(tasks), "not the verbosity that this test is about"
        assert (tmp_path / "ansible.log").is_file()
        assert leaks(sandbox, output, tmp_path) == {}
