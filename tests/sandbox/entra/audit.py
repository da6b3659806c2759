# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The provisioning logs."""

from __future__ import annotations

import typing as t

from .answers import Call, Listing

if t.TYPE_CHECKING:
    from .entra import Entra

# By Microsoft's metadata; the last one is in Microsoft's own sample.
FILTERABLE = {
    "jobId": "eq contains",
    "cycleId": "eq contains",
    "changeId": "eq contains",
    "tenantId": "eq contains",
    "activityDateTime": "eq gt lt",
    "servicePrincipal/id": "eq contains",
}


class Logs:
    """Answers to /auditLogs/provisioning."""

    def __init__(self, entra: Entra) -> None:
        self._directory = entra.directory

    def listing(self, _call: Call) -> Listing:
        """GET /auditLogs/provisioning: the newest first."""
        with self._directory.lock:
            logs = self._directory.logs[::-1]
        return Listing(logs, "auditLogs/provisioning", filterable=FILTERABLE, sortable=frozenset({"activityDateTime"}), limit=1000)
