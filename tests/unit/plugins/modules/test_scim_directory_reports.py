# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reports of scim_directory that people read: Markdown and HTML, of plans and of runs, however they end."""

from __future__ import annotations

import json
import re

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying import output, page_report

HARM = "</details><img src=x> `a` | @everyone"
USERS = [
    {"user_name": "ada@corp.example", "display_name": "Ada", "department": "Research"},
    {"user_name": "bob@corp.example", "display_name": HARM},
]
STATE = {"users": USERS, "groups": [{"display_name": "Sales", "members": ["bob@corp.example"]}]}


@pytest.fixture
def firm(tenant):
    people = [{"userName": "ada@corp.example", "displayName": "Ada", "department": "Sales"}, {"userName": "eve@corp.example"}]
    tenant.sandbox.seed(users=people, groups=[{"displayName": "Sales", "members": ["eve@corp.example"]}])
    return tenant


def title(path):
    """The verdict, in either form."""
    return re.findall(r"^## (.*)$|<h1>(.*)</h1>", path.read_text(), flags=re.MULTILINE)[0]


def words(path):
    return next(one for one in title(path) if one)


@pytest.mark.parametrize("name", ["run.md", "run.html", "RUN.MD"])
def test_a_plan_and_its_run_in_words(firm, tmp_path, name):
    report = tmp_path / name
    planned = firm.run("scim_directory", **STATE, report_path=str(report), check=True)
    assert planned["writes"] == []
    assert words(report) == f"Would make {len(planned['operations'])} changes"
    assert planned["plan_digest"] in report.read_text()
    assert "Sales" in report.read_text()
    assert report.stat().st_mode & 0o777 == 0o600
    done = firm.run("scim_directory", **STATE, report_path=str(report))
    assert words(report) == f"Made {len(done['operations'])} changes"
    text = report.read_text()
    assert str(done["requests"]["sent"]) in text
    assert firm.sandbox.base_url in text
    assert "not finished" not in text
    again = firm.run("scim_directory", **STATE, report_path=str(report))
    assert again["changed"] is False
    assert words(report) == "Nothing to do"


@pytest.mark.parametrize("name", ["run.md", "run.html"])
def test_r10_what_others_wrote_stays_text_and_no_token_is_told(firm, tmp_path, name):
    report = tmp_path / name
    firm.run("scim_directory", **STATE, report_path=str(report))
    text = report.read_text()
    assert firm.sandbox.token not in text
    if name == "run.html":
        assert "&lt;/details&gt;&lt;img src=x&gt; `a` | @everyone" in text
        assert "<img" not in text
    else:
        assert "`</details><img src=x> \\x60a\\x60 | @everyone`" in text


@pytest.mark.parametrize("name", ["run.md", "run.html"])
def test_f54_what_failed_is_there_with_its_place_and_the_reason(firm, tmp_path, name):
    report, state = tmp_path / name, tmp_path / "state.yml"
    state.write_text("users:\n  - user_name: ada@corp.example\n  - user_name: poison@elsewhere.example\n")
    answer = firm.run("scim_directory", src=[str(state)], report_path=str(report))
    assert answer["failed"]
    assert words(report) == "Made 0 changes, 1 failed"
    text = report.read_text()
    for told in ("poison@elsewhere.example", f"{state}:3", "POST Users", "400 "):
        assert told in text


@pytest.mark.parametrize("name", ["run.md", "run.html"])
@pytest.mark.parametrize("fault", [{"kind": "status", "status": 403}, None], ids=["service", "brake"])
def test_where_there_is_no_plan_the_reason_is_told(firm, tmp_path, name, fault):
    report = tmp_path / name
    wanted = {"users": USERS, "prune_users": "delete", "removal_limit": {"floor": 0, "count": 0, "percent": 0}}
    if fault:
        firm.sandbox.faults.add({"method": "GET", "route": "/Users"}, fault)
    answer = firm.run("scim_directory", **wanted, report_path=str(report), protected_users=["admin@*"])
    assert answer["failed"]
    assert words(report) == "Failed, nothing was written"
    assert ("403" if fault else "Refused") in report.read_text()


def test_an_address_with_a_password_in_it_is_not_told(firm, tmp_path):
    report = tmp_path / "run.md"
    answer = firm.run("scim_directory", **STATE, report_path=str(report), base_url="https://me:not-a-password@scim.example/x")
    assert answer["failed"]
    assert "not-a-password" not in report.read_text()


@pytest.mark.parametrize("name", ["run.md", "run.html"])
def test_f62_a_disk_that_is_full_when_the_plan_is_told_means_0_writes(firm, tmp_path, monkeypatch, name):
    def full(*_given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output.os, "fsync", full)
    answer = firm.run("scim_directory", **STATE, report_path=str(tmp_path / name))
    assert "No space left on device. Nothing was written" in answer["msg"]
    assert answer["writes"] == []
    assert list(tmp_path.iterdir()) == []


def test_f62_a_disk_that_fills_up_in_the_middle_ends_the_run_in_order(firm, tmp_path, monkeypatch):
    report, real, room = tmp_path / "run.md", output.os.fsync, [2]

    def sync(number):
        room[0] -= 1
        if room[0] < 0:
            raise OSError(28, "No space left on device")
        real(number)

    monkeypatch.setattr(output.os, "fsync", sync)
    monkeypatch.setattr(page_report, "PAUSE", 0.0)
    monkeypatch.setattr(page_report, "SHARE", 0)
    answer = firm.run("scim_directory", **STATE, report_path=str(report))
    assert "Stopped early: report_path" in answer["msg"]
    assert answer["left"] > 0
    # What it said last is true of the moment at which it said so.
    assert words(report).startswith("Running, not finished: 1 of ")
    assert len(answer["writes"]) == 2


def test_reports_for_programs_name_the_tenant_and_what_it_was_asked(firm, tmp_path):
    answer = firm.run("scim_directory", **STATE, report_path=str(tmp_path / "run.json"), check=True)
    told = json.loads((tmp_path / "run.json").read_text())
    assert told["tenant"] == firm.sandbox.base_url
    assert told["requests"] == answer["requests"]
    assert told["seconds"] >= 0
    firm.run("scim_directory", **STATE, report_path=str(tmp_path / "run.jsonl"), check=True)
    assert json.loads((tmp_path / "run.jsonl").read_text().split("\n")[0])["tenant"] == firm.sandbox.base_url
