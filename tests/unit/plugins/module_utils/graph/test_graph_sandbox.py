# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole way to the sandbox's Graph: options, login over TLS, pages, throttling, tokens that end, permissions that are missing."""

from __future__ import annotations

import os
import time
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import ServiceError, Unauthorized
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.client import Graph
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.dialect import GRAPH
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.permissions import advise
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.connect_graph import connect_graph
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.secrets import Scrubber
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Connect = Callable[..., tuple[Sandbox, Graph]]


@pytest.fixture
def connect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    pytest.importorskip("azure.identity")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in [name for name in os.environ if name.startswith(("AZURE_", "ZSCALER_ONE_"))]:
        monkeypatch.delenv(name)
    open_ones: list[t.Any] = []

    def start(*, tls: bool = True, **switches: t.Any) -> tuple[Sandbox, Graph]:
        sandbox = Sandbox(tls=tls, switches=switches)
        sandbox.start()
        entra = sandbox.entra
        client = {"tenant_id": entra.tenant_id, "client_id": entra.client_id, "client_secret": entra.client_secret}
        addresses = {"graph_url": sandbox.graph_url, "authority_url": sandbox.authority_url, "ca_path": sandbox.ca_path or None}
        http = connect_graph({**client, **addresses}, GRAPH, read_only=False, scrub=Scrubber())
        open_ones.extend([http.close, sandbox.stop])
        return sandbox, Graph(http, read_only=False, consistency_timeout=3)

    yield start
    for close in open_ones:
        close()


@pytest.mark.parametrize("tls", [True, False])
def test_a_client_secret_opens_graph(connect: Connect, tls: bool) -> None:
    sandbox, graph = connect(tls=tls, entra_page_size=2)
    sandbox.entra.seed(users=[{"userPrincipalName": f"user{number}@corp.example"} for number in range(5)])
    assert len(graph.list("users")) == 5
    assert graph.http.counts.sent == 3


def test_a_token_that_ends_in_mid_run_is_renewed(connect: Connect) -> None:
    sandbox, graph = connect()
    assert graph.list("applicationTemplates")
    sandbox.entra.clock = lambda: time.monotonic() + 2 * 3600
    assert graph.list("applicationTemplates")
    assert graph.http.counts.sent == 3


def test_graph_puts_off_without_saying_how_long(connect: Connect) -> None:
    _sandbox, graph = connect(entra_rate=20.0, entra_rate_burst=1.0, entra_rate_retry_after="none")
    for _request in range(4):
        assert graph.list("applicationTemplates")
    assert graph.http.counts.throttled > 0


def test_what_is_not_there_has_both_numbers(connect: Connect) -> None:
    _sandbox, graph = connect()
    assert graph.find("users/nobody@corp.example") is None
    with pytest.raises(ServiceError, match=r"\(request-id [0-9a-f-]{36}, client-request-id [0-9a-f-]{36}\)"):
        graph.get("users/nobody@corp.example")


def test_a_missing_permission_is_named(connect: Connect) -> None:
    sandbox, graph = connect()
    template = next(one for one in graph.list("applicationTemplates") if one["displayName"] == "Zscaler One")
    made = graph.send("POST", f"applicationTemplates/{template['id']}/instantiate", {"displayName": "Zscaler One"})
    path = f"servicePrincipals/{made['servicePrincipal']['id']}/synchronization/jobs"
    assert graph.list(path) == []
    sandbox.switch(
        entra_missing_permissions=["Synchronization.ReadWrite.All", "Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"]
    )
    with pytest.raises(Unauthorized) as caught:
        graph.send("POST", path, {"templateId": "x"})
    assert "without a message" in caught.value.detail
    assert "needs Synchronization.ReadWrite.All" in advise(caught.value)
    assert graph.list("applicationTemplates")
