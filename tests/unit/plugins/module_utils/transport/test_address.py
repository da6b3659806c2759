# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses: refused or normalised (B50), never repeated, and encoded once (B16, B17)."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError, UntrustedAnswer
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import address

MARK = "mark-that-must-not-be-repeated"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://scim.zscalerone.net/1/098/scim", "https://scim.zscalerone.net/1/098/scim"),
        (" https://scim.zscalerone.net/1/098/scim/ \n", "https://scim.zscalerone.net/1/098/scim"),
        ("HTTPS://SCIM.zscalerone.net/A//", "https://scim.zscalerone.net/A"),
        ("https://host", "https://host"),
        ("https://host:8443/x", "https://host:8443/x"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("http://localhost:1/x", "http://localhost:1/x"),
        ("http://127.9.9.9/x", "http://127.9.9.9/x"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
    ],
)
def test_b50_a_good_address_is_normalised(text: str, url: str) -> None:
    assert address.check_base_url(text) == url


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"https://scim.zscalerone.net/<{MARK}>/<idp>/scim", "placeholder"),
        (f"https://<{MARK}>", "placeholder"),
        ("", "is empty"),
        ("  ", "is empty"),
        (f"{MARK}.example/scim", "https://"),
        (f"//{MARK}.example/scim", "https://"),
        (f"ftp://{MARK}.example", "https://"),
        (f"http://{MARK}.example/scim", "plain http"),
        (f"http://localhost.{MARK}.example/", "plain http"),
        (f"http://10.0.0.1/{MARK}", "plain http"),
        (f"http://0.0.0.0/{MARK}", "plain http"),
        (f"https://user:{MARK}@host/", "user or a password"),
        (f"https://{MARK}@host/", "user or a password"),
        (f"https://host/x?token={MARK}", "query"),
        ("https://host/x?", "query"),
        (f"https://host/x#{MARK}", "fragment"),
        (f"https://host/{MARK}/../x", ".."),
        (f"https://host/{MARK}/%2e%2E/x", ".."),
        (f"https://host/{MARK}/./x", ".."),
        (f"https://host/{MARK}%2f..", ".."),
        (f"https://host//{MARK}", "empty part"),
        (f"https:///{MARK}", "no host"),
        (f"https://host:0/{MARK}", "port"),
        (f"https://host:/{MARK}", "port"),
        (f"https://host:99999/{MARK}", "port"),
        (f"https://host:x/{MARK}", "port"),
        (f"https://[::1/{MARK}", "URL"),
        (f"https://ho st/{MARK}", "blank"),
        (f"https://host/{MARK}\nHost: x", "control"),
        (f"https://host\\@{MARK}", "blank"),
        (f"https://höst/{MARK}", "xn--"),
        ("https://{{ " + MARK + " }}/scim", "template"),
        ("********", "masked"),
        ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "masked"),
    ],
)
def test_b50_a_bad_address_is_refused_and_never_repeated(text: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        address.check_base_url(text)
    assert reason in str(caught.value)
    assert caught.value.problems[0].place == "option base_url"
    assert MARK not in str(caught.value)


def test_f12_a_token_address_may_have_a_query_but_no_plain_http() -> None:
    assert address.check_url("https://login/x?y=1", "token_url", query=True) == "https://login/x?y=1"
    with pytest.raises(InputError, match="option token_url"):
        address.check_url("http://login.example/x", "token_url", query=True)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ('userName eq "a@b.example"', "userName%20eq%20%22a%40b.example%22"),
        ("a+b", "a%2Bb"),
        ("100%", "100%25"),
        ("%41", "%2541"),
        ("a&b=c#d?e/f", "a%26b%3Dc%23d%3Fe%2Ff"),
        ("é", "%C3%A9"),
        ("~-._", "~-._"),
        (1, "1"),
    ],
)
def test_b16_a_value_is_encoded_once(value: str | int, encoded: str) -> None:
    assert address.join_url("https://h/scim", "Users", {"filter": value}) == f"https://h/scim/Users?filter={encoded}"


def test_paths_are_joined_with_one_slash() -> None:
    assert address.join_url("https://h/scim", "/Users/1") == "https://h/scim/Users/1"
    assert address.join_url("https://h/scim", "") == "https://h/scim"


@pytest.mark.parametrize(("id", "segment"), [("a/b", "a%2Fb"), ("../x", "..%2Fx"), ("%2f", "%252f"), ("...", "..."), ("ü", "%C3%BC")])
def test_b17_an_id_is_one_segment(id: str, segment: str) -> None:
    assert address.quote_segment(id) == segment


@pytest.mark.parametrize("id", ["", ".", ".."])
def test_b17_an_id_that_climbs_is_refused(id: str) -> None:
    with pytest.raises(UntrustedAnswer, match=r"^the id that the service gave: .* cannot be an id"):
        address.quote_segment(id)


def test_half_a_surrogate_pair_is_refused_in_paths_and_in_filters() -> None:
    with pytest.raises(UntrustedAnswer, match=r"^the id that the service gave: .* surrogate pair"):
        address.quote_segment("\ud800")
    with pytest.raises(UntrustedAnswer, match="surrogate pair"):
        address.join_url("https://h/scim", "Users", {"filter": 'id eq "\udfff"'})


@pytest.mark.parametrize("text", ["http://proxy:3128", "http://proxy:3128/", "http://user:pw@proxy:3128"])
def test_a_proxy_is_http_with_a_port(text: str) -> None:
    assert address.check_proxy(text) == text.rstrip("/")


@pytest.mark.parametrize(
    "text", ["proxy:3128", "http://proxy", "https://proxy:1", "socks5://p:1", "http://p:1/x", "http://p:1?x", "http://p:x"]
)
def test_another_proxy_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="option proxy"):
        address.check_proxy(text)


@pytest.mark.parametrize(
    ("no_proxy", "bypassed"),
    [
        ("", False),
        ("*", True),
        ("zscalerone.net", True),
        (".zscalerone.net", True),
        ("one.net", False),
        ("other, SCIM.zscalerone.net", True),
    ],
)
def test_no_proxy_names_hosts(no_proxy: str, bypassed: bool) -> None:
    assert address.bypasses_proxy("https://scim.zscalerone.net/x", no_proxy) is bypassed


def test_no_proxy_names_networks() -> None:
    assert address.bypasses_proxy("https://10.1.2.3/x", "10.0.0.0/8")
    assert not address.bypasses_proxy("https://11.1.2.3/x", "10.0.0.0/8")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://u:p@h:1/x?y", "https://h:1"),
        ("https://[::1]:2/", "https://[::1]:2"),
        ("/x", ""),
        ("https://h:x", ""),
        ("http://h", "http://h"),
    ],
)
def test_an_origin_has_no_user_and_no_path(url: str, origin: str) -> None:
    assert address.origin(url) == origin


@pytest.mark.parametrize("end", ["Users", "users/", "Groups"])
def test_b50_the_address_of_a_list_is_not_the_base_url(end: str) -> None:
    with pytest.raises(InputError, match="leave that off"):
        address.check_base_url(f"https://scim.example/1/2/scim/{end}")
