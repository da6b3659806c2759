# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Graph's errors say behind their wrappings, and which requests change nothing."""

from __future__ import annotations

import json

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph import dialect
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.answer import LONGEST_DETAIL
from requests.structures import CaseInsensitiveDict

JSON = CaseInsensitiveDict({"Content-Type": "application/json"})


def told(body: object, kind: str = "application/json") -> tuple[str, str]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return dialect.explain(CaseInsensitiveDict({"Content-Type": kind}), data, str)


def error(code: str, message: object, **more: object) -> dict[str, object]:
    return {"error": {"code": code, "message": message, **more}}


NESTED = error("InvalidNotificationSettings", "The value of Recipients is empty.")
DEEP = error("UnknownError", json.dumps(error("UnknownError", json.dumps(NESTED))))


@pytest.mark.parametrize(
    ("body", "message", "code"),
    [
        (error("Request_ResourceNotFound", "No such thing."), "No such thing.", "Request_ResourceNotFound"),
        (error("UnknownError", json.dumps(NESTED)), "The value of Recipients is empty.", "InvalidNotificationSettings"),
        (DEEP, "The value of Recipients is empty.", "InvalidNotificationSettings"),
        (error("UnknownError", "Failed: " + json.dumps(NESTED)), "The value of Recipients is empty.", "InvalidNotificationSettings"),
        (error("UnknownError", json.dumps(json.dumps(NESTED))), "The value of Recipients is empty.", "InvalidNotificationSettings"),
        (error("UnknownError", json.dumps({"Message": "No HTTP resource was found."})), "No HTTP resource was found.", "UnknownError"),
        (error("UnknownError", json.dumps({"errorCode": "Bad", "errorMessage": "Too long."})), "Too long.", "Bad"),
        (error("UnknownError", ""), "(UnknownError, without a message)", "UnknownError"),
        (error("UnknownError", None), "(UnknownError, without a message)", "UnknownError"),
        (error("UnknownError", "{broken"), "(UnknownError, without a message)", "UnknownError"),
        (error("Request_BadRequest", "Set {a} or {b}."), "Set {a} or {b}.", "Request_BadRequest"),
        (error("Outer", "Outside.", innerError={"code": "Inner", "message": "Inside."}), "Inside.", "Inner"),
        (error("Outer", "Outside.", innerError={"code": "UnknownError", "message": "Inside."}), "Inside.", "Outer"),
        (error("Outer", "Outside.", innerError={"date": "now", "request-id": "x"}), "Outside.", "Outer"),
        (
            error("Request_MultipleObjectsWithSameKeyValue", "Another object has this value.", details=[{"code": "ConflictingObjects"}]),
            "Another object has this value.",
            "ConflictingObjects",
        ),
        ({"odata.error": {"code": "Old", "message": {"lang": "en", "value": "The old way."}}}, "The old way.", "Old"),
        ({"error": "invalid_request", "error_description": "The form is empty."}, "The form is empty.", ""),
        ({}, "(2 bytes of application/json without a message)", ""),
        ([], "(2 bytes of application/json without a message)", ""),
        (b"", "(no body)", ""),
        (b"<html>", "(6 bytes of application/json that are not JSON)", ""),
    ],
)
def test_the_sentence_that_matters_is_found(body: object, message: str, code: str) -> None:
    assert told(body) == (message, code)


def test_a_page_of_a_proxy_is_told_by_its_size() -> None:
    assert told(b"<html>secret</html>", "text/html; charset=utf-8") == ("(19 bytes of text/html that are not JSON)", "")


def test_endless_wrappings_end() -> None:
    body: object = error("Core", "At the core.")
    for _level in range(50):
        body = error("UnknownError", "Outside.", innerError=body)
    message, code = told(body)
    assert (message, code) == ("Outside.", "UnknownError")
    assert told(error("UnknownError", "[" * 100_000 + '{"'))[1] == "UnknownError"


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        ({"request-id": "a-1", "client-request-id": "b-2"}, {}, "(request-id a-1, client-request-id b-2)"),
        ({}, error("x", "y", innerError={"request-id": "a-1", "client-request-id": "b-2"}), "(request-id a-1, client-request-id b-2)"),
        ({"Request-Id": "a-1"}, error("x", "y", innererror={"client-request-id": "b-2"}), "(request-id a-1, client-request-id b-2)"),
        ({"request-id": "a-1"}, [], "(request-id a-1)"),
        ({}, error("x", "y", innerError="text"), ""),
    ],
)
def test_both_numbers_of_a_request_are_told(headers: dict[str, str], body: object, text: str) -> None:
    known = CaseInsensitiveDict({"Content-Type": "application/json", **headers})
    assert dialect.reference(known, json.dumps(body).encode()) == text


@pytest.mark.parametrize(
    ("method", "path", "read", "repeatable"),
    [
        ("GET", "servicePrincipals", True, True),
        ("PUT", "servicePrincipals/1/synchronization/secrets", False, False),
        ("PUT", "servicePrincipals/1/synchronization/jobs/2/schema", False, True),
        ("PATCH", "applications/1", False, True),
        ("DELETE", "applications/1", False, True),
        ("POST", "servicePrincipals/1/synchronization/jobs", False, False),
        ("POST", "servicePrincipals/1/synchronization/jobs/2/start", False, False),
        ("POST", "servicePrincipals/1/synchronization/jobs/2/validateCredentials", True, True),
        ("POST", "servicePrincipals/1/synchronization/jobs/2/schema/parseExpression", True, True),
        ("POST", "servicePrincipals/1/synchronization/jobs/2/schema/directories/3/discover", True, True),
        ("POST", "servicePrincipals/1/synchronization/jobs/2/provisionOnDemand", False, False),
        ("POST", "servicePrincipals/1/claimsMappingPolicies/$ref", False, False),
        ("POST", "x/validateCredentials/start", False, False),
    ],
)
def test_what_changes_nothing_and_what_may_be_sent_twice(method: str, path: str, read: bool, repeatable: bool) -> None:
    assert dialect.is_read(method, path) is read
    assert dialect.GRAPH.is_repeatable(method, path) is repeatable


def test_each_request_has_a_number_of_its_own() -> None:
    first, second = dialect.number(), dialect.number()
    assert first["client-request-id"] != second["client-request-id"]
    assert first["return-client-request-id"] == "true"


def test_the_sentence_is_not_cut_here() -> None:
    assert len(told(error("x", "y" * 1000))[0]) > LONGEST_DETAIL
