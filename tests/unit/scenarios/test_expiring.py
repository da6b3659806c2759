# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one state file means on one day and on the next: memberships that end by themselves, and groups that got another name."""

from __future__ import annotations

import datetime
import typing as t
from types import SimpleNamespace

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils import _orders

from .conftest import Company, State

STATE: State = {
    "users": [{"user_name": "ada@corp.example"}, {"user_name": "bob@corp.example"}],
    "groups": [{"display_name": "Project X", "members": ["ada@corp.example", {"user_name": "bob@corp.example", "expires": "2027-01-31"}]}],
}


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch) -> t.Callable[[str], None]:
    """Sets the moment in UTC at which the next task runs."""

    def set_clock(moment: str) -> None:
        now = datetime.datetime.fromisoformat(moment).astimezone(datetime.UTC)
        monkeypatch.setattr(_orders, "datetime", SimpleNamespace(datetime=SimpleNamespace(now=now.astimezone), timezone=datetime.timezone))

    return set_clock


def test_a_member_is_removed_the_day_after_the_last_day(company: Company, on_day: t.Callable[[str], None]) -> None:
    on_day("2027-01-31T23:59:59+00:00")
    assert company.apply(STATE)["summary"]["memberships"]["added"] == 2
    assert not company.apply(STATE)["changed"]
    on_day("2027-02-01T00:30:00+01:00")
    assert not company.apply(STATE)["changed"], "it is still January in UTC, which counts"
    on_day("2027-02-01T00:00:00+00:00")
    foreseen = company.apply(STATE, check=True)
    assert foreseen["writes"] == []
    done = company.apply(STATE)
    assert [(one["verb"], one["name"], one["group"]) for one in done["operations"]] == [("remove", "bob@corp.example", "Project X")]
    assert foreseen["operations"] == done["operations"]
    assert company.members("Project X") == ["ada@corp.example"]
    assert company.user("bob@corp.example")["active"] is True
    assert not company.apply(STATE)["changed"]


def test_the_last_member_goes_too(company: Company, on_day: t.Callable[[str], None]) -> None:
    state = {"groups": [{"display_name": "Project X", "members": [{"user_name": "ada@corp.example", "expires": "2027-01-31"}]}]}
    company.sandbox.seed(users=[{"userName": "ada@corp.example", "groups": ["Project X"]}])
    on_day("2027-01-31T12:00:00+00:00")
    assert not company.apply(state)["changed"]
    on_day("2027-02-01T12:00:00+00:00")
    assert company.apply(state)["changed"]
    assert company.members("Project X") == []


def test_a_group_is_renamed_and_keeps_its_members(company: Company) -> None:
    company.sandbox.seed(users=[{"userName": "ada@corp.example", "groups": ["Eng"]}])
    state: State = {"groups": [{"display_name": "Engineering", "previous_names": ["Dev", "Eng"]}]}
    done = company.cycle("scim_directory", src=[company.write(state)])
    assert [(one["kind"], one["verb"], one["name"]) for one in done["operations"]] == [("group", "rename", "Engineering")]
    assert len(done["writes"]) == 1
    assert company.members("Engineering") == ["ada@corp.example"]
    assert company.run("scim_group_info", display_name="Eng")["groups"] == []
