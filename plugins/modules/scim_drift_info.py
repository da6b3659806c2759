# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Git, Microsoft Entra ID and Zscaler say of the same people, side by side."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_drift_info
short_description: Compare Git, Microsoft Entra ID and a Zscaler tenant, and say what has drifted
version_added: "1.0.0"
description:
  - Takes the declared state as M(scimops.zscaler_one.scim_directory) does (O(users), O(groups), O(src)), reads the tenant over SCIM, and
    with O(entra) also who is assigned to the application in Entra and what its provisioning service did, and says who is not everywhere
    as wanted. It never changes anything.
  - Without a declared state, Entra is compared with Zscaler. Without O(entra), Git is. One of both is needed.
  - What differs between Git and Zscaler is just what C(scim_directory) would change with the same options, and besides, whoever is in no
    file (see O(undeclared)). So RV(in_sync) means that its plan is empty. The removal brake says nothing here.
  - Everybody is in exactly one category, the first of these that holds. V(missing), declared and not at Zscaler. V(extra), at Zscaler and
    declared absent, or in O(scope) and in no state file (see O(undeclared)). V(disabled_by_hand), inactive at Zscaler, and declared
    active, or in scope in Entra, not disabled by Entra and not declared inactive. V(extra_member), a group with members that it must not
    have. V(missing_member), a group that only lacks members. V(differs), other attributes than declared, or an entry in conflict.
    V(assigned_not_provisioned), in scope in Entra and not at Zscaler, with the reason from the provisioning logs.
    V(provisioned_not_assigned), at Zscaler and active, and neither declared nor in scope in Entra.
  - So Git goes before Entra, and access before attributes. Whoever is V(missing) and assigned in Entra is told with Entra's reason as well.
  - Memberships belong to the group, so a person who is in a group too many is named there, in RV(drift[].members).
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.info_module
  - scimops.zscaler_one._attributes.action_group_scim
  - scimops.zscaler_one._scim
  - scimops.zscaler_one._groups
  - scimops.zscaler_one._matching
  - scimops.zscaler_one._protection
options:
  users:
    description:
      - The users, as in M(scimops.zscaler_one.scim_directory).
      - A user whose entry does not say C(active) may be inactive at Zscaler. That is no drift, as C(scim_directory) leaves it alone, and a
        warning names a few.
    type: list
    elements: dict
  groups:
    description:
      - The groups with their members, as in M(scimops.zscaler_one.scim_directory).
    type: list
    elements: dict
  src:
    description:
      - Files, or directories with files, with the declared state, as in M(scimops.zscaler_one.scim_directory).
    type: list
    elements: path
  prune_users:
    description:
      - What M(scimops.zscaler_one.scim_directory) does to users in O(scope) that are not declared. With V(delete) all of them are
        V(extra), with V(disable) those who are active, with V(none) it is up to O(undeclared). This module removes nobody.
      - If no users are declared, V(disable) and V(delete) are an error, as everybody would be extra.
    type: str
    choices: [none, disable, delete]
    default: none
  prune_groups:
    description:
      - What M(scimops.zscaler_one.scim_directory) does to groups in O(scope) that are not declared. With V(delete) they are V(extra),
        with V(none) it is up to O(undeclared).
      - If no groups are declared, V(delete) is an error.
    type: str
    choices: [none, delete]
    default: none
  undeclared:
    description:
      - Whether users and groups in O(scope) that are in no state file are drift where nothing would ever remove them, which is with
        O(prune_users=none) and O(prune_groups=none).
      - With V(extra) they are V(extra), such as accounts that somebody made by hand. Nobody is, as long as no users are declared, and no
        group, as long as no groups are.
      - With V(as_pruned) they are not, so that there is drift exactly if M(scimops.zscaler_one.scim_directory) would have something to do.
      - The default is V(extra) without O(entra). With O(entra) it is V(as_pruned), because then whoever is there and in no file may be
        there because of Entra, and is V(provisioned_not_assigned) if not.
    type: str
    choices: [extra, as_pruned]
  membership:
    description:
      - What the list of members of a group means, as in M(scimops.zscaler_one.scim_directory). Only with V(exact) are there extra members,
        and with V(remove) the members that are named are those.
    type: str
    choices: [exact, append, remove]
    default: exact
  missing_members:
    description:
      - What it means if a declared member is neither declared as a user nor at Zscaler.
      - V(fail) reports it as a missing member. V(warn) and V(ignore) leave it out, as C(scim_directory) does.
    type: str
    choices: [fail, warn, ignore]
    default: fail
  scope:
    description:
      - What is Git's, as in M(scimops.zscaler_one.scim_directory). Users and groups that do not meet all of the given conditions are
        compared with Entra only, and with nothing without O(entra). To declare one of them is an error.
      - Without a declared state it is what is compared with Entra. Of people who are in Entra and not at Zscaler only the name counts then,
        since nobody knows their C(externalId) yet.
    type: dict
    suboptions:
      user_name_suffixes:
        description: The C(userName) ends with one of these, such as V(@corp.example). Compared as text, case does not count.
        type: list
        elements: str
      user_name_regex:
        description: The regular expression is found in the C(userName), case does not count.
        type: str
      external_id_regex:
        description: The regular expression is found in the C(externalId); users without one are not ours.
        type: str
      group_name_regex:
        description: The regular expression is found in the C(displayName) of the group, case does not count.
        type: str
  protected_users:
    description:
      - Users that are never V(extra) and never V(provisioned_not_assigned), such as accounts for emergencies. Names, or patterns with V(*),
        V(?) and V([...]); case does not count. To declare one absent or inactive is an error.
      - Groups in O(protected_groups) are treated alike.
    type: list
    elements: str
    default: []
  report_path:
    description:
      - A file for the whole report, whatever O(result_limit) says. Its name ends in V(.md), V(.html) or V(.json). It replaces what was
        there, has the names of people, and only its owner may read it.
      - A relative path counts from where the module runs. It must not be a file that the task reads as O(src).
      - It is written in check mode, too.
    type: path
  result_limit:
    description:
      - How many entries RV(drift) has at most. The counts in RV(summary) are complete.
    type: int
    default: 1000
  entra:
    description:
      - The connection to Microsoft Graph, as in the entra modules, and the application whose assignments are compared. Without it, Entra is
        not asked.
      - Defaults from the environment hold for it too. C(module_defaults) of the group C(entra) do not.
    type: dict
    suboptions:
      tenant_id:
        description:
          - The Microsoft Entra tenant, its id or one of its domains. Needed for all ways to log in but O(entra.access_token), a managed
            identity and the Azure CLI.
          - If it is not set, the value of the environment variable E(AZURE_TENANT_ID) or E(AZURE_TENANT) is used.
        type: str
      client_id:
        description:
          - The application (client) id of the app registration that logs in. For a managed identity it is that of a user-assigned one;
            without it, the identity of the machine is used.
          - If it is not set, the value of the environment variable E(AZURE_CLIENT_ID) is used.
        type: str
      client_secret:
        description:
          - A client secret of O(entra.client_id), its value and not its id.
          - If it is not set, the value of the environment variable E(AZURE_CLIENT_SECRET) or E(AZURE_SECRET) is used. Set it where Ansible
            is started; what a play sets with the keyword C(environment), Ansible shows with C(-vvv).
        type: str
      certificate_path:
        description:
          - A file with the certificate of O(entra.client_id) and its private RSA key, in PEM or PKCS#12 form.
          - If it is not set, the value of the environment variable E(AZURE_CLIENT_CERTIFICATE_PATH) or E(AZURE_X509_CERTIFICATE_PATH) is
            used.
        type: path
      certificate_password:
        description:
          - The password of the private key in O(entra.certificate_path).
          - If it is not set, the value of the environment variable E(AZURE_CLIENT_CERTIFICATE_PASSWORD) is used.
        type: str
      access_token:
        description:
          - A token for Microsoft Graph that was got elsewhere, such as by C(az account get-access-token --resource-type ms-graph). It is
            used until it ends, usually an hour, and cannot be renewed. azure-identity is not needed with it.
          - If it is not set, the value of the environment variable E(ZSCALER_ONE_ENTRA_ACCESS_TOKEN) is used.
        type: str
      auth_source:
        description:
          - How to log in.
          - V(auto) takes what is given as an option. If nothing is, it takes the first that the environment gives - a ready token, a client
            secret, a certificate, the token file of a workload identity (E(AZURE_FEDERATED_TOKEN_FILE)), a managed identity
            (E(IDENTITY_ENDPOINT), E(MSI_ENDPOINT) or E(IMDS_ENDPOINT)) - and at last the Azure CLI, if there is one and no client is named.
          - A virtual machine says nothing of its managed identity in the environment; there, say V(managed_identity).
          - V(cli) is for people at work and asks C(az) for the token of whoever is logged in.
        type: str
        choices: [auto, client_secret, certificate, workload_identity, managed_identity, cli, token]
        default: auto
      cloud:
        description:
          - Which cloud of Microsoft the tenant is in. Tokens of one are not valid in another. Microsoft 365 GCC is in V(public), GCC High
            in V(usgov), DoD in V(usgov_dod), 21Vianet in V(china).
          - The galleries of the national clouds have only a part of the applications.
        type: str
        choices: [public, usgov, usgov_dod, china]
        default: public
      graph_url:
        description:
          - The address of Microsoft Graph without a version, for a cloud that O(entra.cloud) does not know, or for tests. The default is
            that of O(entra.cloud), V(https://graph.microsoft.com) for V(public).
          - If it is not set, the value of the environment variable E(ZSCALER_ONE_ENTRA_GRAPH_URL) is used.
        type: str
      authority_url:
        description:
          - The address of the login service without the tenant. The default is that of O(entra.cloud), V(https://login.microsoftonline.com)
            for V(public). Credentials are sent to this address and to no other.
          - If it is not set, the value of the environment variable E(ZSCALER_ONE_ENTRA_AUTHORITY_URL) is used.
        type: str
      ca_path:
        description:
          - A file with the certificate authorities to trust, in PEM form, instead of those of the system. It is used for O(entra.graph_url)
            and O(entra.authority_url); the Azure CLI has settings of its own.
          - If it is not set, the value of the environment variable E(ZSCALER_ONE_ENTRA_CA_PATH) is used.
        type: path
      validate_certs:
        description:
          - Whether the certificates of both services are checked. Without the check, anybody on the way can read secret and token.
        type: bool
        default: true
      proxy:
        description:
          - The URL of the proxy for all requests, such as V(http://proxy.corp.example:3128).
        type: str
      use_env_proxy:
        description:
          - Whether E(HTTPS_PROXY) and E(NO_PROXY) are obeyed where O(entra.proxy) is not set. Files such as C(.netrc) are never read.
        type: bool
        default: false
      timeout:
        description:
          - Seconds for one request in all, name look-up and TLS included. More than 0, at most 3600.
        type: float
        default: 30
      deadline:
        description:
          - Seconds for all requests of the task together, pauses included. V(0) is no limit.
        type: float
        default: 0
      consistency_timeout:
        description:
          - Taken so that one set of connection options fits all modules; nothing is waited for here.
        type: float
        default: 300
      service_principal_id:
        description:
          - The object id of the enterprise application, that is of its service principal, as M(scimops.zscaler_one.entra_gallery_app)
            returns it and as the portal shows it under C(Enterprise applications). It is neither the application id nor the id of the app
            registration.
          - Give either this or O(entra.display_name); an empty text counts as not given.
        type: str
      display_name:
        description:
          - The name of the enterprise application. Two applications of the same name are an error.
          - One that was made from no template of the gallery has no provisioning, and is only taken by O(entra.service_principal_id).
          - One that does not exist is an error, in check mode too.
        type: str
      template_id:
        description:
          - The id of the synchronization template, which is the connector. It says which job is meant.
          - Needed only if the application has several templates, none of them is marked as the default, and it has no job yet or more than
            one. The only job of an application is taken, whatever its template.
        type: str
      logs_since:
        description:
          - From when on the provisioning logs are read for reasons, such as V(2026-11-23T08:00:00Z) (UTC), or V(2026-11-23) for the
            beginning of that day. The default is seven days ago.
          - Microsoft keeps them for thirty days, without a Premium license for seven.
        type: str
      logs_limit:
        description:
          - How many entries of the logs are read at most, the newest. V(0) reads all since O(entra.logs_since).
        type: int
        default: 5000
notes:
  - "Permissions for Microsoft Graph with O(entra): C(Application.Read.All), C(GroupMember.Read.All), C(User.ReadBasic.All),
    C(Synchronization.Read.All) and C(AuditLog.Read.All). All but the last are needed; without the last there are no reasons, and a
    warning says so."
  - "Two things take more, as far as is known, and are done without: to read the scope of provisioning C(Synchronization.ReadWrite.All),
    else it is taken for V(assigned), with a warning; and to read whether an account is blocked C(User.Read.All), which is asked only for
    people who are inactive at Zscaler, else the reason says that it could not be read."
  - A tenant costs its list pages, as with C(scim_directory); with O(entra) always users and groups. Of Graph it takes one request each for
    application, job, mapping and scope, one for 999 assignments, one for 999 members of each group that is assigned, one for 15 users who
    are assigned by themselves (from 151 on the pages of all users instead, 999 a page), and one for 500 log entries, if anybody is not at
    Zscaler or inactive there. No request is made for a single user.
  - People of Entra are found at Zscaler by C(userName), which is the C(userPrincipalName) or else C(mail), without regard to case and
    form of Unicode, or in the other order if the mapping takes C(userName) from C(mail); and where neither is there, by their object id
    as C(externalId), which Microsoft's default mapping writes. Groups are found by C(displayName), then so as well. Where a mapping
    computes the C(userName), this is a guess, and a warning says so.
  - Only the direct members of a group that is assigned count, as Entra provisions no others. Where the scope is V(all), every user and
    every security group of the tenant is in scope, and memberships are not compared with Entra.
  - Values of attributes are compared with Git only. What a mapping makes of them, Entra alone knows. Scoping filters are not evaluated
    either; whoever they keep out is V(assigned_not_provisioned), and the logs say why.
  - In Entra somebody may be assigned a moment ago. Provisioning runs about every forty minutes, so that is told as such until then.
  - An inactive user of Zscaler who is not assigned is as Entra leaves those who were, and so no drift.
  - A listing of the tenant that contradicts itself has RV(listing=suspect). Nobody is called V(missing), V(missing_member) or
    V(assigned_not_provisioned) because of it, and RV(in_sync) is false.
seealso:
  - module: scimops.zscaler_one.scim_directory
  - module: scimops.zscaler_one.entra_app_assignment
  - module: scimops.zscaler_one.entra_provisioning_log_info
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: A tenant, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.scim:
      base_url: https://scim.zscalerone.net/1234567/098/scim
      bearer_token: "{{ vault_zscaler_scim_token }}"
  block:
    - name: Git and Zscaler
      scimops.zscaler_one.scim_drift_info:
        src: "{{ playbook_dir }}/state"
        prune_users: disable
        report_path: "{{ playbook_dir }}/drift.md"
      register: drift

    - name: Said in the job
      ansible.builtin.assert:
        that: drift.in_sync
        fail_msg: "{{ drift.drift | map(attribute='name') | join(', ') }}"

    - name: All three, for one domain
      scimops.zscaler_one.scim_drift_info:
        src: "{{ playbook_dir }}/state"
        scope:
          user_name_suffixes: ["@corp.example"]
        protected_users: ["breakglass-*"]
        entra:
          tenant_id: 11111111-2222-3333-4444-555555555555
          client_id: 66666666-7777-8888-9999-000000000000
          client_secret: "{{ vault_entra_client_secret }}"
          display_name: Zscaler One

    - name: Only what Entra was to do
      scimops.zscaler_one.scim_drift_info:
        entra:
          display_name: Zscaler One
          logs_since: "2026-11-20"
"""

RETURN = r"""
in_sync:
  description: Whether everything was seen to be as wanted. Also false if the listing is doubtful.
  returned: success
  type: bool
  sample: false
drift:
  description: Who is not, by category, users before groups, by name; at most O(result_limit).
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: V(user) or V(group).
      type: str
      returned: always
    name:
      description: The C(userName) or C(displayName), as declared where it is.
      type: str
      returned: always
    category:
      description: V(missing), V(extra), V(disabled_by_hand), V(extra_member), V(missing_member), V(differs), V(assigned_not_provisioned)
        or V(provisioned_not_assigned).
      type: str
      returned: always
    declared:
      description: V(declared), V(declared absent), V(not declared), or empty without a declared state.
      type: str
      returned: always
    entra:
      description: Such as V(assigned), V(assigned by group Engineering), V(in scope (all\)), V(not assigned), or empty without O(entra).
      type: str
      returned: always
    zscaler:
      description: For users V(active), V(inactive), V(there) or V(not there); for groups one of the last two.
      type: str
      returned: always
    reason:
      description: What is wrong, in a sentence; for those who are not provisioned, in the words of the logs.
      type: str
      returned: always
    source:
      description: Where it is declared, file, line and entry; empty if it is not.
      type: str
      returned: always
    attributes:
      description: For each attribute that differs, what is C(declared) and what C(zscaler) shows.
      type: dict
      returned: always
    members:
      description: The members that a group has too many.
      type: list
      elements: str
      returned: always
    missing_members:
      description: The members that a group lacks.
      type: list
      elements: str
      returned: always
  sample:
    - kind: user
      name: eve@corp.example
      category: assigned_not_provisioned
      declared: not declared
      entra: assigned
      zscaler: not there
      reason: "Entra's log: failure at 2026-11-22T23:10:00Z: the domain is not registered"
      source: ""
      attributes: {}
      members: []
      missing_members: []
drift_omitted:
  description: How many entries RV(drift) would have beyond O(result_limit).
  returned: success
  type: int
  sample: 0
summary:
  description: For C(users) and C(groups) how many are in each category.
  returned: success
  type: dict
  sample:
    users:
      missing: 0
      extra: 0
      disabled_by_hand: 0
      extra_member: 0
      missing_member: 0
      differs: 0
      assigned_not_provisioned: 1
      provisioned_not_assigned: 0
    groups:
      missing: 0
      extra: 0
      disabled_by_hand: 0
      extra_member: 0
      missing_member: 0
      differs: 0
      assigned_not_provisioned: 0
      provisioned_not_assigned: 0
compared:
  description: How many C(users) and C(groups) were looked at.
  returned: success
  type: dict
  sample: {users: 812, groups: 15}
groups:
  description: Groups with members too many or too few, those with the most first; each with C(name), C(missing) and C(extra).
  returned: success
  type: list
  elements: dict
  sample: [{name: Engineering, missing: 2, extra: 1}]
sources:
  description: What was compared.
  returned: success
  type: dict
  sample: {git: true, entra: true, zscaler: true}
application:
  description: The name of the application in Entra; empty without O(entra).
  returned: success
  type: str
  sample: Zscaler One
entra:
  description:
    - What Entra is told to do; empty without O(entra). C(scope) is V(assigned) or V(all), C(job) the state of the provisioning job, empty
      if there is none, C(users) and C(groups) how many are in scope.
  returned: success
  type: dict
  sample: {scope: assigned, job: Active, users: 812, groups: 14}
listing:
  description: V(complete), or V(suspect) if what the service showed contradicts itself.
  returned: success
  type: str
  sample: complete
requests:
  description: What the task asked of the SCIM service.
  returned: always, once it was asked
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
  sample: {sent: 2, by_method: {GET: 2}, throttled: 0, retried: 0, waited: 0.0}
graph_requests:
  description: What the task asked of Microsoft Graph, with the same keys; empty without O(entra).
  returned: success
  type: dict
  sample: {sent: 12, by_method: {GET: 12}, throttled: 0, retried: 0, waited: 0.0}
problems:
  description: All that is wrong with the input; the first twenty also stand in the message.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - {place: "state/users.yml:12 (users[3])", field: dispaly_name, reason: "is not a known key; did you mean display_name?"}
refused:
  description: Why correct input was not compared, such as a C(listing) that is V(suspect) because two users share an id.
  returned: when the comparison was refused
  type: dict
  sample: {listing: suspect}
"""

from ..module_utils._arguments import DECLARED, GROUPS, MATCHING, MEMBERS, PROTECTION, SCOPE
from ..module_utils._drift_module import ENTRA_OPTIONS, run_drift

OPTIONS = {
    "undeclared": {"type": "str", "choices": ["extra", "as_pruned"]},
    "report_path": {"type": "path"},
    "entra": {"type": "dict", "options": dict(ENTRA_OPTIONS)},
    **DECLARED,
    **GROUPS,
    **MATCHING,
    **MEMBERS,
    **PROTECTION,
    **SCOPE,
}


def main() -> None:
    """Run the module."""
    run_drift(OPTIONS)


if __name__ == "__main__":
    main()
