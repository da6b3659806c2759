# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection to a SCIM service: the options in C(_arguments.SCIM)."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of all SCIM modules."""

    DOCUMENTATION = r"""
options:
  base_url:
    description:
      - The Base URL of the SCIM service, whole, as the portal shows it. For Zscaler One that is
        V(https://scim.zscalerone.net/ORGANIZATION/IDP/scim) with two ids.
      - In the ZIA Admin Portal it stands under Administration > Authentication Settings > Identity Providers, in the identity provider
        that is being edited, as soon as Enable SCIM Provisioning is on. There is no API for this step.
      - It must be C(https). Plain C(http) is allowed to the machine itself only. User names, queries and fragments are refused.
      - If it is not set, the value of the environment variable E(ZSCALER_ONE_SCIM_BASE_URL) is used.
    type: str
    required: true
  bearer_token:
    description:
      - The Bearer Token that the portal shows below the Base URL. At least eight characters.
      - Give either this, or O(client_id), O(client_secret) and O(token_url) together.
      - Whether a token expires, and whether the old one dies when a new one is generated, is not documented by Zscaler.
      - If it is not set, the value of the environment variable E(ZSCALER_ONE_SCIM_BEARER_TOKEN) is used. Set it where Ansible is started;
        what a play sets with the keyword C(environment), Ansible shows with C(-vvv).
    type: str
  client_id:
    description:
      - The OAuth2 client that may get tokens from O(token_url), for services behind such an endpoint. Zscaler documents bearer tokens only.
      - If it is not set, the value of the environment variable E(ZSCALER_ONE_SCIM_CLIENT_ID) is used.
    type: str
  client_secret:
    description:
      - The secret of O(client_id).
      - If it is not set, the value of the environment variable E(ZSCALER_ONE_SCIM_CLIENT_SECRET) is used.
    type: str
  token_url:
    description:
      - The OAuth2 token endpoint, C(https), for the client credentials grant.
      - If it is not set, the value of the environment variable E(ZSCALER_ONE_SCIM_TOKEN_URL) is used.
    type: str
  ca_path:
    description:
      - A file with the certificate authorities to trust, in PEM form, instead of those of the system.
      - If it is not set, the value of the environment variable E(ZSCALER_ONE_SCIM_CA_PATH) is used.
    type: path
  validate_certs:
    description:
      - Whether the certificate of the service is checked. Without the check, anybody on the way can read the token.
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
  requests_per_second:
    description:
      - How many requests go to the service in a second, evenly spaced. V(0) is no limit.
      - Zscaler allows 5 for Internet Access. All tasks on the same machine that talk to the same O(base_url) share this pace, and share
        the pause that the service asks for when it is exceeded.
      - This is the most. Where the service refuses requests as too many (429), all these tasks get slower until it does not, and try
        after a while whether more is allowed again.
      - If it is not set, the value of the environment variable E(ZSCALER_ONE_SCIM_REQUESTS_PER_SECOND) is used.
    type: float
    default: 5
  page_size:
    description:
      - How many entries to ask for on a page, from V(1) to V(1000). What comes is what counts, so a service may send less.
    type: int
    default: 1000
requirements:
  - requests (a Python package, on the machine that runs the module)
notes:
  - The module talks to the tenant from the machine that it runs on; one inventory host for each tenant with
    C(ansible_connection=local) is the usual way.
  - Whom the options name stays out of the system log of the machine that it runs on, and out of C(invocation) in the result; both have
    counts such as C(200 entries) instead. The rest of the result names those who change or fail.
  - "What the module cannot keep out: Ansible hands the options to callback plugins, and writes what it prints to C(log_path). With
    C(no_log) on the task its result is hidden as a whole."
seealso:
  - name: Configuring SCIM
    description: Where the Base URL and the Bearer Token are found in the ZIA Admin Portal.
    link: https://help.zscaler.com/zia/configuring-scim
  - name: Understanding SCIM
    description: What Zscaler's SCIM service can do.
    link: https://help.zscaler.com/zia/understanding-scim
"""
