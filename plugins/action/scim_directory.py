# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Beside the module of this name on the controller: shows how far it is. The module does the work, and its result stays what it is."""

from __future__ import annotations

import contextlib
import os
import tempfile
import typing as t
from pathlib import Path

from ansible import constants as C  # noqa: N812 (Ansible's own name for it)
from ansible.errors import AnsibleError
from ansible.plugins.action.normal import ActionModule as NormalActionModule
from ansible.utils.display import Display

from ..plugin_utils._follower import Follower
from ..plugin_utils._progress import Bar, Lines
from ..plugin_utils._screen import choose_form, columns_of_stderr, runs_here, without_traces

if t.TYPE_CHECKING:
    from ..plugin_utils._progress import Teller

    Json = dict[str, t.Any]

display = Display()

# Read when Ansible loads this file, in its first process: those that it forks have no standard error of their own (ansible-core 2.19).
COLUMNS = columns_of_stderr()
OPTION = "progress_path"


class ActionModule(NormalActionModule):  # type: ignore[misc]  # ansible-core has no types
    """The normal action, which hands everything to the module, and while that runs follows its progress file.

    Arguments, check mode, diff mode, C(async), C(become), C(delegate_to) and loops are the module's and Ansible's own.
    """

    def _execute_module(self, *args: t.Any, **kwargs: t.Any) -> Json:
        """Run the module, followed where somebody can see it."""
        result: Json
        teller = self._make_teller(kwargs.get("task_vars") or {}, away=bool(kwargs.get("wrap_async") or self._task.async_val))
        if teller is None:
            result = super()._execute_module(*args, **kwargs)
            return result
        given = self._task.args.get(OPTION)
        if given is not None:
            # The module reads the same path: it, too, is expanded and counts from the folder that this runs in.
            path = os.path.expanduser(os.path.expandvars(str(given)))  # noqa: PTH111 (no error where there is no such home)
            follower = Follower(path, teller, _show_with(teller))
            return _run_followed(follower, lambda: super(ActionModule, self)._execute_module(*args, **kwargs))
        with _private_file() as private:
            if private is None:
                result = super()._execute_module(*args, **kwargs)
                return result
            kwargs["module_args"] = {**(kwargs.get("module_args") or self._task.args), OPTION: private}
            follower = Follower(private, teller, _show_with(teller), fleeting=True)
            result = _run_followed(follower, lambda: super(ActionModule, self)._execute_module(*args, **kwargs))
        return without_traces(result, OPTION, private)

    def _make_teller(self, task_vars: Json, *, away: bool) -> Teller | None:
        """Who speaks of this run; None where nobody would hear it, or it runs elsewhere or as somebody else."""
        if away or not runs_here(self._connection.transport, self._connection.become):
            return None
        hosts = len(task_vars.get("ansible_play_batch") or ())
        form = choose_form(wanted=self._wish(task_vars), terminal=COLUMNS is not None, environment=os.environ, hosts=hosts)
        host = task_vars.get("inventory_hostname", "localhost")
        if form == "none":
            return None
        return Bar(host, COLUMNS or display.columns) if form == "bar" else Lines(host)

    def _wish(self, task_vars: Json) -> str:
        """What the variable says, or the environment."""
        try:
            wish = self._templar.template(task_vars.get("zscaler_one_progress"))
        except AnsibleError:
            wish = None
        return str(os.environ.get("ZSCALER_ONE_PROGRESS", "") if wish is None else wish)


def _run_followed(follower: Follower, run: t.Callable[[], Json]) -> Json:
    follower.start()
    try:
        return run()
    finally:
        follower.stop()


def _show_with(teller: Teller) -> t.Callable[[str], None]:
    """Ansible's first process writes what it is given, one text after the other, to standard error and to no log file."""
    newline = not isinstance(teller, Bar)
    return lambda text: display.display(text, stderr=True, screen_only=True, newline=newline)


@contextlib.contextmanager
def _private_file() -> t.Iterator[str | None]:
    """An empty file that only this user may read, gone afterwards; None where none can be had.

    It lies in the folder that Ansible itself removes at its end. See Follower for runs that are cut short.
    """
    path = None
    try:
        number, path = tempfile.mkstemp(prefix="progress-", dir=C.DEFAULT_LOCAL_TMP)
        os.close(number)
    except OSError:
        yield None
        return
    try:
        # The module would expand it, as any option of type path.
        yield path if "$" not in path else None
    finally:
        with contextlib.suppress(OSError):
            Path(path).unlink(missing_ok=True)
