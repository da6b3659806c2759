# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The national clouds of Microsoft: where tokens come from, and where Graph is. Pure."""

from __future__ import annotations

import typing as t


class Cloud(t.NamedTuple):
    """The addresses of one cloud; tokens of one are worth nothing in another."""

    authority: str
    graph: str


CLOUDS = {
    "public": Cloud("https://login.microsoftonline.com", "https://graph.microsoft.com"),
    "usgov": Cloud("https://login.microsoftonline.us", "https://graph.microsoft.us"),
    "usgov_dod": Cloud("https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
    "china": Cloud("https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn"),
}
"""By the value of the option C(cloud); GCC is part of V(public). Source: Microsoft's page on national cloud deployments of Graph."""

VERSION = "v1.0"
"""The version of Graph that is spoken: beta changes without notice."""
