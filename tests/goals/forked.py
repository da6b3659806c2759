# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs modules as processes that can be killed. One Python has imported everything and forks for each run, which takes milliseconds."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
import tempfile
import typing as t
from pathlib import Path

from ansible.module_utils.testing import patch_module_args

MODULES = "ansible_collections.scimops.zscaler_one.plugins.modules"
HERE = "ansible_collections.scimops.zscaler_one.tests.goals.forked"


class Forked:
    """One run at a time of any module. `begin` gives the process id, `end` what the module printed: nothing where it was killed."""

    def __enter__(self) -> Forked:
        self._folder = tempfile.TemporaryDirectory()
        self._out = Path(self._folder.name, "out.json")
        self._server = subprocess.Popen([sys.executable, "-m", HERE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_error: object) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._server.communicate(timeout=30)
        self._folder.cleanup()

    def begin(self, module: str, options: dict[str, t.Any]) -> int:
        """Start a module with these arguments."""
        self._out.write_text("")
        self._tell({"module": module, "options": options, "out": str(self._out)})
        return int(self._hear()["pid"])

    def end(self) -> dict[str, t.Any]:
        """Wait for the end of the run."""
        self.status = int(self._hear()["status"])
        """As of waitpid: 9 after SIGKILL, 0 after success."""
        printed = self._out.read_text().strip()
        return dict(json.loads(printed)) if printed.startswith("{") else {"msg": printed, "failed": True}

    def run(self, module: str, options: dict[str, t.Any]) -> dict[str, t.Any]:
        """From the arguments to the result."""
        self.begin(module, options)
        return self.end()

    def _tell(self, order: dict[str, t.Any]) -> None:
        assert self._server.stdin
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()

    def _hear(self) -> dict[str, t.Any]:
        assert self._server.stdout
        return dict(json.loads(self._server.stdout.readline()))


def serve() -> None:
    """Fork for each line of the standard input. There is one thread here, so that nothing is held in a fork that nobody lets go."""
    importlib.import_module(f"{MODULES}.scim_directory")
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            _become(order)
        print(json.dumps({"pid": child}), flush=True)
        print(json.dumps({"status": os.waitpid(child, 0)[1]}), flush=True)


def _become(order: dict[str, t.Any]) -> t.NoReturn:
    """Be the module, until the end of this process."""
    with Path(order["out"]).open("w") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    code = 1
    try:
        with patch_module_args(order["options"]):
            importlib.import_module(f"{MODULES}.{order['module']}").main()
    except SystemExit as ending:
        code = int(ending.code or 0)
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
