# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks entry after entry: raw values in, desired users and groups out. Pure."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._errors import InputError
from .._model import DesiredGroup, DesiredUser, Place, maker
from .checks import Checks
from .fields import GROUP_FIELDS, PRESENT, USER_FIELDS, Field, Raw
from .plain import MASKED, Shapes

_make_user = maker(DesiredUser)


def check_user(
    values: Mapping[str, object], place: Place, *, fields: Mapping[str, Field] = USER_FIELDS, max_groups_per_user: int = 128
) -> DesiredUser:
    """The user that these values describe; null is an error, a key that is absent is left alone.

    `fields` may be a table with other or laxer keys; `new_user_name` is one that DesiredUser knows besides.
    Raises InputError with all problems.
    """
    inspection = Inspection(max_groups_per_user=max_groups_per_user)
    raw = Raw("user", place, dict(values))
    user = inspection.user(raw, fields)
    if user.new_user_name and not user.present:
        inspection.report(raw, "new_user_name", "has no meaning with state: absent; give the name that the user has now, as user_name")
    inspection.finish()
    return user


def check_group(values: Mapping[str, object], place: Place, *, fields: Mapping[str, Field] = GROUP_FIELDS, today: str = "") -> DesiredGroup:
    """The group that these values describe, as in `check_user`."""
    inspection = Inspection(today=today)
    group = inspection.group(Raw("group", place, values), fields)
    inspection.finish()
    return group


class Inspection(Checks):
    """Makes users and groups of entries, of as many values as are right.

    The dict of an entry may become part of the user: a hundred thousand copies would cost time and memory for nothing.
    """

    def __init__(self, *, today: str = "", max_groups_per_user: int = 128, membership: str = "exact") -> None:
        super().__init__(today)
        self._max_groups = max_groups_per_user
        self._membership = membership
        self._groups = self.names["group"]
        self._shapes = Shapes(USER_FIELDS)
        # One copy of each department; sys.intern does the same, but ansible-core puts a slow function of its own before it.
        self._departments: dict[str, str] = {}

    def finish(self) -> None:
        """Raises InputError if anything was wrong."""
        if self.problems:
            raise InputError(self.problems)

    def user(self, raw: Raw, fields: Mapping[str, Field] = USER_FIELDS) -> DesiredUser:
        """The user that the entry declares."""
        if fields is USER_FIELDS and raw.values.__class__ is dict:
            user = self._plain_user(raw)
            if user is not None:
                return user
        found = self.entry(raw, fields)
        groups = found.pop("groups", None)
        if groups is not None and 0 < self._max_groups < len(groups):
            reason = f"names {len(groups)} groups; at most {self._max_groups} are allowed (max_groups_per_user)"
            self.report(raw, "groups", reason)
        if "department" in found:
            found["department"] = self._departments.setdefault(found["department"], found["department"])
        present = found.pop("state", PRESENT) == PRESENT
        if groups and not present:
            self.report(raw, "groups", "names groups of a user who is to be absent; drop groups, or state: absent")
        return DesiredUser(
            found.pop("user_name", ""),
            raw.place,
            found,
            id=found.pop("id", ""),
            groups=groups,
            new_user_name=found.pop("new_user_name", ""),
            present=present,
        )

    def group(self, raw: Raw, fields: Mapping[str, Field] = GROUP_FIELDS) -> DesiredGroup:
        """The group that the entry declares; members whose time is over are left out."""
        found = self.entry(raw, fields)
        membership = found.get("membership", "")
        mode = membership or self._membership
        if mode in ("append", "remove") and _has_expiry(raw.values):
            whose = "" if membership else " (the option of the task)"
            advice = "give the group membership: exact, or remove expires"
            self.report(raw, "members", f"expires has no effect with membership: {mode}{whose}; {advice}")
        return DesiredGroup(
            found.get("display_name", ""),
            raw.place,
            external_id=found.get("external_id"),
            id=found.get("id", ""),
            previous_names=found.get("previous_names", ()),
            membership=membership,
            members=found.get("members"),
            present=found.get("state", PRESENT) == PRESENT,
        )

    def _plain_user(self, raw: Raw) -> DesiredUser | None:
        """The user if nothing can be wrong with it; None if it needs a closer look."""
        values: t.Any = raw.values
        try:
            found = self._shapes[tuple(values)]
            joined = "\n".join(found.texts(values))
            if not found.test(joined) or MASKED in joined or values.get("active", True).__class__ is not bool:
                return None
            groups = None
            if "groups" in values:
                groups = self._groups.plain(values["groups"])
                if groups is None or 0 < self._max_groups < len(groups):
                    return None
                del values["groups"]
            if "department" in values:
                department = values["department"]
                values["department"] = self._departments.setdefault(department, department)
            return _make_user((values.pop("user_name"), raw.place, values, values.pop("id", ""), groups, "", True))
        except TypeError:
            return None


def _has_expiry(values: Mapping[str, t.Any]) -> bool:
    members = values.get("members")
    return isinstance(members, list) and any(isinstance(item, Mapping) and "expires" in item for item in members)
