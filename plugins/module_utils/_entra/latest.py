# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the provisioning logs say last of somebody, in one sentence. Pure."""

from __future__ import annotations

import typing as t

from .logs import describe_log
from .status import part

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    Json = dict[str, t.Any]
    Entry = Mapping[str, t.Any]


class Latest(t.NamedTuple):
    """The sentence, and whether Entra has disabled the user with it."""

    text: str
    disabled: bool


def latest_of(entries: Iterable[Entry], ids: Collection[str]) -> dict[str, Latest]:
    """For each of these ids of Entra the newest entry; one that says that nothing was to do only where there is no other.

    The entries come newest first.
    """
    wanted = {id.casefold(): id for id in ids}
    told: dict[str, Latest] = {}
    idle: dict[str, Latest] = {}
    for entry in entries:
        id = wanted.get(str(part(entry, "sourceIdentity").get("id") or "").casefold())
        if id is None or id in told:
            continue
        log = describe_log(entry)
        (idle if log["status"] == "unchanged" else told).setdefault(id, Latest(_sentence(log), _disables(log)))
    return {**idle, **told}


def _disables(log: Json) -> bool:
    return str(log["action"]).casefold() == "disable" and str(log["status"]).casefold() == "success"


def _sentence(log: Json) -> str:
    status, action, time = str(log["status"]), str(log["action"]), str(log["time"] or "")
    when = f" at {time}" if time else ""
    if status == "unchanged":
        return f"Entra's log{when} takes it for provisioned; it was removed at Zscaler"
    if status.casefold() == "success":
        return f"Entra's log: {action} succeeded{when}" + ("" if _disables(log) else "; it was changed at Zscaler since")
    code = f" ({log['error_code']})" if log["error_code"] and log["error_code"] != log["reason"] else ""
    return f"Entra's log: {status}{when}: {log['reason'] or 'no reason is given'}{code}"
