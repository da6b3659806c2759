# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role directory says the same in its files, its documentation and the modules; how it runs is in test_gitops_example.py."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._arguments import SCIM
from ansible_collections.scimops.zscaler_one.plugins.modules.scim_directory import OPTIONS

from .test_entra_tutorial import Json, read, shape

ROOT = Path(__file__).resolve().parents[3]
ROLE = ROOT / "roles/directory"
PREFIX = "directory_"
ENTRIES: Json = read(ROLE / "meta/argument_specs.yml")["argument_specs"]
OF_THE_ROLE = {"shown", "foreign_variables"}


def options(entry: str) -> Json:
    """The variables of an entry, without the prefix."""
    return {name.removeprefix(PREFIX): option for name, option in ENTRIES[entry]["options"].items()}


def valued(option: Json) -> Json:
    """The shape of an option, with its defaults."""
    found = {**shape(option), **({"default": option["default"]} if option.get("default") is not None else {})}
    if option.get("options"):
        found["options"] = {name: valued(inner) for name, inner in option["options"].items()}
    return found


@pytest.mark.parametrize("entry", ["main", "apply", "plan"])
def test_the_role_takes_what_the_module_takes(entry: str) -> None:
    mine, theirs = options(entry), {**SCIM, **OPTIONS}
    assert set(mine) - OF_THE_ROLE == set(theirs)
    # Nothing is required of the role: what is not given may be in the environment, or in the folder state.
    assert {name: valued(mine[name]) for name in theirs} == {name: valued({**option, "required": False}) for name, option in theirs.items()}


@pytest.mark.parametrize("entry", sorted(ENTRIES))
def test_every_entry_has_the_whole_connection_and_a_file(entry: str) -> None:
    mine = options(entry)
    assert {name: valued(mine[name]) for name in SCIM} == {name: valued({**option, "required": False}) for name, option in SCIM.items()}
    assert (ROLE / f"tasks/{entry}.yml").is_file()
    assert (ROOT / f"playbooks/{'apply' if entry == 'main' else entry}.yml").is_file()


def test_the_connection_reaches_the_modules() -> None:
    paths = {"ca_path": "{{ __directory_ca_path }}"}
    wanted = {name: paths.get(name, f"{{{{ {PREFIX}{name} | default(omit) }}}}") for name in SCIM}
    assert read(ROLE / "vars/main.yml")["__directory_connection"] == wanted


def test_every_option_reaches_the_module() -> None:
    call = next(task for task in read(ROLE / "tasks/directory.yml") if "scimops.zscaler_one.scim_directory" in task)
    paths = {name: f"{{{{ __{PREFIX}{name} }}}}" for name, option in OPTIONS.items() if "path" in (option["type"], option.get("elements"))}
    assert call["scimops.zscaler_one.scim_directory"] == {
        name: paths.get(name, f"{{{{ {PREFIX}{name} | default(omit) }}}}") for name in OPTIONS
    }


def test_every_default_of_the_role_is_specified() -> None:
    of_modules = {**SCIM, **OPTIONS}
    every = {name: option for entry in ENTRIES for name, option in options(entry).items() if name not in of_modules}
    defaults = {name.removeprefix(PREFIX): value for name, value in read(ROLE / "defaults/main.yml").items()}
    assert defaults == {name: option["default"] for name, option in every.items() if "default" in option}


def test_ansible_templates_the_specification_so_that_it_has_no_braces() -> None:
    assert not re.search(r"\{\{|\{%|\{#", (ROLE / "meta/argument_specs.yml").read_text(encoding="utf-8"))


def test_the_readme_names_every_variable_and_every_entry() -> None:
    readme = (ROLE / "README.md").read_text(encoding="utf-8")
    rows = [row for row in readme.splitlines() if row.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`directory_(\w+)`", row.split(" | ")[0])}
    assert named == {name for entry in ENTRIES for name in options(entry)}
    assert {name for row in rows for name in re.findall(r"scimops\.zscaler_one\.(\w+)`", row)} == set(ENTRIES) - {"main"}


def test_false_on_the_command_line_is_false() -> None:
    switches = {name for entry in ENTRIES for name, option in options(entry).items() if option["type"] == "bool"}
    text = "".join(path.read_text(encoding="utf-8") for path in [*ROLE.rglob("tasks/*.yml"), *ROLE.rglob("templates/*")])
    used = [found for name in switches for found in re.findall(rf"\b{PREFIX}{name}\b[^}}\n]*", text)]
    # -e name=false gives a text, which Ansible takes for true, or from 2.19 on for an error; the module knows what is meant.
    assert [
        one for one in used if not re.match(r"\w+( \| default\((omit|\w+)\))? (\| bool\b|$)|\w+ \| default\(omit\)|\w+=|\w+: ", one)
    ] == []
