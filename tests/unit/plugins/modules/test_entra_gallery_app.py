# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gallery application: one, and only one, whatever the directory shows and however answers are lost."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._workflow import gallery_app

MODULE = "entra_gallery_app"
INSTANTIATE = "POST /applicationTemplates/{id}/instantiate"


def there(entra, name="Zscaler One"):
    """The applications of this name that the tenant really has."""
    return [one for one in entra.sandbox.entra.directory.applications.values() if one.display_name == name]


def routes(answer):
    return [request for request, _body in answer["writes"]]


def test_it_is_made_once_and_told_with_its_ids_and_roles(entra):
    done = entra.cycle(MODULE)
    assert done["writes"] == [(INSTANTIATE, {"displayName": "Zscaler One"})]
    look = ["GET /applications", "GET /servicePrincipals", "GET /applications/{id}", "GET /servicePrincipals/{id}"]
    assert done["reads"][1:7] == look[:2] * 3, "one look before is not enough either: an earlier run may have made it just now"
    assert done["reads"][7:] == look * 3, "one look is not enough: the next replica may not know yet"
    (application,) = there(entra)
    assert done["app"] == {
        "display_name": "Zscaler One",
        "template_id": application.template_id,
        "service_principal_id": application.principal_id,
        "application_id": application.id,
        "app_id": application.app_id,
        "app_roles": [{"id": role["id"], "display_name": role["displayName"]} for role in application.principal["appRoles"]],
    }
    assert [role["display_name"] for role in done["app"]["app_roles"]] == ["User", "msiam_access"]


def test_check_mode_on_an_empty_tenant_knows_no_ids(entra):
    foreseen = entra.run(MODULE, check=True)
    assert foreseen["changed"]
    assert {name: value for name, value in foreseen["app"].items() if name.endswith("_id")} == {
        "template_id": foreseen["app"]["template_id"],
        "service_principal_id": None,
        "application_id": None,
        "app_id": None,
    }
    assert foreseen["app"]["app_roles"] == []
    assert there(entra) == []


def test_one_that_is_there_costs_three_reads(entra):
    entra.sandbox.entra.add_application("zscaler ONE")
    same = entra.run(MODULE, diff=True)
    assert not same["changed"]
    assert same["reads"] == ["GET /applicationTemplates", "GET /applications", "GET /servicePrincipals"]
    assert same["app"]["display_name"] == "zscaler ONE"


def test_another_name_and_template(entra):
    done = entra.cycle(MODULE, template="Zscaler Beta", display_name="Zscaler O'Beta")
    assert done["app"]["display_name"] == "Zscaler O'Beta"
    assert len(there(entra, "Zscaler O'Beta")) == 1


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("Zscaler Onne", "did you mean Zscaler One"),
        ("zscaler one", "did you mean Zscaler One"),
        ("Zscaler' or displayName ne '", "no template named exactly"),
        ("Nothing Like That", "no template named exactly"),
        (" Zscaler One", "space"),
        ("", "is empty"),
    ],
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_template_is_named_exactly(entra, template, words, state):
    answer = entra.run(MODULE, template=template, state=state)
    assert answer["failed"]
    assert words in answer["msg"]
    assert answer["writes"] == []


def test_a_template_without_provisioning_is_refused(entra):
    for template in entra.sandbox.entra.gallery.templates.values():
        if template["displayName"] == "Zscaler One":
            template["supportedProvisioningTypes"] = []
    answer = entra.run(MODULE)
    assert "does not support provisioning" in answer["msg"]
    assert there(entra) == []


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_two_of_one_name_are_an_error_that_names_both(entra, state, check):
    both = [entra.sandbox.entra.add_application("Zscaler One") for _number in range(2)]
    answer = entra.run(MODULE, state=state, check=check)
    assert answer["failed"]
    assert all(one.principal_id in answer["msg"] and one.id in answer["msg"] for one in both)
    assert answer["writes"] == []
    assert len(there(entra)) == 2


def test_one_of_the_template_under_another_name_is_not_ours_but_told(entra):
    entra.sandbox.entra.add_application("Laboratory proxy")
    done = entra.run(MODULE)
    assert routes(done) == [INSTANTIATE]
    assert "Laboratory proxy" in str(done["warnings"])
    gone = entra.run(MODULE, state="absent")
    assert routes(gone) == ["DELETE /applications/{id}"]
    assert len(there(entra, "Laboratory proxy")) == 1


@pytest.mark.parametrize("there_is", ["Zscaler On", "zscaler  oen", "Zscaler One (production)", "Corp Zscaler One"])
def test_no_second_one_is_made_under_nearly_the_same_name(entra, there_is):
    entra.sandbox.entra.add_application(there_is)
    for check in (True, False):
        refused = entra.run(MODULE, check=check)
        assert refused["failed"]
        assert (refused["writes"], there(entra)) == ([], [])
        for words in (there_is, "allow_second: true", "give its name as display_name"):
            assert words in " ".join(refused["msg"].split()) or words == there_is
    meant = entra.run(MODULE, allow_second=True)
    assert routes(meant) == [INSTANTIATE]
    for name in ("Zscaler One", there_is):
        again = entra.run(MODULE, display_name=name)
        assert not again.get("failed"), "what exists needs no leave"
        assert (again["changed"], again["writes"], again["app"]["display_name"]) == (False, [], name)


def test_one_of_nearly_the_same_name_from_another_template_is_no_reason_to_refuse(entra):
    entra.sandbox.entra.add_application("Zscaler Two", "Zscaler Two")
    assert routes(entra.run(MODULE)) == [INSTANTIATE]


@pytest.mark.parametrize("template", ["", "Zscaler Two"])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_one_of_the_name_from_elsewhere_is_neither_taken_nor_deleted(entra, template, state):
    stranger = entra.sandbox.entra.add_application("Zscaler One", template)
    answer = entra.run(MODULE, state=state)
    assert answer["failed"]
    assert stranger.principal_id in answer["msg"]
    assert answer["writes"] == []
    assert there(entra) == [stranger]


def test_ours_beside_one_from_elsewhere_is_told_apart(entra):
    entra.sandbox.entra.add_application("Zscaler One", "Zscaler Two")
    ours = entra.sandbox.entra.add_application("Zscaler One")
    same = entra.run(MODULE)
    assert not same["changed"]
    assert same["app"]["service_principal_id"] == ours.principal_id
    assert "service_principal_id" in str(same["warnings"])
    entra.run(MODULE, state="absent")
    assert [one.template_id == ours.template_id for one in there(entra)] == [False]


LOST = [
    {"kind": "commit_then_reset"},
    {"kind": "commit_then_status", "status": 503},
    {"kind": "commit_then_status", "status": 404},
    {"kind": "broken_json"},
    {"kind": "half_body"},
]


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: f"{fault['kind']} {fault.get('status', '')}")
def test_a_lost_answer_is_followed_by_a_search_and_never_by_a_second_application(entra, fault):
    entra.sandbox.switch(entra_listing_delay=0.3)
    entra.sandbox.faults.add({"route": "/applicationTemplates/{id}/instantiate"}, fault, times=1)
    done = entra.run(MODULE)
    assert not done.get("failed"), done
    assert done["changed"]
    assert routes(done) == [INSTANTIATE]
    (application,) = there(entra)
    assert done["app"]["service_principal_id"] == application.principal_id
    assert not entra.run(MODULE)["changed"]


def test_404_although_it_was_done(entra):
    entra.sandbox.switch(entra_instantiate_404=True, entra_listing_delay=0.3)
    done = entra.run(MODULE)
    assert done["changed"]
    assert routes(done) == [INSTANTIATE]
    assert len(there(entra)) == 1


@pytest.mark.parametrize("kind", ["reset", "status"])
def test_what_was_not_done_is_left_to_the_next_run(entra, kind):
    entra.sandbox.faults.add({"route": "/applicationTemplates/{id}/instantiate"}, {"kind": kind}, times=1)
    answer = entra.run(MODULE, consistency_timeout=0.5)
    assert answer["failed"]
    assert routes(answer) == [INSTANTIATE]
    assert there(entra) == []
    assert entra.run(MODULE)["changed"]
    assert len(there(entra)) == 1


def test_it_waits_until_reads_and_lists_agree(entra):
    entra.sandbox.switch(entra_replication_delay=0.3, entra_listing_delay=0.6, entra_flicker=2)
    done = entra.run(MODULE)
    assert not done.get("failed"), done
    (application,) = there(entra)
    assert application.flickers == 0, "it looked no further than the first sight"
    again = entra.run(MODULE)
    assert not again["changed"]
    assert again["writes"] == []


def test_one_that_is_not_seen_in_time_is_adopted_by_the_next_run(entra):
    entra.sandbox.switch(entra_listing_delay=1.5)
    late = entra.run(MODULE, consistency_timeout=0.5)
    assert late["failed"]
    assert late["changed"]
    (application,) = there(entra)
    for words in (application.id, application.principal_id, "Do not run the task again before it is listed"):
        assert words in late["msg"]
    assert "makes no second one" not in late["msg"]
    assert late["app"]["service_principal_id"] == application.principal_id
    application.listed_at = 0
    again = entra.run(MODULE)
    assert not again["changed"]
    assert again["app"]["service_principal_id"] == application.principal_id


def test_one_that_is_listed_a_moment_later_is_not_made_again(entra, monkeypatch):
    monkeypatch.setattr(gallery_app, "PAUSE", 0.2)
    entra.sandbox.switch(entra_listing_delay=0.3)
    assert entra.run(MODULE, consistency_timeout=0)["failed"]
    again = entra.run(MODULE)
    assert not again["changed"]
    assert again["writes"] == []
    assert len(there(entra)) == 1


@pytest.mark.parametrize("options", [{"check": True}, {"state": "absent"}], ids=["check", "absent"])
def test_only_who_is_about_to_make_one_looks_several_times(entra, options):
    seen = entra.run(MODULE, **options)
    assert seen["reads"] == ["GET /applicationTemplates", "GET /applications", "GET /servicePrincipals"]


def test_without_patience_one_look_is_enough(entra):
    done = entra.run(MODULE, consistency_timeout=0)
    assert not done.get("failed"), done
    assert len(done["reads"]) == 7 + 4


def test_a_lost_answer_of_which_nothing_is_found_tells_that_it_may_be_there(entra):
    entra.sandbox.switch(entra_listing_delay=60)
    entra.sandbox.faults.add({"route": "/applicationTemplates/{id}/instantiate"}, {"kind": "commit_then_reset"}, times=1)
    answer = entra.run(MODULE, consistency_timeout=0.3)
    assert answer["failed"]
    assert "may have been made all the same" in answer["msg"]
    assert "App registrations" in answer["msg"]


def test_absent_deletes_so_that_it_can_be_restored(entra):
    entra.run(MODULE)
    (application,) = there(entra)
    done = entra.cycle(MODULE, state="absent")
    assert routes(done) == ["DELETE /applications/{id}"]
    assert done["reads"][-6:] == ["GET /applications", "GET /servicePrincipals"] * 3, "it waits until lists do not show it"
    assert len(done["reads"]) == 9
    assert done["app"] == {}
    assert list(entra.sandbox.entra.directory.deleted_applications) == [application.id]


def test_absent_where_there_is_none(entra):
    same = entra.run(MODULE, state="absent")
    assert not same["changed"]
    assert same["app"] == {}


def test_a_missing_permission_is_named(entra):
    entra.sandbox.switch(entra_missing_permissions=["Application.ReadWrite.OwnedBy"])
    answer = entra.run(MODULE)
    assert answer["failed"]
    assert "403" in answer["msg"]
    assert "Application.ReadWrite.OwnedBy" in answer["msg"]


@pytest.mark.parametrize("by", ["id", "name"])
def test_the_next_tasks_of_a_play_find_it_at_once(entra, by):
    entra.seed("ada", groups=["Team"])
    entra.sandbox.switch(entra_replication_delay=0.2, entra_listing_delay=0.4, entra_flicker=3, entra_assignment_delay=0.3)
    app = entra.run(MODULE)["app"]
    named = {"service_principal_id": app["service_principal_id"]} if by == "id" else {"display_name": "Zscaler One"}
    people = [{"user": "ada@corp.example", "role": "User"}, {"group": "Team", "role": "User"}]
    tasks = [
        ("entra_app_assignment", {"assignments": people, "state": "exact"}),
        ("entra_saml_sso", {"identifier": "zscalerone.net", "claims": [{"name": "memberOf", "source": "user.assignedroles"}]}),
    ]
    for module, options in tasks:
        done = entra.run(module, **named, **options)
        assert not done.get("failed"), done
        assert done["changed"]
    for module, options in [(MODULE, {}), *((module, {**named, **options}) for module, options in tasks)]:
        again = entra.run(module, **options)
        assert not again["changed"]
        assert again["writes"] == []
