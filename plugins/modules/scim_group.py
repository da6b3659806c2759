# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One group of a Zscaler tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_group
short_description: Create, rename or delete one group of a Zscaler tenant over SCIM
version_added: "1.0.0"
description:
  - Makes one group as declared. Its members are left alone; for these there are M(scimops.zscaler_one.scim_membership) and
    M(scimops.zscaler_one.scim_directory).
  - The group is found by O(id) if that is given, else by O(external_id), else by O(display_name), else by one of O(previous_names). If
    that leads to two groups, nothing is written to either.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.action_group_scim
  - scimops.zscaler_one._scim
  - scimops.zscaler_one._writing
  - scimops.zscaler_one._protection
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  display_name:
    description:
      - The name of the group, at most 127 bytes in UTF-8. Upper and lower case are the same.
      - Needed to create or rename a group. At least one of O(display_name), O(external_id) and O(id) is needed in any case.
    type: str
  external_id:
    description:
      - The id of the group in the source system. V("") clears it.
    type: str
  id:
    description:
      - The id that the service gave to the group. It cannot be chosen.
    type: str
  previous_names:
    description:
      - Names that the group had. If there is no group O(display_name) and one of these exists, that one is renamed, and keeps its
        members and its place in policies.
      - Zscaler does not document that a group can be renamed; its own Go client does so.
    type: list
    elements: str
  state:
    description:
      - V(present) creates or renames the group.
      - V(absent) deletes it, and with it all memberships in it. The users stay. Deleting a group that is named here is not held back by
        a removal limit, however many members it has.
    type: str
    choices: [present, absent]
    default: present
notes:
  - Zscaler does not list a filter by C(displayName) alone for groups, although identity providers rely on it. Where the service refuses
    it, all groups are read instead.
  - Zscaler warns that groups of the same name can exist once for each identity provider. One that this connection cannot see makes a
    create fail with 409.
seealso:
  - module: scimops.zscaler_one.scim_membership
  - module: scimops.zscaler_one.scim_group_info
  - module: scimops.zscaler_one.scim_directory
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: Groups, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.scim:
      base_url: https://scim.zscalerone.net/1234567/098/scim
      bearer_token: "{{ vault_zscaler_scim_token }}"
  block:
    - name: There is a group Engineering
      scimops.zscaler_one.scim_group:
        display_name: Engineering
        external_id: team-7

    - name: The group Eng or Development becomes Engineering, with all its members
      scimops.zscaler_one.scim_group:
        display_name: Engineering
        previous_names:
          - Eng
          - Development

    - name: There is no group Interns
      scimops.zscaler_one.scim_group:
        display_name: Interns
        state: absent
"""

RETURN = r"""
group:
  description:
    - The group after the run, in check mode as it would be. Empty if there is none.
  returned: when planning succeeded
  type: dict
  contains:
    id:
      description: The id at the service; V(null) for a group that would be created.
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
  sample:
    id: 7a736361-6c65-7200-7363-696900000007
    display_name: Engineering
    external_id: team-7
operations:
  description:
    - What was done, in this order, or in check mode what would be done. Empty if nothing changed.
    - With RV(refused) nothing was written, and this is what would have been done.
    - What the service refused is not here, but in RV(failures).
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    kind:
      description: V(user), V(group) or V(membership).
      type: str
      returned: always
    verb:
      description:
        - For users V(create), V(update), V(rename), V(enable), V(disable) or V(delete), for groups the same without enabling and disabling.
        - For memberships V(add) or V(remove).
      type: str
      returned: always
    name:
      description: The C(userName) or C(displayName), as it is afterwards.
      type: str
      returned: always
    group:
      description: The group that is gained or lost.
      type: str
      returned: for memberships
    attributes:
      description: The values that were written.
      type: dict
      returned: always
  sample:
    - {kind: group, verb: rename, name: Engineering, attributes: {display_name: Engineering}}
operations_omitted:
  description: How many entries RV(operations) would have beyond a thousand.
  returned: when planning succeeded
  type: int
  sample: 0
summary:
  description:
    - Counts of what was done, or in check mode would be done, for V(users), V(groups) and V(memberships).
    - V(unchanged) counts what is declared and already so, V(failed) what is in RV(failures).
  returned: when planning succeeded
  type: dict
  contains:
    users:
      description: Has C(created), C(updated), C(renamed), C(enabled), C(disabled), C(deleted), C(unchanged), C(failed).
      type: dict
      returned: always
      sample: {created: 1, updated: 0, renamed: 0, enabled: 0, disabled: 0, deleted: 0, unchanged: 0, failed: 0}
    groups:
      description: Has C(created), C(updated), C(renamed), C(deleted), C(unchanged), C(failed).
      type: dict
      returned: always
      sample: {created: 0, updated: 0, renamed: 0, deleted: 0, unchanged: 1, failed: 0}
    memberships:
      description: Has C(added), C(removed), C(unchanged), C(failed).
      type: dict
      returned: always
      sample: {added: 1, removed: 0, unchanged: 0, failed: 0}
failures:
  description:
    - What could not be planned or was refused by the service. If there is any, the task fails at its end; everything else is done,
      and the next run tries just these again.
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    kind:
      description: As in RV(operations).
      type: str
      returned: always
    verb:
      description: As in RV(operations), or V(match) if it is not clear which object of the service is meant.
      type: str
      returned: always
    name:
      description: As in RV(operations).
      type: str
      returned: always
    group:
      description: The group of a membership, otherwise empty.
      type: str
      returned: always
    source:
      description: Where it was declared, V(option display_name) and the like.
      type: str
      returned: always
    status:
      description: The HTTP status of the service's answer; V(0) if it was never asked or did not answer.
      type: int
      returned: always
    detail:
      description: The reason, in the service's own words where it gave one.
      type: str
      returned: always
    request:
      description: The method and path of the request that failed.
      type: str
      returned: always
  sample:
    - kind: group
      verb: create
      name: Engineering
      group: ""
      source: option display_name
      status: 409
      detail: "'Engineering' exists but is not visible, being deleted lately or held by another identity provider"
      request: POST Groups
plan_digest:
  description: The SHA-256 of the plan. Equal plans have equal digests, in check mode and otherwise.
  returned: when planning succeeded
  type: str
  sample: 2f0a4c1e5b7d9380a6c2e4f81b3d5f70928471a3c5e7f90b1d3f5a7c9e0b2d4f
diff:
  description: Before and after, one pair for each object that changes. Attributes that do not change are left out.
  returned: when planning succeeded, with C(--diff)
  type: list
  elements: dict
  sample:
    - before_header: group Engineering
      after_header: group Engineering
      before: {display_name: Eng}
      after: {display_name: Engineering}
problems:
  description: All that is wrong with the input; the first twenty also stand in the message. Nothing was written.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - {place: option display_name, field: display_name, reason: "begins or ends with a space; remove it"}
refused:
  description: Why a correct plan was not carried out, such as the numbers of the removal brake. Nothing was written.
  returned: when the plan was refused
  type: dict
  sample: {listing: suspect, doubts: ["/Groups: the list does not end"]}
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
  sample: {sent: 2, by_method: {GET: 1, POST: 1}, throttled: 0, retried: 0, waited: 0.0}
"""

from ..module_utils._arguments import PROTECTION, STATE, WRITING
from ..module_utils._module import run_changing
from ..module_utils._orders import group_order
from ..module_utils._results import group_result

OPTIONS = {
    "display_name": {"type": "str"},
    "external_id": {"type": "str"},
    "id": {"type": "str"},
    "previous_names": {"type": "list", "elements": "str"},
    "state": STATE,
    **WRITING,
    **PROTECTION,
}


def main() -> None:
    """Run the module."""
    run_changing(OPTIONS, group_order, group_result, required_one_of=[("display_name", "external_id", "id")])


if __name__ == "__main__":
    main()
