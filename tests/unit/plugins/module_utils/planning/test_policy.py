# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the policy rules out before any request."""

from __future__ import annotations

import re

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import DesiredGroup, Document
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy, Scope, check_document

from .worlds import place

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
