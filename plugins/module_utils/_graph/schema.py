# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The synchronizationSchema of a job or of a template, and what Graph knows about expressions and filters (facts 3.9)."""

from __future__ import annotations

import typing as t

from .._errors import ServiceError
from .._transport.address import quote_segment
from .again import read_again
from .patience import may_pass
from .resources import OPERATOR, PARSED, SCHEMA
from .shapes import all_sound, sound
from .synchronization import job_path, root

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .._errors import TransportError
    from .client import Graph

    Json = dict[str, t.Any]


class Schema:
    """The schema below one job or one template."""

    def __init__(self, graph: Graph, path: str, *, of_template: bool = False) -> None:
        self._graph = graph
        self.path = path
        self._of_template = of_template

    @classmethod
    def of_job(cls, graph: Graph, principal_id: str, job_id: str) -> Schema:
        """The schema that a job works by."""
        return cls(graph, f"{job_path(principal_id, job_id)}/schema")

    @classmethod
    def of_template(cls, graph: Graph, principal_id: str, template_id: str) -> Schema:
        """The schema that a new job of this template begins with."""
        return cls(graph, f"{root(principal_id)}/templates/{quote_segment(template_id)}/schema", of_template=True)

    def read(self) -> Json:
        """The whole schema. Notes that belong to the answer and not to the schema, such as @odata.context, are left out.

        That of a job which was made a moment ago may not be there yet; it is waited for, except in check mode.
        """
        schema = sound(read_again(self._graph, lambda: self._graph.get(self.path)), SCHEMA, "the schema")
        return {key: value for key, value in schema.items() if "@odata." not in key}

    def write(self, schema: Mapping[str, t.Any]) -> None:
        """Replace the whole schema. PUT and never PATCH, which is published but answered with 404; begins a new initial cycle."""
        self._graph.settle("PUT", self.path, dict(schema))

    def filter_operators(self) -> list[Json] | None:
        """What scoping filters can compare with; None where a template cannot be asked (published, but not in the reference)."""
        try:
            found = read_again(self._graph, lambda: self._graph.list(f"{self.path}/filterOperators"), passing=self._passing)
        except ServiceError as error:
            if error.status == 404 and self._of_template:
                return None
            raise
        return all_sound(found, OPERATOR, "an operator of filters")

    def parse(self, expression: str) -> tuple[Json | None, str]:
        """The expression as the tree that a schema has, or None and Graph's reason. Changes nothing.

        Where a template cannot be asked, only the text.
        """
        try:
            answer = self._graph.ask(f"{self.path}/parseExpression", {"expression": expression}, passing=self._passing)
        except ServiceError as error:
            if error.status == 404 and self._of_template:
                return {"expression": expression}, ""
            if error.status != 400:
                raise
            return None, error.detail
        sound(answer, PARSED, "the parsed expression")
        source = answer.get("parsedExpression")
        if answer.get("parsingSucceeded") is False or not isinstance(source, dict):
            told = answer.get("error") or {}
            return None, str(told.get("message") or told.get("code") or "")
        if source.get("expression") is None:
            return {**source, "expression": expression}, ""
        return dict(source), ""

    def _passing(self, error: TransportError, spent: float) -> bool:
        """Whether a refusal may pass. The 404 of a template will not: it cannot be asked."""
        if self._of_template and isinstance(error, ServiceError) and error.status == 404:
            return False
        return may_pass(error, spent)
