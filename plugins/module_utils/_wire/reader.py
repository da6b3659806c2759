# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads a SCIM service: the whole tenant in as few requests as there are pages, or single objects by name or id."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._errors import ServiceError, Throttled, Unauthorized, UntrustedAnswer
from .._garbage import paused_gc
from .._model import Directory, LiveGroup, LiveUser, key
from .._transport.address import quote_segment
from .ahead import Ahead, useful
from .discovery import Capabilities, Discovery
from .listing import Listing, Page, fetch_page, read_all
from .reduction import GroupPages, UserPages, filled, filled_groups, special_emails, unseen, without_nested
from .resources import emails, equals, group_ids, live_group, live_user, user_ids
from .trust import objection

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable, Sequence

    from .listing import Sender
    from .resources import Resource

GROUP_EXTERNAL_ID = "groups.external_id"
"""The name of a group's externalId among declared and hidden attributes, which are otherwise those of users."""


HEAVY = 50_000
"""Memberships that users show from which on groups are read without theirs: a page of groups would take tens of megabytes (P7)."""

SMALLEST_PAGE = 15
"""Groups to a page below which no smaller page is tried."""

Kept = t.TypeVar("Kept")

WITHOUT_MEMBERS = {"excludedAttributes": "members"}


class FoundGroup(t.NamedTuple):
    """A group that was looked up; `members` has the ids of its users, or is None where they were not asked for."""

    group: LiveGroup
    members: set[str] | None = None


class ScimReader:
    """Everything that only reads. Writing is what C(ScimService) adds, so a reader cannot write (R9)."""

    def __init__(self, http: Sender, *, page_size: int = 1000) -> None:
        self._http = http
        self._page_size = page_size
        self._discovery = Discovery(http)
        self._emails: dict[str, list[dict[str, t.Any]]] = {}
        self._users_listed = False
        self._unfiltered: set[tuple[str, str]] = set()
        self._doubts: list[list[str]] = []
        self.page_size_seen = 0
        """Entries on the largest page that came; 0 before any listing."""

    @property
    def doubts(self) -> list[str]:
        """Why what was listed so far cannot be trusted; each reason once, none if it is complete."""
        return list(dict.fromkeys(doubt for doubts in self._doubts for doubt in doubts))

    def probe(self) -> None:
        """Asks for the first page of users: proof that the service answers and takes the token; the size is in C(page_size_seen)."""
        page = fetch_page(self._http, "Users", {"startIndex": 1, "count": self._page_size})
        self.page_size_seen = max(self.page_size_seen, len(page.resources))

    def capabilities(self) -> Capabilities:
        """What /ServiceProviderConfig says, read once; None in it where the service does not tell."""
        return self._discovery.capabilities()

    def schemas(self) -> tuple[str, ...]:
        """The URNs in /Schemas, sorted; empty where it is missing."""
        return self._discovery.schema_names()

    def read(
        self,
        *,
        users: bool = True,
        groups: bool = True,
        members: bool = True,
        declared: Collection[str] = (),
        member_groups: Container[str] | None = None,
        beyond: bool = False,
    ) -> Directory:
        """The tenant: ceil(users/page) + ceil(groups/page) requests where the service tells the truth.

        `declared` names the attributes that will be compared: if no user shows one of them, /Schemas is asked, once,
        whether it is hidden. `member_groups` has ids or keys of names of the groups whose members are needed, if not
        all: it saves requests with services that show members for single groups only; the others then have no entry.
        `beyond` asks once more after the end of each listing, for one that tells too low a total (F38).
        Raises Refusal where the service shows the same page for ever (F42); lesser lies are in `doubts`.
        """
        with paused_gc():
            return self._read(users=users, groups=groups, members=members, declared=declared, member_groups=member_groups, beyond=beyond)

    def _read(
        self, *, users: bool, groups: bool, members: bool, declared: Collection[str], member_groups: Container[str] | None, beyond: bool
    ) -> Directory:
        kept_users, user_list = self._list_users(invert=groups and members, asked=users)
        if beyond and users:
            _look_beyond(user_list)
        if kept_users.nameless:
            user_list.doubts.append(f"/Users: {kept_users.nameless} entries have no userName")
        if not groups:
            return self._directory(kept_users.users, declared, user_list.doubts)
        kept_groups, group_list = self._list_groups(kept_users, user_list.ids, members)
        if beyond:
            _look_beyond(group_list)
        elif kept_users.group_ids - group_list.ids.keys():
            group_list.look_beyond()
        if users and not beyond and kept_groups.strangers - group_list.ids.keys():
            # Members whom the listing of users does not have: the cheapest sign of a totalResults that is too low (F38).
            user_list.look_beyond()
        found = self._memberships(kept_users, kept_groups, group_list, member_groups) if members else None
        if kept_groups.nameless:
            group_list.doubts.append(f"/Groups: {kept_groups.nameless} entries have no displayName")
        directory = self._directory(kept_users.users, declared, [*user_list.doubts, *group_list.doubts])
        settled, hidden = self.settle_groups(kept_groups.groups, declared=GROUP_EXTERNAL_ID in declared)
        unlisted = frozenset(kept_users.group_ids - group_list.ids.keys())
        return replace(directory, groups=tuple(settled), members=found, hidden=directory.hidden | hidden, unlisted_groups=unlisted)

    def read_groups_of(self, users: Sequence[LiveUser]) -> Directory:
        """All groups, and which of them these users are in; other members are there too where the groups show them.

        From the groups if any shows members, else from the users one by one, else from a GET of each group.
        """
        kept, listing = self._list_groups(UserPages(self._emails, groups=False), {user.id: user.id for user in users}, True)
        ids = {user.id for user in users}
        found, partial = kept.members, False
        if not kept.members_shown:
            shown = {user.id: (self.get("Users", user.id) or {}).get("groups") for user in users}
            if any(groups is not None for groups in shown.values()):
                found = {group.id: {one for one in ids if group.id in set(group_ids(shown[one]))} for group in kept.groups}
                partial = True
            else:
                found = {group.id: self.members_of(group.id) for group in kept.groups} if users else {}
        members = {group.id: found.get(group.id, set()) for group in kept.groups}
        return Directory(groups=tuple(kept.groups), members=members, doubts=tuple(listing.doubts), partial=partial)

    def find_users(self, *, user_name: str = "", external_id: str = "", id: str = "") -> list[LiveUser]:
        """The users that have this id, or this externalId, or this userName: one request each, every user once.

        What the service answers is checked again: names by C(key), externalId to the letter, for services ignore
        filters. Where a filter is refused, all users are read instead. Absent attributes are None.
        """
        found = [self.get("Users", id)] if id else []
        if external_id:
            found += self._matching("Users", "externalId", external_id, lambda user: live_user(user).external_id == external_id)
        if user_name:
            wanted = key(user_name)
            found += self._matching("Users", "userName", user_name, lambda user: key(live_user(user).user_name) == wanted)
        users = {}
        for resource in found:
            if resource is not None:
                user = live_user(resource)
                # One id under two names is for the planner to refuse, not for the last answer to decide.
                users[user.id, key(user.user_name)] = user
                self._note_emails(user.id, resource)
        return list(users.values())

    def find_groups(self, *, display_name: str = "", external_id: str = "", id: str = "", members: bool = False) -> list[FoundGroup]:
        """The groups that have this id, or this externalId, or this displayName, with their members if asked for."""
        found = [self.get("Groups", id)] if id else []
        if external_id:
            found += self._matching("Groups", "externalId", external_id, lambda group: live_group(group).external_id == external_id)
        if display_name:
            wanted = key(display_name)
            found += self._matching("Groups", "displayName", display_name, lambda group: key(live_group(group).display_name) == wanted)
        groups = {live_group(resource): resource for resource in found if resource is not None}
        return [FoundGroup(group, self._members_of(group.id, resource) if members else None) for group, resource in groups.items()]

    def members_of(self, group_id: str) -> set[str]:
        """The ids of the users in one group, read anew. Raises ServiceError 404 where there is no such group."""
        return self._members_of(group_id, self._existing("Groups", group_id))

    def get(self, kind: str, id: str) -> Resource | None:
        """The resource C(kind) ("Users", "Groups") with that id as the service shows it; None where there is none."""
        try:
            return self._existing(kind, id)
        except ServiceError as error:
            if error.status == 404:
                return None
            raise

    def search(self, kind: str, keep: Callable[[Resource], Kept], *, filter: str = "", attributes: Collection[str] = ()) -> list[Kept]:
        """What C(keep) makes of each resource, optionally of those of a filter, and with only some attributes.

        It is called page by page, so that what it leaves out never adds up. It must not send anything itself.
        """
        extra = {"filter": filter, "attributes": ",".join(attributes)}
        kept: list[Kept] = []

        def take(page: Iterable[Resource]) -> None:
            kept.extend(keep(resource) for resource in page)

        self._list(kind, kept.clear, take, {name: value for name, value in extra.items() if value})
        return kept

    def settle(self, users: list[LiveUser], declared: Collection[str]) -> tuple[list[LiveUser], frozenset[str]]:
        """The users with "" for what they leave out though the service shows it, and the names of what it hides.

        Hidden is what is declared, shown by none of these users, and not promised by /Schemas (at most one request,
        and only if something is shown by nobody).
        """
        missing = unseen(users, declared)
        promises = self._discovery.promised() & missing if missing else frozenset()
        return filled(users, promises), missing - promises

    def settle_groups(self, groups: list[LiveGroup], *, declared: bool) -> tuple[list[LiveGroup], frozenset[str]]:
        """As C(settle), for the externalId of groups, the one attribute that a service may hide of them."""
        groups = filled_groups(groups)
        if not declared or not groups or any(group.external_id is not None for group in groups):
            return groups, frozenset()
        if "external_id" in self._discovery.promised():
            return [group._replace(external_id="") for group in groups], frozenset()
        return groups, frozenset({GROUP_EXTERNAL_ID})

    def _directory(self, users: list[LiveUser], declared: Collection[str], doubts: Iterable[str]) -> Directory:
        settled, hidden = self.settle(users, declared)
        return Directory(users=tuple(settled), hidden=hidden, doubts=tuple(doubts))

    def _list(self, kind: str, clear: Callable[[], None], take: Callable[[Iterable[Resource]], None], extra: dict[str, str]) -> Listing:
        """Walks a listing to its end; C(clear) forgets what was taken when it has to begin anew."""
        size = self._page_size

        def fetch(start: int) -> Page:
            return fetch_page(self._http, kind, {**extra, "startIndex": start, "count": size})

        def width() -> int:
            return useful(self._http.pace.rate, self._http.latency)

        ahead = Ahead(fetch, width)

        def fetch_in_turn(start: int) -> Page:
            nonlocal size
            try:
                return ahead.fetch(start)
            except UntrustedAnswer:
                # A page of groups with all their members may be more than the transport takes in one answer (F9).
                if kind != "Groups" or size <= SMALLEST_PAGE:
                    raise
                size = max(SMALLEST_PAGE, size // 8)
                return fetch_in_turn(start)

        def begin() -> Listing:
            nonlocal ahead
            clear()
            ahead.close()
            ahead = Ahead(fetch, width)
            return Listing(kind, self._page_size, fetch_in_turn, take, ahead.stop)

        try:
            listing = read_all(begin)
        finally:
            ahead.close()
        self._doubts.append(listing.doubts)
        self.page_size_seen = max(self.page_size_seen, listing.largest_page)
        return listing

    def _list_users(self, *, invert: bool, asked: bool) -> tuple[UserPages, Listing]:
        kept = UserPages(self._emails, groups=invert)
        if not asked:
            return kept, Listing("Users", 0, lambda _start: Page([], 0), kept.take)
        listing = self._list("Users", kept.clear, kept.take, {})
        self._users_listed = True
        if invert and not kept.users:
            # Nobody is a member of anything, so no group need be asked.
            kept.members = {}
        return kept, listing

    def _list_groups(self, users: UserPages, user_ids: dict[str, str], members: bool) -> tuple[GroupPages, Listing]:
        """The groups; without their members where nobody asks for those, or the users have told enough of them."""
        kept = GroupPages(user_ids, members=members)

        def take(page: Iterable[Resource]) -> None:
            kept.take(page)
            if kept.members_shown:
                # Two copies of a million memberships are one too many (P7).
                users.members = None

        try:
            return kept, self._list("Groups", kept.clear, take, {} if members and users.memberships < HEAVY else WITHOUT_MEMBERS)
        except ServiceError as error:
            if error.status != 400:
                raise
        return kept, self._list("Groups", kept.clear, take, {})

    def _memberships(self, users: UserPages, groups: GroupPages, listing: Listing, wanted: Container[str] | None) -> dict[str, set[str]]:
        """The members of each group: from the groups, else from the users, else from a GET of each wanted group.

        Where even that shows no C(members), the group is empty: RFC 7643 2.5 leaves out what is unassigned.
        """
        found = groups.members if groups.members_shown else users.members
        if found is None:
            needed = [group.id for group in groups.groups if wanted is None or group.id in wanted or key(group.display_name) in wanted]
            members = {id: groups.shared((self.get("Groups", id) or {}).get("members")) for id in needed}
        else:
            members = {group.id: found.get(group.id) or set() for group in groups.groups}
        return without_nested(members, groups.strangers & listing.ids.keys())

    def _members_of(self, group_id: str, resource: Resource) -> set[str]:
        """The members of one group, from what was read of it, a GET by id, or, if those show none, from the users."""
        if resource.get("members") is None:
            resource = self._existing("Groups", group_id)
        if resource.get("members") is not None:
            return set(user_ids(resource["members"]))
        return self._members_by_users(group_id) or set()

    def _members_by_users(self, group_id: str) -> set[str] | None:
        """The members of one group as the users tell, all of whom are read; None where they do not show their groups."""
        first = fetch_page(self._http, "Users", {"startIndex": 1, "count": self._page_size})
        if not any(user.get("groups") is not None for user in first.resources):
            return None
        kept, _listing = self._list_users(invert=True, asked=True)
        return (kept.members or {}).get(group_id, set())

    def _existing(self, kind: str, id: str) -> Resource:
        """The resource with that id. Raises ServiceError 404, and UntrustedAnswer for an answer that cannot be that one."""
        path = f"{kind}/{quote_segment(id)}"
        body = self._http.send("GET", path).body
        reason = objection(kind, id, body)
        if reason or not isinstance(body, dict):
            raise UntrustedAnswer(reason, f"GET {path}")
        return {**body, "id": id}

    def _matching(self, kind: str, attribute: str, value: str, matches: Callable[[Resource], bool]) -> list[Resource | None]:
        """The resources that a filter finds and that really match; all pages are read where the service ignores it."""
        kept: list[Resource | None] = []

        def take(page: Iterable[Resource]) -> None:
            kept.extend(resource for resource in page if matches(resource))

        try:
            if (kind, attribute) not in self._unfiltered:
                self._list(kind, kept.clear, take, {"filter": equals(attribute, value)})
                return kept
        except (Unauthorized, Throttled):
            raise
        except ServiceError as error:
            # Zscaler lists no filter on a group's displayName alone; services refuse unknown ones in these ways.
            if error.status not in (400, 403, 404, 501):
                raise
            self._unfiltered.add((kind, attribute))
        self._list(kind, kept.clear, take, {})
        return kept

    def _note_emails(self, id: str, resource: Resource) -> None:
        """Keeps all addresses of a user whose main one might be changed: a user that was looked up, not listed."""
        special = special_emails(resource)
        self._emails[id] = emails(resource) or [] if special is None else special


def _look_beyond(listing: Listing) -> None:
    """See `Listing.look_beyond`; a service may well refuse to show what it says is not there."""
    try:
        listing.look_beyond()
    except ServiceError as error:
        if error.status not in (400, 404):
            raise
