# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict of the role entra_provisioning: what it suggests may be copied into a shell, with names that come from Entra."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .tenant_plays import run, surroundings, write_play

PAGE = Path(__file__).parents[3] / "roles" / "entra_provisioning" / "templates" / "verdict.txt.j2"

ODD = ("a; rm -rf ~", "$(id)", "`id`", "{{ 1 }}", "{% raw %}", "-x", "a b", "a'b", "a\\", "@file", "a|b", "a>b")
PLAIN = "ada@corp.example"

RENDER = """
import json, sys
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
try:
    from ansible.template import trust_as_template
except ImportError:  # ansible-core 2.18 trusts every text
    trust_as_template = str

def render(name):
    status = {"status": "Active", "counts": {}, "initial_cycle_ended": "2026-11-23", "found": True, "quarantine": None}
    failed = [{"names": [name], "count": 1, "reason": "refused"}]
    values = {
        "entra_provisioning_display_name": "Zscaler One",
        "__entra_provisioning_status": {"provisioning": status},
        "__entra_provisioning_logs": {"summary": {"provisioned": [], "unchanged": [], "skipped": [], "failed": failed}, "logs": []},
        "__entra_provisioning_waited_in_vain": False,
        "__entra_provisioning_stale": False,
    }
    return str(Templar(loader=DataLoader(), variables=values).template(trust_as_template(page)))

page, names = json.load(sys.stdin)
json.dump({name: render(name) for name in names}, sys.stdout)
"""
"""In a process of its own: where the controller's half of Ansible is once imported, modules keep their warnings for it."""


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The page where provisioning failed for somebody, by the name of that person."""
    given = json.dumps([PAGE.read_text(), [*ODD, PLAIN]])
    done = subprocess.run([sys.executable, "-c", RENDER], input=given, capture_output=True, text=True, check=True, timeout=120)
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", ODD)
def test_a_name_that_means_something_to_a_shell_or_to_ansible_is_in_no_command(pages: dict[str, str], name: str) -> None:
    assert "What to do: repair the cause" in pages[name]
    assert "entra_provisioning_pilot_user" not in pages[name]


def test_a_plain_name_is_in_the_command_that_tries_it_at_once(pages: dict[str, str]) -> None:
    assert "-e entra_provisioning_pilot_user=ada@corp.example --tags pilot tries at once" in pages[PLAIN]


@pytest.mark.parametrize(("entry", "code"), [("status", 2), ("main", 0)])
def test_a_quarantine_is_red_with_check_where_nothing_is_planned(tmp_path: Path, entry: str, code: int) -> None:
    """What the main entry would do may end the quarantine; the entry status would do nothing."""
    known = {
        "__entra_provisioning_status": {"provisioning": {"quarantine": {"reason": "refused"}, "found": True}},
        "__entra_provisioning_logs": {"summary": {"failed": []}},
    }
    role = {"name": "scimops.zscaler_one.entra_provisioning", "tasks_from": entry}
    command = write_play(tmp_path, [{"ansible.builtin.import_role": role}], {"tenant": {}}, vars=known)
    begin = "Fail if provisioning stands still, or failed for somebody"
    done = run([*command, "--check", "--start-at-task", begin], surroundings(tmp_path), tmp_path)
    assert begin in done.stdout
    assert (done.returncode, "Provisioning is in quarantine: refused." in done.stdout) == (code, code == 2), done.stdout + done.stderr
