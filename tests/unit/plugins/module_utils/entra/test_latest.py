# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the logs say last of somebody, and by what the mapping names people."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.latest import latest_of
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.naming import Naming, naming_of

Json = dict[str, t.Any]


def entry(time: str, status: str = "success", action: str = "create", code: str = "", reason: str = "", id: str = "E1") -> Json:
    return {
        "activityDateTime": time,
        "provisioningAction": action,
        "sourceIdentity": {"id": id},
        "provisioningStatusInfo": {"status": status, "errorInformation": {"errorCode": code, "reason": reason} if code else None},
    }


IDLE = entry("t3", "skipped", "other", "RedundantExport", "The State of the entry is as it should be.")
LATEST = [
    (
        "a failure with its code",
        [entry("t1", "failure", code="Bad", reason="It broke")],
        "Entra's log: failure at t1: It broke (Bad)",
        False,
    ),
    ("a code that is the reason", [entry("t1", "failure", code="Bad", reason="Bad")], "Entra's log: failure at t1: Bad", False),
    (
        "no reason at all",
        [{"sourceIdentity": {"id": "e1"}, "provisioningStatusInfo": {"status": "failure"}}],
        "failure: no reason is given",
        False,
    ),
    ("a success is not the end of it", [entry("t1")], "create succeeded at t1; it was changed at Zscaler since", False),
    ("disabled by Entra", [entry("t1", action="disable")], "Entra's log: disable succeeded at t1", True),
    ("the newest counts", [entry("t2", action="update"), entry("t1", action="disable")], "update succeeded at t2", False),
    ("nothing to do says little", [IDLE, entry("t1", action="disable")], "disable succeeded at t1", True),
    ("nothing to do is all there is", [IDLE], "Entra's log at t3 takes it for provisioned", False),
    ("a disabling that failed", [entry("t1", "failure", "disable", "Bad", "It broke")], "It broke", False),
]


@pytest.mark.parametrize(("entries", "words", "disabled"), [row[1:] for row in LATEST], ids=[row[0] for row in LATEST])
def test_the_latest_of_the_logs(entries: list[Json], words: str, disabled: bool) -> None:
    latest = latest_of([entry("t9", id="somebody else"), *entries], ["e1"])["e1"]
    assert words in latest.text
    assert latest.disabled is disabled


def test_who_is_not_in_the_logs_is_not_told_of() -> None:
    assert latest_of([entry("t1"), {}, {"sourceIdentity": None}], ["e2"]) == {}


def schema(source: Json | None, *, users: bool = True, groups: bool | None = True) -> Json:
    flows = [{"targetAttributeName": "userName", "source": source}]
    mappings = [{"sourceObjectName": "User", "targetObjectName": "User", "enabled": users, "attributeMappings": flows}]
    if groups is not None:
        mappings.append({"sourceObjectName": "Group", "targetObjectName": "Group", "enabled": groups, "attributeMappings": []})
    return {"synchronizationRules": [{"objectMappings": mappings}], "directories": []}


def direct(name: str) -> Json:
    return {"type": "Attribute", "name": name, "expression": f"[{name}]"}


UPN, MAIL = ("userPrincipalName", "mail"), ("mail", "userPrincipalName")
NAMING = [
    ("the default", schema(direct("userPrincipalName")), Naming(UPN)),
    ("mail", schema(direct("mail")), Naming(MAIL)),
    ("in another case", schema(direct("Mail")), Naming(MAIL)),
    ("users are off", schema(direct("mail"), users=False), Naming(MAIL, users=False)),
    ("groups are off", schema(direct("mail"), groups=False), Naming(MAIL, groups=False)),
    ("groups are not mapped", schema(direct("mail"), groups=None), Naming(MAIL, groups=False)),
]


@pytest.mark.parametrize(("found", "naming"), [row[1:] for row in NAMING], ids=[row[0] for row in NAMING])
def test_the_mapping_says_by_what_people_are_named(found: Json, naming: Naming) -> None:
    assert naming_of(found) == naming


@pytest.mark.parametrize("source", [direct("mailNickname"), {"type": "Function", "name": "ToLower"}, None])
def test_a_name_that_is_made_otherwise_is_warned_of(source: Json | None) -> None:
    naming = naming_of(schema(source))
    assert naming.names == UPN
    assert "something else" in naming.warning
