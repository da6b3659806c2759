# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scope becomes those who are assigned: refused where these are none, and told in numbers otherwise."""

from __future__ import annotations

import json

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.narrowing import check_narrowing, needs_people
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.settings import plan_settings
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import Refusal

LIVE = {"BaseAddress": "https://scim.zscalerone.net/1/2/scim", "SecretToken": "*", "SyncAll": "True"}
COUNTS = [{"key": "User", "value": 412}, {"key": "Group", "value": 9}]
RUNNING = {"schedule": {"state": "Active"}, "status": {"code": "Active", "synchronizedEntryCountByType": COUNTS}}
RESTING = {"schedule": {"state": "Paused"}, "status": {"code": "Paused", "synchronizedEntryCountByType": COUNTS}}
NEW = {"schedule": {"state": "Disabled"}, "status": {"code": "NotConfigured"}}
NO_ROLE = "00000000-0000-0000-0000-000000000000"


def plan(scope="assigned", live="True", **options):
    mail = json.dumps({"DeleteThresholdEnabled": True, "DeleteThresholdValue": options.pop("threshold", 0)})
    shown = {**LIVE, "SyncAll": live, "SyncNotificationSettings": mail}
    return plan_settings({"update_secret": "on_create", "secret_token": "not-a-real-token", "scope": scope, **options}, shown)


def grant(name, kind="User", role="a-real-role"):
    return {"principalId": name, "principalType": kind, "appRoleId": role}


@pytest.mark.parametrize("job", [RUNNING, RESTING, NEW, None])
@pytest.mark.parametrize(
    ("live", "scope", "narrower"),
    [("True", "assigned", True), ("", "assigned", True), ("false", "assigned", False), ("True", "all", False), ("false", "all", False)],
)
def test_when_the_assignments_have_to_be_looked_at(job, live, scope, narrower):
    assert needs_people(plan(scope, live), job) is (narrower and job in (RUNNING, RESTING))


NOBODY = [
    [],
    [grant("ada", role=NO_ROLE), grant("staff", "Group", NO_ROLE)],
    [grant("a service", "ServicePrincipal")],
    [grant("ada", role=None)],
]


@pytest.mark.parametrize("assignments", NOBODY)
@pytest.mark.parametrize("job", [RUNNING, RESTING])
def test_nobody_in_scope_is_refused_in_numbers_and_can_be_allowed(assignments, job):
    with pytest.raises(Refusal) as error:
        check_narrowing(plan(), assignments, job, allow_empty=False)
    for words in ("412 of type User", "9 of type Group", "allow_empty_scope", "entra_app_assignment", "This task wrote nothing"):
        assert words in str(error.value)
    assert error.value.details["assigned"] == 0
    assert error.value.details["provisioned"] == {"User": 412, "Group": 9}
    assert error.value.details["default_access"] == sum(one["principalType"] != "ServicePrincipal" for one in assignments)
    assert "nobody" in check_narrowing(plan(), assignments, job, allow_empty=True)


@pytest.mark.parametrize(
    ("assignments", "told"),
    [
        ([grant("ada"), grant("bob", role=NO_ROLE)], "1 (1 users, 0 groups"),
        ([grant("ada"), grant("ada", role=NO_ROLE)], "1 (1 users, 0 groups"),
        ([grant("ada", role=NO_ROLE), grant("ada"), grant("ada", role="another"), grant("staff", "Group")], "2 (1 users, 1 groups"),
    ],
)
def test_how_many_are_left_is_told(assignments, told):
    assert told in check_narrowing(plan(), assignments, RUNNING, allow_empty=False)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"threshold": 50}, "unless these are 50 or more"),
        ({"threshold": 0}, "no deletion_threshold holds that back"),
        ({"threshold": 50, "deletion_threshold": 0}, "no deletion_threshold holds that back"),
        ({"skip_out_of_scope_deletions": True}, "keeps the account"),
    ],
)
def test_what_becomes_of_the_others_is_told(options, told):
    assert told in check_narrowing(plan(**options), [grant("ada")], RUNNING, allow_empty=False)
