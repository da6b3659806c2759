# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is assigned to the application: read everything, plan, grant, wait until it can be seen, and only then take away."""

from __future__ import annotations

import typing as t

from .._entra.assignees import Resolver, check_entries, find_role, is_missing
from .._entra.assignments import DEFAULT_ACCESS, NO_ROLE, PEOPLE, Aim, Grant, brake, plan_assignments, titles
from .._entra.model import Principal
from .._entra.outcome import Outcome
from .._errors import InputError, Problem
from .._graph.applications import find_app
from .._graph.assignments import list_assignments
from .._graph.directory import count_members, find_groups, find_ids, find_users, has_nested_groups, names_like
from .._limit import Limit
from .._model import cut
from .._wording import cut_list
from .assignment_writes import AssignmentWrites

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._entra.assignees import Entered
    from .._entra.assignments import AssignmentPlan
    from .._entra.model import App, Role
    from .._graph.client import Graph

    Options = Mapping[str, t.Any]

NAMED = 5
"""So many of those with Default Access a warning names."""

NESTED_LOOKS = 20
"""Groups that are new to the application and are looked into for nested groups; one request each."""


def act(graph: Graph, options: Options) -> Outcome:
    """Brings the assignments to what is declared."""
    entries = check_entries(options)
    app = find_app(graph, options)
    roles = app.roles if app else None
    live = read_grants(graph, app) if app else []
    migration = _migration(options, roles)
    created = migration[1] if migration and not migration[0] and roles is not None else ""
    absent = options["state"] == "absent"
    found, groups = _find(graph, entries, live)
    resolver = Resolver(roles, created=created, absent=absent, alike={} if absent else _names_alike(graph, found))
    named = tuple(grant for entry in entries for grant in resolver.resolve(entry, found[entry.kind, entry.name]))
    resolver.close()
    plan = plan_assignments(live, Aim(options["state"], named, migration, created))
    limit = Limit(**options["removal_limit"])
    overrun = brake(plan, limit, _count_losses(graph, plan, limit), allow=options["allow_removals_over_limit"])
    outcome = Outcome(
        {"assignments": [grant.as_result() for grant in plan.after]},
        plan.operations(),
        before=titles([grant for grant in live if grant.type in PEOPLE]),
        after=titles(plan.after),
        warnings=[*resolver.warnings, *overrun, *_warn_of_groups(graph, plan, groups), *_warn_of_default(plan, options)],
        subject=app.display_name if app else "",
    )
    if app and outcome.changed and not graph.read_only:
        AssignmentWrites(graph, app).carry_out(plan, outcome)
    return outcome


def read_grants(graph: Graph, app: App) -> list[Grant]:
    """The assignments of the application, in names."""
    names = {NO_ROLE: DEFAULT_ACCESS, **{role.id: role.display_name for role in app.roles}}
    return [
        Grant(
            principal_id=str(one["principalId"]),
            principal=cut(str(one.get("principalDisplayName") or one["principalId"])),
            type=str(one.get("principalType") or ""),
            role_id=str(one["appRoleId"]),
            role=names.get(str(one["appRoleId"]), str(one["appRoleId"])),
            id=str(one["id"]),
        )
        for one in list_assignments(graph, app.principal_id)
    ]


def _migration(options: Options, roles: Sequence[Role] | None) -> tuple[str, str] | None:
    """The role to which Default Access is moved: its id, or "" where it is to be created."""
    if not options["migrate_default_access"]:
        return None
    name = str(options["migration_role"])
    if roles is None or is_missing(name, roles):
        return "", name
    role = find_role(name, roles)
    if role.reason:
        raise InputError([Problem("option migration_role", "", f"{name}: {role.reason}")])
    return role.id, role.name


def _find(
    graph: Graph, entries: Sequence[Entered], live: Sequence[Grant]
) -> tuple[dict[tuple[str, str], list[Principal]], dict[str, Principal]]:
    """The principals behind each entry; ids that are assigned already need no question. And all groups that were found, by id."""
    wanted = {kind: list(dict.fromkeys(entry.name for entry in entries if entry.kind == kind)) for kind in ("user", "group", "id")}
    known = {grant.principal_id: Principal(grant.principal_id, grant.type, grant.principal) for grant in live}
    unknown = [id for id in wanted["id"] if id not in known]
    found: dict[tuple[str, str], list[Principal]] = {("id", id): [known[id]] for id in wanted["id"] if id in known}
    for kind, principals in (
        ("user", find_users(graph, wanted["user"])),
        ("group", find_groups(graph, wanted["group"])),
        ("id", find_ids(graph, unknown)),
    ):
        found.update({(kind, name): ones for name, ones in principals.items()})
    return found, {one.id: one for ones in found.values() for one in ones if one.type == "Group"}


def _names_alike(graph: Graph, found: Mapping[tuple[str, str], Sequence[Principal]]) -> dict[str, list[str]]:
    """Names in the tenant that begin as those that are not found: one request for users, one for groups."""
    lost = {kind: [name for (one, name), principals in found.items() if one == kind and not principals] for kind in ("user", "group")}
    return {kind: names_like(graph, f"{kind}s", names) for kind, names in lost.items() if names}


def _count_losses(graph: Graph, plan: AssignmentPlan, limit: Limit) -> dict[str, int]:
    """The direct members of each group that loses access, one request for a thousand; counted until it is more than ever may go."""
    counts: dict[str, int] = {}
    left = limit.count - len(plan.losers)
    for group in plan.losers:
        if group.type == "Group" and left >= 0:
            counts[group.principal_id] = count_members(graph, group.principal_id, limit.count + 1)
            left -= counts[group.principal_id] - 1
    return counts


def _warn_of_groups(graph: Graph, plan: AssignmentPlan, groups: Mapping[str, Principal]) -> list[str]:
    """Groups whose people, or some of them, are not provisioned although the group is assigned."""
    warnings = []
    for group in dict.fromkeys(groups[grant.principal_id] for grant in plan.after if grant.principal_id in groups):
        if not group.security_enabled:
            warnings.append(f"The group {group.name} is not a security group (securityEnabled is false): nobody is provisioned through it")
    fresh = dict.fromkeys(grant.principal_id for grant in plan.assign if grant.type == "Group")
    for principal_id in list(fresh)[:NESTED_LOOKS]:
        if has_nested_groups(graph, principal_id):
            name = next(grant.principal for grant in plan.assign if grant.principal_id == principal_id)
            warnings.append(f"The group {name} has other groups as members: only its direct members are provisioned, not theirs")
    return warnings


def _warn_of_default(plan: AssignmentPlan, options: Options) -> list[str]:
    holders = [grant.principal for grant in plan.after if grant.role_id == NO_ROLE]
    if not holders or options["allow_default_access"]:
        return []
    names = cut_list(holders, NAMED)
    return [
        f"{len(holders)} with Default Access, who are excluded from provisioning: {names}. migrate_default_access moves them to a real role"
    ]
