# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may ask."""

from __future__ import annotations

import os
import types
import typing as t


class TokenCheck:
    """Whoever has the token may do everything."""

    def __init__(self, answer: t.Callable[[t.Any], t.Any]) -> None:
        self._answer = answer

    def __call__(self, request: t.Any) -> t.Any:
        if request.headers.get("Authorization") == f"Bearer {os.environ['SCIM_TOKEN']}":
            request.user = types.SimpleNamespace(is_authenticated=True)
        return self._answer(request)
