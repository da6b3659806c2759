# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What scim2-tester, a conformance checker that we did not write, says about the sandbox.

The profile conforming has to pass everything. The profile zia imitates a service that is not conforming; there the
findings are pinned, so that a change of the imitation is noticed. The README of the sandbox lists them.
"""

from __future__ import annotations

import ssl
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

scim2_tester = pytest.importorskip("scim2_tester", reason="NOT RUN: the sandbox is not checked by a third party; install scim2-cli for it")
httpx = pytest.importorskip("httpx2", reason="NOT RUN: the sandbox is not checked by a third party; install scim2-cli for it")
engine = pytest.importorskip("scim2_client.engines.httpx2")

FINE = {"SUCCESS", "COMPLIANT", "ACCEPTABLE"}
DEPARTMENT_AND_SCHEMAS = {
    "object_query",
    "object_query_without_id",
    "object_query_with_attributes",
    "object_list_with_attributes",
    "search_with_attributes",
    "check_add_attribute",
    "check_remove_attribute",
    "check_replace_attribute",
}


def findings(profile: str, *, tls: bool, **switches: t.Any) -> tuple[int, dict[str, list[str]]]:
    """How many checks were fine, and what was found by the others, by check."""
    with Sandbox(profile, switches=switches, tls=tls) as sandbox:
        headers = {"Authorization": f"Bearer {sandbox.token}"}
        trust = ssl.create_default_context(cafile=sandbox.ca_path or None)
        with httpx.Client(base_url=sandbox.base_url, headers=headers, verify=trust, trust_env=False) as http:
            results = scim2_tester.check_server(engine.SyncSCIMClient(http))
    bad: dict[str, list[str]] = {}
    for result in results:
        if result.status.name not in FINE:
            bad.setdefault(result.title, []).append(f"{result.status.name}: {result.reason}")
    return len(results) - sum(map(len, bad.values())), bad


def test_the_profile_conforming_passes_everything():
    fine, bad = findings("conforming", tls=True)
    assert bad == {}
    assert fine > 100


def test_the_profile_zia_passes_but_for_what_it_imitates():
    fine, bad = findings("zia", tls=False, domains="*")
    assert bad.keys() == DEPARTMENT_AND_SCHEMAS
    assert fine > 40
    texts = [text for found in bad.values() for text in found]
    assert all("payload validation error" in text for text in texts)


def test_the_profile_zia_passes_everything_once_three_switches_are_set():
    """So those three are all that scim2-tester can find."""
    _fine, bad = findings("zia", tls=False, domains="*", thin_answers=False, department_in="extension", empty_values=False)
    assert bad == {}
