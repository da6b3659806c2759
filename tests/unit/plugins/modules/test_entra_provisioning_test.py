# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test Connection: with stored and with given values, with and without a job, and never a change."""

from __future__ import annotations

import json
import secrets

import pytest

from .provisioning import NAME, Provisioning

WITHOUT_JOB = "POST /servicePrincipals/{id}/synchronization/jobs/validateCredentials"
WITH_JOB = "POST /servicePrincipals/{id}/synchronization/jobs/{id}/validateCredentials"


@pytest.fixture
def zscaler(entra):
    return Provisioning(entra)


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
@pytest.mark.parametrize("given", [True, False], ids=["given", "stored"])
@pytest.mark.parametrize("job", [True, False], ids=["job", "no job"])
def test_right_values_are_valid(zscaler, check, given, job):
    if job:
        zscaler.run("job", state="present")
    options = {"tenant_url": zscaler.sandbox.base_url, "secret_token": zscaler.sandbox.token} if given else {}
    done = zscaler.run("test", check=check, **options)
    assert (done["valid"], done["message"], done["changed"], done["writes"]) == (True, "", False, [])
    assert (WITH_JOB if job else WITHOUT_JOB) in done["reads"]


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
@pytest.mark.parametrize("given", [True, False], ids=["given", "stored"])
@pytest.mark.parametrize("nesting", [0, 1, 2, 3])
def test_a_wrong_token_is_told_in_the_words_of_the_service(zscaler, check, given, nesting):
    zscaler.sandbox.switch(entra_error_nesting=nesting)
    wrong = secrets.token_urlsafe(24)
    options = {"tenant_url": zscaler.sandbox.base_url, "secret_token": wrong} if given else {}
    if not given:
        zscaler.app.secrets["SecretToken"] = wrong
    done = zscaler.run("test", check=check, **options)
    assert done["failed"]
    assert done["valid"] is False
    assert "invalid credentials" in done["message"]
    assert "invalid credentials" in done["msg"]
    assert "Bearer Token" in done["msg"]
    assert wrong not in json.dumps(done)
    quiet = zscaler.run("test", check=check, fail_on_invalid=False, **options)
    assert not quiet.get("failed")
    assert (quiet["valid"], quiet["changed"]) == (False, False)


@pytest.mark.parametrize(("option", "missing"), [("tenant_url", "secret_token"), ("secret_token", "tenant_url")])
def test_half_of_the_values_cannot_be_tested(zscaler, option, missing):
    done = zscaler.run("test", **{option: {"tenant_url": zscaler.sandbox.base_url, "secret_token": zscaler.sandbox.token}[option]})
    assert done["failed"]
    assert f"option {missing}" in done["msg"]
    assert done["reads"] == []


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_of_graph_is_no_verdict_about_the_target(zscaler, status):
    zscaler.sandbox.faults.add(
        {"route": WITHOUT_JOB.partition(" ")[2]}, {"kind": "status", "status": status, "body": {"error": {"code": "x"}}}, 0
    )
    done = zscaler.run("test", fail_on_invalid=False)
    assert done["failed"]
    assert "valid" not in done


def test_an_application_that_does_not_exist_yet_is_not_tested(entra):
    done = entra.run("entra_provisioning_test", display_name=NAME, check=True)
    assert (done["valid"], done.get("failed")) == (None, None)
    assert "entra_gallery_app" in entra.run("entra_provisioning_test", display_name=NAME)["msg"]


def test_a_misspelt_application_is_recognised(zscaler):
    told = zscaler.entra.run("entra_provisioning_test", display_name=NAME.replace("cal", "call"))
    assert f"entra_gallery_app makes it; did you mean {NAME}?" in told["msg"]
