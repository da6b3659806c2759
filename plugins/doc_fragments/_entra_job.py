# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which provisioning job of the application a module works on: the option in C(_entra_arguments.JOB)."""

from __future__ import annotations


class ModuleDocFragment:
    """The option of all entra modules that need the job."""

    DOCUMENTATION = r"""
options:
  template_id:
    description:
      - The id of the synchronization template, which is the connector. It says which job is meant.
      - Needed only if the application has several templates, none of them is marked as the default, and it has no job yet or more than
        one. The only job of an application is taken, whatever its template.
    type: str
"""
