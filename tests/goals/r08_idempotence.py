# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R8: whatever a service makes of values, the second run has nothing to write, or says by name what the service rewrites."""

from __future__ import annotations

import typing as t
import unicodedata

from .firm import firm
from .table import Row, Size

HOW = (
    "Ten profiles (case, Unicode forms, null, absent and empty, texts for booleans, order, spaces, addresses) on each of six services "
    "(Zscaler's, one by the RFCs, one that lowers and one that trims what it is told, one that shows booleans as texts, one that "
    "hides and leaves out): run twice. Without a named warning on what the service rewrites the second run has to have 0 writes and "
    "changed=false."
)
SERVICES: dict[str, dict[str, t.Any]] = {
    "as Zscaler": {},
    "by the RFCs": {"profile": "conforming"},
    "lowers": {"switches": {"normalise": "lower"}},
    "trims": {"switches": {"normalise": "trim"}},
    "booleans as texts": {"switches": {"active_as": "title", "empty_values": False, "department_in": "top"}},
    "hides and leaves out": {
        "switches": {"hidden_attributes": ("name.givenName",), "users_carry_groups": False, "groups_carry_members": "get"}
    },
}
ZOE, COMPOSED = (unicodedata.normalize(form, "Zoë Müller") for form in ("NFD", "NFC"))
THERE: dict[str, t.Any] = {
    "users": [
        {
            "userName": "ada@corp.example",
            "externalId": "hr-1",
            "displayName": "Ada Lovelace",
            "department": "Research",
            "groups": ["Ops", "Sales"],
        },
        {"userName": "zoe@corp.example", "displayName": ZOE, "emails": [{"value": "Zoe@Mail.example", "type": "work", "primary": True}]},
        {"userName": "bob@corp.example", "active": False},
    ]
}
PROFILES: dict[str, dict[str, t.Any]] = {
    "userName in another case": {"users": [{"user_name": "Ada@Corp.example", "department": "Research"}]},
    "another Unicode form": {"users": [{"user_name": "zoe@corp.example", "display_name": COMPOSED}]},
    "null and absent": {
        "users": [{"user_name": "ada@corp.example", "department": None, "given_name": None}, {"user_name": "bob@corp.example"}]
    },
    "empty texts": {"users": [{"user_name": "ada@corp.example", "department": "", "given_name": "", "email": ""}]},
    "active as a text": {
        "users": [{"user_name": "ada@corp.example", "active": "true"}, {"user_name": "bob@corp.example", "active": "False"}]
    },
    "groups in another order and case": {
        "users": [{"user_name": "ada@corp.example", "groups": ["sales", "OPS"]}],
        "groups": [{"display_name": "ops"}, {"display_name": "Sales"}],
    },
    "no groups": {"users": [{"user_name": "ada@corp.example", "groups": []}]},
    "inner spaces and capitals": {"users": [{"user_name": "bob@corp.example", "department": "R and  D", "display_name": "BOB  B"}]},
    "address in another case": {"users": [{"user_name": "zoe@corp.example", "email": "zoe@mail.EXAMPLE"}]},
    "new, with all there is": {
        "users": [
            {
                "user_name": "New.Ömer@corp.example",
                "external_id": "HR-9",
                "display_name": "Ömer İ",
                "given_name": "Ömer",
                "family_name": "I",
                "email": "Omer@Mail.example",
                "department": "Forschung & Co",
                "active": True,
                "groups": ["New", "Ops"],
            }
        ],
        "groups": [
            {"display_name": "New", "external_id": "X-1"},
            {"display_name": "Ops", "members": ["zoe@corp.example", "ADA@corp.example"]},
        ],
    },
}


def measure(size: Size) -> t.Iterator[Row]:
    """Rows of this goal."""
    pairs = size.pick([(service, profile) for service in SERVICES for profile in PROFILES], 6)
    quiet = warned = 0
    loud = []
    for service, profile in pairs:
        writes, named = _second_run(SERVICES[service], PROFILES[profile])
        quiet += not writes
        warned += bool(writes) and named
        if writes and not named:
            loud.append(f"{profile} ({service})")
    total = len(pairs)
    measured = f"{quiet} without a write, {warned} with a named warning" + (f"; not: {', '.join(loud)}" if loud else "")
    yield Row(f"{total} pairs of profile and service", measured, f"{total} in all", quiet + warned == total)


def _second_run(service: dict[str, t.Any], state: dict[str, t.Any]) -> tuple[int, bool]:
    """Writes of the second run, and whether it names what the service rewrites."""
    with firm(**service) as company:
        company.sandbox.seed(**THERE)
        first = company.run("scim_directory", **state)
        if first.get("failed"):
            return len(first["writes"]) + 1, False
        again = company.run("scim_directory", **state)
        writes = len(again["writes"]) + bool(again["changed"]) + bool(again.get("failed"))
        return writes, "rewrites" in str(again.get("warnings"))
