# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is slow, and how few random examples the quick part takes: `make check` runs `-m "not slow"`, `make test` all."""

from __future__ import annotations

import pytest
from hypothesis import settings

QUICK = "not slow"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; tests over random worlds count their examples in multiples of what is the default then."""
    config.addinivalue_line("markers", "slow: takes many seconds, so that make check leaves it out")
    settings.register_profile("quick", max_examples=10)
    if config.getoption("markexpr") == QUICK:
        settings.load_profile("quick")
