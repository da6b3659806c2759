# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Following a file that grows, and choosing the form: what goes wrong ends in silence."""

from __future__ import annotations

import os
import threading
import typing as t
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.plugins.plugin_utils import _follower
from ansible_collections.scimops.zscaler_one.plugins.plugin_utils._follower import Follower, GrowingFile
from ansible_collections.scimops.zscaler_one.plugins.plugin_utils._progress import Told
from ansible_collections.scimops.zscaler_one.plugins.plugin_utils._screen import choose_form

LINE = b'{"phase": "writing", "done": 1, "total": 2}\n'


class Said:
    """A teller that says what it hears."""

    def __init__(self) -> None:
        self.waiting: list[str] = []

    def hear(self, told: Told, at: float) -> None:
        del at
        self.waiting.append(f"{told.phase} {told.done}")

    def tick(self, at: float) -> list[str]:
        del at
        texts, self.waiting = self.waiting, []
        return texts

    def finish(self, at: float) -> list[str]:
        return [*self.tick(at), "over"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_follower, "PAUSE", 0.01)


def test_only_what_is_added_is_read_and_only_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "progress"
    path.write_bytes(b"an earlier run\n")
    file = GrowingFile(str(path))
    with path.open("ab", buffering=0) as stream:
        stream.write(LINE + LINE[:10])
        assert file.read_lines() == [LINE[:-1]]
        assert file.read_lines() == []
        stream.write(LINE[10:])
        assert file.read_lines() == [LINE[:-1]]
    file.close()
    file.close()


def test_a_file_may_come_later(tmp_path: Path) -> None:
    file = GrowingFile(str(tmp_path / "progress"))
    assert file.read_lines() == []
    (tmp_path / "progress").write_bytes(LINE)
    assert file.read_lines() == [LINE[:-1]]
    file.close()


@pytest.mark.parametrize("kind", ["pipe", "folder", "link", "nul", "nothing", "empty"])
def test_what_is_no_file_is_left_alone(tmp_path: Path, kind: str) -> None:
    """The module refuses these with a reason; here nothing waits for ever and nothing fails."""
    path = tmp_path / "progress"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "link":
        (tmp_path / "secret").write_bytes(LINE)
        path.symlink_to(tmp_path / "secret")
    name = {"nul": "a\0b", "empty": ""}.get(kind, str(path))
    file = GrowingFile(name)
    assert file.read_lines() == []
    file.close()


def test_what_was_written_at_the_very_end_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "progress"
    path.write_bytes(b"")
    texts: list[str] = []
    follower = Follower(str(path), Said(), texts.append)
    follower.start()
    path.write_bytes(LINE)
    follower.stop()
    assert texts == ["writing 1", "over"]


def _broken(_text: str) -> t.NoReturn:
    raise BrokenPipeError


def test_a_screen_that_is_gone_ends_it_quietly(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    follower = Follower(str(tmp_path / "progress"), Said(), _broken)
    follower.start()
    follower.stop()
    assert capfd.readouterr() == ("", "")


def test_no_thread_no_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> t.NoReturn:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    follower = Follower(str(tmp_path / "progress"), Said(), _broken)
    follower.start()
    follower.stop()


@pytest.mark.parametrize(
    ("wanted", "terminal", "environment", "hosts", "form"),
    [
        ("", True, {}, 1, "bar"),
        ("auto", True, {}, 1, "bar"),
        ("auto", True, {}, 2, "lines"),
        ("auto", False, {}, 1, "lines"),
        ("auto", True, {"CI": "true"}, 1, "lines"),
        ("auto", True, {"CI": ""}, 1, "bar"),
        ("auto", True, {"TERM": "dumb"}, 1, "lines"),
        ("auto", True, {"AWX_ISOLATED_DATA_DIR": "/runner/artifacts/7"}, 1, "lines"),
        ("auto", True, {"NO_COLOR": "1", "ANSIBLE_NOCOLOR": "1"}, 1, "bar"),
        ("none", True, {}, 1, "none"),
        (" NONE ", False, {}, 9, "none"),
        ("bar", False, {"CI": "true"}, 9, "bar"),
        ("lines", True, {}, 1, "lines"),
        ("colourful", False, {}, 1, "lines"),
    ],
)
def test_the_form_fits_the_place(wanted: str, terminal: bool, environment: dict[str, str], hosts: int, form: str) -> None:
    assert choose_form(wanted=wanted, terminal=terminal, environment=environment, hosts=hosts) == form
