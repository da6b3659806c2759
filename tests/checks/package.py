# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the tarball as it would be uploaded. `judge` asks Galaxy's importer; `run` installs it and runs a playbook from it.

Runs in a copy of the collection, so that the tarball has what git has, and nothing that lies about.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

IMPORTER = """
[galaxy-importer]
CHECK_REQUIRED_TAGS = True
CHECK_CHANGELOG = True
OFFLINE_ANSIBLE_LINT = True
RUN_ANSIBLE_DOC = True
RUN_ANSIBLE_LINT = True
"""


def build(folder: Path) -> Path:
    """The tarball of the collection in the current folder."""
    subprocess.run(["ansible-galaxy", "collection", "build", "--output-path", str(folder)], check=True)
    return next(folder.glob("*.tar.gz"))


def judge(folder: Path) -> int:
    """What Galaxy's importer says of the tarball; it ends with 0 whatever it found, so its words are read."""
    settings = folder / "importer.cfg"
    settings.write_text(IMPORTER, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "galaxy_importer.main", str(build(folder))],
        cwd=folder,
        env={**os.environ, "GALAXY_IMPORTER_CONFIG": str(settings)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout)
    complaints = re.findall(r"^(?:ERROR|WARNING|CRITICAL).*", done.stdout, re.MULTILINE)
    print(f"{len(complaints)} complaints of the importer")
    return 1 if complaints or done.returncode else 0


def run(folder: Path) -> int:
    """Install the tarball, offline, into an empty folder and run a playbook with nothing else in sight."""
    installed = folder / "installed"
    playbook = Path(__file__).with_name("installed.yml")
    # Not where the copy of the collection is: ansible-galaxy would find that one and have nothing to do.
    surroundings = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(installed), "PYTHONPATH": ""}
    install = ["ansible-galaxy", "collection", "install", "--offline", "-p", str(installed), str(build(folder))]
    play = ["ansible-playbook", "-i", "localhost,", str(playbook)]
    subprocess.run(install, check=True, cwd=folder, env=surroundings)
    return subprocess.run(play, check=False, cwd=folder, env=surroundings).returncode


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=os.environ["HOME"]) as temporary:
        sys.exit({"judge": judge, "run": run}[sys.argv[1]](Path(temporary)))
