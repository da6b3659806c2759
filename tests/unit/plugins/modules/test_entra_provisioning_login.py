# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole way with a client of Entra's, over TLS: a token that runs out while a cycle is waited for."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

from .conftest import EntraTenant
from .provisioning import Provisioning

pytest.importorskip("azure.identity")


class ClientTenant(EntraTenant):
    """The same with client and secret in place of a ready token."""

    def connection(self):
        entra = self.sandbox.entra
        return {
            "tenant_id": entra.tenant_id,
            "client_id": entra.client_id,
            "client_secret": entra.client_secret,
            "graph_url": self.sandbox.graph_url,
            "authority_url": self.sandbox.authority_url,
            "ca_path": self.sandbox.ca_path,
            "consistency_timeout": 3,
        }


@pytest.fixture
def zscaler(capsys):
    with Sandbox(tls=True, switches={"entra_token_lifetime": 1.0, "entra_cycle_delay": 2.5}) as sandbox:
        yield Provisioning(ClientTenant(sandbox, capsys))


def test_a_token_that_runs_out_while_a_cycle_is_waited_for_is_renewed(zscaler):
    zscaler.entra.seed("ada")
    done = zscaler.run("job", state="started", wait_for="initial_cycle", wait_timeout=20, wait_interval=1)
    assert not done.get("failed"), done.get("msg")
    assert done["job"]["status"] == "Active"
    assert zscaler.active("ada") == [True]
    logins = zscaler.sandbox.journal.select(service="login", method="POST")
    assert len(logins) >= 2
    posts = [entry for entry in zscaler.sandbox.journal.select(service="graph", method="POST") if entry.status < 400]
    assert len(posts) == 2
