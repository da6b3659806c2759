# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a module writes: the options in C(_arguments.WRITING)."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of all modules that write."""

    DOCUMENTATION = r"""
options:
  update_method:
    description:
      - V(patch) sends only what changes.
      - V(put) reads the whole object, merges the changes into it and writes it back, for a service whose PATCH does not work.
      - Zscaler documents PATCH for users and groups, but shows it only for adding members. What it does on PUT with attributes that
        are left out is not documented; that is why they are read first and sent along.
    type: str
    choices: [patch, put]
    default: patch
  unseen_attributes:
    description:
      - What to do about a declared attribute that the service shows of nobody, and does not promise to show in its C(/Schemas).
        It cannot be told whether nobody has a value, or whether the service takes the attribute and never shows it.
      - V(leave) writes it to new objects and together with other changes, never alone, because that would be a change in every run.
      - V(write) takes it for empty and writes it. Use it once, for the first values of an attribute.
      - Whether Zscaler shows C(externalId) is not documented.
    type: str
    choices: [leave, write]
    default: leave
"""
