# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who the people in the options are stays out of the target's system log and out of `invocation`, in every module."""

from __future__ import annotations

import importlib
import json
import secrets
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils import basic
from ansible.module_utils.testing import patch_module_args
from ansible_collections.scimops.zscaler_one.plugins.module_utils import _arguments, _entra_arguments
from ansible_collections.scimops.zscaler_one.plugins.module_utils._discreet import NOT_SHOWN, DiscreetModule, logged_options

MODULES = "ansible_collections.scimops.zscaler_one.plugins.modules"
NAMES = sorted(path.stem for path in Path(str(importlib.import_module(MODULES).__path__[0])).glob("*_*.py"))
SECRET = "not-a-real-token-" + secrets.token_hex(8)
CANARY = "canary-" + secrets.token_hex(4)
PEOPLE = [{"user_name": f"{CANARY}-{number}@corp.example"} for number in range(200)]
OPTIONS: dict[str, t.Any] = {
    "users": {"type": "list", "elements": "dict"},
    "user_name": {"type": "str"},
    "email": {"type": "str"},
    "bearer_token": {"type": "str", "no_log": True},
    "base_url": {"type": "str"},
    "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
    "page_size": {"type": "int", "default": 1000},
    "active": {"type": "bool"},
    "scope": {"type": "dict"},
    "entra": {"type": "dict", "options": {"tenant_id": {"type": "str"}, "client_secret": {"type": "str", "no_log": True}}},
    "keys": {"type": "list", "elements": "dict", "options": {"name": {"type": "str"}, "key": {"type": "str", "no_log": True}}},
}
GIVEN = {
    "users": PEOPLE,
    "user_name": f"{CANARY}@corp.example",
    "email": "",
    "bearer_token": SECRET,
    "base_url": f"https://scim.example/?key={CANARY}",
    "scope": {"user_name_regex": CANARY},
}


@pytest.fixture
def system_log(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whatever AnsibleModule would hand to syslog or to the journal."""
    lines: list[str] = []
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.AnsibleModule, "_log_to_syslog", lambda _module, line: lines.append(line))
    return lines


def run(act: t.Callable[[DiscreetModule], None], capsys: pytest.CaptureFixture[str], **given: t.Any) -> dict[str, t.Any]:
    """What a module prints, as the controller starts it: with a C(no_log) of the task, which is false."""
    # ansible-core 2.21 gives no invocation unless it is asked to.
    switches = {"_ansible_inject_invocation": True} if "inject_invocation" in basic.PASS_VARS else {}
    with patch_module_args({**GIVEN, "_ansible_no_log": False, **switches, **given}), pytest.raises(SystemExit):
        act(DiscreetModule(OPTIONS, _arguments.PERSONAL, {}))
    answer: dict[str, t.Any] = json.loads(capsys.readouterr().out)
    return answer


@pytest.mark.parametrize("ending", ["exit_json", "fail_json"])
@pytest.mark.usefixtures("system_log")
def test_the_invocation_has_counts_in_the_place_of_people(ending: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = run(lambda module: getattr(module, ending)(msg="done"), capsys)
    told = answer["invocation"]["module_args"]
    assert (told["users"], told["user_name"], told["email"], told["active"]) == ("200 entries", NOT_SHOWN, "", None)
    assert (told["state"], told["scope"], told["bearer_token"]) == ("present", GIVEN["scope"], "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")
    assert SECRET not in json.dumps(answer)
    assert answer["msg"] == "done"


def test_a_mistyped_option_is_counted_too(capsys: pytest.CaptureFixture[str], system_log: list[str]) -> None:
    answer = run(lambda _module: None, capsys, usres=PEOPLE)
    assert "usres" in answer["msg"]
    assert answer["invocation"]["module_args"]["usres"] == "200 entries"
    assert system_log == []


ENTRA = {"tenant_id": "corp.example", "client_secret": None}
INNER = "not-a-real-secret-" + secrets.token_hex(8)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"tenant_id": "corp.example", "client_secert": INNER}, {**ENTRA, "client_secert": NOT_SHOWN}),
        ({"tenant_id": "corp.example", "client_secert": [INNER]}, {**ENTRA, "client_secert": "1 entry"}),
        ([INNER], "1 entry"),
        ([[INNER]], "1 entry"),
        pytest.param(INNER, NOT_SHOWN, id="text"),
        (17, NOT_SHOWN),
    ],
)
def test_no_secret_is_told_where_suboptions_are_wrong(
    capsys: pytest.CaptureFixture[str], system_log: list[str], given: t.Any, told: t.Any
) -> None:
    """A mistyped one may be a secret; and Ansible forgets the secrets of all options where one is none that has suboptions."""
    answer = run(lambda _module: None, capsys, entra=given)
    assert answer["failed"]
    assert "entra" in answer["msg"] or "dictionary requested" in answer["msg"]
    assert answer["invocation"]["module_args"]["entra"] == told
    printed = json.dumps([answer, system_log])
    assert "Traceback" not in printed
    assert INNER not in printed
    assert SECRET not in printed


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([{"name": "a", "keey": INNER}], [{"name": "a", "key": None, "keey": NOT_SHOWN}]),
        ([{"name": "a"}, 17], None),
        pytest.param(INNER, None, id="text"),
    ],
)
def test_nor_where_a_list_of_suboptions_is_wrong(
    capsys: pytest.CaptureFixture[str], system_log: list[str], given: t.Any, told: t.Any
) -> None:
    answer = run(lambda _module: None, capsys, keys=given)
    assert answer["failed"]
    assert told in (None, answer["invocation"]["module_args"]["keys"])
    printed = json.dumps([answer, system_log])
    assert INNER not in printed
    assert SECRET not in printed


def test_suboptions_that_are_right_are_shown(capsys: pytest.CaptureFixture[str], system_log: list[str]) -> None:
    answer = run(lambda module: module.exit_json(), capsys, entra={"client_secret": INNER}, keys=[{"name": "first", "key": INNER}])
    told = answer["invocation"]["module_args"]
    assert told["keys"] == [{"name": "first", "key": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}]
    assert told["entra"] == {"tenant_id": None, "client_secret": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}
    assert INNER not in json.dumps([answer, system_log])


def test_options_that_ansible_itself_refuses_are_not_repeated(capsys: pytest.CaptureFixture[str], system_log: list[str]) -> None:
    answer = run(lambda _module: None, capsys, state="gone")
    assert "state" in answer["msg"]
    assert answer["invocation"]["module_args"]["users"] == "200 entries"
    assert CANARY not in json.dumps(answer["msg"])
    assert not any(CANARY in line for line in system_log)


def test_the_system_log_gets_counts_numbers_and_choices_only(capsys: pytest.CaptureFixture[str], system_log: list[str]) -> None:
    def act(module: DiscreetModule) -> None:
        module.log(f"[WARNING] {CANARY} looks odd")  # as ansible-core 2.18 does for each warning
        module.exit_json()

    run(act, capsys, active=True)
    assert len(system_log) == 1
    assert CANARY not in system_log[0]
    assert SECRET not in system_log[0]
    for words in ("Invoked with", "users=200 entries", f"user_name={NOT_SHOWN}", "state=present", "page_size=1000", "active=True"):
        assert words in system_log[0]


def test_with_no_log_the_system_log_gets_nothing(capsys: pytest.CaptureFixture[str], system_log: list[str]) -> None:
    run(lambda module: module.exit_json(), capsys, _ansible_no_log=True)
    assert system_log == []


def test_one_entry_is_not_called_entries() -> None:
    assert logged_options({"users": [1], "groups": [], "src": None}, {}) == {"users": "1 entry", "groups": "0 entries"}


PEOPLE_OPTIONS = {
    "scim_directory": ("users", "groups", "protected_users"),
    "scim_drift_info": ("users", "groups", "protected_users"),
    "scim_user": (
        "user_name",
        "external_id",
        "id",
        "display_name",
        "given_name",
        "family_name",
        "email",
        "department",
        "groups",
        "new_user_name",
    ),
    "scim_group": ("display_name", "external_id", "id"),
    "scim_membership": ("members",),
    "scim_user_info": ("user_name", "external_id", "id", "filter"),
    "scim_group_info": ("filter",),
    "entra_app_assignment": ("assignments",),
    "entra_provision_on_demand": ("user", "members"),
    "entra_provisioning_log_info": ("user",),
    "entra_provisioning_settings": ("notification_email",),
    "entra_saml_sso": ("notification_emails",),
}


@pytest.mark.parametrize("module", NAMES)
def test_options_that_name_people_are_known(module: str) -> None:
    """A new option of a module whose name speaks of people must be in the list of its half, or here among those that do not."""
    innocent = {"entra_provisioning_mapping": {"users", "groups"}, "scim_group": {"previous_names"}}.get(module, set())
    words = ("user", "mail", "member", "people", "person", "name", "assignments")
    spec = importlib.import_module(f"{MODULES}.{module}")
    options = getattr(spec, "OPTIONS", {})
    half = _entra_arguments if module.startswith("entra") else _arguments
    speaking = {name for name, rules in options.items() if any(word in name for word in words) and rules["type"] in ("str", "list", "dict")}
    choices = {name for name, rules in options.items() if "choices" in rules}
    application = {"display_name"} if module.startswith("entra") else set()
    assert speaking - choices - innocent - application - half.PERSONAL == set()
    assert set(PEOPLE_OPTIONS.get(module, ())) <= half.PERSONAL & set(options)
