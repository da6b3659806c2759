# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of a job: start, pause, restart, quarantine, the deletion threshold, escrows, status, logs, provision on demand."""

from __future__ import annotations

import http.server
import json
import threading
import time
import typing as t
import urllib.parse

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra import cycle
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.engine import Engine, EngineError, initial_schedule, initial_status
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.state import Directory

from .rig import Rig, rigged

NEVER = "0001-01-01T00:00:00Z"
Json = dict[str, t.Any]


@pytest.fixture
def rig() -> t.Iterator[Rig]:
    with rigged() as made:
        yield made


def threshold(rig: Rig, value: int) -> None:
    rig.application.secrets["SyncNotificationSettings"] = json.dumps({"DeleteThresholdEnabled": True, "DeleteThresholdValue": value})


# Test Connection


def test_credentials_that_work_have_no_reason_against_them(rig: Rig) -> None:
    assert rig.engine.validate(rig.application.secrets) == ""
    routes = [(entry.method, entry.route, entry.query["filter"].split()[0]) for entry in rig.sandbox.journal]
    assert routes == [("GET", "/Users", "userName"), ("GET", "/Groups", "displayName")]


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"SecretToken": "not-a-real-token-1"}, "InvalidCredentials", "You appear to have entered invalid credentials."),
        ({"SecretToken": ""}, "InvalidCredentials", "StatusCode: 401"),
        ({"BaseAddress": "{origin}/9/9/scim"}, "SystemForCrossDomain", "StatusCode: 404"),
        ({"BaseAddress": "http://127.0.0.1:9/scim"}, "SystemForCrossDomain", "cannot be reached"),
        ({"BaseAddress": "https://scim.zscalerone.net/1/2/scim"}, "SystemForCrossDomain", "sends nothing beyond this machine"),
        ({"BaseAddress": ""}, "SystemForCrossDomain", "is not an address"),
    ],
)
def test_the_reason_against_credentials_is_the_services_own(rig: Rig, changes: dict[str, str], code: str, words: str) -> None:
    changed = {key: value.replace("{origin}", rig.sandbox.origin) for key, value in changes.items()}
    reason = rig.engine.validate({**rig.application.secrets, **changed})
    assert reason.startswith(code)
    assert words in reason


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "html"}, "did not answer with JSON"),
        ({"kind": "redirect"}, "StatusCode: 302"),
        ({"kind": "broken_json"}, "not JSON"),
        ({"kind": "close"}, "closed the connection"),
        ({"kind": "status", "status": 503}, "StatusCode: 503"),
        ({"kind": "empty_body"}, "not answered with a ListResponse"),
    ],
)
def test_what_is_no_scim_service_is_told(rig: Rig, fault: Json, words: str) -> None:
    rig.sandbox.faults.set([{"match": {}, "fault": fault}])
    assert words in rig.engine.validate(rig.application.secrets)


class TokenEndpoint(http.server.BaseHTTPRequestHandler):
    """Gives the token of the class to one client."""

    token = ""

    def do_POST(self) -> None:
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        is_right = (form["grant_type"], form["client_id"], form["client_secret"]) == ("client_credentials", "id-1", "not-a-real-secret")
        body = json.dumps({"access_token": self.token} if is_right else {"error": "invalid_client"}).encode()
        self.send_response(200 if is_right else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: t.Any) -> None:
        """Nothing."""


@pytest.mark.parametrize(("secret", "reason"), [("not-a-real-secret", ""), ("wrong", "InvalidCredentials")])
def test_an_oauth2_client_in_place_of_a_token(rig: Rig, secret: str, reason: str) -> None:
    handler = type("Endpoint", (TokenEndpoint,), {"token": rig.sandbox.token})
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/token"
        del rig.application.secrets["SecretToken"]
        rig.application.secrets.update(Oauth2ClientId="id-1", Oauth2ClientSecret=secret, Oauth2TokenExchangeUri=url)
        said = rig.engine.validate(rig.application.secrets)
        assert said.partition(":")[0] == reason
        rig.user("ada")
        assert rig.cycle() == ({"quarantine": "EncounteredQuarantineException"} if reason else {"created": 1})
        server.shutdown()


# Start, pause, restart


def until(condition: t.Callable[[], bool]) -> bool:
    ends = time.monotonic() + 10
    while not condition() and time.monotonic() < ends:
        time.sleep(0.01)
    return condition()


def test_start_runs_the_initial_cycle_in_the_background_and_more_after_it(rig: Rig) -> None:
    rig.job.schedule["state"] = "Disabled"
    rig.switches.entra_cycle_delay, rig.switches.entra_cycle_interval = 0.0, 0.02
    rig.user("ada")
    rig.engine.start(rig.application, rig.job)
    assert (rig.job.schedule["state"], rig.job.schedule["interval"]) == ("Active", "PT40M")
    assert until(lambda: rig.job.watermark > 2)
    assert list(rig.people()) == ["ada"]
    rig.engine.pause(rig.application, rig.job)
    assert until(lambda: not rig.engine._busy.locked())
    count = rig.job.watermark
    time.sleep(0.1)
    assert rig.job.watermark in (count, count + 1)
    assert rig.job.status["code"] == "Paused"


def test_the_thread_ends_with_the_sandbox(rig: Rig) -> None:
    rig.engine.start(rig.application, rig.job)
    thread = rig.engine._schedule._thread
    rig.engine.stop()
    assert thread is not None
    assert not thread.is_alive()


def test_a_job_that_is_not_started_does_nothing(rig: Rig) -> None:
    rig.user("ada")
    rig.engine.pause(rig.application, rig.job)
    counts = rig.engine.cycle(rig.application, rig.job)
    assert (counts["ran"], counts["created"], counts["reason"]) == (False, 0, "The job's schedule is Paused.")
    assert len(rig.sandbox.journal) == 0


def test_status_codes_follow_the_job(rig: Rig) -> None:
    assert (initial_schedule()["state"], initial_status()["code"]) == ("Disabled", "NotConfigured")
    rig.engine.start(rig.application, rig.job)
    assert rig.job.status["code"] == "NotRun"
    assert rig.job.status["steadyStateFirstAchievedTime"] == NEVER
    rig.cycle()
    first = rig.job.status["steadyStateFirstAchievedTime"]
    assert rig.job.status["code"] == "Active"
    assert first > NEVER
    rig.cycle()
    assert rig.job.status["steadyStateFirstAchievedTime"] == first < rig.job.status["steadyStateLastAchievedTime"]
    rig.engine.pause(rig.application, rig.job)
    rig.engine.start(rig.application, rig.job)
    assert rig.job.status["code"] == "Active"


def test_the_executions_counts(rig: Rig) -> None:
    rig.user("ada")
    rig.user("bob", userPrincipalName="bob@elsewhere.example")
    rig.cycle()
    execution = rig.job.status["lastExecution"]
    assert execution["state"] == "EntryLevelErrors"
    shown = [execution[f"count{name}"] for name in ("Entitled", "EntitledForProvisioning", "Imported", "Exports", "Exported", "Escrowed")]
    assert shown == [2, 2, 2, 2, 1, 1]
    assert rig.job.status["synchronizedEntryCountByType"] == [{"key": "User", "value": 1}]


@pytest.mark.parametrize(
    ("scope", "reset"),
    [
        ("", {"watermark", "escrows"}),
        ("Watermark", {"watermark"}),
        ("escrows", {"escrows"}),
        ("QuarantineState, Escrows", {"escrows"}),
        ("Full", {"watermark", "escrows", "links"}),
        ("ConnectorDataStore", {"links"}),
        ("ForceDeletes", set()),
    ],
)
def test_restart_resets_what_its_flags_say(rig: Rig, scope: str, reset: set[str]) -> None:
    rig.user("ada")
    rig.user("bob", userPrincipalName="bob@elsewhere.example")
    rig.cycle()
    rig.restart(scope)
    assert {name for name in ("watermark", "escrows", "links") if not getattr(rig.job, name)} == reset
    assert rig.job.force_deletes is (scope == "ForceDeletes")


@pytest.mark.parametrize("scope", ["Everything", "ForceDeletes, Watermark", "None"])
def test_restart_refuses_what_makes_no_sense(rig: Rig, scope: str) -> None:
    with pytest.raises(EngineError) as caught:
        rig.engine.restart(rig.application, rig.job, scope)
    assert caught.value.code == "RequestParameterInvalid"


def test_after_a_full_restart_people_are_matched_and_not_made_again(rig: Rig) -> None:
    rig.group("devs", rig.user("ada"))
    rig.cycle()
    rig.restart("Full")
    rig.writes()
    assert rig.cycle() == {"unchanged": 1, "updated": 1}
    assert [method for method, _route, _body in rig.writes()] == ["PATCH"]


def test_a_changed_schema_makes_the_next_cycle_an_initial_one(rig: Rig) -> None:
    rig.user("ada")
    rig.cycle()
    rig.engine.schema_changed(rig.application, rig.job)
    assert rig.engine.cycle(rig.application, rig.job)["initial"] is True


def test_a_schema_that_changes_while_a_cycle_runs_is_not_forgotten(rig: Rig) -> None:
    answer = rig.engine._connect

    def connect(secrets: t.Any) -> t.Any:
        rig.engine.schema_changed(rig.application, rig.job)
        return answer(secrets)

    rig.engine._connect = connect  # type: ignore[method-assign]
    rig.cycle()
    rig.engine._connect = answer  # type: ignore[method-assign]
    assert rig.engine.cycle(rig.application, rig.job)["initial"] is True
    assert rig.engine.cycle(rig.application, rig.job)["initial"] is False


# Quarantine


def test_refused_credentials_put_the_job_into_quarantine_until_they_work(rig: Rig) -> None:
    rig.user("ada")
    rig.application.secrets["SecretToken"] = "not-a-real-token-1"
    assert rig.cycle() == {"quarantine": "EncounteredQuarantineException"}
    quarantine = rig.job.status["quarantine"]
    assert (rig.job.schedule["state"], rig.job.status["code"]) == ("Active", "Quarantine")
    assert quarantine["error"]["code"] == "InvalidCredentials"
    assert quarantine["seriesCount"] == 1
    assert quarantine["nextAttempt"] > quarantine["currentBegan"]
    assert rig.job.status["lastExecution"]["state"] == "Failed"
    assert rig.job.status["steadyStateFirstAchievedTime"] == NEVER
    began = quarantine["seriesBegan"]
    rig.cycle()
    assert (rig.job.status["quarantine"]["seriesCount"], rig.job.status["quarantine"]["seriesBegan"]) == (2, began)
    assert rig.job.status["countSuccessiveCompleteFailures"] == 2
    rig.application.secrets["SecretToken"] = rig.sandbox.token
    assert rig.cycle() == {"created": 1}
    assert (rig.job.status["code"], rig.job.status["quarantine"]) == ("Active", None)
    assert rig.job.status["countSuccessiveCompleteFailures"] == 0


def test_a_token_that_is_refused_half_way_ends_the_cycle(rig: Rig) -> None:
    rig.user("ada")
    rig.user("bob")
    rig.sandbox.faults.set([{"match": {"method": "POST", "nth": 2}, "fault": {"kind": "status", "status": 401}}])
    assert rig.cycle() == {"created": 1, "quarantine": "EncounteredQuarantineException"}
    rig.sandbox.faults.clear()
    assert rig.cycle() == {"created": 1, "unchanged": 1}


def test_too_many_failures_are_a_quarantine(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cycle, "ESCROW_BASE", 2)
    for number in range(2):
        rig.user(f"u{number}", userPrincipalName=f"u{number}@elsewhere.example")
    assert rig.cycle() == {"failed": 2, "quarantine": "EncounteredEscrowProportionThreshold"}
    for number in range(4):
        rig.user(f"good{number}")
    assert rig.cycle() == {"created": 4, "failed": 2}


def test_start_ends_a_quarantine(rig: Rig) -> None:
    rig.application.secrets["SecretToken"] = "not-a-real-token-1"
    rig.cycle()
    rig.engine.start(rig.application, rig.job)
    assert (rig.job.status["code"], rig.job.status["quarantine"]) == ("NotRun", None)


# The deletion threshold


def leaving(rig: Rig, count: int) -> None:
    """`count` people were provisioned and left: one was disabled, one deleted, the others were unassigned."""
    users = [rig.user(f"u{number}") for number in range(count)]
    rig.user("stays")
    rig.cycle()
    rig.writes()
    users[0].account_enabled = False
    del rig.directory.users[users[1].id]
    for user in users[2:]:
        rig.unassign(user)


def test_as_many_as_the_threshold_are_held_back_and_nothing_of_them_is_sent(rig: Rig) -> None:
    threshold(rig, 3)
    leaving(rig, 3)
    rig.user("new")
    assert rig.cycle() == {"created": 1, "staged": 3, "unchanged": 1, "quarantine": "TooManyDeletes"}
    assert [method for method, _route, _body in rig.writes()] == ["POST"]
    assert (rig.job.status["code"], rig.job.status["quarantine"]["reason"]) == ("Quarantine", "TooManyDeletes")
    staged = [line for line in rig.logs() if line["provisioningAction"] == "stagedDelete"]
    assert len(staged) == 3


def test_one_less_than_the_threshold_goes_through(rig: Rig) -> None:
    threshold(rig, 4)
    leaving(rig, 3)
    assert rig.cycle() == {"disabled": 2, "deleted": 1, "unchanged": 1}


def test_groups_count_too(rig: Rig) -> None:
    threshold(rig, 1)
    group = rig.group("devs")
    rig.cycle()
    rig.unassign(group)
    assert rig.cycle() == {"staged": 1, "quarantine": "TooManyDeletes"}


def test_force_deletes_lets_exactly_the_next_cycle_through(rig: Rig) -> None:
    threshold(rig, 3)
    leaving(rig, 3)
    rig.cycle()
    rig.restart("ForceDeletes")
    assert rig.job.status["code"] == "Quarantine"
    assert rig.cycle() == {"disabled": 2, "deleted": 1, "unchanged": 1}
    assert (rig.job.status["code"], rig.job.status["quarantine"]) == ("Active", None)
    rig.directory.users.clear()
    threshold(rig, 1)
    assert rig.cycle()["quarantine"] == "TooManyDeletes"


def test_correcting_the_cause_ends_it_too(rig: Rig) -> None:
    threshold(rig, 2)
    users = [rig.user(f"u{number}") for number in range(2)]
    rig.cycle()
    for user in users:
        user.account_enabled = False
    assert rig.cycle() == {"staged": 2, "quarantine": "TooManyDeletes"}
    for user in users:
        user.account_enabled = True
    assert rig.cycle() == {"unchanged": 2}
    assert rig.job.status["code"] == "Active"


# Escrows and logs


def test_what_failed_is_tried_again_in_each_cycle(rig: Rig) -> None:
    rig.user("ada")
    rig.sandbox.faults.set([{"match": {"method": "POST"}, "fault": {"kind": "status", "status": 500}, "times": 2}])
    assert rig.cycle() == {"failed": 1}
    assert rig.cycle() == {"failed": 1}
    (escrow,) = rig.job.escrows.values()
    assert (escrow["attempts"], escrow["reason"]) == (2, "StatusCode: 500. The fault script says so")
    assert rig.cycle() == {"created": 1}
    assert rig.job.escrows == {}


def test_a_group_whose_members_failed_is_not_made_twice(rig: Rig) -> None:
    rig.group("devs", rig.user("ada"))
    rig.sandbox.faults.set([{"match": {"method": "PATCH"}, "fault": {"kind": "status", "status": 500}, "times": 1}])
    assert rig.cycle() == {"created": 1, "failed": 1}
    assert rig.cycle() == {"updated": 1, "unchanged": 1}
    assert rig.groups() == {"devs": ["ada"]}
    assert [method for method, route, _body in rig.writes() if route == "/Groups"] == ["POST"]


def test_an_answer_that_never_came_is_not_a_second_person(rig: Rig) -> None:
    rig.user("ada")
    rig.sandbox.faults.set([{"match": {"method": "POST"}, "fault": {"kind": "commit_then_reset"}, "times": 1}])
    assert rig.cycle() == {"failed": 1}
    assert rig.cycle() == {"unchanged": 1}
    assert len(rig.people()) == 1


def test_two_entries_that_match_are_a_failure() -> None:
    with rigged("conforming", scim={"unique": False}) as rig:
        rig.sandbox.seed(groups=[{"displayName": "devs"}])
        rig.sandbox.tenant.create("Group", {"displayName": "devs"})
        rig.group("devs")
        assert rig.cycle() == {"failed": 1}
        error = rig.logs()[0]["provisioningStatusInfo"]["errorInformation"]
        assert error["errorCode"] == "DuplicateTargetEntries"


def test_a_failure_is_logged_with_the_services_reason(rig: Rig) -> None:
    rig.user("eve", userPrincipalName="eve@elsewhere.example")
    rig.cycle()
    (line,) = rig.logs(status="failure")
    error = line["provisioningStatusInfo"]["errorInformation"]
    assert error["errorCode"] == "SystemForCrossDomainIdentityManagementBadResponse"
    assert "The domain elsewhere.example of userName" in error["reason"]
    assert line["provisioningSteps"][-1]["status"] == "failure"
    assert line["provisioningAction"] == "create"


def test_an_expression_that_fails_names_the_attribute(rig: Rig) -> None:
    rig.user("ada")
    rig.function("title", 'DateAdd("d", 1, [hired])')
    assert rig.cycle() == {"failed": 1}
    reason = rig.logs()[0]["provisioningStatusInfo"]["errorInformation"]["reason"]
    assert reason == "title: The sandbox does not evaluate the function DateAdd."


def test_a_log_line_tells_who_what_and_from_what_to_what(rig: Rig) -> None:
    user = rig.user("ada", department="IT")
    rig.cycle()
    user.attributes["department"] = "R and D"
    rig.cycle()
    created, updated = rig.logs()
    assert (created["provisioningAction"], updated["provisioningAction"]) == ("create", "update")
    assert created["cycleId"] != updated["cycleId"]
    assert (updated["jobId"], updated["tenantId"]) == (rig.job.id, rig.directory.tenant_id)
    assert updated["servicePrincipal"] == {"id": rig.application.principal_id, "displayName": "Zscaler One"}
    assert updated["sourceIdentity"]["details"]["UserPrincipalName"] == "ada@corp.example"
    assert updated["targetIdentity"]["id"] == rig.job.links[user.id].target_id
    (change,) = updated["modifiedProperties"]
    assert (change["oldValue"], change["newValue"]) == ("IT", "R and D")
    assert [step["provisioningStepType"] for step in created["provisioningSteps"]] == ["import", "scoping", "matching", "export"]
    assert created["provisioningSteps"][0]["details"]["userPrincipalName"] == "ada@corp.example"


def test_who_is_left_alone_is_logged_once_and_again_in_an_initial_cycle(rig: Rig) -> None:
    rig.user("ada")
    rig.user("bob", department="IT")
    rig.scope(("department", "IS NULL", None))
    for _number in range(3):
        rig.cycle()
    reasons = [line["provisioningStatusInfo"]["errorInformation"]["errorCode"] for line in rig.logs(status="skipped")]
    assert reasons == ["NotInScope"]
    rig.restart()
    rig.cycle()
    reasons = [line["provisioningStatusInfo"]["errorInformation"]["errorCode"] for line in rig.logs(status="skipped")]
    assert sorted(reasons) == ["NotInScope", "NotInScope", "RedundantExport"]


# On demand


def subject(one: t.Any, kind: str = "User", *members: t.Any) -> Json:
    links = {"members": [{"objectId": member.id, "objectTypeName": "User"} for member in members]}
    return {"objectId": one.id, "objectTypeName": kind, **({"links": links} if members else {})}


def test_one_person_on_demand_in_a_job_that_was_never_started(rig: Rig) -> None:
    rig.job.schedule["state"] = "Disabled"
    user = rig.user("ada")
    key, value = rig.demand(subject(user))
    assert key == {"result": "Success", "details": {}}
    assert (value["action"], value["statusInfo"]["status"], value["reportableIdentifier"]) == ("Create", "Success", "ada@corp.example")
    assert [step["type"] for step in value["provisioningSteps"]] == ["Import", "Scoping", "Matching", "Export"]
    assert {one["displayName"]: one["newValue"] for one in value["modifiedProperties"]}["userName"] == "ada@corp.example"
    key, value = rig.demand(subject(user))
    assert (key["result"], key["details"]["errorCode"]) == ("Skipped", "RedundantExport")
    assert value["statusInfo"]["status"] == "Skipped"
    assert len(rig.logs()) == 2


def test_on_demand_says_why_somebody_is_skipped(rig: Rig) -> None:
    key, _value = rig.demand(subject(rig.user("ada", assigned=False)))
    assert (key["result"], key["details"]["errorCode"]) == ("Skipped", "NotEffectivelyEntitled")
    assert rig.people() == {}


def test_on_demand_disables_who_left(rig: Rig) -> None:
    user = rig.user("ada")
    rig.cycle()
    user.account_enabled = False
    key, value = rig.demand(subject(user))
    assert (key["result"], value["action"]) == ("Success", "Disable")
    assert rig.people()["ada"]["active"] is False


def test_on_demand_reads_the_target_and_repairs_it(rig: Rig) -> None:
    user = rig.user("ada")
    rig.cycle()
    record = next(iter(rig.sandbox.tenant.users.records.values()))
    rig.sandbox.tenant.update(record, {**record.attributes, "displayName": "Tampered"})
    _key, value = rig.demand(subject(user))
    assert value["modifiedProperties"] == [{"displayName": "displayName", "oldValue": "Tampered", "newValue": "Ada"}]
    assert rig.people()["ada"]["displayName"] == "Ada"


def test_on_demand_does_not_wait_for_a_cycle(rig: Rig) -> None:
    with rig.engine._busy:
        key, _value = rig.demand(subject(rig.user("ada")))
    assert key["result"] == "Success"


def test_a_group_on_demand_with_some_of_its_members(rig: Rig) -> None:
    users = [rig.user(f"u{number}") for number in range(4)]
    group = rig.group("devs", *users[:3])
    key, value = rig.demand(subject(group, "Group", users[0], users[1], users[3]))
    assert key["result"] == "Success"
    assert [one["sourceIdentity"]["type"] for one in value] == ["Group", "User", "User", "User"]
    assert rig.groups() == {"devs": ["u0", "u1"]}
    rig.cycle()
    assert rig.groups() == {"devs": ["u0", "u1", "u2"]}
    rig.demand(subject(group, "Group", users[0]))
    assert rig.groups() == {"devs": ["u0", "u1", "u2"]}


def test_a_group_on_demand_without_members(rig: Rig) -> None:
    group = rig.group("devs", rig.user("ada"))
    rig.demand(subject(group, "Group"))
    assert rig.groups() == {"devs": []}


def test_on_demand_writes_in_the_older_manner_whatever_the_flag(rig: Rig) -> None:
    rig.application.secrets["BaseAddress"] += "?aadOptscim062020"
    user = rig.user("ada")
    rig.cycle()
    user.attributes["displayName"] = "Ada King"
    rig.writes()
    rig.demand(subject(user))
    assert rig.writes()[0][2]["Operations"][0]["op"] == "Replace"


def test_on_demand_with_refused_credentials_is_a_failure(rig: Rig) -> None:
    rig.application.secrets["SecretToken"] = "not-a-real-token-1"
    key, value = rig.demand(subject(rig.user("ada")))
    assert (key["result"], key["details"]["errorCode"]) == ("Failure", "InvalidCredentials")
    assert value["statusInfo"]["errorCode"] == "InvalidCredentials"


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ([], "no parameters"),
        ([{"ruleId": "other", "subjects": [{"objectId": "{ada}", "objectTypeName": "User"}]}], "The rule 'other'"),
        ([{"ruleId": "", "subjects": []}], "The rule ''"),
        ([{"ruleId": "{rule}", "subjects": []}], "names no subjects"),
        ([{"ruleId": "{rule}", "subjects": [{"objectId": "{ada}", "objectTypeName": "user"}]}], "The object type 'user'"),
        ([{"ruleId": "{rule}", "subjects": [{"objectId": "nobody", "objectTypeName": "User"}]}], "There is no User"),
        (
            [{"ruleId": "{rule}", "subjects": [{"objectId": "{devs}", "objectTypeName": "Group", "links": {"members": [{}] * 6}}]}],
            "more than the 5",
        ),
        ([{"ruleId": "{rule}", "subjects": [{"objectId": "{devs}", "objectTypeName": "Group"}] * 2}], "Only one group"),
    ],
)
def test_on_demand_refuses_wrong_parameters_before_it_sends_anything(rig: Rig, parameters: list[Json], words: str) -> None:
    names = {"{rule}": rig.rule_id, "{ada}": rig.user("ada").id, "{devs}": rig.group("devs").id}
    text = json.dumps(parameters)
    for name, id in names.items():
        text = text.replace(name, id)
    with pytest.raises(EngineError, match=words) as caught:
        rig.engine.on_demand(rig.application, rig.job, json.loads(text))
    assert (caught.value.code, caught.value.status) == ("RequestParameterInvalid", 400)
    assert len(rig.sandbox.journal) == 0


# Discovery, locking, contract


def test_discovery_adds_what_the_target_has_besides(rig: Rig) -> None:
    target = rig.job.schema["directories"][1]
    before = {one["name"] for one in target["objects"][0]["attributes"]}
    found = rig.engine.discover(rig.application, rig.job, target["id"])
    names = {one["name"] for one in found["objects"][0]["attributes"]}
    assert before <= names
    assert found["discoveryDateTime"]
    assert {one["name"] for one in rig.job.schema["directories"][1]["objects"][0]["attributes"]} == before


def test_discovery_finds_extensions_and_parts(rig: Rig) -> None:
    target = rig.job.schema["directories"][1]
    for definition in target["objects"]:
        definition["attributes"] = []
    found = rig.engine.discover(rig.application, rig.job, target["id"])
    users, groups = ({one["name"]: one for one in definition["attributes"]} for definition in found["objects"])
    department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
    assert {"userName", "name.givenName", 'emails[type eq "work"].value', department} <= users.keys()
    assert users["active"]["type"] == "Boolean"
    assert groups["members"]["type"] == "Reference"


@pytest.mark.parametrize(("id", "status"), [("unknown", 404), ("", 400)])
def test_discovery_refuses_other_directories(rig: Rig, id: str, status: int) -> None:
    with pytest.raises(EngineError) as caught:
        rig.engine.discover(rig.application, rig.job, id or rig.job.schema["directories"][0]["id"])
    assert caught.value.status == status


def test_the_directory_is_not_locked_while_the_engine_talks(rig: Rig) -> None:
    rig.user("ada")
    rig.sandbox.faults.set([{"match": {"method": "POST"}, "fault": {"kind": "drip", "part": "body", "seconds": 0.005}}])
    rig.switches.entra_cycle_delay = 0.0
    rig.engine.start(rig.application, rig.job)
    assert until(lambda: any(entry.method == "POST" for entry in rig.sandbox.journal))
    with rig.directory.lock:
        pass
    # It still talks: whoever holds the lock so long would have been waited for.
    assert [(one["completedUnits"], one["totalUnits"]) for one in rig.job.status["progress"]] == [(0, 1)]
    assert until(lambda: rig.job.watermark == 1)
    assert [(one["completedUnits"], one["totalUnits"]) for one in rig.job.status["progress"]] == [(1, 1)]


def test_an_engine_can_be_made_and_stopped_without_anything() -> None:
    Engine(Directory()).stop()
