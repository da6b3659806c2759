# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox in one process: `with Sandbox() as sandbox:` and point a client at `sandbox.base_url` or `sandbox.graph_url`."""

from __future__ import annotations

import secrets
import tempfile
import threading
import typing as t
from pathlib import Path

from .control import Control
from .entra.doors import Doors
from .entra.entra import Entra
from .entra.graph import GraphService
from .entra.login import LoginService
from .entra.switches import entra_switches_of, is_entra
from .faults import FaultScript
from .journal import Journal
from .pipeline import Pipeline
from .profiles import switches_of
from .scim import ScimService
from .seed import sow
from .server import HttpServer
from .store import Tenant
from .tls import Authority

if t.TYPE_CHECKING:
    from types import TracebackType

    from .store import Json

ORGANIZATION = "1234567"
IDP = "098"


class Sandbox:
    """Zscaler's SCIM service and Microsoft's Entra ID on loopback, with one journal, one fault script and a control address.

    `switches` change the profile's defaults, `faults` is a list of rules for the fault script. `journal_limit` bounds
    what the journal remembers (0 = everything). Nothing listens before `start` or the `with` block.
    """

    def __init__(
        self,
        profile: str = "zia",
        *,
        switches: t.Mapping[str, t.Any] | None = None,
        faults: t.Iterable[Json] = (),
        tls: bool = True,
        port: int = 0,
        graph_port: int = 0,
        seed: int = 1,
        journal_limit: int = 0,
        folder: Path | None = None,
        organization: str = ORGANIZATION,
        idp: str = IDP,
    ) -> None:
        self.profile = profile
        self.switches = switches_of(profile, _scim_switches(switches or {}))
        self.journal = Journal(journal_limit)
        self.faults = FaultScript(faults, seed=seed)
        self.tenant = Tenant(self.switches, seed=seed)
        self.scim = ScimService(self.tenant, self.switches, self.faults, profile=profile, organization=organization, idp=idp)
        self.token = self.scim.token
        self.ca_path = ""
        self.entra = Entra(entra_switches_of(switches), self.journal, trust=lambda: self.ca_path)
        self.stopped = threading.Event()
        self._tls = tls
        self._port = port
        self._graph_port = graph_port
        self._folder = folder
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._secret = secrets.token_urlsafe(16)
        self._server: HttpServer | None = None
        self._graph: HttpServer | None = None
        self._control: HttpServer | None = None

    def start(self) -> Sandbox:
        """Begins to listen."""
        context = None
        if self._tls:
            authority = Authority(self._folder or self._make_folder())
            context = authority.context()
            self.ca_path = str(authority.ca_path)
        self._server = HttpServer(Pipeline(self.scim, self.journal, self.faults), port=self._port, tls=context)
        self.scim.presenter.base = self.base_url
        doors = Doors(*(Pipeline(service, self.journal, self.faults) for service in (GraphService(self.entra), LoginService(self.entra))))
        self._graph = HttpServer(doors, port=self._graph_port, tls=context)
        self.entra.origin = self.graph_url
        self._control = HttpServer(Control(self, self._secret))
        self._server.start()
        self._graph.start()
        self._control.start()
        return self

    def stop(self) -> None:
        """Stops listening and ends all connections."""
        self.entra.stop()
        for server in (self._server, self._graph, self._control):
            if server:
                server.stop()
        if self._temporary:
            self._temporary.cleanup()

    def settle(self) -> None:
        """Waits until all who talk to Zscaler have hung up, so that nothing comes after it of a process that was killed."""
        if self._server:
            self._server.settle()

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._server.port if self._server else self._port}"

    @property
    def base_url(self) -> str:
        """The SCIM base URL as the Zscaler portal would show it."""
        return self.origin + self.scim.path

    @property
    def graph_url(self) -> str:
        """The origin of Microsoft Graph, without the version."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._graph.port if self._graph else self._graph_port}"

    @property
    def authority_url(self) -> str:
        """The origin of the login service."""
        return self.graph_url

    @property
    def control_url(self) -> str:
        """The control address; its path holds a secret, so that no web page can guess it."""
        return f"http://127.0.0.1:{self._control.port if self._control else 0}/{self._secret}"

    def seed(self, users: t.Iterable[Json] = (), groups: t.Iterable[Json] = ()) -> None:
        """Puts users and groups into the tenant without any request. Raises ValueError with a sentence."""
        with self.tenant.lock:
            sow(self.tenant, users, groups)

    def reset(self) -> None:
        """Back to new tenants: no users and groups but the profile's own, no applications, no faults, an empty journal."""
        with self.tenant.lock:
            self.tenant.clear()
        self.entra.clear()
        self.faults.clear()
        self.journal.clear()

    def switch(self, **changes: t.Any) -> None:
        """Changes switches while it runs. Raises ValueError with a sentence; then nothing is changed."""
        switches_of(self.profile, _scim_switches(changes))
        entra_switches_of(changes)
        with self.tenant.lock:
            for name, value in changes.items():
                (self.entra.switches if is_entra(name) else self.switches).set(name, value)
            self.scim.presenter.forget()

    def _make_folder(self) -> Path:
        self._temporary = tempfile.TemporaryDirectory(prefix="scimops-sandbox-")
        return Path(self._temporary.name)


def _scim_switches(changes: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {name: value for name, value in changes.items() if not is_entra(name)}
