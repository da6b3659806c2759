# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the entra modules document is what they do: every key of a result is described, every example is accepted."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra_arguments import APPLICATION, ENTRA

from .conftest import MODULES
from .test_documentation import ALWAYS, PREFIX, undocumented

APP = {"display_name": "Zscaler One"}
TASKS = [
    ("entra_gallery_app", {"display_name": "Other"}),
    ("entra_gallery_app", {"state": "absent"}),
    ("entra_gallery_app", {"template": "Zscaler On"}),
    ("entra_app_assignment", {**APP, "assignments": [{"user": "ada@corp.example", "role": "User"}]}),
    ("entra_app_assignment", {**APP, "assignments": [{"user": "nobody", "role": "User"}]}),
    ("entra_app_assignment", {**APP, "assignments": [{"group": "Team", "role": "User"}], "state": "exact", "removal_limit": {"floor": 0}}),
    ("entra_saml_sso", {**APP, "identifier": "zscalerone.net", "claims": [{"name": "memberOf", "source": "user.assignedroles"}]}),
    ("entra_saml_sso", {**APP, "certificate_subject": "nonsense"}),
]
ENTRA_MODULES = sorted(path.stem for path in (Path(__file__).parents[4] / "plugins" / "modules").glob("entra_*.py"))


@pytest.mark.parametrize(("module", "options"), TASKS)
def test_every_key_of_the_result_is_described(entra, module, options):
    entra.seed("ada", "bob", groups=["Team"])
    entra.sandbox.entra.add_application("Zscaler One")
    entra.run("entra_app_assignment", **APP, assignments=[{"user": "bob@corp.example", "role": "User"}])
    result = entra.run(module, diff=True, **options)
    described = yaml.safe_load(importlib.import_module(f"{MODULES}.{module}").RETURN)
    assert undocumented({name: value for name, value in result.items() if name not in ALWAYS}, described) == []


@pytest.mark.parametrize("module", ENTRA_MODULES)
def test_every_example_is_accepted(module):
    tasks = yaml.safe_load(importlib.import_module(f"{MODULES}.{module}").EXAMPLES)
    ours = 0
    while tasks:
        task = tasks.pop()
        tasks += task.get("block", [])
        for name, options in task.items():
            if name.startswith(PREFIX):
                known = getattr(importlib.import_module(f"{MODULES}.{name.removeprefix(PREFIX)}"), "OPTIONS", {})
                spec = {**ENTRA, **APPLICATION, **{option: {**rules, "required": False} for option, rules in known.items()}}
                assert ArgumentSpecValidator(spec).validate(options or {}).error_messages == []
                ours += name == PREFIX + module
    assert ours


@pytest.mark.parametrize("module", ENTRA_MODULES)
def test_every_module_says_which_permission_it_needs(module):
    assert ".All" in importlib.import_module(f"{MODULES}.{module}").DOCUMENTATION
