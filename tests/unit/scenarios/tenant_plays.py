# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Playbooks for several tenants as people run them: ansible-playbook with an inventory, and a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t
from pathlib import Path

BIN = Path(sys.executable).parent
Json = dict[str, t.Any]


def surroundings(folder: Path, **more: str) -> dict[str, str]:
    """The environment of ansible-playbook: nothing of this machine's settings, and all that it leaves behind below this folder."""
    ours = ("ZSCALER_ONE_", "AZURE_", "ANSIBLE_", "RUNNER_", "AWX_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours) and name not in ("CI", "TERM")}
    return {
        **kept,
        "HOME": str(folder),
        "TERM": "xterm",
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "local"),
        "ANSIBLE_REMOTE_TEMP": str(folder / "remote"),
        "ANSIBLE_ASYNC_DIR": str(folder / "async"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_COLLECTIONS_PATH": os.environ["PYTHONPATH"].split(os.pathsep)[0],
        "ANSIBLE_INJECT_INVOCATION": "true",  # ansible-core 2.21 shows none unless it is told to
        **more,
    }


def write_play(folder: Path, tasks: list[Json], hosts: t.Mapping[str, Json], **play: t.Any) -> list[str]:
    """The command that runs these tasks on these hosts, with their variables."""
    where = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = {"all": {"hosts": dict(hosts), "vars": where}}
    (folder / "inventory.json").write_text(json.dumps(inventory))
    (folder / "play.yml").write_text(json.dumps([{"hosts": "all", "gather_facts": False, **play, "tasks": tasks}]))
    return [str(BIN / "ansible-playbook"), "-i", str(folder / "inventory.json"), str(folder / "play.yml")]


def run(command: list[str], environment: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """The playbook from beginning to end, with no terminal."""
    return subprocess.run(
        command, env=environment, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False
    )
