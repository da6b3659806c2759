# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where things are: the repository, what is built under build/, and copies of the collection where Ansible finds them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = REPOSITORY / "build"
LOGS = BUILD / "logs"
HOME = BUILD / "home"
COLLECTION = Path("ansible_collections/scimops/zscaler_one")
LINK = BUILD / "link"
# Microsoft's OpenAPI of the Graph calls that we make is not part of this repository: it is read where it is, or left out and told.
CONTRACT = REPOSITORY.parent / "shared/contract/graph-openapi-subset.yaml"


def contract() -> Path | None:
    """The OpenAPI file of Microsoft Graph: the one that GRAPH_OPENAPI names, or that lies beside the repository; None without either."""
    named = os.environ.get("GRAPH_OPENAPI")
    path = Path(named) if named else CONTRACT
    return path.resolve() if path.is_file() else None


def link() -> Path:
    """The folder above ansible_collections in which the repository itself stands, by a symbolic link: nothing to copy, always current."""
    here = LINK / COLLECTION
    if not here.is_symlink():
        here.parent.mkdir(parents=True, exist_ok=True)
        here.symlink_to(REPOSITORY, target_is_directory=True)
    return LINK


def copy(name: str) -> Path:
    """A folder above ansible_collections with a fresh copy of what git knows or would take, changed and new files included.

    ansible-test refuses symbolic links and asks git which files there are, so the copy is a git repository of its own.
    """
    root = BUILD / "copies" / name
    here = root / COLLECTION
    shutil.rmtree(here, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=REPOSITORY, check=True, capture_output=True, text=True
    ).stdout
    for path in filter(None, listed.split("\0")):
        source = REPOSITORY / path
        if source.is_file():  # one that is deleted and not yet committed is still listed
            (here / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, here / path)
    for command in (["git", "init", "-q"], ["git", "add", "-A"]):
        subprocess.run(command, cwd=here, check=True, capture_output=True)
    return root
