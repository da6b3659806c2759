# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People and groups of an Entra tenant in great number: whole lists and members, in pages of 999, and never a request for each of them."""

from __future__ import annotations

import typing as t

from .._errors import ServiceError
from .._model import cut
from .._transport.address import quote_segment
from .client import literal
from .dialect import is_foreign
from .directory import CLAUSES, MEMBERS
from .resources import GROUP, USER
from .shapes import all_sound, record, text

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from .client import Graph

    Json = dict[str, t.Any]

SELECT = "id,displayName,userPrincipalName,mail"

BATCHED = 10 * CLAUSES
"""Up to so many people are asked for by their ids, in ten requests; beyond that the pages of all users cost less."""

MEMBER = record(id=text, displayName=text, userPrincipalName=text, mail=text)


class Account(t.NamedTuple):
    """One user: the id, and what a userName at Zscaler may be made of."""

    id: str
    display_name: str
    user_principal_name: str
    mail: str


class Membership(t.NamedTuple):
    """The direct members of one group: users, and how many groups are nested in it."""

    users: tuple[Account, ...]
    nested: int


def all_users(graph: Graph) -> list[Account]:
    """Every user of the tenant."""
    listed = graph.list("users", params={"$select": SELECT, "$top": MEMBERS})
    return [_account(one) for one in all_sound(listed, USER, "one of the users")]


def all_groups(graph: Graph) -> list[Json]:
    """Every group of the tenant, without members."""
    listed = graph.list("groups", params={"$select": "id,displayName,securityEnabled", "$top": MEMBERS})
    return all_sound(listed, GROUP, "one of the groups")


def users_of_ids(graph: Graph, ids: Collection[str]) -> list[Account]:
    """Those of these users who exist."""
    if len(ids) > BATCHED:
        wanted = set(ids)
        return [user for user in all_users(graph) if user.id in wanted]
    found = []
    for condition in _conditions(sorted(ids)):
        listed = graph.list("users", params={"$filter": condition, "$select": SELECT})
        found += [_account(one) for one in all_sound(listed, USER, "one of the users")]
    return found


def blocked_of_ids(graph: Graph, ids: Sequence[str]) -> dict[str, bool | None]:
    """For each of these users, at most 150 of them, whether the account may not log in; None where that may not be read."""
    found: dict[str, bool | None] = {}
    for condition in _conditions(ids[:BATCHED]):
        try:
            listed = graph.list("users", params={"$filter": condition, "$select": "id,accountEnabled"})
        except ServiceError as error:
            if error.status != 403:
                raise
            return {}
        for one in all_sound(listed, USER, "one of the users"):
            enabled = one.get("accountEnabled")
            found[str(one["id"])] = not enabled if isinstance(enabled, bool) else None
    return found


def members_of(graph: Graph, group_id: str) -> Membership:
    """The direct members of a group; none where it is gone."""
    path = f"groups/{quote_segment(group_id)}/members"
    try:
        listed = graph.list(path, params={"$select": SELECT, "$top": MEMBERS})
    except ServiceError as error:
        if error.status != 404 or is_foreign(error):
            raise
        return Membership((), 0)
    members = all_sound(listed, MEMBER, "a member of a group")
    nested = sum(1 for one in members if str(one.get("@odata.type")).endswith(".group"))
    return Membership(tuple(_account(one) for one in members if _is_user(one)), nested)


def _is_user(one: Json) -> bool:
    """Whether a member is a user; where the type is not told, one with a name to log in."""
    kind = str(one.get("@odata.type") or "")
    return kind.endswith(".user") or (not kind and bool(one.get("userPrincipalName")))


def _conditions(ids: Sequence[str]) -> Iterator[str]:
    """Filters for all of them."""
    for start in range(0, len(ids), CLAUSES):
        yield " or ".join(f"id eq {literal(id)}" for id in ids[start : start + CLAUSES])


def _account(one: Json) -> Account:
    texts: Iterable[str] = (cut(str(one.get(name) or "")) for name in ("displayName", "userPrincipalName", "mail"))
    return Account(str(one.get("id") or ""), *texts)
