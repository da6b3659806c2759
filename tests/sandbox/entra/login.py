# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The login service: the OpenID discovery that MSAL asks for, and tokens for clients that prove who they are."""

from __future__ import annotations

import base64
import json
import secrets
import typing as t
import urllib.parse
import uuid

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from ..pipeline import Route
from ..server import Answer, Request, json_answer
from .answers import Json, timestamp

if t.TYPE_CHECKING:
    from ..faults import Fault
    from ..journal import Entry
    from .entra import Entra

TOKEN_ROUTE = "/{tenant}/oauth2/v2.0/token"
DISCOVERY_ROUTE = "/{tenant}/v2.0/.well-known/openid-configuration"
METADATA_ROUTE = "/{tenant}/federationmetadata/2007-06/federationmetadata.xml"
ROUTES = {
    "oauth2/v2.0/token": TOKEN_ROUTE,
    "v2.0/.well-known/openid-configuration": DISCOVERY_ROUTE,
    ".well-known/openid-configuration": DISCOVERY_ROUTE,
    "federationmetadata/2007-06/federationmetadata.xml": METADATA_ROUTE,
    "discovery/instance": "/common/discovery/instance",
}
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class LoginError(Exception):
    """A refusal in the form of the token endpoint."""

    def __init__(self, status: int, error: str, number: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.content = {
            "error": error,
            "error_description": f"AADSTS{number}: {text} Trace ID: {uuid.uuid4()} Correlation ID: {uuid.uuid4()} Timestamp: {timestamp()}",
            "error_codes": [number],
            "timestamp": timestamp(),
            "trace_id": str(uuid.uuid4()),
            "correlation_id": str(uuid.uuid4()),
            "error_uri": f"https://login.microsoftonline.com/error?code={number}",
        }


class LoginService:
    """Answers below `/{tenant}/`. What is said to it is secret: the journal keeps no body."""

    name = "login"
    content_type = "application/json; charset=utf-8"
    reason_phrase = True

    def __init__(self, entra: Entra) -> None:
        self._entra = entra

    def locate(self, request: Request) -> Route:
        """Which route a request is for; one without name is unknown."""
        tenant, _slash, rest = urllib.parse.unquote(request.path).strip("/").partition("/")
        return Route(ROUTES.get(rest, ""), "", tenant)

    def authorization(self, _request: Request) -> str:
        """Nobody needs a token to ask for one."""
        return "none"

    def shown_body(self, _request: Request) -> object:
        """Nothing of what is said here is kept."""
        return None

    def error_body(self, status: int, text: str) -> object:
        """The body of an error that the fault script makes up."""
        return LoginError(status, "temporarily_unavailable", 90033, text).content

    def answer(self, request: Request, route: Route, _entry: Entry, _fault: Fault | None) -> Answer:
        """The answer to one request."""
        try:
            if route.name == "/common/discovery/instance":
                return json_answer(200, self._instances())
            if not route.name:
                raise LoginError(404, "invalid_request", 90002, "There is nothing at this address.")
            if route.id.lower() not in (self._entra.tenant_id, "corp.example"):
                raise LoginError(
                    400, "invalid_tenant", 90002, f"Tenant '{route.id}' not found. Check to make sure you have the correct tenant ID."
                )
            if route.name == TOKEN_ROUTE:
                return self._token(request)
            if route.name == METADATA_ROUTE:
                return Answer(200, b"<EntityDescriptor/>", {"Content-Type": "application/samlmetadata+xml"})
            return json_answer(200, self._discovery())
        except LoginError as error:
            return json_answer(error.status, error.content)

    def _instances(self) -> Json:
        host = urllib.parse.urlsplit(self._entra.origin).netloc
        endpoint = f"{self._entra.origin}/{self._entra.tenant_id}/v2.0/.well-known/openid-configuration"
        aliases = {"preferred_network": host, "preferred_cache": host, "aliases": [host]}
        return {"tenant_discovery_endpoint": endpoint, "api-version": "1.1", "metadata": [aliases]}

    def _discovery(self) -> Json:
        base = f"{self._entra.origin}/{self._entra.tenant_id}"
        return {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
            "tenant_region_scope": None,
        }

    def _token(self, request: Request) -> Answer:
        if request.method != "POST":
            raise LoginError(405, "invalid_request", 900561, "The endpoint only accepts POST requests.")
        form = dict(urllib.parse.parse_qsl(request.body.decode("utf-8", "replace")))
        if form.get("grant_type") != "client_credentials":
            raise LoginError(400, "unsupported_grant_type", 70003, f"The grant type {form.get('grant_type')!r} is not supported.")
        if not form.get("scope", "").endswith("/.default"):
            raise LoginError(400, "invalid_scope", 1002012, "The provided value for scope is not valid. It has to end with /.default.")
        client_id = form.get("client_id", "")
        if client_id != self._entra.client_id:
            raise LoginError(
                400, "unauthorized_client", 700016, f"Application with identifier '{client_id}' was not found in the directory."
            )
        self._prove(form)
        lifetime = int(self._entra.switches.entra_token_lifetime)
        content = {"token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": self._entra.access_token()}
        return json_answer(200, content, Cache_Control="no-store, no-cache")

    def _prove(self, form: dict[str, str]) -> None:
        assertion = form.get("client_assertion")
        if assertion is not None:
            if form.get("client_assertion_type") != ASSERTION:
                raise LoginError(401, "invalid_client", 50027, "The client assertion type is missing.")
            self._check_assertion(assertion)
        elif "client_secret" not in form:
            raise LoginError(401, "invalid_client", 7000218, "The request body must contain 'client_assertion' or 'client_secret'.")
        elif not secrets.compare_digest(form["client_secret"].encode(), self._entra.client_secret.encode()):
            raise LoginError(
                401,
                "invalid_client",
                7000215,
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "
                f"not the client secret ID, for a secret added to app '{self._entra.client_id}'.",
            )

    def _check_assertion(self, assertion: str) -> None:
        parts = assertion.split(".")
        if len(parts) != 3 or not all(parts):
            raise LoginError(401, "invalid_client", 50027, "JWT token is invalid or malformed.")
        if not self._entra.certificates:
            return
        try:
            header = json.loads(_unpacked(parts[0]))
        except ValueError:
            raise LoginError(401, "invalid_client", 50027, "JWT token is invalid or malformed.") from None
        if "x5t" not in header and "x5t#S256" not in header:
            return  # not a certificate of the client but a token of another issuer: workload identity
        signed, signature = f"{parts[0]}.{parts[1]}".encode(), _unpacked(parts[2])
        if not any(_signed_by(certificate, signed, signature, str(header.get("alg"))) for certificate in self._entra.certificates):
            raise LoginError(401, "invalid_client", 700027, "The certificate with which the client assertion was signed is not registered.")


def _unpacked(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise LoginError(401, "invalid_client", 50027, "JWT token is invalid or malformed.") from None


def _signed_by(certificate: str, signed: bytes, signature: bytes, algorithm: str) -> bool:
    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    try:
        key.verify(signature, signed, pss if algorithm.startswith("PS") else padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True
