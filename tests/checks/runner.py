# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs checks two lanes at a time, each with nothing from the caller's surroundings, and says what came of them."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

from . import environments, places
from .table import Check

AT_ONCE = 2
LONGEST = 40 * 60  # seconds for one check; CI has 90 minutes for all
TAIL = 60  # lines of the log of a failed check that are shown
# What a tool tells it left out. The reader of a green run has to know.
LEFT_OUT = re.compile(r"^(?:WARNING: (?=Skipping))?((?:SKIPPED \[|Skipping ).*)$", re.MULTILINE)
# What pip and ansible-test print while nothing is wrong; the end of a log without it shows what is.
NOISE = re.compile(
    r" [+-] \S+==|(?:Resolved|Prepared|Installed|Uninstalled|Checked|Using|Installing|Running sanity test|WARNING: Reviewing) "
)
# ansible-test looks for these files before it downloads them; 2.18 and 2.19 want the first, 2.20 and 2.21 the second.
GET_PIP = ("get_pip_24_2.py", "get_pip_25_2.py")
# From the caller only what says where things are that the checks cannot bring themselves.
KEPT = ("CI", "TERM", "TMPDIR")

_running: set[subprocess.Popen[bytes]] = set()
_printing = threading.Lock()
_interrupted = threading.Event()


@dataclass(frozen=True)
class Outcome:
    """What came of one check: passed, failed or skipped, a count if it has one, and what it did not test."""

    check: Check
    verdict: str
    seconds: float = 0
    remark: str = ""
    left_out: tuple[str, ...] = ()


def run(checks: list[Check]) -> list[Outcome]:
    """Run the checks, print one line for each as it ends, and return what came of them."""
    lanes: dict[str, list[Check]] = {}
    for check in checks:
        lanes.setdefault(check.lane or check.name, []).append(check)
    places.LOGS.mkdir(parents=True, exist_ok=True)
    places.HOME.mkdir(parents=True, exist_ok=True)
    places.link()
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(_lane, lane) for lane in lanes.values()]
        try:
            return [outcome for future in futures for outcome in future.result()]
        except KeyboardInterrupt:
            _interrupted.set()
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(_running):
                _end(process)
            raise


def log_of(check: Check) -> Path:
    """Where the whole output of a check is written."""
    return places.LOGS / (re.sub(r"[^a-z0-9.]+", "-", check.name.lower()) + ".log")


def _lane(checks: list[Check]) -> list[Outcome]:
    return [_one(check) for check in checks if not _interrupted.is_set()]


def _one(check: Check) -> Outcome:
    began = time.monotonic()
    log = log_of(check)
    try:
        status = _execute(check, log)
    except environments.UnavailableError as reason:
        return _told(Outcome(check, "skipped", left_out=(str(reason),)))
    except (RuntimeError, OSError, subprocess.SubprocessError) as reason:
        log.write_text(f"This check could not be started: {reason}\n", encoding="utf-8")
        status = 1
    text = log.read_text(encoding="utf-8", errors="replace")
    left_out = tuple(dict.fromkeys(filter(None, [check.left_out, *LEFT_OUT.findall(text)])))
    return _told(Outcome(check, "failed" if status else "passed", time.monotonic() - began, _remark(text), left_out))


def _execute(check: Check, log: Path) -> int:
    """Run the command of a check with its output in a log; the exit code, or 1 if it took too long."""
    environment = environments.environment(check.environment)
    folder = {"repository": places.REPOSITORY, "link": places.LINK}.get(check.where)
    root = places.LINK
    if folder is None:
        root = places.copy(check.lane)
        folder = root / places.COLLECTION
    violations = log.with_suffix(".violations")
    violations.unlink(missing_ok=True)
    if "integration" in check.command:
        _tell_targets(folder, _graph_variables(check))
    command = [word.replace("{collection}", str(places.COLLECTION)) for word in check.command]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_surroundings(check, environment, root),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        _running.add(process)
        try:
            return process.wait(LONGEST) or _broken_contract(violations, output)
        except subprocess.TimeoutExpired:
            output.write(f"\nStopped after {LONGEST // 60} minutes.\n".encode())
            return 1
        finally:
            _end(process)
            _end_sandboxes(root)
            _running.discard(process)


def _graph_variables(check: Check) -> dict[str, str]:
    """Where sandboxes find Microsoft's contract, and where they write down what was against it."""
    contract = places.contract()
    return {"GRAPH_OPENAPI": str(contract), "GRAPH_VIOLATIONS": str(log_of(check).with_suffix(".violations"))} if contract else {}


def _tell_targets(folder: Path, variables: dict[str, str]) -> None:
    """Hand environment variables to integration targets, which ansible-test lets see none but its own."""
    config = folder / "tests/integration/integration_config.yml"
    config.write_text(json.dumps({"sandbox_environment": variables}) + "\n", encoding="utf-8")


def _broken_contract(violations: Path, output: t.BinaryIO) -> int:
    """1 if a sandbox that the check talked to has written down violations of Microsoft's contract."""
    if not violations.is_file():
        return 0
    output.write(b"\nAgainst Microsoft's contract:\n" + violations.read_bytes())
    return 1


def _surroundings(check: Check, environment: Path, root: Path) -> dict[str, str]:
    """The environment variables of a check: its own programs, its own HOME, the collection where Ansible looks for it."""
    path = [environment / "bin", places.BUILD / "boot/bin"]
    home = root / "home" if check.where == "copy" else places.HOME
    if check.environment.startswith("core-"):
        path.append(places.BUILD / "pythons")
        _give_pip(home)  # this HOME stays: ansible-test keeps its environments there
    elif check.where == "copy":
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
    system = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    tools = [str(Path(found).parent) for tool in ("git", "ssh-keygen") if (found := shutil.which(tool))]
    return {
        **_graph_variables(check),
        **{name: os.environ[name] for name in KEPT if name in os.environ},
        "PATH": os.pathsep.join(dict.fromkeys([*map(str, path), *system, *tools])),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "PYTHONPATH": str(root),
        "ANSIBLE_COLLECTIONS_PATH": str(root),
        "ANSIBLE_NOCOLOR": "1",
    }


def _give_pip(home: Path) -> None:
    """Put our get-pip where ansible-test looks before it downloads one, and share uv's cache."""
    cache = home / ".ansible/test/cache"
    cache.mkdir(parents=True, exist_ok=True)
    for name in GET_PIP:
        shutil.copyfile(Path(__file__).with_name("get_pip.py"), cache / name)
    if not (home / ".cache").is_symlink():
        (home / ".cache").symlink_to(places.HOME / ".cache")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End whatever a check left running in its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _end_sandboxes(root: Path) -> None:
    """End sandboxes that a check left behind in its copy because it was interrupted."""
    if root == places.LINK:
        return
    for file in root.rglob("sandbox.json"):
        with contextlib.suppress(OSError, ValueError, KeyError):
            os.kill(json.loads(file.read_text(encoding="utf-8"))["pid"], signal.SIGTERM)


def _remark(text: str) -> str:
    """The count that pytest closes with, if the log has one."""
    counts = re.findall(r"^=*\s*(\d+ (?:passed|failed).*?) in [0-9.]+s.*$", text, re.MULTILINE)
    return counts[-1] if counts else ""


def _told(outcome: Outcome) -> Outcome:
    """Print the line of one check, and the end of its log if it failed."""
    remark = f"  ({outcome.remark})" if outcome.remark else ""
    lines = [f"{outcome.verdict.upper() if outcome.verdict != 'passed' else 'ok':8}{outcome.seconds:6.1f} s  {outcome.check.name}{remark}"]
    if outcome.verdict == "failed":
        log = log_of(outcome.check)
        text = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if not NOISE.match(line)]
        lines += [*(f"    | {line}" for line in text[-TAIL:]), f"    the whole log: {log.relative_to(places.REPOSITORY)}"]
    with _printing:
        print("\n".join(lines), flush=True)
    return outcome
