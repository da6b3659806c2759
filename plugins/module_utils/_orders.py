# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of a changing SCIM module to an `Order`: the smaller the module, the smaller the document."""

from __future__ import annotations

import collections
import datetime
import json
import typing as t
from dataclasses import replace

from ._carrying.crew import MOST
from ._converge import Order
from ._errors import InputError, Problem, TransportError
from ._input.document import build_document
from ._input.entries import check_group, check_user
from ._input.fields import GROUP_FIELDS, USER_FIELDS
from ._input.files import read_text
from ._input.sources import inline_entries, read_sources
from ._limit import Limit
from ._model import Directory, Document, LiveGroup, Place, key, shown
from ._planning.nearest import Nearest
from ._planning.policy import PROTECTED_GROUPS, Policy, make_scope
from ._planning.saved import SavedPlan, check_service, read_plan
from ._transport.address import check_base_url
from ._wire.reader import GROUP_EXTERNAL_ID

if t.TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ._input.fields import Field
    from ._model import DesiredGroup, DesiredUser
    from ._wire.reader import ScimReader
    from ._wire.scim import ScimService

LOOK_UPS = 10
"""Up to so many members are looked up one by one; beyond that the pages of all users cost less."""

Options = t.Mapping[str, t.Any]


def user_order(options: Options, *, dry: bool) -> Order:
    """One user (module scim_user). In check mode a group that does not exist yet is taken for one that an earlier task makes."""
    fields = {**USER_FIELDS, "new_user_name": USER_FIELDS["user_name"]._replace(required=False)}
    user = _check_one(options, fields, "user_name", check_user, max_groups_per_user=options["max_groups_per_user"])
    declared = tuple(user.values)

    def read(service: ScimService) -> Directory:
        found = service.find_users(user_name=user.user_name, external_id=str(user.values.get("external_id", "")), id=user.id)
        if user.new_user_name:
            found += [one for one in service.find_users(user_name=user.new_user_name) if one not in found]
        users, hidden = service.settle(found, declared)
        if user.groups is None or not user.present:
            return Directory(tuple(users), hidden=hidden)
        around = service.read_groups_of(users)
        known = {key(live.display_name) for live in around.groups}
        missing = [name for name in user.groups if key(name) not in known] if dry else []
        return replace(_with_assumed(around, missing), users=tuple(users), hidden=around.hidden | hidden)

    return _order(options, Document(users=(user,)), read)


def group_order(options: Options, *, dry: bool) -> Order:
    """One group without its members (module scim_group)."""
    del dry
    group = _check_one(options, GROUP_FIELDS, "display_name", check_group)

    def read(service: ScimService) -> Directory:
        found = service.find_groups(display_name=group.display_name, external_id=group.external_id or "", id=group.id)
        for name in group.previous_names:
            found += [one for one in service.find_groups(display_name=name) if one not in found]
        groups, hidden = service.settle_groups([one.group for one in found], declared=group.external_id is not None)
        return Directory(groups=tuple(groups), hidden=hidden)

    return _order(options, Document(groups=(group,)), read)


def membership_order(options: Options, *, dry: bool) -> Order:
    """The members of one group (module scim_membership).

    In check mode a group or a user that does not exist yet is taken for one that an earlier task of the play makes.
    """
    names: list[str] = options["members"]
    mode = {"present": "append", "absent": "remove", "exact": "exact"}[options["state"]]
    group = check_group({"display_name": options["group"], "members": names}, Place("", 0, "option group"))
    document = Document(groups=(replace(group, membership=mode),))

    def read(service: ScimService) -> Directory:
        found = service.find_groups(display_name=group.display_name, members=True)
        if not found and (not dry or mode == "remove"):
            raise InputError([Problem("option group", "", f"{group.display_name}: {_not_found(service, group.display_name)}")])
        present = {one.group.id: one.members or set() for one in found}
        if mode == "exact" or len(names) > LOOK_UPS:
            listed = service.read(users=True, groups=False)
        else:
            listed = Directory(tuple(user for name in names for user in service.find_users(user_name=name)))
        listed = replace(listed, groups=tuple(one.group for one in found), members=present)
        return listed if found else _with_assumed(listed, [group.display_name])

    order = _order(options, document, read)
    if dry and options["missing_members"] == "fail":
        return replace(order, policy=replace(order.policy, missing_members="assume"))
    return order


def _not_found(service: ScimService, group: str) -> str:
    """Why there is no such group, and which one was meant; all names are read only now that the task has failed."""
    try:
        names = [live.display_name for live in service.read(users=False, groups=True, members=False).groups]
    except TransportError:
        names = []
    if key(group) in map(key, names):
        return "the service lists this group and does not find it by its name; use scim_directory, which goes by the list"
    suggestion = Nearest(lambda: names).suggest(group)
    return f"the service has no group of this name; make it with scim_group, or correct the name{suggestion}"


def _with_assumed(directory: Directory, names: Collection[str]) -> Directory:
    """The directory, as if it also had groups of these names, which then have no id: only for check mode, and never silently."""
    assumed = tuple(LiveGroup("", name) for name in names)
    warnings = tuple(
        f"group {name} does not exist yet; taken for one that an earlier task of this play makes. If none does, the real run fails"
        for name in names
    )
    return replace(directory, groups=(*directory.groups, *assumed), warnings=(*directory.warnings, *warnings))


def directory_order(options: Options, *, dry: bool) -> Order:
    """Users, groups and memberships together (module scim_directory)."""
    del dry
    document = declared_document(options)
    read, listed = directory_reading(options, document)
    return replace(
        _order(options, document, read),
        listed=listed,
        verify=options["verify"],
        stop_on_error=options["on_error"] == "stop",
        result_limit=options["result_limit"],
        saved=None if options["apply_plan"] is None else _saved_plan(options["apply_plan"], options["base_url"]),
        bulk=options["bulk"],
        concurrency=_concurrency(options["concurrency"], alone=options["on_error"] == "stop"),
    )


def declared_document(options: Options) -> Document:
    """What the options users, groups and src declare, checked. Raises InputError, also where they declare nothing (F45).

    "Nothing to do" must not be the answer to a folder that was lost on the way, or to a variable that nobody has set.
    """
    _check_given(options)
    warnings: list[str] = []
    entries = inline_entries(options["users"], options["groups"])
    if options["src"]:
        found, warnings = read_sources(options["src"])
        entries = [*entries, *found]
    today = datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat()
    return build_document(
        entries, today=today, max_groups_per_user=options["max_groups_per_user"], membership=options["membership"], warnings=warnings
    )


def _check_given(options: Options) -> None:
    if options["src"] is not None and not options["src"]:
        raise InputError([Problem("option src", "", "is an empty list, so nothing is declared; name the files, or leave the option out")])
    if all(options[name] is None for name in ("users", "groups", "src")):
        reason = "is missing, and so are groups and src (null is as good as missing): nothing is declared. Give one of them"
        raise InputError([Problem("option users", "", reason)])


def directory_reading(options: Options, document: Document) -> tuple[t.Callable[[ScimReader], Directory], bool]:
    """What reads of the tenant just what a plan for this document needs, and whether that lists all users."""
    declared = {name for user in document.users for name in user.values}
    declared.update(GROUP_EXTERNAL_ID for group in document.groups if group.external_id is not None)
    declared.update({"active"} if options["prune_users"] == "disable" else ())
    by_users = any(user.groups is not None for user in document.users)
    by_groups = [group for group in document.groups if group.members is not None]
    # A deleted group takes its members' access along, which the brake counts.
    deletes = options["prune_groups"] != "none" or any(not group.present for group in document.groups)
    by_id = any(group.id or group.external_id for group in by_groups)
    wanted = None if by_users or deletes or by_id else {key(name) for group in by_groups for name in (group.name, *group.previous_names)}
    needs_users = bool(document.users) or options["prune_users"] != "none" or bool(by_groups)
    needs_groups = bool(document.groups) or deletes or by_users

    def read(service: ScimReader) -> Directory:
        return service.read(
            users=needs_users,
            groups=needs_groups,
            members=by_users or bool(by_groups) or deletes,
            declared=declared,
            member_groups=wanted,
        )

    return read, needs_users


def _saved_plan(path: str, base_url: str) -> SavedPlan:
    """The plan in a file of plan_path. Raises InputError, and Refusal for that of another service, before any request."""
    if not path:
        raise InputError([Problem("option apply_plan", "", "is empty; was the name of the reviewed plan lost?")])
    if not path.lower().endswith(".json"):
        raise InputError([Problem("option apply_plan", "", f"{path!r} does not end in .json; name a file that was written by plan_path")])
    text = read_text(path)
    try:
        value = json.loads(text, object_pairs_hook=lambda pairs: _once(path, pairs))
    except (ValueError, RecursionError):
        raise InputError([Problem(path, "", "is no JSON; name a file that was written by plan_path")]) from None
    saved = read_plan(value, path)
    check_service(saved, check_base_url(base_url))
    return saved


def _once(path: str, pairs: list[tuple[str, t.Any]]) -> dict[str, t.Any]:
    """The object of these pairs. Raises InputError where a name comes twice: people would read the one and Python the other."""
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = collections.Counter(name for name, _value in pairs).most_common(1)[0][0]
        raise InputError([Problem(path, "", f"has {shown(twice)} twice in one object; was the file edited? Plan again")])
    return made


def _concurrency(given: str, *, alone: bool) -> int:
    """The number of threads that write, 0 = as many as are of use. `alone`: nothing may be under way when a write fails.

    Raises InputError.
    """
    if given == "auto":
        return 1 if alone else 0
    if given.isascii() and given.isdecimal() and 1 <= int(given) <= MOST:
        return int(given)
    raise InputError([Problem("option concurrency", "", f"is {given!r}; it must be auto, or a whole number from 1 to {MOST}")])


def _order(options: Options, document: Document, read: t.Callable[[ScimService], Directory]) -> Order:
    write_unseen = options["unseen_attributes"] == "write"
    return Order(document, make_policy(options), read, update_method=options["update_method"], write_unseen=write_unseen)


def make_policy(options: Options) -> Policy:
    """The policy that the options describe; those that a module lacks have the policy's own defaults."""
    given = {
        name: options[name]
        for name in ("prune_users", "prune_groups", "membership", "external_id_conflict", "missing_members")
        if options.get(name) is not None
    }
    protected = options.get("protected_groups")
    return Policy(
        **given,
        scope=make_scope(options.get("scope")),
        protected_users=tuple(options.get("protected_users") or ()),
        protected_groups=PROTECTED_GROUPS if protected is None else tuple(protected),
        limit=_limit(options.get("removal_limit") or {}),
        allow_over_limit=bool(options.get("allow_removals_over_limit")),
    )


def _limit(given: Options) -> Limit:
    """The removal limit; raises InputError for what is no limit (B52)."""
    limit = Limit(**given)
    problems = []
    if not 0 <= limit.percent <= 100:
        problems.append(Problem("option removal_limit", "percent", f"is {limit.percent:g}; it must lie between 0 and 100"))
    for name in ("count", "floor"):
        if getattr(limit, name) < 0:
            problems.append(Problem("option removal_limit", name, f"is {getattr(limit, name)}; it must not be negative"))
    if problems:
        raise InputError(problems)
    return limit


One = t.TypeVar("One", "DesiredUser", "DesiredGroup")


def _check_one(options: Options, fields: Mapping[str, Field], name: str, check: t.Callable[..., One], **limits: int) -> One:
    """The one object that the options describe; which of its names are needed depends on what else is known."""
    values = {field: options[field] for field in fields if options.get(field) is not None}
    laxer = {**fields, name: fields[name]._replace(required=False)}
    return check(values, Place("", 0, _label(values, (name, "external_id", "id"))), fields=laxer, **limits)


def _label(values: Mapping[str, t.Any], names: Collection[str]) -> str:
    return "option " + next((name for name in names if name in values), "user_name")
