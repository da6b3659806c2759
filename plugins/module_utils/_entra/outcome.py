# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a workflow of the Entra half did, or would do: told in names, for people. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

if t.TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Operation:
    """One thing done or to be done. `details` has no secret.

    `kind` is what it is done to (application, assignment, role, job, setting, secret, mapping, ...), `verb` what is done (create,
    update, delete, assign, unassign, start, pause, restart, store, ...), `name` which one, as a person would call it.
    """

    kind: str
    verb: str
    name: str
    details: Mapping[str, t.Any] = field(default_factory=dict)

    def as_result(self) -> dict[str, t.Any]:
        """One entry of C(operations) in a module result."""
        entry: dict[str, t.Any] = {"kind": self.kind, "verb": self.verb, "name": self.name}
        return {**entry, "details": dict(self.details)} if self.details else entry


@dataclass
class Outcome:
    """The end of one task: `result` has the documented keys of the module, `before` and `after` are for C(--diff).

    `failed` is the message of a task that failed although some of it was done; then `operations` has what was done.
    """

    result: dict[str, t.Any] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    before: dict[str, t.Any] = field(default_factory=dict)
    after: dict[str, t.Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    failed: str = ""
    subject: str = ""
    """What the task is about, as a person would call it; empty where the options say it."""

    @property
    def changed(self) -> bool:
        """Whether anything was done, or would be."""
        return bool(self.operations)
