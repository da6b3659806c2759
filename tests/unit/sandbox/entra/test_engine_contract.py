# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that the engine shows in Graph's form is held against Microsoft's published contract."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.tests.checks.places import contract
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.contract import Description, load
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.engine import (
    FUNCTIONS,
    OPERATORS,
    initial_schedule,
    initial_status,
    parse,
)

from .rig import Rig, rigged

SCHEMAS = "#/components/schemas/microsoft.graph."


@pytest.fixture
def description() -> Description:
    path = contract()
    if path is None:
        pytest.skip("there is no OpenAPI file of Microsoft Graph")
    return load(str(path))


@pytest.fixture
def rig() -> t.Iterator[Rig]:
    with rigged() as made:
        yield made


def fits(description: Description, value: t.Any, name: str) -> list[str]:
    """What is wrong with a value."""
    return description.shapes.problems(value, {"$ref": SCHEMAS + name})


def eventful(rig: Rig) -> None:
    """Creations, changes, leavings, failures, skips, and deletes that are held back."""
    users = [rig.user(f"u{number}", department="IT") for number in range(6)]
    rig.user("bad", userPrincipalName="bad@elsewhere.example")
    rig.user("out", department="Sales")
    rig.group("devs", *users)
    rig.scope(("department", "NOT EQUALS", "Sales"))
    rig.cycle()
    users[0].attributes["displayName"] = "New"
    users[1].account_enabled = False
    del rig.directory.users[users[2].id]
    rig.cycle()
    rig.application.secrets["SyncNotificationSettings"] = '{"DeleteThresholdEnabled":true,"DeleteThresholdValue":1}'
    rig.unassign(users[3])
    rig.directory.groups.clear()
    rig.cycle()


def test_every_log_line(description: Description, rig: Rig) -> None:
    eventful(rig)
    actions = {line["provisioningAction"] for line in rig.logs()}
    assert actions >= {"create", "update", "disable", "delete", "stagedDelete", "other"}
    assert [problem for line in rig.logs() for problem in fits(description, line, "provisioningObjectSummary")] == []


def test_a_log_line_that_is_wrong_is_found(description: Description, rig: Rig) -> None:
    eventful(rig)
    assert fits(description, {**rig.logs()[0], "provisioningAction": "created"}, "provisioningObjectSummary")
    assert fits(description, {**rig.logs()[0], "colour": "red"}, "provisioningObjectSummary")


def test_status_and_schedule_at_every_stage(description: Description, rig: Rig) -> None:
    seen = [initial_status()]
    eventful(rig)
    seen.append(dict(rig.job.status))
    rig.application.secrets["SecretToken"] = "not-a-real-token-1"
    rig.cycle()
    seen.append(dict(rig.job.status))
    assert [status["quarantine"] and status["quarantine"]["reason"] for status in seen] == [
        None,
        "TooManyDeletes",
        "EncounteredQuarantineException",
    ]
    assert [problem for status in seen for problem in fits(description, status, "synchronizationStatus")] == []
    for schedule in (initial_schedule(), rig.job.schedule):
        assert fits(description, schedule, "synchronizationSchedule") == []


def test_functions_operators_and_sources(description: Description) -> None:
    for function in FUNCTIONS:
        assert fits(description, function, "attributeMappingFunctionSchema") == []
    for operator in OPERATORS:
        assert fits(description, operator, "filterOperatorSchema") == []
    for expression in ("[mail]", '"x"', 'IIF([a] = "b", Left([c], 2), Join(",", [d], "e"))'):
        source, _reason = parse(expression)
        assert fits(description, source, "attributeMappingSource") == []


def test_discovery_and_on_demand(description: Description, rig: Rig) -> None:
    found = rig.engine.discover(rig.application, rig.job, rig.job.schema["directories"][1]["id"])
    assert fits(description, found, "directoryDefinition") == []
    subject = {"objectId": rig.user("ada").id, "objectTypeName": "User"}
    pair = rig.engine.on_demand(rig.application, rig.job, [{"ruleId": rig.rule_id, "subjects": [subject]}])
    assert fits(description, pair, "stringKeyStringValuePair") == []
