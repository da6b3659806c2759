# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each entra module with exactly the permissions of Microsoft Graph that its notes name: they are enough, and none is too many."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path

import pytest
import yaml

from .conftest import MODULES
from .provisioning import NAME, Provisioning
from .test_entra_documentation import ENTRA_MODULES

README = Path(__file__).parents[4] / "README.md"
NAMED = re.compile(r"\b[A-Z]\w+(?:\.\w+)*\.(?:All|OwnedBy|ApplicationConfiguration)\b")
READ, OWNED, ALL = "Application.Read.All", "Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"
READ_SYNC, SYNC, LOGS = "Synchronization.Read.All", "Synchronization.ReadWrite.All", "AuditLog.Read.All"
ASSIGN, PEOPLE, GROUPS = "AppRoleAssignment.ReadWrite.All", "User.ReadBasic.All", "GroupMember.Read.All"
READ_POLICY, WRITE_POLICY = "Policy.Read.All", "Policy.ReadWrite.ApplicationConfiguration"

APP = {"display_name": NAME}
ADA = {**APP, "assignments": [{"user": "ada@corp.example", "role": "User"}, {"group": "Team", "role": "User"}]}
NEW_ROLE = {**APP, "assignments": [], "migrate_default_access": True, "migration_role": "Member"}
CLAIMS = {**APP, "claims": [{"name": "memberOf", "source": "user.assignedroles"}]}
DIRECT = {**APP, "users": {"attribute_mappings": [{"target": "displayName", "source": "givenName"}]}}
FORMULA = {**APP, "users": {"attribute_mappings": [{"target": "displayName", "expression": "ToUpper([givenName])"}]}}
STORED = {**APP, "tenant_url": "{base_url}", "secret_token": "{token}", "scope": "all"}
RENEWED = {**STORED, "update_secret": "on_change"}
REAL, CHECK = False, True
UNUSABLE = {"entra_provisioning_job": {OWNED}}
"""What the notes name as not enough."""

ROWS = [
    ("gallery_app", {"display_name": "Other"}, REAL, {READ, OWNED}),
    ("gallery_app", {"display_name": "Other"}, REAL, {ALL}),
    ("gallery_app", {"display_name": "Other"}, CHECK, {READ}),
    ("gallery_app", {"state": "absent"}, REAL, {READ, OWNED}),
    ("app_assignment", ADA, REAL, {ASSIGN, READ, PEOPLE, GROUPS}),
    ("app_assignment", NEW_ROLE, REAL, {ASSIGN, READ, OWNED}),
    ("app_assignment", NEW_ROLE, REAL, {ASSIGN, READ, ALL}),
    ("app_assignment", ADA, CHECK, {READ, PEOPLE, GROUPS}),
    ("saml_sso", APP, REAL, {READ, OWNED}),
    ("saml_sso", APP, REAL, {ALL}),
    ("saml_sso", APP, CHECK, {READ}),
    ("saml_sso", CLAIMS, REAL, {READ, OWNED, READ_POLICY, WRITE_POLICY}),
    ("saml_sso", CLAIMS, REAL, {ALL, READ_POLICY, WRITE_POLICY}),
    ("saml_sso", CLAIMS, CHECK, {READ, OWNED, READ_POLICY}),
    ("saml_sso", CLAIMS, CHECK, {ALL, READ_POLICY}),
    ("provisioning_settings", STORED, REAL, {SYNC, READ}),
    ("provisioning_settings", STORED, CHECK, {SYNC, READ}),
    ("provisioning_settings", RENEWED, REAL, {SYNC, READ, OWNED}),
    ("provisioning_settings", RENEWED, REAL, {SYNC, READ, ALL}),
    ("provisioning_test", APP, REAL, {SYNC, READ}),
    ("provisioning_test", APP, CHECK, {SYNC, READ}),
    ("provisioning_job", {**APP, "state": "paused"}, REAL, {SYNC, READ}),
    ("provisioning_job", {**APP, "state": "absent"}, REAL, {SYNC, READ}),
    ("provisioning_job", {**APP, "state": "paused"}, CHECK, {READ_SYNC, READ}),
    ("provisioning_mapping", DIRECT, REAL, {SYNC, READ}),
    ("provisioning_mapping", DIRECT, CHECK, {READ_SYNC, READ}),
    ("provisioning_mapping", FORMULA, CHECK, {SYNC, READ}),
    ("provision_on_demand", {**APP, "user": "bob@corp.example"}, REAL, {SYNC, READ, PEOPLE}),
    ("provision_on_demand", {**APP, "group": "Team", "members": ["bob@corp.example"]}, REAL, {SYNC, READ, PEOPLE, GROUPS}),
    ("provision_on_demand", {**APP, "user": "bob@corp.example"}, CHECK, {READ_SYNC, READ, PEOPLE}),
    ("provisioning_info", APP, REAL, {READ_SYNC, READ}),
    ("provisioning_log_info", APP, REAL, {LOGS, READ_SYNC, READ}),
]


@pytest.fixture
def world(entra):
    """An application with a job that provisions Bob, and Carol in Default Access."""
    entra.seed("ada", "bob", "carol", groups=["Team"])
    world = Provisioning(entra)
    for user, role in (("bob", "User"), ("carol", "Default Access")):
        assignments = [{"user": f"{user}@corp.example", "role": role}]
        entra.run("entra_app_assignment", **APP, assignments=assignments, allow_default_access=True)
    entra.run("entra_provisioning_job", **APP, state="started")
    return world


def run(world, module, options, check, permissions):
    """The result for a client that was given just these permissions."""
    places = {"{base_url}": world.sandbox.base_url, "{token}": world.sandbox.token}
    given = {name: places.get(value, value) if isinstance(value, str) else value for name, value in options.items()}
    world.sandbox.switch(entra_permissions=sorted(permissions))
    return world.entra.run(f"entra_{module}", check=check, **given, consistency_timeout=1)


@pytest.mark.parametrize(("module", "options", "check", "permissions"), ROWS)
def test_what_the_notes_name_is_enough_and_nothing_is_too_much(world, module, options, check, permissions):
    # To write to applications lets a client read them, too; Application.Read.All is named for those of others.
    spare = {READ} if permissions & {OWNED, ALL} and ASSIGN not in permissions else set()
    # To write policies lets the owner read them, too.
    spare |= {READ_POLICY} if {OWNED, WRITE_POLICY} <= permissions else set()
    for name in sorted(permissions - spare, key=lambda name: (name not in (OWNED, ALL), name)):
        short = run(world, module, options, check, permissions - {name} or {"None.Read.All"})
        assert short.get("failed") or name in json.dumps(short["warnings"]), f"{name} is not needed"
    done = run(world, module, options, check, permissions)
    assert not done.get("failed"), done["msg"]
    assert "permission" not in json.dumps(done.get("warnings", []))


@pytest.mark.parametrize("module", ENTRA_MODULES)
def test_the_notes_name_what_the_table_has(module):
    notes = yaml.safe_load(importlib.import_module(f"{MODULES}.{module}").DOCUMENTATION)["notes"]
    assert any(note.startswith("Permissions for Microsoft Graph:") for note in notes)
    tried = set().union(*(row[3] for row in ROWS if f"entra_{row[0]}" == module))
    assert set(NAMED.findall(" ".join(notes))) - UNUSABLE.get(module, set()) == tried


def test_the_readme_names_the_permissions_of_each_step():
    steps = [row for row in README.read_text().splitlines() if row.count("|") == 6 and "`entra_" in row and "as step" not in row]
    assert len(steps) > 8
    for row in steps:
        _edge, _step, _options, modules, _requests, names, _edge = row.split("|")
        needed = set().union(*(least(module) for module in re.findall(r"`entra_(\w+)`", modules)))
        if "saml_sso" in modules:
            needed |= {READ_POLICY, WRITE_POLICY}
        assert set(NAMED.findall(names)) | {READ} == needed | {READ}, row


def least(module):
    """What the first row of a module takes."""
    return next(row[3] for row in ROWS if row[0] == module)
