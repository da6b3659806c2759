# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads groups of a Zscaler tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_group_info
short_description: Read groups of a Zscaler tenant and their members over SCIM
version_added: "1.0.0"
description:
  - Returns one group, those that a filter finds, or all, on request with their members.
  - A group that does not exist is no error; the list is then empty.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.info_module
  - scimops.zscaler_one._attributes.action_group_scim
  - scimops.zscaler_one._scim
options:
  display_name:
    description:
      - The name of the group. Upper and lower case are the same. More than one group can have it.
    type: str
  id:
    description:
      - The id that the service gave to the group.
    type: str
  filter:
    description:
      - A filter in the language of SCIM (RFC 7644), with the attribute names of SCIM. It is sent as it is.
      - For groups, Zscaler documents only C(displayName eq V and members.value eq V). If the service refuses the filter, the task
        fails; if it ignores the filter, the result has more groups than meant.
    type: str
  with_members:
    description:
      - Return the members too. For that all users are read besides, since groups have only their ids; for a small group these are
        read one by one.
      - Zscaler does not document whether listings of groups have members. Where they have none, it takes one request for each group.
    type: bool
    default: false
seealso:
  - module: scimops.zscaler_one.scim_group
  - module: scimops.zscaler_one.scim_membership
  - module: scimops.zscaler_one.scim_user_info
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: Reading, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.scim:
      base_url: https://scim.zscalerone.net/1234567/098/scim
      bearer_token: "{{ vault_zscaler_scim_token }}"
  block:
    - name: Who is in Engineering
      scimops.zscaler_one.scim_group_info:
        display_name: Engineering
        with_members: true
      register: found

    - name: Say so
      ansible.builtin.debug:
        msg: "{{ found.groups | map(attribute='members') | flatten }}"

    - name: The names of all groups
      scimops.zscaler_one.scim_group_info:
"""

RETURN = r"""
groups:
  description:
    - The groups, sorted by C(display_name).
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id at the service.
      type: str
      returned: always
    display_name:
      description: The name.
      type: str
      returned: always
    external_id:
      description: The id in the source system; V(null) if the service does not show it.
      type: str
      returned: always
    members:
      description: The C(userName) of each member, sorted.
      type: list
      elements: str
      returned: with O(with_members=true)
    unknown_members:
      description: The ids of members for whom the service shows no user, sorted.
      type: list
      elements: str
      returned: with O(with_members=true)
  sample:
    - id: 7a736361-6c65-7200-7363-696900000007
      display_name: Engineering
      external_id: team-7
      members: [ada@corp.example, bob@corp.example]
      unknown_members: []
listing:
  description:
    - V(complete), or V(suspect) if the service's pages contradict each other, so that somebody may be missing. The task then warns as well.
  returned: success
  type: str
  sample: complete
problems:
  description: All that is wrong with the options.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - {place: option page_size, field: "", reason: is 0; it must be a whole number from 1 to 1000}
refused:
  description: Why nothing can be told, such as a C(listing) that is V(suspect) because the service shows the same page again and again.
  returned: when the listing cannot be read
  type: dict
  sample: {listing: suspect}
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
from ..module_utils._reads import read_groups

OPTIONS = {
    "display_name": {"type": "str"},
    "id": {"type": "str"},
    "filter": {"type": "str"},
    "with_members": {"type": "bool", "default": False},
}


def main() -> None:
    """Run the module."""
    run_reading(OPTIONS, read_groups, mutually_exclusive=[("display_name", "id", "filter")])


if __name__ == "__main__":
    main()
