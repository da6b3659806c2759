# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine's SCIM client: standard library only, loopback only, the sandbox's own certificate authority only.

It never follows a redirect, waits where the service says 429, and keeps the token out of everything that it returns or raises.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import ssl
import typing as t
import urllib.parse
from dataclasses import dataclass

if t.TYPE_CHECKING:
    from .state import Json

AGENT = "sandbox provisioning engine"
TIMEOUT = 30
TRIES = 6
SIZE_LIMIT = 64 * 1024 * 1024
LONGEST_WAIT = 60.0


class TargetError(Exception):
    """The target could not be reached, or refused: `status` (0 = no answer) and the service's own words."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class CredentialsRefused(TargetError):
    """401 or 403: the token is not accepted."""


@dataclass(frozen=True)
class Answer:
    """What the service answered; `body` is None where there is none."""

    status: int
    body: t.Any


class ScimClient:
    """One tenant of a SCIM service. Not for several threads. `wait` is true when the sandbox stops."""

    def __init__(self, base_url: str, token: str, *, ca_path: str, wait: t.Callable[[float], object]) -> None:
        parts = checked(base_url)
        self._path = parts.path.rstrip("/")
        self._token = token
        self._wait = wait
        self._connection = connection(parts, ca_path)
        self.sent = 0

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def get(self, path: str, **query: str) -> Answer:
        """GET; `query` is encoded here."""
        encoded = urllib.parse.urlencode(query, quote_via=urllib.parse.quote)
        return self.send("GET", f"{path}?{encoded}" if encoded else path)

    def send(self, method: str, path: str, body: Json | None = None) -> Answer:
        """One request, again after 429. Raises TargetError for everything but 2xx."""
        pause = 1.0
        for left in reversed(range(TRIES)):
            status, headers, content = self._exchange(method, path, body)
            if status != 429 or not left:
                return _answer(status, headers, content)
            if self._wait(_retry_after(headers, pause)):
                raise TargetError(0, "The sandbox stops.")
            pause = min(2 * pause, LONGEST_WAIT)
        raise TargetError(429, "Too many requests")

    def _exchange(self, method: str, path: str, body: Json | None) -> tuple[int, http.client.HTTPMessage, bytes]:
        """One exchange; a connection that the service closed while it was idle is opened again, for reads only."""
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/scim+json", "User-Agent": AGENT}
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            headers["Content-Type"] = "application/scim+json"
        is_new = self._connection.sock is None
        try:
            return self._once(method, path, content, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            if is_new or method != "GET":
                raise TargetError(0, "The service closed the connection without an answer.") from None
            return self._again(path, headers)

    def _again(self, path: str, headers: t.Mapping[str, str]) -> tuple[int, http.client.HTTPMessage, bytes]:
        try:
            return self._once("GET", path, None, headers)
        except OSError:
            raise TargetError(0, "The service closed the connection without an answer.") from None

    def _once(
        self, method: str, path: str, content: bytes | None, headers: t.Mapping[str, str]
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        self.sent += 1
        try:
            self._connection.request(method, f"{self._path}/{path}", body=content, headers=dict(headers))
            response = self._connection.getresponse()
            return response.status, response.headers, response.read(SIZE_LIMIT)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._connection.close()
            raise
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise TargetError(0, _unreachable(error)) from None


def checked(base_url: str) -> urllib.parse.SplitResult:
    """An address on this machine, taken apart. Raises TargetError."""
    parts = urllib.parse.urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TargetError(0, f"The tenant URL {base_url!r} is not an address that begins with https://.")
    if not _is_loopback(parts.hostname):
        raise TargetError(0, f"{parts.hostname} cannot be reached: the sandbox sends nothing beyond this machine.")
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def connection(parts: urllib.parse.SplitResult, ca_path: str) -> http.client.HTTPConnection:
    """A connection that trusts this authority only."""
    host, port = str(parts.hostname), parts.port
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_path:
        context.load_verify_locations(cafile=ca_path)
    return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=context)


def _answer(status: int, headers: http.client.HTTPMessage, content: bytes) -> Answer:
    if 200 <= status < 300:
        return Answer(status, _decoded(headers, content) if content else None)
    reason = f"StatusCode: {status}. {_detail(content)}".strip()
    raise (CredentialsRefused if status in (401, 403) else TargetError)(status, reason)


def _decoded(headers: http.client.HTTPMessage, content: bytes) -> t.Any:
    if "json" not in (headers.get("Content-Type") or "json").lower():
        raise TargetError(0, "The service did not answer with JSON; the tenant URL may be wrong.")
    try:
        return json.loads(content)
    except ValueError:
        raise TargetError(0, "The service answered with something that is not JSON; the tenant URL may be wrong.") from None


def _detail(content: bytes) -> str:
    """The service's own reason, where it gave one in SCIM's form."""
    try:
        body = json.loads(content)
    except ValueError:
        return ""
    return str(body.get("detail") or body.get("message") or "")[:500] if isinstance(body, dict) else ""


def _retry_after(headers: http.client.HTTPMessage, otherwise: float) -> float:
    first = (headers.get("Retry-After") or "").split(" ")[0]
    try:
        return min(max(float(first), 0.05), LONGEST_WAIT)
    except ValueError:
        return otherwise


def _unreachable(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "The certificate of the service is not trusted: the sandbox trusts its own authority only."
    return f"The service cannot be reached ({error.__class__.__name__})."
