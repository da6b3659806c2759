# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""By which attribute of Entra a mapping names people at Zscaler, and whether it takes users and groups there at all. Pure."""

from __future__ import annotations

import typing as t

from .located import locate

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    Schema = Mapping[str, t.Any]

NAMES = ("userPrincipalName", "mail")
"""Attributes that a userName may come from, Microsoft's default first."""


class Naming(t.NamedTuple):
    """`names` are the attributes to look at, the likeliest first; `users` and `groups` say whether they are provisioned."""

    names: tuple[str, ...] = NAMES
    users: bool = True
    groups: bool = True
    warning: str = ""


def naming_of(schema: Schema) -> Naming:
    """What the schema of a job says of that."""
    mappings = {side: located.mapping if located else None for side in ("users", "groups") for located in (locate(schema, side)[0],)}
    users, groups = mappings["users"], mappings["groups"]
    source = _user_name_source(users or {})
    names = tuple(sorted(NAMES, key=lambda name: name.casefold() != source.casefold()))
    warning = ""
    if users is not None and source.casefold() not in [name.casefold() for name in NAMES]:
        warning = (
            "the mapping makes the userName from something else than userPrincipalName or mail, so that people of Entra are found at "
            "Zscaler by these two, or by their id as externalId, and some may not be"
        )
    return Naming(names, _is_on(users), _is_on(groups), warning)


def _is_on(mapping: Mapping[str, t.Any] | None) -> bool:
    return mapping is not None and mapping.get("enabled") is not False


def _user_name_source(mapping: Mapping[str, t.Any]) -> str:
    """The attribute that goes to userName as it is; empty for an expression."""
    for flow in mapping.get("attributeMappings") or ():
        if str(flow.get("targetAttributeName")).casefold() == "username":
            source = flow.get("source") or {}
            return str(source.get("name") or "") if str(source.get("type")).casefold() == "attribute" else ""
    return ""
