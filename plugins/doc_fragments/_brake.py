# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The removal brake: the options in C(_arguments.BRAKE)."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of the modules that may remove much."""

    DOCUMENTATION = r"""
options:
  removal_limit:
    description:
      - The brake. If a task would remove more than this, it fails before its first write, in check mode too, and creates nothing either.
        The message has the numbers and the first of those who would be removed.
      - It is applied to users that are disabled or deleted, to groups that are deleted, to members of all groups together, and to
        the members of each single group.
      - The limit is a percentage of what is there before, but never below O(removal_limit.floor) and never above O(removal_limit.count).
    type: dict
    suboptions:
      percent:
        description: Percent of the objects in scope, V(0) to V(100).
        type: float
        default: 5
      count:
        description: So many objects are never exceeded, however large the tenant.
        type: int
        default: 500
      floor:
        description: So many objects may always go, however small the tenant; O(removal_limit.count) still holds.
        type: int
        default: 5
  allow_removals_over_limit:
    description:
      - Go on although O(removal_limit) is exceeded. Meant for one run, not for a file; the run warns of what it was allowed.
    type: bool
    default: false
"""
