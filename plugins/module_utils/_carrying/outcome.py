# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of a plan, and of each of its steps. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

if t.TYPE_CHECKING:
    from .._errors import TransportError
    from .._planning.plan import Failure
    from .._planning.report import Operation


@dataclass
class StepResult:
    """What became of one step: a step on a group's members can be done in part.

    `error` is what a breaker counts; `stop` says why the whole run must end, where it must.
    """

    done: list[Operation] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    error: TransportError | None = None
    stop: str = ""


@dataclass
class Outcome:
    """What became of a plan, in its order. `stopped` says why the run ended early, and `left` how many steps were then not tried."""

    done: list[Operation] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    stopped: str = ""
    left: int = 0
    warnings: list[str] = field(default_factory=list)
