# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module says about how it behaves."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of modules; C(INFO_MODULE) is for those that only read."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description:
      - Says in check mode what it would change, as C(changed), in the result and in the diff.
      - Check mode is the same run without its writes. Besides, nothing but reading requests can leave the machine in it.
  diff_mode:
    description:
      - Shows with C(--diff) what changes, before and after, one pair for each object, in names and never with a secret.
  idempotent:
    description:
      - A second run with the same options changes nothing, writes nothing, and says so.
      - This holds as long as nobody else changes the tenant in between.
"""

    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - Only reads, in check mode as always.
  diff_mode:
    support: N/A
    details:
      - Changes nothing, so there is nothing to compare.
  idempotent:
    support: full
    details:
      - Changes nothing.
"""

    ACTION_GROUP_SCIM = r"""
options: {}
attributes:
  action_group:
    description:
      - With C(group/scimops.zscaler_one.scim) in C(module_defaults) the connection is written down once for all modules that share it.
    support: full
    membership:
      - scimops.zscaler_one.scim
"""

    ACTION_GROUP_ENTRA = r"""
options: {}
attributes:
  action_group:
    description:
      - With C(group/scimops.zscaler_one.entra) in C(module_defaults) the connection is written down once for all modules that share it.
    support: full
    membership:
      - scimops.zscaler_one.entra
"""
