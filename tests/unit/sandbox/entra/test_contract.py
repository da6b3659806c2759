# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The judge over the sandbox's Graph: does it see what is wrong, and does it see the same as jsonschema does?"""

from __future__ import annotations

import copy
import json
import os
import random
import re
import typing as t
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.contract import FILE_VARIABLE, Contract, Description, load
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.routes import Table
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.shapes import Shapes
from ansible_collections.scimops.zscaler_one.tests.sandbox.pipeline import Route
from ansible_collections.scimops.zscaler_one.tests.sandbox.server import Answer, Request

jsonschema = pytest.importorskip("jsonschema")
Json = dict[str, t.Any]
OPENAPI = os.environ.get(FILE_VARIABLE, "")
needs_openapi = pytest.mark.skipif(not Path(OPENAPI).is_file(), reason="Microsoft's OpenAPI file is not at hand")
SCHEMAS: dict[str, Json] = {
    "entity": {"type": "object", "properties": {"id": {"type": "string"}}},
    "colour": {"type": "string", "title": "colour", "enum": ["red", "blue"]},
    "thing": {
        "allOf": [
            {"$ref": "#/components/schemas/entity"},
            {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "nullable": True},
                    "size": {"type": "integer", "minimum": 0, "maximum": 9},
                    "colour": {"$ref": "#/components/schemas/colour"},
                    "code": {"type": "string", "pattern": "^[a-z]+$"},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/thing"}},
                    "best": {"anyOf": [{"$ref": "#/components/schemas/thing"}, {"type": "object", "nullable": True, "enum": [None]}]},
                },
            },
        ]
    },
    "special": {"allOf": [{"$ref": "#/components/schemas/thing"}, {"type": "object", "properties": {"extra": {"type": "boolean"}}}]},
}
THING = {"$ref": "#/components/schemas/thing"}


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"id": "1", "name": None, "size": 3, "colour": "red", "code": "abc", "parts": [{"id": "2"}], "best": None}, ""),
        ({"@odata.context": "x", "name@odata.type": "y"}, ""),
        ({"@odata.type": "#special", "extra": True}, ""),
        ({"parts": [{"@odata.type": "#special", "extra": True}]}, ""),
        ({"best": {"name": "x"}}, ""),
        ({"extra": True}, "body has a key extra that the contract does not know"),
        ({"parts": [{"extra": True}]}, r"body.parts\[0\] has a key extra"),
        ({"best": {"extra": 1}}, "body.best has a key extra"),
        ({"id": 1}, "body.id is a int, not of type string"),
        ({"id": None}, "body.id is null"),
        ({"size": True}, "body.size is a bool"),
        ({"size": 10}, "body.size is 10, out of range"),
        ({"colour": "green"}, "body.colour is a str, none of the colour"),
        ({"code": "ABC"}, "body.code is a str, not as the pattern"),
        ({"parts": {}}, "body.parts is a dict"),
        ([], "body is a list"),
        ({"@odata.type": "#special", "extra": 1}, "body.extra is a int"),
    ],
)
def test_shapes(value, problem):
    found = Shapes(SCHEMAS).problems(value, THING)
    assert len(found) == (1 if problem else 0), found
    if problem:
        assert re.search(problem, found[0])


def translated(schema: t.Any) -> t.Any:
    """An OpenAPI 3.0 schema as JSON Schema: `nullable` is the only thing that they spell differently here."""
    if isinstance(schema, list):
        return [translated(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: translated(value) for name, value in schema.items() if name not in ("nullable", "format", "properties")}
    if "properties" in schema:
        kept["properties"] = {name: translated(value) for name, value in schema["properties"].items()}
    return {"anyOf": [kept, {"type": "null"}]} if schema.get("nullable") is True else kept


def spoiled(value: t.Any, chance: random.Random) -> t.Any:
    """The value with one thing in it changed, anywhere."""
    places = list(_places(value))
    container, key = chance.choice(places)
    container[key] = chance.choice(
        [None, 1, -1, 2**40, "x", "Active", "Add, Update", "2026-01-01T00:00:00Z", True, [], {}, ["x"], {"x": 1}]
    )
    return value


def _places(value: t.Any) -> t.Iterator[tuple[t.Any, t.Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from _places(inner)


@pytest.fixture
def description() -> Description:
    return load(OPENAPI)


@needs_openapi
def test_shapes_judge_as_jsonschema_does(graph, description):
    """Without the unknown keys, which jsonschema cannot see in these files."""
    sp = graph.principal()
    base = f"/servicePrincipals/{sp}/synchronization"
    job = f"{base}/jobs/{graph.job(sp)}"
    samples = {"synchronizationJob": job, "synchronizationSchema": f"{job}/schema", "servicePrincipal": f"/servicePrincipals/{sp}"}
    components = {name: translated(schema) for name, schema in description.shapes._schemas.items()}
    chance, verdicts = random.Random(20), {True: 0, False: 0}
    for name, path in samples.items():
        sample = graph.get(path)
        reference = {"$ref": f"#/components/schemas/microsoft.graph.{name}"}
        third = jsonschema.Draft202012Validator({**reference, "components": {"schemas": components}})
        for _time in range(400 if name != "synchronizationSchema" else 60):
            value = spoiled(copy.deepcopy(sample), chance)
            ours = not description.shapes.problems(value, reference, unknown_keys=False)
            assert ours == third.is_valid(value), (description.shapes.problems(value, reference, unknown_keys=False), value)
            verdicts[ours] += 1
    assert min(verdicts.values()) > 50


@needs_openapi
def test_every_route_of_the_sandbox_is_in_the_contract(graph, description):
    missing = [(method, route) for route, method in Table(graph.entra).names() if (method, route) not in description.operations]
    assert missing == []


def exchange(log: Path | None, method: str, route: str, body: object, status: int, content: object, query: str = "") -> list[str]:
    judge = Contract(OPENAPI, str(log or ""))
    request = Request(method, f"/v1.0{route}{query}", {}, b"" if body is None else json.dumps(body).encode())
    judge.check(request, Route(route, "", ""), Answer(status, b"" if content is None else json.dumps(content).encode()))
    return judge.violations


JOBS = "/servicePrincipals/{id}/synchronization/jobs"


@needs_openapi
@pytest.mark.parametrize(
    ("method", "route", "body", "status", "content", "query", "problem"),
    [
        ("POST", JOBS, {"templateId": "x"}, 201, {"id": "y"}, "", ""),
        ("POST", JOBS, {"templateId": "x"}, 200, {"id": "y"}, "", "the answer is 200, documented is 201"),
        ("POST", JOBS, {"template": "x"}, 201, {"id": "y"}, "", "in the request, body has a key template"),
        ("POST", JOBS, {"templateId": 1}, 201, {"id": "y"}, "", "in the request, body.templateId is a int"),
        ("POST", JOBS, {"templateId": 1}, 400, {"error": {"code": "x", "message": "y"}}, "", ""),
        ("POST", JOBS, {"templateId": "x"}, 400, {"error": {"code": "x"}}, "", "in the answer 400, body.error has no message"),
        ("POST", JOBS, None, 201, {"id": "y"}, "", "the request has no body"),
        ("POST", JOBS, {"templateId": "x"}, 201, {"id": "y", "status": {"code": "Great"}}, "", "in the answer, body.status.code is a str"),
        ("GET", JOBS, None, 200, {"value": [{"what": 1}]}, "", r"in the answer, body.value\[0\] has a key what"),
        ("GET", JOBS, None, 200, {"value": []}, "?$top=3&$skiptoken=x", ""),
        ("GET", JOBS, None, 200, {"value": []}, "?top=3", "a query option top"),
        ("POST", JOBS + "/{id}/start", {}, 204, None, "", "the request has a body"),
        ("POST", JOBS + "/{id}/start", None, 200, {}, "", "documented is 204"),
        ("POST", JOBS + "/{id}/launch", None, 204, None, "", "no such operation"),
        ("GET", "", None, 400, {}, "", ""),
    ],
)
def test_exchanges(method, route, body, status, content, query, problem):
    found = exchange(None, method, route, body, status, content, query)
    assert bool(found) is bool(problem), found
    if problem:
        assert re.search(problem, found[0])


@needs_openapi
def test_violations_go_to_the_log_without_values(tmp_path):
    log = tmp_path / "violations"
    secret = [{"key": "SecretToken", "value": "not-a-real-token", "secret": "not-a-real-token"}]
    found = exchange(log, "PUT", "/servicePrincipals/{id}/synchronization/secrets", {"value": secret}, 204, None)
    assert log.read_text().splitlines() == found
    assert "not-a-real-token" not in log.read_text()


def test_the_environment_says_whether_anything_is_checked(monkeypatch, tmp_path):
    monkeypatch.delenv("GRAPH_OPENAPI", raising=False)
    assert Contract.of_environment() is None
    monkeypatch.setenv("GRAPH_OPENAPI", str(tmp_path / "missing"))
    assert Contract.of_environment() is None
    (tmp_path / "there").touch()
    monkeypatch.setenv("GRAPH_OPENAPI", str(tmp_path / "there"))
    assert Contract.of_environment() is not None
