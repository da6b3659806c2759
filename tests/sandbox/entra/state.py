# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the sandbox's Entra tenant is made of: plain records, one lock. No HTTP, no behaviour of the service."""

from __future__ import annotations

import threading
import typing as t
import uuid
from dataclasses import dataclass, field

Json = dict[str, t.Any]


@dataclass
class User:
    """A person. `attributes` has Graph's names: userPrincipalName, displayName, givenName, surname, mail, department, ..."""

    id: str
    attributes: Json
    account_enabled: bool = True
    soft_deleted: bool = False


@dataclass
class Group:
    """A group. `members` are ids of users and groups; only direct users are ever provisioned."""

    id: str
    attributes: Json
    members: list[str] = field(default_factory=list)
    security_enabled: bool = True


@dataclass
class Assignment:
    """One appRoleAssignedTo entry of a service principal."""

    id: str
    principal_id: str
    role_id: str
    created: str
    listed_at: float = 0.0


@dataclass
class Link:
    """What the provisioning service remembers of one object: its id at the target, and whether it was disabled there."""

    target_id: str
    disabled: bool = False
    unassigned: bool = False
    """It was disabled because its assignment went: it is not deleted later on."""
    kind: str = "User"
    """User or Group, in Entra."""
    name: str = ""
    known: Json = field(default_factory=dict)
    """The target attributes with the values that they have as far as the service knows."""
    members: list[str] = field(default_factory=list)
    """The ids, at the target, of the members that the service put into a group."""


@dataclass
class Job:
    """One synchronization job. `schema` is the whole synchronizationSchema, `status` and `schedule` are as Graph shows them."""

    id: str
    template_id: str
    schema: Json
    schedule: Json
    status: Json
    settings: list[Json] = field(default_factory=list)
    links: dict[str, Link] = field(default_factory=dict)
    """By the id of the user or group in Entra."""
    watermark: int = 0
    """How many cycles are complete since the last reset; 0 = the next one is an initial cycle."""
    resets: int = 0
    """How often the watermark was reset: a cycle that was running meanwhile does not count as the one after it."""
    everybody: bool = False
    """It has run with everybody in scope, and goes on so until it is restarted, whatever SyncAll says meanwhile."""
    force_deletes: bool = False
    """The next cycle lets through what the deletion threshold held back."""
    escrows: dict[str, Json] = field(default_factory=dict)
    """Objects that failed, by id: they are tried again in each cycle."""
    skips: dict[str, str] = field(default_factory=dict)
    """Why an object was left out last time, by id, so that it is logged once."""
    visible_at: float = 0.0
    listed_at: float = 0.0
    flickers: int = 0


@dataclass
class Application:
    """An application together with its service principal: one instantiate makes both."""

    id: str
    app_id: str
    principal_id: str
    template_id: str
    display_name: str
    application: Json
    """The application as Graph shows it."""
    principal: Json
    """The service principal as Graph shows it: appRoles, tags, preferredSingleSignOnMode, keyCredentials, ..."""
    assignments: dict[str, Assignment] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    """As they were PUT, unmasked; Graph never shows the sensitive ones."""
    policies: list[str] = field(default_factory=list)
    thumbprints: list[str] = field(default_factory=list)
    """Of the signing certificates, SHA-1 in capital hexadecimal digits."""
    visible_at: float = 0.0
    """From when on it can be read by its id, by the clock of the service."""
    listed_at: float = 0.0
    """From when on listings show it."""
    flickers: int = 0
    """How many more times a read that finds it is followed by one that does not; odd and even in turn."""
    sync_errors: int = 0
    """How many more writes to its synchronization are refused because it is new."""
    removed: list[tuple[Assignment, float]] = field(default_factory=list)
    """Assignments that were taken away, and until when listings still show them."""
    shown_secrets: tuple[dict[str, str], float] = field(default_factory=lambda: ({}, 0.0))
    """The secrets before the last PUT, and until when GET shows those."""


class Directory:
    """The Entra tenant. Whoever reads or writes it holds `lock`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.tenant_id = str(uuid.uuid4())
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.applications: dict[str, Application] = {}
        """By the id of the service principal."""
        self.deleted_applications: dict[str, Application] = {}
        self.policies: dict[str, Json] = {}
        self.logs: list[Json] = []
        """provisioningObjectSummary, oldest first."""

    def clear(self) -> None:
        """An empty tenant with the same id."""
        self.users.clear()
        self.groups.clear()
        self.applications.clear()
        self.deleted_applications.clear()
        self.policies.clear()
        self.logs.clear()
