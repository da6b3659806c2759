# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One person or one group, provisioned now."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: entra_provision_on_demand
short_description: Provision one person, or one group with members, now
version_added: "1.0.0"
description:
  - Entra provisions the person or the group at once, as C(Provision on demand) in the portal does, and tells step by step what it did.
  - Nobody is provisioned who would not be in a regular cycle. So this is the quick way to see what assignments, mappings and scoping
    filters do.
  - The job must exist; it need not run.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.action_group_entra
  - scimops.zscaler_one._entra
  - scimops.zscaler_one._entra_application
  - scimops.zscaler_one._entra_job
attributes:
  check_mode:
    support: partial
    details:
      - What the service would do, only doing it shows. So in check mode it is not asked, everybody named here is looked up, RV(results)
        has the status V(not_asked), and the task is reported as changed.
  diff_mode:
    support: none
    details:
      - What changes is known only afterwards; it is in RV(results).
  idempotent:
    support: full
    details:
      - Who is already as wanted is left alone by the service, and nothing is written.
options:
  user:
    description:
      - One person, by userPrincipalName, mail or object id; a guest not by mail. The run warns of whoever was found by mail.
    type: str
  group:
    description:
      - One group, by its name or object id. The members that are to be provisioned with it are named in O(members).
    type: str
  members:
    description:
      - Members of O(group), by userPrincipalName, mail or object id like O(user). Needed with O(group).
      - The service takes five at a time; for more, several requests are sent. It takes five requests in ten seconds.
    type: list
    elements: str
  fail_on_skip:
    description:
      - Let the task fail also if somebody was skipped, such as one who is not assigned. Whoever is already as wanted has the status
        V(unchanged) and is no failure.
    type: bool
    default: false
notes:
  - "Permissions for Microsoft Graph: C(Synchronization.ReadWrite.All), C(Application.Read.All) to find the application,
    C(User.ReadBasic.All) to find people, and C(GroupMember.Read.All) to find a group. In check mode C(Synchronization.Read.All) will do in
    place of the first."
  - Whoever was assigned only a moment ago may be skipped as not assigned for some minutes.
  - Microsoft says that it does not work with the flag C(aadOptscim062020) in the tenant URL.
seealso:
  - module: scimops.zscaler_one.entra_provisioning_job
  - module: scimops.zscaler_one.entra_app_assignment
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: On demand, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.entra:
      tenant_id: 11111111-2222-3333-4444-555555555555
      client_id: 66666666-7777-8888-9999-000000000000
      client_secret: "{{ vault_entra_client_secret }}"
  block:
    - name: The pilot user reaches Zscaler
      scimops.zscaler_one.entra_provision_on_demand:
        display_name: Zscaler One
        user: ada@corp.example

    - name: A group, with two of its members
      scimops.zscaler_one.entra_provision_on_demand:
        display_name: Zscaler One
        group: Engineering
        members:
          - ada@corp.example
          - bob@corp.example
      register: probe

    - name: What became of it
      ansible.builtin.debug:
        msg: "{{ item.subject }}: {{ item.status }} {{ item.reason }}"
      loop: "{{ probe.results }}"
"""

RETURN = r"""
results:
  description: What the service did, one entry for each object that it tells of.
  returned: when the service was asked, and in check mode
  type: list
  elements: dict
  contains:
    subject:
      description: Who it is about.
      type: str
      returned: always
    type:
      description: V(User) or V(Group).
      type: str
      returned: always
    status:
      description: V(success), V(unchanged) for somebody who is already as wanted, V(skipped) or V(failure); in check mode V(not_asked).
      type: str
      returned: always
    action:
      description: What the service did at the target, such as V(create), V(update) or V(other); empty if it does not tell.
      type: str
      returned: always
    reason:
      description: Why it was skipped or left unchanged, or failed, in the words of the service.
      type: str
      returned: always
    error_code:
      description: The service's name of that, such as V(RedundantExport) for somebody who is already as wanted.
      type: str
      returned: always
    wrote:
      description: Whether something was written to the target.
      type: bool
      returned: always
    target:
      description: C(id), C(type) and C(name) at the target. The id is V(null) for nobody.
      type: dict
      returned: always
    steps:
      description: The steps in order, each with C(name), C(type) (V(import), V(matching), V(scoping), V(export), ...), C(status) and
        C(description).
      type: list
      elements: dict
      returned: always
    modified:
      description: Attributes that were written, each with C(attribute), C(before) and C(after).
      type: list
      elements: dict
      returned: always
  sample:
    - subject: ada@corp.example
      type: User
      status: unchanged
      action: other
      reason: The state of the user in both the source and target systems already match.
      error_code: RedundantExport
      wrote: false
      target: {id: 7a736361-6c65-7200-7363-696900000001, type: User, name: ada@corp.example}
      steps:
        - {name: EntryImport, type: import, status: success, description: "Retrieved User 'ada@corp.example'"}
      modified: []
operations:
  description: What was done, in this order, or in check mode what would be done. Empty if nothing changed.
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    kind:
      description: V(provisioning).
      type: str
      returned: always
    verb:
      description: V(provision).
      type: str
      returned: always
    name:
      description: Which one, in words. Never a secret.
      type: str
      returned: always
    details:
      description: C(type), which is V(User) or V(Group), and but for check mode C(action), what the service did, such as V(create).
      type: dict
      returned: always
  sample:
    - {kind: provisioning, verb: provision, name: ada@corp.example, details: {type: User, action: create}}
problems:
  description: All that is wrong with the input; the first twenty also stand in the message. Nothing was written.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - {place: option user, field: "", reason: "there is no user ada@corp.example in this tenant"}
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
  sample: {sent: 4, by_method: {GET: 4}, throttled: 0, retried: 0, waited: 0.0}
"""

from ..module_utils._entra_module import run_entra
from ..module_utils._workflow.provision_on_demand import act

OPTIONS = {
    "user": {"type": "str"},
    "group": {"type": "str"},
    "members": {"type": "list", "elements": "str"},
    "fail_on_skip": {"type": "bool", "default": False},
}


def main() -> None:
    """Run the module."""
    subjects = ("user", "group")
    run_entra(OPTIONS, act, application=True, job=True, compares=False, required_one_of=[subjects], mutually_exclusive=[subjects])


if __name__ == "__main__":
    main()
