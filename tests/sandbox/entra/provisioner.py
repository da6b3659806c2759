# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One object at a time: found or made at the target, changed where it differs, disabled or deleted. Only differences are sent."""

from __future__ import annotations

import dataclasses
import typing as t

from . import matching
from .expressions import ExpressionError
from .payloads import Change, Manner, place_of, read, resource_of, same
from .records import Outcome
from .scim_client import CredentialsRefused, TargetError
from .state import Link

if t.TYPE_CHECKING:
    from .evaluation import Value
    from .mapping import Mapping
    from .scim_client import ScimClient
    from .snapshot import Snapshot, Subject
    from .state import Json

BAD_RESPONSE = "SystemForCrossDomainIdentityManagementBadResponse"


class Provisioner:
    """Writes to one target. Its methods return outcomes; they raise CredentialsRefused only."""

    def __init__(self, client: ScimClient, snapshot: Snapshot) -> None:
        self._client = client
        self._is_rfc = snapshot.settings.is_rfc
        self._links = snapshot.links
        self._owners = {link.target_id: id for id, link in snapshot.links.items()}

    def provision(
        self, mapping: Mapping, subject: Subject, outcome: Outcome, *, look: bool, only: t.Collection[str] | None = None
    ) -> Outcome:
        """Makes the object at the target what it is in Entra. `look` = read the target first; `only` = of the members just these."""
        try:
            return self._provision(mapping, subject, outcome, look, only)
        except CredentialsRefused:
            raise
        except ExpressionError as error:
            return outcome.failed("AttributeMappingFunctionEvaluationFailed", str(error))
        except matching.NoMatch as error:
            return outcome.failed(error.code, error.reason, "matching")
        except TargetError as error:
            return outcome.failed(BAD_RESPONSE, error.reason)

    def _provision(self, mapping: Mapping, subject: Subject, outcome: Outcome, look: bool, only: t.Collection[str] | None) -> Outcome:
        link = self._links.get(subject.id)
        if link and look:
            link = self._read_again(mapping, link, outcome)
        if link is None:
            link = self._matched(mapping, subject, outcome)
        if link is None and "Add" not in mapping.flows:
            return outcome.skipped("AddNotAllowed")
        if link is None:
            link = self._create(mapping, subject, outcome)
        else:
            gone = self._update(mapping, subject, link, outcome)
            if gone:
                return self._again(mapping, subject, outcome, only)
        outcome.link = link
        self._change_members(mapping, subject, link, outcome, look=look, only=only)
        if outcome.status != "success":
            return outcome
        return outcome.exported() if outcome.changes else outcome.skipped("RedundantExport")

    def _again(self, mapping: Mapping, subject: Subject, outcome: Outcome, only: t.Collection[str] | None) -> Outcome:
        """The linked object was deleted at the target: it is looked for, and made if it is not there."""
        self._links.pop(subject.id, None)
        outcome.changes, outcome.action = [], "other"
        return self._provision(mapping, subject, outcome, False, only)

    def _read_again(self, mapping: Mapping, link: Link, outcome: Outcome) -> Link | None:
        found = matching.by_id(self._client, mapping, link.target_id)
        if found is None:
            return None
        known = self._known(mapping, found)
        outcome.matched({**known, "id": link.target_id})
        return dataclasses.replace(link, known=known, members=list(link.members))

    def _matched(self, mapping: Mapping, subject: Subject, outcome: Outcome) -> Link | None:
        found = matching.find(self._client, mapping, self._values(mapping, subject, is_new=True))
        if found is None:
            outcome.matched(None)
            return None
        target_id = str(found["id"])
        other = self._links.get(self._owners.setdefault(target_id, subject.id))
        if other and other.target_id == target_id:
            raise matching.NoMatch("DuplicateSourceEntries", f"{other.kind} '{other.name}' is linked to the matching entry already.")
        known = self._known(mapping, found)
        outcome.matched({**known, "id": target_id})
        return Link(target_id, kind=subject.kind, name=subject.name, known=known)

    @staticmethod
    def _known(mapping: Mapping, resource: Json) -> dict[str, Value]:
        """The mapped attributes of a resource, members apart."""
        values = {one.target: read(resource, one.target) for one in mapping.attributes if place_of(one.target).head.lower() != "members"}
        return {name: value for name, value in values.items() if value is not None}

    def _values(self, mapping: Mapping, subject: Subject, *, is_new: bool) -> dict[str, Value]:
        """The attributes as they should be; a single reference (a manager) once its object is linked."""
        values = mapping.values(subject, is_new=is_new)
        for target, ids in mapping.references(subject).items():
            if place_of(target).head.lower() != "members" and ids and ids[0] in self._links:
                values[target] = self._links[ids[0]].target_id
        return values

    def _create(self, mapping: Mapping, subject: Subject, outcome: Outcome) -> Link:
        values = self._values(mapping, subject, is_new=True)
        outcome.action = "create"
        outcome.changes = [Change(name, None, value) for name, value in values.items()]
        answer = self._client.send("POST", mapping.route, resource_of(mapping.target_kind, values, mapping.types))
        id = answer.body.get("id") if isinstance(answer.body, dict) else None
        if not id:
            raise TargetError(0, "The answer to the creation has no id.")
        outcome.target_id = str(id)
        self._owners[outcome.target_id] = subject.id
        return Link(str(id), kind=subject.kind, name=subject.name, known=values)

    def _update(self, mapping: Mapping, subject: Subject, link: Link, outcome: Outcome) -> bool:
        """Sends what differs. True if the object is not there any more."""
        outcome.target_id = link.target_id
        values = self._values(mapping, subject, is_new=False)
        changes = [Change(name, link.known.get(name), value) for name, value in values.items() if not same(link.known.get(name), value)]
        link.name = subject.name
        if changes and "Update" not in mapping.flows:
            outcome.skipped("UpdateNotAllowed")
            return False
        if changes:
            outcome.action, outcome.changes = "update", changes
            if self._patch(mapping, link, Manner(is_rfc=self._is_rfc, types=mapping.types).attributes(changes)):
                return True
            link.known.update({change.name: change.new for change in changes})
        link.disabled = link.unassigned = False
        return False

    def _patch(self, mapping: Mapping, link: Link, body: Json) -> bool:
        """True if the object is not there any more."""
        try:
            self._client.send("PATCH", matching.address(mapping, link.target_id), body)
        except TargetError as error:
            if error.status != 404:
                raise
            return True
        return False

    def _change_members(
        self, mapping: Mapping, subject: Subject, link: Link, outcome: Outcome, *, look: bool, only: t.Collection[str] | None
    ) -> None:
        """Adds and removes members. When the target is looked at anew, all of them are added again, for Entra never reads members."""
        ids = mapping.references(subject).get("members")
        if ids is None or outcome.status != "success" or ("Update" not in mapping.flows and outcome.action != "create"):
            return
        wanted = dict.fromkeys(self._links[id].target_id for id in ids if id in self._links and (only is None or id in only))
        present = set(link.members)
        joining = [id for id in wanted if id not in present or (look and only is None)]
        leaving = [id for id in link.members if id not in wanted] if only is None else []
        if not joining and not leaving:
            return
        for body in Manner(is_rfc=self._is_rfc, types=mapping.types).members(joining, leaving):
            self._client.send("PATCH", matching.address(mapping, link.target_id), body)
        before, gone = link.members, set(leaving)
        link.members = [id for id in dict.fromkeys([*before, *joining]) if id not in gone]
        if link.members != before:
            outcome.action = "create" if outcome.action == "create" else "update"
            outcome.changes.append(Change("members", before or None, link.members))

    # Leaving

    def leave(self, mapping: Mapping, subject: Subject, outcome: Outcome, *, unassigned: bool) -> Outcome:
        """Disables an object that left the scope; one that cannot be disabled (a group, no mapping from IsSoftDeleted) is deleted."""
        link = self._links[subject.id]
        link.unassigned = unassigned
        try:
            values = mapping.leaving_values(subject)
            if not values:
                return self.remove(mapping, link, outcome)
            return self._disable(mapping, link, values, outcome)
        except ExpressionError as error:
            return outcome.failed("AttributeMappingFunctionEvaluationFailed", str(error))
        except CredentialsRefused:
            raise
        except TargetError as error:
            return outcome.failed(BAD_RESPONSE, error.reason)

    def _disable(self, mapping: Mapping, link: Link, values: t.Mapping[str, Value], outcome: Outcome) -> Outcome:
        outcome.action, outcome.target_id = "disable", link.target_id
        if "Update" not in mapping.flows:
            return outcome.skipped("UpdateNotAllowed")
        # Sent even where the target is known to be disabled: Replace, whatever was there.
        outcome.changes = [Change(name, link.known.get(name, ""), value) for name, value in values.items()]
        if self._patch(mapping, link, Manner(is_rfc=self._is_rfc, types=mapping.types).attributes(outcome.changes)):
            outcome.forget = True
            return outcome.skipped("RedundantExport")
        link.known.update(values)
        link.disabled = True
        outcome.link = link
        return outcome.exported()

    def remove(self, mapping: Mapping, link: Link, outcome: Outcome) -> Outcome:
        """Deletes an object at the target; that it is gone already is as good."""
        outcome.action, outcome.target_id = "delete", link.target_id
        if "Delete" not in mapping.flows:
            return outcome.skipped("DeleteNotAllowed")
        try:
            self._client.send("DELETE", matching.address(mapping, link.target_id))
        except CredentialsRefused:
            raise
        except TargetError as error:
            if error.status != 404:
                return outcome.failed(BAD_RESPONSE, error.reason)
        outcome.forget = True
        return outcome.exported()
