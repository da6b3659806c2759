# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mapping of a provisioning job: one PUT of the whole schema or none, and nothing of it lost."""

from __future__ import annotations

import copy
import json
import urllib.request

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.scimops.zscaler_one.plugins.modules import entra_provisioning_mapping

from .test_documentation import ALWAYS, undocumented

MODULE = "entra_provisioning_mapping"
DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
PUT = "PUT /servicePrincipals/{id}/synchronization/jobs/{id}/schema"


class Mapped:
    """An application with a provisioning job, and the module run on it."""

    def __init__(self, entra):
        self.entra = entra
        self.sandbox = entra.sandbox
        self.app = self.sandbox.entra.add_application("Zscaler One")

    def make_job(self):
        base = f"{self.sandbox.graph_url}/v1.0/servicePrincipals/{self.app.principal_id}/synchronization"
        headers = {"Authorization": f"Bearer {self.sandbox.entra.access_token()}", "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(f"{base}/templates", headers=headers)) as answer:
            template = json.load(answer)["value"][0]["id"]
        body = json.dumps({"templateId": template}).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{base}/jobs", body, headers)) as answer:
            assert answer.status == 201
        return self

    @property
    def job(self):
        (job,) = self.app.jobs.values()
        return job

    @property
    def stored(self):
        """The schema as the service has it, before it sorts and counts for an answer."""
        return copy.deepcopy(self.job.schema)

    def side(self, name="users"):
        return self.job.schema["synchronizationRules"][0]["objectMappings"][name == "groups"]

    def by_target(self, name="users"):
        return {one["targetAttributeName"]: one for one in self.side(name)["attributeMappings"]}

    def run(self, **options):
        return self.entra.run(MODULE, display_name="Zscaler One", **options)

    def cycle(self, **options):
        """The same task in check mode, for real, and twice more; what the real run gave."""
        before = self.stored
        foreseen = self.run(check=True, diff=True, **options)
        assert self.stored == before
        done = self.run(diff=True, **options)
        assert not done.get("failed"), done
        again = [self.run(check=check, diff=True, **options) for check in (True, False)]
        assert foreseen["changed"]
        assert foreseen["writes"] == []
        assert [request for request, _body in done["writes"]] == [PUT]
        for name in ("diff", "operations", "mapping", "warnings"):
            assert done[name] == foreseen[name], name
        for idle in again:
            assert not idle["changed"]
            assert idle["writes"] == idle["operations"] == []
            assert idle["diff"] == {"before": {}, "after": {}}
            assert idle["mapping"] == done["mapping"]
            assert "warnings" not in idle or idle["warnings"] == []
        return done


@pytest.fixture
def mapped(entra):
    yield Mapped(entra).make_job()
    assert entra.sandbox.entra.violations == []


def without_mappings(schema):
    """The schema without what a service may sort, and the version that moves by itself."""
    bare = copy.deepcopy(schema)
    bare.pop("version")
    for mapping in bare["synchronizationRules"][0]["objectMappings"]:
        mapping["attributeMappings"] = len(mapping["attributeMappings"])
        mapping["flowTypes"] = mapping["flowTypes"].replace(" ", "")
    return bare


def test_one_mapping_is_one_put_and_the_rest_is_kept_byte_for_byte(mapped):
    before, live = mapped.stored, mapped.by_target()
    done = mapped.cycle(users={"attribute_mappings": [{"target": "displayName", "source": "givenName"}]})
    assert [operation["name"] for operation in done["operations"]] == ["user mapping displayName"]
    source = {"expression": "[givenName]", "name": "givenName", "parameters": [], "type": "Attribute"}
    assert mapped.by_target() == {**live, "displayName": {**live["displayName"], "source": source}}
    assert json.dumps(without_mappings(mapped.stored), sort_keys=True) == json.dumps(without_mappings(before), sort_keys=True)
    assert {one["targetAttributeName"]: one for one in before["synchronizationRules"][0]["objectMappings"][1]["attributeMappings"]} == (
        mapped.by_target("groups")
    )
    ((_request, body),) = done["writes"]
    assert not [key for key in body if "@odata" in key]
    assert body["id"] == mapped.job.id


@pytest.mark.parametrize("provisioned", [0, 1], ids=["nobody", "somebody"])
def test_one_filter_is_one_put_and_mappings_are_kept(mapped, provisioned):
    mapped.job.status["synchronizedEntryCountByType"] = [{"key": "User", "value": provisioned}]
    live = mapped.by_target()
    clauses = [
        {"attribute": "department", "operator": "equals", "values": ["R&D"]},
        {"attribute": "accountEnabled", "operator": "is true"},
    ]
    done = mapped.cycle(users={"scoping_filters": [{"name": "Research", "clauses": clauses}]})
    assert done["diff"]["after"] == {"users": {"scoping_filters": {"Research": "department EQUALS 'R&D' and accountEnabled IS TRUE"}}}
    assert mapped.by_target() == live
    assert mapped.side()["scope"]["groups"][0]["clauses"][0] == {
        "operatorName": "EQUALS",
        "sourceOperandName": "department",
        "targetOperand": {"values": ["R&D"]},
    }
    assert mapped.side("groups")["scope"] is None
    assert "initial cycle" in str(done["warnings"])
    assert ("skip_out_of_scope_deletions" in str(done["warnings"])) == bool(provisioned)
    cleared = mapped.cycle(users={"scoping_filters": []})
    assert cleared["operations"][0]["verb"] == "delete"
    assert "initial cycle" in str(cleared["warnings"])
    assert "skip_out_of_scope_deletions" not in str(cleared["warnings"])


def test_mappings_and_filters_of_both_kinds_are_one_put(mapped):
    done = mapped.cycle(
        users={
            "actions": ["create", "update"],
            "attribute_mappings": [
                {"target": DEPARTMENT, "expression": "ToUpper([department])", "default_value": "STAFF"},
                {"target": "displayName", "apply": "on_create"},
            ],
            "scoping_filters": [{"name": "A", "clauses": [{"attribute": "mail", "operator": "IS NOT NULL"}]}],
        },
        groups={"enabled": False},
    )
    assert len(done["operations"]) == 5
    assert mapped.side()["flowTypes"] == "Add,Update"
    assert mapped.side("groups")["enabled"] is False
    source = mapped.by_target()[DEPARTMENT]["source"]
    assert (source["type"], source["name"]) == ("Function", "ToUpper")
    assert source["parameters"]
    assert mapped.by_target()[DEPARTMENT]["defaultValue"] == "STAFF"
    assert mapped.by_target()["displayName"]["flowType"] == "ObjectAddOnly"


def examples(number):
    block = yaml.safe_load(entra_provisioning_mapping.EXAMPLES)[0]["block"]
    return {name: value for name, value in block[number][f"scimops.zscaler_one.{MODULE}"].items() if name != "display_name"}


def test_the_default_mapping_of_the_examples_is_the_default(mapped):
    same = mapped.run(**examples(0))
    assert not same.get("failed"), same
    assert not same["changed"], same["operations"]
    assert [request for request, _body in same["writes"]] == []


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_other_examples_do_what_they_say_once(mapped, number):
    mapped.cycle(**examples(number))


@pytest.mark.parametrize("order", ["sorted", "kept", "reversed"])
@pytest.mark.parametrize("spaces", [True, False])
def test_order_spaces_and_version_are_no_change(mapped, order, spaces):
    mapped.sandbox.switch(entra_mapping_order=order, entra_flag_spaces=spaces, entra_version_moves=True)
    shown = mapped.run()["mapping"]
    again = mapped.run(mode="exact", **shown)
    assert not again["changed"], again
    assert again["writes"] == []
    mapped.cycle(users={"attribute_mappings": [{"target": "displayName", "source": "givenName"}]})


def test_a_whole_run_without_a_change_costs_three_reads(mapped):
    same = mapped.run(**examples(0))
    assert [request.rpartition("/")[2] for request in same["reads"]] == ["servicePrincipals", "jobs", "schema"]


def test_every_key_of_the_result_is_described(mapped):
    answer = mapped.run(
        diff=True, groups={"enabled": False}, users={"attribute_mappings": [{"target": "displayName", "default_value": "x"}]}
    )
    described = yaml.safe_load(entra_provisioning_mapping.RETURN)
    assert undocumented({name: value for name, value in answer.items() if name not in ALWAYS}, described) == []


def test_every_example_is_accepted():
    spec = {"display_name": {"type": "str"}, **entra_provisioning_mapping.OPTIONS}
    for task in yaml.safe_load(entra_provisioning_mapping.EXAMPLES)[0]["block"]:
        assert ArgumentSpecValidator(spec).validate(task[f"scimops.zscaler_one.{MODULE}"]).error_messages == []


def test_patch_is_never_sent(mapped):
    mapped.cycle(users={"attribute_mappings": [{"target": "displayName", "source": "givenName"}]})
    assert {entry.method for entry in mapped.sandbox.journal.select(service="graph")} <= {"GET", "POST", "PUT"}


@pytest.mark.parametrize(
    ("users", "words"),
    [
        ({"attribute_mappings": [{"target": "dispalyName", "source": "mail"}]}, "did you mean displayName?"),
        ({"attribute_mappings": [{"target": "displayName", "source": "Mail"}]}, "did you mean mail?"),
        ({"attribute_mappings": [{"target": "displayName", "expression": "Nonsense([mail])"}]}, "Entra cannot parse it"),
        ({"attribute_mappings": [{"target": "userName", "matching_priority": 0}]}, "no attribute would be left to match"),
        ({"attribute_mappings": [{"target": "displayName", "source": "mail", "constant": "x"}]}, "has source and constant"),
        ({"scoping_filters": [{"name": "A", "clauses": [{"attribute": "mail", "operator": "LIKE", "values": ["x"]}]}]}, "which has"),
        ({"scoping_filters": [{"name": "A", "clauses": [{"attribute": "manager", "operator": "IS NULL"}]}]}, "cannot be filtered by"),
        ({"actions": []}, "enabled: false"),
    ],
)
@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_what_cannot_be_right_fails_in_check_mode_too_and_writes_nothing(mapped, users, words, check):
    answer = mapped.run(check=check, users=users)
    assert answer["failed"]
    assert words in answer["msg"]
    assert answer["problems"][0]["place"].startswith("users.")
    assert answer["writes"] == []


def test_without_a_job_check_mode_plans_on_the_template_and_a_real_run_says_what_to_do(entra):
    mapped = Mapped(entra)
    wish = {"users": {"attribute_mappings": [{"target": "displayName", "source": "givenName"}]}}
    foreseen = mapped.run(check=True, **wish)
    assert [operation["name"] for operation in foreseen["operations"]] == ["user mapping displayName"]
    assert foreseen["writes"] == []
    real = mapped.run(**wish)
    assert real["failed"]
    assert "entra_provisioning_job makes it" in real["msg"]
    assert real["writes"] == []
    mapped.make_job()
    done = mapped.run(**wish)
    assert done["operations"] == foreseen["operations"]
    assert done["mapping"] == foreseen["mapping"]


def test_without_an_application_check_mode_plans_everything_as_new(entra):
    options = {"display_name": "Not yet", "groups": {"enabled": False}, "users": {"attribute_mappings": [{"target": "a", "source": "b"}]}}
    foreseen = entra.run(MODULE, check=True, **options)
    assert foreseen["changed"]
    assert [operation["verb"] for operation in foreseen["operations"]] == ["set", "disable"]
    real = entra.run(MODULE, **options)
    assert "entra_gallery_app makes it" in real["msg"]
    assert real["writes"] == []


def test_a_job_that_is_new_may_refuse_at_first(mapped):
    mapped.app.sync_errors = 2
    done = mapped.run(groups={"enabled": False})
    assert done["changed"]
    assert mapped.side("groups")["enabled"] is False


def test_the_connector_with_urns_is_mapped_too(entra):
    entra.sandbox.entra.add_application("Own", "Custom")
    mapped = Mapped(entra)
    mapped.app = entra.sandbox.entra.find("Own")
    mapped.make_job()
    done = entra.run(
        MODULE, display_name="Own", groups={"enabled": False}, users={"attribute_mappings": [{"target": "title", "source": "jobTitle"}]}
    )
    assert len(done["operations"]) == 2, done


def test_what_is_declared_is_what_entra_then_provisions(mapped):
    """The sandbox's provisioning service reads the schema and writes to the SCIM service by it."""
    people = [("ada", "Research", True), ("bob", "Sales", True), ("eve", "Research", False)]
    mapped.sandbox.entra.seed(
        users=[
            {"userPrincipalName": f"{name}@corp.example", "displayName": name.title(), "department": department, "accountEnabled": enabled}
            for name, department, enabled in people
        ]
    )
    mapped.app.secrets.update({"BaseAddress": mapped.sandbox.base_url, "SecretToken": mapped.sandbox.token, "SyncAll": "true"})
    clauses = [
        {"attribute": "department", "operator": "equals", "values": ["Research"]},
        {"attribute": "accountEnabled", "operator": "is true"},
    ]
    mapped.cycle(
        users={
            "scoping_filters": [{"name": "Research", "clauses": clauses}],
            "attribute_mappings": [
                {"target": "displayName", "expression": 'Join(" ", [displayName], "of", [department])'},
                {"target": DEPARTMENT, "constant": 'R "&" D'},
                {"target": "name.familyName", "default_value": "Nobody"},
            ],
        }
    )
    mapped.job.schedule["state"] = "Active"
    assert mapped.sandbox.entra.cycle()["created"] == 1
    headers = {"Authorization": f"Bearer {mapped.sandbox.token}"}
    with urllib.request.urlopen(urllib.request.Request(f"{mapped.sandbox.base_url}/Users", headers=headers)) as answer:
        (found,) = [user for user in json.load(answer)["Resources"] if not user["userName"].startswith("admin@")]
    assert (found["userName"], found["displayName"]) == ("ada@corp.example", "Ada of Research")
    assert 'R "&" D' in json.dumps(found).replace('\\"', '"')
    assert "Nobody" in json.dumps(found)
