# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which name was meant."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning import nearest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.nearest import Nearest

NAMES = ["ada@corp.example", "adam@corp.example", "zoë@corp.example", "eve@other.example", "Engineering", "Ops & Co"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("adda@corp.example", "ada@corp.example"),
        ("ADA.@corp.example", "ada@corp.example"),
        ("adamm@corp.example", "adam@corp.example"),
        ("eve@othr.example", "eve@other.example"),
        ("eve@corp.example", "eve@other.example"),
        ("eve@somewhere.test", ""),
        ("somebody@corp.example", ""),
        ("enginering", "Engineering"),
        ("ops&co", "Ops & Co"),
        ("Sales", ""),
    ],
)
def test_the_nearest_name_or_none(name: str, meant: str) -> None:
    assert Nearest(lambda: NAMES).suggest(name) == (f"; did you mean {meant}?" if meant else "")


def test_b27_the_cost_is_bounded_however_many_names_and_mistakes(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    real = nearest.difflib.SequenceMatcher.set_seq1
    monkeypatch.setattr(nearest.difflib.SequenceMatcher, "set_seq1", lambda self, text: (compared.append(text), real(self, text)))
    monkeypatch.setattr(nearest, "COMPARISONS", 1000)
    near = Nearest(lambda: [f"person{number}@corp.example" for number in range(400)])
    answers = [near.suggest(f"prson{number}@corp.example") for number in range(10)]
    assert answers[0] == "; did you mean person0@corp.example?"
    assert answers[-1] == ""
    assert len([text for text in compared if text.startswith("person")]) == 1000


def test_names_are_only_gathered_for_the_first_mistake() -> None:
    asked = []
    near = Nearest(lambda: asked.append(1) or NAMES)
    assert asked == []
    near.suggest("x")
    near.suggest("y")
    assert asked == [1]
