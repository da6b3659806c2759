# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users and groups of an Entra tenant, by name or id: few requests for many names."""

from __future__ import annotations

import typing as t

from .._entra.model import Principal
from .._errors import ServiceError, TransportError
from .._model import cut, key
from .._transport.address import quote_segment
from .client import literal
from .dialect import is_foreign
from .resources import GROUP as GROUP_SHAPE
from .resources import USER as USER_SHAPE
from .shapes import all_sound, texts_of

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .client import Graph

    Json = Mapping[str, t.Any]

CLAUSES = 15
"""Conditions that one $filter of Graph may have without advanced queries; so many names are asked for in one request."""

MEMBERS = 999
"""The largest page of a list of members."""

START = 2
"""So many characters of a name are taken to be right where a name like it is looked for."""

USER = "id,displayName,userPrincipalName,mail"
GROUP = "id,displayName,securityEnabled"

GUEST = "#ext#"
"""In the userPrincipalName of whoever was invited from another tenant, in lower case."""


def find_users(graph: Graph, names: Sequence[str]) -> dict[str, list[Principal]]:
    """The users behind each name: by userPrincipalName, and where there is none of that, by mail.

    No guest is found by mail: whose tenant it is decides what stands there, and nobody is to be taken for a colleague because of it.
    """
    found = _by_name(graph, "users", USER, "userPrincipalName", names)
    rest = [name for name in names if not found[name]]
    by_mail = _by_mail(graph, rest)
    mailed = {name: [_user(one, by_mail=True) for one in users if not _is_guest(one)] for name, users in by_mail.items()}
    return {name: mailed.get(name) or [_user(one) for one in users] for name, users in found.items()}


def find_groups(graph: Graph, names: Sequence[str]) -> dict[str, list[Principal]]:
    """The groups behind each displayName."""
    found = _by_name(graph, "groups", GROUP, "displayName", names)
    return {name: [_group(one) for one in groups] for name, groups in found.items()}


def find_ids(graph: Graph, ids: Sequence[str]) -> dict[str, list[Principal]]:
    """The user or the group behind each id."""
    users = _by_name(graph, "users", USER, "id", ids)
    groups = _by_name(graph, "groups", GROUP, "id", [id for id in ids if not users[id]])
    return {id: [*map(_user, users[id]), *map(_group, groups.get(id, ()))] for id in ids}


def names_like(graph: Graph, kind: str, names: Sequence[str]) -> list[str]:
    """Names of C(users), C(groups) or C(servicePrincipals) that begin as these do, for a message: one request, the first page.

    Nothing where it is refused.
    """
    attribute = "userPrincipalName" if kind == "users" else "displayName"
    starts = list(dict.fromkeys(key(name)[:START] for name in names))[:CLAUSES]
    if not starts:
        return []
    condition = " or ".join(f"startswith({attribute},{literal(start)})" for start in starts)
    try:
        page = graph.get(kind, params={"$filter": condition, "$select": f"id,{attribute}", "$top": MEMBERS})
    except TransportError:
        return []
    return texts_of(page, attribute)


def has_nested_groups(graph: Graph, group_id: str) -> bool:
    """Whether groups are among the first thousand direct members: theirs are not provisioned. False where that may not be read."""
    try:
        members = _members(graph, group_id, MEMBERS)
    except ServiceError as error:
        if error.status in (403, 404):
            return False
        raise
    return any(str(member.get("@odata.type")).endswith(".group") for member in members)


def count_members(graph: Graph, group_id: str, most: int) -> int:
    """How many direct members a group has, counted up to `most`; so many too where they may not be read, and none where it is gone.

    They are listed: C($count) would need the advanced queries of Graph, which lag.
    """
    try:
        return len(_members(graph, group_id, most))
    except ServiceError as error:
        if error.status == 403:
            return most
        if error.status != 404 or is_foreign(error):
            raise
        return 0


def _members(graph: Graph, group_id: str, most: int) -> list[dict[str, t.Any]]:
    return graph.list(f"groups/{quote_segment(group_id)}/members", params={"$select": "id", "$top": MEMBERS}, limit=most)


def _by_name(graph: Graph, kind: str, select: str, attribute: str, names: Sequence[str]) -> dict[str, list[Json]]:
    """What has each of these values in `attribute`, which Graph compares without regard to case."""
    found: dict[str, list[Json]] = {name: [] for name in names}
    wanted: dict[str, list[str]] = {}
    for name in found:
        wanted.setdefault(key(name), []).append(name)
    for batch in _batches(list(found)):
        condition = " or ".join(f"{attribute} eq {literal(name)}" for name in batch)
        listed = graph.list(kind, params={"$filter": condition, "$select": select})
        for one in all_sound(listed, USER_SHAPE if kind == "users" else GROUP_SHAPE, f"one of the {kind}"):
            for name in wanted.get(key(str(one.get(attribute) or "")), ()):
                found[name].append(one)
    return found


def _by_mail(graph: Graph, addresses: Sequence[str]) -> dict[str, list[Json]]:
    """Who has each of these addresses, with the type of user where it may be read: C(User.ReadBasic.All) may not do for that."""
    try:
        return _by_name(graph, "users", f"{USER},userType", "mail", addresses)
    except ServiceError as error:
        if error.status != 403:
            raise
        return _by_name(graph, "users", USER, "mail", addresses)


def _batches(names: Sequence[str]) -> Iterator[Iterable[str]]:
    for start in range(0, len(names), CLAUSES):
        yield names[start : start + CLAUSES]


def _is_guest(one: Json) -> bool:
    """A guest, by either sign: a type that may not be read tells nothing."""
    return key(str(one.get("userType") or "")) == "guest" or GUEST in key(str(one.get("userPrincipalName") or ""))


def _user(one: Json, *, by_mail: bool = False) -> Principal:
    user_name = str(one.get("userPrincipalName") or one["id"])
    return Principal(str(one["id"]), "User", cut(str(one.get("displayName") or user_name)), user_name=cut(user_name) if by_mail else "")


def _group(one: Json) -> Principal:
    return Principal(str(one["id"]), "Group", cut(str(one.get("displayName") or one["id"])), bool(one.get("securityEnabled", True)))
