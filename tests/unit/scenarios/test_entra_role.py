# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role entra_provisioning as people run it: ansible-playbook, over TLS, at -vvvv, on an Entra tenant with a provisioning service."""

from __future__ import annotations

import copy
import datetime
import json
import os
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

from .secret_rows import hits

BIN = Path(sys.executable).parent
PREFIX = "entra_provisioning_"
WRONG = "not-a-real-token-0123456789"
SYNCHRONIZATION = "/servicePrincipals/{id}/synchronization"
SETTINGS, SCHEMA = f"PUT {SYNCHRONIZATION}/secrets", f"PUT {SYNCHRONIZATION}/jobs/{{id}}/schema"
START = f"POST {SYNCHRONIZATION}/jobs/{{id}}/start"
RESTART = f"POST {SYNCHRONIZATION}/jobs/{{id}}/restart"
ON_DEMAND = f"POST {SYNCHRONIZATION}/jobs/{{id}}/provisionOnDemand"
ASSIGN = "POST /servicePrincipals/{id}/appRoleAssignedTo"
WRITES = ["POST /applicationTemplates/{id}/instantiate", f"POST {SYNCHRONIZATION}/jobs", ASSIGN, ASSIGN, SETTINGS, SCHEMA, ON_DEMAND, START]
SCOPED = {"name": "No guests", "clauses": [{"attribute": "department", "operator": "NOT EQUALS", "values": ["Guests"]}]}
DECLARED: dict[str, t.Any] = {
    "assignments": [{"group": "Engineering", "role": "User"}, {"user": "ada@corp.example", "role": "User"}],
    "pilot_user": "ada@corp.example",
    "scope": "all",
    "notification_email": "identity@corp.example",
    "notify_on_failure": True,
    "users": {
        "attribute_mappings": [{"target": "displayName", "expression": 'Join(", ", [surname], [givenName])'}],
        "scoping_filters": [SCOPED],
    },
    "wait_interval": 1,
}
PEOPLE = [
    {
        "userPrincipalName": f"{name}@corp.example",
        "displayName": name.title(),
        "givenName": name.title(),
        "surname": surname,
        "department": unit,
    }
    for name, surname, unit in (("ada", "Lovelace", "Research"), ("bob", "Noyce", "Research"), ("eve", "Guest", "Guests"))
]


class Run(t.NamedTuple):
    """What came of one run of the role."""

    code: int
    output: str
    recap: dict[str, int]
    writes: list[str]


class Operator:
    """Somebody who runs the role again and again, with a home of his own."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.playbook = "entra"
        sandbox.entra.seed(users=PEOPLE, groups=[{"displayName": "Engineering", "members": ["bob@corp.example", "eve@corp.example"]}])

    def run(self, *words: str, **changes: t.Any) -> Run:
        """Run the role with what is declared, changed as told; a change to None leaves out a variable."""
        secrets = {"secret_token": self.sandbox.token, "client_secret": self.sandbox.entra.client_secret}
        values = {"tenant_url": self.sandbox.base_url, **secrets, **DECLARED, **changes}
        values |= {"graph_url": self.sandbox.graph_url, "authority_url": self.sandbox.authority_url, "ca_path": self.sandbox.ca_path}
        (self.folder / "tenant.json").write_text(json.dumps({PREFIX + name: value for name, value in values.items() if value is not None}))
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("ZSCALER_ONE_", "AZURE_", "ANSIBLE_"))}
        environment |= {
            "AZURE_TENANT_ID": self.sandbox.entra.tenant_id,
            "AZURE_CLIENT_ID": self.sandbox.entra.client_id,
            "HOME": str(self.folder),
            "ANSIBLE_HOME": str(self.folder / "home"),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "local"),
            "ANSIBLE_REMOTE_TEMP": str(self.folder / "remote"),
            "ANSIBLE_LOG_PATH": str(self.folder / "ansible.log"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_COLLECTIONS_PATH": os.environ["PYTHONPATH"].split(os.pathsep)[0],
        }
        last = max((entry.number for entry in self.sandbox.journal), default=0)
        name, variables = f"scimops.zscaler_one.{self.playbook}", f"@{self.folder / 'tenant.json'}"
        command = [str(BIN / "ansible-playbook"), name, "-e", variables, "-vvvv", *words]
        done = subprocess.run(command, env=environment, cwd=self.folder, capture_output=True, text=True, timeout=300, check=False)
        output = done.stdout + done.stderr
        (self.folder / "tenant.json").unlink()
        recap = re.search(r"^localhost +: (.*)$", output, re.MULTILINE)
        assert recap, output[-3000:]
        counts = {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", recap[1])}
        entries = [entry for entry in self.sandbox.journal.select(since=last, writes=True) if entry.service == "graph"]
        return Run(done.returncode, output, counts, [f"{entry.method} {entry.route}" for entry in entries])

    def people(self) -> dict[str, str]:
        """Who is in the Zscaler tenant: display names by userName, without the tenant's own administrator."""
        records = [record.attributes for record in self.sandbox.tenant.users.records.values()]
        return {one["userName"]: one["displayName"] for one in records if not one["userName"].startswith("admin@")}

    def leaks(self) -> list[str]:
        """Every form of a secret in what the runs left behind, the log with all that they printed among it."""
        left = [path.read_text(errors="ignore") for path in self.folder.rglob("*") if path.is_file()]
        assert any("TASK [" in text for text in left)
        return [hit for text in left for secret in (self.sandbox.token, self.sandbox.entra.client_secret) for hit in hits(text, secret)]


@pytest.fixture
def operator(tmp_path: Path) -> t.Iterator[Operator]:
    with Sandbox() as sandbox:
        operator = Operator(sandbox, tmp_path)
        yield operator
        assert operator.leaks() == []


def directory(sandbox: Sandbox) -> list[str]:
    """The words that connect the other half, which the playbook status asks besides."""
    values = {"base_url": sandbox.base_url, "ca_path": sandbox.ca_path, "bearer_token": sandbox.token}
    return [word for name, value in values.items() for word in ("-e", f"directory_{name}={value}")]


def shown(output: str, title: str) -> str:
    """What the task with this title showed."""
    return output.partition(f": {title}]")[2].partition("TASK [")[0]


def lines(output: str, title: str) -> list[str]:
    """The lines of the page that the task with this title showed, without its notes and its first line."""
    page = shown(output, title)
    return [line for line in json.loads(page[page.index("{") : page.rindex("}") + 1])["msg"][1:] if not line.startswith("note: ")]


@pytest.mark.slow
def test_from_an_empty_tenant_to_people_and_then_nothing(operator: Operator) -> None:
    plan = operator.run("--check")
    assert (plan.code, plan.writes, operator.people()) == (0, [], {}), plan.output[-3000:]
    foreseen = shown(plan.output, "What was done, or would be")
    for step in (
        "create application: Zscaler One",
        "create provisioning of Zscaler One",
        "update setting: Tenant URL",
        "store secret: Secret token",
        "update setting: Scope",
        "update setting: Notification e-mail",
        "set mapping: user mapping displayName",
        "scoping filter: user filter No guests",
        "assign Ada as User",
        "assign Engineering as User",
        "provision on demand: ada@corp.example",
        "start provisioning of Zscaler One",
    ):
        assert step in foreseen

    first = operator.run()
    assert (first.code, first.writes) == (0, WRITES), first.output[-3000:]
    assert operator.people() == {"ada@corp.example": "Lovelace, Ada", "bob@corp.example": "Noyce, Bob"}
    assert first.recap["changed"] == plan.recap["changed"]
    assert "THE PLAN. Nothing was written." in foreseen
    assert '"DONE."' in shown(first.output, "What was done, or would be")
    # Plan and run name the same steps in the same words and the same order.
    assert lines(plan.output, "What was done, or would be") == lines(first.output, "What was done, or would be")
    verdict = shown(first.output, "Who is provisioned, who is not, and why")
    assert "2 users" in verdict
    assert re.search(r"skipped: eve@corp[.]example: .*scoping filters", verdict)

    second = operator.run()
    assert (second.code, second.recap["changed"], second.writes) == (0, 0, []), second.output[-3000:]
    assert "nothing: all is as described" in shown(second.output, "What was done, or would be")

    operator.playbook = "status"
    status = operator.run(*directory(operator.sandbox))
    assert (status.code, status.recap["changed"], status.writes) == (0, 0, []), status.output[-3000:]
    assert "ALL IS WELL: the service answers and takes the token." in shown(status.output, "What came of it")
    assert "2 users" in shown(status.output, "Who is provisioned, who is not, and why")


@pytest.mark.slow
def test_names_that_lead_nowhere_are_told_before_anything_is_written(operator: Operator) -> None:
    assignments = [{"group": "Enginering", "role": "User"}, {"user": "adda@corp.example", "role": "User"}]
    told = operator.run(assignments=assignments, pilot_user=None)
    assert (told.code != 0, told.writes) == (True, [])
    assert "did you mean Engineering?" in told.output
    assert "did you mean ada@corp.example?" in told.output
    pilot = operator.run(pilot_user="adda@corp.example")
    assert (pilot.code != 0, pilot.writes) == (True, [])
    assert "there is no user adda@corp.example in this tenant; did you mean ada@corp.example?" in pilot.output
    operator.sandbox.entra.seed(groups=[{"displayName": "Engineering"}])
    several = operator.run()
    assert (several.code != 0, several.writes) == (True, [])
    ids = [group.id for group in operator.sandbox.entra.directory.groups.values()]
    assert len(ids) == 2
    assert all(f"- {{id: {id}, role: User}}" in several.output for id in ids)


@pytest.mark.slow
def test_missing_permissions_are_told_all_at_once_before_anything_is_written(operator: Operator) -> None:
    missing = ["AppRoleAssignment.ReadWrite.All", "AuditLog.Read.All", "Application.ReadWrite.OwnedBy"]
    operator.sandbox.switch(entra_missing_permissions=missing)
    told = operator.run()
    assert (told.code != 0, told.writes) == (True, [])
    assert "lacks 3 of the permissions" in told.output
    assert all(name in told.output.partition("lacks 3 of")[2] for name in missing)
    planned = operator.run("--check", "--skip-tags", "monitor")
    assert planned.code == 0, planned.output[-3000:]
    page = shown(planned.output, "What was done, or would be")
    assert [name in page for name in missing] == [True, False, True], "what is not part of the run is not missing"
    unchecked = operator.run(check_permissions=False)
    assert unchecked.code != 0
    assert "lacks 3 of the permissions" not in unchecked.output
    # Where the application is there, the permission to add it is not needed.
    operator.sandbox.switch(entra_missing_permissions=[])
    assert operator.run("--skip-tags", "monitor", wait_for="nothing").writes == WRITES
    operator.sandbox.switch(entra_missing_permissions=["Application.ReadWrite.OwnedBy"])
    again = operator.run()
    assert (again.code, again.writes) == (0, []), again.output[-3000:]


@pytest.mark.slow
def test_no_second_application_under_nearly_the_same_name(operator: Operator) -> None:
    operator.sandbox.entra.add_application("Zscaler One (production)")
    for words in (["--check"], []):
        refused = operator.run(*words)
        assert (refused.code != 0, refused.writes) == (True, [])
        assert "entra_provisioning_allow_second" in refused.output or "allow_second: true" in refused.output
    meant = operator.run(allow_second=True)
    assert (meant.code, meant.writes) == (0, WRITES), meant.output[-3000:]


@pytest.mark.slow
def test_what_entra_holds_is_tested_on_every_run(operator: Operator) -> None:
    assert operator.run().code == 0
    (application,) = operator.sandbox.entra.directory.applications.values()
    application.secrets["SecretToken"] = WRONG
    # Without a token in the files it is the only one, and with one it is another.
    for changes, words in (
        (
            {"tenant_url": None, "secret_token": None, "scope": None, "notification_email": None, "notify_on_failure": None},
            "connection test",
        ),
        ({}, "run once with -e entra_provisioning_update_secret=always"),
    ):
        told = operator.run("--skip-tags", "monitor", **changes)
        assert (told.code != 0, told.writes) == (True, []), told.output[-3000:]
        assert words in told.output
    mended = operator.run("--skip-tags", "monitor", update_secret="always")
    assert (mended.code, mended.writes) == (0, [SETTINGS]), mended.output[-3000:]
    fine = operator.run("--skip-tags", "monitor", tenant_url=None, secret_token=None)
    assert (fine.code, fine.writes) == (0, []), fine.output[-3000:]


@pytest.mark.slow
def test_one_change_is_one_write(operator: Operator) -> None:
    assert operator.run().code == 0
    mappings, filters = DECLARED["users"]["attribute_mappings"], DECLARED["users"]["scoping_filters"]
    now: dict[str, t.Any] = {}
    for tag, change, expected in (
        ("notification", {"notification_email": "security@corp.example"}, [SETTINGS]),
        (
            "user_mapping",
            {"users": {"attribute_mappings": [{"target": "displayName", "source": "displayName"}], "scoping_filters": filters}},
            [SCHEMA],
        ),
        ("scoping_filters", {"users": {"attribute_mappings": mappings, "scoping_filters": []}}, [SCHEMA]),
        # Narrowed to those who are assigned, provisioning has to begin again to see it.
        ("scope", {"scope": "assigned"}, [SETTINGS, f"POST {SYNCHRONIZATION}/jobs/{{id}}/restart"]),
    ):
        now |= change
        run = operator.run("--tags", tag, **now)
        assert (run.code, run.writes) == (0, expected), f"{tag}: {run.output[-3000:]}"
    whole = operator.run(**now)
    assert (whole.code, whole.recap["changed"], whole.writes) == (0, 0, []), whole.output[-3000:]
    several = operator.run(**{**now, "notification_email": "third@corp.example", "users": DECLARED["users"]})
    assert (several.code, several.writes) == (0, [SETTINGS, SCHEMA]), several.output[-3000:]


@pytest.mark.slow
def test_those_who_need_access_are_assigned_before_the_scope_narrows(operator: Operator) -> None:
    assert operator.run("--skip-tags", "monitor", assignments=None).code == 0
    refused = operator.run("--skip-tags", "monitor", assignments=None, scope="assigned")
    assert refused.code != 0
    assert refused.writes == []
    assert "allow_empty_scope" in refused.output
    narrowed = operator.run("--skip-tags", "monitor", scope="assigned")
    assert narrowed.code == 0, narrowed.output[-3000:]
    assert narrowed.writes == [ASSIGN, ASSIGN, SETTINGS, f"POST {SYNCHRONIZATION}/jobs/{{id}}/restart"]


@pytest.mark.slow
def test_a_pilot_goes_before_every_start_and_only_then(operator: Operator) -> None:
    assert operator.run("--skip-tags", "monitor", wait_for="nothing").writes == WRITES
    paused = operator.run("--skip-tags", "monitor", state="paused")
    assert (paused.code, paused.writes) == (0, [f"POST {SYNCHRONIZATION}/jobs/{{id}}/pause"]), paused.output[-3000:]
    # She is there already, which the service calls skipped, and which is no reason to stop.
    started = operator.run("--skip-tags", "monitor")
    assert (started.code, started.writes) == (0, [ON_DEMAND, START]), started.output[-3000:]
    # With the scope narrowed while it rests, it has to begin again: started, it would go on with everybody.
    assert operator.run("--skip-tags", "monitor", state="paused").code == 0
    narrowed = operator.run("--skip-tags", "monitor", scope="assigned")
    assert (narrowed.code, narrowed.writes) == (0, [SETTINGS, ON_DEMAND, RESTART]), narrowed.output[-3000:]


@pytest.mark.slow
def test_a_bad_token_is_neither_stored_nor_started_with(operator: Operator) -> None:
    refused = operator.run(secret_token=WRONG)
    assert refused.code != 0
    assert refused.writes == WRITES[:4], "the application, a job that does not run and who is assigned, and nothing after the test"
    assert re.search(r"connection test of Zscaler One failed.*Bearer Token", refused.output)
    assert WRONG not in refused.output

    asked = operator.run("--tags", "zscaler_side", check_zscaler=True)
    assert (asked.code, asked.writes) == (0, []), asked.output[-3000:]
    asked = operator.run("--tags", "zscaler_side", check_zscaler=True, secret_token=WRONG)
    assert asked.code != 0
    assert "Zscaler does not take the credentials" in asked.output
    assert WRONG not in asked.output

    # The filter leaves out this pilot, so the service skips her, and nobody else is provisioned.
    stopped = operator.run(pilot_user="eve@corp.example")
    assert stopped.code != 0
    assert START not in stopped.writes
    assert "Entra skipped eve@corp.example" in stopped.output
    assert "Do the scoping filters (entra_provisioning_users.scoping_filters) let this person through?" in stopped.output
    assert operator.people() == {}
    # Whoever is in no group and not assigned is told so.
    operator.sandbox.entra.seed(users=[{**PEOPLE[0], "userPrincipalName": "zoe@corp.example"}])
    stopped = operator.run(pilot_user="zoe@corp.example", scope="assigned")
    assert (stopped.code != 0, START in stopped.writes, operator.people()) == (True, False, {})
    assert "not assigned in a role that is provisioned" in stopped.output
    assert "Add this person to entra_provisioning_assignments" in stopped.output


@pytest.mark.slow
def test_deletions_that_are_held_back_are_told_and_not_released(operator: Operator) -> None:
    assert operator.run(scope="assigned", deletion_threshold=1).code == 0
    (application,) = operator.sandbox.entra.directory.applications.values()
    application.assignments.clear()
    operator.sandbox.entra.cycle()
    words = {"scope": "assigned", "deletion_threshold": 1, "assignments": None}
    told = operator.run(**words)
    assert told.code != 0
    assert told.writes == []
    assert "IN QUARANTINE" in shown(told.output, "Who is provisioned, who is not, and why")
    only_told = operator.run(fail_on_trouble=False, **words)
    assert (only_told.code, only_told.writes) == (0, []), only_told.output[-3000:]
    assert set(operator.people()) == {"ada@corp.example", "bob@corp.example"}


@pytest.mark.slow
def test_a_failure_of_the_last_cycle_fails_the_run_and_an_older_one_does_not(operator: Operator) -> None:
    assert operator.run("--skip-tags", "monitor").code == 0
    entra = operator.sandbox.entra
    (job,) = next(iter(entra.directory.applications.values())).jobs.values()
    failure = copy.deepcopy(entra.directory.logs[0])
    failure["sourceIdentity"] = {"id": "joe", "identityType": "User", "displayName": "Joe", "details": {}}
    failure["provisioningStatusInfo"] = {"status": "failure", "errorInformation": {"errorCode": "Odd", "reason": "Zscaler refused him."}}
    failure["activityDateTime"] = "2026-01-01T00:00:00.000000Z"
    entra.directory.logs.insert(0, failure)
    over = operator.run("--tags", "monitor")
    assert over.code == 0, over.output[-3000:]
    failure["activityDateTime"] = job.status["lastExecution"]["timeEnded"]
    told = operator.run("--tags", "monitor")
    assert told.code != 0
    assert "FAILED: Joe: Zscaler refused him." in shown(told.output, "Who is provisioned, who is not, and why")
    assert operator.run("--tags", "monitor", fail_on_trouble=False).code == 0


@pytest.mark.slow
def test_where_no_cycle_has_begun_failures_of_the_last_day_are_told(operator: Operator) -> None:
    assert operator.run("--skip-tags", "monitor").code == 0
    entra = operator.sandbox.entra
    (job,) = next(iter(entra.directory.applications.values())).jobs.values()
    failure = copy.deepcopy(entra.directory.logs[0])
    entra.directory.logs[:] = [failure]
    job.status["lastExecution"] = job.status["lastSuccessfulExecution"] = None
    failure["provisioningStatusInfo"] = {"status": "failure", "errorInformation": {"errorCode": "Odd", "reason": "Zscaler refused it."}}
    for hours, code in ((30, 0), (20, 2)):
        moment = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=hours)
        failure["activityDateTime"] = moment.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        assert operator.run("--tags", "monitor").code == code


@pytest.mark.slow
def test_the_playbook_status_tells_of_both_halves_and_fails_if_one_is_wrong(operator: Operator) -> None:
    operator.playbook = "status"
    missing = operator.run(*directory(operator.sandbox))
    assert (missing.code != 0, missing.writes) == (True, [])
    assert "ALL IS WELL: the service answers and takes the token." in shown(missing.output, "What came of it")
    assert "There is no application Zscaler One with a provisioning job" in missing.output
    wrong = operator.run(*directory(operator.sandbox), "-e", f"directory_bearer_token={WRONG}")
    assert wrong.code != 0
    assert "THE TOKEN DOES NOT WORK" in shown(wrong.output, "What came of it")
    assert "There is no application Zscaler One" in wrong.output, "the other half is told of all the same"
