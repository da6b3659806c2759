# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sandbox in a process of its own, so that it shares no interpreter lock with what is measured against it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import typing as t
import urllib.request
from pathlib import Path

if t.TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

REPOSITORY = Path(__file__).resolve().parents[2]


class Service:
    """`with Service(users=1000, groups=20) as service:` has so many invented people in its tenant when it answers.

    `latency` is the seconds that every SCIM answer waits before it is made, `switches` are the sandbox's.
    It has no TLS: those whom we are compared with would suffer from it most.
    """

    def __init__(
        self,
        *,
        users: int = 0,
        groups: int = 0,
        groups_per_user: int = 10,
        latency: float = 0,
        profile: str = "zia",
        switches: Mapping[str, t.Any] | None = None,
    ) -> None:
        self._wishes = {
            "crowd": {"users": users, "groups": groups, "groups_per_user": groups_per_user},
            "latency": latency,
            "profile": profile,
            # The counts of users are those that were asked for, without an administrator whom nobody declared.
            "switches": {"default_admin": False, **(switches or {})},
        }
        self.facts: dict[str, str] = {}

    def __enter__(self) -> Service:
        command = [sys.executable, "-m", "tests.bench.service"]
        self._process = subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the sandbox has no pipes")
        self._process.stdin.write(json.dumps(self._wishes) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the sandbox did not start; what it said is above")
        self.facts = json.loads(line)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()  # which tells it to end
        self._process.wait(timeout=30)

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables with which the modules find it; no pace but what a task asks for."""
        return {
            "ZSCALER_ONE_SCIM_BASE_URL": self.facts["base_url"],
            "ZSCALER_ONE_SCIM_BEARER_TOKEN": self.facts["token"],
            "ZSCALER_ONE_SCIM_REQUESTS_PER_SECOND": "0",
        }

    def empty(self) -> None:
        """An empty tenant and an empty journal."""
        self._control("POST", "reset")

    def forget(self) -> None:
        """An empty journal."""
        self._control("DELETE", "journal")

    def summary(self) -> dict[str, t.Any]:
        """Counts of requests since the journal was emptied: `requests`, `by_route`, `by_status`, `mutations`."""
        return t.cast("dict[str, t.Any]", self._control("GET", "journal/summary"))

    def writes(self) -> list[dict[str, t.Any]]:
        """The requests that asked for a change, each with the time of its arrival."""
        return t.cast("list[dict[str, t.Any]]", self._control("GET", "journal?writes=true")["entries"])

    def _control(self, method: str, name: str) -> t.Any:
        request = urllib.request.Request(f"{self.facts['control_url']}/{name}", method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=60) as answer:
            return json.load(answer)


def serve() -> None:
    """The other process: a sandbox as the line on standard input wishes, until that is closed."""
    from ..sandbox.sandbox import Sandbox
    from ..sandbox.seed import crowd

    wishes = json.loads(sys.stdin.readline())
    sandbox = Sandbox(wishes["profile"], switches=wishes["switches"], tls=False)
    if wishes["crowd"]["users"]:
        sandbox.seed(**crowd(**wishes["crowd"]))
    _delay(sandbox, wishes["latency"])
    with sandbox:
        print(json.dumps({"base_url": sandbox.base_url, "token": sandbox.token, "control_url": sandbox.control_url}), flush=True)
        sys.stdin.read()


def _delay(sandbox: t.Any, seconds: float) -> None:
    """Let every SCIM answer wait, outside of all locks."""
    prompt = sandbox.scim.answer

    def late(*arguments: t.Any) -> t.Any:
        time.sleep(seconds)
        return prompt(*arguments)

    if seconds:
        sandbox.scim.answer = late


if __name__ == "__main__":
    serve()
