# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From connection options to a transport: all problems at once, nothing sent, no secret repeated (B50, B51, B54)."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.connect_scim import connect
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.secrets import Scrubber
from ansible_collections.scimops.zscaler_one.tests.sandbox.tls import Authority

from .loopback import Seen, Service, reply, token

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MARK = "mark-that-must-not-be-repeated"
GOOD = {"base_url": "https://scim.example.test/1/2/scim", "bearer_token": MARK}
CLIENT = {"client_id": "client", "client_secret": MARK, "token_url": "https://login.example.test/token"}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def serve() -> Iterator[Callable[..., Service]]:
    services: list[Service] = []

    def start(answer: t.Any, **options: t.Any) -> Service:
        services.append(Service(answer if callable(answer) else lambda _seen: answer, **options))
        return services[-1]

    yield start
    for service in services:
        service.close()


def test_a_bearer_token_and_nothing_else(serve: t.Any) -> None:
    service = serve(reply(200, {}))
    value = token()
    http = connect({"base_url": service.base_url + "/", "bearer_token": f"Bearer {value}\n"}, read_only=True)
    http.send("GET", "Users")
    assert service.seen[0].headers["authorization"] == f"Bearer {value}"
    assert http.base_url == service.base_url
    assert value not in http.scrub.scrub_text(value)
    assert http.pace.warnings == []
    http.close()


def test_client_credentials_are_fetched_and_renewed_after_a_401(serve: t.Any) -> None:
    values = [token(), token()]
    issuer = serve(lambda _seen: reply(200, {"access_token": values[len(issuer.seen) - 1], "token_type": "bearer"}))

    def answer(seen: Seen) -> bytes:
        return reply(200, {}) if values[1] in seen.headers["authorization"] else reply(401)

    service = serve(answer)
    options = {**CLIENT, "base_url": service.base_url, "token_url": issuer.origin + "/token?a=b", "requests_per_second": 0}
    http = connect(options, read_only=False)
    assert http.send("POST", "Users").sent == 2
    assert [seen.target for seen in issuer.seen] == ["/token?a=b"] * 2
    assert not any(value in http.scrub.scrub_text(value) for value in [*values, MARK])


def test_the_task_s_own_scrubber_learns_the_secrets() -> None:
    scrub = Scrubber()
    assert connect({**GOOD, "proxy": "http://user:pass%2Fword@proxy:3128"}, read_only=True, scrub=scrub).scrub is scrub
    assert MARK not in scrub.scrub_text(MARK)
    assert "pass" not in scrub.scrub_text("http://user:pass%2Fword@proxy, pass/word")


def test_a_proxy_s_password_that_is_too_short_is_refused_and_garbles_nothing() -> None:
    scrub = Scrubber()
    with pytest.raises(InputError) as caught:
        connect({**GOOD, "proxy": "http://user:problem@proxy:3128"}, read_only=True, scrub=scrub)
    assert scrub.scrub_text(str(caught.value)).startswith("1 problem in the input")
    assert "user:problem" not in str(caught.value)


@pytest.mark.parametrize("user", ["", "user@", "user:@", "user:password@"])
def test_a_proxy_needs_no_password(user: str) -> None:
    assert connect({**GOOD, "proxy": f"http://{user}proxy:1"}, read_only=True)._connection._proxies["https"] == f"http://{user}proxy:1"


def test_a_secret_that_is_refused_as_too_short_does_not_garble_the_message() -> None:
    scrub = Scrubber()
    with pytest.raises(InputError) as caught:
        connect({**GOOD, "bearer_token": "token"}, read_only=True, scrub=scrub)
    assert "option bearer_token: is shorter" in scrub.scrub_text(str(caught.value))


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"base_url": None}, ["option base_url: is empty"]),
        ({"base_url": f"http://{MARK}.example"}, ["option base_url: must begin with https://"]),
        ({"bearer_token": None}, ["option bearer_token: is missing; give it (or the environment variable "]),
        ({"bearer_token": "short"}, ["option bearer_token: is shorter"]),
        ({"client_id": "x"}, ["option bearer_token: cannot be used together with client_id"]),
        ({"bearer_token": None, "client_id": "x"}, ["option client_secret: is missing", "option token_url: is missing"]),
        ({**CLIENT, "bearer_token": None, "client_secret": "x"}, ["option client_secret: is shorter"]),
        ({**CLIENT, "bearer_token": None, "token_url": f"http://{MARK}/"}, ["option token_url: must begin with https://"]),
        ({"timeout": 0}, ["option timeout: must be a number from more than 0 to 3600"]),
        ({"timeout": -1}, ["option timeout"]),
        ({"timeout": 1e9}, ["option timeout"]),
        ({"timeout": float("nan")}, ["option timeout"]),
        ({"timeout": "soon"}, ["option timeout"]),
        ({"deadline": -1}, ["option deadline: must be a number from 0 (none) to 604800"]),
        ({"deadline": float("inf")}, ["option deadline"]),
        ({"requests_per_second": -5}, ["option requests_per_second"]),
        ({"requests_per_second": float("nan")}, ["option requests_per_second"]),
        ({"proxy": f"socks5://{MARK}:1"}, ["option proxy"]),
        ({"proxy": "http://user:changed@proxy:1"}, ["option proxy: its password is shorter than 8 characters"]),
        ({"proxy": "http://user:%63hanged@proxy:1"}, ["option proxy: its password is shorter than 8 characters"]),
        ({"ca_path": "no-such-file.pem"}, ["option ca_path: cannot be used as a file of PEM certificates (No such file"]),
        ({"ca_path": "/dev/null", "timeout": 0}, ["2 problems", "option ca_path: is not a regular file", "option timeout"]),
        (
            {"base_url": "x", "bearer_token": "***", "timeout": 0, "deadline": -1, "proxy": "x", "requests_per_second": -1},
            ["6 problems", "base_url", "bearer_token", "timeout", "deadline", "proxy", "requests_per_second"],
        ),
    ],
)
def test_b50_b51_b54_all_problems_are_told_at_once_and_no_secret(change: dict[str, object], reasons: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        connect({**GOOD, **change}, read_only=False)
    for reason in reasons:
        assert reason in str(caught.value)
    assert MARK not in str(caught.value)


@pytest.mark.parametrize("change", [{"timeout": 0.5}, {"timeout": "30"}, {"deadline": 0}, {"requests_per_second": 0}, {"timeout": None}])
def test_b54_good_numbers_pass(change: dict[str, object]) -> None:
    assert connect({**GOOD, **change}, read_only=False).counts.sent == 0


def through(environment: dict[str, str], options: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return connect({**GOOD, **options}, read_only=False)._connection._proxies


@pytest.mark.parametrize(
    ("environment", "options", "proxy"),
    [
        ({"HTTPS_PROXY": "http://p:1"}, {}, None),
        ({"HTTPS_PROXY": "http://p:1"}, {"use_env_proxy": False}, None),
        ({"HTTPS_PROXY": "http://p:1"}, {"use_env_proxy": True}, "http://p:1"),
        ({"https_proxy": "http://p:1/"}, {"use_env_proxy": True}, "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "ALL_PROXY": "http://p:1"}, {"use_env_proxy": True}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "example.test"}, {"use_env_proxy": True}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "other"}, {"use_env_proxy": True}, "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, {"use_env_proxy": True, "proxy": "http://q:2"}, "http://q:2"),
        ({}, {"use_env_proxy": True}, None),
    ],
)
def test_f16_a_proxy_of_the_environment_is_used_on_demand_only(
    environment: dict[str, str], options: dict[str, object], proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert through(environment, options, monkeypatch) == ({"https": proxy} if proxy else {})


def test_certificates_are_checked_unless_switched_off(serve: t.Any, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    service = serve(reply(200, {}), tls=authority.context())
    options = {**GOOD, "base_url": service.base_url, "bearer_token": token()}
    assert connect({**options, "ca_path": str(authority.ca_path)}, read_only=True).send("GET", "Users").status == 200
    assert connect({**options, "validate_certs": False}, read_only=True).send("GET", "Users").status == 200
    with pytest.raises(Exception, match="not trusted"):
        connect({**options, "validate_certs": None}, read_only=True).send("GET", "Users")
