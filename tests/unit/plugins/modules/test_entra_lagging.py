# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entra sees its own writes late: no single look is believed, and what was written is told although it cannot be looked at."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import http
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.state import Assignment
from ansible_collections.scimops.zscaler_one.tests.sandbox.journal import QUESTIONS

from .provisioning import NAME, Provisioning

NO_ROLE = "00000000-0000-0000-0000-000000000000"
SP = "/servicePrincipals/{id}"
SYNC = f"{SP}/synchronization"
APPLICATION = "/applications/{id}"
NOBODY = {"kind": "status", "status": 200, "body": {"value": []}}
UNKNOWN = {"kind": "status", "status": 404, "body": {"error": {"code": "Request_ResourceNotFound", "message": "It does not exist."}}}
ADA = {"user": "ada@corp.example", "role": "User"}
FLOW = {"users": {"attribute_mappings": [{"target": "displayName", "expression": "ToUpper([displayName])"}]}}


@pytest.fixture
def zscaler(entra, monkeypatch):
    """An application that is set up, with a job that rests, and one person; requests are sent again without a pause."""
    monkeypatch.setattr(http, "full_jitter", lambda *_args: 0.0)
    found = Provisioning(entra)
    entra.seed("ada")
    found.run("job", state="present")
    return found


def run(zscaler, module, **options):
    return zscaler.entra.run(f"entra_{module}", **{"display_name": NAME, **options})


def prepared(zscaler, options):
    """The options, and what they need: a secret where settings are stored, and somebody with Default Access to move."""
    if options.get("migrate_default_access"):
        (ada,) = zscaler.sandbox.entra.directory.users
        zscaler.app.assignments["old"] = Assignment("old", ada, NO_ROLE, "2026-01-01T00:00:00Z")
    return {**options, "secret_token": zscaler.sandbox.token} if options.get("scope") == "assigned" else options


def after_the_write(zscaler, route, fault, times):
    """Puts the fault in force for the looks that follow the first write, however many went before."""
    faults = zscaler.sandbox.faults
    choose = faults.choose

    def wait_for_it(subject):
        if subject.method != "GET" and not subject.route.endswith(QUESTIONS):
            faults.choose = choose
            faults.add({"method": "GET", "route": route}, fault, times)
        return choose(subject)

    faults.choose = wait_for_it


# After a write

WRITES = [
    ("gallery_app", {"display_name": "Other"}, "/applications", True),
    ("gallery_app", {"state": "absent"}, "/servicePrincipals", True),
    ("app_assignment", {"assignments": [ADA]}, f"{SP}/appRoleAssignedTo", True),
    ("app_assignment", {"migrate_default_access": True, "migration_role": "Internet access", "assignments": []}, SP, True),
    ("provisioning_mapping", FLOW, f"{SYNC}/jobs/{{id}}/schema", False),
    ("provisioning_settings", {"scope": "assigned"}, f"{SYNC}/secrets", False),
    ("provisioning_job", {"state": "started"}, f"{SYNC}/jobs/{{id}}", False),
    ("provisioning_job", {"state": "absent"}, f"{SYNC}/jobs/{{id}}", False),
]


def name_of(value):
    """A module, or the first of its options, for the name of a test."""
    return value if isinstance(value, str) else next(iter(value), "") if isinstance(value, dict) else ""


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 403}, {"kind": "status", "status": 500}, {"kind": "reset"}], ids=str)
@pytest.mark.parametrize(("module", "options", "route", "fails"), WRITES, ids=name_of)
def test_a_look_that_fails_after_a_write_does_not_unmake_it(zscaler, module, options, route, fails, fault):
    options = prepared(zscaler, options)
    foreseen = run(zscaler, module, check=True, **options)
    after_the_write(zscaler, route, fault, times=99)
    done = run(zscaler, module, **options)
    assert done["writes"]
    assert done["changed"]
    assert done["operations"][0] == foreseen["operations"][0]
    assert bool(done.get("failed")) == fails, done.get("msg")
    assert "looking at it failed" in (done["msg"] if fails else str(done["warnings"]))


@pytest.mark.parametrize(("module", "options", "route"), [row[:3] for row in WRITES], ids=name_of)
@pytest.mark.parametrize("status", [404, 409])
def test_a_replica_that_does_not_know_it_yet_is_looked_at_again(zscaler, module, options, route, status):
    options = prepared(zscaler, options)
    after_the_write(zscaler, route, {**UNKNOWN, "status": status}, times=1)
    done = run(zscaler, module, **options)
    assert done["changed"]
    assert not done.get("failed"), done["msg"]
    assert "but" not in str(done.get("warnings"))


# Before

TASKS = [
    ("app_assignment", {"assignments": [ADA]}),
    ("saml_sso", {"identifier": "zscalerone.net"}),
    ("provisioning_settings", {"scope": "all"}),
    ("provisioning_job", {"state": "present"}),
    ("provisioning_mapping", {"groups": {"enabled": False}}),
    ("provisioning_test", {}),
    ("provision_on_demand", {"user": "ada@corp.example"}),
]
READERS = [("provisioning_info", {}), ("provisioning_log_info", {})]


@pytest.mark.parametrize(("module", "options"), TASKS, ids=name_of)
def test_one_list_without_the_application_is_not_believed(zscaler, module, options):
    zscaler.sandbox.faults.add({"method": "GET", "route": "/servicePrincipals"}, NOBODY, times=1)
    done = run(zscaler, module, **options)
    assert not done.get("failed"), done["msg"]
    assert done["reads"][:2] == ["GET /servicePrincipals"] * 2


@pytest.mark.parametrize(("module", "options"), [*TASKS, *READERS], ids=name_of)
def test_one_404_of_the_application_is_not_believed(zscaler, module, options):
    zscaler.sandbox.faults.add({"method": "GET", "route": SP}, UNKNOWN, times=1)
    by_id = {"display_name": None, "service_principal_id": zscaler.app.principal_id}
    done = run(zscaler, module, **options, **by_id)
    assert not done.get("failed"), done["msg"]
    assert done["reads"][:2] == [f"GET {SP}"] * 2
    zscaler.sandbox.faults.add({"method": "GET", "route": SP}, UNKNOWN, times=1)
    foreseen = run(zscaler, module, check=True, **options, **by_id)
    assert "there is no service principal" in foreseen["msg"]
    assert foreseen["reads"] == [f"GET {SP}"], "in check mode nothing is waited for"


@pytest.mark.parametrize(
    "named", [{"display_name": "Zscaler Onne"}, {"display_name": None, "service_principal_id": "0" * 8 + "-0000" * 3 + "-" + "0" * 12}]
)
def test_what_is_misspelt_is_told_soon(zscaler, named):
    answer = run(zscaler, "provisioning_job", state="present", consistency_timeout=5, **named)
    assert answer["failed"]
    assert "there is no" in answer["msg"]
    assert 0 < answer["requests"]["waited"] <= 1


@pytest.mark.parametrize(("module", "options"), [("provisioning_mapping", FLOW), ("provision_on_demand", {"user": "ada@corp.example"})])
def test_one_list_without_the_job_is_not_believed(zscaler, module, options):
    zscaler.sandbox.faults.add({"method": "GET", "route": f"{SYNC}/jobs"}, NOBODY, times=1)
    done = run(zscaler, module, **options)
    assert not done.get("failed"), done["msg"]


LOOKS = [
    ("app_assignment", {"assignments": [ADA]}, f"{SP}/appRoleAssignedTo"),
    ("app_assignment", {"migrate_default_access": True, "migration_role": "Internet access", "assignments": []}, APPLICATION),
    ("provisioning_settings", {"scope": "all"}, f"{SYNC}/secrets"),
    ("provisioning_job", {"state": "present"}, f"{SYNC}/jobs"),
    ("provisioning_test", {}, f"{SYNC}/jobs"),
    ("provisioning_mapping", FLOW, f"{SYNC}/jobs"),
    ("provisioning_mapping", FLOW, f"{SYNC}/jobs/{{id}}/schema"),
    ("provision_on_demand", {"user": "ada@corp.example"}, f"{SYNC}/jobs"),
    ("provision_on_demand", {"user": "ada@corp.example"}, f"{SYNC}/jobs/{{id}}/schema"),
    ("provisioning_info", {}, f"{SYNC}/jobs"),
]


@pytest.mark.parametrize(("module", "options", "route"), LOOKS, ids=name_of)
def test_one_404_below_the_application_is_not_believed(zscaler, module, options, route):
    options = prepared(zscaler, options)
    zscaler.sandbox.faults.add({"method": "GET", "route": route}, UNKNOWN, times=1)
    done = run(zscaler, module, **options)
    assert not done.get("failed"), done["msg"]
    assert done["reads"].count(f"GET {route}") > 1


# What the synchronization service answers to a new application, whatever it is asked


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
@pytest.mark.parametrize("job", [True, False], ids=["job", "no job"])
def test_the_connection_test_of_a_new_application_is_outwaited(zscaler, check, job):
    if not job:
        zscaler.app.jobs.clear()
    zscaler.app.sync_errors = 3
    done = zscaler.run("test", check=check)
    assert done["valid"] is True, done
    assert zscaler.app.sync_errors == 0
    zscaler.app.sync_errors = 3
    foreseen = zscaler.run("settings", check=check, secret_token=zscaler.sandbox.token, scope="assigned")
    assert not foreseen.get("failed"), foreseen["msg"]
    assert zscaler.app.sync_errors == 0


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_the_parser_of_a_new_application_is_outwaited(zscaler, check):
    zscaler.app.sync_errors = 3
    done = zscaler.run("mapping", check=check, **FLOW)
    assert done["changed"], done
    assert zscaler.app.sync_errors == 0


def test_on_demand_for_a_new_application_is_outwaited(zscaler):
    zscaler.app.sync_errors = 3
    done = run(zscaler, "provision_on_demand", user="ada@corp.example")
    assert done["changed"], done
    assert [body for _request, body in done["writes"]] == [done["writes"][0][1]] * 4


def test_a_permission_that_is_missing_is_not_outwaited_for_ever(zscaler):
    zscaler.app.sync_errors = 9999
    answer = zscaler.run("test", check=True, consistency_timeout=1)
    assert answer["failed"]
    assert answer["requests"]["waited"] <= 0.4
