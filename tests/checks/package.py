# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the tarball as it would be uploaded. `judge` asks Galaxy's importer; `run` installs it and runs what a newcomer would.

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
NAME = "scimops.zscaler_one"
LAST_PAGE = "WITH YOUR TENANT"


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
    """Install the tarball, offline, where nothing else is; find every playbook in it by name, and run the demo to its last page."""
    home = folder / "home"
    home.mkdir()
    tarball = build(folder)
    # Nothing of ours but the programs: not this HOME, and not the copy of the collection, which ansible-galaxy would find and be done.
    surroundings = {name: os.environ[name] for name in ("PATH", "LC_ALL", "TMPDIR") if name in os.environ}
    surroundings |= {"HOME": str(home), "ANSIBLE_COLLECTIONS_PATH": str(home / "collections"), "ANSIBLE_NOCOLOR": "1"}

    def said(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=home, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)

    names = sorted(f"{NAME}.{playbook.stem}" for playbook in Path("playbooks").glob("*.yml"))
    steps = [said("ansible-galaxy", "collection", "install", "--offline", str(tarball))]
    steps.append(said("ansible-playbook", "--syntax-check", *names))
    steps.append(said("ansible-playbook", f"{NAME}.demo"))
    print("\n".join(step.stdout for step in steps))
    failed = [" ".join(step.args) for step in steps if step.returncode]
    if LAST_PAGE not in steps[-1].stdout:
        failed.append("the demo did not show its last page")
    print("\n".join(failed) or f"{len(names)} playbooks are found, and the demo runs to its end")
    return 1 if failed else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=os.environ["HOME"]) as temporary:
        sys.exit({"judge": judge, "run": run}[sys.argv[1]](Path(temporary)))
