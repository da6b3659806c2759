# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module scim_export: a file that is the tenant, or no file."""

from __future__ import annotations

import errno
import importlib
import json
import os

import pytest
import yaml
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying import output

from .conftest import MODULES
from .test_documentation import ALWAYS, undocumented

ADA = {
    "userName": "ada@corp.example",
    "externalId": "hr-17",
    "displayName": "Ada Lovelace",
    "name": {"givenName": "Ada", "familyName": "Lovelace"},
    "emails": [{"value": "ada@mail.example", "type": "work", "primary": True}],
    "department": "R&D: core",
    "groups": ["Engineering", "Zscaler Admins"],
}
BOB = {"userName": "bob@corp.example", "externalId": "0017", "active": False, "department": "Sales", "groups": ["Engineering", "A;B"]}
EVE = {"userName": "eve@other.example", "department": "Sales", "groups": ["Engineering"]}
EMPTY = {"displayName": "Empty", "externalId": "grp-3"}
DONE = {"prune_users": "delete", "prune_groups": "delete"}
FORMS = ("yml", "yaml", "json", "csv")


@pytest.fixture
def firm(tenant):
    tenant.sandbox.switch(domains="*", missing_department="none")
    tenant.sandbox.seed(users=[ADA, BOB, EVE], groups=[EMPTY])
    return tenant


@pytest.fixture
def dest(tmp_path):
    return tmp_path / "tenant.yml"


def undeclared(tenant, kind, **attributes):
    """An object that no request could make."""
    with tenant.sandbox.tenant.lock:
        return tenant.sandbox.tenant.create(kind, attributes).id


def test_check_mode_foresees_the_file_and_a_second_run_changes_nothing(firm, dest):
    foreseen = firm.run("scim_export", dest=str(dest), check=True, diff=True)
    assert foreseen["changed"]
    assert list(dest.parent.iterdir()) == []
    done = firm.run("scim_export", dest=str(dest), diff=True)
    assert done["changed"]
    assert (
        done["diff"] == foreseen["diff"] == {"before": "", "after": dest.read_text(), "before_header": str(dest), "after_header": str(dest)}
    )
    assert done["summary"] == foreseen["summary"]
    written = dest.stat()
    for check in (True, False):
        again = firm.run("scim_export", dest=str(dest), check=check, diff=True)
        assert not again["changed"]
        assert (again["diff"]["before"], again["diff"]["after"]) == ("", "")
    assert dest.stat() == written
    assert list(dest.parent.iterdir()) == [dest]
    assert firm.sandbox.journal.writes == []


def test_the_file_has_what_people_expect(firm, dest):
    answer = firm.run("scim_export", dest=str(dest))
    text = dest.read_text()
    assert text.startswith("# yaml-language-server: $schema=https://")
    state = yaml.safe_load(text)
    assert state["users"] == [
        {
            "user_name": "ada@corp.example",
            "external_id": "hr-17",
            "display_name": "Ada Lovelace",
            "given_name": "Ada",
            "family_name": "Lovelace",
            "email": "ada@mail.example",
            "department": "R&D: core",
            "active": True,
        },
        {"user_name": "admin@corp.example", "display_name": "DEFAULT ADMIN", "department": "Service Admin", "active": True},
        {"user_name": "bob@corp.example", "external_id": "0017", "department": "Sales", "active": False},
        {"user_name": "eve@other.example", "department": "Sales", "active": True},
    ]
    assert state["groups"] == [
        {"display_name": "A;B", "members": ["bob@corp.example"]},
        {"display_name": "Empty", "external_id": "grp-3", "members": []},
        {"display_name": "Engineering", "members": ["ada@corp.example", "bob@corp.example", "eve@other.example"]},
    ]
    assert answer["protected"] == ["Service Admin", "Zscaler Admins"]
    assert answer["left_out"] == []
    assert "warnings" not in answer
    assert firm.sandbox.token not in text
    assert "7a736361" not in text


@pytest.mark.parametrize("form", ["yml", "json"])
@pytest.mark.parametrize("scope", [None, {"user_name_suffixes": ["@corp.example"], "group_name_regex": "^E"}], ids=["all", "scope"])
def test_what_was_exported_is_found_unchanged_with_pruning_too(firm, tmp_path, form, scope):
    path = str(tmp_path / f"tenant.{form}")
    exported = firm.run("scim_export", dest=path, scope=scope)
    assert "failed" not in exported, exported.get("msg")
    for options in ({}, DONE, {**DONE, "prune_users": "disable"}):
        answer = firm.run("scim_directory", src=[path], scope=scope, **options)
        assert "failed" not in answer, answer.get("msg")
        assert (answer["changed"], answer["writes"]) == (False, [])
    assert answer["summary"]["users"]["unchanged"] == exported["summary"]["users"]["exported"]
    assert answer["summary"]["memberships"]["unchanged"] == exported["summary"]["memberships"]["exported"]


def test_so_it_is_with_csv_where_csv_can_say_it(firm, tmp_path):
    path = tmp_path / "people.csv"
    answer = firm.run("scim_export", dest=str(path))
    assert answer["failed"]
    assert "semicolon" in answer["msg"]
    assert not path.exists()
    scope = {"group_name_regex": "^E"}
    answer = firm.run("scim_export", dest=str(path), scope=scope)
    warnings = str(answer["warnings"])
    assert "groups that no user in the file has; YAML and JSON have: Empty" in warnings
    assert "external_id of groups; YAML and JSON have: Empty" in warnings
    assert "ada@corp.example,hr-17,Ada Lovelace,Ada,Lovelace,ada@mail.example,R&D: core,true,Engineering\n" in path.read_text()
    assert "admin@corp.example,,DEFAULT ADMIN,,,,Service Admin,true,[]\n" in path.read_text()
    applied = firm.run("scim_directory", src=[str(path)], scope=scope, prune_users="delete")
    assert "failed" not in applied, applied.get("msg")
    assert (applied["changed"], applied["writes"]) == (False, [])
    warned = firm.run("scim_export", dest=str(path), undeclarable="warn")
    assert "failed" not in warned
    assert [(gap["name"], gap["field"]) for gap in warned["left_out"]] == [("A;B", ""), ("bob@corp.example", "groups")]
    applied = firm.run("scim_directory", src=[str(path)], prune_users="delete")
    assert (applied.get("failed"), applied["changed"], applied["writes"]) == (None, False, [])


def test_the_file_can_be_put_into_another_tenant(firm, dest):
    """No id is in it, so that a test tenant, or the next one, becomes the same."""
    firm.run("scim_export", dest=str(dest))
    before = dest.read_bytes()
    firm.sandbox.reset()
    firm.sandbox.seed(users=[{"userName": "first@corp.example"}])
    answer = firm.run("scim_directory", src=[str(dest)], prune_users="delete")
    assert "failed" not in answer, answer.get("msg")
    again = dest.with_name("again.yml")
    firm.run("scim_export", dest=str(again))
    assert again.read_bytes() == before


@pytest.mark.parametrize("form", FORMS)
def test_the_order_in_which_the_service_lists_decides_nothing(firm, tmp_path, form):
    scope = {"group_name_regex": "^E"}
    texts = []
    for people in ([EVE, BOB, ADA], [BOB, ADA, EVE]):
        firm.sandbox.reset()
        firm.sandbox.seed(users=people, groups=[EMPTY])
        path = tmp_path / f"{len(texts)}.{form}"
        assert "failed" not in firm.run("scim_export", dest=str(path), scope=scope, page_size=1 + len(texts))
        texts.append(path.read_bytes())
    assert texts[0] == texts[1]


@pytest.mark.parametrize("carry", ["always", "get", "never"])
@pytest.mark.parametrize("users_carry", [True, False])
def test_members_are_found_wherever_the_service_shows_them(firm, dest, carry, users_carry):
    firm.sandbox.switch(groups_carry_members=carry, users_carry_groups=users_carry)
    assert "failed" not in firm.run("scim_export", dest=str(dest))
    groups = {group["display_name"]: group["members"] for group in yaml.safe_load(dest.read_text())["groups"]}
    hidden = carry == "never" and not users_carry
    assert groups["Engineering"] == ([] if hidden else ["ada@corp.example", "bob@corp.example", "eve@other.example"])
    again = firm.run("scim_directory", src=[str(dest)], **DONE)
    assert (again.get("failed"), again["writes"]) == (None, [])


def test_attributes_that_the_service_never_shows_are_left_out_and_named(firm, dest):
    firm.sandbox.switch(hidden_attributes=("name.givenName", "active"), shows_external_id=False)
    answer = firm.run("scim_export", dest=str(dest))
    assert answer["unseen"] == ["external_id", "given_name", "active"]
    assert all("active" not in user and "external_id" not in user for user in yaml.safe_load(dest.read_text())["users"])
    again = firm.run("scim_directory", src=[str(dest)], **DONE)
    assert (again.get("failed"), again["writes"]) == (None, [])


LIES = {
    "f37": ({"nth": list(range(2, 20))}, {"kind": "empty_page"}),
    "f38 too low": ({}, {"kind": "wrong_total", "delta": -2}),
    "f38 too high": ({}, {"kind": "wrong_total", "delta": 2}),
    "f40": ({"every": 2}, {"kind": "overlap"}),
    "f41": ({"every": 2}, {"kind": "skip"}),
    "f42": ({}, {"kind": "start_index_ignored"}),
    "f44": ({}, {"kind": "empty_listing"}),
}


@pytest.mark.parametrize("route", ["/Users", "/Groups"])
@pytest.mark.parametrize(("when", "fault"), LIES.values(), ids=LIES)
@pytest.mark.parametrize("there", [False, True], ids=["new", "there"])
def test_r5_f37_to_f44_a_listing_in_doubt_becomes_no_file(firm, dest, route, when, fault, there):
    if there:
        dest.write_text("mine")
    firm.sandbox.faults.add({"method": "GET", "route": route, **when}, fault)
    answer = firm.run("scim_export", dest=str(dest), page_size=2)
    assert answer["failed"]
    assert answer["changed"] is False
    assert "was not written" in answer["msg"] or "no file was written" in answer["msg"] or "entries again" in answer["msg"]
    assert [path.read_text() for path in dest.parent.iterdir()] == (["mine"] if there else [])


@pytest.mark.parametrize("form", ["yml", "json"])
def test_f44_groups_without_a_single_user_become_no_file(firm, tmp_path, form):
    """With no members either, nothing but the emptiness tells that the listing of users may lie."""
    firm.sandbox.reset()
    firm.sandbox.seed(groups=[EMPTY])
    firm.sandbox.faults.add({"method": "GET", "route": "/Users"}, {"kind": "empty_listing"})
    answer = firm.run("scim_export", dest=str(tmp_path / f"tenant.{form}"), undeclarable="warn")
    assert "the service lists no users at all" in answer["msg"]
    assert answer["refused"]["listing"] == "suspect"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 500}, {"kind": "html"}, {"kind": "reset"}], ids=lambda fault: fault["kind"])
def test_a_listing_that_breaks_off_becomes_no_file(firm, dest, fault):
    firm.sandbox.faults.add({"method": "GET", "route": "/Users", "nth": [2, 3, 4, 5, 6]}, fault)
    answer = firm.run("scim_export", dest=str(dest), page_size=2, deadline=1)
    assert answer["failed"]
    assert not dest.exists()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"userName": "max@corp.example"}, {"userName": "MAX@corp.example"}),
        ({"userName": "max@corp.example", "externalId": "hr-9"}, {"userName": "moritz@corp.example", "externalId": "hr-9"}),
    ],
    ids=["case", "externalId"],
)
def test_law_03_two_that_are_one_to_a_file_are_refused_with_both_ids(firm, dest, first, second):
    dest.write_text("mine")
    ids = [undeclared(firm, "User", **one) for one in (first, second)]
    answer = firm.run("scim_export", dest=str(dest))
    assert answer["failed"]
    for id in ids:
        assert id in answer["msg"]
    assert sorted(gap["ids"][0] for gap in answer["refused"]["undeclarable"]) == sorted(ids)
    assert dest.read_text() == "mine"
    warned = firm.run("scim_export", dest=str(dest), undeclarable="warn")
    assert "failed" not in warned
    assert sorted(gap["ids"][0] for gap in warned["left_out"]) == sorted(ids)
    applied = firm.run("scim_directory", src=[str(dest)])
    assert (applied.get("failed"), applied["writes"]) == (None, [])


def test_values_that_break_the_rules_of_files_are_named_and_make_no_file_that_is_refused(firm, dest):
    long = undeclared(firm, "User", userName="long@corp.example", displayName="L" * 300, externalId="hr-30")
    undeclared(firm, "User", userName="odd@corp.example", displayName="a\u202eb", externalId="{{ id }}")
    answer = firm.run("scim_export", dest=str(dest))
    assert "failed" not in answer, answer.get("msg")
    assert [(gap["name"], gap["field"]) for gap in answer["left_out"]] == [
        ("long@corp.example", "display_name"),
        ("odd@corp.example", "display_name"),
        ("odd@corp.example", "external_id"),
    ]
    assert answer["left_out"][0]["ids"] == [long]
    warnings = str(answer["warnings"])
    assert "display_name of 2 users: long@corp.example (has 300 characters; at most 128 are allowed), odd@corp.example (" in warnings
    assert "\u202e" not in json.dumps(answer, ensure_ascii=False)
    users = {user["user_name"]: user for user in yaml.safe_load(dest.read_text())["users"]}
    assert users["long@corp.example"] == {"user_name": "long@corp.example", "external_id": "hr-30"}
    applied = firm.run("scim_directory", src=[str(dest)], **DONE)
    assert (applied.get("failed"), applied["writes"]) == (None, [])


def test_somebody_who_is_no_login_is_refused_or_left_out_and_keeps_the_membership(firm, dest):
    printer = undeclared(firm, "User", userName="printer")
    with firm.sandbox.tenant.lock:
        firm.sandbox.tenant.join(firm.sandbox.tenant.group("Engineering"), firm.sandbox.tenant.user("printer"))
    answer = firm.run("scim_export", dest=str(dest))
    assert answer["failed"]
    assert f"user printer (id {printer}): has no '@'" in answer["msg"]
    assert not dest.exists()
    scoped = firm.run("scim_export", dest=str(dest), scope={"user_name_regex": "@"})
    assert scoped["summary"]["users"] == {"exported": 4, "out_of_scope": 1, "left_out": 0}
    warned = firm.run("scim_export", dest=str(dest), undeclarable="warn")
    assert "prune_users would remove them, unless protected_users names them: printer" in str(warned["warnings"])
    assert {"display_name": "Engineering", "membership": "append"}.items() <= yaml.safe_load(dest.read_text())["groups"][2].items()
    applied = firm.run("scim_directory", src=[str(dest)], **DONE, protected_users=["printer"])
    assert (applied.get("failed"), applied["writes"]) == (None, [])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dest": "tenant.txt"}, "does not end in .yml, .yaml, .json or .csv"),
        ({"dest": "tenant"}, "does not end in"),
        ({"dest": "tenant.yml", "format": "csv"}, "does not end in .csv"),
        ({"dest": "tenant.csv", "format": "yaml"}, "does not end in .yml or .yaml"),
        ({"dest": "folder.yml"}, "is a directory, not a regular file"),
        ({"dest": "link.yml"}, "is a symbolic link, not a regular file"),
        ({"dest": "pipe.yml"}, "is a pipe, not a regular file"),
        ({"dest": ""}, "does not end in"),
        ({"dest": "tenant.yml", "scope": {"user_name_regex": "("}}, "not a regular expression"),
        ({"dest": "tenant.yml", "page_size": 5000}, "must be a whole number from 1 to 1000"),
    ],
)
@pytest.mark.parametrize("check", [True, False], ids=["check", "run"])
def test_what_cannot_be_right_is_said_before_any_request(firm, tmp_path, monkeypatch, options, words, check):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.yml").mkdir()
    (tmp_path / "aim").write_text("precious")
    (tmp_path / "link.yml").symlink_to("aim")
    os.mkfifo(tmp_path / "pipe.yml")
    before = sorted(tmp_path.iterdir())
    answer = firm.run("scim_export", check=check, **options)
    assert answer["failed"]
    assert words in answer["msg"]
    assert answer["reads"] == []
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "aim").read_text() == "precious"


def test_in_check_mode_the_folder_may_be_one_that_is_yet_to_be_made(firm, tmp_path):
    path = str(tmp_path / "state" / "tenant.yml")
    refused = firm.run("scim_export", dest=path)
    assert f"option dest: {path} cannot be written: No such file or directory" in refused["msg"]
    assert refused["reads"] == []
    answer = firm.run("scim_export", dest=path, check=True)
    assert answer["changed"]
    assert "does not exist yet" in str(answer["warnings"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o644, 0o600])
def test_a_file_that_is_there_keeps_its_mode_and_a_new_one_is_private(firm, dest, mode):
    dest.write_text("users: []\n")
    dest.chmod(mode)
    assert firm.run("scim_export", dest=str(dest))["mode"] == f"{mode:04o}"
    assert dest.stat().st_mode & 0o777 == mode
    other = dest.with_name("other.json")
    firm.run("scim_export", dest=str(other))
    assert other.stat().st_mode & 0o777 == 0o600


def test_a_file_of_somebody_else_is_left_alone(firm, dest, monkeypatch):
    dest.write_text("theirs")
    monkeypatch.setattr(output.os, "geteuid", lambda: dest.stat().st_uid + 1)
    answer = firm.run("scim_export", dest=str(dest))
    assert "belongs to another user" in answer["msg"]
    assert answer["reads"] == []
    assert dest.read_text() == "theirs"


def test_f62_a_full_disk_leaves_the_old_file(firm, dest, monkeypatch):
    def full(*_given):
        raise OSError(errno.ENOSPC, "No space left on device")

    dest.write_text("old")
    monkeypatch.setattr(output.os, "fsync", full)
    answer = firm.run("scim_export", dest=str(dest))
    assert f"dest: {dest} cannot be written: No space left on device. Nothing was written" in answer["msg"]
    assert [path.read_text() for path in dest.parent.iterdir()] == ["old"]


@pytest.mark.parametrize(
    "kept", ["\xff\xfe", "users:\n  - user_name: ada@corp.example # by hand\n", ""], ids=["no text", "by hand", "empty"]
)
def test_whatever_is_there_is_replaced_and_shown(firm, dest, kept):
    dest.write_bytes(kept.encode("latin-1"))
    answer = firm.run("scim_export", dest=str(dest), diff=True)
    assert answer["changed"]
    assert answer["diff"]["before"] == kept.encode("latin-1").decode("utf-8", "replace")
    assert answer["diff"]["after"] == dest.read_text()


@pytest.mark.parametrize(
    "scope",
    [{"user_name_suffixes": ["@nobody.example"], "group_name_regex": "^nothing$"}, {"external_id_regex": "^-$", "group_name_regex": "^-$"}],
)
def test_a_scope_with_nobody_in_it_becomes_no_file(firm, dest, scope):
    answer = firm.run("scim_export", dest=str(dest), scope=scope)
    assert "there is nobody to declare (users: 0 exported, 4 out of scope, 0 left out" in answer["msg"]
    assert not dest.exists()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("where", ["displayName", "externalId"])
def test_r10_a_tenant_that_repeats_the_token_becomes_no_file(firm, tmp_path, form, where):
    token = firm.sandbox.token
    undeclared(firm, "User", userName="leak@corp.example", **{where: f"x {token[3:14]} y"})
    path = tmp_path / f"tenant.{form}"
    answer = firm.run("scim_export", dest=str(path), scope={"group_name_regex": "^E"})
    assert "a part of a secret" in answer["msg"]
    assert token[3:14] not in json.dumps(answer)
    assert not path.exists()


def test_every_key_of_the_result_is_described(firm, dest):
    undeclared(firm, "User", userName="long@corp.example", displayName="L" * 300)
    described = yaml.safe_load(importlib.import_module(f"{MODULES}.scim_export").RETURN)
    result = firm.run("scim_export", dest=str(dest), diff=True)
    assert undocumented({name: value for name, value in result.items() if name not in ALWAYS}, described) == []


def test_reading_costs_the_pages_and_a_look_beyond_each_end(firm, dest):
    answer = firm.run("scim_export", dest=str(dest))
    assert answer["reads"] == ["GET /Users", "GET /Users", "GET /Groups", "GET /Groups"]
    assert answer["requests"]["sent"] == 4
