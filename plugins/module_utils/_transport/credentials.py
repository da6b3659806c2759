# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens of Microsoft Entra for Graph: azure-identity asks for them; here they are kept and renewed, and errors told in a sentence."""

from __future__ import annotations

import logging
import math
import re
import sys
import threading
import time
import typing as t
from pathlib import Path

from .._errors import CollectionError, InputError, NotSent, Problem, TransportError, Unauthorized, UntrustedAnswer
from .answer import NotJson, decode, shorten, tidy
from .auth import MARGIN, unfit_secret
from .azure_transport import AzureTransport
from .connection import Unreachable
from .exchange import brief

try:
    from azure.core.exceptions import AzureError
    from azure.identity import (
        AzureCliCredential,
        CertificateCredential,
        ClientAssertionCredential,
        ClientSecretCredential,
        ManagedIdentityCredential,
    )
except ImportError:
    HAS_AZURE_IDENTITY = False
else:
    HAS_AZURE_IDENTITY = True

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from .choice import Choice
    from .connection import Connection
    from .secrets import Scrubber

NAMES = {
    "client_secret": "client secret",
    "certificate": "certificate",
    "workload_identity": "workload identity",
    "managed_identity": "managed identity",
    "cli": "Azure CLI",
}

LARGEST_FILE = 1024 * 1024
"""Bytes of a certificate or a token that are read."""

TRACES = re.compile(r"\s*\.?\s*(Trace ID:|Correlation ID:|Timestamp:|To mitigate this issue).*", re.DOTALL)
"""What follows the sentence in an error of Entra."""


class MissingAzureIdentity(CollectionError):
    """azure-identity is needed and not there."""


class EntraTokens:
    """Tokens of one credential, fetched when first needed and renewed before they end; safe for threads.

    Nothing is read from files of the user's, from netrc or a proxy of the environment: all requests go through `connection`.
    """

    def __init__(
        self,
        choice: Choice,
        authority: str,
        scope: str,
        *,
        connection: Connection,
        scrub: Scrubber,
        timeout: float = 30,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        if not HAS_AZURE_IDENTITY:
            raise MissingAzureIdentity(choice.kind)
        _silence()
        self._choice = choice
        self._authority = authority
        self._scope = scope
        self._scrub = scrub
        self._timeout = timeout
        self._clock = clock
        self._request = f"token request ({NAMES[choice.kind]})"
        self._advice = f"{ADVICE[choice.kind]}. This login comes from {choice.told}"
        only = "" if choice.kind == "managed_identity" else authority
        self._wire = AzureTransport(connection, only, timeout=timeout, request=self._request, sleep=sleep)
        self._certificate = _read_certificate(choice.certificate_path) if choice.kind == "certificate" else b""
        self._lock = threading.Lock()
        self._header = ""
        self._renew_at = -math.inf
        if choice.kind == "certificate":
            # A wrong password is the input's fault: told before anything is sent.
            self._credential()

    def __call__(self) -> str:
        """The value of the Authorization header. Raises NotSent if no token can be had now, Unauthorized if none is given."""
        with self._lock:
            if not self._header or self._clock() >= self._renew_at:
                self._fetch()
            return self._header

    def renew(self, refused: str) -> bool:
        """Fetches another token than the one in the header `refused`, unless another thread has done so; true if there is one."""
        with self._lock:
            if self._header == refused:
                self._fetch()
            return self._header != refused

    def _fetch(self) -> None:
        asked_at = self._clock()
        try:
            # A new credential each time: the libraries keep tokens and errors, and give them out again.
            token = self._credential().get_token(self._scope)
        except (AzureError, TransportError) as error:
            raise self._refusal(error) from None
        if not isinstance(token.token, str) or unfit_secret(token.token):
            raise NotSent("the answer has no usable token", self._request)
        self._scrub.add(token.token)
        life = max(0.0, float(token.expires_on) - asked_at)
        self._renew_at = asked_at + life - min(MARGIN, life / 10)
        self._header = f"Bearer {token.token}"

    def _credential(self) -> t.Any:
        """The credential of azure-identity. Raises InputError for what cannot be one."""
        choice, kind = self._choice, self._choice.kind
        if kind == "cli":
            return AzureCliCredential(tenant_id=choice.tenant_id, process_timeout=max(1, math.ceil(self._timeout)))
        settings: dict[str, t.Any] = {"transport": self._wire, "retry_total": 0}
        if kind == "managed_identity":
            return ManagedIdentityCredential(client_id=choice.client_id or None, **settings)
        # The library would ask Microsoft's public cloud whether it knows the authority; the one that is given is to be used.
        place = self._authority.replace("http://", "https://", 1)
        settings.update(authority=place, disable_instance_discovery=True)
        client = (choice.tenant_id, choice.client_id)
        if kind == "client_secret":
            return ClientSecretCredential(*client, choice.client_secret, **settings)
        if kind == "workload_identity":
            settings.pop("disable_instance_discovery")
            return ClientAssertionCredential(*client, self._assertion, **settings)
        try:
            password = choice.certificate_password or None
            return CertificateCredential(*client, certificate_data=self._certificate, password=password, **settings)
        except (ValueError, TypeError) as error:
            raise InputError([Problem("option certificate_path", "", _bad_certificate(error))]) from None

    def _assertion(self) -> str:
        """The token of the workload, read anew: it is replaced every few minutes."""
        path = Path(self._choice.token_file)
        try:
            assertion = path.read_text(encoding="ascii")[:LARGEST_FILE].strip()
        except (OSError, ValueError) as error:
            self._wire.failure = Unreachable(f"AZURE_FEDERATED_TOKEN_FILE names a file that cannot be read ({brief(error)})", self._request)
            raise self._wire.failure from None
        self._scrub.add(assertion)
        return assertion

    def _refusal(self, error: Exception) -> TransportError:
        """What the failure means: with the service's own sentence and code, without the library's wrappings."""
        failure, reply = self._wire.failure, self._wire.reply
        if failure is not None and self._choice.kind == "managed_identity":
            # The address is fixed: who is not there now will not be there in a minute, this machine is no host of Azure.
            return Unreachable(f"no host of managed identities answers ({failure.message}){self._advice}", self._request)
        if failure is not None:
            return failure
        if reply is None:
            return Unreachable(f"no token: {self._words(str(error))}{self._advice}", self._request)
        try:
            body = decode(reply.headers, reply.data, self._scrub.scrub_text)
        except NotJson as fault:
            text = f"{reply.status} with {fault}; is authority_url right, and is there a proxy or a login page in between?"
            return UntrustedAnswer(text, self._request)
        words = self._words(_reason(body) if isinstance(body, dict) else "the answer is no object")
        if reply.status in (400, 401, 403, 404):
            text = f"Microsoft Entra gives no token: {words}{self._advice}"
            return Unauthorized(reply.status, text, self._request)
        if reply.status < 300:
            return UntrustedAnswer(f"{reply.status} without a usable token: {words}; is authority_url right?", self._request)
        return NotSent(f"Microsoft Entra answers {reply.status} to the request for a token: {words}", self._request)

    def _words(self, text: str) -> str:
        text = TRACES.sub("", text.replace("Authentication failed: ", "", 1))
        return shorten(self._scrub.scrub_text(tidy(text))).rstrip(". ")


ADVICE = {
    "client_secret": ". Check tenant_id, client_id and client_secret (the secret's value, not its id), and whether the secret has expired",
    "certificate": ". Check tenant_id and client_id, and whether the certificate is uploaded to the application and still valid",
    "workload_identity": ". Check tenant_id, client_id and the federated credential of the application (issuer and subject)",
    "managed_identity": ". Assign an identity to this machine, and give client_id only if it is a user-assigned one",
    "cli": ". Run az login on the machine that runs the module, or give client_id and client_secret",
}
"""What to do, by C(auth_source)."""


def _reason(said: dict[str, t.Any]) -> str:
    """Why there is no token, in the words of the answer (RFC 6749 5.2), or of the object that some services send as C(error)."""
    inner = said["error"] if isinstance(said.get("error"), dict) else {}
    given = (said.get("error_description"), said.get("error"), inner.get("message"), inner.get("code"))
    return next((text for text in given if isinstance(text, str) and text), "it gives no reason")


def explain_missing(kind: str) -> str:
    """What to do without azure-identity."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    advice = f" It needs Python 3.10 or newer, and this module runs on {version}: set ansible_python_interpreter."
    old = advice if sys.version_info < (3, 10) else ""
    return f"It is needed for auth_source {kind}.{old} Without it, give access_token (for example from az account get-access-token)."


def _silence() -> None:
    """What the libraries log is not for anybody: they write warnings to the standard error, and what they log at DEBUG names users."""
    for name in ("azure", "msal"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _read_certificate(path: str) -> bytes:
    """The file. Raises InputError."""
    try:
        with Path(path).open("rb") as file:
            return file.read(LARGEST_FILE)
    except (OSError, ValueError) as error:
        raise InputError([Problem("option certificate_path", "", f"cannot be read ({brief(error)})")]) from None


def _bad_certificate(error: Exception) -> str:
    """What is wrong with a certificate. The text of the library is not repeated: it may quote the file."""
    text = str(error).lower()
    if "rsa" in text:
        return "has a key that is not RSA; Entra takes RSA keys only"
    if "password" in text or "decrypt" in text:
        return "has a private key that certificate_password does not open, or that needs none"
    return "is no PEM or PKCS#12 file with a certificate and its private key, or certificate_password does not open it"
