# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens of Entra by azure-identity, from a login service over TLS: every way to log in, renewal, and errors in a sentence."""

from __future__ import annotations

import base64
import datetime
import json
import logging
import os
import secrets
import typing as t
import urllib.parse
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError, NotSent, Unauthorized, UntrustedAnswer
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import credentials
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.azure_transport import AzureTransport
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.choice import Choice
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.connection import Connection, Unreachable
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.credentials import EntraTokens, MissingAzureIdentity
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.secrets import Scrubber
from ansible_collections.scimops.zscaler_one.tests.sandbox.server import Answer, HttpServer, json_answer
from ansible_collections.scimops.zscaler_one.tests.sandbox.tls import Authority
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ansible_collections.scimops.zscaler_one.tests.sandbox.server import Connection as Line
    from ansible_collections.scimops.zscaler_one.tests.sandbox.server import Request

TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT = "66666666-7777-8888-9999-000000000000"
SCOPE = "https://graph.example/.default"


class Login:
    """A login service that gives tokens to whoever asks, unless `refuse` has an answer; `forms` has what was asked for."""

    def __init__(self, folder: Path, *, tls: bool = True) -> None:
        authority = Authority(folder)
        self.ca_path = str(authority.ca_path)
        self.forms: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.tokens: list[str] = []
        self.life = 3600
        self.refuse: Callable[[str], Answer | None] = lambda _path: None
        self.token_origin = ""
        self._server = HttpServer(self._respond, tls=authority.context() if tls else None)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.port}"
        self._server.start()

    def close(self) -> None:
        """Stops."""
        self._server.stop()

    def _respond(self, request: Request, line: Line) -> None:
        self.paths.append(request.path)
        self.headers.append(request.headers)
        line.answer(self.refuse(request.path) or self._answer(request))

    def _answer(self, request: Request) -> Answer:
        base = f"{self.token_origin or self.url}/{TENANT}"
        if "openid-configuration" in request.path:
            ends = {"token_endpoint": f"{base}/oauth2/v2.0/token", "authorization_endpoint": f"{base}/oauth2/v2.0/authorize"}
            return json_answer(200, {**ends, "issuer": f"{base}/v2.0"})
        self.forms.append(dict(urllib.parse.parse_qsl(request.body.decode() or request.target.partition("?")[2])))
        self.tokens.append("not-real-" + secrets.token_hex(20))
        return json_answer(200, {"token_type": "Bearer", "expires_in": self.life, "access_token": self.tokens[-1]})


@pytest.fixture
def login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Login]:
    pytest.importorskip("azure.identity")
    for name in [name for name in os.environ if name.startswith(("AZURE_", "IDENTITY_", "MSI_", "IMDS_"))]:
        monkeypatch.delenv(name)
    login = Login(tmp_path)
    yield login
    login.close()


class World:
    """The tokens of one credential of `login`, with a clock that stands still."""

    def __init__(self, login: Login, kind: str = "client_secret", *, authority: str = "", **values: str) -> None:
        self.secret = values.get("client_secret") or "not-real-" + secrets.token_hex(12)
        if kind == "client_secret":
            values["client_secret"] = self.secret
        self.scrub = Scrubber([self.secret])
        self.now = datetime.datetime.now(datetime.UTC).timestamp()
        self.slept: list[float] = []
        self.connection = Connection(ca_path=login.ca_path)
        self.tokens = EntraTokens(
            Choice(kind, "test", tenant_id=TENANT, client_id=CLIENT, **values),
            authority or login.url,
            SCOPE,
            connection=self.connection,
            scrub=self.scrub,
            timeout=5,
            clock=lambda: self.now,
            sleep=self.slept.append,
        )


def refused(status: int, error: str, description: str) -> Answer:
    return json_answer(status, {"error": error, "error_description": description})


def key_and_certificate(kind: str = "rsa") -> tuple[t.Any, x509.Certificate]:
    key: t.Any = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "client")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    return key, builder.sign(key, hashes.SHA256())


def certificate_file(folder: Path, form: str, password: str = "", kind: str = "rsa") -> str:
    """A PEM or PKCS#12 file with a certificate and its key."""
    key, certificate = key_and_certificate(kind)
    lock: t.Any = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    path = folder / f"client.{form}"
    if form == "pem":
        plain = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
        path.write_bytes(plain + certificate.public_bytes(serialization.Encoding.PEM))
    else:
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"client", key, certificate, None, lock))
    return str(path)


def test_a_client_secret_gets_a_token_that_is_kept(login: Login) -> None:
    world = World(login)
    assert world.tokens() == world.tokens() == f"Bearer {login.tokens[0]}"
    assert login.paths == [f"/{TENANT}/v2.0/.well-known/openid-configuration", f"/{TENANT}/oauth2/v2.0/token"]
    form = login.forms[0]
    assert (form["grant_type"], form["client_id"], form["client_secret"]) == ("client_credentials", CLIENT, world.secret)
    assert SCOPE in form["scope"].split()


def test_the_token_is_known_to_the_scrubber(login: Login) -> None:
    world = World(login)
    world.tokens()
    assert world.scrub.scrub_text(f"x {login.tokens[0]} y") == "x ******** y"


@pytest.mark.parametrize(("life", "still", "over"), [(3600, 3530, 3545), (100, 85, 95), (20, 16, 19.5)])
def test_a_token_is_renewed_before_it_ends(login: Login, life: int, still: float, over: float) -> None:
    login.life = life
    world = World(login)
    first = world.tokens()
    begin = world.now
    world.now = begin + still
    assert world.tokens() == first
    world.now = begin + over
    assert world.tokens() == f"Bearer {login.tokens[1]}" != first


def test_a_refused_token_is_renewed_once_for_all_threads(login: Login) -> None:
    world = World(login)
    first = world.tokens()
    assert world.tokens.renew(first)
    assert world.tokens.renew(first)
    assert len(login.tokens) == 2
    assert world.tokens() == f"Bearer {login.tokens[1]}"


@pytest.mark.parametrize(("form", "password"), [("pem", ""), ("pem", "open sesame"), ("p12", ""), ("p12", "open sesame")])
def test_a_certificate_signs_for_the_client(login: Login, tmp_path: Path, form: str, password: str) -> None:
    path = certificate_file(tmp_path, form, password)
    world = World(login, "certificate", certificate_path=path, certificate_password=password)
    assert world.tokens() == f"Bearer {login.tokens[0]}"
    assert "client_secret" not in login.forms[0]
    header = login.forms[0]["client_assertion"].split(".")[0]
    assert json.loads(base64.urlsafe_b64decode(header + "=="))["alg"] in ("RS256", "PS256")


@pytest.mark.parametrize(
    ("form", "password", "given", "kind", "reason"),
    [
        ("pem", "open sesame", "wrong word", "rsa", "certificate_password does not open"),
        ("pem", "open sesame", "", "rsa", "certificate_password does not open"),
        ("p12", "open sesame", "wrong word", "rsa", "certificate_password does not open"),
        ("pem", "", "", "ec", "not RSA"),
    ],
)
def test_a_certificate_of_no_use_is_an_input_error(
    login: Login, tmp_path: Path, form: str, password: str, given: str, kind: str, reason: str
) -> None:
    path = certificate_file(tmp_path, form, password, kind)
    with pytest.raises(InputError, match=reason) as caught:
        World(login, "certificate", certificate_path=path, certificate_password=given)
    assert "option certificate_path" in str(caught.value)
    assert login.paths == []


@pytest.mark.parametrize("content", [None, b"", b"rubbish", b"-----BEGIN CERTIFICATE-----\nrubbish"])
def test_a_file_that_is_no_certificate_is_an_input_error(login: Login, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "client.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="option certificate_path"):
        World(login, "certificate", certificate_path=str(path))


def test_a_workload_shows_the_token_of_its_file(login: Login, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("not-real-assertion-one\n")
    world = World(login, "workload_identity", token_file=str(file))
    first = world.tokens()
    file.write_text("not-real-assertion-two")
    assert world.tokens.renew(first)
    assert [form["client_assertion"] for form in login.forms] == ["not-real-assertion-one", "not-real-assertion-two"]
    assert "assertion-two" not in world.scrub.scrub_text("not-real-assertion-two")


def test_a_workload_without_its_file_is_told(login: Login, tmp_path: Path) -> None:
    world = World(login, "workload_identity", token_file=str(tmp_path / "none"))
    with pytest.raises(NotSent, match="AZURE_FEDERATED_TOKEN_FILE names a file that cannot be read"):
        world.tokens()


def test_a_managed_identity_asks_its_host(login: Login, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    host = Login(tmp_path, tls=False)
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{host.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "not-real-header")
    expires = {"expires_on": str(int(World(login).now) + 3600), "resource": "https://graph.example", "token_type": "Bearer"}
    host.refuse = lambda _path: json_answer(200, {**expires, "access_token": "not-real-managed-token"})
    assert World(login, "managed_identity").tokens() == "Bearer not-real-managed-token"
    assert host.headers[0]["x-identity-header"] == "not-real-header"
    host.close()


def test_a_machine_without_managed_identity_is_told_at_once(login: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    login.close()
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{login.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "not-real-header")
    with pytest.raises(Unreachable, match=r"no host of managed identities answers .*cannot connect.*Assign an identity"):
        World(login, "managed_identity").tokens()


def test_the_azure_cli_is_asked_for_a_token(login: Login, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    token = "not-real-" + secrets.token_hex(20)
    az = tmp_path / "az"
    expires = {"accessToken": token, "expires_on": int(World(login).now) + 3600}
    az.write_text(f"#!/bin/sh\necho '{json.dumps(expires)}'\necho \"$@\" > {tmp_path}/asked\n")
    az.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert World(login, "cli").tokens() == f"Bearer {token}"
    asked = (tmp_path / "asked").read_text()
    assert "--resource https://graph.example" in asked
    assert f"--tenant {TENANT}" in asked


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("echo 'Please run az login' >&2; exit 1", "Please run 'az login'"),
        ("echo 'ERROR: AADSTS50076: You must use multi-factor.' >&2; exit 1", "AADSTS50076: You must use multi-factor"),
        ("echo rubbish", "Unexpected output from Azure CLI"),
        ("exit 127", "not found"),
    ],
)
def test_an_azure_cli_that_gives_none_is_told(
    login: Login, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, text: str
) -> None:
    az = tmp_path / "az"
    az.write_text(f"#!/bin/sh\n{script}\n")
    az.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(Unreachable, match=text) as caught:
        World(login, "cli").tokens()
    assert "Run az login on the machine" in str(caught.value)
    assert "\n" not in str(caught.value)


INVALID = "AADSTS7000215: Invalid client secret provided. Ensure it is the value. Trace ID: abc Correlation ID: def Timestamp: now"


def test_a_wrong_secret_is_told_in_a_sentence_with_its_code(login: Login, caplog: pytest.LogCaptureFixture) -> None:
    world = World(login)
    login.refuse = lambda path: (
        refused(401, "invalid_client", INVALID.replace("it is", f"{world.secret} is")) if path.endswith("token") else None
    )
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Unauthorized) as caught:
        world.tokens()
    text = str(caught.value)
    assert (
        "AADSTS7000215: Invalid client secret provided. Ensure ******** is the value. Check tenant_id, client_id and client_secret" in text
    )
    assert text.endswith("This login comes from test")
    assert world.secret not in text + caplog.text
    assert "Trace ID" not in text
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (
            refused(400, "invalid_tenant", "AADSTS90002: Tenant 'x' not found. Trace ID: a"),
            Unauthorized,
            "AADSTS90002: Tenant 'x' not found",
        ),
        (
            json_answer(400, {"error": {"code": "BadRequest", "message": "No such tenant."}}),
            Unauthorized,
            "gives no token: No such tenant. Check",
        ),
        (
            json_answer(400, {"error": {"code": "BadRequest"}, "error_description": ["x"]}),
            Unauthorized,
            "gives no token: BadRequest. Check",
        ),
        (json_answer(400, {"error": {"x": 1}}), Unauthorized, "gives no token: it gives no reason. Check"),
        (json_answer(400, ["x"]), Unauthorized, "gives no token: the answer is no object. Check"),
        (json_answer(200, {}), UntrustedAnswer, "without a usable token: it gives no reason"),
        (refused(503, "temporarily_unavailable", "AADSTS90033: Busy."), NotSent, "answers 503 .*AADSTS90033: Busy"),
        (json_answer(429, {"error": "too_many"}, Retry_After="1000"), NotSent, "answers 429"),
        (Answer(200, b"<html>log in</html>", {"Content-Type": "text/html"}), UntrustedAnswer, "is authority_url right"),
        (Answer(302, b"", {"Location": "https://evil.example/"}), NotSent, "answers 302"),
    ],
)
def test_other_answers_are_told_too(login: Login, answer: Answer, error: type[Exception], text: str) -> None:
    login.refuse = lambda _path: answer
    world = World(login)
    with pytest.raises(error, match=text):
        world.tokens()
    assert sum(world.slept) == 0
    assert world.secret not in text


def test_the_library_never_sleeps_long(login: Login) -> None:
    slept: list[float] = []
    wire = AzureTransport(Connection(ca_path=login.ca_path), login.url, timeout=1, request="token request", sleep=slept.append)
    wire.sleep(2)
    with pytest.raises(NotSent, match="wants no request for 1000 seconds"):
        wire.sleep(1000)
    assert slept == [2]


def test_after_an_outage_there_is_a_token(login: Login) -> None:
    world = World(login)
    login.refuse = lambda _path: refused(503, "temporarily_unavailable", "AADSTS90033: Busy.")
    with pytest.raises(NotSent):
        world.tokens()
    login.refuse = lambda _path: None
    assert world.tokens() == f"Bearer {login.tokens[0]}"


def test_f15_the_secret_goes_to_the_authority_alone(login: Login, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Login(tmp_path / "other")
    login.token_origin = other.url
    with pytest.raises(UntrustedAnswer, match=f"{other.url}, which is not authority_url") as caught:
        World(login).tokens()
    assert login.url in str(caught.value)
    assert other.paths == []
    other.close()


@pytest.mark.parametrize("spelled", ["https://evil.invalid\\@{ours}", "https://evil.invalid\\.{ours}", "https://evil.invalid@{ours}"])
def test_f15_an_address_that_libraries_read_in_two_ways_gets_no_secret(login: Login, spelled: str) -> None:
    login.token_origin = spelled.replace("{ours}", login.url.partition("//")[2])
    with pytest.raises(UntrustedAnswer, match=r"which is not authority_url .*; nothing was sent"):
        World(login).tokens()
    assert login.forms == []


@pytest.mark.parametrize("token", [True, 5, ["x" * 20], {"a": "x" * 20}, "x" * 40_000], ids=["true", "number", "list", "object", "endless"])
def test_what_is_no_token_is_told_at_once(login: Login, token: object) -> None:
    answer = json_answer(200, {"token_type": "Bearer", "expires_in": 3600, "access_token": token})
    login.refuse = lambda path: answer if path.endswith("token") else None
    with pytest.raises(NotSent, match="the answer has no usable token"):
        World(login).tokens()


def test_a_certificate_that_is_not_trusted_gets_nothing(login: Login, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    login.ca_path = str(Authority(tmp_path / "other").ca_path)
    with pytest.raises(Unreachable, match=r"is not trusted .*ca_path"):
        World(login).tokens()
    assert login.paths == []


def test_nobody_there_is_told(login: Login) -> None:
    login.close()
    with pytest.raises(NotSent, match=r"cannot connect to 127.0.0.1"):
        World(login).tokens()


def test_plain_http_to_this_machine_works(login: Login, tmp_path: Path) -> None:
    plain = Login(tmp_path, tls=False)
    assert World(login, authority=plain.url).tokens() == f"Bearer {plain.tokens[0]}"
    assert login.paths == []
    plain.close()


def test_proxies_and_netrc_of_the_environment_have_no_say(login: Login, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login not-real-user password not-real-password\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(netrc))
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", "evil.example")
    assert World(login).tokens() == f"Bearer {login.tokens[0]}"
    assert [name for headers in login.headers for name in headers if name == "authorization"] == []


def test_without_azure_identity_it_is_asked_for(login: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "HAS_AZURE_IDENTITY", False)
    with pytest.raises(MissingAzureIdentity):
        World(login)
    text = credentials.explain_missing("client_secret")
    assert "auth_source client_secret" in text
    assert "give access_token" in text
    monkeypatch.setattr(credentials.sys, "version_info", (3, 9, 18))
    assert "needs Python 3.10 or newer, and this module runs on 3.9.18" in credentials.explain_missing("cli")


def test_the_libraries_do_not_talk(login: Login, capfd: pytest.CaptureFixture[str]) -> None:
    login.refuse = lambda _path: refused(401, "invalid_client", INVALID)
    with pytest.raises(Unauthorized):
        World(login).tokens()
    for name in ("azure.identity", "azure.core.pipeline", "msal.application"):
        assert not logging.getLogger(name).isEnabledFor(logging.ERROR)
    assert capfd.readouterr() == ("", "")
