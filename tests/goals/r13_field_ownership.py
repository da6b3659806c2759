# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R13: what is not declared stays as it is, to the byte."""

from __future__ import annotations

import copy
import json
import typing as t

from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import key
from ansible_collections.scimops.zscaler_one.tests.sandbox.store import ENTERPRISE
from ansible_collections.scimops.zscaler_one.tests.unit.scenarios.random_tenants import SWITCHES, as_options, as_state, sow

from .firm import Firm, firm
from .random_worlds import each_world
from .table import Row, Size, count

if t.TYPE_CHECKING:
    from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Directory, Document
    from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy

HOW = (
    "Random tenants on a service by the RFCs, every user with attributes that this collection does not know (names, addresses, "
    "telephone numbers, the enterprise extension), converged by PATCH and by PUT in turn. Of users whom nothing names, and of all "
    "that no entry declares, each byte is compared; so are memberships that neither the group nor the user declares, and users who "
    "are protected. Sent may be no PUT but after reading that object, and no removal of members without a filter."
)
LIMIT = {"changed what is not ours": 0, "blind PUT": 0, "unfiltered removals": 0, "protected lost": 0}
OURS = {"user_name": "userName", "external_id": "externalId", "display_name": "displayName", "active": "active"}
World = dict[str, t.Any]


def measure(size: Size) -> t.Iterator[Row]:
    """Rows of this goal."""
    found = dict(LIMIT)
    wrote = worlds = 0

    def visit(document: Document, directory: Directory, policy: Policy) -> bool:
        nonlocal wrote, worlds
        worlds += 1
        with firm(profile="conforming", switches=SWITCHES) as company:
            before = _sown(company, directory, worlds)
            answer = company.run(
                "scim_directory", **as_state(document), **as_options(policy), update_method="put" if worlds % 3 == 0 else "patch"
            )
            wrote += bool(company.sandbox.journal.writes)
            found["changed what is not ours"] += _touched(before, _held(company), document, policy)
            found["blind PUT"] += _blind_puts(company)
            found["unfiltered removals"] += _unfiltered(company)
            found["protected lost"] += _lost(before, _held(company), policy)
        return "plan_digest" in answer

    total = each_world(size.of(500, 10), size.seed + 1, visit)
    yield Row(f"{total} worlds, {wrote} runs with writes", count(found), count(LIMIT), found == LIMIT and wrote > total // 2)


def _sown(company: Firm, directory: Directory, number: int) -> World:
    """Put the tenant there, with what nobody declares; what it then holds."""
    sow(company.sandbox, directory)
    with company.sandbox.tenant.lock:
        for place, user in enumerate(company.sandbox.tenant.users.records.values()):
            known = user.attributes.get(ENTERPRISE, {})
            user.attributes.update(
                name={"givenName": f"G{place}", "familyName": "O'Neil", "honorificPrefix": "Dr."},
                title=f"Tītle {number}",
                nickName="  two spaces  ",
                phoneNumbers=[{"value": f"+49 {place}", "type": "work"}, {"value": "tel:1", "type": "fax"}],
                emails=[
                    {"value": f"U{place}@Mail.example", "type": "home"},
                    {"value": f"u{place}@mail.example", "type": "work", "primary": True},
                ],
                preferredLanguage="de-CH",
            )
            user.attributes[ENTERPRISE] = {**known, "employeeNumber": f"00{place}", "costCenter": "Ünknown", "division": "D"}
    return _held(company)


def _held(company: Firm) -> World:
    """All that the tenant holds, by id."""
    with company.sandbox.tenant.lock:
        users, groups = company.sandbox.tenant.users.records, company.sandbox.tenant.groups.records
        return {
            "users": {one.id: copy.deepcopy(one.attributes) for one in users.values()},
            "groups": {one.id: (copy.deepcopy(one.attributes), set(one.links)) for one in groups.values()},
        }


def _touched(before: World, after: World, document: Document, policy: Policy) -> int:
    """How many users, groups and memberships changed that nobody declared."""
    mentioned = {key(user.user_name) for user in document.users}
    identified = {user.values.get("external_id") for user in document.users} - {None}
    changed = 0
    for id, was in before["users"].items():
        named = key(was["userName"]) in mentioned or was.get("externalId") in identified
        ours = policy.scope.has_user(was["userName"], was.get("externalId"))
        now = after["users"].get(id)
        if now is None:
            changed += not ours or (not named and policy.prune_users != "delete")
            continue
        changed += _text(was, named, ours, policy) != _text(now, named, ours, policy)
        changed += named and any(was.get(name) != now.get(name) for name in _undeclared(was, document))
    return changed + _changed_memberships(before, after, document, policy)


def _text(user: World, named: bool, ours: bool, policy: Policy) -> str:
    """The bytes that must not change: all of a user whom nothing names, else without what entries can declare."""
    kept = {name: value for name, value in user.items() if not named or name not in OURS.values()}
    if named and ENTERPRISE in kept:
        kept[ENTERPRISE] = {name: value for name, value in kept[ENTERPRISE].items() if name != "department"}
    if ours and not named and policy.prune_users == "disable":
        kept.pop("active", None)
    return json.dumps(kept, sort_keys=True)


def _undeclared(was: World, document: Document) -> list[str]:
    """What the one entry that can only mean this user leaves out."""
    entries = [one for one in document.users if key(one.user_name) == key(was["userName"])]
    others = [one for one in document.users if one.values.get("external_id") and one.values["external_id"] == was.get("externalId")]
    if len(entries) != 1 or any(one is not entries[0] for one in others) or not entries[0].present:
        return []
    return [scim for name, scim in OURS.items() if name not in entries[0].values and name != "user_name"]


def _changed_memberships(before: World, after: World, document: Document, policy: Policy) -> int:
    """Groups that nothing names, and memberships that neither the group nor the user declares."""
    titles = {key(name) for group in document.groups for name in (group.display_name, *group.previous_names)}
    group_ids = {group.id for group in document.groups} | {group.external_id for group in document.groups}
    claimed_users = {key(user.user_name) for user in document.users if user.groups is not None or not user.present}
    claimed_ids = {user.values.get("external_id") for user in document.users} - {None}
    changed = 0
    for id, (was, members) in before["groups"].items():
        claimed = key(was["displayName"]) in titles or id in group_ids or was.get("externalId") in group_ids
        if claimed or (policy.prune_groups == "delete" and policy.scope.has_group(was["displayName"])):
            continue
        now, left = after["groups"].get(id, ({}, set()))
        changed += was != now
        for user in members ^ left:
            person = before["users"].get(user, {})
            free = key(person.get("userName", "")) not in claimed_users and person.get("externalId") not in claimed_ids
            changed += free and user in before["users"] and user in after["users"]
    return changed


def _blind_puts(company: Firm) -> int:
    """PUT requests to something that was not read by its id before, since its last write."""
    read: set[str] = set()
    blind = 0
    for entry in company.sandbox.journal:
        if entry.method == "GET":
            read.add(entry.path)
        elif entry.method == "PUT":
            blind += entry.path not in read
            read.discard(entry.path)
    return blind


def _unfiltered(company: Firm) -> int:
    """PATCH operations that would remove or replace all members."""
    operations = [
        one
        for entry in company.sandbox.journal
        if entry.method == "PATCH" and isinstance(entry.body, dict)
        for one in entry.body["Operations"]
    ]
    return sum(str(one.get("path", "")).lower() == "members" and str(one["op"]).lower() != "add" for one in operations)


def _lost(before: World, after: World, policy: Policy) -> int:
    """Protected users who were active and are not any more."""
    guard = policy.user_guard()
    if guard is None:
        return 0
    ids = [id for id, user in before["users"].items() if guard.match(key(user["userName"])) and user.get("active")]
    return sum(not after["users"].get(id, {}).get("active") for id in ids)
