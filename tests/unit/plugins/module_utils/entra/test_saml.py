# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which certificate serves, and which policies have the same content."""

from __future__ import annotations

import base64
import json

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.certificates import (
    Times,
    active_certificate,
    made_certificate,
    pick_certificate,
    plan_certificate,
    thumbprint_of,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.claims import (
    claims_of,
    needs_all,
    plan_claims,
    policy_text,
    same_policy,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.saml import LiveSso, plan_sso
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import Refusal

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
        (principal(0, credential(1, LATE, begins="2027-01-01T00:00:00Z")), NOW, None),
        (principal(1, credential(1, LATE, begins="2026-11-23T00:09:00Z")), NOW, 1),
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


DIGITS = "DA20FCA696C4F83E8A9AED59BE33368ED421F3C1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2iD8ppbE+D6Kmu1ZvjM2jtQh88E=", DIGITS),
        ("2iD8ppbE+D6Kmu1ZvjM2jtQh88E", DIGITS),
        ("2iD8ppbE-D6Kmu1ZvjM2jtQh88E=", DIGITS),
        ("2iD8ppbE-D6Kmu1ZvjM2jtQh88E", DIGITS),
        ("__________________________8=", "F" * 40),
        (DIGITS, DIGITS),
        (DIGITS.lower(), DIGITS),
        (DIGITS[:-1], ""),
        (f"{DIGITS}00", ""),
        ("zscaler-signing-2026", ""),
        ("AAAA", ""),
        ("?", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_thumbprints(text, expected):
    assert thumbprint_of(text) == expected
    assert made_certificate({"customKeyIdentifier": text}).thumbprint == expected


def test_a_new_certificate_has_the_thumbprint_that_entra_says():
    assert made_certificate({"thumbprint": DIGITS.lower(), "customKeyIdentifier": "other"}).thumbprint == DIGITS


TIMES = Times(now=NOW, needed=LATER, warned="2026-12-30T00:00:00Z")
UNREADABLE = {"keyId": "7", "usage": "Verify", "type": "AsymmetricX509Cert", "customKeyIdentifier": "other", "endDateTime": LATE}


@pytest.mark.parametrize(
    ("live", "verbs", "words"),
    [
        (principal(0), ["create", "activate"], "gets a new signing certificate"),
        (principal(1, credential(1, LATE)), [], ""),
        (principal(1, credential(1, "2026-12-25T00:00:00Z")), [], "ends at"),
        (principal(0, credential(1, LATE)), ["activate"], ""),
        (principal(1, credential(1, SOON)), ["create", "activate"], "gets a new signing certificate"),
        (principal(1, credential(1, LATE), UNREADABLE), [], ""),
    ],
)
def test_the_way_to_a_certificate(live, verbs, words):
    plan = plan_certificate("CN=Ours", live, TIMES, owner="Zscaler One")
    assert [operation.verb for step in plan.steps for operation in step.operations] == verbs
    assert words in " ".join(plan.warnings)
    assert bool(words) == bool(plan.warnings)


@pytest.mark.parametrize(
    "live",
    [
        principal(0, UNREADABLE),
        principal(1, UNREADABLE),
        principal(1, {**UNREADABLE, "customKeyIdentifier": None}),
        principal(1, {**UNREADABLE, "type": None}),
        principal(1, {**UNREADABLE, "endDateTime": ENDED}),
        principal(1, credential(1, SOON), UNREADABLE),
        principal(9, credential(1, LATE), UNREADABLE),
        principal(0, credential(1, LATE), UNREADABLE),
    ],
)
def test_where_a_thumbprint_cannot_be_read_nothing_is_made_or_activated(live):
    with pytest.raises(Refusal, match="thumbprint cannot be read") as refusal:
        plan_certificate("CN=Ours", live, TIMES, owner="Zscaler One")
    assert refusal.value.details == {"key_ids": ["7"]}
    assert "certificate: ignore" in str(refusal.value)


OPTIONS = {
    "mode": "saml",
    "identifier": ["a"],
    "reply_url": None,
    "sign_on_url": "https://login.example",
    "notification_emails": None,
    "certificate": "managed",
    "certificate_subject": None,
    "claims": None,
    "claims_policy": None,
}


def test_what_is_described_follows_the_steps_that_are_done():
    plan = plan_sso(OPTIONS, LiveSso({}, {}, (), ()), TIMES, owner="Zscaler One")
    assert [step.write.name for step in plan.steps] == ["PRINCIPAL", "APPLICATION", "MAKE_CERTIFICATE", "ACTIVATE_CERTIFICATE"]
    described = [plan.after(plan.steps[:done]) for done in range(5)]
    assert [one["mode"] for one in described] == ["disabled", "saml", "saml", "saml", "saml"]
    assert [one["identifier"] for one in described] == [[], [], ["a"], ["a"], ["a"]]
    assert [bool(one["certificate"]) for one in described] == [False, False, False, False, True]
    assert plan.after() == described[-1]
    assert plan.before == described[0]


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
    """The verbs, with the id of the policy that it is done to; none where it is a new one."""
    return [" ".join([step.operations[0].verb, step.id]).strip() for step in plan]


OURS, THEIRS, OLD = policy("ours", SCHEMA), policy("theirs", SCHEMA), policy("ours", [])


@pytest.mark.parametrize(
    ("assigned", "everything", "expected"),
    [
        ([OURS], [OURS], []),
        ([THEIRS], [THEIRS], []),
        ([OLD], [OLD], ["update ours"]),
        ([], [], ["create", "assign"]),
        ([], [OURS], ["assign ours"]),
        ([], [OLD], ["update ours", "assign ours"]),
        ([], [THEIRS], ["create", "assign"]),
        ([policy("theirs", [])], [policy("theirs", [])], ["create", "unassign theirs", "assign"]),
        ([policy("theirs", [])], [policy("theirs", []), OLD], ["update ours", "unassign theirs", "assign ours"]),
    ],
)
def test_the_way_to_a_policy(assigned, everything, expected):
    assert steps(plan_claims("ours", CLAIMS, assigned, everything)) == expected
    assert needs_all(CLAIMS, assigned) == bool(expected)


def test_no_claims_want_no_policy():
    assert steps(plan_claims("ours", [], [OURS, THEIRS], [])) == ["unassign ours", "unassign theirs"]
    assert not needs_all([], [OURS])


def test_claims_are_described_as_they_are_after_each_step():
    shown = [dict(step.shows) for step in plan_claims("ours", CLAIMS, [policy("theirs", [])], [OLD])]
    assert shown == [{}, {"claims": []}, {"claims": claims_of([OURS])}]
    assert [dict(step.shows) for step in plan_claims("ours", CLAIMS, [OLD], [OLD])] == [{"claims": claims_of([OURS])}]


def test_claims_for_a_diff():
    assert claims_of([OURS]) == ['cloud = "one"', "memberOf = user.assignedroles"]
    assert claims_of([{"definition": ["no JSON", "[]", '{"ClaimsMappingPolicy": {"ClaimsSchema": "none"}}']}]) == []
