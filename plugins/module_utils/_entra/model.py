# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What planning, the wire and the workflows of Entra pass to each other: an application, its roles and jobs, users and groups. Pure."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

if t.TYPE_CHECKING:
    from collections.abc import Mapping

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""How ids look in Entra; anything else Graph would refuse with an unclear 400."""


@dataclass(frozen=True)
class Role:
    """One app role of an application."""

    id: str
    display_name: str
    enabled: bool = True
    for_users: bool = True
    """Whether users and groups may have it."""


@dataclass(frozen=True)
class App:
    """A service principal, and as far as asked for the application behind it."""

    principal_id: str
    app_id: str
    application_id: str
    """The object id of the application; empty where nobody asked for it."""
    display_name: str
    template_id: str
    roles: tuple[Role, ...] = ()
    tags: tuple[str, ...] = ()
    raw: Mapping[str, t.Any] = field(default_factory=dict)
    """The service principal as it was read."""
    application: Mapping[str, t.Any] = field(default_factory=dict)
    """The application as it was read, where somebody asked for it."""


@dataclass(frozen=True)
class Job:
    """One synchronization job; `raw` is the job as it was read."""

    id: str
    template_id: str
    raw: Mapping[str, t.Any] = field(default_factory=dict)


class Principal(t.NamedTuple):
    """A user or a group of the tenant."""

    id: str
    type: str
    """C(User) or C(Group), as assignments say it."""
    name: str
    """The displayName: lists of assignments show no other."""
    security_enabled: bool = True
    user_name: str = ""
    """The userPrincipalName of a user who was found by mail."""
