# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How names are compared."""

from __future__ import annotations

import unicodedata


def fold(name: str) -> str:
    """The key by which userNames and display names are compared: NFC and casefold (RFC 7643 4.1.1)."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
