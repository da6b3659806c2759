# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the oldest and the newest supported ansible-core are: the environments of the checks, else the one that runs this."""

from __future__ import annotations

import sys
from pathlib import Path

from ansible.release import __version__

try:
    from ansible_collections.scimops.zscaler_one.tests.checks import environments, table
except ImportError:  # the released collection has no checks
    environments = table = None  # type: ignore[assignment]


def oldest_and_newest() -> list[tuple[str, Path]]:
    """The releases and the folders of their programs; one only where nothing else can be had."""
    here = [(".".join(__version__.split(".")[:2]), Path(sys.executable).parent)]
    if environments is None:
        return here
    found = []
    for release in (min(table.TARGETS, key=_numbers), max(table.TARGETS, key=_numbers)):
        try:
            found.append((release, environments.environment(f"core-{release}") / "bin"))
        except (environments.UnavailableError, RuntimeError):
            continue
    return found if len(found) == 2 else here


def _numbers(release: str) -> list[int]:
    return [int(part) for part in release.split(".")]
