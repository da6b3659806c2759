# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options that both services share: numbers in their ranges, and the proxy. All problems are gathered, none is first."""

from __future__ import annotations

import math
import os
import typing as t
from urllib.parse import unquote, urlsplit

from .._errors import InputError, Problem
from .._model import SHORTEST_SECRET
from .address import bypasses_proxy, check_proxy

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Value = t.TypeVar("Value")

LARGEST = {"timeout": 3600.0, "deadline": 7 * 86400.0, "requests_per_second": 1000.0, "consistency_timeout": 86400.0}
"""The highest values of the options that are numbers."""

DEFAULTS = {"timeout": 30.0, "deadline": 0.0, "requests_per_second": 5.0, "consistency_timeout": 300.0}


def gather(problems: list[Problem], check: Callable[[], Value], default: Value) -> Value:
    """The value of `check`; its problems are added to the others, and `default` stands in."""
    try:
        return check()
    except InputError as error:
        problems += error.problems
        return default


def check_number(options: Mapping[str, t.Any], name: str) -> float:
    """The option as a number in its range. Raises InputError."""
    value = options.get(name)
    try:
        number = DEFAULTS[name] if value is None else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if number <= LARGEST[name] and (number > 0 or (number == 0 and name != "timeout")):
        return number
    least = "more than 0" if name == "timeout" else "0 (none)"
    raise InputError([Problem(f"option {name}", "", f"must be a number from {least} to {LARGEST[name]:.0f}")])


def choose_proxy(options: Mapping[str, t.Any], url: str) -> str | None:
    """The proxy of the option; else, only with C(use_env_proxy), that of HTTPS_PROXY unless NO_PROXY names the host."""
    if options.get("proxy"):
        return _check_proxy(str(options["proxy"]))
    if not options.get("use_env_proxy"):
        return None
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    bypass = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    if not proxy or bypasses_proxy(url, bypass):
        return None
    return _check_proxy(proxy)


def _check_proxy(text: str) -> str:
    """The URL of the proxy. Raises InputError, also for a password that cannot be masked."""
    proxy = check_proxy(text)
    if 0 < len(unquote(urlsplit(proxy).password or "")) < SHORTEST_SECRET:
        reason = (
            f"its password is shorter than {SHORTEST_SECRET} characters, too short to be masked in results; give the proxy a longer one"
        )
        raise InputError([Problem("option proxy", "", reason)])
    return proxy
