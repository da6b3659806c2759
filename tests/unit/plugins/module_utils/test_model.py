# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one comparison of what is shown with what is wanted, and the keys of names."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import key, keys, same_value


@pytest.mark.parametrize(
    ("name", "have", "want", "same"),
    [
        ("department", "X", "X", True),
        ("department", "X", "x", False),
        ("department", None, "", True),
        ("department", "", "", True),
        ("department", None, "X", False),
        ("display_name", "Zoe\u0308", "Zo\u00eb", True),
        ("email", "Ada@Corp.example", "ada@corp.example", True),
        ("email", "ada@corp.example", "eve@corp.example", False),
        ("active", True, True, True),
        ("active", None, False, False),
        ("active", None, True, False),
        ("active", True, False, False),
    ],
)
def test_f60_whether_a_value_is_the_same(name: str, have: str | bool | None, want: str | bool, same: bool) -> None:
    assert same_value(name, have, want) is same


@pytest.mark.parametrize(
    "names",
    [[], [""], ["Ada"], ["Ada", "EVE", ""], ["Ada\nEve", "Bob"], ["STRASSE", "stra\u00dfe"], ["Zoe\u0308", "Zo\u00eb"]],
    ids=["none", "an empty one", "one", "plain ones", "a line break", "not ASCII", "two forms"],
)
def test_p6_the_keys_of_many_names_are_those_of_each(names: list[str]) -> None:
    assert keys(names) == [key(name) for name in names]
