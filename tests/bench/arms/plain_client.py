# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one writes in an hour with scim2-client: read all users in pages of 1,000 and compare them with the file; prints how many differ.

Input: {"base_url", "token", "path"} as JSON.
"""

from __future__ import annotations

import json
import sys
import typing as t
from pathlib import Path

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import EnterpriseUser, ResourceType, ScimProvider, SearchRequest, User

PAGE = 1000
Person = User[EnterpriseUser]


def main() -> None:
    """Compare."""
    given = json.load(sys.stdin)
    desired = json.loads(Path(given["path"]).read_text(encoding="utf-8"))["users"]
    http = Client(base_url=given["base_url"], headers={"Authorization": f"Bearer {given['token']}"}, trust_env=False, timeout=60)
    provider = ScimProvider(models=[User, EnterpriseUser], resource_types=[ResourceType.from_resource(Person)])
    client = SyncSCIMClient(http, provider=provider)
    live: dict[str, Person] = {}
    start, total = 1, 1
    while start <= total:
        page: t.Any = client.query(Person, query_parameters=SearchRequest(start_index=start, count=PAGE))
        live.update({user.user_name.casefold(): user for user in page.resources or []})
        total = page.total_results or 0
        start += PAGE
    print(sum(_differs(user, live.get(user["user_name"].casefold())) for user in desired))


def _differs(user: dict[str, object], found: Person | None) -> bool:
    if found is None:
        return True
    department = found[EnterpriseUser].department if found[EnterpriseUser] else None
    names = (found.name.given_name, found.name.family_name) if found.name else (None, None)
    shown = (found.external_id, found.display_name, *names, department, found.active)
    return shown != tuple(user[name] for name in ("external_id", "display_name", "given_name", "family_name", "department", "active"))


if __name__ == "__main__":
    main()
