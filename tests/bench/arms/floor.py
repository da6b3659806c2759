# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The least that a no-op over a whole tenant takes: load the file, get and decode all pages, compare dicts.

There are no checks, no errors, and nothing is safe.

Input: {"base_url": ..., "token": ..., "path": ...} as JSON. Output: how many users differ.
"""

from __future__ import annotations

import http.client
import json
import sys
import typing as t
from urllib.parse import urlsplit

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PAGE = 1000


def pages(base_url: str, token: str) -> t.Iterator[dict[str, t.Any]]:
    """All users as the service shows them, over one connection."""
    parts = urlsplit(base_url)
    connection = http.client.HTTPConnection(parts.netloc)
    start, total = 1, 1
    while start <= total:
        connection.request("GET", f"{parts.path}/Users?startIndex={start}&count={PAGE}", headers={"Authorization": f"Bearer {token}"})
        page = json.loads(connection.getresponse().read())
        yield from page["Resources"]
        total = page["totalResults"]
        start += PAGE


def main() -> None:
    """Compare."""
    given = json.load(sys.stdin)
    with open(given["path"], encoding="utf-8") as stream:  # noqa: PTH123 -- the least there is
        desired = json.load(stream)["users"]
    live = {user["userName"].casefold(): user for user in pages(given["base_url"], given["token"])}
    different = 0
    for user in desired:
        found = live[user["user_name"].casefold()]
        shown = {
            "user_name": found["userName"],
            "external_id": found["externalId"],
            "display_name": found["displayName"],
            "given_name": found["name"]["givenName"],
            "family_name": found["name"]["familyName"],
            "department": found[ENTERPRISE]["department"],
            "active": found["active"],
        }
        if "groups" in user:
            shown["groups"] = {group["display"] for group in found["groups"]}
            user["groups"] = set(user["groups"])
        different += shown != user
    print(different)


if __name__ == "__main__":
    main()
