# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which application an entra module works on: the options in C(_entra_arguments.APPLICATION)."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of all entra modules but the one that makes the application."""

    DOCUMENTATION = r"""
options:
  service_principal_id:
    description:
      - The object id of the enterprise application, that is of its service principal, as M(scimops.zscaler_one.entra_gallery_app)
        returns it and as the portal shows it under C(Enterprise applications). It is neither the application id nor the id of the app
        registration.
      - Give either this or O(display_name); an empty text counts as not given.
    type: str
  display_name:
    description:
      - The name of the enterprise application. Two applications of the same name are an error, and nothing is written.
      - One that was made from no template of the gallery has no provisioning, and is only taken by O(service_principal_id).
      - In check mode there may be none yet, and what would be done to it is told by its name; otherwise that is an error.
    type: str
"""
