# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wire of synchronization: which template, which job, and writes of unknown fate."""

from __future__ import annotations

import datetime

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.settings import plan_settings
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import Ambiguous, InputError, ServiceError
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.applications import App
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.synchronization import (
    choose_template,
    create_job,
    find_job,
    job_path,
    list_jobs,
    patiently,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.target import check_target
from ansible_collections.scimops.zscaler_one.plugins.module_utils._workflow.provisioning_settings import _store

APP = App("sp", "app", "", "Zscaler One", "template")
TOKEN = "not-a-real-token-0123456789"


class FakeGraph:
    """Lists and reads from a dictionary; each write takes the next of the given fates, an error or an answer."""

    read_only = False
    consistency_timeout = 30.0

    def __init__(self, lists=None, fates=()):
        self.lists = lists or {}
        self.fates = list(fates)
        self.sent = []
        self.clock = 0.0

    def list(self, path):
        return self.lists[path]

    def send(self, method, path, body=None):
        self.sent.append((method, path, body))
        fate = self.fates.pop(0) if self.fates else {}
        if isinstance(fate, Exception):
            raise fate
        return fate

    settle = send

    def sleep(self, seconds):
        self.clock += seconds

    def now(self):
        return datetime.datetime.fromtimestamp(self.clock, datetime.UTC)


@pytest.mark.parametrize(
    ("templates", "wanted", "chosen"),
    [
        ([{"id": "b", "default": False}, {"id": "a", "default": True}], "", "a"),
        ([{"id": "a"}], "", "a"),
        ([{"id": "a", "default": True}, {"id": "b"}], "b", "b"),
    ],
)
def test_the_template(templates, wanted, chosen):
    assert choose_template(templates, wanted) == chosen


@pytest.mark.parametrize(
    ("templates", "wanted", "words"),
    [
        ([{"id": "b"}, {"id": "a"}], "", "'a', 'b'"),
        ([{"id": "b", "default": True}, {"id": "a", "default": True}], "", "template_id"),
        ([], "", "from the gallery"),
        ([{"id": "a"}], "c", "it has 'a'"),
    ],
)
def test_no_template_is_guessed(templates, wanted, words):
    with pytest.raises(InputError, match=words):
        choose_template(templates, wanted)


def test_the_job_of_the_default_template_is_found_and_no_other():
    root = "servicePrincipals/sp/synchronization"
    lists = {
        f"{root}/jobs": [{"id": "z.2", "templateId": "z"}, {"id": "a.1", "templateId": "a"}, {"id": "z.1", "templateId": "z"}],
        f"{root}/templates": [{"id": "a"}, {"id": "z", "default": True}],
    }
    assert find_job(FakeGraph(lists), APP).id == "z.1"
    assert find_job(FakeGraph(lists), APP, "a").id == "a.1"
    assert [job.id for job in list_jobs(FakeGraph(lists), "sp")] == ["a.1", "z.1", "z.2"]
    assert find_job(FakeGraph({f"{root}/jobs": []}), APP) is None
    assert find_job(FakeGraph({**lists, f"{root}/jobs": [{"id": "a.1", "templateId": "a"}]}), APP) is None


def test_an_id_is_one_segment():
    assert job_path("sp", "a.b/../c d%").endswith("/jobs/a.b%2F..%2Fc%20d%25")


REFUSED = ServiceError(403, "not yet", "POST jobs")
LOST = Ambiguous("lost", "POST jobs")
TAKEN = ServiceError(409, "exists", "POST jobs")
JOBS = "servicePrincipals/sp/synchronization/jobs"


@pytest.mark.parametrize(
    ("fates", "listed", "sent"),
    [
        ([{"id": "new", "templateId": "t"}], [], 1),
        ([LOST], [{"id": "new", "templateId": "t"}], 1),
        ([LOST, {"id": "new", "templateId": "t"}], [], 2),
        ([TAKEN], [{"id": "new", "templateId": "t"}], 1),
        ([TAKEN, REFUSED, {"id": "new", "templateId": "t"}], [{"id": "other", "templateId": "u"}], 3),
    ],
)
def test_a_job_is_made_once(fates, listed, sent):
    graph = FakeGraph({JOBS: listed}, fates)
    assert create_job(graph, "sp", "t").id == "new"
    assert len(graph.sent) == sent


def test_a_permission_that_is_missing_is_no_hang():
    graph = FakeGraph({JOBS: []}, [REFUSED] * 100)
    with pytest.raises(ServiceError, match="not yet"):
        create_job(graph, "sp", "t")
    assert graph.clock <= graph.consistency_timeout / 4


def test_a_collision_that_never_shows_ends_with_the_collision():
    graph = FakeGraph({JOBS: []}, [TAKEN] * 100)
    with pytest.raises(ServiceError, match="exists"):
        create_job(graph, "sp", "t")
    assert graph.clock <= graph.consistency_timeout


# Settings of unknown fate

LIVE = {"BaseAddress": "https://scim.example/scim", "SecretToken": "*", "SyncAll": "true"}


@pytest.mark.parametrize(
    ("options", "shown", "sent"),
    [
        ({"scope": "assigned"}, {**LIVE, "SyncAll": "false"}, 1),
        ({"scope": "assigned"}, LIVE, 2),
        ({"update_secret": "always"}, LIVE, 2),
    ],
    ids=["done", "not done", "cannot be seen"],
)
def test_after_a_lost_answer_the_settings_are_looked_at_and_written_again_if_need_be(options, shown, sent):
    plan = plan_settings({"update_secret": "on_create", "secret_token": TOKEN, **options}, LIVE)
    secrets = [{"key": key, "value": value} for key, value in shown.items()]
    graph = FakeGraph({"servicePrincipals/sp/synchronization/secrets": secrets}, [LOST])
    _store(graph, APP, plan)
    assert len(graph.sent) == sent


# Addresses


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://Scim.Example/scim?aadOptscim062020", "https://scim.example/scim?aadOptscim062020"),
        ("http://127.0.0.1:8080/scim", "http://127.0.0.1:8080/scim"),
        ("https://scim.example", "https://scim.example"),
    ],
)
def test_addresses_that_entra_may_be_told(url, kept):
    checked, problems = check_target({"tenant_url": url})
    assert (checked["tenant_url"], problems) == (kept, [])


@pytest.mark.parametrize(
    "options",
    [
        {"tenant_url": "http://scim.example/scim"},
        {"tenant_url": "https://me@scim.example/scim"},
        {"tenant_url": "https://scim.example/a#b"},
        {"tenant_url": ""},
        {"oauth2_token_url": "ftp://scim.example"},
        {"secret_token": "{{ vault_token }}"},
        {"oauth2_client_secret": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"},
        {"notification_email": "{{ mail }}"},
    ],
)
def test_what_entra_must_not_be_told(options):
    (name,) = options
    _checked, problems = check_target(options)
    assert [problem.place for problem in problems] == [f"option {name}"]
    assert options[name] not in str(problems[0]) or not options[name]


# What may be new


@pytest.mark.parametrize(("status", "share"), [(404, 1), (400, 0.25), (403, 0.25), (401, 0), (500, 0)])
@pytest.mark.parametrize("read_only", [True, False], ids=["check", "real"])
def test_how_long_a_refused_read_is_tried_again(status, share, read_only):
    graph = FakeGraph()
    graph.read_only = read_only

    def read():
        raise ServiceError(status, "no", "GET jobs")

    with pytest.raises(ServiceError):
        patiently(graph, read)
    assert graph.clock <= graph.consistency_timeout * share
    assert (graph.clock > 0) == (share > 0 and not read_only)
