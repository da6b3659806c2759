# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creates users with Ansible's own open_url in 16 threads: {"base_url", "token", "path", "workers"} as JSON on standard input.

open_url is what most modules use; it opens a connection for each request.
"""

from __future__ import annotations

import concurrent.futures
import json
import sys
from pathlib import Path

from ansible.module_utils.urls import open_url


def main() -> None:
    """Create all users of the file."""
    given = json.load(sys.stdin)
    headers = {"Authorization": f"Bearer {given['token']}", "Content-Type": "application/scim+json"}

    def create(user: dict[str, object]) -> None:
        body = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": user["user_name"],
            "displayName": user["display_name"],
        }
        open_url(f"{given['base_url']}/Users", method="POST", headers=headers, data=json.dumps(body)).read()

    users = json.loads(Path(given["path"]).read_text(encoding="utf-8"))["users"]
    with concurrent.futures.ThreadPoolExecutor(given["workers"]) as pool:
        list(pool.map(create, users))


if __name__ == "__main__":
    main()
