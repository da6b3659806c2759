# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How provisioning is doing."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: entra_provisioning_info
short_description: How provisioning is doing, its job, progress, counts and quarantine
version_added: "1.0.0"
description:
  - Reads the provisioning job of an application, and tells in words what the portal shows under Current cycle status and Statistics.
  - A job that does not exist, or an application of a name that does not exist, is no error; RV(provisioning.found) is V(false) then. Of
    such a name the task warns, with names that were perhaps meant, but not in check mode, where an earlier task may be about to make it.
    An id that does not exist is an error.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.info_module
  - scimops.zscaler_one._attributes.action_group_entra
  - scimops.zscaler_one._entra
  - scimops.zscaler_one._entra_application
  - scimops.zscaler_one._entra_job
notes:
  - "Permissions for Microsoft Graph: C(Synchronization.Read.All) and C(Application.Read.All)."
seealso:
  - module: scimops.zscaler_one.entra_provisioning_log_info
  - module: scimops.zscaler_one.entra_provisioning_job
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: Provisioning, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.entra:
      tenant_id: 11111111-2222-3333-4444-555555555555
      client_id: 66666666-7777-8888-9999-000000000000
      client_secret: "{{ vault_entra_client_secret }}"
  block:
    - name: How provisioning is doing
      scimops.zscaler_one.entra_provisioning_info:
        display_name: Zscaler One
      register: info

    - name: Nothing is wrong
      ansible.builtin.assert:
        that:
          - info.provisioning.found
          - info.provisioning.quarantine is none
        fail_msg: "{{ (info.provisioning.quarantine | default({}, true)).reason | default('there is no job') }}"
"""

RETURN = r"""
provisioning:
  description: What the job tells. The keys are the same where there is no job. Moments are in UTC; V(null) is never.
  returned: success
  type: dict
  contains:
    found:
      description: Whether there is such an application, and it has a job.
      type: bool
      returned: always
    job:
      description: The job, with C(id), C(template_id), C(status) and C(schedule) as M(scimops.zscaler_one.entra_provisioning_job) returns
        them; empty if there is none.
      type: dict
      returned: always
    status:
      description: V(NotConfigured), V(NotRun), V(Active), V(Paused) or V(Quarantine); empty if there is no job.
      type: str
      returned: always
    progress:
      description: How far the cycle is, a list of C(units), C(done), C(total) and C(at). The service mostly counts pages, not people.
      type: list
      elements: dict
      returned: always
    counts:
      description: How many objects Entra keeps in step at Zscaler, by type.
      type: dict
      returned: always
    quarantine:
      description: Why the job is in quarantine; V(null) if it is in none.
      type: dict
      returned: always
      contains:
        code:
          description: Microsoft's name of the reason, such as V(EncounteredQuarantineException) or V(TooManyDeletes).
          type: str
          returned: always
        reason:
          description: The reason in words.
          type: str
          returned: always
        message:
          description: What the service adds in its own words; may be empty.
          type: str
          returned: always
        since:
          description: When the quarantine began.
          type: str
          returned: always
        next_attempt:
          description: When Entra tries again.
          type: str
          returned: always
        first_since:
          description: When the first of a series of quarantines began.
          type: str
          returned: always
        times:
          description: How many quarantines that series has.
          type: int
          returned: always
    initial_cycle_ended:
      description: When the first initial cycle ended; V(null) if it has not.
      type: str
      returned: always
    last_cycle_ended:
      description: When the job last had caught up with everything.
      type: str
      returned: always
    last_cycle:
      description: The last cycle, V(null) before the first, with C(state), C(began), C(ended), the numbers C(read), C(in_scope),
        C(expected), C(written), C(failing), and C(error).
      type: dict
      returned: always
    last_successful_cycle:
      description: The last cycle that succeeded, with the same keys.
      type: dict
      returned: always
    troubleshooting_url:
      description: Where Microsoft explains the trouble, if it does.
      type: str
      returned: always
  sample:
    found: true
    job:
      id: zscalerone.11111111222233334444555555555555.99999999-8888-7777-6666-555555555555
      template_id: zscalerone
      status: Quarantine
      schedule: {state: Active, interval: PT40M}
    status: Quarantine
    progress: []
    counts: {User: 120, Group: 4}
    quarantine:
      code: TooManyDeletes
      reason: more would be deleted or disabled than the threshold for accidental deletions allows; these deletes are held back
      message: ""
      since: "2026-11-23T08:00:00Z"
      next_attempt: "2026-11-23T14:00:00Z"
      first_since: "2026-11-23T08:00:00Z"
      times: 1
    initial_cycle_ended: "2026-11-20T09:12:44Z"
    last_cycle_ended: "2026-11-23T07:20:02Z"
    last_cycle: null
    last_successful_cycle: null
    troubleshooting_url: ""
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
    - place: option service_principal_id
      field: ""
      reason: >-
        there is no service principal 0a1b2c3d-0000-4000-8000-000000000001 in this tenant. Is it the object id of the enterprise
        application? Neither the client id nor the object id of the app registration will do
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
from ..module_utils._workflow.provisioning_info import act

OPTIONS: dict[str, dict[str, str]] = {}


def main() -> None:
    """Run the module."""
    run_entra(OPTIONS, act, application=True, job=True, compares=False)


if __name__ == "__main__":
    main()
