# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A salted fingerprint of a secret, in a tag of the service principal: by it a rotation is seen, and nothing else. Pure.

Whoever may read the application can read its tags. The fingerprint is a slow hash with a salt of its own, so that a token of the
length that services issue cannot be found from it.
"""

from __future__ import annotations

import hashlib
import hmac
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MARK = "scimops.zscaler_one.secret:1:"
"""How the tag begins: whose it is, of what, and the version of its making."""

ROUNDS = 600_000
"""Of PBKDF2-HMAC-SHA256, as OWASP advises for passwords."""

NEWEST = 3
"""So many fingerprints are compared, those at the end; there is one, unless somebody else adds tags of this form."""


def make_tag(secrets: Mapping[str, str], salt: bytes) -> str:
    """The tag for these credentials (key and value each); `salt` is sixteen random bytes."""
    text = "\0".join(f"{key}={secrets[key]}" for key in sorted(secrets))
    digest = hashlib.pbkdf2_hmac("sha256", text.encode("utf-8", "surrogatepass"), salt, ROUNDS)
    return f"{MARK}{salt.hex()}:{digest.hex()}"


def is_known(secrets: Mapping[str, str], tags: Sequence[str]) -> bool:
    """Whether one of the tags is the fingerprint of these credentials; only the newest are compared, since each takes its time."""
    return any(_matches(secrets, tag) for tag in [tag for tag in tags if tag.startswith(MARK)][-NEWEST:])


def replace_tag(tags: Sequence[str], tag: str) -> list[str]:
    """All tags as they were, with this fingerprint in place of older ones."""
    return [*(other for other in tags if not other.startswith(MARK)), tag]


def _matches(secrets: Mapping[str, str], tag: str) -> bool:
    try:
        salt = bytes.fromhex(tag[len(MARK) :].partition(":")[0])
    except ValueError:
        return False
    return hmac.compare_digest(make_tag(secrets, salt), tag)
