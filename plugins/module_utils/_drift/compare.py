# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Git, Entra and Zscaler side by side: everybody in one category, and in none who is everywhere as wanted. Pure.

What differs between Git and Zscaler is what the planner would change, so that this comparison and a plan cannot disagree.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._errors import Refusal
from .._model import DesiredGroup, Directory, Document, key, shown
from .._planning.directory import plan_directory
from .._wording import cut_list
from .groups import count_members, judge_group
from .model import ABSENCES, EXTRA, Comparison
from .people import judge_user
from .rows import Rows, World, declared_world, enter_people, enter_teams, managed_members, says_active

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .._planning.plan import Plan
    from .._planning.policy import Policy
    from .case import Case
    from .model import Entra, Finding
    from .rows import Row

FEW = 5
"""How many names a warning has."""

ASSUMED = "taken for one that an earlier task of this play makes"
"""How the planner's warning of an assumed member ends, which is none here: it is told of the group."""


class Questions(t.NamedTuple):
    """Ids of Entra of whom its logs are to be asked, and of the users among them who are inactive at Zscaler."""

    logs: frozenset[str]
    inactive: tuple[str, ...]


def plan_of(document: Document, directory: Directory, policy: Policy) -> Plan:
    """The plan that scim_directory would make, but that nothing is refused because of what is not there, nor for doubts.

    Raises InputError and Refusal for what is wrong whatever Zscaler shows.
    """
    document = _with_named_groups(document, directory, policy)
    if policy.missing_members == "fail":
        policy = replace(policy, missing_members="assume")
    return plan_directory(document, replace(directory, doubts=()), policy)


def _with_named_groups(document: Document, directory: Directory, policy: Policy) -> Document:
    """The document, with a group for each that users name and that is nowhere: somebody has deleted it, so that it is missing."""
    known = {key(group.display_name) for group in directory.groups}
    known.update(key(name) for group in document.groups for name in (group.display_name, *group.previous_names))
    named: dict[str, DesiredGroup] = {}
    for user in document.users:
        for name in user.groups or () if user.present else ():
            if key(name) not in known and policy.scope.has_group(name):
                named.setdefault(key(name), DesiredGroup(name, user.place))
    return replace(document, groups=(*document.groups, *named.values())) if named else document


def bring_together(document: Document | None, directory: Directory, policy: Policy, plan: Plan | None, entra: Entra | None) -> World:
    """Everybody, once, with what each side says. `document` and `plan` are None without a state in Git."""
    if document is None or plan is None:
        check_ids(directory)
        world = World(Rows("user", directory.users), Rows("group", directory.groups))
    else:
        world = declared_world(_with_named_groups(document, directory, policy), directory, plan)
    if entra is not None:
        enter_people(world.users, entra.people)
        enter_teams(world.groups, entra.teams)
    return world


def check_ids(directory: Directory) -> None:
    """Raise Refusal where one id stands for two names, as the planner does: nobody can be told from another then."""
    objects: list[tuple[str, str, str]] = [("user", user.id, user.user_name) for user in directory.users]
    objects += [("group", group.id, group.display_name) for group in directory.groups]
    names: dict[tuple[str, str], str] = {}
    for kind, id, name in objects:
        first = names.setdefault((kind, id), name)
        if key(first) != key(name):
            text = f"Refused: the service shows the {kind} id {shown(id)} as {shown(first)} and as {shown(name)}"
            raise Refusal(f"{text}; nothing can be compared. Run again; if it stays so, ask the service's operator.", listing="suspect")


def questions(world: World) -> Questions:
    """Of whom Entra's logs have to be asked: who is in scope there, and not at Zscaler or inactive at it."""
    absent = [row.inside.id for rows in (world.users, world.groups) for row in rows if row.inside is not None and row.live is None]
    inactive = [row.inside.id for row in world.users if row.inside is not None and row.live is not None and row.live.active is False]
    return Questions(frozenset((*absent, *inactive)), tuple(inactive))


def compare(world: World, case: Case, document: Document | None, plan: Plan | None) -> Comparison:
    """All findings. Of a doubtful listing none that says that something is not there."""
    case = replace(
        case,
        zscaler_id={row.inside.id: row.live.id for row in world.users if row.inside is not None and row.live is not None},
        managed=managed_members(document, world.users),
        unknown_members=_unknown_members(plan) if plan else frozenset(),
    )
    users = [judge_user(row, case) for row in world.users]
    groups = [judge_group(row, case) for row in world.groups]
    result = Comparison(
        [finding for finding in (*users, *groups) if finding is not None],
        users=sum(1 for row in world.users if _counts(row) and case.is_our_user(row)),
        groups=sum(1 for row in world.groups if _counts(row) and case.is_our_group(row)),
        doubts=case.directory.doubts,
    )
    result.warnings += [text for text in plan.warnings if not text.endswith(ASSUMED)] if plan else case.directory.warnings
    result.warnings += [*_unverifiable(plan), *_silent(world, case), *_two_masters(world, case, result.findings)]
    if result.doubts:
        result.findings, told = _only_seen(result.findings)
        result.warnings.append(f"The listing is doubtful: {'; '.join(result.doubts)}. {told} Run again.")
    return result


def _counts(row: Row) -> bool:
    """Whether the row is one to compare: declared absent and not there is none."""
    return row.live is not None or row.inside is not None or row.present


def _unknown_members(plan: Plan) -> frozenset[str]:
    """Keys of the names that the plan gives to groups, of whom there is nobody and whom it does not make."""
    created = {key(step.name) for step in plan.users if step.verb == "create"}
    return frozenset(key(user.name) for step in plan.member_steps() for user in step.add if not user.id) - created


def _only_seen(findings: Sequence[Finding]) -> tuple[list[Finding], str]:
    """What the listing shows, and a sentence on what it may only have left out."""
    seen = [finding for finding in findings if finding.category not in ABSENCES]
    for finding in seen:
        if finding.missing_members:
            finding.missing_members = []
            finding.reason = "; ".join(count_members(finding.members, []))
    left = len(findings) - len(seen)
    told = f"; {left} that it does not show {'is' if left == 1 else 'are'} left out here" if left else ""
    return seen, f"Nobody is called missing because of it{told}."


def _unverifiable(plan: Plan | None) -> Iterable[str]:
    if plan is not None and plan.unverifiable:
        yield f"The service shows {', '.join(plan.unverifiable)} of nobody, so that cannot be compared."


def _silent(world: World, case: Case) -> Iterable[str]:
    """Who is declared without a word on active, and inactive: that is left alone by scim_directory, and so no drift."""
    rows = [row for row in world.users if row.present and row.live is not None and row.live.active is False]
    names = [shown(row.name) for row in rows if not says_active(row.desired) and (row.inside is None or case.entra is None)]
    if names:
        yield f"Inactive at Zscaler, and declared without active, so that this is no drift: {cut_list(names, FEW)}"


def _two_masters(world: World, case: Case, findings: Sequence[Finding]) -> Iterable[str]:
    """Objects that Git and Entra both write: they undo each other's changes, or will one day."""
    if case.entra is None or not case.declared or not case.entra.running:
        return
    parts, names = [], []
    for what, rows, mapped in (("user", world.users, case.entra.users_mapped), ("group", world.groups, case.entra.groups_mapped)):
        both = [row.name for row in rows if mapped and row.inside is not None and row.present]
        parts += [f"{len(both)} {what}{'' if len(both) == 1 else 's'}"] if both else []
        names += both
    if names:
        listed = cut_list([shown(name) for name in names], FEW)
        yield (
            f"Two masters: {' and '.join(parts)} {'is' if len(names) == 1 else 'are'} declared in Git and assigned in Entra, whose "
            f"provisioning job is running, so that scim_directory and Entra write the same objects: {listed}. Leave each to one of them; "
            "scope tells which are Git's"
        )
    lost = [shown(one.name) for one in findings if one.category == EXTRA and one.entra not in ("not assigned", "not in Entra")]
    if lost:
        yield f"Git would remove {len(lost)} whom Entra is told to provision, and would make again: {cut_list(lost, FEW)}"
