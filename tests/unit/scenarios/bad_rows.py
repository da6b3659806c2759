# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input, one row or more for each row of the matrix B1-B60, and the words that have to be in the message (R14)."""

from __future__ import annotations

import typing as t


def users(*lines: str) -> str:
    return "users:\n" + "".join(f"  - {line}\n" for line in lines)


def named(*names: str) -> str:
    return users(*(f"user_name: {name!r}" if "\\" not in name else f'user_name: "{name}"' for name in names))


ROWS: list[tuple[str, str, str, tuple[str, ...]]] = [
    ("b01 no userName", "a.yml", users("department: X"), ("a.yml:2", "user_name", "missing")),
    ("b02 empty userName", "a.yml", users('user_name: ""'), ("a.yml:2", "user_name")),
    ("b03 only spaces", "a.yml", users('user_name: "\\u00a0 "'), ("a.yml:2", "user_name")),
    ("b04 outer spaces", "a.yml", users('user_name: " ada@corp.example"'), ("a.yml:2", "user_name", "space")),
    ("b05 twice", "a.yml", named("ada@corp.example", "ada@corp.example"), ("a.yml:2", "a.yml:3")),
    ("b06 twice but for case", "a.yml", named("ada@corp.example", "ADA@corp.example"), ("a.yml:2", "a.yml:3")),
    ("b07 twice but for Unicode form", "a.yml", named("z\\u00f6e@corp.example", "zo\\u0308e@corp.example"), ("a.yml:2", "a.yml:3")),
    ("b08 twice but for casefolding", "a.yml", named("stra\\u00dfe@corp.example", "strasse@corp.example"), ("a.yml:2", "a.yml:3")),
    (
        "b09 one externalId twice",
        "a.yml",
        users("{user_name: a@corp.example, external_id: x}", "{user_name: b@corp.example, external_id: x}"),
        ("a.yml:2", "a.yml:3", "external_id"),
    ),
    ("b11 invisible characters", "a.yml", users('user_name: "a\\u200bda@corp.example"'), ("a.yml:2", "U+200B")),
    ("b12 control characters", "a.yml", users('user_name: "a\\nb@corp.example"'), ("a.yml:2", "user_name")),
    ("b18 too long", "a.yml", users(f"user_name: {'a' * 130}@corp.example"), ("a.yml:2", "127")),
    ("b19 a number", "a.yml", users("{user_name: a@corp.example, external_id: 123}"), ("a.yml:2", "external_id", "integer")),
    ("b19 a date", "a.yml", users("{user_name: a@corp.example, department: 2024-01-01}"), ("a.yml:2", "department", "date")),
    ("b19 a boolean", "a.yml", users("{user_name: a@corp.example, department: NO}"), ("a.yml:2", "department", "true or false")),
    ("b20 active: maybe", "a.yml", users("{user_name: a@corp.example, active: maybe}"), ("a.yml:2", "active")),
    ("b21 active: null", "a.yml", users("{user_name: a@corp.example, active: null}"), ("a.yml:2", "active", "null")),
    ("b22 no e-mail address", "a.yml", users("{user_name: a@corp.example, email: somewhere}"), ("a.yml:2", "email")),
    (
        "b23 several addresses",
        "a.yml",
        users("{user_name: a@corp.example, emails: [{value: a@corp.example, primary: true}, {value: b@corp.example, primary: true}]}"),
        ("a.yml:2", "emails", "email"),
    ),
    ("b24 groups: null", "a.yml", users("{user_name: a@corp.example, groups: null}"), ("a.yml:2", "groups", "null")),
    ("b26 groups but for case", "a.yml", "groups:\n  - display_name: Ops\n  - display_name: OPS\n", ("a.yml:2", "a.yml:3")),
    (
        "b28 a group as a member",
        "a.yml",
        "groups:\n  - display_name: Ops\n    members:\n      - group: Ops\n",
        ("a.yml:4", "members[0].group"),
    ),
    ("b29 a mistyped key", "a.yml", users("{user_name: a@corp.example, dispalyName: A}"), ("a.yml:2", "dispalyName", "display_name")),
    ("b30 an unknown key at the top", "a.yml", "people:\n  - user_name: a@corp.example\n", ("a.yml", "people")),
    ("b31 a list at the top", "a.json", '[{"user_name": "a@corp.example"}]', ("a.json", "mapping")),
    ("b32 an empty file", "a.yml", "", ("a.yml", "empty")),
    ("b33 a header without rows", "a.csv", "user_name,department\n", ("a.csv", "declares nobody")),
    ("b34 a key twice", "a.yml", "users:\n  - user_name: a@corp.example\n    active: true\n    active: false\n", ("a.yml:4", "line 3")),
    ("b35 an alias", "a.yml", "users: &all\n  - user_name: a@corp.example\ngroups: *all\n", ("a.yml:1", "anchors")),
    ("b36 a tag", "a.yml", "users: !!python/object:os.system {}\n", ("a.yml:1",)),
    ("b37 an unresolved template", "a.yml", users("{user_name: a@corp.example, department: '{{ dept }}'}"), ("a.yml:2", "department")),
    (
        "b37 a vault value",
        "a.yml",
        users("user_name: a@corp.example\n    department: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6162"),
        ("a.yml:3", "vault"),
    ),
    (
        "b37 a masked value",
        "a.yml",
        users("{user_name: a@corp.example, department: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER}"),
        ("a.yml:2", "masked"),
    ),
    ("b37 stars", "a.yml", users('{user_name: a@corp.example, department: "********"}'), ("a.yml:2", "department", "masked")),
    ("b38 a trailing comma", "a.json", '{"users": [],}', ("a.json", "line 1", "offset 13")),
    ("b38 no number", "a.json", '{"users": [{"user_name": "a@corp.example", "department": NaN}]}', ("a.json", "users[0]", "department")),
    (
        "b38 a key twice",
        "a.json",
        '{"users": [{"user_name": "a@corp.example",\n"id": "x",\n"id": "y"}]}',
        ("a.json:3", "twice", "line 2", "offset 54"),
    ),
    ("b38 two documents", "a.json", '{"users": []}\n{"users": []}', ("a.json:2", "Extra data", "offset 14")),
    ("b39 semicolons", "a.csv", "user_name;department\na@corp.example;X\n", ("a.csv",)),
    ("b39 a ragged row", "a.csv", "user_name,department\na@corp.example\n", ("a.csv:2",)),
    ("b39 a line break in a cell", "a.csv", 'user_name,department\n"a@corp.example","R\nD"\n', ("a.csv:2", "department", "U+000A")),
    ("b39 a header in capitals", "a.csv", "User_Name\na@corp.example\n", ("a.csv:1", "column 1", "did you mean user_name?")),
    ("b43 a git conflict", "a.yml", "users:\n<<<<<<< HEAD\n  - user_name: a@corp.example\n", ("a.yml:2", "conflict")),
    (
        "b46 half a character",
        "a.json",
        '{"users": [{"user_name": "a\\ud800@corp.example"}]}',
        ("a.json", "users[0]", "user_name", "U+D800"),
    ),
    (
        "b47 a time in the place of a day",
        "a.yml",
        "groups:\n  - display_name: Ops\n    members:\n      - {user_name: a@corp.example, expires: 2027-01-31 10:00}\n",
        ("a.yml:4", "members[0].expires", "YYYY-MM-DD"),
    ),
    (
        "b47 a day of another country",
        "a.yml",
        "groups: [{display_name: O, members: [{user_name: a@b.example, expires: 31.1.2027}]}]",
        ("YYYY-MM-DD",),
    ),
    ("b48 a manager", "a.yml", users("{user_name: a@corp.example, manager: a@corp.example}"), ("a.yml:2", "manager", "not a known key")),
    ("b49 a password", "a.yml", users("{user_name: a@corp.example, password: not-shown-anywhere}"), ("a.yml:2", "password")),
    (
        "b58 present and absent",
        "a.yml",
        users("{user_name: a@corp.example}", "{user_name: A@corp.example, state: absent}"),
        ("a.yml:2", "a.yml:3"),
    ),
    (
        "b60 too many groups",
        "a.yml",
        users("{user_name: a@corp.example, groups: [" + ", ".join(f"g{number}" for number in range(129)) + "]}"),
        ("a.yml:2", "groups", "128"),
    ),
]
"""Name, name of the file, its content, and words of the message."""

OPTIONS: list[tuple[str, dict[str, t.Any], tuple[str, ...]]] = [
    ("b10 letters that look alike are a warning", {"users": [{"user_name": "\u0430da@corp.example"}]}, ("U+0430",)),
    ("b50 http to a host elsewhere", {"base_url": "http://scim.example/1/2/scim"}, ("base_url", "https")),
    ("b50 credentials in the address", {"base_url": "https://me:not-shown-anywhere@scim.example/1"}, ("base_url",)),
    ("b51 a token with a line break", {"bearer_token": "not-shown\nanywhere-at-all"}, ("bearer_token",)),
    ("b51 a masked token", {"bearer_token": "********"}, ("bearer_token",)),
    ("b51 a short token", {"bearer_token": "1234567"}, ("bearer_token",)),
    ("b52 a limit over 100 percent", {"removal_limit": {"percent": 150, "count": 5, "floor": 5}}, ("removal_limit", "percent")),
    ("b52 a negative limit", {"removal_limit": {"percent": 5, "count": -1, "floor": 5}}, ("removal_limit", "count")),
    ("b53 a page of nobody", {"page_size": 0}, ("page_size",)),
    ("b54 no time at all", {"timeout": 0}, ("timeout",)),
    ("b56 a broken expression", {"scope": {"user_name_regex": "("}}, ("scope.user_name_regex",)),
    (
        "b47 expires where nobody would be taken out",
        {"groups": [{"display_name": "A", "members": [{"user_name": "a@corp.example", "expires": "2030-01-31"}]}], "membership": "append"},
        ("groups[0]", "expires has no effect with membership: append (the option of the task)"),
    ),
    (
        "b57 an external_id outside of scope",
        {"users": [{"user_name": "a@corp.example", "external_id": "x-1"}], "scope": {"external_id_regex": "^hr-"}},
        ("users[0]", "external_id: x-1 lies outside of scope"),
    ),
    (
        "b57 a protected user declared absent",
        {"users": [{"user_name": "admin@corp.example", "state": "absent"}], "protected_users": ["admin@*"]},
        ("users[0]", "protected"),
    ),
]
"""Name, options of scim_directory, and words of the message, or of a warning."""
