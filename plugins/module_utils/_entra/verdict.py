# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict: who is provisioned, who is not and why, from the logs and the job. Pure."""

from __future__ import annotations

import re
import typing as t

from .status import describe_quarantine

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Json = dict[str, t.Any]

NAMES = 20
"""So many names are listed for one reason; the count has all."""

NOT_TOLD = "the service gives no reason"

QUOTED = re.compile(r"'[^']*'")
"""Names in a reason, which differ from person to person although the reason is the same."""


def summarize_logs(logs: Sequence[Mapping[str, t.Any]], job: Mapping[str, t.Any] | None) -> Json:
    """Counts of the entries, and what became last of everybody they are about. `logs` as `describe_logs` gives them, newest first."""
    latest = _latest(logs)
    provisioned = sorted({_name(entry) for entry in latest if entry["status"] in ("success", "warning")})
    unchanged = sorted({_name(entry) for entry in latest if entry["status"] == "unchanged"})
    skipped, failed = _by_reason(latest, "skipped"), _by_reason(latest, "failure")
    quarantine = describe_quarantine(job) if job is not None else None
    return {
        "entries": len(logs),
        "by_status": _count(entry["status"] for entry in logs),
        "by_action": _count(entry["action"] for entry in logs),
        "provisioned": provisioned,
        "unchanged": unchanged,
        "skipped": skipped,
        "failed": failed,
        "quarantine": quarantine,
        "verdict": _sentence(len(provisioned), len(unchanged), skipped, failed, quarantine),
    }


def _latest(logs: Sequence[Mapping[str, t.Any]]) -> list[Mapping[str, t.Any]]:
    """The newest entry about each person or group."""
    found: dict[tuple[str, str], Mapping[str, t.Any]] = {}
    for entry in logs:
        found.setdefault((entry["source"]["type"], entry["source"]["id"] or _name(entry)), entry)
    return list(found.values())


def _name(entry: Mapping[str, t.Any]) -> str:
    return str(entry["source"]["name"] or entry["target"]["name"] or entry["id"] or "")


def _by_reason(entries: Iterable[Mapping[str, t.Any]], status: str) -> list[Json]:
    """The entries of one status by their reason, the most frequent first."""
    reasons: dict[str, list[tuple[str, str]]] = {}
    for entry in entries:
        if entry["status"] == status:
            reason = entry["reason"] or entry["error_code"] or NOT_TOLD
            reasons.setdefault(QUOTED.sub("'...'", reason), []).append((_name(entry), reason))
    ordered = sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0]))
    return [_reason(shape, found) for shape, found in ordered]


def _reason(shape: str, found: Sequence[tuple[str, str]]) -> Json:
    """One reason; in the words of the only person whom it concerns, or without names."""
    reason = found[0][1] if len(found) == 1 else shape
    return {"reason": reason, "count": len(found), "names": sorted(name for name, _words in found)[:NAMES]}


def _count(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value or "other"] = counts.get(value or "other", 0) + 1
    return dict(sorted(counts.items()))


def _sentence(provisioned: int, unchanged: int, skipped: Sequence[Json], failed: Sequence[Json], quarantine: Json | None) -> str:
    """All of it in a few sentences, for people."""
    if not (provisioned or unchanged or skipped or failed or quarantine):
        return "The logs tell nothing yet."
    lines = [f"{provisioned} provisioned.", *([f"{unchanged} unchanged."] if unchanged else [])]
    for group, word in ((skipped, "skipped"), (failed, "failed")):
        for entry in group:
            more = ", ..." if entry["count"] > 3 else ""
            lines.append(f"{entry['count']} {word}: {entry['reason'].rstrip('.')} ({', '.join(entry['names'][:3])}{more}).")
    if quarantine:
        lines.append(f"The job is in quarantine: {quarantine['reason']}.")
    return " ".join(lines)
