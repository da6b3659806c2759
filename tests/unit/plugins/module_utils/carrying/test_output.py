# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that a run writes: whole ones at once or not at all, lines one by one, and what is refused before."""

from __future__ import annotations

import errno
import json
import os
import socket
import typing as t
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying import output
from ansible_collections.scimops.zscaler_one.plugins.module_utils._carrying.output import (
    LineFile,
    as_json,
    check_place,
    standing_file,
    write_whole,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError, NotRecorded


def put_directory(path: Path) -> None:
    path.mkdir()


def put_link(path: Path) -> None:
    path.with_name("aim").write_text("precious")
    path.symlink_to("aim")


def put_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def put_pipe(path: Path) -> None:
    os.mkfifo(path)


def put_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


ODD = {
    put_directory: "is a directory",
    put_link: "is a symbolic link",
    put_dangling_link: "is a symbolic link",
    put_pipe: "is a pipe",
    put_socket: "is a socket",
}


@pytest.mark.parametrize("opened", [check_place, standing_file, LineFile], ids=["whole", "standing", "lines"])
@pytest.mark.parametrize(("put", "words"), ODD.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_f62_only_a_regular_file_is_written_to(tmp_path: Path, put: t.Callable, words: str, opened: t.Callable) -> None:
    path = tmp_path / "out.json"
    put(path)
    with pytest.raises(InputError, match=f"option report_path: .*{words}, not a regular file"):
        opened("report_path", str(path))
    assert not (tmp_path / "nowhere").exists()


def test_lines_go_into_no_file_that_has_another_name_too(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("")
    os.link(path, tmp_path / "other")
    with pytest.raises(InputError, match=r"option report_path: .*another name"):
        LineFile("report_path", str(path))
    assert path.read_text() == ""


def test_lines_go_into_no_file_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who laid it there, in a directory that is open to all, would read the names of people."""
    path = tmp_path / "out.jsonl"
    path.write_text("")
    monkeypatch.setattr(output.os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(InputError, match=r"option report_path: .*belongs to another user"):
        LineFile("report_path", str(path))
    assert path.read_text() == ""


@pytest.mark.parametrize("opened", [check_place, LineFile], ids=["whole", "lines"])
@pytest.mark.parametrize("path", ["", "/dev/full", "no/such/folder/out.json", "/proc/out.json", "a\0b.json"])
def test_f62_a_place_where_nothing_can_be_written_is_an_input_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, opened: t.Callable
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="option plan_path"):
        opened("plan_path", path)
    assert list(tmp_path.iterdir()) == []


def test_trying_a_place_leaves_nothing_behind(tmp_path: Path) -> None:
    check_place("plan_path", str(tmp_path / "plan.json"))
    assert list(tmp_path.iterdir()) == []


def test_a_whole_file_is_for_its_owner_alone_and_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("old and long")
    path.chmod(0o644)
    write_whole("plan_path", str(path), "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_stands_there_is_known_with_its_mode_and_may_keep_it(tmp_path: Path) -> None:
    path = tmp_path / "state.yml"
    assert standing_file("dest", str(path)) is None
    path.write_bytes(b"\xff old")
    path.chmod(0o640)
    standing = standing_file("dest", str(path))
    assert standing == (b"\xff old", 0o640)
    write_whole("dest", str(path), "new", standing.mode)
    assert (path.read_text(), path.stat().st_mode & 0o7777) == ("new", 0o640)


def test_a_file_that_stands_there_is_read_only_if_it_is_ours_and_may_have_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another name keeps what it had: the file is replaced, not written into."""
    path, other = tmp_path / "state.yml", tmp_path / "other"
    path.write_text("old")
    os.link(path, other)
    assert standing_file("dest", str(path)) is not None
    write_whole("dest", str(path), "new")
    assert (path.read_text(), other.read_text()) == ("new", "old")
    monkeypatch.setattr(output.os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(InputError, match=r"option dest: .*belongs to another user"):
        standing_file("dest", str(path))
    with pytest.raises(InputError, match=r"option dest: .*cannot be read"):
        standing_file("dest", "a\0b")


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_f62_what_was_there_stays_where_the_new_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*_given: object) -> t.NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "plan.json"
    path.write_text("old")
    monkeypatch.setattr(output.os, call, full)
    with pytest.raises(NotRecorded, match=r"plan_path: .*plan\.json cannot be written: No space left on device"):
        write_whole("plan_path", str(path), "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_lines_are_added_each_with_one_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[bytes] = []
    real = os.write
    monkeypatch.setattr(output.os, "write", lambda number, data: writes.append(data) or real(number, data))
    path = tmp_path / "out.jsonl"
    for value in ({"a": "Jörg"}, {"b": 1}):
        lines = LineFile("report_path", str(path))
        lines.write(value)
        lines.close()
    assert writes == ['{"a": "Jörg"}\n'.encode(), b'{"b": 1}\n']
    assert path.read_bytes() == b"".join(writes)
    assert path.stat().st_mode & 0o777 == 0o600


def test_half_a_line_of_an_earlier_run_is_ended_first(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text('{"a": 1}\n{"b":')
    lines = LineFile("report_path", str(path))
    lines.write({"c": 3})
    lines.write({"d": 4})
    assert path.read_text().split("\n") == ['{"a": 1}', '{"b":', '{"c": 3}', '{"d": 4}', ""]


def test_f62_a_full_disk_is_told_and_the_next_line_stands_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.jsonl"
    lines = LineFile("report_path", str(path))
    real = os.write
    with monkeypatch.context() as disk:
        disk.setattr(output.os, "write", lambda number, data: real(number, data[:5]))
        with pytest.raises(NotRecorded, match="cannot be written to its end"):
            lines.write({"a": "long enough"})
    lines.write({"end": True})
    assert json.loads(path.read_text().splitlines()[-1]) == {"end": True}
    with monkeypatch.context() as disk:
        disk.setattr(output.os, "write", lambda number, data: os.fstat(-1))
        with pytest.raises(NotRecorded, match="cannot be written: Bad file descriptor"):
            lines.write({"a": 1})


@pytest.mark.parametrize("odd", ["\x1b[31m", "\u202e", "\ud800", "\U000e0001", "\n", "\u2028"], ids=ascii)
def test_what_does_not_print_is_escaped_and_read_back(odd: str) -> None:
    value = {"name": f"Jörg{odd}O'Neill"}
    for indent in (None, 2):
        text = as_json(value, indent)
        assert odd not in text.replace("\n", "" if indent else "\n")
        assert "Jörg" in text
        assert json.loads(text) == value
