# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the client may do, by its token: told in names, without asking Graph, and without the token."""

from __future__ import annotations

import base64
import json
import secrets
import urllib.parse
from types import SimpleNamespace

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import NotSent
from ansible_collections.scimops.zscaler_one.plugins.module_utils._workflow.permission_info import act

MODULE = "entra_permission_info"


@pytest.mark.parametrize("check", [True, False])
def test_names_are_told_and_what_is_missing_and_nothing_else_of_the_token(entra, check):
    entra.sandbox.switch(entra_missing_permissions=["AppRoleAssignment.ReadWrite.All", "AuditLog.Read.All"])
    token = entra.sandbox.entra.access_token()
    told = entra.run(MODULE, check=check, access_token=token, needs=["read_logs", "find_users", "assign", "read_logs"])
    assert told["client"]["kind"] == "application"
    assert "User.ReadBasic.All" in told["client"]["permissions"]
    assert [(one["need"], one["permission"]) for one in told["missing"]] == [
        ("read_logs", "AuditLog.Read.All"),
        ("assign", "AppRoleAssignment.ReadWrite.All with Application.Read.All"),
    ]
    assert (told["changed"], told["reads"], told["writes"]) == (False, [], [])
    text = json.dumps(told)
    assert [part for part in token.split(".") if part in text] == []


def test_of_a_token_that_cannot_be_read_nothing_is_missing(entra):
    told = entra.run(MODULE, access_token="not-a-real-token-0123456789", needs=["assign"])
    assert (told["client"], told["missing"]) == ({"kind": "unknown", "permissions": []}, [])


def crafted(claims) -> str:
    """A token with these claims, which nobody signed."""
    text = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return f"not-real.{base64.urlsafe_b64encode(text).decode().rstrip('=')}.not-signed-{secrets.token_hex(8)}"


SECRET = "not-a-real/secret+" + secrets.token_hex(12)
TURNED = "Application.Read.All\x1b]0;x\x07"


@pytest.mark.parametrize(
    ("claims", "kind", "permissions"),
    [
        (
            {"roles": ["User.Read.All", TURNED, "A\x9b31m", "\u202eevil", "a b", "", "{{ 1 }}", "x" * 101, 5, None, ["x"], {"x": 1}]},
            "application",
            1,
        ),
        (
            {"roles": [SECRET, urllib.parse.quote(SECRET, safe=""), base64.b64encode(SECRET.encode()).decode(), SECRET[-20:]]},
            "application",
            None,
        ),
        ({"scp": f"User.Read.All {TURNED} \ud800"}, "user", 1),
        ({"scp": {"x": 1}, "roles": {"x": "User.Read.All"}, "idtyp": ["app"]}, "unknown", 0),
        (b'{"roles": ' + b"[" * 10_000, "unknown", 0),
        (b'{"roles": ["User.Read.All"], "exp": ' + b"9" * 5000 + b"}", "unknown", 0),
        (b"\xff\xfe{", "unknown", 0),
        ([1], "unknown", 0),
    ],
    ids=["marks", "a secret", "a person", "other kinds", "deep", "a long number", "no text", "a list"],
)
def test_of_a_crafted_token_nothing_but_names_of_permissions_is_told(entra, claims, kind, permissions):
    token = crafted(claims)
    given = {"access_token": token, "auth_source": "token", "client_secret": SECRET, "needs": ["assign"]}
    told = entra.run(MODULE, **given)
    assert told["client"]["kind"] == kind
    if permissions is not None:
        assert told["client"]["permissions"] == ["User.Read.All"][:permissions]
    text = json.dumps({**told, "reads": []}, ensure_ascii=False)
    assert [part for start in range(len(SECRET) - 7) if (part := SECRET[start : start + 8]) in text] == []
    assert [part for part in token.split(".") if part in text] == []


@pytest.mark.parametrize(("failures", "told"), [(0, True), (2, True), (3, False)])
def test_a_login_service_that_does_not_answer_is_asked_again_but_not_for_ever(failures, told):
    fates, pauses = [NotSent("no connection", "token request")] * failures + ["Bearer not-a-real-token"], []

    def authorize():
        fate = fates.pop(0)
        if isinstance(fate, NotSent):
            raise NotSent(fate.message, fate.request)
        return fate

    graph = SimpleNamespace(http=SimpleNamespace(authorize=authorize), sleep=pauses.append)
    if told:
        assert act(graph, {"needs": []}).result["client"]["kind"] == "unknown"
    else:
        with pytest.raises(NotSent):
            act(graph, {"needs": []})
    assert len(pauses) == min(failures, 2)
