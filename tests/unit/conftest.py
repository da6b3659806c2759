# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is slow, and how few random examples the quick part takes: `make check` runs `-m "not slow"`, `make test` all."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

QUICK = "not slow"

UNHEALTHY = (HealthCheck.filter_too_much, HealthCheck.too_slow)
"""Not asked about: half of the random worlds are refused on purpose, which can be most of the first ones, and a busy machine is slow."""


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; tests over random worlds count their examples in multiples of what is the default then."""
    config.addinivalue_line("markers", "slow: takes many seconds, so that make check leaves it out")
    settings.register_profile("whole", suppress_health_check=UNHEALTHY)
    settings.register_profile("quick", settings.get_profile("whole"), max_examples=10)
    settings.load_profile("quick" if config.getoption("markexpr") == QUICK else "whole")
