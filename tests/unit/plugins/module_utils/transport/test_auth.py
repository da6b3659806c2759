# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens: what may be one (B51), and how OAuth2 gets and renews them."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import typing as t
from urllib.parse import parse_qs, unquote_plus

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import (
    CollectionError,
    InputError,
    NotSent,
    Unauthorized,
    UntrustedAnswer,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.auth import BearerToken, ClientCredentials, check_token
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.connection import Connection
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.secrets import Scrubber

from .loopback import Clock, Seen, Service, error, hang, in_turn, reply, reset, token

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MARK = "mark-that-must-not-be-repeated"


@pytest.mark.parametrize("text", [MARK, f" {MARK}\n", f"Bearer {MARK}", f"bearer  {MARK} ", f"\tBEARER {MARK}\r\n"])
def test_b51_white_space_and_bearer_are_taken_away(text: str) -> None:
    assert check_token(text) == MARK


@pytest.mark.parametrize("text", ["aB3/+==x", "x" * 8, "~!#%^()[]"])
def test_b51_the_alphabet_is_the_service_s_business(text: str) -> None:
    assert check_token(text) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("Bearer ", "shorter than 8"),
        ("x" * 7, "shorter than 8"),
        (f'"{MARK}"', "quotes"),
        (f"'{MARK}'", "quotes"),
        (f"{MARK}\n{MARK}", "line break"),
        (f"{MARK}\r\nX-Evil: 1", "line break"),
        (f"{MARK} {MARK}", "blank"),
        (f"{MARK}\0", "another character"),
        (f"{MARK}é", "another character"),
        ("*" * 8, "masked"),
        ("***", "masked"),
        (f"{MARK}********", "masked"),
        ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "masked"),
        ("{{ " + MARK + " }}", "template"),
        (f"$ANSIBLE_VAULT;1.1;AES256{MARK}", "vault"),
    ],
)
def test_b51_what_is_no_token_is_refused_and_never_repeated(text: str, reason: str) -> None:
    with pytest.raises(InputError, match="option bearer_token") as caught:
        check_token(text)
    assert reason in str(caught.value)
    assert MARK not in str(caught.value)


def test_a_bearer_token_has_no_successor() -> None:
    authorize = BearerToken(MARK)
    assert authorize() == f"Bearer {MARK}"
    assert not authorize.renew(f"Bearer {MARK}")


# --- client credentials ---


def issued(value: str, expires_in: object = 3600, **more: object) -> bytes:
    return reply(200, {"access_token": value, "token_type": "Bearer", "expires_in": expires_in, **more}, kind="application/json")


class Endpoint:
    """A token endpoint and its client."""

    def __init__(self, *actions: t.Any) -> None:
        self.service = Service(in_turn(*actions))
        self.clock = Clock()
        self.scrub = Scrubber()
        self.client_id, self.client_secret = "id with:colon", token() + "/+ü="
        self.scrub.add(self.client_secret)
        self.authorize = ClientCredentials(
            self.service.origin + "/token",
            self.client_id,
            self.client_secret,
            connection=Connection(),
            scrub=self.scrub,
            timeout=1,
            monotonic=self.clock,
        )

    @property
    def seen(self) -> list[Seen]:
        return self.service.seen


@pytest.fixture
def endpoint() -> Iterator[Callable[..., Endpoint]]:
    made: list[Endpoint] = []

    def make(*actions: t.Any) -> Endpoint:
        made.append(Endpoint(*actions))
        return made[-1]

    yield make
    for one in made:
        one.service.close()


def test_the_client_authenticates_by_basic_and_keeps_the_token(endpoint: t.Any) -> None:
    value = token()
    one = endpoint(issued(value))
    assert one.authorize() == one.authorize() == f"Bearer {value}"
    (seen,) = one.seen
    assert (seen.method, seen.target, seen.body) == ("POST", "/token", b"grant_type=client_credentials")
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    name, _unused, secret = base64.b64decode(seen.headers["authorization"].removeprefix("Basic ")).decode().partition(":")
    assert (unquote_plus(name), unquote_plus(secret)) == (one.client_id, one.client_secret)
    assert value not in one.scrub.scrub_text(f"leak {value}")


def test_a_client_that_is_not_understood_by_basic_puts_its_credentials_into_the_body(endpoint: t.Any) -> None:
    refusal = reply(401, {"error": "invalid_client"}, kind="application/json")
    one = endpoint(refusal, issued(token()), issued(token()))
    first = one.authorize()
    assert one.authorize.renew(first)
    for seen in one.seen[1:]:
        assert "authorization" not in seen.headers
        form = parse_qs(seen.body.decode())
        assert form == {"grant_type": ["client_credentials"], "client_id": [one.client_id], "client_secret": [one.client_secret]}
    assert len(one.seen) == 3


@pytest.mark.parametrize(("expires_in", "lasts"), [(3600, 3540), ("3600", 3540), (100, 90), (10, 9)])
def test_a_token_is_renewed_before_it_ends(endpoint: t.Any, expires_in: object, lasts: float) -> None:
    one = endpoint(issued("first-" + MARK, expires_in), issued("other-" + MARK, expires_in))
    one.authorize()
    one.clock.now += lasts - 0.5
    assert one.authorize() == f"Bearer first-{MARK}"
    one.clock.now += 1
    assert one.authorize() == f"Bearer other-{MARK}"


@pytest.mark.parametrize("expires_in", [None, "soon", -1, 0, [1], "nan", 10**400, "1" + "0" * 400])
def test_a_token_without_a_usable_end_is_used_until_it_is_refused(endpoint: t.Any, expires_in: object) -> None:
    one = endpoint(issued("first-" + MARK, expires_in), issued("other-" + MARK, expires_in))
    first = one.authorize()
    one.clock.now += 1e9
    assert one.authorize() == first
    assert one.authorize.renew(first)
    assert one.authorize() == f"Bearer other-{MARK}"


def test_f27_a_refused_token_is_renewed_once_by_all_threads_together(endpoint: t.Any) -> None:
    one = endpoint(issued("first-" + MARK), issued("other-" + MARK), issued("third-" + MARK))
    first = one.authorize()
    results: list[bool] = []
    threads = [threading.Thread(target=lambda: results.append(one.authorize.renew(first))) for _unused in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 8
    assert one.authorize() == f"Bearer other-{MARK}"
    assert len(one.seen) == 2


def test_the_same_token_again_is_no_renewal(endpoint: t.Any) -> None:
    one = endpoint(issued("first-" + MARK))
    assert not one.authorize.renew(one.authorize())


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_client_is_told_what_to_check_and_no_secret(endpoint: t.Any, status: int) -> None:
    one = endpoint(reset)

    def refuse(seen: Seen) -> bytes:
        words = f"\x1b[2Jno {one.client_secret} {seen.headers.get('authorization', '')}" + "x" * 999
        return reply(status, {"error": "invalid_grant", "error_description": words}, kind="application/json")

    one.service._answer = refuse
    with pytest.raises(Unauthorized, match="check client_id, client_secret and token_url") as caught:
        one.authorize()
    text = str(caught.value)
    assert "invalid_grant" in text
    assert one.client_secret not in text
    assert base64.b64encode(one.client_secret.encode()).decode()[:8] not in text
    assert text.isprintable()
    assert len(text) < 500


@pytest.mark.parametrize(
    "fault",
    [
        hang,
        reset,
        None,
        reply(500, b"<html>", kind="text/html"),
        reply(302, Location="https://evil.example/"),
        reply(200, b"<html>", kind="text/html"),
        reply(200, {"token_type": "Bearer"}),
        reply(200, {"access_token": 5}),
        reply(200, {"access_token": "short"}),
        reply(200, {"access_token": "with\r\nline-break"}),
        reply(200, {"access_token": MARK, "token_type": "mac"}),
        reply(200, [MARK]),
    ],
)
def test_f1_without_a_token_nothing_is_sent_to_the_service(endpoint: t.Any, fault: t.Any) -> None:
    """All of it is NotSent, so that the request that needed the token may be tried again."""
    with pytest.raises(NotSent, match="POST token_url") as caught:
        endpoint(fault).authorize()
    assert MARK not in str(caught.value)


def test_f9_a_huge_token_answer_is_not_read(endpoint: t.Any) -> None:
    def endless(sock: t.Any) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _unused in range(100):
            sock.sendall(b" " * 2**20)

    one = endpoint(endless)
    one.authorize._timeout = 30
    with pytest.raises(UntrustedAnswer, match="more than 64 MiB"):
        one.authorize()


def test_a_failed_renewal_leaves_no_old_token_in_use_that_has_ended(endpoint: t.Any) -> None:
    one = endpoint(issued(MARK, 100), error(500, "x"))
    one.authorize()
    one.clock.now += 100
    with pytest.raises(CollectionError):
        one.authorize()


def test_error_details_are_json_or_nothing(endpoint: t.Any) -> None:
    one = endpoint(reply(400, json.dumps({"error": {"deep": secrets.token_hex(8)}}).encode()))
    with pytest.raises(Unauthorized, match="it gives no reason"):
        one.authorize()
