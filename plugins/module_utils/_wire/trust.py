# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an answer is what was asked for, before anybody is shown, changed or overwritten because of it. Pure."""

from __future__ import annotations

import contextlib
import typing as t

from .._errors import ServiceError, TransportError
from .._model import key
from .resources import identifier, live_group, live_user

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from .._errors import Ambiguous
    from .resources import Resource

MESSAGES = "urn:ietf:params:scim:api:messages:2.0:"
"""How the schemas of what is no resource begin: Error, ListResponse (RFC 7644 8.2)."""

DEEPEST = 32
"""Levels of nesting in a resource; the deepest thing in RFC 7643 has four."""


def objection(kind: str, id: str, body: object) -> str:
    """Why a body cannot be the resource C(kind)/C(id) that was asked for; "" where it can.

    A service that answers 200 with an error, a list or somebody else must not have it written back as that user.
    """
    if not isinstance(body, dict):
        return "the answer is no SCIM resource; check base_url"
    if "Resources" in body or _is_message(body.get("schemas")):
        return "the answer is an error or a list instead of one resource"
    shown = identifier(body.get("id"))
    if shown and shown != id:
        return f"the answer shows another object, with the id {shown!r}"
    if not name_of(kind, body):
        return f"the answer has no {'userName' if kind == 'Users' else 'displayName'}, so it is no resource of this kind"
    return "the answer is nested too deeply" if is_deep(body) else ""


def name_of(kind: str, body: Resource) -> str:
    """The userName of a user, or the displayName of a group; "" where it is not shown."""
    return live_user(body).user_name if kind == "Users" else live_group(body).display_name


def is_another(kind: str, name: str, body: object) -> bool:
    """Whether a body shows an object of another name; one that shows no name may be the one."""
    shown = name_of(kind, body) if isinstance(body, dict) else ""
    return bool(shown) and key(shown) != key(name)


def is_deep(value: object) -> bool:
    """Whether a value is nested more deeply than any resource is, and than recursion should go."""
    layer = [value]
    for _level in range(DEEPEST):
        layer = [part for holder in layer for part in _parts(holder) if isinstance(part, (dict, list))]
        if not layer:
            return False
    return True


def readable_members(members: object) -> list[Resource] | None:
    """The members as a group shows them, to be written back; None where there are others than objects with an id."""
    if not isinstance(members, list):
        return None
    readable = all(isinstance(member, dict) and identifier(member.get("value")) for member in members)
    return members if readable else None


def _parts(holder: object) -> t.Iterable[object]:
    if isinstance(holder, dict):
        return holder.values()
    return holder if isinstance(holder, list) else ()


def _is_message(schemas: object) -> bool:
    return isinstance(schemas, list) and any(str(urn).startswith(MESSAGES) for urn in schemas if isinstance(urn, str))


@contextlib.contextmanager
def looking(unknown: Ambiguous) -> Iterator[None]:
    """Inside, it is looked for what was perhaps created. Where nobody can look, such as after a signal, the error is that it is `unknown`.

    Not "not sent", which would be said of the look. ServiceError 409 is what the look found.
    """
    try:
        yield
    except TransportError as error:
        if isinstance(error, ServiceError) and error.status == 409:
            raise
        raise unknown.unseen(error) from error
