# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random tenants, documents and policies of the planner's tests, as many as asked for, the same for the same seed."""

from __future__ import annotations

import typing as t

from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Directory, Document, key
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy
from ansible_collections.scimops.zscaler_one.tests.unit.plugins.module_utils.planning.worlds import directories, documents, policies
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

Visit = t.Callable[[Document, Directory, Policy], bool]


def each_world(wanted: int, seed: int, visit: Visit) -> int:
    """Calls `visit` until it has taken so many worlds, which it says; how many it took.

    Only with worlds whose names a service can hold that lets none be doubled. Most documents are refused, which is no world to be taken.
    """
    seen = 0

    def once(document: Document, directory: Directory, policy: Policy) -> None:
        nonlocal seen
        if seen < wanted and _single(directory):
            seen += visit(document, directory, policy)

    for turn in range(1000):
        if seen >= wanted:
            break
        _walk(2 * (wanted - seen), seed * 1000 + turn, once)
    return seen


def _walk(count: int, seed: int, visit: t.Callable[[Document, Directory, Policy], None]) -> None:
    rules = settings(max_examples=2 * count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    seeded(seed)(rules(given(documents(), directories(), policies())(visit)))()


def _single(directory: Directory) -> bool:
    names = [live.user_name for live in directory.users], [live.display_name for live in directory.groups]
    return all(len({key(name) for name in some}) == len(some) for some in names)
