# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single sign-on: each missing piece is written once, and a certificate is never made twice."""

from __future__ import annotations

import datetime
import json

import pytest

MODULE = "entra_saml_sso"
PATCH_PRINCIPAL = "PATCH /servicePrincipals/{id}"
PATCH_APPLICATION = "PATCH /applications/{id}"
CERTIFICATE = "POST /servicePrincipals/{id}/addTokenSigningCertificate"
POLICY = "POST /policies/claimsMappingPolicies"
PATCH_POLICY = "PATCH /policies/claimsMappingPolicies/{id}"
ASSIGN = "POST /servicePrincipals/{id}/claimsMappingPolicies/$ref"
UNASSIGN = "DELETE /servicePrincipals/{id}/claimsMappingPolicies/{id}/$ref"

LOOK = "GET /servicePrincipals/{id}"
LOOK_AT_POLICIES = "GET /servicePrincipals/{id}/claimsMappingPolicies"

CLAIMS = [{"name": "memberOf", "source": "user.assignedroles"}, {"name": "cloud", "value": "zscalerone"}]
WHOLE = {
    "identifier": "zscalerone.net",
    "reply_url": "https://login.zscalerone.net:443/sfc_sso",
    "sign_on_url": "https://login.zscalerone.net:443/sfc_sso",
    "notification_emails": ["identity@corp.example"],
    "claims": CLAIMS,
}


class World:
    """A tenant with an application, and the module run on it."""

    def __init__(self, entra):
        self.entra = entra
        self.app = entra.sandbox.entra.add_application("Zscaler One")
        self.policies = entra.sandbox.entra.directory.policies

    def run(self, *, cycle=False, **options):
        return (self.entra.cycle if cycle else self.entra.run)(MODULE, display_name="Zscaler One", **options)

    def certificates(self):
        return [one for one in self.app.principal["keyCredentials"] if one["usage"] == "Verify"]

    def expire(self, days):
        """All certificates end so many days from now."""
        end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
        for one in self.app.principal["keyCredentials"]:
            one["endDateTime"] = end.strftime("%Y-%m-%dT%H:%M:%SZ")

    def policy(self, name, claims, *, assigned=True):
        """A policy with these claims, without any request."""
        content = {"ClaimsMappingPolicy": {"ClaimsSchema": claims, "IncludeBasicClaimSet": "true", "Version": 1}}
        self.policies[name] = {"id": name, "displayName": name, "definition": [json.dumps(content)], "isOrganizationDefault": False}
        if assigned:
            self.app.policies.append(name)


@pytest.fixture
def world(entra):
    return World(entra)


def routes(answer):
    return [request for request, _body in answer["writes"]]


def test_everything_is_set_up_with_one_write_for_each_piece(world):
    done = world.run(cycle=True, **WHOLE)
    assert routes(done) == [PATCH_PRINCIPAL, PATCH_APPLICATION, CERTIFICATE, PATCH_PRINCIPAL, POLICY, ASSIGN]
    principal = world.app.principal
    (certificate,) = world.certificates()
    assert principal["preferredSingleSignOnMode"] == "saml"
    assert principal["loginUrl"] == WHOLE["sign_on_url"]
    assert principal["replyUrls"] == [WHOLE["reply_url"]]
    assert world.app.application["identifierUris"] == ["zscalerone.net"]
    assert done["sso"]["certificate_thumbprint"] == principal["preferredTokenSigningKeyThumbprint"]
    assert done["sso"]["certificate_expires"] == certificate["endDateTime"]
    (policy,) = world.policies.values()
    assert json.loads(policy["definition"][0])["ClaimsMappingPolicy"]["ClaimsSchema"] == [
        {"Source": "user", "ID": "assignedroles", "SamlClaimType": "memberOf"},
        {"Value": "zscalerone", "SamlClaimType": "cloud"},
    ]
    assert world.app.policies == [policy["id"]]
    assert "uploaded" in str(done["warnings"])


def test_nothing_to_do_costs_four_reads(world):
    world.run(**WHOLE)
    same = world.run(**WHOLE)
    assert same["writes"] == []
    assert same["reads"] == [
        "GET /servicePrincipals",
        "GET /applications/{id}",
        "GET /servicePrincipals/{id}",
        "GET /servicePrincipals/{id}/claimsMappingPolicies",
    ]


@pytest.mark.parametrize(
    ("options", "expected", "name"),
    [
        ({"identifier": ["a", "b"]}, PATCH_APPLICATION, "Identifier"),
        ({"identifier": []}, PATCH_APPLICATION, "Identifier"),
        ({"reply_url": "https://other.example/acs"}, PATCH_APPLICATION, "Reply URL"),
        ({"sign_on_url": ""}, PATCH_PRINCIPAL, "Sign-on URL"),
        ({"notification_emails": []}, PATCH_PRINCIPAL, "Notification e-mails"),
        ({"claims": CLAIMS[:1]}, PATCH_POLICY, "Zscaler One claims"),
        ({"claims": []}, UNASSIGN, "Zscaler One claims"),
        ({"mode": "disabled"}, PATCH_PRINCIPAL, "Single sign-on mode"),
    ],
)
def test_what_differs_is_one_write_and_the_rest_stays(world, options, expected, name):
    world.run(**WHOLE)
    done = world.run(cycle=True, **options)
    assert routes(done) == [expected]
    assert [operation["name"] for operation in done["operations"]] == [name]
    assert len(world.certificates()) == 1


def test_a_list_in_another_order_is_the_same(world):
    world.run(identifier=["a", "b"])
    assert not world.run(identifier=["b", "a"])["changed"]


# The certificate


def test_a_valid_certificate_is_used_whatever_its_subject(world):
    world.run(certificate_subject="CN=Ours")
    same = world.run(certificate_subject="CN=Theirs")
    assert not same["changed"]
    assert [one["displayName"] for one in world.certificates()] == ["CN=Ours"]


@pytest.mark.parametrize(("ends", "renew", "made"), [(20, 0, 0), (20, 19, 0), (20, 21, 1), (-1, 0, 1)])
def test_a_certificate_is_renewed_only_in_time(world, ends, renew, made):
    world.run()
    world.expire(ends)
    done = world.run(certificate_renew_before=renew)
    assert routes(done) == [CERTIFICATE, PATCH_PRINCIPAL] * made
    assert done["sso"]["certificate_thumbprint"] == world.app.principal["preferredTokenSigningKeyThumbprint"]
    assert ("uploaded" if made else "certificate_renew_before") in str(done["warnings"])
    assert not world.run(certificate_renew_before=renew)["changed"]


def test_a_certificate_that_was_made_and_not_activated_is_activated(world):
    world.run()
    world.app.principal["preferredTokenSigningKeyThumbprint"] = None
    done = world.run()
    assert routes(done) == [PATCH_PRINCIPAL]
    assert len(world.certificates()) == 1


def test_the_active_certificate_stays_beside_one_that_lasts_longer(world):
    world.run()
    active = world.app.principal["preferredTokenSigningKeyThumbprint"]
    world.expire(100)
    world.app.principal["preferredTokenSigningKeyThumbprint"] = None
    world.app.principal["keyCredentials"][0]["endDateTime"] = "2020-01-01T00:00:00Z"
    world.run()
    for one in world.app.principal["keyCredentials"][:1]:
        one["endDateTime"] = "2099-01-01T00:00:00Z"
    now_active = world.app.principal["preferredTokenSigningKeyThumbprint"]
    assert now_active != active
    assert not world.run()["changed"]


def test_certificates_can_be_left_alone(world):
    done = world.run(certificate="ignore", cycle=True)
    assert routes(done) == [PATCH_PRINCIPAL]
    assert world.certificates() == []
    assert done["sso"]["certificate_thumbprint"] is None


@pytest.mark.parametrize("spelled", ["base64", "base64url", "hexadecimal"])
def test_a_thumbprint_is_read_in_every_spelling(world, spelled):
    world.entra.sandbox.switch(entra_key_identifier_as=spelled)
    world.run(cycle=True)
    world.expire(10)
    renewed = world.run(cycle=True, certificate_renew_before=20)
    assert routes(renewed) == [CERTIFICATE, PATCH_PRINCIPAL]
    assert renewed["sso"]["certificate_thumbprint"] == world.app.principal["preferredTokenSigningKeyThumbprint"] == world.app.thumbprints[1]
    assert len(world.certificates()) == 2


@pytest.mark.parametrize("identifier", ["zscaler-2026", None])
@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
@pytest.mark.parametrize(("days", "active"), [(900, True), (900, False), (-1, True)])
def test_where_a_thumbprint_cannot_be_read_nothing_is_made_or_activated(world, identifier, check, days, active):
    world.run()
    world.expire(days)
    for one in world.app.principal["keyCredentials"]:
        one["customKeyIdentifier"] = identifier
    if not active:
        world.app.principal["preferredTokenSigningKeyThumbprint"] = None
    answer = world.run(check=check, **WHOLE)
    assert answer["failed"]
    assert not answer["changed"]
    assert answer["writes"] == []
    assert "operations" not in answer, "there was no plan"
    assert "thumbprint cannot be read" in answer["msg"]
    assert answer["refused"] == {"key_ids": [one["keyId"] for one in world.certificates()]}
    left_alone = world.run(check=check, certificate="ignore", **WHOLE)
    assert not left_alone.get("failed"), left_alone
    assert left_alone["changed"]


@pytest.mark.parametrize("spelled", ["other", "null"])
def test_a_new_certificate_that_cannot_be_read_is_active_told_and_never_made_twice(world, spelled):
    world.entra.sandbox.switch(entra_key_identifier_as=spelled)
    done = world.run(consistency_timeout=0.3)
    assert done["failed"]
    assert done["changed"]
    assert [operation["verb"] for operation in done["operations"]] == ["update", "create", "activate"]
    assert "thumbprint cannot be read" in done["msg"]
    assert done["sso"]["certificate_thumbprint"] == world.app.principal["preferredTokenSigningKeyThumbprint"] == world.app.thumbprints[0]
    assert world.run()["writes"] == []
    assert not world.run(certificate="ignore")["changed"]


@pytest.mark.parametrize("kind", ["commit_then_reset", "commit_then_status", "broken_json"])
@pytest.mark.parametrize("route", [CERTIFICATE, POLICY, ASSIGN])
def test_a_lost_answer_makes_no_second_one(world, kind, route):
    method, _blank, path = route.partition(" ")
    world.entra.sandbox.faults.add({"method": method, "route": path}, {"kind": kind}, times=1)
    done = world.run(**WHOLE)
    assert not done.get("failed"), done
    assert len(world.certificates()) == 1
    assert len(world.policies) == 1
    assert world.app.policies == list(world.policies)
    assert not world.run(**WHOLE)["changed"]


def test_it_can_be_interrupted_anywhere(world):
    writes = {"method": ["POST", "PATCH"]}
    for number in range(6):
        rule = {"match": {**writes, "nth": list(range(2, 99))}, "fault": {"kind": "status", "status": 400}}
        world.entra.sandbox.faults.set([rule])
        broken = world.run(**WHOLE)
        assert bool(broken.get("failed")) == (number < 5), number
        assert len(broken["operations"]) >= 1
    world.entra.sandbox.faults.clear()
    assert not world.run(**WHOLE)["changed"]
    assert len(world.certificates()) == len(world.policies) == 1


def test_it_waits_for_what_it_wrote(world):
    world.app.flickers = 4
    done = world.run(**WHOLE)
    assert not done.get("failed"), done
    assert not world.run(**WHOLE)["changed"]


def test_it_looks_three_times_before_it_goes_on(world):
    world.run(**WHOLE)
    sent = [f"{entry.method} {entry.route}" for entry in world.entra.sandbox.journal.select() if entry.service == "graph"]
    made, activated, assigned = (sent.index(CERTIFICATE), len(sent) - 1 - sent[::-1].index(PATCH_PRINCIPAL), sent.index(ASSIGN))
    assert sent[made + 1 : activated] == [LOOK] * 3
    assert sent[assigned + 1 :].count(LOOK) == sent[assigned + 1 :].count(LOOK_AT_POLICIES) == 3


@pytest.mark.parametrize("status", [403, 400])
@pytest.mark.parametrize(
    ("options", "verbs"),
    [
        ({"certificate": "ignore", "sign_on_url": "https://login.example"}, ["update", "update"]),
        ({"certificate": "ignore", "identifier": "a"}, ["update", "update"]),
        ({"certificate": "ignore", "claims": CLAIMS}, ["update", "create", "assign"]),
        ({}, ["update", "create"]),
    ],
)
def test_what_is_written_is_told_although_looking_at_it_fails(world, status, options, verbs):
    rule = {"match": {"method": "GET", "route": "/servicePrincipals/{id}", "nth": list(range(2, 99))}}
    world.entra.sandbox.faults.set([{**rule, "fault": {"kind": "status", "status": status}}])
    done = world.run(**options)
    assert done["failed"]
    assert done["changed"]
    assert [operation["verb"] for operation in done["operations"]] == verbs
    assert "looking at it failed" in done["msg"]
    assert ("Application.Read.All" in done["msg"]) == (status == 403)
    assert done["sso"] == {**done["sso"], "mode": "saml", "certificate_thumbprint": None}
    world.entra.sandbox.faults.clear()
    assert routes(world.run(**options)) == [PATCH_PRINCIPAL] * (not options)
    assert len(world.certificates()) == (not options)


def test_what_is_taken_and_never_shown_is_a_failure_with_its_operations(world):
    world.entra.sandbox.faults.add({"method": "PATCH", "route": "/applications/{id}"}, {"kind": "ignored_write"})
    done = world.run(certificate="ignore", identifier="a", consistency_timeout=0.3)
    assert done["failed"]
    assert "All 2 changes are made, but after 0.3 seconds Entra does not show" in done["msg"]
    assert [operation["name"] for operation in done["operations"]] == ["Single sign-on mode", "Identifier"]


def test_a_task_that_stops_on_its_way_describes_how_far_it_came(world):
    world.entra.sandbox.faults.add({"method": "PATCH", "nth": 3}, {"kind": "status", "status": 400})
    stopped = world.run(diff=True, **WHOLE)
    assert "Stopped there; 6 of 9 changes are done" in stopped["msg"]
    assert stopped["diff"]["after"]["identifier"] == ["zscalerone.net"]
    assert stopped["diff"]["after"]["certificate"] == ""
    assert stopped["diff"]["after"]["claims"] == []
    assert stopped["sso"]["certificate_thumbprint"] is None


def test_a_certificate_that_could_not_be_activated_is_not_the_active_one(world):
    world.run()
    world.app.principal["preferredTokenSigningKeyThumbprint"] = None
    world.entra.sandbox.faults.add({"method": "PATCH", "nth": 2}, {"kind": "status", "status": 400})
    stopped = world.run(identifier="a")
    assert [operation["name"] for operation in stopped["operations"]] == ["Identifier"]
    assert stopped["sso"]["certificate_thumbprint"] is None


@pytest.mark.parametrize("route", [CERTIFICATE, POLICY, ASSIGN])
def test_a_lost_answer_that_cannot_be_looked_for_is_told(world, route):
    method, _blank, path = route.partition(" ")
    reads = {CERTIFICATE: "/servicePrincipals/{id}", POLICY: "/policies/claimsMappingPolicies", ASSIGN: LOOK_AT_POLICIES.partition(" ")[2]}
    later = {"match": {"method": "GET", "route": reads[route], "nth": list(range(2, 99))}, "fault": {"kind": "status", "status": 403}}
    world.entra.sandbox.faults.set(
        [{"match": {"method": method, "route": path}, "fault": {"kind": "commit_then_reset"}, "times": 1}, later]
    )
    options = {"claims": CLAIMS, "certificate": "ignore"} if route != CERTIFICATE else {}
    broken = world.run(**options)
    assert "the answer is lost, and nobody can say whether it was carried out: looking at it failed" in broken["msg"]
    assert broken["changed"]
    world.entra.sandbox.faults.clear()
    assert not world.run(**options).get("failed")
    assert len(world.certificates()) == (route == CERTIFICATE)
    assert len(world.policies) == (route != CERTIFICATE)


# Claims


def test_claims_are_compared_by_content(world):
    claims = [{"SamlClaimType": "cloud", "Value": "zscalerone"}, {"SamlClaimType": "memberOf", "ID": "assignedroles", "Source": "user"}]
    world.policy("Somebody's", claims)
    assert not world.run(claims=CLAIMS, certificate="ignore", check=True)["operations"][1:]
    done = world.run(claims=CLAIMS)
    assert POLICY not in routes(done)
    assert ASSIGN not in routes(done)


def test_a_policy_of_another_name_is_taken_away_and_left(world):
    world.policy("Somebody's", [])
    done = world.run(claims=CLAIMS, cycle=True)
    assert routes(done)[-3:] == [POLICY, UNASSIGN, ASSIGN]
    assert "Somebody's" in world.policies
    assert [world.policies[id]["displayName"] for id in world.app.policies] == ["Zscaler One claims"]


def test_a_policy_of_the_name_is_found(world):
    world.policy("Ours", [], assigned=False)
    done = world.run(claims=CLAIMS, claims_policy="Ours", cycle=True)
    assert routes(done)[-2:] == [PATCH_POLICY, ASSIGN]
    assert list(world.policies) == ["Ours"]


def test_two_policies_of_the_name_are_an_error(world):
    world.policy("Ours", [], assigned=False)
    world.policies["second"] = {**world.policies["Ours"], "id": "second"}
    answer = world.run(claims=CLAIMS, claims_policy="Ours")
    assert answer["failed"]
    assert "second" in answer["msg"]
    assert answer["writes"] == []


# The rest


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"mode": "disabled", "identifier": "x"}, "option identifier: means nothing"),
        ({"mode": "disabled", "claims": []}, "option claims: means nothing"),
        ({"mode": "disabled", "sign_on_url": ""}, "option sign_on_url: means nothing"),
        ({"certificate": "ignore", "certificate_subject": "CN=Ours"}, "option certificate_subject: means nothing with certificate=ignore"),
        ({"certificate": "ignore", "certificate_renew_before": 9}, "option certificate_renew_before: means nothing"),
        ({"certificate_subject": "Zscaler"}, "must begin with CN="),
        ({"certificate_subject": ""}, "must begin with CN="),
        ({"certificate_subject": "CN= "}, "must begin with CN="),
        ({"certificate_renew_before": -1}, "cannot be negative"),
        ({"notification_emails": ["nobody"]}, "nobody is no e-mail address"),
        ({"reply_url": ["  "]}, "empty entry"),
        ({"claims": [{"name": "a"}]}, "claims[0]: needs either source or value"),
        ({"claims": [{"name": "a", "source": "user.mail", "value": "b"}]}, "needs either source or value"),
        ({"claims": [{"name": "a", "source": "mail"}]}, "not of the form user.department"),
        ({"claims": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]}, "a is there twice"),
        ({"claims": [{"name": " ", "value": "1"}]}, "claims[0]: name: is empty"),
    ],
)
@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_what_cannot_be_right_fails_before_anything_is_asked(world, options, words, check):
    answer = world.run(check=check, **options)
    assert answer["failed"]
    assert words in answer["msg"]
    assert answer["reads"] == answer["writes"] == []


def test_the_metadata_are_where_the_token_comes_from(world):
    id, tenant = world.app.app_id, world.entra.sandbox.entra.tenant_id
    page = f"federationmetadata/2007-06/federationmetadata.xml?appid={id}"
    assert world.run()["sso"]["metadata_url"] == f"https://login.microsoftonline.com/{tenant}/{page}"
    other = world.run(tenant_id="corp.example", cloud="usgov")
    assert other["sso"]["metadata_url"] == f"https://login.microsoftonline.us/corp.example/{page}"
    other = world.run(tenant_id="corp.example", authority_url="https://login.example")
    assert other["sso"]["metadata_url"] == f"https://login.example/corp.example/{page}"


def test_a_missing_permission_is_named(world):
    world.entra.sandbox.switch(entra_missing_permissions=["Policy.ReadWrite.ApplicationConfiguration"])
    answer = world.run(**WHOLE)
    assert answer["failed"]
    assert "Policy.ReadWrite.ApplicationConfiguration" in answer["msg"]
    assert answer["changed"]
    assert len(answer["operations"]) == 7


def test_an_application_that_does_not_exist_yet(entra):
    foreseen = entra.run(MODULE, check=True, diff=True, display_name="Zscaler One", **WHOLE)
    assert [operation["kind"] for operation in foreseen["operations"]] == ["setting"] * 5 + ["certificate"] * 2 + ["claims_policy"] * 2
    assert foreseen["sso"] == {"mode": "saml", "metadata_url": None, "certificate_thumbprint": None, "certificate_expires": None}
    assert "entra_gallery_app makes it" in entra.run(MODULE, display_name="Zscaler One")["msg"]
