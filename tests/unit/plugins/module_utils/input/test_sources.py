# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How state files are read, and which are not (rows B5, B19, B29-B46 of the bad-input matrix, faults F45 and F46)."""

from __future__ import annotations

import gc
import json
import os
import random
import socket
import threading
import time
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input import files, sources, yaml_file
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.csv_file import _quoted_rows, csv_rows
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.document import build_document
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.files import STATE_FILES
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.sources import read_sources
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Document
from hypothesis import given
from hypothesis import strategies as st

TODAY = "2026-11-22"
YAML = """\
users:
  - user_name: ada@corp.example
    department: Research
    groups: [Engineering, "Ops"]
groups:
  - display_name: Engineering
    members:
      - bob@corp.example
      - user_name: eve@corp.example
        expires: 2027-01-31
"""
JSON = (
    '{"users": [{"user_name": "ada@corp.example", "active": true, "groups": ["Ops"]}], "groups": [{"display_name": "Ops", "members": []}]}'
)
CSV = 'user_name,display_name,active,groups\nada@corp.example,"Lovelace, Ada",TRUE,Engineering;Ops\nbob@corp.example,,no,[]\n'
STATES = {"state.yml": YAML, "state.json": JSON, "state.csv": CSV}


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> t.Callable[[str, str | bytes], str]:
    """Writes a file into the working directory of the test, and returns its name."""
    monkeypatch.chdir(tmp_path)

    def writer(name: str, content: str | bytes) -> str:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    return writer


Write = t.Callable[[str, t.Union[str, bytes]], str]  # noqa: UP007 - the oldest pylint reads it so


def load(*paths: str) -> Document:
    raw, warnings = read_sources(paths)
    return build_document(raw, today=TODAY, warnings=warnings)


def problems(*paths: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        load(*paths)
    return [str(problem) for problem in caught.value.problems]


def one(*paths: str) -> str:
    found = problems(*paths)
    assert len(found) == 1, found
    return found[0]


@pytest.fixture(params=["libyaml", "pure"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both parsers that PyYAML may have."""
    if request.param == "pure":
        monkeypatch.setattr(yaml, "CSafeLoader", yaml.SafeLoader, raising=False)


@pytest.mark.usefixtures("loader")
def test_yaml_entries_know_their_lines(write: Write) -> None:
    document = load(write("state.yml", YAML))
    (user,), (group,) = document.users, document.groups
    assert str(user.place) == "state.yml:2 (users[0])"
    assert user.groups == ("Engineering", "Ops")
    assert group.members is not None
    assert [(member.user_name, str(member.place)) for member in group.members] == [
        ("bob@corp.example", "state.yml:8 (groups[0])"),
        ("eve@corp.example", "state.yml:9 (groups[0])"),
    ]


def test_json_entries_know_their_index(write: Write) -> None:
    document = load(write("state.json", JSON))
    assert (str(document.users[0].place), document.users[0].values, document.users[0].groups) == (
        "state.json (users[0])",
        {"active": True},
        ("Ops",),
    )
    assert document.groups[0].members == ()


def test_csv_rows_know_their_lines_and_an_empty_cell_leaves_alone(write: Write) -> None:
    ada, bob = load(write("state.csv", CSV)).users
    assert (str(ada.place), ada.values, ada.groups) == (
        "state.csv:2",
        {"display_name": "Lovelace, Ada", "active": True},
        ("Engineering", "Ops"),
    )
    assert (str(bob.place), bob.values, bob.groups) == ("state.csv:3", {"active": False}, ())


def test_csv_spaces_around_the_semicolons_of_groups_do_not_count(write: Write) -> None:
    document = load(write("a.csv", "user_name,groups\na@b,Ops; Sales ;Ops & Co;  R and D\n"))
    assert document.users[0].groups == ("Ops", "Sales", "Ops & Co", "R and D")


def test_csv_warns_of_empty_cells_for_groups_among_others(write: Write) -> None:
    document = load(write("a.csv", "user_name,groups\na@b,Ops\nc@d,\n"))
    assert document.users[1].groups is None
    assert document.warnings == (
        "a.csv: 1 of 2 rows have an empty cell for groups, which leaves these memberships alone; write [] for no groups",
    )
    assert load(write("b.csv", "user_name,groups\na@b,\n")).warnings == ()
    assert load(write("c.csv", "user_name,id\na@b,\nc@d,1\n")).warnings == ()


def test_many_files_make_one_document(write: Write) -> None:
    write("state/users/b.json", '{"users": [{"user_name": "bob@corp.example"}]}')
    write("state/users/a.csv", "user_name\nada@corp.example\n")
    write("state/groups.YML", "groups: [{display_name: Ops}]")
    write("state/README.md", "# not state")
    write("state/.hidden.yml", "<<<<<<< broken")
    write("state/.git/config.yml", "<<<<<<< broken")
    write("more.yaml", "users: [{user_name: eve@corp.example}]")
    document = load("state", "more.yaml")
    assert [user.place.file for user in document.users] == ["state/users/a.csv", "state/users/b.json", "more.yaml"]
    assert [group.display_name for group in document.groups] == ["Ops"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("12345", "an integer"),
        ("0123", "an integer"),
        ("0o17", "a number"),
        ("08", "a number"),
        ("1e3", "a number"),
        ("1.5", "a number"),
        ("NO", "true or false"),
        ("on", "true or false"),
        ("2024-01-01", "a date"),
        ("2024-01-01 10:00:00", "a date"),
        ("2024-99-99", "a date"),
        ("[a]", "a list"),
        ("{a: b}", "a mapping"),
    ],
)
@pytest.mark.usefixtures("loader")
def test_b19_yaml_that_is_no_text_is_named_with_its_line(write: Write, value: str, words: str) -> None:
    found = one(write("a.yml", f"users:\n  - user_name: ada@corp.example\n    department: {value}\n"))
    assert found.startswith(f"a.yml:3 (users[0]): department: expected text, got {words}")


@pytest.mark.parametrize("value", ["null", "~", ""])
def test_b19_b21_b24_yaml_null_is_named_with_its_line(write: Write, value: str) -> None:
    text = f"users:\n  - user_name: ada@corp.example\n    groups: {value}\n    active: {value}\n"
    assert [found.partition(";")[0] for found in problems(write("a.yml", text))] == [
        "a.yml:3 (users[0]): groups: is null",
        "a.yml:4 (users[0]): active: is null",
    ]


@pytest.mark.parametrize("value", ["'12345'", '"NO"', "n", "1.2.3", "12345a", "=", "0x", "Research"])
@pytest.mark.usefixtures("loader")
def test_b19_text_stays_text(write: Write, value: str) -> None:
    user = load(write("a.yml", f"users: [{{user_name: ada@corp.example, department: {value}}}]")).users[0]
    assert user.values == {"department": value.strip("'\"")}


def test_b19_json_numbers_are_no_text(write: Write) -> None:
    found = problems(write("a.json", '{"users": [{"user_name": "ada@corp.example", "id": 17, "department": 1e3, "groups": [2]}]}'))
    assert [line.partition(": ")[2] for line in found] == [
        "id: expected text, got an integer; put it in quotes",
        "department: expected text, got a number; put it in quotes",
        "groups[0]: expected text, got an integer; put it in quotes",
    ]


@pytest.mark.parametrize(
    ("cell", "value"), [("true", True), ("TRUE", True), ("Yes", True), ("False", False), ("no", False), ("0", None), ("maybe", None)]
)
def test_b20_words_for_active_in_csv(write: Write, cell: str, value: bool | None) -> None:
    path = write("a.csv", f"user_name,active\nada@corp.example,{cell}\n")
    if value is None:
        assert one(path) == "a.csv:2: active: expected true or false"
    else:
        assert load(path).users[0].values == {"active": value}


@pytest.mark.parametrize("value", ["yes", "On", "TRUE", "'true'"])
@pytest.mark.usefixtures("loader")
def test_b20_words_for_active_in_yaml(write: Write, value: str) -> None:
    assert load(write("a.yml", f"users: [{{user_name: ada@corp.example, active: {value}}}]")).users[0].values == {"active": True}


def test_b29_unknown_keys_have_their_line(write: Write) -> None:
    found = one(write("a.yml", "users:\n  - user_name: ada@corp.example\n    dispalyName: Ada\n"))
    assert found == "a.yml:3 (users[0]): dispalyName: is not a known key; did you mean display_name?"


def test_members_have_their_lines(write: Write) -> None:
    text = YAML.replace("2027-01-31", "soon").replace("bob@corp.example", "bob")
    assert [line.partition(": ")[0] for line in problems(write("a.yml", text))] == ["a.yml:8 (groups[0])", "a.yml:9 (groups[0])"]


@pytest.mark.parametrize(("name", "text"), [("a.yml", "users: [{user_name: a@b}]\nuser: []\n"), ("a.json", '{"users": [], "user": 7}')])
def test_b30_unknown_keys_at_the_top(write: Write, name: str, text: str) -> None:
    assert '"user": is not a known key at the top; did you mean users?' in one(write(name, text))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.yml", "- user_name: ada@corp.example\n", "must hold a mapping with the keys users and groups"),
        ("a.yml", "just text", "must hold a mapping with the keys users and groups"),
        ("a.json", '[{"user_name": "ada@corp.example"}]', "must hold a mapping with the keys users and groups"),
        ("a.json", "17", "must hold a mapping with the keys users and groups"),
        ("a.yml", "users:\n  user_name: ada@corp.example\n", "a.yml:1: users: must be a list"),
        ("a.yml", "users:\ngroups: [{display_name: A}]\n", "a.yml:1: users: must be a list"),
        ("a.json", '{"users": {"user_name": "ada@corp.example"}}', "users: must be a list"),
        ("a.json", '{"users": null, "groups": [{"display_name": "A"}]}', "users: must be a list"),
    ],
)
def test_b31_the_shape_at_the_top(write: Write, name: str, text: str, words: str) -> None:
    assert words in one(write(name, text))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yml", ""),
        ("a.yml", "# nothing\n"),
        ("a.yml", "---\n"),
        ("a.yml", "users: []\n"),
        ("a.yml", "{}"),
        ("a.json", ""),
        ("a.json", " \n"),
        ("a.json", "null"),
        ("a.json", '{"users": [], "groups": []}'),
        ("a.csv", ""),
        ("a.csv", "\n\n"),
        pytest.param("a.csv", "user_name,department\n", id="b33"),
        pytest.param("a.csv", 'user_name,"department"\n,\n\n', id="b33-blank-rows"),
    ],
)
def test_b32_b33_f45_an_empty_file_is_an_error_even_beside_others(write: Write, name: str, text: str) -> None:
    full = write("full.yml", YAML)
    assert one(full, write(name, text)).startswith(f"{name}: declares nobody")


@pytest.mark.usefixtures("loader")
def test_b34_yaml_keys_that_are_there_twice_with_both_lines(write: Write) -> None:
    text = "users:\n  - user_name: ada@corp.example\n    id: a\n    id: b\nusers:\n  - user_name: bob@corp.example\n"
    assert problems(write("a.yml", text)) == [
        'a.yml:4: "id": the key is there twice, first in line 3',
        'a.yml:5: "users": the key is there twice, first in line 1',
    ]


@pytest.mark.usefixtures("loader")
def test_b35_alias_bombs_are_refused_at_once(write: Write) -> None:
    lines = ["a: &a0 [x, x, x, x, x, x, x, x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    started = time.monotonic()
    assert "a.yml:1: anchors (&name) are refused" in one(write("a.yml", "\n".join(lines)))
    assert time.monotonic() - started < 30, "nine to the power of eleven would take for ever"
    assert "b.yml:1: aliases (*name) are refused" in one(write("b.yml", "users: *a\n"))
    assert "c.yml:2: anchors (&name) are refused" in one(write("c.yml", "users:\n  - &ada {user_name: ada@corp.example}\n"))


@pytest.mark.parametrize("text", ["[" * 200_000, "{a: " * 50_000, "- " * 50_000, "users: " + "[" * 30 + "]" * 30])
def test_b35_deep_nesting_ends_soon(write: Write, text: str) -> None:
    assert "is nested too deeply" in one(write("a.yml", text)) or "is no YAML" in one("a.yml")
    assert one(write("a.json", "[" * 200_000)) == "a.json: is nested too deeply"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("!!python/object/apply:os.system [id]", "tags (!name) are refused"),
        ("!!str 12", "tags (!name) are refused"),
        ("!mine x", "tags (!name) are refused"),
        ("!<tag:x> y", "tags (!name) are refused"),
        pytest.param("!vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6162", "a vault value cannot be decrypted here", id="b37"),
        ("!unsafe '{{ x }}'", "tags (!name) are refused"),
    ],
)
@pytest.mark.usefixtures("loader")
def test_b36_b37_tags_are_refused_where_they_stand(write: Write, value: str, words: str) -> None:
    found = one(write("a.yml", f"users:\n  - user_name: ada@corp.example\n    department: {value}\n"))
    assert found.startswith("a.yml:3: ")
    assert words in found


def test_b37_a_file_that_is_encrypted(write: Write) -> None:
    assert "is encrypted with Ansible Vault" in one(write("a.yml", "$ANSIBLE_VAULT;1.1;AES256\n6162\n"))


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("users:\n  - user_name: [a\n", "a.yml:3: is no YAML"),
        ("users:\n\t- a\n", "a.yml:2: is no YAML"),
        ("users: [{user_name: a@b}]\n---\nusers: []\n", "a.yml:2: a second document begins"),
        ("? [a]\n: b\n", "a.yml:1: a list or mapping cannot be a key"),
        ('users: [{user_name: "\\ud800@b"}]\n', "a.yml"),
        ("users: \x07\n", "a.yml: is no YAML"),
    ],
)
def test_yaml_syntax_has_its_line(write: Write, text: str, words: str) -> None:
    assert one(write("a.yml", text)).startswith(words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"users": [\n{"user_name": "a@b"},\n]}', "a.json:3: is no JSON"),
        ('{"users": []}\n{"users": []}', "a.json:2: is no JSON: Extra data (line 2, column 1, offset 14)"),
        ('{"users": [{"user_name": "a@b",\n "id": NaN}]}', "a.json (users[0]): id: expected text, got a number"),
        ('{"users": [{"user_name": "a@b", "active": -Infinity}]}', "a.json (users[0]): active: expected true or false"),
        (
            '{"users": [{"user_name": "a@b",\n"id": "x{\\"",\n"id": "y"}]}',
            'a.json:3: "id": the key is there twice, first in line 2 (offset 46)',
        ),
        ('{"users": [{"user_name": "a@b"}],\n"users": []}', 'a.json:2: "users": the key is there twice, first in line 1 (offset 34)'),
        ('{"users": [{"user_name": "a@b", "id": ' + "9" * 5000 + "}]}", "a.json (users[0]): id: expected text, got an integer"),
        ('{"users": [{"user_name": "a\\ud800@b"}]}', "a.json (users[0]): user_name: holds half of a surrogate pair"),
        ("{'users': []}", "a.json:1: is no JSON"),
        ('{"users": [{"id": 1, "\\u0069d": 2}], "\\q": 1, ]}}}]', 'a.json:1: "id": the key is there twice, first in line 1 (offset 21)'),
        ('{"users": [{"id": 1, "id": 2}]}}}], "x": 1}', 'a.json:1: "id": the key is there twice, first in line 1 (offset 21)'),
    ],
)
def test_b38_b46_json_faults_have_their_place(write: Write, text: str, words: str) -> None:
    assert one(write("a.json", text)).startswith(words)


@pytest.mark.parametrize(
    "text",
    [
        '{"users": [{"user_name": "a@b", "id": "x", "id": "y"}]}',
        '{"users": [{"user_name": "a@b", "id" : "x", "id": "y"}]}',
        '{"users": [{"user_name": "a@b", "id":"x", "id"\t:"y"}]}',
        '{"users": [{"user_name": "a@b", "id":"x", "id"\r\n:"y"}]}',
        '{"users": [{"user_name": "a@b", "id": "x", "i\\u0064": "y"}]}',
        '{"users": [], "users": [{"user_name": "a@b"}]}',
        '{"users": [{"user_name": "a@b"}], "users": []}',
        '{"users": 1, "users": [{"user_name": "a@b"}]}',
        '{"groups": [{"display_name": "O", "members": [{"user_name": "a@b", "user_name": "c@d"}]}]}',
        '{"users": [{"user_name": "a@b", "id": {"a": 1, "a": 2}}]}',
        '{"users": [{"user_name": "a@b", "display_name": "\\":", "id": "x", "id": "y"}]}',
        '[{"a": 1, "a": 2}]',
    ],
)
def test_b38_json_keys_that_are_there_twice_are_found_however_they_are_written(write: Write, text: str) -> None:
    assert "the key is there twice, first in line" in one(write("a.json", text))


@pytest.mark.parametrize("name", ['\\":', '\\": ', ":", '{\\"a\\":1}'])
def test_b38_signs_of_keys_in_values_are_no_keys(write: Write, name: str) -> None:
    text = f'{{"users": [{{"user_name": "a@b", "display_name": "x{name}x"}}], "groups": [{{"display_name": "O", "members": []}}]}}'
    assert load(write("a.json", text)).users[0].values == {"display_name": json.loads(f'"x{name}x"')}


def test_b39_csv_with_mark_quotes_and_line_ends_of_windows(write: Write) -> None:
    text = '\ufeffuser_name,display_name\r\n"ada@corp.example","Ada ""The Countess"" Lovelace"\r\n\r\n'
    assert load(write("a.csv", text)).users[0].values == {"display_name": 'Ada "The Countess" Lovelace'}


def test_b39_csv_with_line_ends_of_old_macs(write: Write) -> None:
    assert [str(user.place) for user in load(write("a.csv", "user_name,id\ra@b,1\rc@d,2\r")).users] == ["a.csv:2", "a.csv:3"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("user_name;department\na@b;c\n", "a.csv:1: the columns are separated by semicolons; use commas"),
        ("user_name\tdepartment\na@b\tc\n", "a.csv:1: the columns are separated by tabs; use commas"),
        ("user_name,id\na@b,1\nc@d\n", "a.csv:3: the row has 1 cells and the header 2"),
        ("user_name,id\na@b,1,2\n", "a.csv:2: the row has 3 cells and the header 2"),
        ('user_name,id\n"a@b,1\n', "a.csv:2: is no CSV: unexpected end of data"),
        ('user_name,id\nx@y,1\n"a@b"x,1\n', "a.csv:3: is no CSV"),
        ('user_name,display_name\n"a@b","Ada\nLovelace"\n', "a.csv:2: display_name: holds a control character (U+000A"),
        ("user_name,Display Name\na@b,x\n", "a.csv:1: column 2: the header is not a known key; did you mean display_name?"),
        ("User_Name,id\na@b,x\n", "a.csv:1: column 1: the header is not a known key; did you mean user_name?"),
        ("user_name,id,id\na@b,x,y\n", "a.csv:1: column 3: id is there twice"),
        ("id,state\n1,absent\n", "a.csv:1: user_name: the column is missing"),
        ("user_name,id\n,1\n", "a.csv:2: user_name: is missing"),
        ("user_name,groups\na@b, A;B\n", "a.csv:2: groups[0]: begins or ends with a space"),
        ("user_name,groups\na@b,A;B \n", "a.csv:2: groups[1]: begins or ends with a space"),
        ("user_name,groups\na@b,A; ;B\n", "a.csv:2: groups[1]: is empty"),
        ("user_name,groups\na@b,A;;B\n", "a.csv:2: groups[1]: is empty"),
        ('user_name,id\n"a@b",1\n"c\n@d",2\ne,3\n', "a.csv:3: user_name: holds a control character"),
    ],
)
def test_b39_other_csv_is_refused_with_its_row(write: Write, text: str, words: str) -> None:
    assert problems(write("a.csv", text))[0].startswith(words)


def test_b39_a_column_of_secrets_is_refused(write: Write) -> None:
    found = one(write("a.csv", "user_name,password\na@b,hunter2\n"))
    assert "hunter2" not in found
    assert "a.csv:1: column 2" in found


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", list(STATES))
def test_b39_b41_utf_16_is_named(write: Write, name: str, codec: str) -> None:
    assert "UTF-16" in one(write(name, STATES[name].encode(codec)))


@pytest.mark.parametrize("name", list(STATES))
def test_b41_bytes_that_are_no_utf_8_have_their_offset(write: Write, name: str) -> None:
    data = STATES[name].encode().replace(b"ada", b"\xe4da")
    assert one(write(name, data)).endswith(f"is not UTF-8 at byte {data.index(0xE4)}; save it as UTF-8")


def test_b42_what_is_no_regular_file_is_an_error_and_no_hang(write: Write) -> None:
    write("empty/README.md", "")
    write("a.txt", "")
    os.mkfifo("pipe.yml")
    Path("dangling.yml").symlink_to("nowhere.yml")
    Path("loop.yml").symlink_to("loop.yml")
    Path("device.json").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.yml")
        assert problems(
            "empty", "pipe.yml", "dangling.yml", "loop.yml", "device.json", "socket.yml", "none.csv", "a.txt", "none", "", "x\0.yml"
        ) == [
            "empty: the directory holds no state file (.yml, .yaml, .json, .csv)",
            "pipe.yml: is a pipe, not a regular file",
            f"dangling.yml: cannot be read: No such file or directory (looked for in {Path.cwd()})",
            "loop.yml: cannot be read: Too many levels of symbolic links",
            "device.json: is a device, not a regular file",
            "socket.yml: is a socket, not a regular file",
            f"none.csv: cannot be read: No such file or directory (looked for in {Path.cwd()})",
            "a.txt: the name does not tell the format; it must end in one of .yml, .yaml, .json, .csv",
            f"none: there is no such file or directory (looked for in {Path.cwd()})",
            "src: an empty path names no file",
            "x\0.yml: cannot be read: embedded null byte",
        ]
    assert one() == "src: the list names no file"


def test_b42_a_file_that_becomes_a_pipe_meanwhile_is_no_hang(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    check = files._require_regular

    def swap(path: str, mode: int) -> None:
        check(path, mode)
        Path(path).unlink()
        os.mkfifo(path)
        monkeypatch.setattr(files, "_require_regular", check)

    def unblock() -> None:
        Path("a.yml").write_bytes(b"users: []")

    monkeypatch.setattr(files, "_require_regular", swap)
    write("a.yml", YAML)
    rescue = threading.Timer(30, unblock)
    rescue.daemon = True
    rescue.start()
    started = time.monotonic()
    assert one("a.yml") == "a.yml: is a pipe, not a regular file"
    assert time.monotonic() - started < 30
    rescue.cancel()


def test_b42_a_link_to_a_directory_is_not_passed_over(write: Write, tmp_path: Path) -> None:
    write("elsewhere/a.yml", YAML)
    write("state/b.json", JSON)
    Path("state/more").symlink_to(tmp_path / "elsewhere")
    assert "state/more: is a link to a directory" in one("state")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_b42_f46_a_file_without_permission(write: Write) -> None:
    Path(write("a.yml", YAML)).chmod(0)
    assert one("a.yml") == "a.yml: cannot be read: Permission denied"


def test_b42_f46_a_file_that_cannot_be_opened(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert one(write("a.yml", YAML)) == "a.yml: cannot be read: Permission denied"


@pytest.mark.parametrize("name", list(STATES))
def test_b43_conflict_markers_have_their_line(write: Write, name: str) -> None:
    first, _unused, rest = STATES[name].partition("\n")
    text = f"{first}\n<<<<<<< HEAD\n{rest}=======\n{rest}>>>>>>> branch\n"
    assert one(write(name, text)) == f"{name}:2: holds a conflict marker of Git; finish the merge"


@pytest.mark.parametrize("name", list(STATES))
def test_b44_files_have_a_size_limit(write: Write, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    ending = Path(name).suffix
    monkeypatch.setitem(STATE_FILES, ending, STATE_FILES[ending]._replace(most=1))
    exact = STATES[name] + "\n" * (2**20 - len(STATES[name]))
    assert load(write(name, exact)).users
    assert f"{name}: is larger than 1 MiB" in one(write(name, exact + "\n"))


def test_b05_b45_the_same_user_in_two_files(write: Write) -> None:
    write("a.yml", YAML)
    assert one("a.yml", write("b.json", '{"users": [{"user_name": "ADA@corp.example"}]}')).startswith(
        'b.json (users[0]): user_name: "ADA@corp.example" is declared twice; first at a.yml:2 (users[0]) as "ada@corp.example"'
    )


def test_the_same_file_twice_is_one_problem(write: Write) -> None:
    write("state/a.yml", YAML)
    Path("b.yml").symlink_to("state/a.yml")
    assert problems("state", "state/a.yml", "b.yml") == [
        "state/a.yml: is read twice, first as state/a.yml; name it once",
        "b.yml: is read twice, first as state/a.yml; name it once",
    ]


def test_f46_one_broken_file_of_nine_stops_everything_and_all_faults_are_told(write: Write) -> None:
    for number in range(9):
        write(f"state/{number}.csv", f"user_name\nuser{number}@corp.example\n")
    assert len(load("state").users) == 9
    write("state/6.csv", b"user_name\n\xff")
    write("state/7.yml", "users: [")
    assert [found.partition(": ")[0] for found in problems("state")] == ["state/6.csv:2", "state/7.yml:2"]


def test_yaml_without_its_library(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_file, "HAS_YAML", False)
    assert "needs the Python library PyYAML" in one(write("a.yml", YAML))
    assert load(write("a.json", JSON)).users


def test_large_yaml_is_a_warning(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "YAML_USERS", 2)
    for count, warned in ((2, False), (3, True)):
        users = [{"user_name": f"u{number}@corp.example"} for number in range(count)]
        document = load(write(f"{count}.yml", yaml.safe_dump({"users": users})), write("c.csv", "user_name\na@b\nc@d\ne@f\n"))
        assert [f"{count}.yml: {count} users in YAML" in warning for warning in document.warnings] == [True] * warned


def test_garbage_collection_goes_on_after_reading(write: Write) -> None:
    assert gc.isenabled()
    load(write("a.json", JSON))
    problems(write("b.json", "{"))
    assert gc.isenabled()


@given(st.text(st.sampled_from("ab,;\n\u2028\x0b "), max_size=30), st.sampled_from(["", "\r\n"]))
def test_plain_splitting_does_what_the_csv_module_does(text: str, ends: str) -> None:
    text = text.replace("\n", ends or "\n")
    assert [row for row in csv_rows(text, "f") if any(row[1])] == [row for row in _quoted_rows(text, "f") if any(row[1])]


@pytest.mark.parametrize("name", list(STATES))
def test_mutated_files_give_a_document_or_an_input_error(write: Write, name: str) -> None:
    pieces = [
        b"\0",
        b"\xff",
        b'"',
        b"'",
        b"{",
        b"[",
        b"]",
        b",",
        b":",
        b"\n",
        b"\t",
        b"&a ",
        b"*a",
        b"!x ",
        b"- ",
        b"\xed\xa0\x80",
        b"\\u",
        b"1",
        b"~",
    ]
    outcomes: set[type] = set()
    for seed in range(300):
        chance = random.Random(seed)
        data = bytearray(STATES[name].encode())
        for _unused in range(chance.randint(1, 4)):
            start = chance.randrange(len(data) + 1)
            data[start : start + chance.choice((0, 0, 1, 1, 5, 1000))] = chance.choice([*pieces, b"", bytes([chance.randrange(256)])])
        started = time.monotonic()
        try:
            outcomes.add(type(load(write(name, bytes(data)))))
        except InputError as error:
            outcomes.add(type(error))
            json.dumps(str(error))
        assert time.monotonic() - started < 30, seed
    assert outcomes == {Document, InputError}
