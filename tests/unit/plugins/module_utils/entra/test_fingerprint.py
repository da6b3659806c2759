# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fingerprint of a secret: a slow hash with its own salt, and no other tag touched."""

from __future__ import annotations

import hashlib

from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.fingerprint import MARK, is_known, make_tag, replace_tag

GIVEN = {"SecretToken": "not-a-real-token-0123456789"}
SALT = bytes(range(16))


def test_it_costs_what_owasp_advises():
    """600,000 rounds of PBKDF2-HMAC-SHA256. Another number makes every fingerprint out there wrong: then the mark has to change too."""
    digest = hashlib.pbkdf2_hmac("sha256", b"SecretToken=not-a-real-token-0123456789", SALT, 600_000)
    assert make_tag(GIVEN, SALT) == f"scimops.zscaler_one.secret:1:{SALT.hex()}:{digest.hex()}"


def test_only_the_same_secret_is_known():
    tag = make_tag(GIVEN, SALT)
    assert is_known(GIVEN, ["other", tag])
    assert not is_known({"SecretToken": "another-token-0123456789"}, [tag])
    assert not is_known(GIVEN, ["other", f"{MARK}no hexadecimal digits", f"{MARK}{SALT.hex()}:00"])


def test_other_tags_stay():
    assert replace_tag(["a", f"{MARK}old", "b"], f"{MARK}new") == ["a", "b", f"{MARK}new"]
