# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one service speaks otherwise than another, for the one transport that they share. Pure."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from .answer import explain
from .retry import is_read

if t.TYPE_CHECKING:
    from collections.abc import Callable

    Scrub = Callable[[str], str]
    Explain = Callable[[Mapping[str, str], bytes, Scrub], tuple[str, str]]


def no_headers() -> dict[str, str]:
    """No further headers."""
    return {}


def no_reference(_headers: Mapping[str, str], _data: bytes) -> str:
    """Nothing by which the service could find the request again."""
    return ""


def never(_method: str, _path: str) -> bool:
    """No request."""
    return False


@dataclass(frozen=True)
class Dialect:
    """How to ask a service and how to read its errors.

    `explain` gives the detail and the code of an error, `reference` what its makers need to find the request in their logs. `is_read`
    tells by method and path what changes nothing. `headers` are those that each request has anew. `address` is the option that has
    the address, for texts. `is_single` tells what has to be looked at before it is sent again. Where not `one_refusal_is_all`, a 401
    concerns the request that got it, and not every other too.
    """

    accept: str
    content_type: str
    address: str
    explain: Explain
    is_read: Callable[[str, str], bool]
    headers: Callable[[], Mapping[str, str]] = no_headers
    reference: Callable[[Mapping[str, str], bytes], str] = no_reference
    one_refusal_is_all: bool = True
    is_single: Callable[[str, str], bool] = never

    def is_repeatable(self, method: str, path: str) -> bool:
        """Whether it may be sent again unseen: all but the POST that changes something, and what the dialect says (`is_single`)."""
        return (method != "POST" or self.is_read(method, path)) and not self.is_single(method, path)


SCIM = Dialect(
    accept="application/scim+json, application/json",
    content_type="application/scim+json",
    address="base_url",
    explain=explain,
    is_read=is_read,
)
"""RFC 7644."""
