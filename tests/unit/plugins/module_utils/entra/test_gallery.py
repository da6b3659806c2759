# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gallery application where the listings disagree: what belongs together, and what is done when only a half can be seen."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.gallery import pick_template, survey
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError
from ansible_collections.scimops.zscaler_one.plugins.module_utils._workflow.gallery_app import act

TEMPLATE = {"id": "template-1", "displayName": "Zscaler One", "supportedProvisioningTypes": ["sync"]}
OPTIONS = {"display_name": None, "template": "Zscaler One", "state": "present", "allow_second": False}


def application(number, name="Zscaler One"):
    return {"id": f"application-{number}", "appId": f"client-{number}", "displayName": name, "applicationTemplateId": "template-1"}


def principal(number, name="Zscaler One", template="template-1"):
    return {"id": f"principal-{number}", "appId": f"client-{number}", "displayName": name, "applicationTemplateId": template}


@pytest.mark.parametrize(
    ("applications", "principals", "ours", "strangers", "siblings"),
    [
        ([], [], None, [], []),
        ([application(1)], [principal(1)], ("application-1", "principal-1"), [], []),
        ([application(1)], [], ("application-1", None), [], []),
        ([], [principal(1)], (None, "principal-1"), [], []),
        ([application(1)], [principal(1, template=None)], ("application-1", "principal-1"), [], []),
        ([], [principal(2, template="template-2")], None, ["principal-2"], []),
        ([application(1, "ZSCALER one")], [principal(1, "ZSCALER one")], ("application-1", "principal-1"), [], []),
        ([application(1, "Old")], [], None, [], ["Old"]),
        (
            [application(1), application(3, "Old")],
            [principal(1), principal(2, template=None)],
            ("application-1", "principal-1"),
            ["principal-2"],
            ["Old"],
        ),
    ],
)
def test_what_belongs_together(applications, principals, ours, strangers, siblings):
    found = survey("Zscaler One", "template-1", applications, principals)
    assert ((found.ours.application or {}).get("id"), (found.ours.principal or {}).get("id")) == ours if ours else found.ours is None
    assert [one["id"] for one in found.strangers] == strangers
    assert list(found.siblings) == siblings


@pytest.mark.parametrize(
    ("applications", "principals"),
    [([application(1), application(2)], []), ([], [principal(1), principal(2)]), ([application(1)], [principal(2)])],
)
def test_two_are_two_even_if_each_listing_shows_one(applications, principals):
    with pytest.raises(InputError, match="2 applications"):
        survey("Zscaler One", "template-1", applications, principals)


def test_two_templates_of_one_name():
    with pytest.raises(InputError, match="template-1, template-2"):
        pick_template("Zscaler One", [TEMPLATE, {**TEMPLATE, "id": "template-2"}], [])


class Listings:
    """A Graph whose answers are written down: what each list and each address shows."""

    def __init__(self, *, by_id=(), read_only=False, looks=1, **lists):
        self.lists = {"applicationTemplates": [TEMPLATE], "applications": [], "servicePrincipals": [], **lists}
        self.by_id = dict(by_id)
        self.read_only = read_only
        self.consistency_timeout = 1
        self.looks = looks
        self.written = []

    def list(self, path, **_options):
        return self.lists[path]

    def find(self, path):
        return self.by_id.get(path)

    def delete(self, path):
        self.written.append(f"DELETE {path}")

    def wait_for(self, seen, *, hits=3):  # noqa: ARG002
        return [seen() for _look in range(self.looks)][-1]


def test_a_service_principal_that_no_list_shows_yet_is_found_by_its_application():
    known = {"servicePrincipals(appId='client-1')": principal(1), "applications/application-1": {}, "servicePrincipals/principal-1": {}}
    outcome = act(Listings(applications=[application(1)], by_id=known), OPTIONS)
    assert outcome.result["app"]["service_principal_id"] == "principal-1"
    assert not outcome.changed
    assert not outcome.failed


def test_an_application_that_no_list_shows_yet_is_found_by_its_service_principal():
    known = {"applications(appId='client-1')": application(1)}
    outcome = act(Listings(servicePrincipals=[principal(1)], by_id=known), OPTIONS)
    assert outcome.result["app"]["application_id"] == "application-1"
    assert not outcome.changed


def test_half_an_application_is_waited_for_and_never_made_again():
    graph = Listings(applications=[application(1)])
    outcome = act(graph, OPTIONS)
    assert "application application-1" in outcome.failed
    assert not outcome.changed
    assert graph.written == []


def test_check_mode_does_not_wait_for_the_other_half():
    outcome = act(Listings(applications=[application(1)], read_only=True), OPTIONS)
    assert not outcome.failed
    assert outcome.result["app"]["service_principal_id"] is None


def test_a_service_principal_without_its_application_is_not_deleted():
    graph = Listings(servicePrincipals=[principal(1)])
    outcome = act(graph, {**OPTIONS, "state": "absent"})
    assert "nothing was deleted" in outcome.failed
    assert not outcome.changed
    assert graph.written == []
    assert (outcome.before, outcome.after) == ({}, {})
    assert outcome.result["app"]["service_principal_id"] == "principal-1"


def test_one_that_is_still_listed_after_it_was_deleted_is_told():
    graph = Listings(applications=[application(1)], servicePrincipals=[principal(1)])
    outcome = act(graph, {**OPTIONS, "state": "absent"})
    assert graph.written == ["DELETE applications/application-1"]
    assert "is deleted (application application-1, service principal principal-1), but after 1 seconds" in outcome.failed
    assert outcome.changed
