# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes to a SCIM service, one object at a time: never a create twice blind, never an unfiltered removal of members."""

from __future__ import annotations

import time
import typing as t

from .._errors import Ambiguous, ServiceError, Throttled, Unauthorized, UntrustedAnswer
from .._model import LiveGroup, LiveUser, same_value
from .._transport.address import quote_segment
from . import bodies
from .members import BatchSize, Change, MemberChange
from .reader import ScimReader
from .resources import identifier, user_ids
from .trust import is_another, looking, name_of, readable_members

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from .bodies import Address, Values
    from .listing import Sender
    from .resources import Resource

CREATES = 3
"""How often a create is sent, each time but the first after a look-up that found nothing (F4, F25)."""

LOOK_UP_PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds between look-ups of an object that was accepted and is not visible yet."""

USE_PUT = "the service does not take this PATCH; update_method: put reads, merges and writes the whole object instead"
MEMBERS_UNREADABLE = (
    "the members of the group cannot be read, so writing the whole group (update_method: put) might remove people; it was left as it is"
)
ADMIN_LINK = (
    'a user who is linked to an administrator cannot be deleted while the tenant\'s setting for that is "Do Nothing" '
    "(Zscaler's default); change the setting in the admin portal, unlink the administrator, or disable the user instead"
)


class Created(t.NamedTuple):
    """What a create came to.

    `adopted`: the object was there before, or may have other values than those asked for, so it needs an update;
    `live` is then what the service shows of it. Not adopted: nothing is left to do, even if an answer was `lost`.
    """

    id: str
    adopted: bool = False
    live: LiveUser | LiveGroup | None = None
    lost: bool = False


class _Identity(t.NamedTuple):
    """Who is to be created: by this an object is recognised as the same one."""

    kind: str
    name: str
    external_id: str

    @property
    def request(self) -> str:
        return f"POST {self.kind}"


class ScimService(ScimReader):
    """A tenant that can be read and written. All ids are the service's; all values are in our names.

    Every method raises the errors of the transport: ServiceError for a final refusal, Ambiguous where even repeating
    did not tell, Unauthorized and Throttled for what concerns the whole run.
    """

    def __init__(
        self,
        http: Sender,
        *,
        page_size: int = 1000,
        update_method: str = "patch",
        members_per_request: int = 100,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(http, page_size=page_size)
        self._put = update_method == "put"
        self._batch = BatchSize(max(1, members_per_request))
        self._fresh: set[str] = set()
        self._known_members: dict[str, frozenset[str]] = {}
        self._sleep = sleep

    def create_user(self, user_name: str, values: Values, *, confirm: bool = False) -> Created:
        """Creates a user, or adopts the one that has this userName. `confirm` looks up first (a doubtful listing)."""
        who = _Identity("Users", user_name, str(values.get("external_id", "")))
        live = self._holder(who) if confirm else None
        if live is not None:
            return Created(live.id, True, live)
        created = self._create(who, bodies.user_body(user_name, values), values)
        self._emails.setdefault(created.id, [bodies.new_address("")] if values.get("email") else [])
        return created

    def create_group(self, display_name: str, values: Values, *, confirm: bool = False) -> Created:
        """Creates a group without members, or adopts the one that has this displayName."""
        who = _Identity("Groups", display_name, str(values.get("external_id", "")))
        live = self._holder(who) if confirm else None
        return Created(live.id, True, live) if live else self._create(who, bodies.group_body(display_name, values), values)

    def update_user(self, id: str, values: Values, *, user_name: str = "", external_id: str | None = None) -> str:
        """Sets the given attributes ("" clears), C(user_name) among them for a rename; the id, which is mostly the same.

        With the present `user_name` and `external_id` given (None and "" alike: the user shows none), a user who is
        gone under this id is looked up once and updated under the new one, if it is the same externalId (F29).
        """
        if not values:
            return id
        who = _Identity("Users", user_name, external_id or "")
        return self._update(id, lambda found: self._write_user(found, values), who)

    def update_group(
        self, id: str, values: Values, *, display_name: str = "", external_id: str | None = None, present: Collection[str] | None = None
    ) -> str:
        """As C(update_user), for C(display_name) and C(external_id) of a group; its members stay as they are.

        `present` has the ids of its members as they were planned with: a PUT of the group keeps them (C(change_members)).
        """
        if not values:
            return id
        who = _Identity("Groups", display_name, external_id or "")
        return self._update(id, lambda found: self._write_group(found, values, present), who)

    def delete_user(self, id: str) -> None:
        """Deletes a user; one who is gone already is deleted (F29)."""
        self._delete("Users", id, ADMIN_LINK)

    def delete_group(self, id: str) -> None:
        """Deletes a group; one that is gone already is deleted."""
        self._delete("Groups", id, "something in the tenant still refers to the group")

    def change_members(
        self, group_id: str, add: Sequence[str], remove: Sequence[str], *, present: Collection[str] | None = None
    ) -> Mapping[str, ServiceError]:
        """Adds and removes members by id, in one request per batch; the ids that the service refused, with the reason.

        An empty result means that all is done. What concerns the group as a whole is raised. `present` has the ids of
        the members as they were planned with, None where that is not known: a PUT of the whole group keeps them, even
        if the service does not show them at that moment. Raises UntrustedAnswer where a PUT might lose members.
        """
        if self._put:
            if add or remove:
                nobody = _Identity("Groups", "", "")
                self._update(group_id, lambda id: self._put_members(id, add, remove, present), nobody)
            return {}
        change = MemberChange(
            lambda changes: self._patch_members(group_id, changes),
            lambda: self._members_shown(group_id),
            batch=self._batch,
            fresh=self._fresh,
            group_fresh=group_id in self._fresh,
            sleep=self._sleep,
        )
        try:
            refused = change.run(add, remove)
        except ServiceError as error:
            raise _advised(error) from error
        return {id: _advised(error) for id, error in refused.items()}

    def _create(self, who: _Identity, body: Resource, values: Values, tries: int = CREATES, lost: bool = False) -> Created:
        """POST until it is known what came of it: an answer, an object that is there after all, or an error."""
        try:
            answer = self._http.send("POST", who.kind, body=body).body
            if is_another(who.kind, who.name, answer):
                raise Ambiguous(f"the answer to the creation of {who.name!r} shows another object", who.request)
        except Ambiguous as error:
            with looking(error):
                live = self._holder(who)
            if live is None and tries == 1:
                raise
            if live is None:
                return self._create(who, body, values, tries - 1, lost=True)
            lost = True
        except (Unauthorized, Throttled):
            raise
        except ServiceError as error:
            live = self._refused(who, error, lost)
        else:
            return self._answered(who, answer)
        self._fresh.add(live.id)
        return Created(live.id, not lost or _differs(live, values), live, lost)

    def _answered(self, who: _Identity, answer: object) -> Created:
        """The id from the answer; looked up where it is missing (documented for ZIdentity), or not shown to be of who was asked for."""
        id = identifier(answer.get("id")) if isinstance(answer, dict) and name_of(who.kind, answer) else ""
        if not id:
            told = "gave no id together with its name"
            with looking(Ambiguous(f"the service accepted {who.name!r}, but {told}", who.request)):
                live = self._holder_soon(who)
            if live is None:
                raise ServiceError(404, f"the service accepted {who.name!r}, but {told}, and does not show it", who.request)
            id = live.id
        elif who.kind == "Groups":
            self._known_members[id] = frozenset()
        self._fresh.add(id)
        return Created(id)

    def _refused(self, who: _Identity, error: ServiceError, lost: bool) -> LiveUser | LiveGroup:
        """The same identity that is in the way of a create; raises where it is another one, or none (F30-F32).

        After a lost answer it may be our own create, which the service does not show yet.
        """
        if error.status not in (400, 409, 422) and error.status < 500:
            raise error
        live = self._holder_soon(who) if lost else self._holder(who)
        if live is not None:
            return live
        if error.status != 409:
            raise error
        detail = f"{who.name!r} exists but is not visible, being deleted lately or held by another identity provider"
        raise ServiceError(409, f"{detail}; remove it there, or rename it: {error.detail}", who.request, error.code) from error

    def _holder_soon(self, who: _Identity) -> LiveUser | LiveGroup | None:
        """Who has this name, looked for a little longer, because there must be somebody (F47)."""
        for pause in LOOK_UP_PAUSES:
            live = self._holder(who)
            if live is not None:
                return live
            self._sleep(pause)
        return self._holder(who)

    def _holder(self, who: _Identity) -> LiveUser | LiveGroup | None:
        """Who has this name, None if nobody. Raises ServiceError 409 if it is not the same identity, or not one object."""
        holders = self._look_up(who, by_name=True)
        if len(holders) > 1:
            raise _conflict(who, "the name is held more than once", holders)
        if holders and (not who.external_id or holders[0].external_id in (None, "", who.external_id)):
            return holders[0]
        if holders:
            raise _conflict(who, "the name is held by an object with another externalId", holders)
        others = self._look_up(who, by_name=False) if who.external_id else []
        if others:
            raise _conflict(who, f"externalId {who.external_id!r} is held by an object of another name", others)
        return None

    def _look_up(self, who: _Identity, *, by_name: bool) -> Sequence[LiveUser | LiveGroup]:
        if who.kind == "Users":
            return self.find_users(user_name=who.name) if by_name else self.find_users(external_id=who.external_id)
        found = self.find_groups(display_name=who.name) if by_name else self.find_groups(external_id=who.external_id)
        return [one.group for one in found]

    def _update(self, id: str, write: Callable[[str], None], who: _Identity) -> str:
        """Writes; once more after 412 (F33), and under the id found by name after 404 (F29). The id that was written to."""
        try:
            write(id)
            return id
        except ServiceError as error:
            if error.status not in (404, 412):
                raise _advised(error) from error
            found = id if error.status == 412 else self._successor(id, who, error)
            if not found:
                raise
        write(found)
        return found

    def _successor(self, id: str, who: _Identity, gone: ServiceError) -> str:
        """The new id of an object that is gone under its old one; "" if there is none, ServiceError 404 if it is somebody else."""
        holders = self._look_up(who, by_name=True) if who.name else []
        if len(holders) != 1 or holders[0].id == id:
            return ""
        holder = holders[0]
        if (holder.external_id or "") == who.external_id:
            return holder.id
        one, name = ("user", "userName") if who.kind == "Users" else ("group", "displayName")
        text = f"{who.name!r} is gone, and the {one} who now has this {name} (id {holder.id}) has another externalId"
        raise ServiceError(404, f"{text}; run again to plan with what is there now", gone.request, gone.code) from gone

    def _write_user(self, id: str, values: Values) -> None:
        if self._put:
            resource = self._existing("Users", id)
            self._replace("Users", id, bodies.merged(bodies.USER, resource, values))
            return
        current = self._addresses(id) if "email" in values else []
        self._patch("Users", id, bodies.attribute_operations(values, current))
        if "email" in values:
            self._emails[id] = bodies.addresses(current, str(values["email"]))

    def _addresses(self, id: str) -> list[Address]:
        """All addresses of a user as they were read; a user who was listed and is not noted has one plain address."""
        if id not in self._emails and not self._users_listed:
            self._note_emails(id, self._existing("Users", id))
        return self._emails.get(id, [bodies.new_address("")])

    def _write_group(self, id: str, values: Values, present: Collection[str] | None) -> None:
        if self._put:
            self._replace("Groups", id, bodies.merged(bodies.GROUP, self._whole_group(id, present), values))
        else:
            self._patch("Groups", id, bodies.attribute_operations(values, []))

    def _patch_members(self, id: str, changes: Sequence[Change]) -> None:
        add = [change.member for change in changes if change.add]
        remove = [change.member for change in changes if not change.add]
        self._patch("Groups", id, bodies.member_operations(add, remove))

    def _put_members(self, id: str, add: Sequence[str], remove: Sequence[str], present: Collection[str] | None) -> None:
        body = bodies.merged_members(self._whole_group(id, present), add, remove)
        self._replace("Groups", id, body)
        self._known_members[id] = frozenset(identifier(member["value"]) for member in body["members"])

    def _whole_group(self, id: str, present: Collection[str] | None) -> Resource:
        """A group to be written back as a whole, with all members that it shows or is known to have.

        Whether a PUT without members empties a group is not documented, and a service may show fewer than there are,
        so the list is never shorter than what was planned with, or what this run itself wrote last.
        """
        resource = self._existing("Groups", id)
        known: Collection[str] | None = self._known_members.get(id, present)
        shown: list[Resource] | None = []
        if resource.get("members") is not None:
            shown = readable_members(resource["members"])
        elif known is None:
            known = self._members_by_users(id)
            shown = None if known is None or self.doubts else shown
        if shown is None:
            raise UntrustedAnswer(MEMBERS_UNREADABLE, f"GET Groups/{quote_segment(id)}")
        hidden = set(known or ()).difference(identifier(member["value"]) for member in shown)
        return {**resource, "members": [*shown, *({"value": member} for member in sorted(hidden))]}

    def _members_shown(self, id: str) -> Collection[str] | None:
        """The members as a GET of the group shows them now; None where it shows none (it may be empty, or hide them)."""
        members = self._existing("Groups", id).get("members")
        return set(user_ids(members)) if isinstance(members, list) else None

    def _patch(self, kind: str, id: str, operations: list[Resource]) -> None:
        self._http.send("PATCH", f"{kind}/{quote_segment(id)}", body=bodies.patch(operations))

    def _replace(self, kind: str, id: str, body: Resource) -> None:
        self._http.send("PUT", f"{kind}/{quote_segment(id)}", body=body)

    def _delete(self, kind: str, id: str, explanation: str) -> None:
        try:
            self._http.send("DELETE", f"{kind}/{quote_segment(id)}")
        except ServiceError as error:
            if error.status == 409:
                raise ServiceError(409, f"{error.detail}; {explanation}".lstrip("; "), error.request, error.code) from error
            if error.status != 404:
                raise


def _differs(live: LiveUser | LiveGroup, values: Values) -> bool:
    """Whether the object shows other values than those that were asked for; an absent C(active) says nothing."""
    shown = live._asdict()
    if shown.get("active") is None:
        shown["active"] = values.get("active")
    return any(not same_value(name, shown.get(name), value) for name, value in values.items())


def _conflict(who: _Identity, what: str, holders: Sequence[LiveUser | LiveGroup]) -> ServiceError:
    """The error that names the objects in the way (F30)."""
    names = ", ".join(f"id {holder.id} (externalId {holder.external_id or 'none'})" for holder in holders)
    return ServiceError(409, f"{who.name!r} cannot be created: {what}: {names}; settle by hand which one it is", who.request, "uniqueness")


def _advised(error: ServiceError) -> ServiceError:
    """The error with the way out, where there is one (F26, F35)."""
    unknown = error.status in (405, 501) or error.code.lower() in ("invalidpath", "invalidfilter")
    if not unknown or not error.request.startswith("PATCH"):
        return error
    advised = ServiceError(error.status, f"{error.detail}; {USE_PUT}".lstrip("; "), error.request, error.code)
    advised.undone = error.undone
    return advised
