# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Microsoft's published contract: every request to the Graph service and every answer of it is held against an OpenAPI file.

The environment variable GRAPH_OPENAPI names the file; without it nothing is checked. GRAPH_VIOLATIONS names a file to which
violations are appended too, so that those of sandboxes in other processes count.
"""

from __future__ import annotations

import functools
import json
import os
import re
import threading
import typing as t
import urllib.parse
from pathlib import Path

from .shapes import Shapes

if t.TYPE_CHECKING:
    from ..pipeline import Route
    from ..server import Answer, Request

Json = dict[str, t.Any]
FILE_VARIABLE = "GRAPH_OPENAPI"
LOG_VARIABLE = "GRAPH_VIOLATIONS"
PARAMETER = re.compile(r"\{[^}]*\}")
# What the sandbox itself refused as malformed need not be well-formed: a test did it on purpose, or its caller failed anyway.
REFUSED = frozenset({400, 401, 405})
# Properties of any type, which Microsoft's generator leaves out of its files; the reference pages have them.
UNTYPED = {"microsoft.graph.stringKeyObjectValuePair": ("value",)}
VERBS = frozenset({"get", "post", "put", "patch", "delete"})


class Description:
    """One OpenAPI file: its operations by verb and address, its schemas."""

    def __init__(self, content: Json) -> None:
        for name, properties in UNTYPED.items():
            for key in properties:
                content["components"]["schemas"].get(name, {}).get("properties", {}).setdefault(key, {})
        self.shapes = Shapes(content["components"]["schemas"])
        self._components: Json = content["components"]
        self.operations: dict[tuple[str, str], Json] = {}
        for path, operations in content["paths"].items():
            for verb in VERBS & operations.keys():
                self.operations[(verb.upper(), PARAMETER.sub("{id}", path).replace("()", ""))] = operations[verb]

    def resolve(self, part: Json) -> Json:
        """A part of the file, or what it refers to; references to schemas are left to the shapes."""
        reference = str(part.get("$ref", ""))
        if reference.startswith("#/components/") and not reference.startswith("#/components/schemas/"):
            kind, name = reference.split("/")[2:4]
            found: Json = self._components[kind][name]
            return found
        return part

    def schema_of(self, part: Json | None) -> Json | None:
        """The schema of a request body or an answer; None where it has none."""
        content = self.resolve(part or {}).get("content", {})
        return next((kind["schema"] for kind in content.values() if "schema" in kind), None)


@functools.lru_cache(maxsize=2)
def load(path: str) -> Description:
    """The description in a file, read once in each process: half a second."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Description(yaml.load(Path(path).read_text(encoding="utf-8"), Loader=loader))  # a safe loader either way


class Contract:
    """Collects what requests and answers have against the contract."""

    def __init__(self, path: str, log: str = "") -> None:
        self.violations: list[str] = []
        self._path = path
        self._log = log
        self._lock = threading.Lock()

    @staticmethod
    def of_environment() -> Contract | None:
        """The contract that the environment names; None where there is none."""
        path = os.environ.get(FILE_VARIABLE, "")
        return Contract(path, os.environ.get(LOG_VARIABLE, "")) if path and Path(path).is_file() else None

    def check(self, request: Request, route: Route, answer: Answer) -> None:
        """Holds one exchange against the contract."""
        problems = list(self._problems(request, route, answer))
        if not problems:
            return
        name = f"{request.method} {route.name or request.path}"
        with self._lock:
            sentences = [f"{name}: {problem}" for problem in problems]
            self.violations += sentences
            if self._log:
                with Path(self._log).open("a", encoding="utf-8") as stream:
                    stream.writelines(f"{sentence}\n" for sentence in sentences)

    def _problems(self, request: Request, route: Route, answer: Answer) -> t.Iterator[str]:
        with self._lock:
            description = load(self._path)
        operation = description.operations.get((request.method, route.name))
        if operation is None:
            if answer.status not in REFUSED:
                yield "the contract has no such operation"
            return
        if answer.status not in REFUSED:
            yield from self._in_request(description, operation, request)
        yield from self._in_answer(description, operation, answer)

    def _in_request(self, description: Description, operation: Json, request: Request) -> t.Iterator[str]:
        known = {_parameter(description, one) for one in operation.get("parameters", ())}
        for name in urllib.parse.parse_qs(request.target.partition("?")[2], keep_blank_values=True):
            if name not in known and name != "$skiptoken":
                yield f"the request has a query option {name} that the contract does not know"
        schema = description.schema_of(operation.get("requestBody"))
        if schema is None:
            if request.body:
                yield "the request has a body, and there is none in the contract"
            return
        if not request.body:
            yield "the request has no body"
            return
        for problem in description.shapes.problems(json.loads(request.body), schema):
            yield f"in the request, {problem}"

    def _in_answer(self, description: Description, operation: Json, answer: Answer) -> t.Iterator[str]:
        if answer.status >= 300:
            schema = description.schema_of(operation["responses"].get("default"))
            for problem in description.shapes.problems(json.loads(answer.body), schema or {}):
                yield f"in the answer {answer.status}, {problem}"
            return
        wanted = operation.get("x-documented-success")
        if wanted and str(wanted) != str(answer.status):
            yield f"the answer is {answer.status}, documented is {wanted}"
        answers = operation["responses"]
        schema = description.schema_of(answers.get(str(answer.status)) or answers.get("2XX"))
        if answer.status == 204 or not answer.body:
            return
        if schema is None:
            yield "the answer has a body, and there is none in the contract"
            return
        for problem in description.shapes.problems(json.loads(answer.body), schema):
            yield f"in the answer, {problem}"


def _parameter(description: Description, part: Json) -> str:
    return str(description.resolve(part).get("name"))
