# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R9: what `--check` predicts is what the real run does, and predicting sends nothing but GET."""

from __future__ import annotations

import contextlib

from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Directory, Document, key
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox
from hypothesis import HealthCheck, assume, given, settings, strategies

from ..plugins.module_utils.planning.worlds import directories, documents, policies
from ..plugins.modules.conftest import Tenant
from .random_tenants import SWITCHES, Captured, as_options, as_state, sow


@settings(max_examples=2 * settings.default.max_examples, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents(), directories(), policies(), strategies.sampled_from(["1", "4", "auto"]))
def test_r9_check_mode_predicts_the_run_and_sends_only_get(document: Document, directory: Directory, policy: Policy, hands: str) -> None:
    for names in ([live.user_name for live in directory.users], [live.display_name for live in directory.groups]):
        assume(len({key(name) for name in names}) == len(names))  # the sandbox does not let names be doubled
    captured = Captured()
    options = {**as_state(document), **as_options(policy), "concurrency": hands}
    with Sandbox(tls=False, switches=SWITCHES) as sandbox, contextlib.redirect_stdout(captured.stream):
        tenant = Tenant(sandbox, captured)
        sow(sandbox, directory)
        foreseen = tenant.run("scim_directory", check=True, diff=True, **options)
        assert {read.split(" ")[0] for read in foreseen["reads"]} <= {"GET"}
        assert foreseen["writes"] == []
        done = tenant.run("scim_directory", diff=True, **options)
        for name in ("changed", "operations", "diff", "plan_digest", "failed", "protected", "failures"):
            assert done.get(name) == foreseen.get(name), name
        if not done.get("failed"):
            again = tenant.run("scim_directory", **options)
            assert (again["changed"], again["writes"]) == (False, [])
