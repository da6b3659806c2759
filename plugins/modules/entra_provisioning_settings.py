# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials, scope, notification and thresholds of Entra provisioning."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: entra_provisioning_settings
short_description: Credentials, scope, notification and deletion threshold of Entra provisioning
version_added: "1.0.0"
description:
  - Sets what the portal has on the page Provisioning under Admin Credentials and Settings, the tenant URL and secret token of Zscaler,
    who is in scope, who is told of failures, and how many deletions are too many.
  - Before anything is stored, Entra itself tests the connection with the new values, as the button Test Connection does. If that fails,
    nothing is stored, and the message has the reason in the words of the service.
  - All settings are written in one request, since a write replaces the whole set. What is not given stays as it is.
  - Entra cannot show a stored secret. So as soon as any setting changes, O(secret_token) or the OAuth2 client must be given too; without
    it the task fails before it writes, in check mode as well. Whether a secret by itself is a reason to write, O(update_secret) says.
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
      - The connection is tested in check mode too, which changes nothing, so that check mode foresees a failing test.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - With O(update_secret=always) every run writes.
options:
  tenant_url:
    description:
      - The Tenant URL, in Zscaler's portal the Base URL. Only C(https), but for a sandbox on this machine.
      - The flags C(?aadOptscim062020), C(?AzureAdScimPatch062020) and C(?AzureAdScimPatch2017) of Entra's SCIM client may be appended;
        Microsoft documents them for custom applications. Nothing else may stand there, since the address is shown in results.
      - Needed when settings are written for the first time.
    type: str
  secret_token:
    description:
      - The Secret Token, in Zscaler's portal the Bearer Token of the same page. At least eight characters.
    type: str
  oauth2_client_id:
    description:
      - The id of an OAuth2 client, in place of O(secret_token). Then O(oauth2_client_secret) and O(oauth2_token_url) are needed too, and
        a stored token is removed.
      - Microsoft documents no values of C(AuthenticationType), a key of the same set; one that is stored is kept as it is.
    type: str
  oauth2_client_secret:
    description:
      - The secret of the OAuth2 client. At least eight characters.
    type: str
  oauth2_token_url:
    description:
      - Where Entra gets the token for the OAuth2 client.
    type: str
  scope:
    description:
      - Who is provisioned. V(assigned) are the users and groups that are assigned to the application, V(all) are all of the tenant.
      - A change from V(all) to V(assigned) takes effect only after a restart of the job, which the module does, once, if the job runs. A
        job that holds back deletes (quarantine V(TooManyDeletes)) is not restarted, nor is one that is paused or stopped, since a restart
        may start it; a warning says so, and RV(settings.restart_needed). Then use M(scimops.zscaler_one.entra_provisioning_job) with
        C(state=restarted), once, when it is to run again.
      - Whoever was provisioned and is not assigned is disabled in the next cycle. So the assignments are read before such a change. If
        nobody is assigned in a real role and the job has run, the task fails before it writes, in check mode as well, unless
        O(allow_empty_scope=true); otherwise a warning says how many are assigned.
    type: str
    choices: [assigned, all]
  notification_email:
    description:
      - Who gets a mail when provisioning fails. One address; how several are written Microsoft does not document. V("") clears it.
    type: str
  notify_on_failure:
    description:
      - Send an email notification when a failure occurs, that is, when the job goes into quarantine. Needs an address, given or stored.
    type: bool
  deletion_threshold:
    description:
      - Prevent accidental deletion. If one cycle would delete or disable so many people and groups, Entra does nothing and holds the
        deletes back, until somebody allows them; see M(scimops.zscaler_one.entra_provisioning_job).
      - V(0) turns the protection off, with a warning if it was on.
    type: int
  skip_out_of_scope_deletions:
    description:
      - Leave people alone who fall out of scope, instead of disabling them.
    type: bool
  update_secret:
    description:
      - When a given secret is stored although no other setting changes.
      - V(on_create) stores it only if none is stored. A changed token is not noticed.
      - V(on_change) also stores it if it is another one than this module stored last. For that it leaves a salted fingerprint (PBKDF2) in
        a tag of the service principal, beside all other tags, which everybody can read who may read the application. The first run with
        this value stores the secret. If the tag cannot be written, a warning says so, and the next run stores the secret again.
      - V(always) stores it in every run.
      - Whenever another setting changes, the given secret is stored with it, since the whole set is written.
    type: str
    choices: [on_create, on_change, always]
    default: on_create
  test_connection:
    description:
      - Let Entra test the connection before anything is stored. V(false) is for a service that Entra cannot reach yet.
      - If nothing is to be written, nothing is tested; for that there is M(scimops.zscaler_one.entra_provisioning_test).
    type: bool
    default: true
  allow_empty_scope:
    description:
      - Let O(scope=assigned) take effect although nobody is assigned in a real role and the job has run, that is, take the access to
        Zscaler from everybody who was provisioned.
    type: bool
    default: false
notes:
  - "Permissions for Microsoft Graph: C(Synchronization.ReadWrite.All), and C(Application.Read.All) to find the application;
    O(update_secret=on_change) also needs C(Application.ReadWrite.OwnedBy) or C(Application.ReadWrite.All)."
  - If the job has run and Entra does not show settings that are not given, they are looked for again for a few seconds, since a write
    would lose them. If it shows not even a tenant URL, the task fails before it writes, unless all settings are given.
  - Settings that Entra keeps besides these are written back as they were read. If one of them cannot be read because it is masked, the
    task fails and names it, rather than losing it.
  - Of O(scope), V(assigned) in place of V(all) takes effect after a restart of the job, which this module does itself if the job runs.
    Nothing in Entra tells afterwards whether it was done. If a run is killed between the two, the next one finds the settings as they are
    declared and does not restart the job; C(entra_provisioning_job) with C(state=restarted) does.
  - The test needs no job. It uses that of the application if there is one, otherwise the connector of the application.
seealso:
  - module: scimops.zscaler_one.entra_provisioning_test
  - module: scimops.zscaler_one.entra_provisioning_job
  - module: scimops.zscaler_one.entra_gallery_app
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: Settings, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.entra:
      tenant_id: 11111111-2222-3333-4444-555555555555
      client_id: 66666666-7777-8888-9999-000000000000
      client_secret: "{{ vault_entra_client_secret }}"
  block:
    - name: Entra knows the tenant at Zscaler, and tells IT when something goes wrong
      scimops.zscaler_one.entra_provisioning_settings:
        display_name: Zscaler One
        tenant_url: https://scim.zscalerone.net/1234567/098/scim
        secret_token: "{{ vault_zscaler_scim_token }}"
        scope: assigned
        notification_email: it-alerts@corp.example
        notify_on_failure: true
        deletion_threshold: 50

    - name: A token that was rotated in the vault is stored, once
      scimops.zscaler_one.entra_provisioning_settings:
        display_name: Zscaler One
        secret_token: "{{ vault_zscaler_scim_token }}"
        update_secret: on_change

    - name: The token of today is stored whatever was there, after a break-in
      scimops.zscaler_one.entra_provisioning_settings:
        display_name: Zscaler One
        secret_token: "{{ vault_zscaler_scim_token }}"
        update_secret: always
"""

RETURN = r"""
settings:
  description:
    - The settings after the run, in check mode as they would be. Never a secret. V(null) is what Entra does not tell.
  returned: success, and if the settings are stored but the restart after that failed
  type: dict
  contains:
    tenant_url:
      description: The Tenant URL.
      type: str
      returned: always
    authentication:
      description: V(bearer_token), V(oauth2), or V(none) if nothing is stored.
      type: str
      returned: always
    oauth2_client_id:
      description: The id of the OAuth2 client.
      type: str
      returned: always
    oauth2_token_url:
      description: Where Entra gets the token for the OAuth2 client.
      type: str
      returned: always
    scope:
      description: V(assigned) or V(all).
      type: str
      returned: always
    notification_email:
      description: Who gets a mail; empty for nobody.
      type: str
      returned: always
    notify_on_failure:
      description: Whether a mail is sent.
      type: bool
      returned: always
    deletion_threshold:
      description: How many deletions are too many; V(0) if the protection is off.
      type: int
      returned: always
    skip_out_of_scope_deletions:
      description: Whether people who fall out of scope are left alone.
      type: bool
      returned: always
    secret:
      description: V(stored) if this run stored a secret, V(kept) if one is stored and was left as it is, V(missing) if none is.
      type: str
      returned: always
    tested:
      description: Whether the connection was tested, and came through.
      type: bool
      returned: always
    restart_needed:
      description: Whether this run narrowed the scope of a job that it did not restart, so that everybody stays in scope until somebody
        restarts it.
      type: bool
      returned: always
  sample:
    tenant_url: https://scim.zscalerone.net/1234567/098/scim
    authentication: bearer_token
    oauth2_client_id: null
    oauth2_token_url: null
    scope: assigned
    notification_email: it-alerts@corp.example
    notify_on_failure: true
    deletion_threshold: 50
    skip_out_of_scope_deletions: false
    secret: stored
    tested: true
    restart_needed: false
operations:
  description: What was done, in this order, or in check mode what would be done. Empty if nothing changed.
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    kind:
      description: V(setting), V(secret), V(tag) for the fingerprint, V(job) for its restart.
      type: str
      returned: always
    verb:
      description: V(update), V(store) or V(restart).
      type: str
      returned: always
    name:
      description: Which one, in words. Never a secret.
      type: str
      returned: always
    details:
      description: Before and after of a setting, or why a secret is stored or the job restarted.
      type: dict
      returned: where there are any
  sample:
    - kind: setting
      verb: update
      name: Notification e-mail
      details: {before: "", after: it-alerts@corp.example}
    - kind: secret
      verb: store
      name: Secret token
      details: {because: none is stored}
diff:
  description: Before and after, in names and without secrets. Both are empty if nothing changes.
  returned: with C(--diff)
  type: dict
  sample:
    before: {notification_email: "", secret: kept}
    after: {notification_email: it-alerts@corp.example, secret: stored}
refused:
  description:
    - Why nothing was stored although it was planned. After a failing connection test C(tested) and the C(reason) in the service's words;
      for a scope of nobody C(scope), C(assigned), how many have only Default Access, and how many are C(provisioned) by type; for settings
      that Entra does not show the C(missing) options.
  returned: when the connection test failed, or the change is refused
  type: dict
  sample: {tested: true, reason: The credentials are not valid}
problems:
  description: All that is wrong with the input; the first twenty also stand in the message. Nothing was written.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - {place: option deletion_threshold, field: "", reason: must not be negative; 0 turns the protection off}
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
from ..module_utils._workflow.provisioning_settings import act

OPTIONS = {
    "tenant_url": {"type": "str"},
    "secret_token": {"type": "str", "no_log": True},
    "oauth2_client_id": {"type": "str"},
    "oauth2_client_secret": {"type": "str", "no_log": True},
    "oauth2_token_url": {"type": "str", "no_log": False},
    "scope": {"type": "str", "choices": ["assigned", "all"]},
    "notification_email": {"type": "str"},
    "notify_on_failure": {"type": "bool"},
    "deletion_threshold": {"type": "int"},
    "skip_out_of_scope_deletions": {"type": "bool"},
    "update_secret": {"type": "str", "default": "on_create", "choices": ["on_create", "on_change", "always"], "no_log": False},
    "test_connection": {"type": "bool", "default": True},
    "allow_empty_scope": {"type": "bool", "default": False},
}


def main() -> None:
    """Run the module."""
    run_entra(OPTIONS, act, application=True, job=True)


if __name__ == "__main__":
    main()
