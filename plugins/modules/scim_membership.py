# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The members of one group of a Zscaler tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_membership
short_description: Add, remove or set the members of one group of a Zscaler tenant over SCIM
version_added: "1.0.0"
description:
  - Adds users to one group, removes them from it, or makes them its only members.
  - Only the difference is sent, each member by name. With O(update_method=put) the whole group is read, changed and written back.
  - Neither the group nor the users are created. A group that does not exist is an error; in check mode it is taken for one that an
    earlier task of the play makes, and so are users that do not exist.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.action_group_scim
  - scimops.zscaler_one._scim
  - scimops.zscaler_one._members
  - scimops.zscaler_one._batches
  - scimops.zscaler_one._brake
  - scimops.zscaler_one._protection
  - scimops.zscaler_one._writing
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  group:
    description:
      - The name of the group. Upper and lower case are the same. Two groups of that name are an error.
    type: str
    required: true
  members:
    description:
      - The users, by C(userName). Upper and lower case are the same.
      - V([]) adds or removes nobody; with O(state=exact) it empties the group.
    type: list
    elements: str
    required: true
  state:
    description:
      - V(present) adds these users and leaves the others in the group.
      - V(absent) removes these users and leaves the others in the group.
      - V(exact) adds these users and removes all others.
    type: str
    choices: [present, absent, exact]
    default: present
notes:
  - Zscaler documents how members are added, but not how they are removed. The module uses the form of RFC 7644 that names each member,
    which is also what Microsoft Entra ID sends. With O(update_method=put) it writes the whole group instead.
  - Members of a group that are groups themselves are left alone.
seealso:
  - module: scimops.zscaler_one.scim_group
  - module: scimops.zscaler_one.scim_directory
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: Members, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.scim:
      base_url: https://scim.zscalerone.net/1234567/098/scim
      bearer_token: "{{ vault_zscaler_scim_token }}"
  block:
    - name: Ada and Bob are in Engineering, whoever else is
      scimops.zscaler_one.scim_membership:
        group: Engineering
        members:
          - ada@corp.example
          - bob@corp.example

    - name: Mallory is not in Engineering
      scimops.zscaler_one.scim_membership:
        group: Engineering
        members: [mallory@corp.example]
        state: absent

    - name: These, and nobody else, may use the new application
      scimops.zscaler_one.scim_membership:
        group: Pilot
        members: "{{ pilot_users }}"
        state: exact
        missing_members: warn
        removal_limit:
          floor: 2
"""

RETURN = r"""
membership:
  description:
    - The group, and who came and went, in check mode who would.
  returned: when planning succeeded
  type: dict
  contains:
    group:
      description: The name of the group.
      type: str
      returned: always
    added:
      description: The C(userName) of each user who was added.
      type: list
      elements: str
      returned: always
    removed:
      description: The C(userName) of each user who was removed.
      type: list
      elements: str
      returned: always
  sample:
    group: Engineering
    added: [ada@corp.example]
    removed: [mallory@corp.example]
protected:
  description: Groups that did not lose their last member, because they are protected.
  returned: when planning succeeded
  type: list
  elements: str
  sample: []
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
    - {kind: membership, verb: add, name: ada@corp.example, group: Engineering, attributes: {}}
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
      description: Where it was declared, V(members[3]) and the like.
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
    - kind: membership
      verb: add
      name: ada@corp.example
      group: Engineering
      source: group Engineering
      status: 400
      detail: the user has too many groups
      request: PATCH Groups/7a736361-6c65-7200-7363-696900000007
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
    - before_header: members of group Engineering (those that change)
      after_header: members of group Engineering (those that change)
      before: {members: []}
      after: {members: [ada@corp.example]}
problems:
  description: All that is wrong with the input; the first twenty also stand in the message. Nothing was written.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - {place: "members[3]", field: "", reason: holds no @}
refused:
  description: Why a correct plan was not carried out, such as the numbers of the removal brake. Nothing was written.
  returned: when the plan was refused
  type: dict
  sample: {brake: [{what: members of group Engineering, removals: 9, of: 40, allowed: 5.0, victims: [ada@corp.example]}]}
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

from ..module_utils._arguments import BATCHES, BRAKE, MEMBERS, PROTECTION, WRITING
from ..module_utils._module import run_changing
from ..module_utils._orders import membership_order
from ..module_utils._results import membership_result

OPTIONS = {
    "group": {"type": "str", "required": True},
    "members": {"type": "list", "elements": "str", "required": True},
    "state": {"type": "str", "default": "present", "choices": ["present", "absent", "exact"]},
    **MEMBERS,
    **BATCHES,
    **BRAKE,
    **PROTECTION,
    **WRITING,
}


def main() -> None:
    """Run the module."""
    run_changing(OPTIONS, membership_order, membership_result)


if __name__ == "__main__":
    main()
