# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses of the national clouds."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra_arguments import ENTRA
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.clouds import CLOUDS


@pytest.mark.parametrize(
    ("cloud", "authority", "graph"),
    [
        ("public", "login.microsoftonline.com", "graph.microsoft.com"),
        ("usgov", "login.microsoftonline.us", "graph.microsoft.us"),
        ("usgov_dod", "login.microsoftonline.us", "dod-graph.microsoft.us"),
        ("china", "login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn"),
    ],
)
def test_each_cloud_has_the_addresses_that_microsoft_publishes(cloud: str, authority: str, graph: str) -> None:
    assert CLOUDS[cloud] == (f"https://{authority}", f"https://{graph}")


def test_every_cloud_can_be_chosen() -> None:
    assert ENTRA["cloud"]["choices"] == list(CLOUDS)


@pytest.mark.parametrize("cloud", sorted(CLOUDS))
def test_azure_identity_says_the_same(cloud: str) -> None:
    hosts = pytest.importorskip("azure.identity").AzureAuthorityHosts
    known = {hosts.AZURE_PUBLIC_CLOUD, hosts.AZURE_GOVERNMENT, hosts.AZURE_CHINA}
    assert CLOUDS[cloud].authority.removeprefix("https://") in known
