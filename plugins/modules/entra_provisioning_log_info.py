# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The provisioning logs of an application."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: entra_provisioning_log_info
short_description: Read the provisioning logs of an application, with a verdict
version_added: "1.0.0"
description:
  - Reads what Entra logs about everybody whom it provisioned, skipped, or failed to provision, newest first.
  - RV(summary) says what became last of everybody, with the skips and failures by their reason.
  - An application of a name that does not exist is no error; RV(logs) is empty then. An id that does not exist is an error.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.info_module
  - scimops.zscaler_one._attributes.action_group_entra
  - scimops.zscaler_one._entra
  - scimops.zscaler_one._entra_application
  - scimops.zscaler_one._entra_job
options:
  job_id:
    description:
      - Entries of this job. If it is not given, it is the job of the application; if there is none, such as after it was deleted, all
        entries of the application.
    type: str
  since:
    description:
      - Only entries after this moment, such as V(2026-11-23T08:00:00Z) (UTC), or after the beginning of a day, such as V(2026-11-23).
      - Microsoft keeps provisioning logs for thirty days, without a Premium license for seven.
    type: str
  until:
    description:
      - Only entries before this moment, written as O(since).
    type: str
  user:
    description:
      - Only entries about this person or group, by name, userPrincipalName or id, on either side.
    type: str
  status:
    description:
      - Only entries with one of these results.
    type: list
    elements: str
    choices: [success, failure, skipped, unchanged, warning]
  limit:
    description:
      - How many entries are read at most, the newest. V(0) reads all.
    type: int
    default: 1000
notes:
  - "Permissions for Microsoft Graph: C(AuditLog.Read.All), C(Synchronization.Read.All) and C(Application.Read.All)."
  - Graph filters by job and time. It cannot filter by O(user) and O(status), so with these all entries of that time are read; narrow it
    with O(since).
  - Graph answers five such requests in ten seconds. The module asks for large pages, and waits where it has to.
  - Entries appear some minutes after the fact.
  - An application of a name that does not exist has no logs; a warning says so, with names that were perhaps meant. In check mode there
    is no warning, since an earlier task may be about to make it.
seealso:
  - module: scimops.zscaler_one.entra_provisioning_info
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: Logs, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.entra:
      tenant_id: 11111111-2222-3333-4444-555555555555
      client_id: 66666666-7777-8888-9999-000000000000
      client_secret: "{{ vault_entra_client_secret }}"
  block:
    - name: What failed since yesterday
      scimops.zscaler_one.entra_provisioning_log_info:
        display_name: Zscaler One
        since: "2026-11-22T00:00:00Z"
        status:
          - failure
      register: failures

    - name: In one sentence
      ansible.builtin.debug:
        msg: "{{ failures.summary.verdict }}"

    - name: All about one person
      scimops.zscaler_one.entra_provisioning_log_info:
        display_name: Zscaler One
        user: ada@corp.example
"""

RETURN = r"""
logs:
  description: The entries, newest first.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the entry.
      type: str
      returned: always
    time:
      description: When it happened, in UTC.
      type: str
      returned: always
    action:
      description: V(create), V(update), V(disable), V(delete), V(stagedDelete) for a delete that is held back, or V(other).
      type: str
      returned: always
    status:
      description: V(success), V(failure), V(skipped), V(warning), or V(unchanged) for a skip because both sides match already.
      type: str
      returned: always
    source:
      description: Who it is about in Entra, with C(id), C(type) and C(name).
      type: dict
      returned: always
    target:
      description: Who that is at Zscaler, with C(id), C(type) and C(name). The id is V(null) for nobody.
      type: dict
      returned: always
    reason:
      description: Why it was skipped or left unchanged, or failed, in the words of the service; empty for a success.
      type: str
      returned: always
    error_code:
      description: The service's name of that.
      type: str
      returned: always
    advice:
      description: What the service recommends to do.
      type: str
      returned: always
    steps:
      description: The steps in order, each with C(name), C(type), C(status) and C(description).
      type: list
      elements: dict
      returned: always
    modified:
      description: Attributes that were written, each with C(attribute), C(before) and C(after).
      type: list
      elements: dict
      returned: always
    initiated_by:
      description: V(system), V(user) or V(application).
      type: str
      returned: always
    duration_ms:
      description: How long it took, in milliseconds.
      type: int
      returned: always
    job_id:
      description: The job.
      type: str
      returned: always
    cycle_id:
      description: The cycle.
      type: str
      returned: always
  sample:
    - id: 0a1b2c3d-0000-0000-0000-000000000001
      time: "2026-11-23T08:12:44Z"
      action: create
      status: success
      source: {id: 99999999-0000-0000-0000-000000000001, type: User, name: ada@corp.example}
      target: {id: 7a736361-6c65-7200-7363-696900000001, type: User, name: ada@corp.example}
      reason: ""
      error_code: ""
      advice: ""
      steps:
        - {name: EntryExportAdd, type: export, status: success, description: "User 'ada@corp.example' was created"}
      modified:
        - {attribute: displayName, before: null, after: Ada Lovelace}
      initiated_by: system
      duration_ms: 120
      job_id: zscalerone.11111111222233334444555555555555.99999999-8888-7777-6666-555555555555
      cycle_id: 5f0c9eae-0000-0000-0000-000000000001
summary:
  description: What the entries come to.
  returned: success
  type: dict
  contains:
    entries:
      description: How many entries there are.
      type: int
      returned: always
    by_status:
      description: How many of them have each status.
      type: dict
      returned: always
    by_action:
      description: How many of them have each action.
      type: dict
      returned: always
    provisioned:
      description: Names of those whose newest entry is a success.
      type: list
      elements: str
      returned: always
    unchanged:
      description: Names of those whose newest entry says that both sides match already, which the service calls skipped.
      type: list
      elements: str
      returned: always
    skipped:
      description: Those whose newest entry is a skip, by reason, a list of C(reason), C(count) and C(names), of which there are twenty at
        most, the most frequent first.
      type: list
      elements: dict
      returned: always
    failed:
      description: Those whose newest entry is a failure, by reason, in the same form.
      type: list
      elements: dict
      returned: always
    quarantine:
      description: The quarantine of the job now, as in M(scimops.zscaler_one.entra_provisioning_info); V(null) for none.
      type: dict
      returned: always
    verdict:
      description: All of it in a few sentences.
      type: str
      returned: always
  sample:
    entries: 3
    by_status: {skipped: 1, success: 2}
    by_action: {create: 2, other: 1}
    provisioned: [ada@corp.example, bob@corp.example]
    unchanged: []
    skipped:
      - {reason: The user is not assigned to the application., count: 1, names: [eve@corp.example]}
    failed: []
    quarantine: null
    verdict: "2 provisioned. 1 skipped: The user is not assigned to the application (eve@corp.example)."
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
    - {place: option limit, field: "", reason: must not be negative; 0 means all}
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
from ..module_utils._workflow.provisioning_log_info import act

OPTIONS = {
    "job_id": {"type": "str"},
    "since": {"type": "str"},
    "until": {"type": "str"},
    "user": {"type": "str"},
    "status": {"type": "list", "elements": "str", "choices": ["success", "failure", "skipped", "unchanged", "warning"]},
    "limit": {"type": "int", "default": 1000},
}


def main() -> None:
    """Run the module."""
    run_entra(OPTIONS, act, application=True, job=True, compares=False)


if __name__ == "__main__":
    main()
