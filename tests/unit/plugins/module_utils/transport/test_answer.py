# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bodies: JSON or not, and what an error says about itself."""

from __future__ import annotations

import time
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import answer
from requests.structures import CaseInsensitiveDict


def headers(kind: str) -> CaseInsensitiveDict[str]:
    return CaseInsensitiveDict({"content-type": kind} if kind else {})


@pytest.mark.parametrize(
    ("kind", "data", "value"),
    [
        ("application/scim+json", b'{"a":1}', {"a": 1}),
        ("application/json; charset=utf-8", b"[]", []),
        ("", b'{"a":1}', {"a": 1}),
        ("text/plain", b'{"a":1}', {"a": 1}),
        ("application/scim+json", b"\xef\xbb\xbf{}", {}),
        ("application/scim+json", '"é"'.encode("utf-16"), "é"),
        ("text/html", b"  ", None),
        ("", b"", None),
    ],
)
def test_json_is_read_whatever_it_is_called(kind: str, data: bytes, value: object) -> None:
    assert answer.decode(headers(kind), data) == value


@pytest.mark.parametrize(
    ("kind", "data", "foreign"),
    [
        ("text/html", b"<html>sign in</html>", True),
        ("text/html", b'{"a":1}', True),
        ("text/plain", b"sign in", True),
        ("", b"sign in", True),
        ("application/scim+json", b'{"a":', False),
        ("application/json", b"\xff\xfe\xff", False),
        ("application/json", b"[" * 100_000, False),
        ("application/json", b"1" * 10_000 + b"x", False),
    ],
)
def test_f8_what_is_not_json_is_told_by_type_and_length_alone(kind: str, data: bytes, foreign: bool) -> None:
    with pytest.raises(answer.NotJson) as caught:
        answer.decode(headers(kind), data)
    assert caught.value.foreign is foreign
    assert str(caught.value) == f"{len(data)} bytes of {kind or 'an unnamed type'} that are not JSON"


@pytest.mark.parametrize(
    ("kind", "data", "detail", "scim_type"),
    [
        ("application/scim+json", b'{"detail":"No user","status":"404"}', "No user", ""),
        ("application/scim+json", b'{"detail":"taken","status":409,"scimType":"uniqueness"}', "taken", "uniqueness"),
        ("application/json", b'{"code":"INVALID_INPUT","message":"bad"}', "INVALID_INPUT: bad", ""),
        ("application/json", b'{"message":"bad"}', "bad", ""),
        ("application/json", b'{"detail":{"x":1},"scimType":[1]}', "(33 bytes of application/json without a detail)", ""),
        ("application/json", b'"words"', "(7 bytes of application/json without a detail)", ""),
        ("application/json", b'{"detail":', "(10 bytes of application/json that are not JSON)", ""),
        ("text/html", b"<b>secret</b>", "(13 bytes of text/html that are not JSON)", ""),
        ("", b"", "(no body)", ""),
    ],
)
def test_an_error_is_told_in_the_service_s_words_or_by_its_size(kind: str, data: bytes, detail: str, scim_type: str) -> None:
    assert answer.explain(headers(kind), data) == (detail, scim_type)


@pytest.mark.parametrize("data", [b'{"Resources":[' + b"[]," * 3_000_000 + b"1]}", b"[" + b"1," * 10_000_001 + b"1]"])
def test_f9_more_values_than_any_page_has_are_not_read(data: bytes) -> None:
    begin = time.process_time()
    with pytest.raises(answer.TooMany) as caught:
        answer.decode(headers("application/json"), data)
    assert time.process_time() - begin < 1
    assert caught.value.foreign
    assert str(caught.value).startswith(f"{len(data)} bytes of application/json with more than 3000000 objects and lists")
    assert "detail" not in answer.explain(headers("application/json"), data)[0]


def test_f9_a_million_members_are_read() -> None:
    member = b'{"value":"7","display":"Doe, Ada","$ref":""}'
    data = b'{"Resources":[{"members":[' + b",".join([member] * 1_000_000) + b"]}]}"
    body: t.Any = answer.decode(headers("application/json"), data)
    assert len(body["Resources"][0]["members"]) == 1_000_000


def test_a_media_type_is_scrubbed_before_it_is_folded() -> None:
    told = headers("application/Ab=Cd; x")
    assert answer.media_type(told, lambda text: text.replace("Ab=Cd", "********")) == "application/********"


def test_megabytes_of_text_are_cut_before_they_are_cleaned() -> None:
    assert answer.tidy("x" * 2**21) == "x" * answer.LONGEST_CLEANED


def test_a_media_type_is_cut_and_cleaned() -> None:
    assert answer.media_type(headers("Text/\x1b[31mHTML" + "x" * 99 + "; a=b")) == ("text/31mhtml" + "x" * 99)[:60]


def test_text_of_a_service_is_one_line_without_terminal_codes() -> None:
    assert answer.tidy("a\x1b[2J\r\nb\u202ec\x00 d\u00a0e") == "a [2J b c d e"
    assert answer.shorten("x" * 301) == "x" * 297 + "..."
    assert answer.shorten("x" * 300) == "x" * 300
