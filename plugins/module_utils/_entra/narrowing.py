# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scope goes from everybody to those who are assigned: who is left, who loses the account, and whether that may be. Pure."""

from __future__ import annotations

import typing as t

from .._errors import Refusal
from .assignments import NO_ROLE, PEOPLE
from .status import describe_counts, has_run

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .settings import SettingsPlan

    Json = Mapping[str, t.Any]


def needs_people(plan: SettingsPlan, job: Json | None) -> bool:
    """Whether the scope becomes those who are assigned, and somebody may lose an account by it.

    That is so where the job has run, and the scope was everybody, or Entra does not tell what it was.
    """
    is_narrower = plan.changed and plan.after["scope"] == "assigned" and plan.before["scope"] != "assigned"
    return is_narrower and job is not None and has_run(job)


def check_narrowing(plan: SettingsPlan, assignments: Sequence[Json], job: Json, *, allow_empty: bool) -> str:
    """What to warn of. `assignments` are those of the application, as Graph shows them, and `job` its job, which has run.

    Raises Refusal if nobody is left in scope.
    """
    people = [one for one in assignments if one.get("principalType") in PEOPLE]
    left = {str(one.get("principalId")): str(one["principalType"]) for one in people if one.get("appRoleId") not in (None, NO_ROLE)}
    counts = describe_counts(job)
    if not left and not allow_empty:
        default = len({str(one.get("principalId")) for one in people})
        raise Refusal(_refusal(plan, default, counts), scope="assigned", assigned=0, default_access=default, provisioned=counts)
    if not left:
        assigned = "nobody, since nobody is assigned in a real role"
    else:
        kinds = list(left.values())
        assigned = f"{len(kinds)} ({kinds.count('User')} users, {kinds.count('Group')} groups with their direct members)"
    return f"The scope becomes those who are assigned: {assigned}. {_in_step(counts)}; {_fate(plan)}"


def _refusal(plan: SettingsPlan, default: int, counts: Mapping[str, int]) -> str:
    excluded = f" ({default} only with Default Access, who are excluded from provisioning)" if default else ""
    return (
        f"The scope is not narrowed to those who are assigned, since nobody is assigned in a real role{excluded}, and the job has run. "
        f"{_in_step(counts)}; {_fate(plan)}. This task wrote nothing. Assign those who need access first, with entra_app_assignment; "
        "if nobody is to keep access, say allow_empty_scope: true"
    )


def _in_step(counts: Mapping[str, int]) -> str:
    """How many may lose something, in words."""
    told = ", ".join(f"{count} of type {name}" for name, count in sorted(counts.items()))
    return f"In step at the target now: {told}" if told else "Entra does not tell how many are provisioned now"


def _fate(plan: SettingsPlan) -> str:
    """What becomes of those who are not assigned, in words."""
    if plan.after["skip_out_of_scope_deletions"]:
        return "whoever is not assigned keeps the account, which is not updated any more (skip_out_of_scope_deletions)"
    threshold = plan.after["deletion_threshold"]
    brake = f"unless these are {threshold} or more, which Entra holds back" if threshold else "and no deletion_threshold holds that back"
    return f"whoever of them is not assigned is disabled or deleted in the next cycle, {brake}"
