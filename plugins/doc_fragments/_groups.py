# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many groups one user may have: the option in C(_arguments.GROUPS)."""

from __future__ import annotations


class ModuleDocFragment:
    """An option of the modules that declare a user's groups."""

    DOCUMENTATION = r"""
options:
  max_groups_per_user:
    description:
      - The C(groups) of one user may not be more. V(0) is no limit.
      - Zscaler's pages contradict each other; 128 is what the one on SCIM says.
    type: int
    default: 128
"""
