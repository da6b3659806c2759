# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading what was seen a moment ago, although a replica of the directory may not know it yet."""

from __future__ import annotations

import typing as t

from .._errors import ServiceError

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from .client import Graph

    Answer = t.TypeVar("Answer")

SHARE = 0.2
"""The part of the consistency timeout for which a 404 is not believed."""


def read_again(graph: Graph, read: Callable[[], Answer]) -> Answer:
    """What `read` gives, tried again on 404 for a while; then the 404 is raised."""
    answers: list[Answer] = []
    refusals: list[ServiceError] = []

    def look() -> bool:
        try:
            answers.append(read())
        except ServiceError as error:
            if error.status != 404:
                raise
            refusals.append(error)
        return bool(answers)

    if not graph.wait_for(look, hits=1, timeout=graph.consistency_timeout * SHARE):
        raise refusals[-1]
    return answers[0]
