# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A company in a sandbox of its own, and the real modules run on it in this process."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import tempfile
import typing as t
from pathlib import Path
from unittest import mock

from ansible_collections.scimops.zscaler_one.plugins.module_utils import _converge
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import key
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import retry
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire import members, scim
from ansible_collections.scimops.zscaler_one.plugins.modules import scim_directory
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox
from ansible_collections.scimops.zscaler_one.tests.sandbox.tls import Authority
from ansible_collections.scimops.zscaler_one.tests.unit.scenarios.conftest import Company
from ansible_collections.scimops.zscaler_one.tests.unit.scenarios.random_tenants import Captured

Answer = dict[str, t.Any]
Truth = dict[str, dict[str, t.Any]]

NO_BRAKE = {"removal_limit": {"percent": 100, "count": 1_000_000, "floor": 1_000_000}}


class Firm(Company):
    """A company whose modules print to nobody."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._printed = Captured()
        super().__init__(sandbox, t.cast("t.Any", self._printed), folder)

    def connection(self) -> Answer:
        """With few authorities to trust: to load the system's takes longer than most runs."""
        return {**super().connection(), "ca_path": authorities()}

    def run(self, module: str, **options: t.Any) -> Answer:
        """As in the tests of the modules."""
        with contextlib.redirect_stdout(self._printed.stream):
            return super().run(module, **options)


@functools.cache
def authorities() -> str:
    """The path of a file with one authority, which signed nothing."""
    folder = tempfile.mkdtemp(prefix="scimops-goals-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return str(Authority(Path(folder)).ca_path)


@contextlib.contextmanager
def firm(**sandbox: t.Any) -> t.Iterator[Firm]:
    """An empty company; the options are the sandbox's."""
    authorities()  # before there is a folder that goes with the company
    with tempfile.TemporaryDirectory() as folder, own_pace(folder), Sandbox(**{"tls": False, **sandbox}) as running:
        yield Firm(running, Path(folder))


@contextlib.contextmanager
def own_pace(folder: str) -> t.Iterator[None]:
    """No pause is left from an earlier service on the same port, here and in processes that are started."""
    with mock.patch.dict(os.environ, {"TMPDIR": folder}), mock.patch.object(tempfile, "tempdir", folder):
        yield


def knows(option: str) -> bool:
    """Whether scim_directory has this option by now."""
    return option in scim_directory.OPTIONS


def crew(workers: int) -> Answer:
    """The option for so many writes at a time; nothing where there is no such option, which means one."""
    return {"concurrency": str(workers)} if knows("concurrency") else {}


def workers_of(options: Answer) -> int:
    """How many writes may be under way at a time."""
    return int(options.get("concurrency", 1))


@contextlib.contextmanager
def short_waits() -> t.Iterator[None]:
    """Pauses of our own choice are a fiftieth of what they are; what is decided, and in which order, stays."""
    with contextlib.ExitStack() as stack:
        for place, name in ((retry, "BASE"), (retry, "CAP")):
            stack.enter_context(mock.patch.object(place, name, getattr(place, name) / 50))
        stack.enter_context(mock.patch.object(members, "PATIENCE", members.PATIENCE / 50))
        stack.enter_context(mock.patch.object(scim, "LOOK_UP_PAUSES", tuple(pause / 50 for pause in scim.LOOK_UP_PAUSES)))
        stack.enter_context(mock.patch.object(_converge, "LOOKS", (0.0, 0.2, 0.4)))
        yield


def truth(sandbox: Sandbox) -> Truth:
    """What the tenant holds, by name: attributes of users and groups, and members by their names."""
    with sandbox.tenant.lock:
        users = {user.id: user for user in sandbox.tenant.users.records.values()}
        return {
            "users": {user.name: dict(user.attributes) for user in users.values()},
            "groups": {group.name: dict(group.attributes) for group in sandbox.tenant.groups.records.values()},
            "members": {group.name: sorted(users[one].name for one in group.links) for group in sandbox.tenant.groups.records.values()},
        }


def doubled(sandbox: Sandbox) -> int:
    """How many users and groups are there more than once, by their folded names."""
    tables = (sandbox.tenant.users, sandbox.tenant.groups)
    return sum(len(table.records) - len({key(one.name) for one in table.records.values()}) for table in tables)
