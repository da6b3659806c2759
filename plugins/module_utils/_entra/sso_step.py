# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One step on the way to single sign-on: what is to be written, and the same in names. Pure."""

from __future__ import annotations

import enum
import typing as t
from dataclasses import dataclass, field

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .outcome import Operation


class Write(enum.Enum):
    """The writes there are. What a step needs for each stands in `body` or `id`."""

    PRINCIPAL = "PATCH of the service principal with `body`"
    APPLICATION = "PATCH of the application with `body`"
    MAKE_CERTIFICATE = "a new signing certificate, `body` has its displayName"
    ACTIVATE_CERTIFICATE = "the certificate with the thumbprint `id`, or the new one, becomes the active one"
    CREATE_POLICY = "a new claims policy, `body` has displayName and definition"
    UPDATE_POLICY = "the claims policy `id` gets the definition in `body`"
    UNASSIGN_POLICY = "the claims policy `id` is taken away from the application"
    ASSIGN_POLICY = "the claims policy `id`, or the new one, is assigned to the application"


@dataclass(frozen=True)
class SsoStep:
    """One write. `shows` is the part of the description (see `saml.describe_sso`) that is another one afterwards."""

    write: Write
    operations: tuple[Operation, ...]
    id: str = ""
    """Of what it is done to; empty for what an earlier step makes."""
    body: Mapping[str, t.Any] = field(default_factory=dict)
    shows: Mapping[str, t.Any] = field(default_factory=dict)
