# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users and groups of an Entra tenant, by name or id: few requests for many names."""

from __future__ import annotations

import typing as t

from .._errors import ServiceError
from .._model import key
from .._transport.address import quote_segment
from .client import literal

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .client import Graph

    Json = Mapping[str, t.Any]

CLAUSES = 15
"""Conditions that one $filter of Graph may have without advanced queries; so many names are asked for in one request."""

MEMBERS = 999
"""The largest page of a list of members."""

USER = "id,displayName,userPrincipalName,mail"
GROUP = "id,displayName,securityEnabled"


class Principal(t.NamedTuple):
    """A user or a group of the tenant."""

    id: str
    type: str
    """C(User) or C(Group), as assignments say it."""
    name: str
    """The displayName: lists of assignments show no other."""
    security_enabled: bool = True


def find_users(graph: Graph, names: Sequence[str]) -> dict[str, list[Principal]]:
    """The users behind each name: by userPrincipalName, and where there is none of that, by mail."""
    found = _by_name(graph, "users", USER, "userPrincipalName", names)
    rest = [name for name in names if not found[name]]
    found.update(_by_name(graph, "users", USER, "mail", rest))
    return {name: [_user(one) for one in users] for name, users in found.items()}


def find_groups(graph: Graph, names: Sequence[str]) -> dict[str, list[Principal]]:
    """The groups behind each displayName."""
    found = _by_name(graph, "groups", GROUP, "displayName", names)
    return {name: [_group(one) for one in groups] for name, groups in found.items()}


def find_ids(graph: Graph, ids: Sequence[str]) -> dict[str, list[Principal]]:
    """The user or the group behind each id."""
    users = _by_name(graph, "users", USER, "id", ids)
    groups = _by_name(graph, "groups", GROUP, "id", [id for id in ids if not users[id]])
    return {id: [*map(_user, users[id]), *map(_group, groups.get(id, ()))] for id in ids}


def has_nested_groups(graph: Graph, group_id: str) -> bool:
    """Whether groups are among the first thousand direct members: theirs are not provisioned. False where that may not be read."""
    try:
        members = graph.list(f"groups/{quote_segment(group_id)}/members", params={"$select": "id", "$top": MEMBERS}, limit=MEMBERS)
    except ServiceError as error:
        if error.status in (403, 404):
            return False
        raise
    return any(str(member.get("@odata.type")).endswith(".group") for member in members)


def _by_name(graph: Graph, kind: str, select: str, attribute: str, names: Sequence[str]) -> dict[str, list[Json]]:
    """What has each of these values in `attribute`, which Graph compares without regard to case."""
    found: dict[str, list[Json]] = {name: [] for name in names}
    wanted: dict[str, list[str]] = {}
    for name in found:
        wanted.setdefault(key(name), []).append(name)
    for batch in _batches(list(found)):
        condition = " or ".join(f"{attribute} eq {literal(name)}" for name in batch)
        for one in graph.list(kind, params={"$filter": condition, "$select": select}):
            for name in wanted.get(key(str(one.get(attribute) or "")), ()):
                found[name].append(one)
    return found


def _batches(names: Sequence[str]) -> Iterator[Iterable[str]]:
    for start in range(0, len(names), CLAUSES):
        yield names[start : start + CLAUSES]


def _user(one: Json) -> Principal:
    return Principal(str(one["id"]), "User", str(one.get("displayName") or one.get("userPrincipalName") or one["id"]))


def _group(one: Json) -> Principal:
    return Principal(str(one["id"]), "Group", str(one.get("displayName") or one["id"]), bool(one.get("securityEnabled", True)))
