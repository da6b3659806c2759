# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Says whether the SCIM service of a Zscaler tenant can be used."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_service_info
short_description: Find out whether the SCIM service of a Zscaler tenant answers, takes the token, and what it can do
version_added: "1.0.0"
description:
  - The first thing to run. It reads one page of users, and what the service says about itself.
  - A service that cannot be reached or refuses the token does not make the task fail; see RV(reachable), RV(authenticated) and RV(message).
    Options that cannot be right, such as a malformed O(base_url), do.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.info_module
  - scimops.zscaler_one._attributes.action_group_scim
  - scimops.zscaler_one._scim
options: {}
notes:
  - Zscaler documents that C(/ServiceProviderConfig) and C(/Schemas) exist, but not what stands in them. What the service does not tell is
    V(null), which is no reason not to try.
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
# The base URL and the token come from ZSCALER_ONE_SCIM_BASE_URL and ZSCALER_ONE_SCIM_BEARER_TOKEN.
- name: Try what the portal has shown
  scimops.zscaler_one.scim_service_info:
  register: service

- name: Go on only with a token that works
  ansible.builtin.assert:
    that: service.authenticated
    fail_msg: "{{ service.message }}"
"""

RETURN = r"""
reachable:
  description: Whether a SCIM service answers under O(base_url), be it with a refusal.
  returned: success
  type: bool
  sample: true
authenticated:
  description: Whether the service takes the token and shows its users.
  returned: success
  type: bool
  sample: true
message:
  description: Why RV(reachable) or RV(authenticated) is false; empty if both are true.
  returned: success
  type: str
  sample: "GET Users: 401 the token is not valid"
patch:
  description: Whether the service says that it supports PATCH; V(null) if it does not tell.
  returned: success
  type: bool
  sample: true
bulk:
  description: Whether the service says that it supports bulk operations; V(null) if it does not tell.
  returned: success
  type: bool
  sample: false
filter:
  description: Whether the service says that it supports filters; V(null) if it does not tell.
  returned: success
  type: bool
  sample: true
page_size_seen:
  description: How many users came on the first page, O(page_size) having been asked for. V(0) if there are none or they cannot be read.
  returned: success
  type: int
  sample: 1000
schemas:
  description: The names of the schemas that the service shows, sorted. Empty if it shows none.
  returned: success
  type: list
  elements: str
  sample:
    - urn:ietf:params:scim:schemas:core:2.0:Group
    - urn:ietf:params:scim:schemas:core:2.0:User
problems:
  description: All that is wrong with the options.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - {place: option page_size, field: "", reason: is 0; it must be a whole number from 1 to 1000}
requests:
  description: What the task asked of the service.
  returned: always, once the options were checked
  type: dict
  contains:
    sent:
      description: How many requests were sent, repeated ones included.
      type: int
      returned: always
    by_method:
      description: The same by HTTP method.
      type: dict
      returned: always
    throttled:
      description: How often the service asked for less haste.
      type: int
      returned: always
    retried:
      description: How many of the requests were repetitions.
      type: int
      returned: always
    waited:
      description: Seconds spent waiting, for the pace or because the service asked for it.
      type: float
      returned: always
  sample: {sent: 2, by_method: {GET: 2}, throttled: 0, retried: 0, waited: 0.0}
"""

from ..module_utils._module import run_reading
from ..module_utils._reads import read_service


def main() -> None:
    """Run the module."""
    run_reading({}, read_service)


if __name__ == "__main__":
    main()
