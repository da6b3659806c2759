# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules document is what they do: every key of a result is described, every example is accepted."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
import yaml
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.scimops.zscaler_one.plugins.doc_fragments import _entra, _entra_application, _entra_job
from ansible_collections.scimops.zscaler_one.plugins.module_utils._drift.model import CATEGORIES
from ansible_collections.scimops.zscaler_one.plugins.modules import scim_drift_info

from .conftest import MODULES

PREFIX = "scimops.zscaler_one."
ALL = sorted(path.stem for path in (Path(__file__).parents[4] / "plugins" / "modules").glob("*.py") if path.stem != "__init__")
TASKS = [
    ("scim_user", {"user_name": "ada@corp.example", "display_name": "Ada", "groups": ["Engineering"]}),
    ("scim_user", {"user_name": "eve@other.example"}),
    ("scim_user", {"user_name": "nonsense"}),
    ("scim_group", {"display_name": "Sales"}),
    ("scim_membership", {"group": "Engineering", "members": ["bob@corp.example"]}),
    ("scim_membership", {"group": "Crowd", "members": [], "state": "exact"}),
    (
        "scim_directory",
        {"users": [{"user_name": "ada@corp.example"}], "groups": [{"display_name": "Sales", "members": ["ada@corp.example"]}]},
    ),
    ("scim_drift_info", {"users": [{"user_name": "ada@corp.example"}]}),
    ("scim_user_info", {}),
    ("scim_group_info", {"with_members": True}),
    ("scim_service_info", {}),
    ("scim_export", {"dest": "tenant.yml"}),
]
SCIM_MODULES = [module for module in ALL if module.startswith("scim_")]
USUAL = dict(reversed(TASKS))
"""The first options of each module."""
EXACT = {"group": "Crowd", "members": [], "state": "exact"}
LISTING = {
    **{module: USUAL[module] for module in ("scim_directory", "scim_drift_info", "scim_export", "scim_user_info", "scim_group_info")},
    "scim_membership": EXACT,
}
"""What reads all pages, and cannot go on where they contradict each other."""
REMOVING = {
    "scim_user": {"user_name": "bob@corp.example", "state": "absent"},
    "scim_membership": EXACT,
    "scim_directory": {"users": [{"user_name": "bob@corp.example", "state": "absent"}]},
}
"""What the brake stops."""
ALWAYS = {"changed", "failed", "msg", "invocation", "warnings", "reads", "writes"}


def undocumented(result, described, path=""):
    """The paths of keys that are not described; a description without `contains` covers all below it."""
    found = []
    for name, value in result.items():
        if name not in described:
            found.append(path + name)
        elif "contains" in described[name]:
            for item in value if isinstance(value, list) else [value] if value is not None else []:
                found += undocumented(item, described[name]["contains"], f"{path}{name}.")
    return found


@pytest.fixture
def crowd(tenant, tmp_path, monkeypatch):
    """A tenant with eleven users and two groups, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    names = [f"user{number}@corp.example" for number in range(9)]
    tenant.sandbox.seed(
        users=[{"userName": name} for name in ["bob@corp.example", *names]],
        groups=[{"displayName": "Engineering"}, {"displayName": "Crowd", "members": names}],
    )
    return tenant


def not_described(module, result):
    """The paths of keys of this result that the module does not describe."""
    described = yaml.safe_load(importlib.import_module(f"{MODULES}.{module}").RETURN)
    return undocumented({name: value for name, value in result.items() if name not in ALWAYS}, described)


@pytest.mark.parametrize(("module", "options"), TASKS)
def test_every_key_of_the_result_is_described(crowd, module, options):
    assert not_described(module, crowd.run(module, diff=True, **options)) == []


@pytest.mark.parametrize("module", SCIM_MODULES)
def test_every_key_of_a_failed_result_is_described(crowd, module):
    wrong = crowd.run(module, **{**USUAL[module], "page_size": 0})
    assert wrong["problems"]
    assert not_described(module, wrong) == []
    failed = crowd.run(module, **{**USUAL[module], "bearer_token": "not-a-real-token"})
    assert failed.get("failed") or module == "scim_service_info"
    assert not_described(module, failed) == []


@pytest.mark.parametrize("module", LISTING)
def test_every_key_of_a_refused_result_is_described(crowd, module):
    crowd.sandbox.faults.add({"method": "GET", "filtered": False}, {"kind": "start_index_ignored"}, 0)
    refused = crowd.run(module, diff=True, page_size=1, **LISTING[module])
    assert refused["refused"]["listing"] == "suspect"
    assert "operations" not in refused
    assert not_described(module, refused) == []


@pytest.mark.parametrize("module", REMOVING)
def test_with_the_brake_comes_what_would_have_been_done(crowd, module):
    refused = crowd.run(module, diff=True, removal_limit={"floor": 0, "count": 0}, **REMOVING[module])
    assert list(refused["refused"]) == ["brake"]
    assert refused["operations"]
    assert not_described(module, refused) == []


def example_tasks(module):
    """The name of a module and its options, for each of our tasks in the examples of a module, defaults of their play or block included."""
    found = []

    def search(tasks, defaults):
        for task in tasks:
            inner = {**defaults, **task.get("module_defaults", {})}
            search([*task.get("block", []), *task.get("tasks", [])], inner)
            group = next((rules for name, rules in inner.items() if name.startswith("group/" + PREFIX)), {})
            found.extend(
                (name.removeprefix(PREFIX), {**group, **inner.get(name, {}), **(options or {})})
                for name, options in task.items()
                if name.startswith(PREFIX)
            )

    search(yaml.safe_load(importlib.import_module(f"{MODULES}.{module}").EXAMPLES), {})
    return found


class Seen(Exception):
    """The arguments with which a module would begin."""


def refusals(module, options, monkeypatch):
    """What `AnsibleModule` has against these options, given the argument spec and the rules with which the module really begins."""

    def begin(_module, **rules):
        raise Seen({name: value for name, value in rules.items() if name != "supports_check_mode"})

    monkeypatch.setattr(AnsibleModule, "__init__", begin)
    monkeypatch.setenv("ZSCALER_ONE_SCIM_BASE_URL", "https://scim.zscalerone.net/1234567/098/scim")
    with pytest.raises(Seen) as seen:
        importlib.import_module(f"{MODULES}.{module}").main()
    return ArgumentSpecValidator(**seen.value.args[0]).validate(options).error_messages


@pytest.mark.parametrize("module", ALL)
def test_every_example_is_accepted(module, monkeypatch):
    tasks = example_tasks(module)
    assert module in [name for name, _options in tasks]
    assert [(name, refused) for name, options in tasks if (refused := refusals(name, options, monkeypatch))] == []


def test_an_example_that_a_module_would_not_take_is_seen(monkeypatch):
    assert refusals("scim_user", {"bearer_token": "x"}, monkeypatch)
    assert refusals("entra_gallery_app", {"service_principal_id": "x"}, monkeypatch)
    assert refusals("entra_app_assignment", {"display_name": "x"}, monkeypatch)
    assert refusals("entra_provision_on_demand", {"display_name": "x"}, monkeypatch)


CHANGING = ("scim_user", "scim_group", "scim_membership", "scim_directory")
OWN = {"scim_user": {"user"}, "scim_group": {"group"}, "scim_membership": {"membership", "protected"}, "scim_directory": {"protected"}}
OWN["scim_directory"] |= {"unverifiable", "listing", "stopped", "left"}
DIFFERING = {("operations_omitted", "description"), ("failures", "contains", "source", "description")}
"""What may be said in other words: which option sets the limit, and where an entry may stand."""


def told(described, path=()):
    """A RETURN block without what each module may say in its own way: samples, and the places in `DIFFERING`."""
    return {
        name: told(value, (*path, name)) if isinstance(value, dict) else value
        for name, value in described.items()
        if name != "sample" and (*path, name) not in DIFFERING
    }


def test_the_changing_modules_describe_what_they_share_in_the_same_words():
    blocks = {module: told(yaml.safe_load(importlib.import_module(f"{MODULES}.{module}").RETURN)) for module in CHANGING}
    shared = {module: {name: value for name, value in block.items() if name not in OWN[module]} for module, block in blocks.items()}
    for module in CHANGING:
        assert OWN[module] <= blocks[module].keys()
        assert shared[module].keys() == shared["scim_user"].keys(), module
        for name, value in shared[module].items():
            assert value == shared["scim_user"][name], (module, name)


def test_the_documentation_of_drift_names_every_category():
    told = yaml.safe_load(scim_drift_info.RETURN)
    assert tuple(re.findall(r"V\((\w+)\)", told["drift"]["contains"]["category"]["description"])) == CATEGORIES
    for counts in told["summary"]["sample"].values():
        assert tuple(counts) == CATEGORIES


OTHERWISE = {"consistency_timeout", "display_name"}
"""Suboptions that mean something else where nothing is written."""


def test_the_connection_within_drift_is_documented_as_that_of_the_entra_modules():
    """A fragment cannot describe suboptions, so that the text stands twice."""
    fragments = [yaml.safe_load(one.ModuleDocFragment.DOCUMENTATION)["options"] for one in (_entra, _entra_application, _entra_job)]
    wanted = {name: option for options in fragments for name, option in options.items()}
    told = yaml.safe_load(scim_drift_info.DOCUMENTATION.replace("O(entra.", "O("))["options"]["entra"]["suboptions"]
    assert told.keys() - wanted.keys() == {"logs_since", "logs_limit"}
    for name in wanted.keys() - OTHERWISE:
        assert told[name] == wanted[name], name
