# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R10: no secret is in anything that leaves."""

from __future__ import annotations

import itertools
import tempfile
import typing as t
from pathlib import Path

from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox
from ansible_collections.scimops.zscaler_one.tests.unit.scenarios import secret_rows

from .cores import oldest_and_newest
from .table import Row, Size

HOW = (
    "ansible-playbook on the oldest and the newest ansible-core, without -v and with -vvvv: one task for each kind of fault, for each "
    "status, for each way to get no connection, and for runs that the input or the brake ends, on a service that repeats the token in "
    "every spelling. All that is printed, logged, shown as a diff or left behind in files is searched for the token, raw, "
    "URL-encoded, in base64 at each offset, and in any eight of its characters. Each fault has to be met by a task. Of the rows F1 to "
    "F62, those are left out in which the service says nothing that other rows have not: F16 (see R11), F47, F48, F51 to F53, F55 and "
    "F57 to F61."
)
VERBOSITIES = ("", "-vvvv")


def measure(size: Size) -> t.Iterator[Row]:
    """Rows of this goal."""
    cores = oldest_and_newest()
    for (name, programs), verbosity in itertools.product(cores, VERBOSITIES) if size.whole else [(cores[-1], "-vvvv")]:
        yield _search(size, name, programs, verbosity)
    if len(cores) < 2:
        yield Row("oldest and newest ansible-core", ", ".join(name for name, _programs in cores), "two releases", None)


def _search(size: Size, name: str, programs: Path, verbosity: str) -> Row:
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox, secret_rows.broken_connections() as (broken, servers):
        secret_rows.seed(sandbox)
        tasks, rules = secret_rows.fault_rows(lambda user: secret_rows.id_of(sandbox, user))
        chosen = size.pick(range(len(tasks)), 4)
        tasks, rules = [tasks[number] for number in chosen], [rules[number] for number in chosen]
        sandbox.faults.set(secret_rows.spelled(rules, sandbox.token))
        tasks = [*size.pick(broken), *size.pick(secret_rows.run_rows(Path(folder))), *tasks]
        output = secret_rows.run(tasks, sandbox, Path(folder), programs=programs, verbosity=verbosity)
        spared = secret_rows.spared(sandbox)
        leaks = secret_rows.leaks(sandbox, output, Path(folder))
        told = sum(len(server.received) for server in servers)
    met = len(rules) - len(spared)
    measured = f"{sum(map(len, leaks.values()))} hits, {met}/{len(rules)} faults met, {told} bytes to bad servers"
    limit = f"0 hits, {len(rules)}/{len(rules)} faults met, 0 bytes to bad servers"
    return Row(f"{len(tasks)} tasks, ansible-core {name}, {verbosity or 'no -v'}", measured, limit, not leaks and not spared and not told)
