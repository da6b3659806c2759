# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people see of a run of scim_directory while it goes on, with a terminal and without; and that nothing else changes by it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import typing as t
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.plugins.plugin_utils._screen import runs_here, without_traces
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

from .tenant_plays import Json, run, surroundings, write_play

PEOPLE = [{"user_name": f"person{number}@corp.example", "display_name": f"Person {number}"} for number in range(25)]
"""Five seconds of writing at five requests a second."""

SPOKEN = re.compile(r"(\d+) of 25 done")


@pytest.fixture
def tenants() -> t.Iterator[list[Sandbox]]:
    """Services with a pace each, so that all runs take as long as one."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(Sandbox(tls=False, organization=str(number))) for number in range(4)]


def connection(sandbox: Sandbox) -> Json:
    return {"base_url": sandbox.base_url, "bearer_token": sandbox.token}


def directory(**options: t.Any) -> Json:
    given = {"base_url": "{{ base_url }}", "bearer_token": "{{ bearer_token }}", "users": "{{ people }}", "bulk": "never", **options}
    return {"scimops.zscaler_one.scim_directory": given}


@pytest.mark.slow
def test_without_a_terminal_there_are_lines_and_the_result_is_the_same(tenants: list[Sandbox], tmp_path: Path) -> None:
    """Four hosts at once: one shown, one silent by a variable, one detached, and one where a user is refused."""
    shown, hushed, detached, failing = (connection(one) for one in tenants)
    hosts = {
        "shown": shown,
        "hushed": {**hushed, "zscaler_one_progress": "{{ 'none' }}"},
        "detached": {**detached, "detached": 60},
        "failing": failing,
    }
    tenants[3].faults.set([{"match": {"method": "POST", "contains": "person7@"}, "fault": {"kind": "status", "status": 400}}])
    left = {"ansible.builtin.find": {"paths": str(tmp_path / "local"), "recurse": True, "patterns": "progress-*"}, "register": "left"}
    kept = {
        "ansible.builtin.copy": {
            "content": "{{ dict(result, left=left.matched) | to_json }}",
            "dest": f"{tmp_path}/{{{{ inventory_hostname }}}}.json",
        }
    }
    ran = {**directory(), "register": "result", "async": "{{ detached | default(0) }}", "poll": 1, "ignore_errors": True}
    command = write_play(tmp_path, [ran, left, kept], hosts, vars={"people": PEOPLE})
    done = run([*command, "--forks", "4", "-vvv"], surroundings(tmp_path), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    said: dict[str, list[str]] = {}
    for line in done.stderr.splitlines():
        host, _bracket, text = line.partition("] ")
        said.setdefault(host.lstrip("["), []).append(text)
    assert set(said) >= {"shown", "failing"}
    assert not set(said) & {"hushed", "detached"}
    assert [int(number) for number in SPOKEN.findall("\n".join(said["shown"]))][-1] == 25
    assert any("1 failed" in text for text in said["failing"])
    assert len(said["shown"]) <= 8
    assert not SPOKEN.search(done.stdout)
    assert "module_args" in done.stdout, "not the verbosity that shows what a module was told"
    assert not re.search(r"/progress-\w", done.stdout), "the file of which the play knows nothing"
    assert "@" not in done.stderr
    results = {host: json.loads((tmp_path / f"{host}.json").read_text()) for host in hosts}
    for result in results.values():
        assert result.pop("left") == 0
        for volatile in (
            "requests",
            "ansible_job_id",
            "started",
            "finished",
            "results_file",
            "stdout",
            "stderr",
            "stdout_lines",
            "stderr_lines",
        ):
            result.pop(volatile, None)
    assert [results["shown"]["changed"], results["failing"]["failed"]] == [True, True]
    for host in ("shown", "detached"):
        assert json.dumps(results[host]).replace(hosts[host]["base_url"], "") == json.dumps(results["hushed"]).replace(
            hushed["base_url"], ""
        )


class Terminal:
    """A terminal that a program has for its standard error; what it says otherwise is kept apart."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 90, 0, 0))
        self.process = subprocess.Popen(
            command, env=environment, stdin=slave, stdout=subprocess.PIPE, stderr=slave, text=True, start_new_session=True
        )
        os.close(slave)
        self.screen = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
        self.process.communicate()
        os.close(self._master)

    def read(self, until: str = "") -> str:
        """All that came on the terminal, until this was there or the program has ended."""
        with contextlib.suppress(OSError):
            while not until or until not in self.screen:
                data = os.read(self._master, 65536)
                if not data:
                    break
                self.screen += data.decode()
        return self.screen


@pytest.mark.slow
def test_on_a_terminal_there_is_a_bar_that_is_gone_afterwards(tenants: list[Sandbox], tmp_path: Path) -> None:
    """With a progress file of the play's own, which was there before; standard output stays what a machine can read."""
    given = tmp_path / "progress.jsonl"
    given.write_text('{"phase": "ada@corp.example", "done": 1}\n')
    given.chmod(0o600)
    command = write_play(tmp_path, [directory(progress_path=str(given))], {"tenant-a": connection(tenants[0])}, vars={"people": PEOPLE})
    with Terminal(command, surroundings(tmp_path, NO_COLOR="1")) as terminal:
        screen = terminal.read()
        output = terminal.process.communicate(timeout=60)[0]
    drawn = [part for part in screen.split("\r") if part.strip()]
    assert terminal.process.returncode == 0, screen + output
    assert any(re.fullmatch(r"tenant-a writing \[#+-+\] +\d+ % \d+/25, \d\.\d a second, \d+ s left *", part) for part in drawn), screen
    assert "\x1b" not in screen
    assert "@" not in screen
    assert re.search(r"\r +\r$", screen)
    assert "writing" not in output.replace('"', "")
    assert len(given.read_text().splitlines()) > 5


@pytest.mark.slow
def test_a_cancelled_run_leaves_no_file(tenants: list[Sandbox], tmp_path: Path) -> None:
    """SIGTERM ends ansible-playbook without any cleaning up, so the file has no name any more by then."""
    command = write_play(tmp_path, [directory()], {"tenant-a": connection(tenants[0])}, vars={"people": PEOPLE})
    with Terminal(command, surroundings(tmp_path)) as terminal:
        terminal.read(until="tenant-a writing")
        assert len(list(tmp_path.glob("local/*"))) == 1
        assert list(tmp_path.glob("local/*/progress-*")) == []
        os.killpg(terminal.process.pid, signal.SIGTERM)
        terminal.process.communicate(timeout=60)
    assert list(tmp_path.glob("local/*/progress-*")) == []


# The action plugin itself is not imported here: with Ansible's controller half in the process, modules lose their warnings.
def test_a_warning_about_a_file_that_the_play_did_not_ask_for_is_not_the_plays() -> None:
    result = {"changed": True, "warnings": ["progress_path: /t/progress-1 cannot be written: No space left on device"]}
    assert without_traces(dict(result), "progress_path", "/t/progress-1") == {"changed": True}
    result["warnings"].append("another")
    assert without_traces(dict(result), "progress_path", "/t/progress-1") == {"changed": True, "warnings": ["another"]}
    assert without_traces(dict(result), "progress_path", "/t/other") == result


@pytest.mark.parametrize(
    ("transport", "become", "here"),
    [("local", None, True), ("ansible.builtin.local", None, True), ("ssh", None, False), ("local", "sudo", False)],
)
def test_what_runs_elsewhere_or_as_somebody_else_is_not_followed(transport: str, become: object, here: bool) -> None:
    assert runs_here(transport, become) is here
