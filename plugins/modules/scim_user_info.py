# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads users of a Zscaler tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_user_info
short_description: Read users of a Zscaler tenant over SCIM
version_added: "1.0.0"
description:
  - Returns one user, those that a filter finds, or all.
  - A user that does not exist is no error; the list is then empty.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.info_module
  - scimops.zscaler_one._attributes.action_group_scim
  - scimops.zscaler_one._scim
options:
  user_name:
    description:
      - The login of the user. Upper and lower case are the same.
    type: str
  external_id:
    description:
      - The id of the user in the source system, to the letter.
    type: str
  id:
    description:
      - The id that the service gave to the user.
    type: str
  filter:
    description:
      - A filter in the language of SCIM (RFC 7644), with the attribute names of SCIM. It is sent as it is.
      - For users, Zscaler documents C(userName eq), C(externalID eq), C(id eq) and C(meta.lastModified gt), and nothing else. If the
        service refuses the filter, the task fails; if it ignores the filter, the result has more users than meant.
    type: str
  attributes:
    description:
      - The attributes to return, besides C(id) and C(user_name), which are always there. All of them by default.
      - The choice is made by the module. Whether Zscaler's SCIM service can make it is not documented, so it is not asked to.
    type: list
    elements: str
    choices: [external_id, display_name, given_name, family_name, email, department, active, groups]
seealso:
  - module: scimops.zscaler_one.scim_user
  - module: scimops.zscaler_one.scim_group_info
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
    - name: Look for Ada
      scimops.zscaler_one.scim_user_info:
        user_name: ada@corp.example
      register: found

    - name: Say whether she may log in
      ansible.builtin.debug:
        msg: "{{ found.users[0].active if found.users else 'There is no Ada' }}"

    - name: Who is in which department
      scimops.zscaler_one.scim_user_info:
        attributes: [department]
      register: everybody

    - name: Who was changed since yesterday
      scimops.zscaler_one.scim_user_info:
        filter: meta.lastModified gt "2026-11-21T00:00:00Z"
"""

RETURN = r"""
users:
  description:
    - The users, sorted by C(user_name). An attribute that the service does not show is V(null).
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id at the service.
      type: str
      returned: always
    user_name:
      description: The login.
      type: str
      returned: always
    external_id:
      description: The id in the source system.
      type: str
      returned: unless O(attributes) leaves it out
    display_name:
      description: The name that people see.
      type: str
      returned: unless O(attributes) leaves it out
    given_name:
      description: The first name.
      type: str
      returned: unless O(attributes) leaves it out
    family_name:
      description: The last name.
      type: str
      returned: unless O(attributes) leaves it out
    email:
      description: The primary mail address.
      type: str
      returned: unless O(attributes) leaves it out
    department:
      description: The department.
      type: str
      returned: unless O(attributes) leaves it out
    active:
      description: Whether the user may log in.
      type: bool
      returned: unless O(attributes) leaves it out
    groups:
      description:
        - The names of the user's groups, sorted; the id where the service does not show the name.
        - V(null) if the service shows no groups with users. M(scimops.zscaler_one.scim_group_info) then knows more.
      type: list
      elements: str
      returned: unless O(attributes) leaves it out
  sample:
    - id: 7a736361-6c65-7200-7363-696d00000011
      user_name: ada@corp.example
      external_id: hr-17
      display_name: Ada Lovelace
      given_name: Ada
      family_name: Lovelace
      email: ada@corp.example
      department: Research
      active: true
      groups: [Engineering]
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

from ..module_utils._model import ATTRIBUTES
from ..module_utils._module import run_reading
from ..module_utils._reads import read_users

OPTIONS = {
    "user_name": {"type": "str"},
    "external_id": {"type": "str"},
    "id": {"type": "str"},
    "filter": {"type": "str"},
    "attributes": {"type": "list", "elements": "str", "choices": [*ATTRIBUTES, "groups"]},
}


def main() -> None:
    """Run the module."""
    run_reading(OPTIONS, read_users, mutually_exclusive=[("user_name", "external_id", "id", "filter")])


if __name__ == "__main__":
    main()
