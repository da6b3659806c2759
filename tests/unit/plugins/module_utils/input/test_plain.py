# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The short way through the checks lets no character pass in which the full checks find something."""

from __future__ import annotations

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.fields import GROUP_FIELDS, USER_FIELDS, Field
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.plain import plain
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.text import text_fault


@pytest.mark.parametrize("field", [USER_FIELDS["display_name"], GROUP_FIELDS["display_name"]], ids=["text", "group"])
@pytest.mark.parametrize("form", ["{}", "a{}b", "{}b", "a{}"])
def test_b11_b12_no_character_passes_the_short_way_only(field: Field, form: str) -> None:
    passes = plain(field)
    texts = [form.format(chr(number)) for number in range(0x3000)]
    assert [text for text in texts if passes(text) and text_fault(text)] == []
    assert passes(form.format("k"))
