# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which category a user is, and why. Pure."""

from __future__ import annotations

import typing as t

from .._model import shown
from .._wording import cut_list
from .case import AT_ZSCALER, told_attributes
from .model import (
    CATEGORIES,
    DECLARED,
    DECLARED_ABSENT,
    DIFFERS,
    DISABLED,
    EXTRA,
    MISSING,
    NOT_ASSIGNED,
    NOT_DECLARED,
    NOT_PROVISIONED,
    Finding,
)
from .rows import says_active

if t.TYPE_CHECKING:
    from .case import Case
    from .rows import Row

Verdict = tuple[str, str]
"""Category and reason."""

SAME: Verdict = ("", "")


def judge_user(row: Row, case: Case) -> Finding | None:
    """What is wrong with a user; None if nothing is."""
    category, reason = first(_by_git(row, case), _by_entra(row, case))
    if not category:
        return None
    return Finding(
        "user",
        row.name,
        category,
        declared=declared_text(row, case),
        entra=case.inside_text(row),
        zscaler=_live_text(row),
        reason=reason,
        source=str(row.desired.place) if row.desired is not None else "",
        attributes=told_attributes(row.steps) if row.present else {},
    )


def first(git: Verdict, entra: Verdict) -> Verdict:
    """Of what Git says and what Entra says the category that comes first, with what the other has to add."""
    if not entra[0] or (git[0] and CATEGORIES.index(git[0]) <= CATEGORIES.index(entra[0])):
        return git
    return entra[0], "; ".join(reason for reason in (entra[1], git[1]) if reason)


def declared_text(row: Row, case: Case) -> str:
    """What Git says of a user or a group."""
    if not case.declared:
        return ""
    if row.desired is None:
        return NOT_DECLARED
    return DECLARED if row.present else DECLARED_ABSENT


def _live_text(row: Row) -> str:
    if row.live is None:
        return AT_ZSCALER[False]
    return {True: "active", False: "inactive"}.get(row.live.active, AT_ZSCALER[True])


def _by_git(row: Row, case: Case) -> Verdict:
    """What the plan would do tells what differs: nothing else is compared, so that the two cannot disagree."""
    if row.failures:
        return DIFFERS, cut_list([failure.detail for failure in row.failures], 3)
    verbs = {step.verb for step in row.steps}
    if "create" in verbs:
        return MISSING, _and_entra("is declared, and not at Zscaler", row, case)
    if "delete" in verbs or ("disable" in verbs and row.desired is None):
        return EXTRA, _extra_reason(row)
    if any(step.values.get("active") is True for step in row.steps):
        return DISABLED, "is declared active, and inactive at Zscaler" + case.disabled_by_entra(row)
    if verbs:
        return DIFFERS, cut_list([difference(name, both) for name, both in told_attributes(row.steps).items()], 5)
    return SAME


def _extra_reason(row: Row) -> str:
    why = "is declared absent" if row.desired is not None else "is in no state file"
    return f"{why}, and assigned in Entra, which would make the user again" if row.inside is not None else why


def difference(name: str, both: dict[str, t.Any]) -> str:
    """What differs in one attribute, in words."""
    return f"{name} is {_value(both['zscaler'])}, declared {_value(both['declared'])}"


def _value(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else shown(value) or "empty"


def _and_entra(reason: str, row: Row, case: Case) -> str:
    """The reason, with what Entra has to say of somebody whom it is to provision as well."""
    return reason if row.inside is None else f"{reason}; {case.why_not_provisioned(row)}"


def _by_entra(row: Row, case: Case) -> Verdict:
    entra, live = case.entra, row.live
    if entra is None or not entra.users_mapped or row.disputed or not case.is_our_user(row):
        return SAME
    if row.inside is not None:
        if live is None:
            return NOT_PROVISIONED, case.why_not_provisioned(row)
        if live.active is False and not says_active(row.desired) and not case.is_disabled_by_entra(row):
            return DISABLED, f"is {row.inside.how}, and inactive at Zscaler{case.unread_block(row)}"
    elif live is not None and live.active is not False and not row.present and not case.is_protected_user(row):
        return NOT_ASSIGNED, f"is at Zscaler, and {case.inside_text(row)}"
    return SAME
