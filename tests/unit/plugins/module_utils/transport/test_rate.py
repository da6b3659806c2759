# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate goes down at once where a service refuses, and slowly up again; one rule for all who share it."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.rate import (
    CALM,
    DEEPEST_CUT,
    FIRST_CUT,
    LEAST,
    MEMORY,
    RETURN,
    SHALLOWEST_CUT,
    SHARE,
    State,
    allowed,
    refused,
)
from hypothesis import given
from hypothesis import strategies as st

CUT = State(found=20, since=1000)
MOST = 50.0


@pytest.mark.parametrize(
    ("state", "now", "rate"),
    [
        (State(), 1000, 50),
        (CUT, 1000, 20),
        (CUT, 900, 20),
        (CUT, 1020, 22),
        (CUT, 1000 + CALM + RETURN, 50),
        (CUT, 1e9, 50),
        (State(found=80, since=1000), 1000, 50),
    ],
)
def test_the_rate_grows_back_to_the_configured_one(state: State, now: float, rate: float) -> None:
    assert allowed(state, MOST, now) == pytest.approx(rate)


def test_no_limit_stays_no_limit() -> None:
    assert refused(State(), 0, 1000, 999) == State()
    assert allowed(CUT, 0, 1000) == 0


@pytest.mark.parametrize(
    ("state", "now", "sent", "rate"),
    [
        pytest.param(State(), 1000, 999, 50 * FIRST_CUT, id="the first one"),
        pytest.param(CUT, 1000.5, 999.9, 20, id="one burst is one refusal"),
        pytest.param(CUT, 1001, 1000.5, 20.1, id="nothing was taken since: closed, not slow"),
        pytest.param(CUT._replace(taken=150), 1010, 1009, 150 / 10 / SHARE * 0.95, id="what was taken is the true rate"),
        pytest.param(CUT._replace(taken=10), 1010, 1009, 20 * 1.05 * DEEPEST_CUT, id="never deeper than by half"),
        pytest.param(CUT._replace(taken=900), 1010, 1009, 20 * 1.05 * SHALLOWEST_CUT, id="always a tenth"),
        pytest.param(CUT._replace(taken=1), 1000 + CALM + RETURN + MEMORY, 1099, 50 * FIRST_CUT, id="what was long ago tells nothing"),
        pytest.param(State(found=3, since=1000, taken=1), 1001, 1000.5, 50 * LEAST, id="a least there is"),
    ],
)
def test_what_is_left_after_a_refusal(state: State, now: float, sent: float, rate: float) -> None:
    after = refused(state, MOST, now, sent)
    assert allowed(after, MOST, now if after.since == now else state.since) == pytest.approx(rate)


@given(st.floats(0.1, 1000), st.floats(0.01, 1000), st.floats(0, 1e4), st.integers(0, 10**6), st.floats(0, 1e4), st.floats(0, 1))
def test_a_refusal_never_makes_it_faster_and_never_stops_it(
    most: float, found: float, age: float, taken: int, ago: float, factor: float
) -> None:
    now = 1e5
    state = State(found=found, since=now - age, taken=taken)
    before, after = allowed(state, most, now), refused(state, most, now, now - ago)
    then = allowed(after, most, now)
    assert min(before, LEAST * most) * (1 - 1e-9) <= then <= max(before, LEAST * most) * (1 + 1e-9)
    if after.since == now:
        assert refused(after, most, now + factor, now) == after
    assert then <= allowed(after, most, now + factor) <= most
