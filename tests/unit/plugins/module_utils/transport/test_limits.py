# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ends all requests of a task."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import DeadlinePassed, NotSent, Unauthorized, UntrustedAnswer
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.limits import OUTAGE, Limits

from .loopback import Clock


def test_without_a_deadline_there_is_no_end() -> None:
    limits = Limits(0, Clock())
    limits.check("GET Users", wait=1e9)
    assert limits.remaining() == float("inf")


@pytest.mark.parametrize(("passed", "wait", "over"), [(0, 0, False), (9, 0, False), (9, 1, True), (10, 0, True), (11, 0, True)])
def test_nothing_is_sent_after_the_deadline(passed: float, wait: float, over: bool) -> None:
    clock = Clock()
    limits = Limits(10, clock)
    clock.now += passed
    if not over:
        limits.check("GET Users", wait=wait)
        return
    with pytest.raises(DeadlinePassed, match="GET Users"):
        limits.check("GET Users", wait=wait)


def test_f27_refused_credentials_stop_all_but_anonymous_requests() -> None:
    limits = Limits(0, Clock())
    limits.refuse(Unauthorized(401, "revoked", "GET Users"))
    with pytest.raises(Unauthorized, match="POST Groups: 401 revoked"):
        limits.check("POST Groups")
    limits.check("GET Schemas", anonymous=True)


def test_the_first_reason_stands() -> None:
    limits = Limits(0, Clock())
    limits.stop(lambda request: UntrustedAnswer("first", request))
    limits.refuse(Unauthorized(401, "second", "GET Users"))
    for anonymous in (True, False):
        with pytest.raises(UntrustedAnswer, match="PUT x: first"):
            limits.check("PUT x", anonymous=anonymous)


def test_r7_sixty_failures_in_a_row_are_an_outage() -> None:
    limits = Limits(0, Clock())
    for _unused in range(3):
        for _unused in range(OUTAGE - 1):
            limits.count(usable=False)
        limits.check("GET Users")
        limits.count(usable=True)
    assert limits.answered
    for _unused in range(OUTAGE):
        limits.count(usable=False)
    with pytest.raises(NotSent, match="last 60 requests"):
        limits.check("GET Users", anonymous=True)
