# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the comparison of Git, Entra and Zscaler passes around, its categories, and its result as a report has it. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._model import key

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Json = dict[str, t.Any]

FORMAT, VERSION = "scimops.zscaler_one.drift", 1

MISSING, EXTRA, DISABLED, EXTRA_MEMBER, MISSING_MEMBER, DIFFERS, NOT_PROVISIONED, NOT_ASSIGNED = CATEGORIES = (
    "missing", "extra", "disabled_by_hand", "extra_member", "missing_member", "differs", "assigned_not_provisioned",
    "provisioned_not_assigned",
)  # fmt: skip
"""Everybody is in the first that holds: what Git says before what Entra says, and access before attributes."""

ABSENCES = frozenset((MISSING, MISSING_MEMBER, NOT_PROVISIONED))
"""What a listing that left somebody out would give rise to: told only of a listing that can be trusted."""

UNKNOWN, DECLARED, DECLARED_ABSENT, NOT_DECLARED = "", "declared", "declared absent", "not declared"


class Person(t.NamedTuple):
    """One user of Entra whom provisioning is to take to Zscaler. `names` are userNames that the mapping may give, the likeliest first."""

    id: str
    names: tuple[str, ...]
    how: str
    """Why the user is in scope, C(assigned) or C(assigned by group Engineering)."""

    @property
    def name(self) -> str:
        """The likeliest userName."""
        return self.names[0]


class Team(t.NamedTuple):
    """One group of Entra in scope. `members` has the ids of the users who are direct members; None where they were not read."""

    id: str
    name: str
    how: str
    members: frozenset[str] | None = None


@dataclass(frozen=True)
class Entra:
    """What Entra is told to provision. `job` is the state of the schedule, empty where there is no job."""

    application: str = ""
    scope: str = "assigned"
    job: str = "Active"
    people: tuple[Person, ...] = ()
    teams: tuple[Team, ...] = ()
    users_mapped: bool = True
    groups_mapped: bool = True

    @property
    def running(self) -> bool:
        """Whether the job writes to Zscaler by itself."""
        return self.job == "Active"

    def as_result(self) -> Json:
        """For a report; the counts are of those in scope."""
        return {"scope": self.scope, "job": self.job, "users": len(self.people), "groups": len(self.teams)}


class Told(t.NamedTuple):
    """What Entra's provisioning log says last of somebody, in one sentence; `disabled` says that it was Entra that disabled the user."""

    text: str
    disabled: bool = False


@dataclass
class Finding:
    """One user or group that is not in all places as it should be."""

    kind: str
    name: str
    category: str
    declared: str = UNKNOWN
    entra: str = UNKNOWN
    zscaler: str = UNKNOWN
    reason: str = ""
    source: str = ""
    attributes: dict[str, Json] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)
    missing_members: list[str] = field(default_factory=list)

    @property
    def order(self) -> tuple[int, int, str]:
        """The place in a report: by category, users before groups, by name."""
        return CATEGORIES.index(self.category), 0 if self.kind == "user" else 1, key(self.name)


@dataclass
class Comparison:
    """Everything that was found, in order, and how many users and groups were looked at."""

    findings: list[Finding] = field(default_factory=list)
    users: int = 0
    groups: int = 0
    doubts: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)

    @property
    def in_sync(self) -> bool:
        """Whether all was seen to be as it should be; of a doubtful listing nobody can say that."""
        return not self.findings and not self.doubts


def as_told(comparison: Comparison, *, time: str, tenant: str, declared: bool, entra: Entra | None) -> Json:
    """The comparison as a report and a result have it."""
    findings = sorted(comparison.findings, key=lambda one: one.order)
    return {
        "format": FORMAT,
        "version": VERSION,
        "time": time,
        "tenant": tenant,
        "application": entra.application if entra else "",
        "sources": {"git": declared, "entra": entra is not None, "zscaler": True},
        "entra": entra.as_result() if entra else {},
        "listing": "suspect" if comparison.doubts else "complete",
        "in_sync": comparison.in_sync,
        "compared": {"users": comparison.users, "groups": comparison.groups},
        "summary": {"users": _counts("user", findings), "groups": _counts("group", findings)},
        "drift": [dict(vars(finding)) for finding in findings],
        "groups": _by_group(findings),
        "warnings": comparison.warnings,
    }


def _counts(kind: str, findings: Sequence[Finding]) -> Mapping[str, int]:
    counts = dict.fromkeys(CATEGORIES, 0)
    for finding in findings:
        if finding.kind == kind:
            counts[finding.category] += 1
    return counts


def _by_group(findings: Sequence[Finding]) -> list[Json]:
    """How many members are missing and extra, the groups with the most of them first."""
    found = [
        {"name": one.name, "missing": len(one.missing_members), "extra": len(one.members)}
        for one in findings
        if one.members or one.missing_members
    ]
    return sorted(found, key=lambda one: (-one["missing"] - one["extra"], key(one["name"])))
