# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The least module that creates a user: one request over the standard library, nothing else. For loops to be measured with."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    """Create one user."""
    names = ("base_url", "token", "user_name", "display_name")
    module = AnsibleModule({name: {"type": "str", "no_log": name == "token"} for name in names})
    given = module.params
    parts = urlsplit(given["base_url"])
    connection = http.client.HTTPConnection(parts.netloc)
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": given["user_name"], "displayName": given["display_name"]}
    headers = {"Authorization": f"Bearer {given['token']}", "Content-Type": "application/scim+json"}
    connection.request("POST", f"{parts.path}/Users", json.dumps(body), headers)
    answer = connection.getresponse()
    if answer.status != 201:
        module.fail_json(f"the service answers {answer.status}")
    module.exit_json(changed=True)


if __name__ == "__main__":
    main()
