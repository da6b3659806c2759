# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is not to be touched: the options in C(_arguments.PROTECTION)."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of the modules that may delete or empty groups."""

    DOCUMENTATION = r"""
options:
  protected_groups:
    description:
      - Groups that are never deleted, and never lose their last member. Names, or patterns with V(*), V(?) and V([...]); case does
        not count.
      - The default are groups of Zscaler's own. An empty list protects none.
      - To declare such a group absent is an error.
    type: list
    elements: str
    default: ["Service Admin", "Zscaler *", "Dynamic Group *"]
"""
