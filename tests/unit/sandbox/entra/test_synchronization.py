# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Synchronization: templates, jobs, secrets, schema, and the errors of the service behind Graph."""

from __future__ import annotations

import copy
import json
import time

import pytest


def sync(graph):
    """The synchronization address of a new application, and a job's."""
    sp = graph.principal()
    base = f"/servicePrincipals/{sp}/synchronization"
    return base, f"{base}/jobs/{graph.job(sp)}"


def nested(text: str) -> tuple[str, str]:
    error = json.loads(text)["error"]
    return error["code"], error["message"]


def secrets_of(graph, base):
    return {pair["key"]: pair["value"] for pair in graph.list(f"{base}/secrets")}


def put_secrets(graph, base, **values):
    return graph.send("PUT", f"{base}/secrets", {"value": [{"key": key, "value": value} for key, value in values.items()]})


# Templates


@pytest.mark.parametrize(
    ("template", "how", "expected"),
    [
        ("Zscaler One", "default", [("zscalerOne", True)]),
        ("Zscaler One", "unmarked", [("zscalerOne", False)]),
        ("Zscaler One", "two", [("zscalerOneLegacy", False), ("zscalerOne", True)]),
        ("Custom", "default", [("scim", True)]),
        ("Zscaler Private Access Administrator", "default", []),
    ],
)
def test_synchronization_templates(make_graph, template, how, expected):
    graph = make_graph(sync_template=how)
    base = f"/servicePrincipals/{graph.principal(template=template)}/synchronization"
    assert [(one["id"], one["default"]) for one in graph.list(f"{base}/templates")] == expected
    for id, _default in expected:
        assert graph.get(f"{base}/templates/{id}")["factoryTag"] == id
        assert graph.get(f"{base}/templates/{id}/schema")["id"] == id
    assert graph.error("GET", f"{base}/templates/none")[0] == 404


@pytest.mark.parametrize("answers", [True, False])
def test_a_template_answers_questions_by_a_switch(make_graph, answers):
    graph = make_graph(template_questions=answers)
    base = f"/servicePrincipals/{graph.principal()}/synchronization"
    job = graph.ok("POST", f"{base}/jobs", {"templateId": "zscalerOne"})["id"]
    of_job, of_template, of_none = (f"{base}/{place}/schema" for place in (f"jobs/{job}", "templates/zscalerOne", "templates/none"))
    asked = {"expression": "ToLower([mail])"}
    if answers:
        assert graph.list(f"{of_template}/filterOperators") == graph.list(f"{of_job}/filterOperators")
        parsed = [graph.ok("POST", f"{place}/parseExpression", asked)["parsedExpression"] for place in (of_template, of_job)]
        assert parsed[0] == parsed[1]
        assert parsed[0] is not None
        assert graph.error("POST", f"{of_none}/parseExpression", asked)[0] == 404
    else:
        assert graph.error("GET", f"{of_template}/filterOperators")[0] == 404
        assert graph.error("POST", f"{of_template}/parseExpression", asked)[0] == 404


def test_an_application_that_is_not_from_the_gallery_cannot_provision(graph):
    """Pitfall P4 of the facts."""
    made = graph.entra.add_application("own", template="")
    base = f"/servicePrincipals/{made.principal_id}/synchronization"
    assert graph.list(f"{base}/templates") == []
    assert graph.error("POST", f"{base}/jobs", {"templateId": "zscalerOne"})[0] == 400


# Jobs


def test_a_new_job_is_off_and_named_after_template_tenant_and_principal(graph):
    sp = graph.principal()
    id = graph.job(sp)
    assert id == f"zscalerOne.{graph.entra.tenant_id.replace('-', '')}.{sp}"
    job = graph.get(f"/servicePrincipals/{sp}/synchronization/jobs/{id}")
    assert (job["schedule"]["state"], job["status"]["code"], job["status"]["lastExecution"]) == ("Disabled", "NotConfigured", None)
    assert [one["id"] for one in graph.list(f"/servicePrincipals/{sp}/synchronization/jobs")] == [id]


def test_a_new_job_may_look_as_if_it_had_failed(make_graph):
    graph = make_graph(new_job_code="Paused", new_job_execution="zero")
    _base, job = sync(graph)
    status = graph.get(job)["status"]
    assert (status["code"], status["lastExecution"]["state"], status["lastExecution"]["error"]["code"]) == ("Paused", "Failed", "None")


@pytest.mark.parametrize(("second", "status"), [("conflict", 409), ("same", 201)])
def test_switch_second_job(make_graph, second, status):
    graph = make_graph(second_job=second)
    base, _job = sync(graph)
    assert graph.send("POST", f"{base}/jobs", {"templateId": "zscalerOne"}).status_code == status
    assert len(graph.list(f"{base}/jobs")) == 1


def test_start_pause_restart_delete(graph):
    _base, job = sync(graph)
    for verb, body, state in (
        ("start", None, "Active"),
        ("pause", None, "Paused"),
        ("restart", {"criteria": {"resetScope": "Full"}}, "Active"),
    ):
        assert graph.send("POST", f"{job}/{verb}", body).status_code == 204
        assert graph.get(job)["schedule"]["state"] == state
    assert graph.error("POST", f"{job}/restart", {"criteria": {"resetScope": "Everything"}})[0] == 400
    assert graph.error("POST", f"{job}/restart", {})[0] == 400
    assert graph.send("DELETE", job).status_code == 204
    status, _code, message = graph.error("GET", job)
    assert (status, nested(message)[0]) == (404, "NotFound")


@pytest.mark.parametrize("path", ["", "/schema"])
def test_p1_patch_is_published_and_does_not_work(graph, path):
    _base, job = sync(graph)
    status, code, message = graph.error("PATCH", job + path, {})
    assert (status, code) == (404, "UnknownError")
    assert "No HTTP resource was found that matches the request URI 'https://syncfabric.windowsazure.com/" in message


def test_sdk_spellings_of_addresses_work(graph):
    _base, job = sync(graph)
    assert graph.send("POST", f"{job}/microsoft.graph.start").status_code == 204
    assert graph.list(f"{job}/schema/filterOperators()") == graph.list(f"{job}/schema/filterOperators")
    assert graph.send("GET", job.replace("zscalerOne.", "zscalerOne%2E")).status_code == 200


# Secrets


def test_sensitive_secrets_are_masked_and_the_rest_is_not(graph):
    base, _job = sync(graph)
    values = {
        "BaseAddress": "https://x.example/scim",
        "SecretToken": "not-a-real-token",
        "SyncAll": "false",
        "Oauth2ClientSecret": "not-real",
    }
    assert put_secrets(graph, base, **values).status_code == 204
    assert secrets_of(graph, base) == {**values, "SecretToken": "*", "Oauth2ClientSecret": "*"}
    assert graph.entra.find().secrets == values
    entry = graph.sandbox.journal.writes[-1]
    shown = {pair["key"]: pair["value"] for pair in entry.body["value"]}
    assert shown == {**values, "SecretToken": "(hidden)", "Oauth2ClientSecret": "(hidden)"}
    assert "not-a-real-token" not in json.dumps([one.as_json() for one in graph.sandbox.journal])


@pytest.mark.parametrize(("how", "left"), [("replace", {"SyncAll"}), ("merge", {"SyncAll", "BaseAddress", "SecretToken"})])
def test_switch_secrets_put(make_graph, how, left):
    graph = make_graph(secrets_put=how)
    base, _job = sync(graph)
    put_secrets(graph, base, BaseAddress="https://x", SecretToken="not-real", SyncAll="true")
    put_secrets(graph, base, SyncAll="false")
    assert secrets_of(graph, base).keys() == left
    put_secrets(graph, base, SyncAll="")
    assert "SyncAll" not in secrets_of(graph, base)


@pytest.mark.parametrize(("how", "token"), [("stored", "*"), ("kept", "not-real")])
def test_switch_secrets_star(make_graph, how, token):
    graph = make_graph(secrets_star=how)
    base, _job = sync(graph)
    put_secrets(graph, base, SecretToken="not-real")
    put_secrets(graph, base, SecretToken="*")
    assert graph.entra.find().secrets == {"SecretToken": token}
    assert graph.sandbox.journal.writes[-1].body["value"][0]["value"] == "*"


@pytest.mark.parametrize("added", [True, False])
def test_notification_settings_come_back_with_more_keys(make_graph, added):
    graph = make_graph(notification_keys=added)
    base, _job = sync(graph)
    put_secrets(graph, base, SyncNotificationSettings='{"Enabled":true,"Recipients":"ops@corp.example"}')
    found = json.loads(secrets_of(graph, base)["SyncNotificationSettings"])
    assert found.pop("HumanResourcesLookaheadQueryEnabled", None) == (False if added else None)
    assert found == {"Enabled": True, "Recipients": "ops@corp.example"}


@pytest.mark.parametrize("value", ["", "nonsense", "[]", '{"Enabled":true}'])
def test_p2_bad_notification_settings_are_refused_inside_a_nested_error(graph, value):
    base, _job = sync(graph)
    status, code, message = graph.error("PUT", f"{base}/secrets", {"value": [{"key": "SyncNotificationSettings", "value": value}]})
    assert (status, code, nested(message)[0]) == (400, "UnknownError", "InvalidNotificationSettings")


@pytest.mark.parametrize(
    "body", [{}, {"credentials": []}, {"value": "x"}, {"value": [{"key": "SyncAll", "value": True}]}, {"value": [{"key": "SyncAll"}]}]
)
def test_secrets_of_another_shape_are_refused(graph, body):
    base, _job = sync(graph)
    assert graph.send("PUT", f"{base}/secrets", body).status_code == 400


# Test Connection


def test_validate_credentials_with_and_without_a_job(graph):
    base, job = sync(graph)
    right = [{"key": "BaseAddress", "value": graph.sandbox.base_url}, {"key": "SecretToken", "value": graph.sandbox.token}]
    wrong = [right[0], {"key": "SecretToken", "value": "not-the-token"}]
    assert graph.send("POST", f"{job}/validateCredentials", {"credentials": right}).status_code == 204
    assert graph.send("POST", f"{base}/jobs/validateCredentials", {"templateId": "zscalerOne", "credentials": right}).status_code == 204
    status, code, message = graph.error("POST", f"{job}/validateCredentials", {"credentials": wrong})
    assert (status, code) == (400, "UnknownError")
    assert all(nested(message))
    assert graph.send("POST", f"{base}/jobs/validateCredentials", {"credentials": right}).status_code == 400
    assert graph.send("POST", f"{base}/jobs/validateCredentials", {"credentials": right, "templateId": "other"}).status_code == 400
    put_secrets(graph, base, BaseAddress=graph.sandbox.base_url, SecretToken=graph.sandbox.token)
    assert graph.send("POST", f"{job}/validateCredentials", {"useSavedCredentials": True, "credentials": wrong}).status_code == 204
    assert "not-the-token" not in json.dumps([one.as_json() for one in graph.sandbox.journal])
    assert [one.route.rpartition("/")[2] for one in graph.sandbox.journal.writes if one.service == "graph"] == [
        "instantiate",
        "jobs",
        "secrets",
    ]


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_switch_error_nesting(make_graph, depth):
    graph = make_graph(error_nesting=depth)
    base = f"/servicePrincipals/{graph.principal()}/synchronization"
    _status, code, message = graph.error("POST", f"{base}/jobs", {"templateId": "none"})
    for _level in range(depth):
        assert code == "UnknownError"
        code, message = nested(message)
    assert (code, "no synchronization template none" in message) == ("InvalidTemplate", True)


# Schema


def mappings(schema, number=0):
    return schema["synchronizationRules"][0]["objectMappings"][number]["attributeMappings"]


def test_zscaler_one_starts_with_seven_user_and_three_group_mappings(make_graph):
    graph = make_graph(mapping_order="kept")
    _base, job = sync(graph)
    schema = graph.get(f"{job}/schema")
    found = {one["targetAttributeName"]: one for one in mappings(schema)}
    assert {name: one["source"]["expression"] for name, one in found.items()} == {
        "userName": "[userPrincipalName]",
        "active": 'Switch([IsSoftDeleted], , "False", "True", "True", "False")',
        "displayName": "[displayName]",
        "externalId": "[objectId]",
        "name.givenName": "[givenName]",
        "name.familyName": "[surname]",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "[department]",
    }
    assert [name for name, one in found.items() if one["matchingPriority"]] == ["userName"]
    assert [one["targetAttributeName"] for one in mappings(schema, 1)] == ["displayName", "externalId", "members"]
    target = next(one for one in schema["directories"] if one["name"] == "Zscaler One")
    user = next(one for one in target["objects"] if one["name"] == "User")
    required = {one["name"] for one in user["attributes"] if one["required"]}
    assert required == {
        "userName",
        "active",
        "displayName",
        "externalId",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    }
    rule = schema["synchronizationRules"][0]
    assert {"key": "supportsProvisionOnDemand", "value": "True"} in rule["metadata"]
    parsed = graph.ok("POST", f"{job}/schema/parseExpression", {"expression": found["active"]["source"]["expression"]})["parsedExpression"]
    assert parsed == found["active"]["source"]


@pytest.mark.parametrize("name", ["Microsoft Entra ID", "Azure Active Directory"])
def test_switch_directory_name(make_graph, name):
    graph = make_graph(directory_name=name)
    _base, job = sync(graph)
    assert graph.get(f"{job}/schema")["synchronizationRules"][0]["sourceDirectoryName"] == name
    assert [one["name"] for one in graph.list(f"{job}/schema/directories")] == [name, "Zscaler One"]


def test_put_replaces_the_schema_and_keeps_what_nobody_knows(graph):
    _base, job = sync(graph)
    schema = graph.get(f"{job}/schema")
    schema["synchronizationRules"][0]["objectMappings"][0]["metadata"].append({"key": "IsCustomerDefined", "value": "True"})
    schema["synchronizationRules"][0]["objectMappings"][1]["enabled"] = False
    graph.entra.find().jobs[job.rpartition("/")[2]].watermark = 3
    assert graph.send("PUT", f"{job}/schema", schema).status_code == 204
    after = graph.get(f"{job}/schema")
    assert {**after, "version": 0, "@odata.context": 0} == {**schema, "version": 0, "@odata.context": 0}
    assert graph.entra.find().jobs[job.rpartition("/")[2]].watermark == 0
    del schema["directories"]
    graph.ok("PUT", f"{job}/schema", schema)
    assert "directories" not in graph.get(f"{job}/schema")
    graph.ok("DELETE", f"{job}/schema")
    assert len(graph.get(f"{job}/schema")["directories"]) == 2


@pytest.mark.parametrize("order", ["sorted", "kept", "reversed"])
def test_switch_mapping_order(make_graph, order):
    graph = make_graph(mapping_order=order)
    _base, job = sync(graph)
    schema = graph.get(f"{job}/schema")
    mappings(schema)[:] = sorted(mappings(schema), key=lambda one: one["source"]["expression"])
    put = [one["targetAttributeName"] for one in mappings(schema)]
    graph.ok("PUT", f"{job}/schema", schema)
    got = [one["targetAttributeName"] for one in mappings(graph.get(f"{job}/schema"))]
    assert got == {"sorted": sorted(put, key=str.lower), "kept": put, "reversed": put[::-1]}[order]


def test_what_moves_by_itself(make_graph):
    graph = make_graph()
    _base, job = sync(graph)
    first, second = (graph.get(f"{job}/schema") for _time in range(2))
    assert first["version"] != second["version"]
    assert first["synchronizationRules"][0]["objectMappings"][0]["flowTypes"] == "Add, Update, Delete"
    still = make_graph(version_moves=False, flag_spaces=False)
    _base, job = sync(still)
    schema = still.get(f"{job}/schema")
    assert (schema["version"], schema["synchronizationRules"][0]["objectMappings"][0]["flowTypes"]) == ("v1.0", "Add,Update,Delete")


def _no_matching(schema):
    for one in mappings(schema):
        one["matchingPriority"] = 0


def _unknown_target(schema):
    mappings(schema)[0]["targetAttributeName"] = "shoeSize"


def _required_gone(schema):
    mappings(schema)[:] = [one for one in mappings(schema) if one["targetAttributeName"] != "displayName"]


def _no_source(schema):
    mappings(schema)[0].update(source=None, defaultValue=None)


def _bad_expression(schema):
    mappings(schema)[0]["source"] = {"type": "Function", "name": "Nonsense", "expression": "Nonsense([mail]", "parameters": []}


def _bad_operator(schema):
    clause = {"sourceOperandName": "department", "operatorName": "SOUNDS LIKE", "targetOperand": {"values": ["x"]}}
    schema["synchronizationRules"][0]["objectMappings"][0]["scope"] = {"groups": [{"name": "g", "clauses": [clause]}]}


def _no_values(schema):
    clause = {"sourceOperandName": "department", "operatorName": "EQUALS", "targetOperand": None}
    schema["synchronizationRules"][0]["objectMappings"][0]["scope"] = {"groups": [{"name": "g", "clauses": [clause]}]}


@pytest.mark.parametrize("spoil", [_no_matching, _unknown_target, _required_gone, _no_source, _bad_expression, _bad_operator, _no_values])
def test_schemas_that_are_refused(graph, spoil):
    _base, job = sync(graph)
    before = graph.get(f"{job}/schema")
    schema = copy.deepcopy(before)
    spoil(schema)
    status, code, message = graph.error("PUT", f"{job}/schema", schema)
    assert (status, code, nested(message)[0]) == (400, "UnknownError", "SchemaInvalid")
    assert graph.get(f"{job}/schema")["synchronizationRules"] == before["synchronizationRules"]
    graph.sandbox.switch(entra_schema_checks=False)
    assert graph.send("PUT", f"{job}/schema", schema).status_code == 204


def test_a_unary_operator_needs_no_value(graph):
    _base, job = sync(graph)
    schema = graph.get(f"{job}/schema")
    clauses = [
        {"sourceOperandName": "department", "operatorName": "IS NOT NULL", "targetOperand": None},
        {"sourceOperandName": "department", "operatorName": "EQUALS", "targetOperand": {"values": ["Sales"]}},
    ]
    schema["synchronizationRules"][0]["objectMappings"][0]["scope"] = {"groups": [{"name": "g", "clauses": clauses}]}
    graph.ok("PUT", f"{job}/schema", schema)


@pytest.mark.parametrize("body", [{}, {"parameters": []}, {"parameters": "x"}])
def test_provisioning_on_demand_wants_parameters(graph, body):
    _base, job = sync(graph)
    status, code, message = graph.error("POST", f"{job}/provisionOnDemand", body)
    assert (status, code, nested(message)) == (400, "UnknownError", ("RequestParameterInvalid", "The request has no parameters."))


def test_a_disabled_mapping_is_not_looked_into(graph):
    _base, job = sync(graph)
    schema = graph.get(f"{job}/schema")
    schema["synchronizationRules"][0]["objectMappings"][1].update(enabled=False, attributeMappings=[])
    graph.ok("PUT", f"{job}/schema", schema)


def test_operators_functions_and_expressions(graph):
    _base, job = sync(graph)
    operators = {one.get("id", one.get("name")): one["arity"] for one in graph.list(f"{job}/schema/filterOperators")}
    assert (operators["EQUALS"], operators["IS NULL"], operators["REGEX MATCH"]) == ("Binary", "Unary", "Binary")
    assert "ToLower" in {one["id"] for one in graph.list(f"{job}/schema/functions")}
    path = f"{job}/schema/parseExpression"
    good = graph.ok("POST", path, {"expression": 'Join(".", [givenName], [surname])'})
    assert (good["parsingSucceeded"], good["parsedExpression"]["name"]) == (True, "Join")
    subject = {"properties": [{"key": "givenName", "value": "Ada"}, {"key": "surname", "value": "L"}]}
    tried = graph.ok("POST", path, {"expression": 'Join(".", [givenName], [surname])', "testInputObject": subject})
    assert (tried["evaluationSucceeded"], tried["evaluationResult"]) == (True, ["Ada.L"])
    bad = graph.ok("POST", path, {"expression": "Join("})
    assert (bad["parsingSucceeded"], bad["parsedExpression"]) == (False, None)
    assert bad["error"]["message"]
    assert graph.send("POST", path, {}).status_code == 400


def test_discovery_asks_the_target_for_its_attributes(graph):
    base, job = sync(graph)
    put_secrets(graph, base, BaseAddress=graph.sandbox.base_url, SecretToken=graph.sandbox.token)
    target = graph.list(f"{job}/schema/directories")[1]
    found = graph.ok("POST", f"{job}/schema/directories/{target['id']}/discover")
    names = {attribute["name"] for one in found["objects"] for attribute in one["attributes"]}
    assert {"userName", "displayName"} <= names
    assert graph.get(f"{job}/schema/directories/{target['id']}")["id"] == target["id"]
    assert graph.error("GET", f"{job}/schema/directories/none")[0] == 404


# The whole way


def test_cycles_follow_one_another(make_graph):
    graph = make_graph(cycle_delay=0.01, cycle_interval=0.05)
    base, job = sync(graph)
    put_secrets(graph, base, BaseAddress=graph.sandbox.base_url, SecretToken=graph.sandbox.token)
    graph.ok("POST", f"{job}/start")
    deadline = time.monotonic() + 10
    while graph.entra.find().jobs[job.rpartition("/")[2]].watermark < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert graph.entra.find().jobs[job.rpartition("/")[2]].watermark >= 3


def test_a_started_job_provisions_who_is_assigned(graph):
    graph.sandbox.switch(domains="*")
    graph.seed("ada", "bob")
    sp = graph.principal()
    roles = graph.get(f"/servicePrincipals/{sp}")["appRoles"]
    body = {"principalId": graph.user_id("ada"), "resourceId": sp, "appRoleId": roles[0]["id"]}
    graph.ok("POST", f"/servicePrincipals/{sp}/appRoleAssignedTo", body)
    base = f"/servicePrincipals/{sp}/synchronization"
    job = f"{base}/jobs/{graph.job(sp)}"
    put_secrets(graph, base, BaseAddress=graph.sandbox.base_url, SecretToken=graph.sandbox.token, SyncAll="false")
    graph.sandbox.switch(entra_cycle_delay=3600)
    graph.ok("POST", f"{job}/start")
    assert graph.entra.cycle("Z1")
    assert graph.sandbox.tenant.user("ada@corp.example").name == "ada@corp.example"
    assert [entry.method for entry in graph.sandbox.journal.select(service="scim", writes=True)] == ["POST"]
    status = graph.get(job)["status"]
    assert (status["code"], status["quarantine"]) == ("Active", None)
    logs = graph.list("/auditLogs/provisioning", filter=f"jobId eq '{job.rpartition('/')[2]}'", top=500)
    assert logs[0]["sourceIdentity"]["displayName"]
    assert graph.list("/auditLogs/provisioning", filter="activityDateTime gt 2099-01-01T00:00:00Z") == []
    assert graph.list("/auditLogs/provisioning", filter=f"contains(tolower(servicePrincipal/id), '{sp}')", orderby="activityDateTime")
    subject = {"objectId": graph.user_id("bob"), "objectTypeName": "User"}
    rule = graph.get(f"{job}/schema")["synchronizationRules"][0]["id"]
    done = graph.ok("POST", f"{job}/provisionOnDemand", {"parameters": [{"ruleId": rule, "subjects": [subject]}]})
    assert json.loads(done["key"])
    assert json.loads(done["value"])
    status, code, message = graph.error("POST", f"{job}/provisionOnDemand", {"parameters": [{"ruleId": "none", "subjects": [subject]}]})
    assert (status, nested(message)[0]) == (400, "RequestParameterInvalid"), code
