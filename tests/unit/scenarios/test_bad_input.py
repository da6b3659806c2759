# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R14: bad input ends with file and line or index, field and reason, before any request. One row for each row of the matrix."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import pytest

from .bad_rows import OPTIONS, ROWS, users
from .conftest import Company


@pytest.mark.parametrize(("name", "content", "words"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_r14_bad_input_is_named_before_any_request(company: Company, name: str, content: str, words: tuple[str, ...]) -> None:
    path = company.folder / name
    path.write_text(content, encoding="utf-8")
    answer = company.run("scim_directory", src=[str(path)])
    assert answer["failed"]
    assert (answer["reads"], answer["writes"]) == ([], [])
    for word in words:
        assert word in answer["msg"], answer["msg"]
    assert "not-shown-anywhere" not in str(answer)
    assert "Traceback" not in str(answer)


@pytest.mark.parametrize(("options", "words"), [row[1:] for row in OPTIONS], ids=[row[0] for row in OPTIONS])
def test_r14_bad_options_are_named_before_any_request(company: Company, options: dict[str, t.Any], words: tuple[str, ...]) -> None:
    answer = company.run("scim_directory", check=True, **{"users": [{"user_name": "ada@corp.example"}], **options})
    text = str(answer.get("msg", "")) + str(answer.get("warnings", ""))
    for word in words:
        assert word in text, text
    assert "not-shown" not in text
    if "warning" not in str(words) and "U+0430" not in words:
        assert answer["failed"]
        assert answer["reads"] == []


def test_b25_and_b27_what_only_the_service_can_tell_is_named_before_any_write(company: Company) -> None:
    company.fill(5, 1)
    state = {
        "users": [{"user_name": "ada@corp.example", "groups": ["No such group"]}],
        "groups": [{"display_name": "Ops", "members": ["nobody@corp.example", "no-one@corp.example"]}],
    }
    answer = company.apply(state)
    assert answer["failed"]
    assert answer["writes"] == []
    for word in ("No such group", "nobody@corp.example", "no-one@corp.example", "3 problems"):
        assert word in answer["msg"]


def test_b55_absent_with_an_empty_list_changes_nothing(company: Company) -> None:
    company.fill(5, 1)
    group = company.state["groups"][0]["display_name"]
    answer = company.run("scim_membership", group=group, members=[], state="absent")
    assert (answer["changed"], answer["writes"]) == (False, [])


def test_twenty_problems_at_once(company: Company) -> None:
    path = company.folder / "many.yml"
    path.write_text(users(*["department: 5"] * 30))
    answer = company.run("scim_directory", src=[str(path)])
    assert answer["msg"].count("\n- ") == 21
    assert "and 40 more" in answer["msg"]


def refused_before_any_request(company: Company, *words: str, **options: t.Any) -> str:
    """What scim_directory says to these options, after it was seen that it asked the service nothing."""
    answer = company.run("scim_directory", **{"users": [{"user_name": "ada@corp.example"}], **options})
    assert answer["failed"]
    assert (answer["reads"], answer["writes"]) == ([], [])
    for word in words:
        assert word in answer["msg"], answer["msg"]
    assert "Traceback" not in str(answer)
    return str(answer["msg"])


@pytest.mark.parametrize("name", ["percent", "count", "floor"])
@pytest.mark.parametrize("value", [-1, "nan", "150%", "5 %%", "-inf", "x", None, []])
def test_b52_a_limit_that_is_none_is_refused(company: Company, name: str, value: t.Any) -> None:
    limit = {"percent": 5, "count": 5, "floor": 5, name: value}
    answer = company.run("scim_directory", users=[{"user_name": "ada@corp.example"}], removal_limit=limit)
    assert answer["failed"]
    assert (answer["reads"], answer["writes"]) == ([], [])
    assert "removal_limit" in answer["msg"]
    assert name in answer["msg"]


@pytest.mark.parametrize("value", [0, -1, 1001, 5000])
def test_b53_a_page_of_nobody_or_of_too_many_is_refused(company: Company, value: int) -> None:
    refused_before_any_request(company, "option page_size", f"is {value}", "from 1 to 1000", page_size=value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("timeout", 0), ("timeout", -1), ("timeout", 1e9), ("timeout", "nan"), ("timeout", "inf"), ("deadline", -1), ("deadline", "nan")],
)
def test_b54_times_that_are_none_are_refused(company: Company, name: str, value: t.Any) -> None:
    refused_before_any_request(company, name, **{name: value})


@pytest.mark.parametrize(
    "address",
    [
        "scim.example/1/2/scim",
        "ftp://scim.example/1/2/scim",
        "http://scim.example/1/2/scim",
        "https://me:not-shown-anywhere@scim.example/1/2/scim",
        "https://scim.example/1/2/scim?key=not-shown-anywhere",
        "https://scim.example/1/2/scim#not-shown-anywhere",
        "https://scim.example/1/../2/scim",
        "https:///1/2/scim",
        "https://scim.example:no/1",
        "{{ base_url }}",
        "",
    ],
)
def test_b50_an_address_that_is_none_is_refused_and_not_repeated(company: Company, address: str) -> None:
    answer = company.run("scim_directory", users=[{"user_name": "ada@corp.example"}], base_url=address)
    assert answer["failed"]
    assert (answer["reads"], answer["writes"]) == ([], [])
    assert "base_url" in answer["msg"]
    assert "not-shown-anywhere" not in str(answer)


def test_b50_a_slash_at_the_end_is_taken_away(company: Company) -> None:
    company.fill(3, 0)
    answer = company.apply(base_url=company.sandbox.base_url + "/")
    assert "failed" not in answer, answer.get("msg")
    assert "//Users" not in str([entry.path for entry in company.sandbox.journal])


@pytest.mark.parametrize("spelling", ["Bearer {}", "bearer {}", " {} ", "{}\n"])
def test_b51_a_token_with_what_stands_around_it_in_the_portal_works(company: Company, spelling: str) -> None:
    company.fill(3, 0)
    answer = company.apply(bearer_token=spelling.format(company.sandbox.token))
    assert "failed" not in answer, answer.get("msg")
    assert company.sandbox.token not in str(answer)


@pytest.mark.parametrize(
    "token", ["", "   ", "Bearer ", '"{}"', "********", "{{{{ token }}}}", "not-shown\nanywhere {}", "$ANSIBLE_VAULT;{}"]
)
def test_b51_what_is_no_token_is_refused_and_not_repeated(company: Company, token: str) -> None:
    message = refused_before_any_request(company, "bearer_token", bearer_token=token.format("not-a-real-token-0"))
    assert "not-a-real-token-0" not in message


def test_b45_the_same_user_in_two_files_names_both(company: Company) -> None:
    paths = [
        company.write({"users": [{"user_name": name, "department": name}]}, f"{number}.json") for number, name in enumerate(("a@b", "A@B"))
    ]
    message = refused_before_any_request(company, *paths, "declared twice", users=None, src=paths)
    assert message.count("\n- ") == 1


def test_b41_bytes_that_are_no_utf_8_have_their_offset(company: Company) -> None:
    path = company.folder / "a.csv"
    path.write_bytes(b"user_name,department\nada@corp.example,B\xfcro\n")
    refused_before_any_request(company, f"{path}:2", "not UTF-8 at byte 39", users=None, src=[str(path)])


def test_b39_b41_utf_16_is_named(company: Company) -> None:
    path = company.folder / "a.csv"
    path.write_text("user_name\nada@corp.example\n", encoding="utf-16")
    refused_before_any_request(company, str(path), "UTF-16", users=None, src=[str(path)])


def test_b39_a_byte_order_mark_and_quotes_are_read(company: Company) -> None:
    path = company.folder / "a.csv"
    path.write_text('\ufeffuser_name,display_name\r\nada@corp.example,"Lovelace, Ada"\r\n', encoding="utf-8")
    answer = company.run("scim_directory", src=[str(path)])
    assert [operation["attributes"]["display_name"] for operation in answer["operations"]] == ["Lovelace, Ada"]


def test_b42_what_is_no_file_is_refused_at_once(company: Company) -> None:
    pipe, dangling, device = company.folder / "pipe.yml", company.folder / "dangling.yml", company.folder / "device.json"
    os.mkfifo(pipe)
    dangling.symlink_to("nowhere.yml")
    device.symlink_to("/dev/zero")
    (company.folder / "empty").mkdir()
    began = time.monotonic()
    paths = [str(path) for path in (pipe, dangling, device, company.folder / "empty")]
    refused_before_any_request(company, *paths, "a pipe", "No such file", "a device", "no state file", users=None, src=paths)
    assert time.monotonic() - began < 30, "who reads a pipe or a device without end does not come back"


NAMES = [
    "\U0001f469\u200d\U0001f52c Ada",
    "\u05d0\u05d3\u05d4",
    "\u0639\u0645\u0631",
    "=SUM(A1)",
    "+49 1",
    "-x",
    "@home",
    'a"b',
    "a\\b",
    "%41&x#?",
]


def test_b40_b46_odd_but_rightful_names_come_back_as_they_were(company: Company) -> None:
    state = {"users": [{"user_name": f"u{number}@corp.example", "display_name": name} for number, name in enumerate(NAMES)]}
    assert "failed" not in company.apply(state)
    found = {user["user_name"]: user["display_name"] for user in company.run("scim_user_info")["users"]}
    assert [found[f"u{number}@corp.example"] for number in range(len(NAMES))] == NAMES
    assert company.apply(state)["changed"] is False


def test_b48_a_manager_is_no_key_of_a_user(company: Company) -> None:
    """Zscaler keeps no manager (its schema has none), so there is nothing that could be unknown, one's own, or go in circles."""
    refused_before_any_request(company, "users[0]", "manager: is not a known key", users=[{"user_name": "a@b", "manager": "a@b"}])


BOMB = "\n".join(["a: &a0 [x, x, x, x, x, x, x, x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)])
MERGE = "users:\n" + "".join(f"  - &u{n} {{user_name: a{n}@b, <<: [{', '.join([f'*u{n - 1}'] * 9)}]}}\n" for n in range(1, 2000))
MEASURE = """
import json, sys, time
from ansible_collections.scimops.zscaler_one.tests.unit.scenarios import mutations
mutations.LONGEST = 600
began = time.process_time()
verdict = mutations.judge(sys.argv[1])
print(json.dumps([verdict, time.process_time() - began, mutations.peak_memory()]))
"""


def measured(path: Path) -> tuple[str, float, float]:
    """What a process of its own makes of a file: the verdict, seconds of a processor, and MiB at most."""
    done = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, timeout=600, check=True)
    verdict, seconds, peak = json.loads(done.stdout)
    return verdict, seconds, peak


@pytest.mark.parametrize("text", [BOMB, MERGE, "[" * 2_000_000, "{a: " * 500_000], ids=["aliases", "merge keys", "lists", "mappings"])
@pytest.mark.parametrize("form", ["yml", "json"])
def test_b35_a_bomb_costs_neither_time_nor_memory(tmp_path: Path, text: str, form: str) -> None:
    path = tmp_path / f"a.{form}"
    path.write_text(text)
    verdict, seconds, peak = measured(path)
    assert verdict == "refused"
    assert seconds < 2
    assert peak < 200


@pytest.mark.slow
@pytest.mark.parametrize(("form", "megabytes"), [("csv", 100), ("json", 100), ("yml", 70)])
def test_b44_a_million_rows_take_bounded_time_and_memory(tmp_path: Path, form: str, megabytes: int) -> None:
    """What is too large for its format is refused before it is parsed; what is not takes a multiple of its size."""
    path = tmp_path / f"a.{form}"
    with path.open("w", encoding="utf-8") as stream:
        stream.write({"csv": "user_name,display_name,department\n", "json": '{"users": [\n', "yml": "users:\n"}[form])
        for number in range(1_000_000):
            name, department = f"user.number.{number:07}@corp.example", f"Department {number % 1000:04} of the company"
            if form == "csv":
                stream.write(f"{name},Somebody With A Name {number:07},{department}\n")
            elif form == "json":
                comma = "," if number else ""
                stream.write(f'{comma}{{"user_name": "{name}", "display_name": "Somebody {number:07}", "department": "{department}"}}\n')
            else:
                stream.write(f"  - {{user_name: {name}, department: {department}}}\n")
        stream.write("]}\n" if form == "json" else "")
    assert path.stat().st_size > megabytes * 0.7 * 1e6
    verdict, seconds, peak = measured(path)
    assert verdict == ("refused" if form == "yml" else "document")
    assert seconds < (2 if form == "yml" else 60)
    assert peak < 2048
