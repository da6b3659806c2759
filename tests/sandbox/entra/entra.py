# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Entra tenant of the sandbox: directory, gallery, provisioning engine, tokens. `Sandbox.entra` is one of these."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
import typing as t
import uuid

from .answers import Json
from .contract import Contract
from .engine import Engine
from .permissions import granted_to
from .seed import sow, state_of
from .state import Application, Directory
from .templates import CUSTOM_ID, Gallery, new_application

if t.TYPE_CHECKING:
    from ..journal import Journal
    from .switches import EntraSwitches


def make_token(permissions: t.Collection[str]) -> str:
    """A token as Microsoft's: claims that anybody can read, those of an application here, and a signature that nobody reads."""
    parts: list[Json] = [
        {"typ": "JWT", "alg": "none"},
        {"idtyp": "app", "roles": sorted(permissions), "jti": secrets.token_urlsafe(16)},
    ]
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*texts, secrets.token_urlsafe(48)])


class Entra:
    """One tenant. Nothing here listens; `graph.GraphService` and `login.LoginService` answer for it."""

    def __init__(self, switches: EntraSwitches, journal: Journal, *, trust: t.Callable[[], str] = str) -> None:
        self.switches = switches
        self.journal = journal
        self.directory = Directory()
        self.client_id = str(uuid.uuid4())
        self.client_secret = secrets.token_urlsafe(32)
        self.certificates: list[str] = []
        """PEM certificates whose keys may sign client assertions; none = any assertion counts."""
        self.clock: t.Callable[[], float] = time.monotonic
        self.engine = Engine(self.directory, trust=trust, switches=switches)
        self.gallery = Gallery(self)
        self.contract = Contract.of_environment()
        self.origin = ""
        """Scheme, host and port; set once the server listens."""
        self._tokens: dict[str, float] = {}
        self._token_lock = threading.Lock()

    def now(self) -> float:
        """Seconds, by a clock that tests may exchange."""
        return self.clock()

    @property
    def tenant_id(self) -> str:
        """The id of the tenant."""
        return self.directory.tenant_id

    @property
    def violations(self) -> list[str]:
        """What requests and answers had against Microsoft's published contract."""
        return self.contract.violations if self.contract else []

    # Tokens

    def access_token(self, lifetime: float | None = None) -> str:
        """A new token for Microsoft Graph that lives as long as the switch says."""
        token = make_token(granted_to(self.switches.entra_permissions, self.switches.entra_missing_permissions))
        with self._token_lock:
            self._tokens[token] = self.clock() + (self.switches.entra_token_lifetime if lifetime is None else lifetime)
        return token

    def token_state(self, token: str) -> str:
        """`right`, `expired`, or `wrong` for one that was never given out."""
        with self._token_lock:
            ends = self._tokens.get(token)
        if ends is None:
            return "wrong"
        return "right" if self.clock() < ends else "expired"

    # The directory

    def add(self, application: Application) -> None:
        """Puts a new application into the directory; it is seen as late as the switches say."""
        now = self.clock()
        application.visible_at = now + self.switches.entra_replication_delay
        application.listed_at = now + self.switches.entra_listing_delay
        application.flickers = 2 * self.switches.entra_flicker
        application.sync_errors = self.switches.entra_new_sync_errors
        with self.directory.lock:
            self.directory.applications[application.principal_id] = application

    def add_application(self, display_name: str, template: str = "Zscaler One") -> Application:
        """An application that was there before; "" as template makes one that the gallery does not know."""
        by_name = {str(one["displayName"]): one for one in self.gallery.templates.values()}
        application = new_application(by_name[template] if template else self.gallery.templates[CUSTOM_ID], display_name, self)
        if not template:
            application.template_id = ""
            application.application["applicationTemplateId"] = application.principal["applicationTemplateId"] = None
        with self.directory.lock:
            self.directory.applications[application.principal_id] = application
        return application

    def find(self, name_or_id: str = "") -> Application:
        """An application by display name or any of its ids; without a name the only one. Raises ValueError."""
        with self.directory.lock:
            applications = list(self.directory.applications.values())
        found = [one for one in applications if name_or_id in ("", one.display_name, one.id, one.app_id, one.principal_id)]
        if len(found) != 1:
            raise ValueError(f"there are {len(found)} applications named {name_or_id or '(any)'}; say which one by its id")
        return found[0]

    def seed(self, users: t.Iterable[Json] = (), groups: t.Iterable[Json] = ()) -> None:
        """Puts users and groups into the directory without any request. Raises ValueError with a sentence."""
        with self.directory.lock:
            sow(self.directory, users, groups)

    def state(self) -> Json:
        """The truth, for tests and the control address; no secret values."""
        with self.directory.lock:
            return state_of(self.directory)

    def cycle(self, name_or_id: str = "") -> Json:
        """Runs one provisioning cycle of an application's job now and returns what it counted. Raises ValueError."""
        application = self.find(name_or_id)
        if not application.jobs:
            raise ValueError(f"{application.display_name} has no synchronization job")
        # The engine talks to the SCIM service meanwhile, so the lock is not held.
        return self.engine.cycle(application, next(iter(application.jobs.values())))

    def clear(self) -> None:
        """An empty tenant with the same ids, client and secret."""
        with self.directory.lock:
            self.directory.clear()

    def stop(self) -> None:
        """Ends what runs in the background."""
        self.engine.stop()
