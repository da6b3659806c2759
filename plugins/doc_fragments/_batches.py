# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How memberships are cut into requests: the options in C(_arguments.BATCHES)."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of the modules that change the members of groups."""

    DOCUMENTATION = r"""
options:
  members_per_request:
    description:
      - How many members one request adds or removes at most, from V(1) to V(1000). Where the service finds that too many, the module
        goes on with half as many.
      - Zscaler documents no limit.
    type: int
    default: 100
"""
