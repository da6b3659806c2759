# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules document is what they do: every key of a result is described, every example is accepted."""

from __future__ import annotations

import importlib

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.scimops.zscaler_one.plugins.module_utils._arguments import SCIM

from .conftest import MODULES

PREFIX = "scimops.zscaler_one."
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
    ("scim_user_info", {}),
    ("scim_group_info", {"with_members": True}),
    ("scim_service_info", {}),
]
ALWAYS = {"changed", "failed", "msg", "invocation", "warnings", "reads", "writes"}


def undocumented(result, described, path=""):
    """The paths of keys that are not described; a description without `contains` covers all below it."""
    found = []
    for name, value in result.items():
        if name not in described:
            found.append(path + name)
        elif "contains" in described[name]:
            for item in value if isinstance(value, list) else [value]:
                found += undocumented(item, described[name]["contains"], f"{path}{name}.")
    return found


@pytest.mark.parametrize(("module", "options"), TASKS)
def test_every_key_of_the_result_is_described(tenant, module, options):
    names = [f"user{number}@corp.example" for number in range(9)]
    tenant.sandbox.seed(
        users=[{"userName": name} for name in ["bob@corp.example", *names]],
        groups=[{"displayName": "Engineering"}, {"displayName": "Crowd", "members": names}],
    )
    result = tenant.run(module, diff=True, **options)
    described = yaml.safe_load(importlib.import_module(f"{MODULES}.{module}").RETURN)
    assert undocumented({name: value for name, value in result.items() if name not in ALWAYS}, described) == []


@pytest.mark.parametrize("module", sorted({module for module, _options in TASKS}))
def test_every_example_is_accepted(module):
    tasks = yaml.safe_load(importlib.import_module(f"{MODULES}.{module}").EXAMPLES)
    ours = 0
    while tasks:
        task = tasks.pop()
        tasks += task.get("block", [])
        for name, options in task.items():
            if name.startswith(PREFIX):
                known = getattr(importlib.import_module(f"{MODULES}.{name.removeprefix(PREFIX)}"), "OPTIONS", {})
                spec = {**{option: {**rules, "required": False} for option, rules in SCIM.items()}, **known}
                assert ArgumentSpecValidator(spec).validate(options or {}).error_messages == []
                ours += name == PREFIX + module
    assert ours


CHANGING = ("scim_user", "scim_group", "scim_membership", "scim_directory")
OWN = {"scim_user": {"user"}, "scim_group": {"group"}, "scim_membership": {"membership", "protected"}, "scim_directory": {"protected"}}
OWN["scim_directory"] |= {"unverifiable", "listing"}
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
