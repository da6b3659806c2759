# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a service says about itself (RFC 7643 sections 5 and 7): asked at most once, and believed only where it is clear."""

from __future__ import annotations

import typing as t

from .._errors import ServiceError, Throttled, Unauthorized, UntrustedAnswer
from .resources import boolean, identifier, promised, whole_number

if t.TYPE_CHECKING:
    from .listing import Sender


class Capabilities(t.NamedTuple):
    """What /ServiceProviderConfig tells; None = not told."""

    patch: bool | None = None
    bulk: bool | None = None
    bulk_operations: int | None = None
    bulk_bytes: int | None = None
    filter: bool | None = None
    filter_results: int | None = None
    sort: bool | None = None
    etag: bool | None = None
    change_password: bool | None = None
    authentication: tuple[str, ...] = ()


class Discovery:
    """The discovery endpoints of one service; each is read once, on demand, and may be missing."""

    def __init__(self, http: Sender) -> None:
        self._http = http
        self._capabilities: Capabilities | None = None
        self._schemas: list[object] | None = None

    def capabilities(self) -> Capabilities:
        """What the service can do; all unknown where it does not tell."""
        if self._capabilities is None:
            self._capabilities = read_capabilities(self._service_provider_config())
        return self._capabilities

    def schema_names(self) -> tuple[str, ...]:
        """The URNs of the schemas, sorted; none where /Schemas cannot be read."""
        names = {identifier(schema.get("id")) for schema in self._read_schemas() if isinstance(schema, dict)}
        return tuple(sorted(names - {""}))

    def promised(self) -> frozenset[str]:
        """The user attributes, in our names, that the schemas promise to show; none where /Schemas cannot be read."""
        return promised(self._read_schemas())

    def _service_provider_config(self) -> object:
        """Without the token first: Zscaler documents that none is needed, and a probe then gives nothing away."""
        try:
            return self._http.send("GET", "ServiceProviderConfig", anonymous=True).body
        except (ServiceError, UntrustedAnswer) as error:
            if not isinstance(error, ServiceError) or error.status not in (401, 403):
                return None
        return self._optional("ServiceProviderConfig")

    def _read_schemas(self) -> list[object]:
        if self._schemas is None:
            body = self._optional("Schemas")
            # RFC 7644 4 wants a list answer; some services give the bare list.
            found = body.get("Resources") if isinstance(body, dict) else body
            self._schemas = found if isinstance(found, list) else []
        return self._schemas

    def _optional(self, path: str) -> object:
        """The answer of an endpoint that a service need not have; None where it cannot be read."""
        try:
            return self._http.send("GET", path).body
        except (Unauthorized, Throttled):
            raise
        except (ServiceError, UntrustedAnswer):
            return None


def read_capabilities(body: object) -> Capabilities:
    """The capabilities in a body of /ServiceProviderConfig, however much of it is missing."""
    config = body if isinstance(body, dict) else {}
    schemes = config.get("authenticationSchemes")
    names = [scheme.get("type") for scheme in schemes if isinstance(scheme, dict)] if isinstance(schemes, list) else []
    return Capabilities(
        patch=_supported(config, "patch"),
        bulk=_supported(config, "bulk"),
        bulk_operations=_count(config, "bulk", "maxOperations"),
        bulk_bytes=_count(config, "bulk", "maxPayloadSize"),
        filter=_supported(config, "filter"),
        filter_results=_count(config, "filter", "maxResults"),
        sort=_supported(config, "sort"),
        etag=_supported(config, "etag"),
        change_password=_supported(config, "changePassword"),
        authentication=tuple(name for name in names if isinstance(name, str)),
    )


def _supported(config: dict[str, object], feature: str) -> bool | None:
    value = config.get(feature)
    return boolean(value.get("supported") if isinstance(value, dict) else value)


def _count(config: dict[str, object], feature: str, name: str) -> int | None:
    value = config.get(feature)
    return whole_number(value.get(name)) if isinstance(value, dict) else None
