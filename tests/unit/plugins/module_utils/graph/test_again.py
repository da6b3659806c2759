# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking again: what is written stays told, and what is not found is searched for a while, but not for long."""

from __future__ import annotations

import types

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import Ambiguous, NotSent, ServiceError, UntrustedAnswer
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.again import bounded, find_again, look_again, read_again
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.client import Graph

REQUEST = "GET servicePrincipals/1"


class Clock:
    """Seconds that pass only by sleeping."""

    def __init__(self):
        self.now = 0.0

    def sleep(self, seconds):
        self.now += seconds


def make_graph(timeout=300, *, read_only=False):
    clock = Clock()
    http = types.SimpleNamespace(counts=types.SimpleNamespace(waited=0.0))
    graph = Graph(http, read_only=read_only, consistency_timeout=timeout, monotonic=lambda: clock.now, sleep=clock.sleep)
    return graph, clock


def in_turn(*answers):
    """A look that gives or raises one after the other, the last one for ever; `asked` counts."""
    left = list(answers)
    asked = []

    def look():
        asked.append(1)
        one = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(one, Exception):
            raise one
        return one

    look.asked = asked
    return look


@pytest.mark.parametrize(
    "before",
    [[], [False], [ServiceError(404, "no", REQUEST)], [True, ServiceError(404, "no", REQUEST)], [ServiceError(409, "no", REQUEST)]],
)
def test_three_looks_in_a_row_are_needed(before):
    graph, _clock = make_graph()
    look = in_turn(*before, True)
    assert look_again(graph, look) == (True, "")
    assert len(look.asked) == len(before) + 3


@pytest.mark.parametrize(
    "error",
    [
        ServiceError(403, "Insufficient privileges", REQUEST),
        ServiceError(500, "broken", REQUEST),
        NotSent("no connection", REQUEST),
        Ambiguous("lost", REQUEST),
        UntrustedAnswer("a page of a proxy", REQUEST),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_look_that_fails_is_the_reason_and_no_error(error):
    graph, clock = make_graph()
    seen, why = look_again(graph, in_turn(True, error))
    assert not seen
    assert why.startswith(f"looking at it failed: {error}")
    assert ("lacks the permission Application.Read.All" in why) == ("403" in str(error))
    assert clock.now < 5


def test_the_end_of_the_time_is_the_reason_and_the_last_refusal_with_it():
    graph, clock = make_graph(60)
    assert look_again(graph, lambda: False) == (False, "after 60 seconds Entra does not show that everywhere yet")
    assert 50 <= clock.now <= 60
    assert look_again(graph, in_turn(ServiceError(404, "gone", REQUEST)))[1].endswith(f"({REQUEST}: 404 gone)")


@pytest.mark.parametrize("empty", [None, []])
def test_what_is_not_found_is_searched_until_it_is_there(empty):
    graph, _clock = make_graph()
    find = in_turn(empty, empty, ["it"])
    assert find_again(graph, find, most=10) == ["it"]
    assert len(find.asked) == 3


@pytest.mark.parametrize(("timeout", "most", "longest"), [(300, 10, 10), (300, 30, 30), (25, 10, 5), (0, 10, 0)])
def test_the_search_ends_soon(timeout, most, longest):
    graph, clock = make_graph(timeout)
    assert bounded(graph, most) == longest
    assert find_again(graph, lambda: None, most=most) is None
    assert longest * 0.7 <= clock.now <= longest


def test_check_mode_looks_once():
    graph, clock = make_graph(read_only=True)
    find = in_turn(None)
    assert find_again(graph, find, most=10) is None
    assert len(find.asked) == 1
    with pytest.raises(ServiceError):
        read_again(graph, in_turn(ServiceError(404, "no", REQUEST), "it"))
    assert clock.now == 0


def test_a_read_is_bounded_where_the_refusal_may_be_the_truth():
    graph, clock = make_graph()
    with pytest.raises(ServiceError):
        read_again(graph, in_turn(ServiceError(404, "no", REQUEST)), timeout=30)
    assert 20 <= clock.now <= 30
    assert read_again(graph, in_turn(ServiceError(404, "no", REQUEST), "it")) == "it"


def test_f52_graph_waits_where_the_transport_does_and_so_is_woken_with_it():
    slept = []
    http = types.SimpleNamespace(counts=types.SimpleNamespace(waited=0.0), sleep=slept.append)
    Graph(http, read_only=False).sleep(7.5)
    assert (slept, http.counts.waited) == ([7.5], 7.5)
