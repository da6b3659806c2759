# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the entra modules document is what they do: every key of a result is described, and what they share in the same words."""

from __future__ import annotations

import importlib

import pytest
import yaml
from ansible_collections.scimops.zscaler_one.plugins.doc_fragments._attributes import ModuleDocFragment

from .conftest import MODULES
from .provisioning import NAME, Provisioning
from .test_documentation import ALL, ALWAYS, told, undocumented

APP = {"display_name": NAME}
UNKNOWN = {"service_principal_id": "0a1b2c3d-0000-4000-8000-000000000001"}
ADA = {"assignments": [{"user": "ada@corp.example", "role": "User"}]}
MAPPING = {"users": {"attribute_mappings": [{"target": "displayName", "source": "givenName"}]}}
TASKS = [
    ("gallery_app", {"display_name": "Other"}),
    ("gallery_app", {"state": "absent"}),
    ("gallery_app", {"template": "Zscaler On"}),
    ("app_assignment", {**APP, **ADA}),
    ("app_assignment", {**APP, "assignments": [{"user": "nobody", "role": "User"}]}),
    ("app_assignment", {**APP, "assignments": [{"group": "Team", "role": "User"}], "state": "exact", "removal_limit": {"floor": 0}}),
    ("saml_sso", {**APP, "identifier": "zscalerone.net", "claims": [{"name": "memberOf", "source": "user.assignedroles"}]}),
    ("saml_sso", {**APP, "notification_emails": ["nonsense"]}),
    ("provisioning_settings", {**APP, "tenant_url": "{base_url}", "secret_token": "{token}", "notification_email": "it@corp.example"}),
    ("provisioning_settings", {**APP, "tenant_url": "{base_url}", "secret_token": "not-the-token"}),
    ("provisioning_settings", {**APP, "deletion_threshold": -1}),
    ("provisioning_job", {**APP, "state": "started"}),
    ("provisioning_job", {**APP, "state": "started", "wait_for": "initial_cycle", "wait_timeout": 20}),
    ("provisioning_job", {**APP, "state": "absent"}),
    ("provisioning_job", {**APP, "reset_scope": ["escrows"]}),
    ("provisioning_mapping", {**APP, **MAPPING}),
    ("provisioning_mapping", {**APP, "users": {"attribute_mappings": [{"target": "nonsense", "source": "givenName"}]}}),
    ("provisioning_test", APP),
    ("provisioning_test", {**APP, "tenant_url": "{base_url}"}),
    ("provision_on_demand", {**APP, "user": "bob@corp.example"}),
    ("provision_on_demand", {**APP, "user": "nobody@corp.example"}),
    ("permission_info", {"needs": ["assign"]}),
    ("permission_info", {"graph_url": "https://<graph>"}),
    ("provisioning_info", APP),
    ("provisioning_info", UNKNOWN),
    ("provisioning_log_info", APP),
    ("provisioning_log_info", {**APP, "limit": -1}),
]
ENTRA_MODULES = [module for module in ALL if module.startswith("entra_")]
WITHOUT_DIFF = {
    "entra_permission_info",
    "entra_provisioning_test",
    "entra_provision_on_demand",
    "entra_provisioning_info",
    "entra_provisioning_log_info",
}
INFO = "scimops.zscaler_one._attributes.info_module"
SHARED = ("requests", "problems")


def described(module):
    """The RETURN block of a module."""
    return yaml.safe_load(importlib.import_module(f"{MODULES}.{module}").RETURN)


def diff_support(module):
    """What a module says of C(--diff), itself or with the words that all info modules have."""
    documentation = yaml.safe_load(importlib.import_module(f"{MODULES}.{module}").DOCUMENTATION)
    inherited = yaml.safe_load(ModuleDocFragment.INFO_MODULE) if INFO in documentation["extends_documentation_fragment"] else documentation
    return {**inherited["attributes"], **documentation.get("attributes", {})}["diff_mode"]["support"]


def filled(world, options):
    """Options with the sandbox's address and token in their places."""
    places = {"{base_url}": world.sandbox.base_url, "{token}": world.sandbox.token}
    return {name: places.get(value, value) if isinstance(value, str) else value for name, value in options.items()}


@pytest.fixture
def world(entra):
    """An application that provisions Bob, with a job and its logs; Ada is not assigned."""
    entra.seed("ada", "bob", groups=["Team"])
    world = Provisioning(entra)
    entra.run("entra_app_assignment", **APP, assignments=[{"user": "bob@corp.example", "role": "User"}])
    entra.run("entra_provisioning_job", **APP, state="started")
    world.sandbox.entra.cycle()
    return world


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(("module", "options"), TASKS)
def test_every_key_of_the_result_is_described(world, module, options, check):
    result = world.entra.run(f"entra_{module}", check=check, diff=True, **filled(world, options))
    assert "Traceback" not in result.get("msg", "")
    assert undocumented({name: value for name, value in result.items() if name not in ALWAYS}, described(f"entra_{module}")) == []


@pytest.mark.parametrize("module", ENTRA_MODULES)
def test_every_key_of_a_failed_result_is_described(entra, module):
    options = filled(entra, next(options for name, options in TASKS if f"entra_{name}" == module))
    result = entra.run(module, **{**options, "access_token": "not-a-real-token"})
    assert result.get("failed") or module == "entra_permission_info"
    assert undocumented({name: value for name, value in result.items() if name not in ALWAYS}, described(module)) == []


def test_the_table_makes_every_module_succeed_and_complain(world):
    assert {f"entra_{module}" for module, _options in TASKS} == set(ENTRA_MODULES)
    assert world.entra.run("entra_provisioning_log_info", **APP)["logs"]
    assert world.entra.run("entra_provisioning_info", **APP)["provisioning"]["last_cycle"]
    assert world.entra.run("entra_provisioning_log_info", **APP, limit=-1)["problems"]


@pytest.mark.parametrize("module", ENTRA_MODULES)
def test_a_module_says_of_diff_what_it_does(world, module):
    options = next(options for name, options in TASKS if f"entra_{name}" == module)
    result = world.entra.run(module, check=True, diff=True, **filled(world, options))
    assert not result.get("failed"), result
    has_diff = module not in WITHOUT_DIFF
    assert ("diff" in result, "diff" in described(module), diff_support(module) == "full") == (has_diff, has_diff, has_diff)


@pytest.mark.parametrize("module", sorted({*ENTRA_MODULES} - WITHOUT_DIFF - {"entra_gallery_app"}))
def test_a_diff_names_the_application_although_its_id_was_given(world, module):
    options = next(options for name, options in TASKS if f"entra_{name}" == module)
    by_id = {"service_principal_id": world.app.principal_id, "display_name": "", "state": "paused"}
    mine = {name: value for name, value in {**options, **by_id}.items() if name != "state" or module == "entra_provisioning_job"}
    diff = world.entra.run(module, check=True, diff=True, **filled(world, mine))["diff"]
    assert (diff["before_header"], diff["after_header"]) == (f"{NAME} (before)", f"{NAME} (after)")


def test_the_modules_describe_what_they_share_in_the_same_words():
    blocks = {module: {name: told(described(module)[name]) for name in SHARED} for module in ENTRA_MODULES}
    assert len(blocks) == 11
    assert {module: block for module, block in blocks.items() if block != blocks["entra_saml_sso"]} == {}


def test_nothing_is_taken_for_described_that_is_not():
    assert undocumented({"a": [{"b": 1}], "c": None}, {"a": {"contains": {}}, "c": {"contains": {"d": {}}}}) == ["a.b"]
