# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role directory says the same in its files, its documentation and the modules; how it runs is in test_gitops_example.py.

What is about Ansible alone, such as variables that are there and blank, is tried with no tenant.
"""

from __future__ import annotations

import json
import re
import typing as t
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._arguments import SCIM
from ansible_collections.scimops.zscaler_one.plugins.module_utils._drift.model import CATEGORIES
from ansible_collections.scimops.zscaler_one.plugins.modules import scim_drift_info, scim_export
from ansible_collections.scimops.zscaler_one.plugins.modules.scim_directory import OPTIONS

from .tenant_plays import run, surroundings, write_play
from .test_entra_tutorial import Json, read, shape

ROOT = Path(__file__).resolve().parents[3]
ROLE = ROOT / "roles/directory"
PREFIX = "directory_"
ENTRIES: Json = read(ROLE / "meta/argument_specs.yml")["argument_specs"]
OF_THE_ROLE = {"shown", "foreign_variables"}
OF_DRIFT = {"drift_fail", "drift_without_files"}


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


@pytest.mark.parametrize(
    ("entry", "theirs", "otherwise"),
    [
        ("drift", scim_drift_info.OPTIONS, {"report_path": "drift_report_path"}),
        ("export", scim_export.OPTIONS, {name: f"export_{name}" for name in ("dest", "format", "undeclarable")}),
    ],
)
def test_so_it_is_with_what_only_reads(entry: str, theirs: Json, otherwise: Json) -> None:
    mine = options(entry)
    # What differs: the connection of Entra is handed on as it is, and the default of undeclarable is told in words.
    left = {"entra", "undeclarable"}
    # Nothing else is promised: who reads that drift has a report_path waits for a file that nobody writes.
    assert mine.keys() - OF_THE_ROLE - OF_DRIFT == {otherwise.get(name, name) for name in {**SCIM, **theirs}}
    for name in theirs.keys() - left:
        assert valued({**mine[otherwise.get(name, name)], "required": False}) == valued({**theirs[name], "required": False}), name


def test_the_page_of_drift_has_a_word_for_every_category() -> None:
    text = (ROLE / "templates/drift.txt.j2").read_text(encoding="utf-8")
    words = text[text.index("{% set words") : text.index("{% macro")]
    assert tuple(re.findall(r'"(\w+)": "', words)) == CATEGORIES


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
    found = {name for name, option in OPTIONS.items() if name in ("users", "groups") or "path" in (option["type"], option.get("elements"))}
    assert call["scimops.zscaler_one.scim_directory"] == {
        name: f"{{{{ __{PREFIX}{name} }}}}" if name in found else f"{{{{ {PREFIX}{name} | default(omit) }}}}" for name in OPTIONS
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


MEMBER = {"verb": "add", "kind": "membership", "name": "ada@corp.example", "group": "Ops", "attributes": {}}
NOTHING = {"unchanged": 0}
PLANNED = {
    "summary": dict.fromkeys(("users", "groups", "memberships"), NOTHING),
    "operations": [MEMBER],
    "operations_omitted": 0,
    "protected": [],
    "unverifiable": [],
    "plan_digest": "69c9",
}
EXPORTED = {"summary": {kind: {"exported": 1} for kind in ("users", "groups", "memberships")}, "left_out": [], "changed": True}
IN_SYNC = {
    "summary": {kind: dict.fromkeys(CATEGORIES, 0) for kind in ("users", "groups")},
    "sources": {"git": True, "entra": False},
    "compared": {"users": 1, "groups": 0},
    "in_sync": True,
    "drift": [],
    "drift_omitted": 0,
}
"""Results of the modules, as far as the pages read them."""


def page(name: str, result: Json, **variables: t.Any) -> Json:
    """What a task needs that shows this page of the role."""
    text = f"{{{{ lookup('ansible.builtin.template', '{ROLE}/templates/{name}.txt.j2').splitlines() }}}}"
    return {"msg": text, "directory_result": {"refused": {}, **result}, **variables}


SRC = "{{ __directory_src }}"
LEFT_OUT = "Hello world!"
"""What ansible.builtin.debug shows if its msg is omitted."""
SHOWN: dict[str, Json] = {
    "blank users": {"msg": SRC, "directory_users": None},
    "blank groups": {"msg": SRC, "directory_groups": None},
    "blank groups, users": {"msg": SRC, "directory_groups": None, "directory_users": []},
    "plan": page("told", PLANNED, __directory_entry="plan"),
    "plan, blank path": page("told", PLANNED, __directory_entry="plan", directory_plan_path=None, directory_report_path=None),
    "plan, path": page("told", PLANNED, __directory_entry="plan", directory_plan_path="plan.json", directory_apply_plan=None),
    "apply": page("told", PLANNED, __directory_entry="apply", directory_plan_path="plan.json"),
    "drift": page("drift", IN_SYNC, directory_report_path="night.md"),
    "export": page("export", EXPORTED, directory_export_dest="all.yml"),
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What Ansible shows of each of these; with --check, it is in the name."""
    folder = tmp_path_factory.mktemp("shown")
    tasks = [
        {"name": name, "ansible.builtin.debug": {"msg": about["msg"]}, "vars": {key: about[key] for key in about.keys() - {"msg"}}}
        for name, about in SHOWN.items()
    ]
    command = write_play(folder, tasks, {"tenant": {}}, vars_files=[f"{ROLE}/{part}/main.yml" for part in ("defaults", "vars")])
    found = {}
    for more in ([], ["--check"]):
        done = run([*command, *more], surroundings(folder), folder)
        assert done.returncode == 0, done.stdout + done.stderr
        for name, text in re.findall(r"TASK \[(.+)\] \*+\nok: \[tenant\] => (\{\n(?:.+\n)*\})", done.stdout):
            told = json.loads(text)["msg"]
            found[" ".join([name, *more])] = told if isinstance(told, str) else "\n".join(told)
    return found


def test_people_who_are_left_blank_are_not_given(shown: dict[str, str]) -> None:
    assert Path(shown["blank users"]).name == Path(shown["blank groups"]).name == "state"
    assert shown["blank groups, users"] == LEFT_OUT


def test_the_page_of_a_plan_says_how_to_do_it(shown: dict[str, str]) -> None:
    by_file = ", and -e directory_apply_plan=plan.json, does just this or nothing"
    wanted = {
        "plan": " with apply in the place of plan",
        "plan --check": " with apply in the place of plan and without --check",
        "plan, path": f" with apply in the place of plan{by_file}",
        "plan, path --check": f" with apply in the place of plan and without --check{by_file}",
        "apply --check": " without --check",
    }
    last = {name: shown[name].splitlines()[-1] for name in wanted}
    assert last == {name: f"To do it: the same command{text}" for name, text in wanted.items()}
    assert "To do it" not in shown["apply"]


def test_a_path_that_is_blank_is_no_path(shown: dict[str, str]) -> None:
    assert shown["plan, blank path"] == shown["plan"]
    assert "None" not in shown["plan, blank path"]


def test_drift_says_which_report_it_writes(shown: dict[str, str]) -> None:
    assert "no report: directory_report_path is that of plan and apply, and directory_drift_report_path that of drift" in shown["drift"]


def test_the_page_of_an_export_says_when_its_promise_does_not_hold(shown: dict[str, str]) -> None:
    (promise,) = [line for line in shown["export"].splitlines() if "finds nothing to do" in line]
    assert promise.endswith("and directory_protected_users names nobody who is disabled: that would be an error.")


@pytest.mark.parametrize("name", ["directory", "export", "drift"])
def test_whoever_writes_files_looks_first_whether_they_are_its_own(name: str) -> None:
    tasks = read(ROLE / f"tasks/{name}.yml")
    (own,) = [number for number, task in enumerate(tasks) if task.get("ansible.builtin.import_tasks") == "own_files.yml"]
    assert not [task for task in tasks[:own] if "ansible.builtin.import_tasks" not in task]


def test_no_tenant_overwrites_the_file_of_another(tmp_path: Path) -> None:
    """Wherever the path was given, and however it is spelled: variables of the play and of the task are in no hostvars."""
    given = {
        "directory_drift_report_path": "{{ '.' if inventory_hostname == 'one' else playbook_dir }}/drift.md",
        "directory_report_path": "{{ inventory_hostname }}.md",
        "directory_progress_path": None,
    }
    task = {"ansible.builtin.import_role": {"name": "scimops.zscaler_one.directory", "tasks_from": "drift"}, "vars": given}
    command = write_play(tmp_path, [task], {"one": {}, "two": {}}, vars={"directory_plan_path": "plan.json"})
    done = run(command, surroundings(tmp_path), tmp_path)
    wanted = f"Several tenants would write the same file: {tmp_path.resolve()}/plan.json, {tmp_path.resolve()}/drift.md. Give each its own"
    assert wanted in done.stdout, done.stdout + done.stderr
    assert "one.md" not in done.stdout
    assert "TASK [scimops.zscaler_one.directory : Compare]" not in done.stdout
