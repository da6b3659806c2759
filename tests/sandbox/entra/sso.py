# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single sign-on: signing certificates and claims mapping policies."""

from __future__ import annotations

import base64
import copy
import datetime
import json
import typing as t
import uuid

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .answers import Call, Json, Listing, Reply, bad_request, not_found, timestamp
from .applications import principal_of

if t.TYPE_CHECKING:
    from .entra import Entra

LONGEST = datetime.timedelta(days=3 * 366)
SHORTEST_NAME = 4

IDENTIFIERS: dict[str, t.Callable[[bytes], str | None]] = {
    "base64": lambda digest: base64.b64encode(digest).decode(),
    "base64url": lambda digest: base64.urlsafe_b64encode(digest).decode().rstrip("="),
    "hexadecimal": lambda digest: digest.hex().upper(),
    "other": lambda _digest: base64.b64encode(uuid.uuid4().bytes).decode(),
    "null": lambda _digest: None,
}
"""How customKeyIdentifier is written. Microsoft's description: base64url, of "a 40-character binary type"; its example: base64."""


class SingleSignOn:
    """Answers to addTokenSigningCertificate and claimsMappingPolicies."""

    def __init__(self, entra: Entra) -> None:
        self._entra = entra
        self._directory = entra.directory

    # Certificates

    def add_certificate(self, call: Call) -> Reply:
        """POST addTokenSigningCertificate: one more each time."""
        name = call.text("displayName")
        if not name.startswith("CN=") or len(name) < SHORTEST_NAME:
            raise bad_request("Invalid value specified for displayName. It has to begin with CN=.")
        now = datetime.datetime.now(datetime.timezone.utc)
        ends = _moment(call.object().get("endDateTime"), now + datetime.timedelta(days=3 * 365))
        if not now < ends <= now + LONGEST:
            raise bad_request("Invalid value specified for endDateTime. At most three years from now are possible.")
        certificate = _certificate(name[3:], now, ends)
        with self._directory.lock:
            application = principal_of(self._entra, call.ids[0])
            identifier = IDENTIFIERS[self._entra.switches.entra_key_identifier_as](certificate.fingerprint(hashes.SHA1()))
            shown, credentials = _as_graph(certificate, name, identifier, (now, ends))
            application.principal["keyCredentials"] += credentials
            application.thumbprints.append(shown["thumbprint"])
        return Reply(200, shown, "microsoft.graph.selfSignedCertificate")

    # Claims

    def listing(self, _call: Call) -> Listing:
        """GET /policies/claimsMappingPolicies."""
        with self._directory.lock:
            policies = list(self._directory.policies.values())
        return Listing(policies, "policies/claimsMappingPolicies", filterable={"displayName": "eq startswith", "id": "eq"})

    def get(self, call: Call) -> Reply:
        """GET /policies/claimsMappingPolicies/{id}."""
        with self._directory.lock:
            return Reply(200, copy.deepcopy(self._policy(call.ids[0])), "policies/claimsMappingPolicies/$entity")

    def _policy(self, id: str) -> Json:
        if id not in self._directory.policies:
            raise not_found(id)
        return self._directory.policies[id]

    def create(self, call: Call) -> Reply:
        """POST /policies/claimsMappingPolicies."""
        call.text("displayName")
        _check_definition(call.object().get("definition"))
        id = str(uuid.uuid4())
        policy: Json = {
            "id": id,
            "deletedDateTime": None,
            "definition": list(call.object()["definition"]),
            "displayName": call.text("displayName"),
            "isOrganizationDefault": bool(call.object().get("isOrganizationDefault")),
        }
        with self._directory.lock:
            self._directory.policies[id] = policy
        call.touched.append(id)
        return Reply(201, copy.deepcopy(policy), "policies/claimsMappingPolicies/$entity")

    def patch(self, call: Call) -> Reply:
        """PATCH /policies/claimsMappingPolicies/{id}."""
        changes = call.object()
        if "definition" in changes:
            _check_definition(changes["definition"])
        with self._directory.lock:
            self._policy(call.ids[0]).update({name: value for name, value in changes.items() if name != "id" and not name.startswith("@")})
        return Reply(204)

    def delete(self, call: Call) -> Reply:
        """DELETE /policies/claimsMappingPolicies/{id}."""
        with self._directory.lock:
            self._policy(call.ids[0])
            del self._directory.policies[call.ids[0]]
            for application in self._directory.applications.values():
                application.policies = [id for id in application.policies if id != call.ids[0]]
        return Reply(204)

    def of_principal(self, call: Call) -> Listing:
        """GET /servicePrincipals/{id}/claimsMappingPolicies."""
        with self._directory.lock:
            ids = principal_of(self._entra, call.ids[0]).policies
            return Listing([self._directory.policies[id] for id in ids], "policies/claimsMappingPolicies")

    def assign(self, call: Call) -> Reply:
        """POST /servicePrincipals/{id}/claimsMappingPolicies/$ref; an application has one at most."""
        id = call.text("@odata.id").rstrip("/").rpartition("/")[2]
        with self._directory.lock:
            application = principal_of(self._entra, call.ids[0])
            self._policy(id)
            if id in application.policies:
                raise bad_request("One or more added object references already exist for the following modified properties: 'policies'.")
            if application.policies:
                raise bad_request("A conflicting object with one or more of the specified property values is present in the directory.")
            application.policies.append(id)
        return Reply(204)

    def unassign(self, call: Call) -> Reply:
        """DELETE /servicePrincipals/{id}/claimsMappingPolicies/{id}/$ref."""
        with self._directory.lock:
            application = principal_of(self._entra, call.ids[0])
            if call.ids[1] not in application.policies:
                raise not_found(call.ids[1])
            application.policies.remove(call.ids[1])
        return Reply(204)


def _check_definition(definition: t.Any) -> None:
    try:
        texts = [json.loads(text) for text in definition]
        if len(texts) != 1 or "ClaimsMappingPolicy" not in texts[0] or "Version" not in texts[0]["ClaimsMappingPolicy"]:
            raise ValueError
    except (TypeError, ValueError):
        message = "Property definition has an invalid value: one JSON text with a ClaimsMappingPolicy and its Version was expected."
        raise bad_request(message) from None


def _moment(text: t.Any, default: datetime.datetime) -> datetime.datetime:
    if text is None:
        return default
    try:
        moment = datetime.datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        raise bad_request("Cannot convert the literal to the expected type 'Edm.DateTimeOffset'.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)


def _certificate(name: str, begins: datetime.datetime, ends: datetime.datetime) -> x509.Certificate:
    # An elliptic key: Microsoft's are RSA, but making those is slow, and nobody signs anything with it here.
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
    return builder.sign(key, hashes.SHA256())


def _as_graph(
    certificate: x509.Certificate, name: str, identifier: str | None, life: tuple[datetime.datetime, datetime.datetime]
) -> tuple[Json, list[Json]]:
    public = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
    begins, ends = (timestamp(moment) for moment in life)
    shared = {"customKeyIdentifier": identifier, "displayName": name, "startDateTime": begins, "endDateTime": ends}
    key_id, thumbprint = str(uuid.uuid4()), certificate.fingerprint(hashes.SHA1()).hex().upper()
    shown = {**shared, "key": public, "keyId": key_id, "thumbprint": thumbprint, "type": "AsymmetricX509Cert", "usage": "Verify"}
    credentials = [
        {**shared, "key": None, "keyId": key_id, "type": "AsymmetricX509Cert", "usage": "Verify"},
        {**shared, "key": None, "keyId": str(uuid.uuid4()), "type": "X509CertAndPassword", "usage": "Sign"},
    ]
    return shown, credentials
