# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the state files behind `src` and reads them as text, without hanging on a pipe or swallowing a device."""

from __future__ import annotations

import os
import re
import stat
import typing as t
from pathlib import Path

from .._errors import InputError, Problem

if t.TYPE_CHECKING:
    from collections.abc import Iterator


class Form(t.NamedTuple):
    """A form of state files, and how many MiB one file may have; YAML takes far more memory for the same number of people."""

    name: str
    most: int


STATE_FILES = {".yml": Form("yaml", 64), ".yaml": Form("yaml", 64), ".json": Form("json", 256), ".csv": Form("csv", 256)}
"""How the names of state files end, and the form that this tells."""

_MARKER = re.compile(r"^(?:<{7}|>{7}|\|{7})(?= |\r?$)", re.MULTILINE)


def fault(place: str, reason: str, field: str = "") -> InputError:
    """One problem as an error."""
    return InputError([Problem(place, field, reason)])


def suffix(path: str) -> str:
    """The format of a file by its name, such as .json; "" if it is no state file."""
    found = Path(path).suffix.lower()
    return found if found in STATE_FILES else ""


def state_files(path: str) -> list[str]:
    """The files that a path of `src` stands for: itself, or the state files below the directory, sorted by path."""
    if not path:
        raise fault("src", "an empty path names no file")
    try:
        if not Path(path).is_dir():
            return [path]
    except (OSError, ValueError):
        return [path]
    found = sorted(_below(path))
    if not found:
        raise fault(path, f"the directory holds no state file ({', '.join(STATE_FILES)})")
    return found


def _below(path: str) -> Iterator[str]:
    def unreadable(error: OSError) -> t.NoReturn:
        raise fault(str(error.filename or path), f"the directory cannot be read: {error.strerror}")

    for directory, names, files in os.walk(path, onerror=unreadable):
        names[:] = [name for name in names if not name.startswith(".")]
        for found in (Path(directory, name) for name in names):
            if found.is_symlink():
                # Passing over it would lose people without a word, following it could go in circles.
                raise fault(str(found), "is a link to a directory, which is not followed; name its target in src")
        yield from (str(Path(directory, name)) for name in files if suffix(name) and not name.startswith("."))


def read_text(path: str) -> str:
    """The text of a state file, without a byte order mark."""
    form = suffix(path)
    if not form:
        if not os.path.lexists(path):
            raise fault(path, f"there is no such file or directory{_looked_in(path)}")
        raise fault(path, f"the name does not tell the format; it must end in one of {', '.join(STATE_FILES)}")
    try:
        data = _read_bytes(path, STATE_FILES[form].most)
    except (OSError, ValueError) as error:
        where = _looked_in(path) if isinstance(error, FileNotFoundError) else ""
        raise fault(path, f"cannot be read: {getattr(error, 'strerror', None) or error}{where}") from error
    return _decoded(path, data)


def _looked_in(path: str) -> str:
    """Where a relative path was looked for, as that need not be where the playbook is."""
    try:
        return "" if Path(path).is_absolute() else f" (looked for in {Path.cwd()})"
    except OSError:
        return " (looked for in a directory that is gone)"


def _read_bytes(path: str, limit: int) -> bytes:
    """At most `limit` MiB of a regular file. O_NONBLOCK: opening a pipe would wait for a writer for ever."""
    _require_regular(path, Path(path).stat().st_mode)
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    with os.fdopen(number, "rb") as stream:
        _require_regular(path, os.fstat(number).st_mode)
        data = stream.read(limit * 2**20 + 1)
    if len(data) > limit * 2**20:
        raise fault(path, f"is larger than {limit} MiB, the limit for this format; split it, or use JSON or CSV")
    return data


def _require_regular(path: str, mode: int) -> None:
    if not stat.S_ISREG(mode):
        kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFDIR: "a directory"}
        raise fault(path, f"is {kinds.get(stat.S_IFMT(mode), 'a device')}, not a regular file")


def _decoded(path: str, data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise fault(path, "is UTF-16; save it as UTF-8 (byte 0)")
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise fault(f"{path}:{line}", f"is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    zero = text.find("\0")
    if zero >= 0:
        raise fault(f"{path}:{_line(text, zero)}", f"holds a NUL at character {zero}; is it UTF-16? Save it as UTF-8")
    if text.startswith("$ANSIBLE_VAULT"):
        raise fault(f"{path}:1", "is encrypted with Ansible Vault; decrypt it before, src is read as it is")
    found = _MARKER.search(text) if any(sign in text and 7 * sign in text for sign in "<>") else None
    if found:
        raise fault(f"{path}:{_line(text, found.start())}", "holds a conflict marker of Git; finish the merge")
    return text


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
