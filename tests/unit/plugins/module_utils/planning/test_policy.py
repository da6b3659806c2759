# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the policy rules out before any request."""

from __future__ import annotations

import re

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import DesiredGroup, DesiredUser, Document
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy, Scope, check_document

from .worlds import place, user

SCOPED = Policy(scope=Scope(group_name=re.compile("^Eng")))


def test_b57_a_group_declared_outside_of_scope_is_refused() -> None:
    document = Document(groups=(DesiredGroup("Engineering", place()), DesiredGroup("Sales", place())))
    with pytest.raises(InputError) as raised:
        check_document(document, SCOPED)
    assert [problem.reason.split(";")[0] for problem in raised.value.problems] == ["Sales is declared but lies outside of scope"]


def test_b57_a_group_known_by_id_alone_has_no_name_to_compare() -> None:
    nameless = Document(groups=(DesiredGroup("", place(), id="g1"), DesiredGroup("Sales", place())))
    with pytest.raises(InputError) as raised:
        check_document(nameless, SCOPED)
    assert len(raised.value.problems) == 1


BY_NUMBER = Policy(scope=Scope(external_id=re.compile("^hr-", re.IGNORECASE)))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, ""),
        ({"external_id": "hr-1"}, ""),
        ({"external_id": "x-1"}, "x-1 lies outside of scope (external_id_regex)"),
        ({"external_id": ""}, "an empty one takes the user out of scope (external_id_regex)"),
    ],
    ids=["not given", "ours", "another", "cleared"],
)
def test_b57_an_external_id_outside_of_scope_is_refused_and_a_missing_one_is_not(values: dict[str, str], reason: str) -> None:
    document = Document(users=(user("ada@corp.example", **values), DesiredUser("", place(), dict(values), id="u1")))
    found = []
    try:
        check_document(document, BY_NUMBER)
    except InputError as error:
        found = [(problem.field, problem.reason.split(";")[0]) for problem in error.problems]
    assert found == ([("external_id", reason)] * 2 if reason else [])
