# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which certificate serves, and which policies have the same content."""

from __future__ import annotations

import base64
import json

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.claims import claims_of, plan_policy, policy_text, same_policy
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.saml import (
    active_certificate,
    made_certificate,
    pick_certificate,
    thumbprint_of,
)

NOW, LATER = "2026-11-23T00:00:00Z", "2026-12-23T00:00:00Z"
ENDED, SOON, LATE = "2026-11-22T23:59:59.9999999Z", "2026-12-01T00:00:00Z", "2029-11-23T00:00:00.1234567Z"


def thumbprint(number):
    return bytes([number] * 20).hex().upper()


def credential(number, ends, *, begins="2026-01-01T00:00:00Z", usage="Verify", kind="AsymmetricX509Cert"):
    identifier = base64.b64encode(bytes([number] * 20)).decode()
    return {"customKeyIdentifier": identifier, "startDateTime": begins, "endDateTime": ends, "usage": usage, "type": kind}


def principal(active, *credentials):
    return {"preferredTokenSigningKeyThumbprint": thumbprint(active).lower() if active else None, "keyCredentials": list(credentials)}


@pytest.mark.parametrize(
    ("live", "until", "expected"),
    [
        (principal(0), NOW, None),
        (principal(1, credential(1, LATE)), NOW, 1),
        (principal(0, credential(1, LATE)), NOW, 1),
        (principal(1, credential(1, SOON), credential(2, LATE)), NOW, 1),
        (principal(1, credential(1, SOON), credential(2, LATE)), LATER, 2),
        (principal(1, credential(1, ENDED)), NOW, None),
        (principal(1, credential(1, SOON)), LATER, None),
        (principal(1, credential(1, LATE, begins="2027-01-01T00:00:00Z")), NOW, None),
        (principal(1, credential(1, LATE, usage="Sign", kind="X509CertAndPassword")), NOW, None),
        (principal(1, {"usage": "Verify", "type": "AsymmetricX509Cert", "customKeyIdentifier": None, "endDateTime": LATE}), NOW, None),
    ],
)
def test_the_certificate_that_serves(live, until, expected):
    found = pick_certificate(live, until, now=NOW)
    assert (found.thumbprint if found else None) == (thumbprint(expected) if expected else None)


def test_the_active_certificate_is_told_apart():
    assert active_certificate(principal(2, credential(1, LATE), credential(2, SOON))).expires == SOON
    assert active_certificate(principal(0, credential(1, LATE))) is None


@pytest.mark.parametrize(
    ("text", "expected"), [("2iD8ppbE+D6Kmu1ZvjM2jtQh88E=", "DA20FCA696C4F83E8A9AED59BE33368ED421F3C1"), ("AAAA", ""), ("?", ""), ("", "")]
)
def test_thumbprints(text, expected):
    assert thumbprint_of(text) == expected
    assert made_certificate({"customKeyIdentifier": text}).thumbprint == expected


CLAIMS = [{"name": "memberOf", "source": "user.assignedroles"}, {"name": "cloud", "value": "one"}]
SCHEMA = [{"SamlClaimType": "cloud", "Value": "one"}, {"ID": "assignedroles", "Source": "user", "SamlClaimType": "memberOf"}]


def policy(name, schema, id="", **others):
    content = {"Version": 1, "IncludeBasicClaimSet": "true", "ClaimsSchema": schema, **others}
    return {"id": id or name, "displayName": name, "definition": [json.dumps({"ClaimsMappingPolicy": content})]}


@pytest.mark.parametrize(
    ("live", "same"),
    [
        (policy("a", SCHEMA), True),
        (policy("a", SCHEMA[::-1]), True),
        (policy("a", SCHEMA, Version="1", IncludeBasicClaimSet=True), True),
        (policy("a", SCHEMA[:1]), False),
        (policy("a", SCHEMA, IncludeBasicClaimSet="false"), False),
        (policy("a", SCHEMA, Extra="kept"), False),
        ({"id": "a", "definition": ["no JSON"]}, False),
        ({"id": "a", "definition": ["[1]"]}, False),
        ({"id": "a", "definition": []}, False),
        ({"id": "a", "definition": None}, False),
    ],
)
def test_policies_are_compared_by_content(live, same):
    assert same_policy(live, policy_text(CLAIMS)) is same


def steps(plan):
    done = [("create", plan.create), ("update", plan.update), ("assign", plan.assign)]
    return [*(name for name, wanted in done if wanted), *(f"unassign {one['id']}" for one in plan.unassign)]


OURS, THEIRS, OLD = policy("ours", SCHEMA), policy("theirs", SCHEMA), policy("ours", [])


@pytest.mark.parametrize(
    ("assigned", "everything", "expected"),
    [
        ([OURS], [OURS], []),
        ([THEIRS], [THEIRS], []),
        ([OLD], [OLD], ["update"]),
        ([], [], ["create", "assign"]),
        ([], [OURS], ["assign"]),
        ([], [OLD], ["update", "assign"]),
        ([], [THEIRS], ["create", "assign"]),
        ([policy("theirs", [])], [policy("theirs", [])], ["create", "assign", "unassign theirs"]),
        ([policy("theirs", [])], [policy("theirs", []), OLD], ["update", "assign", "unassign theirs"]),
    ],
)
def test_the_way_to_a_policy(assigned, everything, expected):
    assert steps(plan_policy("ours", policy_text(CLAIMS), assigned, everything)) == expected


def test_claims_for_a_diff():
    assert claims_of([OURS]) == ['cloud = "one"', "memberOf = user.assignedroles"]
    assert claims_of([{"definition": ["no JSON", "[]", '{"ClaimsMappingPolicy": {"ClaimsSchema": "none"}}']}]) == []
