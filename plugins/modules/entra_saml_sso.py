# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SAML single sign-on of the application."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: entra_saml_sso
short_description: Set up SAML single sign-on of an enterprise application in Microsoft Entra ID
version_added: "1.0.0"
description:
  - Sets what the portal has under C(Single sign-on), C(SAML). This is Entra's side. At Zscaler, single sign-on is configured in the admin
    portal, with the certificate and the addresses that the metadata at RV(sso.metadata_url) holds; there is no API for that.
  - Single sign-on and provisioning do not depend on each other.
  - What is not given is left as it is, with one exception, the certificate. See O(certificate).
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.action_group_entra
  - scimops.zscaler_one._entra
  - scimops.zscaler_one._entra_application
attributes:
  check_mode:
    support: full
    details:
      - For an application that does not exist yet, everything is planned as new.
  diff_mode:
    support: full
    details:
      - The thumbprint of a new certificate is not in the diff, since nobody knows it before.
  idempotent:
    support: full
options:
  mode:
    description:
      - V(saml) signs people on with SAML. V(disabled) turns single sign-on off, and leaves certificates and addresses where they are.
    type: str
    choices: [saml, disabled]
    default: saml
  identifier:
    description:
      - The identifiers (entity ids), of which Zscaler One has C(zscalerone.net). With several tenants on one cloud it is
        C(https://login.zscalerone.net/sfc_sso/ORGANIZATION). Microsoft's page on Zscaler One says that it is fixed, so that one application
        for each Entra tenant can use single sign-on.
      - All others are removed. V([]) removes all.
    type: list
    elements: str
  reply_url:
    description:
      - The reply URLs (assertion consumer service), for Zscaler One C(https://login.zscalerone.net:443/sfc_sso).
      - All others are removed. V([]) removes all.
    type: list
    elements: str
  sign_on_url:
    description:
      - The sign-on URL, for Zscaler One C(https://login.zscalerone.net:443/sfc_sso). V("") removes it.
    type: str
  certificate:
    description:
      - With V(managed) the application has an active signing certificate. One that is there and valid is used; otherwise one is made,
        which is valid for three years.
      - V(ignore) leaves certificates alone.
      - An application may have certificates whose thumbprint cannot be read. Then nothing is made or activated, since that could end
        sign-on; the module fails before it writes anything.
    type: str
    choices: [managed, ignore]
    default: managed
  certificate_subject:
    description:
      - The subject of a signing certificate that has to be made, beginning with C(CN=). If this is not given, it is
        V(CN=Microsoft Azure Federated SSO Certificate), as in the portal.
      - A certificate that is there and valid is used whatever its subject.
    type: str
  certificate_renew_before:
    description:
      - A new certificate is made and made the active one when the present one is valid for less than so many days.
      - With V(0) that is when it has ended. A new one ends single sign-on until it was uploaded to Zscaler, so plan the renewal; the
        module warns from thirty days before the end, and of each new certificate.
    type: int
    default: 0
  notification_emails:
    description:
      - Who is mailed before the certificate ends. All others are removed; V([]) removes all.
      - These are not the notifications of provisioning; see M(scimops.zscaler_one.entra_provisioning_settings).
    type: list
    elements: str
  claims:
    description:
      - The claims that the assertion has besides the basic ones, as a claims mapping policy. Zscaler One wants C(memberOf), and for
        creating users by SAML also C(displayName) and C(department). The names are case-sensitive, and are the ones in Zscaler's portal.
      - An application has one such policy. V([]) takes it away from the application; the policy itself stays.
    type: list
    elements: dict
    suboptions:
      name:
        description: The name of the claim in the assertion.
        type: str
        required: true
      source:
        description:
          - Where the value comes from, as object and attribute of Microsoft's claims mapping policies, V(user.assignedroles) or
            V(user.department).
          - Either this or O(claims[].value) is needed.
        type: str
      value:
        description: A constant value.
        type: str
  claims_policy:
    description:
      - The name of the policy. If it is not given, it is the name of the application followed by C(claims).
      - A policy of that name is given the content of O(claims), for all applications that it is assigned to. If the application has a
        policy of another name with the same content already, nothing is done.
    type: str
notes:
  - "Permissions for Microsoft Graph: C(Application.Read.All) for looking, which is all that check mode needs as long as there are no
    O(claims). Mode, addresses, certificate and e-mail addresses are written with C(Application.ReadWrite.OwnedBy) for an application
    that the client owns, or C(Application.ReadWrite.All)."
  - "O(claims) need more. To look at the policy of an application, in check mode too, takes C(Policy.Read.All) together with
    C(Application.ReadWrite.OwnedBy) or C(Application.ReadWrite.All); so does giving it to the application or taking it away. To make or
    change a policy takes C(Policy.ReadWrite.ApplicationConfiguration) as well."
  - Microsoft makes signing certificates for this in the global cloud only, according to its page.
  - Zscaler recommends against creating users both by SAML and by SCIM.
seealso:
  - module: scimops.zscaler_one.entra_gallery_app
  - name: Zscaler One tutorial
    description: Microsoft's tutorial on single sign-on with Zscaler One.
    link: https://learn.microsoft.com/entra/identity/saas-apps/zscaler-one-tutorial
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: Single sign-on, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.entra:
      tenant_id: 11111111-2222-3333-4444-555555555555
      client_id: 66666666-7777-8888-9999-000000000000
      client_secret: "{{ vault_entra_client_secret }}"
  block:
    - name: Zscaler One signs on with SAML
      scimops.zscaler_one.entra_saml_sso:
        display_name: Zscaler One
        identifier: [zscalerone.net]
        reply_url: ["https://login.zscalerone.net:443/sfc_sso"]
        sign_on_url: https://login.zscalerone.net:443/sfc_sso
        notification_emails: [identity@corp.example]
        claims:
          - name: memberOf
            source: user.assignedroles
          - name: displayName
            source: user.displayname
          - name: department
            source: user.department
      register: signing

    - name: What Zscaler's portal needs
      ansible.builtin.debug:
        msg: "{{ signing.sso.metadata_url }}"

    - name: A new certificate in the maintenance window, if the present one has less than two months
      scimops.zscaler_one.entra_saml_sso:
        display_name: Zscaler One
        certificate_renew_before: 60

    - name: Another identifier; whoever looks after the certificate is somebody else
      scimops.zscaler_one.entra_saml_sso:
        display_name: Zscaler One
        identifier: [https://login.zscalerone.net/sfc_sso/1234567]
        certificate: ignore
"""

RETURN = r"""
sso:
  description:
    - Single sign-on after the run, in check mode as it would be; of a task that failed on its way, as it left it.
  returned: when planning succeeded
  type: dict
  contains:
    mode:
      description: V(saml), V(disabled), or another mode of Entra.
      type: str
      returned: always
    metadata_url:
      description:
        - Where the federation metadata of the application is, with its signing certificate, for Zscaler's side.
        - V(null) for an application that would be made.
      type: str
      returned: always
    certificate_thumbprint:
      description: The SHA-1 thumbprint of the active signing certificate; V(null) for none, and for one that would be made.
      type: str
      returned: always
    certificate_expires:
      description: When it ends, in UTC.
      type: str
      returned: always
  sample:
    mode: saml
    metadata_url: https://login.microsoftonline.com/TENANT/federationmetadata/2007-06/federationmetadata.xml?appid=CLIENT
    certificate_thumbprint: 2D711642B726B04401627CA9FBAC32F5C8530FB1
    certificate_expires: "2029-11-23T08:00:00Z"
operations:
  description:
    - What was done, in this order, or in check mode what would be done. Empty if nothing changed. A task that fails on its way tells
      what it did until then.
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    kind:
      description: V(setting), V(certificate) or V(claims_policy).
      type: str
      returned: always
    verb:
      description: V(update), V(create), V(activate), V(assign) or V(unassign).
      type: str
      returned: always
    name:
      description: The setting, the subject or thumbprint of the certificate, or the name of the policy.
      type: str
      returned: always
    details:
      description: C(before) and C(after).
      type: dict
      returned: for settings
  sample:
    - {kind: setting, verb: update, name: Single sign-on mode, details: {before: null, after: saml}}
diff:
  description: Before and after, in names. Both are empty if nothing changes.
  returned: when planning succeeded, with C(--diff)
  type: dict
  sample:
    before: {mode: disabled}
    after: {mode: saml}
    before_header: Zscaler One (before)
    after_header: Zscaler One (after)
refused:
  description:
    - Why the plan was not carried out, for the one reason there is. There are certificates whose thumbprint cannot be read. Nothing was
      written.
  returned: when the plan was refused
  type: dict
  contains:
    key_ids:
      description: The key ids of these certificates.
      type: list
      elements: str
      returned: always
  sample: {key_ids: [7f1c3a52-0b57-4a52-9d0e-3a9a5a1e8f10]}
problems:
  description: All that is wrong with the input; the first twenty also stand in the message. Nothing was written.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - {place: option certificate_subject, field: "", reason: "must begin with CN=, and a name must follow"}
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

from ..module_utils._entra_module import run_entra
from ..module_utils._workflow.saml_sso import act

CLAIM = {
    "name": {"type": "str", "required": True},
    "source": {"type": "str"},
    "value": {"type": "str"},
}

OPTIONS = {
    "mode": {"type": "str", "default": "saml", "choices": ["saml", "disabled"]},
    "identifier": {"type": "list", "elements": "str"},
    "reply_url": {"type": "list", "elements": "str"},
    "sign_on_url": {"type": "str"},
    "certificate": {"type": "str", "default": "managed", "choices": ["managed", "ignore"]},
    "certificate_subject": {"type": "str"},
    "certificate_renew_before": {"type": "int", "default": 0},
    "notification_emails": {"type": "list", "elements": "str"},
    "claims": {"type": "list", "elements": "dict", "options": CLAIM},
    "claims_policy": {"type": "str"},
}


def main() -> None:
    """Run the module."""
    run_entra(OPTIONS, act, application=True)


if __name__ == "__main__":
    main()
