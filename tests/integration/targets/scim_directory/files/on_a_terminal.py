# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a command with a terminal as its standard error. Prints as JSON what came there, its standard output, and how it ended."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys


def main() -> None:
    """The command is the words of this one's command line."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        sys.argv[1:], stdin=slave, stdout=subprocess.PIPE, stderr=slave, env={**os.environ, "TERM": "xterm", "CI": ""}
    ) as process:
        os.close(slave)
        screen = b""
        while True:
            try:
                data = os.read(master, 65536)
            except OSError:
                break
            if not data:
                break
            screen += data
        output = process.communicate()[0]
    print(json.dumps({"screen": screen.decode(), "output": output.decode(), "status": process.returncode}))


main()
