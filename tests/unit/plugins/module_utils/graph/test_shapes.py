# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shapes: what is taken for sound, and how what is not is complained of."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import UntrustedAnswer
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.resources import JOB, PRINCIPAL, SCHEMA, SETTING, source
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.shapes import (
    needed,
    record,
    several,
    sound,
    switch,
    text,
    texts,
    whole,
)

FLOW = {"targetAttributeName": "userName", "matchingPriority": 1, "source": {"type": "Attribute", "name": "mail", "parameters": []}}
MAPPING = {"sourceObjectName": "User", "enabled": True, "attributeMappings": [FLOW], "scope": None}
RULE = {"id": "r", "objectMappings": [MAPPING]}
WHOLE = {"directories": [{"name": "Entra"}], "synchronizationRules": [RULE]}


@pytest.mark.parametrize(
    ("shape", "answer"),
    [
        (PRINCIPAL, {"id": "1"}),
        (PRINCIPAL, {"id": "1", "tags": None, "appRoles": None, "keyCredentials": [], "unknown": 5}),
        (JOB, {"id": "1", "schedule": None, "status": {"code": None}}),
        (SETTING, {"key": "BaseAddress", "value": ""}),
        (SCHEMA, WHOLE),
        (record(a=whole), {"a": "12"}),
        (record(a=texts), {"a": ["", "x"]}),
        (record(a=switch), {"a": False}),
    ],
)
def test_missing_and_null_are_sound_where_they_are_not_needed(shape: t.Any, answer: dict[str, t.Any]) -> None:
    assert sound(answer, shape, "it") is answer


@pytest.mark.parametrize(
    ("shape", "answer", "complaint"),
    [
        (PRINCIPAL, {}, "id is missing"),
        (PRINCIPAL, {"id": ""}, "id is missing"),
        (PRINCIPAL, {"id": 5}, "id is a number, not a text"),
        (PRINCIPAL, {"id": "1", "appRoles": 5}, "appRoles is a number, not a list"),
        (PRINCIPAL, {"id": "1", "appRoles": [{"id": "2"}, "x"]}, "appRoles[1] is a text, not an object"),
        (PRINCIPAL, {"id": "1", "appRoles": [None]}, "appRoles[0] is missing"),
        (PRINCIPAL, {"id": "1", "tags": [None]}, "tags[0] is null, not a text"),
        (PRINCIPAL, {"id": "1", "tags": {}}, "tags is an object, not a list"),
        (JOB, {"id": "1", "status": "Active"}, "status is a text, not an object"),
        (SETTING, {"key": "SyncAll", "value": True}, "value is true or false, not a text"),
        (record(a=switch), {"a": 1}, "a is a number, not true or false"),
        (record(a=whole), {"a": True}, "a is true or false, not a whole number"),
        (record(a=whole), {"a": 1.5}, "a is a number, not a whole number"),
        (record(a=whole), {"a": "9" * 4301}, "a is a text, not a whole number"),
        (record(a=needed(several(text))), {"a": None}, "a is missing"),
        (record(a=several(text, least=1)), {"a": []}, "a is empty"),
        (
            record(a=source),
            {"a": {"parameters": [{"value": {"parameters": [{"value": 5}]}}]}},
            "a.parameters[0].value.parameters[0].value is",
        ),
        (SCHEMA, {**WHOLE, "directories": None}, "directories is null, not a list"),
        (SCHEMA, {**WHOLE, "synchronizationRules": []}, "synchronizationRules is empty"),
        (
            SCHEMA,
            {**WHOLE, "synchronizationRules": [{**RULE, "objectMappings": [{**MAPPING, "attributeMappings": None}]}]},
            "synchronizationRules[0].objectMappings[0].attributeMappings is missing",
        ),
    ],
)
def test_a_complaint_says_where_and_what_and_no_value(shape: t.Any, answer: dict[str, t.Any], complaint: str) -> None:
    with pytest.raises(UntrustedAnswer) as caught:
        sound(answer, shape, "the thing")
    assert str(caught.value).startswith(
        f"the thing: Microsoft Graph answers with something that this collection does not understand: {complaint}"
    )
    assert "9999" not in str(caught.value)
