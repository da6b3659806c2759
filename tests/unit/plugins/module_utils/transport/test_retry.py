# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a request is sent again, and how the spellings of a pause are read (F17-F21, R7)."""

from __future__ import annotations

import email.utils
import random

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import retry
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.dialect import SCIM
from requests.structures import CaseInsensitiveDict

NOW = 1_800_000_000.0


def date(seconds: float) -> str:
    return email.utils.formatdate(NOW + seconds, usegmt=True)


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"Retry-After": "3"}, None, 3),
        ({"retry-after": " 3 "}, None, 3),
        ({"Retry-After": "8s"}, None, 8),
        ({"Retry-After": "0 seconds"}, None, 0),
        ({"Retry-After": "1 second"}, None, 1),
        ({"Retry-After": "1.5"}, None, 1.5),
        ({"Retry-After": "500ms"}, None, 0.5),
        ({"Retry-After": "2 minutes"}, None, 120),
        ({"Retry-After": '"7"'}, None, 7),
        ({"Retry-After": "86400"}, None, 86400),
        ({"Retry-After": "-1"}, None, None),
        ({"Retry-After": ""}, None, None),
        ({"Retry-After": "soon"}, None, None),
        ({"Retry-After": "nan"}, None, None),
        ({"Retry-After": "inf"}, None, None),
        ({"Retry-After": "9" * 400}, None, 1e10),
        ({"Retry-After": "١"}, None, None),
        ({"Retry-After": "Mon, 99 Foo 2026 25:61:00 GMT"}, None, None),
        ({}, {"message": "Rate Limit (1/SECOND) exceeded", "Retry-After": "0 seconds"}, 0),
        ({}, {"Retry-After": 4}, 4),
        ({"Retry-After": "2"}, {"Retry-After": "9 seconds"}, 2),
        ({"Retry-After": "what"}, {"retry_after": "9 seconds"}, 9),
        ({}, ["Retry-After"], None),
        ({"x-ratelimit-reset": "1"}, None, 1),
        ({"X-RateLimit-Reset": str(int(NOW) + 12)}, None, 12),
        ({"X-RateLimit-Reset": str(int(NOW) - 12)}, None, 0),
        ({"Retry-After": "2", "x-ratelimit-reset": "9"}, None, 2),
        ({}, None, None),
    ],
)
def test_f19_every_spelling_of_a_pause_is_read_or_left_alone(headers: dict[str, str], body: object, seconds: float | None) -> None:
    assert retry.pause_asked(CaseInsensitiveDict(headers), body, NOW) == seconds


@pytest.mark.parametrize(("ahead", "seconds"), [(-3600, 0), (5, 5), (86400, 86400)])
@pytest.mark.parametrize("skew", [-7200, 0, 7200])
def test_f18_a_date_counts_from_the_date_of_the_answer_whatever_our_clock_says(ahead: int, seconds: int, skew: int) -> None:
    headers = CaseInsensitiveDict({"Retry-After": date(ahead), "Date": date(0)})
    assert retry.pause_asked(headers, None, NOW + skew) == seconds


def test_f18_without_a_date_of_the_answer_our_clock_counts() -> None:
    assert retry.pause_asked(CaseInsensitiveDict({"Retry-After": date(5)}), None, NOW) == 5


@pytest.mark.parametrize("earlier", [0, 1, 3, 4, 5, 9, 10_000])
def test_f20_delays_are_uniform_from_nothing_to_the_cap(earlier: int) -> None:
    """Kolmogorov-Smirnov on 1,000 draws; 1.63 / sqrt(n) is the critical value at 1 %."""
    dice = random.Random(20)
    top = [1, 2, 4, 8, 16][earlier] if earlier < 5 else 20
    draws = sorted(retry.full_jitter(earlier, dice.random()) for _unused in range(1000))
    distance = max(max((i + 1) / 1000 - draw / top, draw / top - i / 1000) for i, draw in enumerate(draws))
    assert distance < 1.63 / 1000**0.5
    assert draws[0] >= 0
    assert draws[-1] <= top


@pytest.mark.parametrize(
    ("method", "path", "read", "repeatable"),
    [
        ("GET", "Users", True, True),
        ("HEAD", "Users", True, True),
        ("POST", "Users/.search", True, True),
        ("POST", ".search", True, True),
        ("POST", "Users", False, False),
        ("POST", "Users/x.search", False, False),
        ("POST", "Bulk", False, False),
        ("PUT", "Users/1", False, True),
        ("PATCH", "Groups/1", False, True),
        ("DELETE", "Users/1", False, True),
    ],
)
def test_only_a_post_that_creates_is_never_sent_twice_blind(method: str, path: str, read: bool, repeatable: bool) -> None:
    assert retry.is_read(method, path) is read
    assert SCIM.is_repeatable(method, path) is repeatable
