# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of Microsoft Graph that are sound and about something else: another object than the one asked for, a filter that got lost.

What such an answer is about is never written to, nor deleted. The answers are changed behind the transport.
"""

from __future__ import annotations

import copy
import json
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import http
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.contract import FILE_VARIABLE
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

from ..plugins.modules.conftest import EntraTenant

NAME = "Zscaler One"
VICTIM = "Payroll"
ASSIGNED = {"assignments": [{"user": "ada@corp.example", "role": "User"}]}
SSO = {"mode": "saml", "identifier": ["https://x.example/a"], "reply_url": ["https://x.example/b"], "sign_on_url": "https://x.example/c"}
WRITES: dict[str, dict[str, t.Any]] = {
    "entra_app_assignment": ASSIGNED,
    "entra_provisioning_job": {"state": "started"},
    "entra_provisioning_mapping": {"groups": {"enabled": False}},
    "entra_saml_sso": SSO,
}
OTHER = "another object than the one that was asked for"


class World(EntraTenant):
    """A tenant with our application and one of somebody else's, which answers may put in the place of ours."""

    def __init__(self, sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(sandbox, capsys)
        self.token = sandbox.entra.access_token()
        self.seed("ada")
        self.ours = sandbox.entra.add_application(NAME)
        self.victim = sandbox.entra.add_application(VICTIM)
        self.change: t.Callable[[t.Any], t.Any] = lambda body: body
        real = http.decode
        monkeypatch.setattr(http, "decode", lambda *given: self.change(copy.deepcopy(real(*given))))

    def connection(self) -> dict[str, t.Any]:
        """The options with which a module finds the sandbox, and little patience."""
        return {"graph_url": self.sandbox.graph_url, "access_token": self.token, "consistency_timeout": 0.05}

    def put_for(self, key: str, ours: str, theirs: str, kind: str) -> None:
        """From now on, whoever asks for ours by id gets an object that says to be another; lists stay."""

        def change(body: t.Any) -> t.Any:
            if isinstance(body, dict) and body.get(key) == ours and kind in str(body.get("@odata.context")):
                body[key] = theirs
            return body

        self.change = change


@pytest.fixture
def world(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> t.Iterator[World]:
    monkeypatch.delenv(FILE_VARIABLE, raising=False)
    with Sandbox(tls=False) as sandbox:
        yield World(sandbox, capsys, monkeypatch)


@pytest.mark.parametrize("module", WRITES)
@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_another_service_principal_than_the_one_asked_for_is_not_touched(world: World, module: str, check: bool) -> None:
    world.put_for("id", world.ours.principal_id, world.victim.principal_id, "servicePrincipals")
    answer = world.run(module, check=check, service_principal_id=world.ours.principal_id, **WRITES[module])
    assert answer["failed"]
    assert OTHER in answer["msg"]
    assert answer["writes"] == []


def test_another_application_than_that_of_the_service_principal_is_not_touched(world: World) -> None:
    world.put_for("appId", world.ours.application["appId"], world.victim.application["appId"], "applications")
    answer = world.run("entra_saml_sso", service_principal_id=world.ours.principal_id, **SSO)
    assert answer["failed"]
    assert f"{OTHER}, by its appId" in answer["msg"]
    assert answer["writes"] == []


@pytest.mark.parametrize("template", ["another-template", None])
def test_where_the_filter_got_lost_no_application_of_another_template_is_deleted(world: World, template: str | None) -> None:
    def change(body: t.Any) -> t.Any:
        for one in body.get("value", ()) if isinstance(body, dict) else ():
            if "applicationTemplateId" in one:
                one["applicationTemplateId"] = template
        return body

    world.change = change
    answer = world.run("entra_gallery_app", display_name=NAME, state="absent")
    assert answer["failed"]
    assert "was not made from this template" in answer["msg"]
    assert answer["writes"] == []


def test_what_acts_on_a_terminal_is_escaped_in_every_text_of_a_result(world: World) -> None:
    odd = "Ada\x1b]0;x\x07\x9b31m\u202e\r\x00\u2028"

    def change(body: t.Any) -> t.Any:
        for one in body.get("value", ()) if isinstance(body, dict) else ():
            if "userPrincipalName" in one:
                one["displayName"] = f"{odd} \u200c\U0001f600\r\nB\tC"
        return body

    world.change = change
    answer = world.run("entra_app_assignment", check=True, diff=True, display_name=NAME, **ASSIGNED)
    text = json.dumps({**answer, "reads": []}, ensure_ascii=False)
    assert answer["assignments"][0]["principal"] == "Ada\\x1b]0;x\\x07\\x9b31m\\u202e\\r\\x00\\u2028 \u200c\U0001f600\nB\tC"
    assert [letter for letter in odd if letter in text and letter not in "Ada]0;x31m"] == []
