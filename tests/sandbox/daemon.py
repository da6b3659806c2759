# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox as a process of its own: starting it detached, finding it again, stopping it.

All that is known of a running sandbox is in its state directory: `sandbox.json` (address, token, control address, pid),
`sandbox.pid`, `ca.pem` and the log. The file with the token, and the directory unless it was there, are readable by their owner only.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
import tempfile
import time
import typing as t
import urllib.error
import urllib.request
from pathlib import Path

Json = dict[str, t.Any]
START_TIMEOUT = 120.0
STOP_TIMEOUT = 10.0


class DaemonError(Exception):
    """The sandbox cannot be started, found or stopped; the text says why and what to do."""


def default_folder() -> Path:
    """The state directory of this user: below XDG_RUNTIME_DIR, else the system's temporary directory."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_dir():
        return Path(runtime) / "scimops-sandbox"
    return Path(tempfile.gettempdir()) / f"scimops-sandbox-{os.getuid()}"


def make_private(folder: Path) -> None:
    """Makes the state directory with mode 0700, or takes one that is there as it is. Raises DaemonError if others can write to it."""
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        # In a shared temporary directory another user may have been first. One look, since what is there could be exchanged in between.
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise DaemonError(f"{folder} is not a directory of this user; choose another --state-dir") from None
        if found.st_mode & 0o022:
            raise DaemonError(f"others can write to {folder}; choose another --state-dir, or take that right away") from None


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner can read, all at once."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
    part.replace(path)


def publish(folder: Path, facts: Json) -> None:
    """Makes a sandbox known that answers."""
    write_private(folder / "sandbox.pid", f"{facts['pid']}\n")
    write_private(folder / "sandbox.json", json.dumps(facts, indent=2) + "\n")


def withdraw(folder: Path) -> None:
    """Forgets a sandbox that is gone."""
    for name in ("sandbox.json", "sandbox.pid"):
        (folder / name).unlink(missing_ok=True)


def running(folder: Path) -> Json | None:
    """What is known of the sandbox, if it answers."""
    try:
        facts: Json = json.loads((folder / "sandbox.json").read_text())
        _control(facts, "GET", "status")
    except (OSError, ValueError, KeyError):
        return None
    return facts


def start(folder: Path, arguments: list[str]) -> Json:
    """Starts `run` in the background; returns once it answers. Raises DaemonError."""
    make_private(folder)
    withdraw(folder)
    log_path = folder / "sandbox.log"
    write_private(log_path, "")
    command = [sys.executable, str(Path(__file__).parent / "__main__.py"), "run", "--state-dir", str(folder), *arguments]
    with log_path.open("a") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True)
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        facts = running(folder)
        if facts:
            return facts
        if process.poll() is not None:
            raise DaemonError(f"the sandbox ended at once: {_last_line(log_path)}")
        time.sleep(0.05)
    process.terminate()
    raise DaemonError(f"the sandbox did not answer within {START_TIMEOUT:g} seconds; its log is {log_path}")


def stop(folder: Path) -> Json:
    """Asks the sandbox to end and waits until it has. Raises DaemonError if there is none."""
    facts = running(folder)
    if facts is None:
        withdraw(folder)
        raise DaemonError(f"no sandbox is running with state directory {folder}")
    # It is asked over its control address, never killed by number: numbers are reused.
    _control(facts, "POST", "stop")
    deadline = time.monotonic() + STOP_TIMEOUT
    while time.monotonic() < deadline:
        if not (folder / "sandbox.json").exists():
            return facts
        time.sleep(0.05)
    raise DaemonError(f"the sandbox with process id {facts['pid']} does not end; its log is {folder / 'sandbox.log'}")


def _control(facts: Json, method: str, name: str) -> t.Any:
    request = urllib.request.Request(f"{facts['control_url']}/{name}", method=method)
    # No proxy of the environment may come between us and loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with contextlib.closing(opener.open(request, timeout=5)) as answer:
        return json.load(answer)


def _last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
