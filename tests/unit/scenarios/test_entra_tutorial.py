# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No step of Microsoft's tutorial is missing: README.md, the role, its README and the integration target name the same steps."""

from __future__ import annotations

import importlib
import re
import typing as t
from pathlib import Path

import jinja2
import pytest
import yaml
from ansible.module_utils.parsing.convert_bool import boolean

ROOT = Path(__file__).resolve().parents[3]
ROLE = ROOT / "roles/entra_provisioning"
STEPS = [
    "gallery_add",
    "decide_assignments",
    "assign_role",
    "04_automatic",
    "05_credentials",
    "06_zscaler_side",
    "07_test_connection",
    "08_notification",
    "09_save",
    "10_user_mapping",
    "12_group_mapping",
    "14_scoping_filters",
    "15_status_on",
    "16_scope",
    "17_save_and_start",
    "monitor",
    "single_sign_on",
]
NAMES = {re.sub(r"^\d+_", "", step) for step in STEPS}
NOT_OF_THE_TUTORIAL = {"pilot"}
NOTHING_TO_DO = {"open_provisioning"}
# Variables of the role that no module has by that name.
OF_THE_ROLE = {"check_permissions", "assignments_state", "mapping_mode", "single_sign_on", "pilot_user", "check_zscaler", "fail_on_trouble"}
PREFIX = "entra_provisioning_"
Json = dict[str, t.Any]


def read(path: Path) -> t.Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def tags(tasks: list[Json]) -> set[str]:
    """All tags of tasks and of the tasks in their blocks."""
    found: set[str] = set()
    for task in tasks:
        found |= set(task.get("tags", [])) | tags(task.get("block", []))
    return found


def role_tags() -> set[str]:
    return {tag for path in (ROLE / "tasks").glob("*.yml") for tag in tags(read(path))}


def test_the_readme_names_every_step() -> None:
    rows = re.findall(r"^\| (?:[\d-]+ )?`(\w+)`: .* \| .* \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(NAMES | NOTHING_TO_DO)


def test_every_step_is_a_tag_of_the_role() -> None:
    assert role_tags() - {"always"} == NAMES | NOT_OF_THE_TUTORIAL


def test_the_readme_of_the_role_has_its_files_and_tags() -> None:
    rows = re.findall(r"^\| `(\w+[.]yml)` \| (.*?) \|", (ROLE / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert {name for name, _tags in rows} == {path.name for path in (ROLE / "tasks").glob("*.yml")} - {"main.yml"}
    assert {tag for _name, row in rows for tag in re.findall(r"`(\w+)`", row)} == role_tags() - {"always"}


def test_every_step_is_tested_under_its_name() -> None:
    folder = ROOT / "tests/integration/targets/entra_tutorial/tasks"
    (play,) = read(folder / "main.yml")
    (connected,) = [task for task in play["block"] if "module_defaults" in task]
    (each,) = connected["block"]
    assert each["loop"] == [f"step_{step}" for step in STEPS]
    for name in each["loop"]:
        asserted = [task["ansible.builtin.assert"]["that"] for task in read(folder / f"{name}.yml") if "ansible.builtin.assert" in task]
        assert any(asserted), f"{name} asserts nothing"


def specification() -> Json:
    options: Json = read(ROLE / "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    return {name.removeprefix(PREFIX): option for name, option in options.items()}


def options_of(module: str) -> Json:
    options: Json = importlib.import_module(f"ansible_collections.scimops.zscaler_one.plugins.modules.{module}").OPTIONS
    return options


def shape(option: Json) -> Json:
    """Type, elements, choices and options of one option, and of those below it; not its words."""
    found = {key: option[key] for key in ("type", "elements", "choices", "required", "no_log") if option.get(key)}
    if option.get("options"):
        found["options"] = {name: shape(inner) for name, inner in option["options"].items()}
    return found


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("entra_gallery_app", {"display_name", "template", "allow_second"}),
        ("entra_app_assignment", {"assignments", "migrate_default_access", "migration_role"}),
        (
            "entra_provisioning_settings",
            {
                *("tenant_url", "secret_token", "update_secret", "scope", "notification_email", "notify_on_failure"),
                *("deletion_threshold", "skip_out_of_scope_deletions", "allow_empty_scope"),
            },
        ),
        ("entra_provisioning_mapping", {"users", "groups"}),
        ("entra_provisioning_job", {"wait_for", "wait_timeout", "wait_interval", "allow_held_deletes"}),
    ],
)
def test_the_role_takes_what_the_modules_take(module: str, names: set[str]) -> None:
    mine, theirs = specification(), options_of(module)
    # A variable that is not set leaves out its step, so none is required.
    assert {name: shape(mine[name]) for name in names} == {name: shape({**theirs[name], "required": False}) for name in names}


def test_single_sign_on_has_the_options_of_its_module() -> None:
    mine = shape(specification()["single_sign_on"])["options"]
    assert mine == {name: shape(option) for name, option in options_of("entra_saml_sso").items()}


def test_the_role_has_the_whole_connection() -> None:
    entra = importlib.import_module("ansible_collections.scimops.zscaler_one.plugins.module_utils._entra_arguments").ENTRA
    for name in ("main", "status"):
        (block,) = read(ROLE / f"tasks/{name}.yml")
        assert block["module_defaults"] == {"group/scimops.zscaler_one.entra": f"{{{{ __{PREFIX}connection }}}}"}
    assert read(ROLE / "vars/main.yml")[f"__{PREFIX}connection"] == {name: f"{{{{ {PREFIX}{name} | default(omit) }}}}" for name in entra}
    mine = specification()
    assert {name: shape(mine[name]) for name in entra} == {name: shape(entra[name]) for name in entra}


def test_every_default_is_specified_and_every_variable_is_used() -> None:
    mine = specification()
    defaults = {name.removeprefix(PREFIX): value for name, value in read(ROLE / "defaults/main.yml").items()}
    assert defaults == {name: option["default"] for name, option in mine.items() if "default" in option}
    text = "".join(path.read_text(encoding="utf-8") for path in [*ROLE.rglob("tasks/*.yml"), *ROLE.rglob("vars/*.yml")])
    assert {name for name in mine if not re.search(rf"\b{PREFIX}{name}\b", text)} == set()
    assert set(re.findall(rf"(?<![._a-z]){PREFIX}(\w+)", text)) - set(mine) == {"operations"}  # the fact that it leaves


def needs(*tags: str, skipped: tuple[str, ...] = (), **variables: t.Any) -> set[str]:
    """What the role asks the client's token for before it begins, run with these tags."""
    environment = jinja2.Environment(trim_blocks=True)
    environment.filters |= {"intersect": lambda one, other: [item for item in one if item in other], "bool": boolean}
    template = environment.from_string((ROLE / "templates/needs.txt.j2").read_text(encoding="utf-8"))
    given = {f"{PREFIX}{name}": value for name, value in {"state": "started", **variables}.items()}
    return set(template.render(ansible_run_tags=tags or ("all",), ansible_skip_tags=skipped, **given).split())


ADA = [{"user": "ada@corp.example", "role": "User"}]
USUAL = {"find_application", "add_application", "provision", "watch", "read_logs"}


@pytest.mark.parametrize(
    ("tags", "variables", "expected"),
    [
        ((), {}, USUAL),
        ((), {"assignments": ADA, "pilot_user": "ada@corp.example"}, {*USUAL, "assign", "find_users"}),
        ((), {"assignments": [{"group": "Team"}]}, {*USUAL, "assign", "find_groups"}),
        ((), {"assignments": [{"id": "1"}]}, {*USUAL, "assign"}),
        ((), {"migrate_default_access": True, "assignments": []}, {*USUAL, "assign"}),
        ((), {"single_sign_on": {"mode": "saml"}}, {*USUAL, "single_sign_on"}),
        ((), {"single_sign_on": {"claims": []}}, {*USUAL, "single_sign_on", "claims"}),
        ((), {"migrate_default_access": "false"}, USUAL),
        (("monitor",), {"assignments": ADA, "pilot_user": "ada"}, {"find_application", "watch", "read_logs"}),
        (("decide_assignments",), {"assignments": ADA}, {"find_application", "assign", "find_users"}),
        (("decide_assignments",), {"pilot_user": "ada"}, {"find_application", "find_users", "provision"}),
        (("decide_assignments",), {"pilot_user": "ada", "state": "paused"}, {"find_application"}),
        (("user_mapping",), {}, {"find_application"}),
        (("user_mapping",), {"users": {}}, {"find_application", "provision"}),
        (("zscaler_side",), {}, {"find_application"}),
        (("status_on",), {"state": "present"}, {"find_application"}),
        *(((tag,), {}, {"find_application", "provision"}) for tag in ("automatic", "scope", "notification", "save", "status_on")),
        *(((tag,), {}, {"find_application", "provision"}) for tag in ("credentials", "test_connection", "save_and_start")),
    ],
)
def test_the_role_asks_for_the_permissions_of_the_steps_that_it_takes(tags: tuple[str, ...], variables: Json, expected: set[str]) -> None:
    assert needs(*tags, **variables) == expected


def test_what_is_skipped_needs_nothing() -> None:
    assert needs(skipped=("monitor", "gallery_add")) == {"find_application", "provision"}


def conditions(task: Json) -> t.Iterator[str]:
    """What decides whether a task runs, and whether an assertion holds."""
    for found in (task.get("when", []), task.get("until", []), (task.get("ansible.builtin.assert") or {}).get("that", [])):
        yield from (str(one) for one in (found if isinstance(found, list) else [found]))


def test_false_on_the_command_line_is_false() -> None:
    switches = {name for name, option in specification().items() if option["type"] == "bool"}
    tasks = [task for path in ROLE.rglob("tasks/*.yml") if path.name != "main.yml" for task in read(path)]
    used = [(name, text) for task in tasks for text in conditions(task) for name in switches if re.search(rf"\b{PREFIX}{name}\b", text)]
    assert {"check_permissions", "check_zscaler", "fail_on_trouble"} <= {name for name, _text in used}
    # -e name=false gives a text, which Ansible takes for true, or from 2.19 on for an error.
    assert [text for name, text in used if not re.search(rf"\b{PREFIX}{name}( \| default\(\w+\))? \| bool\b", text)] == []
