# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is assigned to the application, in which role."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: entra_app_assignment
short_description: Assign users and groups to an enterprise application in Microsoft Entra ID
version_added: "1.0.0"
description:
  - Assigns users and groups to the application, each in a real role of it, as C(Users and groups) in the portal does. With the scope
    V(assigned), only who is assigned here is provisioned to Zscaler.
  - Everything is read and planned before the first write, and all names that lead nowhere are told at once. Microsoft Entra ID cannot
    change the role of an assignment, so a change of role is a new assignment, and the old one is taken away once the new one can be seen.
    Nobody is without access in between.
  - An assignment in the role C(Default Access) is refused, since people with that role are excluded from provisioning according to
    Microsoft's tutorial. O(migrate_default_access) moves those who have it to a real role.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.action_group_entra
  - scimops.zscaler_one._entra
  - scimops.zscaler_one._entra_application
attributes:
  check_mode:
    support: full
    details:
      - For an application that does not exist yet, everything is planned as new, and the names of roles cannot be checked.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  assignments:
    description:
      - Who is assigned. Each entry has exactly one of V(user), V(group) and V(id), and a role.
      - V([]) assigns nobody, and is refused with O(state=exact).
    type: list
    elements: dict
    required: true
    suboptions:
      user:
        description:
          - A user by C(userPrincipalName), or if nobody has that name, by C(mail), with a warning that tells the C(userPrincipalName).
            Upper and lower case are the same.
          - A guest is never found by C(mail), which is decided elsewhere, but by C(userPrincipalName) or O(assignments[].id) only.
        type: str
      group:
        description:
          - A group by C(displayName). Two groups of that name are an error that tells the entry with O(assignments[].id) for each of them.
          - Only direct members of a group are provisioned, and only those of security groups; the run warns where that matters.
            Assigning groups needs Entra ID P1 or P2.
        type: str
      id:
        description:
          - A user or group by object id.
        type: str
      role:
        description:
          - The role, by its display name in the application. Gallery applications mostly have V(User), or V(msiam_access), or both.
          - Needed unless O(state=absent). There, if it is missing, all assignments of the user or group are taken away.
          - Somebody who is to have several roles has an entry for each of them.
        type: str
  state:
    description:
      - V(present) makes those who are named have exactly the roles that are named for them. Everybody else is left alone.
      - V(absent) takes the named assignments away. A user or group that does not exist is only warned of, an unknown role is an error.
      - V(exact) is V(present), and everybody who is not named is taken away, within O(removal_limit).
      - Applications that are assigned to this one are always left alone.
    type: str
    choices: [present, absent, exact]
    default: present
  allow_default_access:
    description:
      - Allow the role V(Default Access) in O(assignments).
    type: bool
    default: false
  migrate_default_access:
    description:
      - Move every user and group that has C(Default Access) to O(migration_role); those who have a real role besides only lose
        C(Default Access), and those in O(assignments) get the role that is named there.
      - The role is created on the application if it has none of that name. Then people are assigned in it, and only when the
        assignments can be seen, C(Default Access) is taken away. A run that is interrupted anywhere leaves everybody with access, and
        the next one completes it.
    type: bool
    default: false
  migration_role:
    description:
      - The name of the role for O(migrate_default_access).
    type: str
    default: User
  removal_limit:
    description:
      - The brake. If more users and groups would lose their last assignment than this, the task fails before its first write, in check
        mode too. The message has the numbers and the first of them. A change of role is no removal.
      - The limit is a percentage of the users and groups that are assigned before, but never below O(removal_limit.floor) and never
        above O(removal_limit.count).
      - A group that would lose its last assignment counts as its direct members, and as more than the limit if they may not be read; any
        other group counts as one.
      - Whatever the limit is, a run is refused after which nobody would have a real role any more, or in which all of two or more who have
        one would lose it, also if O(state=absent) names each of them.
    type: dict
    suboptions:
      percent:
        description: Percent of those who are assigned, V(0) to V(100).
        type: float
        default: 5
      count:
        description: So many are never exceeded, however many are assigned.
        type: int
        default: 500
      floor:
        description: So many may always go, however few are assigned; O(removal_limit.count) still holds.
        type: int
        default: 5
  allow_removals_over_limit:
    description:
      - Go on although O(removal_limit) is exceeded, or everybody would lose access. Meant for one run, not for a file; the run
        warns of what it was allowed.
    type: bool
    default: false
notes:
  - "Permissions for Microsoft Graph: C(AppRoleAssignment.ReadWrite.All) together with C(Application.Read.All), C(User.ReadBasic.All) where
    users are named, and C(GroupMember.Read.All) where groups are. To create a role, C(Application.ReadWrite.OwnedBy) or
    C(Application.ReadWrite.All) is needed besides. Check mode needs the reading ones only."
  - C(AppRoleAssignment.ReadWrite.All) lets the client give itself any permission of Microsoft Graph. Guard its credentials accordingly.
  - Names are asked for fifteen at a time, and the assignments are read page by page, so a run that changes nothing takes few requests.
  - If a user or group is not found, those whose names begin with the same two characters are asked for, once for each kind, and the names
    that are spelled much alike are told.
  - One user or group that the service refuses does not stop the others. The task then fails at its end and names it.
seealso:
  - module: scimops.zscaler_one.entra_gallery_app
  - module: scimops.zscaler_one.entra_provision_on_demand
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: Assignments, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.entra:
      tenant_id: 11111111-2222-3333-4444-555555555555
      client_id: 66666666-7777-8888-9999-000000000000
      client_secret: "{{ vault_entra_client_secret }}"
  block:
    - name: One person as a test
      scimops.zscaler_one.entra_app_assignment:
        display_name: Zscaler One
        assignments:
          - user: ada@corp.example
            role: User

    - name: These, and nobody else
      scimops.zscaler_one.entra_app_assignment:
        display_name: Zscaler One
        state: exact
        assignments:
          - group: Zscaler users
            role: User
          - id: 0a1b2c3d-0000-4000-8000-000000000006
            role: User

    - name: Mallory is not assigned in any role
      scimops.zscaler_one.entra_app_assignment:
        display_name: Zscaler One
        state: absent
        assignments:
          - user: mallory@corp.example

    - name: Nobody has Default Access any more, and nobody loses access
      scimops.zscaler_one.entra_app_assignment:
        display_name: Zscaler One
        assignments: []
        migrate_default_access: true
        migration_role: User
"""

RETURN = r"""
assignments:
  description:
    - All assignments of users and groups to the application after the run, in check mode as they would be, by name.
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    principal_id:
      description: The object id of the user or group.
      type: str
      returned: always
    principal:
      description: Its display name.
      type: str
      returned: always
    type:
      description: V(User) or V(Group).
      type: str
      returned: always
    role:
      description: The display name of the role; V(Default Access) for none.
      type: str
      returned: always
    role_id:
      description: The id of the role; V(null) for a role that would be created, or if the application does not exist yet.
      type: str
      returned: always
  sample:
    - principal_id: 0a1b2c3d-0000-4000-8000-000000000007
      principal: Ada Lovelace
      type: User
      role: User
      role_id: 0a1b2c3d-0000-4000-8000-000000000005
operations:
  description:
    - What was done, in this order, or in check mode what would be done. Empty if nothing changed.
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    kind:
      description: V(assignment), or V(role) for a role that is created.
      type: str
      returned: always
    verb:
      description: V(create) for a role, V(assign) or V(unassign) for assignments.
      type: str
      returned: always
    name:
      description: The role, or who is assigned and in which role, such as C(Ada Lovelace as User).
      type: str
      returned: always
    details:
      description: The C(type) of who is assigned, V(User) or V(Group).
      type: dict
      returned: for assignments
  sample:
    - {kind: assignment, verb: assign, name: Ada Lovelace as User, details: {type: User}}
diff:
  description: Before and after, in names. Both are empty if nothing changes.
  returned: when planning succeeded, with C(--diff)
  type: dict
  sample:
    before: {assignments: []}
    after: {assignments: [Ada Lovelace as User]}
    before_header: Zscaler One (before)
    after_header: Zscaler One (after)
problems:
  description: All that is wrong with the input; the first twenty also stand in the message. Nothing was written.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - {place: "assignments[0]", field: role, reason: "Users: the application has no role of that name; it has User"}
refused:
  description: The numbers of the removal brake, where it refused a correct plan. Nothing was written.
  returned: when the plan was refused
  type: dict
  sample:
    brake:
      - {what: users and members of groups assigned to the application, removals: 40, of: 50, allowed: 5.0, victims: [Ada Lovelace]}
requests:
  description: What the task asked of Microsoft Graph.
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
      description: How often Graph asked for less haste.
      type: int
      returned: always
    retried:
      description: How many of the requests were repetitions.
      type: int
      returned: always
    waited:
      description: Seconds spent waiting, because Graph asked for it or until Entra showed what was written.
      type: float
      returned: always
  sample: {sent: 4, by_method: {GET: 3, POST: 1}, throttled: 0, retried: 0, waited: 2.0}
"""

from ..module_utils._arguments import BRAKE
from ..module_utils._entra_module import run_entra
from ..module_utils._workflow.app_assignment import act

ASSIGNMENT = {
    "user": {"type": "str"},
    "group": {"type": "str"},
    "id": {"type": "str"},
    "role": {"type": "str"},
}

OPTIONS = {
    "assignments": {"type": "list", "elements": "dict", "required": True, "options": ASSIGNMENT},
    "state": {"type": "str", "default": "present", "choices": ["present", "absent", "exact"]},
    "allow_default_access": {"type": "bool", "default": False},
    "migrate_default_access": {"type": "bool", "default": False},
    "migration_role": {"type": "str", "default": "User"},
    **BRAKE,
}


def main() -> None:
    """Run the module."""
    run_entra(OPTIONS, act, application=True)


if __name__ == "__main__":
    main()
