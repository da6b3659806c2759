# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which category a group is, and why. Pure."""

from __future__ import annotations

import typing as t

from .._model import key
from .._wording import cut_list
from .case import AT_ZSCALER, told_attributes
from .model import DIFFERS, EXTRA, EXTRA_MEMBER, MISSING, MISSING_MEMBER, NOT_ASSIGNED, NOT_PROVISIONED, Finding
from .people import declared_text, difference, first
from .rows import decides_members

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .case import Case
    from .rows import Row


class Members(t.NamedTuple):
    """The members that a group has too many and too few, and why some cannot be given to it."""

    extra: list[str]
    missing: list[str]
    reasons: list[str]


def judge_group(row: Row, case: Case) -> Finding | None:
    """What is wrong with a group; None if nothing is."""
    planned, beside = _planned_members(row), _entra_members(row, case)
    by_git = _by_git(row, case, planned)
    chosen = first(by_git, _by_entra(row, case, beside))
    category, reason = chosen
    members = planned if chosen == by_git else _together(planned, beside)
    if not category:
        return None
    return Finding(
        "group",
        row.name,
        category,
        declared=declared_text(row, case),
        entra=case.inside_text(row),
        zscaler=AT_ZSCALER[row.live is not None],
        reason=reason,
        source=str(row.desired.place) if row.desired is not None else "",
        attributes=told_attributes(row.steps),
        members=members.extra,
        missing_members=members.missing,
    )


def _together(planned: Members, beside: Members) -> Members:
    """What Git and Entra say of the members, each name once."""
    extra, missing = {*planned.extra, *beside.extra}, {*planned.missing, *beside.missing}
    return Members(sorted(extra, key=key), sorted(missing, key=key), [])


def _planned_members(row: Row) -> Members:
    """Who would be taken out and added by the plan."""
    extra = [user.name for step in row.members for user in step.remove]
    missing = [user.name for step in row.members for user in step.add]
    reasons = [f"{failure.name}: {failure.detail}" for failure in row.failures if failure.kind == "membership"]
    return Members(sorted(extra, key=key), sorted(missing, key=key), reasons)


def _by_git(row: Row, case: Case, members: Members) -> tuple[str, str]:
    conflicts = [failure.detail for failure in row.failures if failure.kind == "group"]
    if conflicts:
        return DIFFERS, cut_list(conflicts, 3)
    verbs = {step.verb for step in row.steps}
    if "create" in verbs:
        reason = "is declared, and not at Zscaler"
        return MISSING, reason if row.inside is None else f"{reason}; {case.why_not_provisioned(row)}"
    if "delete" in verbs:
        why = "is declared absent" if row.desired is not None else "is in no state file"
        return EXTRA, f"{why}, and assigned in Entra, which would make the group again" if row.inside is not None else why
    differences = [difference(name, both) for name, both in told_attributes(row.steps).items()]
    category = _members_category(members) or (DIFFERS if verbs else "")
    unknown = [name for name in members.missing if key(name) in case.unknown_members]
    absent = [f"{cut_list(unknown, 5)} {'is' if len(unknown) == 1 else 'are'} not at Zscaler"] if unknown else []
    return category, "; ".join([*count_members(members.extra, members.missing), *absent, *differences, *members.reasons[:3]])


def _members_category(members: Members) -> str:
    if members.extra:
        return EXTRA_MEMBER
    return MISSING_MEMBER if members.missing or members.reasons else ""


def count_members(extra: Sequence[str], missing: Sequence[str]) -> list[str]:
    """How many members are wrong, in words."""
    counts = [(len(extra), "too many"), (len(missing), "missing")]
    return [f"{count} member{'' if count == 1 else 's'} {what}" for count, what in counts if count]


def _entra_members(row: Row, case: Case) -> Members:
    """The difference to the direct members in Entra, where Git does not decide who is in the group."""
    team, live, present = row.inside, row.live, case.directory.members
    if team is None or live is None or present is None or team.members is None or row.disputed or decides_members(row.desired):
        return Members([], [], [])
    wanted = {case.zscaler_id[one] for one in team.members if one in case.zscaler_id}
    there = present.get(live.id, set())
    return Members(case.names(there - wanted - case.managed), case.names(wanted - there - case.managed, active=True), [])


def _by_entra(row: Row, case: Case, members: Members) -> tuple[str, str]:
    entra = case.entra
    if entra is None or not entra.groups_mapped or row.disputed or not case.is_our_group(row):
        return "", ""
    if row.inside is None:
        foreign = row.live is not None and not row.present and not case.is_protected_group(row)
        return (NOT_ASSIGNED, f"is at Zscaler, and {case.inside_text(row)}") if foreign else ("", "")
    if row.live is None:
        return NOT_PROVISIONED, case.why_not_provisioned(row)
    category = _members_category(members)
    return category, _sentence(count_members(members.extra, members.missing)) if category else ""


def _sentence(counts: Iterable[str]) -> str:
    return f"{', '.join(counts)}, compared with the direct members in Entra"
