# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out a plan of assignments: whoever is to lose one role for another loses it only once the other can be seen."""

from __future__ import annotations

import typing as t
import uuid

from .._entra.assignments import operation, sorted_grants, titles
from .._entra.outcome import Operation
from .._errors import CollectionError, ServiceError, Throttled, Unauthorized
from .._graph.again import look_again
from .._graph.applications import with_application
from .._graph.assignments import assign, create_role, has_role, list_assignments, unassign
from .._graph.permissions import advise
from .._wording import cut_lines

if t.TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .._entra.assignments import AssignmentPlan, Grant
    from .._entra.model import App
    from .._entra.outcome import Outcome
    from .._graph.client import Graph

IN_A_ROW = 10
"""So many refusals one after the other end the run: the next ones would be refused too."""

SHOWN = 20
"""So many failures a message names."""


class AssignmentWrites:
    """One plan on its way. Refusals are collected, so that one bad principal does not stop the others."""

    def __init__(self, graph: Graph, app: App) -> None:
        self._graph = graph
        self._app = app
        self._done: list[Operation] = []
        self._failures: list[str] = []
        self._reasons: list[str] = []
        """Why what was written cannot be seen, once for all that it befalls."""
        self._granted: list[Grant] = []
        self._taken: list[Grant] = []
        self._unsure: set[str] = set()
        """Principals of whom nothing is taken away, since what they were to get is not there for sure."""

    def carry_out(self, plan: AssignmentPlan, outcome: Outcome) -> None:
        """Writes what the plan says; `outcome` gets what was really done, and what failed. Raises an error if that is all there is."""
        try:
            granted = self._each(self._with_role(plan), self._assign)
            self._wait(granted, there=True)
            taken = [grant for grant in plan.unassign if grant.principal_id not in self._unsure]
            self._wait(self._each(taken, self._unassign), there=False)
        except CollectionError as error:
            if not self._done:
                raise
            self._failures.append(f"{error}{advise(error)}. Stopped there; the next run does what is left")
        outcome.operations = self._done
        now = self._now(plan)
        outcome.result["assignments"], outcome.after = [grant.as_result() for grant in now], titles(now)
        if self._failures:
            outcome.failed = self._explain(len(plan.assign) + len(plan.unassign))

    def _now(self, plan: AssignmentPlan) -> list[Grant]:
        """All assignments of users and groups as they are now: the plan, less what was not done."""
        planned, taken = {grant.key for grant in plan.assign}, {grant.key for grant in self._taken}
        kept = [grant for grant in plan.after if grant.key not in planned]
        return sorted_grants([*kept, *self._granted, *(grant for grant in plan.unassign if grant.key not in taken)])

    def _with_role(self, plan: AssignmentPlan) -> Sequence[Grant]:
        """The grants to be made, all with the id of a role; one that does not exist is created and waited for."""
        if not plan.create_role:
            return plan.assign
        new_id = str(uuid.uuid4())
        role_id = create_role(self._graph, with_application(self._graph, self._app), plan.create_role, new_id)
        if role_id == new_id:
            self._done.append(Operation("role", "create", plan.create_role))
        seen, why = look_again(self._graph, lambda: has_role(self._graph, self._app, role_id))
        if not seen:
            raise NotSeen(f"The role {plan.create_role} is created, but {why}; nobody was assigned or lost anything")
        return [grant if grant.role_id else grant._replace(role_id=role_id) for grant in plan.assign]

    def _each(self, grants: Sequence[Grant], write: Callable[[Grant], None]) -> list[Grant]:
        """Writes one after the other; those that were not refused. Raises what would befall the next ones too."""
        fine, row = [], 0
        for grant in grants:
            try:
                write(grant)
            except ServiceError as error:
                row += 1
                if isinstance(error, (Unauthorized, Throttled)) or error.status == 403 or row == IN_A_ROW:
                    raise
                self._failures.append(f"{grant.title}: {error}")
                self._unsure.add(grant.principal_id)
            else:
                row = 0
                fine.append(grant)
        return fine

    def _assign(self, grant: Grant) -> None:
        if assign(self._graph, self._app.principal_id, grant.principal_id, grant.role_id):
            self._done.append(operation("assign", grant))
        self._granted.append(grant)

    def _unassign(self, grant: Grant) -> None:
        unassign(self._graph, self._app.principal_id, grant.id)
        self._taken.append(grant)
        self._done.append(operation("unassign", grant))

    def _wait(self, grants: Sequence[Grant], *, there: bool) -> None:
        """Waits until the list of assignments shows all of them, or none; the principals of those it does not are unsure."""
        missing = {grant.key: grant for grant in grants}
        if not missing:
            return
        wrong: list[Grant] = []

        def look() -> bool:
            listed = {(one["principalId"], one["appRoleId"]) for one in list_assignments(self._graph, self._app.principal_id)}
            wrong[:] = [grant for key, grant in missing.items() if (key in listed) != there]
            return not wrong

        seen, why = look_again(self._graph, look)
        if seen:
            return
        state = "assigned, and not seen yet" if there else "taken away, and still seen"
        for grant in wrong or missing.values():
            self._unsure.add(grant.principal_id)
            self._failures.append(f"{grant.title}: {state}")
        self._reasons.append(f"What is {'assigned' if there else 'taken away'} is written, but {why}. Run the task again")

    def _explain(self, planned: int) -> str:
        lines = [f"{len(self._failures)} of {planned} changes failed or cannot be seen yet; {len(self._done)} are done."]
        return "\n".join([*lines, *cut_lines(self._failures, SHOWN), *self._reasons])


class NotSeen(CollectionError):
    """Something that was written cannot be seen in time, and the next steps need it."""
