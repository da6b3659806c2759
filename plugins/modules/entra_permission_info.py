# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the client may do on Microsoft Graph, and what it lacks."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: entra_permission_info
short_description: Tell which permissions on Microsoft Graph the client has, and which it lacks for what is to be done
version_added: "1.0.0"
description:
  - Signs in, and reads in the access token which permissions an administrator has consented to. Microsoft Graph itself is not asked.
  - With O(needs) it says which of them are missing for what is to be done, all at once and before anything is written. The role
    C(scimops.zscaler_one.entra_provisioning) begins with it.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.info_module
  - scimops.zscaler_one._attributes.action_group_entra
  - scimops.zscaler_one._entra
options:
  needs:
    description:
      - What is to be done. RV(missing) has the permissions that are not enough for it.
      - Directory permissions that include the one that is needed count as it does, such as C(Directory.Read.All) for V(find_users).
    type: list
    elements: str
    default: []
    choices:
      - find_application
      - add_application
      - assign
      - find_users
      - find_groups
      - provision
      - watch
      - read_logs
      - single_sign_on
      - claims
notes:
  - "Permissions for Microsoft Graph: none."
  - Nothing is missing of a token that a person got, since roles in Entra decide besides what that person may do, nor of one that cannot be
    read. Then RV(client.kind) is V(user) or V(unknown).
  - The token is not verified here, which is for Microsoft Graph to do, and no part of it but the names of permissions is shown.
  - A consent that was given a moment ago is not in a token that was made before it; the Azure CLI keeps its tokens for an hour.
seealso:
  - module: scimops.zscaler_one.entra_provisioning_info
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: What is missing to assign people and to start provisioning
  scimops.zscaler_one.entra_permission_info:
    tenant_id: 11111111-2222-3333-4444-555555555555
    client_id: 66666666-7777-8888-9999-000000000000
    client_secret: "{{ vault_entra_client_secret }}"
    needs: [find_application, assign, find_users, provision]
  register: permissions

- name: Nothing is missing
  ansible.builtin.assert:
    that: permissions.missing | length == 0
"""

RETURN = r"""
client:
  description: Who signed in.
  returned: success
  type: dict
  contains:
    kind:
      description: V(application), V(user) for somebody who signed in in person, or V(unknown) if the token cannot be read.
      type: str
      returned: always
    permissions:
      description: The names of the permissions in the token, sorted.
      type: list
      elements: str
      returned: always
  sample: {kind: application, permissions: [Application.Read.All, Synchronization.ReadWrite.All]}
missing:
  description: What O(needs) has and the permissions are not enough for, in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    need:
      description: The entry of O(needs).
      type: str
      returned: always
    permission:
      description: The application permission to ask an administrator for.
      type: str
      returned: always
    why:
      description: What it is for, in words.
      type: str
      returned: always
  sample:
    - {need: find_users, permission: User.ReadBasic.All, why: find people by name}
operations:
  description: Always empty, since nothing is changed.
  returned: success
  type: list
  elements: dict
  sample: []
problems:
  description: All that is wrong with the input; the first twenty also stand in the message. Nothing was written.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - {place: option graph_url, field: "", reason: must begin with https://}
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
  sample: {sent: 0, by_method: {}, throttled: 0, retried: 0, waited: 0.0}
"""

from ..module_utils._entra_module import run_entra
from ..module_utils._graph.permissions import NEEDS
from ..module_utils._workflow.permission_info import act

OPTIONS = {
    "needs": {"type": "list", "elements": "str", "default": [], "choices": list(NEEDS)},
}


def main() -> None:
    """Run the module."""
    run_entra(OPTIONS, act, compares=False)


if __name__ == "__main__":
    main()
