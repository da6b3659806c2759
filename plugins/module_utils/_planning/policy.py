# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task may touch: scope, protected names, pruning, and the removal limit. Pure."""

from __future__ import annotations

import fnmatch
import functools
import re
import typing as t
from dataclasses import dataclass, field

from .._errors import InputError, Problem
from .._limit import Limit
from .._model import key

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from .._model import Document

PROTECTED_GROUPS = ("Service Admin", "Zscaler *", "Dynamic Group *")
"""Groups of Zscaler's own (fact sheet: ZIA ships a default group; F59)."""


@functools.lru_cache(maxsize=8)
def compile_globs(globs: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for names as `key()` gives them; None where nothing is protected."""
    if not globs:
        return None
    return re.compile("|".join(fnmatch.translate(key(glob)) for glob in globs))


def compile_regex(option: str, text: str) -> re.Pattern[str] | None:
    """The compiled expression of a scope option, or None where it was not given (B56)."""
    if not text:
        return None
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise InputError([Problem(f"option scope.{option}", "", f"not a regular expression: {error}")]) from error


@dataclass(frozen=True)
class Scope:
    """Which users and groups are ours; what does not match all given conditions is neither touched nor counted."""

    suffixes: tuple[str, ...] = ()
    user_name: re.Pattern[str] | None = None
    external_id: re.Pattern[str] | None = None
    group_name: re.Pattern[str] | None = None

    @property
    def expressions(self) -> bool:
        """Whether regular expressions decide, which may take any time."""
        return bool(self.user_name or self.external_id or self.group_name)

    @property
    def is_everything(self) -> bool:
        """Whether nothing is out of scope."""
        return not self.suffixes and not self.expressions

    def has_user(self, user_name: str, external_id: str | None) -> bool:
        """Whether a user with these names is ours; where the externalId decides, one without any is not."""
        return self.has_user_name(user_name) and self.has_external_id(external_id)

    def has_user_name(self, user_name: str) -> bool:
        """Whether a user of this name may be ours. Suffixes are compared as text, casefolded."""
        if self.suffixes and not key(user_name).endswith(self.suffixes):
            return False
        return not self.user_name or bool(self.user_name.search(user_name))

    def has_external_id(self, external_id: str | None) -> bool:
        """Whether a user with this externalId may be ours."""
        return not self.external_id or bool(external_id and self.external_id.search(external_id))

    def has_group(self, display_name: str) -> bool:
        """Whether a group of this name is ours."""
        return not self.group_name or bool(self.group_name.search(display_name))


def make_scope(options: dict[str, t.Any] | None) -> Scope:
    """The scope that the option `scope` describes; raises InputError for a broken expression."""
    given = options or {}
    return Scope(
        suffixes=tuple(key(suffix) for suffix in given.get("user_name_suffixes") or ()),
        user_name=compile_regex("user_name_regex", given.get("user_name_regex") or ""),
        external_id=compile_regex("external_id_regex", given.get("external_id_regex") or ""),
        group_name=compile_regex("group_name_regex", given.get("group_name_regex") or ""),
    )


@dataclass(frozen=True)
class Policy:
    """How a document is to be enforced. The defaults are those of a task that names one object and prunes nothing.

    `missing_members` may also be assume: whoever is unknown is taken for a user that will be there by then.
    """

    prune_users: str = "none"
    prune_groups: str = "none"
    membership: str = "exact"
    scope: Scope = field(default_factory=Scope)
    protected_users: tuple[str, ...] = ()
    protected_groups: tuple[str, ...] = PROTECTED_GROUPS
    limit: Limit = field(default_factory=Limit)
    allow_over_limit: bool = False
    external_id_conflict: str = "fail"
    missing_members: str = "fail"

    def user_guard(self) -> re.Pattern[str] | None:
        """The pattern of users that are never disabled or deleted, to be matched with `key(userName)`."""
        return compile_globs(self.protected_users)

    def group_guard(self) -> re.Pattern[str] | None:
        """The pattern of groups that are never deleted or emptied, to be matched with `key(displayName)`."""
        return compile_globs(self.protected_groups)


def check_document(document: Document, policy: Policy) -> None:
    """Raise InputError where the document asks for what the policy rules out: before any request (B57, law 4)."""
    problems = [*_user_problems(document, policy), *_group_problems(document, policy)]
    if problems:
        raise InputError(problems)


def _user_problems(document: Document, policy: Policy) -> Iterator[Problem]:
    guard, scope = policy.user_guard(), policy.scope
    for user in document.users if guard or not scope.is_everything else ():
        name, external_id = user.name, t.cast("str | None", user.values.get("external_id"))
        if name and not scope.has_user_name(name):
            yield Problem(str(user.place), "user_name", f"{name} is declared but lies outside of scope; widen scope or drop the entry")
        # An entry without external_id may well be a user who has one at the service, so it is judged when that is known.
        if external_id is not None and not scope.has_external_id(external_id):
            what = f"{external_id} lies outside of scope" if external_id else "an empty one takes the user out of scope"
            yield Problem(str(user.place), "external_id", f"{what} (external_id_regex); widen scope, or correct or drop the external_id")
        leaves = not user.present or user.values.get("active") is False
        if leaves and guard and guard.match(key(user.user_name)):
            verb = "inactive" if user.present else "absent"
            yield Problem(str(user.place), "user_name", f"{user.user_name} is protected (protected_users) and declared {verb}")


def _group_problems(document: Document, policy: Policy) -> Iterator[Problem]:
    guard, scope = policy.group_guard(), policy.scope
    for group in document.groups:
        name = group.display_name
        if name and not scope.has_group(name):
            yield Problem(str(group.place), "display_name", f"{name} is declared but lies outside of scope; widen scope or drop the entry")
        if not group.present and guard and guard.match(key(name)):
            yield Problem(str(group.place), "display_name", f"{name} is protected (protected_groups) and declared absent")
