# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is extra: whoever is in scope and in no file, or only whom pruning would remove."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("options", "extra"),
    [
        ({}, ["hand@git.example", "Shadow"]),
        ({"undeclared": "extra", "prune_groups": "delete"}, ["hand@git.example", "Shadow"]),
        ({"undeclared": "as_pruned"}, []),
        ({"undeclared": "as_pruned", "prune_users": "disable"}, ["hand@git.example"]),
        ({"groups": None}, ["hand@git.example"]),
        ({"users": [], "groups": None}, []),
    ],
)
def test_accounts_made_by_hand_are_extra_although_nothing_is_pruned(tenant, options, extra):
    tenant.sandbox.seed(
        users=[{"userName": "ann@git.example"}, {"userName": "hand@git.example"}, {"userName": "else@where.example"}],
        groups=[{"displayName": "Team"}, {"displayName": "Shadow"}],
    )
    declared = {"users": [{"user_name": "ann@git.example"}], "groups": [{"display_name": "Team"}]}
    answer = tenant.run("scim_drift_info", **{**declared, "scope": {"user_name_suffixes": ["@git.example"]}, **options})
    assert [(one["category"], one["name"]) for one in answer["drift"]] == [("extra", name) for name in extra]
    assert answer["in_sync"] is not bool(extra)
    assert answer["writes"] == []
