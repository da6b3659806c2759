# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The synchronization schema of a job: read, replaced as a whole, put back to the default; functions, operators, expressions."""

from __future__ import annotations

import copy
import typing as t
import uuid

from .answers import Call, Json, Listing, Reply, timestamp
from .checks import check_schema
from .engine import FUNCTIONS, OPERATORS, EngineError, parse
from .state import Application, Job
from .synchronization import Synchronization, of_engine, refused


class Schemas(Synchronization):
    """Answers below .../schema."""

    def of_template(self, call: Call) -> Reply:
        """GET templates/{id}/schema: the default."""
        with self._directory.lock:
            schema = self._entra.gallery.schema(self._application(call), call.ids[1])
        if schema is None:
            raise refused(404, "NotFound", f"Could not find the synchronization template {call.ids[1]}.")
        return Reply(200, self._shown(schema), _context(call, "templates"))

    def get(self, call: Call) -> Reply:
        """GET schema."""
        with self._directory.lock:
            return Reply(200, self._shown(self._job(call)[1].schema), _context(call, "jobs"))

    def _shown(self, schema: Json) -> Json:
        """The schema as the service gives it back, which is not quite as it was given."""
        shown = copy.deepcopy(schema)
        switches = self._entra.switches
        if switches.entra_version_moves:
            shown["version"] = f"Date:{timestamp()}, ActivityId:{uuid.uuid4()}"
        for mapping in _object_mappings(shown):
            mappings = mapping.get("attributeMappings")
            if isinstance(mappings, list) and switches.entra_mapping_order == "sorted":
                mappings.sort(key=lambda one: str(one.get("targetAttributeName")).lower())
            elif isinstance(mappings, list) and switches.entra_mapping_order == "reversed":
                mappings.reverse()
            flags = [flag.strip() for flag in str(mapping.get("flowTypes") or "None").split(",")]
            mapping["flowTypes"] = (", " if switches.entra_flag_spaces else ",").join(flags)
        return shown

    def put(self, call: Call) -> Reply:
        """PUT schema: everything is replaced, and the next cycle is an initial one."""
        wanted = {name: value for name, value in call.object().items() if not name.startswith("@")}
        if not isinstance(wanted.get("synchronizationRules"), list):
            raise refused(400, "SchemaInvalid", "The schema has no synchronizationRules.")
        if self._entra.switches.entra_schema_checks:
            check_schema(wanted)
        with self._directory.lock:
            application, job = self._job(call)
            job.schema = {**copy.deepcopy(wanted), "id": job.id}
            self._changed(application, job)
        return Reply(204)

    def delete(self, call: Call) -> Reply:
        """DELETE schema: the template's default again."""
        with self._directory.lock:
            application, job = self._job(call)
            schema = self._entra.gallery.schema(application, job.template_id) or {}
            job.schema = {**schema, "id": job.id}
            self._changed(application, job)
        return Reply(204)

    def _changed(self, application: Application, job: Job) -> None:
        self._entra.engine.schema_changed(application, job)

    def operators(self, call: Call) -> Listing:
        """GET schema/filterOperators."""
        with self._directory.lock:
            self._job(call)
        return _operators()

    def template_operators(self, call: Call) -> Listing:
        """GET templates/{id}/schema/filterOperators, where the switch has it."""
        self._template(call)
        return _operators()

    def template_parse(self, call: Call) -> Reply:
        """POST templates/{id}/schema/parseExpression, where the switch has it."""
        self._template(call)
        return self._parsed(call)

    def _template(self, call: Call) -> None:
        """Raises GraphError unless questions may be asked of the template in the address, and there is one."""
        if not self._entra.switches.entra_template_questions:
            self.not_implemented(call)
        self.of_template(call)

    def functions(self, call: Call) -> Listing:
        """GET schema/functions."""
        with self._directory.lock:
            self._job(call)
        return Listing(FUNCTIONS, "Collection(microsoft.graph.attributeMappingFunctionSchema)", page_size=len(FUNCTIONS) or 1)

    def parse(self, call: Call) -> Reply:
        """POST schema/parseExpression: the expression as a tree, and what it gives for a test object."""
        with self._directory.lock:
            self._job(call)
        return self._parsed(call)

    def _parsed(self, call: Call) -> Reply:
        expression = call.text("expression")
        tree, reason = parse(expression)
        content: Json = {
            "parsingSucceeded": tree is not None,
            "parsedExpression": tree,
            "evaluationSucceeded": False,
            "evaluationResult": [],
        }
        content["error"] = None if tree is not None else {"code": "AttributeMappingExpressionInvalid", "message": reason, "target": None}
        subject = call.object().get("testInputObject")
        if tree is not None and isinstance(subject, dict):
            properties = {str(pair.get("key")): pair.get("value") for pair in subject.get("properties") or ()}
            values, reason = self._entra.engine.evaluate(tree, properties)
            content.update(evaluationSucceeded=not reason, evaluationResult=values)
            if reason:
                content["error"] = {"code": "AttributeMappingEvaluationFailed", "message": reason, "target": None}
        return Reply(200, content, "microsoft.graph.parseExpressionResponse")

    def directories(self, call: Call) -> Listing:
        """GET schema/directories."""
        with self._directory.lock:
            return Listing(copy.deepcopy(self._job(call)[1].schema.get("directories") or []), "directoryDefinitions")

    def directory(self, call: Call) -> Reply:
        """GET schema/directories/{id}."""
        with self._directory.lock:
            for directory in self._job(call)[1].schema.get("directories") or ():
                if directory.get("id") == call.ids[2]:
                    return Reply(200, copy.deepcopy(directory), "directoryDefinitions/$entity")
        raise refused(404, "NotFound", f"Could not find the directory definition {call.ids[2]}.")

    def discover(self, call: Call) -> Reply:
        """POST schema/directories/{id}/discover."""
        with self._directory.lock:
            application, job = self._job(call)
        # Not under the lock: the engine asks the SCIM service for its schemas.
        try:
            content = self._entra.engine.discover(application, job, call.ids[2])
        except EngineError as error:
            raise of_engine(error) from None
        return Reply(200, content, "microsoft.graph.directoryDefinition")


def _operators() -> Listing:
    return Listing(OPERATORS, "Collection(microsoft.graph.filterOperatorSchema)", page_size=len(OPERATORS) or 1)


def _object_mappings(schema: Json) -> t.Iterator[Json]:
    for rule in schema.get("synchronizationRules") or ():
        yield from rule.get("objectMappings") or ()


def _context(call: Call, collection: str) -> str:
    return f"servicePrincipals('{call.ids[0]}')/synchronization/{collection}('{call.ids[1]}')/schema/$entity"
