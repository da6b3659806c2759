# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How declared users are recognised: the options in C(_arguments.MATCHING)."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of the modules that look for users."""

    DOCUMENTATION = r"""
options:
  external_id_conflict:
    description:
      - What it means if a user is found by its C(user_name), and has another C(external_id) at the service than the declared one.
      - V(fail) takes it for another person. Nothing is written to that user, and the task fails.
      - V(overwrite) takes it for the same person with a new C(external_id), and writes that.
      - V(ignore) takes it for the same person, and leaves the C(external_id) of the service as it is.
      - A user that is found by C(id) is that user, whatever its C(external_id).
    type: str
    choices: [fail, overwrite, ignore]
    default: fail
"""
