# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The provisioning job of an application."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: entra_provisioning_job
short_description: Create, start, pause, restart or delete the provisioning job of an application
version_added: "1.0.0"
description:
  - The job is what the portal calls Provisioning Mode Automatic and Provisioning Status On or Off.
  - A job that runs is never started again, which Microsoft warns against. A job that holds back deletes is neither started nor restarted,
    unless O(allow_held_deletes) says so.
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
      - Check mode does not wait for a cycle.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - With O(state=restarted) every run restarts the job.
      - With O(state=started) a job in quarantine is started in every run, which makes Entra try again at once; see
        M(scimops.zscaler_one.entra_provisioning_info) for the reason.
options:
  state:
    description:
      - V(present) makes a job if there is none. It is disabled, and nothing is provisioned yet. A job that is there stays as it is.
      - V(started) makes it if need be, and lets it run. A job in quarantine is started too, which ends the quarantine and tries again,
        unless it holds back deletes, or may do so, because Entra tells no reason that is known.
      - V(paused) makes it if need be, and lets it rest. A cycle in progress still comes to its end.
      - V(restarted) begins anew, and everybody in scope is evaluated again. Microsoft's tutorial for Zscaler One advises to do that from
        time to time for memberships of groups. A job that does not exist or does not run is made and started.
      - V(absent) deletes the job and all that it remembers. People at Zscaler stay as they are. The settings of
        M(scimops.zscaler_one.entra_provisioning_settings) stay too.
    type: str
    choices: [present, started, paused, restarted, absent]
    default: started
  reset_scope:
    description:
      - What a restart makes the job forget. Only for O(state=restarted). If it is not given, it is what the portal's Restart does, which
        is V(Escrows), V(Watermark) and V(QuarantineState).
      - V(Escrows) are the failures that would be tried again, V(Watermark) is how far the job has read, so that it reads all again,
        V(QuarantineState) is the count of failures towards a quarantine. V(Full) is these and the links between the accounts of both
        sides, which are then found again by the matching attributes.
      - C(None) and C(ConnectorDataStore) are refused, since Microsoft advises against them. For C(ForceDeletes) there is
        O(allow_held_deletes).
    type: list
    elements: str
  allow_held_deletes:
    description:
      - Release the deletes that Entra holds back, because they are more than the threshold for accidental deletions allows. For
        O(state=started) and O(state=restarted), only in that quarantine or in one without a known reason, and by a restart that lets them
        through. With another state or where nothing is held back it does nothing.
      - Meant for one run, not for a file. First see whom it concerns with M(scimops.zscaler_one.entra_provisioning_log_info).
      - Without it such a job is left alone, with a warning if it runs anyway, and an error if it would have to be started or restarted.
    type: bool
    default: false
  wait_for:
    description:
      - V(nothing) returns as soon as the job is in its state.
      - V(initial_cycle) waits until everybody in scope was evaluated once; after O(state=restarted), once more. The task fails if the job
        goes into quarantine or is stopped meanwhile. Only for O(state=started) and O(state=restarted); with another state it is an error.
      - Microsoft says that an initial cycle takes from twenty minutes to several hours.
    type: str
    choices: [nothing, initial_cycle]
    default: nothing
  wait_timeout:
    description:
      - Seconds to wait. After that the task fails and says how far the cycle is; the job goes on.
    type: float
    default: 3600
  wait_interval:
    description:
      - Seconds between two looks, at least one.
    type: float
    default: 30
notes:
  - "Permissions for Microsoft Graph: C(Synchronization.ReadWrite.All), and C(Application.Read.All) to find the application. In check
    mode C(Synchronization.Read.All) will do in place of the first. C(Application.ReadWrite.OwnedBy), which Microsoft documents as
    enough, is refused by some of these requests."
  - The interval of a job, about 40 minutes, cannot be changed.
  - Whether a restart also starts a paused job Microsoft does not document. The module looks, and starts it if need be.
seealso:
  - module: scimops.zscaler_one.entra_provisioning_settings
  - module: scimops.zscaler_one.entra_provisioning_info
  - module: scimops.zscaler_one.entra_provisioning_log_info
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: The job, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.entra:
      tenant_id: 11111111-2222-3333-4444-555555555555
      client_id: 66666666-7777-8888-9999-000000000000
      client_secret: "{{ vault_entra_client_secret }}"
  block:
    - name: Provisioning is on, and everybody was evaluated once
      scimops.zscaler_one.entra_provisioning_job:
        display_name: Zscaler One
        state: started
        wait_for: initial_cycle
        wait_timeout: 14400

    - name: Provisioning rests during the migration
      scimops.zscaler_one.entra_provisioning_job:
        display_name: Zscaler One
        state: paused

    - name: Begin anew, and try all failures again at once
      scimops.zscaler_one.entra_provisioning_job:
        display_name: Zscaler One
        state: restarted
        reset_scope:
          - Escrows
          - Watermark

    - name: These deletes are meant, this one time
      scimops.zscaler_one.entra_provisioning_job:
        display_name: Zscaler One
        state: started
        allow_held_deletes: true
"""

RETURN = r"""
job:
  description: The job after the run, in check mode as it would be. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the job; V(null) for one that would be created.
      type: str
      returned: if there is a job
    template_id:
      description: The id of its template, the name of the connector; V(null) if that cannot be told yet.
      type: str
      returned: if there is a job
    status:
      description: V(NotConfigured), V(NotRun), V(Active), V(Paused) or V(Quarantine).
      type: str
      returned: if there is a job
    schedule:
      description: C(state), which is V(Active), V(Disabled) or V(Paused), and C(interval), how often it runs (ISO 8601); the interval
        cannot be changed.
      type: dict
      returned: if there is a job
  sample:
    id: zscalerone.11111111222233334444555555555555.99999999-8888-7777-6666-555555555555
    template_id: zscalerone
    status: NotRun
    schedule: {state: Active, interval: PT40M}
operations:
  description: What was done, in this order, or in check mode what would be done. Empty if nothing changed.
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    kind:
      description: V(job).
      type: str
      returned: always
    verb:
      description: V(create), V(start), V(pause), V(restart) or V(delete).
      type: str
      returned: always
    name:
      description: Which one, in words. Never a secret.
      type: str
      returned: always
    details:
      description: C(reset_scope) of a restart, as it was sent.
      type: dict
      returned: where there are any
  sample:
    - {kind: job, verb: create, name: provisioning of Zscaler One}
    - {kind: job, verb: start, name: provisioning of Zscaler One}
diff:
  description: Before and after, in names and without secrets. Both are empty if nothing changes.
  returned: with C(--diff)
  type: dict
  sample:
    before: {job: absent}
    after: {job: present, schedule: Active, quarantine: false}
refused:
  description: Details of why the state was not brought about. Nothing was written.
  returned: when deletes are held back
  type: dict
  contains:
    since:
      description: Since when they are held back, in UTC.
      type: str
      returned: always
    counts:
      description: How many objects Entra keeps in step at Zscaler, by type.
      type: dict
      returned: always
  sample: {since: "2026-11-23T08:00:00Z", counts: {User: 120, Group: 4}}
problems:
  description: All that is wrong with the input; the first twenty also stand in the message. Nothing was written.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - {place: option reset_scope, field: "", reason: "is for state: restarted only, the state is started"}
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
from ..module_utils._workflow.provisioning_job import act

OPTIONS = {
    "state": {"type": "str", "default": "started", "choices": ["present", "started", "paused", "restarted", "absent"]},
    "reset_scope": {"type": "list", "elements": "str"},
    "allow_held_deletes": {"type": "bool", "default": False},
    "wait_for": {"type": "str", "default": "nothing", "choices": ["nothing", "initial_cycle"]},
    "wait_timeout": {"type": "float", "default": 3600},
    "wait_interval": {"type": "float", "default": 30},
}


def main() -> None:
    """Run the module."""
    run_entra(OPTIONS, act, application=True, job=True)


if __name__ == "__main__":
    main()
