# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Our own arms: scim_directory as a process, and playbooks."""

from __future__ import annotations

import functools
import json
import os
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path

from . import measure
from .service import REPOSITORY
from .world import FOLDER

if t.TYPE_CHECKING:
    from .measure import Sample
    from .service import Service

ARMS = Path(__file__).with_name("arms")
LINK = REPOSITORY / "build" / "link"

Options = dict[str, t.Any]
Tasks = list[dict[str, t.Any]]


@dataclass(frozen=True)
class ModuleRun:
    """What a run of scim_directory cost, and what it answered."""

    sample: Sample
    answer: Options


def surroundings(service: Service | None = None) -> dict[str, str]:
    """The environment variables of every arm: the same Python, this work tree, and where the service is."""
    programs = Path(sys.executable).parent
    return {
        "PATH": os.pathsep.join([str(programs), "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": str(FOLDER / "home"),
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(LINK),
        "ANSIBLE_COLLECTIONS_PATH": str(LINK),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
        **(service.variables if service else {}),
    }


@functools.cache
def has_option(name: str) -> bool:
    """Whether scim_directory knows this option; a goal whose option is not built is missed, not skipped."""
    command = [sys.executable, str(ARMS / "run_module.py"), "scim_directory", "--options"]
    return name in json.loads(measure.run(command, environment=surroundings()).text)


def converge(service: Service, path: Path, *, check: bool = False, **options: t.Any) -> ModuleRun:
    """Run scim_directory on a state file: what is not declared is disabled, as people run it every night."""
    given = {"src": [str(path)], "prune_users": "disable", "_ansible_check_mode": check, **options}
    command = [sys.executable, str(ARMS / "run_module.py"), "scim_directory"]
    sample = measure.run(command, environment=surroundings(service), text=json.dumps(given))
    return ModuleRun(sample, json.loads(sample.text))


def directory_task(path: Path, **options: t.Any) -> Tasks:
    """The tasks that make the tenant what the file says."""
    return [{"name": "State", "scimops.zscaler_one.scim_directory": {"src": [str(path)], "prune_users": "disable", **options}}]


def play(name: str, tasks: Tasks, *arguments: str, service: Service | None = None, **keywords: t.Any) -> Sample:
    """Run these tasks with ansible-playbook on this machine; `keywords` belong to the play."""
    (FOLDER / "home").mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    # The modules' Python is this one, not a discovered one: finding it would take time in every arm.
    variables = {"ansible_python_interpreter": sys.executable, **keywords.pop("vars", {})}
    plays = [
        {"name": name, "hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks, **keywords, "vars": variables}
    ]
    path.write_text(json.dumps(plays), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("ansible-playbook")), *arguments, "--inventory", "localhost,", str(path)]
    return measure.run(command, environment=surroundings(service), folder=FOLDER)
