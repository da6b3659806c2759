# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tenant as a state document that C(scim_directory) finds unchanged. Ids are not in it, for they belong to one tenant. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._garbage import paused_gc
from .._model import ATTRIBUTES, shown
from .._wording import cut_list
from .choice import choose_groups, choose_users
from .csv_text import group_fault, is_formula
from .gaps import NAMED, Gap

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from .._model import Directory, LiveGroup, LiveUser
    from .._planning.policy import Policy
    from .choice import Choice, Entry

Summary = dict[str, dict[str, int]]


@dataclass
class Adoption:
    """What there is to write. `gaps` are values that the entries lack, `refusals` are what no file should lack without a word.

    `protected` names groups that are not ours to declare, `unseen` attributes that the service shows of nobody.
    """

    users: list[Entry] = field(default_factory=list)
    groups: list[Entry] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    refusals: list[Gap] = field(default_factory=list)
    protected: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    summary: Summary = field(default_factory=dict)

    def warn(self, what: str, names: Sequence[str]) -> None:
        """One more warning, with the first of these names."""
        self.warnings.append(f"{what}: {cut_list([shown(name) for name in names[:NAMED]], NAMED, len(names))}")


def adopt(directory: Directory, policy: Policy, *, flat: bool, most_groups: int) -> Adoption:
    """The entries for all users and groups in scope that are not protected. `flat`: for CSV, which has memberships with the users only.

    `most_groups` is how many groups one user may declare, 0 = any number.
    """
    with paused_gc():
        users, groups = choose_users(directory, policy), choose_groups(directory, policy)
        result = Adoption(protected=groups.protected)
        members = {id: (directory.members or {}).get(id, set()) for id in groups.entries}
        incomplete = _find_strangers(result, groups, members, {user.id for user in directory.users})
        if flat:
            _join_to_users(result, users, groups, directory, most_groups)
            _name_formulas(result, users)
        else:
            incomplete |= {id for id, found in members.items() if not users.unsayable.keys().isdisjoint(found)}
            _join_to_groups(result, users, groups, members, incomplete)
            result.groups = list(groups.entries.values())
        result.users = list(users.entries.values())
        result.gaps = sorted([*result.gaps, *users.gaps, *groups.gaps])
        result.refusals = sorted([*result.refusals, *users.refusals, *groups.refusals, *_find_unlisted(directory)])
        ours = [user for user in directory.users if user.id in users.entries]
        result.unseen = [name for name in ATTRIBUTES if ours and all(getattr(user, name) is None for user in ours)]
        result.summary = _summarize(result, users, groups, sum(map(len, members.values())))
    return result


def _find_unlisted(directory: Directory) -> list[Gap]:
    ids = sorted(directory.unlisted_groups)
    if not ids:
        return []
    reason = "users show it, and the listing of groups does not; is it cut off?"
    return [Gap("group", f"({len(ids)} without a name)", "members", reason, tuple(ids[:NAMED]))]


def _join_to_groups(
    result: Adoption, users: Choice[LiveUser], groups: Choice[LiveGroup], members: dict[str, set[str]], incomplete: set[str]
) -> None:
    """The members of each group. Whoever cannot be named must not lose the membership: a group with such members only adds."""
    named = {id: (place, entry["user_name"]) for place, (id, entry) in enumerate(users.entries.items())}
    for id, entry in groups.entries.items():
        if id in incomplete:
            entry["membership"] = "append"
        entry["members"] = [name for _place, name in sorted([named[one] for one in members[id] if one in named])]
    adding = [entry["display_name"] for id, entry in groups.entries.items() if id in incomplete]
    if adding:
        result.warn("membership: append is written for groups with members who cannot be declared, so that these stay in them", adding)


def _join_to_users(result: Adoption, users: Choice[LiveUser], groups: Choice[LiveGroup], directory: Directory, most_groups: int) -> None:
    """The groups of each user; left open where one of them cannot be named, so that nobody loses it."""
    members = directory.members or {}
    for group in directory.groups:
        reason = group_fault(group.display_name) if group.id in groups.entries else ""
        if reason:
            groups.refuse("group", group, reason)
    of_user: dict[str, list[str]] = {id: [] for id in users.entries}
    for id, entry in groups.entries.items():
        for user in members.get(id, set()) & of_user.keys():
            of_user[user].append(entry["display_name"])
    held = sorted((group.display_name, group.id) for group in groups.unsayable.values())
    unsayable = {user: name for name, id in held for user in members.get(id, ())}
    for user, names in of_user.items():
        if user in unsayable:
            reason = f"one of them is {unsayable[user]}, which cannot be declared"
            result.gaps.append(Gap("user", users.entries[user]["user_name"], "groups", reason, (user,)))
        elif 0 < most_groups < len(names):
            reason = f"{len(names)} groups, and a user may declare {most_groups} (max_groups_per_user); use YAML or JSON"
            result.refusals.append(Gap("user", users.entries[user]["user_name"], "groups", reason, (user,)))
        else:
            users.entries[user]["groups"] = names
    _name_losses(result, users, groups)


def _name_losses(result: Adoption, users: Choice[LiveUser], groups: Choice[LiveGroup]) -> None:
    """What CSV has no place for."""
    named = {name for entry in users.entries.values() for name in entry.get("groups", ())}
    unnamed = [entry["display_name"] for entry in groups.entries.values() if entry["display_name"] not in named]
    if unnamed:
        result.warn("CSV has no place for groups that no user in the file has; YAML and JSON have", unnamed)
    known = [entry["display_name"] for entry in groups.entries.values() if "external_id" in entry]
    if known:
        result.warn("CSV has no place for the external_id of groups; YAML and JSON have", known)


def _name_formulas(result: Adoption, users: Choice[LiveUser]) -> None:
    found = [
        f"{entry['user_name']} ({name})"
        for entry in users.entries.values()
        for name, value in entry.items()
        if not isinstance(value, bool) and is_formula(value if isinstance(value, str) else ";".join(value))
    ]
    if found:
        result.warn("A spreadsheet would take some values for formulas; open the file with a text editor", found)


def _find_strangers(result: Adoption, groups: Choice[LiveGroup], members: dict[str, set[str]], people: set[str]) -> set[str]:
    """The groups with members whom the listing of users does not have: these cannot be named, and the listing may be cut off."""
    found = {id: len(members[id] - people) for id in groups.entries}
    for id, count in found.items():
        if count:
            reason = f"{count} of {len(members[id])} are listed as no user; is somebody missing in the listing?"
            result.refusals.append(Gap("group", groups.entries[id]["display_name"], "members", reason, (id,)))
    return {id for id, count in found.items() if count}


def _summarize(result: Adoption, users: Choice[LiveUser], groups: Choice[LiveGroup], memberships: int) -> Summary:
    """How much of what there is was exported. In CSV a group is where a user names it."""
    named = {name for entry in result.users for name in entry.get("groups", ())}
    exported = len(result.groups) or len(named)
    joined = sum(len(entry["members"]) for entry in result.groups) + sum(len(entry.get("groups", ())) for entry in result.users)
    left_out = len(groups.entries) + len(groups.unsayable) - exported
    protected = len(groups.protected)
    return {
        "users": {"exported": len(result.users), "out_of_scope": users.outside, "left_out": len(users.unsayable)},
        "groups": {"exported": exported, "out_of_scope": groups.outside, "protected": protected, "left_out": left_out},
        "memberships": {"exported": joined, "left_out": memberships - joined},
    }
