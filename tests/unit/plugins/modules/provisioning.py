# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An application in the sandbox's tenant whose provisioning the tests look at, from outside and from inside."""

from __future__ import annotations

import json
import typing as t

NAME = "Zscaler One"
OTHER_MAIL_KEY = "HumanResourcesLookaheadQueryEnabled"


class Provisioning:
    """The application, and its job and settings as the tenant really has them."""

    def __init__(self, entra: t.Any, *, stored: bool = True) -> None:
        self.entra = entra
        self.sandbox = entra.sandbox
        self.app = self.sandbox.entra.add_application(NAME)
        if stored:
            self.app.secrets.update({"BaseAddress": self.sandbox.base_url, "SecretToken": self.sandbox.token, "SyncAll": "true"})

    @property
    def job(self) -> t.Any:
        """The one job."""
        return next(iter(self.app.jobs.values()))

    @property
    def mail(self) -> t.Any:
        """The notification settings as they are stored."""
        return json.loads(self.app.secrets["SyncNotificationSettings"])

    def run(self, module: str, **options: t.Any) -> t.Any:
        """One of the provisioning modules, by the last part of its name."""
        return self.entra.run(f"entra_provisioning_{module}", display_name=NAME, **options)

    def cycle(self, module: str, **options: t.Any) -> t.Any:
        """The same in check mode, for real, and both again."""
        return self.entra.cycle(f"entra_provisioning_{module}", display_name=NAME, **options)

    def assign(self, *names: str, role: str = "User") -> None:
        """New people, and each assigned in this role."""
        self.entra.seed(*names)
        assignments = [{"user": f"{name}@corp.example", "role": role} for name in names]
        done = self.entra.run("entra_app_assignment", display_name=NAME, assignments=assignments, allow_default_access=True)
        assert not done.get("failed"), done

    def active(self, *names: str) -> list[bool]:
        """Who of these people is active at the target."""
        return [self.sandbox.tenant.user(f"{name}@corp.example").attributes["active"] for name in names]

    def quarantine(self, reason: str, message: str = "In the words of the service.") -> None:
        """Put the job into quarantine."""
        self.job.status["code"] = "Quarantine"
        self.job.status["quarantine"] = {
            "reason": reason,
            "currentBegan": "2026-11-23T08:00:00Z",
            "nextAttempt": "2026-11-23T14:00:00Z",
            "seriesBegan": "2026-11-22T08:00:00Z",
            "seriesCount": 2,
            "error": {"code": reason, "message": message, "tenantActionable": True},
        }
