# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for the process in which all these tests run."""

from __future__ import annotations

import sys


def test_ansibles_controller_half_is_not_in_this_process() -> None:
    """With it, a module takes itself for a part of ansible-playbook, and its warnings go to a screen that nobody reads."""
    brought = sorted(name for name in sys.modules if name in ("ansible.utils.display", "ansible.template", "ansible.plugins.action"))
    assert brought == [], "a test imports it, such as by plugins/action; use a process of its own, as test_entra_verdict.py does"
