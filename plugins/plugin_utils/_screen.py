# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the progress of a run is shown, and in which form."""

from __future__ import annotations

import os
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    Json = dict[str, t.Any]

FORMS = ("bar", "lines", "none")

RECORDED = ("CI", "AWX_ISOLATED_DATA_DIR", "RUNNER_OMIT_EVENTS")
"""Variables of those who keep what is printed: build services, and ansible-runner with AWX, who have a terminal that nobody looks at."""


def columns_of_stderr() -> int | None:
    """How wide the terminal is that standard error leads to; None if it leads elsewhere."""
    try:
        return (os.get_terminal_size(2).columns or 80) if os.isatty(2) else None
    except OSError:
        return None


def choose_form(*, wanted: str, terminal: bool, environment: Mapping[str, str], hosts: int) -> str:
    """What is wanted, if that is one of FORMS. Otherwise a bar where one person looks at one host, and lines everywhere else.

    With several hosts their results are printed while others still run, and each would tear the bar apart.
    """
    if wanted.strip().lower() in FORMS:
        return wanted.strip().lower()
    recorded = any(environment.get(name) for name in RECORDED) or environment.get("TERM") == "dumb"
    return "bar" if terminal and not recorded and hosts <= 1 else "lines"


def runs_here(transport: str, become: object) -> bool:
    """Whether the module writes its file where this process can read it: elsewhere, and as another user, it does not."""
    return transport in ("local", "ansible.builtin.local") and become is None


def without_traces(result: Json, option: str, path: str) -> Json:
    """The result as it would have been: the play gave no such option."""
    invocation = result.get("invocation")
    arguments = invocation.get("module_args") if isinstance(invocation, dict) else None
    if isinstance(arguments, dict) and arguments.get(option) == path:
        arguments[option] = None
    warnings = result.get("warnings")
    if isinstance(warnings, list) and any(path in str(one) for one in warnings):
        result["warnings"] = [one for one in warnings if path not in str(one)]
        if not result["warnings"]:
            del result["warnings"]
    return result
