# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One user of a Zscaler tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_user
short_description: Create, change, disable or delete one user of a Zscaler tenant over SCIM
version_added: "1.0.0"
description:
  - Makes one user as declared. What is not given is left alone, what is given is enforced, and an empty text (V("")) clears.
  - The user is found by O(id) if that is given, else by O(external_id), else by O(user_name). If that leads to two users, nothing is
    written to either.
  - For more than a few users M(scimops.zscaler_one.scim_directory) is faster, and shows one plan for all of them.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.action_group_scim
  - scimops.zscaler_one._scim
  - scimops.zscaler_one._groups
  - scimops.zscaler_one._matching
  - scimops.zscaler_one._writing
  - scimops.zscaler_one._batches
  - scimops.zscaler_one._brake
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  user_name:
    description:
      - The login, C(user@domain), at most 127 characters. Upper and lower case are the same.
      - The domain must have been registered for the organization by Zscaler Support; SCIM cannot register it. Zscaler logs the refusal of
        such users only once a day.
      - Needed to create a user. At least one of O(user_name), O(external_id) and O(id) is needed in any case.
    type: str
  external_id:
    description:
      - The id of the user in the source system, such as the HR number or the object id in Microsoft Entra ID. It recognises the user
        even if O(user_name) was changed.
    type: str
  id:
    description:
      - The id that the service gave to the user. It cannot be chosen.
    type: str
  display_name:
    description:
      - The name that people see, at most 128 characters.
    type: str
  given_name:
    description:
      - The first name.
    type: str
  family_name:
    description:
      - The last name.
    type: str
  email:
    description:
      - The mail address, which need not be the login. Zscaler uses it to recognise senders in its e-mail DLP.
      - If the user has several addresses, this is the primary one; the others are left alone.
    type: str
  department:
    description:
      - The one department of the user, by name, at most 128 characters.
      - Zscaler's examples suggest that a new name makes a new department; this is not documented. Departments cannot be listed or
        deleted over SCIM.
    type: str
  active:
    description:
      - Whether the user may log in.
      - With V(false), Zscaler Internet Access disables the user. Zscaler Private Access documents that it deletes the user.
    type: bool
  groups:
    description:
      - All groups of the user, by name. The user is taken out of every other group, and V([]) means out of all.
      - Groups are not created; one that does not exist is an error. Protected groups that are not named here (C(Service Admin),
        C(Zscaler *), C(Dynamic Group *)) are left alone.
      - Without this option, memberships are left alone. With O(state=absent) it is an error.
    type: list
    elements: str
  new_user_name:
    description:
      - Rename the user from O(user_name) to this. If only the new name exists, the rename was done before, and nothing happens.
        With O(state=absent) it is an error.
      - Zscaler does not say whether a C(userName) can be changed, and other sources contradict each other. If the service does not take
        it, the task fails with the service's own words.
    type: str
  state:
    description:
      - V(present) creates or changes the user, V(absent) deletes the user.
      - Zscaler refuses with 409 to delete a user who is linked to an administrator, unless a setting in the admin portal allows it.
        O(active=false) disables such a user and the linked administrator.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: scimops.zscaler_one.scim_directory
  - module: scimops.zscaler_one.scim_user_info
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: Users, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.scim:
      base_url: https://scim.zscalerone.net/1234567/098/scim
      bearer_token: "{{ vault_zscaler_scim_token }}"
  block:
    - name: Ada works in Research and is in two groups
      scimops.zscaler_one.scim_user:
        user_name: ada@corp.example
        external_id: hr-17
        display_name: Ada Lovelace
        given_name: Ada
        family_name: Lovelace
        email: ada@corp.example
        department: Research
        groups:
          - Engineering
          - Germany

    - name: Bob is on leave; everything else about him stays as it is
      scimops.zscaler_one.scim_user:
        user_name: bob@corp.example
        active: false

    - name: Eve married; she is found by her HR number, so a second run finds her as well
      scimops.zscaler_one.scim_user:
        external_id: hr-23
        user_name: eve.moreau@corp.example
        family_name: Moreau

    - name: Mallory has left, and has no entry in the HR system
      scimops.zscaler_one.scim_user:
        user_name: mallory@corp.example
        state: absent

# The base URL and the token come from ZSCALER_ONE_SCIM_BASE_URL and ZSCALER_ONE_SCIM_BEARER_TOKEN.
- name: What would change, and how
  scimops.zscaler_one.scim_user:
    user_name: ada@corp.example
    department: Engineering
  check_mode: true
  diff: true
  register: foreseen
"""

RETURN = r"""
user:
  description:
    - The user after the run, in check mode as it would be. Empty if there is none.
    - An attribute that the service does not show is V(null).
  returned: when planning succeeded
  type: dict
  contains:
    id:
      description: The id at the service; V(null) for a user who would be created.
      type: str
      returned: always
    user_name:
      description: The login.
      type: str
      returned: always
    external_id:
      description: The id in the source system.
      type: str
      returned: always
    display_name:
      description: The name that people see.
      type: str
      returned: always
    given_name:
      description: The first name.
      type: str
      returned: always
    family_name:
      description: The last name.
      type: str
      returned: always
    email:
      description: The primary mail address.
      type: str
      returned: always
    department:
      description: The department.
      type: str
      returned: always
    active:
      description: Whether the user may log in.
      type: bool
      returned: always
  sample:
    id: 7a736361-6c65-7200-7363-696d00000011
    user_name: ada@corp.example
    external_id: hr-17
    display_name: Ada Lovelace
    given_name: Ada
    family_name: Lovelace
    email: ada@corp.example
    department: Research
    active: true
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
    - {kind: user, verb: update, name: ada@corp.example, attributes: {department: Research}}
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
      description: Where it was declared, V(option user_name) and the like.
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
    - kind: user
      verb: create
      name: ada@other.example
      group: ""
      source: option user_name
      status: 400
      detail: the domain other.example is not registered
      request: POST Users
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
    - before_header: user ada@corp.example
      after_header: user ada@corp.example
      before: {department: Sales}
      after: {department: Research}
problems:
  description: All that is wrong with the input; the first twenty also stand in the message. Nothing was written.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - {place: option user_name, field: email, reason: holds no @}
refused:
  description: Why a correct plan was not carried out, such as the numbers of the removal brake. Nothing was written.
  returned: when the plan was refused
  type: dict
  sample: {brake: [{what: members of all groups, removals: 9, of: 40, allowed: 5.0, victims: [ada@corp.example in Germany]}]}
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

from ..module_utils._arguments import BATCHES, BRAKE, GROUPS, MATCHING, STATE, WRITING
from ..module_utils._module import run_changing
from ..module_utils._orders import user_order
from ..module_utils._results import user_result

OPTIONS = {
    "user_name": {"type": "str"},
    "external_id": {"type": "str"},
    "id": {"type": "str"},
    "display_name": {"type": "str"},
    "given_name": {"type": "str"},
    "family_name": {"type": "str"},
    "email": {"type": "str"},
    "department": {"type": "str"},
    "active": {"type": "bool"},
    "groups": {"type": "list", "elements": "str"},
    "new_user_name": {"type": "str"},
    "state": STATE,
    **GROUPS,
    **MATCHING,
    **WRITING,
    **BATCHES,
    **BRAKE,
}


def main() -> None:
    """Run the module."""
    run_changing(OPTIONS, user_order, user_result, required_one_of=[("user_name", "external_id", "id")])


if __name__ == "__main__":
    main()
