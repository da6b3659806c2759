# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the plan to a file, for review and for a later run (issue 4)."""

from __future__ import annotations

import typing as t

from .._errors import Refusal
from .._planning.saved import describe_plan
from .output import as_json, check_place, write_whole
from .record import Record

if t.TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .._planning.plan import Plan


class PlanFile(Record):
    """Written before anything is written to the service, in check mode too. Whether that can be is tried at once."""

    def __init__(self, path: str, scrub: Callable[[dict[str, t.Any]], dict[str, t.Any]], service: Callable[[], str]) -> None:
        check_place("plan_path", path)
        self._path, self._scrub, self._service = path, scrub, service

    def planned(self, plan: Plan, warnings: Sequence[str]) -> None:
        """The file holds the plan. Raises NotRecorded, and Refusal where it would hold a part of a secret."""
        described = describe_plan(plan, warnings, self._service())
        if self._scrub(described) != described:
            raise Refusal(
                f"Refused: somewhere in the plan there is a part of a secret of this task, so it cannot be written to {self._path}. "
                "Nothing was written. Look for a name or a value that repeats the token."
            )
        write_whole("plan_path", self._path, as_json(described, indent=2) + "\n")
