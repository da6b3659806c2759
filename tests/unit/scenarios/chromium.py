# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Chromium without a window, told what to do over its DevTools protocol: two pipes, one JSON value and a zero byte at a time."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
import typing as t
from pathlib import Path

Answer = dict[str, t.Any]

MISSING = "no Chromium on this machine, so no report was looked at in a browser; on Debian: apt-get install chromium"
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--force-color-profile=srgb", "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe",
)  # fmt: skip
"""What keeps it from asking anybody anything, and from windows; it runs as root, where its sandbox cannot."""

BECOME = """
import os, sys
hear, tell = (os.dup(os.dup(int(number))) for number in sys.argv[1:3])
os.dup2(hear, 3)
os.dup2(tell, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""The browser reads its orders from file 3 and answers to file 4."""

PATIENCE = 60.0
"""Seconds for one answer; a page of ten thousand rows takes about one."""


def find() -> str:
    """The path of the browser; empty where there is none."""
    return next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), "")


class Chromium:
    """One browser with one page."""

    def __init__(self, folder: Path) -> None:
        ours, self._out = os.pipe()
        self._in, theirs = os.pipe()
        command = [sys.executable, "-c", BECOME, str(ours), str(theirs), find(), *QUIET, f"--user-data-dir={folder}", "about:blank"]
        self._process = subprocess.Popen(command, pass_fds=(ours, theirs), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(ours)
        os.close(theirs)
        self._rest = b""
        self._number = 0
        self._session = ""
        self.events: list[Answer] = []

    def __enter__(self) -> Chromium:
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")
        return self

    def __exit__(self, *_error: object) -> None:
        os.close(self._out)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)

    def ask(self, method: str, **params: t.Any) -> Answer:
        """The answer to one command."""
        self._number += 1
        session = {"sessionId": self._session} if self._session else {}
        os.write(self._out, json.dumps({"id": self._number, "method": method, "params": params, **session}).encode() + b"\0")
        while True:
            message = self._hear()
            if message.get("id") == self._number:
                assert "error" not in message, message
                return dict(message["result"])
            self.events.append(message)

    def _hear(self) -> Answer:
        until = time.monotonic() + PATIENCE
        while b"\0" not in self._rest:
            ready, _writable, _broken = select.select([self._in], [], [], max(until - time.monotonic(), 0))
            data = os.read(self._in, 1 << 20) if ready else b""
            if not data:
                raise TimeoutError("Chromium does not answer")
            self._rest += data
        line, _zero, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(line))

    def look(self, path: Path, *, width: int = 1280, height: int = 900, dark: bool = False, media: str = "screen") -> None:
        """Open a file, in a window of this size."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", media=media, features=scheme)
        self.events.clear()
        self.ask("Page.navigate", url=path.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._hear())

    def requests(self) -> list[str]:
        """All that the page has asked for since it was opened."""
        sent = [event for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in sent]

    def complaints(self) -> list[str]:
        """What the browser has logged: refused loads, broken markup of pictures, errors."""
        entries = [event["params"]["entry"] for event in self.events if event.get("method") == "Log.entryAdded"]
        return [str(entry["text"]) for entry in entries]

    def evaluate(self, expression: str) -> t.Any:
        """The value of an expression of JavaScript in the page, which itself has none."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def picture(self, of: str = "") -> bytes:
        """A PNG of the window, or of the one element that a selector finds."""
        box = "(({x, y, width, height}) => ({x, y, width, height, scale: 1}))"
        clip = {"clip": self.evaluate(f"{box}(document.querySelector({of!r}).getBoundingClientRect())")} if of else {}
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png", **clip)["data"])

    def paper(self) -> bytes:
        """The page as a PDF."""
        self.ask("Emulation.setEmulatedMedia", media="print")
        answer = self.ask("Page.printToPDF", printBackground=False, preferCSSPageSize=True, transferMode="ReturnAsBase64")
        return base64.b64decode(answer["data"])
