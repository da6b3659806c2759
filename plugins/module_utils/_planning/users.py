# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The planner's part for users: what to write to each, whom to disable or delete. Pure."""

from __future__ import annotations

import typing as t
from operator import itemgetter

from .._model import LiveUser, key, same_value, shown
from .plan import Plan, Step, Unchanged, order_names

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from .._model import DesiredUser, Directory, LiveGroup
    from .match import Matches
    from .plan import Value
    from .policy import Policy


def plan_users(matches: Matches[DesiredUser, LiveUser], directory: Directory, policy: Policy) -> Plan:
    """The steps on users, without memberships; conflicts found here are added to `matches`."""
    steps: list[Step] = []
    retire: list[Step] = []
    carried: set[str] = set()
    unchanged = 0
    everywhere = policy.scope.is_everything
    views = _Views()
    for user, live in list(matches.pairs):
        if everywhere and _is_as_declared(user, live, views):
            unchanged += 1
            continue
        reason = _user_conflict(user, live, policy)
        if reason:
            matches.fail("user", user, user.name or user.id, reason, [live])
            continue
        changes = list(_user_steps(user, live, directory, policy, carried))
        unchanged += not changes
        for step in changes:
            (retire if step.verb in ("disable", "delete") else steps).append(step)
    wanted = [user for user in matches.missing if user.present]
    unchanged += len(matches.missing) - len(wanted)
    for user in wanted if policy.scope.external_id else ():
        if not user.values.get("external_id"):
            matches.fail("user", user, user.name, WITHOUT_EXTERNAL_ID)
    creates = [_create_user(user) for user in wanted if key(user.name) not in matches.failed]
    names = ((live[1], live.id) for live in directory.users)
    named, blocked = order_names([*steps, *creates], names, matches.disputed)
    for step, reason in blocked:
        matches.block(step, reason)
    matches.settle()
    pruned, protected = _prune_users(matches.claimed(), directory, policy)
    return Plan(
        users=(*named, *(step for step in steps if step.verb != "rename" and step.id not in matches.disputed)),
        retire_users=(*(step for step in retire if step.id not in matches.disputed), *pruned),
        failures=tuple(matches.failures),
        protected=tuple(protected),
        unverifiable=tuple(sorted(carried)),
        unchanged=Unchanged(users=unchanged),
    )


class _Views(dict[tuple[str, ...], "Callable[[LiveUser], object]"]):
    """What takes the userName and the attributes of these names from a user, in one call: the sets of names are few, the users many."""

    def __missing__(self, names: tuple[str, ...]) -> Callable[[LiveUser], object]:
        self[names] = found = itemgetter(*map(LiveUser._fields.index, ("user_name", *names)))
        return found


def _is_as_declared(user: DesiredUser, live: LiveUser, views: _Views) -> bool:
    """Whether there is nothing to do, nor anything to object to: the short way for most users of most runs."""
    values = user.values
    if not user.present or user.new_user_name or values.get("active") is False:
        return False
    return views[tuple(values)](live) == (user.user_name, *values.values())


WITHOUT_EXTERNAL_ID = (
    "does not exist yet, and would be created without an external_id, which scope.external_id_regex calls none of ours; give the entry "
    "an external_id, or widen scope"
)


def adoption(step: Step, live: LiveUser | LiveGroup, hidden: Collection[str], policy: Policy) -> tuple[str, dict[str, Value]]:
    """What to write to an object that was to be created and was there already: why it must be left alone, or the values.

    The plan did not see it, so what the plan decides for those that it sees is decided here: scope, and attributes that the
    service never shows, which only travel with others. Nobody is disabled in this way, for no limit was asked.
    """
    if isinstance(live, LiveUser):
        prefix, who, ours = "", _who(live), policy.scope.has_user(live.user_name, live.external_id)
        if step.values.get("active") is False and live.active is not False:
            return f"is {who} at the service, although the listing did not show it; run again to have it disabled", {}
    else:
        prefix, who, ours = "groups.", f"{shown(live.display_name)} (id {shown(live.id)})", policy.scope.has_group(live.display_name)
    if not ours:
        return f"is {who} at the service, which lies outside of scope; widen scope to take it over", {}
    changed = {name: want for name, want in step.values.items() if not same_value(name, getattr(live, name), want)}
    seen = [name for name in changed if getattr(live, name) is not None or prefix + name not in hidden]
    return "", changed if seen else {}


def _user_conflict(user: DesiredUser, live: LiveUser, policy: Policy) -> str:
    """Why this user must not be written, or an empty string."""
    if not policy.scope.has_user(live.user_name, live.external_id):
        return f"is {_who(live)} at the service, which lies outside of scope; widen scope to take it over"
    guard = policy.user_guard()
    renamed = key(user.name or live.user_name) != key(live.user_name)
    leaves = renamed or not user.present or user.values.get("active") is False
    if leaves and guard and guard.match(key(live.user_name)):
        return f"is {_who(live)} at the service, which is protected (protected_users)"
    wanted = user.values.get("external_id")
    if policy.external_id_conflict == "fail" and user.present and not user.id and wanted and live.external_id not in (None, "", wanted):
        return (
            f"has another externalId at the service ({shown(live.external_id)}, declared is {wanted}): perhaps another person. Nothing is "
            "written to it. Correct external_id, or set external_id_conflict to overwrite or ignore"
        )
    return ""


def _who(live: LiveUser) -> str:
    return f"{shown(live.user_name)} (id {shown(live.id)})"


def _user_steps(user: DesiredUser, live: LiveUser, directory: Directory, policy: Policy, carried: set[str]) -> Iterator[Step]:
    """The writes that bring one existing user to what is declared; usually none or one."""
    if not user.present:
        yield Step("user", "delete", live.user_name, live.id, before=_shown(live), place=user.place)
        return
    name = user.name or live.user_name
    changed, unseen = _differences(user.values, live, directory.hidden)
    carried.update(unseen)
    if policy.external_id_conflict == "ignore" and live.external_id and not user.id:
        changed.pop("external_id", None)
    renamed = key(name) != key(live.user_name)
    if renamed:
        changed = {"user_name": name, **changed}
    if not changed:
        return
    values = {**changed, **unseen}
    if renamed and values.get("active") is False:
        # Two writes: a rename belongs to the beginning of a run, a disabling to its end.
        yield _user_step("disable", name, live, {"active": values.pop("active")}, user)
    yield _user_step(_verb(values, renamed), name, live, values, user)


def _user_step(verb: str, name: str, live: LiveUser, values: dict[str, Value], user: DesiredUser) -> Step:
    before = {attribute: getattr(live, attribute) for attribute in values}
    return Step("user", verb, name, live.id, values, before, user.place)


def _verb(values: dict[str, Value], renamed: bool) -> str:
    if renamed:
        return "rename"
    return {True: "enable", False: "disable"}.get(t.cast("bool", values.get("active")), "update")


def _differences(wanted: Mapping[str, Value], live: LiveUser, hidden: frozenset[str]) -> tuple[dict[str, Value], dict[str, Value]]:
    """The attributes to write, and those that the service never shows, which only travel with others."""
    changed: dict[str, Value] = {}
    unseen: dict[str, Value] = {}
    for name, want in wanted.items():
        have = getattr(live, name)
        if have == want:
            continue
        if have is None and name in hidden:
            unseen[name] = want
        elif not same_value(name, have, want):
            changed[name] = want
    return changed, unseen


def _shown(live: LiveUser) -> dict[str, Value | None]:
    shown = live._asdict()
    del shown["id"]
    return {name: value for name, value in shown.items() if value not in (None, "")}


def _create_user(user: DesiredUser) -> Step:
    return Step("user", "create", user.name, values=dict(user.values), place=user.place)


def _prune_users(claimed: set[str], directory: Directory, policy: Policy) -> tuple[list[Step], list[str]]:
    """The steps for users in scope that are not declared, and the protected ones among them."""
    steps: list[Step] = []
    protected: list[str] = []
    if policy.prune_users == "none":
        return steps, protected
    guard = policy.user_guard()
    unclaimed = [live for live in directory.users if live.id not in claimed]
    for live in sorted(unclaimed, key=lambda one: (key(one.user_name), one.id)):
        if not policy.scope.has_user(live.user_name, live.external_id):
            continue
        if policy.prune_users == "disable" and (live.active is False or "active" in directory.hidden):
            continue
        if guard and guard.match(key(live.user_name)):
            protected.append(live.user_name)
        elif policy.prune_users == "disable":
            steps.append(Step("user", "disable", live.user_name, live.id, {"active": False}, {"active": live.active}))
        else:
            steps.append(Step("user", "delete", live.user_name, live.id, before=_shown(live)))
    return steps, protected
