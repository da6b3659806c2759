# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Raw entries of all sources to one checked Document: nothing twice, nothing contradictory. Pure."""

from __future__ import annotations

import typing as t

from .._errors import Problem
from .._garbage import paused_gc
from .._model import DesiredGroup, DesiredUser, Document, key, keys
from .entries import Inspection
from .text import quoted

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .fields import Raw

WARNINGS_SHOWN = 20


def build_document(
    raw: Iterable[Raw], *, today: str, max_groups_per_user: int = 128, membership: str = "exact", warnings: Sequence[str] = ()
) -> Document:
    """The document that the entries declare; `today` is YYYY-MM-DD, `membership` the mode of the task, `warnings` are those of reading.

    The entries are used up: their dicts become part of the document. No entries at all give an empty document.
    Raises InputError with all problems of all entries.
    """
    inspection = Inspection(today=today, max_groups_per_user=max_groups_per_user, membership=membership)
    users: list[DesiredUser] = []
    groups: list[DesiredGroup] = []
    with paused_gc():
        for entry in raw:
            if entry.kind == "user":
                users.append(inspection.user(entry))
            else:
                groups.append(inspection.group(entry))
        inspection.problems += _twice_users(users)
    inspection.problems += _twice_groups(groups)
    inspection.problems += _contradictions(users, groups)
    inspection.finish()
    doubts = inspection.warnings[:WARNINGS_SHOWN]
    if len(inspection.warnings) > WARNINGS_SHOWN:
        doubts.append(f"and {len(inspection.warnings) - WARNINGS_SHOWN} more names mix Latin letters with others that look like them")
    return Document(tuple(users), tuple(groups), (*warnings, *doubts))


class _Claim(t.NamedTuple):
    """A value that only one object may have: the key by which it is compared, and who has it."""

    key: str
    shown: str
    owner: DesiredUser | DesiredGroup


def _twice_users(users: list[DesiredUser]) -> list[Problem]:
    """One problem for every value that an earlier user has already: nearly always none, and a set says so much faster than claims do."""
    problems: list[Problem] = []
    names = keys([user.user_name for user in users if user.user_name])
    if len(set(names)) != len(names):
        problems += _twice("user_name", (_Claim(key(user.user_name), user.user_name, user) for user in users))
    external_ids = [user.values["external_id"] for user in users if user.values.get("external_id")]
    if len(set(external_ids)) != len(external_ids):
        claims = ((str(user.values.get("external_id", "")), user) for user in users)
        problems += _twice("external_id", (_Claim(value, value, user) for value, user in claims))
    ids = [user.id for user in users if user.id]
    if len(set(ids)) != len(ids):
        problems += _twice("id", (_Claim(user.id, user.id, user) for user in users))
    return problems


def _twice_groups(groups: list[DesiredGroup]) -> list[Problem]:
    names = [_Claim(key(group.display_name), group.display_name, group) for group in groups]
    former = [_Claim(key(name), name, group) for group in groups for name in group.previous_names]
    problems = _twice("display_name", names)
    problems += _twice("previous_names", [*names, *former])[len(problems) :]
    problems += _twice("external_id", (_Claim(group.external_id or "", group.external_id or "", group) for group in groups))
    problems += _twice("id", (_Claim(group.id, group.id, group) for group in groups))
    return problems


def _twice(field: str, claims: Iterable[_Claim]) -> list[Problem]:
    """One problem for every claim but the first; an empty key claims nothing."""
    problems = []
    seen: dict[str, _Claim] = {}
    for claim in claims:
        first = seen.setdefault(claim.key, claim)
        if first is claim or not claim.key:
            continue
        reason = f"{quoted(claim.shown)} is declared twice; first at {first.owner.place}"
        if first.shown != claim.shown:
            reason += f" as {quoted(first.shown)}, which is the same name (case and Unicode form do not count)"
        if first.owner.present != claim.owner.present:
            reason += ", once present and once absent"
        problems.append(Problem(str(claim.owner.place), field, f"{reason}; keep one"))
    return problems


def _contradictions(users: list[DesiredUser], groups: list[DesiredGroup]) -> list[Problem]:
    """Memberships that one entry wants and another excludes."""
    by_name = {key(group.display_name): group for group in groups}
    leavers = {name: {key(m.user_name): m.place for m in g.members or ()} for name, g in by_name.items() if g.membership == "remove"}
    gone_groups = {name: group.place for name, group in by_name.items() if not group.present}
    gone_users = {key(user.user_name): user.place for user in users if not user.present}
    problems = []
    for user in users if leavers or gone_groups else ():
        for name in (user.groups or ()) if user.present else ():
            group, who = key(name), key(user.user_name)
            if who in leavers.get(group, ()):
                reason = f"{quoted(name)} is wanted here, and {leavers[group][who]} takes {quoted(user.user_name)} out of it"
                problems.append(Problem(str(user.place), "groups", f"{reason}; keep one"))
            if group in gone_groups:
                problems.append(Problem(str(user.place), "groups", f"{quoted(name)} is wanted here and absent at {gone_groups[group]}"))
    for group_ in groups if gone_users else ():
        for member in (group_.members or ()) if group_.present and group_.membership != "remove" else ():
            if key(member.user_name) in gone_users:
                reason = f"{quoted(member.user_name)} is a member here and absent at {gone_users[key(member.user_name)]}; keep one"
                problems.append(Problem(str(member.place), "members", reason))
    return problems
