# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The login service: who gets a token, who does not, and that nothing of it stays in the journal."""

from __future__ import annotations

import base64
import datetime
import json
import secrets
import urllib.parse

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def ask(graph, *, tenant="", **form):
    defaults = {"grant_type": "client_credentials", "client_id": graph.entra.client_id, "scope": "https://graph.example/.default"}
    url = f"{graph.sandbox.authority_url}/{tenant or graph.entra.tenant_id}/oauth2/v2.0/token"
    data = {name: value for name, value in {**defaults, **form}.items() if value is not None}
    return graph.session.post(url, data=data, timeout=10)


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def make_certificate():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now = datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "client")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    return key, builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def assertion(key, *, pss=True, **header):
    first = packed(json.dumps({"alg": "PS256" if pss else "RS256", **header}).encode()) + "." + packed(b"{}")
    how = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH) if pss else padding.PKCS1v15()
    return first + "." + packed(key.sign(first.encode(), how, hashes.SHA256()))


def test_a_secret_gives_a_token_that_graph_takes(graph):
    answer = ask(graph, client_secret=graph.entra.client_secret)
    assert answer.status_code == 200
    content = answer.json()
    assert (content["token_type"], content["expires_in"]) == ("Bearer", 3599)
    assert graph.send("GET", "/users", token=content["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error", "number"),
    [
        ({"client_secret": "not-the-secret"}, 401, "invalid_client", 7000215),
        ({}, 401, "invalid_client", 7000218),
        ({"client_secret": "x", "client_id": "nobody"}, 400, "unauthorized_client", 700016),
        ({"client_secret": "x", "grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"client_secret": "x", "scope": "User.Read"}, 400, "invalid_scope", 1002012),
        ({"client_secret": "x", "tenant": "nowhere"}, 400, "invalid_tenant", 90002),
        ({"client_assertion": "a.b.c"}, 401, "invalid_client", 50027),
        ({"client_assertion": "nonsense", "client_assertion_type": ASSERTION}, 401, "invalid_client", 50027),
    ],
)
def test_the_login_refuses_in_its_own_form(graph, form, status, error, number):
    answer = ask(graph, **form)
    content = answer.json()
    assert (answer.status_code, content["error"], content["error_codes"]) == (status, error, [number])
    assert content["error_description"].startswith(f"AADSTS{number}: ")


@pytest.mark.parametrize("pss", [True, False])
def test_a_registered_certificate_counts_and_another_does_not(graph, pss):
    key, certificate = make_certificate()
    graph.entra.certificates.append(certificate)
    form = {"client_assertion_type": ASSERTION}
    assert ask(graph, client_assertion=assertion(key, pss=pss, x5t="x"), **form).status_code == 200
    stranger, _other = make_certificate()
    refused = ask(graph, client_assertion=assertion(stranger, pss=pss, x5t="x"), **form)
    assert (refused.status_code, refused.json()["error_codes"]) == (401, [700027])
    assert ask(graph, client_assertion=assertion(stranger, kid="issuer"), **form).status_code == 200  # workload identity


def test_discovery_names_the_endpoint_that_gives_tokens(graph):
    base = f"{graph.sandbox.authority_url}/{graph.entra.tenant_id}"
    found = graph.session.get(f"{base}/v2.0/.well-known/openid-configuration", timeout=10).json()
    assert found["token_endpoint"] == f"{base}/oauth2/v2.0/token"
    assert found["issuer"].startswith(graph.sandbox.authority_url)
    assert graph.session.get(f"{graph.sandbox.authority_url}/x/v2.0/.well-known/openid-configuration", timeout=10).status_code == 400
    instances = graph.session.get(f"{graph.sandbox.authority_url}/common/discovery/instance", timeout=10).json()
    assert instances["metadata"][0]["aliases"] == [urllib.parse.urlsplit(base).netloc]


def test_the_journal_keeps_neither_tokens_nor_what_was_said_to_the_login(graph):
    content = ask(graph, client_secret=graph.entra.client_secret).json()
    ask(graph, client_secret="not-the-secret")
    graph.send("GET", "/users", token=content["access_token"])
    text = json.dumps([entry.as_json() for entry in graph.sandbox.journal])
    for secret in (graph.entra.client_secret, content["access_token"], "not-the-secret", "client_credentials"):
        assert secret not in text
    login = graph.sandbox.journal.select(service="login")
    assert [(entry.route, entry.status, entry.writes) for entry in login] == [
        ("/{tenant}/oauth2/v2.0/token", 200, False),
        ("/{tenant}/oauth2/v2.0/token", 401, False),
    ]


def test_tokens_run_out(slow):
    graph, clock = slow(token_lifetime=60)
    assert graph.send("GET", "/users").status_code == 200
    clock.now += 61
    status, code, message = graph.error("GET", "/users")
    assert (status, code, "expired" in message) == (401, "InvalidAuthenticationToken", True)


@pytest.mark.parametrize("token", ["", secrets.token_urlsafe(8)], ids=["none", "wrong"])
def test_without_a_good_token_nothing_is_told(graph, token):
    assert graph.error("GET", "/users", token=token)[:2] == (401, "InvalidAuthenticationToken")
    assert graph.error("GET", "/nothing/here", token=token)[0] == 401


def test_over_tls_the_sandbox_authority_is_enough(make_graph):
    graph = make_graph(tls=True)
    assert graph.sandbox.graph_url.startswith("https://")
    assert ask(graph, client_secret=graph.entra.client_secret).status_code == 200
    assert graph.list("/users") == []
