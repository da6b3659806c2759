# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking again: at what was written a moment ago, and at what was seen a moment ago and a replica of the directory may not know yet."""

from __future__ import annotations

import typing as t

from .._errors import CollectionError, ServiceError
from .patience import may_lag
from .permissions import advise

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from .._errors import TransportError
    from .client import Graph

    Answer = t.TypeVar("Answer")

SHARE = 0.2
"""The part of the consistency timeout for which what is not found is searched: what is misspelt is never found."""

LAGGING = (404, 409)
"""Answers to a look after a write that only mean that this replica does not know yet."""


def look_again(graph: Graph, look: Callable[[], bool], *, hits: int = 3) -> tuple[bool, str]:
    """After a write: looks until `look` was true `hits` times in a row: (True, "").

    Otherwise (False, why), where `why` goes on from "It is written, but ": the time is over, or looking itself failed. It raises
    no CollectionError, since what was written is written and must be told as a change.

    The rule for (False, why): the task fails, with C(changed: true) and its operations, where the next task needs the thing itself - an
    application, a role, an assignment, single sign-on. Elsewhere - a job, its settings, its mappings - it is a warning.
    """
    refused: list[ServiceError] = []

    def seen() -> bool:
        refused.clear()
        try:
            return look()
        except ServiceError as error:
            if error.status not in LAGGING:
                raise
            refused.append(error)
            return False

    try:
        if graph.wait_for(seen, hits=hits):
            return True, ""
    except CollectionError as error:
        return False, f"looking at it failed: {error}{advise(error)}"
    answer = f" ({refused[0]})" if refused else ""
    return False, f"after {graph.consistency_timeout:g} seconds Entra does not show that everywhere yet{answer}"


def read_again(
    graph: Graph,
    read: Callable[[], Answer],
    *,
    passing: Callable[[TransportError, float], bool] = may_lag,
    timeout: float | None = None,
) -> Answer:
    """What `read` gives, outwaiting what a replica answers that does not know something new yet; at last its refusal is raised.

    In check mode nothing is outwaited: it looks at the world as it is. `timeout` is in seconds, the whole patience if None.
    """
    return read() if graph.read_only else graph.outwait(read, passing, timeout=timeout)


def find_again(graph: Graph, find: Callable[[], Answer], *, most: float) -> Answer:
    """What `find` gives; that there is nothing is not believed at once, since an earlier task may have made it a moment ago.

    It is searched for `most` seconds at most (see `bounded`), and in check mode once.
    """
    found: list[Answer] = []

    def look() -> bool:
        found[:] = [find()]
        return bool(found[0])

    graph.wait_for(look, hits=1, timeout=0 if graph.read_only else bounded(graph, most))
    return found[0]


def bounded(graph: Graph, most: float) -> float:
    """Seconds for a search that may be in vain: a fifth of the consistency timeout, and no more than `most`."""
    return min(graph.consistency_timeout * SHARE, most)
