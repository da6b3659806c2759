# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No spelling of a secret survives the scrubber (R10)."""

from __future__ import annotations

import base64
import html
import json
import random
import secrets
import time
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.secrets import MASK, Scrubber

SECRETS = {
    "url-safe": lambda: secrets.token_urlsafe(32),
    "base64": lambda: base64.b64encode(secrets.token_bytes(24)).decode(),
    "awkward": lambda: "Ab9/+=&<\\" + secrets.token_urlsafe(16) + 'é"x==',
}


def basic(text: str) -> str:
    return base64.b64encode(f"c:{text}".encode()).decode()


FORMS = {
    "raw": str,
    "lower case": str.lower,
    "upper case": str.upper,
    "hexadecimal": lambda text: text.encode().hex(),
    "capital hexadecimal": lambda text: text.encode().hex().upper(),
    "escapes": lambda text: "".join(f"\\u{ord(one):04x}" for one in text),
    "capital escapes": lambda text: "".join(f"\\u{ord(one):04X}" for one in text),
    "lower case of base64": lambda text: basic(text).lower(),
    "quote": quote,
    "quote all": lambda text: quote(text, safe=""),
    "quote lower": lambda text: quote(text, safe="").replace("%2F", "%2f").replace("%2B", "%2b").replace("%3D", "%3d"),
    "quote plus": quote_plus,
    "json": json.dumps,
    "json in json": lambda text: json.dumps(json.dumps(text)),
    "json with escaped slash": lambda text: json.dumps(text).replace("/", "\\/"),
    "repr": repr,
    "repr of bytes": lambda text: repr(text.encode("ascii", "backslashreplace")),
    "html": html.escape,
    "basic": basic,
    "basic of OAuth2": lambda text: basic(quote_plus(text)),
    "basic in a URL": lambda text: quote(basic(text), safe=""),
    **{f"base64 after {n}": (lambda text, n=n: base64.b64encode(b"x" * n + text.encode()).decode()) for n in range(7)},
    **{f"urlsafe base64 after {n}": (lambda text, n=n: base64.urlsafe_b64encode(b"?" * n + text.encode()).decode()) for n in range(4)},
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", SECRETS)
def test_r10_no_form_of_a_secret_survives(form: str, kind: str) -> None:
    secret = SECRETS[kind]()
    cleaned = Scrubber([secret]).scrub_text(f"before {FORMS[form](secret)} after")
    assert Scrubber([secret]).finds(f"before {FORMS[form](secret)} after")
    assert cleaned.startswith("before ")
    assert cleaned.endswith(" after")
    assert MASK in cleaned
    # What may be left is what stood before the secret, and a few characters of base64 or quotes that it shares with a neighbour.
    assert len(cleaned.replace(MASK, "")) < len("before  after") + 12


def test_r10_every_slice_of_eight_characters_is_a_secret() -> None:
    secret = secrets.token_urlsafe(32)
    scrub = Scrubber([secret])
    slices = [secret[i:j] for i in range(len(secret)) for j in range(i + 8, len(secret) + 1)]
    assert {scrub.scrub_text(f"({part})") for part in slices} == {f"({MASK})"}
    assert all(scrub.finds(f"({part})") for part in slices)


def test_other_text_stays_as_it_is() -> None:
    text = "PATCH Users/7a736361-6c65: 404 No user with the id; nothing of it is secret"
    assert Scrubber([secrets.token_urlsafe(32)]).scrub_text(text) == text
    assert Scrubber().scrub_text(text) == text
    assert not Scrubber([secrets.token_urlsafe(32)]).finds(text)


def test_neighbouring_secrets_become_one_mask() -> None:
    first, second = secrets.token_hex(16), secrets.token_hex(16)
    assert Scrubber([first, second]).scrub_text(f"a{first}{second}b") == f"a{MASK}b"


@pytest.mark.parametrize("secret", ["", " ", "abc"])
def test_what_is_too_short_to_be_a_secret_garbles_nothing(secret: str) -> None:
    assert Scrubber([secret]).scrub_text("abc is user1") == "abc is user1"


def test_a_short_password_is_taken_out_as_a_whole() -> None:
    assert Scrubber(["hunter"]).scrub_text("proxy hunter, hunt") == f"proxy {MASK}, hunt"


def test_a_secret_may_be_added_later() -> None:
    renewed = secrets.token_urlsafe(32)
    scrub = Scrubber([secrets.token_urlsafe(32)])
    assert renewed in scrub.scrub_text(renewed)
    scrub.add(renewed)
    assert scrub.scrub_text(renewed) == MASK


def test_results_are_scrubbed_to_the_leaves() -> None:
    secret = secrets.token_urlsafe(32)
    result = {"a": [secret, 1, None, True], "e": ({"b": f"x{secret}"},), "c": secret.encode(), "d": {secret}}
    assert Scrubber([secret]).scrub(result) == {"a": [MASK, 1, None, True], "e": ({"b": f"x{MASK}"},), "c": MASK, "d": {MASK}}


def test_a_secret_that_is_a_word_of_ours_takes_no_key_away() -> None:
    result = {"operations": ["my operations"], "unchanged": {"count": 1}}
    assert Scrubber(["operations", "unchanged"]).scrub(result) == {**result, "operations": [f"my {MASK}"]}


def test_keys_further_inside_are_scrubbed_since_the_service_chooses_some_of_them() -> None:
    secret = secrets.token_urlsafe(32)
    result = {"provisioning": {"counts": {secret: 3}}, "summary": [{f"by {secret}": {"x": 1}}]}
    assert Scrubber([secret]).scrub(result) == {"provisioning": {"counts": {MASK: 3}}, "summary": [{f"by {MASK}": {"x": 1}}]}


def test_hexadecimal_digits_of_an_id_are_no_part_of_a_secret() -> None:
    secret = secrets.token_urlsafe(32)
    digits = secret.encode().hex()
    text = f"{digits[:8]}-0000-4000-8000-{digits[8:20]}"
    scrub = Scrubber([secret])
    assert scrub.scrub_text(text) == text
    assert scrub.scrub_text(digits[6:30]) == MASK


def test_a_megabyte_takes_no_more_than_a_few_seconds() -> None:
    scrub = Scrubber([secrets.token_urlsafe(64) for _unused in range(3)])
    text = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz -_0123456789", k=2**20))
    begin = time.process_time()
    assert scrub.scrub_text(text) == text
    assert time.process_time() - begin < 5
