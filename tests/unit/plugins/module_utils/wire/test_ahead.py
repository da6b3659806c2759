# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages fetched ahead change nothing but the time: same requests, same users, same doubts."""

from __future__ import annotations

import collections
import threading
import time
import types

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import Refusal, ServiceError, Unauthorized, UntrustedAnswer
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire import ahead as ahead_file
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire import listing as listing_file
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.ahead import MOST, Ahead, useful
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.listing import Listing, Page, read_all
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.reader import ScimReader

from .fake_scim import FakeHttp, people


@pytest.fixture(autouse=True)
def _no_thread_is_left():
    yield
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("pages")] == []


class Service:
    """A list of N entries, told in pages by `tell(service, start)`; walked with `width` pages at a time."""

    def __init__(self, count, tell=None, asked=10, width=4):
        self.entries = [{"id": f"u{number}"} for number in range(1, count + 1)]
        self.asked, self.width, self.tell = asked, width, tell or (lambda service, start: service.page(start))
        self.starts, self.kept = [], []
        self.lock = threading.Lock()
        self.now = self.most = 0

    def page(self, start, size=None, total=None):
        size = self.asked if size is None else size
        return Page(self.entries[start - 1 : start - 1 + size], len(self.entries) if total is None else total)

    def fetch(self, start):
        with self.lock:
            self.starts.append(start)
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            time.sleep(0.002)
            return self.tell(self, start)
        finally:
            with self.lock:
                self.now -= 1

    def read(self):
        made = []

        def begin():
            self.kept.clear()
            made.append(Ahead(self.fetch, lambda: self.width))
            return Listing("Users", self.asked, made[-1].fetch, self.kept.extend, made[-1].stop)

        try:
            return read_all(begin)
        finally:
            for one in made:
                one.close()


def ids(service):
    return [entry["id"] for entry in service.kept]


@pytest.mark.parametrize("width", [1, 2, 4, 8])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 21, 30, 95, 100, 101])
def test_p1_an_honest_service_sees_the_same_requests(count, width):
    one_by_one, many = Service(count, width=0), Service(count, width=width)
    assert one_by_one.read().doubts == many.read().doubts == []
    assert sorted(many.starts) == one_by_one.starts
    assert ids(many) == ids(one_by_one) == [f"u{number}" for number in range(1, count + 1)]
    assert many.most <= max(1, width)


def test_p1_a_service_that_caps_its_pages_is_fetched_ahead_by_its_own_measure():
    service = Service(50, lambda service, start: service.page(start, size=7))
    assert service.read().doubts == []
    assert sorted(service.starts) == list(range(1, 51, 7))
    assert service.most > 1


def test_pages_are_under_way_at_the_same_time():
    both = threading.Barrier(2, timeout=5)

    def tell(service, start):
        if start in (21, 31):
            both.wait()
        return service.page(start)

    assert len(Service(50, tell).read().ids) == 50


def test_p7_no_more_pages_wait_than_are_useful():
    """A walker that takes its time: what was fetched meanwhile is the width, and no page more."""
    service = Service(200, width=3)
    made = Ahead(service.fetch, lambda: service.width)
    taken = []

    def take(entries):
        taken.append(list(entries))
        time.sleep(0.03)
        # The page that is being taken, and three that wait.
        assert len(service.starts) <= len(taken) + 3

    listing = Listing("Users", 10, made.fetch, take, made.stop)
    assert listing.walk(final=True)
    made.close()
    assert len(service.starts) == 20


def test_f42_page_one_for_ever_ends_after_three_requests():
    service = Service(500, lambda service, _start: service.page(1))
    with pytest.raises(Refusal, match="whatever startIndex says"):
        service.read()
    assert service.starts == [1, 11, 11]


def shorter(service, start):
    return service.page(start, size=5) if start == 31 else service.page(start)


def longer(service, start):
    return service.page(start, size=20) if start == 31 else service.page(start)


def empty_once(service, start):
    return service.page(start, size=0) if start == 41 and service.starts.count(41) == 1 else service.page(start)


def overlapping(service, start):
    return service.page(start - 1) if start > 30 else service.page(start)


def page_again(service, start):
    return service.page(21) if start == 41 and service.starts.count(41) == 1 else service.page(start)


def no_total_later(service, start):
    return service.page(start)._replace(total=None) if start > 30 else service.page(start)


def total_too_high(service, start):
    return service.page(start, total=130)


def total_too_low(service, start):
    return service.page(start, total=70)


def total_of_a_page(service, start):
    return service.page(start, total=10)


def total_moves_late(service, start):
    return service.page(start, total=99) if start == 91 else service.page(start)


def no_list_once(service, start):
    if start == 41 and service.starts.count(41) == 1:
        raise UntrustedAnswer("no list", "GET Users")
    return service.page(start)


LIES = [
    shorter, longer, empty_once, overlapping, page_again, no_total_later, total_too_high, total_too_low, total_of_a_page, total_moves_late,
]  # fmt: skip


@pytest.mark.parametrize("tell", LIES)
def test_f36_to_f43_a_lie_is_met_as_if_the_pages_had_been_read_one_by_one(tell):
    def result(width):
        service = Service(100, tell, width=width)
        listing = service.read()
        return ids(service), listing.doubts, list(listing.ids), len(service.starts)

    alone, many = result(0), result(4)
    assert many[:3] == alone[:3]
    # What was under way when the lie came out is dropped.
    assert many[3] <= alone[3] + 3 * 4


def total_moves(service, start):
    return service.page(start, total=99) if start == 31 else service.page(start)


@pytest.mark.parametrize("tell", [shorter, longer, no_total_later, total_moves])
def test_what_was_fetched_in_vain_is_dropped(tell):
    service = Service(100, tell)
    made = Ahead(service.fetch, lambda: 4)
    for start in (1, 11, 21):
        made.fetch(start)
    assert len(made._pending) == 4
    made.fetch(31)
    assert made._pending == {}
    made.close()
    asked = len(service.starts)
    made.fetch(41)
    assert len(service.starts) == asked + 1


@pytest.mark.parametrize("tell", [overlapping, total_moves_late])
def test_f40_the_first_doubt_ends_it(tell):
    service = Service(100, tell)
    made = Ahead(service.fetch, lambda: 4)
    over = []

    def stop():
        made.stop()
        over.append(made._pending == {})

    listing = Listing("Users", 10, made.fetch, service.kept.extend, stop)
    listing.walk(final=True)
    made.close()
    assert listing.doubts
    assert over
    assert all(over)


def test_an_answer_that_is_no_list_is_asked_for_again_singly():
    service = Service(100, no_list_once)
    assert len(service.read().ids) == 100
    assert service.starts.count(41) == 2


@pytest.mark.parametrize("error", [Unauthorized(401, "revoked", "GET Users"), ServiceError(500, "oops", "GET Users")])
def test_f27_an_error_of_a_page_comes_when_its_turn_does_and_ends_the_threads(error):
    def tell(service, start):
        if start == 51:
            raise error
        return service.page(start)

    service = Service(500, tell)
    with pytest.raises(ServiceError):
        service.read()
    assert ids(service) == [f"u{number}" for number in range(1, 51)]
    assert max(service.starts) <= 51 + 4 * 10


def test_p7_heavy_pages_come_one_by_one(monkeypatch):
    monkeypatch.setattr(ahead_file, "HEAVY", 200)
    for size, most in ((5, 4), (7, 2), (11, 1)):
        service = Service(100)
        service.entries = [{**entry, "members": [{"value": "x"}] * size} for entry in service.entries]
        service.read()
        assert service.most <= most
        assert (service.most > 1) is (most > 1)
        assert len(service.starts) == 10


def test_f38_a_listing_can_look_beyond_its_end_after_the_threads_have_gone():
    service = Service(70)
    listing = service.read()
    listing.look_beyond()
    assert len(service.starts) == 8


@pytest.mark.parametrize(
    ("rate", "latency", "width"),
    [(5, 0.1, 2), (50, 0.1, 6), (50, 0.2, MOST), (50, 0, 1), (0, 0, 1), (0, 0.005, 2), (0, 0.1, 6), (0, 0.2, MOST), (1000, 30, MOST)],
)
def test_as_many_are_fetched_as_rate_and_latency_can_use(rate, latency, width):
    assert useful(rate, latency) == width


class Slow(FakeHttp):
    """Answers late, and to many at a time."""

    latency = 0.1
    pace = types.SimpleNamespace(rate=0)


def test_p1_the_reader_fetches_users_ahead_and_reduces_them_in_order():
    both = threading.Barrier(2, timeout=5)

    def wait(request):
        if request.params.get("startIndex") in (21, 31):
            both.wait()
        return NotImplemented

    http = Slow(people(100), answer=wait)
    directory = ScimReader(http, page_size=10).read()
    assert [user.id for user in directory.users] == [f"u{number}" for number in range(1, 101)]
    assert directory.doubts == ()
    asked = collections.Counter((request.path, request.params.get("startIndex")) for request in http.requests)
    assert asked == {**{("Users", start): 1 for start in range(1, 101, 10)}, ("Groups", 1): 1}


def test_f9_a_page_of_groups_that_is_too_big_is_asked_for_in_smaller_ones_though_it_was_fetched_ahead():
    def refuse(request):
        if request.path == "Groups" and request.params["startIndex"] > 40 and request.params["count"] > 15:
            raise UntrustedAnswer("more than 64 MiB", "GET Groups")
        return NotImplemented

    groups = [{"id": f"g{number}", "displayName": f"Group {number}", "members": []} for number in range(100)]
    directory = ScimReader(Slow((), groups, answer=refuse), page_size=20).read()
    assert [group.id for group in directory.groups] == [f"g{number}" for number in range(100)]
    assert directory.doubts == ()


def test_f39_a_total_that_changes_is_read_anew_and_fetched_ahead_again():
    class Moving(Slow):
        def page(self, table, params):
            page = super().page(table, params)
            if len(self.requests) == 6:
                self.store("Users", {"userName": "new@corp.example"})
            return page

    http = Moving(people(100))
    directory = ScimReader(http, page_size=10).read(groups=False)
    assert len(directory.users) == 101
    assert directory.doubts == ()


def test_a_list_as_long_as_allowed_is_no_reason_to_go_on(monkeypatch):
    monkeypatch.setattr(listing_file, "MAX_ENTRIES", 55)
    service = Service(500)
    with pytest.raises(Refusal, match="does not end after 55 entries"):
        service.read()
    assert max(service.starts) <= 51 + 40
