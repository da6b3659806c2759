# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wire of synchronization: which template, which job, and writes of unknown fate."""

from __future__ import annotations

import types

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.model import App, Job
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.settings import plan_settings
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.settings_keys import check_target
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import Ambiguous, InputError, ServiceError, UntrustedAnswer
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.again import read_again
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.client import Graph
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.patience import may_pass
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.synchronization import (
    await_job,
    choose_template,
    create_job,
    find_job,
    job_path,
    list_jobs,
    provision_on_demand,
    read_job,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._workflow.connection_test import try_connection
from ansible_collections.scimops.zscaler_one.plugins.module_utils._workflow.provisioning_settings import _store

APP = App("sp", "app", "", "Zscaler One", "template")
TOKEN = "not-a-real-token-0123456789"


def fail(error):
    raise error


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
        return fail(fate) if isinstance(fate, Exception) else fate

    settle = send

    def ask(self, path, body):
        return self.send("POST", path, body)

    def sleep(self, seconds):
        self.clock += seconds

    def outwait(self, act, passing=None, *, timeout=None):
        return self.real().outwait(act, passing, timeout=timeout)

    def wait_for(self, look, **options):
        return self.real().wait_for(look, **options)

    def real(self):
        """The loops are those of the real one."""
        counts = types.SimpleNamespace(counts=types.SimpleNamespace(waited=0))
        timeout = self.consistency_timeout
        return Graph(counts, read_only=self.read_only, consistency_timeout=timeout, monotonic=lambda: self.clock, sleep=self.sleep)


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


def test_the_job_of_the_default_template_is_found_or_the_named_or_the_only_one():
    root = "servicePrincipals/sp/synchronization"
    lists = {
        f"{root}/jobs": [{"id": "z.2", "templateId": "z"}, {"id": "a.1", "templateId": "a"}, {"id": "z.1", "templateId": "z"}],
        f"{root}/templates": [{"id": "a"}, {"id": "z", "default": True}],
    }
    assert find_job(FakeGraph(lists), APP).id == "z.1"
    assert find_job(FakeGraph(lists), APP, "a").id == "a.1"
    assert [job.id for job in list_jobs(FakeGraph(lists), "sp")] == ["a.1", "z.1", "z.2"]
    assert find_job(FakeGraph({f"{root}/jobs": []}), APP) is None
    del lists[f"{root}/templates"]
    assert find_job(FakeGraph(lists), APP, "a").id == "a.1"
    lone = FakeGraph({f"{root}/jobs": [{"id": "a.1", "templateId": "a"}]})
    assert find_job(lone, APP).id == find_job(lone, APP, "a").id == "a.1"


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


# The connection test


@pytest.mark.parametrize("status", [401, 403, 404, 409, 429, 500, 503])
def test_a_graph_that_refuses_us_is_not_the_target_that_refuses_entra(status):
    graph = FakeGraph(fates=[ServiceError(status, "not now", "POST validateCredentials")])
    with pytest.raises(ServiceError, match="not now"):
        try_connection(graph, APP, Job("a.1", "a"), None)


@pytest.mark.parametrize(("detail", "words"), [("The token is wrong.", "The token is wrong."), ("", "no reason (HTTP 400)")])
def test_a_target_that_refuses_entra_is_the_reason(detail, words):
    graph = FakeGraph(fates=[ServiceError(400, detail, "POST validateCredentials")])
    assert words in try_connection(graph, APP, Job("a.1", "a"), None)


# Addresses


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://Scim.Example/scim?aadOptscim062020", "https://scim.example/scim?aadOptscim062020"),
        ("https://scim.example/scim/?AzureAdScimPatch062020", "https://scim.example/scim/?AzureAdScimPatch062020"),
        ("https://scim.example/?aadoptscim062020&azureadscimpatch2017", "https://scim.example/?aadoptscim062020&azureadscimpatch2017"),
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
        {"tenant_url": "https://scim.example/scim?token=not-a-real-token"},
        {"tenant_url": "https://scim.example/scim?aadOptscim062020&token=not-a-real-token"},
        {"tenant_url": "https://scim.example/scim?aadOptscim062020=not-a-real-token"},
        {"tenant_url": "https://scim.example/scim?not-a-real-token"},
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


@pytest.mark.parametrize(
    ("request_", "status", "share"),
    [
        (f"GET {JOBS}", 404, 1),
        (f"GET {JOBS}", 409, 1),
        (f"GET {JOBS}", 400, 0.25),
        (f"GET {JOBS}", 403, 0.25),
        (f"GET {JOBS}", 401, 0),
        (f"GET {JOBS}", 500, 0),
        ("GET servicePrincipals/sp", 404, 1),
        ("GET servicePrincipals/sp", 403, 0),
        ("GET servicePrincipals/sp", 400, 0),
        ("GET servicePrincipals/sp", 409, 0),
    ],
)
@pytest.mark.parametrize("read_only", [True, False], ids=["check", "real"])
def test_how_long_a_refused_read_is_tried_again(request_, status, share, read_only):
    graph = FakeGraph()
    graph.read_only = read_only

    def read():
        raise ServiceError(status, "no", request_)

    with pytest.raises(ServiceError):
        read_again(graph, read)
    assert graph.clock <= graph.consistency_timeout * share
    assert (graph.clock > 0) == (share > 0 and not read_only)


@pytest.mark.parametrize("read_only", [True, False], ids=["check", "real"])
def test_one_empty_list_of_jobs_is_not_believed_where_a_job_is_needed(read_only):
    graph = FakeGraph()
    graph.read_only = read_only
    lists = [[], [{"id": "a.1", "templateId": "a"}]]
    graph.list = lambda _path: lists.pop(0)
    assert (await_job(graph, APP) is None) == read_only
    assert len(lists) == read_only


def test_a_list_of_jobs_that_stays_empty_is_believed_soon():
    graph = FakeGraph({JOBS: []})
    assert await_job(graph, APP) is None
    assert 0 < graph.clock <= graph.consistency_timeout / 5


@pytest.mark.parametrize("status", [403, 404, 409])
def test_on_demand_is_asked_again(status):
    graph = FakeGraph(fates=[ServiceError(status, "not yet", f"POST {JOBS}")] * 2 + [{"value": []}])
    graph.settle = lambda *request: graph.outwait(lambda: graph.send(*request), may_pass)
    assert provision_on_demand(graph, "sp", "a.1", []) == {"value": []}
    assert len(graph.sent) == 3


def test_a_job_of_another_id_than_the_one_asked_for_is_not_believed():
    graph = types.SimpleNamespace(find=lambda path: {"id": "other", "templateId": "zscalerOne"})
    with pytest.raises(UntrustedAnswer, match="another object than the one that was asked for, by its id"):
        read_job(graph, "principal", "asked")
    assert read_job(graph, "principal", "OTHER").template_id == "zscalerOne"
