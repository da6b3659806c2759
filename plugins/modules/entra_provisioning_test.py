# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The portal's Test Connection."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: entra_provisioning_test
short_description: Let Entra test its connection to Zscaler, as Test Connection in the portal does
version_added: "1.0.0"
description:
  - Entra tries to reach the target and to log in there, with the values that are given here, or with those that it has stored.
  - Nothing is changed and nothing is stored. A provisioning job is not needed.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.action_group_entra
  - scimops.zscaler_one._entra
  - scimops.zscaler_one._entra_application
  - scimops.zscaler_one._entra_job
attributes:
  check_mode:
    support: full
    details:
      - The test changes nothing, and so is made in check mode too. If the application does not exist yet, RV(valid) is V(null).
  diff_mode:
    support: N/A
    details:
      - Changes nothing, so there is nothing to compare.
  idempotent:
    support: full
    details:
      - Changes nothing.
options:
  tenant_url:
    description:
      - The Tenant URL to test, in Zscaler's portal the Base URL. A secret must be given with it.
      - Without it and without a secret, the stored values are tested.
    type: str
  secret_token:
    description:
      - The Secret Token to test, in Zscaler's portal the Bearer Token.
    type: str
  oauth2_client_id:
    description:
      - The id of an OAuth2 client, in place of O(secret_token), together with O(oauth2_client_secret) and O(oauth2_token_url).
    type: str
  oauth2_client_secret:
    description:
      - The secret of the OAuth2 client.
    type: str
  oauth2_token_url:
    description:
      - Where Entra gets the token for the OAuth2 client.
    type: str
  fail_on_invalid:
    description:
      - Let the task fail if the connection does. With V(false) the result tells, and the task goes well.
    type: bool
    default: true
notes:
  - "Permissions for Microsoft Graph: C(Synchronization.ReadWrite.All), and C(Application.Read.All) to find the application."
  - Microsoft does not document how a failed test answers. Every refusal of the request is taken for one, but for those that mean that
    this client may not ask (HTTP 401, 403), that the job is gone (404), or that Graph is busy or broken (429, 5xx); these fail the task
    whatever O(fail_on_invalid) says.
seealso:
  - module: scimops.zscaler_one.entra_provisioning_settings
  - module: scimops.zscaler_one.scim_service_info
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: Tests, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.entra:
      tenant_id: 11111111-2222-3333-4444-555555555555
      client_id: 66666666-7777-8888-9999-000000000000
      client_secret: "{{ vault_entra_client_secret }}"
  block:
    - name: What is stored still works
      scimops.zscaler_one.entra_provisioning_test:
        display_name: Zscaler One

    - name: See whether a new token would work, before it is stored
      scimops.zscaler_one.entra_provisioning_test:
        display_name: Zscaler One
        tenant_url: https://scim.zscalerone.net/1234567/098/scim
        secret_token: "{{ vault_zscaler_scim_token }}"
        fail_on_invalid: false
      register: test
"""

RETURN = r"""
valid:
  description: Whether Entra could log in at Zscaler; V(null) if it was not asked, because in check mode there is no application yet.
  returned: when the test was made
  type: bool
  sample: false
message:
  description: The reason in the words of the service; empty if the test succeeded.
  returned: when the test was made
  type: str
  sample: "StatusCode: Unauthorized. The token is not valid."
operations:
  description: Always empty, since nothing is changed.
  returned: when the test was made
  type: list
  elements: dict
  sample: []
problems:
  description: All that is wrong with the input; the first twenty also stand in the message. Nothing was written.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - {place: option display_name, field: "", reason: there is no application Zscaler One in this tenant; entra_gallery_app makes it}
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
from ..module_utils._workflow.provisioning_test import act

OPTIONS = {
    "tenant_url": {"type": "str"},
    "secret_token": {"type": "str", "no_log": True},
    "oauth2_client_id": {"type": "str"},
    "oauth2_client_secret": {"type": "str", "no_log": True},
    "oauth2_token_url": {"type": "str", "no_log": False},
    "fail_on_invalid": {"type": "bool", "default": True},
}


def main() -> None:
    """Run the module."""
    run_entra(OPTIONS, act, application=True, job=True, compares=False)


if __name__ == "__main__":
    main()
