# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes docs/benchmarks.md: which machine, when, what is measured and how, the table, the plots."""

from __future__ import annotations

import datetime
import os
import platform
import re
import typing as t
from importlib import metadata
from pathlib import Path

from . import paper
from .reasons import reasons
from .service import REPOSITORY

if t.TYPE_CHECKING:
    from .settings import Settings
    from .verdict import Row

PAGE = REPOSITORY / "docs" / "benchmarks.md"
IMAGES = REPOSITORY / "docs" / "images"
QUICK = "quick: smaller tenants, so limits that hold for a hundred thousand users are not judged"

HOW = """\
`make bench` measures this anew and writes this page. Nothing here is an estimate, except where it says so.

## How it is measured

* Each run is a process of its own, and so is the sandbox that it talks to: neither waits for the other's interpreter lock. The sandbox
  speaks plain HTTP on loopback: those whom we are compared with open a connection for each request and would suffer most from TLS.
* Arms that are compared are run in turns, {rounds} rounds, every second round the other way round. What is judged is the ratio within a
  round; what is shown is the median, and in brackets the least and the most.
* Noise rule: a time passes when two of three rounds pass and none is worse than 1.3 times the limit. A count passes only if it never
  exceeds its limit.
* CPU is what the kernel says when a process ends: user and system time with all processes that it started. Memory is the kernel's own
  record of the most that was resident, of the module's process by itself, or in P6 of ansible-playbook's own processes.
* A state file declares what the sandbox invented for the same numbers: names in ASCII and with umlauts, ten groups for each user where it
  says memberships. `prune_users: disable` is set, as in a run every night.
* P1, P2, P9: requests are counted in the sandbox's journal. The limit of P1 is the pages of 1,000, plus two for discovery. The least
  number of writes in P2 is one for each user who is new, changed or gone, and for each group as many as its memberships need at 100 in
  a request.
* P3: the sandbox allows 50 requests a second and answers 429 above. The three latencies run one after the other. The pace itself leaves
  3 percent of the allowed rate unused: two requests a second apart may come 30 ms closer on their way before the service counts one too
  many. The whole process starts, lists, creates, and lists again, which takes the more the slower the service answers.
* P4: creates in a second between the first and the last one's arrival. `open_url` is Ansible's own way to send requests.
* P5: the loops create the same users with `ansible.builtin.uri`, and with the smallest module that can do it.
* P6: the floor is a script without any check that loads the file, gets and decodes all pages, and compares dicts; it knows nothing of
  errors. The module runs as a process of its own, and once more with `ansible-playbook` around it, whose time then counts for us and not
  for the floor.
* P7: "everything new" is a run in check mode against an empty tenant, whose result lists operations.
* P8: seconds of CPU for reading and checking, without the start of Python.
"""

PLOTS = """\
## Requests and time against users

A run that finds nothing to do, with `ansible-playbook` and [scim_directory](../plugins/modules/scim_directory.py); with a play that loops
`ansible.builtin.uri` over the users and looks each of them up; and with a plain script on
[scim2-client](https://pypi.org/project/scim2-client/) that reads pages of 1,000 and compares. Filled points are measured; hollow points
and dotted lines are extrapolated: they go on as from the smallest to the largest size that was measured.

![Requests against users](images/requests.svg)

![Time against users](images/time.svg)
"""


def write(rows: list[Row], settings: Settings) -> None:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    met = sum(row.passed for row in rows)
    parts = [
        "# Benchmarks",
        "",
        f"{met} of {len(rows)} goals are met, measured on {_today()} on {machine()}.",
        "",
        HOW.format(rounds=settings.rounds),
        "## Goals",
        "",
        *paper.markdown(rows),
        "",
        *_missed(rows),
        PLOTS,
    ]
    PAGE.write_text("\n".join(parts), encoding="utf-8")


def _missed(rows: list[Row]) -> list[str]:
    """A chapter on what is missed, if anything is."""
    lines = reasons(rows)
    return ["## Missed, and why", "", *(f"* {paper.escaped(line)}" for line in lines), ""] if lines else []


def machine() -> str:
    """Cores, memory, Python and ansible-core in a line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    name = _processor()
    processor = f" ({name})" if name else ""
    versions = f"Python {platform.python_version()}, ansible-core {metadata.version('ansible-core')}"
    return f"{cores} cores{processor}, {memory:.0f} GiB of memory, {platform.system()}, {versions}"


def _processor() -> str:
    """What the processor calls itself, as far as the system tells."""
    path = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE) if path.exists() else None
    return found[1] if found else ""


def _today() -> str:
    return datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat()
