# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Git, Entra and Zscaler side by side: both halves of the sandbox, its provisioning service and its logs, and what people do by hand."""

from __future__ import annotations

import contextlib
import json
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Directory, Document, key
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy
from ansible_collections.scimops.zscaler_one.plugins.modules.scim_drift_info import OPTIONS
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox
from hypothesis import HealthCheck, assume, given, settings

from ..plugins.module_utils.planning.worlds import directories, documents, policies
from ..plugins.modules.conftest import EntraTenant, Tenant
from ..plugins.modules.provisioning import NAME, Provisioning
from .conftest import Company
from .random_tenants import SWITCHES, Captured, as_options, as_state, sow
from .tenant_plays import BIN, run, surroundings

Json = dict[str, t.Any]

GIT = {
    "users": [
        {"user_name": f"{name}@git.example", "external_id": f"hr-{name}", "display_name": name.title(), "department": "Ops", "active": True}
        for name in ("gil", "gus", "gwen")
    ],
    "groups": [{"display_name": "Operations", "members": ["gil@git.example"]}],
}


class Firm(Company):
    """A tenant of which a part is Git's and a part Entra's, in which nothing has drifted yet."""

    def __init__(self, sandbox: Sandbox, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        super().__init__(sandbox, capsys, folder)
        sandbox.switch(entra_cycle_delay=3600, domains="*")
        self.entra = EntraTenant(sandbox, capsys)
        sandbox.entra.seed(
            users=[
                {"userPrincipalName": f"{name}@corp.example", "displayName": name.title()} for name in ("ann", "ben", "cat", "dan", "eve")
            ],
            groups=[{"displayName": "Research", "members": ["ann@corp.example", "ben@corp.example"]}],
        )
        self.provisioning = Provisioning(self.entra)
        self.provisioning.app.secrets["SyncAll"] = "false"
        self.state = GIT

    def begin(self) -> None:
        """Both masters do their work once."""
        assigned = [
            {"group": "Research", "role": "User"},
            *({"user": f"{one}@corp.example", "role": "User"} for one in ("cat", "dan", "eve")),
        ]
        done = self.entra.run("entra_app_assignment", display_name=NAME, assignments=assigned)
        assert not done.get("failed"), done
        self.provisioning.run("job", state="started")
        self.sandbox.entra.cycle(NAME)
        assert not self.apply().get("failed")

    def connection_to_graph(self) -> Json:
        return {**self.entra.connection(), "display_name": NAME}

    def drift(self, *, git: bool = True, entra: bool | Json = True, **options: t.Any) -> Json:
        """What scim_drift_info says, its requests to both services in `asked`."""
        given: Json = {"protected_users": ["admin@*"], **options}
        if git:
            given.setdefault("src", [self.write()])
            given.setdefault("scope", {"user_name_suffixes": ["@git.example"]})
            given.setdefault("prune_users", "delete")
        if entra is not False:
            given["entra"] = {**self.connection_to_graph(), **(entra if isinstance(entra, dict) else {})}
        seen = self.sandbox.journal.summary()["last"]
        answer = self.run("scim_drift_info", **given)
        entries = self.sandbox.journal.select(since=seen)
        assert [entry for entry in entries if entry.writes] == []
        assert answer["changed"] is False
        answer["asked"] = {service: [entry.route for entry in entries if entry.service == service] for service in ("scim", "graph")}
        return answer

    def scim(self, module: str, **options: t.Any) -> None:
        """Something that a person does by hand in the portal."""
        done = self.run(module, **options)
        assert not done.get("failed"), done


@pytest.fixture
def firm(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> t.Iterator[Firm]:
    with Sandbox(tls=False) as sandbox:
        yield Firm(sandbox, capsys, tmp_path)
        assert sandbox.entra.violations == []


def by_category(answer: Json) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in answer["drift"]:
        found.setdefault(one["category"], []).append(one["name"])
    return found


def test_nothing_has_drifted_at_first(firm: Firm) -> None:
    firm.begin()
    answer = firm.drift()
    assert answer["drift"] == []
    assert answer["in_sync"] is True
    assert answer["listing"] == "complete"
    assert answer["sources"] == {"git": True, "entra": True, "zscaler": True}
    assert answer["entra"] == {"scope": "assigned", "job": "Active", "users": 5, "groups": 1}
    assert answer.get("warnings", []) == []


def test_issue_5_each_of_the_seven_kinds_of_drift_is_in_its_own_category_and_nothing_else(firm: Firm, tmp_path: Path) -> None:
    # One whom Zscaler refuses, so that Entra's logs have the reason.
    firm.sandbox.faults.add({"method": "POST", "route": "/Users", "contains": "dan@"}, {"kind": "status", "status": 400}, 0)
    firm.begin()
    firm.sandbox.faults.clear()
    # By hand, in the portal of Zscaler.
    firm.scim("scim_user", user_name="gus@git.example", state="absent")
    firm.scim("scim_user", user_name="gwen@git.example", department="Sales")
    firm.scim("scim_user", user_name="cat@corp.example", active=False)
    firm.scim("scim_user", user_name="ghost@git.example")
    firm.scim("scim_membership", group="Operations", members=["gwen@git.example"], state="present")
    # By hand, in that of Entra; its next cycle has not come.
    firm.entra.run(
        "entra_app_assignment",
        display_name=NAME,
        assignments=[{"user": "eve@corp.example"}],
        state="absent",
        removal_limit={"percent": 100},
    )
    path = tmp_path / "drift.json"
    answer = firm.drift(report_path=str(path))
    assert by_category(answer) == {
        "missing": ["gus@git.example"],
        "extra": ["ghost@git.example"],
        "disabled_by_hand": ["cat@corp.example"],
        "extra_member": ["Operations"],
        "differs": ["gwen@git.example"],
        "assigned_not_provisioned": ["dan@corp.example"],
        "provisioned_not_assigned": ["eve@corp.example"],
    }
    assert answer["in_sync"] is False
    told = {one["name"]: one for one in answer["drift"]}
    assert "failure at" in told["dan@corp.example"]["reason"]
    assert told["gwen@git.example"]["attributes"] == {"department": {"declared": "Ops", "zscaler": "Sales"}}
    assert "state.json" in told["gwen@git.example"]["source"]
    assert told["Operations"]["members"] == ["gwen@git.example"]
    assert answer["groups"] == [{"name": "Operations", "missing": 0, "extra": 1}]
    assert answer["summary"]["users"]["missing"] == answer["summary"]["groups"]["extra_member"] == 1
    assert sum(answer["summary"]["users"].values()) == 6
    report = json.loads(path.read_text())
    assert report["drift"] == answer["drift"]
    assert report["format"] == "scimops.zscaler_one.drift"


GRAPH = [
    "/servicePrincipals",
    "/servicePrincipals/{id}/synchronization/jobs",
    "/servicePrincipals/{id}/synchronization/jobs/{id}/schema",
    "/servicePrincipals/{id}/synchronization/secrets",
    "/servicePrincipals/{id}/appRoleAssignedTo",
    "/groups/{id}/members",
    "/users",
]


def test_requests_are_list_pages_and_none_for_anybody_alone(firm: Firm) -> None:
    """The counts that the documentation tells: nobody is missing, so that the logs are not asked."""
    firm.begin()
    answer = firm.drift()
    assert answer["asked"] == {"scim": ["/Users", "/Groups"], "graph": GRAPH}
    assert (answer["requests"]["sent"], answer["graph_requests"]["sent"]) == (2, len(GRAPH))
    firm.scim("scim_user", user_name="cat@corp.example", active=False)
    firm.scim("scim_user", user_name="eve@corp.example", state="absent")
    assert firm.drift()["asked"]["graph"] == [*GRAPH, "/auditLogs/provisioning", "/users"]
    assert firm.drift(entra=False)["asked"] == {"scim": ["/Users", "/Groups"], "graph": []}
    assert firm.drift(git=False)["asked"] == {"scim": ["/Users", "/Groups"], "graph": [*GRAPH, "/auditLogs/provisioning", "/users"]}


def test_5000_users_cost_their_pages(firm: Firm) -> None:
    """2,500 of Git and 2,500 of Entra, who are members of two groups; every hundredth has drifted."""
    people = [f"p{number:04}@corp.example" for number in range(2500)]
    firm.sandbox.entra.seed(
        users=[{"userPrincipalName": name} for name in people],
        groups=[{"displayName": "One", "members": people[:1250]}, {"displayName": "Two", "members": people[1250:]}],
    )
    assigned = [{"group": name, "role": "User"} for name in ("One", "Two")]
    assert not firm.entra.run("entra_app_assignment", display_name=NAME, assignments=assigned).get("failed")
    state = [{"user_name": f"g{number:04}@git.example", "department": "Ops"} for number in range(2500)]
    firm.state = {"users": state, "groups": []}
    firm.sandbox.seed(
        users=[{"userName": one["user_name"], "department": "Sales" if not number % 100 else "Ops"} for number, one in enumerate(state)]
        + [{"userName": name.upper()} for number, name in enumerate(people) if number % 100],
    )
    answer = firm.drift(prune_users="delete", prune_groups="none")
    assert answer["summary"]["users"]["differs"] == 25
    assert answer["summary"]["users"]["assigned_not_provisioned"] == 25
    assert sum(answer["summary"]["users"].values()) == 50
    assert answer["asked"]["scim"] == ["/Users"] * 5 + ["/Groups"]
    # Two pages of members for each of two groups; no user is assigned alone.
    assert answer["asked"]["graph"].count("/groups/{id}/members") == 4
    assert len(answer["asked"]["graph"]) == 7


def test_many_who_are_assigned_by_themselves_are_found_in_the_pages_of_all_users(firm: Firm) -> None:
    for count, requests in ((30, 2), (151, 1)):
        people = [f"p{count}-{number}@corp.example" for number in range(count)]
        firm.sandbox.entra.seed(users=[{"userPrincipalName": name} for name in people])
        app = firm.sandbox.entra.add_application(f"App {count}")
        assigned = [{"user": name, "role": "User"} for name in people]
        assert not firm.entra.run("entra_app_assignment", display_name=app.display_name, assignments=assigned).get("failed")
        answer = firm.drift(git=False, entra={"display_name": app.display_name})
        assert answer["asked"]["graph"].count("/users") == requests
        assert answer["summary"]["users"]["assigned_not_provisioned"] == count
        assert {one["reason"] for one in answer["drift"] if one["entra"] == "assigned"} == {
            "Entra has no provisioning job for this application"
        }


def test_scope_all_takes_every_user_and_every_group(firm: Firm) -> None:
    firm.begin()
    firm.provisioning.app.secrets["SyncAll"] = "true"
    firm.sandbox.entra.seed(users=[{"userPrincipalName": "fay@corp.example"}], groups=[{"displayName": "Lab"}])
    answer = firm.drift(git=False)
    assert answer["entra"]["scope"] == "all"
    assert by_category(answer) == {
        "assigned_not_provisioned": ["fay@corp.example", "Lab"],
        "provisioned_not_assigned": ["gil@git.example", "gus@git.example", "gwen@git.example", "Operations"],
    }
    assert "/groups/{id}/members" not in answer["asked"]["graph"]


def test_a_cycle_of_entra_brings_back_what_it_is_told_and_disables_who_is_blocked(firm: Firm) -> None:
    firm.begin()
    firm.scim("scim_user", user_name="cat@corp.example", state="absent")
    assert by_category(firm.drift()) == {"assigned_not_provisioned": ["cat@corp.example"]}
    assert "it was changed at Zscaler since" in firm.drift()["drift"][0]["reason"]
    (dan,) = [user for user in firm.sandbox.entra.directory.users.values() if "dan" in user.attributes["userPrincipalName"]]
    dan.account_enabled = False
    firm.provisioning.run("job", state="restarted")
    firm.sandbox.entra.cycle(NAME)
    assert firm.user("dan@corp.example")["active"] is False
    # Entra has disabled dan, as its logs tell, and made cat anew.
    assert firm.drift()["drift"] == []
    # Where the logs do not reach so far back, the account is looked at.
    assert firm.drift(entra={"logs_since": "2099-01-01"})["drift"] == []


def test_names_come_from_the_mapping_and_nested_groups_are_told(firm: Firm) -> None:
    firm.sandbox.entra.seed(
        users=[{"userPrincipalName": "fay.intern@corp.example", "mail": "Fay@corp.example"}],
        groups=[{"displayName": "Outer", "members": ["Research", "fay.intern@corp.example"]}],
    )
    firm.begin()
    assignments = [{"group": "Outer", "role": "User"}]
    assert not firm.entra.run("entra_app_assignment", display_name=NAME, assignments=assignments).get("failed")
    mapping = {"attribute_mappings": [{"target": "userName", "source": "mail", "matching_priority": 1}]}
    done = firm.provisioning.run("mapping", users=mapping, groups={"enabled": False})
    assert not done.get("failed"), done
    firm.scim("scim_user", user_name="fay@corp.example")
    answer = firm.drift()
    assert answer["drift"] == []
    assert "groups are nested in Outer" in str(answer["warnings"])
    # A name that is computed is guessed at, and that is said.
    computed = {"attribute_mappings": [{"target": "userName", "expression": 'ToLower([mail], "")', "matching_priority": 1}]}
    done = firm.provisioning.run("mapping", users=computed)
    assert not done.get("failed"), done
    assert "from something else than userPrincipalName or mail" in str(firm.drift()["warnings"])


def test_two_masters_are_warned_of(firm: Firm) -> None:
    firm.begin()
    state = {"users": [{"user_name": "Ann@corp.example"}, *GIT["users"]], "groups": [{"display_name": "Research"}, *GIT["groups"]]}
    answer = firm.drift(src=[firm.write(state, "both.json")], scope=None, prune_users="none")
    assert answer["drift"] == []
    assert "1 user and 1 group are declared in Git and assigned in Entra" in str(answer["warnings"])
    assert "Ann@corp.example, Research" in str(answer["warnings"])
    lost = firm.drift(scope=None, prune_users="delete")
    assert "Git would remove 5 whom Entra is told to provision" in str(lost["warnings"])
    assert lost["summary"]["users"]["extra"] == 5


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("AuditLog.Read.All", "the provisioning logs may not be read"),
        ("Synchronization.ReadWrite.All", "its scope is taken for assigned"),
    ],
)
def test_what_may_not_be_read_is_done_without_and_told(firm: Firm, missing: str, words: str) -> None:
    firm.begin()
    firm.scim("scim_user", user_name="eve@corp.example", state="absent")
    granted = ["Application.Read.All", "GroupMember.Read.All", "User.ReadBasic.All", "AuditLog.Read.All", "Synchronization.Read.All"]
    firm.sandbox.switch(entra_permissions=[one for one in [*granted, "Synchronization.ReadWrite.All"] if one != missing])
    answer = firm.drift()
    assert by_category(answer) == {"assigned_not_provisioned": ["eve@corp.example"]}
    assert words in str(answer["warnings"])
    assert missing in str(answer["warnings"])
    assert ("may not be read" in answer["drift"][0]["reason"]) is (missing == "AuditLog.Read.All")


@pytest.mark.parametrize("missing", ["GroupMember.Read.All", "User.ReadBasic.All", "Application.Read.All", "Synchronization.Read.All"])
def test_what_cannot_be_done_without_is_named(firm: Firm, missing: str) -> None:
    firm.begin()
    granted = ["Application.Read.All", "GroupMember.Read.All", "User.ReadBasic.All", "AuditLog.Read.All", "Synchronization.Read.All"]
    firm.sandbox.switch(entra_permissions=[one for one in granted if one != missing])
    answer = firm.drift()
    assert answer["failed"]
    assert missing in answer["msg"]


def test_a_lying_listing_is_told_and_nobody_is_called_missing(firm: Firm) -> None:
    firm.begin()
    firm.sandbox.faults.add({"method": "GET", "route": "/Users"}, {"kind": "empty_listing"}, 1)
    answer = firm.drift()
    assert (answer["listing"], answer["in_sync"], answer["drift"]) == ("suspect", False, [])
    assert "Nobody is called missing because of it. Run again." in str(answer["warnings"])


def test_f44_an_empty_listing_is_not_believed(firm: Firm) -> None:
    """Of users alone nothing contradicts it, so that one of them is looked up."""
    firm.begin()
    firm.sandbox.faults.add({"method": "GET", "route": "/Users"}, {"kind": "empty_listing"}, 1)
    answer = firm.drift(entra=False, prune_users="none", src=None, users=GIT["users"])
    assert (answer["listing"], answer["in_sync"], answer["drift"]) == ("suspect", False, [])
    assert "no users are listed at all, yet gil@git.example is known" in str(answer["warnings"])
    assert answer["asked"]["scim"] == ["/Users", "/Users"]


def test_an_account_that_may_not_be_read_is_told_of(firm: Firm) -> None:
    firm.begin()
    firm.scim("scim_user", user_name="cat@corp.example", active=False)
    assert "User.Read.All" not in firm.drift()["drift"][0]["reason"]
    firm.sandbox.faults.add({"method": "GET", "route": "/users", "contains": "accountEnabled"}, {"kind": "status", "status": 403}, 0)
    answer = firm.drift()
    assert by_category(answer) == {"disabled_by_hand": ["cat@corp.example"]}
    assert "may not be read (that takes User.Read.All)" in answer["drift"][0]["reason"]


def test_an_administrator_in_no_file_is_named_and_nobody_is_said_to_be_disabled(firm: Firm) -> None:
    firm.begin()
    answer = firm.drift(entra=False, scope=None, protected_users=[], prune_users="disable")
    said = str(answer["warnings"])
    assert "user admin@corp.example is in no file, and a member of Service Admin" in said
    assert "disable user" not in said


WRONG = [
    ({"git": False, "entra": False}, "there is nothing to compare with"),
    ({"report_path": "drift.txt"}, "does not end in .md, .html, .json"),
    ({"entra": {"logs_since": "yesterday"}}, "entra.logs_since"),
    ({"entra": {"logs_limit": -1}}, "entra.logs_limit"),
    ({"entra": {"display_name": ""}}, "service_principal_id"),
    ({"entra": {"display_name": "Zscaler Onne"}}, "there is no application Zscaler Onne in this tenant; did you mean Zscaler One?"),
    ({"src": None, "users": [], "groups": []}, "no users are declared"),
    ({"src": None, "users": [{"user_name": "x@git.example", "dispaly_name": "X"}]}, "did you mean display_name?"),
]


@pytest.mark.parametrize(("options", "words"), WRONG)
def test_wrong_input_is_told_and_nothing_is_compared(firm: Firm, options: Json, words: str) -> None:
    answer = firm.drift(**options)
    assert answer["failed"]
    assert words in answer["msg"]


def test_the_result_is_cut_and_the_reports_have_all(firm: Firm, tmp_path: Path) -> None:
    firm.begin()
    for name in ("gus", "gil"):
        firm.scim("scim_user", user_name=f"{name}@git.example", state="absent")
    for ending in ("md", "html", "json"):
        path = tmp_path / f"drift.{ending}"
        answer = firm.drift(result_limit=1, report_path=str(path))
        assert (len(answer["drift"]), answer["drift_omitted"], answer["summary"]["users"]["missing"]) == (1, 2, 2)
        text = path.read_text()
        assert "gus@git.example" in text
        assert "gil@git.example" in text
        assert text.lower().startswith({"md": "<!-- scimops", "html": "<!doctype html>", "json": "{"}[ending])
        assert path.stat().st_mode & 0o777 == 0o600
        assert firm.sandbox.token not in text


def test_no_secret_and_nobody_named_is_in_invocation(firm: Firm) -> None:
    firm.begin()
    secret = "not-a-real-secret-" + "0" * 16
    answer = firm.drift(entra={"client_secret": secret})
    told = json.dumps(answer)
    assert secret not in told
    assert firm.sandbox.token not in told
    assert answer["invocation"]["module_args"]["protected_users"] == "1 entry"
    assert firm.connection_to_graph()["access_token"] not in told
    for unreachable in ({"graph_url": "https://127.0.0.1:9"}, {"proxy": f"http://somebody:{secret}@127.0.0.1:9"}):
        failed = firm.drift(entra={"client_secret": secret + "x", **unreachable, "timeout": 1, "deadline": 2})
        assert failed["failed"]
        assert secret not in json.dumps(failed)


def test_check_mode_is_the_same(firm: Firm) -> None:
    firm.begin()
    firm.scim("scim_user", user_name="gus@git.example", state="absent")
    assert firm.drift()["drift"] == firm.drift(check=True)["drift"] != []


@settings(max_examples=max(settings.default.max_examples // 4, 1), deadline=None, suppress_health_check=list(HealthCheck))
@given(documents(), directories(), policies())
def test_drift_and_plan_never_disagree(document: Document, directory: Directory, policy: Policy) -> None:
    """The module says in_sync just where scim_directory with the same options has nothing to do, and nothing that it cannot do."""
    for names in ([live.user_name for live in directory.users], [live.display_name for live in directory.groups]):
        assume(len({key(name) for name in names}) == len(names))  # the sandbox does not let names be doubled
    captured = Captured()
    options = {**as_state(document), **as_options(policy)}
    with Sandbox(tls=False, switches=SWITCHES) as sandbox, contextlib.redirect_stdout(captured.stream):
        tenant = Tenant(sandbox, captured)
        sow(sandbox, directory)
        plan = tenant.run("scim_directory", check=True, **options)
        del options["removal_limit"]
        drift = tenant.run("scim_drift_info", undeclared="as_pruned", **options)
        assert drift["writes"] == []
        if drift.get("failed"):
            assert plan.get("failed"), drift["msg"]
        else:
            assert drift["in_sync"] is not (plan["changed"] or bool(plan.get("failed")))


ROLE = Path(__file__).resolve().parents[3] / "roles/directory"


def test_every_option_reaches_the_module_through_the_role() -> None:
    tasks = yaml.safe_load((ROLE / "tasks/drift.yml").read_text(encoding="utf-8"))
    (call,) = [task["scimops.zscaler_one.scim_drift_info"] for task in tasks if "scimops.zscaler_one.scim_drift_info" in task]
    assert set(call) == set(OPTIONS)
    named = {"src": "__directory_drift_src", "users": "__directory_users", "groups": "__directory_groups"}
    named["report_path"] = "__directory_drift_report_path"
    for name, value in call.items():
        assert value == f"{{{{ {named.get(name, f'directory_{name} | default(omit)')} }}}}"


@pytest.mark.slow
def test_the_playbook_of_the_night_is_red_where_something_has_drifted(tmp_path: Path) -> None:
    """As a scheduler runs it: the exit code, who and why on the screen, and the report."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state/people.yml").write_text("users:\n  - {user_name: ada@corp.example}\n")
    with Sandbox() as sandbox:
        sandbox.entra.seed(users=[{"userPrincipalName": "eve@corp.example"}])
        app = sandbox.entra.add_application(NAME)
        scim = {"BASE_URL": sandbox.base_url, "BEARER_TOKEN": sandbox.token, "CA_PATH": sandbox.ca_path, "REQUESTS_PER_SECOND": "0"}
        environment = surroundings(tmp_path, **{f"ZSCALER_ONE_SCIM_{name}": str(value) for name, value in scim.items()})
        entra = {
            "graph_url": sandbox.graph_url,
            "authority_url": sandbox.authority_url,
            "ca_path": sandbox.ca_path,
            "tenant_id": sandbox.entra.tenant_id,
            "client_id": sandbox.entra.client_id,
            "client_secret": sandbox.entra.client_secret,
            "display_name": app.display_name,
        }
        (tmp_path / "tenant.json").write_text(json.dumps({"directory_entra": entra, "directory_protected_users": ["admin@*"]}))

        def night(*words: str) -> tuple[int, str]:
            command = [str(BIN / "ansible-playbook"), "scimops.zscaler_one.drift", "-e", "@tenant.json", "-vvv", *words]
            done = run(command, environment, tmp_path)
            output = done.stdout + done.stderr
            assert sandbox.token not in output
            assert sandbox.entra.client_secret not in output
            return done.returncode, output

        code, output = night("-e", "directory_drift_report_path=drift.md")
        assert code == 2
        assert "- missing: user ada@corp.example: is declared, and not at Zscaler" in output
        assert "Drift: 1 user and 0 groups are not as they should be." in output
        assert "ada@corp.example" in (tmp_path / "drift.md").read_text()
        assert night("-e", "directory_drift_fail=false", "--check")[0] == 0
        sandbox.seed(users=[{"userName": "ada@corp.example"}])
        code, output = night()
        assert code == 0
        assert "IN SYNC: " in output
        code, output = night("-e", "directory_drift_without_files=true", "-e", '{"directory_protected_users": ["admin@*", "bob@*"]}')
        assert code == 2
        assert "provisioned not assigned: user ada@corp.example" in output
        assert not sandbox.journal.select(writes=True, service="scim")
