# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form of the state document: which keys an entry has, of which kind, how long. Pure; all checks and the schema read it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from types import MappingProxyType

from .._model import Place

if t.TYPE_CHECKING:
    from collections.abc import Mapping


class Field(t.NamedTuple):
    """One key of an entry.

    `kind` is text, login (a userName), group (a group's name), mail, date, flag, choice, or list; `limit` counts
    characters, `limit_bytes` UTF-8 bytes, 0 = none; `clear` says that "" is allowed and clears the value; `items` are the
    kinds of a list's items, and `entry` the keys of those items that are mappings; `default` is what an absent key means.
    """

    kind: str
    about: str
    limit: int = 0
    limit_bytes: int = 0
    required: bool = False
    clear: bool = False
    choices: tuple[str, ...] = ()
    items: str = ""
    entry: str = ""
    default: str = ""


NO_LINES: Mapping[str, int] = MappingProxyType({})


class Raw(t.NamedTuple):
    """One entry as it was read, unchecked; `lines` tells the lines of its fields where the format knows them."""

    kind: str
    place: Place
    values: Mapping[str, object]
    lines: Mapping[str, int] = NO_LINES


@dataclass(frozen=True)
class Unquoted:
    """A number or date as it was typed; YAML and JSON do not take it for text, so it is none."""

    text: str
    type_name: str


# Zscaler documents 127 characters for the login, 128 for user and department names, "128 characters or 127 bytes" for
# groups. It documents no limit for ids, external ids and parts of names; those are bounds of good sense.
LOGIN_LIMIT = 127
GROUP_LIMIT_BYTES = 127

PRESENT = "present"

_EXTERNAL_ID = Field("text", "The id of the object in the source system, such as the HR number.", limit=256, clear=True)
_ID = Field("text", "The id that the service gave to the object.", limit=256)
_STATE = Field("choice", "Whether the object shall exist.", choices=(PRESENT, "absent"), default=PRESENT)

USER_FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "user_name": Field("login", "The login, user@domain.", limit=LOGIN_LIMIT, required=True),
        "external_id": _EXTERNAL_ID,
        "id": _ID,
        "display_name": Field("text", "The name that people see.", limit=128, clear=True),
        "given_name": Field("text", "The first name.", limit=128, clear=True),
        "family_name": Field("text", "The last name.", limit=128, clear=True),
        "email": Field("mail", "The mail address; it need not be the login.", limit=254, clear=True),
        "department": Field("text", "The one department of the user.", limit=128, clear=True),
        "active": Field("flag", "Whether the user may log in."),
        "groups": Field("list", "All groups of the user, by name; [] takes the user out of all.", items="group"),
        "state": _STATE,
    }
)

GROUP_FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "display_name": Field("group", "The name of the group.", limit_bytes=GROUP_LIMIT_BYTES, required=True),
        "external_id": _EXTERNAL_ID,
        "id": _ID,
        "previous_names": Field("list", "Names that the group had; one that still exists is renamed.", items="group"),
        "membership": Field("choice", "What the list of members means.", choices=("exact", "append", "remove")),
        "members": Field("list", "The members, by userName; [] empties the group.", items="login", entry="member"),
        "state": _STATE,
    }
)

MEMBER_FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "user_name": Field("login", "The userName of the member.", limit=LOGIN_LIMIT, required=True),
        "expires": Field("date", "The last day of the membership, YYYY-MM-DD."),
    }
)

SCHEMA_KEY = "$schema"
"""The key at the top by which a JSON file tells editors its schema; it declares nothing."""
SCHEMA_URL = "https://raw.githubusercontent.com/scimops/scimops.zscaler_one/1.0.0/docs/schema/state.json"
"""Where the schema of this version is published: its own C($id)."""

ROOT_FIELDS = MappingProxyType({"users": "user", "groups": "group"})
