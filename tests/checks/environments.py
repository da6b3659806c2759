# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Environments under build/: a small venv with uv, then one venv for each file requirements/NAME.txt, every package by hash.

An environment is made again when its requirements or its Python change; otherwise it costs nothing.
"""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import sys
import threading
from collections import defaultdict
from pathlib import Path

from . import places

# The Pythons that each environment may have, best first: ansible-core 2.18 and 2.19 run on 3.11 to 3.13, 2.20 and 2.21 on 3.12 to 3.14.
ANY = ("3.11", "3.12", "3.13", "3.14")
PYTHONS = {"core-2.18": ANY[:3], "core-2.19": ANY[:3], "core-2.20": ANY[1:], "core-2.21": ("3.13", "3.12", "3.14")}
# Looked for besides: targets may be as old as this, and ansible-test compiles and imports modules with every Python that it finds.
OLDEST_TARGET = 9
NEWEST = 14

_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class UnavailableError(Exception):
    """An environment cannot be had on this machine; what needs it is skipped, and said."""


def interpreters() -> dict[str, Path]:
    """Real interpreters on this machine by version ("3.12"), also linked by name in build/pythons."""
    with _locks["interpreters"]:
        return _interpreters()


@functools.cache
def _interpreters() -> dict[str, Path]:
    # A pyenv shim answers to any name and then may not start, so each candidate is asked who it is.
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found: dict[str, Path] = {}
    links = places.BUILD / "pythons"
    links.mkdir(parents=True, exist_ok=True)
    for minor in range(OLDEST_TARGET, NEWEST + 1):
        version = f"3.{minor}"
        name = f"python{version}"
        candidates = [Path(sys.executable), *pyenv.glob(f"{version}.*/bin/{name}"), *(folder / name for folder in folders)]
        for candidate in candidates:
            real = _real(candidate)
            if real and real[0] == version:
                found[version] = real[1]
                break
    for version, python in found.items():
        link = links / f"python{version}"
        if not link.is_symlink() or link.readlink() != python:
            link.unlink(missing_ok=True)
            link.symlink_to(python)
    return found


@functools.cache
def _real(candidate: Path) -> tuple[str, Path] | None:
    """Version and path of the interpreter behind a name, or None if it does not start."""
    if not candidate.exists():
        return None
    ask = "import ssl, sys; print('%d.%d' % sys.version_info[:2]); print(getattr(sys, '_base_executable', sys.executable))"
    try:
        answer = subprocess.run([str(candidate), "-c", ask], capture_output=True, text=True, timeout=20, check=True).stdout.split("\n")
    except (OSError, subprocess.SubprocessError):
        return None
    return answer[0], Path(answer[1])


def environment(name: str) -> Path:
    """The folder of an environment, ready to use."""
    with _locks[name]:
        folder = places.BUILD / "environments" / name
        requirements = places.REPOSITORY / "requirements" / f"{name}.txt"
        python = _python_for(name)
        mark = hashlib.sha256(requirements.read_bytes() + str(python).encode() + str(folder).encode()).hexdigest()
        stamp = folder / "ready"
        if not stamp.is_file() or stamp.read_text() != mark:
            _uv("venv", "--clear", "--python", str(python), str(folder))
            _uv("pip", "install", "--require-hashes", "--python", str(folder / "bin/python"), "-r", str(requirements))
            stamp.write_text(mark)
        return folder


def lock() -> None:
    """Write requirements/*.txt again from requirements/*.in: the newest versions that fit, with hashes."""
    for source in sorted((places.REPOSITORY / "requirements").glob("*.in")):
        oldest = PYTHONS.get(source.stem, ANY)
        _uv(
            *("pip", "compile", "--quiet", "--upgrade", "--universal", "--generate-hashes", "--no-annotate"),
            *("--python-version", min(oldest), "--custom-compile-command", "python3 -m tests.checks --lock"),
            *("--output-file", str(source.with_suffix(".txt")), source.name),
            cwd=source.parent,
        )


def _python_for(name: str) -> Path:
    wanted = PYTHONS.get(name, ANY)
    for version in wanted:
        if version in interpreters():
            return interpreters()[version]
    raise UnavailableError(f"needs Python {' or '.join(sorted(wanted))}, and none is on this machine")


def _uv(*arguments: str, cwd: Path | None = None) -> None:
    """Run uv, with its cache and its HOME under build/."""
    surroundings = {**os.environ, "HOME": str(places.HOME), "UV_CACHE_DIR": str(places.HOME / ".cache/uv"), "UV_PYTHON_DOWNLOADS": "never"}
    surroundings.pop("VIRTUAL_ENV", None)
    _run([str(_boot() / "bin/uv"), "--system-certs", *arguments], surroundings, cwd)


def _boot() -> Path:
    """The small venv, made with nothing but the Python that runs this, that has uv."""
    with _locks["boot"]:
        folder = places.BUILD / "boot"
        requirements = places.REPOSITORY / "requirements/boot.txt"
        stamp = folder / "ready"
        if not stamp.is_file() or stamp.read_bytes() != requirements.read_bytes():
            _run([sys.executable, "-m", "venv", "--clear", str(folder)], dict(os.environ))
            pip = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            _run([*pip, "--require-hashes", "-r", str(requirements)], dict(os.environ))
            stamp.write_bytes(requirements.read_bytes())
        return folder


def _run(command: list[str], surroundings: dict[str, str], cwd: Path | None = None) -> None:
    done = subprocess.run(command, env=surroundings, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
