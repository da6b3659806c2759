# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a comparison reads: the tenant over SCIM, and of Microsoft Graph who is to be provisioned, and what became of it. Only reads."""

from __future__ import annotations

import datetime
import typing as t
from dataclasses import replace

from ._drift.model import Entra, Person, Team, Told
from ._entra.assignments import NO_ROLE
from ._entra.latest import latest_of
from ._entra.logs import as_moment
from ._entra.naming import Naming, naming_of
from ._entra.settings_keys import describe_settings
from ._entra.status import schedule_state
from ._errors import InputError, Problem, Refusal, ServiceError
from ._graph.applications import find_app
from ._graph.assignments import list_assignments
from ._graph.audit import list_logs
from ._graph.directory import names_like
from ._graph.people import Account, all_groups, all_users, blocked_of_ids, members_of, users_of_ids
from ._graph.permissions import permission
from ._graph.schema import Schema
from ._graph.synchronization import find_job, read_secrets
from ._model import cut, key, shown
from ._wire.reader import GROUP_EXTERNAL_ID
from ._wording import cut_list, did_you_mean, nearest

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from ._drift.compare import Questions
    from ._entra.model import App, Job
    from ._graph.client import Graph
    from ._model import Directory, Document
    from ._wire.reader import ScimReader

    Options = Mapping[str, t.Any]
    Json = dict[str, t.Any]
    Names = dict[str, list[str]]

DAYS = 7
"""So far back the provisioning logs are read where no moment is given; Microsoft keeps them as long for every tenant."""

REFUSED = (401, 403)

Answer = t.TypeVar("Answer")


class Assigned(t.NamedTuple):
    """What the application says of who is in scope: the accounts, why each is, and the groups."""

    accounts: dict[str, Account]
    how: dict[str, str]
    teams: tuple[Team, ...]
    warnings: tuple[str, ...] = ()


class EntraSide:
    """The Entra half of a comparison, read with one `Graph` that looks once and waits for nothing."""

    def __init__(self, graph: Graph, options: Options) -> None:
        self._graph, self._options = graph, options
        self.app = self._find_app()
        self.job: Job | None = find_job(graph, self.app, options.get("template_id") or "")
        self.since = as_moment(options.get("logs_since")) or _days_ago(graph)
        self.warnings: list[str] = []

    def _find_app(self) -> App:
        """The application. InputError where there is none of that name."""
        app = find_app(self._graph, self._options)
        if app is None:
            name = str(self._options.get("display_name") or "")
            hint = did_you_mean([shown(one) for one in nearest(name, names_like(self._graph, "servicePrincipals", [name]))])
            raise InputError([Problem("option entra.display_name", "", f"there is no application {shown(name)} in this tenant{hint}")])
        return app

    def read(self) -> Entra:
        """Who is to be provisioned: a page of assignments for each 999, the members of each group that is assigned, or all users."""
        naming, scope = self._naming(), self._scope()
        found = self._everybody() if scope == "all" else self._assigned()
        people = [self._person(account, found.how[id], naming) for id, account in found.accounts.items()]
        self.warnings += found.warnings
        return Entra(
            application=self.app.display_name,
            scope=scope,
            job=schedule_state(self.job.raw) if self.job else "",
            people=tuple(people),
            teams=found.teams,
            users_mapped=naming.users,
            groups_mapped=naming.groups,
        )

    def _naming(self) -> Naming:
        """What the job's mapping says of names; Microsoft's default where there is no job, or where it may not be read."""
        if self.job is None:
            return Naming()
        naming = self._permitted(
            lambda: naming_of(Schema.of_job(self._graph, self.app.principal_id, self.job.id if self.job else "").read()),
            Naming(),
            "the mapping may not be read, so that Microsoft's default is assumed",
        )
        self.warnings += [naming.warning] if naming.warning else []
        return naming

    def _scope(self) -> str:
        """C(assigned) or C(all); the former, with a warning, where the settings may not be read."""
        if self.job is None:
            return "assigned"
        text = "the settings of provisioning may not be read, so that its scope is taken for assigned"
        secrets: dict[str, str] = self._permitted(lambda: read_secrets(self._graph, self.app.principal_id), {}, text)
        return describe_settings(secrets)["scope"] or "assigned"

    def _permitted(self, read: Callable[[], Answer], otherwise: Answer, text: str) -> Answer:
        """What `read` gives, or what holds where a permission for it is missing, with a warning."""
        try:
            return read()
        except ServiceError as error:
            if error.status not in REFUSED:
                raise
            self.warnings.append(f"{text}; that takes the permission {permission(error.request)} on Microsoft Graph")
            return otherwise

    def _everybody(self) -> Assigned:
        """Scope all: every user and every security group of the tenant. The members of all groups would be too many requests."""
        users = {user.id: user for user in all_users(self._graph)}
        groups = [one for one in all_groups(self._graph) if one.get("securityEnabled") is not False]
        teams = tuple(Team(str(one["id"]), cut(str(one.get("displayName") or one["id"])), "in scope (all)") for one in groups)
        return Assigned(users, dict.fromkeys(users, "in scope (all)"), teams)

    def _assigned(self) -> Assigned:
        """Scope assigned: who is assigned, and the direct members of the groups that are."""
        direct: dict[str, str] = {}
        names: dict[str, str] = {}
        for one in list_assignments(self._graph, self.app.principal_id):
            id, real = str(one["principalId"]), str(one["appRoleId"]) != NO_ROLE
            if one.get("principalType") == "Group":
                names[id] = cut(str(one.get("principalDisplayName") or id))
            elif one.get("principalType") == "User" and (real or id not in direct):
                direct[id] = "assigned" if real else "assigned with Default Access"
        return self._with_members(direct, names)

    def _with_members(self, direct: dict[str, str], names: dict[str, str]) -> Assigned:
        accounts: dict[str, Account] = {}
        by_group: Names = {}
        teams: list[Team] = []
        nested: list[str] = []
        for id, name in sorted(names.items(), key=lambda one: key(one[1])):
            members = members_of(self._graph, id)
            nested += [name] if members.nested else []
            teams.append(Team(id, name, "assigned", frozenset(user.id for user in members.users)))
            for user in members.users:
                accounts[user.id] = user
                by_group.setdefault(user.id, []).append(name)
        accounts.update((user.id, user) for user in users_of_ids(self._graph, direct.keys() - accounts.keys()))
        how = {id: direct.get(id) or _by_groups(by_group[id]) for id in accounts}
        text = f"groups are nested in {cut_list(list(map(shown, nested)), 5)}; Entra does not provision their members"
        return Assigned(accounts, how, tuple(teams), (text,) if nested else ())

    def _person(self, account: Account, how: str, naming: Naming) -> Person:
        """One person, by the names that the mapping may give. Refusal where Graph shows none: nobody could be found by that."""
        texts = {"userPrincipalName": account.user_principal_name, "mail": account.mail}
        names = tuple(dict.fromkeys(texts[name] for name in naming.names if texts[name]))
        if not names:
            raise Refusal(
                f"Microsoft Graph shows neither userPrincipalName nor mail of {shown(account.display_name or account.id)}, so nobody can "
                "be found at Zscaler. The application that logs in probably lacks the permission User.ReadBasic.All on "
                "Microsoft Graph, with the consent of an administrator."
            )
        return Person(account.id, names, how)

    def told(self, ids: Collection[str]) -> dict[str, Told]:
        """What the logs say last of these, at most so many entries of them; nothing is asked where nobody wants to know."""
        if not ids or self.job is None:
            return {}
        job_id, limit = self.job.id, self._options["logs_limit"]
        text = "the provisioning logs may not be read, so that no reasons can be told"
        entries: Sequence[Json] | None = self._permitted(
            lambda: list_logs(self._graph, job_id=job_id, since=self.since, limit=limit), None, text
        )
        if entries is None:
            self.since = ""
        return {id: Told(latest.text, latest.disabled) for id, latest in latest_of(entries or (), ids).items()}

    def blocked(self, ids: Sequence[str]) -> dict[str, bool | None]:
        """Whether these accounts may not log in, as far as that may be read."""
        return blocked_of_ids(self._graph, ids) if ids else {}


def _by_groups(names: Sequence[str]) -> str:
    return f"assigned by group{'' if len(names) == 1 else 's'} {cut_list(list(names), 2)}"


def _days_ago(graph: Graph) -> str:
    return (graph.now() - datetime.timedelta(days=DAYS)).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_tenant(
    service: ScimReader, read: Callable[[ScimReader], Directory] | None, document: Document | None, *, whole: bool
) -> Directory:
    """The tenant: what a plan needs (`read`), or all of it where Entra is to be compared as well (`whole`)."""
    if read is not None and not whole:
        return read(service)
    declared = {name for user in document.users for name in user.values} if document else set()
    if document and any(group.external_id is not None for group in document.groups):
        declared.add(GROUP_EXTERNAL_ID)
    return service.read(users=True, groups=True, members=True, declared=declared | {"active"})


def with_doubt_of_emptiness(service: ScimReader, directory: Directory, names: Sequence[str]) -> Directory:
    """The same; with a doubt where nobody is listed and the first of those who are missing is known all the same (F44)."""
    if directory.users or not names:
        return directory
    known = service.find_users(user_name=names[0])
    if not known:
        return directory
    return replace(directory, doubts=(*directory.doubts, f"no users are listed at all, yet {shown(known[0].user_name)} is known"))


def to_ask(questions: Questions, told: Mapping[str, Told]) -> list[str]:
    """Who is inactive at Zscaler and was not disabled by Entra as its logs tell it, so that the account has to be looked at."""
    return [id for id in questions.inactive if not (id in told and told[id].disabled)]
