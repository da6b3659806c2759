# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the documentation site into build/docs/html: the guides of docs/docsite, and a page for every plugin and role.

The pages of plugins are written anew each time and never committed. A warning fails the build. Nothing is fetched, not even by whoever
reads a page: that is looked for in the end.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "docs/docsite"
BUILT = ROOT / "build/docs"
NAME = "scimops.zscaler_one"
# What a browser loads by itself when it shows a page; a link that somebody clicks is no such thing.
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|embed)\b[^>]*\bsrc=["'](?:https?:)?//[^"']*"""
    r"""|<link\b[^>]*\bhref=["'](?:https?:)?//[^"']*"""
)
# Tags that name addresses and load nothing.
NAMED = re.compile(r"""<link\b[^>]*\brel=["'](?:canonical|license)["'][^>]*>""")


def build() -> None:
    """Write the pages of plugins, put the guides beside them, and make HTML of all."""
    shutil.rmtree(BUILT, ignore_errors=True)
    pages = BUILT / "rst"
    pages.mkdir(parents=True, mode=0o700)  # antsibull-docs refuses a folder in which others may write
    pages.chmod(0o700)
    options = ["--use-current", "--squash-hierarchy", "--fail-on-error"]
    subprocess.run(
        ["antsibull-docs", "--config-file", str(SITE / "antsibull-docs.cfg"), "collection", *options, "--dest-dir", str(pages), NAME],
        check=True,
    )
    subprocess.run(
        ["sphinx-build", "-q", "-W", "--keep-going", "-b", "html", "-c", str(SITE), str(pages), str(BUILT / "html")],
        check=True,
    )


def outside_requests(folder: Path) -> list[str]:
    """What a page would fetch from another host, a line each."""
    found = []
    for page in sorted(folder.rglob("*.html")):
        text = NAMED.sub("", page.read_text(encoding="utf-8"))
        found += [f"{page.relative_to(folder)}: {match}" for match in FETCHED.findall(text)]
    return found


def main() -> int:
    """Build and look; 0 if there is nothing to complain about."""
    try:
        build()
    except subprocess.CalledProcessError as failed:
        print(f"{failed.cmd[0]} ended with {failed.returncode}")
        return 1
    complaints = outside_requests(BUILT / "html")
    pages = len(list((BUILT / "html").rglob("*.html")))
    first = (BUILT / "html/index.html").relative_to(ROOT)
    print("\n".join(complaints) or f"{pages} pages; begin with {first}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
