# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that a run writes for people: whole ones at once, and those that grow line by line."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import stat
import tempfile
import typing as t
from pathlib import Path

from .._errors import InputError, NotRecorded, Problem

if t.TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {stat.S_IFDIR: "a directory", stat.S_IFLNK: "a symbolic link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}


def now() -> str:
    """The time in UTC, to the millisecond."""
    return datetime.datetime.now(tz=datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_json(value: object, indent: int | None = None) -> str:
    """JSON in the letters of people's names; what does not print is escaped, so that it cannot forge lines, colours or directions."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one == "\n" else json.dumps(one)[1:-1] for one in text)


def check_place(option: str, path: str) -> None:
    """Raise InputError where no file can be written to this path, as far as that can be known before."""
    folder = Path(path).parent
    try:
        _require_plain(option, path)
        number, probe = tempfile.mkstemp(dir=folder, prefix=f".{Path(path).name}.")
        os.close(number)
        Path(probe).unlink()
    except (OSError, ValueError) as error:
        raise _fault(option, f"{path} cannot be written: {_reason(error)}") from error


def _require_plain(option: str, path: str) -> None:
    """Only a regular file is written to, or one that is not there yet: anything else belongs to somebody else, or would wait for ever."""
    if not path:
        raise _fault(option, "an empty path names no file")
    with contextlib.suppress(FileNotFoundError):
        kind = stat.S_IFMT(os.lstat(path).st_mode)
        if kind != stat.S_IFREG:
            raise _fault(option, f"{path} is {KINDS.get(kind, 'a device')}, not a regular file")


def _require_own(option: str, path: str, status: os.stat_result) -> None:
    """Nobody else has laid the file there, to read the names of people in it or to have something else written to."""
    _require_regular_of_ours(option, path, status)
    if status.st_nlink > 1:
        raise _fault(option, f"{path} has another name too (a hard link), so it may be a file that something else needs")


def _require_regular_of_ours(option: str, path: str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _fault(option, f"{path} is not a regular file")
    if status.st_uid != os.geteuid():
        raise _fault(option, f"{path} belongs to another user, who could read what is written to it")


def _fault(option: str, reason: str) -> InputError:
    return InputError([Problem(f"option {option}", "", reason)])


def _reason(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)


class Standing(t.NamedTuple):
    """A file that is there already: what it holds, and who may read it."""

    data: bytes
    mode: int


def standing_file(option: str, path: str) -> Standing | None:
    """What stands where a whole file is to be written, None for nothing. Raises InputError where it is none of ours, or cannot be read."""
    try:
        _require_plain(option, path)
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _fault(option, f"{path} cannot be read: {_reason(error)}") from error
    with os.fdopen(number, "rb") as stream:
        status = os.fstat(number)
        _require_regular_of_ours(option, path, status)
        return Standing(stream.read(), stat.S_IMODE(status.st_mode))


def write_whole(option: str, path: str, text: str, mode: int = 0o600) -> None:
    """The file holds this text, all of it or, where NotRecorded is raised, what it held before. Unless told, only its owner may read it."""
    temporary = ""
    try:
        number, temporary = tempfile.mkstemp(dir=Path(path).parent, prefix=f".{Path(path).name}.")
        with os.fdopen(number, "wb") as stream:
            stream.write(text.encode("utf-8"))
            stream.flush()
            os.fchmod(number, mode)
            os.fsync(number)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        raise NotRecorded(f"{option}: {path} cannot be written: {_reason(error)}") from error


class LineFile:
    """A file that gets line after line, each one JSON value in one write, so that a killed run leaves whole lines."""

    def __init__(self, option: str, path: str) -> None:
        self._option, self._path = option, path
        try:
            _require_plain(option, path)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            self._number = os.open(path, flags, 0o600)
            _require_own(option, path, os.fstat(self._number))
        except (OSError, ValueError) as error:
            raise _fault(option, f"{path} cannot be written: {_reason(error)}") from error
        self._broken = self._ends_in_a_line()

    def _ends_in_a_line(self) -> str:
        """What has to be written before the first line: a line feed where the file ends in half a line, for want of space."""
        size = os.fstat(self._number).st_size
        return "\n" if size and os.pread(self._number, 1, size - 1) != b"\n" else ""

    def write(self, value: Mapping[str, t.Any]) -> None:
        """One more line; raises NotRecorded."""
        data = f"{self._broken}{as_json(value)}\n".encode()
        try:
            written = os.write(self._number, data)
        except OSError as error:
            raise NotRecorded(f"{self._option}: {self._path} cannot be written: {_reason(error)}") from error
        self._broken = "\n" if 0 < written < len(data) else self._broken
        if written != len(data):
            raise NotRecorded(f"{self._option}: {self._path} cannot be written to its end, there is no more space")
        self._broken = ""

    def close(self) -> None:
        """The lines are on the disk, as far as that can be had."""
        with contextlib.suppress(OSError):
            os.fsync(self._number)
        os.close(self._number)
