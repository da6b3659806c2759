# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The workflow of the mapping with a Graph in a few lines: what is asked, what is written, and services that rewrite."""

from __future__ import annotations

import copy
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError, ServiceError
from ansible_collections.scimops.zscaler_one.plugins.module_utils._workflow.provisioning_mapping import act

from .mapping_worlds import OPERATORS, Json, by_target, clause, flow, parse, schema, scoping_filter, side

ROOT = "servicePrincipals/sp-1/synchronization"
JOB = f"{ROOT}/jobs/one.tenant.sp-1/schema"
TEMPLATE = f"{ROOT}/templates/one/schema"


class SmallGraph:
    """One application with one job. `rewrite` is what the service does to a schema that is PUT."""

    consistency_timeout = 1.0

    def __init__(self, *, check: bool = False, app: bool = True, job: bool = True) -> None:
        self.read_only = check
        self.schema: Json = {"@odata.context": "https://graph.example/$metadata", **schema()}
        self.principals = [{"id": "sp-1", "displayName": "Zscaler One", "applicationTemplateId": "t-1", "appRoles": []}] if app else []
        self.jobs = [{"id": "one.tenant.sp-1", "templateId": "one"}] if job else []
        self.rewrite: t.Callable[[Json], Json] = lambda written: written
        self.parse: t.Callable[[str], Json] = answer
        self.asked: list[str] = []
        self.late = 0
        self.written: list[Json] = []

    def get(self, path: str, **_params: t.Any) -> Json:
        self.asked.append(f"GET {path}")
        self.late -= 1
        if self.late >= 0:
            raise ServiceError(404, "not there yet", path)
        assert path in (JOB, TEMPLATE)
        assert (path == JOB) is bool(self.jobs)
        return copy.deepcopy(self.schema)

    def list(self, path: str, **_params: t.Any) -> list[Json]:
        self.asked.append(f"GET {path}")
        lists = {"servicePrincipals": self.principals, f"{ROOT}/jobs": self.jobs, f"{ROOT}/templates": [{"id": "one", "default": True}]}
        lists.update({f"{base}/filterOperators": OPERATORS for base in (JOB, TEMPLATE)})
        return lists[path]

    def ask(self, path: str, body: Json, *, passing: t.Any) -> Json:  # noqa: ARG002
        self.asked.append(f"POST {path}")
        return self.parse(body["expression"])

    def settle(self, method: str, path: str, body: Json) -> Json:
        assert not self.read_only
        assert (method, path) == ("PUT", JOB)
        self.written.append(copy.deepcopy(body))
        self.schema = self.rewrite(copy.deepcopy(body))
        return {}

    def wait_for(self, seen: t.Callable[[], bool], *, hits: int = 3, timeout: float = 1.0) -> bool:
        looks = (seen() for _look in range(3 if timeout else 1))
        return all(looks) if hits > 1 else any(looks)

    def outwait(self, act: t.Callable[[], t.Any], passing: t.Any, *, timeout: float | None = None) -> t.Any:  # noqa: ARG002
        for left in reversed(range(4)):
            try:
                return act()
            except ServiceError as error:
                if not left or not passing(error, 0.0):
                    raise
        raise AssertionError


def answer(expression: str) -> Json:
    source, error = parse(expression)
    return {
        "parsingSucceeded": not error,
        "parsedExpression": source,
        "error": {"code": "InvalidExpression", "message": error} if error else None,
    }


def run(graph: SmallGraph, **options: t.Any) -> t.Any:
    return act(t.cast("t.Any", graph), {"display_name": "Zscaler One", "mode": "merge", **options})


GIVEN = {"attribute_mappings": [flow("displayName", expression="ToUpper([givenName])")]}
FILTERED = {"scoping_filters": [scoping_filter("A", clause("department", "equals", "x"))]}


def test_one_change_is_one_put_without_the_notes_of_the_answer():
    graph = SmallGraph()
    outcome = run(graph, users=GIVEN)
    (written,) = graph.written
    assert "@odata.context" not in written
    assert written["synchronizationRules"] != schema()["synchronizationRules"]
    assert {**written, "synchronizationRules": 0} == {**schema(), "synchronizationRules": 0}
    assert f"POST {JOB}/parseExpression" in graph.asked
    assert outcome.changed
    assert len(outcome.warnings) == 1
    again = run(graph, users=GIVEN)
    assert not again.changed
    assert again.warnings == []
    assert len(graph.written) == 1
    assert again.result == outcome.result


def test_nothing_to_do_asks_for_the_schema_and_nothing_else():
    graph = SmallGraph()
    run(graph, users={"attribute_mappings": [flow("displayName", source="displayName")], "scoping_filters": []})
    assert graph.asked == ["GET servicePrincipals", f"GET {ROOT}/jobs", f"GET {JOB}"]
    assert graph.written == []


def test_each_expression_is_parsed_once():
    graph = SmallGraph(check=True)
    text = "ToUpper([givenName])"
    run(graph, users={"attribute_mappings": [flow("displayName", expression=text), flow("nickName", expression=text)]})
    assert [one for one in graph.asked if one.startswith("POST")] == [f"POST {JOB}/parseExpression"]


def test_check_mode_foresees_the_same_and_writes_nothing():
    foreseen, done = (run(SmallGraph(check=check), users={**GIVEN, **FILTERED}) for check in (True, False))
    assert foreseen == done
    graph = SmallGraph(check=True)
    run(graph, users={**GIVEN, **FILTERED})
    assert graph.written == []


def test_check_mode_without_a_job_plans_on_the_schema_of_the_template():
    graph = SmallGraph(check=True, job=False)
    outcome = run(graph, users={**GIVEN, **FILTERED})
    assert [operation.verb for operation in outcome.operations] == ["set", "create"]
    assert {f"GET {TEMPLATE}", f"GET {TEMPLATE}/filterOperators", f"POST {TEMPLATE}/parseExpression"} <= set(graph.asked)
    with pytest.raises(InputError, match="dispalyName is not an attribute"):
        run(graph, users={"attribute_mappings": [flow("dispalyName", source="givenName")]})


def test_check_mode_goes_on_where_a_template_cannot_be_asked():
    graph = SmallGraph(check=True, job=False)

    def unknown(path: str, *_more: t.Any, **_params: t.Any) -> t.Any:
        raise ServiceError(404, "No HTTP resource was found", path)

    graph.ask = unknown  # type: ignore[method-assign]
    known = graph.list
    graph.list = lambda path, **params: unknown(path) if "filterOperators" in path else known(path, **params)  # type: ignore[method-assign]
    outcome = run(graph, users={**GIVEN, **FILTERED})
    assert [operation.verb for operation in outcome.operations] == ["set", "create"]
    assert any("a real run checks them" in warning for warning in outcome.warnings)


def test_check_mode_without_an_application_plans_everything_as_new():
    graph = SmallGraph(check=True, app=False)
    outcome = run(graph, users={**GIVEN, **FILTERED}, groups={"enabled": False})
    assert [operation.verb for operation in outcome.operations] == ["set", "create", "disable"]
    assert outcome.result["mapping"]["groups"]["enabled"] is False
    assert graph.asked == ["GET servicePrincipals"]


def test_a_real_run_without_a_job_says_what_makes_it_and_what_else_is_wrong():
    with pytest.raises(InputError, match="entra_provisioning_job makes it") as caught:
        run(SmallGraph(job=False), users={"attribute_mappings": [flow("x", source="a", constant="b")]})
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("nested", [True, False], ids=["in the answer", "as an error"])
def test_graphs_own_words_about_an_expression_are_told(nested):
    graph = SmallGraph()

    def refuse(expression: str) -> Json:
        raise ServiceError(400, "Unexpected token", f"POST {expression}")

    graph.parse = answer if nested else refuse
    with pytest.raises(InputError, match="Entra cannot parse it: Unexpected token"):
        run(graph, users={"attribute_mappings": [flow("displayName", expression="oops")]})
    assert graph.written == []


def test_an_error_that_is_not_about_the_expression_is_not_taken_for_one():
    graph = SmallGraph()

    def refuse(expression: str) -> Json:
        raise ServiceError(403, "no", f"POST {expression}")

    graph.parse = refuse
    with pytest.raises(ServiceError):
        run(graph, users=GIVEN)


def test_a_service_that_sorts_and_counts_versions_is_no_change():
    graph = SmallGraph()

    def sort(written: Json) -> Json:
        for name in ("users", "groups"):
            side(written, name)["attributeMappings"].sort(key=lambda one: one["targetAttributeName"])
        return {**written, "version": "Date:1,ActivityId:2"}

    graph.rewrite = sort
    outcome = run(graph, users={**GIVEN, **FILTERED})
    assert not any("rewrites" in warning for warning in outcome.warnings)
    assert not run(graph, users={**GIVEN, **FILTERED}).changed


def test_a_service_that_keeps_something_else_is_named():
    graph = SmallGraph()

    def shorten(written: Json) -> Json:
        by_target(written)["displayName"]["source"] = {"type": "Constant", "name": "x", "expression": '"x"', "parameters": []}
        return written

    graph.rewrite = shorten
    outcome = run(graph, users=GIVEN)
    (warning,) = [warning for warning in outcome.warnings if "rewrites" in warning]
    assert 'the service rewrites the user mapping displayName: it shows (constant "x", matching no, always)' in warning
    assert "(ToUpper([givenName]), matching no, always) was written" in warning
    assert {"target": "displayName", "constant": "x", "matching_priority": 0, "apply": "always"} in outcome.result["mapping"]["users"][
        "attribute_mappings"
    ]


def test_a_service_whose_rewriting_cannot_be_planned_on_still_ends_with_what_was_done():
    graph = SmallGraph()

    def forget(written: Json) -> Json:
        mappings = written["synchronizationRules"][0]["objectMappings"]
        mappings.remove(side(written, "users"))
        return written

    graph.rewrite = forget
    outcome = run(graph, users=GIVEN)
    assert outcome.changed
    assert any("no longer fits what is declared" in warning for warning in outcome.warnings)


def test_the_schema_of_a_new_job_is_waited_for():
    graph = SmallGraph()
    graph.late = 3
    assert run(graph, users=GIVEN).changed
    graph.late = 9
    with pytest.raises(ServiceError, match="not there yet"):
        run(graph, users=GIVEN)


def test_a_schema_that_never_shows_is_a_warning():
    graph = SmallGraph()
    graph.rewrite = lambda written: schema()
    outcome = run(graph, users=GIVEN)
    assert outcome.changed
    assert any("after 1 seconds Entra does not show that" in warning for warning in outcome.warnings)
    assert outcome.result["mapping"]["users"]["attribute_mappings"][1]["expression"]
