# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of an entra module to a transport: all problems at once, nothing sent, no secret repeated (B50, B51, B54)."""

from __future__ import annotations

import os
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError, WriteInCheckMode
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.dialect import GRAPH
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import connect_graph as connect_file
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.connect_graph import connect_graph
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.secrets import Scrubber

from .loopback import Service, reply, token

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.http import Http

MARK = "mark-that-must-not-be-repeated"
CLIENT = {"tenant_id": "corp.example", "client_id": "client", "client_secret": MARK}


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in [
        name for name in os.environ if name.startswith(("AZURE_", "ZSCALER_", "HTTPS_PROXY", "NO_PROXY", "IDENTITY_", "MSI_", "IMDS_"))
    ]:
        monkeypatch.delenv(name)


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service(lambda _seen: reply(200, {"value": []}))
    yield service
    service.close()


def connect(options: dict[str, t.Any], *, read_only: bool = False, scrub: Scrubber | None = None) -> Http:
    return connect_graph(options, GRAPH, read_only=read_only, scrub=scrub or Scrubber())


def test_a_ready_token_and_nothing_else(service: Service) -> None:
    value, scrub = token(), Scrubber()
    http = connect({"graph_url": service.origin + "/", "access_token": f"Bearer {value}\n"}, scrub=scrub)
    http.send("GET", "users")
    assert service.seen[0].headers["authorization"] == f"Bearer {value}"
    assert service.seen[0].target == "/v1.0/users"
    assert value not in scrub.scrub_text(value)
    http.close()


@pytest.mark.parametrize(
    ("cloud", "base", "authority"),
    [
        (None, "https://graph.microsoft.com/v1.0", "https://login.microsoftonline.com"),
        ("usgov_dod", "https://dod-graph.microsoft.us/v1.0", "https://login.microsoftonline.us"),
        ("china", "https://microsoftgraph.chinacloudapi.cn/v1.0", "https://login.chinacloudapi.cn"),
    ],
)
def test_the_cloud_gives_both_addresses(monkeypatch: pytest.MonkeyPatch, cloud: str | None, base: str, authority: str) -> None:
    made: list[tuple[t.Any, ...]] = []

    class Tokens:
        renew = staticmethod(lambda _refused: False)

        def __init__(self, *settings: t.Any, **_more: t.Any) -> None:
            made.append(settings)

    monkeypatch.setattr(connect_file, "EntraTokens", Tokens)
    assert connect({**CLIENT, "cloud": cloud}).base_url == base
    assert made[0][1:] == (authority, base.replace("v1.0", ".default"))
    own = connect({**CLIENT, "cloud": cloud, "graph_url": "https://graph.corp.example", "authority_url": "https://login.corp.example/"})
    assert own.base_url == "https://graph.corp.example/v1.0"
    assert made[1][1:] == ("https://login.corp.example", "https://graph.corp.example/.default")


def test_check_mode_cannot_write(service: Service) -> None:
    http = connect({"graph_url": service.origin, "access_token": token()}, read_only=True)
    with pytest.raises(WriteInCheckMode):
        http.send("POST", "applications", body={})
    assert service.connections == 0


@pytest.mark.parametrize(
    ("options", "field", "reason"),
    [
        ({"graph_url": f"https://x:{MARK}@graph.example"}, "graph_url", "must not contain a user"),
        ({"graph_url": "http://graph.example"}, "graph_url", "must begin with https"),
        ({"graph_url": "https://graph.example/v1.0"}, "graph_url", "has a path; leave out the version"),
        ({"graph_url": "https://graph.example/v1.0/"}, "graph_url", "has a path"),
        ({"graph_url": "https://graph.example?x=1"}, "graph_url", "must not contain a query"),
        ({"graph_url": "{{ url }}"}, "graph_url", "looks like a template"),
        ({"authority_url": "https://login.example/tenant"}, "authority_url", "has a path; leave out the tenant"),
        ({"authority_url": "login.example"}, "authority_url", "must begin with https"),
        ({"timeout": 0}, "timeout", "must be a number from more than 0"),
        ({"timeout": "nan"}, "timeout", "must be a number"),
        ({"deadline": -1}, "deadline", "must be a number from 0"),
        ({"consistency_timeout": -1}, "consistency_timeout", "must be a number from 0"),
        ({"consistency_timeout": 1e9}, "consistency_timeout", "must be a number from 0"),
        ({"proxy": f"https://u:{MARK}@proxy"}, "proxy", "must be http://host:port"),
        ({"ca_path": "/does/not/exist"}, "ca_path", "cannot be used"),
        ({"client_id": ""}, "client_id", "is missing"),
        ({"client_secret": "********"}, "client_secret", "looks like a template"),
        ({"certificate_path": "c.pem"}, "auth_source", "cannot decide"),
    ],
)
def test_what_is_wrong_is_named_and_not_repeated(options: dict[str, t.Any], field: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        connect({**CLIENT, **options})
    assert [problem.place for problem in caught.value.problems] == [f"option {field}"]
    assert reason in caught.value.problems[0].reason
    assert MARK not in str(caught.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        connect({"graph_url": "x", "authority_url": "y", "timeout": 0, "proxy": "z", "ca_path": "/none"})
    assert {problem.place.removeprefix("option ") for problem in caught.value.problems} == {
        "graph_url", "authority_url", "timeout", "proxy", "ca_path", "auth_source",
    }  # fmt: skip


def test_secrets_of_the_environment_are_known_too(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    scrub = Scrubber()
    monkeypatch.setenv("AZURE_SECRET", MARK)
    connect({"graph_url": service.origin, "access_token": token()}, scrub=scrub)
    assert MARK not in scrub.scrub_text(MARK)


def test_tasks_of_one_tenant_share_their_pauses(service: Service) -> None:
    value = token()
    first, second = (connect({"graph_url": service.origin, "access_token": value}) for _number in range(2))
    assert first.pace._name == second.pace._name
    other = connect({"graph_url": "https://graph.example", "access_token": value})
    assert other.pace._name != first.pace._name
