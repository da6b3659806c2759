# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An Entra tenant with one application and one started job, in front of a SCIM sandbox: what the tests of the engine work on."""

from __future__ import annotations

import contextlib
import datetime
import json
import typing as t
import uuid

from ansible_collections.scimops.zscaler_one.tests.sandbox.entra import defaults
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.engine import Engine, initial_schedule, initial_status
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.state import Application, Assignment, Directory, Group, Job, User
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.switches import EntraSwitches
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

Json = dict[str, t.Any]
ZERO = "00000000-0000-0000-0000-000000000000"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class Clock:
    """A clock that goes on by hand."""

    def __init__(self) -> None:
        self.time = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        self.time += datetime.timedelta(seconds=1)
        return self.time


class Rig:
    """The tenant, its application, and the engine."""

    def __init__(self, sandbox: Sandbox, **switches: t.Any) -> None:
        self.sandbox = sandbox
        self.directory = Directory()
        self.clock = Clock()
        self.switches = EntraSwitches(**{"entra_cycle_delay": 3600.0, "entra_cycle_interval": 3600.0, **switches})
        self.engine = Engine(self.directory, trust=lambda: sandbox.ca_path, switches=self.switches, now=self.clock)
        self.role = str(uuid.uuid4())
        roles = [{"id": self.role, "displayName": "User"}]
        ids = (str(uuid.uuid4()), str(uuid.uuid4()), str(uuid.uuid4()))
        self.application = Application(ids[0], ids[1], ids[2], "template", "Zscaler One", {}, {"appRoles": roles})
        self.application.secrets = {"BaseAddress": sandbox.base_url, "SecretToken": sandbox.token, "SyncAll": "false"}
        schema = defaults.default_schema("zscalerOne", "Zscaler One", source_directory="Microsoft Entra ID", more=True)
        self.job = Job("zscalerOne.1.2", "zscalerOne", schema, {**initial_schedule(), "state": "Active"}, initial_status())
        self.application.jobs[self.job.id] = self.job
        self.directory.applications[self.application.principal_id] = self.application

    # Entra

    def user(self, name: str, *, assigned: bool = True, **attributes: t.Any) -> User:
        names = {"userPrincipalName": f"{name}@corp.example", "displayName": name.title(), "givenName": name.title(), "surname": "Example"}
        user = User(str(uuid.uuid4()), {**names, **attributes})
        self.directory.users[user.id] = user
        if assigned:
            self.assign(user)
        return user

    def group(self, name: str, *members: t.Any, assigned: bool = True, security: bool = True) -> Group:
        group = Group(str(uuid.uuid4()), {"displayName": name}, [member.id for member in members], security)
        self.directory.groups[group.id] = group
        if assigned:
            self.assign(group)
        return group

    def assign(self, principal: t.Any, role: str = "") -> None:
        id = str(uuid.uuid4())
        self.application.assignments[id] = Assignment(id, principal.id, role or self.role, "2026-01-01T00:00:00Z")

    def unassign(self, principal: t.Any) -> None:
        kept = {id: one for id, one in self.application.assignments.items() if one.principal_id != principal.id}
        self.application.assignments = kept

    # The schema

    def mapping(self, kind: str = "User") -> Json:
        mappings: list[Json] = self.job.schema["synchronizationRules"][0]["objectMappings"]
        return next(mapping for mapping in mappings if mapping["sourceObjectName"] == kind)

    def attribute(self, target: str, kind: str = "User") -> Json:
        mappings: list[Json] = self.mapping(kind)["attributeMappings"]
        return next(one for one in mappings if one["targetAttributeName"] == target)

    def function(self, target: str, expression: str, **more: t.Any) -> None:
        """Maps a target attribute from an expression."""
        source = {"type": "Function", "name": expression.partition("(")[0], "expression": expression, "parameters": []}
        mappings = self.mapping()["attributeMappings"]
        mappings[:] = [one for one in mappings if one["targetAttributeName"] != target]
        mappings.append({**defaults.mapping(target, source), **more})

    def scope(self, *clauses: tuple[str, str, str | None], kind: str = "User", which: str = "groups") -> None:
        """One filter group."""
        made = [
            {"sourceOperandName": name, "operatorName": operator, "targetOperand": None if value is None else {"values": [value]}}
            for name, operator, value in clauses
        ]
        self.mapping(kind)["scope"] = {"groups": [], "inputFilterGroups": [], "categoryFilterGroups": []}
        self.mapping(kind)["scope"][which] = [{"name": "pilot", "clauses": made}]

    @property
    def rule_id(self) -> str:
        return str(self.job.schema["synchronizationRules"][0]["id"])

    # The engine

    def cycle(self) -> Json:
        """One cycle; only the counts that are not 0."""
        counts = self.engine.cycle(self.application, self.job)
        assert counts.pop("ran"), counts
        return {name: count for name, count in counts.items() if count and name != "initial"}

    def demand(self, *subjects: Json, rule: str = "") -> tuple[Json, t.Any]:
        """Provision on demand: key and value, decoded."""
        pair = self.engine.on_demand(self.application, self.job, [{"ruleId": rule or self.rule_id, "subjects": list(subjects)}])
        return json.loads(pair["key"]), json.loads(pair["value"])

    def restart(self, scope: str = "") -> None:
        """Restart; no cycle of its own accord, for the delay is long."""
        self.engine.restart(self.application, self.job, scope)

    # What came of it

    def people(self) -> dict[str, Json]:
        """The users at the target by the name before the @."""
        records = self.sandbox.tenant.users.records.values()
        return {record.name.partition("@")[0]: record.attributes for record in records}

    def groups(self) -> dict[str, list[str]]:
        """The groups at the target with their members."""
        users = self.sandbox.tenant.users.records
        return {
            record.name: sorted(users[id].name.partition("@")[0] for id in record.links)
            for record in self.sandbox.tenant.groups.records.values()
        }

    def writes(self) -> list[tuple[str, str, t.Any]]:
        """The writes since the last call: method, route, body."""
        seen = [(entry.method, entry.route, entry.body) for entry in self.sandbox.journal.writes]
        self.sandbox.journal.clear()
        return seen

    def logs(self, **status: str) -> list[Json]:
        """The log's lines; with `status` those of that status."""
        lines = self.directory.logs
        return [line for line in lines if not status or line["provisioningStatusInfo"]["status"] == status["status"]]


@contextlib.contextmanager
def rigged(profile: str = "zia", *, tls: bool = False, scim: Json | None = None, **switches: t.Any) -> t.Iterator[Rig]:
    """A rig with a sandbox of its own."""
    with Sandbox(profile, tls=tls, switches={"default_admin": False, **(scim or {})}) as sandbox:
        rig = Rig(sandbox, **switches)
        try:
            yield rig
        finally:
            rig.engine.stop()
