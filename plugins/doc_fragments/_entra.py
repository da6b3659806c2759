# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection to Microsoft Graph: the options in C(_entra_arguments.ENTRA)."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of all entra modules."""

    DOCUMENTATION = r"""
options:
  tenant_id:
    description:
      - The Microsoft Entra tenant, its id or one of its domains. Needed for all ways to log in but O(access_token), a managed identity
        and the Azure CLI.
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
      - A client secret of O(client_id), its value and not its id.
      - If it is not set, the value of the environment variable E(AZURE_CLIENT_SECRET) or E(AZURE_SECRET) is used. Set it where Ansible is
        started; what a play sets with the keyword C(environment), Ansible shows with C(-vvv).
    type: str
  certificate_path:
    description:
      - A file with the certificate of O(client_id) and its private RSA key, in PEM or PKCS#12 form.
      - If it is not set, the value of the environment variable E(AZURE_CLIENT_CERTIFICATE_PATH) or E(AZURE_X509_CERTIFICATE_PATH) is used.
    type: path
  certificate_password:
    description:
      - The password of the private key in O(certificate_path).
      - If it is not set, the value of the environment variable E(AZURE_CLIENT_CERTIFICATE_PASSWORD) is used.
    type: str
  access_token:
    description:
      - A token for Microsoft Graph that was got elsewhere, such as by C(az account get-access-token --resource-type ms-graph). It is used
        until it ends, usually an hour, and cannot be renewed. azure-identity is not needed with it.
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
      - Which cloud of Microsoft the tenant is in. Tokens of one are not valid in another. Microsoft 365 GCC is in V(public), GCC High in
        V(usgov), DoD in V(usgov_dod), 21Vianet in V(china).
      - The galleries of the national clouds have only a part of the applications.
    type: str
    choices: [public, usgov, usgov_dod, china]
    default: public
  graph_url:
    description:
      - The address of Microsoft Graph without a version, for a cloud that O(cloud) does not know, or for tests. The default is that of
        O(cloud), V(https://graph.microsoft.com) for V(public).
      - If it is not set, the value of the environment variable E(ZSCALER_ONE_ENTRA_GRAPH_URL) is used.
    type: str
  authority_url:
    description:
      - The address of the login service without the tenant. The default is that of O(cloud), V(https://login.microsoftonline.com) for
        V(public). Credentials are sent to this address and to no other.
      - If it is not set, the value of the environment variable E(ZSCALER_ONE_ENTRA_AUTHORITY_URL) is used.
    type: str
  ca_path:
    description:
      - A file with the certificate authorities to trust, in PEM form, instead of those of the system. It is used for O(graph_url) and
        O(authority_url); the Azure CLI has settings of its own.
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
      - Whether E(HTTPS_PROXY) and E(NO_PROXY) are obeyed where O(proxy) is not set. Files such as C(.netrc) are never read.
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
      - Seconds to wait for Entra to see its own writes. Its directory is copied to many places, and may for minutes not show, or refuse
        to use, what was written a moment ago; that is outwaited, up to this time for each write.
      - With V(0) each write is followed by one look only, and what that does not show yet is told as such.
      - An application or a provisioning job that is not found is searched for a fifth of this time, but no longer than 10 seconds for a
        name and 30 seconds for an id or a job, since an earlier task may have made it a moment ago. In check mode it is looked for once.
      - What is written and still not visible when the time is over is reported as a change. The task fails where the next one needs the
        thing itself - an application, a role, an assignment, single sign-on - and warns elsewhere.
    type: float
    default: 300
requirements:
  - requests (a Python package, on the machine that runs the module)
  - azure-identity (a Python package, which needs Python 3.10 or newer; not with O(access_token))
notes:
  - The module talks to Microsoft Graph from the machine that it runs on; C(localhost) with C(ansible_connection=local) is the usual way.
  - Which permissions of Microsoft Graph are needed stands in the notes of each module. They are application permissions, granted to the
    app registration that logs in, with the consent of an administrator. People who log in with the Azure CLI need the role Cloud
    Application Administrator instead.
  - Whom the options name stays out of the system log of the machine that it runs on, and out of C(invocation) in the result; both have
    counts such as C(200 entries) instead. The rest of the result names those who change or fail.
  - "What the module cannot keep out: Ansible hands the options to callback plugins, and writes what it prints to C(log_path). With
    C(no_log) on the task its result is hidden as a whole."
seealso:
  - name: Configure Zscaler One for automatic user provisioning
    description: The same work by hand.
    link: https://learn.microsoft.com/entra/identity/saas-apps/zscaler-one-provisioning-tutorial
  - name: Configure provisioning using Microsoft Graph APIs
    description: The calls behind it.
    link: https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-configuration-api
"""
