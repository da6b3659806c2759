# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happened to one object: a record that the provisioning log, the escrows and provision on demand are written from."""

from __future__ import annotations

import typing as t
import uuid
from dataclasses import dataclass, field

from .evaluation import Value, text
from .payloads import Change

if t.TYPE_CHECKING:
    from .mapping import Mapping, Verdict
    from .snapshot import Subject
    from .state import Json, Link

SKIPPED = {
    "RedundantExport": "The state of the {kind} in both the source and target systems already match. No change to the {kind} "
    "'{name}' currently needs to be made.",
    "NotEffectivelyEntitled": "The {kind} '{name}' will be skipped because it is not assigned to the application in a role that "
    "is provisioned.",
    "NotInScope": "The {kind} '{name}' will be skipped because it does not pass the scoping filters.",
    "NotActiveInSource": "The {kind} '{name}' will be skipped because it is not active in the source system.",
    "SkipOutOfScopeDeletions": "The {kind} '{name}' left the scope; it stays as it is because SkipOutOfScopeDeletions is set.",
    "AddNotAllowed": "The {kind} '{name}' is not in the target system, and the mapping does not create objects.",
    "UpdateNotAllowed": "The {kind} '{name}' differs in the target system, and the mapping does not update objects.",
    "DeleteNotAllowed": "The {kind} '{name}' should go from the target system, and the mapping does not delete objects.",
    "StagedDelete": "The {kind} '{name}' is not disabled or deleted because more of them would go than the threshold for "
    "accidental deletions allows.",
}


@dataclass
class Outcome:
    """What happened to one object. `action` and `status` are words of the provisioning log."""

    mapping: Mapping
    kind: str
    source_id: str
    name: str
    action: str = "other"
    status: str = "success"
    skip_reason: str = ""
    error_code: str = ""
    error_reason: str = ""
    target_id: str = ""
    link: Link | None = None
    """What is to be remembered."""
    forget: bool = False
    """The link goes away."""
    changes: list[Change] = field(default_factory=list)
    steps: list[Json] = field(default_factory=list)
    title: str = ""
    """The display name in Entra; `name` is what identifies it, such as the user principal name."""
    seconds: float = 0.0
    change_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def is_failure(self) -> bool:
        """Whether it went wrong."""
        return self.status == "failure"

    @property
    def is_export(self) -> bool:
        """Whether the target was changed."""
        return self.status == "success" and self.action in ("create", "update", "disable", "delete")

    def step(self, name: str, kind: str, description: str, details: t.Mapping[str, Value] | None = None, status: str = "success") -> None:
        """One more step."""
        shown = {key: text(value) for key, value in (details or {}).items() if value is not None}
        self.steps.append({"name": name, "provisioningStepType": kind, "status": status, "description": description, "details": shown})

    def imported(self, subject: Subject) -> None:
        """The step of reading the source."""
        self.title = text(subject.value("displayName"))
        self.step(
            "EntryImport",
            "import",
            f"Retrieved {self.kind} '{self.name}' from {self.mapping.source_system}",
            subject.shown(),
        )

    def scoped(self, subject: Subject, verdict: Verdict) -> None:
        """The step of deciding whether the object is in scope."""
        details = {
            "IsActive": subject.is_active,
            "Assigned": subject.assigned,
            "IsEffectivelyEntitledForProvisioning": verdict.entitled,
            "IsInProvisioningScopeDisplayName": verdict.scoping.is_in,
            "ScopeEvaluationResult": verdict.scoping.as_text(),
        }
        description = f"Determine if {self.kind} in scope by evaluating against each scoping filter"
        self.step("EntrySynchronizationScoping", "scoping", description, details)

    def matched(self, found: t.Mapping[str, Value] | None) -> None:
        """The step of looking for the object at the target."""
        target = self.mapping.target_system
        if found is None:
            self.step("EntryImportByMatchingAttributes", "matching", f"Received no {self.kind} from {target}: '{self.name}' is not there")
        else:
            self.step("EntryImport", "matching", f"Retrieved '{self.name}' from {target}", found)

    def skipped(self, reason: str) -> Outcome:
        """Nothing is done."""
        self.status, self.skip_reason = "skipped", reason
        self.step("EntrySynchronizationSkip", "export", self.explanation, {"SkipReason": reason}, "skipped")
        return self

    def failed(self, code: str, reason: str, kind: str = "export") -> Outcome:
        """It went wrong."""
        self.status, self.error_code, self.error_reason = "failure", code, reason
        names = {"create": "EntryExportAdd", "delete": "EntryExportDelete", "other": "EntrySynchronizationError"}
        name = names.get(self.action, "EntryExportUpdate") if kind == "export" else "EntryImport"
        self.step(name, kind, f"Failed to process {self.kind} '{self.name}'; {reason}", {"ErrorCode": code}, "failure")
        return self

    def exported(self) -> Outcome:
        """The target has been changed."""
        words = {"create": ("EntryExportAdd", "created in"), "delete": ("EntryExportDelete", "deleted from")}
        name, done = words.get(self.action, ("EntryExportUpdate", "updated in" if self.action == "update" else "disabled in"))
        description = f"{self.kind} '{self.name}' was {done} {self.mapping.target_system}"
        self.step(name, "export", description, {change.name: change.new for change in self.changes})
        return self

    @property
    def explanation(self) -> str:
        """Why it was skipped, as a sentence."""
        sentence = SKIPPED.get(self.skip_reason, "The {kind} '{name}' is skipped.")
        return sentence.format(kind=self.kind, name=self.name)
