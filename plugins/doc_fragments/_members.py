# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members who do not exist: the options in C(_arguments.MEMBERS)."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of the modules that take lists of members."""

    DOCUMENTATION = r"""
options:
  missing_members:
    description:
      - What to do about a member that is to be added and does not exist.
      - V(fail) fails before the first write and names all of them.
      - V(warn) leaves them out and warns.
      - V(ignore) leaves them out.
      - Whoever is to be removed and does not exist is no mistake, unless the name is the old login of somebody whom the same run renames.
    type: str
    choices: [fail, warn, ignore]
    default: fail
"""
